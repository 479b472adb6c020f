//! What wimlib says of the same files, where it is installed: it is a second opinion, and makes files that are not ours.

use std::process::Command;

use crate::support::{Desk, cmge, has, one, root, verdict, wimlib};

#[test]
fn an_approved_image_stays_approved_through_export() {
    if !has("wimlib-imagex") {
        return;
    }
    let desk = Desk::new();
    let path = desk.wim("approved.wim", &one(cmge(root())));
    desk.approve(&path);
    desk.wim(
        "other.wim",
        &one(crate::support::labels("other", root().child(wimproof_testkit::Entry::dir("x")))),
    );
    for compression in ["none", "xpress", "lzx", "lzms"] {
        let name = format!("{compression}.wim");
        let compress = format!("--compress={compression}");
        wimlib(&desk, &["export", "other.wim", "1", &name, &compress]);
        wimlib(&desk, &["export", "approved.wim", "1", &name, "Another name", "another description"]);
        let json = desk.check([name.as_str()]).code(1).json();
        assert_eq!(json["subjects"][0]["images"][1]["verdict"], "approved", "{compression}, at index 2");
        let single = format!("single-{compression}.wim");
        wimlib(&desk, &["export", &name, "2", &single, "Third name"]);
        assert_eq!(verdict(&desk.check([single.as_str()]).code(0)), "approved", "{compression}, split off");
    }
    wimlib(&desk, &["export", "approved.wim", "1", "solid.esd", "--solid"]);
    assert_eq!(verdict(&desk.check(["solid.esd"]).code(0)), "approved");
}

#[test]
fn trees_are_those_that_wimlib_lists() {
    if !has("wimlib-imagex") {
        return;
    }
    let desk = Desk::bare();
    let path = desk.wim("a.wim", &one(cmge(root())));
    let listed = Command::new("wimlib-imagex").arg("dir").arg(&path).arg("1").output().expect("runs");
    let mut theirs: Vec<String> =
        String::from_utf8(listed.stdout).expect("UTF-8").lines().map(str::to_owned).collect();
    let json = desk.run(["inspect", "a.wim", "--tree", "--format", "json"]).code(0).json();
    let rows = json.as_array().expect("a list");
    let mut ours: Vec<String> =
        rows.iter().map(|row| row["path"].as_str().expect("a path").replace('\\', "/")).collect();
    theirs.sort();
    ours.sort();
    assert_eq!(ours, theirs);
}

#[test]
fn spoofed_claims_do_not_help() {
    if !has("wimlib-imagex") {
        return;
    }
    let desk = Desk::new();
    let path = desk.wim("approved.wim", &one(cmge(root())));
    desk.approve(&path);
    desk.wim(
        "evil.wim",
        &one(crate::support::labels("evil", root().child(wimproof_testkit::Entry::file("x", "y")))),
    );
    wimlib(&desk, &["info", "evil.wim", "1", "CMGE V2020-L", "CMGE V2020-L"]);
    assert_eq!(verdict(&desk.check(["evil.wim"]).code(1)), "impostor");
}
