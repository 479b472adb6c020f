//! Nobody rewrites a registry unseen: signatures, trust file, last seen head, witnesses, tickets.

use std::{
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde_json::Value;
use wimproof::registry::{Frontier, leaf_hash};
use wimproof_testkit::Entry;

use crate::support::{Desk, NOW, Run, cmge, labels, one, root, verdict};

const ORIGIN: &str = "test.example/images";

/// A signed registry with two approvers and a trust file, and two images.
struct Signed {
    desk: Desk,
}

impl Signed {
    /// A1 of `bad.wim` is revoked; both approvals have the signatures of Li and Wang.
    fn new() -> Self {
        let this = Self::empty(2);
        this.approve("good.wim", &["li", "wang"]).code(0);
        this.approve("bad.wim", &["li", "wang"]).code(0);
        this.registry(&["revoke", "A1", "--reason", "corrupt"], &["li"]).code(0);
        this
    }

    fn empty(threshold: usize) -> Self {
        let desk = Desk::bare();
        desk.wim("good.wim", &one(cmge(root())));
        desk.wim("bad.wim", &one(labels("CMGE V0-G", Entry::tree_of(&[("a", b"b")]))));
        let this = Self { desk };
        this.desk.registry(["init", "--origin", ORIGIN, "--log-key", "log.key"]).code(0);
        for name in ["li", "wang", "eve", "root", "audit", "press"] {
            this.key(name);
        }
        let log = this.vkey_of_log();
        this.trust(&format!(
            "log = [\"{log}\"]\n\n[approvers]\nthreshold = {threshold}\nkeys = [\"{}\", \"{}\"]\n",
            this.vkey("li"),
            this.vkey("wang")
        ));
        this
    }

    fn key(&self, name: &str) {
        let (name, file) = (format!("{name}.example"), format!("{name}.key"));
        let made = self.desk.run(["registry", "keygen", &name, &file]).code(0).out;
        fs::write(self.desk.path(format!("{file}.pub")), made.trim()).expect("written");
    }

    fn vkey(&self, name: &str) -> String {
        fs::read_to_string(self.desk.path(format!("{name}.key.pub"))).expect("read")
    }

    fn vkey_of_log(&self) -> String {
        let key = wimproof::signing::SecretKey::read(&self.desk.path("log.key")).expect("a key");
        key.verifier().to_string()
    }

    fn trust(&self, rest: &str) {
        let text = format!("version = 1\norigin = \"{ORIGIN}\"\nstate = \"seen/head\"\n{rest}");
        self.desk.file("trust.toml", text.as_bytes());
    }

    /// Changes the trust file.
    fn trust_with(&self, from: &str, to: &str) {
        let path = self.desk.path("trust.toml");
        let text = fs::read_to_string(&path).expect("read");
        assert!(text.contains(from), "{text}");
        fs::write(path, text.replace(from, to)).expect("written");
    }

    fn registry(&self, arguments: &[&str], signers: &[&str]) -> Run {
        let mut command = self.desk.command();
        command.arg("registry").args(arguments).args(["--trust", "trust.toml", "--log-key", "log.key"]);
        for signer in signers {
            command.args(["--sign-key", &format!("{signer}.key")]);
        }
        command.output().expect("runs").into()
    }

    fn approve(&self, image: &str, signers: &[&str]) -> Run {
        self.registry(&["approve", image, "--all"], signers)
    }

    fn check<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Run {
        let mut command = self.desk.command();
        command.args(["check", "--format", "json", "--trust", "trust.toml"]).args(arguments);
        command.output().expect("runs").into()
    }

    fn file(&self, name: &str) -> PathBuf {
        self.desk.registry_dir().join(name)
    }

    fn log(&self) -> Vec<String> {
        let log = fs::read_to_string(self.file("log.intoto.jsonl")).expect("read");
        log.lines().map(str::to_owned).collect()
    }

    /// Writes another log, under a head that fits it and that this key signs.
    fn rewrite(&self, lines: &[String], log_key: Option<&str>) {
        let mut tree = Frontier::default();
        for line in lines {
            tree.push(leaf_hash(line.as_bytes()));
        }
        let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
        fs::write(self.file("log.intoto.jsonl"), text).expect("written");
        let root = BASE64_STANDARD.encode(tree.root());
        let mut note = wimproof::signing::Note::unsigned(format!("{ORIGIN}\n{}\n{root}\n", lines.len()));
        if let Some(file) = log_key {
            let key = wimproof::signing::SecretKey::read(&self.desk.path(file)).expect("a key");
            note.sign(&key);
            note.cosign(&key, NOW.parse().expect("a time"));
        }
        fs::write(self.file("checkpoint"), note.to_string()).expect("written");
    }

    /// The gate is undecided about both images, for this reason.
    #[track_caller]
    fn undecided(&self, rule: &str) {
        for image in ["good.wim", "bad.wim"] {
            let run = self.check([image]);
            assert!(
                run.rules().iter().any(|r| r == rule),
                "{image}: {rule} in {:?}\n{}",
                run.rules(),
                run.out
            );
            assert_eq!((run.code, verdict(&run).as_str()), (3, "undecided"), "{image}");
        }
    }

    /// Nobody has seen this registry before.
    fn forget(&self) {
        let _ = fs::remove_dir_all(self.desk.path("seen"));
    }
}

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
    let without = signed.desk.registry(["revoke", "A0", "--reason", "r"]).code(1);
    assert!(without.err.contains("--log-key"), "{}", without.err);
    let other = signed.desk.registry(["revoke", "A0", "--reason", "r", "--log-key", "eve.key"]).code(1);
    assert!(other.err.contains("another one"), "{}", other.err);
    assert_eq!(signed.log().len(), 3);
}

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
        let mode = fs::metadata(desk.path("log.key")).expect("a file").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        fs::set_permissions(desk.path("log.key"), fs::Permissions::from_mode(0o644)).expect("set");
        let run = desk.registry(["refresh", "--log-key", "log.key"]).code(3);
        assert!(run.err.contains("others can read this key"), "{}", run.err);
    }
    desk.registry(["keygen", "a.example", "log.key"]).code(3);
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
        let text: String = log.iter().map(|line| format!("{line}\n")).collect();
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
    fs::write(signed.desk.path("seen/head"), "x").expect("written");
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
        signed.desk.file(
            &format!("{name}.toml"),
            text.replace("seen/head", &format!("seen-{name}/head")).as_bytes(),
        );
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
