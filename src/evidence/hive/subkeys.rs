//! The lists of a key's subkeys: `lf`, `lh`, `li`, and `ri`, a list of such lists.

use super::{
    cell::Cells,
    error::{Error, Result, malformed},
    key::Key,
    limits::MAX_SUBKEYS,
};

/// Bytes of the smallest cell that holds a key.
const SMALLEST_KEY: usize = 80;

/// Elements of one list: each begins with an offset in the hive bins.
#[derive(Default)]
struct Elements<'h> {
    bytes: &'h [u8],
    /// Bytes of an element.
    stride: usize,
}

impl Iterator for Elements<'_> {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        let offset = self.bytes.first_chunk()?;
        self.bytes = self.bytes.get(self.stride..).unwrap_or_default();
        Some(u32::from_le_bytes(*offset))
    }
}

/// A list, and what is wrong with it.
struct List<'h> {
    elements: Elements<'h>,
    /// Whether its elements are lists.
    of_lists: bool,
    trouble: Option<Error>,
}

impl<'h> List<'h> {
    fn read(cells: Cells<'h>, offset: u32) -> Result<Self> {
        let cell = cells.cell(offset, "list of subkeys")?;
        let (stride, of_lists) = match cell.body.first_chunk() {
            Some(b"lf" | b"lh") => (8, false),
            Some(b"li") => (4, false),
            Some(b"ri") => (4, true),
            _ => return Err(malformed(cell.place, cell.signature(), "signature lf, lh, li or ri")),
        };
        let count = usize::from(cell.u16(2)?);
        let there = cell.body.len().saturating_sub(4) / stride;
        let trouble = (count > there).then(|| {
            let found = format!("{count} elements in a cell of {} bytes", cell.body.len());
            malformed(cell.place, found, format_args!("at most {there}"))
        });
        let bytes = cell.bytes(4, stride * count.min(there))?;
        Ok(Self { elements: Elements { bytes, stride }, of_lists, trouble })
    }
}

/// The subkeys of a key. Neither loops of lists nor huge counts make it endless: there are two levels of lists, and no
/// more subkeys than keys have room in the hive.
pub struct Subkeys<'h> {
    parent: Key<'h>,
    /// Subkeys that the key says it has.
    claimed: u32,
    /// Subkeys that may still come.
    room: usize,
    seen: u32,
    /// Lists of the list of lists that were not looked at yet.
    lists: Elements<'h>,
    /// Subkeys of the list at hand.
    keys: Elements<'h>,
    /// What is said when the list at hand is at its end.
    trouble: Option<Error>,
    ended: bool,
}

impl<'h> Subkeys<'h> {
    pub(super) fn new(parent: &Key<'h>) -> Self {
        let room = (parent.cells().size() / SMALLEST_KEY).min(MAX_SUBKEYS);
        let (lists, keys) = Default::default();
        let parent = parent.clone();
        let mut subkeys =
            Self { parent, claimed: 0, room, seen: 0, lists, keys, trouble: None, ended: false };
        if let Err(error) = subkeys.begin() {
            // Of a list that cannot be read no count can be compared.
            (subkeys.trouble, subkeys.claimed) = (Some(error), 0);
        }
        subkeys
    }

    fn begin(&mut self) -> Result<()> {
        let (claimed, list) = self.parent.subkey_list()?;
        if let Some(list) = list {
            let list = List::read(self.parent.cells(), list)?;
            match list.of_lists {
                true => self.lists = list.elements,
                false => self.keys = list.elements,
            }
            self.trouble = list.trouble;
        }
        self.claimed = claimed;
        Ok(())
    }

    /// Goes on to the next list; an error when it is none.
    fn next_list(&mut self, offset: u32) -> Result<()> {
        let list = List::read(self.parent.cells(), offset)?;
        if list.of_lists {
            return Err(self.parent.malformed("a list of lists in a list of lists", "lf, lh or li"));
        }
        (self.keys, self.trouble) = (list.elements, list.trouble);
        Ok(())
    }

    /// What is wrong with the lists as a whole, said once.
    fn end(&mut self) -> Option<Error> {
        if self.ended {
            return None;
        }
        self.ended = true;
        let differs = self.seen != self.claimed;
        differs.then(|| self.parent.malformed(format_args!("{} subkeys", self.seen), self.claimed))
    }
}

impl<'h> Iterator for Subkeys<'h> {
    type Item = Result<Key<'h>>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if self.ended {
                return None;
            }
            if self.room == 0 {
                return self.end().map(Err);
            }
            if let Some(offset) = self.keys.next() {
                self.room -= 1;
                self.seen += 1;
                return Some(self.parent.child(offset));
            }
            if let Some(error) = self.trouble.take() {
                return Some(Err(error));
            }
            match self.lists.next() {
                None => return self.end().map(Err),
                Some(offset) => {
                    if let Err(error) = self.next_list(offset) {
                        return Some(Err(error));
                    }
                }
            }
        }
    }
}

impl std::fmt::Debug for Subkeys<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Subkeys").field("parent", &self.parent).finish_non_exhaustive()
    }
}
