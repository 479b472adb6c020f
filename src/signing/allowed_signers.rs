//! Lines of an `allowed_signers` file (`ssh-keygen(1)`, "ALLOWED SIGNERS"): `principals [options] keytype base64 [comment]`.
//!
//! Times without a `Z` are local in OpenSSH; here they are UTC, so that every gate judges alike.

use chrono::{DateTime, NaiveDateTime, Utc};
use ssh_key::{Algorithm, HashAlg, PublicKey, public::KeyData};
use wildmatch::WildMatch;

/// Lines that are read of a file.
const MAX_LINES: usize = 1024;

/// An OpenSSH key, who has it, and when and for what it counts.
#[derive(Debug, Clone, PartialEq)]
pub struct AllowedSigner {
    principals: String,
    namespaces: Option<String>,
    valid_after: Option<DateTime<Utc>>,
    valid_before: Option<DateTime<Utc>>,
    key: PublicKey,
    line: String,
}

/// Reads an `allowed_signers` file.
///
/// # Errors
/// Names the first line that is not understood: to pass over a line could turn "two of three" into "two of two".
pub fn allowed_signers(text: &str) -> Result<Vec<AllowedSigner>, String> {
    let mut signers = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if number >= MAX_LINES {
            return Err(format!("has more than {MAX_LINES} lines"));
        }
        signers.push(AllowedSigner::parse(line).map_err(|why| format!("line {}: {why}", number + 1))?);
    }
    Ok(signers)
}

impl AllowedSigner {
    /// Reads a line; a line of a public key file (no principals) is taken too, its comment then names who has the key.
    ///
    /// # Errors
    /// Says what is wrong with the line.
    pub fn parse(line: &str) -> Result<Self, String> {
        let whole = line.trim();
        if let Ok(key) = PublicKey::from_openssh(whole) {
            let principals =
                Some(key.comment()).filter(|comment| !comment.is_empty()).unwrap_or("*").to_owned();
            return Self::new(principals, Options::default(), key, whole);
        }
        let (principals, rest) = word(whole).ok_or("no principals, or a quote that does not end")?;
        if principals.is_empty() {
            return Err("no principals".into());
        }
        // Options are there if what follows is no key.
        if let Ok(key) = PublicKey::from_openssh(rest) {
            return Self::new(principals, Options::default(), key, whole);
        }
        let (options, rest) = split_options(rest).ok_or("no key, or a quote that does not end")?;
        let options = Options::parse(options)?;
        let key = PublicKey::from_openssh(rest).map_err(|_| "no public key of OpenSSH that is known here")?;
        Self::new(principals, options, key, whole)
    }

    fn new(principals: String, options: Options, key: PublicKey, line: &str) -> Result<Self, String> {
        match key.algorithm() {
            Algorithm::Ed25519
            | Algorithm::SkEd25519
            | Algorithm::Ecdsa { .. }
            | Algorithm::SkEcdsaSha2NistP256 => {}
            other => {
                return Err(format!(
                    "a key of type {other} is not taken: use ed25519, ecdsa or a security key (sk-)"
                ));
            }
        }
        let Options { namespaces, valid_after, valid_before } = options;
        if let (Some(start), Some(end)) = (valid_after, valid_before)
            && start >= end
        {
            return Err("valid-before does not lie behind valid-after".into());
        }
        Ok(Self { principals, namespaces, valid_after, valid_before, key, line: line.to_owned() })
    }

    /// Who has the key: patterns, separated by commas.
    pub fn principals(&self) -> &str {
        &self.principals
    }

    /// The key.
    pub(super) fn key(&self) -> &PublicKey {
        &self.key
    }

    /// The line it was read from.
    pub fn line(&self) -> &str {
        &self.line
    }

    /// The fingerprint of the key, as `ssh-keygen -l` shows it.
    pub fn fingerprint(&self) -> String {
        self.key.fingerprint(HashAlg::Sha256).to_string()
    }

    /// From when the key counts.
    pub fn valid_after(&self) -> Option<DateTime<Utc>> {
        self.valid_after
    }

    /// Until when the key counts, this second included.
    pub fn valid_before(&self) -> Option<DateTime<Utc>> {
        self.valid_before
    }

    /// Whether the key may sign in a namespace.
    pub fn allows_namespace(&self, namespace: &str) -> bool {
        self.namespaces.as_ref().is_none_or(|patterns| matches(patterns, namespace))
    }

    /// Whether the key is that of somebody.
    pub fn is_of(&self, who: &str) -> bool {
        matches(&self.principals, who)
    }

    /// The Ed25519 public key, where it is a plain one.
    pub(super) fn ed25519(&self) -> Option<[u8; 32]> {
        match self.key.key_data() {
            KeyData::Ed25519(key) => Some(key.0),
            _ => None,
        }
    }
}

#[derive(Default)]
struct Options {
    namespaces: Option<String>,
    valid_after: Option<DateTime<Utc>>,
    valid_before: Option<DateTime<Utc>>,
}

impl Options {
    fn parse(text: &str) -> Result<Self, String> {
        let mut options = Self::default();
        for option in split_unquoted(text, ',') {
            let (name, value) = option.split_once('=').unwrap_or((option, ""));
            let value = match value.strip_prefix('"').and_then(|value| value.strip_suffix('"')) {
                Some(value) => value,
                None if value.is_empty() => value,
                None => return Err(format!("the value of {name:?} does not stand in quotes")),
            };
            match name.to_ascii_lowercase().as_str() {
                "cert-authority" => {
                    return Err("cert-authority is not taken: name the keys themselves".into());
                }
                "namespaces" if options.namespaces.is_none() && !value.is_empty() => {
                    options.namespaces = Some(value.to_owned());
                }
                "valid-after" if options.valid_after.is_none() => options.valid_after = Some(time(value)?),
                "valid-before" if options.valid_before.is_none() => options.valid_before = Some(time(value)?),
                _ => return Err(format!("option {name:?} is unknown, empty or repeated")),
            }
        }
        Ok(options)
    }
}

/// `YYYYMMDD[HHMM[SS]][Z]`.
fn time(text: &str) -> Result<DateTime<Utc>, String> {
    let digits = text.strip_suffix(['Z', 'z']).unwrap_or(text);
    let padded = match digits.len() {
        8 => format!("{digits}000000"),
        12 => format!("{digits}00"),
        _ => digits.to_owned(),
    };
    let parsed = Some(&padded).filter(|t| t.len() == 14 && t.bytes().all(|b| b.is_ascii_digit()));
    let parsed = parsed.and_then(|text| NaiveDateTime::parse_from_str(text, "%Y%m%d%H%M%S").ok());
    parsed
        .map(|at| at.and_utc())
        .ok_or_else(|| format!("{text:?} is no time of the form YYYYMMDD[HHMM[SS]]Z"))
}

/// A pattern list of OpenSSH: `*` and `?`, separated by commas; a pattern behind `!` that matches refuses.
fn matches(patterns: &str, text: &str) -> bool {
    let mut found = false;
    for pattern in patterns.split(',') {
        match pattern.strip_prefix('!') {
            Some(pattern) if WildMatch::new(pattern).matches(text) => return false,
            None if WildMatch::new(pattern).matches(text) => found = true,
            _ => {}
        }
    }
    found
}

/// The first word, which may stand in quotes, and what follows it.
fn word(text: &str) -> Option<(String, &str)> {
    match text.strip_prefix('"') {
        Some(quoted) => {
            let (word, rest) = quoted.split_once('"')?;
            Some((word.to_owned(), rest.trim_start()))
        }
        None => text.split_once([' ', '\t']).map(|(word, rest)| (word.to_owned(), rest.trim_start())),
    }
}

/// Options end at the first blank outside quotes.
fn split_options(text: &str) -> Option<(&str, &str)> {
    let mut parts = split_unquoted(text, ' ');
    let options = parts.next()?;
    let rest = text.get(options.len()..)?.trim_start();
    (options.matches('"').count() % 2 == 0 && !rest.is_empty()).then_some((options, rest))
}

/// Splits where a character stands outside quotes. A backslash keeps a quote from ending.
fn split_unquoted(text: &str, at: char) -> impl Iterator<Item = &str> {
    let (mut quoted, mut escaped) = (false, false);
    text.split(move |c| {
        let splits = c == at && !quoted;
        quoted ^= c == '"' && !escaped;
        escaped = c == '\\' && !escaped;
        splits
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAILM+rvN+ot98qgEN796jTiQfZfG1KaT0PtFDJ/XFSqti";

    #[test]
    fn lines_are_read() {
        let text = format!(
            "# approvers\n\nli@bank.example,wang@* namespaces=\"wimproof,git\",valid-after=\"20200101Z\",Valid-Before=\"202701312359Z\" {KEY} a comment\n\"two words\" {KEY}\n{KEY} li\n"
        );
        let signers = allowed_signers(&text).expect("lines");
        let [first, second, third] = signers.as_slice() else { panic!("{signers:?}") };
        assert!(first.is_of("li@bank.example") && first.is_of("wang@a") && !first.is_of("zhao"));
        assert!(first.allows_namespace("git") && !first.allows_namespace("file"));
        assert_eq!(first.valid_after().map(|t| t.to_rfc3339()).as_deref(), Some("2020-01-01T00:00:00+00:00"));
        assert_eq!(
            first.valid_before().map(|t| t.to_rfc3339()).as_deref(),
            Some("2027-01-31T23:59:00+00:00")
        );
        assert!(second.is_of("two words") && second.allows_namespace("anything"));
        assert_eq!(third.principals(), "li");
    }

    #[test]
    fn what_is_not_understood_is_not_passed_over() {
        for (options, why) in [
            ("cert-authority ", "cert-authority"),
            ("valid-before=\"2020\" ", "no time"),
            ("valid-before=20200101Z ", "in quotes"),
            ("valid-before=\"20201301Z\" ", "no time"),
            ("no-touch ", "no-touch"),
            ("namespaces=\"a ", "quote"),
            ("valid-after=\"20210101\",valid-before=\"20200101\" ", "does not lie"),
        ] {
            let error = AllowedSigner::parse(&format!("a {options}{KEY}")).expect_err(options);
            assert!(error.contains(why), "{options}: {error}");
        }
        for bad in ["a", "", "a b c", "a ssh-ed25519 AAAA", "a ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAAQ=="] {
            assert!(AllowedSigner::parse(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_pattern_behind_an_exclamation_mark_refuses() {
        assert!(matches("*@bank,!evil@*", "li@bank"));
        assert!(!matches("*@bank,!evil@*", "evil@bank"));
        assert!(!matches("!evil", "li"));
    }
}
