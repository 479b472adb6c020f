//! Asks libwim.

use std::path::{Path, PathBuf};

use wimlib_bindings::{Check, Error, Failure, Library, Wim};
use wimproof_wim as ours;

use super::{
    Difference, MAX_DIFFERENCES, Opinion, Reader, SecondOpinion, Unavailable,
    trees::{self, TreePath},
};
use crate::{
    evidence::split_set,
    sighting::{FactKey, Subject},
    source::open_file,
};

/// libwim, loaded. It runs within this process, on whatever the file holds.
#[derive(Debug, Clone, Copy)]
pub struct Libwim(Library);

/// Codes of libwim for a file that can be opened when its integrity table is not looked at.
const BAD_INTEGRITY: [i32; 2] = [13, 19];

/// Codes of libwim that say nothing of the bytes: a part of a split set without its first part, memory, reading.
const NO_FAULT_OF_THE_FILE: [i32; 4] = [33, 36, 39, 50];

impl Libwim {
    /// Loads it.
    pub fn load() -> Result<Self, Unavailable> {
        Library::load().map(Self).map_err(|error| Unavailable(error.to_string()))
    }

    /// Lets libwim open, list and verify a file, or the split set that it belongs to. `subject` is what our reader sees
    /// in it, `ours` what it says. Nothing where the file is none that can be opened.
    pub fn ask(&self, path: &Path, subject: &Subject, ours: Opinion) -> Option<SecondOpinion> {
        let files = split_set::files(path).ok()?;
        let mut opinion = SecondOpinion::of(self.0);
        match self.open(&files, &mut opinion) {
            Ok(wim) => {
                opinion.compare(&wim, &files, subject);
                if let Err(failure) = wim.verify() {
                    opinion.hear(&failure);
                }
            }
            Err(error) => opinion.say(Opinion::Refused, &first_message(&error)),
        }
        opinion.agrees = opinion.verdict == ours
            && opinion.difference_count == 0
            && (opinion.not_compared.is_empty() || ours != Opinion::Sound);
        Some(opinion)
    }

    /// Opens all parts and checks their integrity tables; where these do not match, opens them all the same.
    fn open(self, files: &[PathBuf], opinion: &mut SecondOpinion) -> Result<Wim, Error> {
        match self.open_with(files, Check::Integrity) {
            Err(Error::Refused(failure)) if BAD_INTEGRITY.contains(&failure.code) => {
                opinion.hear(&failure);
                self.open_with(files, Check::Structure)
            }
            other => other,
        }
    }

    fn open_with(self, files: &[PathBuf], check: Check) -> Result<Wim, Error> {
        let [first, others @ ..] = files else { return Err(Error::Path(String::new())) };
        let wim = self.0.open(first, check)?;
        wim.reference(others, check)?;
        Ok(wim)
    }
}

impl SecondOpinion {
    fn of(library: Library) -> Self {
        Self {
            library: "libwim".into(),
            version: library.version().to_string(),
            verdict: Opinion::Sound,
            message: None,
            agrees: false,
            differences: Vec::new(),
            difference_count: 0,
            not_compared: Vec::new(),
        }
    }

    /// Takes what libwim says; what it said first stands.
    fn say(&mut self, verdict: Opinion, message: &str) {
        if self.verdict == Opinion::Sound {
            self.verdict = verdict;
            self.message = Some(message.lines().map(str::trim).collect::<Vec<_>>().join("; "));
        }
    }

    fn hear(&mut self, failure: &Failure) {
        let refuses = NO_FAULT_OF_THE_FILE.contains(&failure.code);
        self.say(if refuses { Opinion::Refused } else { Opinion::Damaged }, failure.first_message());
    }

    /// Compares which images there are, and which files they hold.
    fn compare(&mut self, wim: &Wim, files: &[PathBuf], subject: &Subject) {
        let count = match wim.info() {
            Ok(info) => info.image_count(),
            Err(failure) => return self.hear(&failure),
        };
        let ours: Vec<u32> = subject.images.iter().filter_map(|image| image.index).collect();
        for image in (1..=count).filter(|image| !ours.contains(image)) {
            self.differ(image, Reader::Libwim, None);
        }
        for image in subject.images.iter().filter(|image| image.index.is_some()) {
            let index = image.index.unwrap_or_default();
            if index > count {
                self.differ(index, Reader::Wimproof, None);
            } else {
                let paths = match image.facts.contains_key(&FactKey::Tree) {
                    true => our_paths(files, index),
                    false => None,
                };
                self.compare_image(wim, index, paths.as_deref());
            }
        }
    }

    /// Compares the files of an image; `ours` are the paths that our reader lists.
    fn compare_image(&mut self, wim: &Wim, image: u32, ours: Option<&[TreePath]>) {
        let Some(ours) = ours else { return self.not_compared.push(image) };
        match wim.entries(image) {
            Ok(entries) => {
                let only = |reader, path: &TreePath| self.differ(image, reader, Some(path));
                trees::compare(ours, &trees::theirs(&entries), only);
            }
            Err(failure) => {
                self.hear(&failure);
                self.not_compared.push(image);
            }
        }
    }

    fn differ(&mut self, image: u32, listed_by: Reader, path: Option<&TreePath>) {
        self.difference_count += 1;
        if self.differences.len() < MAX_DIFFERENCES {
            let path = path.map(|path| String::from_utf16_lossy(path));
            self.differences.push(Difference { image, path, listed_by });
        }
    }
}

/// The paths of an image, read again: a sighting keeps its digest only.
fn our_paths(files: &[PathBuf], image: u32) -> Option<Vec<TreePath>> {
    let source = open_file(files.first()?).ok()?;
    let metadata = ours::Wim::open(source).ok()?.metadata(image).ok()?;
    trees::ours(&metadata)
}

/// What libwim says of why it cannot open a file.
fn first_message(error: &Error) -> String {
    match error {
        Error::Refused(failure) => failure.first_message().to_owned(),
        other => other.to_string(),
    }
}
