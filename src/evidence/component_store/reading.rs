//! What reading contents adds to a store: its manifests, the digests of its files, how they are wrapped.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use sha2::{Digest as _, Sha256};
use wimproof_wim::{ReadAt, ReadBounds, Result, Sha1Digest};

use super::{
    Component, ComponentStore, Role, StoredFile, base_manifest,
    keyform::Keyform,
    manifest::{FileDigest, ListedFile, Manifest, ManifestError},
};
use crate::evidence::{
    image::ContentDigests,
    inside::{Inside, WHOLE},
};

/// Manifests as they are stored. The longest of Windows Server 2025 has 176 KB, all of them some 35 MB.
const MANIFESTS: ReadBounds = ReadBounds { each: 8 << 20, all: 256 << 20, at_once: 64 << 20 };
/// Bytes of memory that what all manifests of a store list may take. Real ones list some 100,000 files, in some 20 MB.
const MAX_KEPT: usize = 128 << 20;
/// Bytes of text of all manifests of a store. Those of Windows Server 2025 have some 200 MB.
const MAX_TEXT: u64 = 512 << 20;
/// Files that are looked at for how they are wrapped: a longer one is not.
const HEADS: ReadBounds = ReadBounds { each: 64 << 20, ..WHOLE };
/// Longest `wcp.dll`. Real ones have 3 MB.
const MAX_PROGRAM: u64 = 64 << 20;
/// Programs that may hold the base manifest which are looked into.
const MAX_PROGRAMS: usize = 8;

/// How servicing wraps compressed files, by their first bytes.
const WRAPPINGS: [(&[u8], &str); 4] =
    [(b"DCM\x01", "DCM"), (b"DCN\x01", "DCN"), (b"DCD\x01", "DCD"), (b"DCS\x01", "DCS")];

impl ComponentStore {
    /// Reads the manifests.
    ///
    /// # Errors
    /// Where the blob table cannot be read; what is wrong with a manifest stands in its place.
    pub fn read_manifests<S: ReadAt>(&mut self, inside: &Inside<'_, S>) -> Result<()> {
        let base = self.base_manifest(inside);
        let wanted: Vec<Sha1Digest> = self
            .components
            .iter()
            .filter_map(|component| Some(component.manifest.as_ref()?.file.sha1))
            .collect();
        let mut read: HashMap<Sha1Digest, _> = HashMap::new();
        let (mut kept, mut text) = (0, 0_u64);
        inside.read_many(&wanted, MANIFESTS, |sha1, bytes| {
            let manifest = match bytes {
                Ok(_) if text > MAX_TEXT || kept > MAX_KEPT => Err(ManifestError::Malformed(format!(
                    "behind more manifests than are read: {MAX_TEXT} bytes of text"
                ))),
                Ok(bytes) => Manifest::read(bytes, base.as_deref()),
                Err(error) => Err(ManifestError::Unreadable(error.to_string())),
            };
            let manifest = manifest.and_then(|manifest| {
                kept += manifest.weight();
                text = text.saturating_add(manifest.length);
                let too_much = || {
                    ManifestError::Malformed(format!("more than {MAX_KEPT} bytes of lists in all manifests"))
                };
                (kept <= MAX_KEPT).then(|| Arc::new(manifest)).ok_or_else(too_much)
            });
            read.insert(*sha1, manifest);
        })?;
        for component in &mut self.components {
            if let Some(manifest) = &mut component.manifest {
                manifest.content = read.get(&manifest.file.sha1).cloned();
            }
            component.pair_up();
        }
        Ok(())
    }

    /// The base manifest in the newest servicing stack that has one.
    fn base_manifest<S: ReadAt>(&self, inside: &Inside<'_, S>) -> Option<Vec<u8>> {
        let mut stacks: Vec<(Keyform<'_>, &StoredFile)> = self
            .components
            .iter()
            .filter_map(|component| {
                let keyform = Keyform::parse(&component.keyform)?;
                let stack = keyform.name == "microsoft-windows-servicingstack";
                let mut files =
                    component.files.iter().filter(|file| file.path.eq_ignore_ascii_case("wcp.dll"));
                Some((keyform, files.next().filter(|_| stack)?))
            })
            .collect();
        stacks.sort_by_key(|(keyform, _)| std::cmp::Reverse(keyform.version));
        stacks.iter().take(MAX_PROGRAMS).find_map(|(_, file)| {
            let mut base = None;
            let bounds = ReadBounds { each: MAX_PROGRAM, all: MAX_PROGRAM, ..WHOLE };
            let read = inside.read_many(&[file.sha1], bounds, |_, bytes| {
                base = bytes.ok().and_then(base_manifest::in_program).map(<[u8]>::to_vec);
            });
            read.ok().and(base)
        })
    }

    /// Adds the SHA-256 of all files, and what became of the checksums of differentials.
    pub fn add_digests(&mut self, digests: &ContentDigests) {
        let empty = Sha256::digest(b"").into();
        let digest = |file: &mut StoredFile| {
            file.sha256 = if file.sha1.is_zero() { Some(empty) } else { digests.sha256(&file.sha1) };
            file.checksum = digests.checksum(&file.sha1).filter(|_| file.role == Role::Differential);
        };
        for component in &mut self.components {
            component.files.iter_mut().for_each(digest);
            if let Some(manifest) = &mut component.manifest {
                digest(&mut manifest.file);
            }
        }
    }

    /// Contents of files that are not what their manifests say.
    pub fn doubtful(&self) -> Vec<Sha1Digest> {
        let doubtful: HashSet<Sha1Digest> = self.components.iter().flat_map(doubtful).collect();
        doubtful.into_iter().collect()
    }

    /// Looks at such contents: servicing may have compressed them.
    ///
    /// # Errors
    /// Where the blob table cannot be read.
    pub fn look_at_wrappings<S: ReadAt>(
        &mut self,
        inside: &Inside<'_, S>,
        doubtful: &[Sha1Digest],
    ) -> Result<()> {
        let mut wrapped: HashMap<Sha1Digest, &'static str> = HashMap::new();
        inside.read_many(doubtful, HEADS, |sha1, bytes| {
            let wrapping =
                bytes.ok().and_then(|bytes| WRAPPINGS.iter().find(|(mark, _)| bytes.starts_with(mark)));
            wrapped.extend(wrapping.map(|(_, name)| (*sha1, *name)));
        })?;
        let files = self.components.iter_mut().flat_map(|component| &mut component.files);
        files.for_each(|file| file.wrapped = wrapped.get(&file.sha1).copied());
        Ok(())
    }
}

/// SHA-1 of a component's files that are not what its manifest says.
fn doubtful(component: &Component) -> Vec<Sha1Digest> {
    component
        .pairs()
        .filter(|(_, file)| !file.sha1.is_zero())
        .filter_map(|(listed, file)| (listed.digest?.fits(file) == Some(false)).then_some(file.sha1))
        .collect()
}

impl Component {
    /// The files that its manifest lists and its folder holds.
    pub fn pairs(&self) -> impl Iterator<Item = (&ListedFile, &StoredFile)> {
        let listed = self.listing().map_or(&[][..], |manifest| &manifest.files);
        let both = move |&(number, file): &(usize, usize)| Some((listed.get(number)?, self.files.get(file)?));
        self.pairs.iter().filter_map(both)
    }

    /// Finds the pairs: once, as every check of contents asks for them.
    fn pair_up(&mut self) {
        let listed = self.listing().map_or(&[][..], |manifest| &manifest.files);
        let stored = if listed.is_empty() { &[][..] } else { &self.files };
        let stored = stored.iter().enumerate().map(|(number, file)| (file.path.to_lowercase(), number));
        let stored: HashMap<String, usize> = stored.collect();
        let pair = |(number, listed): (usize, &ListedFile)| {
            Some((number, *stored.get(&listed.name.to_lowercase())?))
        };
        self.pairs = listed.iter().enumerate().filter_map(pair).collect();
    }
}

impl FileDigest {
    /// Whether a file is what the digest says; `None` where that is not known.
    pub fn fits(&self, file: &StoredFile) -> Option<bool> {
        match self {
            Self::Sha256(expected) => file.sha256.map(|found| found == *expected),
            Self::Sha1(expected) if file.sha1.is_zero() => Some(*expected == EMPTY_SHA1),
            Self::Sha1(expected) => Some(file.sha1.0 == *expected),
        }
    }
}

/// SHA-1 of nothing.
const EMPTY_SHA1: [u8; 20] = [
    0xda, 0x39, 0xa3, 0xee, 0x5e, 0x6b, 0x4b, 0x0d, 0x32, 0x55, 0xbf, 0xef, 0x95, 0x60, 0x18, 0x90, 0xaf,
    0xd8, 0x07, 0x09,
];
