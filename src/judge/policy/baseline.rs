//! The baseline: findings that were there when a gate was put in place, and do not count. Each is known by the bytes of
//! its file: another file in the same place is not known.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use sha2::{Digest as _, Sha256};

use crate::judge::RuleId;

/// Findings that are known.
#[derive(Debug, Clone)]
pub struct Baseline {
    /// The file that it was read from.
    pub source: Arc<str>,
    /// When it was made.
    pub made: DateTime<Utc>,
    /// The findings.
    pub findings: Vec<KnownFinding>,
}

/// A finding that is known.
#[derive(Debug, Clone)]
pub struct KnownFinding {
    /// [`fingerprint`].
    pub fingerprint: String,
    /// The rule.
    pub rule: RuleId,
    /// SHA-256 of the file, in lower-case hexadecimal digits.
    pub file_sha256: String,
    /// Where the file was; for people.
    pub place: String,
}

/// The same for the same finding on the same bytes, wherever the file is: SHA-256 in hexadecimal digits over the rule, the
/// SHA-256 of the file, the index of the image and what was quoted.
pub fn fingerprint<'q>(
    rule: RuleId,
    file_sha256: &str,
    image: Option<u32>,
    quoted: impl IntoIterator<Item = &'q str>,
) -> String {
    let mut hash = Sha256::new();
    let mut part = |text: &str| {
        // The length first, so that no two lists of parts are the same bytes.
        hash.update((text.len() as u64).to_le_bytes());
        hash.update(text);
    };
    part(rule.rule().id);
    part(file_sha256);
    part(&image.map(|index| index.to_string()).unwrap_or_default());
    quoted.into_iter().for_each(part);
    hex::encode(hash.finalize())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fingerprints_depend_on_every_part() {
        let rule = RuleId::NOT_IN_REGISTRY;
        let prints = [
            fingerprint(rule, "ab", Some(1), ["x"]),
            fingerprint(RuleId::ODD_XML, "ab", Some(1), ["x"]),
            fingerprint(rule, "a", Some(1), ["x"]),
            fingerprint(rule, "ab", Some(2), ["x"]),
            fingerprint(rule, "ab", None, ["x"]),
            fingerprint(rule, "ab", None, ["1", "x"]),
            fingerprint(rule, "ab", Some(1), ["", "x"]),
            fingerprint(rule, "ab", Some(1), []),
        ];
        let different: std::collections::BTreeSet<&String> = prints.iter().collect();
        assert_eq!(different.len(), prints.len());
    }
}
