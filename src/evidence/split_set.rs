//! Split sets: `install.swm`, `install2.swm`, `install3.swm` ... are one WIM.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use wimproof_wim::Header;

use crate::source::{Locator, Metered, Opener, Root, Source};

/// Parts of a set that are opened at most: the format has 16 bits, a set of a 10 GB image in 4 GB parts has three.
const MAX_PARTS: usize = 1000;

/// Opens an image file, and with a part of a split set all the others that lie beside it.
pub fn open(opener: &Opener, named: &Locator) -> io::Result<Vec<Metered<Source>>> {
    Ok(parts(opener, named)?.into_iter().map(|part| part.source).collect())
}

/// An image file, or all files of its split set, by their part numbers.
pub fn files(path: &Path) -> io::Result<Vec<PathBuf>> {
    let mut parts = parts(&Opener::default(), &path.to_owned().into())?;
    parts.sort_by_key(|part| part.number);
    Ok(parts.iter().filter_map(|part| part.locator.plain_file()).map(Path::to_owned).collect())
}

/// The same wherever the files lie; the one that is named comes first.
pub fn locators(opener: &Opener, named: &Locator) -> io::Result<Vec<Locator>> {
    Ok(parts(opener, named)?.into_iter().map(|part| part.locator).collect())
}

/// A file of a set, or an image file alone.
struct Part {
    locator: Locator,
    source: Metered<Source>,
    number: u16,
}

/// The file that is named, then the other parts of its set.
fn parts(opener: &Opener, named: &Locator) -> io::Result<Vec<Part>> {
    let open = |locator: &Locator| opener.open(locator).map(|(source, _)| source);
    // What is read to get here is not read for a verdict.
    let part = |locator: &Locator, source, number| Part {
        locator: locator.clone(),
        source: Metered::new(source),
        number,
    };
    let first = open(named)?;
    let Some(header) = Header::read(&first).ok().filter(Header::is_split) else {
        return Ok(vec![part(named, first, 1)]);
    };
    let mut parts = vec![part(named, first, header.part)];
    for sibling in siblings(opener, named, header.parts) {
        let Ok(source) = open(&sibling) else { continue };
        let Ok(other) = Header::read(&source) else { continue };
        if other.is_split() && other.guid == header.guid && parts.len() < MAX_PARTS {
            parts.push(part(&sibling, source, other.part));
        }
    }
    Ok(parts)
}

/// Whether a file is a part of a split set other than the first, and the first lies beside it.
pub fn is_later_part(opener: &Opener, named: &Locator) -> bool {
    let header =
        |locator: &Locator| opener.open(locator).ok().and_then(|(source, _)| Header::read(&source).ok());
    let Some(own) = header(named).filter(|header| header.is_split() && header.part != 1) else {
        return false;
    };
    let first = |other: Header| other.is_split() && other.part == 1 && other.guid == own.guid;
    siblings(opener, named, own.parts).iter().any(|sibling| header(sibling).is_some_and(first))
}

/// Files beside a part that have its name, but for the number at the end.
fn siblings(opener: &Opener, named: &Locator, parts: u16) -> Vec<Locator> {
    match (&named.root, &named.within) {
        (Root::File(path), None) => beside(path).into_iter().map(Into::into).collect(),
        (Root::Url(url), None) => numbered(url, parts)
            .into_iter()
            .map(|url| Locator { root: Root::Url(url), within: None })
            .collect(),
        (_, Some(within)) => {
            let Ok((_, Some(medium))) = opener.open(named) else { return Vec::new() };
            let mut found: Vec<String> =
                medium.container.members().into_iter().map(|member| member.path).collect();
            found.retain(|other| is_sibling(&medium.path, other));
            found.sort();
            let outer = within.strip_suffix(&medium.path).unwrap_or_default();
            let at = |path: String| Locator { within: Some(format!("{outer}{path}")), ..named.clone() };
            found.into_iter().map(at).collect()
        }
    }
}

fn beside(path: &Path) -> Vec<PathBuf> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let entries = fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
    let mut found: Vec<PathBuf> = entries
        .filter(|entry| is_sibling(&name, &entry.file_name().to_string_lossy()))
        .map(|entry| folder.join(entry.file_name()))
        .collect();
    found.sort();
    found
}

/// A web server lists nothing: the names that the parts would have.
fn numbered(url: &str, parts: u16) -> Vec<String> {
    let Some((folder, name)) = url.rsplit_once('/') else { return Vec::new() };
    let Some((stem, end)) = name.rsplit_once('.') else { return Vec::new() };
    let stem = stem.trim_end_matches(|c: char| c.is_ascii_digit());
    let number = |part: usize| if part == 1 { String::new() } else { part.to_string() };
    let names = (1..=MAX_PARTS.min(parts.into())).map(|part| format!("{stem}{}.{end}", number(part)));
    names.filter(|other| other != name).map(|other| format!("{folder}/{other}")).collect()
}

/// Whether two paths are the same but for the number before the end.
fn is_sibling(path: &str, other: &str) -> bool {
    let split = |path: &str| {
        let path = path.to_lowercase().replace('\\', "/");
        let (stem, end) = path.rsplit_once('.').unwrap_or((&path, ""));
        (stem.trim_end_matches(|c: char| c.is_ascii_digit()).to_owned(), end.to_owned())
    };
    path != other && split(path) == split(other)
}
