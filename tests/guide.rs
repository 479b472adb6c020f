//! The operator's guide holds: every command of it, in order, as a newcomer pastes it. And what is told in Chinese has the
//! same commands and findings.

#[cfg(target_os = "linux")]
use std::{
    fmt::Write as _,
    os::unix::fs::symlink,
    process::{Command, Stdio},
};
use std::{fs, path::Path};

use crate::support::wimproof;
#[cfg(target_os = "linux")]
use crate::support::{Desk, Run};

/// A fenced block of a page.
struct Block {
    /// What follows the fence: `sh`, `console`, `text`.
    language: String,
    lines: Vec<String>,
}

/// The fenced blocks of a page that are of these languages.
fn blocks(page: &str, languages: &[&str]) -> Vec<Block> {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(page)).expect("a page");
    let (mut blocks, mut open): (Vec<Block>, bool) = (Vec::new(), false);
    for line in text.lines() {
        match (line.strip_prefix("```"), open) {
            (Some(language), false) => {
                blocks.push(Block { language: language.to_owned(), lines: Vec::new() });
                open = true;
            }
            (Some(_), true) => open = false,
            (None, true) => blocks.last_mut().expect("an open block").lines.push(line.to_owned()),
            (None, false) => {}
        }
    }
    assert!(!open, "{page}: a block does not end");
    blocks.retain(|block| languages.contains(&block.language.as_str()));
    blocks
}

/// With what the guide says that a command ends.
fn promised_code(line: &str) -> Option<i32> {
    line.split_once("# exit code ").and_then(|(_, code)| code.parse().ok())
}

/// What a newcomer types: in a `console` block behind the prompt, in a `sh` block all of it. Comments other than exit codes
/// are words of the page.
pub(crate) fn commands(page: &str) -> Vec<String> {
    let typed = |block: Block| {
        let prompt = if block.language == "console" { "$ " } else { "" };
        block.lines.into_iter().filter_map(move |line| line.strip_prefix(prompt).map(str::to_owned))
    };
    let without_comment = |line: String| match line.split_once(" # ") {
        Some((command, _)) if promised_code(&line).is_none() => command.trim_end().to_owned(),
        _ => line,
    };
    blocks(page, &["sh", "console"]).into_iter().flat_map(typed).map(without_comment).collect()
}

#[test]
fn the_chinese_pages_have_the_same_commands() {
    for (english, chinese) in
        [("README.md", "README.zh-CN.md"), ("docs/operators-guide.md", "docs/operators-guide.zh-CN.md")]
    {
        let (expected, found) = (commands(english), commands(chinese));
        assert!(expected.len() > 10, "{english} has commands");
        for (number, (one, other)) in expected.iter().zip(&found).enumerate() {
            assert_eq!(one, other, "command {} of {english} and {chinese}", number + 1);
        }
        assert_eq!(expected.len(), found.len(), "{english} and {chinese}");
    }
}

#[test]
fn the_guide_says_what_to_do_at_each_finding_about_registry_and_policy() {
    let rules = wimproof(["rules"]).code(0).out;
    let rules: Vec<&str> = rules.split_whitespace().filter(|word| word.starts_with("WP50")).collect();
    assert!(rules.len() > 20, "{rules:?}");
    for page in ["docs/operators-guide.md", "docs/operators-guide.zh-CN.md"] {
        let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(page)).expect("a page");
        let told: Vec<&str> = text
            .lines()
            .filter_map(|line| line.strip_prefix("| WP"))
            .filter_map(|row| row.split(' ').next())
            .collect();
        assert_eq!(told.len(), rules.len(), "{page}");
        for (rule, told) in rules.iter().zip(told) {
            assert_eq!(rule.strip_prefix("WP"), Some(told), "{page}");
        }
    }
}

/// The script of a block: behind each command a line that tells with what it ended.
#[cfg(target_os = "linux")]
fn script(number: usize, block: &Block) -> (String, Vec<(String, i32)>) {
    let (mut script, mut promised) = (String::new(), Vec::new());
    let mut until: Option<String> = None;
    for line in &block.lines {
        script.push_str(line);
        script.push('\n');
        if let Some(end) = &until {
            if line != end {
                continue;
            }
            until = None;
        } else if let Some((_, end)) = line.split_once("<< ") {
            until = Some(end.to_owned());
            continue;
        }
        let code = promised_code(line).unwrap_or(0);
        let _ = writeln!(script, "printf '\\n@%s %s@\\n' {number}.{} $?", promised.len());
        promised.push((line.clone(), code));
    }
    assert!(until.is_none(), "a here-document does not end");
    (script, promised)
}

/// One shell runs all of it, in a folder that has nothing but the samples, for a user without a name or settings. What stands
/// in a `text` block is in what the block before it printed.
#[test]
#[cfg(target_os = "linux")]
fn a_newcomer_gets_to_the_end_of_the_operators_guide() {
    if Command::new("ssh-keygen").arg("-?").stdin(Stdio::null()).output().is_err() {
        println!("skipped: ssh-keygen is not installed");
        return;
    }
    let desk = Desk::bare();
    symlink(Path::new(env!("CARGO_MANIFEST_DIR")).join("samples"), desk.path("samples")).expect("a link");
    let blocks = blocks("docs/operators-guide.md", &["sh", "text"]);
    let (mut text, mut promised) = (String::from("exec 2>&1\n"), Vec::new());
    for (number, block) in blocks.iter().enumerate().filter(|(_, block)| block.language == "sh") {
        let (script, codes) = script(number, block);
        text.push_str(&script);
        promised.extend(codes.into_iter().enumerate().map(|(i, (line, code))| (number, i, line, code)));
    }
    let folder = Path::new(env!("CARGO_BIN_EXE_wimproof")).parent().expect("a folder");
    let path = std::env::var("PATH").expect("a path");
    let mut shell = Command::new("sh");
    shell.args(["-c", &text]).current_dir(desk.path("")).stdin(Stdio::null()).env_clear();
    shell.env("PATH", format!("{}:{path}", folder.display())).env("LC_ALL", "C");
    shell.env("HOME", desk.path("home")).env("TMPDIR", desk.path(""));
    let run = Run::from(shell.output().expect("a shell")).code(0);

    assert!(promised.len() > 50, "{} commands", promised.len());
    let mut rest = run.out.as_str();
    let mut said = vec![String::new(); blocks.len()];
    for (block, command, line, code) in promised {
        let ended = format!("\n@{block}.{command} ");
        let Some((output, behind)) = rest.split_once(&ended) else {
            panic!("{line} is not reached:\n{rest}")
        };
        let (found, behind) = behind.split_once("@\n").expect("a code");
        assert_eq!(found, code.to_string(), "{line}\n{output}");
        said[block].push_str(output);
        rest = behind;
    }
    for (number, block) in blocks.iter().enumerate().filter(|(_, block)| block.language == "text") {
        for line in &block.lines {
            assert!(said[number - 1].contains(line.as_str()), "{line} is not in:\n{}", said[number - 1]);
        }
    }
}
