//! Transaction logs: the dirty pages of a hive, written before the hive itself is.

use super::{
    anomaly::{Anomalies, AnomalyKind},
    base_block::{BASE_BLOCK_SIZE, BaseBlock, FileKind},
    bytes::{index, u32_at, u64_at},
    error::{Error, Result, malformed, place},
    limits::{MAX_HIVE_BYTES, MAX_LOG_ENTRIES},
    marvin::{LOG_SEED, marvin32},
};

/// Everything in a log begins at a multiple of this.
const SECTOR: usize = 512;

/// Bytes of an entry before its references.
const ENTRY_HEAD: usize = 40;

/// Bins grow by multiples of this.
const BIN_UNIT: u32 = 4096;

/// A piece of a hive: bytes, and their offset in the hive bins.
pub(super) struct Page<'l> {
    pub(super) offset: usize,
    pub(super) bytes: &'l [u8],
}

/// One entry of a log of the new format: a transaction. Its hashes fit.
pub(super) struct Entry<'l> {
    pub(super) sequence: u32,
    pub(super) bins_size: u32,
    pub(super) pages: Vec<Page<'l>>,
    /// Bytes of the whole entry.
    size: usize,
}

/// A log whose base block is sound.
pub(super) struct Log<'l> {
    /// Its place in the list that the caller gave.
    pub(super) number: usize,
    pub(super) base: BaseBlock,
    bytes: &'l [u8],
}

impl<'l> Log<'l> {
    /// Takes a log; what is unusable becomes an anomaly, an empty file is none (Windows keeps one for old programs).
    pub(super) fn open(number: usize, bytes: &'l [u8], anomalies: &mut Anomalies) -> Option<Self> {
        if bytes.iter().all(|byte| *byte == 0) {
            return None;
        }
        let unusable = match BaseBlock::parse(bytes) {
            Err(error) => error.to_string(),
            Ok(base) if !base.checksum_fits => "the checksum of its base block is wrong".into(),
            Ok(base) if !matches!(base.kind, FileKind::OldLog | FileKind::NewLog) => {
                format!("its file type is {:?}", base.kind)
            }
            Ok(base) => return Some(Self { number, base, bytes }),
        };
        anomalies.push(AnomalyKind::UnusableLog, 0, format_args!("log {}: {unusable}", number + 1));
        None
    }

    /// The entries of the new format, in their order, until the first that does not fit.
    pub(super) fn entries(&self) -> impl Iterator<Item = Entry<'l>> {
        let bytes = self.bytes;
        let mut offset = SECTOR;
        let next = move || {
            let entry = Entry::read(bytes.get(offset..)?)?;
            offset = offset.checked_add(entry.size)?;
            Some(entry)
        };
        std::iter::from_fn(next).take(MAX_LOG_ENTRIES)
    }

    /// The pages of the old format: those whose bit is set in the dirty vector, one after the other.
    pub(super) fn old_pages(&self) -> Result<Vec<Page<'l>>> {
        let sector = SECTOR * index(self.base.clustering.clamp(1, 8));
        let vector = place("dirty vector", sector as u64);
        let (claimed, limit) = (u64::from(self.base.bins_size), MAX_HIVE_BYTES);
        if claimed >= limit {
            return Err(Error::TooLarge { place: vector, claimed, limit });
        }
        let bits = index(self.base.bins_size) / SECTOR;
        let start = self.bytes.get(sector..).unwrap_or_default();
        if !start.starts_with(b"DIRT") {
            let found = hex::encode(start.get(..4).unwrap_or(start));
            return Err(malformed(vector, found, "signature \"DIRT\""));
        }
        let bitmap = start.get(4..4 + bits.div_ceil(8)).ok_or_else(|| {
            malformed(vector, format_args!("{} bytes", start.len()), format_args!("a bitmap of {bits} bits"))
        })?;
        let pages_at = (sector + 4 + bitmap.len()).next_multiple_of(sector);
        let dirty =
            (0..bits).filter(|bit| bitmap.get(bit / 8).is_some_and(|byte| byte >> (bit % 8) & 1 == 1));
        let page = |(number, bit): (usize, usize)| {
            let at = pages_at + number * SECTOR;
            let bytes = self.bytes.get(at..at + SECTOR).ok_or_else(|| {
                let cut = format!("a log of {} bytes", self.bytes.len());
                malformed(place("dirty page", at as u64), cut, "512 bytes")
            })?;
            Ok(Page { offset: bit * SECTOR, bytes })
        };
        dirty.enumerate().map(page).collect()
    }
}

impl<'l> Entry<'l> {
    /// The entry at the start of some bytes; `None` where its lengths or hashes do not fit.
    fn read(bytes: &'l [u8]) -> Option<Self> {
        if !bytes.starts_with(b"HvLE") {
            return None;
        }
        let size = index(u32_at(bytes, 4)?);
        let entry = bytes.get(..size)?;
        let bins_size = u32_at(entry, 16)?;
        let grows_well = bins_size.is_multiple_of(BIN_UNIT) && u64::from(bins_size) < MAX_HIVE_BYTES;
        let body = entry.get(ENTRY_HEAD..)?;
        if !size.is_multiple_of(SECTOR)
            || !grows_well
            || u64_at(entry, 24)? != marvin32(LOG_SEED, body)
            || u64_at(entry, 32)? != marvin32(LOG_SEED, entry.get(..32)?)
        {
            return None;
        }
        let count = index(u32_at(entry, 20)?);
        let (references, mut rest) = body.split_at_checked(count.checked_mul(8)?)?;
        let mut pages = Vec::new();
        for reference in references.chunks_exact(8) {
            let (offset, length) = (u32_at(reference, 0)?, u32_at(reference, 4)?);
            let whole = length > 0 && index(length).is_multiple_of(SECTOR);
            if !whole || offset.checked_add(length)? > bins_size {
                return None;
            }
            let (bytes, behind) = rest.split_at_checked(index(length))?;
            pages.push(Page { offset: index(offset), bytes });
            rest = behind;
        }
        Some(Self { sequence: u32_at(entry, 12)?, bins_size, pages, size })
    }
}

/// Writes pages, which lie within bins of a size that was checked, over a hive. The hive grows where it must.
pub(super) fn write(hive: &mut Vec<u8>, bins_size: u32, pages: &[Page<'_>]) {
    let end = BASE_BLOCK_SIZE + index(bins_size);
    if hive.len() < end {
        hive.resize(end, 0);
    }
    for page in pages {
        let at = BASE_BLOCK_SIZE + page.offset;
        if let Some(target) = hive.get_mut(at..at + page.bytes.len()) {
            target.copy_from_slice(page.bytes);
        }
    }
}
