//! Which part of a computer a piece of evidence belongs to.

use std::{fmt, sync::Arc};

/// Which installation of Windows a piece tells of, as far as its path says.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Generation {
    /// The Windows folder of the disk itself.
    Live,
    /// A system that was replaced; the name of its folder as it stands: `Windows.old`, `Windows.old.000`.
    Old(Arc<str>),
    /// A folder that setup or reset works in, by its name as it stands: `$WINDOWS.~BT`, `$Windows.~WS`, `$SysReset`.
    SetupWork(Arc<str>),
    /// The path does not say.
    Loose,
}

impl fmt::Display for Generation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Live => f.write_str("Windows"),
            Self::Old(folder) | Self::SetupWork(folder) => f.write_str(folder),
            Self::Loose => f.write_str("(loose)"),
        }
    }
}

/// A registry hive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Hive {
    /// `HKEY_LOCAL_MACHINE\SYSTEM`.
    System,
    /// `HKEY_LOCAL_MACHINE\SOFTWARE`.
    Software,
    /// `NTUSER.DAT` of a user.
    User,
}

/// What a piece is for, by its name and path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    /// Logs and state of setup: `Windows\Panther`, `$WINDOWS.~BT\Sources\Panther`.
    Panther,
    /// `Panther\UnattendGC`: answer file passes after the first boot.
    UnattendGc,
    /// Logs of a setup that was rolled back.
    Rollback,
    /// `Panther\NewOs`, `$WINDOWS.~BT\NewOS`: logs of the system that was being built.
    NewOs,
    /// `Windows\Logs\MoSetup`: how setup was launched, the update agent.
    MoSetup,
    /// `Windows\Logs\SetupDiag`.
    SetupDiag,
    /// `dism.log`.
    Dism,
    /// `CBS.log`.
    Cbs,
    /// `Windows\System32\Sysprep\Panther`: how the image was made.
    SysprepPanther,
    /// `setupapi.*.log`: devices.
    DeviceLog,
    /// A registry hive; [`Piece::partners`](super::Piece::partners) has its transaction logs.
    Hive(Hive),
    /// An event log.
    EventLog,
    /// Logs of `ConfigMgr` and MDT.
    TaskSequence,
    /// Logs of "Reset this PC".
    Reset,
    /// Logs of Windows Update.
    Update,
    /// Scripts that setup runs: `Windows\Setup\Scripts`.
    Script,
    /// A file whose presence the caller asked for.
    Marker,
    /// An image file: `install.wim`, `install.esd`, `install.swm`, `boot.wim`.
    Image,
    /// An answer file.
    AnswerFile,
    /// `C:\Windows\setupact.log` and copies in `Windows\INF`: drivers write it; it has the name of setup's log and
    /// tells nothing of deployments. Always set aside.
    DriverLog,
    /// Something else that can tell.
    Other,
}

/// Which part of which computer a piece belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Place {
    /// What the computer's folders hang on, as it is shown: `/evidence/case.zip!/uploads/auto/C%3A`. Pieces with one
    /// root are of one computer; pieces with different roots may be as well.
    pub root: Arc<str>,
    /// Which installation.
    pub generation: Generation,
    /// What for.
    pub role: Role,
}
