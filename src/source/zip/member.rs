//! The bytes of a member of an archive: where they lie, and how they are read and held to what the archive says.

use std::{
    fmt,
    io::{self, BufReader, Read},
    sync::Arc,
};

use flate2::{Crc, bufread::DeflateDecoder};
use wimproof_wim::ReadAt;

use super::{Allowance, too_large};

/// How the bytes of a member are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Packing {
    Stored,
    Deflated,
    Encrypted,
    /// Not readable here, and why.
    Closed(String),
}

/// A member of an archive.
#[derive(Clone)]
pub(crate) struct Member {
    /// The archive.
    pub(crate) source: Arc<dyn ReadAt>,
    /// Offset of its bytes in the archive.
    pub(crate) start: u64,
    /// Length of its bytes in the archive.
    pub(crate) packed: u64,
    /// Its length, as the archive says.
    pub(crate) size: u64,
    /// CRC-32 of its bytes, as the archive says.
    pub(crate) crc: u32,
    pub(crate) packing: Packing,
    pub(crate) allowance: Arc<Allowance>,
}

impl fmt::Debug for Member {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { start, packed, size, crc, packing, .. } = self;
        write!(f, "Member {{ {packing:?}, {packed} bytes at {start}, {size} unpacked, CRC {crc:08x} }}")
    }
}

impl Member {
    /// Opens it to be read from begin to end.
    pub(crate) fn open(&self) -> io::Result<Checked> {
        let section = || Section { source: self.source.clone(), at: self.start, left: self.packed };
        let unpacked = match &self.packing {
            Packing::Stored => Unpacked::Stored(section()),
            Packing::Deflated => Unpacked::Deflated(Box::new(DeflateDecoder::new(BufReader::with_capacity(
                1 << 16,
                section(),
            )))),
            Packing::Encrypted => return Err(io::Error::new(io::ErrorKind::Unsupported, "encrypted")),
            Packing::Closed(why) => return Err(io::Error::new(io::ErrorKind::Unsupported, why.as_str())),
        };
        let (size, crc, allowance) = (self.size, self.crc, self.allowance.clone());
        Ok(Checked { unpacked, size, crc, allowance, seen: 0, sum: Crc::new() })
    }

    /// Its bytes where they lie, if they are not compressed. Their CRC-32 is not checked.
    pub(crate) fn in_place(&self) -> Option<Window> {
        let stored = self.packing == Packing::Stored && self.packed == self.size;
        stored.then(|| Window { source: self.source.clone(), start: self.start, size: self.size })
    }
}

/// A part of a source, read from begin to end.
struct Section {
    source: Arc<dyn ReadAt>,
    at: u64,
    left: u64,
}

impl Read for Section {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let wanted = usize::try_from(self.left).unwrap_or(usize::MAX).min(buf.len());
        let Some(buf) = buf.get_mut(..wanted).filter(|buf| !buf.is_empty()) else { return Ok(0) };
        let read = self.source.read_at(self.at, buf)?;
        if read == 0 {
            let what =
                format!("the archive ends at offset {}, {} bytes before its member", self.at, self.left);
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, what));
        }
        self.at = self.at.saturating_add(read as u64);
        self.left = self.left.saturating_sub(read as u64);
        Ok(read)
    }
}

enum Unpacked {
    Stored(Section),
    Deflated(Box<DeflateDecoder<BufReader<Section>>>),
}

/// Reads a member and compares it with what the archive says of it.
pub(crate) struct Checked {
    unpacked: Unpacked,
    size: u64,
    crc: u32,
    allowance: Arc<Allowance>,
    seen: u64,
    sum: Crc,
}

impl Read for Checked {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if buf.is_empty() {
            return Ok(0);
        }
        let read = match &mut self.unpacked {
            Unpacked::Stored(section) => section.read(buf),
            Unpacked::Deflated(decoder) => decoder.read(buf),
        };
        let read = read.map_err(|error| self.unreadable(&error))?;
        self.sum.update(buf.get(..read).unwrap_or_default());
        self.seen = self.seen.saturating_add(read as u64);
        self.hold_to_claims(read == 0)?;
        self.hold_to_limits(read as u64)?;
        Ok(read)
    }
}

impl Checked {
    fn unreadable(&self, error: &io::Error) -> io::Error {
        io::Error::new(
            error.kind(),
            format!("unreadable after {} of {} bytes: {error}", self.seen, self.size),
        )
    }

    fn hold_to_claims(&self, at_end: bool) -> io::Result<()> {
        let Self { seen, size, crc, .. } = *self;
        let sum = self.sum.sum();
        let wrong = match at_end {
            _ if seen > size => format!("longer than the {size} bytes that the archive says"),
            true if seen < size => format!("{seen} bytes, the archive says {size}"),
            true if sum != crc => format!("CRC-32 {sum:08x}, the archive says {crc:08x}"),
            _ => return Ok(()),
        };
        Err(io::Error::new(io::ErrorKind::InvalidData, wrong))
    }

    fn hold_to_limits(&self, read: u64) -> io::Result<()> {
        let Unpacked::Deflated(decoder) = &self.unpacked else { return Ok(()) };
        self.allowance.count(read)?;
        let limits = &self.allowance;
        let consumed = decoder.total_in();
        if self.seen > limits.ratio_free && self.seen / limits.ratio.max(1) > consumed {
            return Err(too_large(format!(
                "a bomb: {consumed} bytes of the archive gave {} bytes, more than {} times as many",
                self.seen, limits.ratio
            )));
        }
        Ok(())
    }
}

/// A member that is read where it lies, at any offset.
pub(crate) struct Window {
    source: Arc<dyn ReadAt>,
    start: u64,
    size: u64,
}

impl ReadAt for Window {
    fn size(&self) -> u64 {
        self.size
    }

    fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        let left = self.size.saturating_sub(offset);
        let wanted = usize::try_from(left).unwrap_or(usize::MAX).min(buf.len());
        match buf.get_mut(..wanted).filter(|buf| !buf.is_empty()) {
            Some(buf) => self.source.read_at(self.start.saturating_add(offset), buf),
            None => Ok(0),
        }
    }
}
