//! Folders: file identifier descriptors (4/14.4), one after the other.

use std::io;

use super::{
    entry::Entry,
    space::{Address, Space, long_address},
    tag::{self, id},
};
use crate::source::iso::{
    fields::Fields,
    tree::{Collection, File, Folder, join},
};

/// Characteristics (4/14.4.3).
const DIRECTORY: u8 = 0x02;
const DELETED: u8 = 0x04;
const PARENT: u8 = 0x08;
const METADATA: u8 = 0x10;

/// Reads the entries of a folder.
pub(super) fn read(
    space: &Space<'_>,
    entry: &Entry,
    folder: &Folder<Address>,
    collection: &mut Collection<Address>,
) -> io::Result<()> {
    let start = space.offset(folder.place)?;
    let bytes = space.read_runs("folder", start, &entry.runs, entry.size)?;
    let whole = Fields { what: "folder", at: start, bytes: &bytes };
    let mut at = 0;
    while at < bytes.len() {
        let rest = Fields {
            what: "file identifier",
            at: place_of(entry, at as u64).unwrap_or(start),
            bytes: bytes.get(at..).unwrap_or_default(),
        };
        let (name_length, use_length) = (usize::from(rest.u8(19)?), usize::from(rest.u16(36)?));
        let length = (38 + use_length + name_length).next_multiple_of(4);
        // What its CRC covers lies within: no byte is counted for two of them.
        let rest = Fields { bytes: rest.slice(0, length)?, ..rest };
        tag::expect(&rest, id::FILE_IDENTIFIER)?;
        let name = rest.slice(38 + use_length, name_length)?;
        at += length;
        let characteristics = rest.u8(18)?;
        if characteristics & (DELETED | PARENT | METADATA) != 0 {
            continue;
        }
        let (_, address) = long_address(&rest, 20)?;
        let path = join(&folder.path, &decode(name));
        if characteristics & DIRECTORY != 0 {
            collection.folder(path, folder.depth + 1, space.offset(address)?, address)?;
            continue;
        }
        let file = Entry::read(space, address).map_err(|error| whole.fault(format!("{path:?}: {error}")))?;
        if file.is_plain {
            collection.file(File { path, size: file.size, runs: file.runs }, rest.at)?;
        }
    }
    Ok(())
}

/// Where a byte of a folder stands in the volume.
fn place_of(entry: &Entry, mut at: u64) -> Option<u64> {
    for run in &entry.runs {
        if at < run.length {
            return run.from.map(|from| from + at);
        }
        at -= run.length;
    }
    None
}

/// A name in a compressed form of OSTA (UDF 2.1.1): bytes of Latin-1, or UTF-16 with the high byte first.
fn decode(name: &[u8]) -> String {
    match name.split_first() {
        Some((16, units)) => {
            let (units, _) = units.as_chunks::<2>();
            char::decode_utf16(units.iter().map(|unit| u16::from_be_bytes(*unit)))
                .map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER))
                .collect()
        }
        Some((_, latin)) => latin.iter().map(|byte| char::from(*byte)).collect(),
        None => String::new(),
    }
}
