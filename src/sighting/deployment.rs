//! A deployment: one installation of Windows on a computer, as evidence shows it, with the sighting of the image that was
//! put there.

use std::{collections::BTreeMap, fmt, sync::Arc};

use chrono::{DateTime, NaiveDateTime, Utc};
use serde::{Serialize, Serializer};

use super::{Evidence, FactKey, Facts, Sighting};

/// A time, as far as it is known.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Moment {
    /// As the evidence gives it, where that is local time.
    pub local: Option<NaiveDateTime>,
    /// The instant, where it is known.
    pub utc: Option<DateTime<Utc>>,
    /// How the instant is known: `direct`, `bias`, `anchor`, `zone`; `None` where there is none.
    pub known: Option<&'static str>,
}

impl Moment {
    /// Whether nothing is known of it.
    pub fn is_unknown(&self) -> bool {
        self.local.is_none() && self.utc.is_none()
    }
}

/// A quotation of evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Citation {
    /// Where it stands.
    pub evidence: Evidence,
    /// SHA-256 of the evidence file, where all of it was read.
    pub sha256: Option<[u8; 32]>,
    /// The words as they stand; keys and passwords are masked.
    pub quote: Arc<str>,
    /// When it was written.
    pub at: Moment,
}

/// Something known of a deployment, and on whose word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// What is known.
    pub value: String,
    /// The same in Simplified Chinese, where the value holds words of ours.
    pub value_zh: Option<String>,
    /// The evidence, best first; never empty.
    pub on: Vec<Citation>,
}

macro_rules! aspects {
    ($($(#[doc = $doc:literal])+ $aspect:ident = $name:literal;)+) => {
        /// What can be known of a deployment besides its image. The names are part of the JSON contract.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Aspect { $($(#[doc = $doc])+ $aspect,)+ }

        impl Aspect {
            /// All aspects.
            pub const ALL: &'static [Self] = &[$(Self::$aspect,)+];

            /// The stable name.
            pub fn name(self) -> &'static str {
                match self { $(Self::$aspect => $name,)+ }
            }
        }
    };
}

aspects! {
    /// Edition, version and build of the system before.
    FromOs = "from_os";
    /// Edition, version and build of the system after.
    ToOs = "to_os";
    /// Name of the computer.
    Computer = "computer";
    /// When the image was generalized or captured, by traces that it carries itself.
    ImageBorn = "image_born";
    /// Command line of setup.
    CommandLine = "command_line";
    /// What started setup: parent process.
    Parent = "parent";
    /// Account or profile that started setup.
    Launcher = "launcher";
    /// Path of the image file.
    ImagePath = "image_path";
    /// Folder of the media.
    MediaPath = "media_path";
    /// Type of the media's drive in words.
    DriveType = "drive_type";
    /// Label of the media's volume.
    VolumeLabel = "volume_label";
    /// Serial of the media's volume, `1234-ABCD`.
    VolumeSerial = "volume_serial";
    /// Device instance of the media (USB, disk).
    Device = "device";
    /// Serial number of the USB device.
    UsbSerial = "usb_serial";
    /// Share that the image came from.
    NetworkPath = "network_path";
    /// Address that the image was downloaded from.
    Url = "url";
    /// ISO file that was mounted as media.
    MountedIso = "mounted_iso";
    /// Package of a management system.
    Package = "package";
    /// Task sequence.
    TaskSequence = "task_sequence";
    /// Version of the setup program.
    SetupVersion = "setup_version";
    /// Answer file that was used.
    AnswerFile = "answer_file";
    /// Scripts that were run.
    Scripts = "scripts";
    /// What happened to the system before.
    OldSystem = "old_system";
    /// Attempts to install that failed, as the system counted them.
    FailedAttempts = "failed_attempts";
    /// Code of the failure.
    FailureCode = "failure_code";
    /// Phase and operation in which it failed.
    FailurePhase = "failure_phase";
}

impl fmt::Display for Aspect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Serialize for Aspect {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

/// How an image came onto the computer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum DeploymentKind {
    /// Booted Windows PE, disk set up anew.
    CleanInstall,
    /// Over a running system.
    InPlace,
    /// "Reset this PC".
    Reset,
    /// By a task sequence or another program that applies an image.
    TaskSequence,
    /// A system of which only traces in its own hives are left.
    Inherited,
    /// Media were downloaded or made, nothing was installed.
    MediaOnly,
}

/// How it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// The new system runs.
    Succeeded,
    /// Setup gave up.
    Failed,
    /// Setup gave up and put the old system back.
    RolledBack,
    /// A user ended it.
    Cancelled,
    /// The evidence ends before the end.
    Unknown,
}

/// A phase of a deployment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phase {
    /// As setup calls it.
    pub name: String,
    /// Its begin.
    pub begun: Moment,
    /// Its end.
    pub ended: Moment,
}

/// What a site has to say, in its words.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wording {
    /// In English.
    pub en: String,
    /// In Simplified Chinese.
    pub zh: Option<String>,
}

/// A channel: the way an image takes to a computer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Channel {
    /// Stable id, for example `setup-media`.
    pub id: String,
    /// Title in words, in English.
    pub title: String,
    /// Title in Simplified Chinese.
    pub title_zh: Option<String>,
    /// Whether the site approves of it; `None` where no rule says so.
    pub approved: Option<bool>,
    /// What a reader should know of it.
    pub note: Option<Wording>,
    /// What speaks for it.
    pub on: Vec<Citation>,
}

/// What evidence says in two ways.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Conflict {
    /// Two claims on the same fact of the image.
    Claims(FactKey, String, String),
    /// Facts of the image that was deployed, and of the system that is installed.
    Systems(Vec<(FactKey, String, String)>),
}

/// Something that evidence says in two ways.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contradiction {
    /// What.
    pub what: Conflict,
    /// Both sides.
    pub on: Vec<Citation>,
}

/// A program that the site's images carry, in the system of a deployment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentSeen {
    /// What it is called.
    pub name: String,
    /// Where it shows; empty where it does not.
    pub on: Vec<Citation>,
    /// Whether it may have been put there afterwards, and what the site says of that.
    pub backfilled: Option<Wording>,
}

/// One installation of Windows on a computer.
#[derive(Debug, Clone)]
pub struct Deployment {
    /// 1-based, in the order of time.
    pub number: u32,
    /// How.
    pub kind: DeploymentKind,
    /// How it ended.
    pub outcome: Outcome,
    /// When it began.
    pub begun: Moment,
    /// When it ended.
    pub ended: Moment,
    /// The folder whose evidence tells of it, for example `Windows.old.000`.
    pub told_in: String,
    /// What is known of it.
    pub aspects: BTreeMap<Aspect, Told>,
    /// Phases, in order.
    pub phases: Vec<Phase>,
    /// The ways it can have come, the likeliest first.
    pub channels: Vec<Channel>,
    /// Mandated programs, and whether the system has them.
    pub agents: Vec<AgentSeen>,
    /// What the evidence says of it in two ways.
    pub contradictions: Vec<Contradiction>,
    /// The image.
    pub sighting: Sighting,
    /// The images of the file that it came from, by index: together they tell which file it was.
    pub listed: Vec<Listed>,
    /// Evidence that is missing and would answer an open question: what, and where to get it.
    pub missing: Vec<Missing>,
}

/// An image of the file that was deployed from, as evidence lists it.
#[derive(Debug, Clone)]
pub struct Listed {
    /// Its 1-based index.
    pub index: u32,
    /// What is said of it.
    pub facts: Facts,
}

/// Evidence that is not there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// Which aspect it would tell of.
    pub aspect: Aspect,
    /// Where to get it, a path on the computer.
    pub place: String,
}
