//! The base block: the first 4096 bytes of a hive, of which a transaction log holds a copy of the first sector.

use wimproof_wim::FileTime;

use super::{
    bytes::{u32_at, u64_at},
    error::{Error, Result, malformed, place},
};

/// Bytes of the base block in a hive. Offsets inside the hive count from here.
pub(super) const BASE_BLOCK_SIZE: usize = 4096;

/// Bytes of the part that carries the fields and the checksum.
pub(super) const HEAD_SIZE: usize = 512;

/// What kind of file a base block begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FileKind {
    Hive,
    /// A log of dirty pages behind a bitmap, until Windows 8.
    OldLog,
    /// A log of hashed entries, since Windows 8.1.
    NewLog,
    Unknown(u32),
}

/// The fields of a base block that this reader uses.
#[derive(Debug, Clone, Copy)]
pub(super) struct BaseBlock {
    /// Raised when writing begins.
    pub(super) primary: u32,
    /// Raised when writing has ended: equal to `primary` unless it was interrupted.
    pub(super) secondary: u32,
    pub(super) written: FileTime,
    pub(super) major: u32,
    pub(super) minor: u32,
    pub(super) kind: FileKind,
    /// Offset of the root's cell in the hive bins.
    pub(super) root: u32,
    /// Bytes of all hive bins.
    pub(super) bins_size: u32,
    /// Sector size of the disk in units of 512 bytes.
    pub(super) clustering: u32,
    pub(super) checksum_fits: bool,
}

impl BaseBlock {
    /// Decodes the base block at the start of a hive or log.
    pub(super) fn parse(file: &[u8]) -> Result<Self> {
        if !file.starts_with(b"regf") {
            let found = hex::encode(file.get(..4).unwrap_or(file));
            return Err(Error::NotAHive { found: if found.is_empty() { "nothing".into() } else { found } });
        }
        let cut = || malformed(place("base block", 0), format_args!("{} bytes", file.len()), HEAD_SIZE);
        let head = file.get(..HEAD_SIZE).ok_or_else(cut)?;
        let field = |at| u32_at(head, at).ok_or_else(cut);
        Ok(Self {
            primary: field(4)?,
            secondary: field(8)?,
            written: FileTime(u64_at(head, 12).ok_or_else(cut)?),
            major: field(20)?,
            minor: field(24)?,
            kind: match field(28)? {
                0 => FileKind::Hive,
                1 | 2 => FileKind::OldLog,
                6 => FileKind::NewLog,
                other => FileKind::Unknown(other),
            },
            root: field(36)?,
            bins_size: field(40)?,
            clustering: field(44)?,
            checksum_fits: field(508)? == checksum(head),
        })
    }

    /// Whether a write was begun and not ended, or the block itself is damaged.
    pub(super) fn is_dirty(&self) -> bool {
        !self.checksum_fits || self.primary != self.secondary
    }
}

/// XOR of the first 127 words; all zeros and all ones are replaced, because they stand for "no checksum".
fn checksum(head: &[u8]) -> u32 {
    let (words, _) = head.as_chunks::<4>();
    match words.iter().take(127).fold(0, |sum, word| sum ^ u32::from_le_bytes(*word)) {
        0 => 1,
        u32::MAX => u32::MAX - 1,
        sum => sum,
    }
}
