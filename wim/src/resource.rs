//! Resource headers: where a resource stands in the file, how long it is, how it is stored.

use zerocopy::{FromBytes, Immutable, KnownLayout, Unaligned, little_endian::U64};

use crate::error::{Error, Place, Result};

/// On disk, 24 bytes: 7 bytes size in the WIM, 1 byte flags, 8 bytes offset, 8 bytes uncompressed size.
#[derive(FromBytes, Immutable, KnownLayout, Unaligned, Debug, Clone, Copy)]
#[repr(C)]
pub(crate) struct RawResourceHeader {
    size_and_flags: U64,
    offset: U64,
    uncompressed_size: U64,
}

const _: () = assert!(size_of::<RawResourceHeader>() == 24);

/// Flags of a resource (the top byte of its first field).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct ResourceFlags(pub u8);

impl ResourceFlags {
    /// The entry is free space.
    pub const FREE: u8 = 0x01;
    /// The resource is metadata of an image (also set on the tables by Microsoft's writers).
    pub const METADATA: u8 = 0x02;
    /// The resource is stored in compressed chunks.
    pub const COMPRESSED: u8 = 0x04;
    /// The resource continues in another part of a split set.
    pub const SPANNED: u8 = 0x08;
    /// The resource is solid, or the blob stands in a solid resource.
    pub const SOLID: u8 = 0x10;
    /// Bits without a meaning.
    pub const UNKNOWN: u8 = 0xE0;

    /// Whether a flag is set.
    pub fn has(self, flag: u8) -> bool {
        self.0 & flag != 0
    }
}

/// A resource: a run of bytes of the file, and what it becomes when decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ResourceHeader {
    /// Offset in the file, in bytes. For a blob in a solid resource: position in the uncompressed run.
    pub offset: u64,
    /// Bytes in the file (56 bits). For a blob in a solid resource: its uncompressed size.
    pub size_in_wim: u64,
    /// Bytes when decoded.
    pub uncompressed_size: u64,
    /// How it is stored.
    pub flags: ResourceFlags,
}

impl From<RawResourceHeader> for ResourceHeader {
    fn from(raw: RawResourceHeader) -> Self {
        let [low @ .., flags] = raw.size_and_flags.get().to_le_bytes();
        let [a, b, c, d, e, f, g] = low;
        Self {
            offset: raw.offset.get(),
            size_in_wim: u64::from_le_bytes([a, b, c, d, e, f, g, 0]),
            uncompressed_size: raw.uncompressed_size.get(),
            flags: ResourceFlags(flags),
        }
    }
}

impl ResourceHeader {
    /// Whether the header says that there is no resource.
    pub fn is_absent(&self) -> bool {
        self.size_in_wim == 0 && self.offset == 0 && self.uncompressed_size == 0
    }

    /// The offset just behind the resource; `None` where it overflows.
    pub fn end(&self) -> Option<u64> {
        self.offset.checked_add(self.size_in_wim)
    }

    /// Whether the resource is stored in compressed chunks.
    pub fn is_compressed(&self) -> bool {
        self.flags.has(ResourceFlags::COMPRESSED)
    }

    /// Checks that the resource lies within the file.
    pub(crate) fn within(&self, structure: &'static str, file_size: u64) -> Result<()> {
        let outside = || Error::OutsideFile {
            place: Place::new(structure, self.offset),
            length: self.size_in_wim,
            file_size,
        };
        self.end().filter(|end| *end <= file_size).map(|_| ()).ok_or_else(outside)
    }
}
