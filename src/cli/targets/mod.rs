//! What the arguments of a command name: image files wherever they lie, and all images in folders and media.

mod expansion;

use std::path::{Path, PathBuf};

use super::{Error, Result, diff};
use crate::{
    evidence::{facts_file::FactsFile, image, media, split_set},
    sighting::{self, Subject, SubjectKind, Trouble},
    source::{Explained, Locator, Metered, Opener, ReadAt as _, Source, name},
};
pub(super) use expansion::{Expansion, expand};

/// Something to look at.
#[derive(Debug)]
pub(super) struct Target {
    pub(super) locator: Locator,
    /// What it is called in reports, where that is another: a copy goes by the name of its original.
    name: Option<String>,
    /// Why it cannot even be opened: a folder on the way is closed, a link leads nowhere.
    failed: Option<Failure>,
    /// Whether it is Setup's boot image, on a medium that was named with all its images.
    pub(super) boots_setup: bool,
}

#[derive(Debug)]
struct Failure {
    trouble: Trouble,
    detail: String,
}

impl From<Locator> for Target {
    fn from(locator: Locator) -> Self {
        Self { locator, name: None, failed: None, boots_setup: false }
    }
}

impl Target {
    /// A copy, to be called by another name.
    pub(super) fn copy(path: PathBuf, original: &Locator) -> Self {
        Self { name: Some(original.to_string()), ..Self::from(Locator::from(path)) }
    }

    fn failed(locator: Locator, trouble: Trouble, detail: String) -> Self {
        Self { failed: Some(Failure { trouble, detail }), ..Self::from(locator) }
    }

    /// What it is called.
    pub(super) fn name(&self) -> String {
        self.name.clone().unwrap_or_else(|| self.locator.to_string())
    }

    /// Opens it, without the other parts of a split set.
    pub(super) fn open(&self, opener: &Opener) -> std::result::Result<Source, String> {
        match &self.failed {
            Some(failure) => Err(failure.detail.clone()),
            None => opener.open(&self.locator).map(|(source, _)| source).map_err(|error| error.to_string()),
        }
    }

    /// Its length in bytes, where it can be opened.
    pub(super) fn size(&self, opener: &Opener) -> u64 {
        self.open(opener).map_or(0, |source| source.size())
    }
}

/// The files that arguments lie in, which no result may overwrite.
pub(super) fn roots(named: &[PathBuf]) -> Vec<PathBuf> {
    named.iter().filter_map(|named| Locator::parse(named).root_file().map(Path::to_owned)).collect()
}

/// The one image file that is named, for commands that look at one.
pub(super) fn one(named: &Path, opener: &Opener) -> Result<Target> {
    let mut targets = expand(&[named.to_owned()], opener);
    match (targets.pop(), targets.is_empty()) {
        (Some(only), true) => Ok(only),
        (last, _) => {
            let all: Vec<String> = targets.iter().chain(&last).map(Target::name).collect();
            Err(Error::Usage(format!("one image file is to be named, of {}", all.join(", "))))
        }
    }
}

/// Opens the one image file that is named.
pub(super) fn open(named: &Path, opener: &Opener) -> Result<(Target, Source)> {
    let target = one(named, opener)?;
    let source = target.open(opener).map_err(|why| Error::Unreadable(format!("{}: {why}", target.name())))?;
    Ok((target, source))
}

fn has_end(path: &Path, end: &str) -> bool {
    path.extension().is_some_and(|other| other.eq_ignore_ascii_case(end))
}

/// Reads a file as evidence of images. `more` may look further while the source is open.
pub(super) fn read(
    target: &Target,
    opener: &Opener,
    depth: image::Depth<'_>,
    more: impl FnOnce(&Metered<Source>, &mut Subject),
) -> Subject {
    read_with(target, opener, |sources, name| {
        let mut subject = image::read_set(sources, name, depth);
        if let [source] = sources {
            more(source, &mut subject);
        }
        subject
    })
}

/// Reads a file as evidence of images, an image file with `read`, which gets all files of a split set and their name.
pub(super) fn read_with(
    target: &Target,
    opener: &Opener,
    read: impl FnOnce(&[Metered<Source>], &str) -> Subject,
) -> Subject {
    let name = target.name();
    let failed = |kind, trouble, detail: String| {
        let mut subject = Subject::new(&name, kind);
        subject.observe(trouble, detail, sighting::Locator::Whole);
        subject
    };
    if let Some(Failure { trouble, detail }) = &target.failed {
        return failed(SubjectKind::Wim, trouble.clone(), detail.clone());
    }
    if let Some(path) = target.locator.plain_file() {
        if path.is_dir() {
            let detail =
                format!("the folder holds no image file (*.{}, *.iso, *.zip)", name::IMAGES.join(", *."));
            return failed(SubjectKind::Wim, Trouble::Unreadable, detail);
        }
        if has_end(path, "toml") {
            return match FactsFile::read(path) {
                Ok(facts) => facts.into_subject(&name),
                Err(error) => failed(SubjectKind::Evidence, Trouble::BadFactsFile, error.to_string()),
            };
        }
    }
    match split_set::open(opener, &target.locator) {
        Ok(sources) => {
            let mut subject = read(&sources, &name);
            if let Ok((_, Some(medium))) = opener.open(&target.locator) {
                for tell in media::tells(&medium) {
                    let about = tell.to_string();
                    subject.observe(Trouble::Medium(tell), about, sighting::Locator::Whole);
                }
            }
            if sources.iter().any(|source| source.inner().has_changed()) {
                subject.observe(
                    Trouble::Inaccessible,
                    "the file changed while it was read",
                    sighting::Locator::Whole,
                );
            }
            subject
        }
        Err(error) => {
            let hint = hint_at_index(&target.locator);
            failed(SubjectKind::Wim, Trouble::Inaccessible, format!("{}{hint}", Explained(&error)))
        }
    }
}

/// For a number behind the name of a file, where a command looks at all images.
fn hint_at_index(locator: &Locator) -> String {
    match locator.plain_file().map(diff::split_path) {
        Some((file, Some(index))) if file.exists() => {
            format!("; there is {}, and this command takes no :{index} behind it", file.display())
        }
        _ => String::new(),
    }
}
