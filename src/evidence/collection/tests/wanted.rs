//! What is missing.

use super::{folder, look};
use crate::evidence::collection::{OLD_SYSTEM_RETENTION, WantedKind, missing};

fn asked(files: &[&str]) -> Vec<(WantedKind, String)> {
    let files: Vec<_> = files.iter().map(|name| (*name, &b""[..])).collect();
    let disk = folder(&files);
    missing(&look(disk.path())).into_iter().map(|wanted| (wanted.kind, wanted.place)).collect()
}

#[test]
fn of_old_systems_alone_the_live_log_is_asked_for_first() {
    let asked = asked(&[
        "Windows.old/Windows/Panther/setupact.log",
        "WINDOWS.OLD.002/Windows/System32/config/SYSTEM",
    ]);
    assert_eq!(asked.first(), Some(&(WantedKind::LivePanther, "C:\\Windows\\Panther".into())));
    let of = |kind: WantedKind| {
        asked.iter().filter(move |it| it.0 == kind).map(|it| it.1.as_str()).collect::<Vec<_>>()
    };
    assert_eq!(of(WantedKind::OldPanther), ["C:\\Windows.old.002\\Windows\\Panther"]);
    let hives =
        ["C:\\Windows\\System32\\config\\SYSTEM", "C:\\Windows.old\\Windows\\System32\\config\\SYSTEM"];
    assert_eq!(of(WantedKind::SystemHive), hives);
    assert_eq!(of(WantedKind::Generation), ["C:\\Windows.old.000", "C:\\Windows.old.001"]);
}

#[test]
fn of_a_whole_computer_nothing_is_asked() {
    let files: Vec<String> = ["", "Windows.old/"]
        .iter()
        .flat_map(|root| {
            [
                "Panther/setupact.log",
                "System32/config/SYSTEM",
                "System32/config/SOFTWARE",
                "System32/winevt/Logs/System.evtx",
            ]
            .map(|file| format!("{root}Windows/{file}"))
        })
        .chain(["Windows/Logs/MoSetup/BlueBox.log".into(), "Windows/INF/setupapi.dev.log".into()])
        .chain(["$WINDOWS.~BT/Sources/Panther/setupact.log".into()])
        .collect();
    assert_eq!(asked(&files.iter().map(String::as_str).collect::<Vec<_>>()), []);
}

#[test]
fn what_windows_deletes_is_said_to_be_in_a_hurry() {
    let disk = folder(&[("Windows/Panther/setuperr.log", b"")]);
    let wanted = missing(&look(disk.path()));
    assert_eq!(wanted.first().map(|it| it.kind), Some(WantedKind::LivePanther), "errors alone do not answer");
    let old = wanted.iter().find(|it| it.kind == WantedKind::Generation).expect("asked for");
    assert_eq!((old.place.as_str(), old.retention), ("C:\\Windows.old", Some(OLD_SYSTEM_RETENTION)));
    assert!(wanted.iter().all(|it| !it.kind.tells().is_empty() && !it.kind.aspects().is_empty()));
}

#[test]
fn a_hostile_number_does_not_ask_for_thousands() {
    let asked = asked(&[
        "Windows.old.65535/Windows/Panther/setupact.log",
        "Windows.old.99999999999/Windows/Panther/setupact.log",
    ]);
    assert!(asked.len() < 40, "{}", asked.len());
}
