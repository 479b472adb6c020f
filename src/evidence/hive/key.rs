//! Keys.

use std::fmt;

use wimproof_wim::FileTime;

use super::{
    Hive,
    bytes::index,
    cell::{Cell, Cells, NOTHING},
    error::{Error, Result, malformed},
    limits::{MAX_DEPTH, MAX_KEY_NAME, MAX_VALUES},
    subkeys::Subkeys,
    text::{self, same_name},
    value::{Value, Values},
};

/// Bit of a key's flags: its count of values is something else.
const PREDEFINED_HANDLE: u16 = 0x40;

/// Bit of a key's flags: its name has one byte a character.
const COMPRESSED_NAME: u16 = 0x20;

/// A key.
#[derive(Clone)]
pub struct Key<'h> {
    hive: &'h Hive,
    cell: Cell<'h>,
    /// Offset of its cell in the hive bins.
    offset: u32,
    name: String,
    path: String,
    written: FileTime,
}

impl<'h> Key<'h> {
    /// The key that the base block names as root.
    pub(super) fn root(hive: &'h Hive, offset: u32) -> Result<Self> {
        Self::read(hive, offset, String::new())
    }

    /// A key of a list of this key's subkeys. A key belongs to one parent: what names another does not belong here,
    /// and loops cannot come about.
    pub(super) fn child(&self, offset: u32) -> Result<Self> {
        let child = Self::read(self.hive, offset, self.path.clone())?;
        let parent = child.cell.u32(16)?;
        if parent != self.offset {
            let expected = format!("{:#x}, the offset of {}", self.offset, self.display_path());
            return Err(malformed(child.cell.place, format_args!("parent {parent:#x}"), expected));
        }
        if offset == self.hive.root_offset() {
            return Err(malformed(child.cell.place, "the root as a subkey", "a key below it"));
        }
        Ok(Self { path: join(&self.path, &child.name), ..child })
    }

    fn read(hive: &'h Hive, offset: u32, path: String) -> Result<Self> {
        let cell = hive.cells().signed(offset, *b"nk", "key")?;
        let length = usize::from(cell.u16(72)?);
        if length > MAX_KEY_NAME {
            let found = format!("a name of {length} bytes");
            return Err(malformed(cell.place, found, format_args!("at most {MAX_KEY_NAME}")));
        }
        let name = cell.bytes(76, length)?;
        let name = text::name(name, cell.u16(2)? & COMPRESSED_NAME != 0);
        Ok(Self { hive, cell, offset, name, path, written: FileTime(cell.u64(4)?) })
    }

    /// The name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Names from below the root to this key, joined by `\`; empty for the root, whose name says nothing.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// When a value or subkey was last added, changed or removed. Survives in images: it may be older than the machine.
    pub fn last_written(&self) -> FileTime {
        self.written
    }

    /// Where the key's cell stands, in bytes from the start of the hive file.
    pub fn offset(&self) -> u64 {
        self.cell.place.offset
    }

    /// Where the key's cell stands in the hive bins: what [`child`](Self::child) of its parent takes.
    pub(super) fn cell_offset(&self) -> u32 {
        self.offset
    }

    /// The subkeys, in the order of the lists. A broken one is an error; the others come all the same.
    pub fn subkeys(&self) -> Subkeys<'h> {
        Subkeys::new(self)
    }

    /// The subkey of a name, whose case does not count. Where there is none, but some cannot be read, the first of
    /// their errors.
    pub fn subkey(&self, name: &str) -> Result<Option<Self>> {
        find(self.subkeys(), |key| same_name(&key.name, name))
    }

    /// The key at a path below this one: names joined by `\`, whose case does not count.
    pub fn key(&self, path: &str) -> Result<Option<Self>> {
        let mut key = self.clone();
        for (depth, name) in path.split('\\').filter(|name| !name.is_empty()).enumerate() {
            let below = if depth < MAX_DEPTH { key.subkey(name)? } else { None };
            let Some(below) = below else { return Ok(None) };
            key = below;
        }
        Ok(Some(key))
    }

    /// The values, in the order of the list. A broken one is an error; the others come all the same.
    pub fn values(&self) -> Values<'h> {
        Values::new(self.cells(), self.hive.has_segments(), self.value_list())
    }

    /// The value of a name, whose case does not count; the default value has the name "". Errors as for
    /// [`subkey`](Self::subkey).
    pub fn value(&self, name: &str) -> Result<Option<Value<'h>>> {
        find(self.values(), |value| same_name(value.name(), name))
    }

    /// Offsets of the values, as many as can be had, and why there are not more.
    fn value_list(&self) -> Result<(&'h [u8], Option<Error>)> {
        let count = index(self.cell.u32(36)?);
        if count == 0 || self.cell.u16(2)? & PREDEFINED_HANDLE != 0 {
            return Ok((&[], None));
        }
        let list = self.cells().cell(self.cell.u32(40)?, "list of values")?;
        let there = (list.body.len() / 4).min(MAX_VALUES);
        let trouble = (count > there).then(|| {
            let found = format!("{count} values in a list of {} bytes", list.body.len());
            malformed(list.place, found, format_args!("at most {there}"))
        });
        Ok((list.bytes(0, 4 * count.min(there))?, trouble))
    }

    /// How many subkeys the key says it has, and where the list of them stands.
    pub(super) fn subkey_list(&self) -> Result<(u32, Option<u32>)> {
        let (count, list) = (self.cell.u32(20)?, self.cell.u32(28)?);
        Ok((count, (list != NOTHING && count != 0).then_some(list)))
    }

    pub(super) fn cells(&self) -> Cells<'h> {
        self.hive.cells()
    }

    pub(super) fn malformed(&self, found: impl fmt::Display, expected: impl fmt::Display) -> Error {
        malformed(self.cell.place, found, expected)
    }

    fn display_path(&self) -> &str {
        if self.path.is_empty() { "the root" } else { &self.path }
    }
}

/// The first that fits; the first error where none does.
pub(super) fn find<T>(
    mut items: impl Iterator<Item = Result<T>>,
    fits: impl Fn(&T) -> bool,
) -> Result<Option<T>> {
    let mut trouble = None;
    let found = items.find_map(|item| match item {
        Ok(item) => fits(&item).then_some(item),
        Err(error) => {
            trouble.get_or_insert(error);
            None
        }
    });
    match (found, trouble) {
        (None, Some(error)) => Err(error),
        (found, _) => Ok(found),
    }
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}\\{name}") }
}

impl fmt::Debug for Key<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Key")
            .field("path", &self.path)
            .field("offset", &self.offset())
            .finish_non_exhaustive()
    }
}
