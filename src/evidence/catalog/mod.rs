//! Security catalogs (`.cat`): signed lists of the SHA-256 and SHA-1 of files.
//!
//! Windows keeps one for each package, and every `.mum` and component manifest stands in one of them; the manifests hold
//! the SHA-256 of the files. So the signature of a catalog, followed to a root that is pinned here, covers every file
//! that Windows services. [`Catalog::read`] takes the list and judges the signature:
//!
//! ```no_run
//! use wimproof::evidence::catalog::{Anchors, Catalog, Trust};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let catalog = Catalog::read(&std::fs::read("package.cat")?, &Anchors::microsoft()?)?;
//! assert!(matches!(catalog.trust, Trust::Anchored { .. }));
//! println!("{} members", catalog.members.len());
//! # Ok(()) }
//! ```
//!
//! The form: PKCS#7 `SignedData` (RFC 2315) around a certificate trust list (the content type 1.3.6.1.4.1.311.10.1),
//! whose subjects are the files. Names in certificates prove nothing, anyone can write them: only the chain of
//! signatures counts. That a certificate expired is not weighed: catalogs outlive their certificates, which Windows allows
//! by countersignatures; only a time in one of these at which the certificate was not valid is told ([`Untimely`]).
//! Revocation lists are not asked.

mod anchors;
mod attributes;
mod certificate;
mod chain;
mod elements;
mod members;
mod rsa;
mod signed_data;
mod signing_time;
#[cfg(test)]
mod tests;

pub use anchors::Anchors;
pub use members::Members;

use chrono::{DateTime, Utc};
use elements::Elements;

/// Bytes of a catalog. The largest of Windows have some 5 MB.
pub const MAX_CATALOG_BYTES: u64 = 64 << 20;

/// What checking the catalogs of one image may cost, see [`Catalog::cost`]. Real images have some 10,000 catalogs.
pub const MAX_COST: u64 = 16 << 20;

/// Why a catalog cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The DER does not read.
    #[error("{structure}: {source}")]
    Der {
        /// The structure; positions of the source count from its start.
        structure: &'static str,
        /// What is wrong.
        source: der::Error,
    },
    /// It reads, and is not what a catalog has there.
    #[error("{structure}: {found} in place of {expected}")]
    Unexpected {
        /// The structure.
        structure: &'static str,
        /// What is there.
        found: String,
        /// What should be.
        expected: &'static str,
    },
    /// More than this program looks at.
    #[error("{structure}: more than {limit}")]
    TooMany {
        /// The structure.
        structure: &'static str,
        /// The most that is looked at.
        limit: usize,
    },
}

/// The result of reading a catalog.
pub type Result<T> = std::result::Result<T, Error>;

/// What the signature of a catalog is worth.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trust {
    /// Signed by a certificate whose chain ends at a pinned one.
    Anchored {
        /// Subject of the signer.
        signer: String,
        /// Subject of the pinned certificate.
        anchor: String,
    },
    /// The signature fits, but its chain ends at no pinned certificate.
    Unanchored {
        /// Subject of the signer.
        signer: String,
        /// Issuer of the signer: the same where it signed itself.
        issuer: String,
    },
    /// The signature is not one of this content.
    Altered {
        /// Why.
        reason: String,
    },
    /// Signed in a way that this program does not check.
    Unchecked {
        /// What it does not know.
        reason: String,
    },
}

impl Trust {
    /// Whether the list may be relied on.
    pub fn is_anchored(&self) -> bool {
        matches!(self, Self::Anchored { .. })
    }
}

/// A signature that says a time at which the certificate of its signer was not valid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Untimely {
    /// When it was made, as its countersignature says.
    pub signed: DateTime<Utc>,
    /// From when on the certificate is valid.
    pub from: DateTime<Utc>,
    /// And until when.
    pub to: DateTime<Utc>,
}

/// A catalog.
#[derive(Debug, Clone)]
pub struct Catalog {
    /// The files that it lists.
    pub members: Members,
    /// What its signature is worth.
    pub trust: Trust,
    /// What it cost to check the signature, in a unit of its own: those of Windows cost some 500.
    pub cost: u64,
    /// Whether the signature says another time than its certificate allows.
    pub untimely: Option<Untimely>,
}

impl Catalog {
    /// Reads a catalog and follows its signature.
    pub fn read(bytes: &[u8], anchors: &Anchors) -> Result<Self> {
        let signed = signed_data::SignedData::read(bytes)?;
        let members = Members::read(signed.content)?;
        let (trust, cost) = signed.trust(anchors);
        Ok(Self { members, trust, cost, untimely: signed.untimely() })
    }

    /// The same of one of many, for which those before it cost so much; not where that is more than [`MAX_COST`].
    pub(super) fn read_within(
        bytes: &[u8],
        anchors: &Anchors,
        cost: &mut u64,
    ) -> std::result::Result<Self, String> {
        if *cost > MAX_COST {
            return Err("it stands behind more signatures than are checked".to_owned());
        }
        let catalog = Self::read(bytes, anchors).map_err(|error| error.to_string())?;
        *cost += catalog.cost;
        Ok(catalog)
    }
}
