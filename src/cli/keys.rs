//! `wimproof registry keygen`, `sign`, `refresh`, `rekey`, `witness` and `ticket`: keys, and what is signed with them.

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
};

use clap::Args;
use serde::Deserialize;

use super::{
    Error, Global, Result,
    output::Output,
    registry::{Why, done},
    seal::{SealOptions, read_key},
};
use crate::{
    judge::ExitCode,
    registry::{ApprovalId, KeyChange, KeySet, Record, Withdrawal},
    report::{inert::Inert, registry_words as words},
    signing::{SecretKey, SigningError},
    source::written,
};

/// Longest file of keys that is read, in bytes.
const MAX_KEYS: u64 = 1 << 20;

/// Make a key; show its public part, for trust files.
///
/// The file is readable by its owner alone, and must lie outside the registry. Whoever has it signs as NAME.
#[derive(Debug, Args)]
pub(super) struct Keygen {
    /// Name of the key, for example li.images.bank.example
    #[arg(value_name = "NAME")]
    name: String,
    /// The file to make
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

impl Keygen {
    pub(super) fn run(&self, global: &Global, output: &mut Output) -> Result {
        if let Some(registry) = &global.registry {
            keep_out(&self.file, registry)?;
        }
        let key = make_key(&self.name, &self.file)?;
        let verifier = key.verifier().to_string();
        done(output, words::KEY, [&verifier], &verifier)
    }
}

/// Makes a key and puts it in a file.
pub(super) fn make_key(name: &str, file: &Path) -> Result<SecretKey> {
    let key = SecretKey::generate(name).map_err(Error::Usage)?;
    if fs::symlink_metadata(file).is_ok() {
        let what = if file.is_dir() { "is a folder" } else { "exists already, and no key is overwritten" };
        return Err(Error::Refused(format!("{} {what}: name a new file for the key", file.display())));
    }
    key.write(file).map_err(|error| crate::registry::Error::from(SigningError::from(error)))?;
    Ok(key)
}

/// Refuses a key file in the registry: whoever may read the registry would have the key.
pub(super) fn keep_out(file: &Path, registry: &Path) -> Result<()> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let inside = match (fs::canonicalize(folder), fs::canonicalize(registry)) {
        (Ok(folder), Ok(registry)) => folder.starts_with(registry),
        // A registry that is not there yet holds no folder that is.
        _ => folder.starts_with(registry),
    };
    match inside {
        true => Err(Error::Usage(format!("{} lies in the registry: keep keys elsewhere", file.display()))),
        false => Ok(()),
    }
}

/// Sign an approval, or a change of keys, that somebody else wrote.
///
/// Where the trust file asks for several approvers, the approval is in force when enough have signed.
#[derive(Debug, Args)]
pub(super) struct Sign {
    /// Id of the approval, for example A12; of a change of keys the number of its entry behind an A
    #[arg(value_name = "ID")]
    id: ApprovalId,
    #[command(flatten)]
    why: Why,
    #[command(flatten)]
    seal: SealOptions,
}

impl Sign {
    pub(super) fn run(&self, global: &Global, output: &mut Output) -> Result {
        let seal = self.seal.seal(global)?;
        if seal.signers.is_empty() {
            return Err(Error::Usage("nobody signs: give --sign-key FILE".into()));
        }
        let mut registry = global.open_to_write()?;
        let record = registry.endorse(self.id.0, self.why.decision(global.now())?)?;
        registry.append(&[record], &seal)?;
        done(output, words::SIGNED, [&self.id.to_string()], &self.id)
    }
}

/// Sign the head anew, with the time: it says that this is still the newest.
///
/// For gates whose trust file has a max-age: to be run more often than that.
#[derive(Debug, Args)]
pub(super) struct Refresh {
    #[command(flatten)]
    seal: SealOptions,
}

impl Refresh {
    pub(super) fn run(&self, global: &Global, output: &mut Output) -> Result {
        let seal = self.seal.seal(global)?;
        if seal.log_key.is_none() {
            return Err(Error::Usage("give --log-key FILE".into()));
        }
        let mut registry = global.open_to_write()?;
        registry.refresh(&seal)?;
        let size = registry.head().size;
        done(output, words::HEAD_SIGNED, [&size.to_string()], &size)
    }
}

/// Put other keys in the place of those that count.
///
/// The change takes effect when enough of the old and of the new root keys have signed: with --sign-key here, or later with
/// `registry sign`. The key given with --log-key must be among the new log keys.
#[derive(Debug, Args)]
pub(super) struct Rekey {
    /// File with the keys that are to count: `log`, `[approvers]` and `[root]` as in a trust file, and `[[withdrawn]]` with
    /// `key` and `from`, for keys that are not trusted for entries from that number on
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    why: Why,
    #[command(flatten)]
    seal: SealOptions,
}

#[derive(Deserialize)]
struct NewKeys {
    #[serde(default)]
    withdrawn: Vec<Withdrawal>,
    #[serde(flatten)]
    keys: KeySet,
}

impl Rekey {
    pub(super) fn run(&self, global: &Global, output: &mut Output) -> Result {
        let path = || self.file.display().to_string();
        let unread = |source| Error::File { path: path(), source };
        let bytes = written::bytes(&self.file, MAX_KEYS).map_err(unread)?;
        let wrong = |why: String| Error::Usage(format!("{}: {why}", path()));
        let NewKeys { keys, withdrawn } =
            written::toml(written::text(&bytes).map_err(unread)?).map_err(wrong)?;
        keys.check().map_err(wrong)?;
        if keys.root.is_empty() {
            return Err(wrong("has no [root]: keys could never change again".into()));
        }
        let seal = self.seal.seal(global)?;
        let mut registry = global.open_to_write()?;
        let version = registry.next_key_version()?;
        let decision = self.why.decision(global.now())?;
        let change = KeyChange { version, keys, withdrawn, decision };
        let entry = registry.append(&[Record::ChangeKeys(Box::new(change))], &seal)?;
        let effective = registry.next_key_version()? > version;
        let texts = if effective { words::KEYS_IN_EFFECT } else { words::KEYS_WAIT };
        done(output, texts, [&version.to_string(), &entry.to_string()], &entry)
    }
}

/// Sign the head as a witness: that the log continues what this witness signed before.
///
/// Needs a trust file; the last head that was signed is remembered where that says. The signature is put into the folder
/// `witnesses` of the registry.
#[derive(Debug, Args)]
pub(super) struct Witness {
    /// Key of the witness, of `registry keygen`
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
}

impl Witness {
    pub(super) fn run(&self, global: &Global, output: &mut Output) -> Result {
        keep_out(&self.key, global.registry_dir()?)?;
        let key = read_key(&self.key)?;
        let head = global.open_to_write()?.witness(&key, global.now())?;
        done(output, words::HEAD_WITNESSED, [&head.size.to_string()], &head.size)
    }
}

/// Write a ticket: an approval with the proof that it stands in the log, to be judged without the registry.
#[derive(Debug, Args)]
pub(super) struct Ticket {
    /// Id of the approval, for example A12
    #[arg(value_name = "ID")]
    id: ApprovalId,
}

impl Ticket {
    pub(super) fn run(&self, global: &Global, output: &mut Output) -> Result {
        let registry = global.open_to_write()?;
        if !registry.is_signed() {
            let why = "the registry is not signed: a ticket of it would prove nothing (`registry refresh --log-key FILE` signs it)";
            return Err(Error::Refused(why.into()));
        }
        let ticket = registry.ticket(self.id, global.now())?;
        match output.file().is_some() {
            true => write!(output.text(), "{ticket}")?,
            // Its lines are base64, but for the names of keys.
            false => ticket.lines().try_for_each(|line| writeln!(output.text(), "{}", Inert(line)))?,
        }
        Ok(ExitCode::Approved)
    }
}
