//! Programs that have the name of one in `System32` and lie elsewhere below the folder of Windows: who sees the name in a
//! list of processes takes it for the program of Windows.

use std::collections::{HashMap, HashSet};

use wimproof_wim::{ReadAt, Sha1Digest};

use super::{Entry, Inside, Installation, Kind, Tells};

/// Where Windows itself keeps programs of these names, below its folder and in lower case. A place that ends in a backslash
/// is a folder with all below it, another is a file.
const OWN_PLACES: [&str; 14] = [
    // Components and updates, of this and of other versions.
    "winsxs\\",
    "servicing\\",
    "cbstemp\\",
    "softwaredistribution\\",
    "uus\\",
    // For programs of other processors.
    "syswow64\\",
    "sysarm32\\",
    "syschpe32\\",
    // For the begin of the system, from networks and of recovery.
    "boot\\",
    "system32\\boot\\",
    // Packages of drivers, out of which programs get into System32.
    "system32\\driverstore\\",
    // What takes settings over from an older system.
    "system32\\migration\\",
    // They stand in both places, for programs that look for them there.
    "notepad.exe",
    "write.exe",
];

const ENDING: &str = ".exe";

/// Tells of programs elsewhere whose content is neither that of System32 nor one that Windows keeps in a place of its own.
pub(super) fn look<S: ReadAt>(inside: &Inside<'_, S>, windows: &Installation, tells: &mut Tells) {
    let Some(system) = inside.find(&windows.path("System32")) else { return };
    let own = inside.children(&system).filter_map(|entry| Some((program(&entry)?, entry.sha1())));
    let own: HashMap<String, Sha1Digest> = own.collect();
    let Some(folder) = inside.find(&windows.folder) else { return };
    let mut genuine: HashSet<Sha1Digest> = own.values().copied().collect();
    let mut elsewhere = Vec::new();
    for entry in inside.below(&folder) {
        let Some(name) = program(&entry).filter(|name| own.contains_key(name)) else { continue };
        let path = inside.path_below(&folder, &entry).to_lowercase();
        if path == format!("system32\\{name}") {
            continue;
        }
        match OWN_PLACES.iter().any(|place| is_in(&path, place)) {
            true => drop(genuine.insert(entry.sha1())),
            false => elsewhere.push(entry),
        }
    }
    for entry in elsewhere.iter().filter(|entry| !genuine.contains(&entry.sha1())) {
        tells.file(Kind::ProgramElsewhere, inside, entry, &entry.name());
    }
}

fn is_in(path: &str, place: &str) -> bool {
    if place.ends_with('\\') { path.starts_with(place) } else { path == place }
}

/// The name of a program, in lower case; `None` for what is none, or holds nothing and so cannot be run.
fn program(entry: &Entry<'_>) -> Option<String> {
    let name = Some(entry.name()).filter(|_| !entry.is_folder())?;
    let ending = name.len().checked_sub(ENDING.len()).and_then(|at| name.get(at..))?;
    let is_program = ending.eq_ignore_ascii_case(ENDING) && !entry.sha1().is_zero();
    is_program.then(|| name.to_lowercase())
}
