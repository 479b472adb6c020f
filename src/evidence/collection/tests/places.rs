//! Where a path says that a file belongs.

use proptest::prelude::*;

use crate::evidence::collection::{
    Generation, Hive, Role, Why,
    locate::{Located, Marker, foreign_steps, locate},
    trail::Trail,
};

fn at(path: &str) -> Option<Located> {
    locate(&Trail::new(&[], path), &[])
}

/// Path in the collection; root, generation, role, path in the computer.
const KNOWN: &[(&str, &str, &str, Role, &str)] = &[
    // A disk.
    ("/mnt/Windows/Panther/setupact.log", "/mnt", "Windows", Role::Panther, "Windows\\Panther\\setupact.log"),
    ("/mnt/WINDOWS/panther/SetupAct.log", "/mnt", "Windows", Role::Panther, "WINDOWS\\panther\\SetupAct.log"),
    (
        "/mnt/Windows.old.000/Windows/Panther/setupact (1).log",
        "/mnt",
        "Windows.old.000",
        Role::Panther,
        "Windows.old.000\\Windows\\Panther\\setupact (1).log",
    ),
    (
        "/mnt/Windows/Panther/setupact_1.log",
        "/mnt",
        "Windows",
        Role::Panther,
        "Windows\\Panther\\setupact_1.log",
    ),
    (
        "/mnt/Windows/Panther/UnattendGC/setupact.log",
        "/mnt",
        "Windows",
        Role::UnattendGc,
        "Windows\\Panther\\UnattendGC\\setupact.log",
    ),
    (
        "/mnt/Windows/Panther/NewOs/Panther/setupact.log",
        "/mnt",
        "Windows",
        Role::NewOs,
        "Windows\\Panther\\NewOs\\Panther\\setupact.log",
    ),
    (
        "/mnt/Windows/Panther/unattend.xml",
        "/mnt",
        "Windows",
        Role::AnswerFile,
        "Windows\\Panther\\unattend.xml",
    ),
    ("/mnt/Windows/setupact.log", "/mnt", "Windows", Role::DriverLog, "Windows\\setupact.log"),
    ("/mnt/Windows/INF/setupact.log", "/mnt", "Windows", Role::DriverLog, "Windows\\INF\\setupact.log"),
    (
        "/mnt/Windows/INF/setupapi.dev.log",
        "/mnt",
        "Windows",
        Role::DeviceLog,
        "Windows\\INF\\setupapi.dev.log",
    ),
    (
        "/mnt/Windows.old/Windows/System32/config/SYSTEM",
        "/mnt",
        "Windows.old",
        Role::Hive(Hive::System),
        "Windows.old\\Windows\\System32\\config\\SYSTEM",
    ),
    ("/mnt/Users/a b/NTUSER.DAT", "/mnt", "Windows", Role::Hive(Hive::User), "Users\\a b\\NTUSER.DAT"),
    (
        "/mnt/Windows.old/Users/x/ntuser.dat",
        "/mnt",
        "Windows.old",
        Role::Hive(Hive::User),
        "Windows.old\\Users\\x\\ntuser.dat",
    ),
    (
        "/mnt/$WINDOWS.~BT/Sources/Panther/setupact.log",
        "/mnt",
        "$WINDOWS.~BT",
        Role::Panther,
        "$WINDOWS.~BT\\Sources\\Panther\\setupact.log",
    ),
    (
        "/mnt/$WINDOWS.~BT/Sources/Rollback/setupact.log",
        "/mnt",
        "$WINDOWS.~BT",
        Role::Rollback,
        "$WINDOWS.~BT\\Sources\\Rollback\\setupact.log",
    ),
    (
        "/mnt/$WINDOWS.~BT/Sources/install.esd",
        "/mnt",
        "$WINDOWS.~BT",
        Role::Image,
        "$WINDOWS.~BT\\Sources\\install.esd",
    ),
    ("/mnt/$SysReset/Logs/setupact.log", "/mnt", "$SysReset", Role::Reset, "$SysReset\\Logs\\setupact.log"),
    (
        "/mnt/MININT/SMSOSD/OSDLOGS/BDD.log",
        "/mnt",
        "Windows",
        Role::TaskSequence,
        "MININT\\SMSOSD\\OSDLOGS\\BDD.log",
    ),
    (
        "/mnt/_SMSTaskSequence/Logs/smsts.log",
        "/mnt",
        "Windows",
        Role::TaskSequence,
        "_SMSTaskSequence\\Logs\\smsts.log",
    ),
    (
        "/mnt/Windows/Setup/Scripts/SetupComplete.cmd",
        "/mnt",
        "Windows",
        Role::Script,
        "Windows\\Setup\\Scripts\\SetupComplete.cmd",
    ),
    (
        "/mnt/Windows/System32/Sysprep/Panther/setupact.log",
        "/mnt",
        "Windows",
        Role::SysprepPanther,
        "Windows\\System32\\Sysprep\\Panther\\setupact.log",
    ),
    (
        "/mnt/Windows/System32/winevt/Logs/Microsoft-Windows-VHDMP-Operational.evtx",
        "/mnt",
        "Windows",
        Role::EventLog,
        "Windows\\System32\\winevt\\Logs\\Microsoft-Windows-VHDMP-Operational.evtx",
    ),
    ("D/21H2/Sources/Install.wim", "D", "(loose)", Role::Image, "21H2\\Sources\\Install.wim"),
    // Copies that somebody put on a disk are of no system.
    (
        "/mnt/Users/x/Desktop/setupact.log",
        "/mnt",
        "(loose)",
        Role::Panther,
        "Users\\x\\Desktop\\setupact.log",
    ),
    (
        "/mnt/Windows.old/Users/x/Downloads/install.wim",
        "/mnt",
        "(loose)",
        Role::Image,
        "Windows.old\\Users\\x\\Downloads\\install.wim",
    ),
    ("Windows.old/logs/setupact.log", ".", "Windows.old", Role::Panther, "Windows.old\\logs\\setupact.log"),
    // Collectors.
    (
        "case!/uploads/auto/C%3A/Windows/Panther/setupact.log",
        "case!/uploads/auto/C%3A",
        "Windows",
        Role::Panther,
        "Windows\\Panther\\setupact.log",
    ),
    (
        "case!/uploads/auto/C%3A/%24WINDOWS.~BT/Sources/Panther/setupact.log",
        "case!/uploads/auto/C%3A",
        "$WINDOWS.~BT",
        Role::Panther,
        "$WINDOWS.~BT\\Sources\\Panther\\setupact.log",
    ),
    ("k/C_/Windows/Logs/CBS/CBS.log", "k/C_", "Windows", Role::Cbs, "Windows\\Logs\\CBS\\CBS.log"),
    ("C\\Windows\\Logs\\DISM\\dism.log", "C", "Windows", Role::Dism, "Windows\\Logs\\DISM\\dism.log"),
    // Upper folders left out.
    (
        "case/Panther/UnattendGC/setupact.log",
        "case",
        "(loose)",
        Role::UnattendGc,
        "Panther\\UnattendGC\\setupact.log",
    ),
    (
        "Windows.old.001/Panther/setupact.log",
        ".",
        "Windows.old.001",
        Role::Panther,
        "Windows.old.001\\Panther\\setupact.log",
    ),
    ("logs/MoSetup/BlueBox.log", "logs", "(loose)", Role::MoSetup, "MoSetup\\BlueBox.log"),
    ("pc1/config/SOFTWARE", "pc1", "(loose)", Role::Hive(Hive::Software), "config\\SOFTWARE"),
    // Nothing left.
    ("case/setupact (2).log", "case", "(loose)", Role::Panther, "setupact (2).log"),
    ("case/pc1-SetupAct.log.txt", "case", "(loose)", Role::Panther, "pc1-SetupAct.log.txt"),
    ("setupact.log", ".", "(loose)", Role::Panther, "setupact.log"),
    // Evidence kept on a computer that has a Windows of its own.
    (
        "C:/Users/expert/Desktop/case/Windows.old/Windows/Panther/setupact.log",
        "C:/Users/expert/Desktop/case",
        "Windows.old",
        Role::Panther,
        "Windows.old\\Windows\\Panther\\setupact.log",
    ),
    (
        "C:/Windows/Temp/case/Windows/Panther/setupact.log",
        "C:/Windows/Temp/case",
        "Windows",
        Role::Panther,
        "Windows\\Panther\\setupact.log",
    ),
];

#[test]
fn paths_say_where_files_belong() {
    for (path, root, generation, role, inside) in KNOWN {
        let Located { place, path: found, .. } = at(path).unwrap_or_else(|| panic!("{path} is not found"));
        let seen = (&*place.root, place.generation.to_string(), place.role, &*found);
        assert_eq!(seen, (*root, (*generation).to_owned(), *role, *inside), "{path}");
    }
}

#[test]
fn other_files_are_of_no_interest() {
    for path in [
        "/mnt/Windows/explorer.exe",
        "/mnt/Windows/Panther/setup.exe/x.dll",
        "/mnt/Windows/System32/winevt/Logs/Application.evtx",
        "/mnt/Program Files/Tool/dism/dism.log",
        "/mnt/Users/x/AppData/Local/Temp/unattend.xml",
        "/mnt/Windows/Containers/base.wim",
        "/mnt/Windows/System32/config/SAM",
        "case/readme.txt",
        "/",
        "",
    ] {
        assert!(at(path).is_none(), "{path}: {:?}", at(path));
    }
}

#[test]
fn what_cannot_tell_is_set_aside_with_the_reason() {
    for (path, why) in [
        ("/mnt/Windows/setupact.log", Why::DriverLog),
        ("/mnt/Windows.old/Windows/setuperr.log", Why::DriverLog),
        ("/mnt/Program Files/Tool/setupact.log", Why::Elsewhere),
        ("/mnt/Windows/Logs/PBR/Panther/setupact.log", Why::Elsewhere),
        ("/mnt/Windows/System32/Recovery/Winre.wim", Why::RecoveryImage),
        ("case/disk.E01", Why::Container),
        ("case/setupact.log.gz", Why::Container),
    ] {
        assert_eq!(at(path).and_then(|located| located.aside), Some(why), "{path}");
    }
}

#[test]
fn a_pattern_of_the_caller_marks_files() {
    let markers = ["Windows\\Temp\\Vendor_*.log", "vendor?.ini", "*.log"].map(Marker::new);
    let met = |path: &str| locate(&Trail::new(&[], path), &markers).map(|it| (it.place.role, it.markers));
    assert_eq!(met("/mnt/Windows/Temp/VENDOR_a.log"), Some((Role::Marker, vec![0, 2])));
    assert_eq!(met("/mnt/Windows.old/Windows/Temp/Vendor_a.log"), Some((Role::Marker, vec![0, 2])));
    assert_eq!(met("/mnt/x/Vendor1.ini"), Some((Role::Marker, vec![1])));
    assert_eq!(met("/mnt/Windows/Panther/setupact.log"), Some((Role::Panther, vec![2])));
    assert_eq!(met("/mnt/Temp/vendor.ini"), None);
}

#[test]
fn of_the_folders_above_a_collection_those_of_its_computer_count() {
    let kept = |path: &str| {
        let trail = Trail::new(&[], path);
        let steps = foreign_steps(&trail);
        trail.without(steps).names().join("/")
    };
    assert_eq!(kept("/evidence/Windows.old/Windows/Panther"), "windows.old/windows/panther");
    assert_eq!(kept("/evidence/Windows.old.zip"), "windows.old.zip");
    assert_eq!(kept("/mnt/c/$WINDOWS.~BT/Sources"), "$windows.~bt/sources");
    assert_eq!(kept("C:/Windows/Temp/case"), "case");
    assert_eq!(kept("C:/Windows/Panther/setupact.log"), "windows/panther/setupact.log");
    assert_eq!(kept("/home/expert/case"), "case");
    assert_eq!(kept("/"), "");
}

#[test]
fn names_of_old_systems() {
    for (name, old) in [
        ("Windows.old", true),
        ("WINDOWS.OLD.003", true),
        ("Windows.old (2)", true),
        ("windows.older", false),
    ] {
        let generation = at(&format!("{name}/Windows/Panther/setupact.log")).map(|it| it.place.generation);
        let expected = if old { Generation::Old(name.into()) } else { Generation::Live };
        assert_eq!(generation, Some(expected), "{name}");
    }
}

proptest! {
    /// Whatever is put before it, the tail of a path decides, and nothing makes it panic.
    #[test]
    fn any_path_can_be_asked(before in "[a-zA-Z$%./\\\\~é]{0,40}", tail in "(/|\\\\)[a-z.%]{0,20}") {
        let _ = at(&format!("{before}{tail}"));
        let found = at(&format!("{before}/Windows.old/Windows/Panther/setupact.log"));
        prop_assert_eq!(found.map(|it| it.place.role), Some(Role::Panther));
    }
}
