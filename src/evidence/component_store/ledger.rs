//! What a component store holds, in brief: which component and file has which digest. A component of one name and version
//! has the same files everywhere, so stores of different images can be compared without reading their files.

use sha2::{Digest as _, Sha256};
use wimproof_wim::Sha1Digest;

use super::{ComponentStore, Role};

/// Bytes of an entry in the written form.
const ENTRY: usize = 8 + 20 + 32;
/// What stands in front of the entries.
const HEAD: &[u8] = b"wimproof component ledger 1\n";
/// Entries that are read. Real stores have some 60,000 files.
pub const MAX_ENTRIES: usize = 500_000;

/// Digests of the files in a component store.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ledger(Vec<LedgerEntry>);

/// A file in a ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LedgerEntry {
    /// Stands for component and path.
    key: u64,
    /// SHA-1 of the content; zero where it is empty.
    pub sha1: Sha1Digest,
    /// SHA-256 of the content, where every byte was read.
    pub sha256: Option<[u8; 32]>,
}

impl Ledger {
    /// What a store holds: payloads, and the manifests.
    pub fn of(store: &ComponentStore) -> Self {
        let mut entries = Vec::new();
        for component in &store.components {
            let payloads = component.files.iter().filter(|file| file.role == Role::Payload);
            let payloads = payloads.map(|file| (Some(&*file.path), file));
            let manifest = component.manifest.iter().map(|manifest| (None, &manifest.file));
            for (path, file) in payloads.chain(manifest) {
                let key = key(&component.keyform, path);
                entries.push(LedgerEntry { key, sha1: file.sha1, sha256: file.sha256 });
            }
        }
        entries.sort_by_key(|entry| (entry.key, entry.sha1));
        entries.dedup_by_key(|entry| entry.key);
        Self(entries)
    }

    /// A file of a component, by its path below the component's folder.
    pub fn file(&self, keyform: &str, path: &str) -> Option<&LedgerEntry> {
        self.find(key(keyform, Some(path)))
    }

    /// The manifest of a component.
    pub fn manifest(&self, keyform: &str) -> Option<&LedgerEntry> {
        self.find(key(keyform, None))
    }

    fn find(&self, key: u64) -> Option<&LedgerEntry> {
        let place = self.0.binary_search_by_key(&key, |entry| entry.key).ok()?;
        self.0.get(place)
    }

    /// Files in it.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether it holds nothing.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The written form: a line that names it, then of each file, by rising keys, the key (big-endian), SHA-1, and SHA-256
    /// or zeros.
    pub fn to_bytes(&self) -> Vec<u8> {
        let entries = self.0.iter().flat_map(|entry| {
            let sha256 = entry.sha256.unwrap_or_default();
            [&entry.key.to_be_bytes()[..], &entry.sha1.0, &sha256].concat()
        });
        HEAD.iter().copied().chain(entries).collect()
    }

    /// Reads the written form; `None` for anything else.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (entries, rest) = bytes.strip_prefix(HEAD)?.as_chunks::<ENTRY>();
        if !rest.is_empty() || entries.len() > MAX_ENTRIES {
            return None;
        }
        let entries: Option<Vec<LedgerEntry>> = entries.iter().map(|entry| read(entry)).collect();
        entries.filter(|entries| entries.is_sorted_by(|a, b| a.key < b.key)).map(Self)
    }
}

fn read(entry: &[u8]) -> Option<LedgerEntry> {
    let (key, rest) = entry.split_first_chunk::<8>()?;
    let (sha1, rest) = rest.split_first_chunk::<20>()?;
    let (sha256, _) = rest.split_first_chunk::<32>()?;
    let sha256 = Some(*sha256).filter(|sha256| *sha256 != [0; 32]);
    Some(LedgerEntry { key: u64::from_be_bytes(*key), sha1: Sha1Digest(*sha1), sha256 })
}

/// The first eight bytes of a SHA-256 tell the files of a store apart: of 100,000, two share them by chance with a
/// probability below one in a billion.
fn key(keyform: &str, path: Option<&str>) -> u64 {
    let mut hash = Sha256::new();
    hash.update(keyform.as_bytes());
    if let Some(path) = path {
        hash.update(b"\\");
        hash.update(path.to_lowercase().as_bytes());
    }
    let digest: [u8; 32] = hash.finalize().into();
    digest.first_chunk().map_or(0, |first| u64::from_be_bytes(*first))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::component_store::{Component, StoredFile};

    #[test]
    fn what_was_written_is_read_back_and_nothing_else() {
        let file = |path: &str, sha256| StoredFile {
            path: path.into(),
            role: Role::Payload,
            offset: 0,
            sha1: Sha1Digest([7; 20]),
            size: Some(1),
            sha256,
            wrapped: None,
            checksum: None,
        };
        let files = vec![file("a.dll", None), file("sub\\B.dll", Some([9; 32]))];
        let component = Component { keyform: "k".into(), files, ..Component::default() };
        let ledger = Ledger::of(&ComponentStore { components: vec![component], ..ComponentStore::default() });
        assert_eq!(ledger.file("k", "SUB\\b.dll").and_then(|entry| entry.sha256), Some([9; 32]));
        assert_eq!(ledger.file("k", "c.dll"), None);
        let bytes = ledger.to_bytes();
        assert_eq!(Ledger::from_bytes(&bytes), Some(ledger));
        assert_eq!(Ledger::from_bytes(&bytes[..bytes.len() - 1]), None);
        let swapped = [HEAD, &bytes[HEAD.len() + ENTRY..], &bytes[HEAD.len()..HEAD.len() + ENTRY]].concat();
        assert_eq!(Ledger::from_bytes(&swapped), None);
    }
}
