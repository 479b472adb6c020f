//! What was gathered of an image to judge its health: a value that holds all that checks need, so that they can be pure.
//!
//! To add a check: gather what it needs here (a field of [`Examination`], filled by a reader of its own from [`Inside`]),
//! and judge it in a file of its own below `judge/health`.

use std::{collections::HashSet, sync::Arc};

use serde::{Deserialize, Serialize};
use wimproof_wim::{ReadAt, Result, Sha1Digest, Wim};

use super::{
    component_store::{ComponentStore, ledger::Ledger},
    image::ContentDigests,
    inside::Inside,
    provenance::Provenance,
    unaccounted::Unaccounted,
};

/// How far to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Depth {
    /// Blob table and metadata: names, sizes and SHA-1 of all files.
    Metadata,
    /// Also the manifests of the components, and other small files that say what an image should hold.
    Manifests,
    /// Also every byte, to compare with the manifests.
    Payloads,
}

impl Depth {
    /// The name, as in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Metadata => "metadata",
            Self::Manifests => "manifests",
            Self::Payloads => "payloads",
        }
    }
}

/// Another image, to compare with.
#[derive(Debug, Clone)]
pub struct Other {
    /// What it is called.
    pub name: String,
    /// Whether it is known to be right: a reference, or an approved image.
    pub trusted: bool,
    /// What its store holds.
    pub ledger: Arc<Ledger>,
}

/// An image that a repair could take files from.
#[derive(Debug, Clone)]
pub struct RepairSource {
    /// What it is called.
    pub name: String,
    /// Whether it holds each file that is broken, in the order of [`ComponentStore::broken`], with the bytes that the
    /// manifest names.
    pub holds: Vec<bool>,
}

impl RepairSource {
    /// How many it holds.
    pub fn count(&self) -> usize {
        self.holds.iter().filter(|holds| **holds).count()
    }
}

/// An image as the checks of its health see it.
#[derive(Debug)]
pub struct Examination {
    /// The image file.
    pub source: Arc<str>,
    /// How far was looked.
    pub depth: Depth,
    /// Files whose content has hard links, of all that have content: how well the image was captured.
    pub linked: Linked,
    /// The component store; `None` where the image has none.
    pub store: Option<ComponentStore>,
    /// Files that nothing explains, where the manifests were read.
    pub unaccounted: Option<Unaccounted>,
    /// Other images: those of the same file, references, approved ones.
    pub others: Vec<Other>,
    /// References, by what they hold of the files that are broken; empty where none is.
    pub sources: Vec<RepairSource>,
    /// What the image claims to be, and what it says itself.
    pub provenance: Provenance,
}

/// How many bytes of an image are hard links to others.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Linked {
    /// Bytes of all files, each hard link counted.
    pub all: u64,
    /// Bytes of further names of files that have several.
    pub further: u64,
}

impl Examination {
    /// Gathers what an image holds, but for what every byte tells.
    ///
    /// # Errors
    /// Where the blob table cannot be read.
    pub fn of<S: ReadAt>(inside: &Inside<'_, S>, source: Arc<str>, depth: Depth) -> Result<Self> {
        let mut store = ComponentStore::of(inside);
        if let Some(store) = store.as_mut().filter(|_| depth >= Depth::Manifests) {
            store.read_manifests(inside)?;
            store.project(inside);
        }
        let read = store.as_ref().filter(|_| depth >= Depth::Manifests);
        let unaccounted = read.and_then(|store| Unaccounted::of(inside, store));
        Ok(Self {
            source,
            depth,
            linked: Linked::of(inside),
            store,
            unaccounted,
            others: Vec::new(),
            sources: Vec::new(),
            provenance: Provenance::default(),
        })
    }

    /// Adds what the digests of all contents tell, which are there when every byte was read, and looks at the files that
    /// are not what their manifests say.
    ///
    /// # Errors
    /// Where the image cannot be opened again.
    pub fn complete<S: ReadAt>(
        &mut self,
        parts: &[Wim<S>],
        index: u32,
        digests: &ContentDigests,
    ) -> Result<()> {
        let Some(store) = &mut self.store else { return Ok(()) };
        if self.depth == Depth::Payloads {
            store.add_digests(digests);
        }
        let doubtful = store.doubtful();
        if doubtful.is_empty() {
            Ok(())
        } else {
            store.look_at_wrappings(&Inside::open(parts, index)?, &doubtful)
        }
    }
}

impl Linked {
    fn of<S: ReadAt>(inside: &Inside<'_, S>) -> Self {
        let mut linked = Self::default();
        let mut seen: HashSet<(u64, Sha1Digest)> = HashSet::new();
        for entry in inside.entries().filter(|entry| !entry.is_folder()) {
            let sha1 = entry.sha1();
            let size = inside.size(&sha1).unwrap_or(0);
            linked.all = linked.all.saturating_add(size);
            let group = entry.dentry.hard_link_group();
            if group.is_some_and(|group| !seen.insert((group, sha1))) {
                linked.further = linked.further.saturating_add(size);
            }
        }
        linked
    }
}
