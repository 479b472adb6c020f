//! Settings in the hive `SOFTWARE`.

use super::{
    Kind, MAX_VALUES, Tells,
    files::AT_LOGON,
    hive::{Hive, Key},
    key, proxies, settings, text, value,
};

const IFEO: [&str; 2] = [
    "Microsoft\\Windows NT\\CurrentVersion\\Image File Execution Options",
    "WOW6432Node\\Microsoft\\Windows NT\\CurrentVersion\\Image File Execution Options",
];

/// Services of activation, in lower case: hooks of theirs go around it.
const ACTIVATION: [&str; 3] = ["sppextcomobj.exe", "osppsvc.exe", "sppsvc.exe"];

const RUN: [&str; 6] = [
    "Microsoft\\Windows\\CurrentVersion\\Run",
    "Microsoft\\Windows\\CurrentVersion\\RunOnce",
    "Microsoft\\Windows\\CurrentVersion\\Policies\\Explorer\\Run",
    "WOW6432Node\\Microsoft\\Windows\\CurrentVersion\\Run",
    "WOW6432Node\\Microsoft\\Windows\\CurrentVersion\\RunOnce",
    "WOW6432Node\\Microsoft\\Windows\\CurrentVersion\\Policies\\Explorer\\Run",
];

/// What Windows itself runs at logon, by name and data in lower case.
const OWN_RUN: [(&str, &str); 2] = [
    ("securityhealth", "%windir%\\system32\\securityhealthsystray.exe"),
    ("securityhealth", "%programfiles%\\windows defender\\msascuil.exe"),
];

const WINLOGON: &str = "Microsoft\\Windows NT\\CurrentVersion\\Winlogon";

/// Numbers that tell something: key, value, number, and of what.
const NUMBERS: [settings::Number; 8] = [
    ("Policies\\Microsoft\\Windows Defender", "DisableAntiSpyware", 1, Kind::DefenderOff),
    ("Policies\\Microsoft\\Windows Defender", "DisableAntiVirus", 1, Kind::DefenderOff),
    ("Microsoft\\Windows Defender", "DisableAntiSpyware", 1, Kind::DefenderOff),
    (
        "Policies\\Microsoft\\Windows Defender\\Real-Time Protection",
        "DisableRealtimeMonitoring",
        1,
        Kind::DefenderOff,
    ),
    ("Policies\\Microsoft\\Windows\\WindowsUpdate\\AU", "NoAutoUpdate", 1, Kind::UpdateOff),
    (
        "Policies\\Microsoft\\Windows\\WindowsUpdate",
        "DoNotConnectToWindowsUpdateInternetLocations",
        1,
        Kind::UpdateServer,
    ),
    ("Microsoft\\Windows\\CurrentVersion\\Policies\\System", "EnableLUA", 0, Kind::ProtectionOff),
    ("Microsoft\\Windows\\CurrentVersion\\OOBE", "BypassNRO", 1, Kind::HardwareBypass),
];

/// Texts that tell something where they are not empty.
const TEXTS: [(&str, &str, Kind); 3] = [
    ("Policies\\Microsoft\\Windows\\WindowsUpdate", "WUServer", Kind::UpdateServer),
    (
        "Microsoft\\Windows NT\\CurrentVersion\\SoftwareProtectionPlatform",
        "KeyManagementServiceName",
        Kind::ActivationServer,
    ),
    ("Microsoft\\OfficeSoftwareProtectionPlatform", "KeyManagementServiceName", Kind::ActivationServer),
];

/// Addresses at which a key management server cannot be: those of tools that go around activation.
const FALSE_SERVERS: [&str; 4] = ["10.0.0.10", "127.0.0.2", "localhost", "127.0.0.1"];

pub(super) fn look(software: &Hive, tells: &mut Tells) {
    for programs in IFEO.iter().filter_map(|path| key(software, path)) {
        for program in tells.keys("SOFTWARE", &programs) {
            debugger(&program, tells);
        }
    }
    for run in RUN.iter().filter_map(|path| key(software, path)) {
        settings::runs("SOFTWARE", &run, &OWN_RUN, tells);
    }
    if let Some(winlogon) = key(software, WINLOGON) {
        logon(&winlogon, tells);
    }
    for node in ["", "WOW6432Node\\"] {
        let Some(windows) = key(software, &format!("{node}Microsoft\\Windows NT\\CurrentVersion\\Windows"))
        else {
            continue;
        };
        settings::texts("SOFTWARE", &windows, "AppInit_DLLs", Kind::InjectedLibrary, |_| false, tells);
    }
    settings::numbers("SOFTWARE", software, &NUMBERS, tells);
    proxies::look("SOFTWARE", software, "", tells);
    servers(software, tells);
}

fn servers(software: &Hive, tells: &mut Tells) {
    for (path, name, kind) in TEXTS {
        if let Some(key) = key(software, path)
            && let Some(value) = value(&key, name)
            && let Some(said) = text(&value)
        {
            let is_false = kind == Kind::ActivationServer && FALSE_SERVERS.contains(&&*said.to_lowercase());
            let kind = if is_false { Kind::ActivationHook } else { kind };
            tells.value(kind, "SOFTWARE", &key, &value, &said);
        }
    }
}

/// What stands in place of a program, or is loaded into it, when it is started.
fn debugger(program: &Key<'_>, tells: &mut Tells) {
    // A hundred thousand keys may share one long list.
    if program.values().nth(MAX_VALUES).is_some() {
        return tells.key(Kind::CutShort, "SOFTWARE", program, "", None);
    }
    let name = program.name().to_lowercase();
    for setting in ["Debugger", "VerifierDlls"] {
        let Some(value) = value(program, setting) else { continue };
        let Some(said) = text(&value) else { continue };
        let kind = if ACTIVATION.contains(&&*name) {
            Kind::ActivationHook
        } else if AT_LOGON.contains(&&*name) {
            Kind::DebuggerAtLogon
        } else {
            Kind::Debugger
        };
        tells.value(kind, "SOFTWARE", program, &value, &said);
    }
}

fn logon(winlogon: &Key<'_>, tells: &mut Tells) {
    let is_own = |name: &str, said: &str| match name {
        "Shell" => said.eq_ignore_ascii_case("explorer.exe"),
        "Userinit" => {
            let said = said.trim_end_matches([',', ' ']).to_lowercase();
            // The drive may have another letter.
            said.get(1..) == Some(":\\windows\\system32\\userinit.exe") || said == "userinit.exe"
        }
        _ => false,
    };
    for name in ["Shell", "Userinit", "Taskman", "GinaDLL"] {
        settings::texts("SOFTWARE", winlogon, name, Kind::LogonProgram, |said| is_own(name, said), tells);
    }
    // Its length alone is looked at.
    if value(winlogon, "DefaultPassword").is_some_and(|password| password.size() > 2) {
        tells.key(Kind::Password, "SOFTWARE", winlogon, "DefaultPassword", None);
    }
}
