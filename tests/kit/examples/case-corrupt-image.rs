//! Makes `samples/case-corrupt-image`: two images that differ in nothing but the bytes of 94 files of components.
//!
//! `cargo run -p wimproof-testkit --example case-corrupt-image -- samples/case-corrupt-image`

#![allow(clippy::expect_used, clippy::print_stderr, reason = "a program that may fail")]

use std::{
    fs,
    path::{Path, PathBuf},
};

use sha2::{Digest as _, Sha256};
use wimproof_testkit::{
    Compression, Image, Wim,
    component_store::{self, Component, File},
    delta, filetime,
};

/// Names of components, after `Microsoft-Windows-`; file names follow from them.
const NAMES: &[&str] = &[
    "AppId",
    "AppIdentity",
    "AudioCore",
    "AuthenticationUI",
    "Authz",
    "BackgroundTransfer",
    "BCrypt",
    "Bits-Client",
    "Bluetooth-Driver",
    "BootManager",
    "BrokerInfrastructure",
    "CapabilityAccess",
    "Catsrv",
    "CertEnroll",
    "CloudStore",
    "Codeintegrity",
    "Com-Base",
    "CoreMessaging",
    "CoreUIComponents",
    "CredUI",
    "Crypt32",
    "CryptNet",
    "D3D11",
    "Dedup",
    "DeviceManagement",
    "DeviceSetup",
    "DHCP-Client",
    "DirectComposition",
    "DiskDiagnostic",
    "DNS-Client",
    "DPAPI",
    "DWM-Core",
    "DXGI",
    "EAPHost",
    "EventLog",
    "ExplorerFrame",
    "FaultRep",
    "FeatureStaging",
    "FilterManager",
    "Firewall",
    "Fonts",
    "GDI32",
    "GPSvc",
    "Hal",
    "HTTP",
    "IPHlpApi",
    "IPSec",
    "Kernel32",
    "KernelBase",
    "LSA",
    "MediaFoundation",
    "MPSSvc",
    "MSXML",
    "NDIS",
    "NetBT",
    "Netlogon",
    "NTFS",
    "Ntdll",
    "NtOsKrnl",
    "Ole32",
    "PartMgr",
    "PnpMgr",
    "Print-Spooler",
    "ProfSvc",
    "RasApi",
    "RPC-Runtime",
    "SChannel",
    "Scheduler",
    "Security-SPP",
    "SetupAPI",
    "Shell32",
    "SMBServer",
    "Storport",
    "TaskBar",
    "TCPIP",
    "Themes",
    "TimeService",
    "TPM",
    "User32",
    "UserEnv",
    "UXTheme",
    "VolMgr",
    "VSSApi",
    "WebIO",
    "WER",
    "Win32kFull",
    "WinHTTP",
    "WinInet",
    "WinLogon",
    "WinSock",
    "WinTrust",
    "WlanSvc",
    "WMI",
    "WUAEng",
    "XmlLite",
    "DeviceGuard-GroupPolicy-Settings-Extension",
    "Internet-Information-Services-Management",
];

const CORRUPT: usize = 94;
const VERSIONS: [&str; 2] = ["10.0.17763.1", "10.0.17763.1911"];

fn main() {
    let folder = PathBuf::from(std::env::args_os().nth(1).expect("a folder"));
    let mut healthy = vec![Component::servicing_stack("10.0.17763.1879")];
    healthy.extend(NAMES.iter().enumerate().map(|(number, name)| component(number, name)));
    let mut corrupt = healthy.clone();
    let mut list = String::from("component\tfile\texpected\tactual\n");
    let files = corrupt.iter_mut().skip(1).flat_map(|component| {
        let keyform = component.keyform();
        let dlls = component.files.iter_mut().filter(|file| {
            Path::new(&file.name).extension().is_some_and(|end| end == "dll") && file.listed.is_some()
        });
        dlls.map(move |file| (keyform.clone(), file)).collect::<Vec<_>>()
    });
    for (keyform, file) in files.step_by(2).take(CORRUPT) {
        let bytes = file.stored.as_mut().expect("stored");
        let middle = bytes.len() / 2;
        let expected = digest(bytes);
        bytes[middle..middle + 512].fill(0);
        let actual = digest(bytes);
        list.extend([keyform.as_str(), "\t", &file.name, "\t", &expected, "\t", &actual, "\n"]);
    }
    assert_eq!(list.lines().count(), CORRUPT + 1);
    fs::create_dir_all(&folder).expect("a folder");
    fs::write(folder.join("corrupt.tsv"), list).expect("written");
    for (name, components) in [("healthy.wim", healthy), ("corrupt.wim", corrupt)] {
        let image = Image::new("CMGE V2020-L").root(component_store::image(&components));
        let image = image.windows_version(10, 0, 17763, 1911).created(filetime(2020, 7, 29, 10, 25, 11));
        let wim = Wim::new().image(image).compression(Compression::Lzx).integrity(Some(1 << 20));
        wim.build().write(folder.join(name)).expect("written");
    }
}

/// A component with two libraries, one of them in a version that an update brought: then with differentials too.
fn component(number: usize, name: &str) -> Component {
    let version = VERSIONS[usize::from(number.is_multiple_of(3))];
    let mut component = Component::new(&format!("Microsoft-Windows-{name}"), version);
    component.compressed = !number.is_multiple_of(8);
    let stem = name.to_lowercase().replace('-', "");
    for (part, extension) in [("", "dll"), ("svc", "dll"), ("res", "mui")] {
        let file = format!("{stem}{part}.{extension}");
        let size = if extension == "mui" { 600 } else { 9_000 + number * 97 % 7_000 };
        let bytes = noise(&format!("{file} {version}"), size);
        component.files.push(File { linked: extension == "dll", ..File::sound(&file, bytes) });
        if version != VERSIONS[0] && part.is_empty() {
            for way in ["f", "r"] {
                let delta = [b"PA30".as_slice(), &noise(&format!("{way} {file}"), 300)].concat();
                let delta = delta::differential(&delta);
                component.files.push(File { listed: None, ..File::sound(&format!("{way}\\{file}"), delta) });
            }
        }
    }
    component
}

/// Bytes that no compression makes shorter, the same at every run.
fn noise(seed: &str, size: usize) -> Vec<u8> {
    let block = |number: usize| Sha256::digest(format!("{seed} {number}")).to_vec();
    let mut bytes = b"MZ".to_vec();
    bytes.extend((0..=size / 32).flat_map(block));
    bytes.truncate(size);
    bytes
}

fn digest(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}
