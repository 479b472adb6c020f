//! One result, many forms: each says the same, is what its readers expect, and lets no name of an image do anything.

#[cfg(unix)]
mod gates;
mod hostile_names;
mod json_schema;

use std::{fs, path::Path, process::Command};

use serde_json::Value;

use crate::support::{Desk, cmge, has, one, program, root};
pub(crate) use hostile_names::assert_own_commands;

/// Forms that every result of `check` has, besides the JSON that they are made of.
const FORMS: [&str; 11] =
    ["human", "csv", "html", "sarif", "junit", "markdown", "github", "azure", "teamcity", "gitlab", "vsa"];

const SAMPLES: [&str; 6] = [
    "samples/images/impostor-v2020l.wim",
    "samples/images/cmge-v2020l.wim",
    "samples/images/multi.wim",
    "samples/images/torn-v2020l.wim",
    "samples/facts/icbc-vda-2020.toml",
    "samples/README.md",
];

/// Runs the program at the top of the repository with the sample registry, which it leaves as it is.
fn samples(verb: &str, arguments: &[&str]) -> crate::support::Run {
    let mut command = program();
    command.args(["--now", "2026-11-20", verb]);
    if verb == "check" {
        command.args(["--no-audit", "--registry", "samples/registry"]);
    }
    command.args(arguments).output().expect("runs").into()
}

fn schema() -> Value {
    serde_json::from_str(include_str!("../docs/schema/wimproof-result-v1.schema.json")).expect("JSON")
}

#[test]
fn a_kept_result_has_every_form_that_the_run_had() {
    let desk = Desk::bare();
    let kept = desk.path("kept.json");
    let kept = kept.to_str().expect("UTF-8");
    for verb in ["check", "inspect", "verify", "health"] {
        let arguments = if verb == "check" { &SAMPLES[..] } else { &SAMPLES[..4] };
        samples(verb, &[arguments, &["-o", kept, "--format", "json"]].concat());
        for format in FORMS.iter().chain(&["json"]).filter(|form| verb == "check" || **form != "vsa") {
            for language in ["en", "zh-CN"] {
                let options = ["--format", format, "--lang", language];
                let direct = samples(verb, &[arguments, &options[..]].concat());
                let converted = samples("convert", &[&[kept], &options[..]].concat()).code(0);
                assert_eq!(converted.out, direct.out, "{verb} {format} {language}");
                assert_eq!(converted.err, direct.err, "{verb} {format} {language}");
            }
        }
    }
}

#[test]
fn one_run_writes_several_forms() {
    let desk = Desk::bare();
    let mut arguments = SAMPLES.map(str::to_owned).to_vec();
    for form in FORMS {
        arguments.extend(["--report".to_owned(), format!("{form}={}", desk.path(form).display())]);
    }
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let run = samples("check", &arguments).code(1);
    for form in FORMS {
        let alone = samples("check", &[&SAMPLES[..], &["--format", form]].concat()).code(1);
        assert_eq!(fs::read_to_string(desk.path(form)).expect("written"), alone.out, "{form}");
    }
    assert_eq!(run.out, samples("check", &SAMPLES).out);
}

#[test]
fn forms_that_do_not_fit_are_usage_errors_before_anything_is_read() {
    let desk = Desk::new();
    let image = desk.wim("a.wim", &one(cmge(root())));
    let before = fs::read(&image).expect("read");
    for arguments in [
        &["inspect", "a.wim", "--format", "vsa"][..],
        &["verify", "a.wim", "--report", "vsa=x"],
        &["trace", ".", "--format", "sarif"],
        &["query", "images", "--format", "html"],
        &["registry", "list", "--format", "junit"],
        &["check", "a.wim", "--report", "junit"],
        &["check", "a.wim", "--report", "junit="],
        &["check", "a.wim", "--report", "pdf=x"],
        &["check", "a.wim", "--report", "junit=x", "--report", "sarif=x"],
        &["check", "a.wim", "--report", "junit=x", "-o", "x"],
        &["check", "a.wim", "--report", "junit=./a.wim"],
        &["convert", "a.wim", "--report", "junit=a.wim"],
    ] {
        let run = desk.run(arguments).code(2);
        assert!(run.out.is_empty() && !run.err.is_empty(), "{arguments:?}");
    }
    assert_eq!(fs::read(&image).expect("read"), before);
    assert!(!desk.path("x").exists());
}

#[test]
fn an_old_report_does_not_outlive_a_failure() {
    let desk = Desk::new();
    desk.wim("a.wim", &one(cmge(root())));
    desk.file("gate.xml", b"from another day");
    desk.run(["check", "a.wim", "--report", "junit=gate.xml", "--report", "sarif=no-such-folder/x"]).code(3);
    assert!(!fs::read_to_string(desk.path("gate.xml")).expect("written").contains("another day"));
}

#[test]
fn what_is_no_result_is_not_converted() {
    let desk = Desk::new();
    desk.wim("a.wim", &one(cmge(root())));
    let good = desk.check(["a.wim"]).code(1).out;
    let edited = |from: &str, to: &str| {
        assert!(good.contains(from), "{from} in {good}");
        good.replacen(from, to, 1)
    };
    for (text, says) in [
        (String::new(), "EOF"),
        ("[".repeat(100_000), "not a result"),
        ("{}".to_owned(), "its schema is null"),
        (edited("wimproof/result/v1", "wimproof/case/v1"), "wimproof/case/v1"),
        (good[..good.len() / 2].to_owned(), "EOF"),
        (edited("\"verdict\": \"rogue\"", "\"verdict\": \"approved\""), "contradicts itself"),
        (good.replace("\"verdict\": \"rogue\"", "\"verdict\": \"approved\""), "exit code 0, found 1"),
        (edited("WP1001", "WP9001"), "no rule"),
        (edited("\"build\": 17763", "\"build\": \"17763\""), "fact build"),
        (edited("\"version\"", "\"vers\""), "missing field"),
    ] {
        desk.file("result.json", text.as_bytes());
        let run = desk.run(["convert", "result.json", "--format", "human"]).code(3);
        assert!(run.err.contains(says) && run.out.is_empty(), "{says}: {}", run.err);
    }
    desk.run(["convert", "no-such-file.json"]).code(3);
    // Later versions add; editors of Windows put a byte order mark in front.
    let newer = edited("\"tool\": {", "\"later\": [1], \"tool\": { \"later\": {},");
    desk.file("result.json", format!("\u{feff}{newer}").as_bytes());
    assert_eq!(desk.run(["convert", "result.json", "--format", "json"]).code(0).out, good);
}

#[test]
fn every_prefix_of_a_result_is_survived() {
    let good = samples("check", &["samples/images/multi.wim", "--format", "json"]).code(1).out;
    for end in (0..good.len()).step_by(7).filter(|end| good.is_char_boundary(*end)) {
        assert!(wimproof::report::reading::read(&good.as_bytes()[..end]).is_err(), "{end}");
    }
}

#[test]
fn results_are_what_the_published_schema_says() {
    let schema = schema();
    let desk = Desk::bare();
    let mut results = Vec::new();
    let all = ["samples/images", "samples/facts/icbc-vda-2020.toml", "samples/README.md", "no-such-file.wim"];
    for verb in ["check", "inspect", "verify", "health"] {
        results.push(samples(verb, &[&all[..], &["--format", "json"]].concat()).out);
    }
    results.push(desk.check(["samples/images/multi.wim", "--scope", "lab"]).out);
    for result in results {
        is_of_the_schema(&result);
    }
    for fact in wimproof::sighting::FactKey::ALL {
        let places = &schema["$defs"]["places"]["properties"];
        assert!(places.get(fact.name()).is_some(), "{fact}");
    }
    for verdict in wimproof::judge::Verdict::ALL {
        let names = schema["$defs"]["verdict"]["enum"].as_array().expect("a list");
        assert!(names.contains(&verdict.name().into()));
    }
}

/// By our own reader of the schema, and by that of Python.
#[track_caller]
pub(crate) fn is_of_the_schema(result: &str) {
    let schema = schema();
    let errors = json_schema::errors(&schema, &serde_json::from_str(result).expect("JSON"));
    assert!(errors.is_empty(), "{errors:#?}");
    if let Some(errors) = validated(&Desk::bare(), &schema.to_string(), result) {
        assert_eq!(errors, "", "by jsonschema");
    }
}

/// What the validator `jsonschema` of Python says; `None` where it is not installed.
fn validated(desk: &Desk, schema: &str, value: &str) -> Option<String> {
    const SCRIPT: &str = "\
import json, sys
try:
    import jsonschema
except ImportError:
    sys.exit(77)
schema, value = (json.load(open(path, encoding='utf-8')) for path in sys.argv[1:])
validator = jsonschema.validators.validator_for(schema)
validator.check_schema(schema)
for error in validator(schema).iter_errors(value):
    print(error.json_path, error.message)
";
    if !has("python3") {
        return None;
    }
    let (schema, value) =
        (desk.file("schema.json", schema.as_bytes()), desk.file("value.json", value.as_bytes()));
    let run = Command::new("python3").args(["-c", SCRIPT]).arg(schema).arg(value).output().expect("runs");
    if run.status.code() == Some(77) {
        println!("skipped: jsonschema of Python is not installed");
        return None;
    }
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    Some(String::from_utf8(run.stdout).expect("UTF-8"))
}

#[test]
fn sarif_is_what_github_asks_for() {
    for language in ["en", "zh-CN"] {
        let arguments = [&SAMPLES[..], &SAMPLES[..1], &["--format", "sarif", "--lang", language]].concat();
        let log = samples("check", &arguments).code(1);
        let json = log.json();
        assert_eq!(json["version"], "2.1.0");
        let run = &json["runs"][0];
        let rules = run["tool"]["driver"]["rules"].as_array().expect("rules");
        for rule in rules {
            for text in ["shortDescription", "fullDescription", "help"] {
                let text = rule[text]["text"].as_str().expect("a text");
                assert!((1..=1024).contains(&text.chars().count()), "{rule}");
            }
            let weight = rule["properties"]["security-severity"].as_str().expect("a text");
            assert!(weight.parse::<f64>().is_ok_and(|weight| (0.0..=10.0).contains(&weight)));
        }
        let results = run["results"].as_array().expect("results");
        let mut fingerprints = std::collections::BTreeSet::new();
        for result in results {
            let rule =
                &rules[usize::try_from(result["ruleIndex"].as_u64().expect("an index")).expect("small")];
            assert_eq!(rule["id"], result["ruleId"]);
            assert!(!result["message"]["text"].as_str().expect("a text").is_empty());
            let place = &result["locations"][0]["physicalLocation"];
            let uri = place["artifactLocation"]["uri"].as_str().expect("a text");
            assert!(uri.starts_with("samples/"), "{uri}");
            for number in ["startLine", "startColumn", "endLine", "endColumn"] {
                assert!(place["region"][number].as_u64() >= Some(1), "{place}");
            }
            let print = &result["partialFingerprints"]["primaryLocationLineHash"];
            assert!(fingerprints.insert(print.as_str().expect("a text").to_owned()), "{print} twice");
        }
        assert!(results.len() > 8);
        let artifacts = run["artifacts"].as_array().expect("artifacts");
        assert_eq!(artifacts.len(), SAMPLES.len(), "a file that is named twice is one artifact");
        sarif_is_valid(&log.out);
    }
}

/// The schema of OASIS is not ours to ship: a copy is used where the environment names one.
pub(crate) fn sarif_is_valid(log: &str) {
    let Some(path) = std::env::var_os("WIMPROOF_SARIF_SCHEMA") else {
        println!("skipped: WIMPROOF_SARIF_SCHEMA names no copy of the schema of SARIF 2.1.0");
        return;
    };
    let schema = fs::read_to_string(path).expect("a schema");
    if let Some(errors) = validated(&Desk::bare(), &schema, log) {
        assert_eq!(errors, "");
    }
}

#[test]
fn fingerprints_stay_from_run_to_run() {
    let prints = |now: &str| {
        let arguments = [&SAMPLES[..], &["--format", "gitlab", "--now", now]].concat();
        let mut command = program();
        command.args(["check", "--no-audit", "--registry", "samples/registry"]).args(arguments);
        let list: Value = serde_json::from_slice(&command.output().expect("runs").stdout).expect("JSON");
        let issues = list.as_array().expect("a list").clone();
        issues.into_iter().map(|issue| issue["fingerprint"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(prints("2026-11-20"), prints("2027-01-01"));
}

#[test]
fn junit_has_a_case_for_each_file_and_image() {
    // A file that is named twice counts once.
    let arguments = [&SAMPLES[..], &SAMPLES[..1], &["--format", "junit"]].concat();
    let run = samples("check", &arguments).code(1);
    let document = roxmltree::Document::parse(&run.out).expect("XML");
    let suites: Vec<_> = document.descendants().filter(|node| node.has_tag_name("testsuite")).collect();
    assert_eq!(suites.len(), SAMPLES.len());
    let mut names = std::collections::BTreeSet::new();
    for suite in &suites {
        let cases: Vec<_> = suite.children().filter(|node| node.has_tag_name("testcase")).collect();
        assert_eq!(suite.attribute("tests"), Some(cases.len().to_string().as_str()));
        for (element, attribute) in [("failure", "failures"), ("error", "errors")] {
            let count = suite.descendants().filter(|node| node.has_tag_name(element)).count();
            assert_eq!(suite.attribute(attribute), Some(count.to_string().as_str()), "{element}");
        }
        for case in cases {
            let name =
                (case.attribute("classname").expect("a class"), case.attribute("name").expect("a name"));
            assert!(names.insert(name), "{name:?} twice");
        }
    }
    let ends = |source: &str| -> Vec<&str> {
        let suite = suites.iter().find(|suite| suite.attribute("name") == Some(source)).expect("a suite");
        let cases = suite.children().filter(|node| node.has_tag_name("testcase"));
        let end = |case: roxmltree::Node<'_, '_>| {
            ["failure", "error"].into_iter().find(|name| case.children().any(|node| node.has_tag_name(*name)))
        };
        cases.map(|case| end(case).unwrap_or("passed")).collect()
    };
    assert_eq!(ends("samples/images/cmge-v2020l.wim"), ["passed", "passed"]);
    assert_eq!(ends("samples/images/multi.wim"), ["passed", "passed", "failure"]);
    assert_eq!(ends("samples/README.md"), ["error"]);
    python_reads_junit(&run.out);
    // Images of one file that are asked for one by one are suites of their own.
    let apart = ["samples/images/multi.wim:1", "samples/images/multi.wim:2", "--format", "junit"];
    let run = samples("health", &apart);
    for name in ["samples/images/multi.wim", "samples/images/multi.wim (2)"] {
        assert_eq!(run.out.matches(&format!("<testsuite name=\"{name}\"")).count(), 1, "{}", run.out);
    }
}

/// A second reader: Python's, and `junitparser` where it is installed.
pub(crate) fn python_reads_junit(xml: &str) {
    const SCRIPT: &str = "\
import sys, xml.etree.ElementTree as tree
root = tree.parse(sys.argv[1]).getroot()
assert root.tag == 'testsuites' and int(root.get('tests')) == len(root.findall('testsuite/testcase'))
try:
    import junitparser
except ImportError:
    print('skipped: junitparser is not installed')
else:
    junit = junitparser.JUnitXml.fromfile(sys.argv[1])
    junit.update_statistics()
    assert junit.tests == int(root.get('tests')) and junit.failures == int(root.get('failures'))
";
    if !has("python3") {
        return;
    }
    let desk = Desk::bare();
    let file = desk.file("gate.xml", xml.as_bytes());
    let run = Command::new("python3").args(["-c", SCRIPT]).arg(file).output().expect("runs");
    print!("{}", String::from_utf8_lossy(&run.stdout));
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
}

#[test]
fn a_verification_summary_says_of_which_bytes_it_speaks() {
    let run = samples("check", &[&SAMPLES[..], &["--format", "vsa"]].concat()).code(1);
    let statements: Vec<Value> =
        run.out.lines().map(|line| serde_json::from_str(line).expect("a statement a line")).collect();
    // What has no SHA-256 has no statement, and that is said.
    assert_eq!(statements.len(), 4);
    assert!(run.err.contains("icbc-vda-2020.toml") && run.err.contains("README.md"), "{}", run.err);
    for (statement, passed) in statements.iter().zip([false, true, false, false]) {
        assert_eq!(statement["_type"], "https://in-toto.io/Statement/v1");
        assert_eq!(statement["predicateType"], "https://slsa.dev/verification_summary/v1");
        let digests = statement["subject"][0]["digest"].as_object().expect("digests");
        assert_eq!(digests.keys().collect::<Vec<_>>(), ["sha256"], "a lax reader takes any digest that fits");
        let predicate = &statement["predicate"];
        for required in ["verifier", "resourceUri", "policy", "verificationResult", "verifiedLevels"] {
            assert!(!predicate[required].is_null(), "{required}");
        }
        assert_eq!(predicate["verificationResult"], if passed { "PASSED" } else { "FAILED" });
        let levels = predicate["verifiedLevels"].as_array().expect("levels");
        assert!(levels.iter().all(|level| !level.as_str().expect("a text").starts_with("SLSA_")));
        assert_eq!(levels.contains(&"FAILED".into()), !passed);
    }
    let declared = ["samples/images/cmge-v2020l.wim", "--assurance", "declared", "--format", "vsa"];
    assert_eq!(samples("check", &declared).code(0).out, "");
}

#[test]
fn html_opens_in_a_browser_in_both_languages() {
    let desk = Desk::bare();
    for (language, words) in [("en", "impostor"), ("zh-CN", "\u{5192}\u{5145}\u{955c}\u{50cf}")] {
        let arguments = [&SAMPLES[..], &["--format", "html", "--lang", language]].concat();
        let page = samples("check", &arguments).code(1).out;
        let tree = roxmltree::Document::parse_with_options(
            &page,
            roxmltree::ParsingOptions { allow_dtd: true, ..Default::default() },
        );
        let cards =
            tree.expect("XML").descendants().filter(|node| node.has_tag_name((XHTML, "article"))).count();
        assert_eq!(cards, SAMPLES.len());
        assert!(page.contains(words) && page.contains(&format!("lang=\"{language}\"")));
        if !has("chromium") {
            continue;
        }
        let file = desk.file("gate.html", page.as_bytes());
        let (dom, log) = browsed(&desk, &file);
        assert!(dom.contains(words) && dom.contains("<article"), "{dom}");
        assert!(!log.contains("CONSOLE"), "{log}");
    }
}

const XHTML: &str = "http://www.w3.org/1999/xhtml";

/// What a browser makes of a page, and what it says of it.
fn browsed(desk: &Desk, file: &Path) -> (String, String) {
    let run = Command::new("chromium")
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr", "--dump-dom"])
        .arg(format!("--user-data-dir={}", desk.path("profile").display()))
        .arg(format!("file://{}", file.display()))
        .output()
        .expect("runs");
    (String::from_utf8_lossy(&run.stdout).into_owned(), String::from_utf8_lossy(&run.stderr).into_owned())
}

#[test]
fn the_language_is_that_of_the_environment_unless_named() {
    let title = |variables: &[(&str, &str)], arguments: &[&str]| {
        let mut command = program();
        command.env_remove("LC_ALL").env_remove("LC_MESSAGES").env_remove("LANG");
        command.args(["explain", "WP1001"]).args(arguments).envs(variables.iter().copied());
        String::from_utf8(command.output().expect("runs").stdout).expect("UTF-8")
    };
    let english = title(&[], &[]);
    let chinese = title(&[], &["--lang", "zh-CN"]);
    assert_ne!(english, chinese);
    assert_eq!(title(&[("LANG", "zh_CN.UTF-8")], &[]), chinese);
    assert_eq!(title(&[("LANG", "zh_CN.UTF-8"), ("LC_ALL", "C.UTF-8")], &[]), english);
    assert_eq!(title(&[("LC_ALL", "zh_CN.UTF-8")], &["--lang", "en"]), english);
}

#[test]
fn the_forms_of_a_denied_image() {
    for form in ["sarif", "junit", "markdown", "github", "azure", "teamcity", "gitlab", "vsa"] {
        for language in ["en", "zh-CN"] {
            let images = ["samples/images/impostor-v2020l.wim", "samples/images/multi.wim"];
            let run =
                samples("check", &[&images[..], &["--format", form, "--lang", language]].concat()).code(1);
            insta::assert_snapshot!(format!("{form}_{language}"), run.out);
        }
    }
}
