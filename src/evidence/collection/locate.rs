//! Tells from a path which part of a computer a file belongs to.
//!
//! Collections keep more or less of the original path, below folders of their own: `C/Windows/...`,
//! `uploads/auto/C%3A/Windows/...`, `Panther/...`, or nothing. So the path is searched for a *home*: a point from which
//! on it is a path of a computer. The first home counts from which the rest is a place where evidence lies.

use std::sync::Arc;

use wildmatch::WildMatch;

use super::{
    Generation, Place, Role, Why,
    catalogue::{
        CONTAINERS, IMAGES, LIKE_SETUP_LOGS, LOOSE, NOT_ENTERED, PARTIAL, PROGRAMS, RECOVERY_IMAGES,
        ROOT_FOLDERS, SETUP_IMAGES, SETUP_WORK, SYSTEM, Shelf, meets_any,
    },
    trail::{Trail, is_zip_end},
};

/// Where a file belongs.
#[derive(Debug)]
pub(super) struct Located {
    pub(super) place: Place,
    /// The path inside the computer.
    pub(super) path: Arc<str>,
    /// Why it is not used.
    pub(super) aside: Option<Why>,
    /// Indices of the patterns that it meets.
    pub(super) markers: Vec<usize>,
}

/// A file whose presence tells something: a pattern of the caller.
#[derive(Debug)]
pub(super) struct Marker {
    pattern: WildMatch,
    /// Compared with the path inside the computer, not with the name alone.
    is_path: bool,
    text: String,
}

impl Marker {
    pub(super) fn new(pattern: &str) -> Self {
        let text = pattern.replace('/', "\\").to_lowercase();
        Self { pattern: WildMatch::new(&text), is_path: text.contains('\\'), text }
    }
}

/// A point from which on a path is one of a computer.
#[derive(Debug, Clone)]
struct Home {
    /// First step of the path inside the computer.
    at: usize,
    /// First step below the root of the generation.
    rest: usize,
    generation: Generation,
    /// Folders that were left out, between the root of the generation and `rest`.
    implied: &'static [&'static str],
}

impl Home {
    fn shelves(&self) -> &'static [Shelf] {
        match self.generation {
            Generation::SetupWork(_) if self.implied.is_empty() => &SETUP_WORK,
            _ => &SYSTEM,
        }
    }

    /// The path below the root of the generation.
    fn below<'a>(&self, names: &[&'a str]) -> Vec<&'a str> {
        self.implied.iter().copied().chain(names.iter().skip(self.rest).copied()).collect()
    }
}

/// What a file was found to be.
#[derive(Debug)]
struct Found {
    home: Option<Home>,
    role: Role,
    aside: Option<Why>,
}

/// Tells where a file belongs; `None` where it is of no interest.
pub(super) fn locate(trail: &Trail, markers: &[Marker]) -> Option<Located> {
    let names = trail.names();
    let (_, folders) = names.split_last()?;
    let homes = homes(trail, &names);
    let met = markers_met(markers, &names, &homes);
    let among_programs = folders.iter().any(|name| PROGRAMS.contains(name));
    let found = on_a_shelf(&homes, &names)
        .or_else(|| (!among_programs).then(|| on_a_shelf(&partial_homes(trail, &names), &names)).flatten())
        .or_else(|| by_name(&homes, &names, among_programs))
        .or_else(|| {
            (!met.is_empty()).then(|| Found { home: homes.first().cloned(), role: Role::Marker, aside: None })
        });
    let Found { home, role, aside } = found?;
    let (at, generation) = match home {
        Some(home) => (home.at, home.generation),
        None => (after_drive(&names), Generation::Loose),
    };
    let root = trail.shown_before(at).into();
    Some(Located { path: trail.path_from(at), aside, place: Place { root, generation, role }, markers: met })
}

/// Where a file belongs that the caller named: it is of interest in any case.
pub(super) fn locate_named(trail: &Trail, markers: &[Marker]) -> Located {
    locate(trail, markers).unwrap_or_else(|| {
        let at = trail.names().len().saturating_sub(1);
        let place =
            Place { root: trail.shown_before(at).into(), generation: Generation::Loose, role: Role::Other };
        Located { place, path: trail.path_from(at), aside: None, markers: Vec::new() }
    })
}

/// Whether an archive at the end of the trail is to be opened: one among the files of programs is not.
pub(super) fn is_archive_of_interest(trail: &Trail) -> bool {
    let names = trail.names();
    let zip = names.last().and_then(|name| name.get(name.len().checked_sub(4)?..)).is_some_and(is_zip_end);
    zip && (on_a_shelf_folder(trail, &names) || !names.iter().any(|name| PROGRAMS.contains(name)))
}

/// Whether a folder is large and holds no evidence.
pub(super) fn is_not_entered(trail: &Trail, markers: &[Marker]) -> bool {
    let names = trail.names();
    homes(trail, &names).iter().any(|home| {
        let below = home.below(&names).join("\\");
        NOT_ENTERED.contains(&below.as_str()) && !markers.iter().any(|marker| marker.text.starts_with(&below))
    })
}

/// How many of the first steps of a path say nothing of the computer it came from: all before a home from which on it
/// leads to evidence, or else all but the last.
pub(super) fn foreign_steps(trail: &Trail) -> usize {
    let names = trail.names();
    let leads = homes(trail, &names).into_iter().find(|home| leads_to_evidence(home, &names));
    leads.map_or(names.len().saturating_sub(1), |home| home.at)
}

/// Whether the path from a home on is a place where evidence lies, or on the way to one.
fn leads_to_evidence(home: &Home, names: &[&str]) -> bool {
    let below = home.below(names);
    role_on(home.shelves(), &below).is_some()
        || home.shelves().iter().any(|shelf| shelf.is_reached_by(&below))
}

/// The homes on a path, outermost first.
fn homes(trail: &Trail, names: &[&str]) -> Vec<Home> {
    let mut homes = Vec::new();
    for (at, name) in names.iter().enumerate() {
        let after_old = at.checked_sub(1).and_then(|before| names.get(before)).is_some_and(|it| is_old(it));
        let folder = || Arc::from(trail.name(at));
        let (rest, generation) = match *name {
            name if is_old(name) => (at + 1, Generation::Old(folder())),
            name if is_setup_work(name) => (at + 1, Generation::SetupWork(folder())),
            name if ROOT_FOLDERS.contains(&name) && !after_old => (at, Generation::Live),
            _ => continue,
        };
        homes.push(Home { at, rest, generation, implied: &[] });
    }
    homes
}

/// Homes whose upper folders were left out, outermost first. They are of the generation whose folder stands above them.
fn partial_homes(trail: &Trail, names: &[&str]) -> Vec<Home> {
    let mut above = None;
    let mut homes = Vec::new();
    for (at, name) in names.iter().enumerate() {
        if is_old(name) || is_setup_work(name) {
            let folder = Arc::from(trail.name(at));
            above = Some((
                at,
                if is_old(name) { Generation::Old(folder) } else { Generation::SetupWork(folder) },
            ));
        }
        if let Some((_, implied)) = PARTIAL.iter().find(|(partial, _)| partial == name) {
            let (start, generation) = above.clone().unwrap_or((at, Generation::Loose));
            homes.push(Home { at: start, rest: at, generation, implied });
        }
    }
    homes
}

/// `Windows.old`, `Windows.old.000`, and what people make of it (`Windows.old (2)`, `Windows.old_copy`).
fn is_old(name: &str) -> bool {
    name.strip_prefix("windows.old").is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_alphabetic()))
}

/// `$WINDOWS.~BT`, `$Windows.~WS`, `$SysReset`; some collectors drop or replace the `$`.
fn is_setup_work(name: &str) -> bool {
    matches!(name.trim_start_matches(['$', '_']), "windows.~bt" | "windows.~ws" | "windows.~q")
        || name == "$sysreset"
}

/// Where the path begins behind the letter of a drive (`C`, `C:`, `C_`): else the file alone.
fn after_drive(names: &[&str]) -> usize {
    let is_drive = |name: &&str| {
        let mut letters = name.chars();
        letters.next().is_some_and(|c| c.is_ascii_alphabetic()) && matches!(letters.as_str(), "" | ":" | "_")
    };
    let file = names.len().saturating_sub(1);
    names.iter().take(file).rposition(is_drive).map_or(file, |drive| drive + 1)
}

fn on_a_shelf(homes: &[Home], names: &[&str]) -> Option<Found> {
    homes.iter().find_map(|home| {
        let role = role_on(home.shelves(), &home.below(names))?;
        let aside = (role == Role::DriverLog).then_some(Why::DriverLog);
        Some(Found { home: Some(home.clone()), role, aside })
    })
}

/// Whether the folder of a path holds evidence.
fn on_a_shelf_folder(trail: &Trail, names: &[&str]) -> bool {
    homes(trail, names).iter().any(|home| {
        let below = home.below(names);
        let folder = below.get(..below.len().saturating_sub(1)).unwrap_or_default();
        home.shelves().iter().any(|shelf| shelf.is_special() && shelf.stands_in(folder))
    })
}

fn role_on(shelves: &[Shelf], path: &[&str]) -> Option<Role> {
    let (file, folder) = path.split_last()?;
    shelves.iter().find(|shelf| shelf.takes(folder, file)).map(|shelf| shelf.role)
}

/// What a file is by its name alone.
fn by_name(homes: &[Home], names: &[&str], among_programs: bool) -> Option<Found> {
    let file = names.last()?;
    let ends_in = |ends: &[&str]| ends.iter().any(|end| file.ends_with(end));
    let loose = || LOOSE.iter().find(|(pattern, _)| pattern.matches(file)).map(|(_, role)| *role);
    let (role, aside) = match among_programs {
        _ if ends_in(IMAGES) && meets_any(&RECOVERY_IMAGES, file) => (Role::Image, Some(Why::RecoveryImage)),
        true if ends_in(IMAGES) && meets_any(&SETUP_IMAGES, file) => (Role::Image, None),
        true if meets_any(&LIKE_SETUP_LOGS, file) => (Role::Other, Some(Why::Elsewhere)),
        true => return None,
        false if ends_in(IMAGES) => (Role::Image, None),
        false if ends_in(CONTAINERS) => (Role::Other, Some(Why::Container)),
        false => (loose()?, None),
    };
    Some(Found { home: homes.first().map(|home| of_no_system(home, names)), role, aside })
}

/// The home of a file that only its name tells. Somebody put it there: among the folders of a system it is not of that
/// system.
fn of_no_system(home: &Home, names: &[&str]) -> Home {
    let inside_system = names.get(home.rest).is_some_and(|name| ROOT_FOLDERS.contains(name));
    let generation = if inside_system { Generation::Loose } else { home.generation.clone() };
    Home { generation, ..home.clone() }
}

fn markers_met(markers: &[Marker], names: &[&str], homes: &[Home]) -> Vec<usize> {
    let paths = || homes.iter().map(|home| home.below(names).join("\\"));
    let file = names.last().copied().unwrap_or_default();
    let meets = |marker: &Marker| match marker.is_path {
        true => paths().any(|path| marker.pattern.matches(&path)),
        false => marker.pattern.matches(file),
    };
    markers.iter().enumerate().filter(|(_, marker)| meets(marker)).map(|(index, _)| index).collect()
}
