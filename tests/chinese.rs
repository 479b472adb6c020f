//! With `--lang zh-CN` every command speaks Chinese to people, and other forms stay as they are.

use wimproof_testkit::{Entry, Image, Wim, filetime};

use crate::support::{Desk, Run, cmge, one, root};

/// What stands in the images, registries and policies of these tests, the names of this contract, and terms that are the
/// same in both languages.
const SAME: [&str; 32] = [
    "wim",
    "WIM",
    "CMGE",
    "EnterpriseG",
    "KiB",
    "GUID",
    "SHA",
    "XML",
    "none",
    "Windows",
    "win",
    "ini",
    "log",
    "empty",
    "System32",
    "kernel32",
    "dll",
    "ntdll",
    "link",
    "zone",
    "exe",
    "data",
    "WINDOWS",
    "test",
    "example",
    "images",
    "Microsoft",
    "tree",
    "file",
    "toml",
    "new",
    "name",
];

/// Words of a text that are neither Chinese nor expected: names in brackets behind a word, and commands, are. What the
/// reader of the format says of damage, and of the habits of writers, is told as it says it.
fn english(text: &str) -> Vec<String> {
    let of_reader = |line: &&str| line.contains(" WP20") || line.starts_with("    Microsoft");
    let text: String = text.split_inclusive('\n').filter(|line| !of_reader(line)).collect();
    let mut plain = String::new();
    let (mut bracket, mut code) = (false, false);
    for c in text.chars() {
        match c {
            '(' => bracket = true,
            ')' => bracket = false,
            '`' => code = !code,
            _ if bracket || code => {}
            c => plain.push(c),
        }
    }
    let words = plain.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
    let words =
        words.filter(|word| word.len() > 2 && word.chars().all(|c| c.is_ascii_alphabetic() || c == '_'));
    words.filter(|word| !SAME.contains(word)).map(str::to_owned).collect()
}

#[track_caller]
fn assert_chinese(what: &str, run: &Run) {
    let chinese = run.out.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
    let foreign = english(&run.out);
    assert!(chinese && foreign.is_empty(), "{what}: {foreign:?} in\n{}", run.out);
}

/// A registry with an approval of each fate, images, a policy and an index of what was judged.
fn desk() -> Desk {
    let desk = Desk::new();
    desk.wim("a.wim", &one(cmge(root())));
    desk.wim("b.wim", &one(Image::new("乙").root(root().child(Entry::file("new", "x")))));
    let day = filetime(2021, 2, 3, 4, 5, 6);
    desk.wim("c.wim", &Wim::new().image(Image::new("丙").root(root().times(day, day, day))));
    let mut damaged = one(cmge(root())).integrity(Some(1 << 20)).build();
    damaged.flip(damaged.layout.blob_of(b"[fonts]\r\n").span().offset);
    desk.file("d.wim", &damaged.bytes);
    let waiver = "[[waiver]]\nid = \"1\"\nrule = \"WP1001\"\nsubject = \"sha256:DIGEST\"\nreason = \"试用\"\nowner = \"李\"\nticket = \"1\"\nexpires = 2026-11-01\n";
    let policy = format!("version = 1\n{}", waiver.replace("DIGEST", &"1a".repeat(32)));
    desk.file("p.toml", policy.as_bytes());
    desk
}

#[test]
fn every_command_speaks_it() {
    let desk = desk();
    let run = |arguments: &str| desk.run(arguments.split(' ').chain(["--lang", "zh-CN"]));
    for (arguments, code) in [
        ("registry approve a.wim --by 李", 0),
        ("registry approve b.wim --by 李 --despite-findings", 0),
        ("registry supersede A1 A0 --by 李", 0),
        ("registry revoke A1 --by 李 --reason 作废", 0),
        ("registry list", 0),
        ("registry show A1", 0),
        ("registry log", 0),
        ("registry verify", 0),
        ("registry rebuild", 0),
        ("check a.wim b.wim c.wim d.wim -v", 1),
        ("check a.wim b.wim c.wim d.wim", 1),
        ("check a.wim --assurance claimed", 1),
        ("query images", 0),
        ("query audits", 0),
        ("sweep . --state state.json", 1),
        ("inspect a.wim", 0),
        ("inspect a.wim -v", 0),
        ("inspect a.wim --tree", 0),
        ("inspect a.wim --blobs", 0),
        ("dir a.wim 1 /Windows", 0),
        ("diff a.wim b.wim", 1),
        ("diff a.wim c.wim -v", 1),
        ("diff a.wim a.wim", 0),
        ("verify a.wim", 0),
        ("policy init new.toml", 0),
        ("policy check p.toml", 1),
        ("explain WP1003", 0),
    ] {
        assert_chinese(arguments, &run(arguments).code(code));
    }
    // Titles of rules name programs, files and protocols.
    let rules = run("rules").code(0).out;
    assert!(rules.starts_with("规则") && rules.contains("WP1001  否决 (deny)"), "{rules}");
}

#[test]
fn those_who_sign_are_told_too() {
    let desk = Desk::bare();
    let registry = |arguments: &str| desk.registry(arguments.split(' ').chain(["--lang", "zh-CN"]));
    let made = registry("init --origin test.example --log-key log.key").code(0).out;
    assert!(made.starts_with("登记册 test.example 已创建于 "), "{made}");
    assert_chinese("refresh", &registry("refresh --log-key log.key").code(0));
    assert_chinese("rebuild", &registry("rebuild --log-key log.key").code(0));
    assert_chinese("verify", &registry("verify").code(0));
}

#[test]
fn other_forms_have_the_names_of_the_contract() {
    let desk = desk();
    desk.registry(["approve", "a.wim"]).code(0);
    desk.check(["--no-audit", "a.wim"]).code(0);
    for arguments in [
        &["registry", "list"][..],
        &["registry", "log"],
        &["registry", "show", "A0"],
        &["query", "images"],
        &["policy", "check", "p.toml"],
        &["inspect", "a.wim", "--blobs"],
        &["diff", "a.wim", "c.wim"],
        &["check", "--no-audit", "a.wim"],
    ] {
        let form = |form: &str, language: &str| {
            desk.run([arguments, &["--format", form, "--lang", language]].concat()).out
        };
        assert_eq!(form("json", "zh-CN"), form("json", "en"), "{arguments:?}");
        if !arguments.contains(&"diff") {
            assert_eq!(form("csv", "zh-CN"), form("csv", "en"), "{arguments:?}");
        }
    }
}
