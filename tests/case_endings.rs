//! With what a trace ends, and what it says of that.

use std::{ffi::OsStr, path::Path};

use crate::support::{Desk, Run, cmge, one, program, root};

const WITHOUT_PANTHER: &str = "samples/case-rogue-upgrade-without-live-panther.zip";

/// A trace against the sample registry.
fn trace<A: AsRef<OsStr>>(arguments: impl IntoIterator<Item = A>) -> Run {
    let mut command = program();
    command.args(["trace", "--registry", "samples/registry", "--now", "2026-11-20"]).args(arguments);
    Run::from(command.output().expect("runs"))
}

fn shown(path: &Path) -> &str {
    path.to_str().expect("UTF-8")
}

fn last_line(run: &Run) -> &str {
    run.out.lines().last().expect("a line")
}

#[test]
fn where_some_deployments_could_not_be_judged_code_and_words_agree() {
    let arguments = |more: &'static [&'static str]| {
        [WITHOUT_PANTHER, "--code-page", "936", "--channels", "samples/channels/cmge-cua.toml"]
            .into_iter()
            .chain(more.iter().copied())
    };
    let case = trace(arguments(&["--format", "json"])).code(1).json();
    assert_eq!((&case["verdict"], &case["exit_code"]), (&"undecided".into(), &1.into()));
    let text = trace(arguments(&[])).code(1);
    assert!(
        last_line(&text).ends_with("(exit code 1: not every deployment could be judged)"),
        "{}",
        text.out
    );
    let text = trace(arguments(&["--lang", "zh-CN"])).code(1);
    assert!(last_line(&text).ends_with("（退出码 1：并非所有部署都能判定）"), "{}", text.out);
}

/// A log of servicing with a check that found `corrupt` files.
fn servicing_log(corrupt: u64) -> String {
    let mut lines = vec![
        "=================================".to_owned(),
        "Checking System Update Readiness.".to_owned(),
        String::new(),
    ];
    lines.extend((0..corrupt).map(|n| format!("(p)\tCSI Payload Corrupt\t(n)\t\t\tamd64_x_31bf3856ad364e35_10.0.17763.1_none_e0f4ab52b67a554e\\{n}.dll")));
    let summary = format!(
        "\nSummary:\nOperation: Detect only \nOperation result: 0x0\nLast Successful Step: CSI store detection completes.\n\
         Total Detected Corruption:\t{corrupt}\n\tCBS Manifest Corruption:\t0\n\tCBS Metadata Corruption:\t0\n\
         \tCSI Manifest Corruption:\t0\n\tCSI Metadata Corruption:\t0\n\tCSI Payload Corruption:\t{corrupt}\n\
         Total Repaired Corruption:\t0\n\tCBS Manifest Repaired:\t0\n\tCSI Manifest Repaired:\t0\n\tCSI Payload Repaired:\t0\n\
         \tCSI Store Metadata refreshed:\tTrue\n\nTotal Operation Time: 282 seconds."
    );
    lines.extend(summary.lines().map(str::to_owned));
    let line = |text: &String| format!("2021-08-03 10:15:42, Info                  CBS    {text}\r\n");
    lines.iter().map(line).collect()
}

#[test]
fn the_component_store_has_no_say_in_the_exit_code_and_that_is_said() {
    let desk = Desk::bare();
    for (corrupt, rule) in [(0, "WP3303"), (1, "WP3301")] {
        let log = desk.file("CBS.log", servicing_log(corrupt).as_bytes());
        let case = trace([shown(&log), "--format", "json"]).code(3).json();
        let findings = case["findings"].as_array().expect("findings");
        assert!(findings.iter().any(|finding| finding["rule"] == rule), "{corrupt}: {findings:?}");
        let text = trace([shown(&log)]).code(3);
        assert!(
            text.out.contains("1 pieces read; 0 tell of deployments, 1 of the component store"),
            "{}",
            text.out
        );
        assert!(
            last_line(&text).contains("exit code 3: no deployment could be judged; the state"),
            "{}",
            text.out
        );
    }
}

#[test]
fn a_path_that_leads_nowhere_is_an_error_and_nothing_else() {
    let desk = Desk::bare();
    let log = desk.file("CBS.log", servicing_log(0).as_bytes());
    for arguments in [vec!["nope"], vec![shown(&log), "nope", "--format", "json"]] {
        let run = trace(&arguments).code(3);
        assert_eq!(
            (run.out.as_str(), run.err.as_str()),
            ("", "error: nope: there is no such file or folder\n")
        );
    }
}

#[test]
fn whoever_gives_an_image_file_is_told_what_is_for_images() {
    let desk = Desk::bare();
    let image = desk.wim("install.wim", &one(cmge(root())));
    for (language, words) in
        [("en", "`wimproof check` judges an image file"), ("zh-CN", "判定镜像文件用 `wimproof check`")]
    {
        let text = trace([shown(&image), "--lang", language]).out;
        assert!(text.contains(words) && !text.contains("C:\\Windows\\Panther"), "{text}");
    }
}
