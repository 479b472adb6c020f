//! Which keys count for which entry: those of the trust file, until a change of keys in the log that enough root keys
//! signed, old and new ones, puts others in their place.

use super::{
    authority::{Authority, Lack},
    entry::Entry,
    key_set::KeySet,
    record::{KeyChange, Record},
    trust::Trust,
};
use crate::signing::{Group, Tally};

/// Changes of keys that wait for signatures at the same time.
const MAX_WAITING: usize = 64;

/// The keys along a log.
#[derive(Debug)]
pub(super) struct Keyring {
    origin: String,
    namespace: String,
    /// Those of the trust file.
    pinned: KeySet,
    /// Each counts from an entry up to the next.
    epochs: Vec<(u64, KeySet)>,
    /// Identities of keys, and from which entry on they do not count.
    withdrawn: Vec<(Vec<u8>, u64)>,
}

/// A change of keys that lacks signatures.
struct Waiting {
    entry: Entry,
    change: KeyChange,
    by_old: Tally,
    by_new: Tally,
}

impl Waiting {
    fn new(entry: Entry, change: &KeyChange) -> Self {
        Self { entry, change: change.clone(), by_old: Tally::default(), by_new: Tally::default() }
    }
}

impl Keyring {
    /// Follows the changes of keys and what endorses them, in the order of the log.
    pub(super) fn replay(trust: &Trust, entries: Vec<Entry>) -> Self {
        let (origin, namespace, pinned) = (trust.origin.clone(), trust.namespace.clone(), trust.keys.clone());
        let mut keyring = Self { origin, namespace, pinned, epochs: Vec::new(), withdrawn: Vec::new() };
        let mut waiting: Vec<Waiting> = Vec::new();
        for entry in entries {
            let number = entry.number;
            let found = match &entry.record {
                Record::ChangeKeys(change) if waiting.len() < MAX_WAITING && keyring.is_next(change) => {
                    Some(Waiting::new(entry.clone(), change))
                }
                Record::Endorse(_) => waiting
                    .iter()
                    .position(|one| entry.endorses(&one.entry))
                    .map(|place| waiting.swap_remove(place)),
                _ => None,
            };
            let Some(mut one) = found else { continue };
            if keyring.weigh(&mut one, &entry) {
                // Those that still wait were signed by root keys of before.
                waiting.clear();
                keyring.take(one.change, number);
            } else {
                waiting.push(one);
            }
        }
        keyring
    }

    /// Whether a change follows the last one that took effect.
    fn is_next(&self, change: &KeyChange) -> bool {
        change.version == self.epochs.len() as u64 + 1 && change.keys.check().is_ok()
    }

    /// Adds the signatures of an entry to a change; whether it has enough now.
    fn weigh(&self, waiting: &mut Waiting, by: &Entry) -> bool {
        let (old, new) = (&self.current().root, &waiting.change.keys.root);
        self.count(old, &mut waiting.by_old, by);
        self.count(new, &mut waiting.by_new, by);
        let enough = |group: &Group, tally: &Tally| !group.is_empty() && tally.count() >= group.threshold;
        enough(old, &waiting.by_old) && enough(new, &waiting.by_new)
    }

    /// A change takes effect behind the entry that gave it its last signature.
    fn take(&mut self, change: KeyChange, at: u64) {
        self.withdrawn.extend(change.withdrawn.iter().map(|w| (w.key.identity(), w.from)));
        self.epochs.push((at.saturating_add(1), change.keys));
    }

    fn count(&self, group: &Group, tally: &mut Tally, entry: &Entry) {
        let Some(decision) = entry.record.decision() else { return };
        let (message, signatures) = (entry.envelope.signed_bytes(), entry.envelope.signatures());
        let mut new = Tally::default();
        if entry.is_in_place(&self.origin) {
            group.count(&mut new, &message, &signatures, &self.namespace, decision.at);
        } else {
            new.bad
                .extend(signatures.into_iter().map(|(hint, _)| format!("{hint}: signed for another place")));
        }
        new.retain(|identity| {
            !self.withdrawn.iter().any(|(withdrawn, from)| withdrawn == identity && entry.number >= *from)
        });
        tally.add(new);
    }

    /// The keys that count at the end of the log.
    pub(super) fn current(&self) -> &KeySet {
        self.at(u64::MAX)
    }

    /// Changes of keys that took effect.
    pub(super) fn changes(&self) -> usize {
        self.epochs.len()
    }

    fn at(&self, entry: u64) -> &KeySet {
        self.epochs.iter().rev().find(|(from, _)| *from <= entry).map_or(&self.pinned, |(_, keys)| keys)
    }

    /// Who stands behind an approval: its own signatures and those of its endorsements, of entries that enough witnesses
    /// have seen.
    pub(super) fn authority(&self, approval: &Entry, endorsements: &[Entry], witnessed: u64) -> Authority {
        let mut tally = Tally::default();
        let endorsing = endorsements.iter().filter(|entry| entry.endorses(approval));
        for entry in [approval].into_iter().chain(endorsing).filter(|entry| entry.number < witnessed) {
            self.count(&self.at(entry.number).approvers, &mut tally, entry);
        }
        let (have, need) = (tally.count(), self.at(approval.number).approvers.threshold);
        let unwitnessed = approval.number >= witnessed;
        if have >= need && !unwitnessed {
            return Authority::Given(tally.signers().map(str::to_owned).collect());
        }
        Authority::Lacking(Lack { have, need, unknown: tally.unknown, bad: tally.bad, unwitnessed })
    }
}
