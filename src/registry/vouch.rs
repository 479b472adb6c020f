//! Opening a registry to believe it only as far as a trust file does.

use std::path::Path;

use chrono::{DateTime, Utc};

use super::{
    ApprovalId, Error, Key, Registry, Result, ask::Answer, entry::Entry, index::Lookup, keyring::Keyring,
    trust::Trust, watch::Watch,
};

impl Registry {
    /// Opens a registry to believe it only as far as a trust file does, at this time.
    ///
    /// # Errors
    /// Where the registry is not the one that is meant, or shorter than it was. What else speaks against it shows with the
    /// first question.
    pub fn open_trusting(dir: &Path, trust: Trust, now: DateTime<Utc>) -> Result<Self> {
        let watch = Watch::new(dir, trust, now)?;
        let registry = Self { watch: Some(watch), ..Self::open(dir)? };
        registry.begin()?;
        Ok(registry)
    }

    /// Before the log is read.
    pub(super) fn begin(&self) -> Result<()> {
        self.watch.as_ref().map_or(Ok(()), |watch| watch.begin(&self.dir, &self.head))
    }

    /// Who vouches for the registry: the names of the keys that signed its head, and of the witnesses. `None` before the
    /// first question, and where no trust file says whom to believe.
    pub fn vouched_by(&self) -> Option<&[String]> {
        self.vouched.get().map(|vouched| vouched.by.as_slice())
    }

    /// The newest time that a trusted key signed, under the same conditions.
    pub fn signed_at(&self) -> Option<DateTime<Utc>> {
        self.vouched.get()?.signed_at
    }

    /// Which change of keys comes next, from 1.
    ///
    /// # Errors
    /// Where the registry was not opened with a trust file, which says what counts as a change.
    pub fn next_key_version(&self) -> Result<u64> {
        self.records()?;
        let vouched = self.vouched.get().map(|vouched| vouched.keyring.changes() as u64 + 1);
        vouched.ok_or_else(|| Error::Usage("a change of keys needs a trust file: give --trust FILE".into()))
    }

    /// Whether somebody signed the head. Says nothing of who.
    pub fn is_signed(&self) -> bool {
        !self.note.is_unsigned()
    }

    /// Stands the registry before its trust file, once. Needs the log to be that of the head, and its changes of keys.
    pub(super) fn vouch(&self, changes: Vec<Entry>) -> Result<()> {
        let Some(watch) = &self.watch else { return Ok(()) };
        if self.vouched.get().is_none() {
            let keyring = Keyring::replay(watch.trust(), changes);
            let vouched = watch.vouch(&self.dir, &self.note, keyring)?;
            watch.remember(&self.head)?;
            let _ = self.vouched.set(vouched);
        }
        Ok(())
    }

    /// Changes of keys and what endorses them, in the order of the log; nothing where nobody asks.
    pub(super) fn key_changes(&self, index: &dyn Lookup) -> Answer<Vec<Entry>> {
        if self.watch.is_none() || self.vouched.get().is_some() {
            return Ok(Ok(Vec::new()));
        }
        let numbers = || {
            let mut numbers = index.entries(&Key::KeyChanges)?;
            for change in numbers.clone() {
                numbers.extend(index.entries(&Key::Approval(ApprovalId(change)))?);
            }
            numbers.sort_unstable();
            numbers.dedup();
            Ok(numbers)
        };
        self.entries_at(index, numbers())
    }
}
