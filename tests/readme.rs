//! The README holds: every command of it, in order, as a stranger pastes it; those of web servers, and of the tests
//! themselves, apart.

use std::{fs, path::Path, process::Command};

use wimproof_testkit::Medium;

use crate::{
    guide::commands,
    support::{Desk, Run},
};

/// What a command ends with; all others end with 0.
const CODES: [(&str, i32); 9] = [
    ("check samples/images", 1),
    // There is no registry yet.
    ("check install.wim --registry", 3),
    ("trace /evidence/disk", 1),
    ("trace collected.zip", 1),
    ("trace samples/case-rogue-upgrade ", 1),
    ("trace samples/case-corrupt-image", 1),
    ("health install.wim", 1),
    ("sweep ", 1),
    ("diff approved.wim", 1),
];

/// A folder with what the README speaks of.
fn desk() -> Desk {
    let desk = Desk::bare();
    let copied = Command::new("cp").arg("-r").arg("samples").arg(desk.path("samples")).status();
    assert!(copied.expect("cp runs").success());
    let sample = |name: &str| fs::read(Path::new("samples").join(name)).expect("a sample");
    let image = sample("images/cmge-v2020l.wim");
    for name in ["install.wim", "approved.wim"] {
        desk.file(name, &image);
    }
    desk.file("windows.iso", &Medium::new().file("sources/install.wim", &image).build());
    desk.file("srv/images/rogue.wim", &sample("images/rogue-icbc-vda.wim"));
    desk.file("suspect.wim", &sample("images/multi.wim"));
    desk.file("collected.zip", &sample("case-rogue-upgrade-without-live-panther.zip"));
    desk.file("site.toml", &sample("channels/cmge-cua.toml"));
    desk
}

/// The trust file that the keys of a signed registry ask for, by what the commands printed.
fn trust(printed: &[(String, Run)]) -> String {
    let key = |name: &str| {
        let made = printed.iter().find(|(command, _)| command.contains(name)).expect("made");
        made.1.out.trim().to_owned()
    };
    let (_, signed) =
        printed.iter().find(|(command, _)| command.contains("--log-key log.key")).expect("made");
    let log = signed.err.split_once("log = ").expect("a hint").1.trim();
    let [li, wang] = ["keygen li", "keygen wang"].map(key);
    let approvers = format!("[approvers]\nthreshold = 2\nkeys = [{li:?}, {wang:?}]\n");
    format!("version = 1\norigin = \"bank.example/images\"\nlog = {log}\n{approvers}")
}

#[test]
fn a_stranger_gets_to_the_end_of_it() {
    let desk = desk();
    let folder = Path::new(env!("CARGO_BIN_EXE_wimproof")).parent().expect("a folder");
    let path = format!("{}:{}", folder.display(), std::env::var("PATH").expect("a path"));
    // What `cargo run` takes in the repository.
    let mut registry = "samples/registry".to_owned();
    let mut printed: Vec<(String, Run)> = Vec::new();
    let here = |text: &str| {
        let text = text.replace("cargo run --release --", "wimproof").replace("/srv/", "srv/");
        text.replace("/evidence/disk", "samples/case-rogue-upgrade")
    };
    for command in commands("README.md") {
        if let Some(named) = command.strip_prefix("export WIMPROOF_REGISTRY=") {
            registry = here(named);
            continue;
        }
        if command.starts_with("cargo test") || command.contains("https://") {
            continue;
        }
        if command.contains("--trust trust.toml") {
            desk.file("trust.toml", trust(&printed).as_bytes());
        }
        let mut shell = Command::new("sh");
        shell.args(["-c", &here(&command)]).current_dir(desk.path("")).env_clear();
        shell.envs([("PATH", path.as_str()), ("LC_ALL", "C"), ("USER", "stranger")]);
        shell.env("WIMPROOF_REGISTRY", &registry).env("XDG_STATE_HOME", desk.path("state"));
        let run = Run::from(shell.output().expect("a shell"));
        let known = CODES.iter().find(|(of, _)| command.contains(of));
        let expected = known.map_or(0, |(_, code)| *code);
        assert_eq!(run.code, expected, "{command}\n{}\n{}", run.out, run.err);
        printed.push((command, run));
    }
    assert!(printed.len() > 30, "{} commands", printed.len());
    for (of, _) in CODES {
        assert!(printed.iter().any(|(command, _)| command.contains(of)), "no {of} in the README");
    }
}
