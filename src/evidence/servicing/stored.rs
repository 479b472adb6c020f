//! Corrupt files of a system, in an image that was given: what it holds in their place.

use std::collections::HashMap;

use sha2::{Digest as _, Sha256};
use wimproof_wim::{ReadAt, Result, Sha1Digest};

use super::{Corrupt, ItemKind, same_component};
use crate::evidence::{
    component_store::{ComponentStore, StoredFile},
    inside::{Inside, WHOLE},
};

/// A file of a component in an image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stored {
    /// The image has no such component, or not this file in it.
    Absent,
    /// It is there and cannot be read.
    Unreadable(String),
    /// It is there.
    Held {
        /// SHA-256 of its bytes.
        sha256: [u8; 32],
        /// What the component's manifest in the image says, where it was looked at.
        manifest: Option<[u8; 32]>,
    },
}

/// What an image holds of the files that are corrupt on a system.
#[derive(Debug, Clone)]
pub struct StoredFiles {
    /// The image, as it is shown: path, `:` and index.
    pub image: String,
    /// In the order of [`System::corrupt`](super::System::corrupt); `None` for what is no file of a component. Or why the
    /// image cannot be read.
    pub files: std::result::Result<Vec<Option<Stored>>, String>,
}

/// Looks for corrupt files of a system in an image. Contents are read in the order in which they stand in the file.
///
/// # Errors
/// Where the image's blob table cannot be read; what concerns one file is told with it.
pub fn look<S: ReadAt>(inside: &Inside<'_, S>, corrupt: &[Corrupt]) -> Result<Vec<Option<Stored>>> {
    let store = ComponentStore::of(inside).unwrap_or_default();
    let found: Vec<Option<&StoredFile>> = corrupt.iter().map(|corrupt| find(&store, corrupt)).collect();
    let wanted: Vec<Sha1Digest> = found.iter().filter_map(|file| Some((*file)?.sha1)).collect();
    let mut contents: HashMap<Sha1Digest, std::result::Result<[u8; 32], String>> = HashMap::new();
    inside.read_many(&wanted, WHOLE, |sha1, content| {
        let digest = content.map(|bytes| Sha256::digest(bytes).into()).map_err(|error| error.to_string());
        contents.insert(*sha1, digest);
    })?;
    let stored = |file: Option<&StoredFile>| match file.map(|file| contents.get(&file.sha1)) {
        None => Stored::Absent,
        Some(Some(Ok(sha256))) => Stored::Held { sha256: *sha256, manifest: None },
        Some(Some(Err(why))) => Stored::Unreadable(why.clone()),
        Some(None) => Stored::Unreadable("it was not read".to_owned()),
    };
    let files = corrupt.iter().zip(found);
    Ok(files.map(|(corrupt, file)| corrupt.stored_file().map(|_| stored(file))).collect())
}

impl Corrupt {
    /// The file, where it is one that a component store holds.
    fn stored_file(&self) -> Option<&str> {
        let is_payload = matches!(self.kind, ItemKind::Payload | ItemKind::PayloadMissing);
        self.file.as_deref().filter(|_| is_payload)
    }
}

fn find<'s>(store: &'s ComponentStore, corrupt: &Corrupt) -> Option<&'s StoredFile> {
    let file = corrupt.stored_file()?;
    let component = corrupt.component.to_lowercase();
    // They are in the order of their keyforms, and one that lacks its hash stands just before.
    let from = store.components.partition_point(|other| *other.keyform < *component);
    let from_there = store.components.iter().skip(from);
    let mut same = from_there.take_while(|other| same_component(&other.keyform, &component));
    same.find_map(|component| component.files.iter().find(|stored| stored.path.eq_ignore_ascii_case(file)))
}
