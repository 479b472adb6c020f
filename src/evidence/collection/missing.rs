//! What is not there and would have answered.

use std::{collections::BTreeSet, sync::Arc};

use super::{Generation, Hive, Inventory, Piece, Role};
use crate::sighting::deployment::Aspect;

/// Generations between others that are asked for at most.
const MAX_ASKED: usize = 10;

/// Evidence that is not there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// What it is.
    pub kind: WantedKind,
    /// Where to get it, a path on the computer: `C:\Windows\Panther`.
    pub place: String,
    /// How long Windows keeps it, where it is known to be deleted.
    pub retention: Option<Retention>,
}

/// Kinds of evidence, the most telling first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum WantedKind {
    /// `C:\Windows\Panther`.
    LivePanther,
    /// `Panther` of a replaced system.
    OldPanther,
    /// `C:\$WINDOWS.~BT\Sources\Panther`.
    SetupWork,
    /// The hive `SYSTEM` of a system.
    SystemHive,
    /// `System.evtx` of a system.
    SystemEvents,
    /// The hive `SOFTWARE` of a system.
    SoftwareHive,
    /// `C:\Windows\Logs\MoSetup`.
    MoSetup,
    /// `C:\Windows\INF\setupapi.*.log`.
    DeviceLogs,
    /// A replaced system as a whole.
    Generation,
}

impl WantedKind {
    /// The stable name.
    pub fn name(self) -> &'static str {
        match self {
            Self::LivePanther => "live-panther",
            Self::OldPanther => "old-panther",
            Self::SetupWork => "setup-work",
            Self::SystemHive => "system-hive",
            Self::SystemEvents => "system-events",
            Self::SoftwareHive => "software-hive",
            Self::MoSetup => "mosetup",
            Self::DeviceLogs => "device-logs",
            Self::Generation => "generation",
        }
    }

    /// What it would tell.
    pub fn tells(self) -> &'static str {
        match self {
            Self::LivePanther => "how the system came that runs now: image file, media, device, command line",
            Self::OldPanther => "how this replaced system was installed: image file, media, device",
            Self::SetupWork => "the last upgrade that was tried: image file, media, command line, result",
            Self::SystemHive => {
                "the chain of upgrades, when the image was made, which devices had drive letters"
            }
            Self::SystemEvents => {
                "whether it was a clean install or an upgrade, from which system, in which time zone"
            }
            Self::SoftwareHive => "edition and build of the system, who made its image",
            Self::MoSetup => "how setup was launched: command line, media",
            Self::DeviceLogs => "which USB device or disc was plugged in when setup ran",
            Self::Generation => "the systems before this one, each with the logs of its own installation",
        }
    }

    /// What of a deployment it would tell.
    pub fn aspects(self) -> &'static [Aspect] {
        match self {
            Self::LivePanther | Self::OldPanther | Self::SetupWork => {
                &[Aspect::ImagePath, Aspect::MediaPath, Aspect::Device, Aspect::CommandLine, Aspect::Launcher]
            }
            Self::SystemHive => &[Aspect::FromOs, Aspect::Device, Aspect::Launcher],
            Self::SystemEvents => &[Aspect::FromOs, Aspect::ToOs],
            Self::SoftwareHive => &[Aspect::ToOs],
            Self::MoSetup => &[Aspect::CommandLine, Aspect::MediaPath],
            Self::DeviceLogs => &[Aspect::Device, Aspect::UsbSerial],
            Self::Generation => &[Aspect::FromOs, Aspect::OldSystem],
        }
    }
}

/// How long Windows keeps something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// What, as a folder name in the root of the disk.
    pub folder: &'static str,
    /// Days after the upgrade until it is deleted, where nothing was set.
    pub days: u32,
    /// The fewest and the most days that can be set.
    pub settable: (u32, u32),
}

/// What an upgrade replaced is deleted after 10 days; `DISM /Set-OSUninstallWindow` takes 2 to 60.
pub const OLD_SYSTEM_RETENTION: Retention = Retention { folder: "Windows.old", days: 10, settable: (2, 60) };

/// What is not in an inventory and would have answered, the most telling first. All pieces are taken to be of one
/// computer. It cannot be told from a collection whether the computer has what is asked for.
pub fn missing(inventory: &Inventory) -> Vec<Wanted> {
    let pieces = &inventory.pieces;
    let old: BTreeSet<Arc<str>> =
        pieces.iter().filter_map(|piece| old_name(&piece.place().generation)).collect();
    let mut wanted = of_live(pieces);
    for folder in &old {
        wanted.extend(of_old(pieces, folder));
    }
    wanted.extend(other_generations(&old));
    // Stable: within a kind the running system stands first.
    wanted.sort_by_key(|wanted| wanted.kind);
    wanted
}

fn of_live(pieces: &[Piece]) -> Vec<Wanted> {
    let has = |kind: WantedKind| pieces.iter().any(|piece| is_live(piece, kind) && is_of_kind(piece, kind));
    let asked = [
        (WantedKind::LivePanther, "C:\\Windows\\Panther"),
        (WantedKind::SetupWork, "C:\\$WINDOWS.~BT\\Sources\\Panther"),
        (WantedKind::SystemHive, "C:\\Windows\\System32\\config\\SYSTEM"),
        (WantedKind::SystemEvents, "C:\\Windows\\System32\\winevt\\Logs\\System.evtx"),
        (WantedKind::SoftwareHive, "C:\\Windows\\System32\\config\\SOFTWARE"),
        (WantedKind::MoSetup, "C:\\Windows\\Logs\\MoSetup"),
        (WantedKind::DeviceLogs, "C:\\Windows\\INF\\setupapi.dev.log"),
    ];
    let asked = asked.into_iter().filter(|(kind, _)| !has(*kind));
    asked.map(|(kind, place)| Wanted { kind, place: place.into(), retention: None }).collect()
}

fn of_old(pieces: &[Piece], folder: &str) -> Vec<Wanted> {
    let is_own = |piece: &Piece| old_name(&piece.place().generation).is_some_and(|name| *name == *folder);
    let has = |kind: WantedKind| pieces.iter().any(|piece| is_own(piece) && is_of_kind(piece, kind));
    let asked = [
        (WantedKind::OldPanther, "Windows\\Panther"),
        (WantedKind::SystemHive, "Windows\\System32\\config\\SYSTEM"),
        (WantedKind::SystemEvents, "Windows\\System32\\winevt\\Logs\\System.evtx"),
        (WantedKind::SoftwareHive, "Windows\\System32\\config\\SOFTWARE"),
    ];
    let asked = asked.into_iter().filter(|(kind, _)| !has(*kind));
    asked.map(|(kind, place)| from_old(kind, format!("C:\\{folder}\\{place}"))).collect()
}

fn from_old(kind: WantedKind, place: String) -> Wanted {
    Wanted { kind, place, retention: Some(OLD_SYSTEM_RETENTION) }
}

/// Setup takes the first name that is free: `Windows.old`, then `.000`, `.001`. So where a later one is, the ones before
/// were there once.
fn other_generations(old: &BTreeSet<Arc<str>>) -> Vec<Wanted> {
    let ranks: BTreeSet<usize> = old.iter().filter_map(|name| rank(name)).collect();
    let Some(&last) = ranks.last() else {
        return vec![from_old(WantedKind::Generation, "C:\\Windows.old".into())];
    };
    let absent = (0..last).filter(|rank| !ranks.contains(rank)).take(MAX_ASKED);
    let folder = |rank: usize| match rank.checked_sub(1) {
        None => "C:\\Windows.old".to_owned(),
        Some(number) => format!("C:\\Windows.old.{number:03}"),
    };
    absent.map(|rank| from_old(WantedKind::Generation, folder(rank))).collect()
}

/// The number of a name in the order in which setup takes them.
fn rank(folder: &str) -> Option<usize> {
    match folder.to_lowercase().strip_prefix("windows.old")? {
        "" => Some(0),
        rest => rest.strip_prefix('.')?.parse::<u16>().ok().map(|number| usize::from(number) + 1),
    }
}

/// The folder of a replaced system as Windows writes it, so that spellings do not make two of one.
fn old_name(generation: &Generation) -> Option<Arc<str>> {
    let Generation::Old(folder) = generation else { return None };
    let lower = folder.to_lowercase();
    Some(lower.strip_prefix('w').map_or_else(|| lower.as_str().into(), |rest| format!("W{rest}").into()))
}

/// Whether a piece is of the running system, or of the folder that setup works in where that is asked for.
fn is_live(piece: &Piece, kind: WantedKind) -> bool {
    match kind {
        WantedKind::SetupWork => matches!(piece.place().generation, Generation::SetupWork(_)),
        _ => piece.place().generation == Generation::Live,
    }
}

fn is_of_kind(piece: &Piece, kind: WantedKind) -> bool {
    let role = piece.place().role;
    let path = piece.path().to_lowercase();
    match kind {
        WantedKind::LivePanther | WantedKind::OldPanther | WantedKind::SetupWork => {
            role == Role::Panther && path.contains("setupact")
        }
        WantedKind::SystemHive => role == Role::Hive(Hive::System),
        WantedKind::SoftwareHive => role == Role::Hive(Hive::Software),
        WantedKind::SystemEvents => role == Role::EventLog && path.ends_with("\\system.evtx"),
        WantedKind::MoSetup => role == Role::MoSetup,
        WantedKind::DeviceLogs => role == Role::DeviceLog,
        WantedKind::Generation => false,
    }
}
