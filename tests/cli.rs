//! The manners of the program.

use crate::support::{Desk, cmge, one, program, root, wimproof};

#[test]
fn usage_errors_end_with_2() {
    for arguments in [
        &[][..],
        &["no-such-verb"],
        &["check"],
        &["check", "--assurance", "certain", "x.wim"],
        &["inspect"],
        &["check", "x.wim", "--now", "tomorrow", "--registry", "r"],
        &["explain", "WP9999"],
        &["registry", "approve"],
    ] {
        let run = wimproof(arguments);
        assert_eq!(run.code, 2, "{arguments:?}: {}", run.err);
        assert!(!run.err.is_empty() && run.out.is_empty(), "{arguments:?}");
    }
}

#[test]
fn the_usage_does_not_ask_for_what_the_environment_gives() {
    let mut command = program();
    command.envs([("WIMPROOF_REGISTRY", "r"), ("WIMPROOF_POLICY", "p"), ("WIMPROOF_LOG_KEY", "k")]);
    let run = crate::support::Run::from(command.args(["registry", "revoke"]).output().expect("runs")).code(2);
    assert!(run.err.contains("Usage: wimproof registry revoke <ID>\n"), "{}", run.err);
}

#[test]
fn a_folder_is_no_place_for_a_result() {
    let desk = Desk::bare();
    desk.wim("a.wim", &one(cmge(root())));
    std::fs::create_dir(desk.path("folder")).expect("made");
    for verb in [&["inspect", "a.wim"][..], &["rules"]] {
        let run = desk.run([verb, &["-o", "folder"]].concat()).code(2);
        assert_eq!(run.err, "error: -o folder is a folder: name the file to write\n");
    }
}

#[test]
fn help_and_version_end_with_0() {
    for arguments in
        [&["--help"][..], &["--version"], &["check", "--help"], &["registry", "approve", "--help"]]
    {
        assert!(!wimproof(arguments).code(0).out.is_empty());
    }
}

#[test]
fn the_help_shows_verbs_and_exit_codes() {
    insta::assert_snapshot!(wimproof(["--help"]).code(0).out);
}

#[test]
fn the_help_of_the_gate() {
    insta::assert_snapshot!(wimproof(["check", "--help"]).code(0).out);
}

#[test]
fn every_fact_is_documented() {
    for fact in wimproof::sighting::FactKey::ALL {
        assert!(include_str!("../docs/result.md").contains(&format!("`{fact}`")), "{fact}");
    }
}

#[test]
fn every_rule_is_explained_in_both_languages() {
    let rules = wimproof(["rules", "--format", "json"]).code(0).json();
    let rules = rules.as_array().expect("a list");
    assert!(rules.len() > 30);
    for rule in rules {
        let id = rule["id"].as_str().expect("an id");
        let english = wimproof(["explain", id]).code(0).out;
        let chinese = wimproof(["explain", &id.to_lowercase(), "--lang", "zh-CN"]).code(0).out;
        assert!(english.starts_with(id) && chinese.starts_with(id) && english != chinese);
    }
}

#[test]
fn global_options_stand_before_or_after_the_verb() {
    let desk = Desk::new();
    desk.wim("a.wim", &one(cmge(root())));
    desk.approve(&desk.path("a.wim"));
    let registry = desk.registry_dir();
    let registry = registry.to_str().expect("UTF-8");
    let image = desk.path("a.wim");
    let image = image.to_str().expect("UTF-8");
    let before =
        wimproof(["--registry", registry, "--format", "json", "--now", "2026-11-21", "check", image]).code(0);
    let after =
        wimproof(["check", image, "--now", "2026-11-21", "--format", "json", "--registry", registry]).code(0);
    let variable = program()
        .env("WIMPROOF_REGISTRY", registry)
        .args(["check", "--now", "2026-11-21", "--format", "json", image])
        .output()
        .expect("runs");
    assert_eq!(before.out, after.out);
    assert_eq!(before.out.as_bytes(), variable.stdout);
}

#[test]
fn results_go_to_stdout_or_a_file_and_notes_to_stderr() {
    let desk = Desk::new();
    desk.wim("a.wim", &one(cmge(root())));
    desk.approve(&desk.path("a.wim"));
    let shown = desk.check(["a.wim"]).code(0);
    let written = desk.check(["a.wim", "-o", "result.json"]).code(0);
    assert!(written.out.is_empty() && shown.err.is_empty());
    assert_eq!(std::fs::read_to_string(desk.path("result.json")).expect("written"), shown.out);
    // A pipe gets no colours.
    assert!(!desk.run(["check", "a.wim"]).out.contains('\x1b'));
    desk.check(["a.wim", "-o", "no-such-folder/result.json"]).code(3);
}

#[test]
fn a_result_is_never_written_over_what_is_read() {
    let desk = Desk::new();
    let path = desk.wim("a.wim", &one(cmge(root())));
    let before = std::fs::read(&path).expect("read");
    desk.run(["check", "a.wim", "-o", "./a.wim"]).code(2);
    desk.run(["inspect", "a.wim", "-o", "a.wim"]).code(2);
    assert_eq!(std::fs::read(&path).expect("read"), before);
}

#[test]
fn names_cannot_close_their_quotation_marks() {
    let desk = Desk::new();
    let name = "x\": APPROVED, approval A0 (";
    desk.wim("a.wim", &one(wimproof_testkit::Image::new(name).root(root())));
    let out = desk.run(["check", "a.wim"]).code(1).out;
    assert!(out.contains("image 1 \"x\\\": APPROVED, approval A0 (\": ROGUE"), "{out}");
}

#[test]
fn a_closed_pipe_does_not_change_the_answer() {
    let desk = Desk::new();
    desk.wim("a.wim", &one(wimproof_testkit::Image::new("rogue").root(root())));
    let mut command = desk.command();
    let mut child =
        command.args(["check", "-v", "a.wim"]).stdout(std::process::Stdio::piped()).spawn().expect("started");
    drop(child.stdout.take());
    assert_eq!(child.wait().expect("ended").code(), Some(1));
}

#[test]
fn arguments_are_inert_in_messages() {
    let desk = Desk::new();
    for arguments in [
        &["check", "--x\n##vso[task.complete result=Succeeded;]D.wim"][..],
        &["check", "a.wim", "--now", "\n::error::x"],
        &["registry", "show", "\n##vso[task.complete]"],
        &["inspect", "--tree", "e\nverdict: APPROVED (exit code 0)\nx.wim"],
    ] {
        let run = desk.run(arguments);
        assert!(run.code >= 2, "{arguments:?}");
        assert!(
            !run.err.contains("##") && !run.err.lines().any(|line| line.trim_start().starts_with("::")),
            "{}",
            run.err
        );
        assert!(!run.err.lines().any(|line| line.starts_with("verdict")), "{}", run.err);
    }
}

#[test]
fn completions_and_man_pages_are_made() {
    for shell in ["bash", "zsh", "fish", "powershell"] {
        assert!(wimproof(["completions", shell]).code(0).out.contains("wimproof"));
    }
    let desk = Desk::bare();
    desk.run(["man", "man"]).code(0);
    assert!(desk.path("man/wimproof.1").exists() && desk.path("man/wimproof-check.1").exists());
}
