//! The set of distinct blobs of a WIM.

use sha1::{Digest, Sha1};
use std::collections::HashMap;

/// SHA-1 of some bytes.
#[must_use]
pub fn sha1_of(bytes: &[u8]) -> [u8; 20] {
    Sha1::digest(bytes).into()
}

/// A blob to be written.
#[derive(Debug)]
pub(crate) struct Blob {
    pub(crate) sha1: [u8; 20],
    pub(crate) bytes: Vec<u8>,
    pub(crate) references: u32,
}

/// Blobs in the order met, each SHA-1 once.
#[derive(Debug, Default)]
pub(crate) struct BlobSet {
    pub(crate) blobs: Vec<Blob>,
    index: HashMap<[u8; 20], usize>,
}

impl BlobSet {
    /// Adds a reference to these bytes and returns their SHA-1, all zero for empty ones.
    pub(crate) fn refer(&mut self, bytes: &[u8]) -> [u8; 20] {
        if bytes.is_empty() {
            return [0; 20];
        }
        let sha1 = sha1_of(bytes);
        let next = self.blobs.len();
        let place = *self.index.entry(sha1).or_insert(next);
        if place == next {
            self.blobs.push(Blob { sha1, bytes: bytes.to_vec(), references: 0 });
        }
        self.blobs[place].references += 1;
        sha1
    }
}
