//! The facts file: what is known of an image without the image at hand, written down by a person.
//!
//! ```toml
//! title = "CMGE V2020-L"            # optional
//! [facts]                           # names as in the JSON result
//! name = "CMGE V2020-L"
//! file_size = 4736782336
//! created = 2020-01-10              # a day, or a time
//! ```

use std::{path::Path, sync::Arc};

use serde::Deserialize;

use crate::{
    sighting::{
        Assurance, Evidence, Fact, FactKey, Facts, Kind, Level, Locator, Sighting, Subject, SubjectKind,
        Value, Values,
    },
    source::written,
};

/// A facts file, decoded.
#[derive(Debug, Clone)]
pub struct FactsFile {
    /// A title for an approval made from it.
    pub title: Option<String>,
    /// What is known.
    pub facts: Values,
}

/// Why a facts file cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FactsFileError {
    /// It cannot be read.
    #[error("{path}: {source}")]
    Io {
        /// The file.
        path: String,
        /// The answer of the system.
        source: std::io::Error,
    },
    /// It is not TOML, or a fact is not what it should be. The message shows the place.
    #[error("{path}: {message}")]
    Malformed {
        /// The file.
        path: String,
        /// What is wrong, and where.
        message: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    title: Option<String>,
    facts: std::collections::BTreeMap<String, toml::Value>,
}

/// Facts files are written by hand; anything longer is something else.
const MAX_BYTES: u64 = 1 << 20;

impl FactsFile {
    /// Reads a facts file.
    pub fn read(path: &Path) -> Result<Self, FactsFileError> {
        let name = path.display().to_string();
        let io = |source| FactsFileError::Io { path: name.clone(), source };
        let malformed = |message: String| FactsFileError::Malformed { path: name.clone(), message };
        let bytes = written::bytes(path, MAX_BYTES).map_err(io)?;
        let text = written::text(&bytes).map_err(io)?;
        let raw: Raw = written::toml(text).map_err(malformed)?;
        let facts = raw.facts.iter().map(|(name, value)| fact(name, value).map_err(malformed));
        let facts: Values = facts.collect::<Result<_, _>>()?;
        if facts.0.is_empty() {
            return Err(malformed("[facts] is empty".into()));
        }
        Ok(Self { title: raw.title, facts })
    }

    /// The facts as a sighting: what is written down by hand is claimed.
    pub fn into_subject(self, name: &str) -> Subject {
        let mut subject = Subject::new(name, SubjectKind::Evidence);
        let source: Arc<str> = Arc::clone(&subject.source);
        let mut image = Sighting {
            index: None,
            facts: Facts::new(),
            observations: Vec::new(),
            assurance: Assurance::Claimed,
            contents: None,
        };
        for (key, value) in self.facts.0 {
            let evidence =
                Evidence { source: Arc::clone(&source), locator: Locator::Key(format!("facts.{key}")) };
            let facts = match key.level() {
                Level::File => &mut subject.facts,
                Level::Image => &mut image.facts,
            };
            facts.insert(key, Fact { value, evidence });
        }
        subject.images.push(image);
        subject
    }
}

fn fact(name: &str, value: &toml::Value) -> Result<(FactKey, Value), String> {
    let Ok(key) = name.parse::<FactKey>() else {
        let known: Vec<&str> = FactKey::ALL.iter().map(|key| key.name()).collect();
        return Err(format!("unknown fact {name:?}; known are {}", known.join(", ")));
    };
    let json = match value {
        toml::Value::Datetime(at) => serde_json::Value::String(at.to_string()),
        other => serde_json::to_value(other).unwrap_or_default(),
    };
    let value = Value::from_json(key.kind(), &json)
        .map_err(|expected| format!("fact {name}: expected {expected}"))?;
    match (key.kind(), &value) {
        (Kind::Digest, Value::Text(text)) => digest(key, text).map(|value| (key, value)),
        _ => Ok((key, value)),
    }
}

fn digest(key: FactKey, text: &str) -> Result<Value, String> {
    let bytes = if key == FactKey::MetadataSha1 { 20 } else { 32 };
    match hex::decode(text.trim()) {
        Ok(digest) if digest.len() == bytes => Ok(Value::Text(hex::encode(digest))),
        _ => Err(format!("fact {key}: expected {} hexadecimal digits", 2 * bytes)),
    }
}
