//! What can go wrong while reading a hive: every error names the structure, the offset, what was found and what was
//! expected.

use std::{fmt, io};

use wimproof_wim::Place;

/// Result of reading a hive.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a hive, or a part of it, could not be read. Offsets are bytes from the start of the hive file, after its logs
/// were replayed; for a transaction log, from the start of the log.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The source refused to deliver bytes.
    #[error("{place}: {source}")]
    Io {
        /// What was being read.
        place: Place,
        /// The answer of the source.
        source: io::Error,
    },
    /// The first four bytes are not those of a hive, and no log holds a copy of what should stand there.
    #[error("not a registry hive: offset 0 holds {found}, a hive begins with \"regf\"")]
    NotAHive {
        /// The bytes that stand there.
        found: String,
    },
    /// A structure contradicts the format.
    #[error("{place}: found {found}, expected {expected}")]
    Malformed {
        /// What was being read.
        place: Place,
        /// What stands there.
        found: String,
        /// What the format allows.
        expected: String,
    },
    /// A structure lies, wholly or in part, outside the file.
    #[error("{place} needs {length} bytes, but the hive ends at {hive_size}")]
    OutsideHive {
        /// What was being read.
        place: Place,
        /// Bytes the structure claims to have.
        length: u64,
        /// Where the hive bins end, in bytes from the start of the file.
        hive_size: u64,
    },
    /// A structure claims to be larger than this reader is willing to hold (see [`super::limits`]).
    #[error("{place} claims {claimed}, more than the limit of {limit}")]
    TooLarge {
        /// What was being read.
        place: Place,
        /// What the file claims.
        claimed: u64,
        /// The documented bound.
        limit: u64,
    },
}

/// A structure of the format at an offset in bytes.
pub(super) const fn place(structure: &'static str, offset: u64) -> Place {
    Place { structure, offset }
}

pub(super) fn malformed(place: Place, found: impl fmt::Display, expected: impl fmt::Display) -> Error {
    Error::Malformed { place, found: found.to_string(), expected: expected.to_string() }
}
