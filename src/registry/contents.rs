//! The contents of approved images, kept beside the log: `contents/<SHA-256>`, by which an approval names the file.
//!
//! A file is the rising 64-bit prefixes of the contents' SHA-1s, big-endian, eight bytes each: 1.6 MB for an image of
//! 200,000 contents. What the component stores of approved images hold is kept in the same way, in a form of the reader's
//! own. A file is believed only as far as its SHA-256 is the one in the log; that it is missing never changes a verdict, only what can be said
//! about an image's relatives and health.

use std::{fs, io::Read as _, path::Path};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use wimproof_wim::ContentSet;

use super::{
    error::{Error, Result},
    plain_file, whole_file,
};

const FOLDER: &str = "contents";

/// Longest file that is read: four million contents.
const MAX_BYTES: u64 = 32 << 20;

/// Names the contents of an approved image.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ContentsRef {
    /// SHA-256 of the file, in lower-case hexadecimal digits: its name.
    sha256: String,
    /// Contents in it.
    count: u64,
}

/// Keeps the contents of an image; the file is on disk when this returns.
pub(super) fn keep(dir: &Path, contents: &ContentSet) -> Result<ContentsRef> {
    let bytes: Vec<u8> = contents.prefixes().flat_map(u64::to_be_bytes).collect();
    keep_bytes(dir, &bytes, contents.len() as u64)
}

/// Keeps bytes that tell of so many things; the file is on disk when this returns.
pub(super) fn keep_bytes(dir: &Path, bytes: &[u8], count: u64) -> Result<ContentsRef> {
    let sha256 = hex::encode(Sha256::digest(bytes));
    let folder = dir.join(FOLDER);
    fs::create_dir_all(&folder).map_err(|source| Error::Io { path: folder.clone(), source })?;
    let path = folder.join(&sha256);
    let kept = ContentsRef { sha256, count };
    if read_bytes(dir, &kept).is_none() {
        whole_file::write(&path, bytes)?;
    }
    Ok(kept)
}

/// The prefixes that an approval names; `None` where they are not there or not the ones that it means.
pub(super) fn read(dir: &Path, kept: &ContentsRef) -> Option<Vec<u64>> {
    let bytes = read_bytes(dir, kept)?;
    if bytes.len() as u64 != kept.count.checked_mul(8)? {
        return None;
    }
    let (prefixes, _) = bytes.as_chunks::<8>();
    Some(prefixes.iter().map(|prefix| u64::from_be_bytes(*prefix)).collect())
}

/// The bytes that an approval names; `None` where they are not there or not the ones that it means.
pub(super) fn read_bytes(dir: &Path, kept: &ContentsRef) -> Option<Vec<u8>> {
    // The name comes out of the log: it is a digest, or it is nothing.
    let digest: [u8; 32] = hex::decode(&kept.sha256).ok()?.try_into().ok()?;
    let file = plain_file::read(&dir.join(FOLDER).join(hex::encode(digest))).ok()?;
    let mut bytes = Vec::new();
    file.take(MAX_BYTES + 1).read_to_end(&mut bytes).ok()?;
    (<[u8; 32]>::from(Sha256::digest(&bytes)) == digest).then_some(bytes)
}
