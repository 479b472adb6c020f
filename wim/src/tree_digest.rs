//! The `tree` digest: one number for all that an image holds, however it is stored.
//!
//! # Canonical form `wimproof-tree-v1`
//!
//! SHA-256 over the ASCII bytes `wimproof-tree-v1\n` and then, for every entry of the tree in canonical order (a
//! directory before its children; children ordered by the UTF-16 code units of their names, entries of the same name
//! by their place in the metadata), these fields. Integers are little-endian; *text* is a `u32` length in bytes and
//! UTF-16LE bytes.
//!
//! | field | form |
//! |---|---|
//! | depth, 0 for the root | `u32` |
//! | name | text |
//! | short name | text |
//! | attributes | `u32` |
//! | created, accessed, written | 3 x `u64` FILETIME |
//! | SHA-256 of the self-relative security descriptor, zeros for none | 32 bytes |
//! | reparse tag and flags, zeros for none | `u32`, `u16` |
//! | hard links: number (0 for the root, counting entries in this order) of the first entry of the same hard-link group; the entry's own number where there is none before | `u64` |
//! | tagged items as they stand | `u32` length, bytes |
//! | number of streams | `u32` |
//! | each stream, ordered by kind, then name: kind (0 data, 1 reparse, 2 named), name, SHA-1 | `u8`, text, 20 bytes |
//!
//! Unnamed streams without content are left out. Raw security ids, hard-link group numbers, offsets and reserved
//! fields are not part of it, nor are the image's name, its index, the codec, or the order of blobs: the digest stays
//! the same through export, recompression, splitting and conversion between WIM and ESD.

use std::{collections::HashMap, fmt};

use sha2::{Digest as _, Sha256};

use crate::{
    metadata::{Dentry, Metadata, Node, Stream, StreamKind},
    value::{Sha1Digest, Utf16},
};

/// Names the canonical form of `tree`; it changes when the form does.
pub const TREE_DIGEST_FORM: &str = "wimproof-tree-v1";

/// Names the canonical form of `content`: that of `tree` with another first line, and the SHA-256 (32 bytes) of each
/// stream in place of its SHA-1. It can only be computed when every content was read.
pub const CONTENT_DIGEST_FORM: &str = "wimproof-content-v1";

/// Gives the SHA-256 of a content by its SHA-1.
pub type Sha256Of<'d> = dyn Fn(&Sha1Digest) -> Option<[u8; 32]> + 'd;

/// A `tree` or `content` digest.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TreeDigest(pub [u8; 32]);

impl fmt::Display for TreeDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for TreeDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Computes a [`TreeDigest`] from the entries of a walk.
pub struct TreeHasher<'d> {
    hash: Sha256,
    /// For the digest `content`.
    sha256_of: Option<&'d Sha256Of<'d>>,
    /// A stream had no SHA-256.
    incomplete: bool,
    /// SHA-256 of each security descriptor: hashing one descriptor for each of its users would let a small file ask
    /// for unbounded work.
    descriptors: Vec<[u8; 32]>,
    links: HashMap<u64, u64>,
    entries: u64,
    record: Vec<u8>,
}

impl fmt::Debug for TreeHasher<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TreeHasher").field("entries", &self.entries).finish_non_exhaustive()
    }
}

impl<'d> TreeHasher<'d> {
    /// Starts a digest `tree` of the tree that this metadata holds.
    pub fn new(metadata: &Metadata) -> Self {
        Self::start(metadata, TREE_DIGEST_FORM, None)
    }

    /// Starts a digest `content`.
    pub fn with_contents(metadata: &Metadata, sha256_of: &'d Sha256Of<'d>) -> Self {
        Self::start(metadata, CONTENT_DIGEST_FORM, Some(sha256_of))
    }

    fn start(metadata: &Metadata, form: &str, sha256_of: Option<&'d Sha256Of<'d>>) -> Self {
        let descriptors = metadata.security_descriptors().map(|bytes| Sha256::digest(bytes).into()).collect();
        let mut hash = Sha256::new();
        hash.update(form);
        hash.update(b"\n");
        let links = HashMap::new();
        Self { hash, sha256_of, incomplete: false, descriptors, links, entries: 0, record: Vec::new() }
    }

    /// Takes the next entry, in the order of [`Metadata::walk`]. `streams` are the entry's own.
    pub fn entry(&mut self, node: &Node<'_>, streams: &[Stream<'_>]) {
        let dentry = &node.dentry;
        let mut record = std::mem::take(&mut self.record);
        record.clear();
        record.extend(length(node.depth).to_le_bytes());
        text(&mut record, dentry.name);
        text(&mut record, dentry.short_name);
        record.extend(dentry.attributes.0.to_le_bytes());
        for time in [dentry.created, dentry.accessed, dentry.written] {
            record.extend(time.0.to_le_bytes());
        }
        let descriptor = usize::try_from(dentry.security_id).ok().and_then(|id| self.descriptors.get(id));
        record.extend(descriptor.unwrap_or(&[0; 32]));
        let (tag, flags) = dentry.reparse().unwrap_or_default();
        record.extend(tag.to_le_bytes());
        record.extend(flags.to_le_bytes());
        record.extend(self.first_link(dentry).to_le_bytes());
        record.extend(length(dentry.tagged_items.len()).to_le_bytes());
        record.extend(dentry.tagged_items);
        self.stream_records(&mut record, streams);
        self.hash.update(&record);
        self.entries += 1;
        self.record = record;
    }

    fn first_link(&mut self, dentry: &Dentry<'_>) -> u64 {
        match dentry.hard_link_group() {
            Some(group) => *self.links.entry(group).or_insert(self.entries),
            None => self.entries,
        }
    }

    fn stream_records(&mut self, record: &mut Vec<u8>, streams: &[Stream<'_>]) {
        let mut ordered: Vec<&Stream<'_>> = streams.iter().collect();
        ordered.sort_by(|a, b| a.kind.cmp(&b.kind).then_with(|| a.name.cmp_units(b.name)));
        record.extend(length(ordered.len()).to_le_bytes());
        for stream in ordered {
            record.push(match stream.kind {
                StreamKind::Data => 0,
                StreamKind::Reparse => 1,
                StreamKind::Named => 2,
            });
            text(record, stream.name);
            match self.sha256_of {
                None => record.extend(stream.sha1.0),
                // A named stream may be empty; it is not stored then.
                Some(_) if stream.sha1.is_zero() => record.extend([0; 32]),
                Some(sha256_of) => match sha256_of(&stream.sha1) {
                    Some(sha256) => record.extend(sha256),
                    None => self.incomplete = true,
                },
            }
        }
    }

    /// The digest of all entries taken; `None` where the SHA-256 of a content was not known.
    pub fn finish(self) -> Option<TreeDigest> {
        (!self.incomplete).then(|| TreeDigest(self.hash.finalize().into()))
    }
}

fn text(record: &mut Vec<u8>, text: Utf16<'_>) {
    record.extend(length(text.as_bytes().len()).to_le_bytes());
    record.extend(text.as_bytes());
}

/// Lengths in a metadata resource fit 32 bits, as the resource does.
fn length(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
