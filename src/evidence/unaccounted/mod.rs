//! Files below the folder of Windows that nothing explains: no manifest lists them, no driver package brings them, and they
//! are none of those that Windows writes itself. What is left is what somebody added: how custom an image is, in one number.
//!
//! A file is explained where a manifest puts one of its path, or where it has name and content of a file of the component
//! store or of a driver package: so that destinations that are not known here do no harm, and a program with the content
//! of another one under a name of its own is not explained.

mod mutable;

use std::{
    cmp::Reverse,
    collections::{HashMap, HashSet, hash_map::RandomState},
    hash::BuildHasher as _,
};

use wimproof_wim::{ReadAt, Sha1Digest};

use super::{
    component_store::{ComponentStore, Role, manifest::ManifestError},
    inside::{Entry, Inside, Marks},
    package_catalogs::Place,
    programs::is_program,
};

/// Files that are named.
const MAX_NAMED: usize = 1000;
/// Folders that are named, those with most of the files.
const MAX_FOLDERS: usize = 5;

/// Files that nothing explains.
#[derive(Debug)]
pub struct Unaccounted {
    /// The folder of Windows.
    pub below: String,
    /// How many files are in it.
    pub all: u64,
    /// How many of them nothing explains.
    pub files: u64,
    /// The folders that hold most of them, with how many; the largest first.
    pub folders: Vec<(String, u64)>,
    /// The first of them, in the order of the walk.
    pub named: Vec<Place>,
}

impl Unaccounted {
    /// Looks for them; `None` where the manifests could not be read. Needs the manifests.
    pub fn of<S: ReadAt>(inside: &Inside<'_, S>, store: &ComponentStore) -> Option<Self> {
        let manifests =
            || store.components.iter().filter_map(|component| component.manifest.as_ref()?.content.as_ref());
        let lacks_base = manifests().any(|manifest| matches!(manifest, Err(ManifestError::NoBase)));
        if lacks_base || manifests().next().is_none() {
            return None;
        }
        let below = store.path.rsplit_once('\\').map_or("", |(windows, _)| windows).to_owned();
        let windows = inside.find(&below)?;
        let explained = Explained::of(inside, store, &below);
        let mut found = Self { below, all: 0, files: 0, folders: Vec::new(), named: Vec::new() };
        let mut folders: HashMap<u64, u64> = HashMap::new();
        for entry in inside.below(&windows).filter(|entry| !entry.is_folder()) {
            found.all += 1;
            if explained.has(&entry) {
                continue;
            }
            found.files += 1;
            if let Some(folder) = inside.parent(&entry) {
                *folders.entry(folder.dentry.offset).or_default() += 1;
            }
            if found.named.len() < MAX_NAMED {
                found.named.push(Place { path: inside.path(&entry), offset: entry.dentry.offset });
            }
        }
        found.folders = largest(inside, &windows, &folders);
        Some(found)
    }
}

/// The folders with most files, by their paths.
fn largest<S: ReadAt>(
    inside: &Inside<'_, S>,
    windows: &Entry<'_>,
    folders: &HashMap<u64, u64>,
) -> Vec<(String, u64)> {
    let mut largest: Vec<(u64, u64)> = folders.iter().map(|(offset, files)| (*offset, *files)).collect();
    largest.sort_by_key(|(offset, files)| (Reverse(*files), *offset));
    largest.truncate(MAX_FOLDERS);
    let at: HashMap<u64, u64> = largest.into_iter().collect();
    let entries = inside.below(windows).filter(Entry::is_folder).chain([*windows]);
    // A path costs as many steps as it is deep: it is asked for where it is told alone.
    let named = entries.filter_map(|entry| {
        let files = *at.get(&entry.dentry.offset)?;
        Some((inside.path(&entry), files))
    });
    let mut named: Vec<(String, u64)> = named.collect();
    named.sort_by(|(path, files), (other, more)| more.cmp(files).then_with(|| path.cmp(other)));
    named
}

/// What explains files.
struct Explained {
    /// Files that a manifest puts where they are, and those of places where all files belong.
    places: Marks,
    /// Files of places where all but programs belong.
    written: Marks,
    /// Name and content of files that Windows or a driver brings.
    known: HashSet<u64>,
    key: RandomState,
}

impl Explained {
    fn of<S: ReadAt>(inside: &Inside<'_, S>, store: &ComponentStore, windows: &str) -> Self {
        let (places, written) = (inside.marks(), inside.marks());
        let mut explained = Self { places, written, known: HashSet::new(), key: RandomState::new() };
        for path in store.destinations(inside) {
            if let Some(file) = inside.find(&path) {
                explained.places.mark(&file);
            }
        }
        for component in &store.components {
            for file in component.files.iter().filter(|file| file.role == Role::Payload) {
                explained.know(&file.path, file.sha1);
            }
            for (listed, file) in component.pairs().filter(|(listed, _)| !listed.target.is_empty()) {
                explained.know(&listed.target, file.sha1);
            }
        }
        for (folder, with_programs) in mutable::folders() {
            let Some(folder) = inside.find(&format!("{windows}\\{folder}")) else { continue };
            let is_drivers = folder.name().eq_ignore_ascii_case("FileRepository");
            for entry in inside.below(&folder) {
                if is_drivers && !entry.is_folder() {
                    explained.know(&entry.name(), entry.sha1());
                }
                let marks = if with_programs { &mut explained.places } else { &mut explained.written };
                marks.mark(&entry);
            }
        }
        explained
    }

    /// By the last part of a path and the content; an empty file has none that tells.
    fn hash(&self, path: &str, sha1: Sha1Digest) -> u64 {
        let name = path.rsplit('\\').next().unwrap_or(path).to_lowercase();
        self.key.hash_one((name, sha1.0))
    }

    fn know(&mut self, path: &str, sha1: Sha1Digest) {
        let hash = self.hash(path, sha1);
        self.known.insert(hash);
    }

    fn has(&self, entry: &Entry<'_>) -> bool {
        let name = entry.name().to_lowercase();
        self.places.has(entry)
            || self.known.contains(&self.hash(&name, entry.sha1()))
            || ((self.written.has(entry) || mutable::is_by_name(&name)) && !is_program(&name))
    }
}
