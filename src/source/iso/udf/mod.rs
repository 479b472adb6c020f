//! UDF 1.02 to 2.50: ECMA-167 in the profile of OSTA. Numbers in parentheses are paragraphs of ECMA-167.

mod entry;
mod folder;
mod space;
mod spare;
mod tag;
mod volume;

use std::io;

use super::tree::{Collection, FileSystem, Kind};
use crate::source::ReadAt;
use entry::Entry;
use space::{Address, Space};

/// Reads the tree of a volume.
pub(super) fn read(source: &dyn ReadAt) -> FileSystem {
    let mut collection = Collection::new();
    let outcome = walk(source, &mut collection);
    collection.finish(Kind::Udf, outcome)
}

fn walk(source: &dyn ReadAt, collection: &mut Collection<Address>) -> io::Result<()> {
    let space = volume::mount(source)?;
    let root = volume::root(&space)?;
    collection.folder(String::new(), 0, space.offset(root)?, root)?;
    while let Some(folder) = collection.next() {
        let entry = Entry::read(&space, folder.place)?;
        let at = space.offset(folder.place)?;
        if !entry.is_folder {
            return Err(super::fields::fault("file entry", at, "a folder is expected, it is none"));
        }
        collection.weigh("folder", at, entry.size)?;
        folder::read(&space, &entry, &folder, collection)?;
    }
    Ok(())
}

/// Whether a space has a file at an address, and which; for the metadata of a partition.
fn file_at(space: &Space<'_>, address: Address) -> io::Result<Entry> {
    Entry::read(space, address)
}
