//! Makes the registry hives of `samples/case-rogue-upgrade`; its other files come from `samples/make-case.py`.
//!
//! ```text
//! cargo run -p wimproof-testkit --example case-hives -- samples/case-rogue-upgrade
//! ```

use std::{env, fs, io, path::Path};

use wimproof_testkit::{
    filetime,
    hive::{Hive, Key},
};

const OLD_COMPUTER: &str = "CASHDESK-017";
const NEW_COMPUTER: &str = "VDI-7F3K2";
const STICK: &str = "60A5EED0C0DEF00D117A0042";
const STICK_VOLUME: u32 = 0x5eed_2c19;
const VENDOR: &str = "神州网信技术有限公司";

/// The system of a generation, as its hives describe it.
struct System {
    product: &'static str,
    edition: &'static str,
    build: &'static str,
    revision: u32,
    release: &'static str,
    lab: &'static str,
    /// `EditionSubVersion`; images of others have none.
    site: Option<&'static str>,
    installed: u64,
}

fn main() -> io::Result<()> {
    let Some(tree) = env::args().nth(1) else {
        return Err(io::Error::other("usage: case-hives DIR"));
    };
    let (live, old) = (Path::new(&tree).to_owned(), Path::new(&tree).join("Windows.old.000"));
    save(&live, "SYSTEM", live_system())?;
    save(&live, "SOFTWARE", software(&rogue(), removable))?;
    save(&old, "SYSTEM", old_system())?;
    save(&old, "SOFTWARE", software(&v2020l(), agents))
}

fn save(root: &Path, name: &str, key: Key) -> io::Result<()> {
    let folder = root.join("Windows/System32/config");
    fs::create_dir_all(&folder)?;
    fs::write(folder.join(name), Hive::new(key).build())
}

fn v0h() -> System {
    System {
        product: "Windows 10 Enterprise G",
        edition: "EnterpriseG",
        build: "17134",
        revision: 648,
        release: "1803",
        lab: "17134.1.amd64fre.rs4_release.180410-1804",
        site: Some("V0-H.648.000"),
        installed: filetime(2019, 4, 15, 1, 22, 36),
    }
}

fn v2020l() -> System {
    System {
        product: "Windows 10 Enterprise G",
        edition: "EnterpriseG",
        build: "17763",
        revision: 1911,
        release: "1809",
        lab: "17763.1.amd64fre.rs5_release.180914-1434",
        site: Some("V2020-L.1911.000"),
        installed: filetime(2021, 12, 10, 6, 32, 1),
    }
}

fn rogue() -> System {
    System {
        product: "Windows 10 Enterprise LTSC 2019",
        edition: "EnterpriseS",
        build: "17763",
        revision: 1339,
        release: "1809",
        lab: "17763.1.amd64fre.rs5_release.180914-1434",
        site: None,
        installed: filetime(2021, 12, 14, 2, 32, 41),
    }
}

/// The values of a key `CurrentVersion`, or of one that an upgrade keeps of the system before.
fn identity(key: Key, system: &System) -> Key {
    // Seconds since 1970, in 32 bits.
    let date = (system.installed / 10_000_000 - 11_644_473_600).to_le_bytes();
    let key = key
        .sz("ProductName", system.product)
        .sz("EditionID", system.edition)
        .sz("InstallationType", "Client")
        .sz("ReleaseId", system.release)
        .sz("CurrentBuild", system.build)
        .sz("CurrentBuildNumber", system.build)
        .dword("UBR", system.revision)
        .sz("BuildLabEx", system.lab)
        .value("InstallDate", 4, &date[..4])
        .qword("InstallTime", system.installed);
    match system.site {
        Some(version) => key
            .sz("EditionSubManufacturer", VENDOR)
            .sz("EditionSubstring", "神州网信政府版")
            .sz("EditionSubVersion", version)
            .sz("RegisteredOrganization", VENDOR),
        None => key.sz("RegisteredOrganization", ""),
    }
}

fn software(system: &System, more: fn(Key) -> Key) -> Key {
    let current = more(identity(Key::new("CurrentVersion"), system));
    Key::new("ROOT").below("Microsoft\\Windows NT", current)
}

/// What the vendor's image leaves below `CurrentVersion`.
fn agents(current: Key) -> Key {
    let client = "%ProgramFiles%\\CMITActivation\\CmitClient.exe";
    current
        .below(
            "AppModel",
            Key::new("CloudExtensions").sz("excellence", "ae49ee92-e73d-4e07-8f1a-029ae58224cf"),
        )
        .subkey(Key::new("ClipSVC").sz("AltActivationClient", client))
        .subkey(Key::new("HelpAndSupport").sz("OverrideUrl", "http://support.cmgos.com/category/cmgehelp"))
}

/// The stick's volume, as `ReadyBoost` remembers it.
fn removable(current: Key) -> Key {
    let device = format!("_??_USBSTOR#Disk&Ven_Kingston&Prod_DataTraveler_3.0&Rev_PMAP#{STICK}&0#");
    let volume = format!("{device}{{53f56307-b6bf-11d0-94f2-00a0c91efb8b}}VDA_DEPLOY_{STICK_VOLUME}");
    current.below("EMDMgmt", Key::new(&volume).written(filetime(2021, 12, 14, 2, 41, 30)))
}

/// What hives `SYSTEM` have in common: the first control set, with name and zone of the computer.
fn control(computer: &str) -> Key {
    let control = Key::new("Control")
        .below("ComputerName", Key::new("ComputerName").sz("ComputerName", computer))
        .below("Nls", Key::new("CodePage").sz("ACP", "936"))
        .subkey(
            Key::new("TimeZoneInformation")
                .sz("TimeZoneKeyName", "China Standard Time")
                .dword("Bias", (-480_i32).cast_unsigned())
                .dword("ActiveTimeBias", (-480_i32).cast_unsigned()),
        );
    Key::new("ROOT")
        .subkey(Key::new("Select").dword("Current", 1).dword("Default", 1))
        .subkey(Key::new("ControlSet001").subkey(control))
}

/// `Setup`, with the moment at which the image was generalized: local time of the one who made it, and keys of the day.
fn setup(clone_tag: &str, born: u64) -> Key {
    let baked = |name: &str| Key::new(name).written(born);
    Key::new("Setup")
        .multi("CloneTag", &[clone_tag])
        .sz("CmdLine", "")
        .sz("WorkingDirectory", "C:\\Windows\\Panther")
        .dword("SetupType", 0)
        .dword("SystemSetupInProgress", 0)
        .subkey(Key::new("AllowStart").written(born).subkey(baked("SamSs")).subkey(baked("RpcSs")))
}

fn live_system() -> Key {
    const TIMES: &str = "Properties\\{83da6326-97a6-4088-9453-a1923f573b29}";
    const DISK: &str = "Disk&Ven_Kingston&Prod_DataTraveler_3.0&Rev_PMAP";
    let stick = Key::new(&format!("{STICK}&0"))
        .sz("FriendlyName", "Kingston DataTraveler 3.0 USB Device")
        .sz("ContainerID", "{5eed0005-44e6-5ff5-b8bd-466c762b0001}")
        .below(TIMES, seen("0064", 22))
        .below(TIMES, seen("0065", 22))
        .below(TIMES, seen("0066", 22));
    let port = Key::new(STICK).sz("LocationInformation", "Port_#0003.Hub_#0001");
    let volume = format!("_??_USBSTOR#{DISK}#{STICK}&0#{{53f56307-b6bf-11d0-94f2-00a0c91efb8b}}");
    let volume: Vec<u8> = volume.encode_utf16().flat_map(u16::to_le_bytes).collect();
    control(NEW_COMPUTER)
        .subkey(setup("Wed Jul 29 18:00:31 2020", filetime(2020, 7, 29, 10, 0, 32)))
        .subkey(drive_c().value("\\DosDevices\\D:", 3, &volume))
        .below(&format!("ControlSet001\\Enum\\USBSTOR\\{DISK}"), stick)
        .below("ControlSet001\\Enum\\USB\\VID_0951&PID_1666", port)
}

/// A property of the stick that holds a time, some seconds after 10:41 in China.
fn seen(number: &str, second: u32) -> Key {
    Key::new(number).value("", 0xffff_0010, &filetime(2021, 12, 14, 2, 41, second).to_le_bytes())
}

fn old_system() -> Key {
    // The upgrade writes the key when it has gathered the old system, in local time.
    let former = identity(Key::new("Source OS (Updated on 12/10/2021 14:28:20)"), &v0h())
        .written(filetime(2021, 12, 10, 6, 28, 20));
    let setup = setup("Fri Jan 10 09:42:17 2020", filetime(2020, 1, 10, 1, 42, 19))
        .subkey(former)
        .below("MoSetup", Key::new("Tracking").dword("InstallAttempts", 1).dword("FailureCount", 0));
    let service = Key::new("CmitUpdateAgent")
        .sz("ImagePath", "C:\\Program Files\\CmitUpdateAgent\\CmitServiceMonitor.exe");
    control(OLD_COMPUTER).subkey(setup).subkey(drive_c()).below("ControlSet001\\Services", service)
}

/// `MountedDevices`: the first partition of the disk was `C:` under all three systems.
fn drive_c() -> Key {
    let mut partition = 0x5eed_0006_u32.to_le_bytes().to_vec();
    partition.extend(0x10_0000_u64.to_le_bytes());
    Key::new("MountedDevices").value("\\DosDevices\\C:", 3, &partition)
}
