//! Resources stored in compressed chunks, decoded one chunk at a time.
//!
//! A compressed resource that is not solid begins with a table of `n - 1` offsets (4 bytes each, 8 where the
//! uncompressed size needs more than 32 bits), relative to the end of the table; the first chunk begins there and
//! has no entry. A chunk whose compressed size is its uncompressed size is stored raw.

use std::ops::ControlFlow;

use crate::{
    codec::{Codec, Decoder},
    error::{Error, Place, Result},
    limits::READ_WINDOW,
    read_at::ReadAt,
    resource::ResourceHeader,
};

/// What a resource reader needs to know of the file.
pub(crate) struct ChunkReader<'s, S: ReadAt + ?Sized> {
    source: &'s S,
    structure: &'static str,
    resource: ResourceHeader,
}

impl<'s, S: ReadAt + ?Sized> ChunkReader<'s, S> {
    /// Checks the resource against the file; `structure` names it in errors.
    pub(crate) fn new(source: &'s S, structure: &'static str, resource: ResourceHeader) -> Result<Self> {
        resource.within(structure, source.size())?;
        Ok(Self { source, structure, resource })
    }

    fn place(&self, offset: u64) -> Place {
        Place::new(self.structure, offset)
    }

    /// Feeds the decoded bytes to `sink`, chunk by chunk, until it breaks.
    pub(crate) fn stream(
        &self,
        codec: Option<(Codec, u32)>,
        mut sink: impl FnMut(&[u8]) -> ControlFlow<()>,
    ) -> Result<()> {
        match (self.resource.is_compressed(), codec) {
            (false, _) => self.stream_plain(&mut sink),
            (true, Some((codec, chunk_size))) => self.stream_chunks(codec, chunk_size, &mut sink),
            (true, None) => Err(self
                .place(self.resource.offset)
                .malformed("a compressed resource", "none, as the header names no compression")),
        }
    }

    fn stream_plain(&self, sink: &mut impl FnMut(&[u8]) -> ControlFlow<()>) -> Result<()> {
        let ResourceHeader { offset, size_in_wim, uncompressed_size, .. } = self.resource;
        if size_in_wim != uncompressed_size {
            return Err(self.place(offset).malformed(
                format_args!("{uncompressed_size} uncompressed bytes"),
                format_args!("{size_in_wim}, as the resource is not compressed"),
            ));
        }
        let mut buffer = vec![0; READ_WINDOW.min(usize::try_from(size_in_wim).unwrap_or(READ_WINDOW))];
        let mut done = 0;
        while done < size_in_wim {
            let wanted = (size_in_wim - done).min(buffer.len() as u64);
            let window = buffer.get_mut(..usize::try_from(wanted).unwrap_or_default()).unwrap_or_default();
            self.source.read_exact_at(offset + done, window).map_err(|e| self.place(offset + done).io(e))?;
            done += wanted;
            if sink(window).is_break() {
                break;
            }
        }
        Ok(())
    }

    fn stream_chunks(
        &self,
        codec: Codec,
        chunk_size: u32,
        sink: &mut impl FnMut(&[u8]) -> ControlFlow<()>,
    ) -> Result<()> {
        let mut chunks = ChunkTable::new(self, chunk_size)?;
        let mut decoder = Decoder::new(codec, chunk_size)
            .map_err(|source| Error::Decode { place: self.place(self.resource.offset), source })?;
        let (mut compressed, mut output) = (Vec::new(), Vec::new());
        while let Some(chunk) = chunks.next()? {
            let place = self.place(chunk.offset);
            output.resize(chunk.uncompressed_size, 0);
            if chunk.size == chunk.uncompressed_size {
                self.source.read_exact_at(chunk.offset, &mut output).map_err(|e| place.io(e))?;
            } else {
                compressed.resize(chunk.size, 0);
                self.source.read_exact_at(chunk.offset, &mut compressed).map_err(|e| place.io(e))?;
                decoder.decode(&compressed, &mut output).map_err(|source| Error::Decode { place, source })?;
            }
            if sink(&output).is_break() {
                break;
            }
        }
        Ok(())
    }
}

/// One chunk: where it stands in the file and how long it is, both ways.
struct Chunk {
    offset: u64,
    size: usize,
    uncompressed_size: usize,
}

/// The chunk table, read in windows so that a resource of any size costs the same memory.
struct ChunkTable<'r, 's, S: ReadAt + ?Sized> {
    reader: &'r ChunkReader<'s, S>,
    chunk_size: u64,
    chunks: u64,
    entry_size: u64,
    /// Where chunk data begin.
    data: u64,
    next: u64,
    next_offset: u64,
    window: Vec<u8>,
    window_start: u64,
}

impl<'r, 's, S: ReadAt + ?Sized> ChunkTable<'r, 's, S> {
    fn new(reader: &'r ChunkReader<'s, S>, chunk_size: u32) -> Result<Self> {
        let ResourceHeader { offset, size_in_wim, uncompressed_size, .. } = reader.resource;
        let chunk_size = u64::from(chunk_size);
        let chunks = uncompressed_size.div_ceil(chunk_size);
        let (table, entry_size) = table_bytes(uncompressed_size, chunks);
        // A chunk has at least one byte, so this also bounds what a small resource can claim to become.
        if table.saturating_add(chunks) > size_in_wim {
            return Err(reader.place(offset).malformed(
                format_args!("{size_in_wim} bytes for {uncompressed_size} uncompressed bytes"),
                format_args!("at least {} for {chunks} chunks and their table", table.saturating_add(chunks)),
            ));
        }
        let data = offset + table;
        let window = Vec::new();
        Ok(Self {
            reader,
            chunk_size,
            chunks,
            entry_size,
            data,
            next: 0,
            next_offset: data,
            window,
            window_start: 0,
        })
    }

    fn next(&mut self) -> Result<Option<Chunk>> {
        if self.next == self.chunks {
            return Ok(None);
        }
        let resource = &self.reader.resource;
        let (offset, last) = (self.next_offset, self.next + 1 == self.chunks);
        let resource_end = self.data.max(resource.offset.saturating_add(resource.size_in_wim));
        let end = if last { resource_end } else { self.data.saturating_add(self.entry(self.next)?) };
        let uncompressed_size = match last {
            true => resource.uncompressed_size - self.next * self.chunk_size,
            false => self.chunk_size,
        };
        let size = end.saturating_sub(offset);
        if end > resource_end || size == 0 || size > uncompressed_size {
            return Err(self.reader.place(offset).malformed(
                format_args!("chunk {} from {offset} to {end}", self.next),
                format_args!("1 to {uncompressed_size} bytes that end by {resource_end}"),
            ));
        }
        self.next += 1;
        self.next_offset = end;
        let as_length = |n: u64| usize::try_from(n).unwrap_or(usize::MAX);
        Ok(Some(Chunk { offset, size: as_length(size), uncompressed_size: as_length(uncompressed_size) }))
    }

    /// Entry `i` of the table: where chunk `i + 1` begins.
    fn entry(&mut self, i: u64) -> Result<u64> {
        let per_window = READ_WINDOW as u64 / self.entry_size;
        if self.window.is_empty() || i < self.window_start || i >= self.window_start + per_window {
            let entries = per_window.min(self.chunks - 1 - i);
            let at = self.reader.resource.offset + i * self.entry_size;
            self.window.resize(usize::try_from(entries * self.entry_size).unwrap_or_default(), 0);
            let place = Place::new("chunk table", at);
            self.reader.source.read_exact_at(at, &mut self.window).map_err(|e| place.io(e))?;
            self.window_start = i;
        }
        let at = usize::try_from((i - self.window_start) * self.entry_size).unwrap_or_default();
        let bytes = self.window.get(at..).unwrap_or_default();
        Ok(match (self.entry_size, bytes) {
            (4, [a, b, c, d, ..]) => u32::from_le_bytes([*a, *b, *c, *d]).into(),
            (_, [a, b, c, d, e, f, g, h, ..]) => u64::from_le_bytes([*a, *b, *c, *d, *e, *f, *g, *h]),
            _ => u64::MAX,
        })
    }
}

/// Bytes of a chunk table, and of one of its entries.
fn table_bytes(uncompressed_size: u64, chunks: u64) -> (u64, u64) {
    let entry = if u32::try_from(uncompressed_size).is_ok() { 4 } else { 8 };
    (chunks.saturating_sub(1).saturating_mul(entry), entry)
}

/// The least number of bytes a compressed resource of this size can have in the file.
pub(crate) fn least_compressed_size(uncompressed_size: u64, chunk_size: u32) -> u64 {
    if chunk_size == 0 {
        return 0;
    }
    let chunks = uncompressed_size.div_ceil(chunk_size.into());
    table_bytes(uncompressed_size, chunks).0.saturating_add(chunks)
}
