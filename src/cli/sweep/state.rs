//! What is kept between sweeps.

use std::{collections::BTreeMap, fs, io, io::Write as _, path::Path, time::UNIX_EPOCH};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use wimproof_wim::Wim;

use super::super::{Error, Result, output::write_whole, targets::Target};
use crate::{
    judge::{Policy, Verdict},
    registry::Registry,
    report::sweep::{Change, SweptImage},
    sighting::Assurance,
    source::{Opener, ReadAt as _},
};

const SCHEMA: &str = "wimproof/sweep-state/v1";
/// Bytes of a state file that are read: a hundred thousand images take some 50 MB.
const MAX_BYTES: u64 = 1 << 30;
/// Bytes at each end of a file that are looked at: the header, and most of the XML.
const END: usize = 64 << 10;

/// The state after a sweep.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct State {
    pub(super) schema: String,
    pub(super) at: Option<DateTime<Utc>>,
    pub(super) scope: Option<Scope>,
    /// By their names.
    pub(super) files: BTreeMap<String, Entry>,
}

/// By what was judged.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Scope {
    origin: String,
    size: u64,
    root: String,
    assurance: Assurance,
    of_policy: Option<String>,
    tool: String,
}

/// A file as it was found.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Entry {
    /// The path that was named, which it lies under.
    pub(super) under: String,
    pub(super) size: Option<u64>,
    pub(super) guid: Option<String>,
    pub(super) assurance: Assurance,
    pub(super) verdict: Option<Verdict>,
    pub(super) rules: Vec<String>,
    pub(super) images: Vec<SweptImage>,
    pub(super) look: Option<Look>,
}

/// By what a file is taken for the same without being read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Look {
    size: u64,
    /// Last write to the file on disk, in nanoseconds since 1970.
    modified: u64,
    /// SHA-256 over both ends.
    ends: String,
}

impl Default for State {
    fn default() -> Self {
        Self { schema: SCHEMA.into(), at: None, scope: None, files: BTreeMap::new() }
    }
}

impl State {
    /// Reads the state of the sweep before; an empty one where there was none.
    pub(super) fn read(path: &Path) -> Result<Self> {
        let failed = |source| Error::File { path: path.display().to_string(), source };
        let bytes = match fs::metadata(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => return Err(failed(error)),
            Ok(about) if about.len() > MAX_BYTES => {
                return Err(Error::Unreadable(format!("{} is too large for a state file", path.display())));
            }
            Ok(_) => fs::read(path).map_err(failed)?,
        };
        let state: Result<Self> = serde_json::from_slice(&bytes).map_err(|error| {
            Error::Unreadable(format!("{} is no state of a sweep: {error}", path.display()))
        });
        let state = state?;
        match state.schema == SCHEMA {
            true => Ok(state),
            false => Err(Error::Unreadable(format!("{} is no {SCHEMA}", path.display()))),
        }
    }

    /// Writes it, whole or not at all.
    pub(super) fn write(&self, path: &Path) -> Result<()> {
        let json = serde_json::to_vec(self).map_err(io::Error::from)?;
        write_whole(path, |file| file.write_all(&json))
            .map_err(|source| Error::File { path: path.display().to_string(), source })
    }
}

impl Scope {
    pub(super) fn of(registry: &Registry, policy: &Policy) -> Self {
        let head = registry.head();
        Self {
            origin: head.origin.clone(),
            size: head.size,
            root: hex::encode(head.root),
            assurance: policy.assurance,
            of_policy: policy.scope.clone(),
            // Another version may judge otherwise.
            tool: env!("CARGO_PKG_VERSION").into(),
        }
    }
}

impl Look {
    /// Looks at a file on disk, or a member of one; nothing for one that cannot be opened, lies on a web server, or is a part
    /// of a split set: the others, which this does not see, may have changed.
    pub(super) fn at(target: &Target, opener: &Opener) -> Option<Self> {
        let modified = fs::metadata(target.locator.root_file()?).ok()?.modified().ok()?;
        let modified = u64::try_from(modified.duration_since(UNIX_EPOCH).ok()?.as_nanos()).ok()?;
        let source = target.open(opener).ok()?;
        if Wim::open(&source).is_ok_and(|wim| wim.header().parts > 1) {
            return None;
        }
        let size = source.size();
        let length = usize::try_from(size).unwrap_or(usize::MAX).min(END);
        let mut ends = Sha256::new();
        let mut buffer = vec![0; length];
        for offset in [0, size.saturating_sub(length as u64)] {
            source.read_exact_at(offset, &mut buffer).ok()?;
            ends.update(&buffer);
        }
        Some(Self { size, modified, ends: hex::encode(ends.finalize()) })
    }
}

impl Entry {
    /// What became of it.
    pub(super) fn change_since(&self, before: Option<&Self>) -> Change {
        let Some(before) = before else { return Change::Appeared };
        let held = |entry: &Self| {
            let images =
                entry.images.iter().map(|image| (image.index, image.name.clone(), image.tree.clone()));
            (entry.size, entry.guid.clone(), images.collect::<Vec<_>>())
        };
        if held(self) != held(before) || self.touched_since(before) {
            Change::Changed
        } else if self.verdict != before.verdict {
            Change::Rejudged
        } else {
            Change::Unchanged
        }
    }

    /// Whether its ends are others, where they were looked at.
    fn touched_since(&self, before: &Self) -> bool {
        matches!((&self.look, &before.look), (Some(now), Some(then)) if now.ends != then.ends)
    }
}
