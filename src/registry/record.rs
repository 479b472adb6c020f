//! What the log records: approvals, revocations, successions.

use std::{fmt, str::FromStr};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use sha2::{Digest as _, Sha256};

use super::{
    authority::Authority,
    contents::ContentsRef,
    envelope::{Resource, Statement},
    key_set::KeySet,
    watch::TOLERANCE,
};
use crate::{
    sighting::{Assurance, FactKey, Values},
    signing::PublicKey,
};

const APPROVE: &str = "urn:wimproof:approve:v1";
const REVOKE: &str = "urn:wimproof:revoke:v1";
const SUPERSEDE: &str = "urn:wimproof:supersede:v1";
const ENDORSE: &str = "urn:wimproof:endorse:v1";
const CHANGE_KEYS: &str = "urn:wimproof:keys:v1";
const OURS: &str = "urn:wimproof:";

/// Identifies an approval: `A` and the number of its entry in the log, from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ApprovalId(pub u64);

impl fmt::Display for ApprovalId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "A{}", self.0)
    }
}

impl FromStr for ApprovalId {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let digits =
            text.strip_prefix(['A', 'a']).filter(|digits| digits.bytes().all(|b| b.is_ascii_digit()));
        let number = digits.and_then(|digits| digits.parse().ok());
        number.map(Self).ok_or_else(|| format!("{text:?} is no approval id; they look like A12"))
    }
}

impl Serialize for ApprovalId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ApprovalId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

/// Who decided, when, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// When it was written.
    pub at: DateTime<Utc>,
    /// Who decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// A change or ticket number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticket: Option<String>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Where the record stands, for records that are signed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
}

/// The place of a record. It is signed with it: a signed line that is written again, behind a revocation or into another
/// log, is none that was signed there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The log.
    pub origin: String,
    /// Number of the entry.
    pub entry: u64,
}

/// An approval of one image.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    /// What people call the image.
    pub title: String,
    /// What is known of the image, digests included.
    pub facts: Values,
    /// The contents of its files, kept beside the log; absent where its tree was not read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contents: Option<ContentsRef>,
    /// What its component store holds, kept beside the log; absent where it was not found healthy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub components: Option<ContentsRef>,
    /// On what the facts rest; absent for facts written down by hand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assurance: Option<Assurance>,
    /// Where it may be used; empty for everywhere.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scopes: Vec<String>,
    /// From when it holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_before: Option<DateTime<Utc>>,
    /// Until when it holds (the first instant at which it no longer does).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_after: Option<DateTime<Utc>>,
    /// Who, when, why.
    #[serde(flatten)]
    pub decision: Decision,
}

/// An approval is taken back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revocation {
    /// Which one.
    pub approval: ApprovalId,
    /// Who, when, why.
    #[serde(flatten)]
    pub decision: Decision,
}

/// An approved image takes the place of another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Succession {
    /// The one that goes.
    pub approval: ApprovalId,
    /// The one that comes.
    pub successor: ApprovalId,
    /// From when the old one is not to be deployed any more.
    pub from: DateTime<Utc>,
    /// Who, when, why.
    #[serde(flatten)]
    pub decision: Decision,
}

/// Somebody else signs an earlier entry too.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Endorsement {
    /// Number of the entry.
    pub entry: u64,
    /// Its leaf hash, in lower-case hexadecimal digits: it is this entry that is meant, whatever the number.
    pub leaf: String,
    /// Who, when, why.
    #[serde(flatten)]
    pub decision: Decision,
}

/// Other keys count from here on, if enough of the old and of the new root keys sign.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct KeyChange {
    /// Which change it is, from 1: each takes effect once, behind the one before it.
    pub version: u64,
    /// The keys that count.
    pub keys: KeySet,
    /// Keys whose signatures do not count any more, also of entries before this one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub withdrawn: Vec<Withdrawal>,
    /// Who, when, why.
    #[serde(flatten)]
    pub decision: Decision,
}

/// A key is not trusted from an entry on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Withdrawal {
    /// The key.
    pub key: PublicKey,
    /// Number of the first entry that its signature does not count for.
    pub from: u64,
}

/// An entry of the log.
#[derive(Debug, Clone, PartialEq)]
pub enum Record {
    /// An approval.
    Approve(Box<Approval>),
    /// A revocation.
    Revoke(Revocation),
    /// A succession.
    Supersede(Succession),
    /// Another signature for an entry.
    Endorse(Endorsement),
    /// A change of keys.
    ChangeKeys(Box<KeyChange>),
    /// Something that another tool wrote; it has no bearing on approvals.
    Foreign(String),
}

impl Record {
    /// The earlier entry that this one speaks of, as the id it has if it is an approval.
    pub fn target(&self) -> Option<ApprovalId> {
        match self {
            Self::Revoke(revocation) => Some(revocation.approval),
            Self::Supersede(succession) => Some(succession.approval),
            Self::Endorse(endorsement) => Some(ApprovalId(endorsement.entry)),
            Self::Approve(_) | Self::ChangeKeys(_) | Self::Foreign(_) => None,
        }
    }

    /// Who decided, when and why; `None` for what another tool wrote.
    pub fn decision(&self) -> Option<&Decision> {
        match self {
            Self::Approve(record) => Some(&record.decision),
            Self::Revoke(record) => Some(&record.decision),
            Self::Supersede(record) => Some(&record.decision),
            Self::Endorse(record) => Some(&record.decision),
            Self::ChangeKeys(record) => Some(&record.decision),
            Self::Foreign(_) => None,
        }
    }

    /// Where it was signed to stand.
    pub fn place(&self) -> Option<&Place> {
        self.decision()?.place.as_ref()
    }

    /// The record with the place that it is to stand at.
    pub(super) fn placed(&self, origin: &str, entry: u64) -> Self {
        let mut record = self.clone();
        let decision = match &mut record {
            Self::Approve(record) => &mut record.decision,
            Self::Revoke(record) => &mut record.decision,
            Self::Supersede(record) => &mut record.decision,
            Self::Endorse(record) => &mut record.decision,
            Self::ChangeKeys(record) => &mut record.decision,
            Self::Foreign(_) => return record,
        };
        decision.place = Some(Place { origin: origin.to_owned(), entry });
        record
    }

    /// The record as a statement; `None` where it is not ours to write.
    pub(super) fn to_statement(&self) -> Option<Statement> {
        let (subject, kind, predicate) = match self {
            Self::Approve(approval) => (approved(approval), APPROVE, serde_json::to_value(approval)),
            Self::Revoke(record) => (earlier_entry(record.approval), REVOKE, serde_json::to_value(record)),
            Self::Supersede(record) => {
                (earlier_entry(record.approval), SUPERSEDE, serde_json::to_value(record))
            }
            Self::Endorse(record) => (endorsed(record), ENDORSE, serde_json::to_value(record)),
            Self::ChangeKeys(record) => (changed(record), CHANGE_KEYS, serde_json::to_value(record)),
            Self::Foreign(_) => return None,
        };
        Some(Statement::new(subject, kind, predicate.ok()?))
    }

    /// Reads a record. A kind of ours that this version does not know is an error, not to be skipped: it may take an
    /// approval back.
    pub(super) fn from_statement(statement: Statement) -> Result<Self, String> {
        fn read<T: serde::de::DeserializeOwned>(predicate: serde_json::Value) -> Result<T, String> {
            serde_json::from_value(predicate).map_err(|error| error.to_string())
        }
        match statement.predicate_type.as_str() {
            APPROVE => read(statement.predicate).map(|approval| Self::Approve(Box::new(approval))),
            REVOKE => read(statement.predicate).map(Self::Revoke),
            SUPERSEDE => read(statement.predicate).map(Self::Supersede),
            ENDORSE => read(statement.predicate).map(Self::Endorse),
            CHANGE_KEYS => read(statement.predicate).map(|change| Self::ChangeKeys(Box::new(change))),
            ours if ours.starts_with(OURS) => {
                Err(format!("{ours:?} was written by a newer version of wimproof"))
            }
            _ => Ok(Self::Foreign(statement.predicate_type)),
        }
    }
}

/// The image that an approval is about, by its digests; where none is known, by a digest of the facts.
fn approved(approval: &Approval) -> Resource {
    let mut digest = std::collections::BTreeMap::new();
    for (key, algorithm) in [(FactKey::FileSha256, "sha256"), (FactKey::Tree, "wimproofTreeV1")] {
        if let Some(value) = approval.facts.text(key) {
            digest.insert(algorithm.to_owned(), value.to_owned());
        }
    }
    if digest.is_empty() {
        let facts = serde_json::to_vec(&approval.facts).unwrap_or_default();
        digest.insert("wimproofFactsV1".to_owned(), hex::encode(Sha256::digest(facts)));
    }
    Resource { name: Some(approval.title.clone()), digest }
}

fn earlier_entry(id: ApprovalId) -> Resource {
    let name = id.to_string();
    let digest = [("wimproofEntry".to_owned(), id.0.to_string())].into();
    Resource { name: Some(name), digest }
}

fn endorsed(endorsement: &Endorsement) -> Resource {
    let digest = [("wimproofEntrySha256".to_owned(), endorsement.leaf.clone())].into();
    Resource { name: Some(ApprovalId(endorsement.entry).to_string()), digest }
}

fn changed(change: &KeyChange) -> Resource {
    let keys = serde_json::to_vec(&change.keys).unwrap_or_default();
    let digest = [("wimproofKeysV1".to_owned(), hex::encode(Sha256::digest(keys)))].into();
    Resource { name: Some(format!("keys {}", change.version)), digest }
}

/// Whether an approval holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// It holds.
    InForce,
    /// It lacks signatures that the trust file asks for.
    Pending,
    /// Its time has not come, or it was not written yet.
    NotYetValid,
    /// Its time is over.
    Expired,
    /// Another image took its place.
    Superseded,
    /// It was taken back.
    Revoked,
}

impl Status {
    /// All statuses.
    pub const ALL: &'static [Self] =
        &[Self::InForce, Self::Pending, Self::NotYetValid, Self::Expired, Self::Superseded, Self::Revoked];

    /// The name, as in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::InForce => "in-force",
            Self::Pending => "pending",
            Self::NotYetValid => "not-yet-valid",
            Self::Expired => "expired",
            Self::Superseded => "superseded",
            Self::Revoked => "revoked",
        }
    }
}

/// An approval with what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Its id.
    pub id: ApprovalId,
    /// The approval.
    pub approval: Approval,
    /// Its revocation, with the number of that entry.
    pub revoked: Option<(u64, Revocation)>,
    /// Its succession: the one that takes effect first.
    pub superseded: Option<Succession>,
    /// Who stands behind it.
    pub authority: Authority,
}

impl Standing {
    /// An approval of which nothing became yet, and whose signatures nobody looked at.
    pub fn new(entry: u64, approval: Approval) -> Self {
        let authority = Authority::Unasked;
        Self { id: ApprovalId(entry), approval, revoked: None, superseded: None, authority }
    }

    /// Takes a later entry about this approval.
    pub(super) fn apply(&mut self, entry: u64, record: Record) {
        match record {
            Record::Revoke(revocation) => {
                self.revoked.get_or_insert((entry, revocation));
            }
            Record::Supersede(succession) => {
                if self.superseded.as_ref().is_none_or(|earlier| succession.from < earlier.from) {
                    self.superseded = Some(succession);
                }
            }
            Record::Approve(_) | Record::Endorse(_) | Record::ChangeKeys(_) | Record::Foreign(_) => {}
        }
    }

    /// Whether it was written later than an instant, by more than clocks may differ, and does not say itself from when
    /// it holds.
    pub fn is_later_than(&self, now: DateTime<Utc>) -> bool {
        let Approval { not_before, decision, .. } = &self.approval;
        not_before.is_none() && decision.at.signed_duration_since(now) > TOLERANCE
    }

    /// Whether it holds at an instant. What takes it back counts whenever it was written.
    pub fn status(&self, now: DateTime<Utc>) -> Status {
        if self.revoked.is_some() {
            Status::Revoked
        } else if self.superseded.as_ref().is_some_and(|succession| succession.from <= now) {
            Status::Superseded
        } else if matches!(self.authority, Authority::Lacking(_)) {
            Status::Pending
        } else if self.is_later_than(now) || self.approval.not_before.is_some_and(|start| now < start) {
            Status::NotYetValid
        } else if self.approval.not_after.is_some_and(|end| now >= end) {
            Status::Expired
        } else {
            Status::InForce
        }
    }
}
