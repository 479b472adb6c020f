//! A piece of evidence: a file or a member of an archive.

use std::{
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
    sync::Arc,
};

use wimproof_wim::{FileSource, ReadAt};

use super::{Place, locate::Located};
use crate::source::zip::{Member, too_large};

/// A file or a member of an archive that may tell something.
#[derive(Debug, Clone)]
pub struct Piece {
    name: Arc<str>,
    path: Arc<str>,
    size: u64,
    place: Place,
    markers: Vec<usize>,
    partners: Vec<Self>,
    origin: Origin,
}

/// Where the bytes of a piece are.
#[derive(Debug, Clone)]
pub(super) enum Origin {
    File(PathBuf),
    Member(Arc<Member>),
}

impl Piece {
    pub(super) fn new(name: Arc<str>, located: Located, size: u64, origin: Origin) -> Self {
        let Located { place, path, markers, .. } = located;
        Self { name, path, size, place, markers, partners: Vec::new(), origin }
    }

    pub(super) fn with_partners(mut self, partners: Vec<Self>) -> Self {
        self.partners = partners;
        self
    }

    /// What it is called: path, with `!/` before the path inside an archive
    /// (`/evidence/case.zip!/inner.zip!/Windows.old/Windows/Panther/setupact.log`). Unique in an inventory: `#2` and so
    /// on follow the name of further members of that name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The path inside the computer as far as it can be told, with backslashes, case kept
    /// (`Windows.old\Windows\Panther\setupact.log`). A label: it may hold `..` and anything else.
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
        match &self.origin {
            Origin::File(path) => Some(path),
            Origin::Member(_) => None,
        }
    }

    /// Opens it to be read from begin to end, without a buffer. The bytes of a member are compared with length and
    /// CRC-32 in the archive as they are read, and held to [`Limits`](super::Limits): the read that finds a difference
    /// fails with [`io::ErrorKind::InvalidData`], the one that passes a bound with [`io::ErrorKind::FileTooLarge`].
    /// What came before stands.
    pub fn open(&self) -> io::Result<Box<dyn Read + Send>> {
        Ok(match &self.origin {
            Origin::File(path) => Box::new(File::open(path)?),
            Origin::Member(member) => Box::new(member.open()?),
        })
    }

    /// All bytes; fails with [`io::ErrorKind::FileTooLarge`] where there are more than `limit`.
    pub fn bytes(&self, limit: u64) -> io::Result<Vec<u8>> {
        let refuse = |size: u64| too_large(format!("{size} bytes, at most {limit} are read"));
        if self.size > limit {
            return Err(refuse(self.size));
        }
        let mut bytes = Vec::new();
        let read = self.open()?.take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
        match read as u64 > limit {
            true => Err(refuse(read as u64)),
            false => Ok(bytes),
        }
    }

    /// Opens it to be read at any offset: a file, or a member that is stored without compression (whose CRC-32 is then
    /// not checked). `None` where the bytes have to be decompressed.
    pub fn read_at(&self) -> io::Result<Option<Arc<dyn ReadAt>>> {
        Ok(match &self.origin {
            Origin::File(path) => Some(Arc::new(FileSource::open(path)?)),
            Origin::Member(member) => member.in_place().map(|window| Arc::new(window) as Arc<dyn ReadAt>),
        })
    }
}
