//! What is not there and would have answered.

use super::Inventory;

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

/// Kinds of evidence that answer the most, the most telling first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum WantedKind {
    /// `C:\Windows\Panther`: how the system that runs now came.
    LivePanther,
    /// `Panther` of a generation: how that system was installed.
    OldPanther,
    /// `$WINDOWS.~BT\Sources\Panther`: the last upgrade, tried or done.
    SetupWork,
    /// The hive `SYSTEM` of a generation: chain of upgrades, birth of the image, drive letters.
    SystemHive,
    /// The hive `SOFTWARE` of a generation: edition, build, marks of who made the image.
    SoftwareHive,
    /// `System.evtx` of a generation: clean or upgrade, host system, time zone.
    SystemEvents,
    /// `Windows\Logs\MoSetup`: how setup was launched.
    MoSetup,
    /// `Windows\INF\setupapi.*.log`: which devices, which USB stick.
    DeviceLogs,
    /// A generation between two that are there.
    Generation,
}

/// How long Windows keeps something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// What, as a folder name in the root of the disk.
    pub folder: &'static str,
    /// Days after the upgrade until it is deleted, where nothing was set.
    pub days: u32,
    /// The least and the most that can be set.
    pub settable: (u32, u32),
}

/// What Windows deletes by itself: after 10 days what an upgrade replaced. `DISM /Set-OSUninstallWindow` takes 2 to 60.
pub const RETENTIONS: &[Retention] = &[Retention { folder: "Windows.old", days: 10, settable: (2, 60) }];

/// What is not in an inventory and would have answered, the most telling first.
pub fn missing(inventory: &Inventory) -> Vec<Wanted> {
    let _ = inventory;
    Vec::new()
}
