//! What reading every byte showed of the contents of an image file, by their SHA-1.

use std::collections::HashMap;

use wimproof_wim::{ReadAt, Sha1Digest, Verification, Wim};

/// Digests of contents; none where not every byte was read.
#[derive(Debug, Default)]
pub struct ContentDigests {
    sha256: HashMap<Sha1Digest, [u8; 32]>,
    differentials: HashMap<Sha1Digest, bool>,
}

impl ContentDigests {
    /// Those of all parts of a file.
    pub(super) fn of<S: ReadAt>(parts: &[Wim<S>], found: &[Verification]) -> Self {
        let mut digests = Self::default();
        for (part, found) in parts.iter().zip(found) {
            let Ok(table) = part.blob_table() else { continue };
            let contents = table.blobs().iter().zip(&found.content_sha256);
            digests.sha256.extend(contents.filter_map(|(blob, sha256)| Some((blob.sha1, (*sha256)?))));
            let differentials = found.differentials.iter();
            digests.differentials.extend(differentials.filter_map(|differential| {
                Some((table.blobs().get(differential.content as usize)?.sha1, differential.sound))
            }));
        }
        digests
    }

    /// SHA-256 of a content.
    pub fn sha256(&self, sha1: &Sha1Digest) -> Option<[u8; 32]> {
        self.sha256.get(sha1).copied()
    }

    /// Whether a differential begins with the CRC-32 of what follows; `None` for a content that is none.
    pub fn checksum(&self, sha1: &Sha1Digest) -> Option<bool> {
        self.differentials.get(sha1).copied()
    }
}
