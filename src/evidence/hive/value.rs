//! Values of a key.

use std::{borrow::Cow, fmt};

use wimproof_wim::FileTime;

use super::{
    bytes::index,
    cell::{Cell, Cells, file_offset},
    error::{Error, Result, malformed},
    limits::{MAX_TEXT_BYTES, MAX_VALUE_BYTES},
    text::{self, Text},
};

/// Data longer than this stand in segments of this length, in hives of version 1.4 and later.
const SEGMENT: usize = 16_344;

/// Bit of the data's length: the data stand in the place of their offset.
const INLINE: u32 = 1 << 31;

/// Bit of a value's flags: its name has one byte a character.
const COMPRESSED_NAME: u16 = 1;

/// What kind of data a value says it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ValueKind {
    /// `REG_NONE`.
    None,
    /// `REG_SZ`.
    Text,
    /// `REG_EXPAND_SZ`.
    ExpandText,
    /// `REG_BINARY`.
    Binary,
    /// `REG_DWORD`.
    Dword,
    /// `REG_DWORD_BIG_ENDIAN`.
    DwordBigEndian,
    /// `REG_LINK`.
    Link,
    /// `REG_MULTI_SZ`.
    MultiText,
    /// `REG_QWORD`.
    Qword,
    /// Any other. Device properties have `0xffff0000` plus a type of their own.
    Other(u32),
}

impl From<u32> for ValueKind {
    fn from(raw: u32) -> Self {
        match raw {
            0 => Self::None,
            1 => Self::Text,
            2 => Self::ExpandText,
            3 => Self::Binary,
            4 => Self::Dword,
            5 => Self::DwordBigEndian,
            6 => Self::Link,
            7 => Self::MultiText,
            11 => Self::Qword,
            other => Self::Other(other),
        }
    }
}

impl fmt::Display for ValueKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("REG_NONE"),
            Self::Text => f.write_str("REG_SZ"),
            Self::ExpandText => f.write_str("REG_EXPAND_SZ"),
            Self::Binary => f.write_str("REG_BINARY"),
            Self::Dword => f.write_str("REG_DWORD"),
            Self::DwordBigEndian => f.write_str("REG_DWORD_BIG_ENDIAN"),
            Self::Link => f.write_str("REG_LINK"),
            Self::MultiText => f.write_str("REG_MULTI_SZ"),
            Self::Qword => f.write_str("REG_QWORD"),
            Self::Other(raw) => write!(f, "type {raw:#x}"),
        }
    }
}

/// A value: its name and kind. The data are read when asked for.
#[derive(Clone)]
pub struct Value<'h> {
    cells: Cells<'h>,
    /// Whether long data stand in segments.
    segmented: bool,
    cell: Cell<'h>,
    name: String,
    kind: ValueKind,
    size: u32,
}

impl<'h> Value<'h> {
    pub(super) fn read(cells: Cells<'h>, segmented: bool, offset: u32) -> Result<Self> {
        let cell = cells.signed(offset, *b"vk", "value")?;
        let name = cell.bytes(20, cell.u16(2)?.into())?;
        let name = text::name(name, cell.u16(16)? & COMPRESSED_NAME != 0);
        let (kind, size) = (cell.u32(12)?.into(), cell.u32(4)?);
        Ok(Self { cells, segmented, cell, name, kind, size })
    }

    /// The name; empty for the default value of a key.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What the value says its data are.
    pub fn kind(&self) -> ValueKind {
        self.kind
    }

    /// Bytes of data that the value claims.
    pub fn size(&self) -> u32 {
        self.size & !INLINE
    }

    /// Where the value's cell stands, in bytes from the start of the hive file.
    pub fn offset(&self) -> u64 {
        self.cell.place.offset
    }

    /// The data.
    pub fn data(&self) -> Result<Cow<'h, [u8]>> {
        let size = self.size();
        if self.size & INLINE != 0 {
            if size > 4 {
                return Err(self.malformed(format_args!("{size} bytes in place of an offset"), "at most 4"));
            }
            return self.cell.bytes(8, index(size)).map(Cow::Borrowed);
        }
        if size == 0 {
            return Ok(Cow::Borrowed(&[]));
        }
        self.at_most(MAX_VALUE_BYTES)?;
        let cell = self.cells.cell(self.cell.u32(8)?, "data of a value")?;
        let size = index(size);
        if self.segmented && size > SEGMENT && cell.body.starts_with(b"db") {
            return self.segments(cell, size).map(Cow::Owned);
        }
        cell.bytes(0, size).map(Cow::Borrowed)
    }

    /// Data in segments: all but the last have the full length.
    fn segments(&self, record: Cell<'h>, size: usize) -> Result<Vec<u8>> {
        let count = usize::from(record.u16(2)?);
        let needed = size.div_ceil(SEGMENT);
        if count != needed {
            let found = format!("{count} segments for {size} bytes");
            return Err(malformed(record.place, found, needed));
        }
        let list = self.cells.cell(record.u32(4)?, "list of data segments")?;
        let mut data = Vec::new();
        for number in 0..count {
            let segment = self.cells.cell(list.u32(4 * number)?, "data segment")?;
            data.extend_from_slice(segment.bytes(0, SEGMENT.min(size - data.len()))?);
        }
        Ok(data)
    }

    /// The data as UTF-16LE text up to the first NUL, of the kinds that hold text and of device properties.
    pub fn text(&self) -> Result<Text> {
        match self.kind {
            ValueKind::Text | ValueKind::ExpandText | ValueKind::Link | ValueKind::Other(_) => {
                self.at_most(MAX_TEXT_BYTES)?;
                self.data().map(|data| text::text(&data))
            }
            other => Err(self.malformed(other, "a text")),
        }
    }

    /// The texts of a `REG_MULTI_SZ`.
    pub fn multi_text(&self) -> Result<Vec<Text>> {
        if self.kind != ValueKind::MultiText {
            return Err(self.malformed(self.kind, ValueKind::MultiText));
        }
        self.at_most(MAX_TEXT_BYTES)?;
        self.data().map(|data| text::texts(&data))
    }

    /// The number of a `REG_DWORD`, of either byte order.
    pub fn dword(&self) -> Result<u32> {
        match self.kind {
            ValueKind::Dword => self.fixed().map(u32::from_le_bytes),
            ValueKind::DwordBigEndian => self.fixed().map(u32::from_be_bytes),
            other => Err(self.malformed(other, ValueKind::Dword)),
        }
    }

    /// The number of a `REG_QWORD`.
    pub fn qword(&self) -> Result<u64> {
        match self.kind {
            ValueKind::Qword => self.fixed().map(u64::from_le_bytes),
            other => Err(self.malformed(other, ValueKind::Qword)),
        }
    }

    /// A FILETIME (100 ns since 1601-01-01 UTC): eight bytes of whatever kind.
    pub fn file_time(&self) -> Result<FileTime> {
        self.fixed().map(|bytes| FileTime(u64::from_le_bytes(bytes)))
    }

    fn fixed<const N: usize>(&self) -> Result<[u8; N]> {
        let data = self.data()?;
        let wrong = |_| self.malformed(format_args!("{} bytes of data", data.len()), format_args!("{N}"));
        <[u8; N]>::try_from(&*data).map_err(wrong)
    }

    fn at_most(&self, limit: u32) -> Result<()> {
        let (claimed, limit) = (self.size().into(), limit.into());
        if claimed > limit {
            return Err(Error::TooLarge { place: self.cell.place, claimed, limit });
        }
        Ok(())
    }

    fn malformed(&self, found: impl fmt::Display, expected: impl fmt::Display) -> Error {
        malformed(self.cell.place, found, expected)
    }
}

impl fmt::Debug for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Data are left out: they may be a secret.
        f.debug_struct("Value").field("name", &self.name).field("kind", &self.kind).finish_non_exhaustive()
    }
}

/// The values of a key, in the order of its list.
#[derive(Debug)]
pub struct Values<'h> {
    cells: Cells<'h>,
    segmented: bool,
    /// Offsets that are left.
    offsets: &'h [u8],
    /// What is said at the end.
    trouble: Option<Error>,
}

impl<'h> Values<'h> {
    pub(super) fn new(cells: Cells<'h>, segmented: bool, list: Result<(&'h [u8], Option<Error>)>) -> Self {
        let (offsets, trouble) = list.unwrap_or_else(|error| (&[], Some(error)));
        Self { cells, segmented, offsets, trouble }
    }
}

impl<'h> Iterator for Values<'h> {
    type Item = Result<Value<'h>>;

    fn next(&mut self) -> Option<Self::Item> {
        match self.offsets.split_first_chunk() {
            Some((offset, rest)) => {
                self.offsets = rest;
                Some(Value::read(self.cells, self.segmented, u32::from_le_bytes(*offset)))
            }
            None => self.trouble.take().map(Err),
        }
    }
}

impl fmt::Debug for Cells<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes of hive bins from {}", self.size(), file_offset(0))
    }
}
