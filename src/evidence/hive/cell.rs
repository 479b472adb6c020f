//! Cells: the pieces of a hive's bins that hold keys, values, lists and data, found by their offset.

use wimproof_wim::Place;

use super::{
    base_block::BASE_BLOCK_SIZE,
    bytes::{array, index, u16_at, u32_at, u64_at},
    error::{Error, Result, malformed, place},
};

/// What stands where an offset could stand and there is nothing.
pub(super) const NOTHING: u32 = u32::MAX;

/// The hive bins.
#[derive(Clone, Copy)]
pub(super) struct Cells<'h> {
    bins: &'h [u8],
}

/// A cell in use, without its length field.
#[derive(Clone, Copy)]
pub(super) struct Cell<'h> {
    pub(super) body: &'h [u8],
    pub(super) place: Place,
}

/// Offset in the file of a cell at an offset in the bins.
pub(super) fn file_offset(cell: u32) -> u64 {
    BASE_BLOCK_SIZE as u64 + u64::from(cell)
}

impl<'h> Cells<'h> {
    pub(super) fn new(bins: &'h [u8]) -> Self {
        Self { bins }
    }

    /// Bytes of all bins.
    pub(super) fn size(self) -> usize {
        self.bins.len()
    }

    /// The cell at an offset of the bins; `structure` says what it should hold.
    pub(super) fn cell(self, offset: u32, structure: &'static str) -> Result<Cell<'h>> {
        let place = place(structure, file_offset(offset));
        let outside =
            |length| Error::OutsideHive { place, length, hive_size: file_offset(0) + self.size() as u64 };
        let cell = self.bins.get(index(offset)..).ok_or_else(|| outside(8))?;
        let length = array(cell, 0).map(i32::from_le_bytes).ok_or_else(|| outside(8))?;
        if !offset.is_multiple_of(8) || length > -8 {
            let found = format!("a cell length of {length} at offset {offset:#x} of the hive bins");
            return Err(malformed(place, found, "a cell in use (length -8 or less, offset divisible by 8)"));
        }
        let length = length.unsigned_abs();
        let body = cell.get(4..index(length)).ok_or_else(|| outside(length.into()))?;
        Ok(Cell { body, place })
    }

    /// The cell at an offset, which must begin with a signature.
    pub(super) fn signed(self, offset: u32, signature: [u8; 2], structure: &'static str) -> Result<Cell<'h>> {
        let cell = self.cell(offset, structure)?;
        if !cell.body.starts_with(&signature) {
            let expected = format!("signature \"{}\"", signature.escape_ascii());
            return Err(malformed(cell.place, cell.signature(), expected));
        }
        Ok(cell)
    }
}

impl<'h> Cell<'h> {
    /// The first two bytes, in words.
    pub(super) fn signature(self) -> String {
        format!("signature \"{}\"", self.body.get(..2).unwrap_or(self.body).escape_ascii())
    }

    pub(super) fn u16(self, at: usize) -> Result<u16> {
        u16_at(self.body, at).ok_or_else(|| self.too_short(at + 2))
    }

    pub(super) fn u32(self, at: usize) -> Result<u32> {
        u32_at(self.body, at).ok_or_else(|| self.too_short(at + 4))
    }

    pub(super) fn u64(self, at: usize) -> Result<u64> {
        u64_at(self.body, at).ok_or_else(|| self.too_short(at + 8))
    }

    /// Some bytes of the cell.
    pub(super) fn bytes(self, at: usize, length: usize) -> Result<&'h [u8]> {
        let end = at.saturating_add(length);
        self.body.get(at..end).ok_or_else(|| self.too_short(end))
    }

    fn too_short(self, needed: usize) -> Error {
        malformed(
            self.place,
            format_args!("a cell of {} bytes", self.body.len()),
            format_args!("at least {needed}"),
        )
    }
}
