//! Hives with what the readers of facts look for, and logs for them.

use wimproof_testkit::hive::{Hive, Key, List, LogEntry, new_log, old_log};

/// Cases, by the function that makes one of how, hive, first and second log.
pub(crate) fn all(case: impl Fn(u8, &[u8], &[u8], &[u8]) -> Vec<u8>) -> Vec<(&'static str, Vec<u8>)> {
    let (before, after) = (small("before"), small("after"));
    let dirty = |minor| Hive::new(small("before")).minor(minor).sequences(2, 1).build();
    let clean = Hive::new(after).minor(5).build();
    let entry = LogEntry::between(&Hive::new(before).minor(5).build(), &clean, 1);
    let first = new_log(&dirty(5), std::slice::from_ref(&entry));
    let second = new_log(&dirty(5), &[LogEntry { sequence: 2, ..entry }]);
    let pages = [[0, 1, 1, 2].to_vec(), vec![0x55; 128], [1, 1, 0, 8].to_vec(), vec![0; 512]].concat();
    let old = old_log(&dirty(3), &Hive::new(small("after")).minor(3).build());
    vec![
        ("system", case(1, &Hive::new(system()).build(), &[], &[])),
        ("software", case(1, &Hive::new(software()).build(), &[], &[])),
        ("lists", case(1, &Hive::new(lists()).build(), &[], &[])),
        ("new-logs", case(0, &dirty(5), &first, &second)),
        ("old-log", case(0, &dirty(3), &old, &[])),
        ("pages", case(3, &dirty(5), &[], &pages)),
    ]
}

fn small(text: &str) -> Key {
    Key::new("ROOT").below("Setup", Key::new("Status").sz("Value", text))
}

fn wide(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

fn system() -> Key {
    let former = Key::new("Source OS (Updated on 12/14/2021 10:21:08)")
        .sz("ProductName", "Windows 10 Enterprise G")
        .sz("EditionID", "EnterpriseG")
        .sz("CurrentBuild", "17134")
        .dword("InstallDate", 1_555_291_356)
        .qword("InstallTime", 131_997_649_560_000_000);
    let setup = Key::new("Setup")
        .sz("CmdLine", "oobe\\windeploy.exe")
        .multi("CloneTag", &["Wed Jul 29 10:00:00 2020"])
        .dword("SystemSetupInProgress", 0)
        .sz("UnattendFile", "C:\\Windows\\Panther\\unattend.xml")
        .subkey(former);
    let stick = Key::new("USBSTOR").below(
        "Disk&Ven_Kit&Prod_Stick&Rev_1.0",
        Key::new("60A5EED0&0").sz("FriendlyName", "Kit Stick").below(
            "Properties\\{83da6326-97a6-4088-9453-a1923f573b29}",
            Key::new("0064").value("", 0x10, &132_839_136_000_000_000_u64.to_le_bytes()),
        ),
    );
    let device =
        "_??_USBSTOR#Disk&Ven_Kit&Prod_Stick&Rev_1.0#60A5EED0&0#{53f56307-b6bf-11d0-94f2-00a0c91efb8b}";
    let mounted = Key::new("MountedDevices")
        .value("\\DosDevices\\C:", 3, &[1, 2, 3, 4, 0, 0, 0x10, 0, 0, 0, 0, 0])
        .value("\\DosDevices\\D:", 3, &wide(device))
        .value("\\DosDevices\\E:", 3, &[b"DMIO:ID:".as_slice(), &[7; 16]].concat());
    let control =
        Key::new("Control").below("ComputerName", Key::new("ComputerName").sz("ComputerName", "PC1")).subkey(
            Key::new("TimeZoneInformation")
                .sz("TimeZoneKeyName", "China Standard Time")
                .dword("Bias", 0xffff_fe20),
        );
    let runs = Key::new("S-1-5-21-1").value(
        "\\Device\\HarddiskVolume3\\setup.exe",
        3,
        &132_839_136_000_000_000_u64.to_le_bytes(),
    );
    let set = Key::new("ControlSet001")
        .subkey(control)
        .subkey(Key::new("Enum").subkey(stick))
        .below("Services\\bam\\State", Key::new("UserSettings").subkey(runs));
    Key::new("ROOT").subkey(setup).subkey(mounted).subkey(set).subkey(Key::new("Select").dword("Current", 1))
}

fn software() -> Key {
    let version = Key::new("CurrentVersion")
        .sz("ProductName", "Windows 10 Enterprise LTSC 2019")
        .sz("EditionID", "EnterpriseS")
        .sz("CurrentBuild", "17763")
        .sz("BuildLabEx", "17763.1.amd64fre.rs5_release.180914-1434")
        .sz("EditionSubVersion", "V2020-L")
        .dword("UBR", 1911)
        .dword("InstallDate", 1_639_447_268)
        .sz("DigitalProductId", "kept out");
    let volumes =
        Key::new("EMDMgmt").subkey(Key::new("_??_USBSTOR#Disk&Ven_Kit#60A5#{53f5}VDA_DEPLOY_1592601625"));
    let toolkit = Key::new("Deployment 4")
        .sz("Deployment Type", "NEWCOMPUTER")
        .sz("Task Sequence ID", "TS-1")
        .sz("Capture Time", "x");
    Key::new("ROOT")
        .below("Microsoft\\Windows NT", version)
        .below("Microsoft\\Windows NT\\CurrentVersion", volumes)
        .below("Microsoft", toolkit)
}

/// Every kind of list, and a value in segments.
fn lists() -> Key {
    let mut root = Key::new("ROOT").value("long", 3, &vec![0xab; 17_000]);
    for (name, kind) in [("lf", List::Lf), ("lh", List::Lh), ("li", List::Li), ("ri", List::Ri(2))] {
        root = root.subkey(
            (0..4).fold(Key::new(name).list(kind), |key, n| key.subkey(Key::new(&format!("key{n}")))),
        );
    }
    root
}
