//! From chunks of a resource to bytes.

use std::ops::Range;

use crate::{
    chunks::{Chunk, ChunkMap},
    codec::{Codec, Decoder},
    error::{Error, Result},
    read_at::ReadAt,
};

/// Decodes chunks, with the tables and buffers of the last one used again.
#[derive(Debug, Default)]
pub(crate) struct ChunkDecoder {
    decoder: Option<(Codec, u32, Decoder)>,
    compressed: Vec<u8>,
    output: Vec<u8>,
}

impl ChunkDecoder {
    /// Decodes a chunk from its bytes in the file.
    pub(crate) fn decode<'a>(
        &'a mut self,
        map: &ChunkMap,
        chunk: &Chunk,
        bytes: &'a [u8],
    ) -> Result<&'a [u8]> {
        if chunk.is_raw() {
            return Ok(bytes);
        }
        decode_into(&mut self.decoder, map, chunk, bytes, &mut self.output)?;
        Ok(&self.output)
    }

    /// Decodes a compressed chunk from its bytes in the file into a buffer of the caller.
    pub(crate) fn decode_into(
        &mut self,
        map: &ChunkMap,
        chunk: &Chunk,
        bytes: &[u8],
        output: &mut Vec<u8>,
    ) -> Result<()> {
        decode_into(&mut self.decoder, map, chunk, bytes, output)
    }

    /// Reads a chunk and decodes it.
    pub(crate) fn read(&mut self, map: &ChunkMap, chunk: &Chunk, source: &impl ReadAt) -> Result<&[u8]> {
        self.compressed.resize(chunk.size, 0);
        let read = source.read_exact_at(chunk.offset, &mut self.compressed);
        read.map_err(|error| map.place(chunk.offset).io(error))?;
        if chunk.is_raw() {
            return Ok(&self.compressed);
        }
        decode_into(&mut self.decoder, map, chunk, &self.compressed, &mut self.output)?;
        Ok(&self.output)
    }

    /// Feeds the bytes of a range of a resource's uncompressed bytes to `sink`; only chunks that hold some are read.
    pub(crate) fn stream_range(
        &mut self,
        map: &ChunkMap,
        source: &impl ReadAt,
        range: &Range<u64>,
        mut sink: impl FnMut(&[u8]),
    ) -> Result<()> {
        let mut cursor = map.cursor();
        let mut position = 0;
        while position < range.end
            && let Some(chunk) = cursor.next(map, source)?
        {
            let start = position;
            position += chunk.uncompressed_size as u64;
            if position <= range.start {
                continue;
            }
            let bytes = self.read(map, &chunk, source)?;
            let within =
                |at: u64| usize::try_from(at.saturating_sub(start)).unwrap_or(usize::MAX).min(bytes.len());
            sink(bytes.get(within(range.start)..within(range.end)).unwrap_or_default());
        }
        Ok(())
    }
}

impl ChunkDecoder {
    /// Feeds the bytes of several ranges, ordered by where they begin, to `sink`, each piece with the number of its range;
    /// a chunk that holds bytes of some is read once.
    pub(crate) fn stream_ranges(
        &mut self,
        map: &ChunkMap,
        source: &impl ReadAt,
        ranges: &[Range<u64>],
        mut sink: impl FnMut(usize, &[u8]),
    ) -> Result<()> {
        let end = ranges.iter().map(|range| range.end).max().unwrap_or(0);
        let mut cursor = map.cursor();
        // Ranges that have begun and not ended: each takes bytes of every chunk while it stands here.
        let (mut position, mut next, mut open) = (0, 0, Vec::new());
        while position < end
            && let Some(chunk) = cursor.next(map, source)?
        {
            let start = position;
            position += chunk.uncompressed_size as u64;
            while let Some(range) = ranges.get(next).filter(|range| range.start < position) {
                open.push((next, range));
                next += 1;
            }
            open.retain(|(_, range)| range.end > start);
            if open.is_empty() {
                continue;
            }
            let bytes = self.read(map, &chunk, source)?;
            let within =
                |at: u64| usize::try_from(at.saturating_sub(start)).unwrap_or(usize::MAX).min(bytes.len());
            for (number, range) in &open {
                sink(*number, bytes.get(within(range.start)..within(range.end)).unwrap_or_default());
            }
        }
        Ok(())
    }
}

fn decode_into(
    decoder: &mut Option<(Codec, u32, Decoder)>,
    map: &ChunkMap,
    chunk: &Chunk,
    bytes: &[u8],
    output: &mut Vec<u8>,
) -> Result<()> {
    output.resize(chunk.uncompressed_size, 0);
    let failed = |source| Error::Decode { place: map.place(chunk.offset), source };
    decoder_for(decoder, map, chunk)?.decode(bytes, output).map_err(failed)
}

fn decoder_for<'d>(
    slot: &'d mut Option<(Codec, u32, Decoder)>,
    map: &ChunkMap,
    chunk: &Chunk,
) -> Result<&'d mut Decoder> {
    let place = map.place(chunk.offset);
    let Some((codec, size)) = map.codec() else {
        return Err(place.malformed("a compressed chunk", "none, as the resource is not compressed"));
    };
    if slot.as_ref().is_none_or(|(c, s, _)| (*c, *s) != (codec, size)) {
        let decoder = Decoder::new(codec, size).map_err(|source| Error::Decode { place, source })?;
        *slot = Some((codec, size, decoder));
    }
    match slot {
        Some((_, _, decoder)) => Ok(decoder),
        None => Err(place.malformed("no decoder", "one")),
    }
}
