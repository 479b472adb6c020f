//! A sighting: one image as one piece of evidence shows it.
//!
//! A whole `install.wim` gives a rich sighting, a line of a setup log a poor one (a name, a size). Both have the same
//! type: every fact is optional and carries where it stood.

pub mod deployment;
mod fact;
mod medium;
pub mod names;
mod value;

pub use fact::{Fact, FactKey, Facts, Kind, Level, Values};
pub use medium::MediumTell;
pub use value::Value;

use std::{fmt, sync::Arc};

use serde::{Deserialize, Serialize};
use wimproof_wim::{AnomalyKind, ContentSet, Fingerprint};

/// On what a verdict rests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Assurance {
    /// Header and XML, or a log line: anyone can write these.
    Claimed,
    /// Blob table and metadata resources, decoded and checked against their hashes: what the file says it holds.
    Declared,
    /// Every byte read, every hash computed.
    Verified,
}

impl fmt::Display for Assurance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Claimed => "claimed",
            Self::Declared => "declared",
            Self::Verified => "verified",
        })
    }
}

/// Where in a piece of evidence something stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Locator {
    /// Nowhere in particular, for example the length of a file.
    Whole,
    /// At an offset of the file, in bytes.
    Offset(u64),
    /// From an offset of the file to another, in bytes.
    Range(u64, u64),
    /// At an offset of the uncompressed metadata resource of an image, in bytes.
    MetadataOffset(u64),
    /// Under a key.
    Key(String),
    /// In a line of a text, counted from 1, that begins at an offset in bytes.
    Line(u64, u64),
    /// In a record with this number.
    Record(u64),
}

/// A place in a piece of evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// The file, as it was named.
    pub source: Arc<str>,
    /// Where in it.
    pub locator: Locator,
}

/// What a reader met besides facts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// Parts of the file do not fit together.
    Anomaly(AnomalyKind),
    /// The source is not an image file, or its tables cannot be read.
    Unreadable,
    /// A facts file that makes no sense.
    BadFactsFile,
    /// The source cannot be opened or delivers no bytes.
    Inaccessible,
    /// A metadata resource does not decode, or is not what its hash says.
    DamagedMetadata,
    /// A file's content does not decode, or is not what its hash says.
    DamagedContent,
    /// A slot of the integrity table does not match.
    BadSlot,
    /// The format is right, but this version does not read it.
    Unsupported,
    /// The file is encrypted.
    Encrypted,
    /// Something about the medium that the file lies in.
    Medium(MediumTell),
}

impl Trouble {
    /// Whether it keeps from judging at all.
    pub fn prevents_judgement(&self) -> bool {
        matches!(
            self,
            Self::Unreadable | Self::BadFactsFile | Self::Inaccessible | Self::Unsupported | Self::Encrypted
        )
    }
}

/// One observation of a reader.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Observation {
    /// What it is.
    pub trouble: Trouble,
    /// In words; may quote text of the file.
    pub detail: String,
    /// Where it stands.
    pub evidence: Evidence,
}

/// One image as one piece of evidence shows it.
#[derive(Debug, Clone)]
pub struct Sighting {
    /// 1-based index of the image in its file, where known.
    pub index: Option<u32>,
    /// What the evidence says of the image.
    pub facts: Facts,
    /// What else was met.
    pub observations: Vec<Observation>,
    /// On what the facts rest.
    pub assurance: Assurance,
    /// The contents of its files, where its tree was read.
    pub contents: Option<ContentSet>,
}

/// What kind of thing was looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SubjectKind {
    /// An image file.
    Wim,
    /// Something that tells of an image.
    Evidence,
}

/// What reading every byte of a file checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checked {
    /// Contents and metadata resources.
    pub contents: u64,
    /// Those of them that are damaged.
    pub bad_contents: u64,
    /// Slots of the integrity table.
    pub slots: u64,
    /// Those of them that do not match.
    pub bad_slots: u64,
}

/// A file that was looked at, with the images seen in it.
#[derive(Debug, Clone)]
pub struct Subject {
    /// How the user named it.
    pub source: Arc<str>,
    /// What it is.
    pub kind: SubjectKind,
    /// Its length in bytes, where it could be opened.
    pub file_size: Option<u64>,
    /// Bytes read of it.
    pub bytes_read: u64,
    /// On what the facts rest.
    pub assurance: Assurance,
    /// Facts of the file as a whole.
    pub facts: Facts,
    /// Observations of the file as a whole.
    pub observations: Vec<Observation>,
    /// The images.
    pub images: Vec<Sighting>,
    /// The XML data as text, where read.
    pub xml: Option<String>,
    /// What was checked, where every byte was read.
    pub checked: Option<Checked>,
    /// The habits of the program that wrote it.
    pub fingerprint: Fingerprint,
}

impl Subject {
    /// A subject of which nothing is known yet.
    pub fn new(source: &str, kind: SubjectKind) -> Self {
        Self {
            source: source.into(),
            kind,
            file_size: None,
            bytes_read: 0,
            assurance: Assurance::Claimed,
            facts: Facts::default(),
            observations: Vec::new(),
            images: Vec::new(),
            xml: None,
            checked: None,
            fingerprint: Fingerprint::default(),
        }
    }

    /// Adds an observation of the file as a whole.
    pub fn observe(&mut self, trouble: Trouble, detail: impl fmt::Display, locator: Locator) {
        let evidence = Evidence { source: Arc::clone(&self.source), locator };
        self.observations.push(Observation { trouble, detail: detail.to_string(), evidence });
    }
}
