//! Tests of the reader, on hives that the test kit writes and on real ones where a corpus is at hand.

mod corpus;
mod deployments;
mod difference;
mod format;
mod hostile;
mod logs;

use wimproof_testkit::hive as kit;

use super::{Hive, Key, ValueKind};

/// Reads a hive that must be sound.
#[track_caller]
fn sound(hive: &kit::Hive) -> Hive {
    let hive = Hive::open(hive.build(), &[]).expect("a hive");
    assert!(hive.anomalies().is_empty(), "{:?}", hive.anomalies());
    hive
}

/// A key with all below it, as the kit describes keys; the kind of lists is not told.
fn described(key: &Key<'_>) -> kit::Key {
    let mut out = kit::Key::new(key.name()).written(key.last_written().0);
    for value in key.values() {
        let value = value.expect("a value");
        out = out.value(value.name(), number(value.kind()), &value.data().expect("data"));
    }
    for subkey in key.subkeys() {
        out = out.subkey(described(&subkey.expect("a subkey")));
    }
    out
}

fn number(kind: ValueKind) -> u32 {
    let known = (0..12).find(|raw| ValueKind::from(*raw) == kind);
    match kind {
        ValueKind::Other(raw) => raw,
        _ => known.expect("a known kind"),
    }
}

/// Counts of what can be read and what cannot, of keys and values in a whole hive. Ends, whatever the hive says.
#[derive(Debug, Default, PartialEq, Eq)]
struct Census {
    keys: usize,
    values: usize,
    data: usize,
    errors: usize,
}

impl Census {
    fn of(hive: &Hive) -> Self {
        let mut census = Self::default();
        let mut open: Vec<Key<'_>> = Vec::new();
        match hive.root() {
            Ok(root) => open.push(root),
            Err(_) => census.errors += 1,
        }
        while let Some(key) = open.pop() {
            census.keys += 1;
            for value in key.values() {
                census.value(value);
            }
            for subkey in key.subkeys() {
                match subkey {
                    Ok(subkey) => open.push(subkey),
                    Err(_) => census.errors += 1,
                }
            }
            // Lists may name a key many times; whole walks bound themselves.
            if census.keys > 200_000 {
                break;
            }
        }
        census
    }

    fn value(&mut self, value: super::Result<super::Value<'_>>) {
        match value.and_then(|value| value.data().map(|data| data.len())) {
            Ok(bytes) => {
                self.values += 1;
                self.data += bytes;
            }
            Err(_) => self.errors += 1,
        }
    }
}
