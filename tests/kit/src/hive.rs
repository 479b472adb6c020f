//! Makes registry hives (`regf`) and their transaction logs, independent of the reader that is tested with them.
//!
//! ```
//! use wimproof_testkit::hive::{Hive, Key};
//!
//! let setup = Key::new("Setup").sz("CmdLine", "").dword("SetupType", 0);
//! let bytes = Hive::new(Key::new("ROOT").subkey(setup)).build();
//! assert_eq!(&bytes[..4], b"regf");
//! ```

use crate::bytes::{index, put16, put32, put64, small};

/// Bytes of the base block.
pub const BASE: usize = 4096;

/// Sector in which logs count.
const SECTOR: usize = 512;

/// Page in which changes are written to logs.
const PAGE: usize = 4096;

/// Longest data that stand in one cell, of the versions that have segments.
const SEGMENT: usize = 16_344;

/// What list of subkeys a key has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum List {
    /// With the first characters of names.
    Lf,
    /// With hashes of names.
    Lh,
    /// Only offsets.
    Li,
    /// A list of `lh` lists with this many subkeys each.
    Ri(usize),
}

/// A value: name, kind and data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Value {
    /// Name, empty for the default value.
    pub name: String,
    /// Kind, for example 1 for `REG_SZ`.
    pub kind: u32,
    /// Data.
    pub data: Vec<u8>,
}

/// A key with all that is below it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// Name.
    pub name: String,
    /// FILETIME of the last write.
    pub written: u64,
    /// Kind of the list of subkeys.
    pub list: List,
    /// Values.
    pub values: Vec<Value>,
    /// Subkeys, in the order in which they are listed.
    pub subkeys: Vec<Self>,
}

impl Key {
    /// A key without values and subkeys.
    #[must_use]
    pub fn new(name: &str) -> Self {
        let written = crate::filetime(2020, 1, 2, 3, 4, 5);
        Self { name: name.into(), written, list: List::Lh, values: Vec::new(), subkeys: Vec::new() }
    }

    /// Sets the FILETIME of the last write.
    #[must_use]
    pub fn written(mut self, written: u64) -> Self {
        self.written = written;
        self
    }

    /// Sets the kind of the list of subkeys.
    #[must_use]
    pub fn list(mut self, list: List) -> Self {
        self.list = list;
        self
    }

    /// Adds a subkey.
    #[must_use]
    pub fn subkey(mut self, key: Self) -> Self {
        self.subkeys.push(key);
        self
    }

    /// Adds a key below others, which are made where they are missing.
    #[must_use]
    pub fn below(mut self, path: &str, key: Self) -> Self {
        let mut at = &mut self;
        for name in path.split('\\') {
            let found = at.subkeys.iter().position(|key| key.name == name);
            let place = found.unwrap_or_else(|| {
                at.subkeys.push(Self::new(name));
                at.subkeys.len() - 1
            });
            at = &mut at.subkeys[place];
        }
        at.subkeys.push(key);
        self
    }

    /// Adds a value.
    #[must_use]
    pub fn value(mut self, name: &str, kind: u32, data: &[u8]) -> Self {
        self.values.push(Value { name: name.into(), kind, data: data.into() });
        self
    }

    /// Adds a `REG_SZ`.
    #[must_use]
    pub fn sz(self, name: &str, text: &str) -> Self {
        self.value(name, 1, &utf16(&format!("{text}\0")))
    }

    /// Adds a `REG_MULTI_SZ`.
    #[must_use]
    pub fn multi(self, name: &str, texts: &[&str]) -> Self {
        self.value(name, 7, &utf16(&format!("{}\0\0", texts.join("\0"))))
    }

    /// Adds a `REG_DWORD`.
    #[must_use]
    pub fn dword(self, name: &str, number: u32) -> Self {
        self.value(name, 4, &number.to_le_bytes())
    }

    /// Adds a `REG_QWORD`.
    #[must_use]
    pub fn qword(self, name: &str, number: u64) -> Self {
        self.value(name, 11, &number.to_le_bytes())
    }
}

/// A hive to be written.
#[derive(Clone, Debug)]
pub struct Hive {
    root: Key,
    minor: usize,
    sequences: (u32, u32),
    written: u64,
    bins: u32,
}

impl Hive {
    /// A sound hive of version 1.5.
    #[must_use]
    pub fn new(root: Key) -> Self {
        let written = crate::filetime(2020, 1, 2, 3, 4, 6);
        Self { root, minor: 5, sequences: (7, 7), written, bins: 0 }
    }

    /// Sets the minor version; data are not cut into segments below 4.
    #[must_use]
    pub fn minor(mut self, minor: usize) -> Self {
        self.minor = minor;
        self
    }

    /// Sets the sequence numbers; the hive is dirty where they differ.
    #[must_use]
    pub fn sequences(mut self, primary: u32, secondary: u32) -> Self {
        self.sequences = (primary, secondary);
        self
    }

    /// Sets a least number of bytes of the bins; empty bins are added.
    #[must_use]
    pub fn at_least(mut self, bins: u32) -> Self {
        self.bins = bins;
        self
    }

    /// The bytes of the hive.
    #[must_use]
    pub fn build(&self) -> Vec<u8> {
        let mut bins = Bins { segmented: self.minor > 3, ..Bins::default() };
        let security = bins.security();
        let root = bins.key(&self.root, u32::MAX, security, true);
        bins.close();
        while bins.bytes.len() < index(self.bins.into()) {
            bins.open(PAGE - 32);
            bins.close();
        }
        let mut out = b"regf".to_vec();
        put32(&mut out, index(self.sequences.0.into()));
        put32(&mut out, index(self.sequences.1.into()));
        put64(&mut out, self.written);
        for field in [1, self.minor, 0, 1, index(root.into()), bins.bytes.len(), 1] {
            put32(&mut out, field);
        }
        out.resize(BASE, 0);
        seal(&mut out);
        out.extend(bins.bytes);
        out
    }
}

/// Writes the checksum of a base block.
///
/// # Panics
/// If there are less than 512 bytes.
pub fn seal(base: &mut [u8]) {
    let words = base[..508].chunks(4);
    let sum = words.fold(0, |sum, word| sum ^ u32::from_le_bytes(word.try_into().expect("four bytes")));
    let sum = if sum == 0 { 1 } else { sum.min(u32::MAX - 1) };
    base[508..512].copy_from_slice(&sum.to_le_bytes());
}

/// Bins while they are filled.
#[derive(Default)]
struct Bins {
    bytes: Vec<u8>,
    /// Where the bin at hand begins.
    start: usize,
    /// Where the next cell goes, in the bin at hand.
    next: usize,
    segmented: bool,
}

impl Bins {
    /// Begins a bin that has room for a cell of a length.
    fn open(&mut self, cell: usize) {
        self.start = self.bytes.len();
        let size = (cell + 32).next_multiple_of(PAGE);
        self.bytes.extend_from_slice(b"hbin");
        put32(&mut self.bytes, self.start);
        put32(&mut self.bytes, size);
        self.bytes.resize(self.start + size, 0);
        self.next = self.start + 32;
    }

    /// Makes what is left of the bin at hand one free cell.
    fn close(&mut self) {
        let left = self.bytes.len() - self.next;
        if left > 0 {
            let size = i32::try_from(left).expect("a small bin");
            self.bytes[self.next..self.next + 4].copy_from_slice(&size.to_le_bytes());
        }
        self.next = self.bytes.len();
    }

    /// Takes room for a cell; the offset of the cell.
    fn reserve(&mut self, body: usize) -> u32 {
        let size = (body + 4).next_multiple_of(8);
        if self.bytes.len() - self.next < size {
            self.close();
            self.open(size);
        }
        let at = self.next;
        self.next += size;
        let length = -i32::try_from(size).expect("a small cell");
        self.bytes[at..at + 4].copy_from_slice(&length.to_le_bytes());
        small(at)
    }

    fn fill(&mut self, cell: u32, body: &[u8]) {
        let at = index(cell.into()) + 4;
        self.bytes[at..at + body.len()].copy_from_slice(body);
    }

    fn cell(&mut self, body: &[u8]) -> u32 {
        let cell = self.reserve(body.len());
        self.fill(cell, body);
        cell
    }

    /// The one security descriptor: everything for the system.
    fn security(&mut self) -> u32 {
        const DESCRIPTOR: [u8; 48] = [
            1, 0, 4, 0x80, 20, 0, 0, 0, 32, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, //
            1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0, // owner S-1-5-18
            1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0, // group S-1-5-18
            0, 0, 0, 0,
        ];
        let cell = self.reserve(20 + DESCRIPTOR.len());
        let mut body = b"sk\0\0".to_vec();
        for field in [index(cell.into()), index(cell.into()), 1, DESCRIPTOR.len()] {
            put32(&mut body, field);
        }
        body.extend(DESCRIPTOR);
        self.fill(cell, &body);
        cell
    }

    fn key(&mut self, key: &Key, parent: u32, security: u32, is_root: bool) -> u32 {
        let (name, compressed) = name_bytes(&key.name);
        let cell = self.reserve(76 + name.len());
        let subkeys: Vec<u32> = key.subkeys.iter().map(|sub| self.key(sub, cell, security, false)).collect();
        let list = self.list(key, &subkeys);
        let values: Vec<u32> = key.values.iter().map(|value| self.value(value)).collect();
        let value_list = if values.is_empty() { u32::MAX } else { self.cell(&offsets(&values)) };
        let mut body = b"nk".to_vec();
        put16(&mut body, if is_root { 0x0c } else { 0 } | if compressed { 0x20 } else { 0 });
        put64(&mut body, key.written);
        for field in [0, parent, small(subkeys.len()), 0, list, u32::MAX, small(values.len()), value_list] {
            body.extend(field.to_le_bytes());
        }
        body.extend(security.to_le_bytes());
        body.extend(u32::MAX.to_le_bytes());
        body.resize(72, 0);
        put16(&mut body, name.len());
        put16(&mut body, 0);
        body.extend(name);
        self.fill(cell, &body);
        cell
    }

    fn list(&mut self, key: &Key, subkeys: &[u32]) -> u32 {
        let named: Vec<(&str, u32)> =
            key.subkeys.iter().map(|sub| sub.name.as_str()).zip(subkeys.iter().copied()).collect();
        match key.list {
            _ if named.is_empty() => u32::MAX,
            List::Lf => self.leaf(b"lf", &named, |name| hint(name).to_vec()),
            List::Lh => self.leaf(b"lh", &named, |name| hash(name).to_le_bytes().to_vec()),
            List::Li => self.leaf(b"li", &named, |_| Vec::new()),
            List::Ri(each) => {
                let leaves: Vec<(&str, u32)> = named
                    .chunks(each)
                    .map(|some| ("", self.leaf(b"lh", some, |name| hash(name).to_le_bytes().to_vec())))
                    .collect();
                self.leaf(b"ri", &leaves, |_| Vec::new())
            }
        }
    }

    fn leaf(&mut self, signature: &[u8], named: &[(&str, u32)], help: impl Fn(&str) -> Vec<u8>) -> u32 {
        let mut body = signature.to_vec();
        put16(&mut body, named.len());
        for (name, cell) in named {
            body.extend(cell.to_le_bytes());
            body.extend(help(name));
        }
        self.cell(&body)
    }

    fn value(&mut self, value: &Value) -> u32 {
        let (name, compressed) = name_bytes(&value.name);
        let (size, place) = self.data(&value.data);
        let mut body = b"vk".to_vec();
        put16(&mut body, name.len());
        for field in [size, place, value.kind] {
            body.extend(field.to_le_bytes());
        }
        put16(&mut body, usize::from(compressed));
        put16(&mut body, 0);
        body.extend(name);
        self.cell(&body)
    }

    /// The fields of a value that say how long its data are and where they stand.
    fn data(&mut self, data: &[u8]) -> (u32, u32) {
        let size = small(data.len());
        if data.len() <= 4 {
            let mut inline = [0; 4];
            inline[..data.len()].copy_from_slice(data);
            return (size | 1 << 31, u32::from_le_bytes(inline));
        }
        if !self.segmented || data.len() <= SEGMENT {
            return (size, self.cell(data));
        }
        let segments: Vec<u32> = data.chunks(SEGMENT).map(|segment| self.cell(segment)).collect();
        let list = self.cell(&offsets(&segments));
        let mut record = b"db".to_vec();
        put16(&mut record, segments.len());
        put32(&mut record, index(list.into()));
        (size, self.cell(&record))
    }
}

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

fn offsets(cells: &[u32]) -> Vec<u8> {
    cells.iter().flat_map(|cell| cell.to_le_bytes()).collect()
}

/// A name as it is stored, and whether with one byte a character.
fn name_bytes(name: &str) -> (Vec<u8>, bool) {
    let narrow: Result<Vec<u8>, _> = name.chars().map(u8::try_from).collect();
    narrow.map_or_else(|_| (utf16(name), false), |bytes| (bytes, true))
}

/// The first four characters of a name.
fn hint(name: &str) -> [u8; 4] {
    let mut out = [0; 4];
    for (to, from) in out.iter_mut().zip(name.chars()) {
        *to = u8::try_from(from).unwrap_or(0);
    }
    out
}

/// The hash of the upper-case name.
fn hash(name: &str) -> u32 {
    let upper = name.to_uppercase();
    upper.encode_utf16().fold(0, |hash: u32, unit| hash.wrapping_mul(37).wrapping_add(unit.into()))
}

/// An entry for a log of the new format.
#[derive(Clone, Debug)]
pub struct LogEntry {
    /// Number.
    pub sequence: u32,
    /// Bytes of all bins afterwards.
    pub bins: u32,
    /// Offset in the bins and bytes of each dirty page.
    pub pages: Vec<(u32, Vec<u8>)>,
}

impl LogEntry {
    /// The entry that turns one state of a hive into another.
    #[must_use]
    pub fn between(before: &[u8], after: &[u8], sequence: u32) -> Self {
        let old = &before[BASE..];
        let new = &after[BASE..];
        let pages = new.chunks(PAGE).enumerate().filter(|(number, page)| {
            old.get(number * PAGE..number * PAGE + page.len()).is_none_or(|old| old != *page)
        });
        let pages = pages.map(|(number, page)| (small(number * PAGE), page.to_vec())).collect();
        Self { sequence, bins: small(new.len()), pages }
    }

    /// The entry as it stands in a log.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        let mut body: Vec<u8> = Vec::new();
        for (offset, bytes) in &self.pages {
            body.extend(offset.to_le_bytes());
            put32(&mut body, bytes.len());
        }
        body.extend(self.pages.iter().flat_map(|(_, bytes)| bytes));
        body.resize((40 + body.len()).next_multiple_of(SECTOR) - 40, 0);
        let mut out = b"HvLE".to_vec();
        put32(&mut out, 40 + body.len());
        put32(&mut out, 0);
        for field in [self.sequence, self.bins, small(self.pages.len())] {
            out.extend(field.to_le_bytes());
        }
        put64(&mut out, marvin(&body));
        let head = marvin(&out);
        put64(&mut out, head);
        out.extend(body);
        out
    }
}

/// A log of the new format (`HvLE`) for a hive.
#[must_use]
pub fn new_log(hive: &[u8], entries: &[LogEntry]) -> Vec<u8> {
    let sequence = entries.first().map_or(1, |entry| entry.sequence);
    let mut out = log_head(hive, 6, sequence);
    out.extend(entries.iter().flat_map(LogEntry::bytes));
    out
}

/// A log of the old format (`DIRT`) that turns one state of a hive into another.
///
/// # Panics
/// If one of the two is no hive.
#[must_use]
pub fn old_log(before: &[u8], after: &[u8]) -> Vec<u8> {
    let sequence = u32::from_le_bytes(before[4..8].try_into().expect("four bytes"));
    let mut out = log_head(after, 1, sequence);
    let (old, new) = (&before[BASE..], &after[BASE..]);
    let is_dirty = |at: usize| old.get(at..at + SECTOR) != Some(&new[at..at + SECTOR]);
    let dirty: Vec<bool> = (0..new.len()).step_by(SECTOR).map(is_dirty).collect();
    out.extend_from_slice(b"DIRT");
    for bits in dirty.chunks(8) {
        out.push(bits.iter().enumerate().fold(0, |byte, (bit, dirty)| byte | u8::from(*dirty) << bit));
    }
    out.resize(out.len().next_multiple_of(SECTOR), 0);
    let pages = new.chunks(SECTOR).zip(&dirty).filter(|(_, dirty)| **dirty);
    pages.for_each(|(page, _)| out.extend_from_slice(page));
    out
}

/// The first sector of a log: the hive's, with type and sequence numbers of its own.
fn log_head(hive: &[u8], kind: u32, sequence: u32) -> Vec<u8> {
    let mut head = hive[..SECTOR].to_vec();
    head[4..8].copy_from_slice(&sequence.to_le_bytes());
    head[8..12].copy_from_slice(&sequence.to_le_bytes());
    head[28..32].copy_from_slice(&kind.to_le_bytes());
    seal(&mut head);
    head
}

/// Marvin32 with the seed of transaction logs, word by word with 64-bit arithmetic.
fn marvin(data: &[u8]) -> u64 {
    const LOW: u64 = 0xffff_ffff;
    let turn = |value: u64, by: u32| (value << by | value >> (32 - by)) & LOW;
    let (mut low, mut high) = (0x884d_ef82_u64, 0xc555_4e7a_u64);
    let mut padded = data.to_vec();
    padded.push(0x80);
    padded.resize(padded.len().next_multiple_of(4), 0);
    padded.extend([0; 4]);
    for word in padded.chunks(4) {
        let word = word.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte));
        low = (low + word) & LOW;
        high ^= low;
        low = (turn(low, 20) + high) & LOW;
        high = turn(high, 9) ^ low;
        low = (turn(low, 27) + high) & LOW;
        high = turn(high, 19);
    }
    high << 32 | low
}
