//! The integrity table.

use crate::bytes::{index, put32};
use crate::sparse::zeros_sha1;
use sha1::{Digest, Sha1};

/// The bytes of an integrity table.
pub(crate) fn integrity_table(chunk: u32, hashes: &[[u8; 20]]) -> Vec<u8> {
    let mut out = Vec::new();
    put32(&mut out, 12 + 20 * hashes.len());
    put32(&mut out, hashes.len());
    out.extend_from_slice(&chunk.to_le_bytes());
    out.extend(hashes.iter().flatten());
    out
}

/// What the integrity table covers.
pub(crate) struct Covered<'a> {
    pub(crate) head: &'a [u8],
    pub(crate) hole: u64,
    pub(crate) tail: &'a [u8],
}

impl Covered<'_> {
    /// SHA-1 of every chunk; chunks that are all hole are hashed once.
    pub(crate) fn hashes(&self, chunk: u64) -> Vec<[u8; 20]> {
        let hole = self.head.len() as u64;
        let tail = hole + self.hole;
        let end = tail + self.tail.len() as u64;
        let mut empty = None;
        let mut out = Vec::new();
        let mut at = 0;
        while at < end {
            let stop = end.min(at + chunk);
            if at >= hole && stop <= tail && stop - at == chunk {
                out.push(*empty.get_or_insert_with(|| zeros_sha1(chunk)));
            } else {
                let mut hasher = Sha1::new();
                hasher.update(part(self.head, 0, at, stop));
                let zeros = stop.clamp(hole, tail) - at.clamp(hole, tail);
                hasher.update(vec![0; index(zeros)]);
                hasher.update(part(self.tail, tail, at, stop));
                out.push(hasher.finalize().into());
            }
            at = stop;
        }
        out
    }
}

/// The part of `bytes`, which start at `base`, that lies in `from..to`.
fn part(bytes: &[u8], base: u64, from: u64, to: u64) -> &[u8] {
    let cut = |at: u64| index(at.saturating_sub(base)).min(bytes.len());
    &bytes[cut(from)..cut(to)]
}
