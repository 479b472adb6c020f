//! What can go wrong while reading: every error names the structure, the offset, what was found and what was
//! expected.

use std::{fmt, io};

use crate::{Sha1Digest, codec::CodecError};

/// Result of reading a WIM.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Where in the input a structure stands.
///
/// Offsets are bytes from the start of the file, except for structures inside a metadata resource, which is
/// usually compressed: there they count from the start of the uncompressed resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The structure as the format calls it, for example `header` or `blob table`.
    pub structure: &'static str,
    /// Its offset in bytes.
    pub offset: u64,
}

impl Place {
    pub(crate) const fn new(structure: &'static str, offset: u64) -> Self {
        Self { structure, offset }
    }

    pub(crate) fn malformed(self, found: impl fmt::Display, expected: impl fmt::Display) -> Error {
        Error::Malformed { place: self, found: found.to_string(), expected: expected.to_string() }
    }

    pub(crate) fn io(self, source: io::Error) -> Error {
        Error::Io { place: self, source }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at offset {}", self.structure, self.offset)
    }
}

/// Why a WIM, or a part of it, could not be read.
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
    /// The first eight bytes are not those of a WIM.
    #[error("not a WIM file: offset 0 holds {found}, a WIM begins with \"MSWIM\\0\\0\\0\"")]
    NotAWim {
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
    #[error("{place} needs {length} bytes, but the file ends at {file_size}")]
    OutsideFile {
        /// What was being read.
        place: Place,
        /// Bytes the structure claims to have.
        length: u64,
        /// Size of the file in bytes.
        file_size: u64,
    },
    /// A structure claims to be larger than this library is willing to hold (see [`crate::limits`]).
    #[error("{place} claims {claimed}, more than the limit of {limit}")]
    TooLarge {
        /// What was being read.
        place: Place,
        /// What the file claims.
        claimed: u64,
        /// The documented bound.
        limit: u64,
    },
    /// A compressed chunk does not decode.
    #[error("{place}: {source}")]
    Decode {
        /// The resource and the chunk's offset in the file.
        place: Place,
        /// What the decoder met.
        source: CodecError,
    },
    /// The bytes decode, but are not those that were stored.
    #[error("{place}: SHA-1 is {found}, the blob table says {expected}")]
    HashMismatch {
        /// The resource.
        place: Place,
        /// What was computed.
        found: Sha1Digest,
        /// What the blob table says.
        expected: Sha1Digest,
    },
    /// The file is an ESD encrypted by Windows Update: only its key holder can read it.
    #[error(
        "the file is an encrypted ESD (XML element ESD/ENCRYPTED); its contents cannot be read without the key"
    )]
    Encrypted,
    /// The format allows it, this version does not read it.
    #[error("not supported yet: {0}")]
    Unsupported(&'static str),
    /// An image was asked for that the file does not have.
    #[error("there is no image {index}: the file has {count}")]
    NoSuchImage {
        /// The 1-based index asked for.
        index: u32,
        /// Images in the file.
        count: u32,
    },
}
