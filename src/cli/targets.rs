//! What the arguments of a command name: files, and all images in folders.

use std::path::{Path, PathBuf};

use walkdir::WalkDir;

use crate::{
    evidence::{facts_file::FactsFile, image, split_set},
    sighting::{Locator, Subject, SubjectKind, Trouble},
    source,
};

/// Ends of names of image files.
const IMAGES: [&str; 3] = ["wim", "esd", "swm"];

/// Something to look at.
#[derive(Debug)]
pub(super) struct Target {
    pub(super) path: PathBuf,
    /// What it is called in reports, where that is another: a copy goes by the name of its original.
    name: Option<String>,
    /// Why it cannot even be opened: a folder on the way is closed, a link leads nowhere.
    failed: Option<String>,
}

impl From<PathBuf> for Target {
    fn from(path: PathBuf) -> Self {
        Self { path, name: None, failed: None }
    }
}

impl Target {
    /// A copy, to be called by another name.
    pub(super) fn copy(path: PathBuf, original: &Path) -> Self {
        Self { path, name: Some(original.display().to_string()), failed: None }
    }
}

/// The files that paths name: a folder stands for all image files below it, in the order of their names, links followed.
/// A folder without any stands for itself, and so does what cannot be entered: nothing is passed over in silence.
pub(super) fn expand(paths: &[PathBuf]) -> Vec<Target> {
    let mut files = Vec::new();
    for path in paths {
        let mut below = if path.is_dir() { images_below(path) } else { Vec::new() };
        if below.is_empty() {
            files.push(path.clone().into());
        }
        files.append(&mut below);
    }
    files
}

fn images_below(dir: &Path) -> Vec<Target> {
    let found = WalkDir::new(dir).follow_links(true).sort_by_file_name().into_iter();
    let targets = found.filter_map(|entry| match entry {
        Ok(entry) if entry.file_type().is_dir() || !has_end(entry.path(), &IMAGES) => None,
        // The first part of a split set stands for all.
        Ok(entry) if split_set::is_later_part(entry.path()) => None,
        Ok(entry) => Some(entry.into_path().into()),
        Err(error) => {
            let path = error.path().unwrap_or(dir).to_owned();
            let refusal = error.io_error().and_then(source::Refusal::of);
            let hint = refusal.map(|refusal| format!("; {}", refusal.hint())).unwrap_or_default();
            Some(Target { path, name: None, failed: Some(format!("{error}{hint}")) })
        }
    });
    targets.collect()
}

fn has_end(path: &Path, ends: &[&str]) -> bool {
    let end = path.extension().map(|end| end.to_string_lossy().to_lowercase());
    end.is_some_and(|end| ends.contains(&end.as_str()))
}

/// Reads a file as evidence of images. `more` may look further while the source is open.
pub(super) fn read(
    target: &Target,
    depth: image::Depth<'_>,
    more: impl FnOnce(&source::Metered<source::FileSource>, &mut Subject),
) -> Subject {
    let path = target.path.as_path();
    let name = target.name.clone().unwrap_or_else(|| path.display().to_string());
    let failed = |kind, trouble, detail: String| {
        let mut subject = Subject::new(&name, kind);
        subject.observe(trouble, detail, Locator::Whole);
        subject
    };
    if let Some(why) = &target.failed {
        return failed(SubjectKind::Wim, Trouble::Inaccessible, why.clone());
    }
    if path.is_dir() {
        let detail = format!("the folder holds no image file (*.{})", IMAGES.join(", *."));
        return failed(SubjectKind::Wim, Trouble::Unreadable, detail);
    }
    if has_end(path, &["toml"]) {
        return match FactsFile::read(path) {
            Ok(facts) => facts.into_subject(&name),
            Err(error) => failed(SubjectKind::Evidence, Trouble::BadFactsFile, error.to_string()),
        };
    }
    match split_set::open(path) {
        Ok(sources) => {
            let mut subject = image::read_set(&sources, &name, depth);
            if let [source] = sources.as_slice() {
                more(source, &mut subject);
            }
            if sources.iter().any(|source| source.inner().has_changed().unwrap_or(true)) {
                subject.observe(Trouble::Inaccessible, "the file changed while it was read", Locator::Whole);
            }
            subject
        }
        Err(error) => failed(SubjectKind::Wim, Trouble::Inaccessible, source::Explained(&error).to_string()),
    }
}
