//! A registry before its trust file: is this the log that is meant, does it continue what was seen of it, who signed its
//! head, and how old is that?

use std::path::{Path, PathBuf};

use chrono::{DateTime, TimeDelta, Utc};

use super::{
    checkpoint::{Checkpoint, Head},
    error::{Error, Result},
    keyring::Keyring,
    merkle::Frontier,
    seen,
    trust::Trust,
};
use crate::signing::{Checked, KeyKind, Note, VerifierKey};

/// Folder of the registry in which each witness keeps the head that it signed last, in a file of its own.
pub(super) const WITNESSES: &str = "witnesses";

/// How far clocks may differ.
pub(super) const TOLERANCE: TimeDelta = TimeDelta::minutes(5);

/// A head that the log must continue.
#[derive(Debug)]
struct Milestone {
    head: Head,
    /// Who saw it; `None` for this gate.
    witness: Option<String>,
}

/// What a trust file asks of a registry, while its log is read.
#[derive(Debug)]
pub(super) struct Watch {
    trust: Trust,
    now: DateTime<Utc>,
    memory: Option<PathBuf>,
    milestones: Vec<Milestone>,
    /// Sizes of the log that witnesses saw, and when they signed.
    witnessed: Vec<(u64, DateTime<Utc>)>,
}

/// A registry that stood before its trust file.
#[derive(Debug)]
pub(super) struct Vouched {
    pub(super) keyring: Keyring,
    /// Entries from this one on were not seen by enough witnesses.
    pub(super) witnessed: u64,
    /// Who signed the head, and which witnesses saw the log.
    pub(super) by: Vec<String>,
    /// The newest time that was signed.
    pub(super) signed_at: Option<DateTime<Utc>>,
}

impl Watch {
    /// Reads what was seen of the registry before. To be called before the head is read: what is seen only grows, so that
    /// a head that is read later is never behind it.
    pub(super) fn new(dir: &Path, trust: Trust, now: DateTime<Utc>) -> Result<Self> {
        let memory = seen::file(&trust.memory, &trust.origin)?;
        let seen = memory.as_deref().map(|path| seen::read(path, &trust.origin)).transpose()?.flatten();
        let mut watch = Self { memory, milestones: Vec::new(), witnessed: Vec::new(), trust, now };
        watch.milestones.extend(seen.map(|head| Milestone { head, witness: None }));
        for key in watch.trust.witnesses.clone() {
            if let Some((head, at)) = witnessed(dir, &key, &watch.trust.origin)? {
                watch.witnessed.push((head.size, at));
                watch.milestones.push(Milestone { head, witness: Some(key.name().to_owned()) });
            }
        }
        Ok(watch)
    }

    pub(super) fn trust(&self) -> &Trust {
        &self.trust
    }

    /// Whether the last seen head is remembered.
    pub(super) fn remembers(&self) -> bool {
        self.memory.is_some()
    }

    /// Before the log is read: is it the one that is meant, and not shorter than it was?
    pub(super) fn begin(&self, dir: &Path, head: &Head) -> Result<()> {
        if head.origin != self.trust.origin {
            let (found, expected) = (head.origin.clone(), self.trust.origin.clone());
            return Err(Error::OtherOrigin { path: dir.to_owned(), found, expected });
        }
        match self.milestones.iter().max_by_key(|milestone| milestone.head.size) {
            Some(seen) if seen.head.size > head.size => Err(Error::RolledBack {
                path: dir.to_owned(),
                size: head.size,
                seen: seen.head.size,
                by: seen.witness.clone(),
            }),
            _ => Ok(()),
        }
    }

    /// The heads that were seen of the log up to a size.
    pub(super) fn seen_up_to(&self, size: u64) -> impl Iterator<Item = &Head> {
        self.milestones.iter().map(|milestone| &milestone.head).filter(move |head| head.size <= size)
    }

    /// While the log is read: at the size of a head that was seen, it must have that root.
    pub(super) fn pass(&self, dir: &Path, tree: &Frontier) -> Result<()> {
        let mut here = self.milestones.iter().filter(|milestone| milestone.head.size == tree.size());
        match here.find(|milestone| milestone.head.root != tree.root()) {
            None => Ok(()),
            Some(milestone) => {
                Err(Error::Forked { path: dir.to_owned(), size: tree.size(), by: milestone.witness.clone() })
            }
        }
    }

    /// Behind the log, which is known to be that of the head: who signed, and how old is it?
    pub(super) fn vouch(&self, dir: &Path, note: &Note, keyring: Keyring) -> Result<Vouched> {
        let (mut by, mut signed_at) = signers_of(dir, note, keyring.current().log.iter().map(|key| &key.0))?;
        let mut witnessed = u64::MAX;
        if self.trust.quorum > 0 {
            let (size, at) = self.quorum(dir)?;
            (witnessed, signed_at) = (size, Some(at));
            by.extend(self.milestones.iter().filter_map(|milestone| milestone.witness.clone()));
        }
        check_age(dir, signed_at, self.trust.max_age, self.now)?;
        Ok(Vouched { keyring, witnessed, by, signed_at })
    }

    /// The size of the log, and the time, that as many witnesses as are asked for have seen.
    fn quorum(&self, dir: &Path) -> Result<(u64, DateTime<Utc>)> {
        let mut sizes: Vec<u64> = self.witnessed.iter().map(|(size, _)| *size).collect();
        let mut times: Vec<DateTime<Utc>> = self.witnessed.iter().map(|(_, at)| *at).collect();
        sizes.sort_unstable_by(|a, b| b.cmp(a));
        times.sort_unstable_by(|a, b| b.cmp(a));
        let place = self.trust.quorum.saturating_sub(1);
        let enough = sizes.get(place).zip(times.get(place)).map(|(size, at)| (*size, *at));
        enough.ok_or_else(|| Error::NoQuorum {
            path: dir.to_owned(),
            have: self.witnessed.len(),
            need: self.trust.quorum,
        })
    }

    /// Behind everything else: the head is one to remember.
    pub(super) fn remember(&self, head: &Head) -> Result<()> {
        self.memory.as_deref().map_or(Ok(()), |path| seen::remember(path, head))
    }
}

/// The names of the keys that signed a note, and the newest time that one of them signed.
///
/// # Errors
/// Where none signed, or a signature says to be one's and is not.
pub(super) fn signers_of<'k>(
    path: &Path,
    note: &Note,
    keys: impl Iterator<Item = &'k VerifierKey>,
) -> Result<(Vec<String>, Option<DateTime<Utc>>)> {
    let (mut by, mut signed_at, mut expected) = (Vec::new(), None, Vec::new());
    for key in keys {
        let mut signed = false;
        for kind in [KeyKind::Text, KeyKind::Cosignature] {
            match note.check(&key.of_kind(kind)) {
                Checked::Absent => {}
                Checked::Bad => {
                    return Err(Error::BadHeadSignature { path: path.to_owned(), key: key.hint() });
                }
                Checked::Good => signed = true,
                Checked::GoodAt(at) => signed_at = signed_at.max(Some(at)),
            }
        }
        if signed {
            by.push(key.name().to_owned());
        }
        expected.push(key.hint());
    }
    match by.is_empty() {
        true => Err(Error::HeadNotSigned { path: path.to_owned(), expected: expected.join(", ") }),
        false => Ok((by, signed_at)),
    }
}

/// Whether a signed time is neither too old nor in the future.
pub(super) fn check_age(
    path: &Path,
    signed_at: Option<DateTime<Utc>>,
    max_age: Option<TimeDelta>,
    now: DateTime<Utc>,
) -> Result<()> {
    let age = signed_at.map(|at| now.signed_duration_since(at));
    if let (Some(age), Some(signed)) = (age, signed_at)
        && -age > TOLERANCE
    {
        return Err(Error::SignedInFuture { path: path.to_owned(), signed, now });
    }
    match max_age {
        Some(max) if age.is_none_or(|age| age > max) => {
            Err(Error::Stale { path: path.to_owned(), signed: signed_at, max_hours: max.num_hours() })
        }
        _ => Ok(()),
    }
}

/// The file of a witness in the folder of a registry.
pub(super) fn witness_file(dir: &Path, key: &VerifierKey) -> PathBuf {
    dir.join(WITNESSES).join(hex::encode(key.of_kind(KeyKind::Cosignature).id()))
}

/// The head that a witness signed last, and when. What is not its, or no checkpoint, is passed over: a quorum tells.
fn witnessed(dir: &Path, key: &VerifierKey, origin: &str) -> Result<Option<(Head, DateTime<Utc>)>> {
    let checkpoint = match Checkpoint::read_file(&witness_file(dir, key)) {
        Err(Error::MalformedHead { .. }) => return Ok(None),
        other => other?,
    };
    let Some(Checkpoint { head, note }) = checkpoint.filter(|found| found.head.origin == origin) else {
        return Ok(None);
    };
    match note.check(key) {
        Checked::GoodAt(at) => Ok(Some((head, at))),
        _ => Ok(None),
    }
}
