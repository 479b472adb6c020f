//! Corrupt files of a system, in an image that was given: what it holds in their place.

use std::collections::HashMap;

use sha2::{Digest as _, Sha256};
use wimproof_wim::{ReadAt, Result, Sha1Digest};

use super::{Corrupt, ItemKind, same_component};
use crate::evidence::{
    component_store::{Component, ComponentStore, StoredFile, manifest::FileDigest},
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

impl Stored {
    /// Whether it is there with these bytes.
    pub fn is(&self, expected: &[u8; 32]) -> bool {
        matches!(self, Self::Held { sha256, .. } if sha256 == expected)
    }
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

/// A file of a component that is looked for.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'w> {
    /// The component's keyform, perhaps without its hash.
    pub component: &'w str,
    /// The file, relative to the component's folder.
    pub file: &'w str,
}

/// Looks for corrupt files of a system in an image; `None` stands for what is no file of a component.
///
/// # Errors
/// Where the image's blob table cannot be read; what concerns one file is told with it.
pub fn look<S: ReadAt>(inside: &Inside<'_, S>, corrupt: &[Corrupt]) -> Result<Vec<Option<Stored>>> {
    let wanted: Vec<Option<Wanted<'_>>> = corrupt.iter().map(Corrupt::wanted).collect();
    let files: Vec<Wanted<'_>> = wanted.iter().flatten().copied().collect();
    // Where the log tells no hashes, the manifests of the image do.
    let with_manifests = corrupt.iter().any(|corrupt| corrupt.wanted().is_some() && corrupt.hashes.is_none());
    let mut found = look_for(inside, &files, with_manifests)?.into_iter();
    Ok(wanted.iter().map(|wanted| wanted.and_then(|_| found.next())).collect())
}

/// Looks for files of components in an image. Contents are read in the order in which they stand in the file.
///
/// # Errors
/// Where the image's blob table cannot be read; what concerns one file is told with it.
pub fn look_for<S: ReadAt>(
    inside: &Inside<'_, S>,
    wanted: &[Wanted<'_>],
    with_manifests: bool,
) -> Result<Vec<Stored>> {
    let mut store = ComponentStore::of(inside).unwrap_or_default();
    if with_manifests {
        store.read_manifests(inside)?;
    }
    let mut listings = Listings::new();
    let found: Vec<Option<Found<'_>>> =
        wanted.iter().map(|wanted| find(&store, &mut listings, *wanted)).collect();
    let contents: Vec<Sha1Digest> = found.iter().flatten().map(|found| found.file.sha1).collect();
    let mut digests: HashMap<Sha1Digest, std::result::Result<[u8; 32], String>> = HashMap::new();
    inside.read_many(&contents, WHOLE, |sha1, content| {
        let digest = content.map(|bytes| Sha256::digest(bytes).into()).map_err(|error| error.to_string());
        digests.insert(*sha1, digest);
    })?;
    let stored = |found: Option<Found<'_>>| {
        let Some(Found { component, file }) = found else { return Stored::Absent };
        match digests.get(&file.sha1) {
            Some(Ok(sha256)) => Stored::Held { sha256: *sha256, manifest: listed(component, file) },
            Some(Err(why)) => Stored::Unreadable(why.clone()),
            None => Stored::Unreadable("it was not read".to_owned()),
        }
    };
    Ok(found.into_iter().map(stored).collect())
}

/// A file, and whose it is.
struct Found<'s> {
    component: &'s Component,
    file: &'s StoredFile,
}

impl Corrupt {
    /// The file, where it is one that a component store holds.
    fn wanted(&self) -> Option<Wanted<'_>> {
        let is_payload = matches!(self.kind, ItemKind::Payload | ItemKind::PayloadMissing);
        let file = self.file.as_deref().filter(|_| is_payload)?;
        Some(Wanted { component: &self.component, file })
    }
}

/// Files of components by their paths in lower case: a component can have many, and many of them can be wanted.
type Listings<'s> = HashMap<&'s str, HashMap<String, &'s StoredFile>>;

fn find<'s>(store: &'s ComponentStore, listings: &mut Listings<'s>, wanted: Wanted<'_>) -> Option<Found<'s>> {
    let (component, path) = (wanted.component.to_lowercase(), wanted.file.to_lowercase());
    // They are in the order of their keyforms, and one that lacks its hash stands just before.
    let from = store.components.partition_point(|other| *other.keyform < *component);
    let from_there = store.components.iter().skip(from);
    let mut same = from_there.take_while(|other| same_component(&other.keyform, &component));
    same.find_map(|component| {
        let listing = listings.entry(&component.keyform).or_insert_with(|| {
            component.files.iter().rev().map(|file| (file.path.to_lowercase(), file)).collect()
        });
        Some(Found { component, file: listing.get(&path)? })
    })
}

/// What the manifest says of a file, where it was read.
fn listed(component: &Component, file: &StoredFile) -> Option<[u8; 32]> {
    let listing = component.listing()?;
    match listing.files.iter().find(|listed| listed.name.eq_ignore_ascii_case(&file.path))?.digest? {
        FileDigest::Sha256(digest) => Some(digest),
        FileDigest::Sha1(_) => None,
    }
}
