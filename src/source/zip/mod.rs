//! ZIP archives: their members, from the central directory, and the bytes of these.

mod container;
mod directory;
mod member;
mod member_name;

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

pub use container::Archive;
pub(crate) use directory::{Listed, each_member};
pub(crate) use member::{Member, Packing};

/// Code of member names in ZIP archives that neither carry the UTF-8 flag nor are UTF-8.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum NameCoding {
    /// Code page 437, what the format says.
    #[default]
    Cp437,
    /// GB18030, what Chinese Windows writes.
    Gb18030,
}

/// What may be decompressed.
#[derive(Debug)]
pub(crate) struct Allowance {
    /// Bytes in all; what is read twice counts twice.
    pub(crate) output: u64,
    /// Bytes that a member may give for each byte of it in the archive.
    pub(crate) ratio: u64,
    /// Bytes of each member to which `ratio` does not apply.
    pub(crate) ratio_free: u64,
    used: AtomicU64,
}

impl Allowance {
    pub(crate) fn new(output: u64, ratio: u64, ratio_free: u64) -> Arc<Self> {
        Arc::new(Self { output, ratio, ratio_free, used: AtomicU64::new(0) })
    }

    /// Counts bytes that were decompressed.
    pub(crate) fn count(&self, bytes: u64) -> io::Result<()> {
        let before = self.used.fetch_add(bytes, Ordering::Relaxed);
        let limit = self.output;
        match before.saturating_add(bytes) > limit {
            true => {
                Err(too_large(format!("more than {limit} bytes were decompressed out of this collection")))
            }
            false => Ok(()),
        }
    }
}

/// The error of a bound that was met.
pub(crate) fn too_large(what: String) -> io::Error {
    io::Error::new(io::ErrorKind::FileTooLarge, what)
}
