//! The header: the first 208 bytes of a WIM.
//!
//! Nothing in the file protects it: no hash covers the header, so all that it says is a claim.

use zerocopy::{
    FromBytes, Immutable, KnownLayout, Unaligned,
    little_endian::{U16, U32},
};

use crate::{
    anomaly::{Anomalies, AnomalyKind},
    codec::Codec,
    error::{Error, Place, Result},
    limits::MAX_IMAGES,
    read_at::ReadAt,
    resource::{RawResourceHeader, ResourceHeader},
    value::Guid,
};

/// Length of the header in bytes.
pub const HEADER_SIZE: u64 = size_of::<RawHeader>() as u64;

const MAGIC: [u8; 8] = *b"MSWIM\0\0\0";
const MAGIC_PIPABLE: [u8; 8] = *b"WLPWM\0\0\0";

#[derive(FromBytes, Immutable, KnownLayout, Unaligned, Debug)]
#[repr(C)]
struct RawHeader {
    /// 0x00
    magic: [u8; 8],
    /// 0x08: 208
    header_size: U32,
    /// 0x0C
    version: U32,
    /// 0x10
    flags: U32,
    /// 0x14: bytes; 0 where nothing is compressed
    chunk_size: U32,
    /// 0x18
    guid: [u8; 16],
    /// 0x28: from 1
    part: U16,
    /// 0x2A
    parts: U16,
    /// 0x2C
    image_count: U32,
    /// 0x30
    blob_table: RawResourceHeader,
    /// 0x48
    xml: RawResourceHeader,
    /// 0x60: zeros where no image is bootable
    boot_metadata: RawResourceHeader,
    /// 0x78: from 1, 0 for none
    boot_index: U32,
    /// 0x7C: four-byte aligned, no padding before it
    integrity: RawResourceHeader,
    /// 0x94
    reserved: [u8; 60],
}

const _: () = assert!(size_of::<RawHeader>() == 208);

/// Version of the file format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Version {
    /// 0x10D00: every WIM since Windows Vista.
    V1_13,
    /// 0xE00: files with solid resources (ESD).
    V0_14,
}

/// Flags of the header.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct HeaderFlags(pub u32);

impl HeaderFlags {
    /// Resources may be compressed.
    pub const COMPRESSION: u32 = 0x02;
    /// The file is not to be changed.
    pub const READONLY: u32 = 0x04;
    /// The file is one part of several.
    pub const SPANNED: u32 = 0x08;
    /// Only file resources.
    pub const RESOURCE_ONLY: u32 = 0x10;
    /// Only metadata.
    pub const METADATA_ONLY: u32 = 0x20;
    /// A writer is at work, or was interrupted.
    pub const WRITE_IN_PROGRESS: u32 = 0x40;
    /// Reparse points were fixed up at capture.
    pub const RP_FIX: u32 = 0x80;
    /// XPRESS.
    pub const XPRESS: u32 = 0x2_0000;
    /// LZX.
    pub const LZX: u32 = 0x4_0000;
    /// LZMS.
    pub const LZMS: u32 = 0x8_0000;
    /// XPRESS with another chunk size.
    pub const XPRESS_2: u32 = 0x20_0000;
    const ALGORITHMS: u32 = Self::XPRESS | Self::LZX | Self::LZMS | Self::XPRESS_2;
    const KNOWN: u32 = Self::ALGORITHMS | 0xFE;

    /// Whether a flag is set.
    pub fn has(self, flag: u32) -> bool {
        self.0 & flag != 0
    }
}

/// The header, decoded.
#[derive(Debug, Clone)]
pub struct Header {
    /// Format version.
    pub version: Version,
    /// Flags as they stand.
    pub flags: HeaderFlags,
    /// Whether the file has wimlib's pipable layout, whose valid header is the last one.
    pub pipable: bool,
    /// Codec of non-solid compressed resources; `None` where nothing is compressed.
    pub codec: Option<Codec>,
    /// Uncompressed bytes a chunk of non-solid compressed resources has; 0 where nothing is compressed.
    pub chunk_size: u32,
    /// Identifies the WIM; all parts of a split set share it.
    pub guid: Guid,
    /// Number of this part, from 1.
    pub part: u16,
    /// Parts of the set.
    pub parts: u16,
    /// Images, as the header counts them.
    pub image_count: u32,
    /// 1-based index of the bootable image, as it stands; 0 for none.
    pub boot_index: u32,
    /// The blob table ("lookup table").
    pub blob_table: ResourceHeader,
    /// The XML data.
    pub xml: ResourceHeader,
    /// Metadata of the bootable image, again.
    pub boot_metadata: ResourceHeader,
    /// The integrity table; absent in many files.
    pub integrity: ResourceHeader,
    /// What does not fit together.
    pub anomalies: Anomalies,
}

impl Header {
    /// Reads the header: [`HEADER_SIZE`] bytes at offset 0 and nothing else (the last 208 bytes of a pipable
    /// file).
    pub fn read(source: &impl ReadAt) -> Result<Self> {
        let mut bytes = [0; size_of::<RawHeader>()];
        let size = source.size();
        let available = usize::try_from(size.min(HEADER_SIZE)).unwrap_or_default();
        let place = Place::new("header", 0);
        source.read_exact_at(0, bytes.get_mut(..available).unwrap_or_default()).map_err(|e| place.io(e))?;
        let pipable = bytes.starts_with(&MAGIC_PIPABLE);
        if !pipable && !bytes.starts_with(&MAGIC) {
            return Err(not_a_wim(bytes.get(..available.min(8)).unwrap_or_default()));
        }
        if size < HEADER_SIZE {
            return Err(Error::OutsideFile { place, length: HEADER_SIZE, file_size: size });
        }
        if !pipable {
            return Self::parse(&bytes, 0);
        }
        let last = size - HEADER_SIZE;
        source.read_exact_at(last, &mut bytes).map_err(|e| Place::new("header", last).io(e))?;
        if !bytes.starts_with(&MAGIC_PIPABLE) {
            let found = hex::encode(bytes.get(..8).unwrap_or_default());
            return Err(Place::new("second header of a pipable WIM", last)
                .malformed(found, "\"WLPWM\\0\\0\\0\": the file is cut"));
        }
        Self::parse(&bytes, last)
    }

    fn parse(bytes: &[u8; size_of::<RawHeader>()], base: u64) -> Result<Self> {
        let field = |offset: u64| Place::new("header", base + offset);
        let raw = RawHeader::ref_from_bytes(bytes)
            .map_err(|_| field(0).malformed("another length", "208 bytes"))?;
        if u64::from(raw.header_size.get()) != HEADER_SIZE {
            return Err(field(0x08).malformed(format_args!("header size {}", raw.header_size), HEADER_SIZE));
        }
        let version = match raw.version.get() {
            0x10D00 => Version::V1_13,
            0xE00 => Version::V0_14,
            other => {
                return Err(field(0x0C)
                    .malformed(format_args!("version {other:#x}"), "0x10d00 (1.13) or 0xe00 (0.14)"));
            }
        };
        let (part, parts) = (raw.part.get(), raw.parts.get());
        if part == 0 || part > parts {
            return Err(field(0x28).malformed(format_args!("part {part} of {parts}"), "1 <= part <= parts"));
        }
        if raw.image_count.get() > MAX_IMAGES {
            let (claimed, limit) = (raw.image_count.get().into(), MAX_IMAGES.into());
            return Err(Error::TooLarge { place: field(0x2C), claimed, limit });
        }
        let flags = HeaderFlags(raw.flags.get());
        let codec =
            codec_of(flags).map_err(|found| field(0x10).malformed(found, "a compression algorithm"))?;
        let chunk_size = raw.chunk_size.get();
        if let Some(codec) = codec.filter(|codec| !codec.accepts(chunk_size)) {
            let sizes = codec.chunk_sizes();
            return Err(field(0x14).malformed(
                format_args!("chunk size {chunk_size}"),
                format_args!("a power of two from {} to {} for {}", sizes.start(), sizes.end(), codec.name()),
            ));
        }
        Ok(Self {
            version,
            flags,
            pipable: raw.magic == MAGIC_PIPABLE,
            codec,
            chunk_size,
            guid: Guid(raw.guid),
            part,
            parts,
            image_count: raw.image_count.get(),
            boot_index: raw.boot_index.get(),
            blob_table: raw.blob_table.into(),
            xml: raw.xml.into(),
            boot_metadata: raw.boot_metadata.into(),
            integrity: raw.integrity.into(),
            anomalies: header_anomalies(raw, base),
        })
    }

    /// Whether the file is one part of a split set.
    pub fn is_split(&self) -> bool {
        self.parts > 1
    }
}

fn not_a_wim(start: &[u8]) -> Error {
    let found = match start {
        [] => "nothing".to_owned(),
        bytes => format!("bytes {}", hex::encode(bytes)),
    };
    Error::NotAWim { found }
}

/// Where several algorithms are set, readers of the field take LZX before XPRESS before LZMS.
fn codec_of(flags: HeaderFlags) -> Result<Option<Codec>, &'static str> {
    if !flags.has(HeaderFlags::COMPRESSION) {
        return Ok(None);
    }
    if flags.has(HeaderFlags::LZX) {
        Ok(Some(Codec::Lzx))
    } else if flags.has(HeaderFlags::XPRESS | HeaderFlags::XPRESS_2) {
        Ok(Some(Codec::Xpress))
    } else if flags.has(HeaderFlags::LZMS) {
        Ok(Some(Codec::Lzms))
    } else {
        Err("flag COMPRESSION without an algorithm")
    }
}

fn header_anomalies(raw: &RawHeader, base: u64) -> Anomalies {
    let flags = HeaderFlags(raw.flags.get());
    let mut anomalies = Anomalies::default();
    let mut note = |kind, offset: u64, detail: String| anomalies.push(kind, Some(base + offset), detail);
    if flags.has(HeaderFlags::WRITE_IN_PROGRESS) {
        note(AnomalyKind::WriteInProgress, 0x10, "header flag WRITE_IN_PROGRESS is set".into());
    }
    let algorithms = flags.0 & HeaderFlags::ALGORITHMS;
    if algorithms.count_ones() > 1 {
        note(
            AnomalyKind::AmbiguousCompression,
            0x10,
            format!("several algorithms are set: flags {:#x}", flags.0),
        );
    } else if algorithms != 0 && !flags.has(HeaderFlags::COMPRESSION) {
        note(
            AnomalyKind::AmbiguousCompression,
            0x10,
            format!("an algorithm without COMPRESSION: flags {:#x}", flags.0),
        );
    }
    for (flag, what) in
        [(HeaderFlags::RESOURCE_ONLY, "RESOURCE_ONLY"), (HeaderFlags::METADATA_ONLY, "METADATA_ONLY")]
    {
        if flags.has(flag) {
            note(AnomalyKind::IncompleteBySpecification, 0x10, format!("header flag {what} is set"));
        }
    }
    if flags.0 & !HeaderFlags::KNOWN != 0 {
        note(
            AnomalyKind::ReservedHeaderBits,
            0x10,
            format!("unknown header flags {:#x}", flags.0 & !HeaderFlags::KNOWN),
        );
    }
    if raw.reserved.iter().any(|byte| *byte != 0) {
        note(AnomalyKind::ReservedHeaderBits, 0x94, "the 60 reserved bytes are not all zero".into());
    }
    if raw.boot_index.get() > raw.image_count.get() {
        let detail = format!("boot index {} of {} images", raw.boot_index, raw.image_count);
        note(AnomalyKind::BootIndexOutOfRange, 0x78, detail);
    }
    anomalies
}
