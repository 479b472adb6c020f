//! Pages, extents and streams of a blackboard.

use std::{cell::Cell, collections::HashSet};

const MAGIC: &[u8] = b"DRBKLBSM";
const MAGIC_AT: usize = 0x18;
const PAGE_SIZE_AT: usize = 0x0c;
const TABLE_PAGE_AT: usize = 0x10;
const ROOT_AT: usize = 0x14;

/// The only size of a page that was seen, and of the header.
const PAGE: u64 = 0x100;

/// Number of pages, next page.
const EXTENT_HEADER: u64 = 16;

/// What stands before the pages in the table of handles.
const TABLE_HEADER: usize = 24;

/// Bytes of streams that are put together, as a multiple of the file: each belongs to one stream, but a hostile file can
/// give the same extent to any number of them.
const STREAM_FACTOR: u64 = 4;

/// A blackboard in memory.
pub(super) struct Blackboard<'b> {
    bytes: &'b [u8],
    /// The pages of the handles, each a u64.
    table: Vec<u8>,
    root: u64,
    /// Bytes of streams that may still be put together.
    budget: Cell<u64>,
}

impl<'b> Blackboard<'b> {
    /// # Errors
    /// What stands where instead of what.
    pub(super) fn open(bytes: &'b [u8]) -> Result<Self, String> {
        if bytes.get(MAGIC_AT..MAGIC_AT + MAGIC.len()) != Some(MAGIC) {
            return Err(format!("blackboard header at byte {MAGIC_AT}: expected \"DRBKLBSM\""));
        }
        let field = |at| number(bytes, at, 4).ok_or_else(|| format!("blackboard header at byte {at}: cut"));
        let page = field(PAGE_SIZE_AT)?;
        if page != PAGE {
            return Err(format!(
                "blackboard header at byte {PAGE_SIZE_AT}: pages of {page} bytes, expected {PAGE}"
            ));
        }
        let budget = Cell::new(STREAM_FACTOR * bytes.len() as u64);
        let mut board = Self { bytes, table: Vec::new(), root: field(ROOT_AT)?, budget };
        board.table = board.stream(field(TABLE_PAGE_AT)?)?;
        Ok(board)
    }

    /// The handle of the list of keys at the top.
    pub(super) fn root(&self) -> u64 {
        self.root
    }

    /// The stream of a handle.
    ///
    /// # Errors
    /// As [`Self::stream`]; where the table has no such handle.
    pub(super) fn stream_of(&self, handle: u64) -> Result<Vec<u8>, String> {
        let at =
            usize::try_from(handle).ok().and_then(|handle| handle.checked_mul(8)?.checked_add(TABLE_HEADER));
        let page = at.and_then(|at| number(&self.table, at, 8));
        let handles = self.table.len().saturating_sub(TABLE_HEADER) / 8;
        self.stream(page.ok_or_else(|| format!("handle {handle}: expected less than {handles}"))?)
    }

    /// The payloads of the chain of extents that begins at a page.
    ///
    /// # Errors
    /// An extent outside the file, a chain that goes in a circle, more bytes than the file can hold.
    fn stream(&self, mut page: u64) -> Result<Vec<u8>, String> {
        let mut stream = Vec::new();
        let mut passed = HashSet::new();
        loop {
            let outside =
                || format!("extent at page {page}: expected inside the file of {} bytes", self.bytes.len());
            if !passed.insert(page) {
                return Err(format!("extent at page {page}: the chain of extents goes in a circle"));
            }
            let start = page.checked_add(1).and_then(|page| page.checked_mul(PAGE)).ok_or_else(outside)?;
            let at = usize::try_from(start).map_err(|_| outside())?;
            let pages = number(self.bytes, at, 8).ok_or_else(outside)?;
            let next = number(self.bytes, at.saturating_add(8), 8).ok_or_else(outside)?;
            let length =
                pages.checked_mul(PAGE).filter(|length| *length > EXTENT_HEADER).ok_or_else(outside)?;
            let end =
                usize::try_from(length).ok().and_then(|length| at.checked_add(length)).ok_or_else(outside)?;
            // The last extent of a file that was cut off at its last byte in use.
            let payload = self.bytes.get(at + 16..end.min(self.bytes.len())).ok_or_else(outside)?;
            let left = self.budget.get().checked_sub(payload.len() as u64);
            let limit = STREAM_FACTOR * self.bytes.len() as u64;
            self.budget.set(
                left.ok_or_else(|| format!("extent at page {page}: streams of more than {limit} bytes"))?,
            );
            stream.extend_from_slice(payload);
            if next == 0 {
                return Ok(stream);
            }
            page = next;
        }
    }
}

/// The unsigned number of 4 or 8 bytes at an offset.
pub(super) fn number(bytes: &[u8], at: usize, width: usize) -> Option<u64> {
    let field = bytes.get(at..at.checked_add(width)?)?;
    Some(field.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte)))
}
