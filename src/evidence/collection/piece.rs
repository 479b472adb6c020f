//! A piece of evidence: a file or a member of an archive.

use std::{
    io::{self, Read},
    path::{Path, PathBuf},
    sync::Arc,
};

use wimproof_wim::ReadAt;

use super::Place;

/// A file or a member of an archive that may tell something.
#[derive(Debug, Clone)]
pub struct Piece {
    name: Arc<str>,
    path: Arc<str>,
    size: u64,
    place: Place,
    markers: Vec<usize>,
    partners: Vec<Piece>,
    file: Option<PathBuf>,
}

impl Piece {
    /// What it is called: path, with `!/` before the path inside an archive
    /// (`/evidence/case.zip!/inner.zip!/Windows.old/Windows/Panther/setupact.log`). Unique in an inventory.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The path inside the computer as far as it can be told, with backslashes, case kept
    /// (`Windows.old\Windows\Panther\setupact.log`).
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Length in bytes: of a file when it was found, of a member what the archive says.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Where it belongs.
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// Indices of the patterns in [`Options::markers`](super::Options::markers) that it meets.
    pub fn markers(&self) -> &[usize] {
        &self.markers
    }

    /// Of a hive its transaction logs, `.LOG1` before `.LOG2`.
    pub fn partners(&self) -> &[Self] {
        &self.partners
    }

    /// The file on disk, if it is one.
    pub fn file(&self) -> Option<&Path> {
        self.file.as_deref()
    }

    /// Opens it to be read from begin to end. The bytes of a member are checked against length and CRC-32 of the
    /// archive as they are read, and held to [`Limits`](super::Limits): the read that passes a bound fails, what came
    /// before stands.
    pub fn open(&self) -> io::Result<Box<dyn Read + Send>> {
        Err(io::ErrorKind::Unsupported.into())
    }

    /// All bytes, if there are at most `limit`.
    pub fn bytes(&self, limit: u64) -> io::Result<Vec<u8>> {
        let _ = limit;
        Err(io::ErrorKind::Unsupported.into())
    }

    /// Opens it to be read at any offset: a file, or a member that is stored without compression. `None` where the
    /// bytes have to be decompressed.
    pub fn read_at(&self) -> io::Result<Option<Arc<dyn ReadAt>>> {
        Ok(None)
    }
}
