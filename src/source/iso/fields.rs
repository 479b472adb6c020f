//! A structure of a file system in memory: its fields, and errors that say where it stands.

use std::{fmt::Display, io};

use crate::source::ReadAt;

/// The bytes of a structure.
#[derive(Clone, Copy)]
pub(super) struct Fields<'b> {
    /// What it is called.
    pub(super) what: &'static str,
    /// Its offset in the volume.
    pub(super) at: u64,
    pub(super) bytes: &'b [u8],
}

impl<'b> Fields<'b> {
    /// An error of this structure.
    pub(super) fn fault(&self, why: impl Display) -> io::Error {
        fault(self.what, self.at, why)
    }

    pub(super) fn slice(&self, from: usize, length: usize) -> io::Result<&'b [u8]> {
        let slice = from.checked_add(length).and_then(|end| self.bytes.get(from..end));
        slice.ok_or_else(|| {
            self.fault(format!(
                "{length} bytes at {from} of it are needed, it has {} in all",
                self.bytes.len()
            ))
        })
    }

    fn array<const N: usize>(&self, at: usize) -> io::Result<[u8; N]> {
        let mut array = [0; N];
        array.copy_from_slice(self.slice(at, N)?);
        Ok(array)
    }

    pub(super) fn u8(&self, at: usize) -> io::Result<u8> {
        self.array::<1>(at).map(|[byte]| byte)
    }

    pub(super) fn u16(&self, at: usize) -> io::Result<u16> {
        self.array(at).map(u16::from_le_bytes)
    }

    pub(super) fn u32(&self, at: usize) -> io::Result<u32> {
        self.array(at).map(u32::from_le_bytes)
    }

    pub(super) fn u64(&self, at: usize) -> io::Result<u64> {
        self.array(at).map(u64::from_le_bytes)
    }

    /// A number of ECMA-119 7.3.3, that stands in both byte orders: which of the two is read depends on the system, so
    /// they must agree.
    pub(super) fn both(&self, at: usize) -> io::Result<u32> {
        let (little, big) = (self.u32(at)?, u32::from_be_bytes(self.array(at + 4)?));
        match little == big {
            true => Ok(little),
            false => Err(self.fault(format!("its number at {at} is {little} or {big}, by byte order"))),
        }
    }
}

/// An error of a structure at an offset.
pub(super) fn fault(what: &str, at: u64, why: impl Display) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("{what} at offset {at}: {why}"))
}

/// Reads a structure. `length` is bounded by the caller.
pub(super) fn read(source: &dyn ReadAt, what: &str, at: u64, length: usize) -> io::Result<Vec<u8>> {
    if at.checked_add(length as u64).is_none_or(|end| end > source.size()) {
        return Err(fault(what, at, format!("{length} bytes, but the volume ends at {}", source.size())));
    }
    let mut bytes = vec![0; length];
    match source.read_exact_at(at, &mut bytes) {
        Ok(()) => Ok(bytes),
        Err(error) => Err(io::Error::new(error.kind(), format!("{what} at offset {at}: {error}"))),
    }
}
