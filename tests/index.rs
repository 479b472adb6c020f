//! The index is disposable: no damage to it changes a verdict, no crash loses an approval.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use wimproof_testkit::{Entry, Image};

use crate::support::{Desk, cmge, labels, one, root, verdict};

/// A way to damage a file.
type Damage = Box<dyn Fn(&Path)>;

/// A way to change a log.
type Change = fn(Vec<u8>) -> Vec<u8>;

/// A registry with an approval, a revoked approval, and files that are approved, revoked and rogue.
fn desk() -> Desk {
    let desk = Desk::new();
    let good = desk.wim("good.wim", &one(cmge(root())));
    let bad = desk.wim("bad.wim", &one(labels("CMGE V0-G", Entry::tree_of(&[("a", b"b")]))));
    desk.wim("rogue.wim", &one(Image::new("rogue").root(Entry::dir(""))));
    desk.approve(&good);
    desk.approve(&bad);
    desk.registry(["revoke", "A1", "--reason", "corrupt"]).code(0);
    desk
}

/// The library's answer where the index is asked first, as it is for long logs.
#[track_caller]
fn index_answers_right(desk: &Desk, what: &str) {
    use wimproof::registry::{Key, Registry, Status};
    let registry = Registry::open(&desk.registry_dir()).expect("a registry").index_first();
    let now = "2026-11-20T08:00:00Z".parse().expect("a time");
    for (id, expected) in [(0, Status::InForce), (1, Status::Revoked)] {
        let key = Key::Approval(wimproof::registry::ApprovalId(id));
        let standings = registry.standings(&[key]).expect("an answer");
        assert_eq!(standings.iter().map(|s| s.status(now)).collect::<Vec<_>>(), [expected], "{what}: A{id}");
    }
}

#[track_caller]
fn verdicts_stand(desk: &Desk, what: &str) {
    index_answers_right(desk, what);
    for (file, expected) in [("good.wim", "approved"), ("bad.wim", "revoked"), ("rogue.wim", "rogue")] {
        let run = desk.check([file, "--no-audit"]);
        assert_eq!(verdict(&run), expected, "{what}: {file}");
        assert!(!run.err.contains("panic"), "{what}: {}", run.err);
    }
}

fn files_below(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).expect("a folder").filter_map(Result::ok) {
        let path = entry.path();
        if path.is_dir() { found.extend(files_below(&path)) } else { found.push(path) }
    }
    found.sort();
    found
}

#[test]
fn no_damage_to_the_index_changes_a_verdict() {
    let desk = desk();
    verdicts_stand(&desk, "intact");
    let index = desk.registry_dir().join("index");
    let mut ways = 0;
    // Every file of the index: cut, overwritten at many places, emptied, removed; with the stamp that guards it and
    // with one that has been made to fit.
    for path in files_below(&index) {
        let name = path.strip_prefix(&index).expect("below").to_owned();
        let mut damages: Vec<Damage> = vec![
            Box::new(|path| fs::remove_file(path).expect("removed")),
            Box::new(|path| fs::write(path, b"").expect("emptied")),
            Box::new(|path| {
                let length = fs::metadata(path).expect("a file").len();
                let file = fs::File::options().write(true).open(path).expect("opened");
                file.set_len(length / 2).expect("cut");
            }),
        ];
        for place in 0..14 {
            damages.push(Box::new(move |path| {
                let mut bytes = fs::read(path).expect("read");
                let at = bytes.len() * place / 14;
                bytes.iter_mut().skip(at).take(16).for_each(|byte| *byte = byte.wrapping_mul(31) ^ 0xA5);
                fs::write(path, bytes).expect("written");
            }));
        }
        for damage in &damages {
            if !path.exists() {
                // The last damage made the index anew under other names.
                desk.registry(["rebuild"]).code(0);
            }
            if path.exists() {
                damage(&path);
                ways += 1;
                verdicts_stand(&desk, &format!("{}, way {ways}", name.display()));
            }
        }
    }
    assert!(ways >= 60, "{ways} ways");
    fs::remove_dir_all(&index).expect("removed");
    verdicts_stand(&desk, "removed");
    fs::remove_dir_all(&index).expect("removed");
    fs::write(&index, b"a file where a folder should be").expect("written");
    verdicts_stand(&desk, "a file in its place");
}

/// The stamp keeps sled from being shown damaged files. Should it ever pass them, the rows prove themselves.
#[test]
fn a_stale_index_is_not_believed() {
    let desk = desk();
    let (index, aside) = (desk.registry_dir().join("index"), desk.path("old-index"));
    copy_dir(&index, &aside);
    let path = desk.path("good.wim");
    desk.registry(["revoke", "A0", "--reason", "found corrupt"]).code(0);
    assert_eq!(verdict(&desk.check([&path])), "revoked");
    fs::remove_dir_all(&index).expect("removed");
    copy_dir(&aside, &index);
    assert_eq!(verdict(&desk.check([&path])), "revoked");
}

fn copy_dir(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("created");
    for entry in fs::read_dir(from).expect("a folder").filter_map(Result::ok) {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_dir(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).expect("copied");
        }
    }
}

#[test]
fn a_locked_index_is_not_waited_for() {
    let desk = desk();
    let lock = fs::File::options().write(true).open(desk.registry_dir().join("index/lock")).expect("opened");
    lock.lock().expect("locked");
    verdicts_stand(&desk, "locked");
    desk.registry(["revoke", "A0", "--reason", "while locked"]).code(0);
    assert_eq!(verdict(&desk.check(["good.wim"])), "revoked");
    drop(lock);
    assert_eq!(verdict(&desk.check(["good.wim"])), "revoked");
}

#[cfg(unix)]
#[test]
fn a_read_only_registry_gates() {
    use std::os::unix::fs::PermissionsExt as _;
    let desk = desk();
    let dir = desk.registry_dir();
    let all: Vec<PathBuf> = walk(&dir);
    let set = |mode_dir, mode_file| {
        for path in &all {
            let mode = if path.is_dir() { mode_dir } else { mode_file };
            if path.exists() {
                fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("set");
            }
        }
    };
    set(0o555, 0o444);
    for (file, expected) in [("good.wim", "approved"), ("bad.wim", "revoked"), ("rogue.wim", "rogue")] {
        assert_eq!(verdict(&desk.check([file])), expected);
    }
    set(0o755, 0o644);
}

#[cfg(unix)]
fn walk(dir: &Path) -> Vec<PathBuf> {
    let mut all = vec![dir.to_owned()];
    for entry in fs::read_dir(dir).expect("a folder").filter_map(Result::ok) {
        if entry.path().is_dir() { all.extend(walk(&entry.path())) } else { all.push(entry.path()) }
    }
    all
}

#[test]
fn a_killed_writer_loses_nothing_acknowledged() {
    let desk = Desk::new();
    let facts = desk.path("facts.toml");
    fs::write(&facts, "[facts]\nname = \"an image\"\n").expect("written");
    let mut acknowledged: Vec<String> = Vec::new();
    for round in 0..200_u64 {
        let title = format!("image {round}");
        let mut command = desk.command();
        command.args(["registry", "approve", "--from-facts", "facts.toml", "--as", &title]);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("started");
        if round % 4 != 0 {
            // Somewhere between start and end; which writes it meets is up to chance.
            std::thread::sleep(Duration::from_micros(round * 137 % 9000));
            let _ = child.kill();
        }
        let output = child.wait_with_output().expect("ended");
        let out = String::from_utf8_lossy(&output.stdout).into_owned();
        if output.status.success() && out.contains("approved") {
            acknowledged.push(title);
        }
    }
    desk.registry(["verify"]).code(0);
    let export = desk.registry(["export"]).code(0).json();
    let titles: Vec<&str> =
        export.as_array().expect("a list").iter().filter_map(|a| a["title"].as_str()).collect();
    for title in &acknowledged {
        assert_eq!(titles.iter().filter(|t| *t == title).count(), 1, "{title}");
    }
    assert!(acknowledged.len() >= 50, "{} acknowledged", acknowledged.len());
}

#[test]
fn a_torn_entry_counts_for_nothing() {
    let desk = desk();
    let log = desk.registry_dir().join("log.intoto.jsonl");
    let whole = fs::read(&log).expect("read");
    let torn = [&whole[..], &whole[..whole.len() / 3]].concat();
    fs::write(&log, torn).expect("written");
    verdicts_stand(&desk, "torn");
    let verified = desk.registry(["verify", "--format", "json"]).code(0).json();
    assert!(verified["unfinished_bytes"].as_u64() > Some(0));
    desk.registry(["revoke", "A0", "--reason", "after the torn entry"]).code(0);
    assert_eq!(verdict(&desk.check(["good.wim"])), "revoked");
    assert_eq!(desk.registry(["verify", "--format", "json"]).code(0).json()["unfinished_bytes"], 0);
}

#[test]
fn a_changed_log_is_not_trusted() {
    let changes: [(&str, Change, &str); 4] = [
        ("an entry removed", |log| lines(&log)[..2].concat(), "WP5003"),
        ("entries swapped", |log| [1, 0, 2].map(|i| lines(&log)[i].clone()).concat(), "WP5004"),
        (
            "a byte changed",
            |mut log| {
                log[100] ^= 1;
                log
            },
            "WP5004",
        ),
        ("the revocation replaced", |log| [0, 1, 1].map(|i| lines(&log)[i].clone()).concat(), "WP5004"),
    ];
    for (what, change, rule) in changes {
        let desk = desk();
        let log = desk.registry_dir().join("log.intoto.jsonl");
        fs::write(&log, change(fs::read(&log).expect("read"))).expect("written");
        for file in ["good.wim", "bad.wim", "rogue.wim"] {
            let run = desk.check([file]).code(3);
            assert_eq!(run.rules(), [rule], "{what}: {file}");
        }
        desk.registry(["verify"]).code(3);
        desk.registry(["approve", "rogue.wim"]).code(3);
    }
    // With or without an index.
    let desk = desk();
    fs::write(desk.registry_dir().join("log.intoto.jsonl"), b"").expect("written");
    desk.check(["rogue.wim"]).code(3);
    fs::remove_dir_all(desk.registry_dir().join("index")).expect("removed");
    desk.check(["rogue.wim"]).code(3);
}

fn lines(log: &[u8]) -> Vec<Vec<u8>> {
    log.split_inclusive(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect()
}

#[test]
fn a_head_put_back_does_not_hide_a_revocation() {
    let desk = desk();
    let log = fs::read(desk.registry_dir().join("log.intoto.jsonl")).expect("read");
    let mut tree = wimproof::registry::Frontier::default();
    for line in &lines(&log)[..2] {
        tree.push(wimproof::registry::leaf_hash(line.trim_ascii_end()));
    }
    let root = base64::Engine::encode(&base64::prelude::BASE64_STANDARD, tree.root());
    fs::write(desk.registry_dir().join("checkpoint"), format!("test.example/images\n2\n{root}\n\n"))
        .expect("written");
    assert_eq!(desk.check(["bad.wim"]).code(3).rules(), ["WP5007"]);
    desk.registry(["verify"]).code(3);
    // Whoever may write can count the entries again; nothing is lost.
    desk.registry(["rebuild"]).code(0);
    verdicts_stand(&desk, "counted again");
}

#[test]
fn an_index_that_lies_does_not_hide_a_revocation() {
    let desk = desk();
    // The index of a registry in which the revocation never was.
    let other = Desk::new();
    for file in ["good.wim", "bad.wim"] {
        fs::copy(desk.path(file), other.path(file)).expect("copied");
        other.approve(&other.path(file));
    }
    fs::remove_dir_all(desk.registry_dir().join("index")).expect("removed");
    copy_dir(&other.registry_dir().join("index"), &desk.registry_dir().join("index"));
    // A check makes it anew unless another process holds it: the next one will.
    let agrees = (0..5).any(|_| {
        verdicts_stand(&desk, "another index");
        desk.registry(["verify"]).code(0).out.contains("the index agrees")
    });
    assert!(agrees, "made anew");
}

#[test]
fn a_lost_head_is_not_made_up() {
    let desk = desk();
    fs::remove_file(desk.registry_dir().join("checkpoint")).expect("removed");
    assert_eq!(desk.check(["good.wim"]).code(3).rules(), ["WP5008"]);
    let run = desk.registry(["init"]);
    assert_ne!(run.code, 0);
}

#[test]
fn many_gates_while_one_approves() {
    let desk = desk();
    let stop = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        let gates: Vec<_> = (0..8)
            .map(|_| {
                scope.spawn(|| {
                    let mut rounds = 0;
                    while !stop.load(std::sync::atomic::Ordering::Relaxed) || rounds < 3 {
                        verdicts_stand(&desk, "while one approves");
                        rounds += 1;
                    }
                })
            })
            .collect();
        fs::write(desk.path("facts.toml"), "[facts]\nname = \"another\"\n").expect("written");
        for i in 0..40 {
            desk.registry(["approve", "--from-facts", "facts.toml", "--as", &format!("title {i}")]).code(0);
        }
        stop.store(true, std::sync::atomic::Ordering::Relaxed);
        for gate in gates {
            gate.join().expect("answered right");
        }
    });
    let export = desk.registry(["export"]).code(0).json();
    assert_eq!(export.as_array().map(Vec::len), Some(42));
}
