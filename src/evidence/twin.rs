//! An image beside another that it should be the same as: which files differ, and what differs inside the hives.
//!
//! The component store is left out: files of components are compared by component.

use std::collections::BTreeSet;

use wimproof_wim::{ReadAt, Sha1Digest};

use super::{
    component_store,
    image_hives::{self, HiveDifference},
    inside::{Entry, Inside},
};
use crate::sighting::Facts;

/// Files of each kind that are told one by one.
const MAX_TOLD: usize = 10_000;

/// A file that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Different {
    /// Its path.
    pub path: String,
    /// Where it stands in the metadata of the image that has it.
    pub offset: u64,
    /// SHA-1 of the content in the image; `None` where it is not there.
    pub here: Option<Sha1Digest>,
    /// SHA-1 of the content in the reference; `None` where it is not there.
    pub there: Option<Sha1Digest>,
}

/// What differs from the reference.
#[derive(Debug)]
pub struct Twin {
    /// How the reference is called.
    pub reference: String,
    /// What the reference claims to be.
    pub claims: Facts,
    /// Files outside the component store with another content.
    pub files: Vec<Different>,
    /// Further ones.
    pub more: u64,
    /// What differs inside hives.
    pub hives: Vec<HiveDifference>,
    /// Components of the reference of which no version is in the image, by their names without version.
    pub absent_components: Vec<String>,
}

impl Twin {
    /// Compares an image with a reference, which is called `reference` and makes these claims.
    pub fn of<S: ReadAt, R: ReadAt>(
        inside: &Inside<'_, S>,
        other: &Inside<'_, R>,
        reference: String,
        claims: Facts,
    ) -> Self {
        let absent_components = component_store::versionless(other)
            .difference(&component_store::versionless(inside))
            .cloned()
            .collect();
        let (files, hives) = Default::default();
        let mut twin = Self { reference, claims, files, more: 0, hives, absent_components };
        let mut seen = BTreeSet::new();
        for (path, entry) in files_of(inside) {
            let there = other.find(&path).filter(|there| !there.is_folder()).map(|there| there.sha1());
            let here = Some(entry.sha1());
            if here != there {
                twin.push(Different { path: path.clone(), offset: entry.dentry.offset, here, there });
            }
            if there.is_some() {
                seen.insert(path.to_lowercase());
            }
        }
        for (path, entry) in files_of(other).filter(|(path, _)| !seen.contains(&path.to_lowercase())) {
            let (offset, there) = (entry.dentry.offset, Some(entry.sha1()));
            twin.push(Different { path, offset, here: None, there });
        }
        let both = twin.files.iter().filter(|file| file.here.is_some() && file.there.is_some());
        let paths: Vec<&str> = both.map(|file| &*file.path).collect();
        twin.hives = image_hives::differences(other, inside, &paths);
        twin
    }

    fn push(&mut self, different: Different) {
        if self.files.len() < MAX_TOLD { self.files.push(different) } else { self.more += 1 }
    }
}

fn files_of<'i, S: ReadAt>(inside: &'i Inside<'_, S>) -> impl Iterator<Item = (String, Entry<'i>)> {
    let files = inside.entries().filter(|entry| !entry.is_folder());
    let with_path = files.map(|entry| (inside.path(&entry), entry));
    with_path.filter(|(path, _)| !path.to_lowercase().contains("\\winsxs\\"))
}
