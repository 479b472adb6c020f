//! What leaves the registry: tickets, signed verdicts, envelopes that others verify.

use std::{ffi::OsStr, fs};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde_json::Value;

use crate::{
    signed::{ORIGIN, Signed},
    support::{Desk, NOW, Run, verdict},
};

#[test]
fn a_ticket_is_judged_without_the_registry() {
    let signed = Signed::new();
    let ticket = |id: &str| {
        let mut command = signed.desk.command();
        command.args(["registry", "ticket", id, "--trust", "trust.toml", "-o", "good.wim.tlog-proof"]);
        Run::from(command.output().expect("runs"))
    };
    ticket("A1").code(1);
    ticket("A0").code(0);
    let text = fs::read_to_string(signed.desk.path("good.wim.tlog-proof")).expect("read");
    assert!(text.starts_with("c2sp.org/tlog-proof@v1\nextra ") && text.contains("\nindex 0\n"), "{text}");
    // A gate that has the trust file, the ticket and the image.
    let gate = Desk::bare();
    for file in ["good.wim", "bad.wim", "trust.toml", "good.wim.tlog-proof"] {
        fs::copy(signed.desk.path(file), gate.path(file)).expect("copied");
    }
    let check = |image: &str, now: &str| {
        let mut command = crate::support::program();
        command.current_dir(gate.path("")).args(["check", image, "--ticket", "good.wim.tlog-proof"]);
        command.args(["--trust", "trust.toml", "--format", "json", "--now", now]);
        Run::from(command.output().expect("runs"))
    };
    let run = check("good.wim", NOW).code(0);
    assert_eq!(verdict(&run), "approved");
    assert_eq!(run.rules(), ["WP5022"]);
    assert_eq!(run.json()["registry"]["size"], 3);
    assert_eq!(check("good.wim", NOW).code(0).out, run.out, "the same bytes");
    assert_eq!(verdict(&check("bad.wim", NOW).code(1)), "rogue");
    let trust = fs::read_to_string(gate.path("trust.toml")).expect("read");
    gate.file("trust.toml", trust.replace("[approvers]", "max-age = \"P7D\"\n[approvers]").as_bytes());
    check("good.wim", "2026-11-27T07:00:00Z").code(0);
    assert!(check("good.wim", "2026-11-28T08:00:00Z").code(3).rules().contains(&"WP5014".to_owned()));
    // Other keys, another origin.
    gate.file("trust.toml", trust.replace(&format!("origin = \"{ORIGIN}"), "origin = \"other").as_bytes());
    assert!(check("good.wim", NOW).code(3).rules().contains(&"WP5013".to_owned()));
    gate.file("trust.toml", trust.replace(&signed.vkey_of_log(), &signed.vkey("eve")).as_bytes());
    assert!(check("good.wim", NOW).code(3).rules().contains(&"WP5010".to_owned()));
    gate.file("trust.toml", trust.replace(&signed.vkey("wang"), &signed.vkey("eve")).as_bytes());
    assert!(check("good.wim", NOW).code(3).rules().contains(&"WP5018".to_owned()));
    gate.file("trust.toml", trust.as_bytes());
    // Any line of the ticket changed.
    for (number, line) in text.lines().enumerate() {
        let Some(at) = line.char_indices().map(|(at, _)| at).nth(line.chars().count() / 2) else { continue };
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        let other = if line[at..].starts_with('A') { "B" } else { "A" };
        let end = at + line[at..].chars().next().map_or(0, char::len_utf8);
        lines[number].replace_range(at..end, other);
        gate.file("good.wim.tlog-proof", (lines.join("\n") + "\n").as_bytes());
        let run = check("good.wim", NOW);
        // The line of a signature whose key is not known is passed over; the other one suffices.
        assert!(run.code == 3 || line.starts_with('\u{2014}'), "line {number}: {}", run.out);
    }
    let usage = Desk::bare();
    usage.file("t", b"x");
    assert_eq!(usage.check(["t", "--ticket", "t"]).code, 2, "a ticket needs a trust file");
}

#[test]
fn a_ticket_carries_later_signatures_and_witnesses() {
    let signed = Signed::empty(2);
    signed.trust_with(
        "[approvers]",
        &format!("[witnesses]\nquorum = 1\nkeys = [\"{}\"]\n[approvers]", signed.vkey("audit")),
    );
    signed.approve("good.wim", &["li"]).code(0);
    signed.approve("bad.wim", &["li"]).code(0);
    signed.registry(&["sign", "A0"], &["wang"]).code(0);
    let mut command = signed.desk.command();
    command.args(["registry", "witness", "--trust", "trust.toml", "--key", "audit.key"]);
    Run::from(command.output().expect("runs")).code(0);
    signed.registry(&["revoke", "A1", "--reason", "r"], &[]).code(0);
    let mut command = signed.desk.command();
    command.args(["registry", "ticket", "A0", "--trust", "trust.toml", "-o", "t"]);
    Run::from(command.output().expect("runs")).code(0);
    let run = signed.check(["good.wim", "--ticket", "t"]).code(0);
    assert_eq!(run.json()["registry"]["size"], 3, "the head that the witness signed");
}

#[test]
fn a_verdict_can_be_signed() {
    let signed = Signed::new();
    let mut command = signed.desk.command();
    command.args([
        "check",
        "good.wim",
        "--trust",
        "trust.toml",
        "--format",
        "vsa",
        "--sign-key",
        "press.key",
    ]);
    let run = Run::from(command.output().expect("runs")).code(0);
    let envelope: Value = serde_json::from_str(run.out.trim()).expect("an envelope");
    let payload = BASE64_STANDARD.decode(envelope["payload"].as_str().expect("text")).expect("base64");
    let statement: Value = serde_json::from_slice(&payload).expect("JSON");
    assert_eq!(statement["predicateType"], "https://slsa.dev/verification_summary/v1");
    let key: wimproof::signing::VerifierKey = signed.vkey("press").parse().expect("a key");
    let signature = &envelope["signatures"][0];
    assert_eq!(signature["keyid"], key.hint());
    let message = wimproof::registry::pre_authentication_encoding("application/vnd.in-toto+json", &payload);
    let bytes = BASE64_STANDARD.decode(signature["sig"].as_str().expect("text")).expect("base64");
    assert!(key.verifies(&message, &bytes));
}

/// Runs `tests/interop/dsse.py`; `None` where Python or securesystemslib is not installed.
fn securesystemslib(arguments: &[&OsStr]) -> Option<std::process::Output> {
    let python = |arguments: &[&OsStr]| std::process::Command::new("python3").args(arguments).output();
    let imports = [OsStr::new("-c"), OsStr::new("import securesystemslib.dsse, cryptography")];
    if !python(&imports).is_ok_and(|output| output.status.success()) {
        println!("skipped: no Python with securesystemslib");
        return None;
    }
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/interop/dsse.py");
    Some(python(&[&[OsStr::new(script)], arguments].concat()).expect("runs"))
}

#[test]
fn others_verify_our_envelopes_and_we_theirs() {
    let signed = Signed::empty(1);
    signed.approve("good.wim", &["li"]).code(0);
    signed.registry(&["revoke", "A0", "--reason", "r"], &["li"]).code(0);
    let log = signed.file("log.intoto.jsonl");
    let key: wimproof::signing::VerifierKey = signed.vkey("li").parse().expect("a key");
    let (hint, public) = (key.hint(), hex::encode(key.public_key()));
    let run = |command: &str, last: &str| {
        securesystemslib(&[command.as_ref(), log.as_os_str(), hint.as_ref(), last.as_ref()])
    };
    let Some(verified) = run("verify", &public) else { return };
    assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stderr));
    assert_eq!(String::from_utf8_lossy(&verified.stdout).trim(), "2");
    let other: wimproof::signing::VerifierKey = signed.vkey("eve").parse().expect("a key");
    let refused = run("verify", &hex::encode(other.public_key())).expect("is installed");
    assert!(!refused.status.success(), "another key");
    // Signed by securesystemslib with the same key.
    let secret = fs::read_to_string(signed.desk.path("li.key")).expect("read");
    let seed = BASE64_STANDARD.decode(secret.trim().splitn(5, '+').nth(4).expect("a seed")).expect("base64");
    let theirs = run("sign", &hex::encode(&seed[1..])).expect("is installed");
    assert!(theirs.status.success(), "{}", String::from_utf8_lossy(&theirs.stderr));
    let line = String::from_utf8(theirs.stdout).expect("UTF-8").trim().to_owned();
    assert_ne!(line, signed.log()[0], "written another way");
    signed.rewrite(&[line], Some("log.key"));
    signed.forget();
    assert_eq!(verdict(&signed.check(["good.wim"]).code(0)), "approved");
}
