//! What an installation medium shows beside its images: file systems that disagree, and files that steer Setup.
//!
//! Where Setup looks for answer files, `ei.cfg`, `pid.txt` and `$OEM$` is from Microsoft's documentation of unattended
//! setup and of volume activation. Answers and keys are not read.

use crate::{
    sighting::MediumTell,
    source::{
        Medium, ReadAt,
        iso::{File, FileSystem, Volume},
        name,
    },
};

/// Answer files that Setup takes from a medium without being asked.
const ANSWERS: [&str; 4] =
    ["autounattend.xml", "unattend.xml", "sources/autounattend.xml", "sources/unattend.xml"];
/// Below it, files that are copied into the installed system.
const OEM_FOLDERS: [&str; 2] = ["sources/$oem$", "$oem$"];
/// The script that Setup runs when it is done, below such a folder.
const SCRIPT: &str = "setup/scripts/setupcomplete.cmd";
const EDITION: &str = "sources/ei.cfg";
const KEY: &str = "sources/pid.txt";
/// Bytes of `ei.cfg` that are read; real ones have some dozens.
const MAX_EDITION: u64 = 4096;
/// Files that only one file system shows, which are told one by one.
const MAX_TOLD: usize = 20;

/// What the medium shows, with the file that was looked at.
pub fn tells(medium: &Medium) -> Vec<MediumTell> {
    let Some((source, volume)) = medium.container.medium() else { return Vec::new() };
    let mut tells = of_trees(volume, &medium.path);
    tells.extend(of_setup(source, volume));
    tells
}

/// Whether a path is that of Setup's boot image.
pub fn is_setup_boot(path: &str) -> bool {
    name::same(path, "sources/boot.wim")
}

/// What file systems over the same bytes say differently of the image files.
fn of_trees(volume: &Volume, path: &str) -> Vec<MediumTell> {
    let mut tells = Vec::new();
    let bad = volume.systems.iter().filter_map(|system| {
        let why = system.trouble.clone()?;
        Some(MediumTell::BadTree { system: system.kind.name(), why })
    });
    tells.extend(bad);
    let Some((first, others)) = volume.systems.split_first() else { return tells };
    for other in others {
        if let Some(file) = first.find(path) {
            tells.extend(compared(first, file, other));
        }
        let images = other.files.iter().filter(|file| name::is_image(&file.path));
        let hidden = images.filter(|image| first.find(&image.path).is_none() && at(first, image).is_none());
        let tell = |image: &File| MediumTell::OnlyIn {
            path: image.path.clone(),
            systems: [other.kind.name(), first.kind.name()],
        };
        tells.extend(hidden.take(MAX_TOLD).map(tell));
    }
    tells
}

/// What another file system says of a file.
fn compared(first: &FileSystem, file: &File, other: &FileSystem) -> Option<MediumTell> {
    let systems = [first.kind.name(), other.kind.name()];
    let path = file.path.clone();
    // Names are shortened in plain ISO 9660: then the same bytes tell.
    let Some(same) = other.find(&path).or_else(|| at(other, file)) else {
        // Media of Windows hold nothing but a note there, for systems that cannot read UDF.
        let has_images = other.files.iter().any(|file| name::is_image(&file.path));
        return has_images.then_some(MediumTell::OnlyIn { path, systems });
    };
    let start = |file: &File| file.runs.first().and_then(|run| run.from);
    if start(file) != start(same) {
        return Some(MediumTell::Differs { path, systems });
    }
    let sizes = [file.size, same.size];
    (file.size != same.size).then_some(MediumTell::Mismeasured { path, systems, sizes })
}

/// The file whose bytes begin at the same place.
fn at<'f>(system: &'f FileSystem, file: &File) -> Option<&'f File> {
    let start = file.runs.first()?.from?;
    system.files.iter().find(|other| other.runs.first().is_some_and(|run| run.from == Some(start)))
}

/// Files that steer Setup.
fn of_setup(source: &dyn ReadAt, volume: &Volume) -> Vec<MediumTell> {
    let Some(system) = volume.primary() else { return Vec::new() };
    let mut tells = Vec::new();
    for answers in ANSWERS {
        tells.extend(system.find(answers).map(|file| MediumTell::AnswerFile { path: file.path.clone() }));
    }
    for folder in OEM_FOLDERS {
        let below = system.files.iter().filter(|file| is_below(&file.path, folder));
        let files: Vec<&File> = below.collect();
        if !files.is_empty() {
            tells.push(MediumTell::OemFolder { path: folder.to_owned(), files: files.len() });
        }
        let scripts = files.iter().filter(|file| file.path.to_lowercase().ends_with(SCRIPT));
        tells.extend(scripts.take(MAX_TOLD).map(|file| MediumTell::SetupScript { path: file.path.clone() }));
    }
    if let Some(file) = system.find(EDITION) {
        let says = edition(source, file).unwrap_or_else(|| "unreadable".to_owned());
        tells.push(MediumTell::Edition { path: file.path.clone(), says });
    }
    tells.extend(system.find(KEY).map(|file| MediumTell::ProductKey { path: file.path.clone() }));
    tells
}

fn is_below(path: &str, folder: &str) -> bool {
    let inside = path.split_at_checked(folder.len());
    inside.is_some_and(|(begin, rest)| name::same(begin, folder) && rest.starts_with('/'))
}

/// The values of the sections `[EditionID]` and `[Channel]`.
fn edition(source: &dyn ReadAt, file: &File) -> Option<String> {
    let run = file.runs.first()?;
    let length = usize::try_from(file.size.min(run.length).min(MAX_EDITION)).ok()?;
    let mut bytes = vec![0; length];
    source.read_exact_at(run.from?, &mut bytes).ok()?;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let mut values = Vec::new();
    while let Some(line) = lines.next() {
        if ["[editionid]", "[channel]"].iter().any(|section| line.eq_ignore_ascii_case(section)) {
            // A section without a value is followed by the next one.
            values.extend(lines.next().filter(|value| !value.starts_with('[')));
        }
    }
    (!values.is_empty()).then(|| values.join(", "))
}
