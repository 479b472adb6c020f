//! The description of a WIM file.

use crate::assemble::Assembled;
use crate::builder::{Edit, setters};
use crate::bytes::index;
use crate::image::Image;
use crate::layout::{Built, TableEntry};
use crate::resource::{Codec, Compression};
use crate::sparse::{Hole, ZeroHash};
use crate::{lzx, xml};

/// Order of the blob table. The data always lies in the order met in the trees.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BlobOrder {
    /// File blobs as met, then metadata.
    #[default]
    AsMet,
    /// File blobs by SHA-1, then metadata.
    Sorted,
    /// Metadata (in image order), then file blobs against the order of the file.
    Reversed,
}

/// Where the XML resource comes from.
#[derive(Clone, Debug, Default)]
pub(crate) enum XmlSource {
    #[default]
    Generated,
    Bytes(Vec<u8>),
    Absent,
}

/// A WIM to be built.
#[derive(Clone, Debug)]
pub struct Wim {
    /// Images.
    pub images: Vec<Image>,
    pub(crate) codec: Codec,
    pub(crate) chunk_size: Option<u32>,
    pub(crate) guid: [u8; 16],
    pub(crate) boot_index: u32,
    pub(crate) integrity: Option<u32>,
    pub(crate) extra_flags: u32,
    pub(crate) version: u32,
    pub(crate) part: (u16, u16),
    pub(crate) share: bool,
    pub(crate) order: BlobOrder,
    pub(crate) xml: XmlSource,
    pub(crate) extra: Vec<Vec<u8>>,
    pub(crate) table_edits: Vec<Edit<Vec<TableEntry>>>,
    pub(crate) zeros: Option<Hole>,
}

impl Default for Wim {
    fn default() -> Self {
        Self::new()
    }
}

impl Wim {
    /// A WIM without images, uncompressed, without integrity table, with a fixed GUID
    /// (of version 4, as Microsoft's are).
    #[must_use]
    pub fn new() -> Self {
        Self {
            images: Vec::new(),
            codec: Codec {
                compression: Compression::None,
                chunk_size: 0,
                raw_chunks: false,
                lzx_blocks: lzx::Blocks::Verbatim,
            },
            chunk_size: None,
            guid: *b"wimprooO\x80KIT\x80KIT",
            boot_index: 0,
            integrity: None,
            extra_flags: 0,
            version: 0x1_0D00,
            part: (1, 1),
            share: false,
            order: BlobOrder::AsMet,
            xml: XmlSource::Generated,
            extra: Vec::new(),
            table_edits: Vec::new(),
            zeros: None,
        }
    }

    /// Adds an image.
    #[must_use]
    pub fn image(mut self, image: Image) -> Self {
        self.images.push(image);
        self
    }

    /// Sets the compression.
    #[must_use]
    pub fn compression(mut self, compression: Compression) -> Self {
        self.codec.compression = compression;
        self
    }

    setters! {
        /// Sets the chunk size; without it 32768, or 0 in an uncompressed WIM.
        chunk_size(size: u32) chunk_size = Some(size);
        /// Sets the GUID as it stands in the header.
        guid(guid: [u8; 16]) guid = guid;
        /// Sets the boot index; an existing image's metadata is then named in the header too.
        boot_index(index: u32) boot_index = index;
        /// Adds an integrity table with this chunk size (10485760 is usual), or none.
        integrity(chunk: Option<u32>) integrity = chunk;
        /// Sets the version number of the header.
        version(version: u32) version = version;
        /// Sets the order of the blob table.
        blob_order(order: BlobOrder) order = order;
        /// Replaces the bytes of the XML resource, byte order mark included.
        xml_bytes(bytes: Vec<u8>) xml = XmlSource::Bytes(bytes);
    }

    /// Stores every chunk of the compressed resources raw.
    #[must_use]
    pub fn raw_chunks(mut self) -> Self {
        self.codec.raw_chunks = true;
        self
    }

    /// Chooses the kinds of LZX blocks.
    #[must_use]
    pub fn lzx_blocks(mut self, blocks: lzx::Blocks) -> Self {
        self.codec.lzx_blocks = blocks;
        self
    }

    /// Sets further header flags.
    #[must_use]
    pub fn header_flags(mut self, extra: u32) -> Self {
        self.extra_flags |= extra;
        self
    }

    /// Sets part number and number of parts; all contents stay in this file.
    #[must_use]
    pub fn part(mut self, number: u16, total: u16) -> Self {
        self.part = (number, total);
        self
    }

    /// Replaces the whole XML document, or leaves the resource out.
    #[must_use]
    pub fn xml(mut self, text: Option<String>) -> Self {
        self.xml = text.map_or(XmlSource::Absent, |text| XmlSource::Bytes(xml::utf16(&text)));
        self
    }

    /// Adds a blob that no image refers to.
    #[must_use]
    pub fn extra_blob(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.extra.push(bytes.into());
        self
    }

    /// Changes the blob table before it is written.
    #[must_use]
    pub fn edit_table(mut self, edit: impl Fn(&mut Vec<TableEntry>) + Send + Sync + 'static) -> Self {
        self.table_edits.push(Edit::new(edit));
        self
    }

    /// Adds a file of `length` zero bytes to the root of the first image, always stored
    /// uncompressed. Its SHA-1 is a dummy unless [`Wim::zero_hash`] says otherwise.
    #[must_use]
    pub fn zero_blob(mut self, name: &str, length: u64) -> Self {
        self.zeros = Some(Hole { name: name.to_owned(), length, hash: ZeroHash::Dummy });
        self
    }

    /// Chooses the SHA-1 of the zero blob.
    ///
    /// # Panics
    /// If there is no zero blob.
    #[must_use]
    pub fn zero_hash(mut self, hash: ZeroHash) -> Self {
        self.zeros.as_mut().expect("a zero blob").hash = hash;
        self
    }

    /// Builds the file in memory.
    #[must_use]
    pub fn build(&self) -> Built {
        let Assembled { mut head, hole, tail, layout } = self.assemble(0);
        head.resize(head.len() + index(hole), 0);
        head.extend(tail);
        Built { bytes: head, layout }
    }

    /// Builds a split set: metadata in the first part, file blobs dealt out in turn.
    #[must_use]
    pub fn build_split(&self, parts: u16) -> Vec<Built> {
        let build = |number| {
            let mut part = self.clone().part(number, parts).header_flags(0x08);
            part.share = true;
            part.build()
        };
        (1..=parts).map(build).collect()
    }
}
