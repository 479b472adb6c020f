//! `wimproof diff`: what differs between two images.

use std::{
    collections::{BTreeMap, HashMap},
    io::Write as _,
    path::{Path, PathBuf},
};

use clap::Args;
use serde::Serialize;
use wimproof_wim::{BlobTable, Metadata, Sha1Digest, VerifyOptions, Wim};

use super::{
    Error, Format, Global, Result,
    output::Output,
    progress::Work,
    targets::{self, Target},
};
use crate::{
    evidence::{
        difference::{self, Change, Difference},
        hive, image,
        image_hives::{self, HiveDifference},
        inside::Inside,
    },
    judge::{ExitCode, Language},
    report::{
        self, difference_words as words,
        inert::Inert,
        list_words,
        table::Table,
        words::{COMMA, filled},
    },
    sighting::{Assurance, FactKey, Value},
    source::{Opener, Source},
};

/// Show what differs between two images: their facts, and their files.
///
/// Compares what the files say of themselves (declared); with --verified what they hold, every byte read. Ends with 0 when nothing differs, 1 when something does, 3 when
/// an image cannot be read. Entries whose contents are the same but not their times or attributes are shown with -v.
#[derive(Debug, Args)]
pub(super) struct Diff {
    /// The first image: a file, with :N for its image N
    #[arg(value_name = "A[:N]")]
    a: String,
    /// The second image
    #[arg(value_name = "B[:N]")]
    b: String,
    /// Read every byte, and compare contents by their SHA-256
    #[arg(long)]
    verified: bool,
    #[command(flatten)]
    work: Work,
}

/// One of the two images.
struct Side {
    shown: String,
    index: u32,
    wim: Wim<Source>,
    metadata: Metadata,
    sha256: Option<HashMap<Sha1Digest, [u8; 32]>>,
    facts: BTreeMap<FactKey, Value>,
}

#[derive(Serialize)]
struct DiffReport<'d> {
    schema: &'static str,
    a: SideReport<'d>,
    b: SideReport<'d>,
    facts: Vec<FactDifference>,
    summary: Vec<FolderReport>,
    /// Of entries whose contents are the same, how many differ in each property.
    touched: BTreeMap<&'static str, u64>,
    entries: &'d [Difference],
    hives: &'d [HiveDifference],
}

#[derive(Serialize)]
struct SideReport<'d> {
    source: &'d str,
    index: u32,
}

#[derive(Serialize)]
struct FactDifference {
    fact: FactKey,
    a: Option<Value>,
    b: Option<Value>,
}

#[derive(Serialize, Default)]
struct FolderReport {
    folder: String,
    added: u64,
    removed: u64,
    changed: u64,
    touched: u64,
}

impl Diff {
    pub(super) fn run(&self, global: &Global, output: &mut Output) -> Result {
        let paths = [&self.a, &self.b].map(|text| split(text).0);
        output.keep_inputs(&targets::roots(&paths))?;
        let opener = global.opener();
        let (a, b) = (self.open(&self.a, opener, global)?, self.open(&self.b, opener, global)?);
        let tables = (a.wim.blob_table(), b.wim.blob_table());
        let (Ok(blobs_a), Ok(blobs_b)) = tables else {
            return Err(Error::Unreadable("a blob table cannot be read".into()));
        };
        let entries = difference::of(&a.tree(blobs_a), &b.tree(blobs_b));
        let entries = entries.map_err(|error| Error::Unreadable(error.to_string()))?;
        let hives = hives(&a, &b, &entries)?;
        let report = DiffReport {
            schema: "wimproof/diff/v1",
            a: SideReport { source: &a.shown, index: a.index },
            b: SideReport { source: &b.shown, index: b.index },
            facts: facts(&a, &b),
            summary: folders(&entries),
            touched: touched(&entries),
            entries: &entries,
            hives: &hives,
        };
        if output.format() == Format::Json {
            report::json::write(output.text(), &report)?;
        } else {
            write(&report, global.verbose, output)?;
        }
        Ok(if entries.is_empty() { ExitCode::Approved } else { ExitCode::NotApproved })
    }
}

/// A file, and the image in it that is meant.
pub(super) fn split(named: &str) -> (PathBuf, Option<u32>) {
    split_path(Path::new(named))
}

/// The same of a name that need not be UTF-8.
pub(super) fn split_path(named: &Path) -> (PathBuf, Option<u32>) {
    let parts = named.to_str().and_then(|text| text.rsplit_once(':'));
    let index = parts.and_then(|(path, index)| Some((path, index.parse().ok()?)));
    match index {
        Some((path, index)) if !named.exists() => (path.into(), Some(index)),
        _ => (named.to_owned(), None),
    }
}

impl Diff {
    fn open(&self, text: &str, opener: &Opener, global: &Global) -> Result<Side> {
        let (path, index) = split(text);
        let (target, source) = targets::open(&path, opener)?;
        let shown = target.name();
        let failed = |what: &dyn std::fmt::Display| Error::Unreadable(format!("{shown}: {what}"));
        let wim = Wim::open(source).map_err(|error| failed(&error))?;
        let count = wim.blob_table().map_err(|error| failed(&error))?.metadata().len();
        let index = match index {
            Some(index) => index,
            None if count == 1 => 1,
            None => return Err(Error::Usage(format!("{shown} holds {count} images: say which with :N"))),
        };
        let metadata = wim.metadata(index).map_err(|error| failed(&error))?;
        let sha256 = self.verified.then(|| self.contents(&wim, &target, opener, global)).transpose()?;
        let subject = targets::read(&target, opener, image::Depth::of(Assurance::Declared), |_, _| {});
        let sighting = subject.images.iter().find(|image| image.index == Some(index));
        let of_image = sighting.into_iter().flat_map(|image| &image.facts);
        let facts =
            subject.facts.iter().chain(of_image).map(|(key, fact)| (*key, fact.value.clone())).collect();
        Ok(Side { shown, index, wim, metadata, sha256, facts })
    }

    /// SHA-256 of every content. What is damaged has no content that could be compared.
    fn contents(
        &self,
        wim: &Wim<Source>,
        target: &Target,
        opener: &Opener,
        global: &Global,
    ) -> Result<HashMap<Sha1Digest, [u8; 32]>> {
        let progress = self.work.progress(target, opener, global);
        let add = |bytes| progress.add(bytes);
        let depth = self.work.depth(Assurance::Verified, &add);
        let options = VerifyOptions {
            jobs: depth.jobs,
            file_digest: false,
            content_digests: true,
            progress: depth.progress,
        };
        let failed = |what: &dyn std::fmt::Display| Error::Unreadable(format!("{}: {what}", target.name()));
        let found = wim.verify(&options).map_err(|error| failed(&error))?;
        if !found.is_sound() {
            return Err(failed(&"the file is damaged, `wimproof verify` says where"));
        }
        let blobs = wim.blob_table().map_err(|error| failed(&error))?.blobs().iter();
        let contents = blobs.zip(&found.content_sha256);
        Ok(contents.filter_map(|(blob, sha256)| Some((blob.sha1, (*sha256)?))).collect())
    }
}

impl Side {
    fn tree<'s>(&'s self, blobs: &'s BlobTable) -> difference::Tree<'s> {
        difference::Tree { metadata: &self.metadata, blobs, sha256: self.sha256.as_ref() }
    }

    fn inside(&self) -> Result<Inside<'_, Source>> {
        let inside = Inside::open(std::slice::from_ref(&self.wim), self.index);
        inside.map_err(|error| Error::Unreadable(format!("{}: {error}", self.shown)))
    }
}

fn facts(a: &Side, b: &Side) -> Vec<FactDifference> {
    let both = FactKey::ALL.iter().map(|key| (*key, a.facts.get(key).cloned(), b.facts.get(key).cloned()));
    both.filter(|(_, a, b)| a != b).map(|(fact, a, b)| FactDifference { fact, a, b }).collect()
}

/// What differs inside the registry hives that both images have.
fn hives(a: &Side, b: &Side, entries: &[Difference]) -> Result<Vec<HiveDifference>> {
    let changed = entries.iter().filter(|entry| entry.change == Change::Changed);
    let paths: Vec<&str> = changed.map(|entry| &*entry.path).collect();
    if !paths.iter().any(|path| image_hives::is_hive(path)) {
        return Ok(Vec::new());
    }
    Ok(image_hives::differences(&a.inside()?, &b.inside()?, &paths))
}

/// Counts by the first two folders of a path.
fn folders(entries: &[Difference]) -> Vec<FolderReport> {
    let mut folders: BTreeMap<String, FolderReport> = BTreeMap::new();
    for entry in entries {
        let mut parts: Vec<&str> = entry.path.split('\\').collect();
        parts.pop();
        parts.truncate(3);
        let folder = match parts.join("\\") {
            root if root.is_empty() => "\\".to_owned(),
            folder => folder,
        };
        let report = folders
            .entry(folder.clone())
            .or_insert_with(|| FolderReport { folder, ..FolderReport::default() });
        *match entry.change {
            Change::Added => &mut report.added,
            Change::Removed => &mut report.removed,
            Change::Changed => &mut report.changed,
            Change::Touched => &mut report.touched,
        } += 1;
    }
    folders.into_values().collect()
}

fn write(report: &DiffReport<'_>, verbose: bool, output: &mut Output) -> Result<()> {
    let value = |value: &Option<Value>| value.as_ref().map(ToString::to_string).unwrap_or_default();
    let mut table = Table::new(&["fact", "first", "second"]);
    let language = output.language();
    let shown =
        |fact: &FactDifference| vec![list_words::fact(fact.fact, language), value(&fact.a), value(&fact.b)];
    table.rows = report.facts.iter().map(shown).collect();
    if !table.rows.is_empty() {
        table.headed(language).write(output.text(), 0)?;
        writeln!(output.text())?;
    }
    for entry in report.entries.iter().filter(|entry| verbose || entry.change != Change::Touched) {
        let sign = sign(entry.change);
        let streams: Vec<String> = entry.streams.iter().map(|s| stream(s, language)).collect();
        let properties = entry.properties.iter().map(|name| words::property(name, language));
        let details = [streams.join(", "), properties.collect::<Vec<_>>().join(", ")];
        let details: Vec<&str> = details.iter().map(String::as_str).filter(|text| !text.is_empty()).collect();
        writeln!(output.text(), "{sign} {}  {}", Inert(&entry.path), Inert(details.join("; ")))?;
    }
    for hive in report.hives {
        write_hive(hive, output)?;
    }
    let mut table = Table::new(&["folder", "added", "removed", "changed", "touched"]);
    let row = |f: &FolderReport| {
        vec![
            f.folder.clone(),
            f.added.to_string(),
            f.removed.to_string(),
            f.changed.to_string(),
            f.touched.to_string(),
        ]
    };
    table.rows = report.summary.iter().map(row).collect();
    if table.rows.is_empty() {
        return output.say(words::SAME, []);
    }
    writeln!(output.text())?;
    table.headed(language).write(output.text(), 0)?;
    let touched = report.touched.iter().map(|(name, count)| {
        filled(words::ENTRIES_WITH, language, [&count.to_string(), words::property(name, language)])
    });
    match touched.collect::<Vec<_>>() {
        touched if touched.is_empty() => Ok(()),
        touched => output.say(words::TOUCHED, [&touched.join(COMMA.get(language))]),
    }
}

/// How many entries of the same content differ in each property.
fn touched(entries: &[Difference]) -> BTreeMap<&'static str, u64> {
    let mut counts = BTreeMap::new();
    let touched = entries.iter().filter(|entry| entry.change == Change::Touched);
    for property in touched.flat_map(|entry| &entry.properties) {
        *counts.entry(*property).or_default() += 1;
    }
    counts
}

fn sign(change: Change) -> char {
    match change {
        Change::Added => '+',
        Change::Removed => '-',
        Change::Changed => '!',
        Change::Touched => '.',
    }
}

/// The keys of a hive that differ, each with its values.
fn write_hive(hive: &HiveDifference, output: &mut Output) -> Result<()> {
    let language = output.language();
    let differences = &hive.differences;
    writeln!(output.text())?;
    output.say(words::HIVE, [&hive.path])?;
    if let Some(error) = &hive.error {
        write!(output.text(), "  ")?;
        output.say(words::NOT_COMPARED, [error])?;
    }
    for key in &differences.keys {
        let name = if key.key.is_empty() { "\\" } else { &key.key };
        writeln!(output.text(), "  {} {}", sign(key.change), Inert(name))?;
        for value in &key.values {
            let name = if value.name.is_empty() { words::DEFAULT.get(language) } else { &value.name };
            let [a, b] = [&value.a, &value.b].map(|side| data(side.as_ref(), language));
            writeln!(output.text(), "      {}", Inert(format!("{name}: {a} -> {b}")))?;
        }
        if key.more_values > 0 {
            write!(output.text(), "      ")?;
            output.say(words::MORE_VALUES, [&key.more_values.to_string()])?;
        }
    }
    let counts = [(words::MORE_KEYS, differences.more_keys), (words::UNREADABLE, differences.unreadable)];
    for (texts, count) in counts.into_iter().filter(|(_, count)| *count > 0) {
        write!(output.text(), "  ")?;
        output.say(texts, [&count.to_string()])?;
    }
    if differences.cut_short {
        write!(output.text(), "  ")?;
        output.say(words::CUT_SHORT, [])?;
    }
    if hive.error.is_none() && differences.is_empty() {
        write!(output.text(), "  ")?;
        output.say(words::STORED_OTHERWISE, [])?;
    }
    Ok(())
}

fn data(data: Option<&hive::difference::Data>, language: Language) -> String {
    match data {
        None => words::NONE.get(language).to_owned(),
        Some(hive::difference::Data { kind, size, shown: None }) => {
            filled(words::NOT_SHOWN, language, [kind, &size.to_string()])
        }
        Some(hive::difference::Data { kind, shown: Some(shown), .. }) => format!("{kind} {shown:?}"),
    }
}

fn stream(stream: &difference::StreamDifference, language: Language) -> String {
    let side = |side: &Option<difference::Side>| match side {
        None => words::NONE.get(language).to_owned(),
        Some(side) => {
            let bytes = |bytes: u64| filled(words::BYTES, language, [&bytes.to_string()]);
            let length = side.size.map_or_else(|| words::UNKNOWN_LENGTH.get(language).to_owned(), bytes);
            format!("{length} {}", side.sha1.get(..12).unwrap_or_default())
        }
    };
    format!("{}: {} -> {}", stream.stream, side(&stream.a), side(&stream.b))
}
