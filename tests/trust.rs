//! Nobody rewrites a registry unseen: trust file, last seen head, witnesses.

use std::{fs, path::Path};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde_json::Value;
use wimproof_testkit::Entry;

use crate::{
    signed::{ORIGIN, Signed},
    support::{Desk, Run, labels, one, verdict},
};

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("made");
    for entry in fs::read_dir(from).expect("a folder").filter_map(Result::ok) {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).expect("copied");
        }
    }
}

#[test]
fn a_signed_registry_approves() {
    let signed = Signed::new();
    let run = signed.check(["good.wim"]).code(0);
    assert_eq!(run.json()["registry"]["signed_by"], serde_json::json!([ORIGIN]));
    assert_eq!(signed.check(["good.wim"]).code(0).out, run.out, "the same bytes");
    assert_eq!(verdict(&signed.check(["bad.wim"]).code(1)), "revoked");
    let report = signed.registry(&["verify", "--format", "json"], &[]);
    assert_eq!(report.code, 2, "verify writes nothing, and takes no log key");
    let verify = |arguments: &[&str]| {
        let mut command = signed.desk.command();
        command.args(["registry", "verify", "--trust", "trust.toml"]).args(arguments);
        Run::from(command.output().expect("runs")).code(0)
    };
    let report = verify(&["--format", "json"]).json();
    assert_eq!(report["entries"], 3);
    assert_eq!(report["pending"], serde_json::json!([]));
    assert!(verify(&[]).out.contains("the head is signed by test.example/images"));
    for line in signed.log() {
        let envelope: Value = serde_json::from_str(&line).expect("JSON");
        let signatures = envelope["signatures"].as_array().expect("signatures");
        assert!(!signatures.is_empty());
        assert!(signatures.iter().all(|s| s["keyid"].as_str().is_some_and(|id| id.contains(".example+"))));
    }
}

#[test]
fn without_a_trust_file_signatures_are_not_looked_at_and_that_is_said() {
    let signed = Signed::new();
    let run = signed.desk.check(["good.wim", "-v"]).code(0);
    assert!(run.json()["registry"].get("signed_by").is_none());
    assert!(run.err.contains("signatures were not looked at"), "{}", run.err);
    let plain = Desk::new();
    let verified = plain.registry(["verify"]).code(0);
    assert!(verified.out.contains("it is not signed"), "{}", verified.out);
}

#[test]
fn a_signed_head_stays_signed_by_the_same_key() {
    let signed = Signed::new();
    let without = signed.desk.registry(["revoke", "A0", "--reason", "r"]).code(2);
    assert!(without.err.contains("--log-key"), "{}", without.err);
    let other = signed.desk.registry(["revoke", "A0", "--reason", "r", "--log-key", "eve.key"]).code(1);
    assert!(other.err.contains("another one"), "{}", other.err);
    let without = signed.desk.registry(["approve", "good.wim"]).code(2);
    assert!(without.err.contains("--log-key"), "{}", without.err);
    assert_eq!(signed.log().len(), 3);
}

#[test]
fn a_rewritten_log_shows() {
    let honest = Signed::new();
    let lines = honest.log();
    let edited: String = {
        let mut envelope: Value = serde_json::from_str(&lines[1]).expect("JSON");
        let payload = BASE64_STANDARD.decode(envelope["payload"].as_str().expect("text")).expect("base64");
        let payload = String::from_utf8(payload).expect("UTF-8").replace("CMGE V0-G", "CMGE V9-G");
        envelope["payload"] = BASE64_STANDARD.encode(payload).into();
        envelope.to_string()
    };
    let logs: [(&str, Vec<String>); 4] = [
        ("an edited line", vec![lines[0].clone(), edited, lines[2].clone()]),
        ("a removed revocation", lines[..2].to_vec()),
        ("another order", vec![lines[0].clone(), lines[2].clone(), lines[1].clone()]),
        ("an entry less in the middle", vec![lines[0].clone(), lines[2].clone()]),
    ];
    for (what, log) in logs {
        println!("{what}");
        // Whoever has no log key: the head of before, a head without signature, one of another key.
        let text = log.iter().flat_map(|line| [line.as_str(), "\n"]).collect::<String>();
        fs::write(honest.file("log.intoto.jsonl"), text).expect("written");
        honest.undecided(if log.len() < 3 { "WP5003" } else { "WP5004" });
        // Once nobody remembers, the signature alone must do.
        honest.forget();
        honest.rewrite(&log, None);
        honest.undecided("WP5010");
        honest.rewrite(&log, Some("eve.key"));
        honest.undecided("WP5010");
        // Whoever has the log key too is caught by who remembers.
        honest.rewrite(&lines, Some("log.key"));
        honest.check(["good.wim"]).code(0);
        honest.rewrite(&log, Some("log.key"));
        honest.undecided(if log.len() < 3 { "WP5011" } else { "WP5012" });
        honest.rewrite(&lines, Some("log.key"));
        honest.check(["good.wim"]).code(0);
    }
}

#[test]
fn an_older_or_another_log_shows() {
    let signed = Signed::new();
    let (older, newest) = (signed.desk.path("older"), signed.desk.registry_dir());
    copy(&newest, &older);
    signed.check(["good.wim"]).code(0);
    signed.registry(&["revoke", "A0", "--reason", "r"], &["li"]).code(0);
    assert_eq!(verdict(&signed.check(["good.wim"]).code(1)), "revoked");
    // The state of before, as it was signed.
    let fork = signed.desk.path("fork");
    copy(&older, &fork);
    fs::rename(&newest, signed.desk.path("newest")).expect("moved");
    fs::rename(&older, &newest).expect("moved");
    signed.undecided("WP5011");
    // The same length, another entry: signed by the log key on the side.
    fs::remove_dir_all(&newest).expect("removed");
    fs::rename(&fork, &newest).expect("moved");
    signed.desk.registry(["revoke", "A1", "--reason", "again", "--log-key", "log.key"]).code(1);
    signed
        .desk
        .registry(["approve", "good.wim", "--all", "--log-key", "log.key", "--sign-key", "li.key"])
        .code(0);
    signed.undecided("WP5012");
    // It also shows when the other log has grown beyond.
    signed.desk.registry(["revoke", "A3", "--reason", "r", "--log-key", "log.key"]).code(0);
    signed.undecided("WP5012");
    // The memory spoilt is no memory lost.
    fs::write(signed.desk.path("seen"), "x").expect("written");
    signed.undecided("WP5008");
}

#[test]
fn a_registry_that_is_not_kept_up_shows() {
    let signed = Signed::new();
    signed.trust_with("[approvers]", "max-age = \"P30D\"\n[approvers]");
    let check = |time: &str| {
        let mut command = crate::support::program();
        command.current_dir(signed.desk.path("")).args(["check", "good.wim", "--registry", "registry"]);
        command.args(["--format", "json", "--trust", "trust.toml", "--now", time]);
        Run::from(command.output().expect("runs"))
    };
    assert_eq!(verdict(&check("2026-12-20T07:00:00Z").code(0)), "approved");
    let stale = check("2026-12-21T08:00:00Z").code(3);
    assert_eq!(stale.rules(), ["WP5014"]);
    // The clock of the gate set back does not help.
    let back = check("2026-11-19T08:00:00Z").code(3);
    assert!(back.rules().contains(&"WP5016".to_owned()), "{:?}", back.rules());
    let mut refresh = crate::support::program();
    refresh.current_dir(signed.desk.path("")).args(["registry", "refresh", "--registry", "registry"]);
    refresh.args(["--trust", "trust.toml", "--log-key", "log.key", "--now", "2026-12-21T00:00:00Z"]);
    Run::from(refresh.output().expect("runs")).code(0);
    assert_eq!(verdict(&check("2026-12-21T08:00:00Z").code(0)), "approved");
}

#[test]
fn another_origin_shows() {
    let signed = Signed::new();
    let other = Desk::bare();
    other.registry(["init", "--origin", "other.example/images", "--log-key", "log.key"]).code(0);
    // The same key and a log of the same kind, under another name.
    fs::remove_dir_all(signed.desk.registry_dir()).expect("removed");
    signed.desk.registry(["init", "--origin", "other.example/images", "--log-key", "log.key"]).code(0);
    signed
        .desk
        .registry([
            "approve",
            "good.wim",
            "--all",
            "--log-key",
            "log.key",
            "--sign-key",
            "li.key",
            "--sign-key",
            "wang.key",
        ])
        .code(0);
    signed.undecided("WP5013");
    drop(other);
}

#[test]
fn witnesses_must_have_seen_an_approval() {
    let signed = Signed::new();
    let audit = signed.vkey("audit");
    signed.trust_with(
        "[approvers]",
        &format!("[witnesses]\nquorum = 2\nkeys = [\"{audit}\", \"{}\"]\n[approvers]", signed.vkey("press")),
    );
    let witness = |name: &str| {
        // A desk of its own remembers what it signed.
        let text = fs::read_to_string(signed.desk.path("trust.toml")).expect("read");
        signed
            .desk
            .file(&format!("{name}.toml"), text.replace("\"seen\"", &format!("\"{name}/seen\"")).as_bytes());
        let mut command = signed.desk.command();
        command.args([
            "registry",
            "witness",
            "--trust",
            &format!("{name}.toml"),
            "--key",
            &format!("{name}.key"),
        ]);
        Run::from(command.output().expect("runs"))
    };
    signed.undecided("WP5015");
    witness("audit").code(0);
    signed.undecided("WP5015");
    witness("press").code(0);
    let run = signed.check(["good.wim"]).code(0);
    assert_eq!(
        run.json()["registry"]["signed_by"],
        serde_json::json!([ORIGIN, "audit.example", "press.example"])
    );
    // A later approval is in force when both have seen it; a revocation counts at once.
    signed.desk.wim("new.wim", &one(labels("CMGE V3", Entry::tree_of(&[("c", b"d")]))));
    signed.approve("new.wim", &["li", "wang"]).code(0);
    signed.registry(&["revoke", "A0", "--reason", "r"], &[]).code(0);
    witness("audit").code(0);
    let run = signed.check(["new.wim"]).code(3);
    assert!(run.rules().contains(&"WP5020".to_owned()), "{}", run.out);
    assert_eq!(verdict(&signed.check(["good.wim"]).code(1)), "revoked");
    witness("press").code(0);
    assert_eq!(verdict(&signed.check(["new.wim"]).code(0)), "approved");
    // What a witness has seen shows a log that was cut, also to a gate that never saw it.
    signed.forget();
    let lines = signed.log();
    signed.rewrite(&lines[..3], Some("log.key"));
    signed.undecided("WP5011");
    // A witness signs no log that does not continue what it signed.
    let mut other = lines[..4].to_vec();
    other.push(lines[2].clone());
    signed.rewrite(&other, Some("log.key"));
    let run = witness("audit").code(3);
    assert!(run.err.contains("another log"), "{}", run.err);
    signed.undecided("WP5012");
}
