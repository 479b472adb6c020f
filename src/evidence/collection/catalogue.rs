//! Where evidence lies on a computer, and what it is called where its folder is not known: the data that selection
//! goes by. All names are in lower case.
//!
//! Folders and names are those of Windows 10 and 11, seen on real systems or documented for setup, DISM, `ConfigMgr`
//! and MDT.

use std::sync::LazyLock;

use wildmatch::WildMatch;

use super::{Hive, Role};

/// A folder and the files in it that tell something.
#[derive(Debug)]
pub(super) struct Shelf {
    /// The names of the folder, from the root of the generation; `*` stands for any one name.
    folder: Vec<&'static str>,
    /// Whether files in folders below count as well.
    deep: bool,
    /// Names of the files.
    files: Vec<WildMatch>,
    /// What they are for.
    pub(super) role: Role,
}

impl Shelf {
    fn new(folder: &'static str, files: &[&str], role: Role) -> Self {
        Self { folder: folder.split('\\').collect(), deep: false, files: patterns(files), role }
    }

    fn deep(folder: &'static str, files: &[&str], role: Role) -> Self {
        Self { deep: true, ..Self::new(folder, files, role) }
    }

    /// Whether a folder is this one.
    pub(super) fn stands_in(&self, folder: &[&str]) -> bool {
        begins_with(folder, &self.folder) && (self.deep || self.folder.len() == folder.len())
    }

    /// Whether a folder is this one or on the way to it.
    pub(super) fn is_reached_by(&self, folder: &[&str]) -> bool {
        self.stands_in(folder) || begins_with(&self.folder, folder)
    }

    /// Whether a file of a folder belongs here.
    pub(super) fn takes(&self, folder: &[&str], file: &str) -> bool {
        self.stands_in(folder) && meets_any(&self.files, file)
    }

    /// Whether this is a folder of its own, not that of the whole system.
    pub(super) fn is_special(&self) -> bool {
        self.folder.len() > 1
    }
}

/// Whether a path begins with the names of another; `*` stands for any one name.
fn begins_with(path: &[&str], start: &[&str]) -> bool {
    let same = |(a, b): (&&str, &&str)| a == b || *a == "*" || *b == "*";
    path.len() >= start.len() && path.iter().zip(start).all(same)
}

/// Whether a name meets one of some patterns.
pub(super) fn meets_any(patterns: &[WildMatch], name: &str) -> bool {
    patterns.iter().any(|pattern| pattern.matches(name))
}

fn patterns(texts: &[&str]) -> Vec<WildMatch> {
    texts.iter().map(|text| WildMatch::new(text)).collect()
}

const ANSWERS: &[&str] = &["*unattend*.xml"];
const LOGS: &[&str] = &["*.log", "*.log.*", "*.xml"];
const PANTHER: &[&str] = &[
    "*.log",
    "*.log.*",
    "*setupact*",
    "*setuperr*",
    "*.xml",
    "setupinfo*",
    "commandexec*",
    "foldermovelog*",
    "setupconfig*.ini",
];
const SETUP_LOGS: &[&str] = &["*setupact*", "*setuperr*"];
const SCRIPTS: &[&str] =
    &["*.cmd", "*.bat", "*.ps1", "*.vbs", "*.js", "*.wsf", "*.reg", "*.ini", "*.xml", "*.txt", "*.log"];
const TASK_SEQUENCE: &[&str] =
    &["*smsts*.log", "bdd*.log", "zti*.log", "lti*.log", "litetouch*.log", "wuahandler*.log"];

/// Event logs that tell of installations, devices and downloads; collectors write `%4` in these names in their own way.
const EVENT_LOGS: &[&str] = &[
    "system.evtx",
    "setup.evtx",
    "*bits-client*operational.evtx",
    "*vhdmp*operational.evtx",
    "*partition*diagnostic.evtx",
    "*kernel-pnp*.evtx",
    "*ntfs*operational.evtx",
    "*windowsupdateclient*operational.evtx",
    "*setupplatform*.evtx",
    "*devicesetupmanager*.evtx",
];

/// Below the root of a disk or of `Windows.old`; the first that fits counts.
pub(super) static SYSTEM: LazyLock<Vec<Shelf>> = LazyLock::new(|| {
    vec![
        Shelf::new("windows\\panther", ANSWERS, Role::AnswerFile),
        Shelf::new("windows\\panther\\unattend", &["*.xml"], Role::AnswerFile),
        Shelf::deep("windows\\panther\\unattendgc", PANTHER, Role::UnattendGc),
        Shelf::deep("windows\\panther\\newos", PANTHER, Role::NewOs),
        Shelf::deep("windows\\panther\\rollback", PANTHER, Role::Rollback),
        Shelf::deep("windows\\panther", PANTHER, Role::Panther),
        Shelf::deep("windows\\logs\\mosetup", LOGS, Role::MoSetup),
        Shelf::deep("windows\\logs\\setupdiag", LOGS, Role::SetupDiag),
        Shelf::new("windows\\logs\\dism", &["*dism*.log"], Role::Dism),
        Shelf::new("windows\\logs\\cbs", &["cbs*.log", "checksur*.log", "cbspersist*.cab"], Role::Cbs),
        Shelf::deep("windows\\system32\\sysprep\\panther", PANTHER, Role::SysprepPanther),
        Shelf::new("windows\\system32\\sysprep", ANSWERS, Role::AnswerFile),
        Shelf::new("windows\\inf", &["setupapi*.log"], Role::DeviceLog),
        Shelf::new("windows\\inf", SETUP_LOGS, Role::DriverLog),
        Shelf::new("windows", SETUP_LOGS, Role::DriverLog),
        Shelf::new("windows\\system32\\config", &["system", "system.log?"], Role::Hive(Hive::System)),
        Shelf::new("windows\\system32\\config", &["software", "software.log?"], Role::Hive(Hive::Software)),
        Shelf::new("users\\*", &["ntuser.dat", "ntuser.dat.log?"], Role::Hive(Hive::User)),
        Shelf::new("windows\\system32\\winevt\\logs", EVENT_LOGS, Role::EventLog),
        Shelf::deep("windows\\ccm\\logs", TASK_SEQUENCE, Role::TaskSequence),
        Shelf::deep("windows\\temp\\smstslog", LOGS, Role::TaskSequence),
        Shelf::deep("windows\\temp\\deploymentlogs", LOGS, Role::TaskSequence),
        Shelf::deep("windows\\smstslog", LOGS, Role::TaskSequence),
        Shelf::deep("minint", LOGS, Role::TaskSequence),
        Shelf::deep("_smstasksequence", LOGS, Role::TaskSequence),
        Shelf::deep("windows\\setup\\scripts", SCRIPTS, Role::Script),
        Shelf::new("windows\\softwaredistribution", &["reportingevents*.log"], Role::Update),
        Shelf::new("windows", &["windowsupdate*.log"], Role::Update),
        Shelf::new("windows", &["pfro*.log", "csup.txt", "setupconfig.ini"], Role::Other),
        Shelf::new("windows\\debug", &["netsetup*.log"], Role::Other),
        Shelf::new(
            "users\\default\\appdata\\local\\microsoft\\windows\\wsus",
            &["setupconfig.ini"],
            Role::Other,
        ),
    ]
});

/// Below a folder that setup or reset works in; the first that fits counts.
pub(super) static SETUP_WORK: LazyLock<Vec<Shelf>> = LazyLock::new(|| {
    vec![
        Shelf::deep("sources\\panther\\unattendgc", PANTHER, Role::UnattendGc),
        Shelf::deep("sources\\panther\\newos", PANTHER, Role::NewOs),
        Shelf::deep("sources\\panther", PANTHER, Role::Panther),
        Shelf::deep("sources\\rollback", PANTHER, Role::Rollback),
        Shelf::deep("sources\\rollback", &["*.evtx"], Role::EventLog),
        Shelf::deep("newos", PANTHER, Role::NewOs),
        Shelf::new("sources", ANSWERS, Role::AnswerFile),
        Shelf::new("sources", &["setupconfig.ini"], Role::Other),
        Shelf::deep("logs", LOGS, Role::Reset),
    ]
});

/// Folders that say where they belong when those above them were left out: the name, and what stands above it.
pub(super) const PARTIAL: &[(&str, &[&str])] = &[
    ("panther", &["windows"]),
    ("unattendgc", &["windows", "panther"]),
    ("newos", &["windows", "panther"]),
    ("rollback", &["windows", "panther"]),
    ("mosetup", &["windows", "logs"]),
    ("setupdiag", &["windows", "logs"]),
    ("dism", &["windows", "logs"]),
    ("cbs", &["windows", "logs"]),
    ("system32", &["windows"]),
    ("sysprep", &["windows", "system32"]),
    ("config", &["windows", "system32"]),
    ("winevt", &["windows", "system32"]),
    ("inf", &["windows"]),
    ("ccm", &["windows"]),
    ("smstslog", &["windows", "temp"]),
    ("deploymentlogs", &["windows", "temp"]),
];

/// Names that tell what a file is wherever it lies; the first that fits counts.
pub(super) static LOOSE: LazyLock<Vec<(WildMatch, Role)>> = LazyLock::new(|| {
    let names = [
        ("*setupact*rollback*", Role::Rollback),
        ("*setupact*", Role::Panther),
        ("*setuperr*", Role::Panther),
        ("*diagerr*.xml", Role::Panther),
        ("*diagwrn*.xml", Role::Panther),
        ("setupinfo", Role::Panther),
        ("*ddaclsys*.log", Role::Panther),
        ("*miglog*.xml", Role::Panther),
        ("*scanresult*.xml", Role::Panther),
        ("*_humanreadable.xml", Role::Panther),
        ("foldermovelog*", Role::Rollback),
        ("*bluebox*.log", Role::MoSetup),
        ("*updateagent*.log", Role::MoSetup),
        ("*setupdiagresults*", Role::SetupDiag),
        ("*dism*.log", Role::Dism),
        ("*cbs*.log", Role::Cbs),
        ("*checksur*.log", Role::Cbs),
        ("*cbspersist*.cab", Role::Cbs),
        ("*setupapi*.log", Role::DeviceLog),
        ("*smsts*.log", Role::TaskSequence),
        ("bdd*.log", Role::TaskSequence),
        ("zti*.log", Role::TaskSequence),
        ("lti*.log", Role::TaskSequence),
        ("litetouch*.log", Role::TaskSequence),
        ("wuahandler*.log", Role::TaskSequence),
        ("reportingevents*.log", Role::Update),
        ("windowsupdate*.log", Role::Update),
        ("netsetup*.log", Role::Other),
        ("pfro*.log", Role::Other),
        ("*.evtx", Role::EventLog),
        ("system", Role::Hive(Hive::System)),
        ("system.hiv*", Role::Hive(Hive::System)),
        ("system.log?", Role::Hive(Hive::System)),
        ("*_system", Role::Hive(Hive::System)),
        ("system_*", Role::Hive(Hive::System)),
        ("software", Role::Hive(Hive::Software)),
        ("software.hiv*", Role::Hive(Hive::Software)),
        ("software.log?", Role::Hive(Hive::Software)),
        ("*_software", Role::Hive(Hive::Software)),
        ("software_*", Role::Hive(Hive::Software)),
        ("ntuser*.dat", Role::Hive(Hive::User)),
        ("ntuser*.dat.log?", Role::Hive(Hive::User)),
        ("*unattend*.xml", Role::AnswerFile),
        ("setupcomplete*.cmd", Role::Script),
        ("errorhandler*.cmd", Role::Script),
    ];
    names.into_iter().map(|(name, role)| (WildMatch::new(name), role)).collect()
});

/// Ends of the names of image files.
pub(super) const IMAGES: &[&str] = &[".wim", ".esd", ".swm"];

/// Logs that have the name of setup's logs.
pub(super) static LIKE_SETUP_LOGS: LazyLock<Vec<WildMatch>> = LazyLock::new(|| patterns(SETUP_LOGS));

/// Image files that are looked at even among programs: those that setup itself looks for.
pub(super) static SETUP_IMAGES: LazyLock<Vec<WildMatch>> =
    LazyLock::new(|| patterns(&["install*", "boot.wim"]));

/// The recovery environment, on every computer.
pub(super) static RECOVERY_IMAGES: LazyLock<Vec<WildMatch>> = LazyLock::new(|| patterns(&["winre*"]));

/// Ends of the names of archives and disk images that are not read here.
pub(super) const CONTAINERS: &[&str] = &[
    ".7z", ".rar", ".cab", ".tar", ".gz", ".tgz", ".xz", ".bz2", ".zst", ".iso", ".vhd", ".vhdx", ".vmdk",
    ".e01", ".ad1", ".aff4", ".dd", ".raw", ".img", ".zip.001", ".z01",
];

/// Folders of programs and of the system: what lies there under a telling name is some program's own file, unless a
/// shelf names it; archives there are not opened.
pub(super) const PROGRAMS: &[&str] =
    &["windows", "program files", "program files (x86)", "programdata", "appdata", "$recycle.bin"];

/// Folders in the root of a disk that say: this is the root of a disk.
pub(super) const ROOT_FOLDERS: &[&str] = &[
    "windows",
    "users",
    "program files",
    "program files (x86)",
    "programdata",
    "minint",
    "_smstasksequence",
];

/// Large folders without any evidence, from the root of a generation: not entered.
pub(super) const NOT_ENTERED: &[&str] = &[
    "windows\\winsxs",
    "windows\\assembly",
    "windows\\installer",
    "windows\\microsoft.net",
    "windows\\system32\\driverstore",
    "windows\\servicing\\lcu",
    "windows\\softwaredistribution\\download",
];
