//! Huge files that take no disk space.

use crate::layout::Layout;
use crate::wim::Wim;
use sha1::{Digest, Sha1};
use std::fs::File;
use std::io::{self, Seek, SeekFrom, Write};
use std::path::Path;

/// The SHA-1 that the WIM states for its zero blob.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ZeroHash {
    /// SHA-1 of the text `zeros:<name>`: quick, but a check of the blob finds it wrong.
    #[default]
    Dummy,
    /// The right one, computed.
    Computed,
    /// The right one, known already.
    Known([u8; 20]),
}

/// The zero blob of a WIM.
#[derive(Clone, Debug)]
pub(crate) struct Hole {
    pub(crate) name: String,
    pub(crate) length: u64,
    pub(crate) hash: ZeroHash,
}

impl Hole {
    pub(crate) fn sha1(&self) -> [u8; 20] {
        match self.hash {
            ZeroHash::Dummy => crate::sha1_of(format!("zeros:{}", self.name).as_bytes()),
            ZeroHash::Computed => zeros_sha1(self.length),
            ZeroHash::Known(sha1) => sha1,
        }
    }
}

/// SHA-1 of `length` zero bytes.
#[must_use]
pub fn zeros_sha1(length: u64) -> [u8; 20] {
    let block = [0; 1 << 14];
    let mut hasher = Sha1::new();
    let mut left = length;
    while left > 0 {
        let now = left.min(block.len() as u64);
        hasher.update(&block[..crate::bytes::index(now)]);
        left -= now;
    }
    hasher.finalize().into()
}

impl Wim {
    /// Writes a file of exactly `total_size` bytes whose zero blob fills what the rest leaves;
    /// on file systems with sparse files it takes almost no space.
    ///
    /// Without [`Wim::zero_blob`] the blob is called `zeros.bin`. A few bytes of dead space may
    /// follow it, for the XML grows with the number of digits.
    ///
    /// # Errors
    /// If the file cannot be written, or `total_size` is too small.
    pub fn write_sparse(&self, path: impl AsRef<Path>, total_size: u64) -> io::Result<Layout> {
        let too_small = || io::Error::other("the size leaves no room for the contents");
        let mut wim = self.clone();
        if wim.zeros.is_none() {
            wim = wim.zero_blob("zeros.bin", 0);
        }
        let hash = wim.zeros.as_ref().map_or(ZeroHash::Dummy, |z| z.hash);
        let mut fit = |length, hash, dead| {
            if let Some(zeros) = &mut wim.zeros {
                (zeros.length, zeros.hash) = (length, hash);
            }
            wim.assemble(dead)
        };
        let quick = |hash| match hash {
            ZeroHash::Computed => ZeroHash::Dummy,
            other => other,
        };
        // The size grows with the length, and a little more: one correction is enough.
        let least = fit(0, quick(hash), 0).layout.size;
        let guess = total_size.checked_sub(least).ok_or_else(too_small)?;
        let over = fit(guess, quick(hash), 0).layout.size - total_size;
        let length = guess.checked_sub(over).ok_or_else(too_small)?;
        let dead = total_size - fit(length, quick(hash), 0).layout.size;
        let made = fit(length, hash, dead);
        if made.layout.size != total_size {
            return Err(too_small());
        }
        let mut file = File::create(path)?;
        file.write_all(&made.head)?;
        file.seek(SeekFrom::Current(i64::try_from(made.hole).map_err(io::Error::other)?))?;
        file.write_all(&made.tail)?;
        Ok(made.layout)
    }
}
