//! Where bytes come from: the [`ReadAt`] trait, the sources that implement it, and a meter for what was read.
//!
//! A [`Locator`] says where bytes are, an [`Opener`] opens them: a file, a member of an ISO or ZIP, a resource of a web
//! server. Nothing above this module knows which.

mod container;
mod extents;
#[cfg(feature = "http")]
pub mod http;
pub mod iso;
mod locator;
pub mod name;
mod opener;
mod refusal;
pub mod written;
pub mod zip;

use std::{
    fmt, io,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

pub use container::{Container, Member};
pub use extents::{Extents, Run};
pub use locator::{Locator, Root};
pub use opener::{DEFAULT_TIMEOUT, Medium, Opener};
pub use refusal::{Explained, Refusal};
pub use wimproof_wim::{FileSource, ReadAt};

/// Opens a file as a metered source.
pub fn open_file(path: &Path) -> io::Result<Metered<FileSource>> {
    FileSource::open(path).map(Metered::new)
}

/// Something opened, whatever it is.
#[derive(Clone)]
pub struct Source {
    bytes: Arc<dyn ReadAt>,
    /// The file on disk that the bytes lie in.
    file: Option<Arc<FileSource>>,
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Source").field("size", &self.size()).field("file", &self.file).finish_non_exhaustive()
    }
}

impl Source {
    /// A file on disk.
    pub fn file(file: FileSource) -> Self {
        let file = Arc::new(file);
        Self { bytes: file.clone(), file: Some(file) }
    }

    /// Bytes that do not change while they are read, or whose reads fail when they do.
    pub fn steady(bytes: Arc<dyn ReadAt>) -> Self {
        Self { bytes, file: None }
    }

    /// A part of this one.
    #[must_use]
    pub fn part(&self, bytes: Arc<dyn ReadAt>) -> Self {
        Self { bytes, file: self.file.clone() }
    }

    /// The bytes, shared.
    pub fn shared(&self) -> Arc<dyn ReadAt> {
        self.bytes.clone()
    }

    /// Whether the bytes lie in a file on disk.
    pub fn is_on_disk(&self) -> bool {
        self.file.is_some()
    }

    /// Whether the file on disk is another than when it was opened.
    pub fn has_changed(&self) -> bool {
        self.file.as_ref().is_some_and(|file| file.has_changed().unwrap_or(true))
    }
}

impl ReadAt for Source {
    fn size(&self) -> u64 {
        self.bytes.size()
    }

    fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        self.bytes.read_at(offset, buf)
    }
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
