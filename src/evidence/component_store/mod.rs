//! The component store of an image, `Windows\WinSxS`: what each component holds.
//!
//! A component is a folder named by its keyform (see [`keyform`]) and a manifest of the same name in `Manifests`, which
//! lists the files with their SHA-256. After an update the folder also holds differentials in `f` (forward), `r` (reverse)
//! and `n` (from nothing). Deployments have a manifest and no folder.

pub mod base_manifest;
mod broken;
pub mod keyform;
pub mod ledger;
pub mod manifest;
mod names;
pub mod package;
mod projection;
mod reading;

pub use broken::Broken;
pub use names::versionless;
pub use projection::Projected;

use std::{
    collections::{BTreeMap, btree_map},
    sync::Arc,
};

use wimproof_wim::{ReadAt, Sha1Digest};

use super::inside::{Entry, Inside};
use keyform::Keyform;
use manifest::{Manifest, ManifestError};

/// Where the manifests are, below the store.
const MANIFESTS: &str = "Manifests";
const MANIFEST_END: &str = ".manifest";

/// What a servicing operation leaves behind that was not completed, below the store.
const UNFINISHED: [&str; 3] = ["pending.xml", "poqexec.log.pending", "reboot.xml"];

/// Components of a store that are looked at. Real ones have some 35,000.
const MAX_COMPONENTS: usize = 200_000;

/// A component store.
#[derive(Debug, Default)]
pub struct ComponentStore {
    /// Its path in the image.
    pub path: String,
    /// By their keyforms.
    pub components: Vec<Component>,
    /// Files of operations that were not completed, by their paths below the store.
    pub unfinished: Vec<StoredFile>,
    /// Files outside the store that come from it, see [`project`](Self::project).
    pub projected: Vec<Projected>,
    /// Whether there are more components than are looked at.
    pub cut_short: bool,
}

/// A component.
#[derive(Debug, Default)]
pub struct Component {
    /// Its name, in lower case.
    pub keyform: String,
    /// Where its folder stands in the metadata of the image; `None` where there is none.
    pub folder: Option<u64>,
    /// What is in the folder.
    pub files: Vec<StoredFile>,
    /// Its manifest; `None` where there is none.
    pub manifest: Option<StoredManifest>,
    /// Which file that the manifest lists is which in the folder, by their numbers.
    pairs: Vec<(usize, usize)>,
}

impl Component {
    /// What its manifest says, where that was read.
    pub fn listing(&self) -> Option<&Manifest> {
        self.manifest.as_ref()?.content.as_ref()?.as_deref().ok()
    }
}

/// A manifest in the store.
#[derive(Debug, Clone)]
pub struct StoredManifest {
    /// The file.
    pub file: StoredFile,
    /// What it says; `None` where it was not read.
    pub content: Option<Result<Arc<Manifest>, ManifestError>>,
}

/// What a file of a component is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// A file as it is used.
    Payload,
    /// What makes one version of a file from another, or from nothing.
    Differential,
}

/// A file in the store.
#[derive(Debug, Clone)]
pub struct StoredFile {
    /// Its path below the folder of the component.
    pub path: String,
    /// What it is.
    pub role: Role,
    /// Where it stands in the metadata of the image.
    pub offset: u64,
    /// SHA-1 of its content; zero where it is empty.
    pub sha1: Sha1Digest,
    /// Bytes; `None` where the image file lacks the content.
    pub size: Option<u64>,
    /// SHA-256 of its content, where every byte was read.
    pub sha256: Option<[u8; 32]>,
    /// How servicing compressed it, where that was looked at.
    pub wrapped: Option<&'static str>,
    /// Of a differential whether it begins with the CRC-32 of what follows, where every byte was read; `None` where it has
    /// no form that does.
    pub checksum: Option<bool>,
}

impl StoredFile {
    /// The path of the file that it is or makes, in lower case.
    pub fn makes(&self) -> String {
        let path = self.path.to_lowercase();
        match (self.role, path.split_once('\\')) {
            (Role::Differential, Some((_, path))) => path.to_owned(),
            _ => path,
        }
    }
}

impl ComponentStore {
    /// Looks through the store of an image; `None` where it has none.
    pub fn of<S: ReadAt>(inside: &Inside<'_, S>) -> Option<Self> {
        let store = store_of(inside)?;
        let mut found = Self { path: inside.path(&store), ..Self::default() };
        let mut components = BTreeMap::new();
        for entry in inside.children(&store) {
            found.entry(inside, &store, &entry, &mut components);
        }
        if let Some(manifests) = inside.find(&format!("{}\\{MANIFESTS}", found.path)) {
            for entry in inside.children(&manifests).filter(|entry| !entry.is_folder()) {
                let name = entry.name().to_lowercase();
                let Some(keyform) = name.strip_suffix(MANIFEST_END) else { continue };
                let Some(component) = component(&mut components, keyform) else {
                    found.cut_short = true;
                    continue;
                };
                let file = stored(inside, &store, &entry, Role::Payload);
                component.manifest = Some(StoredManifest { file, content: None });
            }
        }
        found.components = components.into_values().collect();
        Some(found)
    }

    fn entry<S: ReadAt>(
        &mut self,
        inside: &Inside<'_, S>,
        store: &Entry<'_>,
        entry: &Entry<'_>,
        components: &mut BTreeMap<String, Component>,
    ) {
        let name = entry.name().to_lowercase();
        if !entry.is_folder() {
            if UNFINISHED.contains(&&*name) {
                self.unfinished.push(stored(inside, store, entry, Role::Payload));
            }
            return;
        }
        if Keyform::parse(&name).is_none() {
            return;
        }
        let files = inside.below(entry).filter(|below| !below.is_folder()).map(|file| {
            let mut file = stored(inside, entry, &file, Role::Payload);
            let folder = file.path.split_once('\\').map(|(folder, _)| folder);
            if folder.is_some_and(|name| ["f", "r", "n"].iter().any(|kind| name.eq_ignore_ascii_case(kind))) {
                file.role = Role::Differential;
            }
            file
        });
        let Some(component) = component(components, &name) else {
            self.cut_short = true;
            return;
        };
        component.folder = Some(entry.dentry.offset);
        component.files = files.collect();
    }
}

/// The folder of the store, below `Windows` before others.
fn store_of<'i, S: ReadAt>(inside: &'i Inside<'_, S>) -> Option<Entry<'i>> {
    let root = inside.find("")?;
    let windows = inside.find("Windows").into_iter().chain(inside.children(&root));
    let mut stores = windows.filter_map(|windows| {
        let store = inside.find(&format!("{}\\WinSxS", inside.path(&windows)))?;
        store.is_folder().then_some(store)
    });
    stores.next()
}

/// The component of a keyform; `None` for a new one where there are too many.
fn component<'c>(
    components: &'c mut BTreeMap<String, Component>,
    keyform: &str,
) -> Option<&'c mut Component> {
    let count = components.len();
    match components.entry(keyform.to_owned()) {
        btree_map::Entry::Occupied(known) => Some(known.into_mut()),
        btree_map::Entry::Vacant(_) if count >= MAX_COMPONENTS => None,
        btree_map::Entry::Vacant(new) => {
            Some(new.insert(Component { keyform: keyform.to_owned(), ..Component::default() }))
        }
    }
}

fn stored<S: ReadAt>(inside: &Inside<'_, S>, folder: &Entry<'_>, file: &Entry<'_>, role: Role) -> StoredFile {
    let sha1 = file.sha1();
    StoredFile {
        path: inside.path_below(folder, file),
        role,
        offset: file.dentry.offset,
        sha1,
        size: inside.size(&sha1),
        sha256: None,
        wrapped: None,
        checksum: None,
    }
}
