//! What was gathered of an image to judge its health: a value that holds all that checks need, so that they can be pure.
//!
//! To add a check: gather what it needs here (a field of [`Examination`], filled by a reader of its own from [`Inside`]),
//! and judge it in a file of its own below `judge/health`.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use wimproof_wim::{ReadAt, Result};

use super::{component_store::ComponentStore, inside::Inside};

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

/// An image as the checks of its health see it.
#[derive(Debug)]
pub struct Examination {
    /// The image file.
    pub source: Arc<str>,
    /// How far was looked.
    pub depth: Depth,
    /// The component store; `None` where the image has none.
    pub store: Option<ComponentStore>,
}

impl Examination {
    /// Gathers what an image holds, by its index from 1. See [`Inside::open`] for `parts`.
    ///
    /// # Errors
    /// Where the image cannot be opened.
    pub fn of<S: ReadAt>(inside: &Inside<'_, S>, source: &Arc<str>, depth: Depth) -> Result<Self> {
        let store = ComponentStore::of(inside);
        Ok(Self { source: Arc::clone(source), depth, store })
    }
}
