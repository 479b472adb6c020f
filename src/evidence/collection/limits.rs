//! Bounds on what a collection can cost.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use wimproof_wim::ReadAt;

use crate::source::zip::{Allowance, too_large};

/// Bounds on what is looked at. Where one is met, the inventory says so in a [gap](super::GapKind::Bounded), or the
/// read of a piece fails with [`io::ErrorKind::FileTooLarge`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Archives inside one another that are opened; the outermost is the first.
    pub depth: usize,
    /// Members of archives that are looked at in all.
    pub members: u64,
    /// Files and folders that are looked at in all.
    pub files: u64,
    /// Pieces that are kept, used and set aside together.
    pub pieces: usize,
    /// Bytes of a compressed archive inside an archive, decompressed. It is held in memory as long as a piece of it is;
    /// one that is stored is read where it lies, and may have any length.
    pub held_each: u64,
    /// Bytes of all archives held in memory at one time.
    pub held: u64,
    /// Bytes decompressed out of one collection in all; what is read twice counts twice.
    pub output: u64,
    /// Bytes that a member may give for each byte of it in the archive. DEFLATE gives 1032 at most, logs 10 to 50.
    pub ratio: u64,
    /// Bytes of each member to which `ratio` does not apply.
    pub ratio_free: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            depth: 4,
            members: 1_000_000,
            files: 10_000_000,
            pieces: 100_000,
            held_each: 256 << 20,
            held: 512 << 20,
            output: 64 << 30,
            ratio: 200,
            ratio_free: 64 << 20,
        }
    }
}

/// What of the limits is used up.
#[derive(Debug)]
pub(super) struct Budget {
    pub(super) limits: Limits,
    pub(super) allowance: Arc<Allowance>,
    held: AtomicU64,
}

impl Budget {
    pub(super) fn new(limits: Limits) -> Arc<Self> {
        let allowance = Allowance::new(limits.output, limits.ratio, limits.ratio_free);
        Arc::new(Self { limits, allowance, held: AtomicU64::new(0) })
    }

    /// Holds an archive in memory, if it fits: `fill` gives its bytes.
    pub(super) fn hold(
        self: &Arc<Self>,
        size: u64,
        fill: impl FnOnce() -> io::Result<Vec<u8>>,
    ) -> io::Result<Held> {
        let Limits { held_each, held, .. } = self.limits;
        if size > held_each {
            return Err(too_large(format!(
                "an archive of {size} bytes inside an archive, compressed; up to {held_each} are held in memory"
            )));
        }
        let share = Share { budget: self.clone(), size };
        if self.held.fetch_add(size, Ordering::Relaxed).saturating_add(size) > held {
            return Err(too_large(format!(
                "an archive of {size} bytes inside an archive, compressed; with those held already it would be more \
                 than {held} bytes of memory"
            )));
        }
        Ok(Held { bytes: fill()?, _share: share })
    }
}

/// An archive held in memory.
#[derive(Debug)]
pub(super) struct Held {
    bytes: Vec<u8>,
    _share: Share,
}

impl ReadAt for Held {
    fn size(&self) -> u64 {
        self.bytes.size()
    }

    fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        self.bytes.read_at(offset, buf)
    }
}

/// A share of the memory, given back when it is dropped.
#[derive(Debug)]
struct Share {
    budget: Arc<Budget>,
    size: u64,
}

impl Drop for Share {
    fn drop(&mut self) {
        self.budget.held.fetch_sub(self.size, Ordering::Relaxed);
    }
}
