//! Writing: the log first, then its head, then the index. One process at a time.

use std::{
    cell::OnceCell,
    fs::{self, File, TryLockError},
    path::Path,
    thread,
    time::{Duration, Instant},
};

use chrono::{DateTime, Utc};

use super::{
    ApprovalId, Error, Frontier, Head, Key, Registry, Result, WRITE_TIME,
    checkpoint::{self, Checkpoint},
    entry::Entry,
    envelope::Envelope,
    index::{Damaged, Index, Store},
    log::{self, Log},
    plain_file,
    record::{Endorsement, Record},
};
use crate::signing::{Checked, SecretKey, Signer};

/// Who signs what is written. Nobody, by default.
#[derive(Debug, Default)]
pub struct Seal {
    /// Sign entries.
    pub signers: Vec<Signer>,
    /// Signs the head.
    pub log_key: Option<SecretKey>,
    /// When.
    pub at: DateTime<Utc>,
}

impl Seal {
    fn head(&self, head: Head) -> Checkpoint {
        let mut checkpoint = Checkpoint::of(head);
        if let Some(key) = &self.log_key {
            checkpoint.note.sign(key);
            checkpoint.note.cosign(key, self.at);
        }
        checkpoint
    }

    /// Records as lines. What is signed is signed for its place.
    fn lines(&self, records: &[Record], origin: &str, first: u64) -> Result<Vec<String>> {
        let placed = |(record, entry): (&Record, u64)| match self.signers.is_empty() {
            true => self.line(record),
            false => self.line(&record.placed(origin, entry)),
        };
        records.iter().zip(first..).map(placed).collect()
    }

    /// A record as a line, if it reads the same again: an entry that cannot be read would close the registry for good.
    fn line(&self, record: &Record) -> Result<String> {
        let refused =
            || Error::Refused("the record cannot be written so that it reads the same again".into());
        let statement = record.to_statement().ok_or_else(refused)?;
        let envelope = Envelope::seal(&statement, &self.signers).ok_or_else(refused)??;
        let line = envelope.to_line().ok_or_else(refused)?;
        let again = Envelope::from_line(line.as_bytes()).and_then(|again| again.statement());
        let again = again.and_then(Record::from_statement).ok();
        again.filter(|again| again == record).map(|_| line).ok_or_else(refused)
    }
}

impl Registry {
    /// Creates a registry in a folder that holds none.
    pub fn create(dir: &Path, origin: &str, seal: &Seal) -> Result<Self> {
        if origin.is_empty()
            || origin.contains('+')
            || origin.contains(|c: char| c.is_whitespace() || c.is_control())
        {
            let message = format!("origin {origin:?}: must not be empty nor hold blanks or plus signs");
            return Err(Error::Usage(message));
        }
        fs::create_dir_all(dir).map_err(|source| Error::Io { path: dir.to_owned(), source })?;
        if dir.join(checkpoint::FILE).exists() || dir.join(log::FILE).exists() {
            return Err(Error::Exists { dir: dir.to_owned() });
        }
        let _lock = write_lock(dir)?;
        let log = Log::of(dir);
        log.create()?;
        seal.head(Head::of(origin, &Frontier::default())).write(dir)?;
        Self::open(dir)
    }

    /// Appends records: each is on disk, and under the head, when this returns. Returns the number of the first.
    ///
    /// # Errors
    /// Where a record speaks of an entry that does not exist, or the head is signed and the seal has no key that may sign
    /// it, nothing is written.
    pub fn append(&mut self, records: &[Record], seal: &Seal) -> Result<u64> {
        let _lock = write_lock(&self.dir)?;
        self.reload()?;
        self.check_log_key(records, seal)?;
        self.count_entries(seal)?;
        self.check_log()?;
        for record in records {
            self.check_reference(record)?;
        }
        let lines = seal.lines(records, &self.head.origin, self.head.size)?;
        if let Ok(index) = self.on_disk() {
            let (index, result) = self.append_through(index, records, &lines, seal);
            // If it cannot be closed in order, the next one makes it anew.
            let _ = index.into_store().close();
            return result;
        }
        let (index, result) = self.append_through(self.replay()?, records, &lines, seal);
        self.repair(&index);
        result
    }

    /// The log first, then the head, then the index.
    fn append_through<S: Store>(
        &mut self,
        mut index: Index<S>,
        records: &[Record],
        lines: &[String],
        seal: &Seal,
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
        if let Err(error) = self.put_head(&tree, seal) {
            return (index, Err(error));
        }
        let mut draft = index.draft();
        let added =
            positions.iter().zip(records).try_for_each(|(position, record)| draft.add(position, record));
        if added.is_ok() {
            // A failure leaves an index that disagrees with the head: the next reader sees it.
            let _ = draft.finish();
        }
        (index, Ok(first))
    }

    fn put_head(&mut self, tree: &Frontier, seal: &Seal) -> Result<()> {
        let checkpoint = seal.head(Head::of(&self.head.origin, tree));
        checkpoint.write(&self.dir)?;
        self.forget();
        Checkpoint { head: self.head, note: self.note } = checkpoint;
        Ok(())
    }

    /// Takes the head as it is now.
    fn reload(&mut self) -> Result<()> {
        self.forget();
        Checkpoint { head: self.head, note: self.note } = Checkpoint::read(&self.dir)?;
        Ok(())
    }

    fn forget(&mut self) {
        self.in_memory = OnceCell::new();
        self.checked = OnceCell::new();
        self.vouched = OnceCell::new();
    }

    /// A head that is signed must stay so, by the key that signed it or by one that a change of keys names.
    fn check_log_key(&self, records: &[Record], seal: &Seal) -> Result<()> {
        let refused = |message: &str| Err(Error::Refused(message.to_owned()));
        let Some(key) = seal.log_key.as_ref().map(SecretKey::verifier) else {
            return match self.note.is_unsigned() {
                true => Ok(()),
                false => Err(Error::Usage("the head of this registry is signed: give --log-key FILE".into())),
            };
        };
        let named = |record: &Record| match record {
            Record::ChangeKeys(change) => change.keys.log.iter().any(|named| named.0 == key),
            _ => false,
        };
        let changes = records.iter().any(|record| matches!(record, Record::ChangeKeys(_)));
        let fits = match changes {
            true => records.iter().any(named),
            false => self.note.is_unsigned() || self.note.check(&key) == Checked::Good,
        };
        match fits {
            true => Ok(()),
            false if changes => {
                refused("the log key is not among the keys of the change: the head would not be trusted")
            }
            false => refused("the log key is another one than signed the head of this registry"),
        }
    }

    fn check_reference(&self, record: &Record) -> Result<()> {
        match record {
            Record::Revoke(revocation) => self.standing_of(revocation.approval).map(drop),
            Record::Supersede(succession) => {
                self.standing_of(succession.approval)?;
                self.standing_of(succession.successor)?;
                match succession.successor == succession.approval {
                    true => Err(Error::Refused("an approval cannot supersede itself".into())),
                    false => Ok(()),
                }
            }
            Record::Endorse(endorsement) => {
                match self.endorsement_of(endorsement.entry, endorsement)? == *endorsement {
                    true => Ok(()),
                    false => Err(Error::Refused("the endorsement means another entry".into())),
                }
            }
            Record::Approve(_) | Record::ChangeKeys(_) | Record::Foreign(_) => Ok(()),
        }
    }

    /// An endorsement of an entry, which must be an approval or a change of keys, with the decision of another one.
    fn endorsement_of(&self, entry: u64, like: &Endorsement) -> Result<Endorsement> {
        let found =
            self.entries(&[Key::Approval(ApprovalId(entry))])?.into_iter().find(|e| e.number == entry);
        match found {
            Some(Entry { record: Record::Approve(_) | Record::ChangeKeys(_), leaf, .. }) => {
                Ok(Endorsement { entry, leaf: hex::encode(leaf), decision: like.decision.clone() })
            }
            _ => Err(Error::NoSuchApproval { id: ApprovalId(entry).to_string() }),
        }
    }

    /// The record by which somebody else signs an approval or a change of keys too.
    pub fn endorse(&self, entry: u64, decision: super::Decision) -> Result<Record> {
        let like = Endorsement { entry, leaf: String::new(), decision };
        self.endorsement_of(entry, &like).map(Record::Endorse)
    }

    /// Signs the head anew, with the time of the seal: it says that this is still the newest.
    pub fn refresh(&mut self, seal: &Seal) -> Result<()> {
        let _lock = write_lock(&self.dir)?;
        self.reload()?;
        self.check_log_key(&[], seal)?;
        self.count_entries(seal)?;
        let tree = self.check_log()?;
        self.put_head(&tree, seal)
    }

    /// Counts whole entries behind the head: a writer was killed before it could. Needs the lock.
    fn count_entries(&mut self, seal: &Seal) -> Result<()> {
        let mut entries = self.log.entries()?;
        let mut tree = Frontier::default();
        while let Some((position, line)) = entries.next_entry()? {
            if tree.size() == self.head.size && tree.root() != self.head.root {
                break; // the next reading tells what is wrong
            }
            if tree.size() >= self.head.size {
                self.parse(tree.size(), &position, &line)?;
            }
            tree.push(position.leaf);
        }
        if tree.size() > self.head.size {
            self.check_log_key(&[], seal)?;
            self.put_head(&tree, seal)?;
        }
        Ok(())
    }

    /// Makes the index on disk anew from the log; counts entries of a writer that was killed before it could.
    pub fn rebuild(&mut self, seal: &Seal) -> Result<()> {
        let _lock = write_lock(&self.dir)?;
        self.reload()?;
        self.count_entries(seal)?;
        let index = self.replay()?;
        let refused = |damage: Damaged| Error::Refused(damage.0);
        let start = Instant::now();
        let mut store = loop {
            match self.shared_store() {
                Ok(store) => break store,
                Err(damage) if start.elapsed() > WRITE_TIME => return Err(refused(damage)),
                Err(_) => thread::sleep(Duration::from_millis(20)),
            }
        };
        store.put(index.store_rows()).map_err(refused)?;
        store.close().map_err(refused)
    }
}

/// Waits until no other process writes, for as long as a write can take.
fn write_lock(dir: &Path) -> Result<File> {
    let path = dir.join("lock");
    let at = |source| Error::Io { path: path.clone(), source };
    let lock = plain_file::open_or_create(&path, File::options().write(true)).map_err(at)?;
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

/// How long a writer waits for another.
const PATIENCE: Duration = Duration::from_mins(1);
