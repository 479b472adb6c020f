//! Many contents at once, in the order of the file: a chunk of a solid resource, which may hold thousands of them, is
//! decoded once.

use std::{collections::BTreeMap, ops::Range};

use sha1::{Digest as _, Sha1};

use crate::{
    blob_table::{Blob, BlobPlace},
    chunk_decoder::ChunkDecoder,
    chunks::{ChunkMap, Storage},
    error::{Error, Place, Result},
    read_at::ReadAt,
    value::Sha1Digest,
    wim::Wim,
};

/// How much to read of many contents, in bytes.
#[derive(Debug, Clone, Copy)]
pub struct ReadBounds {
    /// A content that is longer is refused.
    pub each: u64,
    /// So is what would make all of them together longer.
    pub all: u64,
    /// Of a solid resource, contents of so many bytes are in memory at a time; what goes beyond is decoded in another pass.
    pub at_once: u64,
}

impl<S: ReadAt> Wim<S> {
    /// Reads contents, given by their positions in [`crate::BlobTable::blobs`], and checks each against its SHA-1. `each` is called
    /// once for every position, in the order of the file but for what is refused.
    ///
    /// # Errors
    /// Where the blob table cannot be read; all else is told to `each`.
    pub fn read_contents(
        &self,
        positions: &[usize],
        bounds: ReadBounds,
        mut each: impl FnMut(usize, Result<&[u8]>),
    ) -> Result<()> {
        let table = self.blob_table()?;
        let mut alone: Vec<(u64, usize)> = Vec::new();
        let mut solid: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
        let mut left = bounds.all;
        for position in positions {
            let Some(blob) = table.blobs().get(*position) else { continue };
            let limit = bounds.each.min(left);
            if blob.size() > limit {
                let place = Place::new("content of a file", blob.resource.offset);
                each(*position, Err(Error::TooLarge { place, claimed: blob.size(), limit }));
                continue;
            }
            left -= blob.size();
            match blob.place {
                _ if blob.part != self.header().part => {
                    let elsewhere = Error::Unsupported("a content that stands in another part of the set");
                    each(*position, Err(elsewhere));
                }
                BlobPlace::Alone => alone.push((blob.resource.offset, *position)),
                BlobPlace::Solid { resource, .. } => solid.entry(resource).or_default().push(*position),
            }
        }
        alone.sort_unstable();
        let mut decoder = ChunkDecoder::default();
        for (_, position) in alone {
            let Some(blob) = table.blobs().get(position) else { continue };
            let read = self.read_alone(&mut decoder, blob);
            each(position, read.as_deref().map_err(crate::verify::copy_error));
        }
        for (resource, positions) in solid {
            self.read_solid(&mut decoder, resource, positions, bounds.at_once, &mut each);
        }
        Ok(())
    }

    fn read_alone(&self, decoder: &mut ChunkDecoder, blob: &Blob) -> Result<Vec<u8>> {
        let map = ChunkMap::of("resource", &blob.resource, Storage::of(self.header()), self.source().size())?;
        // Its size was compared with the bounds.
        let mut bytes = Vec::with_capacity(usize::try_from(blob.size()).unwrap_or_default());
        decoder
            .stream_range(&map, self.source(), &(0..blob.size()), |piece| bytes.extend_from_slice(piece))?;
        check(blob, bytes)
    }

    /// Reads contents of one solid resource, in passes of at most `at_once` bytes of contents.
    fn read_solid(
        &self,
        decoder: &mut ChunkDecoder,
        resource: u32,
        positions: Vec<usize>,
        at_once: u64,
        each: &mut impl FnMut(usize, Result<&[u8]>),
    ) {
        let Ok(table) = self.blob_table() else { return };
        let mut wanted: Vec<(Range<u64>, usize, &Blob)> = positions
            .into_iter()
            .filter_map(|number| {
                let blob = table.blobs().get(number)?;
                let BlobPlace::Solid { position, .. } = blob.place else { return None };
                Some((position..position.saturating_add(blob.size()), number, blob))
            })
            .collect();
        wanted.sort_by_key(|(range, number, _)| (range.start, *number));
        let resource = table.solid_resources().get(resource as usize).copied().unwrap_or_default();
        let map = ChunkMap::of_solid(self.source(), &resource);
        let mut rest = wanted.as_slice();
        while let Some((first, _)) = rest.split_first() {
            let mut bytes = first.0.end - first.0.start;
            let further = rest.iter().skip(1).take_while(|(range, ..)| {
                bytes = bytes.saturating_add(range.end - range.start);
                bytes <= at_once
            });
            let (now, later) = rest.split_at(1 + further.count());
            rest = later;
            let ranges: Vec<Range<u64>> = now.iter().map(|(range, ..)| range.clone()).collect();
            let mut contents = vec![Vec::new(); now.len()];
            let outcome = match &map {
                Ok(map) => decoder.stream_ranges(map, self.source(), &ranges, |number, piece| {
                    if let Some(content) = contents.get_mut(number) {
                        content.extend_from_slice(piece);
                    }
                }),
                Err(error) => Err(crate::verify::copy_error(error)),
            };
            for ((_, number, blob), content) in now.iter().zip(contents) {
                // What was read whole before a chunk failed is right all the same.
                let whole = content.len() as u64 == blob.size();
                let read = match &outcome {
                    Err(error) if !whole => Err(crate::verify::copy_error(error)),
                    _ => check(blob, content),
                };
                each(*number, read.as_deref().map_err(crate::verify::copy_error));
            }
        }
    }
}

fn check(blob: &Blob, bytes: Vec<u8>) -> Result<Vec<u8>> {
    let found = Sha1Digest(Sha1::digest(&bytes).into());
    if bytes.len() as u64 == blob.size() && found == blob.sha1 {
        return Ok(bytes);
    }
    let place = Place::new("content of a file", blob.resource.offset);
    Err(Error::HashMismatch { place, found, expected: blob.sha1 })
}

#[cfg(test)]
mod tests {
    use wimproof_testkit::{Entry, Image};

    use super::*;

    fn contents(wim: &Wim<Vec<u8>>, each: u64, at_once: u64) -> Vec<(usize, Option<Vec<u8>>)> {
        let positions: Vec<usize> = (0..wim.blob_table().expect("a table").blobs().len()).rev().collect();
        let mut read = Vec::new();
        let bounds = ReadBounds { each, all: u64::MAX, at_once };
        let take = |number, bytes: Result<&[u8]>| read.push((number, bytes.ok().map(<[u8]>::to_vec)));
        wim.read_contents(&positions, bounds, take).expect("a table");
        read.sort();
        read
    }

    /// The same contents alone, and in a solid resource of chunks that are stored raw.
    fn wims() -> [Wim<Vec<u8>>; 2] {
        let contents: Vec<Vec<u8>> = (0..40_u8).map(|i| vec![i; 1 + usize::from(i) * 700]).collect();
        let kit = wimproof_testkit::Wim::new().image(Image::new("x").root(Entry::dir("")));
        let plain = contents.iter().fold(kit.clone(), |wim, content| wim.extra_blob(content.clone()));
        let run = contents.concat();
        let chunks: Vec<u32> =
            run.chunks(32 << 10).map(|chunk| u32::try_from(chunk.len()).expect("short")).collect();
        let mut solid = (run.len() as u64).to_le_bytes().to_vec();
        solid.extend([(32_u32 << 10).to_le_bytes(), 2_u32.to_le_bytes()].concat());
        solid.extend(chunks.iter().flat_map(|size| size.to_le_bytes()));
        solid.extend(&run);
        let in_solid = kit.version(0x0E00).extra_blob(solid).edit_table(move |table| {
            let place = table.iter().position(|entry| entry.flags == 0).expect("the blob");
            let mut resource = table.remove(place);
            (resource.flags, resource.original_size, resource.sha1) = (0x10, 1 << 32, [0; 20]);
            let mut at = 0;
            let entries: Vec<_> = contents
                .iter()
                .map(|content| {
                    let mut entry = resource.clone();
                    (entry.offset, entry.size_in_wim, entry.original_size) = (at, content.len() as u64, 0);
                    entry.sha1 = wimproof_testkit::sha1_of(content);
                    at += content.len() as u64;
                    entry
                })
                .collect();
            table.push(resource);
            table.extend(entries);
        });
        [plain, in_solid].map(|wim| Wim::open(wim.build().bytes).expect("a WIM"))
    }

    #[test]
    fn one_pass_or_many_give_what_single_reads_give() {
        for wim in wims() {
            let blobs = wim.blob_table().expect("a table").blobs();
            assert_eq!(blobs.len(), 40);
            let single: Vec<(usize, Option<Vec<u8>>)> = blobs
                .iter()
                .enumerate()
                .map(|(number, blob)| {
                    let mut bytes = Vec::new();
                    wim.read_content(blob, |piece| bytes.extend_from_slice(piece)).expect("sound");
                    (number, Some(bytes))
                })
                .collect();
            for at_once in [0, 5_000, u64::MAX] {
                assert_eq!(contents(&wim, u64::MAX, at_once), single);
            }
        }
    }

    #[test]
    fn what_is_too_long_is_told_and_not_read() {
        for wim in wims() {
            let blobs = wim.blob_table().expect("a table").blobs();
            for (number, bytes) in contents(&wim, 9_000, u64::MAX) {
                assert_eq!(bytes.is_some(), blobs[number].size() <= 9_000);
            }
            let mut read = 0;
            let bounds = ReadBounds { each: u64::MAX, all: 3_000, at_once: u64::MAX };
            let take = |_, bytes: Result<&[u8]>| read += bytes.map_or(0, <[u8]>::len);
            wim.read_contents(&[0, 1, 2, 3, 4], bounds, take).expect("a table");
            assert_eq!(read, 1 + 701 + 1401);
        }
    }
}
