//! Verification: every byte of a file read once, in order, and every hash computed.
//!
//! The file is cut into segments that end where chunks end (see [`plan`]). Workers take them in order; each reads its
//! segment, hands the raw bytes to the *lanes* that need the file in order (integrity table, SHA-256 of the file), and
//! decodes and hashes what begins in it. A content that spans segments has a lane of its own: its parts are decoded in
//! parallel and hashed in order. Nothing stops at damage: all of it is reported.
//!
//! # Memory
//!
//! At most `2 * jobs + 1` segments are in work (`jobs + 1` where there are large ones). A segment has about 1 MiB and
//! becomes at most 4 MiB, except in solid resources, where it is one chunk (64 MiB by all known writers). So a
//! verification takes some 10 MiB a job, or for solid resources a chunk's compressed and once or twice its uncompressed
//! bytes a job, and 64 bytes for each entry of the blob table.

mod differential;
mod lane;
mod plan;
mod segment;
mod worker;

use std::ops::Range;

use crate::{
    blob_table::Blob,
    error::{Error, Result},
    integrity::IntegrityTable,
    read_at::ReadAt,
    value::Sha1Digest,
    wim::Wim,
};
use plan::Plan;
pub(crate) use plan::copy as copy_error;

/// What to compute.
#[derive(Clone, Copy)]
pub struct VerifyOptions<'p> {
    /// Threads; at least one is used.
    pub jobs: usize,
    /// Whether to compute the SHA-256 of the file.
    pub file_digest: bool,
    /// Whether to compute the SHA-256 of every content beside its SHA-1, and the checksums of differentials.
    pub content_digests: bool,
    /// Called with the bytes of the file that were just dealt with, from any thread.
    pub progress: &'p (dyn Fn(u64) + Sync),
}

impl std::fmt::Debug for VerifyOptions<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("VerifyOptions").field("jobs", &self.jobs).finish_non_exhaustive()
    }
}

/// Which entry of the blob table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Content {
    /// A file content, by its position in [`crate::BlobTable::blobs`].
    File(u32),
    /// The metadata of an image, by its position in [`crate::BlobTable::metadata`].
    Metadata(u32),
}

/// Why a content is bad.
#[derive(Debug)]
pub enum Damage {
    /// It cannot be read or decoded.
    Unreadable(Error),
    /// It decodes, but is not what was stored.
    WrongHash(Sha1Digest),
    /// Its resource shares bytes with another one, so it was not read.
    Overlap,
}

impl std::fmt::Display for Damage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Unreadable(error) => write!(f, "{error}"),
            Self::WrongHash(found) => write!(f, "its SHA-1 is {found}"),
            Self::Overlap => f.write_str("its resource shares bytes with another one"),
        }
    }
}

/// A content that is not what it should be.
#[derive(Debug)]
pub struct BadContent {
    /// Which.
    pub content: Content,
    /// What it should be.
    pub sha1: Sha1Digest,
    /// Bytes of the file that hold it: for a content in a solid resource, the whole resource or the chunk that is
    /// damaged.
    pub range: Range<u64>,
    /// What is wrong.
    pub damage: Damage,
}

/// A content that is a differential of servicing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Differential {
    /// Its position in [`crate::BlobTable::blobs`].
    pub content: u32,
    /// Whether the CRC-32 that it begins with is that of what follows.
    pub sound: bool,
}

/// A slot of the integrity table that does not match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadSlot {
    /// Number of the slot, from 0.
    pub slot: usize,
    /// Bytes of the file that it covers.
    pub range: Range<u64>,
}

/// What a verification found.
#[derive(Debug, Default)]
pub struct Verification {
    /// Contents that are damaged, in the order of the blob table.
    pub bad_contents: Vec<BadContent>,
    /// Slots of the integrity table that do not match, in order.
    pub bad_slots: Vec<BadSlot>,
    /// Slots of the integrity table; `None` where there is no table, or none that can be read.
    pub slots: Option<usize>,
    /// SHA-256 of the file, if asked for and every byte could be read.
    pub file_sha256: Option<[u8; 32]>,
    /// SHA-256 of each content by its position in [`crate::BlobTable::blobs`], if asked for; `None` for damaged ones
    /// and those of other parts.
    pub content_sha256: Vec<Option<[u8; 32]>>,
    /// Contents that are differentials of servicing (a CRC-32, then a delta `PA30` or `PA31`), if asked for.
    pub differentials: Vec<Differential>,
    /// Contents read, metadata included.
    pub contents: u64,
    /// Uncompressed bytes hashed.
    pub content_bytes: u64,
}

impl Verification {
    /// Whether everything is as it was written.
    pub fn is_sound(&self) -> bool {
        self.bad_contents.is_empty() && self.bad_slots.is_empty()
    }
}

impl<S: ReadAt> Wim<S> {
    /// Reads every byte of this file and checks every hash.
    ///
    /// # Errors
    /// Where the blob table cannot be read; damage of contents is part of the result.
    pub fn verify(&self, options: &VerifyOptions<'_>) -> Result<Verification> {
        let blobs = self.blob_table()?;
        let integrity: Option<IntegrityTable> = self.integrity_table().ok().flatten();
        let plan = Plan::new(self.source(), self.header(), blobs);
        let mut found = worker::run(self.source(), self.header(), blobs, integrity.as_ref(), plan, options);
        found.bad_contents.sort_by_key(|bad| bad.content);
        found.differentials.sort_by_key(|found| found.content);
        found.slots = integrity.map(|table| table.slots.len());
        Ok(found)
    }
}

/// The entry of a content.
fn blob_of(blobs: &crate::BlobTable, content: Content) -> Option<&Blob> {
    match content {
        Content::File(i) => blobs.blobs().get(i as usize),
        Content::Metadata(i) => blobs.metadata().get(i as usize),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use wimproof_testkit::{Entry, Image};

    use super::*;

    const QUICK: VerifyOptions<'_> =
        VerifyOptions { jobs: 1, file_digest: true, content_digests: true, progress: &|_| {} };

    #[test]
    fn a_content_in_a_solid_resource_that_is_not_there_is_bad() {
        let root = Entry::tree_of(&[("one", b"first"), ("two", b"second")]);
        let mut wim = wimproof_testkit::Wim::new().version(0x0E00).image(Image::new("solid").root(root));
        wim = wim.edit_table(|table| table[1].flags |= crate::ResourceFlags::SOLID);
        let wim = Wim::open(wim.build().bytes).expect("a header");
        let found = wim.verify(&QUICK).expect("a blob table");
        let bad: Vec<Content> = found.bad_contents.iter().map(|bad| bad.content).collect();
        assert_eq!(bad, [Content::File(1)]);
        assert!(!found.is_sound());
    }

    /// Found by fuzzing: one entry of no bytes far behind the end took segments, and so memory, for all that lies between.
    #[test]
    fn an_empty_content_far_behind_the_end_takes_no_segments() {
        let empty = wimproof_testkit::TableEntry {
            flags: 0,
            size_in_wim: 0,
            offset: 1 << 40,
            original_size: 0,
            part: 1,
            references: 1,
            sha1: wimproof_testkit::sha1_of(b""),
        };
        let root = Entry::tree_of(&[("one", b"first")]);
        let wim = wimproof_testkit::Wim::new().image(Image::new("empty").root(root));
        let bytes = wim.edit_table(move |table| table.push(empty.clone())).build().bytes;
        let (size, read) = (bytes.len() as u64, AtomicU64::new(0));
        let progress = |bytes| {
            read.fetch_add(bytes, Ordering::Relaxed);
        };
        let wim = Wim::open(bytes).expect("a header");
        let found = wim.verify(&VerifyOptions { progress: &progress, ..QUICK }).expect("a blob table");
        let bad: Vec<Content> = found.bad_contents.iter().map(|bad| bad.content).collect();
        assert_eq!((bad, read.into_inner()), (vec![Content::File(1)], size));
        assert!(found.file_sha256.is_some());
    }
}
