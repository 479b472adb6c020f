//! Counts and hashes what is read, in the one pass that reads it.

use std::io::{Read, Result};

use sha2::{Digest as _, Sha256};

/// An input that is counted and hashed while it is read.
pub(super) struct Metered<R> {
    input: R,
    hash: Sha256,
    size: u64,
}

impl<R: Read> Metered<R> {
    pub(super) fn new(input: R) -> Self {
        Self { input, hash: Sha256::new(), size: 0 }
    }

    /// Bytes, and their SHA-256.
    pub(super) fn finish(self) -> (u64, [u8; 32]) {
        (self.size, self.hash.finalize().into())
    }
}

impl<R: Read> Read for Metered<R> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        let count = self.input.read(buffer)?;
        self.hash.update(buffer.get(..count).unwrap_or_default());
        self.size += count as u64;
        Ok(count)
    }
}
