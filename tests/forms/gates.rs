//! The sample gates of `samples/pipelines`, run as a shell runs them.

use std::{fs, path::Path, process::Command};

use wimproof_testkit::Entry;

use crate::support::{Desk, cmge, one, root};

/// The commands of the sample gates: file, and what of the surroundings a POSIX shell has to be told.
fn gates() -> Vec<(std::path::PathBuf, String)> {
    let mut gates = Vec::new();
    for entry in fs::read_dir("samples/pipelines").expect("samples") {
        let path = entry.expect("a file").path();
        let text = fs::read_to_string(&path).expect("UTF-8");
        assert!(text.contains("ailure looks"), "{}: how does its failure look?", path.display());
        let command = text
            .lines()
            .map(|line| line.trim().trim_start_matches("- ").trim_start_matches('"').trim_end_matches("\","));
        let commands: Vec<&str> = command.filter(|line| line.starts_with("wimproof check ")).collect();
        if path.ends_with("README.md") {
            continue;
        }
        let [command] = commands[..] else { panic!("{}: {commands:?}", path.display()) };
        let command =
            command.replace("\\\"", "\"").replace("%IMAGE%", "$IMAGE").replace("%LOGS%\\", "$LOGS/");
        let power_shell = [
            ("$Image", "$IMAGE"),
            ("$Registry", "$WIMPROOF_REGISTRY"),
            ("$Assurance", "verified"),
            ("$result", "result.json"),
        ];
        let command = power_shell.iter().fold(command, |command, (from, to)| command.replace(from, to));
        gates.push((path, command));
    }
    assert_eq!(gates.len(), 7);
    gates
}

#[test]
fn the_sample_gates_let_approved_images_through_and_no_others() {
    let directory = Path::new(env!("CARGO_BIN_EXE_wimproof")).parent().expect("a folder").to_owned();
    for (path, command) in gates() {
        let desk = Desk::new();
        let good = desk.wim("good.wim", &one(cmge(root())));
        desk.approve(&good);
        desk.wim("rogue.wim", &one(cmge(Entry::dir(""))));
        for (image, code) in [("good.wim", 0), ("rogue.wim", 1), ("absent.wim", 3)] {
            let run = Command::new("sh")
                .args(["-e", "-c", &command])
                .env("PATH", format!("{}:/usr/bin:/bin", directory.display()))
                .envs([("IMAGE", image), ("LOGS", "."), ("LC_ALL", "C")])
                .env("WIMPROOF_REGISTRY", desk.registry_dir())
                .current_dir(desk.path(""))
                .output()
                .expect("runs");
            let what = format!("{}: {command} with {image}", path.display());
            assert_eq!(run.status.code(), Some(code), "{what}: {}", String::from_utf8_lossy(&run.stderr));
            for word in command.split_whitespace().filter(|word| word.contains('=')) {
                let file = word.split_once('=').expect("a report").1.trim_matches('"').replace("$LOGS/", "");
                assert!(desk.path(&file).exists(), "{what}: {file}");
            }
        }
    }
}
