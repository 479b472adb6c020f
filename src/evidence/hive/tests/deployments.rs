//! What hives say of deployments.

use proptest::prelude::*;
use wimproof_testkit::{filetime, hive as kit};
use wimproof_wim::FileTime;

use super::sound;
use crate::evidence::hive::{
    Hive,
    facts::{self, Data, Found, Marker, MountedDevice},
};

const PRODUCT_KEY: &str = "ABCDE-FGHIJ-KLMNO-PQRST-UVWXY";

/// A root with one key below a path.
fn hive(path: &str, key: kit::Key) -> Hive {
    sound(&kit::Hive::new(kit::Key::new("ROOT").below(path, key)))
}

fn texts(found: &[Found<String>]) -> Vec<(String, &str)> {
    found.iter().map(|found| (found.origin.to_string(), found.value.as_str())).collect()
}

/// A key of the form of `CurrentVersion`, with secrets in it.
fn current_version(name: &str) -> kit::Key {
    kit::Key::new(name)
        .sz("ProductName", "Windows 10 Enterprise G")
        .sz("EditionID", "EnterpriseG")
        .sz("CurrentBuild", "19044")
        .dword("UBR", 1415)
        .sz("EditionSubVersion", "V2022-L.1345.000")
        .sz("EditionSubManufacturer", "")
        .sz("EditionSubstring", "神州网信政府版")
        .dword("InstallDate", 1_548_585_572)
        .qword("InstallTime", 131_930_591_728_980_553)
        .sz("RegisteredOrganization", &format!("Org with {PRODUCT_KEY}"))
        .value("DigitalProductId", 3, PRODUCT_KEY.as_bytes())
        .sz("BackupProductKeyDefault", PRODUCT_KEY)
}

#[test]
fn the_system_of_a_software_hive() {
    let hive = hive("Microsoft\\Windows NT", current_version("CurrentVersion"));
    let facts = facts::software(&hive);
    let os = &facts.os;
    assert_eq!(os.edition_id.as_ref().map(|found| found.value.as_str()), Some("EnterpriseG"));
    assert_eq!(os.ubr.as_ref().map(|found| found.value), Some(1415));
    let installed = os.install_date.as_ref().expect("a date").value.to_utc().expect("in the calendar");
    assert_eq!(installed.to_rfc3339(), "2019-01-27T10:39:32+00:00");
    assert_eq!(os.install_time.as_ref().map(|found| found.value), Some(FileTime(131_930_591_728_980_553)));
    let path = "Microsoft\\Windows NT\\CurrentVersion\\";
    assert_eq!(
        texts(&os.edition_sub),
        [
            (format!("{path}EditionSubVersion"), "V2022-L.1345.000"),
            (format!("{path}EditionSubstring"), "神州网信政府版"),
        ]
    );
    assert!(facts.problems.described().is_empty());
    let all = format!("{facts:?}");
    assert!(!all.contains("ABCDE") && all.contains("Org with *****"), "a product key came out: {all}");
}

#[test]
fn volumes_and_deployment_tools() {
    let stick = "_??_USBSTOR#Disk&Ven_X&Prod_Y&Rev_1#SERIAL&0#{53f56307-b6bf-11d0-94f2-00a0c91efb8b}ESD-USB_1806485031";
    let root = kit::Key::new("ROOT")
        .below("Microsoft\\Windows NT\\CurrentVersion\\EMDMgmt", kit::Key::new(stick))
        .below("Microsoft\\Windows NT\\CurrentVersion\\EMDMgmt", kit::Key::new("no volume"))
        .below(
            "Microsoft\\Windows Search\\VolumeInfoCache",
            kit::Key::new("D:").sz("VolumeLabel", "CCCOMA_X64"),
        )
        .below(
            "Microsoft",
            kit::Key::new("Deployment 4")
                .sz("Deployment Type", "NEWCOMPUTER")
                .sz("Admin Password", "hunter2")
                .dword("Version", 6),
        );
    let facts = facts::software(&sound(&kit::Hive::new(root)));
    assert_eq!(facts.removable.len(), 1);
    let volume = &facts.removable[0].value;
    assert_eq!((volume.label.as_str(), volume.serial), ("ESD-USB", Some(0x6bac_c627)));
    assert!(volume.device.ends_with("{53f56307-b6bf-11d0-94f2-00a0c91efb8b}"), "{volume:?}");
    assert_eq!(facts.searched[0].value.label, "CCCOMA_X64");
    assert_eq!((facts.tools.len(), facts.tools[0].tool), (1, "MDT"));
    let values: Vec<&str> = facts.tools[0].values.iter().map(|found| found.value.name.as_str()).collect();
    assert_eq!(values, ["Deployment Type", "Version"], "the password is left alone");
}

#[test]
fn markers_are_what_the_caller_names() {
    let key = current_version("CurrentVersion");
    let hive = hive("Microsoft\\Windows NT", key);
    let marker = |name: &str, value: Option<&str>| Marker {
        name: name.into(),
        key: "microsoft\\windows nt\\currentversion".into(),
        value: value.map(Into::into),
    };
    let absent = Marker { key: "Vendor\\Active".into(), ..marker("absent", None) };
    let asked = [
        marker("key", None),
        marker("edition", Some("editionsubversion")),
        marker("number", Some("UBR")),
        marker("secret", Some("DigitalProductId")),
        marker("no value", Some("Nothing")),
        absent,
    ];
    let (seen, problems) = facts::look_up(&hive, &asked);
    let seen: Vec<(&str, Option<Data>)> = seen
        .into_iter()
        .map(|seen| (asked.iter().find(|m| m.name == seen.name).expect("asked").name.as_str(), seen.data))
        .collect();
    let expected = [
        ("key", None),
        ("edition", Some(Data::Text("V2022-L.1345.000".into()))),
        ("number", Some(Data::Number(1415))),
        ("secret", Some(Data::Withheld)),
    ];
    assert_eq!(seen, expected);
    assert!(problems.described().is_empty());
}

#[test]
fn the_systems_before_this_one() {
    let setup = kit::Key::new("Setup")
        .subkey(current_version("Source OS (Updated on 5/16/2019 00:55:20)"))
        .subkey(kit::Key::new("Source OS (Updated on some day)"))
        .subkey(kit::Key::new("Status"));
    let facts = facts::system(&sound(&kit::Hive::new(kit::Key::new("ROOT").subkey(setup))));
    let stamps: Vec<Option<String>> =
        facts.source_os.iter().map(|os| os.updated.map(|stamp| stamp.local.to_string())).collect();
    assert_eq!(stamps, [Some("2019-05-16 00:55:20".to_owned()), None]);
    assert_eq!(facts.source_os[0].os.current_build.as_ref().expect("a build").value, "19044");
    assert!(!format!("{facts:?}").contains("ABCDE"));
}

#[test]
fn what_setup_left_behind() {
    let image_made = filetime(2019, 3, 19, 4, 53, 37);
    let migrated = filetime(2019, 5, 16, 8, 21, 59);
    let allow_start = [("AFD", migrated), ("SamSs", image_made + 5), ("Broker", image_made)];
    let allow_start = allow_start.iter().fold(kit::Key::new("AllowStart"), |key, (name, written)| {
        key.subkey(kit::Key::new(name).written(*written))
    });
    let timer = kit::Key::new("SetupCompleteTimer")
        .dword("StartLow", 0x5566_7788)
        .dword("StartHigh", 0x01d5_0bc0)
        .dword("StopLow", 1)
        .dword("StopHigh", 0x01d5_0bc1);
    let setup = kit::Key::new("Setup")
        .multi("CloneTag", &["Mon Mar 18 21:56:38 2019"])
        .sz("CmdLine", &format!("setup /pkey {PRODUCT_KEY}"))
        .dword("SetupType", 2)
        .below("MoSetup", kit::Key::new("Tracking").dword("InstallAttempts", 4).dword("FailureCount", 3))
        .below("MoSetup", kit::Key::new("Volatile").dword("BoxResult", 0x8007_0032))
        .below("Upgrade", kit::Key::new("PnP").sz("SourceVersion", "10.0.17134"))
        .below("Status", kit::Key::new("SysprepStatus").dword("GeneralizationState", 7))
        .below("SetupDiag", kit::Key::new("Results").sz("ProfileName", "FindAbruptDownlevelFailure"))
        .below("Timers", timer)
        .subkey(kit::Key::new("BuildUpdate").qword("SourceOSVersion", 0x000a_0000_47ba_0071))
        .subkey(kit::Key::new("FailedInstallations").dword("10.0.19041.207 (vb_release)", 4))
        .subkey(allow_start);
    let facts = facts::system(&sound(&kit::Hive::new(kit::Key::new("ROOT").subkey(setup))));
    let setup = &facts.setup;
    let tag = setup.clone_tag.as_ref().expect("a tag");
    assert_eq!(tag.value.local.to_string(), "2019-03-18 21:56:38");
    assert_eq!(tag.origin.to_string(), "Setup\\CloneTag");
    assert_eq!(setup.cmd_line.as_ref().expect("a text").value, "setup /pkey *****-*****-*****-*****-*****");
    assert_eq!(setup.source_os_version.as_ref().expect("a version").value, "10.0.18362.113");
    assert_eq!(setup.box_result.as_ref().expect("a number").value, 0x8007_0032);
    assert_eq!(setup.install_attempts.as_ref().expect("a number").value, 4);
    let failed = &setup.failed_installations[0];
    assert_eq!((failed.origin.value.as_deref(), failed.value), (Some("10.0.19041.207 (vb_release)"), 4));
    let baked = setup.baked.as_ref().expect("times");
    assert_eq!((baked.value.oldest.0, baked.value.together, baked.value.keys), (image_made, 2, 3));
    assert_eq!(baked.origin.key, "Setup\\AllowStart\\Broker");
    assert_eq!(setup.timers[0].value.start.0, 0x01d5_0bc0_5566_7788);
    assert_eq!(setup.timers[0].value.name, "SetupCompleteTimer");
    assert_eq!(texts(&setup.setup_diag)[0].0, "Setup\\SetupDiag\\Results\\ProfileName");
    assert!(facts.problems.described().is_empty(), "{:?}", facts.problems);
}

/// A root whose control set 2 is the one in use.
fn machine() -> kit::Key {
    let control = "ControlSet002\\Control";
    kit::Key::new("ROOT")
        .subkey(kit::Key::new("Select").dword("Current", 2))
        .below(
            "ControlSet001\\Control\\ComputerName",
            kit::Key::new("ComputerName").sz("ComputerName", "OLD"),
        )
        .below(&format!("{control}\\ComputerName"), kit::Key::new("ComputerName").sz("ComputerName", "PC1"))
        .below(
            control,
            kit::Key::new("TimeZoneInformation")
                .sz("TimeZoneKeyName", "China Standard Time")
                .dword("Bias", (-480_i32).cast_unsigned()),
        )
        .below(&format!("{control}\\Nls"), kit::Key::new("CodePage").sz("ACP", "936"))
}

/// A hive that has a little of all that facts are made of.
fn everything() -> kit::Hive {
    let times = "Properties\\{83da6326-97a6-4088-9453-a1923f573b29}";
    let account = kit::Key::new("S-1-5-18").value("\\Device\\HarddiskVolume4\\setup.exe", 3, &[1; 24]);
    let setup = kit::Key::new("Setup")
        .multi("CloneTag", &["Mon Mar 18 21:56:38 2019"])
        .subkey(current_version("Source OS (Updated on 5/16/2019 00:55:20)"))
        .subkey(kit::Key::new("BuildUpdate").qword("SourceOSVersion", 5))
        .subkey(kit::Key::new("FailedInstallations").dword("10.0.19041.207", 4))
        .below("Timers", kit::Key::new("T").dword("StartLow", 1).dword("StartHigh", 2))
        .below("SetupDiag", kit::Key::new("Results").sz("ProfileName", "x"))
        .below("AllowStart", kit::Key::new("AFD"));
    let root = machine()
        .subkey(setup)
        .subkey(kit::Key::new("MountedDevices").value("\\DosDevices\\C:", 3, &[1; 12]))
        .below(
            &format!("ControlSet002\\Enum\\USBSTOR\\Disk&Ven\\1&0\\{times}"),
            kit::Key::new("0064").value("", 0xffff_0010, &[1; 8]),
        )
        .below("ControlSet002\\Services\\bam\\State\\UserSettings", account)
        .below("Microsoft\\Windows NT", current_version("CurrentVersion"))
        .below("Microsoft\\Windows NT\\CurrentVersion\\EMDMgmt", kit::Key::new("X#{1}L_5"))
        .below("Microsoft", kit::Key::new("Deployment 4").dword("Version", 6));
    kit::Hive::new(root)
}

#[test]
fn a_product_key_is_masked_whatever_goes_on_behind_it() {
    let text = |behind: &str| {
        let line = format!("setup.exe /pkey {PRODUCT_KEY}{behind}");
        let setup = kit::Key::new("Setup").sz("CmdLine", &line);
        format!("{:?}", facts::system(&sound(&kit::Hive::new(kit::Key::new("ROOT").subkey(setup)))))
    };
    for behind in ["", " /quiet", "0", "00000"] {
        let facts = text(behind);
        assert!(facts.contains("setup.exe") && !facts.contains(PRODUCT_KEY), "{facts}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn flipped_bytes_cost_facts_and_never_panic(
        flips in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12),
    ) {
        let mut hive = everything().build();
        for (at, byte) in flips {
            let at = at.index(hive.len());
            hive[at] = byte;
        }
        if let Ok(hive) = Hive::open(hive, &[]) {
            let facts = format!("{:?} {:?}", facts::system(&hive), facts::software(&hive));
            prop_assert!(!facts.contains(PRODUCT_KEY));
        }
    }
}

#[test]
fn the_machine_by_the_control_set_in_use() {
    let facts = facts::system(&sound(&kit::Hive::new(machine())));
    assert_eq!(facts.control_set.expect("a control set").value, "ControlSet002");
    let name = facts.computer_name.expect("a name");
    assert_eq!(name.value, "PC1");
    assert_eq!(name.origin.to_string(), "ControlSet002\\Control\\ComputerName\\ComputerName\\ComputerName");
    assert_eq!(facts.time_zone.bias.expect("minutes").value, -480);
    assert_eq!(facts.time_zone.name.expect("a zone").value, "China Standard Time");
    assert_eq!(facts.code_page.expect("a page").value, "936");
}

#[test]
fn volumes_by_their_letters() {
    let path: Vec<u8> = "\\??\\USBSTOR#Disk".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let key = kit::Key::new("MountedDevices")
        .value("\\DosDevices\\C:", 3, &[0xae, 0x46, 0x45, 0xdf, 0, 0, 0x50, 0x1f, 0, 0, 0, 0])
        .value("\\DosDevices\\e:", 3, &[b"DMIO:ID:".as_slice(), &[1; 16]].concat())
        .value("\\??\\Volume{x}", 3, &path)
        .value("\\DosDevices\\F:", 3, &[1, 2, 3]);
    let facts = facts::system(&sound(&kit::Hive::new(kit::Key::new("ROOT").subkey(key))));
    let mounted: Vec<_> =
        facts.mounted.into_iter().map(|found| (found.value.letter, found.value.device)).collect();
    let expected = [
        (Some('C'), MountedDevice::Mbr { signature: 0xdf45_46ae, offset: 0x1f50_0000 }),
        (Some('E'), MountedDevice::Gpt(wimproof_wim::Guid([1; 16]))),
        (None, MountedDevice::Path("\\??\\USBSTOR#Disk".into())),
        (Some('F'), MountedDevice::Unknown(3)),
    ];
    assert_eq!(mounted, expected);
}

#[test]
fn devices_with_their_serial_numbers_and_times() {
    let at = filetime(2020, 3, 17, 14, 2, 38);
    let times = "Properties\\{83da6326-97a6-4088-9453-a1923f573b29}";
    let time = |name: &str| kit::Key::new(name).value("", 0xffff_0010, &at.to_le_bytes());
    let stick = kit::Key::new("0123456789AB&0")
        .sz("FriendlyName", "Stick USB Device")
        .below(times, time("0064"))
        .below(times, time("0066"));
    let old = kit::Key::new("7&1a2b3c&0").below(
        &format!("{times}\\00000065"),
        kit::Key::new("00000000").value("Data", 0xffff_0010, &at.to_le_bytes()),
    );
    let bus = "ControlSet002\\Enum";
    let root = machine()
        .below(&format!("{bus}\\USBSTOR\\Disk&Ven_A&Prod_B"), stick)
        .below(&format!("{bus}\\USBSTOR\\Disk&Ven_A&Prod_B"), old)
        .below(&format!("{bus}\\USB\\VID_0781&PID_5530"), kit::Key::new("0123456789AB"))
        .below(&format!("{bus}\\USB\\ROOT_HUB30"), kit::Key::new("5&20be2fcd&0&0"));
    let facts = facts::system(&sound(&kit::Hive::new(root)));
    let serials: Vec<_> = facts
        .devices
        .iter()
        .map(|device| (device.bus, device.id.as_str(), device.serial.as_deref()))
        .collect();
    let expected = [
        ("USBSTOR", "Disk&Ven_A&Prod_B", Some("0123456789AB")),
        ("USBSTOR", "Disk&Ven_A&Prod_B", None),
        ("USB", "VID_0781&PID_5530", Some("0123456789AB")),
    ];
    assert_eq!(serials, expected);
    let [stick, old, _] = facts.devices.as_slice() else { panic!("three devices") };
    assert_eq!(stick.friendly_name.as_ref().expect("a name").value, "Stick USB Device");
    assert_eq!(stick.times.installed.as_ref().map(|found| found.value.0), Some(at));
    assert_eq!(stick.times.arrived.as_ref().map(|found| found.value.0), Some(at));
    assert_eq!((&stick.times.first_installed, &stick.times.removed), (&None, &None));
    assert_eq!(old.times.first_installed.as_ref().map(|found| found.value.0), Some(at));
}

#[test]
fn who_ran_setup() {
    let at = filetime(2020, 12, 14, 9, 0, 0);
    let data = [at.to_le_bytes().as_slice(), &[0; 16]].concat();
    let account = kit::Key::new("S-1-5-21-1-2-3-1001")
        .dword("Version", 1)
        .value("\\Device\\HarddiskVolume4\\SETUP.EXE", 3, &data)
        .value("\\Device\\HarddiskVolume2\\Users\\u\\MediaCreationTool21H2.exe", 3, &data)
        .value("\\Device\\HarddiskVolume2\\Windows\\explorer.exe", 3, &data)
        .value("\\Device\\HarddiskVolume2\\Windows\\System32\\Dism.exe", 3, &[1, 2]);
    let root = machine().below("ControlSet002\\Services\\bam\\State\\UserSettings", account);
    let facts = facts::system(&sound(&kit::Hive::new(root)));
    let runs: Vec<_> =
        facts.runs.iter().map(|run| (run.value.program.as_str(), run.value.last_run.0)).collect();
    let expected = [
        ("\\Device\\HarddiskVolume4\\SETUP.EXE", at),
        ("\\Device\\HarddiskVolume2\\Users\\u\\MediaCreationTool21H2.exe", at),
    ];
    assert_eq!(runs, expected);
    assert_eq!(facts.runs[0].value.sid, "S-1-5-21-1-2-3-1001");
}

#[test]
fn a_broken_value_is_a_problem_and_no_more() {
    let setup =
        kit::Key::new("Setup").value("SetupType", 1, b"x\0").sz("WorkingDirectory", "C:\\Windows\\Panther");
    let facts = facts::system(&sound(&kit::Hive::new(kit::Key::new("ROOT").subkey(setup))));
    assert_eq!(facts.setup.working_directory.expect("a text").value, "C:\\Windows\\Panther");
    assert!(facts.setup.setup_type.is_none());
    let [problem] = facts.problems.described() else { panic!("one problem: {:?}", facts.problems) };
    assert_eq!(problem.key, "Setup");
    assert!(problem.error.to_string().contains("found REG_SZ, expected REG_DWORD"), "{}", problem.error);
}

#[test]
fn facts_of_a_hive_that_is_none_of_these_are_empty() {
    let hive = sound(&kit::Hive::new(kit::Key::new("ROOT").sz("Text", "text")));
    let (system, software) = (facts::system(&hive), facts::software(&hive));
    assert!(
        system.source_os.is_empty() && system.devices.is_empty() && system.problems.described().is_empty()
    );
    assert_eq!(software.os, facts::OsIdentity::default());
}

#[test]
fn facts_that_share_one_huge_text_are_cut_short() {
    let key = kit::Key::new("Results").sz("Text", &"x".repeat(500_000));
    let mut hive = kit::Hive::new(kit::Key::new("ROOT").below("Setup\\SetupDiag", key)).build();
    // The list of values of this key becomes one that names the text many times.
    let vk = (0..hive.len()).find(|at| hive[*at..].starts_with(b"vk")).expect("a value") - 4 - kit::BASE;
    let list = u32::try_from(hive.len() - kit::BASE).expect("small") + 32;
    let results = (0..hive.len()).rfind(|at| hive[*at..].starts_with(b"nk")).expect("a key");
    hive[results + 36..results + 40].copy_from_slice(&1000_u32.to_le_bytes());
    hive[results + 40..results + 44].copy_from_slice(&list.to_le_bytes());
    let mut bin = b"hbin".to_vec();
    bin.extend(u32::to_le_bytes(list - 32));
    bin.extend(8192_u32.to_le_bytes());
    bin.resize(32, 0);
    bin.extend((-8000_i32).to_le_bytes());
    bin.extend(u32::try_from(vk).expect("small").to_le_bytes().repeat(1000));
    bin.resize(8192, 0);
    hive.extend(bin);
    let bins = u32::try_from(hive.len() - kit::BASE).expect("small");
    hive[40..44].copy_from_slice(&bins.to_le_bytes());
    kit::seal(&mut hive);
    let hive = Hive::open(hive, &[]).expect("a hive");
    let facts = facts::system(&hive);
    assert!(facts.problems.is_cut_short());
    assert!(facts.setup.setup_diag.len() < 20, "{}", facts.setup.setup_diag.len());
}
