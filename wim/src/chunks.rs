//! Where the chunks of a resource stand.
//!
//! Every way to store a resource is a run of chunks:
//!
//! * Not compressed: raw bytes; cut here into chunks of our own.
//! * Compressed: a table of `n - 1` offsets (4 bytes each, 8 where the uncompressed size needs more than 32 bits),
//!   relative to its end; the first chunk begins there and has no entry.
//! * Solid: a header (u64 uncompressed size, u32 chunk size, u32 codec), `n` compressed sizes of 4 bytes, the chunks.
//! * Pipable (wimlib): each chunk behind its compressed size (u32), the table of offsets behind the last chunk; the
//!   offsets do not count the sizes.
//!
//! A chunk whose compressed size is its uncompressed size is stored raw.

use crate::{
    codec::Codec,
    error::{Place, Result},
    header::Header,
    limits::READ_WINDOW,
    read_at::ReadAt,
    resource::ResourceHeader,
};

/// Uncompressed resources are cut into pieces of this size.
const RAW_CHUNK: u64 = 1 << 20;

/// Length of the header of a solid resource.
const SOLID_HEADER: usize = 16;

/// What the header of a file says on how its resources are stored.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Storage {
    codec: Option<Codec>,
    chunk_size: u32,
    pipable: bool,
}

impl Storage {
    pub(crate) fn of(header: &Header) -> Self {
        Self { codec: header.codec, chunk_size: header.chunk_size, pipable: header.pipable }
    }
}

/// How chunks are found.
#[derive(Debug, Clone, Copy)]
enum Table {
    /// All have one size.
    Regular,
    /// Offsets of all but the first, of this many bytes each, at this place.
    Offsets { at: u64, entry: u64 },
    /// Sizes of all, of 4 bytes each, at this place.
    Sizes { at: u64 },
}

/// The chunks of a resource.
#[derive(Debug, Clone)]
pub(crate) struct ChunkMap {
    /// Names the resource in errors.
    structure: &'static str,
    codec: Option<Codec>,
    chunk_size: u64,
    count: u64,
    uncompressed_size: u64,
    table: Table,
    /// Where the first chunk begins, its prefix included.
    data: u64,
    /// Where the last one ends at most.
    end: u64,
    /// Bytes before each chunk that are not part of it.
    prefix: u64,
}

/// One chunk: where it stands in the file and how long it is, both ways.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Chunk {
    pub(crate) offset: u64,
    pub(crate) size: usize,
    pub(crate) uncompressed_size: usize,
}

impl Chunk {
    pub(crate) fn is_raw(&self) -> bool {
        self.size == self.uncompressed_size
    }

    pub(crate) fn end(&self) -> u64 {
        self.offset.saturating_add(self.size as u64)
    }
}

impl ChunkMap {
    /// The chunks of a resource that is not solid.
    pub(crate) fn of(
        structure: &'static str,
        resource: &ResourceHeader,
        storage: Storage,
        file_size: u64,
    ) -> Result<Self> {
        resource.within(structure, file_size)?;
        let ResourceHeader { offset, size_in_wim, uncompressed_size, .. } = *resource;
        let place = Place::new(structure, offset);
        let end = offset.saturating_add(size_in_wim);
        if !resource.is_compressed() {
            if size_in_wim != uncompressed_size {
                let found = format!("{uncompressed_size} uncompressed bytes");
                return Err(
                    place.malformed(found, format!("{size_in_wim}, as the resource is not compressed"))
                );
            }
            let (count, table) = (uncompressed_size.div_ceil(RAW_CHUNK), Table::Regular);
            let (chunk_size, data, prefix) = (RAW_CHUNK, offset, 0);
            return Ok(Self {
                structure,
                codec: None,
                chunk_size,
                count,
                uncompressed_size,
                table,
                data,
                end,
                prefix,
            });
        }
        let Some(codec) = storage.codec else {
            return Err(place.malformed("a compressed resource", "none, as the header names no compression"));
        };
        let chunk_size = u64::from(storage.chunk_size);
        let count = uncompressed_size.div_ceil(chunk_size);
        let prefix = if storage.pipable { 4 } else { 0 };
        let (table_bytes, entry) = table_bytes(uncompressed_size, count);
        // A chunk has at least one byte, so this also bounds what a small resource can claim to become.
        let least = table_bytes.saturating_add(count.saturating_mul(1 + prefix));
        if least > size_in_wim {
            let found = format!("{size_in_wim} bytes for {uncompressed_size} uncompressed bytes");
            return Err(
                place.malformed(found, format!("at least {least} for {count} chunks and their table"))
            );
        }
        let (at, data, end) = match storage.pipable {
            true => (end - table_bytes, offset, end - table_bytes),
            false => (offset, offset + table_bytes, end),
        };
        let (codec, table) = (Some(codec), Table::Offsets { at, entry });
        Ok(Self { structure, codec, chunk_size, count, uncompressed_size, table, data, end, prefix })
    }

    /// The chunks of a solid resource: reads its header.
    pub(crate) fn of_solid(source: &impl ReadAt, resource: &ResourceHeader) -> Result<Self> {
        let structure = "solid resource";
        resource.within(structure, source.size())?;
        let place = Place::new(structure, resource.offset);
        let mut header = [0; SOLID_HEADER];
        if resource.size_in_wim < SOLID_HEADER as u64 {
            return Err(
                place.malformed(format_args!("{} bytes", resource.size_in_wim), "a header of 16 bytes")
            );
        }
        source.read_exact_at(resource.offset, &mut header).map_err(|e| place.io(e))?;
        let [a, b, c, d, e, f, g, h, sizes @ ..] = header;
        let uncompressed_size = u64::from_le_bytes([a, b, c, d, e, f, g, h]);
        let [a, b, c, d, e, f, g, h] = sizes;
        let (chunk_size, format) = (u32::from_le_bytes([a, b, c, d]), u32::from_le_bytes([e, f, g, h]));
        let codec = match format {
            1 => Codec::Xpress,
            2 => Codec::Lzx,
            3 => Codec::Lzms,
            other => {
                return Err(place.malformed(format_args!("codec {other}"), "1 (XPRESS), 2 (LZX) or 3 (LZMS)"));
            }
        };
        if !codec.accepts(chunk_size) || chunk_size > MAX_SOLID_CHUNK {
            let expected = format!("a power of two that {} takes, at most {MAX_SOLID_CHUNK}", codec.name());
            return Err(place.malformed(format_args!("chunk size {chunk_size}"), expected));
        }
        let chunk_size = u64::from(chunk_size);
        let count = uncompressed_size.div_ceil(chunk_size);
        let least = (SOLID_HEADER as u64).saturating_add(count.saturating_mul(4 + 1));
        if least > resource.size_in_wim {
            let found = format!("{} bytes for {uncompressed_size} uncompressed bytes", resource.size_in_wim);
            return Err(place.malformed(found, format!("at least {least}")));
        }
        let at = resource.offset + SOLID_HEADER as u64;
        let (data, end) = (at + 4 * count, resource.offset.saturating_add(resource.size_in_wim));
        let (codec, table) = (Some(codec), Table::Sizes { at });
        Ok(Self { structure, codec, chunk_size, count, uncompressed_size, table, data, end, prefix: 0 })
    }

    pub(crate) fn place(&self, offset: u64) -> Place {
        Place::new(self.structure, offset)
    }

    /// Codec and chunk size; `None` where the resource is not compressed.
    pub(crate) fn codec(&self) -> Option<(Codec, u32)> {
        self.codec.map(|codec| (codec, u32::try_from(self.chunk_size).unwrap_or(u32::MAX)))
    }

    pub(crate) fn uncompressed_size(&self) -> u64 {
        self.uncompressed_size
    }

    pub(crate) fn chunk_size(&self) -> u64 {
        self.chunk_size
    }

    /// All chunks, from the first.
    pub(crate) fn cursor(&self) -> Cursor {
        Cursor { next: 0, next_offset: self.data, window: Vec::new(), window_start: 0 }
    }
}

/// The largest chunk of a solid resource that is decoded. Microsoft's tools and wimlib write 64 MiB; each job needs a
/// chunk twice.
pub(crate) const MAX_SOLID_CHUNK: u32 = 128 << 20;

/// A place among the chunks of a resource. Its table is read in windows, so that a resource of any size costs the same
/// memory.
#[derive(Debug)]
pub(crate) struct Cursor {
    next: u64,
    next_offset: u64,
    window: Vec<u8>,
    window_start: u64,
}

impl Clone for Cursor {
    /// The window is left behind: a clone is kept to go on from later.
    fn clone(&self) -> Self {
        Self { next: self.next, next_offset: self.next_offset, window: Vec::new(), window_start: 0 }
    }
}

impl Cursor {
    /// The next chunk.
    pub(crate) fn next(&mut self, map: &ChunkMap, source: &impl ReadAt) -> Result<Option<Chunk>> {
        if self.next == map.count {
            return Ok(None);
        }
        let last = self.next + 1 == map.count;
        let offset = self.next_offset.saturating_add(map.prefix);
        let uncompressed_size = match last {
            true => map.uncompressed_size - self.next * map.chunk_size,
            false => map.chunk_size,
        };
        let end = match map.table {
            Table::Regular => offset.saturating_add(uncompressed_size),
            Table::Offsets { .. } if last => map.end,
            Table::Offsets { at, entry } => {
                let relative = self.entry(map, source, at, entry, map.count - 1)?;
                let prefixes = map.prefix.saturating_mul(self.next + 1);
                map.data.saturating_add(relative).saturating_add(prefixes)
            }
            Table::Sizes { at } => offset.saturating_add(self.entry(map, source, at, 4, map.count)?),
        };
        let size = end.saturating_sub(offset);
        if end > map.end || size == 0 || size > uncompressed_size {
            let found = format!("chunk {} from {offset} to {end}", self.next);
            let expected = format!("1 to {uncompressed_size} bytes that end by {}", map.end);
            return Err(map.place(offset).malformed(found, expected));
        }
        self.next += 1;
        self.next_offset = end;
        let as_length = |n: u64| usize::try_from(n).unwrap_or(usize::MAX);
        Ok(Some(Chunk { offset, size: as_length(size), uncompressed_size: as_length(uncompressed_size) }))
    }

    /// The entry for the next chunk in a table of `count` entries.
    fn entry(
        &mut self,
        map: &ChunkMap,
        source: &impl ReadAt,
        table: u64,
        size: u64,
        count: u64,
    ) -> Result<u64> {
        let i = self.next;
        let per_window = READ_WINDOW as u64 / size;
        if self.window.is_empty() || i < self.window_start || i >= self.window_start + per_window {
            let entries = per_window.min(count - i);
            let at = table + i * size;
            self.window.resize(usize::try_from(entries * size).unwrap_or_default(), 0);
            source.read_exact_at(at, &mut self.window).map_err(|e| map.place(at).io(e))?;
            self.window_start = i;
        }
        let at = usize::try_from((i - self.window_start) * size).unwrap_or_default();
        let bytes = self.window.get(at..).unwrap_or_default();
        Ok(match (size, bytes) {
            (4, [a, b, c, d, ..]) => u32::from_le_bytes([*a, *b, *c, *d]).into(),
            (_, [a, b, c, d, e, f, g, h, ..]) => u64::from_le_bytes([*a, *b, *c, *d, *e, *f, *g, *h]),
            _ => u64::MAX,
        })
    }
}

/// Bytes of a table of offsets, and of one of its entries.
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
