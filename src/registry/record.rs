//! What the log records: approvals, revocations, successions.

use std::{fmt, str::FromStr};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use sha2::{Digest as _, Sha256};

use super::{
    contents::ContentsRef,
    envelope::{Resource, Statement},
};
use crate::sighting::{Assurance, FactKey, Values};

const APPROVE: &str = "urn:wimproof:approve:v1";
const REVOKE: &str = "urn:wimproof:revoke:v1";
const SUPERSEDE: &str = "urn:wimproof:supersede:v1";
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

/// An entry of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Record {
    /// An approval.
    Approve(Box<Approval>),
    /// A revocation.
    Revoke(Revocation),
    /// A succession.
    Supersede(Succession),
    /// Something that another tool wrote; it has no bearing on approvals.
    Foreign(String),
}

impl Record {
    /// The approval that a revocation or succession speaks of.
    pub fn target(&self) -> Option<ApprovalId> {
        match self {
            Self::Revoke(revocation) => Some(revocation.approval),
            Self::Supersede(succession) => Some(succession.approval),
            Self::Approve(_) | Self::Foreign(_) => None,
        }
    }

    /// The record as a statement; `None` where it is not ours to write.
    pub(super) fn to_statement(&self) -> Option<Statement> {
        let (subject, kind, predicate) = match self {
            Self::Approve(approval) => (approved(approval), APPROVE, serde_json::to_value(approval)),
            Self::Revoke(record) => (earlier_entry(record.approval), REVOKE, serde_json::to_value(record)),
            Self::Supersede(record) => {
                (earlier_entry(record.approval), SUPERSEDE, serde_json::to_value(record))
            }
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

/// Whether an approval holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// It holds.
    InForce,
    /// Its time has not come.
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
        &[Self::InForce, Self::NotYetValid, Self::Expired, Self::Superseded, Self::Revoked];

    /// The name, as in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::InForce => "in-force",
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
}

impl Standing {
    /// An approval of which nothing became yet.
    pub(super) fn new(entry: u64, approval: Approval) -> Self {
        Self { id: ApprovalId(entry), approval, revoked: None, superseded: None }
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
            Record::Approve(_) | Record::Foreign(_) => {}
        }
    }

    /// Whether it holds at an instant.
    pub fn status(&self, now: DateTime<Utc>) -> Status {
        if self.revoked.is_some() {
            Status::Revoked
        } else if self.superseded.as_ref().is_some_and(|succession| succession.from <= now) {
            Status::Superseded
        } else if self.approval.not_before.is_some_and(|start| now < start) {
            Status::NotYetValid
        } else if self.approval.not_after.is_some_and(|end| now >= end) {
            Status::Expired
        } else {
            Status::InForce
        }
    }
}
