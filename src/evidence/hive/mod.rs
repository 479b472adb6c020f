//! Registry hives: the files in which Windows keeps its settings, and what they say of the machine's deployments.
//!
//! [`Hive`] reads the format (`regf`): a base block of 4096 bytes, then *bins* with *cells*, which hold keys, values,
//! lists and data and refer to each other by offset. A hive whose writing was interrupted is brought into a consistent
//! state by its transaction logs, in memory. Source: the public descriptions of the format, above all that by Maxim
//! Suhanov.
//!
//! ```no_run
//! use wimproof::evidence::hive::{Hive, facts};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let logs = [std::fs::read("SYSTEM.LOG1")?, std::fs::read("SYSTEM.LOG2")?];
//! let hive = Hive::open(std::fs::read("SYSTEM")?, &logs)?;
//! if let Some(key) = hive.key("Setup\\Status\\SysprepStatus")? {
//!     println!("{} was written at {:?}", key.path(), key.last_written().to_utc());
//! }
//! let facts = facts::system(&hive);
//! println!("{} systems before this one", facts.source_os.len());
//! # Ok(()) }
//! ```
//!
//! Nothing in a hive is trusted: offsets, counts and lengths are checked against the file and against [`limits`]. What
//! is broken gives an error where it is met ([`Key::subkeys`], [`Key::values`]); the rest can be read all the same.

mod anomaly;
mod base_block;
mod bytes;
mod cell;
pub mod difference;
mod error;
pub mod facts;
mod key;
pub mod limits;
mod log;
mod marvin;
mod recovery;
mod soundness;
mod statements;
mod subkeys;
#[cfg(test)]
mod tests;
mod text;
mod value;

use std::fmt;

use wimproof_wim::{FileTime, ReadAt};

pub use anomaly::{Anomalies, Anomaly, AnomalyKind};
pub use error::{Error, Result};
pub use key::Key;
pub use recovery::{AppliedLog, LogFormat, Recovery};
pub use soundness::fault;
pub use statements::read;
pub use subkeys::Subkeys;
pub use text::Text;
pub use value::{Value, ValueKind, Values};

use base_block::{BASE_BLOCK_SIZE, BaseBlock, FileKind};
use bytes::{array, index, u32_at};
use cell::{Cells, file_offset};
use error::{malformed, place};
use limits::MAX_HIVE_BYTES;

/// Bins begin at multiples of this and are as long as a multiple of it.
const BIN_UNIT: usize = 4096;

/// A hive, held in memory.
pub struct Hive {
    /// Base block and bins, after recovery.
    bytes: Vec<u8>,
    base: BaseBlock,
    recovery: Recovery,
    anomalies: Anomalies,
}

impl Hive {
    /// Takes the bytes of a hive and of its transaction logs (`.LOG1`, `.LOG2`, or the one `.LOG` of old systems), where
    /// there are any. The logs are replayed if the hive needs them; if they do not help, the hive is read as it is and
    /// an anomaly says so.
    pub fn open(bytes: Vec<u8>, logs: &[Vec<u8>]) -> Result<Self> {
        fits(bytes.len() as u64, "hive")?;
        let mut hive = bytes;
        let mut anomalies = Anomalies::default();
        let (base, recovery) = recovery::recover(&mut hive, logs, &mut anomalies)?;
        if base.kind != FileKind::Hive {
            let found = format!("file type {:?}", base.kind);
            return Err(malformed(place("base block", 28), found, "0, a hive"));
        }
        if base.major != 1 || !(2..=6).contains(&base.minor) {
            let version = format!("version {}.{}, known are 1.2 to 1.6", base.major, base.minor);
            anomalies.push(AnomalyKind::UnknownVersion, 20, version);
        }
        trim(&mut hive, &base, &mut anomalies);
        let hive = Self { bytes: hive, base, recovery, anomalies };
        Ok(hive.with_bins_looked_over())
    }

    /// Reads a hive and its logs from where they lie. A log that cannot be read is an anomaly.
    pub fn read(hive: &dyn ReadAt, logs: &[&dyn ReadAt]) -> Result<Self> {
        let bytes = read_whole(hive, "hive")?;
        let mut unread = Vec::new();
        let mut read = |(number, log): (usize, &&dyn ReadAt)| {
            read_whole(*log, "transaction log").unwrap_or_else(|error| {
                unread.push(format!("log {}: {error}", number + 1));
                Vec::new()
            })
        };
        let logs: Vec<Vec<u8>> = logs.iter().enumerate().map(&mut read).collect();
        let mut hive = Self::open(bytes, &logs)?;
        for detail in unread {
            hive.anomalies.push(AnomalyKind::UnusableLog, 0, detail);
        }
        Ok(hive)
    }

    /// The root key.
    pub fn root(&self) -> Result<Key<'_>> {
        Key::root(self, self.root_offset())
    }

    /// The key at a path from the root: names joined by `\`, whose case does not count. Errors as for [`Key::subkey`].
    pub fn key(&self, path: &str) -> Result<Option<Key<'_>>> {
        self.root()?.key(path)
    }

    /// When the hive was last written, by its base block.
    pub fn last_written(&self) -> FileTime {
        self.base.written
    }

    /// What was done because writing had been interrupted.
    pub fn recovery(&self) -> &Recovery {
        &self.recovery
    }

    /// What does not fit together in the file as a whole.
    pub fn anomalies(&self) -> &Anomalies {
        &self.anomalies
    }

    fn cells(&self) -> Cells<'_> {
        Cells::new(self.bytes.get(BASE_BLOCK_SIZE..).unwrap_or_default())
    }

    fn root_offset(&self) -> u32 {
        self.base.root
    }

    /// Whether long data stand in segments.
    fn has_segments(&self) -> bool {
        self.base.minor > 3
    }

    /// Notes bins that do not begin as they should. Cells are read all the same: they are found by offset.
    fn with_bins_looked_over(mut self) -> Self {
        let bins = self.bytes.get(BASE_BLOCK_SIZE..).unwrap_or_default();
        let mut at = 0;
        while let Some(head) = bins.get(at..at + 32) {
            let (offset, size) = (u32_at(head, 4).map_or(0, index), u32_at(head, 8).map_or(0, index));
            let sound = array(head, 0) == Some(*b"hbin")
                && offset == at
                && size != 0
                && size.is_multiple_of(BIN_UNIT)
                && size <= bins.len() - at;
            if !sound {
                let found = format!("signature {}, offset {offset:#x}, {size} bytes", head_of(head));
                self.anomalies.push(AnomalyKind::BadBin, file_offset(0) + at as u64, found);
            }
            at += if sound { size } else { BIN_UNIT };
        }
        self
    }
}

/// Leaves off what stands behind the bins; notes what is missing.
fn trim(hive: &mut Vec<u8>, base: &BaseBlock, anomalies: &mut Anomalies) {
    let end = BASE_BLOCK_SIZE.saturating_add(index(base.bins_size));
    if hive.len() < end {
        let detail = format!("the file has {} bytes, its base block says {end}", hive.len());
        anomalies.push(AnomalyKind::Cut, hive.len() as u64, detail);
    }
    // A base block that cannot be trusted does not say where the bins end.
    if base.checksum_fits {
        hive.truncate(end);
    }
}

fn head_of(bytes: &[u8]) -> String {
    bytes.get(..4).unwrap_or(bytes).escape_ascii().to_string()
}

fn fits(claimed: u64, structure: &'static str) -> Result<()> {
    if claimed > MAX_HIVE_BYTES {
        return Err(Error::TooLarge { place: place(structure, 0), claimed, limit: MAX_HIVE_BYTES });
    }
    Ok(())
}

fn read_whole(source: &dyn ReadAt, structure: &'static str) -> Result<Vec<u8>> {
    let size = source.size();
    fits(size, structure)?;
    let mut bytes = vec![0; usize::try_from(size).unwrap_or_default()];
    source.read_exact_at(0, &mut bytes).map_err(|source| Error::Io { place: place(structure, 0), source })?;
    Ok(bytes)
}

impl fmt::Debug for Hive {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hive")
            .field("base", &self.base)
            .field("recovery", &self.recovery)
            .field("anomalies", &self.anomalies)
            .finish_non_exhaustive()
    }
}
