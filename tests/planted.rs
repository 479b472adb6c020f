//! Whoever may write the folder of a registry plants links and pipes in it: nothing outside is touched, nobody waits.

#![cfg(unix)]

use std::{fs, os::unix::fs::symlink, path::Path, process::Command, time::Duration};

use crate::support::{Desk, cmge, one, root, verdict};

fn desk() -> Desk {
    let desk = Desk::new();
    let good = desk.wim("good.wim", &one(cmge(root())));
    desk.approve(&good);
    desk
}

#[test]
fn the_audit_record_is_no_way_to_another_file() {
    let desk = desk();
    let (own, record) = (desk.file("own.sh", b"kept"), desk.registry_dir().join("audits.jsonl"));
    let _ = fs::remove_file(&record);
    symlink(&own, &record).expect("linked");
    let run = desk.check(["good.wim"]);
    assert_eq!(verdict(&run), "approved");
    assert!(run.err.contains("not added to the audit record"), "{}", run.err);
    assert_eq!(fs::read(&own).expect("read"), b"kept");
}

#[test]
fn an_index_that_is_a_link_is_not_emptied() {
    let desk = desk();
    let (index, other) = (desk.registry_dir().join("index"), desk.path("other"));
    fs::create_dir_all(other.join("sled")).expect("made");
    fs::write(other.join("sled/data"), b"kept").expect("written");
    fs::remove_dir_all(&index).expect("removed");
    symlink(&other, &index).expect("linked");
    desk.registry(["verify"]).code(0);
    desk.registry(["revoke", "A0", "--reason", "x"]).code(0);
    assert_eq!(fs::read(other.join("sled/data")).expect("read"), b"kept");
    assert_eq!(verdict(&desk.check(["good.wim"])), "revoked");
}

#[test]
fn what_is_written_does_not_go_through_a_link() {
    let desk = desk();
    let own = desk.file("own", b"kept");
    for name in ["checkpoint.tmp", "index/stamp.tmp"] {
        let _ = fs::remove_file(desk.registry_dir().join(name));
        symlink(&own, desk.registry_dir().join(name)).expect("linked");
    }
    desk.registry(["revoke", "A0", "--reason", "x"]).code(0);
    assert_eq!(fs::read(&own).expect("read"), b"kept");
    assert!(desk.registry_dir().join("checkpoint").symlink_metadata().expect("there").is_file());
}

#[test]
fn a_pipe_keeps_nobody_waiting() {
    for name in ["checkpoint", "log.intoto.jsonl", "audits.jsonl"] {
        let desk = desk();
        pipe(&desk.registry_dir().join(name));
        let ended = ended(desk.command().args(["check", "good.wim"]));
        let expected = if name == "audits.jsonl" { 0 } else { 3 };
        assert_eq!(ended, Some(expected), "{name}");
    }
}

#[test]
fn a_pipe_in_the_index_keeps_no_writer_waiting() {
    for name in ["index/stamp", "index/lock", "index/sled/planted"] {
        let desk = desk();
        pipe(&desk.registry_dir().join(name));
        let ended = ended(desk.command().args(["registry", "revoke", "A0", "--reason", "x"]));
        assert_eq!(ended, Some(0), "{name}");
        assert_eq!(verdict(&desk.check(["good.wim"])), "revoked", "{name}");
    }
}

/// The exit code of a program that must end within 20 seconds.
pub(crate) fn ended(command: &mut Command) -> Option<i32> {
    let mut program = command.spawn().expect("started");
    let ended = (0..200).find_map(|_| {
        std::thread::sleep(Duration::from_millis(100));
        program.try_wait().expect("asked")
    });
    let _ = program.kill();
    ended.expect("it ends").code()
}

pub(crate) fn pipe(path: &Path) {
    let _ = fs::remove_file(path);
    assert!(Command::new("mkfifo").arg(path).status().expect("run").success());
}
