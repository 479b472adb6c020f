//! What does not fit together in a hive without making it unreadable.

use std::fmt;

use super::limits::MAX_DESCRIBED;

/// What does not fit. Each kind is one observation that a policy can weigh.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum AnomalyKind {
    /// The checksum of the base block is wrong.
    BadChecksum,
    /// The base block is one of a version that is not known.
    UnknownVersion,
    /// Writing was interrupted, and no log holds what is missing: some keys may be old or broken.
    NotRecovered,
    /// A transaction log cannot be used.
    UnusableLog,
    /// A transaction log ends in an entry that is damaged, or does not follow the one before it.
    BrokenLogChain,
    /// The file is shorter than its base block says.
    Cut,
    /// A hive bin does not begin as it should.
    BadBin,
}

impl AnomalyKind {
    /// Whether keys are missing or broken for it.
    pub fn is_damage(self) -> bool {
        matches!(self, Self::Cut | Self::BadBin)
    }
}

/// One observation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Anomaly {
    /// What does not fit.
    pub kind: AnomalyKind,
    /// Offset in bytes: in the hive, or for logs in the log that the detail names.
    pub offset: u64,
    /// What was found, in words. May quote text of the file: not to be printed unescaped.
    pub detail: String,
}

/// A bounded list of anomalies: a hostile file can hold many thousands.
#[derive(Debug, Default, Clone)]
pub struct Anomalies {
    described: Vec<Anomaly>,
    omitted: u64,
}

impl Anomalies {
    pub(super) fn push(&mut self, kind: AnomalyKind, offset: u64, detail: impl fmt::Display) {
        if self.described.len() < MAX_DESCRIBED {
            self.described.push(Anomaly { kind, offset, detail: detail.to_string() });
        } else {
            self.omitted = self.omitted.saturating_add(1);
        }
    }

    /// The observations, at most [`MAX_DESCRIBED`].
    pub fn described(&self) -> &[Anomaly] {
        &self.described
    }

    /// How many more were made.
    pub fn omitted(&self) -> u64 {
        self.omitted
    }

    /// Whether everything fits together.
    pub fn is_empty(&self) -> bool {
        self.described.is_empty()
    }

    /// Whether an anomaly of a kind is described.
    pub fn has(&self, kind: AnomalyKind) -> bool {
        self.described.iter().any(|anomaly| anomaly.kind == kind)
    }
}
