//! A desk with a signed registry, its keys and a trust file.

use std::{ffi::OsStr, fs, path::PathBuf};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use wimproof::{
    registry::{Frontier, leaf_hash},
    signing::{Note, SecretKey},
};
use wimproof_testkit::Entry;

use crate::support::{Desk, NOW, Run, cmge, labels, one, root, verdict};

pub(crate) const ORIGIN: &str = "test.example/images";

/// A signed registry with two approvers and a trust file, and two images.
pub(crate) struct Signed {
    pub(crate) desk: Desk,
}

impl Signed {
    /// A1 of `bad.wim` is revoked; both approvals have the signatures of Li and Wang.
    pub(crate) fn new() -> Self {
        let this = Self::empty(2);
        this.approve("good.wim", &["li", "wang"]).code(0);
        this.approve("bad.wim", &["li", "wang"]).code(0);
        this.registry(&["revoke", "A1", "--reason", "corrupt"], &["li"]).code(0);
        this
    }

    pub(crate) fn empty(threshold: usize) -> Self {
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

    pub(crate) fn key(&self, name: &str) {
        let (name, file) = (format!("{name}.example"), format!("{name}.key"));
        let made = self.desk.run(["registry", "keygen", &name, &file]).code(0).out;
        fs::write(self.desk.path(format!("{file}.pub")), made.trim()).expect("written");
    }

    pub(crate) fn vkey(&self, name: &str) -> String {
        fs::read_to_string(self.desk.path(format!("{name}.key.pub"))).expect("read")
    }

    pub(crate) fn vkey_of_log(&self) -> String {
        let key = SecretKey::read(&self.desk.path("log.key")).expect("a key");
        key.verifier().to_string()
    }

    pub(crate) fn trust(&self, rest: &str) {
        let text = format!("version = 1\norigin = \"{ORIGIN}\"\nstate = \"seen\"\n{rest}");
        self.desk.file("trust.toml", text.as_bytes());
    }

    /// Changes the trust file.
    pub(crate) fn trust_with(&self, from: &str, to: &str) {
        let path = self.desk.path("trust.toml");
        let text = fs::read_to_string(&path).expect("read");
        assert!(text.contains(from), "{text}");
        fs::write(path, text.replace(from, to)).expect("written");
    }

    pub(crate) fn registry(&self, arguments: &[&str], signers: &[&str]) -> Run {
        let mut command = self.desk.command();
        command.arg("registry").args(arguments).args(["--trust", "trust.toml", "--log-key", "log.key"]);
        for signer in signers {
            command.args(["--sign-key", &format!("{signer}.key")]);
        }
        command.output().expect("runs").into()
    }

    pub(crate) fn approve(&self, image: &str, signers: &[&str]) -> Run {
        self.registry(&["approve", image, "--all"], signers)
    }

    pub(crate) fn check<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Run {
        let mut command = self.desk.command();
        command.args(["check", "--format", "json", "--trust", "trust.toml"]).args(arguments);
        command.output().expect("runs").into()
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.desk.registry_dir().join(name)
    }

    pub(crate) fn log(&self) -> Vec<String> {
        let log = fs::read_to_string(self.file("log.intoto.jsonl")).expect("read");
        log.lines().map(str::to_owned).collect()
    }

    /// Writes another log, under a head that fits it and that this key signs.
    pub(crate) fn rewrite(&self, lines: &[String], log_key: Option<&str>) {
        let mut tree = Frontier::default();
        for line in lines {
            tree.push(leaf_hash(line.as_bytes()));
        }
        let text = lines.iter().flat_map(|line| [line.as_str(), "\n"]).collect::<String>();
        fs::write(self.file("log.intoto.jsonl"), text).expect("written");
        let root = BASE64_STANDARD.encode(tree.root());
        let mut note = Note::unsigned(format!("{ORIGIN}\n{}\n{root}\n", lines.len()));
        if let Some(file) = log_key {
            let key = SecretKey::read(&self.desk.path(file)).expect("a key");
            note.sign(&key);
            note.cosign(&key, NOW.parse().expect("a time"));
        }
        fs::write(self.file("checkpoint"), note.to_string()).expect("written");
    }

    /// The gate is undecided about both images, for this reason.
    #[track_caller]
    pub(crate) fn undecided(&self, rule: &str) {
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
    pub(crate) fn forget(&self) {
        let _ = fs::remove_file(self.desk.path("seen"));
    }
}
