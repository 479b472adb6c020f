//! Settings of users: the hive `NTUSER.DAT` of each profile, of which that of `Default` is copied to every new user, those
//! of services, and `System32\config\DEFAULT`, which holds before anyone has logged on.

use wimproof_wim::ReadAt;

use super::{
    Entry, Inside, Installation, Kind, Place, Tell, Tells,
    hive::{Hive, fault},
    image_hives, key, proxies,
    settings::{self, Number},
};

/// Profiles that are looked into. Of images that are made they have one, of captured ones some.
const MAX_PROFILES: usize = 32;

const HIVE: &str = "NTUSER.DAT";

/// Hives of services, below the folder of Windows, and what they are called.
const OF_SERVICES: [(&str, &str); 3] = [
    ("System32\\config\\DEFAULT", "DEFAULT"),
    ("ServiceProfiles\\LocalService\\NTUSER.DAT", "LocalService\\NTUSER.DAT"),
    ("ServiceProfiles\\NetworkService\\NTUSER.DAT", "NetworkService\\NTUSER.DAT"),
];

const RUN: [&str; 5] = [
    "Software\\Microsoft\\Windows\\CurrentVersion\\Run",
    "Software\\Microsoft\\Windows\\CurrentVersion\\RunOnce",
    "Software\\Microsoft\\Windows\\CurrentVersion\\Policies\\Explorer\\Run",
    "Software\\WOW6432Node\\Microsoft\\Windows\\CurrentVersion\\Run",
    "Software\\WOW6432Node\\Microsoft\\Windows\\CurrentVersion\\RunOnce",
];

/// What Windows itself runs for new users, by name and data in lower case.
const OWN_RUN: [(&str, &str); 2] = [
    ("onedrivesetup", "c:\\windows\\syswow64\\onedrivesetup.exe /thfirstsetup"),
    ("onedrivesetup", "c:\\windows\\system32\\onedrivesetup.exe /thfirstsetup"),
];

/// Texts that name a program: key, value, and whether it is the shell.
const PROGRAMS: [(&str, &str, Kind); 5] = [
    ("Software\\Microsoft\\Windows NT\\CurrentVersion\\Winlogon", "Shell", Kind::LogonProgram),
    ("Software\\Microsoft\\Windows\\CurrentVersion\\Policies\\System", "Shell", Kind::LogonProgram),
    ("Software\\Microsoft\\Windows NT\\CurrentVersion\\Windows", "Load", Kind::RunEntry),
    ("Software\\Microsoft\\Windows NT\\CurrentVersion\\Windows", "Run", Kind::RunEntry),
    ("Environment", "UserInitMprLogonScript", Kind::RunEntry),
];

const NUMBERS: [Number; 7] = [
    (
        "Software\\Policies\\Microsoft\\Windows\\WindowsUpdate",
        "DisableWindowsUpdateAccess",
        1,
        Kind::UpdateServer,
    ),
    (
        "Software\\Microsoft\\Windows\\CurrentVersion\\Policies\\WindowsUpdate",
        "DisableWindowsUpdateAccess",
        1,
        Kind::UpdateServer,
    ),
    (
        "Software\\Microsoft\\Windows\\CurrentVersion\\Policies\\Explorer",
        "NoWindowsUpdate",
        1,
        Kind::UpdateServer,
    ),
    ("Software\\Policies\\Microsoft\\Windows Defender", "DisableAntiSpyware", 1, Kind::DefenderOff),
    // That a file came from the web is not noted, or it is not scanned.
    (
        "Software\\Microsoft\\Windows\\CurrentVersion\\Policies\\Attachments",
        "SaveZoneInformation",
        1,
        Kind::ProtectionOff,
    ),
    (
        "Software\\Microsoft\\Windows\\CurrentVersion\\Policies\\Attachments",
        "ScanWithAntiVirus",
        1,
        Kind::ProtectionOff,
    ),
    (
        "Software\\Microsoft\\Windows\\CurrentVersion\\AppHost",
        "EnableWebContentEvaluation",
        0,
        Kind::ProtectionOff,
    ),
];

/// Looks into one hive after the other: they are not held together. What cannot be read is noted in `windows`.
pub(super) fn look<S: ReadAt>(inside: &Inside<'_, S>, windows: &mut Installation, tells: &mut Tells) {
    let services = OF_SERVICES.map(|(path, name)| (windows.path(path), name.to_owned()));
    let mut profiles = profiles(inside);
    if let Some((path, _)) = profiles.get(MAX_PROFILES) {
        let place = Place::Registry { key: path.clone() };
        tells.push(Tell { kind: Kind::CutShort, place, shown: String::new(), digest: None });
    }
    profiles.truncate(MAX_PROFILES);
    for (path, name) in services.into_iter().chain(profiles) {
        match image_hives::open(inside, &path) {
            Some(Ok(hive)) => {
                windows.unread.extend(fault(&hive).map(|why| (path, why)));
                of_hive(&name, &hive, tells);
            }
            Some(Err(error)) => windows.unread.push((path, error)),
            None => {}
        }
    }
}

/// The hives of profiles and what they are called, that of new users first.
fn profiles<S: ReadAt>(inside: &Inside<'_, S>) -> Vec<(String, String)> {
    let users = inside.find("Users");
    let folders = users.iter().flat_map(|users| inside.children(users));
    let hives = folders.filter(Entry::is_folder).filter_map(|folder| {
        let path = format!("{}\\{HIVE}", inside.path(&folder));
        let name = format!("{}\\{HIVE}", folder.name());
        inside.find(&path).map(|_| (path, name))
    });
    let mut hives: Vec<_> = hives.collect();
    hives.sort_by_key(|(_, name)| !name.to_lowercase().starts_with("default\\"));
    hives
}

fn of_hive(name: &str, hive: &Hive, tells: &mut Tells) {
    for run in RUN.iter().filter_map(|path| key(hive, path)) {
        settings::runs(name, &run, &OWN_RUN, tells);
    }
    for (path, setting, kind) in PROGRAMS {
        if let Some(key) = key(hive, path) {
            let is_own = |said: &str| kind == Kind::LogonProgram && said.eq_ignore_ascii_case("explorer.exe");
            settings::texts(name, &key, setting, kind, is_own, tells);
        }
    }
    settings::numbers(name, hive, &NUMBERS, tells);
    proxies::look(name, hive, "Software\\", tells);
}
