//! Split sets: `install.swm`, `install2.swm`, `install3.swm` ... are one WIM.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use wimproof_wim::{FileSource, Header};

use crate::source::{Metered, open_file};

/// Parts of a set that are opened at most: the format has 16 bits, a set of a 10 GB image in 4 GB parts has three.
const MAX_PARTS: usize = 1000;

/// Opens an image file, and with a part of a split set all the others that lie beside it.
pub fn open(path: &Path) -> io::Result<Vec<Metered<FileSource>>> {
    Ok(parts(path)?.into_iter().map(|part| part.source).collect())
}

/// An image file, or all files of its split set, by their part numbers.
pub fn files(path: &Path) -> io::Result<Vec<PathBuf>> {
    let mut parts = parts(path)?;
    parts.sort_by_key(|part| part.number);
    Ok(parts.into_iter().map(|part| part.path).collect())
}

/// A file of a set, or an image file alone.
struct Part {
    path: PathBuf,
    source: Metered<FileSource>,
    number: u16,
}

/// The file that is named, then the other parts of its set.
fn parts(path: &Path) -> io::Result<Vec<Part>> {
    let named = open_file(path)?;
    let part = |path: &Path, source, number| Part { path: path.to_owned(), source, number };
    let Some(header) = Header::read(&named).ok().filter(Header::is_split) else {
        return Ok(vec![part(path, named, 1)]);
    };
    // What was read to get here is not read for a verdict.
    let unread = |source: Metered<FileSource>| Metered::new(source.into_inner());
    let mut parts = vec![part(path, unread(named), header.part)];
    for sibling in siblings(path) {
        let Ok(source) = open_file(&sibling) else { continue };
        let Ok(other) = Header::read(&source) else { continue };
        if other.is_split() && other.guid == header.guid && parts.len() < MAX_PARTS {
            parts.push(part(&sibling, unread(source), other.part));
        }
    }
    Ok(parts)
}

/// Whether a file is a part of a split set other than the first, and the first lies beside it.
pub fn is_later_part(path: &Path) -> bool {
    let header = |path: &Path| open_file(path).ok().and_then(|source| Header::read(&source).ok());
    let Some(own) = header(path).filter(|header| header.is_split() && header.part != 1) else { return false };
    let first = |other: Header| other.is_split() && other.part == 1 && other.guid == own.guid;
    siblings(path).iter().any(|sibling| header(sibling).is_some_and(first))
}

/// Files beside a part that have its name, but for the number at the end.
fn siblings(path: &Path) -> Vec<PathBuf> {
    let stem = |path: &Path| {
        let stem = path.file_stem().map(|stem| stem.to_string_lossy().to_lowercase()).unwrap_or_default();
        stem.trim_end_matches(|c: char| c.is_ascii_digit()).to_owned()
    };
    let end = |path: &Path| path.extension().map(|end| end.to_string_lossy().to_lowercase());
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let entries = fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
    let mut found: Vec<PathBuf> = entries
        .map(|entry| folder.join(entry.file_name()))
        .filter(|other| {
            other.file_name() != path.file_name() && stem(other) == stem(path) && end(other) == end(path)
        })
        .collect();
    found.sort();
    found
}
