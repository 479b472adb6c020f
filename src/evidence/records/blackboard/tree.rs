//! Keys and values of a blackboard.

use std::collections::HashSet;

use super::format::{Blackboard, number};

/// Records that are read.
const MAX_RECORDS: u32 = 100_000;

/// Keys inside each other.
const MAX_DEPTH: usize = 64;

/// Characters of a name that are kept.
const MAX_NAME: usize = 512;

/// Bytes of the path of a key; those of setup have less than 100.
const MAX_PATH: usize = 1024;

/// Characters of a text that are kept.
const MAX_TEXT: usize = 32 << 10;

/// Where a list names its first record.
const FIRST_AT: usize = 16;

/// Size, next, id, hash.
const RECORD_HEADER: usize = 24;

/// Where names begin in records of keys and of values.
const NAME_AT: usize = 40;

/// No record, or no list.
const NONE: u64 = u64::MAX;

/// A value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Data {
    Text(String),
    Number(u64),
    /// Of another type.
    Other,
}

/// A value where it stands.
#[derive(Debug)]
pub(super) struct Found<'f> {
    /// Path of the key, with a backslash before each name.
    pub(super) key: &'f str,
    pub(super) name: &'f str,
    pub(super) data: Data,
}

/// Walks all keys, each list once, and gives their values.
///
/// # Errors
/// The first thing that is broken; what else can be reached was given all the same.
pub(super) fn walk(board: &Blackboard<'_>, mut give: impl FnMut(Found<'_>)) -> Result<(), String> {
    let mut walk = Walk { passed: HashSet::new(), left: MAX_RECORDS, first: None };
    let mut open = vec![(String::new(), board.root())];
    while let Some((path, handle)) = open.pop() {
        for record in walk.list(board, handle, "keys") {
            let handles = [RECORD_HEADER, RECORD_HEADER + 8].map(|at| number(&record, at, 8).unwrap_or(NONE));
            let key = format!("{path}\\{}", text(record.get(NAME_AT..).unwrap_or_default(), MAX_NAME));
            if key.len() > MAX_PATH {
                walk.broke(format!("a key with a path of more than {MAX_PATH} bytes"));
                continue;
            }
            let [below, values] = handles;
            for value in walk.list(board, values, "values") {
                if let Some((name, data)) = value_of(&value) {
                    give(Found { key: &key, name: &name, data });
                }
            }
            if key.matches('\\').count() < MAX_DEPTH {
                open.push((key, below));
            } else {
                walk.broke(format!("more than {MAX_DEPTH} keys inside each other"));
            }
        }
    }
    walk.first.map_or(Ok(()), Err)
}

struct Walk {
    /// Handles of lists that were read.
    passed: HashSet<u64>,
    /// Records that may still be read.
    left: u32,
    /// What was broken first.
    first: Option<String>,
}

impl Walk {
    fn broke(&mut self, why: String) {
        self.first.get_or_insert(why);
    }

    /// The records of a list, as far as they can be read.
    fn list(&mut self, board: &Blackboard<'_>, handle: u64, of: &str) -> Vec<Vec<u8>> {
        let mut records = Vec::new();
        if handle == 0 || handle == NONE {
            return records;
        }
        if !self.passed.insert(handle) {
            self.broke(format!("list of {of} with handle {handle}: it is part of itself or of two keys"));
            return records;
        }
        let stream = match board.stream_of(handle) {
            Ok(stream) => stream,
            Err(why) => {
                self.broke(format!("list of {of}: {why}"));
                return records;
            }
        };
        let mut at = number(&stream, FIRST_AT, 8).unwrap_or(NONE);
        let mut offsets = HashSet::new();
        // Records that lie over one another would be more than the list that they are in.
        let mut room = stream.len();
        while at != NONE && at != 0 {
            match self.record(&stream, at, &mut offsets, &mut room) {
                Ok((record, next)) => {
                    records.push(record);
                    at = next;
                }
                Err(why) => {
                    self.broke(format!("list of {of} with handle {handle}: {why}"));
                    return records;
                }
            }
        }
        records
    }

    /// A record, and where the next one stands; `room` is what the records of a list may still have, in bytes.
    fn record(
        &mut self,
        stream: &[u8],
        at: u64,
        offsets: &mut HashSet<u64>,
        room: &mut usize,
    ) -> Result<(Vec<u8>, u64), String> {
        if !offsets.insert(at) {
            return Err(format!("record at offset {at}: the chain of records goes in a circle"));
        }
        self.left = self.left.checked_sub(1).ok_or_else(|| format!("more than {MAX_RECORDS} records"))?;
        let outside = || format!("record at offset {at}: expected inside a list of {} bytes", stream.len());
        let start = usize::try_from(at).map_err(|_| outside())?;
        let size =
            number(stream, start, 8).and_then(|size| usize::try_from(size).ok()).ok_or_else(outside)?;
        let next = number(stream, start.saturating_add(8), 8).ok_or_else(outside)?;
        let end = start.checked_add(size).filter(|_| size >= NAME_AT).ok_or_else(outside)?;
        let record = stream.get(start..end).ok_or_else(outside)?;
        *room =
            room.checked_sub(size).ok_or_else(|| format!("record at offset {at}: it lies over others"))?;
        Ok((record.to_vec(), next))
    }
}

/// Name and data of a value. The length of the name is taken as bytes, or as characters where only that fills the record.
fn value_of(record: &[u8]) -> Option<(String, Data)> {
    let field = |at| number(record, RECORD_HEADER + at, 4).and_then(|number| usize::try_from(number).ok());
    let (kind, data_length, name_length) = (field(0)?, field(8)?, field(12)?);
    let fits =
        |name: usize| NAME_AT.checked_add(name)?.checked_add(data_length).filter(|end| *end <= record.len());
    let fills = |name: usize| fits(name).is_some_and(|end| record.len() - end < 8);
    let doubled = name_length.checked_mul(2)?;
    let name_length = if !fills(name_length) && fills(doubled) { doubled } else { name_length };
    let end = fits(name_length)?;
    let data = record.get(end - data_length..end)?;
    let name = text(record.get(NAME_AT..NAME_AT + name_length)?, MAX_NAME);
    let data = match kind {
        1 => Data::Text(text(data, MAX_TEXT)),
        4 if data_length >= 4 => Data::Number(number(data, 0, 4)?),
        5 if data_length >= 8 => Data::Number(number(data, 0, 8)?),
        _ => Data::Other,
    };
    Some((name, data))
}

/// UTF-16 up to a zero.
fn text(bytes: &[u8], limit: usize) -> String {
    let units = bytes.as_chunks::<2>().0.iter().map(|unit| u16::from_le_bytes(*unit));
    let units: Vec<u16> = units.take_while(|unit| *unit != 0).take(limit).collect();
    String::from_utf16_lossy(&units)
}
