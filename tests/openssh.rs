//! Signatures of OpenSSH keys count as `ssh-keygen` says, and approve.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use wimproof::signing::{Group, Tally, allowed_signers};

use crate::support::{Desk, Run, cmge, one, root, verdict};

const NAMESPACE: &str = "wimproof";

/// Whether a signature in its armour counts under an `allowed_signers` file, at a time like 20261120080000Z.
fn counts(allowed: &str, namespace: &str, message: &[u8], armour: &str, at: &str) -> bool {
    let Ok(signers) = allowed_signers(allowed) else { return false };
    let keys = signers.into_iter().map(|s| wimproof::signing::PublicKey::OpenSsh(Box::new(s))).collect();
    let blob: String = armour.lines().filter(|line| !line.starts_with("-----")).collect();
    let signature = BASE64_STANDARD.decode(blob).expect("base64");
    let at = chrono::NaiveDateTime::parse_from_str(at, "%Y%m%d%H%M%SZ").expect("a time").and_utc();
    let mut tally = Tally::default();
    let group = Group { threshold: 1, keys };
    group.count(&mut tally, message, &[("hint".into(), signature)], namespace, at);
    tally.count() == 1
}

fn vectors() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/openssh")
}

#[test]
fn signatures_of_openssh_are_judged() {
    let read = |name: &str| fs::read_to_string(vectors().join(name)).expect("read");
    let message = read("message");
    for key in ["ed25519", "ecdsa", "p384"] {
        let line = |options: &str| format!("{key}@bank.example {options}{}", read(&format!("{key}.pub")));
        let signature = read(&format!("{key}.wimproof.sig"));
        let judged =
            |options: &str, at: &str| counts(&line(options), NAMESPACE, message.as_bytes(), &signature, at);
        let now = "20261120080000Z";
        assert!(judged("", now), "{key}");
        assert!(judged("namespaces=\"git,wim*\" ", now), "{key}");
        assert!(!judged("namespaces=\"git\" ", now), "{key}");
        assert!(judged("valid-after=20261120Z,valid-before=20261121Z ", now), "{key}");
        assert!(!judged("valid-after=20261120Z,valid-before=20261121Z ", "20261119235959Z"), "{key}");
        assert!(!judged("valid-after=20261120Z,valid-before=20261121Z ", "20261121000001Z"), "{key}");
        assert!(!judged("cert-authority ", now), "{key}");
        assert!(!counts(&line(""), NAMESPACE, b"another message", &signature, now), "{key}");
        assert!(!counts(&line(""), "git", message.as_bytes(), &signature, now), "{key}");
    }
    for key in ["ed25519", "ecdsa"] {
        let line = format!("* {}", read(&format!("{key}.pub")));
        let other = read(&format!("{key}.git.sig"));
        assert!(!counts(&line, NAMESPACE, message.as_bytes(), &other, "20261120080000Z"), "made for git");
        assert!(counts(&line, "git", message.as_bytes(), &other, "20261120080000Z"));
    }
    let line = format!("* {}", read("ed25519.pub"));
    assert!(!counts(&line, NAMESPACE, message.as_bytes(), &read("ecdsa.wimproof.sig"), "20261120080000Z"));
}

fn has_ssh_keygen() -> bool {
    // Without arguments that mean something it tells how it is used; all that matters is that it is there.
    let found = Command::new("ssh-keygen").arg("-?").stdin(Stdio::null()).output().is_ok();
    if !found {
        println!("skipped: ssh-keygen is not installed");
    }
    found
}

fn ssh_keygen(folder: &Path, arguments: &[&str], input: Option<&Path>) -> std::process::Output {
    let input = input.map_or_else(Stdio::null, |path| fs::File::open(path).expect("opened").into());
    let mut command = Command::new("ssh-keygen");
    command.args(arguments).current_dir(folder).env("TZ", "UTC").stdin(input);
    command.output().expect("ssh-keygen runs")
}

#[test]
fn ssh_keygen_says_the_same() {
    if !has_ssh_keygen() {
        return;
    }
    let desk = Desk::bare();
    let folder = desk.path("");
    desk.file("message", b"DSSEv1 1 a 1 b");
    let mut cases = 0;
    for (key, bits) in [("ed25519", "256"), ("ecdsa", "256"), ("ecdsa", "384"), ("ecdsa", "521")] {
        let name = format!("{key}-{bits}");
        let made =
            ssh_keygen(&folder, &["-q", "-t", key, "-b", bits, "-N", "", "-C", "li@bank", "-f", &name], None);
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let public = fs::read_to_string(desk.path(format!("{name}.pub"))).expect("read");
        for made_for in [NAMESPACE, "git"] {
            let signed = ssh_keygen(
                &folder,
                &["-q", "-Y", "sign", "-n", made_for, "-f", &name],
                Some(&desk.path("message")),
            );
            let armour = String::from_utf8(signed.stdout).expect("text");
            desk.file("message.sig", armour.as_bytes());
            for line in [
                format!("li@bank {public}"),
                format!("*@bank,!li@bank {public}"),
                format!("li@bank namespaces=\"{NAMESPACE}\" {public}"),
                format!("li@bank namespaces=\"other,g?t\" {public}"),
                format!("li@bank valid-after=\"20260101Z\",valid-before=\"20261231Z\" {public}"),
                format!("li@bank valid-before=20261120080000Z {public}"),
                format!("li@bank valid-before=20261120075959Z {public}"),
                format!("li@bank valid-after=202611200800Z {public}"),
                format!("li@bank valid-after=20261120080001Z {public}"),
                format!("li@bank cert-authority {public}"),
                format!("# comment\n\n\"li@bank\" {public}"),
                format!("li@bank no-such-option {public}"),
            ] {
                desk.file("allowed", line.as_bytes());
                let theirs = ssh_keygen(
                    &folder,
                    &[
                        "-Y",
                        "verify",
                        "-f",
                        "allowed",
                        "-I",
                        "li@bank",
                        "-n",
                        NAMESPACE,
                        "-s",
                        "message.sig",
                        "-Overify-time=20261120080000Z",
                    ],
                    Some(&desk.path("message")),
                );
                // Whose signature it is we do not ask; who may not be meant by a line does not sign by it.
                let meant =
                    allowed_signers(&line).is_ok_and(|signers| signers.iter().all(|s| s.is_of("li@bank")));
                let ours = meant && counts(&line, NAMESPACE, b"DSSEv1 1 a 1 b", &armour, "20261120080000Z");
                assert_eq!(ours, theirs.status.success(), "{name} for {made_for}: {line}\n{theirs:?}");
                cases += 1;
            }
        }
    }
    println!("{cases} cases agree");
}

#[test]
fn a_key_of_openssh_approves() {
    if !has_ssh_keygen() {
        return;
    }
    let desk = Desk::bare();
    desk.wim("good.wim", &one(cmge(root())));
    for key in ["li", "wang"] {
        let kind = if key == "li" { "ed25519" } else { "ecdsa" };
        ssh_keygen(&desk.path(""), &["-q", "-t", kind, "-N", "", "-C", key, "-f", key], None);
    }
    let public = |key: &str| fs::read_to_string(desk.path(format!("{key}.pub"))).expect("read");
    desk.registry(["init", "--origin", "o", "--log-key", "log.key"]).code(0);
    let log = wimproof::signing::SecretKey::read(&desk.path("log.key")).expect("a key").verifier();
    let trust = format!(
        "version = 1\norigin = \"o\"\nlog = [\"{log}\"]\nstate = \"none\"\nnamespace = \"images@bank.example\"\n\n[approvers]\nthreshold = 2\nfile = \"allowed_signers\"\n"
    );
    desk.file("trust.toml", trust.as_bytes());
    let allow = |options: &str| {
        let text = format!("li@bank {options}{}wang@bank {}", public("li"), public("wang"));
        desk.file("allowed_signers", text.as_bytes());
    };
    allow("");
    let registry = |arguments: &[&str]| {
        let mut command = desk.command();
        command.arg("registry").args(arguments).args(["--trust", "trust.toml", "--log-key", "log.key"]);
        Run::from(command.output().expect("runs"))
    };
    // The private key, and the public one beside it: ssh-keygen finds the other.
    registry(&["approve", "good.wim", "--all", "--sign-key", "li"]).code(0);
    registry(&["sign", "A0", "--sign-key", "wang"]).code(0);
    let check = || {
        let mut command = desk.command();
        command.args(["check", "good.wim", "--format", "json", "--trust", "trust.toml"]);
        Run::from(command.output().expect("runs"))
    };
    assert_eq!(verdict(&check().code(0)), "approved");
    for (options, rule) in [
        ("valid-before=20200101Z ", "WP5019"),
        ("valid-after=20300101Z ", "WP5019"),
        ("namespaces=\"git\" ", "WP5019"),
    ] {
        allow(options);
        let run = check().code(3);
        assert!(run.rules().contains(&rule.to_owned()), "{options}: {}", run.out);
    }
    allow("cert-authority ");
    assert!(check().code(3).err.contains("cert-authority is not taken"));
    allow("");
    desk.file("trust.toml", trust.replace("images@bank.example", "other").as_bytes());
    assert!(check().code(3).rules().contains(&"WP5019".to_owned()));
    let none = registry(&["sign", "A0", "--sign-key", "trust.toml"]).code(3);
    assert!(none.err.contains("ssh-keygen did not sign"), "{}", none.err);
}
