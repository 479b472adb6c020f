//! The file of a baseline, `wimproof/baseline/v1`: written by `wimproof policy baseline`, read by `check --baseline`.

use std::{borrow::Cow, path::Path};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{PolicyError, bytes_of};
use crate::judge::{
    RuleId,
    policy::{Baseline, KnownFinding},
};

/// Names this form.
pub const SCHEMA: &str = "wimproof/baseline/v1";

/// Longest baseline that is read, in bytes.
const LONGEST: u64 = 64 << 20;

/// Findings that do not count, as they stand in a file.
#[derive(Debug, Serialize, Deserialize)]
pub struct BaselineFile {
    /// [`SCHEMA`].
    pub schema: Cow<'static, str>,
    /// The time of the check that it was made from.
    pub made: DateTime<Utc>,
    /// The findings, by file and rule.
    pub findings: Vec<Entry>,
}

/// A finding that does not count.
#[derive(Debug, Serialize, Deserialize)]
pub struct Entry {
    /// [`crate::judge::policy::fingerprint`].
    pub fingerprint: String,
    /// The rule.
    pub rule: RuleId,
    /// SHA-256 of the file, in lower-case hexadecimal digits.
    pub file_sha256: String,
    /// 1-based index of the image; absent where the finding is on the file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<u32>,
    /// Where the file was; for people.
    pub source: String,
    /// What was found; for people.
    pub message: String,
}

/// Reads a baseline.
pub fn read(path: &Path) -> Result<Baseline, PolicyError> {
    let name = path.display().to_string();
    let bytes = bytes_of(path, LONGEST)?;
    let faulty =
        |what: &dyn std::fmt::Display| PolicyError::Faulty(format!("{name}: not a baseline: {what}"));
    let file: BaselineFile = serde_json::from_slice(&bytes).map_err(|error| faulty(&error))?;
    if file.schema != SCHEMA {
        return Err(faulty(&format!("its schema is {:?}, expected {SCHEMA:?}", file.schema)));
    }
    if let Some(entry) = file.findings.iter().find(|entry| !entry.rule.can_be_known()) {
        return Err(faulty(&format!("{} is never known", entry.rule.rule().id)));
    }
    let known = |entry: Entry| KnownFinding {
        place: match entry.image {
            Some(index) => format!("{}#{index}", entry.source),
            None => entry.source,
        },
        fingerprint: entry.fingerprint,
        rule: entry.rule,
        file_sha256: entry.file_sha256,
    };
    let findings = file.findings.into_iter().map(known).collect();
    Ok(Baseline { source: name.as_str().into(), made: file.made, findings })
}
