//! Questions to a registry: the approvals under some keys, an image's relatives, a page of the list.
//!
//! A short log is read whole for every question: that takes milliseconds, and then nothing rests on an index. Of a long
//! one this computer keeps an index of its own, outside of the registry, made from a log that it read to its root. It
//! belongs to a head: of a later one only the entries since are read, and the Merkle tree that goes on from there must end
//! in its root. So nobody who may write the registry can put a false index before this gate. Where none can be kept, the
//! whole log is hashed and the index in the registry says which entries to understand.

use std::{
    cmp::Reverse,
    collections::HashSet,
    env,
    path::{Path, PathBuf},
    time::Duration,
};

use chrono::{DateTime, Utc};
use sha2::{Digest as _, Sha256};
use wimproof_wim::ContentSet;

use super::{
    Approval, ApprovalId, ContentsRef, Error, InMemory, Key, Registry, Relative, Result, Standing, Status,
    contents,
    entry::Entry,
    index::{Damaged, Index, Lookup, SledStore, Stamp, Store as _},
    record::Record,
    seen,
    watch::Vouched,
};

/// Logs up to this length are read whole.
const READ_WHOLE_BYTES: u64 = 16 << 20;

/// How long one waits for another process that asks the same index.
const PATIENCE: Duration = Duration::from_secs(5);

/// Sets of contents that an image is compared with, newest first, and approvals that are looked through for them.
const MAX_COMPARED: usize = 256;
const MAX_LOOKED_THROUGH: usize = 4096;

/// Component stores that an image is compared with. One takes some 4 MB.
const MAX_STORES: usize = 16;

/// The outer error is the registry's, the inner one the index's.
pub(super) type Answer<T> = Result<Result<T, Damaged>>;

/// Which index is asked first.
#[derive(Debug)]
pub(super) enum Asks {
    /// None of a short log, else the own one, or the shared one where none can be kept.
    ByLength,
    /// The one in the registry.
    SharedIndex,
    /// The one in this folder.
    OwnIndex(PathBuf),
}

/// Unwraps what an index said; damage is an answer.
macro_rules! sound {
    ($found:expr) => {
        match $found {
            Ok(found) => found,
            Err(damage) => return Ok(Err(damage)),
        }
    };
}

impl Registry {
    /// The approvals under any of these keys, with what became of them, in the order of the log.
    pub fn standings(&self, keys: &[Key]) -> Result<Vec<Standing>> {
        self.ask(|index| self.look_up(index, keys))
    }

    /// Approvals with a higher number than `after`, in the order of the log, at most `limit`, of which `wanted` says yes.
    pub fn page(
        &self,
        after: Option<ApprovalId>,
        limit: usize,
        wanted: impl Fn(&Standing) -> bool,
    ) -> Result<Vec<Standing>> {
        let first = after.map_or(0, |id| id.0.saturating_add(1));
        self.ask(|index| {
            sound!(self.ready(index)?);
            let mut page = Vec::new();
            for entry in first..self.head.size {
                if page.len() >= limit {
                    break;
                }
                page.extend(sound!(self.standing(index, entry)?).filter(&wanted));
            }
            Ok(Ok(page))
        })
    }

    /// The approved images that share most contents with an image, nearest first, at most three. Of each set of contents
    /// the latest approval counts; 256 of them are looked at.
    pub fn relatives(&self, contents: &ContentSet) -> Result<Vec<Relative>> {
        self.ask(|index| self.related(index, contents))
    }

    /// What the component stores of approved images hold, of the latest approvals in force.
    ///
    /// # Errors
    /// Where what one of them keeps is missing or was changed: an image is not to pass for want of a comparison.
    pub fn components(&self, now: DateTime<Utc>) -> Result<Vec<(Standing, Vec<u8>)>> {
        self.ask(|index| self.kept_components(index, now))
    }

    /// Why the index on disk was not used, where it was to be used.
    pub fn index_trouble(&self) -> Option<&str> {
        self.in_memory.get()?.why.as_deref()
    }

    fn ask<T>(&self, question: impl Fn(&dyn Lookup) -> Answer<T>) -> Result<T> {
        let mut why = None;
        if self.in_memory.get().is_none() {
            let own = match &self.asks {
                Asks::SharedIndex => None,
                Asks::OwnIndex(folder) => Some(folder.clone()),
                Asks::ByLength if self.log.length()? <= READ_WHOLE_BYTES => {
                    return self.ask_memory(question, None);
                }
                Asks::ByLength => own_folder(&self.dir, &self.head.origin),
            };
            let answer = match &own {
                Some(folder) => self.through_own(folder, &question)?,
                None => self.through_shared(&question)?,
            };
            match answer {
                Ok(answer) => return Ok(answer),
                Err(damage) => why = Some((damage.0, own)),
            }
        }
        self.ask_memory(question, why)
    }

    /// Reads the log, once.
    fn ask_memory<T>(
        &self,
        question: impl Fn(&dyn Lookup) -> Answer<T>,
        why: Option<(String, Option<PathBuf>)>,
    ) -> Result<T> {
        if self.in_memory.get().is_none() {
            let _ = self.in_memory.set(self.read_whole(why)?);
        }
        match self.in_memory.get() {
            Some(memory) => question(&memory.index)?.map_err(|why| self.disagrees(why)),
            None => Err(self.disagrees(Damaged("the index could not be made".into()))),
        }
    }

    /// Makes an index from the log, and mends the one that did not serve.
    fn read_whole(&self, why: Option<(String, Option<PathBuf>)>) -> Result<InMemory> {
        let index = self.replay()?;
        let why = why.map(|(why, own)| {
            match own {
                Some(folder) => keep_own(folder, &index),
                None => self.repair(&index),
            }
            why
        });
        Ok(InMemory { index, why })
    }

    fn through_shared<T>(&self, question: impl Fn(&dyn Lookup) -> Answer<T>) -> Answer<T> {
        self.check_log()?;
        answered(sound!(self.on_disk()), question)
    }

    fn through_own<T>(&self, folder: &Path, question: impl Fn(&dyn Lookup) -> Answer<T>) -> Answer<T> {
        self.begin()?;
        let store = sound!(SledStore::open(folder.to_owned(), Stamp::Times, PATIENCE));
        let mut index = sound!(Index::open_before(store, &self.head));
        sound!(self.catch_up(&mut index)?);
        answered(index, question)
    }

    /// Adds to an index what came to the log since. Whatever does not fit is damage: reading the whole log tells what.
    fn catch_up(&self, index: &mut Index<SledStore>) -> Answer<()> {
        let (size, bytes) = (index.tree().size(), index.log_bytes());
        let damage = |what: &str| Ok(Err(Damaged(what.to_owned())));
        if self.watch.as_ref().is_some_and(|watch| !watch.seen_up_to(size).all(|head| index.has_passed(head)))
        {
            return damage("the log was not compared with a head that somebody saw");
        }
        if self.log.length()? < bytes {
            return damage("the log is shorter than when it was indexed");
        }
        let mut entries = self.log.entries_from(bytes, size)?;
        let mut draft = index.draft();
        while draft.tree().size() < self.head.size {
            let Some((position, line)) = entries.next_entry()? else {
                return damage("the log is shorter than its head says");
            };
            // Of another log the place may be the middle of an entry.
            let Ok(entry) = self.parse(draft.tree().size(), &position, &line) else {
                return damage("an entry that came since cannot be understood");
            };
            sound!(draft.add(&position, &entry.record));
            if self.watch.as_ref().is_some_and(|watch| watch.pass(&self.dir, draft.tree()).is_err()) {
                return damage("the log does not continue a head that somebody saw");
            }
        }
        if draft.tree().root() != self.head.root {
            return damage("the log is not the one that was indexed");
        }
        self.await_head(&mut entries)?;
        if self.head.size > size {
            let seen = self.watch.iter().flat_map(|watch| watch.seen_up_to(self.head.size));
            draft.passed(seen.chain([&self.head]));
            sound!(draft.finish());
        }
        Ok(Ok(()))
    }

    /// Finds and reads entries through an index.
    fn look_up(&self, index: &dyn Lookup, keys: &[Key]) -> Answer<Vec<Standing>> {
        sound!(self.ready(index)?);
        let mut approvals = Vec::new();
        for key in keys {
            approvals.extend(sound!(index.entries(key)));
        }
        approvals.sort_unstable();
        approvals.dedup();
        let mut standings = Vec::new();
        for entry in approvals {
            standings.extend(sound!(self.standing(index, entry)?));
        }
        Ok(Ok(standings))
    }

    fn related(&self, index: &dyn Lookup, contents: &ContentSet) -> Answer<Vec<Relative>> {
        sound!(self.ready(index)?);
        let mut found = Vec::new();
        let kept = sound!(self.latest_kept(index, MAX_COMPARED, |approval| approval.contents)?);
        for (number, kept) in kept {
            let Some(approved) = contents::read(&self.dir, &kept) else { continue };
            let (shared, foreign_files) = contents.compare(&approved);
            if shared > 0 {
                found.push((shared, number, approved.len(), foreign_files));
            }
        }
        // Of those that share as much, the one that holds least besides.
        found.sort_by_key(|(shared, number, of, _)| Reverse((*shared, Reverse(*of), *number)));
        let mut relatives = Vec::new();
        for (shared, number, of, foreign_files) in found.into_iter().take(3) {
            let standing = sound!(self.standing(index, number)?);
            relatives.extend(standing.map(|standing| Relative { standing, shared, of, foreign_files }));
        }
        Ok(Ok(relatives))
    }

    fn kept_components(&self, index: &dyn Lookup, now: DateTime<Utc>) -> Answer<Vec<(Standing, Vec<u8>)>> {
        sound!(self.ready(index)?);
        let mut components = Vec::new();
        for (number, kept) in sound!(self.latest_kept(index, MAX_COMPARED, |approval| approval.components)?) {
            if components.len() >= MAX_STORES {
                break;
            }
            let standing = sound!(self.standing(index, number)?);
            let Some(standing) = standing.filter(|standing| standing.status(now) == Status::InForce) else {
                continue;
            };
            let bytes = contents::read_bytes(&self.dir, &kept);
            let bytes = bytes.ok_or_else(|| Error::NotKept { dir: self.dir.clone(), id: standing.id })?;
            components.push((standing, bytes));
        }
        Ok(Ok(components))
    }

    /// What the latest approvals keep beside the log, each once, with the approval that keeps it.
    fn latest_kept(
        &self,
        index: &dyn Lookup,
        limit: usize,
        what: impl Fn(Approval) -> Option<ContentsRef>,
    ) -> Answer<Vec<(u64, ContentsRef)>> {
        let mut seen = HashSet::new();
        let mut latest = Vec::new();
        for number in sound!(index.entries(&Key::Kept)).into_iter().rev().take(MAX_LOOKED_THROUGH) {
            let Record::Approve(approval) = sound!(self.entry(index, number)?).record else { continue };
            let Some(kept) = what(*approval).filter(|kept| seen.insert(kept.clone())) else { continue };
            latest.push((number, kept));
            if latest.len() >= limit {
                break;
            }
        }
        Ok(Ok(latest))
    }

    /// Stands the registry before its trust file, which needs the changes of keys.
    fn ready(&self, index: &dyn Lookup) -> Answer<()> {
        let changes = sound!(self.key_changes(index)?);
        self.vouch(changes).map(Ok)
    }

    pub(super) fn entries_at(
        &self,
        index: &dyn Lookup,
        numbers: Result<Vec<u64>, Damaged>,
    ) -> Answer<Vec<Entry>> {
        sound!(numbers).into_iter().map(|number| self.entry(index, number)).collect()
    }

    /// An approval with the entries about it; `None` where the entry is no approval.
    fn standing(&self, index: &dyn Lookup, number: u64) -> Answer<Option<Standing>> {
        let entry = sound!(self.entry(index, number)?);
        if !matches!(entry.record, Record::Approve(_)) {
            return Ok(Ok(None));
        }
        let about = index.entries(&Key::Approval(ApprovalId(number)));
        let later = about.map(|about| about.into_iter().filter(|later| *later > number).collect());
        Ok(self.entries_at(index, later)?.map(|later| self.standing_from(&entry, later)))
    }

    /// An approval with what became of it; `None` where the entry is no approval.
    pub(super) fn standing_from(&self, entry: &Entry, later: Vec<Entry>) -> Option<Standing> {
        let Record::Approve(approval) = &entry.record else { return None };
        let mut standing = Standing::new(entry.number, Approval::clone(approval));
        if let Some(Vouched { keyring, witnessed, .. }) = self.vouched.get() {
            standing.authority = keyring.authority(entry, &later, *witnessed);
        }
        for Entry { number, record, .. } in later {
            if record.target() == Some(standing.id) {
                standing.apply(number, record);
            }
        }
        Some(standing)
    }

    fn entry(&self, index: &dyn Lookup, entry: u64) -> Answer<Entry> {
        let position = sound!(index.position(entry));
        match self.log.read(&position)? {
            Some(line) => self.parse(entry, &position, &line).map(Ok),
            None => Ok(Err(Damaged(format!("entry {entry} of the log is not the one that was indexed")))),
        }
    }
}

/// Asks an index on disk, and closes it where it served.
fn answered<T>(index: Index<SledStore>, question: impl Fn(&dyn Lookup) -> Answer<T>) -> Answer<T> {
    let answer = question(&index)?;
    if answer.is_ok() {
        // If the index cannot be closed in order, the next one makes it anew.
        let _ = index.into_store().close();
    }
    Ok(answer)
}

/// Puts an index made from the log into the folder for it. If that fails, the next question makes it anew.
fn keep_own(folder: PathBuf, index: &Index<super::Memory>) {
    if let Ok(mut store) = SledStore::open(folder, Stamp::Times, Duration::ZERO)
        && store.put(index.store_rows()).is_ok()
    {
        let _ = store.close();
    }
}

/// The folder for the own index of a registry: one for each log and place.
fn own_folder(dir: &Path, origin: &str) -> Option<PathBuf> {
    let variable = |name: &str| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let place = dir.canonicalize().ok()?;
    let digest = Sha256::new()
        .chain_update(origin)
        .chain_update([0])
        .chain_update(place.as_os_str().as_encoded_bytes());
    Some(seen::state_folder(variable)?.join("wimproof").join("indexes").join(hex::encode(digest.finalize())))
}
