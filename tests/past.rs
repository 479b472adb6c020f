//! What an image tells of its past: whether a PC in use was captured, and who serviced it when.

use crate::{
    genuine::{Windows, findings, health, health_of, only, serious, set, windows, write},
    support::{Desk, Run},
};

fn with(change: impl FnOnce(&mut Windows)) -> Run {
    let mut windows = windows();
    change(&mut windows);
    health_of(windows)
}

const PROFILES: &str = r"Microsoft\Windows NT\CurrentVersion\ProfileList";

#[test]
fn a_captured_pc_is_told_by_what_people_left() {
    let run = with(|windows| {
        windows.file(r"Users\Public\desktop.ini", b"");
        windows.file(r"Users\Default\NTUSER.txt", b"");
        windows.file(r"Users\defaultuser0\NTUSER.txt", b"");
        windows.file(r"Users\li.lei\notes.txt", b"mine");
        windows.file(r"Users\Administrator\notes.txt", b"mine");
        windows.file(r"Windows\Panther\setupact.log", b"");
        set(&mut windows.software, &format!(r"{PROFILES}\S-1-5-18"), |key| key.dword("Flags", 12));
        set(&mut windows.software, &format!(r"{PROFILES}\S-1-5-21-1-2-3-1001"), |key| key.dword("State", 0));
        set(&mut windows.software, r"Microsoft\Cryptography", |key| key.sz("MachineGuid", "0b1c"));
        set(&mut windows.system, r"ControlSet001\Control\ComputerName\ComputerName", |key| {
            key.sz("ComputerName", "SH-LILEI-PC")
        });
        set(&mut windows.system, "Setup", |key| key.multi("CloneTag", &["Wed Jul 29 10:25:11 2020"]));
    })
    .code(0);
    let words = [
        "beside those of Windows: 2",
        "with a profile: 1",
        "a name of its own",
        "the GUID of a machine",
        r"\Windows\Panther\setupact.log",
        "generalized at Wed Jul 29 10:25:11 2020",
    ];
    only(&run, "WP3115", "warn", &words);
    for name in ["li.lei", "LILEI", "0b1c", "1001"] {
        assert!(!run.out.contains(name), "{name} in {}", run.out);
    }
}

#[test]
fn traces_without_people_are_only_told() {
    let named = |name: &str| {
        with(|windows| {
            set(&mut windows.system, r"ControlSet001\Control\ComputerName\ComputerName", |key| {
                key.sz("ComputerName", name)
            });
        })
        .code(0)
    };
    only(&named("DESKTOP-7A2B"), "WP3115", "info", &["a name of its own"]);
    for made_up in ["MINWINPC", "WIN-8GQ4T2A1B0C", "MININT-AB12"] {
        assert!(!named(made_up).rules().contains(&"WP3115".to_owned()), "{made_up}");
    }
    // Published images were generalized as well.
    let run = with(|windows| {
        set(&mut windows.system, "Setup", |key| key.multi("CloneTag", &["Mon Mar 18 21:56:38 2019"]));
    });
    assert!(!run.rules().contains(&"WP3115".to_owned()));
}

#[test]
fn profiles_are_seen_from_the_metadata() {
    let desk = Desk::bare();
    let mut used = windows();
    used.file(r"Users\li.lei\notes.txt", b"mine");
    write(&desk, "a.wim", used);
    let run = health(&desk, &["--depth", "metadata", "a.wim"]).code(0);
    only(&run, "WP3115", "warn", &["beside those of Windows: 1"]);
}

/// The id of a session at a FILETIME.
fn id(at: u64) -> String {
    format!("{}_{}", at >> 32, at & 0xFFFF_FFFF)
}

fn session(at: u64, client: &str, package: &str) -> String {
    format!(
        "<Session version=\"1.0\" id=\"{}\" client=\"{client}\" status=\"0x0\"><Tasks><Phase seq=\"1\">\
         <package id=\"{package}\" name=\"KB\" targetState=\"Installed\"/></Phase></Tasks></Session>",
        id(at)
    )
}

fn with_sessions(sessions: &[String]) -> Run {
    let xml =
        format!("<?xml version=\"1.0\" encoding=\"utf-8\"?>\r\n<Sessions>{}</Sessions>", sessions.concat());
    with(|windows| windows.file(r"Windows\servicing\Sessions\Sessions.xml", xml.as_bytes()))
}

/// What WP3116 says.
fn told(run: &Run) -> Vec<String> {
    findings(run).into_iter().filter(|(rule, ..)| rule == "WP3116").map(|(.., message)| message).collect()
}

const OWN: &str = "Package_for_RollupFix~31bf3856ad364e35~amd64~~17763.1935.1.6";

#[test]
fn the_history_of_sessions_is_told_and_held_against_the_label() {
    let may = wimproof_testkit::filetime(2021, 5, 20, 8, 0, 0);
    let sound =
        with_sessions(&[session(may, "DISM Package Manager Provider", OWN), session(may, "CbsTask", OWN)]);
    let said = told(&sound.code(0));
    assert_eq!(said.len(), 1, "{said:#?}");
    for words in ["Sessions.xml", "DISM Package Manager Provider (1), CbsTask (1)", "2021-05-20T08:00:00Z"] {
        assert!(said[0].contains(words), "{words} in {}", said[0]);
    }
    // The image claims to be finished on 2021-06-01.
    let (near, later) =
        (wimproof_testkit::filetime(2021, 6, 2, 2, 0, 0), wimproof_testkit::filetime(2022, 9, 8, 2, 0, 0));
    assert_eq!(told(&with_sessions(&[session(near, "CbsTask", OWN)])).len(), 1, "a clock may be wrong");
    let said = told(&with_sessions(&[session(later, "CbsTask", OWN), session(may, "CbsTask", OWN)]));
    assert!(
        said[1].contains("2022-09-08T02:00:00Z") && said[1].contains("2021-06-01T02:03:04Z"),
        "{said:#?}"
    );
    let said = told(&with_sessions(&[session(may, "NTLite", OWN)]));
    assert!(said[1].contains("NTLite (1), which is not known to be of Windows"), "{said:#?}");
    let other = OWN.replace("17763.1935", "19041.928");
    let said = told(&with_sessions(&[session(may, "CbsTask", &other)]));
    assert!(said[1].contains("19041.928.1.6") && said[1].contains("build 17763"), "{said:#?}");
}

#[test]
fn the_log_of_the_servicing_stack_is_read_as_well() {
    let at = wimproof_testkit::filetime(2022, 9, 8, 2, 0, 0);
    let log = format!(
        "2022-09-08 10:00:00, Info                  CBS    TI: --- Initializing Trusted Installer ---\r\n\
         2022-09-08 10:00:00, Info                  CBS    Session: {} initialized by client WindowsUpdateAgent, \
         external staging directory: (null)\r\n",
        id(at)
    );
    let run = with(|windows| windows.file(r"Windows\Logs\CBS\CBS.log", log.as_bytes())).code(0);
    let said = told(&run);
    assert!(said[0].contains("CBS.log") && said[0].contains("WindowsUpdateAgent (1)"), "{said:#?}");
    assert!(said[1].contains("2022-09-08T02:00:00Z"), "{said:#?}");
}

#[test]
fn a_history_that_is_broken_or_commands_a_terminal_does_no_harm() {
    let run = with(|windows| {
        windows.file(r"Windows\servicing\Sessions\Sessions.xml", b"<Sessions><Session client='a' id='9_'><");
        windows.file(r"Windows\Logs\CBS\CBS.log", &[0xFF; 4096]);
    })
    .code(0);
    only(&run, "WP3114", "warn", &["Sessions.xml", "expected"]);
    let run = with_sessions(&[session(1, "&#27;]0;x&#7;\u{202e}##vso[task.complete]", OWN)]);
    assert!(!run.out.contains('\u{1b}') && !run.out.contains('\u{202e}'), "{}", run.out);
    let many: Vec<String> =
        (0..3000).map(|number| session(number << 32, &format!("c{number}"), OWN)).collect();
    let said = told(&with_sessions(&many).code(0));
    assert!(said.iter().all(|message| message.len() < 1000), "{said:#?}");
    assert_eq!(serious(&with_sessions(&many)), []);
}
