//! What is kept between sweeps.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{self, BufReader, BufWriter, Read as _, Write as _},
    path::Path,
    time::{Duration, Instant, UNIX_EPOCH},
};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use wimproof_wim::Wim;

use super::super::{Error, Result, output::write_whole, site_policy::SitePolicy, targets::Target};
use crate::{
    judge::{Verdict, policy::Terms},
    registry::Registry,
    report::sweep::{Change, SweptImage},
    sighting::Assurance,
    source::{Opener, ReadAt as _},
};

const SCHEMA: &str = "wimproof/sweep-state/v1";
/// Bytes of a state file that are read: a hundred thousand images take some 50 MB.
const MAX_BYTES: u64 = 256 << 20;
/// How much longer a sweep works than it keeps what it found.
const WORK: u32 = 50;
/// Bytes at each end of a file that are looked at: the header, and most of the XML.
const END: usize = 64 << 10;

/// The state after a sweep, or in one that is not at its end.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct State {
    schema: String,
    /// The end of the last sweep that came to one.
    pub(super) at: Option<DateTime<Utc>>,
    /// By what all files were judged that are not `stale`.
    scope: Option<Scope>,
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
    /// Where the images are to be used.
    of_policy: Option<String>,
    /// SHA-256 of the policy file.
    #[serde(default)]
    policy: Option<String>,
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
    /// Whether something counts only because of a waiver or a baseline.
    #[serde(default)]
    pub(super) excused: bool,
    pub(super) look: Option<Look>,
    /// Whether it was judged by something else than what the state is of.
    #[serde(default)]
    pub(super) stale: bool,
    /// What became of it in a sweep that did not come to its end: nobody was told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) untold: Option<Change>,
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
        let unusable = |why: &dyn std::fmt::Display| {
            let name = path.display();
            Error::Unreadable(format!("{name} is no state of a sweep: {why}; remove it to begin anew"))
        };
        let about = match fs::metadata(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::default()),
            about => about.map_err(failed)?,
        };
        if !about.is_file() {
            return Err(unusable(&"it is not a file"));
        }
        if about.len() > MAX_BYTES {
            return Err(unusable(&format_args!("{} bytes, at most {MAX_BYTES} are read", about.len())));
        }
        let file = BufReader::new(File::open(path).map_err(failed)?.take(MAX_BYTES));
        let state: Self = serde_json::from_reader(file).map_err(|error| unusable(&error))?;
        match state.schema == SCHEMA {
            true => Ok(state),
            false => Err(unusable(&format_args!("its schema is {:?}, not {SCHEMA:?}", state.schema))),
        }
    }

    /// Begins a sweep; what was judged by something else is to be judged again. Says what that was.
    pub(super) fn begin(&mut self, scope: Scope) -> Vec<&'static str> {
        let others = match &self.scope {
            Some(before) => before.others(&scope),
            // Nobody knows by what.
            None if !self.files.is_empty() => vec!["an unknown registry"],
            None => Vec::new(),
        };
        if !others.is_empty() {
            self.files.values_mut().for_each(|entry| entry.stale = true);
        }
        self.scope = Some(scope);
        others
    }

    /// Ends a sweep: what it found was told.
    pub(super) fn told(&mut self, at: DateTime<Utc>) {
        self.at = Some(at);
        self.files.values_mut().for_each(|entry| entry.untold = None);
    }
}

/// Keeps the state on the disk.
pub(super) struct Keeper<'p> {
    path: &'p Path,
    /// When it was kept last, and how long that took.
    last: Option<(Instant, Duration)>,
}

impl<'p> Keeper<'p> {
    pub(super) fn of(path: &'p Path) -> Self {
        Self { path, last: None }
    }

    /// Whether so much was done since the last time that keeping it takes little of the time.
    pub(super) fn is_due(&self) -> bool {
        self.last.is_none_or(|(at, took)| at.elapsed() >= took * WORK)
    }

    /// Writes it, whole or not at all.
    pub(super) fn write(&mut self, state: &State) -> Result<()> {
        let begin = Instant::now();
        write_whole(self.path, |file| {
            let mut file = BufWriter::new(file);
            serde_json::to_writer(&mut file, state)?;
            file.flush()
        })
        .map_err(|source| Error::File { path: self.path.display().to_string(), source })?;
        self.last = Some((Instant::now(), begin.elapsed()));
        Ok(())
    }
}

impl Scope {
    pub(super) fn of(registry: &Registry, site: &SitePolicy) -> Self {
        let head = registry.head();
        Self {
            origin: head.origin.clone(),
            size: head.size,
            root: hex::encode(head.root),
            assurance: site.asked.assurance,
            of_policy: site.asked.scope.clone(),
            policy: site.terms.as_ref().map(digests),
            // Another version may judge otherwise.
            tool: env!("CARGO_PKG_VERSION").into(),
        }
    }

    /// What this was, where the other is something else.
    fn others(&self, other: &Self) -> Vec<&'static str> {
        let same_registry = self.origin == other.origin;
        let same_head = (self.size, &self.root) == (other.size, &other.root);
        [
            (same_registry, "another registry"),
            (same_head || !same_registry, "another state of the registry"),
            (self.assurance == other.assurance, "another assurance"),
            (self.of_policy == other.of_policy, "another scope"),
            (self.policy == other.policy, "another policy"),
            (self.tool == other.tool, "another version of this program"),
        ]
        .into_iter()
        .filter_map(|(same, what)| (!same).then_some(what))
        .collect()
    }
}

/// SHA-256 of a policy and of the files that it names.
fn digests(terms: &Terms) -> String {
    let files = terms.health.files.iter().map(|file| &file.sha256);
    std::iter::once(&terms.sha256).chain(files).map(hex::encode).collect::<Vec<_>>().join(" ")
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
