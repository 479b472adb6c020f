//! What pieces of evidence say of a deployment, one by one: a reader of logs, hives or event logs turns bytes into
//! [`Statement`]s and knows nothing of what they mean together.

use std::{fmt, str::FromStr, sync::Arc};

use chrono::{DateTime, NaiveDateTime, Utc};

use super::servicing::Account;
use crate::sighting::Locator;

/// Statements kept of one piece; what goes beyond is counted, and the testimony is marked partial.
pub const MAX_STATEMENTS: usize = 200_000;

/// Bytes of a quotation that are kept, in UTF-8.
pub const MAX_QUOTE: usize = 1024;

/// Bytes of text kept of one piece, over all its statements; then as with [`MAX_STATEMENTS`].
pub const MAX_TEXT: usize = 64 << 20;

macro_rules! topics {
    ($($(#[doc = $doc:literal])+ $topic:ident = $name:literal;)+) => {
        /// What a statement is about. The names are stable: channel files and the JSON result use them.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Topic { $($(#[doc = $doc])+ $topic,)+ }

        impl Topic {
            /// All topics.
            pub const ALL: &'static [Self] = &[$(Self::$topic,)+];

            /// The stable name.
            pub fn name(self) -> &'static str {
                match self { $(Self::$topic => $name,)+ }
            }
        }
    };
}

topics! {
    /// A run of a program begins (about: `setuphost`, `winpe-setup`, `setup-platform`, `sysprep`, `dism`, `cbs`, `launcher`, `task-sequence`; value: the same, but the phase number for `winpe-setup` and the phase's name for a `setup-platform` that goes on after a restart).
    Session = "session";
    /// The log ends this run in order (about and value as in [`Topic::Session`]).
    SessionEnd = "session-end";
    /// The stamp of this line is an instant in UTC as well; value: that instant in RFC 3339.
    UtcAnchor = "utc-anchor";
    /// The clock was put back between two lines by five minutes or more; value: seconds.
    ClockJump = "clock-jump";
    /// The time zone was set, or is named (about: minutes to add to its standard time to get UTC, where said); value: its name.
    TimeZone = "time-zone";
    /// The system was started; value: its version or the time, as it stands (about: `version`, where it is one).
    Boot = "boot";

    /// A command line, of setup or of another program (about: the program).
    CommandLine = "command-line";
    /// The command line of the parent process.
    ParentCommandLine = "parent-command-line";
    /// One option of a command line; or how setup was called (about: `mode`, `scenario`, numbers as they stand; `client`: `Media360`, `Web360` or another tag; `web-media`: whether a download tool made the media, a number).
    CommandOption = "command-option";
    /// The directory of the media.
    MediaPath = "media-path";
    /// The image file that setup installs from.
    InstallFile = "install-file";
    /// Folder that the setup program itself ran from.
    ModulePath = "module-path";
    /// Setup runs from a RAM drive: booted WinPE.
    RamDrive = "ram-drive";
    /// A boot device as an ARC path (about: `firmware` or `system`).
    BootDevice = "boot-device";
    /// The folder `sources` of the media.
    SourcesFolder = "sources-folder";
    /// Type of the media's drive, a number as `GetDriveType` gives it: 2 removable, 3 fixed, 4 network, 5 optical, 6 RAM disk.
    DriveType = "drive-type";
    /// Number of the disk that the media is.
    DriveDisk = "drive-disk";
    /// Device instance id of the media or of something it hangs on, nearest first.
    DeviceInstance = "device-instance";
    /// A property of a device instance (about: `instance id / property`).
    DeviceProperty = "device-property";
    /// Label of the volume a file lies on (about: the file).
    VolumeLabel = "volume-label";
    /// Serial of the volume a file lies on, a decimal number (about: the file).
    VolumeSerial = "volume-serial";
    /// A volume that setup formatted itself.
    VolumeFormatted = "volume-formatted";
    /// A drive letter and what stands behind it (about: the letter, `D:`).
    DriveLetter = "drive-letter";
    /// A storage device that was once connected: its device id (about: its serial).
    UsbDevice = "usb-device";
    /// A path on a server, `\\server\share\...`.
    NetworkPath = "network-path";
    /// An address that something was downloaded from (about: where to).
    DownloadUrl = "download-url";
    /// Length in bytes of something that was downloaded (about: the address).
    DownloadLength = "download-length";
    /// An ISO or virtual disk that was mounted.
    MountedImage = "mounted-image";
    /// A package of a management system.
    PackageId = "package-id";
    /// A task sequence.
    TaskSequence = "task-sequence";

    /// Bytes of an image file (about: the file).
    ImageFileSize = "image-file-size";
    /// Images in an image file (about: the file).
    ImageCount = "image-count";
    /// Something the file's XML says of an image (about: `index / field`; field: `name`, `description`, `total_bytes`, `architecture`, `default_language`, `edition`, `version`, `build`, `sp_build`, `sp_level`, `installation_type`, `flags`, `product_name`). Values as they stand: an architecture is `9` in one log and `x64` in another.
    ImageField = "image-field";
    /// The index that was chosen (about: the file, where said).
    ImageIndex = "image-index";
    /// The name of the image that was chosen.
    ImageName = "image-name";
    /// The edition that was chosen.
    ImageEdition = "image-edition";
    /// A folder or file in the root of the image.
    ImageRoot = "image-root";
    /// An image begins to be applied (about: the file, where said; value: the destination, else `flags` and their number).
    ApplyBegin = "apply-begin";
    /// The image was applied; value: the destination.
    ApplyEnd = "apply-end";
    /// An image was mounted for change (about: the directory; value: the file).
    ImageMounted = "image-mounted";
    /// When the image was generalized, captured or created; value as it stands (about: `sysprep` for the begin of a run, which may fail; `capture` and the file).
    ImageBorn = "image-born";

    /// Version of the setup program, with its lab string.
    SetupBuild = "setup-build";
    /// The system that setup started from (about: `edition`, `version`, `build_string`, `product_name`, `language`, `architecture`, `channel`, `ubr`).
    SourceOs = "source-os";
    /// The system that was installed (about: as [`Topic::SourceOs`]).
    TargetOs = "target-os";
    /// A system that this one was upgraded from, as a hive keeps it (about: `name of the key / value`).
    FormerOs = "former-os";
    /// A property of the installed system, as a hive keeps it (about: the value's name).
    InstalledOs = "installed-os";
    /// A marker that a site or vendor leaves in its images (about: its name).
    Marker = "marker";

    /// A phase of setup begins; value: its name or number.
    PhaseBegin = "phase-begin";
    /// A phase of setup ends (value: its name or number).
    PhaseEnd = "phase-end";
    /// A row of the table of operations (about: the row's number and name; value: `begin end`, local, `2020-01-31T12:00:00 2020-01-31T12:05:00`).
    Operation = "operation";
    /// An error that setup reports of an operation; value: the code as it stands, `0x80070032` (about: the operation or function).
    Failure = "failure";
    /// The result of the installation, a code (about: `result`, `mapped`, `extended`, `phase`).
    Result = "result";
    /// Setup rolls back or has rolled back.
    Rollback = "rollback";
    /// Attempts to install that failed, as a hive (about: the build) or a log counts them.
    FailedAttempt = "failed-attempt";
    /// Compatibility warnings were silenced or given.
    Compatibility = "compatibility";

    /// Old system files were moved away, or were not there to be moved (value: as it stands).
    OldSystem = "old-system";
    /// Something of the old system that setup keeps (about: its name).
    OldPiece = "old-piece";
    /// Name of the computer.
    ComputerName = "computer-name";
    /// Maker, model or firmware of the computer (about: which).
    Machine = "machine";
    /// The account, or a path in the profile of the account, that started it.
    Launcher = "launcher";
    /// A script or custom command that was run or registered.
    Script = "script";
    /// An answer file.
    AnswerFile = "answer-file";
    /// A setting of an answer file that names an image or its source (about: the setting).
    AnswerSetting = "answer-setting";
    /// The image state before and after: `from --> to`.
    ImageState = "image-state";
    /// A program that started setup or dism, kept by the system (about: the account's SID).
    ProgramRun = "program-run";
    /// An update or feature update that was installed or started (about: `title`, `guid`, `service`).
    Update = "update";

    /// A line of the summary of a check of the component store (about: the field).
    StoreCheck = "store-check";
    /// Something that the check found corrupt (about: the component or package; value: the file, else the kind).
    StoreCorruption = "store-corruption";
    /// A file whose hash is not that of its manifest (about: the component, where the line names it).
    StoreHash = "store-hash";
    /// A file that the system file checker cannot repair (about: the component), or a corrupt one of a driver (about: `driver`).
    StoreFile = "store-file";
    /// A file that could not be made from a differential one (about: the component).
    StoreDelta = "store-delta";
    /// A repair of the component store that DISM was told to do (about: `command`), or how it failed (about: `failure`).
    StoreRepair = "store-repair";
    /// Servicing failed; value: the code (about: the package, where one is named).
    ServicingFailure = "servicing-failure";
    /// A cumulative update that a line names: the identity of its package.
    ServicingRollup = "servicing-rollup";
    /// Who opened a session of the servicing stack.
    ServicingClient = "servicing-client";
}

impl Topic {
    /// Whether it speaks of the component store, not of a deployment.
    pub fn is_of_store(self) -> bool {
        matches!(
            self,
            Self::StoreCheck
                | Self::StoreCorruption
                | Self::StoreHash
                | Self::StoreFile
                | Self::StoreDelta
                | Self::StoreRepair
                | Self::ServicingFailure
                | Self::ServicingRollup
                | Self::ServicingClient
        )
    }

    /// Whether it says when other statements were made, and nothing by itself.
    pub fn is_of_time(self) -> bool {
        matches!(
            self,
            Self::Session
                | Self::SessionEnd
                | Self::UtcAnchor
                | Self::ClockJump
                | Self::TimeZone
                | Self::Boot
        )
    }
}

impl fmt::Display for Topic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Topic {
    type Err = ();

    fn from_str(name: &str) -> Result<Self, ()> {
        Self::ALL.iter().copied().find(|topic| topic.name() == name).ok_or(())
    }
}

/// A time as a piece of evidence gives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stamp {
    /// Local time of the system that ran, in a zone that the line does not name.
    Local(NaiveDateTime),
    /// An instant; the second part says by which bytes it is known.
    Utc(DateTime<Utc>, Known),
}

/// How an instant is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Known {
    /// The evidence holds UTC: a FILETIME, an event record.
    Direct,
    /// The line gives its distance to UTC.
    Bias,
    /// Another statement of the same run gives UTC and local time together.
    Anchor,
    /// The zone is named, by the log or by the events before and behind, and has no summer time.
    Zone,
}

/// One thing that a piece of evidence says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// What it is about.
    pub topic: Topic,
    /// Which file, index, device or field, where the topic needs it.
    pub about: Option<Box<str>>,
    /// What is said.
    pub value: Box<str>,
    /// When, as it stands there.
    pub stamp: Option<Stamp>,
    /// Where it stands.
    pub locator: Locator,
    /// The words as they stand, at most [`MAX_QUOTE`] bytes, keys and passwords masked.
    pub quote: Box<str>,
}

/// What kind of evidence a piece is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PieceKind {
    /// `setupact.log` of Windows Setup: WinPE (IBS) or in-place (MOUPG).
    SetupLog,
    /// `setuperr.log`: the error lines of a setup log.
    SetupErrors,
    /// `setupact.log` of sysprep: how an image was made.
    SysprepLog,
    /// The other `C:\Windows\setupact.log`: drivers, no deployments.
    DriverLog,
    /// `BlueBox.log`: how setup was launched.
    LauncherLog,
    /// A log in `CMTrace` format: `ConfigMgr`, MDT.
    TaskSequenceLog,
    /// `dism.log`.
    DismLog,
    /// `CBS.log`.
    ServicingLog,
    /// `setupapi.*.log`.
    DeviceLog,
    /// `diagerr.xml`, `diagwrn.xml`.
    Rowset,
    /// An answer file.
    AnswerFile,
    /// `SetupDiagResults.xml`.
    SetupDiag,
    /// A registry hive.
    Hive,
    /// An event log.
    EventLog,
    /// A Panther blackboard (`setupinfo`).
    Blackboard,
    /// An image file.
    Image,
    /// Something else.
    Other,
}

/// What one piece of evidence says.
#[derive(Debug, Clone)]
pub struct Testimony {
    /// The piece, as it is shown: path, with `!/` before the path inside an archive.
    pub source: Arc<str>,
    /// What it is.
    pub kind: PieceKind,
    /// Length in bytes.
    pub size: u64,
    /// SHA-256 of its bytes, where all were read.
    pub sha256: Option<[u8; 32]>,
    /// What it says, in the order of the piece.
    pub statements: Vec<Statement>,
    /// Entries with the level error, and a digest over their texts in order; for comparison with `setuperr.log`.
    pub errors: Tally,
    /// Entries with the level warning.
    pub warnings: Tally,
    /// What it says of the component store; its statements stand among the others.
    pub servicing: Account,
    /// Why not all of it could be read.
    pub partial: Option<String>,
    /// Bytes of text in the statements.
    text: usize,
}

/// A number of entries, and a digest of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// How many.
    pub count: u64,
    /// Order-dependent 64-bit digest of their first lines (without byte order mark and line end). Not cryptographic.
    pub digest: u64,
}

impl Tally {
    /// Counts an entry by its first line. The digest is FNV-1a over the lines, each with LF behind it.
    pub fn add(&mut self, line: &[u8]) {
        const BASIS: u64 = 0xcbf2_9ce4_8422_2325;
        const PRIME: u64 = 0x0100_0000_01b3;
        let start = if self.count == 0 { BASIS } else { self.digest };
        let bytes = line.iter().chain(b"\n");
        self.digest = bytes.fold(start, |digest, byte| (digest ^ u64::from(*byte)).wrapping_mul(PRIME));
        self.count += 1;
    }
}

impl Testimony {
    /// A testimony that says nothing yet.
    pub fn new(source: &str, kind: PieceKind) -> Self {
        Self {
            source: source.into(),
            kind,
            size: 0,
            sha256: None,
            statements: Vec::new(),
            errors: Tally::default(),
            warnings: Tally::default(),
            servicing: Account::default(),
            partial: None,
            text: 0,
        }
    }

    /// Adds a statement, within [`MAX_STATEMENTS`] and [`MAX_TEXT`].
    pub fn say(&mut self, statement: Statement) {
        let about = statement.about.as_ref().map_or(0, |about| about.len());
        let text = self.text.saturating_add(about + statement.value.len() + statement.quote.len());
        if self.statements.len() < MAX_STATEMENTS && text <= MAX_TEXT {
            self.text = text;
            self.statements.push(statement);
        } else if self.partial.is_none() {
            self.partial = Some(match text <= MAX_TEXT {
                true => format!("more than {MAX_STATEMENTS} statements, the rest was left out"),
                false => format!("statements of more than {MAX_TEXT} bytes, the rest was left out"),
            });
        }
    }

    /// Statements on a topic, in order.
    pub fn on(&self, topic: Topic) -> impl Iterator<Item = &Statement> {
        self.statements.iter().filter(move |statement| statement.topic == topic)
    }
}
