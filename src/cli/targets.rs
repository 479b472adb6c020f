//! What the arguments of a command name: files, and all images in folders.

use std::path::{Path, PathBuf};

use walkdir::WalkDir;

use crate::{
    evidence::{facts_file::FactsFile, image},
    sighting::{Assurance, Locator, Subject, SubjectKind, Trouble},
    source,
};

/// Ends of names of image files.
const IMAGES: [&str; 3] = ["wim", "esd", "swm"];

/// The files that paths name: a folder stands for all image files below it, in the order of their names. A folder
/// without any stands for itself: that nothing was found must not go unnoticed.
pub(super) fn expand(paths: &[PathBuf]) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for path in paths {
        let mut below = if path.is_dir() { images_below(path) } else { Vec::new() };
        if below.is_empty() {
            files.push(path.clone());
        }
        files.append(&mut below);
    }
    files
}

fn images_below(dir: &Path) -> Vec<PathBuf> {
    let found = WalkDir::new(dir).sort_by_file_name().into_iter().filter_map(Result::ok);
    let files = found.filter(|entry| entry.file_type().is_file()).map(walkdir::DirEntry::into_path);
    files.filter(|path| has_end(path, &IMAGES)).collect()
}

fn has_end(path: &Path, ends: &[&str]) -> bool {
    let end = path.extension().map(|end| end.to_string_lossy().to_lowercase());
    end.is_some_and(|end| ends.contains(&end.as_str()))
}

/// Reads a file as evidence of images. `more` may look further while the source is open.
pub(super) fn read(
    path: &Path,
    assurance: Assurance,
    more: impl FnOnce(&source::Metered<source::FileSource>, &mut Subject),
) -> Subject {
    let name = path.display().to_string();
    let failed = |kind, trouble, detail: String| {
        let mut subject = Subject::new(&name, kind);
        subject.observe(trouble, detail, Locator::Whole);
        subject
    };
    if path.is_dir() {
        let detail = format!("the folder holds no image file (*.{})", IMAGES.join(", *."));
        return failed(SubjectKind::Wim, Trouble::Unreadable, detail);
    }
    if has_end(path, &["toml"]) {
        return match FactsFile::read(path) {
            Ok(facts) => facts.into_subject(&name),
            Err(error) => failed(SubjectKind::Evidence, Trouble::Unreadable, error.to_string()),
        };
    }
    match source::open_file(path) {
        Ok(source) => {
            let mut subject = image::read(&source, &name, assurance);
            more(&source, &mut subject);
            subject
        }
        Err(error) => failed(SubjectKind::Wim, Trouble::Inaccessible, error.to_string()),
    }
}
