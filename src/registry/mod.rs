//! The registry of approved images: a folder.
//!
//! | file | what |
//! |---|---|
//! | `log.intoto.jsonl` | the truth: one DSSE envelope with an in-toto Statement a line, append-only |
//! | `checkpoint` | the head of the log: origin, size, Merkle root |
//! | `index/` | made from the log, thrown away whenever it disagrees with it |
//! | `contents/` | which contents approved images hold, for telling an image's relatives |
//! | `audits.jsonl` | what was judged |
//! | `lock` | held by the one process that writes |
//!
//! A writer appends to the log and syncs it, then puts the new head in place, then updates the index. Readers take the
//! head first and read the log up to it; they need no lock. Lines behind the head are unfinished and count for nothing.

mod audit;
mod checkpoint;
mod contents;
mod envelope;
mod error;
mod index;
mod log;
mod merkle;
mod record;
mod whole_file;

use std::{
    cell::OnceCell,
    cmp::Reverse,
    collections::HashSet,
    fs::{self, File, TryLockError},
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};

pub use audit::Audit;
pub use checkpoint::Head;
pub use contents::ContentsRef;
pub use envelope::{PAYLOAD_TYPE, Resource, Signature, Statement, pre_authentication_encoding};
pub use error::{Error, Result};
pub use index::Key;
pub use merkle::{Frontier, Hash, leaf_hash};
pub use record::{Approval, ApprovalId, Decision, Record, Revocation, Standing, Status, Succession};

use wimproof_wim::ContentSet;

use index::{Damaged, Index, Memory, SledStore, Store};
use log::Log;

/// An open registry: the state of the log at one head.
#[derive(Debug)]
pub struct Registry {
    dir: PathBuf,
    head: Head,
    log: Log,
    /// Made from the log when the index on disk does not serve.
    in_memory: OnceCell<InMemory>,
    /// Set when the log was found to be the one of the head.
    checked: OnceCell<()>,
    index_first: bool,
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
}

impl Registry {
    /// Creates a registry in a folder that holds none.
    pub fn create(dir: &Path, origin: &str) -> Result<Self> {
        if origin.is_empty() || origin.contains(['+', '\n']) || origin.chars().any(char::is_whitespace) {
            let message = format!("origin {origin:?}: must not be empty nor hold blanks or plus signs");
            return Err(Error::Refused(message));
        }
        fs::create_dir_all(dir).map_err(|source| Error::Io { path: dir.to_owned(), source })?;
        if dir.join(checkpoint::FILE).exists() || dir.join(log::FILE).exists() {
            return Err(Error::Exists { dir: dir.to_owned() });
        }
        let _lock = write_lock(dir)?;
        let log = Log::of(dir);
        log.create()?;
        Head::of(origin, &Frontier::default()).write(dir)?;
        Self::open(dir)
    }

    /// Opens a registry: reads its head.
    pub fn open(dir: &Path) -> Result<Self> {
        let head = Head::read(dir)?;
        Ok(Self {
            dir: dir.to_owned(),
            head,
            log: Log::of(dir),
            in_memory: OnceCell::new(),
            checked: OnceCell::new(),
            index_first: false,
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

    /// Takes the index first, whatever the length of the log.
    #[must_use]
    pub fn index_first(mut self) -> Self {
        self.index_first = true;
        self
    }

    /// The approvals under any of these keys, with what became of them, in the order of the log.
    ///
    /// A short log is read whole. Of a long one every entry is hashed, and those that the index names are understood; if
    /// the index does not serve, all are.
    pub fn standings(&self, keys: &[Key]) -> Result<Vec<Standing>> {
        let mut why = None;
        if self.in_memory.get().is_none() && (self.index_first || self.log.length()? > READ_WHOLE_BYTES) {
            self.check_log()?;
            match self.through_index(keys)? {
                Ok(standings) => return Ok(standings),
                Err(damage) => why = Some(damage.0),
            }
        }
        if let Some(memory) = self.in_memory.get() {
            return self.look_up(&memory.index, keys)?.map_err(|why| self.disagrees(why));
        }
        let index = self.replay()?;
        if why.is_some() {
            self.repair(&index);
        }
        let memory = self.in_memory.get_or_init(|| InMemory { index, why });
        self.look_up(&memory.index, keys)?.map_err(|why| self.disagrees(why))
    }

    fn through_index(&self, keys: &[Key]) -> Result<Result<Vec<Standing>, Damaged>> {
        let index = match self.on_disk() {
            Ok(index) => index,
            Err(damage) => return Ok(Err(damage)),
        };
        let found = self.look_up(&index, keys)?;
        if found.is_ok() {
            // If the index cannot be closed in order, the next one makes it anew.
            let _ = index.into_store().close();
        }
        Ok(found)
    }

    /// Why the index on disk was not used, where it was to be used.
    pub fn index_trouble(&self) -> Option<&str> {
        self.in_memory.get()?.why.as_deref()
    }

    fn disagrees(&self, damage: Damaged) -> Error {
        Error::BadEntry { path: self.log.path().to_owned(), entry: 0, message: damage.0 }
    }

    fn on_disk(&self) -> Result<Index<SledStore>, Damaged> {
        Index::open(SledStore::open(&self.dir)?, &self.head)
    }

    /// Whether the log is, to the last byte that counts, the one that its head describes. Looked at once: an index
    /// spares understanding the entries, not checking them.
    fn check_log(&self) -> Result<()> {
        if self.checked.get().is_none() {
            self.hash_log(|_, _, _| Ok(()))?;
            let _ = self.checked.set(());
        }
        Ok(())
    }

    /// Finds and reads entries through an index. The outer error is the registry's, the inner one the index's.
    fn look_up<S: Store>(&self, index: &Index<S>, keys: &[Key]) -> Result<Result<Vec<Standing>, Damaged>> {
        let mut approvals = Vec::new();
        for key in keys {
            match index.entries(key) {
                Ok(entries) => approvals.extend(entries),
                Err(damage) => return Ok(Err(damage)),
            }
        }
        approvals.sort_unstable();
        approvals.dedup();
        let mut standings = Vec::new();
        for entry in approvals {
            let about = match index.entries(&Key::Approval(ApprovalId(entry))) {
                Ok(about) => about,
                Err(damage) => return Ok(Err(damage)),
            };
            match self.standing(index, entry, &about)? {
                Ok(standing) => standings.extend(standing),
                Err(damage) => return Ok(Err(damage)),
            }
        }
        Ok(Ok(standings))
    }

    /// An approval with the entries about it; `None` where the entry is no approval.
    fn standing<S: Store>(
        &self,
        index: &Index<S>,
        entry: u64,
        about: &[u64],
    ) -> Result<Result<Option<Standing>, Damaged>> {
        let mut standing = match self.record(index, entry)? {
            Ok(Record::Approve(approval)) => Standing::new(entry, *approval),
            Ok(_) => return Ok(Ok(None)),
            Err(damage) => return Ok(Err(damage)),
        };
        for later in about.iter().filter(|later| **later > entry) {
            match self.record(index, *later)? {
                Ok(record) if record.target() == Some(standing.id) => standing.apply(*later, record),
                Ok(_) => {}
                Err(damage) => return Ok(Err(damage)),
            }
        }
        Ok(Ok(Some(standing)))
    }

    fn record<S: Store>(&self, index: &Index<S>, entry: u64) -> Result<Result<Record, Damaged>> {
        let position = match index.position(entry) {
            Ok(position) => position,
            Err(damage) => return Ok(Err(damage)),
        };
        match self.log.read(&position)? {
            Some(line) => self.parse(entry, &line).map(Ok),
            None => Ok(Err(Damaged(format!("entry {entry} of the log is not the one that was indexed")))),
        }
    }

    fn parse(&self, entry: u64, line: &[u8]) -> Result<Record> {
        let record = Statement::from_line(line).and_then(Record::from_statement);
        record.map_err(|message| Error::BadEntry { path: self.log.path().to_owned(), entry, message })
    }

    /// Calls `each` for every entry up to the head, in order; returns where the last one ends. The Merkle root is known
    /// only at the end: what `each` gathered counts for nothing where this fails.
    fn read_log(&self, mut each: impl FnMut(u64, log::Position, Record) -> Result<()>) -> Result<u64> {
        self.hash_log(|entry, position, line| each(entry, position, self.parse(entry, line)?))
    }

    fn hash_log(&self, mut each: impl FnMut(u64, log::Position, &[u8]) -> Result<()>) -> Result<u64> {
        let mut entries = self.log.entries()?;
        let mut tree = Frontier::default();
        let (mut end, mut outcome) = (0, Ok(()));
        while tree.size() < self.head.size {
            let Some((position, line)) = entries.next_entry()? else {
                let (path, found, expected) = (self.log.path().to_owned(), tree.size(), self.head.size);
                return Err(Error::Truncated { path, found, expected });
            };
            if outcome.is_ok() {
                outcome = each(tree.size(), position, &line);
            }
            tree.push(position.leaf);
            end = position.end();
        }
        if tree.root() != self.head.root {
            let (found, expected) = (hex::encode(tree.root()), hex::encode(self.head.root));
            let path = self.log.path().to_owned();
            return Err(Error::RootMismatch { path, size: self.head.size, found, expected });
        }
        self.await_head(&mut entries)?;
        outcome.map(|()| end)
    }

    /// Whole entries behind the head are there for a moment while a writer works. If their head does not come, they may
    /// be a revocation that somebody wants to be overlooked.
    fn await_head(&self, behind: &mut log::Entries<'_>) -> Result<()> {
        let mut entries = 0;
        while behind.next_entry()?.is_some() {
            entries += 1;
        }
        let start = Instant::now();
        while entries > 0 && Head::read(&self.dir)?.size < self.head.size + entries {
            if start.elapsed() > WRITE_TIME {
                return Err(Error::Uncounted { path: self.log.path().to_owned(), entries });
            }
            thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    }

    /// Counts whole entries behind the head: a writer was killed before it could. Needs the lock.
    fn count_entries(&mut self) -> Result<()> {
        let mut entries = self.log.entries()?;
        let mut tree = Frontier::default();
        while let Some((position, line)) = entries.next_entry()? {
            if tree.size() == self.head.size && tree.root() != self.head.root {
                break; // the next reading tells what is wrong
            }
            if tree.size() >= self.head.size {
                self.parse(tree.size(), &line)?;
            }
            tree.push(position.leaf);
        }
        if tree.size() > self.head.size {
            self.head = Head::of(&self.head.origin, &tree);
            self.head.write(&self.dir)?;
        }
        Ok(())
    }

    /// Makes the index anew, in memory.
    fn replay(&self) -> Result<Index<Memory>> {
        let mut index = Index::empty(Memory::default(), &self.head.origin);
        let mut draft = index.draft();
        self.read_log(|_, position, record| {
            draft.add(&position, &record).map_err(|why| self.disagrees(why))
        })?;
        draft.finish().map_err(|why| self.disagrees(why))?;
        Ok(index)
    }

    /// Puts an index made from the log on disk, if nobody else is at it and the log has not moved on.
    fn repair(&self, index: &Index<Memory>) {
        let Ok(mut store) = SledStore::open(&self.dir) else { return };
        if Head::read(&self.dir).is_ok_and(|head| head == self.head) && store.put(index.store_rows()).is_ok()
        {
            // If it cannot be closed in order, the next one makes it anew.
            let _ = store.close();
        }
    }

    /// All approvals with what became of them, in the order of the log, read from the log itself.
    pub fn all(&self) -> Result<Vec<Standing>> {
        let mut standings: Vec<Standing> = Vec::new();
        self.read_log(|entry, _, record| {
            match (record.target(), record) {
                (Some(target), record) => {
                    if let Ok(at) = standings.binary_search_by_key(&target, |standing| standing.id) {
                        standings[at].apply(entry, record);
                    }
                }
                (None, Record::Approve(approval)) => standings.push(Standing::new(entry, *approval)),
                (None, _) => {}
            }
            Ok(())
        })?;
        Ok(standings)
    }

    /// Every entry, in order.
    pub fn records(&self) -> Result<Vec<(u64, Record)>> {
        let mut records = Vec::new();
        self.read_log(|entry, _, record| {
            records.push((entry, record));
            Ok(())
        })?;
        Ok(records)
    }

    /// One approval.
    pub fn standing_of(&self, id: ApprovalId) -> Result<Standing> {
        let found = self.standings(&[Key::Approval(id)])?.into_iter().find(|standing| standing.id == id);
        found.ok_or_else(|| Error::NoSuchApproval { id: id.to_string() })
    }

    /// Reads the whole log against its head, every entry, and the index, every row, against both.
    pub fn verify(&self) -> Result<Verification> {
        let end = self.read_log(|_, _, _| Ok(()))?;
        let unfinished_bytes = self.log.length()?.saturating_sub(end);
        let fresh = self.replay()?;
        let index = self.on_disk().and_then(|index| {
            for (name, row) in fresh.store_rows() {
                index.same_row(&name, &row)?;
            }
            index.into_store().close()
        });
        let index = index.err().map(|damage| damage.0);
        Ok(Verification { entries: self.head.size, unfinished_bytes, index })
    }

    /// Makes the index on disk anew from the log; counts entries of a writer that was killed before it could.
    pub fn rebuild(&mut self) -> Result<()> {
        let _lock = write_lock(&self.dir)?;
        self.head = Head::read(&self.dir)?;
        self.count_entries()?;
        let index = self.replay()?;
        let refused = |damage: Damaged| Error::Refused(damage.0);
        let start = Instant::now();
        let mut store = loop {
            match SledStore::open(&self.dir) {
                Ok(store) => break store,
                Err(damage) if start.elapsed() > WRITE_TIME => return Err(refused(damage)),
                Err(_) => thread::sleep(Duration::from_millis(20)),
            }
        };
        store.put(index.store_rows()).map_err(refused)?;
        store.close().map_err(refused)
    }

    /// Appends records: each is on disk, and under the head, when this returns. Returns the number of the first.
    ///
    /// # Errors
    /// Where a record speaks of an approval that does not exist, nothing is written.
    pub fn append(&mut self, records: &[Record]) -> Result<u64> {
        let _lock = write_lock(&self.dir)?;
        self.head = Head::read(&self.dir)?;
        self.in_memory = OnceCell::new();
        self.checked = OnceCell::new();
        self.count_entries()?;
        self.check_log()?;
        for record in records {
            self.check_reference(record)?;
        }
        let lines: Option<Vec<_>> = records.iter().map(encode).collect();
        let refused =
            || Error::Refused("the record cannot be written so that it reads the same again".into());
        let lines = lines.ok_or_else(refused)?;
        if let Ok(index) = self.on_disk() {
            let (index, result) = self.append_through(index, records, &lines);
            // If it cannot be closed in order, the next one makes it anew.
            let _ = index.into_store().close();
            return result;
        }
        let (index, result) = self.append_through(self.replay()?, records, &lines);
        self.repair(&index);
        result
    }

    /// The log first, then the head, then the index.
    fn append_through<S: Store>(
        &mut self,
        mut index: Index<S>,
        records: &[Record],
        lines: &[String],
    ) -> (Index<S>, Result<u64>) {
        let first = index.tree().size();
        let mut tree = index.tree().clone();
        let mut end = index.log_bytes();
        let mut positions = Vec::new();
        for line in lines {
            match self.log.append(end, line) {
                Ok(position) => {
                    end = position.end();
                    tree.push(position.leaf);
                    positions.push(position);
                }
                Err(error) => return (index, Err(error)),
            }
        }
        let head = Head::of(&self.head.origin, &tree);
        if let Err(error) = head.write(&self.dir) {
            return (index, Err(error));
        }
        self.head = head;
        let mut draft = index.draft();
        let added =
            positions.iter().zip(records).try_for_each(|(position, record)| draft.add(position, record));
        if added.is_ok() {
            // A failure leaves an index that disagrees with the head: the next reader sees it.
            let _ = draft.finish();
        }
        (index, Ok(first))
    }

    fn check_reference(&self, record: &Record) -> Result<()> {
        if let Some(target) = record.target() {
            self.standing_of(target)?;
        }
        if let Record::Supersede(succession) = record {
            self.standing_of(succession.successor)?;
            if succession.successor == succession.approval {
                return Err(Error::Refused("an approval cannot supersede itself".into()));
            }
        }
        Ok(())
    }

    /// Keeps the contents of an image that is about to be approved.
    pub fn keep_contents(&self, contents: &ContentSet) -> Result<ContentsRef> {
        contents::keep(&self.dir, contents)
    }

    /// The approved images that share most contents with an image, nearest first, at most three. Of each set of contents
    /// the latest approval counts; 256 of them are looked at.
    pub fn relatives(&self, contents: &ContentSet) -> Result<Vec<Relative>> {
        let mut seen = HashSet::new();
        let mut relatives = Vec::new();
        for standing in self.all()?.into_iter().rev() {
            let Some(kept) = &standing.approval.contents else { continue };
            if seen.len() >= MAX_COMPARED || !seen.insert(kept.clone()) {
                continue;
            }
            let Some(approved) = contents::read(&self.dir, kept) else { continue };
            let (shared, foreign_files) = contents.compare(&approved);
            if shared > 0 {
                relatives.push(Relative { standing, shared, of: approved.len(), foreign_files });
            }
        }
        relatives.sort_by_key(|relative| (Reverse(relative.shared), Reverse(relative.standing.id)));
        relatives.truncate(3);
        Ok(relatives)
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

/// Sets of contents that an image is compared with, newest first.
const MAX_COMPARED: usize = 256;

/// A record as a line, if it reads the same again: an entry that cannot be read would close the registry for good.
fn encode(record: &Record) -> Option<String> {
    let line = record.to_statement()?.to_line()?;
    let again = Statement::from_line(line.as_bytes()).and_then(Record::from_statement).ok()?;
    (again == *record).then_some(line)
}

/// Waits until no other process writes, for as long as a write can take.
fn write_lock(dir: &Path) -> Result<File> {
    let path = dir.join("lock");
    let at = |source| Error::Io { path: path.clone(), source };
    let lock = File::options().create(true).truncate(false).write(true).open(&path).map_err(at)?;
    let start = Instant::now();
    loop {
        match lock.try_lock() {
            Ok(()) => return Ok(lock),
            Err(TryLockError::WouldBlock) if start.elapsed() < PATIENCE => {
                thread::sleep(Duration::from_millis(20));
            }
            Err(TryLockError::WouldBlock) => return Err(Error::Busy { dir: dir.to_owned() }),
            Err(TryLockError::Error(error)) => return Err(at(error)),
        }
    }
}

/// How long a writer can take between an entry and its head.
const WRITE_TIME: Duration = Duration::from_secs(2);

/// Logs up to this length are read whole for every question: that takes milliseconds, and then nothing rests on the index.
const READ_WHOLE_BYTES: u64 = 16 << 20;

/// How long a writer waits for another.
const PATIENCE: Duration = Duration::from_mins(1);
