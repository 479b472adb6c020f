//! Image files that arguments stand for: all in a folder, a medium, an archive; each once.

use std::{
    collections::HashSet,
    fs,
    path::{Path, PathBuf},
};

use walkdir::WalkDir;

use super::{Target, has_end};
use crate::{
    evidence::{media, split_set},
    sighting::Trouble,
    source::{Container, Locator, Opener, Refusal, Root, name},
};

/// Media and archives in one archive that are looked into. Each costs a look at its listing, some must be decompressed.
const MAX_CONTAINERS: usize = 64;
/// Images in one medium or archive that are looked at. Nothing keeps a hostile one from showing the same bytes under many
/// names.
const MAX_IMAGES: usize = 1000;

/// What is named: a folder stands for all image files, media and archives below it, in the order of their names, links
/// followed; a medium or archive for all image files in it, an archive also for those in media and archives in it. A
/// folder without any stands for itself, and so does what cannot be entered: nothing is passed over in silence.
pub(in super::super) fn expand(named: &[PathBuf], opener: &Opener) -> Vec<Target> {
    let mut expansion = Expansion::new(named.len(), opener);
    named.iter().flat_map(|named| expansion.of(named)).collect()
}

/// The expansion of one argument after the other.
pub(in super::super) struct Expansion<'o> {
    opener: &'o Opener,
    /// The files of what was found so far, where more than one argument may find them.
    met: Option<HashSet<(Root, Option<String>)>>,
}

impl<'o> Expansion<'o> {
    pub(in super::super) fn new(arguments: usize, opener: &'o Opener) -> Self {
        Self { opener, met: (arguments > 1).then(HashSet::new) }
    }

    /// What an argument stands for, without what an earlier one did. The parts of a split set are one.
    pub(in super::super) fn of(&mut self, named: &Path) -> Vec<Target> {
        let mut targets = found(named, self.opener);
        if let Some(met) = &mut self.met {
            targets.retain(|target| {
                if target.failed.is_some() {
                    return true;
                }
                let places = places(&target.locator, self.opener);
                let is_new = !places.iter().any(|place| met.contains(place));
                met.extend(places);
                is_new
            });
        }
        targets
    }
}

/// Where a file lies; of a split set where each of its files really lies, for its parts have several names.
fn places(locator: &Locator, opener: &Opener) -> Vec<(Root, Option<String>)> {
    let files = split_set::locators(opener, locator).unwrap_or_default();
    if files.len() < 2 {
        return vec![(locator.root.clone(), locator.within.clone())];
    }
    let real = |root| match root {
        Root::File(path) => Root::File(fs::canonicalize(&path).unwrap_or(path)),
        Root::Url(url) => Root::Url(url),
    };
    files.into_iter().map(|file| (real(file.root), file.within)).collect()
}

fn found(named: &Path, opener: &Opener) -> Vec<Target> {
    if named.is_dir() {
        let mut below = images_below(named, opener);
        if below.is_empty() {
            below.push(Locator::from(named.to_owned()).into());
        }
        return below;
    }
    let locator = Locator::parse(named);
    match has_end(named, "toml") {
        true => vec![locator.into()],
        false => contents(locator, opener, Empty::Told, &mut 0),
    }
}

fn images_below(dir: &Path, opener: &Opener) -> Vec<Target> {
    let found = WalkDir::new(dir).follow_links(true).sort_by_file_name().into_iter();
    let targets = found.flat_map(|entry| match entry {
        Ok(entry) if entry.file_type().is_dir() => Vec::new(),
        Ok(entry) if name::is_container(&entry.path().to_string_lossy()) => {
            contents(entry.into_path().into(), opener, Empty::PassedOver, &mut 0)
        }
        Ok(entry) if !name::is_image(&entry.path().to_string_lossy()) => Vec::new(),
        // The first part of a split set stands for all.
        Ok(entry) if split_set::is_later_part(opener, &entry.path().to_owned().into()) => Vec::new(),
        Ok(entry) => vec![Locator::from(entry.into_path()).into()],
        Err(error) => {
            let path = error.path().unwrap_or(dir).to_owned();
            let refusal = error.io_error().and_then(Refusal::of);
            let hint = refusal.map(|refusal| format!("; {}", refusal.hint())).unwrap_or_default();
            vec![Target::failed(path.into(), Trouble::Inaccessible, format!("{error}{hint}"))]
        }
    });
    targets.collect()
}

/// What becomes of a container without an image.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Empty {
    Told,
    /// A medium of another system, an archive of something else: in a folder, or in an archive.
    PassedOver,
}

/// The images of a container, or the file itself if it is none. `entered` counts the containers in the one that is named;
/// how deep they lie in one another the opener bounds.
fn contents(locator: Locator, opener: &Opener, empty: Empty, entered: &mut usize) -> Vec<Target> {
    // Why it cannot be opened, reading it says again.
    let Ok(Some(container)) = opener.container(&locator) else { return vec![locator.into()] };
    let mut found = images_in(&locator, &container, opener);
    if container.medium().is_none() {
        for path in paths(&container, name::is_container) {
            *entered += 1;
            if *entered > MAX_CONTAINERS {
                let detail = format!(
                    "more than {MAX_CONTAINERS} media and archives are in it: {path:?} and what follows are not looked \
                     into unless they are named"
                );
                found.push(Target::failed(locator.clone(), Trouble::Unreadable, detail));
                break;
            }
            found.append(&mut contents(locator.member(&path), opener, Empty::PassedOver, entered));
        }
    }
    if let Some(why) = container.trouble() {
        let detail = format!("its listing is incomplete: {why}");
        found.push(Target::failed(locator, Trouble::Unreadable, detail));
    } else if found.is_empty() && empty == Empty::Told {
        let detail = format!("it holds no image file (*.{})", name::IMAGES.join(", *."));
        found.push(Target::failed(locator, Trouble::Unreadable, detail));
    }
    found
}

fn images_in(locator: &Locator, container: &Container, opener: &Opener) -> Vec<Target> {
    let mut paths = paths(container, name::is_image);
    let more = paths.len() > MAX_IMAGES;
    paths.truncate(MAX_IMAGES);
    let members = paths.iter().map(|path| locator.member(path));
    let targets = members.filter(|member| !split_set::is_later_part(opener, member)).map(Target::from);
    let mut targets: Vec<Target> = targets.collect();
    if targets.len() > 1 && container.medium().is_some() {
        for target in &mut targets {
            target.boots_setup = target.locator.within.as_deref().is_some_and(|within| {
                media::is_setup_boot(within.rsplit_once("!/").map_or(within, |(_, path)| path))
            });
        }
    }
    if more {
        let detail = format!("it holds more than {MAX_IMAGES} image files: the others are not looked at");
        targets.push(Target::failed(locator.clone(), Trouble::Unreadable, detail));
    }
    targets
}

/// The paths of some members, in the order of their names.
fn paths(container: &Container, of: impl Fn(&str) -> bool) -> Vec<String> {
    let mut paths: Vec<String> = container.members().into_iter().map(|member| member.path).collect();
    paths.retain(|path| of(path));
    paths.sort();
    paths
}
