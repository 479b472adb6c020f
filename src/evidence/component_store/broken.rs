//! Files of components that are not there as their manifests say: what a repair would have to bring.

use std::collections::{HashMap, HashSet};

use sha2::{Digest as _, Sha256};

use super::{Component, ComponentStore, Role, StoredFile, manifest::FileDigest};

/// Files that are looked for in other images. Real stores have some 100,000 in all.
const MAX_BROKEN: usize = 100_000;

/// A file that is corrupt, empty, without content, or absent.
#[derive(Debug, Clone, Copy)]
pub struct Broken<'s> {
    /// The component's keyform.
    pub component: &'s str,
    /// Its path below the folder of the component, as the manifest spells it.
    pub file: &'s str,
    /// The SHA-256 that the manifest lists.
    pub expected: [u8; 32],
}

impl ComponentStore {
    /// The files that a repair would have to bring, as far as manifests and contents were read. A component without a folder
    /// had its files removed on purpose. The first `MAX_BROKEN` of them.
    pub fn broken(&self) -> impl Iterator<Item = Broken<'_>> {
        let components = self.components.iter().filter(|component| component.folder.is_some());
        components.flat_map(of_component).take(MAX_BROKEN)
    }
}

fn of_component(component: &Component) -> Vec<Broken<'_>> {
    let Some(manifest) = component.listing() else { return Vec::new() };
    let of_role = |role| component.files.iter().filter(move |file| file.role == role);
    let stored: HashMap<String, &StoredFile> =
        of_role(Role::Payload).map(|file| (file.path.to_lowercase(), file)).collect();
    let made: HashSet<String> = of_role(Role::Differential).map(StoredFile::makes).collect();
    let listed = manifest.files.iter().filter_map(|listed| {
        let Some(FileDigest::Sha256(expected)) = listed.digest else { return None };
        let name = listed.name.to_lowercase();
        let is_broken = match stored.get(&name) {
            Some(file) => !holds(file, &expected),
            None => !made.contains(&name),
        };
        is_broken.then_some(Broken { component: &component.keyform, file: &listed.name, expected })
    });
    listed.collect()
}

/// Whether a file is as it should be, or nothing is known that speaks against it.
fn holds(file: &StoredFile, expected: &[u8; 32]) -> bool {
    match (file.size, file.sha256) {
        (None, _) => false,
        _ if file.sha1.is_zero() => <[u8; 32]>::from(Sha256::digest(b"")) == *expected,
        (_, Some(found)) => found == *expected || file.wrapped.is_some(),
        (_, None) => true,
    }
}
