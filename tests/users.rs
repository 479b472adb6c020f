//! Settings of users: what the hives of profiles show, and what differs in them from a reference.

use wimproof_testkit::hive::{Hive, Key};

use crate::{
    genuine::{Windows, at, examine, findings, health_of, only, serious, set, windows, write},
    support::{Desk, Run},
};

const DEFAULT: &str = r"Users\Default\NTUSER.DAT";
const SETTINGS: &str = r"Software\Microsoft\Windows\CurrentVersion";

fn user(change: impl FnOnce(&mut Key)) -> Vec<u8> {
    let mut user = Key::new("ROOT");
    // As Windows has it.
    set(&mut user, &format!(r"{SETTINGS}\Run"), |key| {
        key.sz("OneDriveSetup", r"C:\Windows\SysWOW64\OneDriveSetup.exe /thfirstsetup")
    });
    set(&mut user, r"Software\Microsoft\Windows NT\CurrentVersion\Windows", |key| key.sz("Load", ""));
    set(&mut user, &format!(r"{SETTINGS}\Internet Settings"), |key| {
        key.dword("ProxyEnable", 0).sz("ProxyServer", "left.example:80")
    });
    change(&mut user);
    Hive::new(user).build()
}

fn with(path: &str, change: impl FnOnce(&mut Key)) -> Run {
    let mut windows = windows();
    windows.file(path, &user(change));
    health_of(windows)
}

fn in_default(key: &str, value: impl FnOnce(Key) -> Key) -> Run {
    with(DEFAULT, |user| set(user, key, value))
}

#[test]
fn users_as_windows_has_them_raise_nothing() {
    let run = with(DEFAULT, |_| {}).code(0);
    assert_eq!(serious(&run), []);
    assert!(!run.rules().iter().any(|rule| rule == "WP3217"), "{:?}", run.rules());
}

#[test]
fn what_runs_when_a_user_logs_on_is_seen() {
    let run = in_default(&format!(r"{SETTINGS}\RunOnce"), |key| key.sz("Helper", r"C:\helper.exe")).code(0);
    only(&run, "WP3217", "info", &[r"Default\NTUSER.DAT\Software", r"RunOnce\Helper", r"C:\helper.exe"]);
    let run = in_default("Environment", |key| key.sz("UserInitMprLogonScript", r"C:\x.cmd")).code(0);
    only(&run, "WP3217", "info", &["UserInitMprLogonScript", r"C:\x.cmd"]);
    for key in
        [r"Software\Microsoft\Windows NT\CurrentVersion\Winlogon", &format!(r"{SETTINGS}\Policies\System")]
    {
        let run = in_default(key, |key| key.sz("Shell", r"C:\kiosk.exe")).code(0);
        only(&run, "WP3218", "warn", &[r"Default\NTUSER.DAT", key, r"C:\kiosk.exe"]);
        assert_eq!(serious(&in_default(key, |key| key.sz("Shell", "Explorer.exe"))), []);
    }
}

#[test]
fn policies_of_users_are_seen() {
    let run =
        in_default(r"Software\Policies\Microsoft\Windows Defender", |key| key.dword("DisableAntiSpyware", 1));
    only(&run.code(0), "WP3213", "warn", &[r"Default\NTUSER.DAT", "DisableAntiSpyware"]);
    let run =
        in_default(&format!(r"{SETTINGS}\Policies\Attachments"), |key| key.dword("SaveZoneInformation", 1));
    only(&run.code(0), "WP3221", "warn", &["SaveZoneInformation"]);
    let run = in_default(&format!(r"{SETTINGS}\Policies\Explorer"), |key| key.dword("NoWindowsUpdate", 1));
    only(&run.code(0), "WP3215", "info", &["NoWindowsUpdate"]);
}

#[test]
fn proxies_are_seen_where_they_are_used() {
    let place = format!(r"{SETTINGS}\Internet Settings");
    let run = in_default(&place, |mut key| {
        key.values.clear();
        key.dword("ProxyEnable", 1).sz("ProxyServer", "http://me:geheim-7@proxy.example:8080")
    })
    .code(0);
    only(&run, "WP3223", "warn", &[r"Default\NTUSER.DAT", "ProxyServer", "proxy.example:8080", "sha256:"]);
    assert!(!run.out.contains("geheim"), "{}", run.out);
    let run = in_default(&place, |key| key.sz("AutoConfigURL", "http://x.example/p.pac")).code(0);
    only(&run, "WP3223", "warn", &["AutoConfigURL", "http://x.example/p.pac"]);
    let packed = |flags: u32| {
        let proxy = b"proxy.example:8080";
        let head =
            [0x28, 0, flags, u32::try_from(proxy.len()).expect("short")].map(u32::to_le_bytes).concat();
        [&head, &proxy[..], &[0; 4]].concat()
    };
    // Of services, in the hive of the machine.
    let machine = |flags: u32| {
        let mut windows = windows();
        set(
            &mut windows.software,
            r"Microsoft\Windows\CurrentVersion\Internet Settings\Connections",
            |key| key.value("WinHttpSettings", 3, &packed(flags)),
        );
        health_of(windows).code(0)
    };
    only(&machine(3), "WP3223", "warn", &[r"SOFTWARE\Microsoft", "WinHttpSettings", "proxy.example:8080"]);
    assert_eq!(serious(&machine(1)), []);
}

#[test]
fn each_hive_of_a_user_or_service_is_looked_into() {
    for (path, named) in [
        (r"Windows\System32\config\DEFAULT", r"DEFAULT\Software"),
        (r"Windows\ServiceProfiles\NetworkService\NTUSER.DAT", r"NetworkService\NTUSER.DAT\Software"),
        (r"Users\Public\NTUSER.DAT", r"Public\NTUSER.DAT\Software"),
    ] {
        let run = with(path, |user| set(user, &format!(r"{SETTINGS}\Run"), |key| key.sz("x", r"C:\x.exe")));
        only(&run.code(0), "WP3217", "info", &[named, r"C:\x.exe"]);
    }
}

#[test]
fn a_hive_that_is_none_is_said_and_many_do_not_hide_that_of_new_users() {
    let mut broken = windows();
    broken.file(DEFAULT, b"regf and nothing else");
    only(&health_of(broken).code(0), "WP3114", "warn", &[r"\Users\Default\NTUSER.DAT"]);
    let mut many = windows();
    for number in 0..40 {
        many.file(&format!(r"Users\A{number:02}\NTUSER.DAT"), &user(|_| {}));
    }
    many.file(DEFAULT, &user(|user| set(user, &format!(r"{SETTINGS}\Run"), |key| key.sz("x", r"C:\x.exe"))));
    let run = health_of(many).code(0);
    let found = findings(&run);
    let told = |rule: &str, words: &str| found.iter().any(|(id, _, told)| id == rule && told.contains(words));
    assert!(told("WP3217", r"Default\NTUSER.DAT") && told("WP3114", r"NTUSER.DAT"), "{found:#?}");
}

/// The twin differs in one value of the hive of new users, and in nothing else.
#[test]
fn one_value_of_new_users_is_named_beside_a_reference() {
    let desk = Desk::bare();
    let image = |shell: &str| -> Windows {
        let mut windows = windows();
        let hive = user(|user| {
            let desktop = at(user, r"Control Panel\Desktop");
            *desktop = desktop.clone().sz("SCRNSAVE.EXE", shell);
        });
        windows.file(DEFAULT, &hive);
        windows
    };
    write(&desk, "gold.wim", image("logon.scr"));
    write(&desk, "twin.wim", image("update.scr"));
    let run = examine(&desk, &["--reference", "gold.wim", "twin.wim"]).code(1);
    let found = serious(&run);
    let rules: Vec<&str> = found.iter().map(|(rule, ..)| rule.as_str()).collect();
    assert_eq!(rules, ["WP3233", "WP3234"], "{found:#?}");
    for words in
        [r"\Users\Default\NTUSER.DAT", r"Control Panel\Desktop", "SCRNSAVE.EXE", "logon.scr", "update.scr"]
    {
        assert!(found[0].2.contains(words), "{words} in {}", found[0].2);
    }
}
