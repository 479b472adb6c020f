//! The registry of approved images: a folder.
//!
//! | file | what |
//! |---|---|
//! | `log.intoto.jsonl` | the truth: one DSSE envelope with an in-toto Statement a line, append-only |
//! | `checkpoint` | the head of the log: origin, size, Merkle root, and who signed it |
//! | `witnesses/` | the heads that others have seen and signed |
//! | `index/` | made from the log, thrown away whenever it disagrees with it |
//! | `contents/` | which contents and components approved images hold, for telling an image's relatives and health |
//! | `audits.jsonl` | what was judged |
//! | `lock` | held by the one process that writes |
//!
//! A writer appends to the log and syncs it, then puts the new head in place, then updates the index. Readers take the
//! head first and read the log up to it; they need no lock. Lines behind the head are unfinished and count for nothing.

mod ask;
mod audit;
mod authority;
mod checkpoint;
mod contents;
mod entry;
mod envelope;
mod error;
mod index;
mod key_set;
mod keyring;
mod log;
mod merkle;
mod plain_file;
mod record;
mod seen;
mod ticket;
mod trust;
mod vouch;
mod watch;
mod whole_file;
mod witness;
mod write;

use std::{
    cell::OnceCell,
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};

pub use audit::Audit;
pub use authority::{Authority, Lack};
pub use checkpoint::Head;
pub use contents::ContentsRef;
pub use envelope::{Envelope, PAYLOAD_TYPE, Resource, Signature, Statement, pre_authentication_encoding};
pub use error::{Error, Result};
pub use index::Key;
pub use key_set::{KeySet, NamedKey};
pub use merkle::{Frontier, Hash, consistency_proof, inclusion_proof, is_consistent, is_included, leaf_hash};
pub use record::{
    Approval, ApprovalId, Decision, Endorsement, KeyChange, Place, Record, Revocation, Standing, Status,
    Succession, Withdrawal,
};
pub use ticket::{Admission, Ticket};
pub use trust::{NAMESPACE, Trust};
pub use write::Seal;

use wimproof_wim::ContentSet;

use crate::signing::Note;
use ask::Asks;
use checkpoint::Checkpoint;
use entry::Entry;
use index::{Damaged, Index, Memory, SledStore, Stamp, Store as _};
use log::Log;
use watch::{Vouched, Watch};

/// An open registry: the state of the log at one head.
#[derive(Debug)]
pub struct Registry {
    dir: PathBuf,
    head: Head,
    /// The head with its signatures.
    note: Note,
    log: Log,
    /// What the trust file asks, where there is one.
    watch: Option<Watch>,
    /// Set when the registry stood before its trust file.
    vouched: OnceCell<Vouched>,
    /// Made from the log when the index on disk does not serve.
    in_memory: OnceCell<InMemory>,
    /// Set when the log was found to be the one of the head.
    checked: OnceCell<Frontier>,
    asks: Asks,
}

struct InMemory {
    index: Index<Memory>,
    why: Option<String>,
}

impl std::fmt::Debug for InMemory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("InMemory").field("why", &self.why).finish_non_exhaustive()
    }
}

/// An approved image that shares contents with another.
#[derive(Debug, Clone)]
pub struct Relative {
    /// The approval.
    pub standing: Standing,
    /// Contents that both hold.
    pub shared: usize,
    /// Contents that the approved image holds.
    pub of: usize,
    /// Files of the other image whose content the approved one lacks.
    pub foreign_files: u64,
}

/// What [`Registry::verify`] found.
#[derive(Debug)]
pub struct Verification {
    /// Approvals, revocations and successions in the log.
    pub entries: u64,
    /// Bytes behind the last entry that counts: a writer was interrupted, or is at work.
    pub unfinished_bytes: u64,
    /// Why the index on disk does not serve; it is rebuilt by the next writer or by `registry rebuild`.
    pub index: Option<String>,
    /// Approvals that lack signatures that the trust file asks for.
    pub pending: Vec<ApprovalId>,
    /// Changes of keys that took effect.
    pub key_changes: usize,
}

impl Registry {
    /// Opens a registry: reads its head.
    pub fn open(dir: &Path) -> Result<Self> {
        let Checkpoint { head, note } = Checkpoint::read(dir)?;
        Ok(Self {
            dir: dir.to_owned(),
            head,
            note,
            log: Log::of(dir),
            watch: None,
            vouched: OnceCell::new(),
            in_memory: OnceCell::new(),
            checked: OnceCell::new(),
            asks: Asks::ByLength,
        })
    }

    /// The folder.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The head that this reads.
    pub fn head(&self) -> &Head {
        &self.head
    }

    /// Takes the index of the registry first, whatever the length of the log.
    #[must_use]
    pub fn index_first(mut self) -> Self {
        self.asks = Asks::SharedIndex;
        self
    }

    /// Takes an index first that this computer keeps in a folder, whatever the length of the log.
    #[must_use]
    pub fn own_index_first(mut self, folder: PathBuf) -> Self {
        self.asks = Asks::OwnIndex(folder);
        self
    }

    fn disagrees(&self, damage: Damaged) -> Error {
        Error::BadEntry { path: self.log.path().to_owned(), entry: 0, message: damage.0 }
    }

    fn on_disk(&self) -> Result<Index<SledStore>, Damaged> {
        Index::open(self.shared_store()?, &self.head)
    }

    /// The index that lies in the registry. Whoever has it open does not keep others from their answers.
    fn shared_store(&self) -> Result<SledStore, Damaged> {
        SledStore::open(self.dir.join("index"), Stamp::Digests, Duration::ZERO)
    }

    /// Whether the log is, to the last byte that counts, the one that its head describes. Looked at once: an index
    /// spares understanding the entries, not checking them.
    fn check_log(&self) -> Result<Frontier> {
        if let Some(tree) = self.checked.get() {
            return Ok(tree.clone());
        }
        let (_, tree) = self.hash_log(|_, _, _| Ok(()))?;
        Ok(self.checked.get_or_init(|| tree).clone())
    }

    fn parse(&self, entry: u64, position: &log::Position, line: &[u8]) -> Result<Entry> {
        let parsed = Entry::parse(entry, position, line);
        parsed.map_err(|message| Error::BadEntry { path: self.log.path().to_owned(), entry, message })
    }

    /// Calls `each` for every entry up to the head, in order; returns where the last one ends. The Merkle root is known
    /// only at the end: what `each` gathered counts for nothing where this fails.
    fn read_log(&self, mut each: impl FnMut(log::Position, Entry) -> Result<()>) -> Result<u64> {
        let (end, tree) =
            self.hash_log(|entry, position, line| each(position, self.parse(entry, &position, line)?))?;
        let _ = self.checked.set(tree);
        Ok(end)
    }

    /// Where a trust file asks, the log is also compared with what was seen of it.
    fn hash_log(
        &self,
        mut each: impl FnMut(u64, log::Position, &[u8]) -> Result<()>,
    ) -> Result<(u64, Frontier)> {
        self.begin()?;
        let mut entries = self.log.entries()?;
        let mut tree = Frontier::default();
        let (mut end, mut outcome, mut forked) = (0, Ok(()), Ok(()));
        while tree.size() < self.head.size {
            let Some((position, line)) = entries.next_entry()? else {
                let (path, found, expected) = (self.log.path().to_owned(), tree.size(), self.head.size);
                return Err(Error::Truncated { path, found, expected });
            };
            if outcome.is_ok() {
                outcome = each(tree.size(), position, &line);
            }
            tree.push(position.leaf);
            if let Some(watch) = &self.watch {
                forked = forked.and_then(|()| watch.pass(&self.dir, &tree));
            }
            end = position.end();
        }
        if tree.root() != self.head.root {
            let (found, expected) = (hex::encode(tree.root()), hex::encode(self.head.root));
            let path = self.log.path().to_owned();
            return Err(Error::RootMismatch { path, size: self.head.size, found, expected });
        }
        forked?;
        self.await_head(&mut entries)?;
        outcome.map(|()| (end, tree))
    }

    /// Whole entries behind the head are there for a moment while a writer works. If their head does not come, they may
    /// be a revocation that somebody wants to be overlooked.
    fn await_head(&self, behind: &mut log::Entries<'_>) -> Result<()> {
        let mut entries = 0;
        while behind.next_entry()?.is_some() {
            entries += 1;
        }
        let start = Instant::now();
        while entries > 0 && Checkpoint::read(&self.dir)?.head.size < self.head.size + entries {
            if start.elapsed() > WRITE_TIME {
                return Err(Error::Uncounted { path: self.log.path().to_owned(), entries });
            }
            thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    }

    /// Makes the index anew, in memory.
    fn replay(&self) -> Result<Index<Memory>> {
        let mut index = Index::empty(Memory::default(), &self.head.origin);
        index
            .passed(self.watch.iter().flat_map(|watch| watch.seen_up_to(self.head.size)).chain([&self.head]));
        let mut draft = index.draft();
        self.read_log(|position, entry| {
            draft.add(&position, &entry.record).map_err(|why| self.disagrees(why))
        })?;
        draft.finish().map_err(|why| self.disagrees(why))?;
        Ok(index)
    }

    /// Puts an index made from the log on disk, if nobody else is at it and the log has not moved on.
    fn repair(&self, index: &Index<Memory>) {
        let Ok(mut store) = self.shared_store() else { return };
        if Checkpoint::read(&self.dir).is_ok_and(|now| now.head == self.head)
            && store.put(index.store_rows()).is_ok()
        {
            // If it cannot be closed in order, the next one makes it anew.
            let _ = store.close();
        }
    }

    /// All approvals with what became of them, in the order of the log, read from the log itself.
    pub fn all(&self) -> Result<Vec<Standing>> {
        let mut approvals: Vec<(Entry, Vec<Entry>)> = Vec::new();
        let mut changes = Vec::new();
        self.read_log(|_, entry| {
            match (entry.record.target(), &entry.record) {
                (Some(target), record) => {
                    if let Ok(at) = approvals.binary_search_by_key(&target.0, |(approval, _)| approval.number)
                        && let Some((_, later)) = approvals.get_mut(at)
                    {
                        later.push(entry);
                    } else if let Record::Endorse(_) = record {
                        changes.push(entry);
                    }
                }
                (None, Record::Approve(_)) => approvals.push((entry, Vec::new())),
                (None, Record::ChangeKeys(_)) => changes.push(entry),
                (None, _) => {}
            }
            Ok(())
        })?;
        self.vouch(changes)?;
        Ok(approvals
            .into_iter()
            .filter_map(|(approval, later)| self.standing_from(&approval, later))
            .collect())
    }

    /// Every entry, in order.
    pub fn records(&self) -> Result<Vec<(u64, Record)>> {
        let mut records = Vec::new();
        let mut changes = Vec::new();
        self.read_log(|_, entry| {
            records.push((entry.number, entry.record.clone()));
            if let Record::ChangeKeys(_) | Record::Endorse(_) = entry.record {
                changes.push(entry);
            }
            Ok(())
        })?;
        self.vouch(changes)?;
        Ok(records)
    }

    /// The entries under any of these keys, in the order of the log, read from the log itself.
    fn entries(&self, keys: &[Key]) -> Result<Vec<Entry>> {
        let mut entries = Vec::new();
        self.read_log(|_, entry| {
            if Key::of(entry.number, &entry.record).iter().any(|key| keys.contains(key)) {
                entries.push(entry);
            }
            Ok(())
        })?;
        Ok(entries)
    }

    /// One approval.
    pub fn standing_of(&self, id: ApprovalId) -> Result<Standing> {
        let found = self.standings(&[Key::Approval(id)])?.into_iter().find(|standing| standing.id == id);
        found.ok_or_else(|| Error::NoSuchApproval { id: id.to_string() })
    }

    /// Reads the whole log against its head, every entry, and the index, every row, against both.
    pub fn verify(&self) -> Result<Verification> {
        let end = self.read_log(|_, _| Ok(()))?;
        let pending = self.all()?.into_iter().filter(|s| matches!(s.authority, Authority::Lacking(_)));
        let pending = pending.map(|standing| standing.id).collect();
        let key_changes = self.vouched.get().map_or(0, |vouched| vouched.keyring.changes());
        let unfinished_bytes = self.log.length()?.saturating_sub(end);
        let fresh = self.replay()?;
        let index = self.on_disk().and_then(|index| {
            for (name, row) in fresh.made_rows() {
                index.same_row(name, row)?;
            }
            index.into_store().close()
        });
        let index = index.err().map(|damage| damage.0);
        Ok(Verification { entries: self.head.size, unfinished_bytes, index, pending, key_changes })
    }

    /// Keeps the contents of an image that is about to be approved.
    pub fn keep_contents(&self, contents: &ContentSet) -> Result<ContentsRef> {
        contents::keep(&self.dir, contents)
    }

    /// Keeps what the component store of a healthy image holds that is about to be approved: bytes that tell of `count` files.
    pub fn keep_components(&self, bytes: &[u8], count: u64) -> Result<ContentsRef> {
        contents::keep_bytes(&self.dir, bytes, count)
    }

    /// Adds to the audit record.
    pub fn audit(&self, audits: &[Audit]) -> Result<()> {
        audit::append(&self.dir, audits).map(|_| ())
    }

    /// The same, and returns only when it is on the disk.
    pub fn audit_durably(&self, audits: &[Audit]) -> Result<()> {
        audit::append_durably(&self.dir, audits)
    }

    /// Calls `each` for every audit, oldest first; returns how many lines could not be understood.
    pub fn audits(&self, each: impl FnMut(Audit)) -> Result<u64> {
        audit::read(&self.dir, each)
    }
}

/// How long a writer can take between an entry and its head.
const WRITE_TIME: Duration = Duration::from_secs(2);
