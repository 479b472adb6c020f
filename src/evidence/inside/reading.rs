//! Contents of an image's files, checked against their SHA-1.

use wimproof_wim::{Error, Place, ReadAt, ReadBounds, Result, Sha1Digest};

use super::{Entry, Inside};

/// Bounds for contents that are read whole: manifests, catalogs, hives, programs. The hive of a large system has 200 MB.
pub const WHOLE: ReadBounds = ReadBounds { each: 512 << 20, all: 4 << 30, at_once: 64 << 20 };

/// A content, or why it cannot be had.
pub type Content<'c> = Result<&'c [u8]>;

impl<S: ReadAt> Inside<'_, S> {
    /// The content of a file of at most `limit` bytes.
    ///
    /// # Errors
    /// Where the file lacks it, it is longer, or not what its SHA-1 says.
    pub fn read(&self, entry: &Entry<'_>, limit: u64) -> Result<Vec<u8>> {
        let sha1 = entry.sha1();
        if sha1.is_zero() {
            return Ok(Vec::new());
        }
        let (part, blob) = self.blob(&sha1).ok_or_else(|| missing(&sha1))?;
        let part = self.parts().get(part).ok_or_else(|| missing(&sha1))?;
        let size = blob.size();
        if size > limit {
            let place = Place { structure: "content of a file", offset: blob.resource.offset };
            return Err(Error::TooLarge { place, claimed: size, limit });
        }
        let mut content = Vec::with_capacity(usize::try_from(size).unwrap_or_default());
        part.read_content(blob, |piece| content.extend_from_slice(piece))?;
        Ok(content)
    }

    /// Reads contents in the order in which they stand in the file, each once, and tells the number of each in `wanted`.
    /// A chunk of a solid resource is decoded once for all that stands in it.
    ///
    /// # Errors
    /// Where a blob table cannot be read; what concerns one content is told with it.
    pub fn read_many(
        &self,
        wanted: &[Sha1Digest],
        bounds: ReadBounds,
        mut each: impl FnMut(&Sha1Digest, Content<'_>),
    ) -> Result<()> {
        let mut distinct = wanted.to_vec();
        distinct.sort_unstable();
        distinct.dedup();
        let mut positions: Vec<Vec<usize>> = vec![Vec::new(); self.parts().len()];
        for sha1 in distinct {
            let place = self.blob(&sha1).and_then(|(part, _)| {
                let position = self.parts().get(part)?.blob_table().ok()?.position(&sha1)?;
                Some((positions.get_mut(part)?, position))
            });
            match place {
                _ if sha1.is_zero() => each(&sha1, Ok(&[])),
                Some((positions, position)) => positions.push(position),
                None => each(&sha1, Err(missing(&sha1))),
            }
        }
        let mut left = bounds.all;
        for (part, positions) in self.parts().iter().zip(&positions) {
            let blobs = part.blob_table()?.blobs();
            part.read_contents(positions, ReadBounds { all: left, ..bounds }, |position, bytes| {
                if let Some(blob) = blobs.get(position) {
                    left = left.saturating_sub(bytes.as_ref().map_or(0, |bytes| bytes.len() as u64));
                    each(&blob.sha1, bytes);
                }
            })?;
        }
        Ok(())
    }
}

fn missing(sha1: &Sha1Digest) -> Error {
    let place = Place { structure: "blob table", offset: 0 };
    Error::Malformed { place, found: format!("no content {sha1}"), expected: "the content of a file".into() }
}
