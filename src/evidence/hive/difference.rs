//! What differs between two hives: keys and values that one has and the other lacks, and values with other data.
//!
//! When a key was written is told but makes no difference by itself: Windows writes keys without changing them. Classes
//! and permissions of keys are not compared. What may be a product key or a password is never shown, only that it differs.

use std::collections::{BTreeMap, btree_map};

use chrono::{DateTime, Utc};
use serde::Serialize;
use wimproof_wim::Utf16;

use super::{Hive, Key, Result, Value, ValueKind, facts::is_secret, limits::MAX_DEPTH, text::folded};
use crate::evidence::{difference::Change, mask::mask};

/// Keys that are told one by one.
const MAX_TOLD: usize = 1000;

/// Values of one key that are told one by one.
const MAX_VALUES_TOLD: usize = 100;

/// Keys and values of both hives that are looked at. The largest hives of real machines have some two million each.
const MAX_STEPS: usize = 16 << 20;

/// Bytes of data of both hives that are compared: many values may share one huge content. Hives have up to some 200 MB.
const MAX_COMPARED: u64 = 4 << 30;

/// Bytes of data that are looked at to show them.
const MAX_LOOKED_AT: u32 = 16 << 10;

/// Characters of a value's data that are shown.
const MAX_SHOWN: usize = 400;

/// Bytes of other data that are shown in hexadecimal.
const MAX_BYTES_SHOWN: usize = 32;

/// UTF-16 units that make readable text within other data.
const READABLE: usize = 4;

/// The data of a value on one side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Data {
    /// What kind of data, for example `REG_DWORD`.
    pub kind: String,
    /// Bytes.
    pub size: u32,
    /// The data as text, cut where they are long; `None` where they may be a secret.
    pub shown: Option<String>,
}

/// A value that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ValueDifference {
    /// The name; empty for the default value.
    pub name: String,
    /// In the first hive.
    pub a: Option<Data>,
    /// In the second hive.
    pub b: Option<Data>,
}

/// A key that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KeyDifference {
    /// The path from the root; empty for the root.
    pub key: String,
    /// How.
    pub change: Change,
    /// Its values that differ.
    pub values: Vec<ValueDifference>,
    /// Further values that differ.
    #[serde(skip_serializing_if = "is_zero")]
    pub more_values: u64,
    /// When it was last written, in the second hive or the one that has it.
    pub written: Option<DateTime<Utc>>,
}

/// The differences of two hives.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Differences {
    /// Keys that differ, in the order of their paths.
    pub keys: Vec<KeyDifference>,
    /// Further keys that differ.
    #[serde(skip_serializing_if = "is_zero")]
    pub more_keys: u64,
    /// Keys, values and lists that could not be read, in both hives together.
    #[serde(skip_serializing_if = "is_zero")]
    pub unreadable: u64,
    /// Whether the hives hold more than is looked at: there may be further differences.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub cut_short: bool,
}

impl Differences {
    /// Whether nothing differs, as far as could be seen.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty() && self.more_keys == 0
    }
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn is_zero(number: &u64) -> bool {
    *number == 0
}

/// A key of both hives that is looked at, with the names below it that are left.
struct Frame<'h> {
    pair: Pair<Key<'h>>,
    below: btree_map::IntoIter<String, Pair<u32>>,
}

/// What stands on each side, where anything does.
#[derive(Clone, Copy)]
struct Pair<T> {
    a: Option<T>,
    b: Option<T>,
}

impl<T> Default for Pair<T> {
    fn default() -> Self {
        Self { a: None, b: None }
    }
}

/// Compares two hives. `withhold`: show no data at all, of hives that hold credentials (`SAM`, `SECURITY`).
///
/// # Errors
/// Where a root cannot be read. What is broken below it is counted.
pub fn of(a: &Hive, b: &Hive, withhold: bool) -> Result<Differences> {
    let mut comparison =
        Comparison { withhold, steps: MAX_STEPS, bytes: MAX_COMPARED, found: Differences::default() };
    let mut frames = vec![comparison.enter(Pair { a: Some(a.root()?), b: Some(b.root()?) })];
    while let Some(frame) = frames.last_mut() {
        let Some((_, offsets)) = frame.below.next() else {
            frames.pop();
            continue;
        };
        let a = comparison.child(frame.pair.a.as_ref(), offsets.a);
        let b = comparison.child(frame.pair.b.as_ref(), offsets.b);
        if (a.is_some() || b.is_some()) && frames.len() < MAX_DEPTH && comparison.steps > 0 {
            let frame = comparison.enter(Pair { a, b });
            frames.push(frame);
        }
    }
    comparison.found.cut_short |= comparison.steps == 0;
    Ok(comparison.found)
}

struct Comparison {
    withhold: bool,
    steps: usize,
    bytes: u64,
    found: Differences,
}

impl Comparison {
    /// Compares a key, and lists what is below it.
    fn enter<'h>(&mut self, pair: Pair<Key<'h>>) -> Frame<'h> {
        self.key(&pair);
        let mut below: BTreeMap<String, Pair<u32>> = BTreeMap::new();
        self.subkeys(pair.a.as_ref(), |name, offset| {
            below.entry(name).or_default().a.get_or_insert(offset) == &offset
        });
        self.subkeys(pair.b.as_ref(), |name, offset| {
            below.entry(name).or_default().b.get_or_insert(offset) == &offset
        });
        Frame { pair, below: below.into_iter() }
    }

    /// Tells the subkeys of a key to `add`, which says whether it had none of that name.
    fn subkeys(&mut self, key: Option<&Key<'_>>, mut add: impl FnMut(String, u32) -> bool) {
        for subkey in key.into_iter().flat_map(Key::subkeys) {
            if !self.step() {
                break;
            }
            match subkey {
                Ok(subkey) if add(folded(subkey.name()), subkey.cell_offset()) => {}
                // Unreadable, or a second key of the same name: Windows sees one of them.
                Ok(_) | Err(_) => self.found.unreadable += 1,
            }
        }
    }

    fn child<'h>(&mut self, parent: Option<&Key<'h>>, offset: Option<u32>) -> Option<Key<'h>> {
        let child = parent?.child(offset?);
        self.readable(child)
    }

    fn key(&mut self, pair: &Pair<Key<'_>>) {
        let (change, key) = match (&pair.a, &pair.b) {
            (Some(_), Some(key)) => (Change::Changed, key),
            (Some(key), None) => (Change::Removed, key),
            (None, Some(key)) => (Change::Added, key),
            (None, None) => return,
        };
        let (values, more_values) = self.values(pair);
        if values.is_empty() && change == Change::Changed {
            return;
        }
        if self.found.keys.len() >= MAX_TOLD {
            self.found.more_keys += 1;
            return;
        }
        let (key, written) = (key.path().to_owned(), key.last_written().to_utc());
        self.found.keys.push(KeyDifference { key, change, values, more_values, written });
    }

    /// The values that differ, and how many more there are than are told.
    fn values(&mut self, pair: &Pair<Key<'_>>) -> (Vec<ValueDifference>, u64) {
        let mut both: BTreeMap<String, Pair<Value<'_>>> = BTreeMap::new();
        for value in self.values_of(pair.a.as_ref()) {
            both.entry(folded(value.name())).or_default().a.get_or_insert(value);
        }
        for value in self.values_of(pair.b.as_ref()) {
            both.entry(folded(value.name())).or_default().b.get_or_insert(value);
        }
        let (mut told, mut more) = (Vec::new(), 0);
        for (_, pair) in both {
            if self.same(&pair) {
                continue;
            }
            if told.len() >= MAX_VALUES_TOLD || self.found.keys.len() >= MAX_TOLD {
                more += 1;
                continue;
            }
            let name = pair.a.as_ref().or(pair.b.as_ref()).map(|value| value.name().to_owned());
            let [a, b] = [pair.a, pair.b].map(|value| value.map(|value| self.data(&value)));
            told.push(ValueDifference { name: name.unwrap_or_default(), a, b });
        }
        (told, more)
    }

    fn values_of<'h>(&mut self, key: Option<&Key<'h>>) -> Vec<Value<'h>> {
        let mut values = Vec::new();
        for value in key.into_iter().flat_map(Key::values) {
            if !self.step() {
                break;
            }
            values.extend(self.readable(value));
        }
        values
    }

    fn same(&mut self, pair: &Pair<Value<'_>>) -> bool {
        let (Some(a), Some(b)) = (&pair.a, &pair.b) else { return false };
        if (a.kind(), a.size()) != (b.kind(), b.size()) {
            return false;
        }
        let left = self.bytes.checked_sub(2 * u64::from(a.size()));
        let Some(left) = left else {
            self.found.cut_short = true;
            return true;
        };
        self.bytes = left;
        if let (Ok(a), Ok(b)) = (a.data(), b.data()) {
            return a == b;
        }
        self.found.unreadable += 1;
        true
    }

    fn data(&self, value: &Value<'_>) -> Data {
        let withheld = self.withhold || is_secret(value.name());
        let shown = (!withheld).then(|| shown(value));
        Data { kind: value.kind().to_string(), size: value.size(), shown }
    }

    fn readable<T>(&mut self, read: Result<T>) -> Option<T> {
        self.found.unreadable += u64::from(read.is_err());
        read.ok()
    }

    fn step(&mut self) -> bool {
        self.steps = self.steps.saturating_sub(1);
        self.steps > 0
    }
}

/// The data of a value as a person can read them, without secrets.
pub fn shown(value: &Value<'_>) -> String {
    if value.size() > MAX_LOOKED_AT {
        return format!("({} bytes)", value.size());
    }
    let text = match value.kind() {
        ValueKind::Dword | ValueKind::DwordBigEndian => value.dword().map(|number| number.to_string()),
        ValueKind::Qword => value.qword().map(|number| number.to_string()),
        ValueKind::Text | ValueKind::ExpandText | ValueKind::Link => value.text().map(|text| text.text),
        ValueKind::MultiText => value
            .multi_text()
            .map(|texts| texts.into_iter().map(|text| text.text).collect::<Vec<_>>().join("; ")),
        _ => value.data().map(|data| bytes_shown(&data)),
    };
    let text = text.unwrap_or_else(|error| error.to_string());
    let masked = mask(&text);
    let cut: String = masked.chars().take(MAX_SHOWN).collect();
    if cut.len() < masked.len() { cut + "..." } else { cut }
}

/// The readable text in data, as that of actions of scheduled tasks; the first bytes where there is none.
fn bytes_shown(data: &[u8]) -> String {
    let texts = readable(data);
    if !texts.is_empty() {
        return texts.join(" | ");
    }
    let more = if data.len() > MAX_BYTES_SHOWN { "..." } else { "" };
    format!("{}{more}", hex::encode(data.get(..MAX_BYTES_SHOWN).unwrap_or(data)))
}

/// Runs of UTF-16LE text in data, at even offsets.
pub fn readable(data: &[u8]) -> Vec<String> {
    let units: Vec<u16> = Utf16::new(data).units().collect();
    let is_text = |unit: &u16| matches!(*unit, 0x20..=0x7E | 0x4E00..=0x9FFF);
    units
        .split(|unit| !is_text(unit))
        .filter(|run| run.len() >= READABLE)
        .map(String::from_utf16_lossy)
        .collect()
}
