//! The integrity table: SHA-1 of the raw file in slots of equal length.
//!
//! It covers the bytes from the end of the header to the end of the blob table: not the header, not the XML, not
//! itself. Passing it says nothing about the name of an image.

use zerocopy::{FromBytes, Immutable, KnownLayout, Unaligned, little_endian::U32};

use crate::{
    error::{Error, Place, Result},
    header::{HEADER_SIZE, Header},
    limits::MAX_INTEGRITY_SLOTS,
    read_at::ReadAt,
    value::Sha1Digest,
};

#[derive(FromBytes, Immutable, KnownLayout, Unaligned, Debug)]
#[repr(C)]
struct RawIntegrityHeader {
    /// Bytes of the table with this header: 12 + 20 x slots.
    size: U32,
    slots: U32,
    /// Bytes of the file that a slot covers; 10 MiB by all known writers.
    slot_size: U32,
}

const RAW_HEADER_SIZE: u64 = size_of::<RawIntegrityHeader>() as u64;

/// The integrity table, decoded.
#[derive(Debug, Clone)]
pub struct IntegrityTable {
    /// Bytes of the file that a slot covers.
    pub slot_size: u32,
    /// First byte covered.
    pub start: u64,
    /// Just behind the last byte covered.
    pub end: u64,
    /// SHA-1 of each slot.
    pub slots: Vec<Sha1Digest>,
}

impl IntegrityTable {
    /// Reads the table that the header points to; `None` where there is none.
    pub(crate) fn read(source: &impl ReadAt, header: &Header) -> Result<Option<Self>> {
        let table = header.integrity;
        if table.is_absent() {
            return Ok(None);
        }
        let place = Place::new("integrity table", table.offset);
        table.within("integrity table", source.size())?;
        if table.size_in_wim < RAW_HEADER_SIZE || table.is_compressed() {
            return Err(place.malformed(
                format_args!("{} bytes, flags {:#x}", table.size_in_wim, table.flags.0),
                "at least 12 bytes, not compressed",
            ));
        }
        let mut bytes = [0; size_of::<RawIntegrityHeader>()];
        source.read_exact_at(table.offset, &mut bytes).map_err(|e| place.io(e))?;
        let raw = RawIntegrityHeader::ref_from_bytes(&bytes)
            .map_err(|_| place.malformed("a cut table", "12 bytes"))?;
        let (slots, slot_size) = (u64::from(raw.slots.get()), raw.slot_size.get());
        if slots > MAX_INTEGRITY_SLOTS {
            return Err(Error::TooLarge { place, claimed: slots, limit: MAX_INTEGRITY_SLOTS });
        }
        let size = RAW_HEADER_SIZE + 20 * slots;
        if u64::from(raw.size.get()) != size || size > table.size_in_wim {
            return Err(place.malformed(
                format_args!("{} bytes in a resource of {}", raw.size, table.size_in_wim),
                format_args!("{size} for {slots} slots"),
            ));
        }
        let end = header.blob_table.end().unwrap_or(u64::MAX);
        let covered = end.saturating_sub(HEADER_SIZE);
        if slot_size == 0 || slots != covered.div_ceil(slot_size.into()) {
            return Err(place.malformed(
                format_args!("{slots} slots of {slot_size} bytes"),
                format_args!("as many as cover {covered} bytes"),
            ));
        }
        let slots = read_slots(source, table.offset + RAW_HEADER_SIZE, slots)?;
        Ok(Some(Self { slot_size, start: HEADER_SIZE, end, slots }))
    }
}

fn read_slots(source: &impl ReadAt, offset: u64, count: u64) -> Result<Vec<Sha1Digest>> {
    let mut bytes = vec![0; usize::try_from(count * 20).unwrap_or_default()];
    source.read_exact_at(offset, &mut bytes).map_err(|e| Place::new("integrity table", offset).io(e))?;
    let (slots, _) = bytes.as_chunks::<20>();
    Ok(slots.iter().map(|slot| Sha1Digest(*slot)).collect())
}
