//! The policy of a site: what it asks beyond an approval, how much rules weigh there, and what it excuses. Read from a
//! file by [`crate::policy`]; here it is weighed, without input or output and with the time as an argument.

mod baseline;
mod limits;
mod waiver;
mod weighing;

pub use baseline::{Baseline, KnownFinding, fingerprint};
pub use limits::Pin;
pub use waiver::{Force, Pinned, Waiver};
pub use weighing::Weighing;

use std::{collections::BTreeMap, path::PathBuf, sync::Arc};

use chrono::{DateTime, TimeDelta, Utc};

use super::{RuleId, Severity, health::AllowList};
use crate::{
    evidence::{examination::Depth, provenance::Site},
    sighting::{Assurance, FactKey},
};

/// Days that a waiver runs at most where the policy says nothing else.
pub const DEFAULT_WAIVER_DAYS: u32 = 180;

/// What a policy file says.
#[derive(Debug, Clone)]
pub struct Terms {
    /// The file, as it was named.
    pub source: Arc<str>,
    /// SHA-256 of the file.
    pub sha256: [u8; 32],
    /// Whether a no ends with a code that stops a pipeline; else the mode is `audit`.
    pub enforced: bool,
    /// On what an approval must rest; the command line may ask for more.
    pub assurance: Assurance,
    /// The digest that has to be that of the approval, where any will not do.
    pub digest: Option<Digest>,
    /// Scopes of this gate.
    pub scopes: Scopes,
    /// What the command line may loosen.
    pub may_loosen: Vec<Loosening>,
    /// How much rules weigh here, where that is not what they weigh elsewhere.
    pub levels: BTreeMap<RuleId, Severity>,
    /// Days after which an approval has to be made anew.
    pub approval_days: Option<u32>,
    /// What is asked of the health of images.
    pub health: HealthTerms,
    /// Findings that are excused.
    pub waivers: Vec<Arc<Waiver>>,
    /// Days that a waiver runs at most, from the time of the check.
    pub waiver_days: u32,
    /// Whether `--baseline` may be used.
    pub baseline_allowed: bool,
    /// Whether the glass may be broken, and with what.
    pub break_glass: BreakGlass,
}

/// What a policy asks of the health of images.
#[derive(Debug, Clone, Default)]
pub struct HealthTerms {
    /// How far it is looked into; `None` for not at all.
    pub depth: Option<Depth>,
    /// What the site adds to what every image is held against.
    pub site: Arc<Site>,
    /// What the site allows.
    pub allow: Arc<AllowList>,
    /// The files that say so.
    pub files: Vec<SiteFile>,
}

/// A file that a policy names.
#[derive(Debug, Clone)]
pub struct SiteFile {
    /// Its path.
    pub path: PathBuf,
    /// SHA-256 of its bytes.
    pub sha256: [u8; 32],
}

/// A digest that a policy can ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Digest {
    /// Of the directory tree.
    Tree,
    /// Of the directory tree with the SHA-256 of every content.
    Content,
    /// Of the file.
    File,
}

impl Digest {
    /// The facts that it can stand in: a split set has a digest over its parts.
    pub fn facts(self) -> &'static [FactKey] {
        match self {
            Self::Tree => &[FactKey::Tree],
            Self::Content => &[FactKey::Content],
            Self::File => &[FactKey::FileSha256, FactKey::SetSha256],
        }
    }

    /// The name, as in the policy file.
    pub fn name(self) -> &'static str {
        match self {
            Self::Tree => "tree",
            Self::Content => "content",
            Self::File => "file",
        }
    }
}

/// The scopes that a gate judges for.
#[derive(Debug, Clone, Default)]
pub struct Scopes {
    /// Taken where the command line names none.
    pub default: Option<String>,
    /// Those that the command line may name; any where there is neither list nor default.
    pub allowed: Vec<String>,
}

impl Scopes {
    /// Whether the command line may name any.
    pub fn is_open(&self) -> bool {
        self.default.is_none() && self.allowed.is_empty()
    }

    /// Whether the command line may name this one.
    pub fn allows(&self, scope: &str) -> bool {
        self.is_open() || self.default.iter().chain(&self.allowed).any(|allowed| allowed == scope)
    }
}

/// What the command line may loosen, where a policy says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Loosening {
    /// `--assurance`.
    Assurance,
    /// `--scope`.
    Scope,
}

/// Whether and when a no may be overridden by a person who answers for it.
#[derive(Debug, Clone, Default)]
pub struct BreakGlass {
    /// Whether at all.
    pub allowed: bool,
    /// Rules on the registry that keep a check from its decision, and that may be overridden all the same.
    pub even_with: Vec<RuleId>,
}

/// Why a finding does not count.
#[derive(Debug, Clone)]
pub enum Excuse {
    /// A waiver covers it.
    Waived(Arc<Waiver>),
    /// The baseline has it.
    Known {
        /// When the baseline was made.
        since: DateTime<Utc>,
    },
}

/// A time as many days from another; the end of time where there is none.
fn days_from(at: DateTime<Utc>, days: u32) -> DateTime<Utc> {
    at.checked_add_signed(TimeDelta::days(days.into())).unwrap_or(DateTime::<Utc>::MAX_UTC)
}
