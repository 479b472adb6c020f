//! Which file contents a tree holds, compactly: for telling what an image was made from.

use std::collections::BTreeMap;

use crate::value::Sha1Digest;

/// The contents of a tree, each by the first eight bytes of its SHA-1, with the number of files that have it.
///
/// Eight bytes are enough for telling relatives from strangers (two sets of 100,000 contents share one by chance with a
/// probability below 10⁻⁹), not for proving that two contents are the same.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ContentSet(Vec<(u64, u32)>);

impl ContentSet {
    /// The first eight bytes of the SHA-1s, rising, each once.
    pub fn prefixes(&self) -> impl Iterator<Item = u64> {
        self.0.iter().map(|(prefix, _)| *prefix)
    }

    /// Contents.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether the tree holds no content.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Compares with another set, given by its rising prefixes: how many contents both have, and how many files of this
    /// tree have a content that the other lacks.
    pub fn compare(&self, other: &[u64]) -> (usize, u64) {
        let (mut shared, mut foreign_files) = (0, 0);
        for (prefix, files) in &self.0 {
            if other.binary_search(prefix).is_ok() {
                shared += 1;
            } else {
                foreign_files += u64::from(*files);
            }
        }
        (shared, foreign_files)
    }
}

/// Gathers a [`ContentSet`].
#[derive(Debug, Default)]
pub(crate) struct Gatherer(BTreeMap<u64, u32>);

impl Gatherer {
    /// A file, or a stream of one, has this content.
    pub(crate) fn add(&mut self, sha1: &Sha1Digest) {
        if let Some(prefix) = sha1.0.first_chunk().filter(|_| !sha1.is_zero()) {
            let files = self.0.entry(u64::from_be_bytes(*prefix)).or_default();
            *files = files.saturating_add(1);
        }
    }

    pub(crate) fn finish(self) -> ContentSet {
        ContentSet(self.0.into_iter().collect())
    }
}
