//! A sweep judges all images of a place, and tells what became of them since the last one.

use std::fs::{self, File};

use serde_json::Value;
use wimproof_testkit::{Entry, Medium};

use crate::support::{Desk, Run, cmge, labels, one, root};

/// A place with an approved image, a rogue one and a medium.
fn place(desk: &Desk) {
    let good = one(cmge(root())).build().bytes;
    desk.approve(&desk.file("share/good.wim", &good));
    desk.file("share/deep/medium.iso", &Medium::new().file("sources/install.wim", &good).build());
}

fn sweep(desk: &Desk, more: &[&str]) -> Run {
    let mut arguments = vec!["sweep", "share", "--state", "state.json", "--format", "json"];
    arguments.extend(more);
    desk.run(&arguments)
}

/// What became of a file, and whether it was read.
fn file(json: &Value, name: &str) -> (String, bool) {
    let files = json["files"].as_array().expect("files");
    let found = files.iter().find(|file| file["source"].as_str().is_some_and(|source| source.contains(name)));
    let found = found.unwrap_or_else(|| panic!("no {name} in {json}"));
    (found["change"].as_str().expect("a change").to_owned(), found["read"] == true)
}

fn changed(what: &str, read: bool) -> (String, bool) {
    (what.to_owned(), read)
}

#[test]
fn only_what_changed_is_read_again() {
    let desk = Desk::new();
    place(&desk);
    let first = sweep(&desk, &[]).code(0).json();
    assert_eq!(file(&first, "good.wim"), changed("appeared", true));
    assert_eq!(file(&first, "medium.iso!/sources/install.wim"), changed("appeared", true));
    let second = sweep(&desk, &[]).code(0).json();
    assert_eq!((&second["read"], &second["bytes_read"]), (&0.into(), &0.into()));
    assert_eq!(file(&second, "good.wim"), changed("unchanged", false));
    let full = sweep(&desk, &["--full"]).code(0).json();
    assert_eq!(file(&full, "good.wim"), changed("unchanged", true));
    // A rogue image appears in place of the good one, the medium vanishes.
    desk.wim("share/good.wim", &one(labels("Rogue", root().child(Entry::file("x", *b"x")))));
    fs::remove_file(desk.path("share/deep/medium.iso")).expect("removed");
    let third = sweep(&desk, &[]).code(1).json();
    assert_eq!(file(&third, "good.wim"), changed("changed", true));
    assert_eq!(file(&third, "medium.iso"), changed("vanished", false));
    // What is not approved is looked at each time, and does not vanish twice.
    let fourth = sweep(&desk, &[]).code(1).json();
    assert_eq!(file(&fourth, "good.wim"), changed("unchanged", true));
    assert_eq!(fourth["changes"]["vanished"], Value::Null);
}

#[test]
fn a_revocation_reaches_what_did_not_change() {
    let desk = Desk::new();
    place(&desk);
    sweep(&desk, &[]).code(0);
    desk.registry(["revoke", "A0", "--reason", "corrupt"]).code(0);
    let json = sweep(&desk, &[]).code(1).json();
    assert_eq!(file(&json, "good.wim"), changed("rejudged", true));
}

#[test]
fn an_approval_that_ran_out_reaches_what_did_not_change() {
    let desk = Desk::new();
    let good = desk.file("share/good.wim", &one(cmge(root())).build().bytes);
    desk.registry([good.to_str().expect("text")].iter().fold(vec!["approve"], |mut all, path| {
        all.extend([*path, "--not-after", "2026-12-01"]);
        all
    }))
    .code(0);
    sweep(&desk, &[]).code(0);
    // The later --now wins over that of the desk.
    let mut command = crate::support::program();
    command.arg("--registry").arg(desk.registry_dir()).current_dir(desk.path(""));
    command.args(["--now", "2026-12-02", "sweep", "share", "--state", "state.json", "--format", "json"]);
    let run: Run = command.output().expect("the program runs").into();
    let run = run.code(1);
    assert_eq!(file(&run.json(), "good.wim"), changed("rejudged", true));
}

#[test]
fn a_place_that_cannot_be_entered_has_not_vanished() {
    let desk = Desk::new();
    place(&desk);
    sweep(&desk, &[]).code(0);
    fs::rename(desk.path("share"), desk.path("away")).expect("renamed");
    let json = sweep(&desk, &[]).code(3).json();
    assert_eq!(json["changes"]["vanished"], Value::Null, "{json}");
    fs::rename(desk.path("away"), desk.path("share")).expect("renamed");
    let json = sweep(&desk, &[]).code(0).json();
    assert_eq!(file(&json, "good.wim"), changed("unchanged", false));
}

#[test]
fn a_change_that_keeps_length_and_time_is_seen_by_its_ends_or_by_reading_all() {
    let desk = Desk::new();
    place(&desk);
    let path = desk.path("share/good.wim");
    sweep(&desk, &["--assurance", "verified"]).code(0);
    let time = fs::metadata(&path).and_then(|about| about.modified()).expect("a time");
    let mut bytes = fs::read(&path).expect("read");
    // In the middle of a content: length, time and both ends stay.
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&path, &bytes).expect("written");
    File::options().write(true).open(&path).and_then(|file| file.set_modified(time)).expect("set");
    let seen_by_ends = bytes.len() <= 2 * (64 << 10);
    sweep(&desk, &["--assurance", "verified"]).code(i32::from(seen_by_ends));
    sweep(&desk, &["--assurance", "verified", "--full"]).code(1);
}

#[test]
fn forms_and_empty_places() {
    let desk = Desk::new();
    place(&desk);
    let run = desk.run(["sweep", "share", "--state", "state.json"]).code(0);
    assert!(run.out.contains("2 appeared") && run.out.contains("2 approved"), "{}", run.out);
    let run = desk.run(["sweep", "share", "--state", "state.json", "--format", "csv"]).code(0);
    assert!(run.out.starts_with("change,verdict,source"), "{}", run.out);
    desk.run(["sweep", "share", "--state", "state.json", "--format", "sarif"]).code(2);
    fs::create_dir(desk.path("empty")).expect("made");
    desk.run(["sweep", "empty", "--state", "other.json"]).code(3);
    desk.file("bad.json", b"{}");
    desk.run(["sweep", "share", "--state", "bad.json"]).code(3);
}

/// The other parts of a split set do not show in the one that stands for all.
#[test]
fn a_split_set_is_read_each_time() {
    let desk = Desk::new();
    let wim = one(cmge(root()));
    desk.approve(&desk.file("whole.wim", &wim.build().bytes));
    for (number, part) in wim.build_split(3).iter().enumerate() {
        let name = if number == 0 { "share/x.swm".to_owned() } else { format!("share/x{}.swm", number + 1) };
        desk.file(&name, &part.bytes);
    }
    sweep(&desk, &[]).code(0);
    let second = sweep(&desk, &[]).code(0).json();
    assert_eq!(file(&second, "x.swm"), changed("unchanged", true));
    fs::remove_file(desk.path("share/x3.swm")).expect("removed");
    assert_ne!(sweep(&desk, &[]).code, 0);
}
