//! Reads a result back from its JSON form, to give it another form.
//!
//! Whoever holds the file can have edited it: what is read is checked for its form and for contradictions, and is no
//! proof of anything. Fields that this version does not know are passed over, since later versions only add; a rule, fact
//! or verdict that it does not know is an error, since no form could show it.

use std::{
    collections::BTreeMap,
    io::{self, Read},
};

use serde::{Deserialize, Deserializer, de::Error as _};

use super::{
    enforcement::may_end_with,
    result::{ComparedReport, Document, FindingReport, ImageReport, SCHEMA, SubjectReport},
};
use crate::{
    judge::{Said, Verdict},
    sighting::{FactKey, Kind, Value},
};

/// Bytes of the longest result that is read. A result with a finding for each of a million files is shorter.
pub const LONGEST: u64 = 1 << 30;

/// Why something is not a result.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The file gave no bytes.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// It is longer than [`LONGEST`].
    #[error("longer than {LONGEST} bytes: not a result")]
    TooLong,
    /// It is not JSON, or not of the form that it says.
    #[error("not a result of the form {SCHEMA}: {0}")]
    Form(#[from] serde_json::Error),
    /// It is JSON of another form.
    #[error("its schema is {found}, expected {SCHEMA:?}")]
    Schema {
        /// What stands there.
        found: String,
    },
    /// It contradicts itself: no program of ours wrote it so.
    #[error("it contradicts itself: {0}")]
    Contradiction(String),
}

/// Reads a result.
pub fn read(source: impl Read) -> Result<Document, ReadError> {
    #[derive(Deserialize)]
    struct Form {
        #[serde(default)]
        schema: serde_json::Value,
    }
    let mut bytes = Vec::new();
    source.take(LONGEST + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LONGEST {
        return Err(ReadError::TooLong);
    }
    // Windows editors and shells put it there.
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    let Form { schema } = serde_json::from_slice(bytes)?;
    if schema != SCHEMA {
        return Err(ReadError::Schema { found: schema.to_string() });
    }
    let document: Document = serde_json::from_slice(bytes)?;
    agrees_with_itself(&document)?;
    Ok(document)
}

/// An answer better than what it rests on would be shown as such in every form.
fn agrees_with_itself(document: &Document) -> Result<(), ReadError> {
    let contradiction = |what: String| Err(ReadError::Contradiction(what));
    for subject in &document.subjects {
        if subject.verdict == Some(Verdict::Approved) && !wholly_approved(subject) {
            return contradiction(format!("{:?} is approved, and not every image of it is", subject.source));
        }
        if let Some(image) = subject.images.iter().find(|image| !is_excused(image, subject)) {
            let name = image.name();
            return contradiction(format!("image {name:?} is approved by an excuse that it does not name"));
        }
    }
    let Some(verdict) = document.verdict else { return Ok(()) };
    let worst = Verdict::worst(document.subjects.iter().filter_map(|subject| subject.verdict));
    if verdict != worst {
        return contradiction(format!("its verdict is {}, its worst is {}", verdict.name(), worst.name()));
    }
    if !may_end_with(document, verdict).contains(&document.exit_code) {
        let (code, found) = (verdict.exit_code().code(), document.exit_code);
        return contradiction(format!("{} goes with exit code {code}, found {found}", verdict.name()));
    }
    Ok(())
}

fn wholly_approved(subject: &SubjectReport) -> bool {
    !subject.images.is_empty() && subject.images.iter().all(|image| image.verdict == Some(Verdict::Approved))
}

/// Whether an image that counts as approved by an excuse has one.
fn is_excused(image: &ImageReport, subject: &SubjectReport) -> bool {
    let mut findings = image.findings.iter().chain(&subject.findings);
    image.unwaived_verdict.is_none()
        || (image.verdict == Some(Verdict::Approved) && findings.any(FindingReport::is_excused))
}

/// Facts by their names; what a value has to be depends on the name.
pub(super) fn facts<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<BTreeMap<FactKey, Value>, D::Error> {
    let values = BTreeMap::<FactKey, serde_json::Value>::deserialize(deserializer)?;
    values.into_iter().map(|(key, json)| Ok((key, value(key, &json).map_err(D::Error::custom)?))).collect()
}

/// A digest of no fact.
pub(super) fn digest<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Value, D::Error> {
    let json = serde_json::Value::deserialize(deserializer)?;
    Value::from_json(Kind::Digest, &json).map_err(|expected| D::Error::custom(format!("expected {expected}")))
}

/// A phrase that this version does not know is none: the message says the same in English.
pub(super) fn phrase<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Said>, D::Error> {
    let json = serde_json::Value::deserialize(deserializer)?;
    Ok(serde_json::from_value(json).ok())
}

fn value(key: FactKey, json: &serde_json::Value) -> Result<Value, String> {
    Value::from_json(key.kind(), json).map_err(|expected| format!("fact {key}: expected {expected}"))
}

/// [`ComparedReport`] as it stands in JSON.
#[derive(Deserialize)]
pub(super) struct Compared {
    fact: FactKey,
    approved: serde_json::Value,
    seen: serde_json::Value,
    agrees: bool,
}

impl TryFrom<Compared> for ComparedReport {
    type Error = String;

    fn try_from(Compared { fact, approved, seen, agrees }: Compared) -> Result<Self, String> {
        Ok(Self { fact, approved: value(fact, &approved)?, seen: value(fact, &seen)?, agrees })
    }
}
