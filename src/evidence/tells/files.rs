//! Files of an image that tell of tampering.

use std::collections::{BTreeMap, BTreeSet};

use wimproof_wim::{ReadAt, Sha1Digest};

use super::{Entry, Inside, Installation, Kind, Tells, answers};

/// Programs that the logon screen starts, for anyone who stands before it.
pub(super) const AT_LOGON: [&str; 7] = [
    "sethc.exe",
    "utilman.exe",
    "osk.exe",
    "magnify.exe",
    "narrator.exe",
    "displayswitch.exe",
    "atbroker.exe",
];

/// What takes their place, below the folder of Windows.
const SHELLS: [&str; 8] = [
    "System32\\cmd.exe",
    "SysWOW64\\cmd.exe",
    "System32\\WindowsPowerShell\\v1.0\\powershell.exe",
    "SysWOW64\\WindowsPowerShell\\v1.0\\powershell.exe",
    "System32\\taskmgr.exe",
    "System32\\mmc.exe",
    "explorer.exe",
    "regedit.exe",
];

/// Scripts that setup runs at its end, below the folder of Windows.
const SETUP_SCRIPTS: [&str; 5] = [
    "Setup\\Scripts\\SetupComplete.cmd",
    "Setup\\Scripts\\ErrorHandler.cmd",
    "Setup\\Scripts\\OOBE.cmd",
    "OEM\\SetupComplete.cmd",
    "System32\\oobe\\info\\oobe.xml",
];

/// Answer files that setup looks for, below the folder of Windows.
const ANSWER_FILES: [&str; 6] = [
    "Panther\\unattend.xml",
    "Panther\\autounattend.xml",
    "Panther\\Unattend\\unattend.xml",
    "Panther\\Unattend\\autounattend.xml",
    "System32\\Sysprep\\unattend.xml",
    "System32\\Sysprep\\autounattend.xml",
];

/// Names of files and folders of tools that go around activation.
const ACTIVATION: [&str; 12] = [
    "sppextcomobjhook.dll",
    "sppextcomobjpatcher.dll",
    "sppextcomobjpatcher.exe",
    "secoh-qad.dll",
    "secoh-qad.exe",
    "kmspico",
    "kmsauto",
    "kmsautos",
    "kmsauto net.exe",
    "autokms",
    "heu_kms_activator",
    "aact_tools",
];

/// Files of the same kind that count only beside Office: Windows has others of these names.
const BESIDE_OFFICE: [&str; 2] = ["sppc32.dll", "sppc64.dll"];

/// Bytes of a small file that is read.
const MAX_SMALL: u64 = 16 << 20;

/// Lines of `hosts` that are told.
const MAX_LINES: usize = 100;

const KNOWN_BAD: &str = include_str!("known-bad.txt");

/// What names and hashes tell.
pub(super) fn look<S: ReadAt>(inside: &Inside<'_, S>, windows: &Installation, tells: &mut Tells) {
    let shells = shells(inside, windows);
    let bad: BTreeSet<Sha1Digest> = KNOWN_BAD.lines().filter_map(listed).collect();
    for entry in inside.entries() {
        let name = entry.name().to_lowercase();
        let sha1 = entry.sha1();
        if AT_LOGON.contains(&&*name)
            && let Some(shell) = shells.get(&sha1)
        {
            tells.file(Kind::ShellAtLogon, inside, &entry, shell);
        }
        let beside_office =
            BESIDE_OFFICE.contains(&&*name) && inside.path(&entry).to_lowercase().contains("office");
        if ACTIVATION.contains(&&*name) || beside_office {
            tells.file(Kind::ActivationHook, inside, &entry, &entry.name());
        }
        if bad.contains(&sha1) {
            tells.file(Kind::KnownBad, inside, &entry, &sha1.to_string());
        }
        if name.strip_suffix(".ppkg").is_some() {
            tells.file(Kind::AnswerFile, inside, &entry, &entry.name());
        }
    }
    for (kind, paths) in [(Kind::SetupScript, &SETUP_SCRIPTS[..]), (Kind::AnswerFile, &ANSWER_FILES[..])] {
        for file in present(inside, windows, paths) {
            tells.file(kind, inside, &file, &file.name());
        }
    }
}

/// What answer files and `hosts` say.
pub(super) fn look_into<S: ReadAt>(inside: &Inside<'_, S>, windows: &Installation, tells: &mut Tells) {
    for file in present(inside, windows, &ANSWER_FILES) {
        if let Ok(bytes) = inside.read(&file, MAX_SMALL) {
            let said = answers::read(&bytes);
            if said.holds_password {
                tells.file(Kind::Password, inside, &file, &file.name());
            }
            for command in &said.commands {
                tells.file(Kind::AnswerCommand, inside, &file, command);
            }
        }
    }
    let hosts = inside.find(&windows.path("System32\\drivers\\etc\\hosts"));
    if let Some(file) = hosts
        && let Ok(bytes) = inside.read(&file, MAX_SMALL)
    {
        for line in redirected(&String::from_utf8_lossy(&bytes)) {
            tells.file(Kind::HostsLine, inside, &file, &line);
        }
    }
}

/// The digest in a line of a list.
fn listed(line: &str) -> Option<Sha1Digest> {
    hex::decode(line).ok()?.try_into().ok().map(Sha1Digest)
}

fn shells<S: ReadAt>(inside: &Inside<'_, S>, windows: &Installation) -> BTreeMap<Sha1Digest, &'static str> {
    let shells = SHELLS.iter().filter_map(|path| {
        let sha1 = inside.find(&windows.path(path))?.sha1();
        (!sha1.is_zero()).then_some((sha1, *path))
    });
    shells.collect()
}

fn present<'i, S: ReadAt>(
    inside: &'i Inside<'_, S>,
    windows: &Installation,
    paths: &[&str],
) -> Vec<Entry<'i>> {
    let found = paths.iter().filter_map(|path| inside.find(&windows.path(path)));
    found.filter(|entry| !entry.is_folder()).collect()
}

/// The lines of `hosts` that say something, but for the names of the computer itself.
fn redirected(hosts: &str) -> Vec<String> {
    let said = hosts.lines().map(|line| line.split('#').next().unwrap_or_default().trim());
    let said = said.filter(|line| {
        let mut words = line.split_whitespace();
        let address = words.next().unwrap_or_default();
        let own = ["127.0.0.1", "::1"].contains(&address)
            && words.clone().all(|name| name.eq_ignore_ascii_case("localhost"));
        !line.is_empty() && !own
    });
    said.take(MAX_LINES).map(str::to_owned).collect()
}
