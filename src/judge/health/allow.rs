//! What a site allows of its own images: customisations by their digest, each with a reason.

use std::collections::BTreeSet;

use serde::Deserialize;

use crate::source::written;

/// Entries of a list. A site's images have some dozens of customisations.
const MAX_ENTRIES: usize = 10_000;

/// Bytes of a text that is wrong which are told.
const MAX_TOLD: usize = 100;

/// Customisations that a site allows.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AllowList {
    #[serde(default)]
    allow: Vec<Entry>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    digest: String,
    reason: String,
}

impl AllowList {
    /// Reads a list:
    ///
    /// ```toml
    /// [[allow]]
    /// digest = "sha1:da39a3ee5e6b4b0d3255bfef95601890afd80709"
    /// reason = "activates the client, CHG-2105"
    /// ```
    ///
    /// # Errors
    /// Says line and what is wrong.
    pub fn parse(text: &str) -> Result<Self, String> {
        let list: Self = written::toml(text)?;
        if list.allow.len() > MAX_ENTRIES {
            return Err(format!("{} entries, at most {MAX_ENTRIES} are taken", list.allow.len()));
        }
        match list.allow.iter().find(|entry| !entry.is_sound()) {
            Some(entry) => Err(format!(
                "{:?} with reason {:?}: a digest is sha1: or sha256: with as many lower-case hexadecimal digits as it has, and no reason is empty",
                cut(&entry.digest),
                cut(&entry.reason)
            )),
            None => Ok(list),
        }
    }

    /// Why a digest is allowed.
    pub(super) fn reason(&self, digest: &str) -> Option<&str> {
        self.allow.iter().find(|entry| entry.digest == digest).map(|entry| &*entry.reason)
    }

    /// The entries of which nothing made use: digest and reason.
    pub(super) fn unused(&self, used: &BTreeSet<String>) -> impl Iterator<Item = (&str, &str)> {
        let unused = self.allow.iter().filter(|entry| !used.contains(&entry.digest));
        unused.map(|entry| (&*entry.digest, &*entry.reason))
    }
}

/// As much of a text as can be read.
fn cut(text: &str) -> &str {
    text.get(..text.floor_char_boundary(MAX_TOLD)).unwrap_or_default()
}

impl Entry {
    fn is_sound(&self) -> bool {
        let digits = match self.digest.split_once(':') {
            Some(("sha1", digits)) if digits.len() == 40 => digits,
            Some(("sha256", digits)) if digits.len() == 64 => digits,
            _ => return false,
        };
        digits.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')) && !self.reason.trim().is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::AllowList;

    #[test]
    fn entries_need_a_digest_and_a_reason() {
        let digest = format!("sha1:{}", "0".repeat(40));
        let entry =
            |digest: &str, reason: &str| format!("[[allow]]\ndigest = {digest:?}\nreason = {reason:?}\n");
        let list = AllowList::parse(&entry(&digest, "ours")).expect("a list");
        assert_eq!(list.reason(&digest), Some("ours"));
        for text in [
            entry(&digest, " "),
            entry(&digest.to_uppercase(), "ours"),
            entry("sha1:00", "ours"),
            format!("[[allow]]\ndigest = {digest:?}\n"),
            "[[deny]]\n".into(),
        ] {
            assert!(AllowList::parse(&text).is_err(), "{text}");
        }
        assert!(AllowList::parse("").is_ok());
    }
}
