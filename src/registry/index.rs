//! The index: which entries of the log speak of a digest, a name, an approval.
//!
//! It holds nothing that the log does not, and it is never trusted further than it proves itself. All its content
//! stands in rows; one row, the summary, holds the log's head that the rows belong to and the SHA-256 of every other
//! row. So a lost, stale or damaged row cannot pass for "no entry": it is an error, and the log is read instead.
//!
//! * `b000` ... `bfff`: buckets of 24-byte records, ordered: 16 bytes hash of a key, 8 bytes entry number. The first 12
//!   bits of the hash choose the bucket: of a million approvals each has some 35 KB.
//! * `p0`, `p1` ...: positions of 1024 entries each, 44 bytes: offset, length, leaf hash.
//! * `passed`: heads that the log was found to continue, in an index that a gate keeps for itself.
//!
//! Keys are hashed, so different ones may meet: who looks up must compare the entries found.

mod memory;
mod sled_store;

use std::{collections::BTreeMap, fmt};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::{
    checkpoint::Head,
    log::Position,
    merkle::Frontier,
    record::{ApprovalId, Record},
};
use crate::sighting::{FactKey, names::normal_form};

pub(super) use memory::Memory;
pub(super) use sled_store::{SledStore, Stamp};

const SUMMARY: &str = "summary";
const LAYOUT: u32 = 2;
const PASSED: &str = "passed";
const RECORD: usize = 24;
const POSITION: usize = 44;
const POSITIONS_IN_ROW: u64 = 1024;

/// Facts of approvals that are looked up.
const INDEXED_FACTS: [FactKey; 5] =
    [FactKey::Tree, FactKey::FileSha256, FactKey::MetadataSha1, FactKey::Created, FactKey::FileSize];

/// A row is missing, or is not the one that the summary describes; or the store failed.
#[derive(Debug)]
pub(super) struct Damaged(pub(super) String);

impl fmt::Display for Damaged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Where rows are kept.
pub(super) trait Store {
    /// The row of this name, if there.
    fn get(&self, row: &str) -> Result<Option<Vec<u8>>, Damaged>;
    /// Puts rows, all or none.
    fn put(&mut self, rows: BTreeMap<String, Vec<u8>>) -> Result<(), Damaged>;
}

/// Something that entries are looked up by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Key {
    /// A fact of an approval: a digest, the creation time, the length of the file.
    Fact(FactKey, String),
    /// A name, display name or title, in its normal form.
    Name(String),
    /// Entries about an approval, itself included.
    Approval(ApprovalId),
    /// Changes of keys.
    KeyChanges,
    /// Approvals that keep contents or components of their images.
    Kept,
}

impl Key {
    fn hash(&self) -> [u8; 16] {
        let text = match self {
            Self::Fact(fact, value) => format!("{fact}:{value}"),
            Self::Name(form) => format!("normal form of a name:{form}"),
            Self::Approval(id) => format!("approval:{id}"),
            Self::KeyChanges => "changes of keys".to_owned(),
            Self::Kept => "approvals that keep something".to_owned(),
        };
        let digest: [u8; 32] = Sha256::digest(text).into();
        digest.first_chunk().copied().unwrap_or_default()
    }

    /// All keys under which an entry is found.
    pub(super) fn of(entry: u64, record: &Record) -> Vec<Self> {
        let mut keys = vec![Self::Approval(record.target().unwrap_or(ApprovalId(entry)))];
        if let Record::ChangeKeys(_) = record {
            keys.push(Self::KeyChanges);
        }
        if let Record::Approve(approval) = record {
            keys.push(Self::Name(normal_form(&approval.title)));
            keys.extend(approval.contents.as_ref().or(approval.components.as_ref()).map(|_| Self::Kept));
            for fact in [FactKey::Name, FactKey::DisplayName] {
                keys.extend(approval.facts.text(fact).map(|name| Self::Name(normal_form(name))));
            }
            for fact in INDEXED_FACTS {
                keys.extend(approval.facts.get(fact).map(|value| Self::Fact(fact, value.to_string())));
            }
        }
        keys
    }
}

#[derive(Debug, Clone, Serialize, Deserialize, Default)]
struct Summary {
    /// How the rows are laid out: an index of another layout would seem to lack entries.
    #[serde(default)]
    layout: u32,
    origin: String,
    size: u64,
    root: String,
    /// Bytes of the log that hold the entries.
    log_bytes: u64,
    peaks: Vec<String>,
    rows: BTreeMap<String, String>,
}

/// Heads that are kept as passed.
const MAX_PASSED: usize = 256;

/// What an index answers.
pub(super) trait Lookup {
    /// Entries under a key, in the order of the log. May hold entries of another key.
    fn entries(&self, key: &Key) -> Result<Vec<u64>, Damaged>;
    /// Where an entry stands.
    fn position(&self, entry: u64) -> Result<Position, Damaged>;
}

/// The rows of a store, as far as they prove to be those of a head.
pub(super) struct Index<S> {
    store: S,
    summary: Summary,
    tree: Frontier,
    /// Heads that the log was found to continue, root by size; the newest of them.
    passed: BTreeMap<u64, String>,
}

impl<S: Store> Index<S> {
    /// Opens a store that should hold the index of this head.
    pub(super) fn open(store: S, head: &Head) -> Result<Self, Damaged> {
        let index = Self::open_before(store, head)?;
        match index.tree.size() == head.size {
            true => Ok(index),
            false => Err(Damaged("the index belongs to another state of the log".into())),
        }
    }

    /// Opens a store that should hold the index of this head, or of an earlier one of what claims to be the same log.
    pub(super) fn open_before(store: S, head: &Head) -> Result<Self, Damaged> {
        let row = store.get(SUMMARY)?.ok_or_else(|| Damaged("the index is empty".into()))?;
        let summary: Summary = serde_json::from_slice(&row)
            .map_err(|error| Damaged(format!("summary of the index: {error}")))?;
        let peaks: Option<Vec<_>> =
            summary.peaks.iter().map(|peak| hex::decode(peak).ok()?.try_into().ok()).collect();
        let tree = peaks.and_then(|peaks| Frontier::restore(summary.size, peaks));
        let tree = tree.filter(|tree| {
            let own = Head::of(&summary.origin, tree);
            let fits = if own.size == head.size { own == *head } else { own.size < head.size };
            fits && summary.layout == LAYOUT
                && own.origin == head.origin
                && summary.root == hex::encode(own.root)
        });
        let tree = tree.ok_or_else(|| Damaged("the index belongs to another state of the log".into()))?;
        let passed = match store.get(PASSED)? {
            Some(row) => serde_json::from_slice(&row).map_err(|e| Damaged(format!("row {PASSED}: {e}")))?,
            None => BTreeMap::new(),
        };
        Ok(Self { store, summary, tree, passed })
    }

    /// An index of an empty log. The store is filled with the first [`Draft::finish`].
    pub(super) fn empty(store: S, origin: &str) -> Self {
        let summary = Summary { layout: LAYOUT, origin: origin.to_owned(), ..Summary::default() };
        Self { store, summary, tree: Frontier::default(), passed: BTreeMap::new() }
    }

    pub(super) fn tree(&self) -> &Frontier {
        &self.tree
    }

    /// Bytes of the log that the indexed entries take.
    pub(super) fn log_bytes(&self) -> u64 {
        self.summary.log_bytes
    }

    pub(super) fn into_store(self) -> S {
        self.store
    }

    /// Whether the log was found to continue a head.
    pub(super) fn has_passed(&self, head: &Head) -> bool {
        self.passed.get(&head.size).is_some_and(|root| *root == hex::encode(head.root))
    }

    /// Keeps that the log continues these heads; to be written with the next [`Draft::finish`].
    pub(super) fn passed<'h>(&mut self, heads: impl IntoIterator<Item = &'h Head>) {
        let passed = &mut self.passed;
        passed.extend(heads.into_iter().map(|head| (head.size, hex::encode(head.root))));
        while passed.len() > MAX_PASSED {
            passed.pop_first();
        }
    }

    /// Whether a row is as it should be.
    pub(super) fn same_row(&self, name: &str, expected: &[u8]) -> Result<(), Damaged> {
        match self.store.get(name)? {
            Some(row) if row == expected => Ok(()),
            _ => Err(Damaged(format!("row {name} of the index is not what the log says"))),
        }
    }

    /// A row, proved; empty where there is none.
    fn row(&self, name: &str) -> Result<Vec<u8>, Damaged> {
        let row = self.store.get(name)?.unwrap_or_default();
        match self.summary.rows.get(name) {
            None if row.is_empty() => Ok(row),
            Some(digest) if *digest == hex::encode(Sha256::digest(&row)) => Ok(row),
            _ => Err(Damaged(format!("row {name} of the index is not the one written"))),
        }
    }

    /// Begins a change.
    pub(super) fn draft(&mut self) -> Draft<'_, S> {
        Draft { index: self, rows: BTreeMap::new() }
    }
}

impl<S: Store> Lookup for Index<S> {
    fn entries(&self, key: &Key) -> Result<Vec<u64>, Damaged> {
        let hash = key.hash();
        let bucket = self.row(&bucket_name(&hash))?;
        let (records, _) = bucket.as_chunks::<RECORD>();
        let start = records.partition_point(|record| record.as_slice() < hash.as_slice());
        let matching =
            records.get(start..).unwrap_or_default().iter().take_while(|record| record.starts_with(&hash));
        Ok(matching
            .filter_map(|record| record.last_chunk().map(|entry| u64::from_be_bytes(*entry)))
            .collect())
    }

    fn position(&self, entry: u64) -> Result<Position, Damaged> {
        let row = self.row(&positions_name(entry))?;
        let (positions, _) = row.as_chunks::<POSITION>();
        let position = usize::try_from(entry % POSITIONS_IN_ROW).ok().and_then(|i| positions.get(i));
        position.map(decode_position).ok_or_else(|| Damaged(format!("the index lacks entry {entry}")))
    }
}

impl Index<Memory> {
    /// The rows that the log makes, each of which it makes in one way only.
    pub(super) fn made_rows(&self) -> impl Iterator<Item = (&String, &Vec<u8>)> {
        self.store.rows().iter().filter(|(name, _)| *name != PASSED)
    }

    /// All rows, to be put into another store.
    pub(super) fn store_rows(&self) -> BTreeMap<String, Vec<u8>> {
        self.store.rows().clone()
    }
}

/// A change of an index: entries are added, then written at once.
pub(super) struct Draft<'i, S> {
    index: &'i mut Index<S>,
    rows: BTreeMap<String, Vec<u8>>,
}

impl<S: Store> Draft<'_, S> {
    /// The tree with the entries that were added.
    pub(super) fn tree(&self) -> &Frontier {
        &self.index.tree
    }

    /// Keeps that the log continues these heads.
    pub(super) fn passed<'h>(&mut self, heads: impl IntoIterator<Item = &'h Head>) {
        self.index.passed(heads);
    }

    /// Adds the next entry of the log.
    pub(super) fn add(&mut self, position: &Position, record: &Record) -> Result<(), Damaged> {
        let entry = self.index.tree.size();
        for key in Key::of(entry, record) {
            let hash = key.hash();
            let row = self.row(bucket_name(&hash))?;
            row.extend(hash);
            row.extend(entry.to_be_bytes());
        }
        let row = self.row(positions_name(entry))?;
        row.extend(position.offset.to_le_bytes());
        row.extend(position.length.to_le_bytes());
        row.extend(position.leaf);
        self.index.tree.push(position.leaf);
        self.index.summary.log_bytes = position.end();
        Ok(())
    }

    fn row(&mut self, name: String) -> Result<&mut Vec<u8>, Damaged> {
        use std::collections::btree_map::Entry;
        match self.rows.entry(name) {
            Entry::Occupied(row) => Ok(row.into_mut()),
            Entry::Vacant(place) => {
                let row = self.index.row(place.key())?;
                Ok(place.insert(row))
            }
        }
    }

    /// Writes the change.
    pub(super) fn finish(mut self) -> Result<(), Damaged> {
        for (name, row) in &mut self.rows {
            if name.starts_with('b') {
                let (records, _) = row.as_chunks_mut::<RECORD>();
                records.sort_unstable();
            }
            self.index.summary.rows.insert(name.clone(), hex::encode(Sha256::digest(row)));
        }
        let Index { store, summary, tree, passed } = self.index;
        summary.size = tree.size();
        summary.root = hex::encode(tree.root());
        summary.peaks = tree.peaks().iter().map(hex::encode).collect();
        let encoded = serde_json::to_vec(summary).map_err(|error| Damaged(error.to_string()))?;
        self.rows.insert(SUMMARY.to_owned(), encoded);
        let passed = serde_json::to_vec(passed).map_err(|error| Damaged(error.to_string()))?;
        self.rows.insert(PASSED.to_owned(), passed);
        store.put(self.rows)
    }
}

fn bucket_name(hash: &[u8; 16]) -> String {
    format!("b{:02x}{:x}", hash[0], hash[1] >> 4)
}

fn positions_name(entry: u64) -> String {
    format!("p{}", entry / POSITIONS_IN_ROW)
}

fn decode_position(bytes: &[u8; POSITION]) -> Position {
    let [offset @ .., _, _, _, _] = bytes.first_chunk::<12>().copied().unwrap_or_default();
    let length = bytes.get(8..12).and_then(|b| b.try_into().ok()).unwrap_or_default();
    let leaf = bytes.last_chunk().copied().unwrap_or_default();
    Position { offset: u64::from_le_bytes(offset), length: u32::from_le_bytes(length), leaf }
}
