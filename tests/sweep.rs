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
    let found = files
        .iter()
        .find(|file| file["source"].as_str().is_some_and(|source| source.replace('\\', "/").contains(name)));
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

/// Entries that were made at a lower assurance stay of that assurance, whatever was swept since.
#[test]
fn what_was_judged_by_less_is_judged_again() {
    let desk = Desk::new();
    place(&desk);
    let good = fs::read(desk.path("share/good.wim")).expect("read");
    desk.file("other/good.wim", &good);
    let sweep = |more: &[&str]| {
        let arguments = ["sweep", "--state", "state.json", "--format", "json"];
        desk.run([&arguments[..], more].concat()).code(0).json()
    };
    sweep(&["share", "other"]);
    sweep(&["share", "--assurance", "verified"]);
    let json = sweep(&["share", "other", "--assurance", "verified"]);
    assert_eq!(file(&json, "share/good.wim"), changed("unchanged", false));
    assert_eq!(file(&json, "other/good.wim"), changed("unchanged", true));
    assert!(json["files"].as_array().expect("files").iter().all(|file| file["assurance"] == "verified"));
}

#[test]
fn images_named_twice_count_once() {
    let desk = Desk::new();
    place(&desk);
    let run = desk.run(["sweep", "share", "share/deep", "--state", "state.json", "--format", "json"]).code(0);
    assert_eq!(run.json()["changes"], serde_json::json!({"appeared": 2}));
    let run = desk.run(["sweep", "share", "share/deep", "--state", "state.json", "--format", "json"]).code(0);
    assert_eq!((&run.json()["changes"]["unchanged"], &run.json()["read"]), (&2.into(), &0.into()));
}

/// Waits until a sweep is at a server that never answers, and ends the sweep there.
#[cfg(feature = "http")]
fn interrupted(desk: &Desk) -> String {
    use std::{process::Stdio, sync::mpsc, time::Duration};
    let (asked, at_server) = mpsc::channel();
    let server = crate::web_server::Server::new(move |_, _| {
        asked.send(()).expect("heard");
        std::thread::sleep(Duration::from_mins(10));
        Ok(())
    });
    let url = server.url("late.wim");
    let mut command = desk.command();
    command.args(["sweep", "share", &url, "--state", "state.json"]);
    let mut sweep = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("started");
    at_server.recv_timeout(Duration::from_mins(2)).expect("the sweep comes to the server");
    sweep.kill().expect("killed");
    sweep.wait().expect("ended");
    url
}

#[cfg(feature = "http")]
#[test]
fn an_interrupted_sweep_goes_on_where_it_stopped() {
    let desk = Desk::new();
    // One file alone: what is written after the first is certain, later ones depend on the time that writing takes.
    let good = desk.wim("share/good.wim", &one(cmge(root())));
    desk.approve(&good);
    interrupted(&desk);
    let run = sweep(&desk, &[]).code(0);
    assert!(run.err.contains("was interrupted: it goes on behind 1 files"), "{}", run.err);
    let json = run.json();
    // Nobody was told yet that it appeared.
    assert_eq!(file(&json, "good.wim"), changed("appeared", false));
    assert_eq!(json["since"], Value::Null);
    assert_eq!(file(&sweep(&desk, &[]).code(0).json(), "good.wim"), changed("unchanged", false));
    let audits = desk.run(["query", "audits", "--format", "json"]).code(0);
    assert_eq!(audits.out.matches("good.wim").count(), 1, "{}", audits.out);
    // A change that an interrupted sweep saw is told by the next one; so is an image that is not approved.
    desk.wim("share/good.wim", &one(labels("Rogue", root().child(Entry::file("x", *b"x")))));
    interrupted(&desk);
    let json = sweep(&desk, &[]).code(1).json();
    assert_eq!(file(&json, "good.wim"), changed("changed", true));
    assert_ne!(json["since"], Value::Null);
    // Another approval in between: nothing of before passes for unchanged.
    fs::write(&good, one(cmge(root())).build().bytes).expect("written");
    interrupted(&desk);
    desk.registry(["revoke", "A0", "--reason", "corrupt"]).code(0);
    let run = sweep(&desk, &[]).code(1);
    assert!(run.err.contains("another state of the registry: all files are read again"), "{}", run.err);
    assert_eq!(file(&run.json(), "good.wim"), changed("changed", true));
}

#[test]
fn a_state_that_is_none_is_told() {
    let desk = Desk::new();
    place(&desk);
    sweep(&desk, &[]).code(0);
    let good = fs::read_to_string(desk.path("state.json")).expect("written");
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    for (name, bad) in [
        ("empty", String::new()),
        ("text", "no JSON".to_owned()),
        ("cut", good[..good.len() / 2].to_owned()),
        ("list", "[]".to_owned()),
        ("deep", deep),
        ("schema", good.replace("sweep-state/v1", "sweep-state/v9")),
        ("files", r#"{"schema":"wimproof/sweep-state/v1","at":null,"scope":null,"files":[1]}"#.to_owned()),
        ("verdict", good.replace(r#""verdict":"approved""#, r#""verdict":"fine""#)),
        ("size", good.replace(r#""size":"#, r#""size":-"#)),
    ] {
        assert_ne!(bad, good, "{name}");
        desk.file("state.json", bad.as_bytes());
        let run = desk.run(["sweep", "share", "--state", "state.json"]).code(3);
        assert!(run.err.contains("state.json is no state of a sweep"), "{name}: {}", run.err);
        assert!(run.out.is_empty(), "{name}: {}", run.out);
    }
    File::create(desk.path("state.json")).and_then(|file| file.set_len(300 << 20)).expect("made");
    let run = desk.run(["sweep", "share", "--state", "state.json"]).code(3);
    assert!(run.err.contains("at most 268435456 are read"), "{}", run.err);
    let run = desk.run(["sweep", "share", "--state", "share"]).code(3);
    assert!(run.err.contains("it is not a file"), "{}", run.err);
}

/// A state says more than it can know: each of these edits would have an image pass that was not judged as is asked.
#[test]
fn an_edited_state_passes_nothing_that_it_cannot_vouch_for() {
    let desk = Desk::new();
    place(&desk);
    desk.wim("share/rogue.wim", &one(labels("Rogue", root().child(Entry::file("x", *b"x")))));
    sweep(&desk, &[]).code(1);
    let state: Value =
        serde_json::from_slice(&fs::read(desk.path("state.json")).expect("written")).expect("JSON");
    let files = state["files"].as_object().expect("files");
    let (name, mut rogue) = files.clone().into_iter().find(|(name, _)| name.contains("rogue")).expect("it");
    rogue["verdict"] = "approved".into();
    for (what, edit) in [
        ("the file alone", Value::Null),
        ("no images", serde_json::json!([])),
        ("an approval that is none", serde_json::json!("A7")),
    ] {
        match edit {
            Value::Array(_) => rogue["images"] = edit,
            Value::String(_) => {
                let image = serde_json::json!({"index": 1, "name": "Rogue", "tree": null, "verdict": "approved",
                    "approval": edit});
                rogue["images"] = serde_json::json!([image]);
            }
            _ => {}
        }
        let edited = serde_json::json!({"schema": state["schema"], "at": state["at"], "scope": state["scope"],
            "files": {&name: &rogue}});
        desk.file("state.json", edited.to_string().as_bytes());
        let json = sweep(&desk, &[]).code(1).json();
        assert!(file(&json, "rogue.wim").1, "{what}");
    }
    // Somebody else's: of another registry, or of none that is known.
    let other = Desk::new();
    place(&other);
    other.registry(["revoke", "A0", "--reason", "another"]).code(0);
    sweep(&other, &[]).code(1);
    for foreign in [
        fs::read_to_string(other.path("state.json")).expect("written"),
        serde_json::json!({"schema": state["schema"], "at": null, "scope": null,
            "files": serde_json::from_slice::<Value>(&fs::read(desk.path("state.json")).expect("there"))
                .expect("JSON")["files"]})
        .to_string(),
    ] {
        desk.file("state.json", foreign.as_bytes());
        let run = sweep(&desk, &[]).code(1);
        assert!(run.err.contains("all files are read again"), "{}", run.err);
        assert!(file(&run.json(), "good.wim").1);
    }
}

/// A desk with an approved and a rogue image in a share, and a policy.
fn under_policy(policy: &str) -> Desk {
    let desk = Desk::new();
    place(&desk);
    desk.wim("share/rogue.wim", &one(labels("Rogue", root().child(Entry::file("x", *b"x")))));
    desk.file("policy.toml", format!("version = 1\n{policy}").as_bytes());
    desk
}

#[test]
fn a_policy_lets_a_sweep_end_as_a_check() {
    let enforced = under_policy("");
    let json = sweep(&enforced, &["--policy", "policy.toml"]).code(1).json();
    assert_eq!((&json["enforced"], &json["verdict"]), (&true.into(), &"rogue".into()));
    let audited = under_policy("mode = \"audit\"\n");
    let json = sweep(&audited, &["--policy", "policy.toml"]).code(0).json();
    assert_eq!((&json["enforced"], &json["verdict"]), (&false.into(), &"rogue".into()));
    let run = audited.run(["sweep", "share", "--state", "s.json", "--policy", "policy.toml"]).code(0);
    assert!(run.out.to_lowercase().contains("audit mode"), "{}", run.out);
    // What could not be judged is no answer.
    audited.file("share/rogue.wim", b"no image");
    sweep(&audited, &["--policy", "policy.toml"]).code(3);
}

#[test]
fn what_a_site_allows_is_part_of_the_policy() {
    let desk = under_policy("");
    let policy = ["--policy", "policy.toml"];
    let health = "[require]\nassurance = \"declared\"\n[health]\nallow = \"allow.toml\"\n";
    desk.file("policy.toml", format!("version = 1\n{health}").as_bytes());
    let allow = |reason: &str| {
        let entry = format!("[[allow]]\ndigest = \"sha1:{}\"\nreason = \"{reason}\"\n", "ab".repeat(20));
        desk.file("allow.toml", entry.as_bytes());
    };
    allow("ours");
    sweep(&desk, &policy).code(1);
    assert_eq!(file(&sweep(&desk, &policy).code(1).json(), "good.wim"), changed("unchanged", false));
    allow("ours as well");
    let run = sweep(&desk, &policy).code(1);
    assert!(run.err.contains("is of another policy"), "{}", run.err);
    assert_eq!(file(&run.json(), "good.wim"), changed("unchanged", true));
}

#[test]
fn what_a_policy_lets_stand_is_not_read_again() {
    let desk = under_policy("[baseline]\nallow = true\n[require]\nassurance = \"declared\"\n");
    let policy = ["--policy", "policy.toml"];
    sweep(&desk, &policy).code(1);
    let json = sweep(&desk, &policy).code(1).json();
    assert_eq!(file(&json, "good.wim"), changed("unchanged", false));
    assert_eq!(file(&json, "rogue.wim"), changed("unchanged", true));
    // The baseline that a check made excuses in a sweep too, and is looked at each time.
    let run = desk.run(["check", "share/rogue.wim", "--format", "json", "-o", "result.json"]);
    assert_eq!(run.code, 1, "{}", run.err);
    desk.run(["policy", "baseline", "result.json", "-o", "baseline.json"]).code(0);
    let known = [&policy[..], &["--baseline", "baseline.json"]].concat();
    let json = sweep(&desk, &known).code(0).json();
    let files = json["files"].as_array().expect("files");
    let rogue = files.iter().find(|file| file["source"].as_str().is_some_and(|name| name.contains("rogue")));
    let image = &rogue.expect("swept")["images"][0];
    assert_eq!((&image["verdict"], &image["unwaived_verdict"]), (&"approved".into(), &"rogue".into()));
    // What is excused now is not approved without the baseline.
    let json = sweep(&desk, &policy).code(1).json();
    assert_eq!(file(&json, "rogue.wim"), changed("rejudged", true));
    // Another policy: all is read again.
    desk.file("policy.toml", b"version = 1\n[require]\nassurance = \"declared\"\n# edited\n");
    let run = sweep(&desk, &policy).code(1);
    assert!(run.err.contains("is of another policy"), "{}", run.err);
    assert_eq!(file(&run.json(), "good.wim"), changed("unchanged", true));
    // Approvals grow old while nothing else changes.
    desk.file(
        "policy.toml",
        b"version = 1\n[require]\nassurance = \"declared\"\n[approval]\nmax-age-days = 9\n",
    );
    sweep(&desk, &policy).code(1);
    assert_eq!(file(&sweep(&desk, &policy).code(1).json(), "good.wim"), changed("unchanged", true));
}

#[test]
fn the_glass_is_broken_for_a_sweep_on_the_record() {
    let desk = under_policy("[break-glass]\nallow = true\n");
    let glass = ["--policy", "policy.toml", "--break-glass", "outage", "--change", "CHG-1"];
    let json = sweep(&desk, &glass).code(0).json();
    assert_eq!((&json["verdict"], &json["break_glass"]["granted"]), (&"rogue".into(), &true.into()));
    let audits = fs::read_to_string(desk.registry_dir().join("audits.jsonl")).expect("audits");
    let rogue = audits.lines().rfind(|line| line.contains("rogue.wim")).expect("a record");
    assert!(rogue.contains("CHG-1") && rogue.contains("outage"), "{rogue}");
    assert_eq!(audits.lines().filter(|line| line.contains("good.wim")).count(), 1);
    // What could not be read is let through by nobody.
    desk.file("share/rogue.wim", b"no image");
    let json = sweep(&desk, &glass).code(3).json();
    assert_eq!(json["break_glass"]["granted"], false);
    let refused = under_policy("");
    sweep(&refused, &glass).code(1);
    sweep(&refused, &[&glass[2..], &["--no-audit"]].concat()).code(2);
}
