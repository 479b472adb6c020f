//! A finished WIM and where everything in it lies.

use crate::blobs::sha1_of;
use crate::bytes::index;
use crate::integrity::integrity_table;
use std::io;
use std::path::Path;

/// Offsets of the header fields.
pub mod header {
    /// Header size, u32.
    pub const SIZE: u64 = 0x08;
    /// Version, u32.
    pub const VERSION: u64 = 0x0C;
    /// Flags, u32.
    pub const FLAGS: u64 = 0x10;
    /// Chunk size, u32.
    pub const CHUNK_SIZE: u64 = 0x14;
    /// GUID, 16 bytes.
    pub const GUID: u64 = 0x18;
    /// Part number, u16.
    pub const PART: u64 = 0x28;
    /// Number of parts, u16.
    pub const PARTS: u64 = 0x2A;
    /// Image count, u32.
    pub const IMAGES: u64 = 0x2C;
    /// Resource header of the blob table.
    pub const TABLE: u64 = 0x30;
    /// Resource header of the XML.
    pub const XML: u64 = 0x48;
    /// Resource header of the boot image's metadata.
    pub const BOOT_METADATA: u64 = 0x60;
    /// Boot index, u32.
    pub const BOOT_INDEX: u64 = 0x78;
    /// Resource header of the integrity table.
    pub const INTEGRITY: u64 = 0x7C;
    /// 60 reserved bytes.
    pub const RESERVED: u64 = 0x94;
    /// Length of the header.
    pub const LENGTH: u64 = 208;
}

/// A range of the file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Span {
    /// First byte.
    pub offset: u64,
    /// Number of bytes.
    pub length: u64,
}

impl Span {
    /// The byte after the last.
    #[must_use]
    pub fn end(self) -> u64 {
        self.offset + self.length
    }
}

/// An entry of the blob table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableEntry {
    /// Resource flags: 2 metadata, 4 compressed.
    pub flags: u8,
    /// Size in the file (56 bits).
    pub size_in_wim: u64,
    /// File offset.
    pub offset: u64,
    /// Uncompressed size.
    pub original_size: u64,
    /// Part number.
    pub part: u16,
    /// Reference count.
    pub references: u32,
    /// SHA-1 of the uncompressed data.
    pub sha1: [u8; 20],
}

impl TableEntry {
    /// The 50 bytes of the entry.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        let mut out = resource_header(self.flags, self.size_in_wim, self.offset, self.original_size);
        out.extend_from_slice(&self.part.to_le_bytes());
        out.extend_from_slice(&self.references.to_le_bytes());
        out.extend_from_slice(&self.sha1);
        out
    }
}

/// The 24 bytes of a resource header.
#[must_use]
pub fn resource_header(flags: u8, size_in_wim: u64, offset: u64, original: u64) -> Vec<u8> {
    let word = size_in_wim & 0x00FF_FFFF_FFFF_FFFF | u64::from(flags) << 56;
    [word, offset, original].into_iter().flat_map(u64::to_le_bytes).collect()
}

/// Where a blob lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BlobPlace {
    /// What its table entry says (before table edits).
    pub entry: TableEntry,
    /// File offset of its 50-byte table entry; 0 if a table edit removed or moved it.
    pub table_offset: u64,
}

impl BlobPlace {
    /// The bytes of the file that hold it.
    #[must_use]
    pub fn span(&self) -> Span {
        Span { offset: self.entry.offset, length: self.entry.size_in_wim }
    }
}

/// Where the metadata of an image lies, and what it is.
#[derive(Clone, Debug)]
pub struct MetadataPlace {
    /// The resource.
    pub place: BlobPlace,
    /// The uncompressed bytes.
    pub bytes: Vec<u8>,
    /// Path (`/`-separated, the root is empty) and offset in `bytes` of each directory entry,
    /// as the tree was laid out (before edits).
    pub entries: Vec<(String, usize)>,
}

impl MetadataPlace {
    /// Offset in `bytes` of the directory entry of a path.
    ///
    /// # Panics
    /// If the tree has no such path.
    #[must_use]
    pub fn entry(&self, path: &str) -> usize {
        let found = self.entries.iter().find(|(known, _)| known == path);
        found.expect("a path of the tree").1
    }
}

/// Where everything lies.
#[derive(Clone, Debug, Default)]
pub struct Layout {
    /// File size.
    pub size: u64,
    /// Blob table.
    pub table: Span,
    /// XML.
    pub xml: Option<Span>,
    /// Integrity table.
    pub integrity: Option<Span>,
    /// Chunk size of the integrity table.
    pub integrity_chunk: u32,
    /// File blobs in the order of the file.
    pub blobs: Vec<BlobPlace>,
    /// Metadata, one for each image (none in parts after the first of a split set).
    pub metadata: Vec<MetadataPlace>,
}

impl Layout {
    /// The place of the blob with this content.
    ///
    /// # Panics
    /// If there is no such blob.
    #[must_use]
    pub fn blob_of(&self, content: &[u8]) -> &BlobPlace {
        let sha1 = sha1_of(content);
        let found = self.blobs.iter().find(|blob| blob.entry.sha1 == sha1);
        found.expect("a blob with this content")
    }
}

/// A WIM in memory.
#[derive(Clone, Debug)]
pub struct Built {
    /// The file.
    pub bytes: Vec<u8>,
    /// Where everything lies.
    pub layout: Layout,
}

impl Built {
    /// Overwrites bytes of the file.
    ///
    /// # Panics
    /// If the file ends before.
    pub fn patch(&mut self, offset: u64, bytes: &[u8]) -> &mut Self {
        let at = index(offset);
        self.bytes[at..at + bytes.len()].copy_from_slice(bytes);
        self
    }

    /// Inverts one bit of the byte at `offset`.
    ///
    /// # Panics
    /// If the file ends before.
    pub fn flip(&mut self, offset: u64) -> &mut Self {
        self.bytes[index(offset)] ^= 1;
        self
    }

    /// The bytes of a range.
    ///
    /// # Panics
    /// If the file ends before.
    #[must_use]
    pub fn slice(&self, span: Span) -> &[u8] {
        &self.bytes[index(span.offset)..index(span.end())]
    }

    /// Makes the integrity table right again after patches between header and XML.
    ///
    /// # Panics
    /// If the WIM was built without one.
    pub fn reseal_integrity(&mut self) -> &mut Self {
        let span = self.layout.integrity.expect("an integrity table");
        let covered = &self.bytes[index(header::LENGTH)..index(self.layout.table.end())];
        let chunk = self.layout.integrity_chunk;
        let hashes = covered.chunks(chunk as usize).map(sha1_of).collect::<Vec<_>>();
        self.patch(span.offset, &integrity_table(chunk, &hashes))
    }

    /// Writes the file to disk.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn write(&self, path: impl AsRef<Path>) -> io::Result<()> {
        std::fs::write(path, &self.bytes)
    }
}
