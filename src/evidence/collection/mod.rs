//! What evidence is there: finds the files that tell how Windows came onto a computer, in a folder, on a disk, in a ZIP.
//!
//! [`collect`] looks at names only and opens nothing but archives. What a piece really is, its bytes say: the readers of
//! logs, hives and event logs look at them. Nothing is unpacked to disk, links are not followed, and what a hostile
//! archive can cost is in [`Limits`].

mod catalogue;
mod collector;
mod inventory;
mod limits;
mod locate;
mod missing;
mod piece;
mod place;
mod trail;

use std::path::PathBuf;

use collector::Collector;
pub use inventory::{Gap, GapKind, Inventory, SetAside, Why};
pub use limits::Limits;
pub use missing::{OLD_SYSTEM_RETENTION, Retention, Wanted, WantedKind, missing};
pub use piece::Piece;
pub use place::{Generation, Hive, Place, Role};

pub use crate::source::zip::NameCoding;

/// How a collection is read.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Bounds on what is looked at.
    pub limits: Limits,
    /// How names in ZIP archives are read that do not say.
    pub names: NameCoding,
    /// Files whose mere presence tells something: patterns with `*` and `?`, without regard to case. A pattern with a
    /// backslash is compared with the path inside the computer without the folder of the generation
    /// (`Windows\Temp\Vendor_*.log`), any other with the name of the file.
    pub markers: Vec<String>,
}

/// Looks for evidence at `paths`: disk roots, Windows folders, collections, archives, single files. Never fails: what
/// cannot be looked at is among the [gaps](Inventory::gaps). The order of the result depends on names alone.
pub fn collect(paths: &[PathBuf], options: &Options) -> Inventory {
    let mut collector = Collector::new(options);
    for path in paths {
        collector.path(path);
    }
    collector.finish()
}

#[cfg(test)]
mod tests;
