//! Where bytes come from: the [`ReadAt`] trait, the sources that implement it, and a meter for what was read.

mod refusal;

use std::{
    io,
    path::Path,
    sync::atomic::{AtomicU64, Ordering},
};

pub use refusal::{Explained, Refusal};
pub use wimproof_wim::{FileSource, ReadAt};

/// Opens a file as a metered source.
pub fn open_file(path: &Path) -> io::Result<Metered<FileSource>> {
    FileSource::open(path).map(Metered::new)
}

/// A source that counts the bytes read from it: a verdict is printed with what it rests on.
#[derive(Debug)]
pub struct Metered<S> {
    source: S,
    bytes_read: AtomicU64,
}

impl<S: ReadAt> Metered<S> {
    /// Begins to count at zero.
    pub fn new(source: S) -> Self {
        Self { source, bytes_read: AtomicU64::new(0) }
    }

    /// Ends counting.
    pub fn into_inner(self) -> S {
        self.source
    }

    /// What is read from.
    pub fn inner(&self) -> &S {
        &self.source
    }

    /// Bytes read so far; bytes read twice count twice.
    pub fn bytes_read(&self) -> u64 {
        self.bytes_read.load(Ordering::Relaxed)
    }
}

impl<S: ReadAt> ReadAt for Metered<S> {
    fn size(&self) -> u64 {
        self.source.size()
    }

    fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        let read = self.source.read_at(offset, buf)?;
        self.bytes_read.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}
