//! Why a registry cannot be used.

use std::{
    io,
    path::{Path, PathBuf},
};

use chrono::{DateTime, SecondsFormat, Utc};

use super::record::ApprovalId;
use crate::signing::SigningError;

/// Result of an operation on a registry.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a registry cannot be read, written or trusted.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The system refused.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// The answer of the system.
        source: io::Error,
    },
    /// There is no registry in the folder.
    #[error("{}: not a registry (no file `checkpoint`); create one with `wimproof registry init`", dir.display())]
    NotARegistry {
        /// The folder.
        dir: PathBuf,
    },
    /// What an approval keeps beside the log is missing, or is not what it was.
    #[error("{}: what {id} keeps of its image's components under `contents` is missing or was changed: restore it from a copy of the registry, or put another approval in the place of {id}", dir.display())]
    NotKept {
        /// The folder.
        dir: PathBuf,
        /// The approval.
        id: ApprovalId,
    },
    /// There is a registry already.
    #[error("{}: holds a registry already", dir.display())]
    Exists {
        /// The folder.
        dir: PathBuf,
    },
    /// The log is there, its head is not.
    #[error("{}: the log has no head (file `checkpoint` is missing): restore it from a copy of the registry", dir.display())]
    MissingHead {
        /// The folder.
        dir: PathBuf,
    },
    /// The head is no checkpoint.
    #[error("{}: not a checkpoint (origin, size, base64 root, each on a line, and an empty line)", path.display())]
    MalformedHead {
        /// The file.
        path: PathBuf,
    },
    /// The log has fewer entries than its head says.
    #[error("{}: has {found} entries, the head says {expected}: entries were removed", path.display())]
    Truncated {
        /// The log.
        path: PathBuf,
        /// Whole entries found.
        found: u64,
        /// Entries by the head.
        expected: u64,
    },
    /// The log has whole entries that its head does not count, and no writer comes to count them.
    #[error(
        "{}: has {entries} entries that the head does not count: a writer was interrupted, or the head was put back to an \
         earlier state; if the entries are right, `wimproof registry rebuild` counts them", path.display()
    )]
    Uncounted {
        /// The log.
        path: PathBuf,
        /// How many.
        entries: u64,
    },
    /// The log is not the one that its head describes.
    #[error("{}: Merkle root {found} of {size} entries, the head says {expected}: an entry was changed", path.display())]
    RootMismatch {
        /// The log.
        path: PathBuf,
        /// Entries.
        size: u64,
        /// Root computed, hex.
        found: String,
        /// Root by the head, hex.
        expected: String,
    },
    /// An entry cannot be understood.
    #[error("{}: entry {entry}: {message}", path.display())]
    BadEntry {
        /// The log.
        path: PathBuf,
        /// Number of the entry, from 0.
        entry: u64,
        /// What is wrong.
        message: String,
    },
    /// An approval was asked for that does not exist.
    #[error("no approval {id}; `wimproof registry list` shows all")]
    NoSuchApproval {
        /// As it was asked for.
        id: String,
    },
    /// Another process holds the lock for writing.
    #[error("{}: another process is writing to the registry, or holds its file `lock`; nothing was changed", dir.display())]
    Busy {
        /// The folder.
        dir: PathBuf,
    },
    /// A trust file cannot be understood.
    #[error("{}: no trust file: {message}", path.display())]
    BadTrust {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        message: String,
    },
    /// There is no place to remember the last seen head in.
    #[error(
        "no folder to remember the head of the registry in: name a file in the trust file (state = \"FILE\"), or state = \"none\""
    )]
    NoStateFolder,
    /// It is another registry than the one that the trust file means.
    #[error("{}: is the registry {found:?}, the trust file is for {expected:?}", path.display())]
    OtherOrigin {
        /// Where it was found.
        path: PathBuf,
        /// Its name.
        found: String,
        /// The name in the trust file.
        expected: String,
    },
    /// No key that is trusted signed the head.
    #[error("{}: the head is not signed by a key that is trusted for it ({expected})", path.display())]
    HeadNotSigned {
        /// The registry, or the ticket.
        path: PathBuf,
        /// Hints of the keys that would do.
        expected: String,
    },
    /// A signature of the head does not fit.
    #[error("{}: the signature of {key} does not fit the head", path.display())]
    BadHeadSignature {
        /// The registry, or the ticket.
        path: PathBuf,
        /// The hint that stands with it.
        key: String,
    },
    /// The log is shorter than it was.
    #[error("{}: has {size} entries, {} has seen {seen} of them: an older state was put back, or entries were removed", path.display(), witness(by.as_ref()))]
    RolledBack {
        /// The registry.
        path: PathBuf,
        /// Entries.
        size: u64,
        /// Entries seen before.
        seen: u64,
        /// The witness that saw them; `None` for this gate.
        by: Option<String>,
    },
    /// The log does not continue what was seen of it.
    #[error("{}: the first {size} entries are not those that {} has seen: this is another log", path.display(), witness(by.as_ref()))]
    Forked {
        /// The registry.
        path: PathBuf,
        /// Entries seen before.
        size: u64,
        /// The witness that saw them; `None` for this gate.
        by: Option<String>,
    },
    /// The head was signed too long ago, or nobody knows when.
    #[error("{}: the newest signed time is {}, older than the {max_hours} hours that the trust file allows", path.display(), signed_time(signed.as_ref()))]
    Stale {
        /// The registry, or the ticket.
        path: PathBuf,
        /// When it was signed.
        signed: Option<DateTime<Utc>>,
        /// Whole hours that are allowed.
        max_hours: i64,
    },
    /// The head was signed in the future: the clock here, or there, is wrong.
    #[error("{}: was signed at {}, but it is {} here: a clock is wrong", path.display(), signed_time(Some(signed)), signed_time(Some(now)))]
    SignedInFuture {
        /// The registry, or the ticket.
        path: PathBuf,
        /// When it was signed.
        signed: DateTime<Utc>,
        /// The time here.
        now: DateTime<Utc>,
    },
    /// Too few witnesses have signed a head.
    #[error("{}: {have} witnesses have signed its head, the trust file asks for {need}", path.display())]
    NoQuorum {
        /// The registry, or the ticket.
        path: PathBuf,
        /// How many have.
        have: usize,
        /// How many must.
        need: usize,
    },
    /// A ticket cannot be understood, or does not prove what it says.
    #[error("{}: {message}", path.display())]
    BadTicket {
        /// The ticket.
        path: PathBuf,
        /// What is wrong.
        message: String,
    },
    /// Nothing was signed.
    #[error(transparent)]
    Signing(#[from] SigningError),
    /// A value makes no sense, or something is needed that was not given.
    #[error("{0}")]
    Usage(String),
    /// It would do harm.
    #[error("{0}")]
    Refused(String),
}

impl Error {
    pub(super) fn missing_head(dir: &Path) -> Self {
        let has_log = dir.join(super::log::FILE).exists();
        let dir = dir.to_owned();
        if has_log { Self::MissingHead { dir } } else { Self::NotARegistry { dir } }
    }
}

fn witness(by: Option<&String>) -> String {
    by.map_or_else(|| "this gate".to_owned(), |name| format!("the witness {name}"))
}

fn signed_time(at: Option<&DateTime<Utc>>) -> String {
    at.map_or_else(|| "unknown".to_owned(), |at| at.to_rfc3339_opts(SecondsFormat::Secs, true))
}
