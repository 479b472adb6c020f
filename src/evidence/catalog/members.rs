//! What a catalog lists: the subjects of its certificate trust list.
//!
//! `version` (optional), `subjectUsage`, `listIdentifier`, `sequenceNumber`, `thisUpdate`, `nextUpdate` (the latter four
//! optional or not of interest), `subjectAlgorithm`, `trustedSubjects`. The identifier of a subject is the hash itself
//! (catalogs of version 2), or its hexadecimal digits in UTF-16LE (version 1).

use std::collections::BTreeSet;

use der::Tag;

use super::{Elements, Error, Result};

/// Members of one catalog that are looked at. The largest of Windows list some 20,000 files.
const MAX_MEMBERS: usize = 1 << 20;

/// The files that a catalog lists, by their hashes. Programs stand there with the hash of Authenticode, which leaves out
/// checksum and signature; other files with that of all their bytes.
#[derive(Debug, Clone, Default)]
pub struct Members {
    sha256: BTreeSet<[u8; 32]>,
    sha1: BTreeSet<[u8; 20]>,
}

impl Members {
    /// Reads the contents of a certificate trust list.
    pub(super) fn read(list: &[u8]) -> Result<Self> {
        let mut fields = Elements::of(list, "certificate trust list")?;
        fields.optional(Tag::Integer)?;
        let mut members = Self::default();
        let mut sequences = 0;
        while !fields.is_finished() {
            // Of the sequences the first is the usage, the second the algorithm, the third the subjects.
            let Some(sequence) = fields.optional(Tag::Sequence)? else {
                fields.any()?;
                continue;
            };
            sequences += 1;
            if sequences == 3 {
                members.add_all(sequence.value())?;
            }
        }
        Ok(members)
    }

    fn add_all(&mut self, subjects: &[u8]) -> Result<()> {
        let mut subjects = Elements::of(subjects, "trusted subjects")?;
        let mut count = 0;
        while !subjects.is_finished() {
            let mut subject = subjects.enter(Tag::Sequence, "trusted subject")?;
            self.add(subject.tagged(Tag::OctetString)?.value());
            count += 1;
            if count > MAX_MEMBERS {
                return Err(Error::TooMany { structure: "trusted subjects", limit: MAX_MEMBERS });
            }
        }
        Ok(())
    }

    fn add(&mut self, identifier: &[u8]) {
        let spelt = spelt(identifier);
        let hash = spelt.as_deref().unwrap_or(identifier);
        self.sha256.extend(<[u8; 32]>::try_from(hash));
        self.sha1.extend(<[u8; 20]>::try_from(hash));
    }

    /// Whether a file is listed, by one of its hashes.
    pub fn lists(&self, sha256: &[u8; 32], sha1: &[u8; 20]) -> bool {
        self.lists_sha256(sha256) || self.sha1.contains(sha1)
    }

    /// Whether a file is listed by its SHA-256.
    pub fn lists_sha256(&self, sha256: &[u8; 32]) -> bool {
        self.sha256.contains(sha256)
    }

    /// The SHA-256 of all files, in ascending order.
    pub fn sha256(&self) -> impl Iterator<Item = &[u8; 32]> {
        self.sha256.iter()
    }

    /// How many hashes are listed.
    pub fn len(&self) -> usize {
        self.sha256.len() + self.sha1.len()
    }

    /// Whether none is.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// The hash that an identifier of version 1 spells: 40 or 64 digits, perhaps with a NUL behind.
fn spelt(identifier: &[u8]) -> Option<Vec<u8>> {
    let digits: Vec<u8> = identifier
        .chunks(2)
        .map(|unit| match unit {
            [digit, 0] => Some(*digit),
            _ => None,
        })
        .collect::<Option<_>>()?;
    let digits = digits.strip_suffix(&[0]).unwrap_or(&digits);
    if ![40, 64].contains(&digits.len()) {
        return None;
    }
    hex::decode(digits).ok()
}
