//! ISO 9660 (ECMA-119) and the Joliet tree beside it.

use std::io;

use super::{
    RECOGNITION, SECTOR,
    fields::{self, Fields},
    tree::{Collection, File, FileSystem, Folder, Kind, join},
};
use crate::source::{ReadAt, Run};

/// Volume descriptors that are looked at; media have three or four.
const MAX_DESCRIPTORS: u64 = 64;
const SECTOR_BYTES: usize = 2048;

/// Flags of a directory record, ECMA-119 9.1.6.
const DIRECTORY: u8 = 0x02;
const ASSOCIATED: u8 = 0x04;
const MORE_EXTENTS: u8 = 0x80;

/// Where a folder lies.
#[derive(Debug, Clone, Copy)]
struct Place {
    start: u64,
    length: u64,
}

/// A tree, as its volume descriptor says.
struct Root {
    kind: Kind,
    block: u64,
    place: Place,
}

/// Reads the trees of a volume: Joliet before plain ISO 9660.
pub(super) fn read(source: &dyn ReadAt) -> Vec<FileSystem> {
    match roots(source) {
        Ok(mut roots) => {
            roots.sort_by_key(|root| root.kind == Kind::Iso9660);
            roots.iter().map(|root| tree(source, root)).collect()
        }
        Err(error) => {
            vec![FileSystem { kind: Kind::Iso9660, files: Vec::new(), trouble: Some(error.to_string()) }]
        }
    }
}

/// The primary descriptor, and the first supplementary one with an escape sequence of Joliet.
fn roots(source: &dyn ReadAt) -> io::Result<Vec<Root>> {
    let mut roots: Vec<Root> = Vec::new();
    for sector in 0..MAX_DESCRIPTORS {
        let at = RECOGNITION + sector * SECTOR;
        let bytes = fields::read(source, "volume descriptor of ISO 9660", at, SECTOR_BYTES)?;
        let descriptor = Fields { what: "volume descriptor of ISO 9660", at, bytes: &bytes };
        if descriptor.slice(1, 5)? != b"CD001" {
            break;
        }
        let kind = match descriptor.u8(0)? {
            1 => Kind::Iso9660,
            2 if matches!(descriptor.slice(88, 3)?, b"%/@" | b"%/C" | b"%/E") => Kind::Joliet,
            255 => break,
            _ => continue,
        };
        // A second one of a kind is for readers of another version; the first is what readers take.
        if roots.iter().all(|root| root.kind != kind) {
            roots.push(root(&descriptor, kind)?);
        }
    }
    Ok(roots)
}

fn root(descriptor: &Fields<'_>, kind: Kind) -> io::Result<Root> {
    let block: u64 = match (descriptor.u8(128)?, descriptor.u8(129)?) {
        (0x00, block @ (2 | 4 | 8)) => u64::from(block) << 8,
        (low, high) => {
            let size = u16::from_le_bytes([low, high]);
            return Err(descriptor.fault(format!("blocks of {size} bytes; expected 512, 1024 or 2048")));
        }
    };
    let record = Fields { what: "root folder", at: descriptor.at + 156, bytes: descriptor.slice(156, 34)? };
    Ok(Root { kind, block, place: place(&record, block)? })
}

/// The extent of a directory record.
fn place(record: &Fields<'_>, block: u64) -> io::Result<Place> {
    // Extended attributes stand before the content, in blocks of their own.
    let first = u64::from(record.both(2)?) + u64::from(record.u8(1)?);
    Ok(Place { start: first * block, length: record.both(10)?.into() })
}

fn tree(source: &dyn ReadAt, root: &Root) -> FileSystem {
    let mut collection = Collection::new();
    let outcome = collection
        .folder(String::new(), 0, root.place.start, root.place)
        .and_then(|()| walk(source, root, &mut collection));
    collection.finish(root.kind, outcome)
}

fn walk(source: &dyn ReadAt, root: &Root, collection: &mut Collection<Place>) -> io::Result<()> {
    while let Some(folder) = collection.next() {
        let Place { start, length } = folder.place;
        collection.weigh("folder", start, length)?;
        let bytes = fields::read(source, "folder", start, usize::try_from(length).unwrap_or(usize::MAX))?;
        read_folder(&Fields { what: "folder", at: start, bytes: &bytes }, &folder, root, collection)?;
    }
    Ok(())
}

fn read_folder(
    content: &Fields<'_>,
    folder: &Folder<Place>,
    root: &Root,
    collection: &mut Collection<Place>,
) -> io::Result<()> {
    let mut at = 0;
    // A file of several extents has a record for each, one after the other.
    let mut open: Option<File> = None;
    while at < content.bytes.len() {
        let length = usize::from(content.u8(at)?);
        if length == 0 {
            // Records do not cross sectors; what is left of one is empty.
            at = (at / SECTOR_BYTES + 1) * SECTOR_BYTES;
            continue;
        }
        let bytes = content.slice(at, length)?;
        let record = Fields { what: "directory record", at: content.at + at as u64, bytes };
        at += length;
        let name = record.slice(33, usize::from(record.u8(32)?))?;
        let flags = record.u8(25)?;
        if matches!(name, [0 | 1]) || flags & ASSOCIATED != 0 {
            continue;
        }
        if record.u8(26)? != 0 {
            return Err(record.fault("an interleaved file; no medium of Windows has one"));
        }
        let (path, place) = (join(&folder.path, &decode(name, root.kind)), place(&record, root.block)?);
        if flags & DIRECTORY != 0 {
            collection.folder(path, folder.depth + 1, place.start, place)?;
            continue;
        }
        let file = extended(open.take(), path, place, &record)?;
        match flags & MORE_EXTENTS {
            0 => collection.file(file, record.at)?,
            _ => open = Some(file),
        }
    }
    match open {
        Some(file) => Err(content.fault(format!("the last extent of {:?} is missing", file.path))),
        None => Ok(()),
    }
}

/// A file, or one more extent of it.
fn extended(open: Option<File>, path: String, place: Place, record: &Fields<'_>) -> io::Result<File> {
    let run = Run { from: Some(place.start), length: place.length };
    match open {
        None => Ok(File { path, size: place.length, runs: vec![run] }),
        Some(mut file) if file.path == path => {
            file.size = file.size.saturating_add(place.length);
            file.runs.push(run);
            Ok(file)
        }
        Some(file) => {
            Err(record.fault(format!("expected the next extent of {:?}, found {path:?}", file.path)))
        }
    }
}

/// A name, without the version that follows it.
fn decode(name: &[u8], kind: Kind) -> String {
    let text = match kind {
        Kind::Joliet => {
            let (units, _) = name.as_chunks::<2>();
            char::decode_utf16(units.iter().map(|unit| u16::from_be_bytes(*unit)))
                .map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER))
                .collect()
        }
        _ => name.iter().map(|byte| char::from(*byte)).collect::<String>(),
    };
    let plain = text.rsplit_once(';').map_or(text.as_str(), |(plain, _)| plain);
    plain.strip_suffix('.').unwrap_or(plain).to_owned()
}
