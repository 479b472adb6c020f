//! Files outside the store that come from it: what runs is `System32\ntdll.dll`, a hard link to a file of a component.

use std::collections::BTreeMap;

use wimproof_wim::{ReadAt, Sha1Digest};

use super::{ComponentStore, Role, keyform::Keyform, manifest::ListedFile};
use crate::evidence::inside::Inside;

/// A file that components put in a place.
#[derive(Debug, Clone)]
pub struct Projected {
    /// Its path in the image.
    pub path: String,
    /// Where it stands in the metadata of the image.
    pub offset: u64,
    /// SHA-1 of its content; zero where it is empty.
    pub sha1: Sha1Digest,
    /// The components that put a file there, and the SHA-1 of what they store for it.
    pub sources: Vec<(String, Sha1Digest)>,
}

type Folders = [(&'static str, &'static str)];

/// Folders that are looked at, by the variable that stands for them; below the folder of Windows.
const FOLDERS: &Folders = &[
    ("$(runtime.system32)", "System32"),
    ("$(runtime.drivers)", "System32\\drivers"),
    ("$(runtime.windows)", ""),
];

/// Further folders below that of Windows.
const FURTHER: &Folders = &[
    ("$(runtime.inf)", "INF"),
    ("$(runtime.fonts)", "Fonts"),
    ("$(runtime.help)", "Help"),
    ("$(runtime.wbem)", "System32\\wbem"),
];

impl ComponentStore {
    /// Finds the files that the manifests put into the folders of Windows. Needs the manifests.
    pub fn project<S: ReadAt>(&mut self, inside: &Inside<'_, S>) {
        let root = Root::of(self, inside);
        let mut places: BTreeMap<String, Vec<(String, Sha1Digest)>> = BTreeMap::new();
        for component in &self.components {
            let Some(keyform) = Keyform::parse(&component.keyform) else { continue };
            // Files without a digest may change where they are.
            let lasting = component
                .pairs()
                .filter(|(listed, stored)| listed.digest.is_some() && stored.role == Role::Payload);
            for (listed, stored) in lasting {
                if let Some(path) = root.place(listed, &keyform, FOLDERS) {
                    places.entry(path).or_default().push((component.keyform.clone(), stored.sha1));
                }
            }
        }
        self.projected = places
            .into_iter()
            .filter_map(|(path, sources)| {
                let file = inside.find(&path).filter(|file| !file.is_folder())?;
                let path = inside.path(&file);
                Some(Projected { path, offset: file.dentry.offset, sha1: file.sha1(), sources })
            })
            .collect();
    }
}

impl ComponentStore {
    /// The paths, in lower case, of all files that the manifests put below the folder of Windows, there or not.
    pub fn destinations<S: ReadAt>(&self, inside: &Inside<'_, S>) -> impl Iterator<Item = String> {
        let root = Root::of(self, inside);
        self.components.iter().flat_map(move |component| {
            let keyform = Keyform::parse(&component.keyform);
            let listed = component.listing().map_or(&[][..], |manifest| &manifest.files);
            let place = |listed: &ListedFile| {
                let keyform = keyform.as_ref()?;
                root.place(listed, keyform, FOLDERS).or_else(|| root.place(listed, keyform, FURTHER))
            };
            listed.iter().filter_map(place).collect::<Vec<_>>()
        })
    }
}

/// The folder of Windows.
struct Root {
    windows: String,
    /// Whether there are folders for 64 and for 32 bits.
    both: bool,
}

impl Root {
    fn of<S: ReadAt>(store: &ComponentStore, inside: &Inside<'_, S>) -> Self {
        let windows = store.path.rsplit_once('\\').map_or("", |(windows, _)| windows).to_owned();
        let both = inside.find(&format!("{windows}\\SysWOW64")).is_some();
        Self { windows, both }
    }

    /// Where a component puts a file, in lower case.
    fn place(&self, listed: &ListedFile, of: &Keyform<'_>, folders: &Folders) -> Option<String> {
        let destination = listed.destination.to_lowercase();
        let (variable, folder) = folders.iter().find(|(variable, _)| destination.starts_with(variable))?;
        let of_system = !matches!(of.architecture, "wow64" | "x86") || !self.both;
        let folder = if of_system { (*folder).to_owned() } else { folder.replace("System32", "SysWOW64") };
        let below = destination.get(variable.len()..)?;
        let name = if listed.target.is_empty() { &listed.name } else { &listed.target };
        Some(format!("{}\\{folder}\\{below}\\{name}", self.windows).to_lowercase())
    }
}
