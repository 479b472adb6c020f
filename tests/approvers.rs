//! Who may approve: keys, thresholds, later signatures, changes of keys.

use std::fs;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde_json::Value;

use crate::{
    signed::Signed,
    support::{Desk, NOW, Run, verdict},
};

#[test]
fn key_files_stay_private_and_outside() {
    let desk = Desk::bare();
    fs::create_dir(desk.registry_dir()).expect("made");
    for arguments in [
        vec!["init", "--log-key", "registry/log.key"],
        vec!["keygen", "a.example", "registry/a.key"],
        vec!["keygen", "a.example", "registry/../registry/a.key"],
    ] {
        let run = desk.registry(&arguments).code(2);
        assert!(run.err.contains("lies in the registry"), "{}", run.err);
    }
    assert_eq!(fs::read_dir(desk.registry_dir()).expect("a folder").count(), 0);
    let made = desk.registry(["init", "--log-key", "log.key"]).code(0);
    assert!(!made.out.contains("PRIVATE") && !made.err.contains("PRIVATE"));
    assert!(made.err.contains("wimproof/registry+"), "the public part, for trust files: {}", made.err);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let rights = fs::metadata(desk.path("log.key")).expect("a file").permissions().mode();
        assert_eq!(rights & 0o777, 0o600);
        fs::set_permissions(desk.path("log.key"), fs::Permissions::from_mode(0o644)).expect("set");
        let run = desk.registry(["refresh", "--log-key", "log.key"]).code(3);
        assert!(run.err.contains("others can read this key"), "{}", run.err);
    }
    let again = desk.registry(["keygen", "a.example", "log.key"]).code(1);
    assert_eq!(
        again.err,
        "error: log.key exists already, and no key is overwritten: name a new file for the key\n"
    );
    assert!(desk.registry(["keygen", "a.example", "."]).code(1).err.contains(". is a folder"));
}

#[test]
fn keys_count_once_and_only_those_that_are_trusted() {
    let cases: [(&[&str], &str); 4] =
        [(&["li"], "WP5017"), (&["li", "li"], "WP5017"), (&["li", "eve"], "WP5018"), (&[], "WP5017")];
    for (signers, rule) in cases {
        let signed = Signed::empty(2);
        signed.approve("good.wim", signers).code(0);
        let run = signed.check(["good.wim"]).code(3);
        assert_eq!(
            (verdict(&run).as_str(), run.rules().contains(&rule.to_owned())),
            ("undecided", true),
            "{signers:?}: {}",
            run.out
        );
    }
}

#[test]
fn a_key_under_two_names_counts_once() {
    let signed = Signed::empty(2);
    // The seed of Li's key under another name: another id, the same key.
    let secret = fs::read_to_string(signed.desk.path("li.key")).expect("read");
    let seed = secret.trim().splitn(5, '+').nth(4).expect("a seed").to_owned();
    let public = signed.vkey("li").splitn(3, '+').nth(2).expect("a key").to_owned();
    let bytes = BASE64_STANDARD.decode(&public).expect("base64");
    let digest: [u8; 32] = {
        use sha2::Digest as _;
        sha2::Sha256::new().chain_update("alias.example\n").chain_update(&bytes).finalize().into()
    };
    let hint = format!("alias.example+{}", hex::encode(&digest[..4]));
    let path = signed.desk.file("alias.key", format!("PRIVATE+KEY+{hint}+{seed}\n").as_bytes());
    #[cfg(unix)]
    fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o600)).expect("set");
    assert!(path.exists());
    signed.approve("good.wim", &["li", "alias"]).code(0);
    let signatures = serde_json::from_str::<Value>(&signed.log()[0]).expect("JSON")["signatures"].clone();
    assert_ne!(signatures[0]["keyid"], signatures[1]["keyid"]);
    assert!(signed.check(["good.wim"]).code(3).rules().contains(&"WP5017".to_owned()));
    // Nor does it help to have the alias in the trust file too.
    signed.trust_with("keys = [", &format!("keys = [\"{hint}+{public}\", "));
    assert!(signed.check(["good.wim"]).code(3).rules().contains(&"WP5017".to_owned()));
    // Two keys that are one cannot make two.
    signed.trust_with(&format!(", \"{}\"", signed.vkey("wang")), "");
    let run = signed.check(["good.wim"]).code(3);
    assert!(run.err.contains("only 1 different keys"), "{}", run.err);
}

#[test]
fn a_signature_moved_to_another_approval_does_not_count() {
    let signed = Signed::empty(2);
    signed.approve("good.wim", &["li", "wang"]).code(0);
    signed.approve("bad.wim", &["li"]).code(0);
    let mut lines = signed.log();
    let first: Value = serde_json::from_str(&lines[0]).expect("JSON");
    let mut second: Value = serde_json::from_str(&lines[1]).expect("JSON");
    second["signatures"] = first["signatures"].clone();
    lines[1] = second.to_string();
    signed.rewrite(&lines, Some("log.key"));
    let run = signed.check(["bad.wim"]).code(3);
    assert!(run.rules().contains(&"WP5019".to_owned()), "{}", run.out);
}

#[test]
fn an_approval_waits_for_its_second_signature() {
    let signed = Signed::empty(2);
    signed.approve("good.wim", &["li"]).code(0);
    signed.check(["good.wim"]).code(3);
    let list = |expected: &str| {
        let mut command = signed.desk.command();
        command.args(["registry", "list", "--format", "json", "--trust", "trust.toml"]);
        let run = Run::from(command.output().expect("runs")).code(0);
        assert_eq!(run.json()[0]["status"], expected);
    };
    list("pending");
    // Li's second signature is no second signature; nor is Eve's.
    signed.registry(&["sign", "A0"], &["li"]).code(0);
    signed.check(["good.wim"]).code(3);
    signed.registry(&["sign", "A0"], &["eve"]).code(0);
    signed.check(["good.wim"]).code(3);
    signed.registry(&["sign", "A0"], &[]).code(2);
    signed.registry(&["sign", "A9"], &["wang"]).code(2);
    signed.registry(&["sign", "A0"], &["wang"]).code(0);
    assert_eq!(verdict(&signed.check(["good.wim"]).code(0)), "approved");
    list("in-force");
    // The same through the index.
    let trust = wimproof::registry::Trust::read(&signed.desk.path("trust.toml")).expect("a trust file");
    let now = NOW.parse().expect("a time");
    let registry = wimproof::registry::Registry::open_trusting(&signed.desk.registry_dir(), trust, now);
    let registry = registry.expect("a registry").index_first();
    let id = wimproof::registry::ApprovalId(0);
    let standing = registry.standing_of(id).expect("found");
    assert_eq!(standing.status(now), wimproof::registry::Status::InForce);
    // A revocation needs one voice.
    signed.registry(&["revoke", "A0", "--reason", "r"], &[]).code(0);
    assert_eq!(verdict(&signed.check(["good.wim"]).code(1)), "revoked");
}

#[test]
fn keys_change_when_old_and_new_root_keys_sign() {
    let signed = Signed::new();
    signed.trust_with(
        "[approvers]",
        &format!("[root]\nthreshold = 1\nkeys = [\"{}\"]\n[approvers]", signed.vkey("root")),
    );
    let (log, li, eve, root) =
        (signed.vkey_of_log(), signed.vkey("li"), signed.vkey("eve"), signed.vkey("root"));
    // Eve takes the place of Wang, whose signature does not count from entry 1 on.
    let keys = |root: &str, withdrawn: &str| {
        let text = format!(
            "log = [\"{log}\"]\n[approvers]\nthreshold = 1\nkeys = [\"{li}\", \"{eve}\"]\n[root]\nthreshold = 1\nkeys = [\"{root}\"]\n{withdrawn}"
        );
        signed.desk.file("keys.toml", text.as_bytes());
    };
    signed.approve("good.wim", &["eve"]).code(0);
    assert!(signed.check(["good.wim"]).code(0).json()["subjects"][0]["images"][0]["approval"]["id"] == "A0");
    keys(&eve, "");
    // The new root alone, an approver, nobody: it waits.
    let run = signed.registry(&["rekey", "keys.toml"], &["eve"]).code(0);
    assert!(run.out.contains("waits"), "{}", run.out);
    signed.registry(&["sign", "A4"], &["li"]).code(0);
    signed.registry(&["revoke", "A0", "--reason", "r"], &[]).code(0);
    let again = ["approve", "good.wim", "--all", "--despite-findings"];
    signed.registry(&again, &["eve"]).code(0);
    assert_eq!(verdict(&signed.check(["good.wim"]).code(1)), "revoked");
    // The old root signs: from here on, not for what was before.
    signed.registry(&["sign", "A4"], &["root"]).code(0);
    assert_eq!(verdict(&signed.check(["good.wim"]).code(1)), "revoked");
    signed.registry(&again, &["eve"]).code(0);
    let run = signed.check(["good.wim"]).code(0);
    assert_eq!(run.json()["subjects"][0]["images"][0]["approval"]["id"], "A9");
    // Now Eve is root; she cannot be dismissed by who was before.
    keys(&root, "");
    assert!(signed.registry(&["rekey", "keys.toml"], &["root"]).code(0).out.contains("waits"));
    keys(&root, &format!("[[withdrawn]]\nkey = \"{eve}\"\nfrom = 9\n"));
    let run = signed.registry(&["rekey", "keys.toml"], &["root", "eve"]).code(0);
    assert!(run.out.contains("in effect"), "{}", run.out);
    // What she signed is withdrawn.
    assert_eq!(verdict(&signed.check(["good.wim"])), "revoked");
}

#[test]
fn a_new_log_key_takes_over_with_a_change_of_keys() {
    let signed = Signed::new();
    signed.trust_with(
        "[approvers]",
        &format!("[root]\nthreshold = 1\nkeys = [\"{}\"]\n[approvers]", signed.vkey("root")),
    );
    let text = format!(
        "log = [\"{}\"]\n[approvers]\nthreshold = 1\nkeys = [\"{}\"]\n[root]\nthreshold = 1\nkeys = [\"{}\"]\n",
        signed.vkey("press"),
        signed.vkey("li"),
        signed.vkey("root")
    );
    signed.desk.file("keys.toml", text.as_bytes());
    let rekey = |log_key: &str| {
        let mut command = signed.desk.command();
        command.args([
            "registry",
            "rekey",
            "keys.toml",
            "--trust",
            "trust.toml",
            "--sign-key",
            "root.key",
            "--log-key",
            log_key,
        ]);
        Run::from(command.output().expect("runs"))
    };
    rekey("log.key").code(1);
    rekey("press.key").code(0);
    assert_eq!(verdict(&signed.check(["good.wim"]).code(0)), "approved");
    // The old key signs nothing any more, not even the log that it knew.
    let lines = signed.log();
    signed.rewrite(&lines, Some("log.key"));
    signed.undecided("WP5010");
}

#[test]
fn a_signed_line_written_again_does_not_count() {
    let signed = Signed::new();
    let first = signed.log()[0].clone();
    signed.registry(&["revoke", "A0", "--reason", "r"], &["li"]).code(0);
    assert_eq!(verdict(&signed.check(["good.wim"]).code(1)), "revoked");
    // Whoever has the log key, and no key of an approver, writes the approval again behind its revocation: the same line,
    // and the same in another form.
    for again in [first.clone(), first.replace("{\"payload\":", "{ \"payload\":")] {
        let mut lines = signed.log();
        lines.push(again);
        signed.rewrite(&lines, Some("log.key"));
        assert_eq!(verdict(&signed.check(["good.wim"]).code(1)), "revoked");
    }
    // An approval of the same approvers for another log.
    let other = Signed::empty(1);
    for key in ["li", "wang"] {
        for file in [format!("{key}.key"), format!("{key}.key.pub")] {
            fs::copy(signed.desk.path(&file), other.desk.path(&file)).expect("copied");
        }
    }
    let lab = ["init", "--origin", "lab.example", "--log-key", "lab.key", "--registry", "lab"];
    other.desk.registry(lab).code(0);
    let approve =
        ["approve", "good.wim", "--all", "--log-key", "lab.key", "--sign-key", "li.key", "--registry", "lab"];
    other.desk.registry(approve).code(0);
    let line = fs::read_to_string(other.desk.path("lab/log.intoto.jsonl")).expect("read");
    other.rewrite(&[line.trim_end().to_owned()], Some("log.key"));
    other.trust(&format!(
        "log = [\"{}\"]\n[approvers]\nthreshold = 1\nkeys = [\"{}\"]\n",
        other.vkey_of_log(),
        other.vkey("li")
    ));
    let run = other.check(["good.wim"]).code(3);
    assert!(run.rules().contains(&"WP5019".to_owned()), "{}", run.out);
    // Written where it was meant to be, it counts.
    other.desk.run(["check", "good.wim", "--registry", "lab"]).code(0);
}
