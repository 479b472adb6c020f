//! Names of images that command, in every form.

use std::fs;

use serde_json::Value;
use wimproof_testkit::{Entry, Image};

use super::{FORMS, sarif_is_valid};
use crate::{
    hostile::{NAMES, assert_inert},
    support::{Desk, one, root},
};

/// What the system takes in no name of a file.
fn not_in_a_file_name(c: char) -> bool {
    c == '/' || cfg!(windows) && (c.is_ascii_control() || "\\:*?\"<>|".contains(c))
}

/// Makes images with a hostile name in every place that takes one, and all forms of a check of them.
fn hostile_forms(name: &str) -> (Desk, Vec<(&'static str, String)>) {
    let desk = Desk::new();
    let hostile =
        |tree| Image::new(name).description(name).display_name(name).edition(name).flags(name).root(tree);
    let file = format!("{}.wim", name.replace(not_in_a_file_name, "_"));
    desk.wim(&file, &one(hostile(root())));
    desk.wim("twin.wim", &one(hostile(Entry::dir(""))));
    desk.registry(["approve", "twin.wim", "--as", name, "--scope", name]).code(0);
    let mut arguments = vec!["check".to_owned(), "-v".to_owned(), format!("./{file}"), "twin.wim".to_owned()];
    arguments.extend(["--scope".to_owned(), name.to_owned()]);
    for form in FORMS {
        arguments.extend(["--report".to_owned(), format!("{form}={form}")]);
    }
    let run = desk.run(arguments).code(1);
    assert_inert(&run.err, name);
    let read = |form: &&'static str| (*form, fs::read_to_string(desk.path(form)).expect("written"));
    let forms = FORMS.iter().map(read).collect();
    (desk, forms)
}

#[test]
fn names_are_inert_in_every_form() {
    for name in NAMES {
        let (_desk, forms) = hostile_forms(name);
        for (form, text) in &forms {
            let what = format!("{form} {name:?}");
            match *form {
                "human" | "csv" => assert_inert(&text.replace("<script", ""), &what),
                "markdown" => {
                    // A code span shows it as it stands; headings are ours.
                    let own = ["### ", "## "];
                    let text = text
                        .lines()
                        .map(|line| own.iter().find_map(|h| line.strip_prefix(h)).unwrap_or(line));
                    let text = text.collect::<Vec<_>>().join("\n");
                    assert_inert(&text.replace("<script", ""), &what);
                    assert_code_spans_hold(&text, &what);
                }
                "github" | "azure" | "teamcity" => assert_own_commands(form, text, &what),
                "html" | "junit" => {
                    assert_inert(text, &what);
                    let options = roxmltree::ParsingOptions { allow_dtd: true, ..Default::default() };
                    let tree = roxmltree::Document::parse_with_options(text, options).expect("XML");
                    assert!(!tree.descendants().any(|node| node.tag_name().name() == "script"), "{what}");
                }
                "sarif" | "gitlab" => {
                    assert_inert(text, &what);
                    let _: Value = serde_json::from_str(text).expect("JSON");
                    if *form == "sarif" {
                        sarif_is_valid(text);
                    }
                }
                "vsa" => {
                    assert_inert(text, &what);
                    assert_eq!(text.lines().count(), 2, "{what}");
                }
                other => panic!("{other} is not looked at"),
            }
        }
    }
}

/// Outside of code spans there is nothing that came from a name.
#[track_caller]
fn assert_code_spans_hold(text: &str, what: &str) {
    for line in text.lines() {
        let outside: String = line.split('`').step_by(2).collect();
        assert!(!outside.contains(['<', '=', '[', '\\']), "{what}: {outside:?} in {line:?}");
    }
}

/// Every line is one command of ours, and no other begins in it.
#[track_caller]
pub(crate) fn assert_own_commands(form: &str, text: &str, what: &str) {
    for line in text.lines() {
        let (command, rest) = match form {
            "github" => {
                let rest =
                    ["::error ", "::warning ", "::notice "].iter().find_map(|own| line.strip_prefix(own));
                let (properties, rest) = rest.and_then(|rest| rest.split_once("::")).expect(what);
                let names: Vec<&str> =
                    properties.split(',').map(|one| one.split_once('=').expect(what).0).collect();
                assert!(names == ["file", "title"] || names == ["file", "line", "title"], "{what}: {line}");
                ("::", rest)
            }
            "azure" => match line.strip_prefix("##vso[") {
                Some(rest) => {
                    let (command, rest) = rest.split_once(']').expect(what);
                    let own = [
                        "task.logissue type=error;",
                        "task.logissue type=warning;",
                        "task.complete result=Failed;",
                    ];
                    assert!(own.iter().any(|own| command.starts_with(own)), "{what}: {line}");
                    ("##", rest)
                }
                None => ("##", line),
            },
            _ => {
                let rest =
                    line.strip_prefix("##teamcity[").and_then(|rest| rest.strip_suffix(']')).expect(what);
                // Without what is escaped, quotation marks stand around values only, and no bracket is left.
                let plain = ["||", "|'", "|[", "|]"]
                    .iter()
                    .fold(rest.to_owned(), |text, pair| text.replace(pair, ""));
                assert!(
                    plain.matches('\'').count() % 2 == 0 && !plain.contains(['[', ']', '|']),
                    "{what}: {line}"
                );
                ("##", rest)
            }
        };
        let _ = command;
        assert!(!rest.contains("##") && !rest.contains("#["), "{what}: {line}");
        assert!(!rest.chars().any(char::is_control) && !rest.contains('\u{202e}'), "{what}: {line:?}");
    }
}
