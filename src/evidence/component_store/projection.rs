//! Files outside the store that come from it: what runs is `System32\ntdll.dll`, a hard link to a file of a component.

use std::collections::BTreeMap;

use wimproof_wim::{ReadAt, Sha1Digest};

use super::{ComponentStore, Role, StoredFile, keyform::Keyform, manifest::ListedFile};
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

/// Folders that are looked at, by the variable that stands for them; below the folder of Windows.
const FOLDERS: [(&str, &str); 3] = [
    ("$(runtime.system32)", "System32"),
    ("$(runtime.drivers)", "System32\\drivers"),
    ("$(runtime.windows)", ""),
];

impl ComponentStore {
    /// Finds the files that the manifests put into the folders of Windows. Needs the manifests.
    pub fn project<S: ReadAt>(&mut self, inside: &Inside<'_, S>) {
        let windows = self.path.rsplit_once('\\').map_or("", |(windows, _)| windows).to_owned();
        let both = inside.find(&format!("{windows}\\SysWOW64")).is_some();
        let mut places: BTreeMap<String, Vec<(String, Sha1Digest)>> = BTreeMap::new();
        for component in &self.components {
            let Some(keyform) = Keyform::parse(&component.keyform) else { continue };
            let of_system = !matches!(keyform.architecture, "wow64" | "x86") || !both;
            for (listed, stored) in component.pairs() {
                if let Some(path) = place(listed, stored, &windows, of_system) {
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

/// Where a file is put; files without a digest may change there.
fn place(listed: &ListedFile, stored: &StoredFile, windows: &str, of_system: bool) -> Option<String> {
    if listed.digest.is_none() || stored.role != Role::Payload {
        return None;
    }
    let destination = listed.destination.to_lowercase();
    let (variable, folder) = FOLDERS.iter().find(|(variable, _)| destination.starts_with(variable))?;
    let folder = if of_system { (*folder).to_owned() } else { folder.replace("System32", "SysWOW64") };
    let below = destination.get(variable.len()..)?;
    let name = if listed.target.is_empty() { &listed.name } else { &listed.target };
    Some(format!("{windows}\\{folder}\\{below}\\{name}").to_lowercase())
}
