//! The index that a computer keeps of a long log: it spares reading the log, and nothing that is done to it or to the log
//! changes an answer.

use std::{
    fs,
    path::{Path, PathBuf},
};

use wimproof::registry::{ApprovalId, Error, Key, Registry, Result, Standing, Status};
use wimproof_testkit::Entry;

use crate::support::{Desk, NOW, cmge, labels, one, root};

/// A registry with an approval and a revoked one, of which an index is kept.
fn desk() -> Desk {
    let desk = Desk::new();
    for (name, image) in
        [("good.wim", cmge(root())), ("bad.wim", labels("CMGE V0-G", Entry::tree_of(&[("a", b"b")])))]
    {
        let path = desk.wim(name, &one(image));
        desk.approve(&path);
    }
    desk.registry(["revoke", "A1", "--reason", "corrupt"]).code(0);
    assert!(ask(&desk, 0).is_ok());
    assert_eq!(statuses(&desk), [Status::InForce, Status::Revoked]);
    desk
}

fn folder(desk: &Desk) -> PathBuf {
    desk.path("state/indexes/one")
}

/// A question as it is asked of a long log; also whether the index answered it.
fn asked(desk: &Desk, id: u64) -> (Result<Vec<Standing>>, bool) {
    let registry = Registry::open(&desk.registry_dir()).map(|r| r.own_index_first(folder(desk)));
    let registry = registry.expect("a registry");
    let answer = registry.standings(&[Key::Approval(ApprovalId(id))]);
    let served = registry.index_trouble().is_none();
    (answer, served)
}

fn ask(desk: &Desk, id: u64) -> Result<Vec<Standing>> {
    asked(desk, id).0
}

#[track_caller]
fn statuses(desk: &Desk) -> Vec<Status> {
    let now = NOW.parse().expect("a time");
    let status = |id| ask(desk, id).expect("an answer").first().expect("an approval").status(now);
    (0..2).map(status).collect()
}

fn log(desk: &Desk) -> PathBuf {
    desk.registry_dir().join("log.intoto.jsonl")
}

fn change(path: &Path, change: impl Fn(Vec<u8>) -> Vec<u8>) {
    fs::write(path, change(fs::read(path).expect("read"))).expect("written");
}

#[test]
fn it_serves_and_takes_what_came_since() {
    let desk = desk();
    assert!(asked(&desk, 0).1, "it is there");
    desk.registry(["revoke", "A0", "--reason", "found corrupt"]).code(0);
    let (answer, served) = asked(&desk, 0);
    assert!(answer.is_ok() && served, "it goes on from where it was");
    assert_eq!(statuses(&desk), [Status::Revoked, Status::Revoked]);
}

#[test]
fn it_is_made_anew_when_it_was_touched() {
    let desk = desk();
    let mut touched = 0;
    for entry in walkdir::WalkDir::new(folder(&desk)).into_iter().filter_map(std::result::Result::ok) {
        if entry.file_type().is_file() && entry.file_name() != "lock" {
            for cut in [0, 1, 2] {
                if entry.path().exists() {
                    change(entry.path(), |bytes| bytes.into_iter().step_by(cut + 1).take(4096).collect());
                    assert_eq!(statuses(&desk), [Status::InForce, Status::Revoked]);
                    touched += 1;
                }
            }
        }
    }
    assert!(touched >= 3, "{touched}");
}

#[test]
fn a_log_that_is_not_the_one_that_was_read_shows() {
    for (what, damage) in [
        ("cut", (|bytes| bytes[..bytes.len() / 2].to_vec()) as fn(Vec<u8>) -> Vec<u8>),
        ("an entry that is asked for", |mut bytes| {
            bytes[100] ^= 1;
            bytes
        }),
        ("more than its head says", |bytes| {
            let line = bytes.split_inclusive(|byte| *byte == b'\n').next().expect("a line").to_vec();
            [bytes, line].concat()
        }),
    ] {
        let desk = desk();
        change(&log(&desk), damage);
        assert!(ask(&desk, 0).is_err(), "{what}");
    }
}

/// Another log under the same origin, whose head counts more entries than the index does.
#[test]
fn another_log_is_not_taken_for_a_longer_one() {
    let desk = desk();
    let other = Desk::new();
    for name in ["a", "b", "c", "d"] {
        let path =
            other.wim(&format!("{name}.wim"), &one(labels(name, Entry::tree_of(&[(name, name.as_bytes())]))));
        other.approve(&path);
    }
    for file in ["log.intoto.jsonl", "checkpoint"] {
        fs::copy(other.registry_dir().join(file), desk.registry_dir().join(file)).expect("copied");
    }
    let (answer, served) = asked(&desk, 1);
    // Nobody said whom to trust, so the other log is believed; but none of what the index knew of the first.
    assert_eq!(answer.expect("an answer").first().expect("one").approval.title, "b");
    assert!(!served);
}

#[test]
fn entries_behind_the_head_are_waited_for_and_then_told() {
    let desk = desk();
    let head = fs::read(desk.registry_dir().join("checkpoint")).expect("read");
    desk.registry(["revoke", "A0", "--reason", "found corrupt"]).code(0);
    fs::write(desk.registry_dir().join("checkpoint"), head).expect("put back");
    assert!(matches!(ask(&desk, 0), Err(Error::Uncounted { .. })));
}

#[test]
fn a_list_has_pages() {
    let desk = desk();
    for name in ["a", "b", "c"] {
        let path =
            desk.wim(&format!("{name}.wim"), &one(labels(name, Entry::tree_of(&[(name, name.as_bytes())]))));
        desk.approve(&path);
    }
    let page = |arguments: &[&str]| {
        let run = desk.registry([&["list", "--format", "json"], arguments].concat()).code(0);
        let ids: Vec<String> =
            run.json().as_array().expect("a list").iter().map(|a| a["id"].to_string()).collect();
        (ids.join(" ").replace('"', ""), run.err.contains("there are more: --after"))
    };
    assert_eq!(page(&["--limit", "2"]), ("A0 A1".into(), true));
    assert_eq!(page(&["--limit", "2", "--after", "A1"]), ("A3 A4".into(), true));
    assert_eq!(page(&["--limit", "2", "--after", "A4"]), ("A5".into(), false));
    assert_eq!(page(&["--after", "A3"]), ("A4 A5".into(), false));
    assert_eq!(page(&["--limit", "1", "--status", "revoked"]), ("A1".into(), false));
    desk.registry(["list", "--limit", "0"]).code(2);
}
