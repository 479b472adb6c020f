//! Components by what they are called without their version: of one that was updated any version is there, of one that was
//! taken out none.

use std::collections::BTreeSet;

use wimproof_wim::ReadAt;

use super::{
    ComponentStore, MANIFEST_END, MANIFESTS,
    keyform::{Identity, Keyform},
    store_of,
};
use crate::evidence::inside::{Entry, Inside};

impl Keyform<'_> {
    /// The name without version and hash, for example `amd64_microsoft-windows-core_31bf3856ad364e35_none`.
    pub fn versionless(&self) -> String {
        [self.architecture, self.name, self.token, self.culture].join("_")
    }
}

impl Identity {
    /// The same of an identity; `None` where it stands for several components, as with `language="*"`.
    pub fn versionless(&self) -> Option<String> {
        let keyform = self.keyform();
        Keyform::parse(&keyform).filter(|keyform| !keyform.culture.contains('*')).map(|one| one.versionless())
    }
}

impl ComponentStore {
    /// The names of its components without their versions.
    pub fn versionless(&self) -> BTreeSet<String> {
        let keyforms = self.components.iter().map(|component| &*component.keyform);
        keyforms.filter_map(Keyform::parse).map(|keyform| keyform.versionless()).collect()
    }
}

/// The names of the components in the store of an image without their versions, by the names of folders and manifests alone.
pub fn versionless<S: ReadAt>(inside: &Inside<'_, S>) -> BTreeSet<String> {
    let Some(store) = store_of(inside) else { return BTreeSet::new() };
    let manifests = inside.find(&format!("{}\\{MANIFESTS}", inside.path(&store)));
    let files = manifests.iter().flat_map(|folder| inside.children(folder));
    let files =
        files.filter_map(|file| Some(file.name().to_lowercase().strip_suffix(MANIFEST_END)?.to_owned()));
    let folders = inside.children(&store).filter(Entry::is_folder);
    let keyforms = folders.map(|folder| folder.name().to_lowercase()).chain(files);
    keyforms.filter_map(|keyform| Some(Keyform::parse(&keyform)?.versionless())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_the_same_in_all_versions() {
        let identity = |version: &str, culture: &str| Identity {
            name: "Microsoft-Windows-Storage-Group-Policy-Driver-Extension".into(),
            culture: culture.into(),
            version: version.into(),
            token: "31bf3856ad364e35".into(),
            architecture: "amd64".into(),
            scope: "nonSxS".into(),
            ..Identity::default()
        };
        let name = identity("10.0.17763.1", "neutral").versionless().expect("a name");
        assert_eq!(name, "amd64_microsoft-windows-s..cy-driver-extension_31bf3856ad364e35_none");
        assert_eq!(identity("10.0.17763.1935", "neutral").versionless(), Some(name));
        assert_eq!(identity("10.0.17763.1", "*").versionless(), None);
        assert_eq!(identity("*", "neutral").versionless(), None);
    }
}
