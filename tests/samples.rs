//! The samples, as the README shows them.

use std::{fs, path::Path};

use crate::support::{Desk, program};

/// A copy of the sample registry: checks leave an index and audits behind.
fn desk() -> Desk {
    let desk = Desk::bare();
    fs::create_dir(desk.registry_dir()).expect("created");
    for file in ["log.intoto.jsonl", "checkpoint"] {
        fs::copy(Path::new("samples/registry").join(file), desk.registry_dir().join(file)).expect("copied");
    }
    fs::create_dir(desk.registry_dir().join("contents")).expect("created");
    for file in fs::read_dir("samples/registry/contents").expect("contents").map(|file| file.expect("a file"))
    {
        fs::copy(file.path(), desk.registry_dir().join("contents").join(file.file_name())).expect("copied");
    }
    desk
}

#[test]
fn each_sample_gets_its_verdict() {
    let desk = desk();
    for (image, verdict, code) in [
        ("cmge-v0h", "approved", 0),
        ("cmge-v2020l", "approved", 0),
        ("cmge-v2022l", "approved", 0),
        ("cmge-v2020l-exported", "approved", 0),
        ("rogue-icbc-vda", "rogue", 1),
        ("impostor-v2020l", "impostor", 1),
        ("revoked-v0g", "revoked", 1),
        ("damaged-v2020l", "tampered", 1),
        ("torn-v2020l", "tampered", 1),
        ("multi", "rogue", 1),
    ] {
        let path = fs::canonicalize(format!("samples/images/{image}.wim")).expect("a sample");
        let run = desk.check([path]).code(code);
        assert_eq!(run.json()["verdict"], verdict, "{image}");
    }
}

#[test]
fn all_damage_of_a_sample_is_named() {
    let desk = Desk::bare();
    let path = fs::canonicalize("samples/images/torn-v2020l.wim").expect("a sample");
    let json =
        desk.run(["verify", "--format", "json"].map(Into::into).into_iter().chain([path])).code(1).json();
    let subject = &json["subjects"][0];
    assert_eq!(subject["checked"]["bad_contents"], 3);
    let findings = subject["images"][0]["findings"].as_array().expect("findings");
    assert_eq!(findings.len(), 6, "three contents, two files each: {findings:?}");
    for finding in findings {
        let place = &finding["evidence"][0];
        assert!(place["offset"].is_u64() && place["length"].is_u64(), "{finding}");
    }
}

#[test]
fn a_damaged_copy_is_not_advised_for_approval() {
    let path = fs::canonicalize("samples/images/torn-v2020l.wim").expect("a sample");
    for (language, anew, others) in [
        ("en", "fetch the file again", ["have this one approved", "all contents are the same"]),
        ("zh-CN", "重新获取该文件", ["申请批准", "内容全部相同"]),
    ] {
        let options = ["check", "--lang", language].map(Into::into);
        let run = desk().run(options.into_iter().chain([path.clone()])).code(1);
        assert!(run.out.contains(anew), "{}", run.out);
        assert!(others.iter().all(|other| !run.out.contains(other)), "{}", run.out);
    }
}

#[test]
fn the_facts_of_the_case_are_rogue() {
    let path = fs::canonicalize("samples/facts/icbc-vda-2020.toml").expect("a sample");
    let run = desk().check([path]).code(1);
    assert_eq!(run.json()["verdict"], "rogue");
    assert_eq!(run.json()["subjects"][0]["claims"], serde_json::json!({}));
}

#[test]
fn the_report_for_people() {
    let desk = desk();
    let mut command = program();
    command.args(["check", "--registry"]).arg(desk.registry_dir());
    command.args([
        "--now",
        "2026-11-20",
        "samples/images/impostor-v2020l.wim",
        "samples/images/cmge-v2020l-exported.wim",
    ]);
    command.args([
        "samples/images/multi.wim",
        "samples/images/revoked-v0g.wim",
        "samples/facts/icbc-vda-2020.toml",
    ]);
    let output = command.output().expect("runs");
    insta::assert_snapshot!(String::from_utf8(output.stdout).expect("UTF-8"));
}

#[test]
fn the_json_contract() {
    let desk = desk();
    let mut command = program();
    command.args(["check", "--format", "json", "--registry"]).arg(desk.registry_dir());
    command.args(["--now", "2026-11-20", "samples/images/rogue-icbc-vda.wim"]);
    let output = command.output().expect("runs");
    insta::assert_snapshot!(String::from_utf8(output.stdout).expect("UTF-8"));
}

#[test]
fn the_readme_shows_what_is_printed() {
    let readme = include_str!("../README.md");
    let start = readme.find("samples/images/impostor-v2020l.wim: IMPOSTOR").expect("the transcript");
    let transcript = readme[start..].split("    ...").next().expect("its end");
    let desk = desk();
    let mut command = program();
    command.args(["check", "samples/images/impostor-v2020l.wim", "--registry"]).arg(desk.registry_dir());
    let output = command.output().expect("runs");
    let printed = String::from_utf8(output.stdout).expect("UTF-8");
    assert!(printed.starts_with(transcript), "the README says:\n{transcript}\nprinted is:\n{printed}");
}
