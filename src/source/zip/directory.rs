//! The members of a ZIP archive, from its central directory, without keeping the directory.

use std::{io, ops::ControlFlow, sync::Arc};

use rawzip::{
    CompressionMethod, MAX_CENTRAL_DIRECTORY_RECORD_SIZE, ReaderAt, ZipArchive, ZipArchiveEntryWayfinder,
    ZipFileHeaderRecord, ZipLocator,
};
use wimproof_wim::ReadAt;

use super::{Allowance, Member, NameCoding, Packing, member_name};

/// A source as the reader of archives wants it.
struct Source(Arc<dyn ReadAt>);

impl ReaderAt for Source {
    fn read_at(&self, buf: &mut [u8], offset: u64) -> io::Result<usize> {
        self.0.read_at(offset, buf)
    }
}

/// A member in the directory of an archive.
pub(crate) struct Listed<'a> {
    /// Its name as text, separators as they stand.
    pub(crate) name: String,
    /// Its length, as the directory says.
    pub(crate) size: u64,
    /// Whether it is a symbolic link; its bytes are the path it leads to.
    pub(crate) is_link: bool,
    raw_name: Vec<u8>,
    packed: u64,
    crc: u32,
    packing: Packing,
    record: ZipArchiveEntryWayfinder,
    archive: &'a ZipArchive<Source>,
}

impl Listed<'_> {
    /// The member itself; reads its own header, which must be of this member.
    pub(crate) fn member(&self, allowance: &Arc<Allowance>) -> Result<Member, String> {
        let entry = self.archive.get_entry(self.record).map_err(|error| format!("its header: {error}"))?;
        let mut buffer = vec![0; 2 * usize::from(u16::MAX)];
        let header = entry.local_header(&mut buffer).map_err(|error| format!("its header: {error}"))?;
        if header.file_path().as_bytes() != self.raw_name {
            let other = String::from_utf8_lossy(header.file_path().as_bytes()).into_owned();
            return Err(format!("its header has another name than the directory: {other:?}"));
        }
        let source = self.archive.get_ref().0.clone();
        let (start, end) = entry.compressed_data_range();
        if end > source.size() {
            return Err(format!("its bytes end at offset {end}, the archive at {}", source.size()));
        }
        let Self { size, packed, crc, .. } = *self;
        Ok(Member {
            source,
            start,
            packed,
            size,
            crc,
            packing: self.packing.clone(),
            allowance: allowance.clone(),
        })
    }

    /// A member that cannot be opened.
    pub(crate) fn closed(&self, why: String, allowance: &Arc<Allowance>) -> Member {
        let Self { size, packed, crc, .. } = *self;
        let (source, packing) = (self.archive.get_ref().0.clone(), Packing::Closed(why));
        Member { source, start: 0, packed, size, crc, packing, allowance: allowance.clone() }
    }

    /// How it is kept.
    pub(crate) fn packing(&self) -> &Packing {
        &self.packing
    }
}

/// Shows each member of an archive that is a file to `visit`, in the order of the directory, until it breaks. An error
/// says what is wrong with the archive as a whole; what was shown before stands.
pub(crate) fn each_member(
    source: Arc<dyn ReadAt>,
    coding: NameCoding,
    mut visit: impl FnMut(&Listed<'_>) -> ControlFlow<()>,
) -> Result<(), String> {
    let size = source.size();
    let mut buffer = vec![0; MAX_CENTRAL_DIRECTORY_RECORD_SIZE];
    let located = ZipLocator::new().locate_in_reader(Source(source), &mut buffer, size);
    let archive = located.map_err(|(_, error)| format!("no directory of a ZIP at its end: {error}"))?;
    let mut entries = archive.entries(&mut buffer);
    let mut count: u64 = 0;
    loop {
        let record = match entries.next_entry() {
            Ok(Some(record)) => record,
            Ok(None) => break,
            Err(error) => return Err(format!("its directory after {count} members: {error}")),
        };
        count += 1;
        if !record.is_dir() && visit(&listed(&record, &archive, coding)).is_break() {
            return Ok(());
        }
    }
    whole(&archive, count, size)
}

fn listed<'a>(
    record: &ZipFileHeaderRecord<'_>,
    archive: &'a ZipArchive<Source>,
    coding: NameCoding,
) -> Listed<'a> {
    let raw_name = record.file_path().as_bytes().to_vec();
    let extra: Vec<_> = record.extra_fields().map(|(id, data)| (id.as_u16(), data)).collect();
    Listed {
        name: member_name::decode(&raw_name, record.flags().is_utf8(), &extra, coding),
        size: record.uncompressed_size_hint(),
        is_link: record.mode().is_symlink(),
        packed: record.compressed_size_hint(),
        crc: record.crc32(),
        packing: packing(record),
        record: record.wayfinder(),
        raw_name,
        archive,
    }
}

fn packing(record: &ZipFileHeaderRecord<'_>) -> Packing {
    match record.compression_method() {
        _ if record.flags().is_encrypted() => Packing::Encrypted,
        CompressionMethod::STORE => Packing::Stored,
        CompressionMethod::DEFLATE => Packing::Deflated,
        other => Packing::Closed(format!("compressed by a method that is not read here: {other}")),
    }
}

/// Whether the directory is what the end of the archive says of it.
fn whole(archive: &ZipArchive<Source>, count: u64, size: u64) -> Result<(), String> {
    let said = archive.entries_hint();
    // Without ZIP64 the number has 16 bits, and writers let it wrap.
    if said != count && (said > u64::from(u16::MAX) || said != count & u64::from(u16::MAX)) {
        return Err(format!("its directory lists {count} members, its end says {said}"));
    }
    match size.checked_sub(archive.end_offset()) {
        None | Some(0) => Ok(()),
        Some(more) => Err(format!("{more} bytes behind its end")),
    }
}
