//! What was heard of the component store, in types. Statements of the same testimony hold the words: `on` is the
//! position of one, where it could be kept.

use chrono::{DateTime, Utc};

use super::Code;

/// Everything that one log says of servicing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Account {
    /// Checks of the store, in the order of the log. The items of the last two are kept.
    pub checks: Vec<Check>,
    /// Files whose hash is not that of their manifest, each pair of hashes once.
    pub mismatches: Vec<Mismatch>,
    /// Files that the system file checker could not repair, or repaired.
    pub members: Vec<Member>,
    /// Files of drivers that the check of Plug and Play found corrupt.
    pub pnp: Vec<Pnp>,
    /// Differential files that could not be applied.
    pub unapplied: Vec<Unapplied>,
    /// What failed, by code and package.
    pub failures: Vec<Failure>,
    /// Who opened sessions.
    pub clients: Vec<Client>,
    /// Cumulative updates that are named, each once.
    pub rollups: Vec<Rollup>,
    /// Repairs that DISM was told to do.
    pub repairs: Vec<Repair>,
    /// What was left out because there was too much of it.
    pub omitted: u64,
}

impl Account {
    /// Whether nothing was said.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Every text that may hold the name of a user or a computer.
    pub fn each_path(&mut self, mut change: impl FnMut(&mut Box<str>)) {
        self.pnp.iter_mut().for_each(|pnp| change(&mut pnp.file));
        for repair in &mut self.repairs {
            change(&mut repair.command);
            repair.source.iter_mut().for_each(&mut change);
        }
    }
}

/// A check of the component store, by the block it leaves behind. What the block does not say is `None`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Check {
    /// `Detect only`, `Detect and Repair`.
    pub operation: Option<Box<str>>,
    /// Its result.
    pub result: Option<Code>,
    /// The step that was done last.
    pub last_step: Option<Box<str>>,
    /// Corruptions that it found.
    pub detected: Option<u64>,
    /// The same, by [`Corruption`].
    pub corruption: [Option<u64>; 5],
    /// Corruptions that it repaired.
    pub repaired: Option<u64>,
    /// The same: CBS manifests, CSI manifests, CSI payloads.
    pub repairs: [Option<u64>; 3],
    /// Whether the metadata of the store was made anew.
    pub refreshed: Option<bool>,
    /// How long it took.
    pub seconds: Option<u64>,
    /// Lines of items, whether kept or not.
    pub listed: u64,
    /// What it found, item by item.
    pub items: Vec<Item>,
    /// Statements of its block, in order.
    pub on: Vec<usize>,
}

impl Check {
    /// Corruptions that are there still, by its numbers.
    pub fn unrepaired(&self) -> Option<u64> {
        Some(self.detected?.saturating_sub(self.repaired.unwrap_or_default()))
    }

    /// Whether its numbers fit together: the sums are those of their parts. `None` where parts are not said.
    pub fn adds_up(&self) -> Option<bool> {
        let sum = |parts: &[Option<u64>]| {
            parts.iter().copied().sum::<Option<u64>>().filter(|_| parts.iter().all(Option::is_some))
        };
        let detected = self.detected.zip(sum(&self.corruption)).map(|(all, sum)| all == sum);
        let repaired = self.repaired.zip(sum(&self.repairs)).map(|(all, sum)| all == sum);
        match (detected, repaired) {
            (None, None) => None,
            (one, other) => Some(one.unwrap_or(true) && other.unwrap_or(true)),
        }
    }
}

/// Kinds of corruption that a summary counts, in its order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Corruption {
    /// Manifests of packages.
    CbsManifest,
    /// Metadata of packages.
    CbsMetadata,
    /// Manifests of components.
    CsiManifest,
    /// Metadata of components.
    CsiMetadata,
    /// Files of components.
    CsiPayload,
}

impl Corruption {
    /// All, in the order of a summary.
    pub const ALL: [Self; 5] =
        [Self::CbsManifest, Self::CbsMetadata, Self::CsiManifest, Self::CsiMetadata, Self::CsiPayload];

    /// The stable name.
    pub fn name(self) -> &'static str {
        match self {
            Self::CbsManifest => "cbs_manifest",
            Self::CbsMetadata => "cbs_metadata",
            Self::CsiManifest => "csi_manifest",
            Self::CsiMetadata => "csi_metadata",
            Self::CsiPayload => "csi_payload",
        }
    }
}

/// A field of a summary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Field {
    /// [`Check::operation`].
    Operation(Box<str>),
    /// [`Check::result`].
    Result(Code),
    /// [`Check::last_step`].
    LastStep(Box<str>),
    /// [`Check::detected`].
    Detected(u64),
    /// A place of [`Check::corruption`].
    Corruption(usize, u64),
    /// [`Check::repaired`].
    Repaired(u64),
    /// A place of [`Check::repairs`].
    Repairs(usize, u64),
    /// [`Check::refreshed`].
    Refreshed(bool),
    /// [`Check::seconds`]: the last line of a summary.
    Seconds(u64),
}

/// What is corrupt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ItemKind {
    /// A file of a component has other bytes than its manifest says.
    Payload,
    /// A file of a component is not there.
    PayloadMissing,
    /// The manifest of a component.
    Manifest,
    /// The catalog of a package.
    Catalog,
    /// The manifest of a package.
    Package,
    /// The manifest of a package is not there.
    PackageMissing,
    /// Something else.
    Other,
}

impl ItemKind {
    /// The stable name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Payload => "payload",
            Self::PayloadMissing => "payload-missing",
            Self::Manifest => "manifest",
            Self::Catalog => "catalog",
            Self::Package => "package",
            Self::PackageMissing => "package-missing",
            Self::Other => "other",
        }
    }
}

/// An item of a check: one thing that is corrupt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// What kind of thing.
    pub kind: ItemKind,
    /// The component's keyform, or the identity of the package, as it stands.
    pub component: Box<str>,
    /// The file, relative to the component's folder: `winload.exe`, `CBS\TextInput.dll`; of a differential file, `r\x.dll`.
    pub file: Option<Box<str>>,
    /// The letter in its column: `n` none, `w` from Windows Update; `b` stands at components that have a backup.
    pub flag: Option<char>,
    /// The code that the tool of Windows 7 gives.
    pub code: Option<Code>,
    /// Whether it was repaired.
    pub fixed: bool,
    /// Whether no replacement was found.
    pub no_replacement: bool,
    /// Its statement.
    pub on: Option<usize>,
}

/// SHA-256 of a file as its manifest says it, and as it was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Hashes {
    /// What the manifest says.
    pub expected: [u8; 32],
    /// What was found.
    pub actual: [u8; 32],
}

/// A file whose hash is not that of its manifest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mismatch {
    /// The component, where a line of the same file names it: a keyform, or one without hash.
    pub component: Option<Box<str>>,
    /// The file, relative to the component's folder.
    pub file: Box<str>,
    /// Both hashes.
    pub hashes: Hashes,
    /// Its statement.
    pub on: Option<usize>,
}

/// A file that the system file checker looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The component: a keyform without hash.
    pub component: Box<str>,
    /// The file.
    pub file: Box<str>,
    /// Whether it is not there at all.
    pub missing: bool,
    /// Whether it was repaired later on.
    pub repaired: bool,
    /// Its statement.
    pub on: Option<usize>,
}

/// A file of a driver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pnp {
    /// Its path.
    pub file: Box<str>,
    /// Whether it was repaired.
    pub repaired: bool,
    /// Its statement.
    pub on: Option<usize>,
}

/// A differential file that could not be applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unapplied {
    /// The component: a keyform without hash.
    pub component: Box<str>,
    /// The file that was to be made.
    pub file: Box<str>,
    /// Its statement.
    pub on: Option<usize>,
}

/// Something that failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// With which code.
    pub code: Code,
    /// The identity of the package, where one is named.
    pub package: Option<Box<str>>,
    /// Its KB, as the package or its client names it.
    pub kb: Option<Box<str>>,
    /// How often the installation of the package ended so.
    pub ended: u64,
    /// How often a line says so.
    pub count: u64,
    /// Whether the package was installed after all, later in the log.
    pub overcome: bool,
    /// Statements of the first line, and of the last.
    pub on: Vec<usize>,
}

/// Who opened sessions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Client {
    /// As it stands: `WindowsUpdateAgent`, `DISM Package Manager Provider`.
    pub name: Box<str>,
    /// How many.
    pub sessions: u64,
    /// When the latest of them was made, where their ids tell.
    pub latest: Option<DateTime<Utc>>,
    /// Statement of the first.
    pub on: Option<usize>,
}

/// A cumulative update that a line names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rollup {
    /// The identity of its package.
    pub package: Box<str>,
    /// Statement of the first line.
    pub on: Option<usize>,
}

/// A repair that DISM was told to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repair {
    /// The command line.
    pub command: Box<str>,
    /// The source it names.
    pub source: Option<Box<str>>,
    /// Whether Windows Update was not to be asked.
    pub limited: bool,
    /// The code it failed with.
    pub code: Option<Code>,
    /// Statements of the command, and of the failure.
    pub on: Vec<usize>,
}
