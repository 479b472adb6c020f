//! Why a registry cannot be used.

use std::{
    io,
    path::{Path, PathBuf},
};

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
    /// What was asked for makes no sense.
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
