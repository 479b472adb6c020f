//! The trust file: what a gate believes a registry on. It lies with the gate, not in the registry.

use std::path::{Path, PathBuf};

use chrono::TimeDelta;
use serde::Deserialize;

use super::{
    error::{Error, Result},
    key_set::{KeySet, NamedKey},
};
use crate::{
    signing::{Group, KeyKind, PublicKey, VerifierKey, allowed_signers},
    source::written,
};

const MAX_BYTES: u64 = 1 << 20;
const MAX_WITNESSES: usize = 32;

/// For what OpenSSH keys sign here, where a trust file does not say otherwise.
pub const NAMESPACE: &str = "wimproof";

/// What a registry is believed on.
#[derive(Debug, Clone)]
pub struct Trust {
    /// The name of the log.
    pub origin: String,
    /// The keys that count at its beginning.
    pub keys: KeySet,
    /// For what OpenSSH keys sign.
    pub namespace: String,
    /// Those who look whether the log only grows.
    pub witnesses: Vec<VerifierKey>,
    /// How many of them must have seen an approval; 0 where they are not asked.
    pub quorum: usize,
    /// How old the newest signed time may be.
    pub max_age: Option<TimeDelta>,
    /// Where the last seen head is remembered.
    pub memory: Memory,
}

/// Where the last seen head of a registry is remembered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Memory {
    /// In the folder for such things of the user.
    OfUser,
    /// In this file.
    File(PathBuf),
    /// Nowhere: an older head of the registry passes, as long as `max-age` allows it.
    None,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Form {
    version: u32,
    origin: String,
    log: Vec<NamedKey>,
    #[serde(default)]
    namespace: Option<String>,
    #[serde(default)]
    max_age: Option<String>,
    #[serde(default)]
    state: Option<String>,
    #[serde(default)]
    approvers: Option<GroupForm>,
    #[serde(default)]
    root: Option<GroupForm>,
    #[serde(default)]
    witnesses: Option<WitnessForm>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GroupForm {
    threshold: usize,
    #[serde(default)]
    keys: Vec<PublicKey>,
    #[serde(default)]
    file: Option<PathBuf>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WitnessForm {
    quorum: usize,
    keys: Vec<NamedKey>,
}

impl Trust {
    /// Reads a trust file. Files that it names are looked for beside it.
    pub fn read(path: &Path) -> Result<Self> {
        let text = read_text(path)?;
        let folder = path.parent().unwrap_or(Path::new(""));
        let malformed = |message| Error::BadTrust { path: path.to_owned(), message };
        let form: Form = toml::from_str(&text).map_err(|error| malformed(error.to_string()))?;
        Self::of(form, folder)?.map_err(malformed)
    }

    /// What a writer asks: whether this is the log, and continues what was seen of it; not how old its head is, nor who else
    /// saw it.
    #[must_use]
    pub fn of_writer(self) -> Self {
        Self { quorum: 0, max_age: None, ..self }
    }

    fn of(form: Form, folder: &Path) -> Result<Result<Self, String>> {
        let groups =
            [form.approvers, form.root].map(|group| group.map(|group| group.read(folder)).transpose());
        let [approvers, root] = groups;
        let (approvers, root) = (approvers?, root?);
        let keys = || -> Result<KeySet, String> {
            let keys = KeySet { log: form.log, approvers: named(approvers)?, root: named(root)? };
            keys.check().map(|()| keys)
        };
        let memory = match form.state.as_deref() {
            None => Memory::OfUser,
            Some("none") => Memory::None,
            Some(file) => Memory::File(folder.join(file)),
        };
        let rest = || -> Result<Self, String> {
            if form.version != 1 {
                return Err(format!("version {}: this program reads version 1", form.version));
            }
            let namespace = form.namespace.unwrap_or_else(|| NAMESPACE.to_owned());
            if namespace.is_empty() || namespace.contains(char::is_whitespace) {
                return Err("namespace: must not be empty nor hold blanks".into());
            }
            let (witnesses, quorum) = form.witnesses.map_or(Ok((Vec::new(), 0)), WitnessForm::check)?;
            let max_age = form.max_age.as_deref().map(period).transpose()?;
            Ok(Self { origin: form.origin, keys: keys()?, namespace, witnesses, quorum, max_age, memory })
        };
        Ok(rest())
    }
}

fn read_text(path: &Path) -> Result<String> {
    let at = |source| Error::Io { path: path.to_owned(), source };
    let bytes = written::bytes(path, MAX_BYTES).map_err(at)?;
    written::text(&bytes).map(str::to_owned).map_err(at)
}

/// An absent group asks for nobody; one that is there must ask for somebody.
fn named(group: Option<Group>) -> Result<Group, String> {
    match group {
        None => Ok(Group::default()),
        Some(group) => group.check().map(|()| group),
    }
}

impl GroupForm {
    fn read(self, folder: &Path) -> Result<Group> {
        let mut keys = self.keys;
        if let Some(file) = self.file {
            let path = folder.join(file);
            let signers = allowed_signers(&read_text(&path)?)
                .map_err(|message| Error::BadTrust { path: path.clone(), message })?;
            keys.extend(signers.into_iter().map(|signer| PublicKey::OpenSsh(Box::new(signer))));
        }
        Ok(Group { threshold: self.threshold, keys })
    }
}

impl WitnessForm {
    fn check(self) -> Result<(Vec<VerifierKey>, usize), String> {
        let mut keys: Vec<VerifierKey> =
            self.keys.into_iter().map(|key| key.0.of_kind(KeyKind::Cosignature)).collect();
        keys.sort_by_key(VerifierKey::public_key);
        keys.dedup_by_key(|key| key.public_key());
        keys.sort_by(|a, b| a.name().cmp(b.name()));
        if self.quorum == 0 || self.quorum > keys.len() || keys.len() > MAX_WITNESSES {
            let count = keys.len();
            return Err(format!(
                "witnesses: a quorum of {} of {count} different keys makes no sense",
                self.quorum
            ));
        }
        Ok((keys, self.quorum))
    }
}

/// An ISO 8601 duration in weeks, days, hours, minutes: `P30D`, `PT12H`, `P1DT6H`.
fn period(text: &str) -> Result<TimeDelta, String> {
    let bad = || format!("max-age: {text:?} is no duration such as P30D or PT12H");
    let (days, hours) =
        text.strip_prefix('P').map(|rest| rest.split_once('T').unwrap_or((rest, ""))).ok_or_else(bad)?;
    let mut seconds: i64 = 0;
    let mut add = |part: &str, units: &[(char, i64)]| {
        let mut rest = part;
        while !rest.is_empty() {
            let at = rest.find(|c: char| !c.is_ascii_digit())?;
            let (digits, tail) = rest.split_at_checked(at)?;
            let unit = tail.chars().next()?;
            let (_, length) = units.iter().find(|(name, _)| *name == unit)?;
            seconds = seconds.checked_add(digits.parse::<i64>().ok()?.checked_mul(*length)?)?;
            rest = tail.get(unit.len_utf8()..)?;
        }
        Some(())
    };
    add(days, &[('W', 604_800), ('D', 86_400)]).ok_or_else(bad)?;
    add(hours, &[('H', 3600), ('M', 60)]).ok_or_else(bad)?;
    TimeDelta::try_seconds(seconds).filter(|age| *age > TimeDelta::zero()).ok_or_else(bad)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_are_read() {
        for (text, seconds) in [("P30D", 2_592_000), ("PT12H", 43_200), ("P1W1DT1H1M", 694_860)] {
            assert_eq!(period(text), Ok(TimeDelta::seconds(seconds)), "{text}");
        }
        for bad in [
            "",
            "P",
            "30D",
            "P30",
            "PD",
            "P0D",
            "P1M",
            "PT1D",
            "P99999999999999999999D",
            "P106751991167301D",
            "P1\u{65e5}",
        ] {
            assert!(period(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn trust_files_that_trust_anybody_are_refused() {
        const KEY: &str = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
        let read = |text: &str| {
            let form: Form = toml::from_str(text).map_err(|error| error.to_string())?;
            Trust::of(form, Path::new("")).expect("no files")
        };
        let start = format!("version = 1\norigin = \"o\"\nlog = [\"{KEY}\"]\n");
        assert!(read(&start).is_ok());
        let approvers = format!("{start}[approvers]\nthreshold = 1\nkeys = [\"{KEY}\"]\n");
        assert!(read(&approvers).is_ok());
        for bad in [
            start.replace("version = 1", "version = 2"),
            start.replace(&format!("\"{KEY}\""), ""),
            format!("{start}approver = 1\n"),
            format!("{start}max-age = \"soon\"\n"),
            approvers.replace("threshold = 1", "threshold = 0"),
            approvers.replace("threshold = 1", "threshold = 2"),
            approvers
                .replace("threshold = 1", "threshold = 2")
                .replace("keys = [", &format!("keys = [\"{KEY}\", ")),
            format!("{start}[approvers]\nthreshold = 0\n"),
            format!("{start}[witnesses]\nquorum = 0\nkeys = []\n"),
            format!("{start}[witnesses]\nquorum = 2\nkeys = [\"{KEY}\", \"{KEY}\"]\n"),
        ] {
            assert!(read(&bad).is_err(), "{bad}");
        }
    }
}
