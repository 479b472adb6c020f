//! What libwim says of a WIM as a whole.

use crate::raw;

/// How resources are compressed unless they say otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compression {
    /// Not at all.
    None,
    /// XPRESS with Huffman codes.
    Xpress,
    /// LZX.
    Lzx,
    /// LZMS.
    Lzms,
    /// A number that is not known here.
    Other(i32),
}

/// What the header says, as libwim reads it.
#[derive(Debug, Clone, Copy)]
pub struct Info(raw::WimInfo);

impl Info {
    pub(crate) fn new(raw: raw::WimInfo) -> Self {
        Self(raw)
    }

    /// The GUID as it stands in the header.
    pub fn guid(&self) -> [u8; 16] {
        self.0.guid
    }

    /// Number of images.
    pub fn image_count(&self) -> u32 {
        self.0.image_count
    }

    /// 1-based index of the bootable image, 0 for none.
    pub fn boot_index(&self) -> u32 {
        self.0.boot_index
    }

    /// Version of the format: `0x10D00`, or `0xE00` with solid resources.
    pub fn format_version(&self) -> u32 {
        self.0.wim_version
    }

    /// Chunk size in bytes of compressed resources that are not solid.
    pub fn chunk_size(&self) -> u32 {
        self.0.chunk_size
    }

    /// Which part of a split set this is, from 1, and how many there are.
    pub fn part(&self) -> (u16, u16) {
        (self.0.part_number, self.0.total_parts)
    }

    /// The compression.
    pub fn compression(&self) -> Compression {
        match self.0.compression_type {
            0 => Compression::None,
            1 => Compression::Xpress,
            2 => Compression::Lzx,
            3 => Compression::Lzms,
            other => Compression::Other(other),
        }
    }

    /// Bytes of the file without XML and integrity table, as the XML says.
    pub fn total_bytes(&self) -> u64 {
        self.0.total_bytes
    }

    /// Whether there is an integrity table.
    pub fn has_integrity_table(&self) -> bool {
        self.flag(0)
    }

    /// Whether reparse points were fixed up at capture.
    pub fn has_fixed_reparse_points(&self) -> bool {
        self.flag(3)
    }

    /// Whether the header marks the file as part of a split set.
    pub fn is_spanned(&self) -> bool {
        self.flag(5)
    }

    /// Whether the header says that a writer has not finished.
    pub fn is_being_written(&self) -> bool {
        self.flag(6)
    }

    /// Whether the file is pipable.
    pub fn is_pipable(&self) -> bool {
        self.flag(9)
    }

    fn flag(&self, bit: u32) -> bool {
        self.0.flags >> bit & 1 == 1
    }
}
