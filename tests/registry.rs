//! What an administrator does with the registry, and asks it.

use std::fs;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde_json::Value;
use wimproof_testkit::{Entry, Image, Wim, filetime};

use crate::support::{Desk, cmge, labels, one, root};

fn filled() -> Desk {
    let desk = Desk::new();
    desk.wim("v2020l.wim", &one(cmge(root())));
    let created = filetime(2022, 1, 28, 2, 52, 36);
    let v2022 = labels("CMGE V2022-L", Entry::tree_of(&[("a", b"b")])).windows_version(10, 0, 19044, 1415);
    desk.wim("v2022l.wim", &one(v2022.created(created).modified(created).edition("EnterpriseG")));
    desk.registry(["approve", "v2020l.wim", "--as", "V2020-L of May", "--by", "Li", "--ticket", "CHG-1"])
        .code(0);
    desk.registry(["approve", "v2022l.wim", "--by", "Wang"]).code(0);
    desk
}

fn ids(run: &crate::support::Run) -> Vec<String> {
    run.json()
        .as_array()
        .expect("a list")
        .iter()
        .map(|a| a["id"].as_str().expect("an id").to_owned())
        .collect()
}

#[test]
fn an_approval_records_everything() {
    let desk = filled();
    let shown = desk.registry(["show", "A0", "--format", "json"]).code(0).json();
    let path = desk.path("v2020l.wim");
    let bytes = fs::read(&path).expect("read");
    assert_eq!(shown["title"], "V2020-L of May");
    assert_eq!(shown["by"], "Li");
    assert_eq!(shown["ticket"], "CHG-1");
    assert_eq!(shown["at"], "2026-11-20T08:00:00Z");
    assert_eq!(shown["assurance"], "verified");
    assert_eq!(shown["status"], "in-force");
    let facts = &shown["facts"];
    assert_eq!(facts["file_size"], bytes.len());
    assert_eq!(facts["file_sha256"], hex::encode(<sha2::Sha256 as sha2::Digest>::digest(&bytes)));
    assert_eq!(facts["build"], 17763);
    assert_eq!(facts["languages"], serde_json::json!(["zh-CN"]));
    for fact in
        ["tree", "content", "metadata_sha1", "guid", "name", "created", "total_bytes", "wim_total_bytes"]
    {
        assert!(!facts[fact].is_null(), "{fact}");
    }
}

#[test]
fn the_log_is_a_bundle_of_in_toto_statements() {
    let desk = filled();
    desk.registry(["revoke", "A1", "--reason", "r"]).code(0);
    let log = fs::read_to_string(desk.registry_dir().join("log.intoto.jsonl")).expect("read");
    assert_eq!(log.lines().count(), 3);
    for line in log.lines() {
        let envelope: Value = serde_json::from_str(line).expect("JSON");
        assert_eq!(envelope["payloadType"], "application/vnd.in-toto+json");
        assert_eq!(envelope["signatures"], serde_json::json!([]));
        let payload = BASE64_STANDARD.decode(envelope["payload"].as_str().expect("text")).expect("base64");
        let statement: Value = serde_json::from_slice(&payload).expect("JSON");
        assert_eq!(statement["_type"], "https://in-toto.io/Statement/v1");
        let digest = statement["subject"][0]["digest"].as_object().expect("digests");
        assert!(!digest.is_empty() && !digest.contains_key("sha1"), "{digest:?}");
    }
    let checkpoint = fs::read_to_string(desk.registry_dir().join("checkpoint")).expect("read");
    let lines: Vec<&str> = checkpoint.split('\n').collect();
    assert_eq!(lines[..2], ["test.example/images", "3"]);
}

#[test]
fn a_record_of_a_newer_version_is_not_passed_over() {
    let desk = filled();
    // As a newer version might write it: a kind of record that this one does not know.
    let log = desk.registry_dir().join("log.intoto.jsonl");
    let statement = serde_json::json!({
        "_type": "https://in-toto.io/Statement/v1", "subject": [{"digest": {"x": "y"}}],
        "predicateType": "urn:wimproof:quarantine:v1", "predicate": {}
    });
    let payload = BASE64_STANDARD.encode(statement.to_string());
    let line = format!(
        "{{\"payload\":\"{payload}\",\"payloadType\":\"application/vnd.in-toto+json\",\"signatures\":[]}}\n"
    );
    let whole = fs::read_to_string(&log).expect("read") + &line;
    fs::write(&log, &whole).expect("written");
    let mut tree = wimproof::registry::Frontier::default();
    whole.lines().for_each(|line| tree.push(wimproof::registry::leaf_hash(line.as_bytes())));
    let root = BASE64_STANDARD.encode(tree.root());
    fs::write(desk.registry_dir().join("checkpoint"), format!("test.example/images\n3\n{root}\n\n"))
        .expect("written");
    let run = desk.check(["v2020l.wim"]).code(3);
    assert!(run.out.contains("newer version"), "{}", run.out);
}

#[test]
fn questions_are_answered_in_every_form() {
    let desk = filled();
    desk.registry(["revoke", "A1", "--reason", "r"]).code(0);
    let images = |arguments: &[&str]| {
        let all = [&["query", "images", "--format", "json"], arguments].concat();
        ids(&desk.run(all).code(0))
    };
    assert_eq!(images(&[]), ["A0", "A1"]);
    assert_eq!(images(&["--name", "cmge*"]), ["A0", "A1"]);
    assert_eq!(images(&["--name", "*2022-?"]), ["A1"]);
    assert_eq!(images(&["--name", "*of may"]), ["A0"]);
    assert_eq!(images(&["--build", "17763"]), ["A0"]);
    assert_eq!(images(&["--edition", "enterpriseg", "--created-since", "2021-01-01"]), ["A1"]);
    assert_eq!(images(&["--created-until", "2021-01-01"]), ["A0"]);
    assert_eq!(images(&["--status", "revoked"]), ["A1"]);
    let csv = desk.run(["query", "images", "--format", "csv"]).code(0).out;
    assert_eq!(csv.lines().next(), Some("id,status,title,name,version,created,basis,approved"));
    assert_eq!(csv.lines().count(), 3);
    assert!(desk.run(["query", "images"]).code(0).out.contains("V2020-L of May"));
}

#[test]
fn checks_are_recorded_and_can_be_asked_for() {
    let desk = filled();
    desk.wim("rogue.wim", &one(Image::new("rogue").root(Entry::dir(""))));
    desk.check(["v2020l.wim", "rogue.wim"]).code(1);
    desk.check(["rogue.wim", "--no-audit"]).code(1);
    desk.check(["missing.wim"]).code(3);
    let audits = |arguments: &[&str]| {
        let run = desk.run([&["query", "audits", "--format", "json"], arguments].concat()).code(0);
        run.json().as_array().expect("a list").clone()
    };
    assert_eq!(audits(&[]).len(), 3);
    let rogue = audits(&["--verdict", "rogue"]);
    assert_eq!(rogue.len(), 1);
    assert_eq!((&rogue[0]["source"], &rogue[0]["rules"][0]), (&"rogue.wim".into(), &"WP1001".into()));
    assert_eq!(audits(&["--name", "CMGE*", "--build", "17763"]).len(), 1);
    assert_eq!(audits(&["--since", "2027-01-01"]).len(), 0);
    assert_eq!(audits(&["--verdict", "undecided"]).len(), 1);
}

#[test]
fn several_images_must_be_chosen() {
    let desk = Desk::new();
    let two = Wim::new().image(cmge(root())).image(labels("second", Entry::dir("")));
    desk.wim("two.wim", &two);
    let run = desk.registry(["approve", "two.wim"]).code(2);
    assert!(run.err.contains("second"), "{}", run.err);
    desk.registry(["approve", "two.wim", "--index", "3"]).code(2);
    desk.registry(["approve", "two.wim", "--index", "2"]).code(0);
    desk.check(["two.wim"]).code(1);
    desk.registry(["approve", "two.wim", "--all", "--as", "both"]).code(0);
    desk.check(["two.wim"]).code(0);
    let list = desk.registry(["list"]).code(0).out;
    assert!(list.contains("both (second)"), "{list}");
}

#[test]
fn what_cannot_be_read_or_is_unsound_is_not_approved() {
    let desk = Desk::new();
    desk.file("garbage.wim", b"garbage");
    for name in ["garbage.wim", "missing.wim"] {
        let run = desk.registry(["approve", name, "--as", "x"]).code(3);
        assert!(run.err.contains("cannot be read"), "{}", run.err);
    }
    desk.wim("wip.wim", &one(cmge(root())).header_flags(0x40));
    let run = desk.registry(["approve", "wip.wim"]).code(1);
    assert!(run.err.contains("WP2003"), "{}", run.err);
    desk.registry(["approve", "wip.wim", "--despite-findings"]).code(0);
    let mut built = one(cmge(root())).build();
    built.flip(built.layout.metadata[0].place.span().offset + 9);
    desk.file("damaged.wim", &built.bytes);
    desk.registry(["approve", "damaged.wim", "--despite-findings"]).code(3);
    assert_eq!(ids(&desk.registry(["list", "--format", "json"])), ["A0"]);
}

#[test]
fn records_must_speak_of_approvals_that_exist() {
    let desk = filled();
    desk.registry(["revoke", "A7", "--reason", "r"]).code(2);
    desk.registry(["revoke", "seven", "--reason", "r"]).code(2);
    desk.registry(["show", "A7"]).code(2);
    desk.registry(["supersede", "A0", "A9"]).code(2);
    desk.registry(["supersede", "A0", "A0"]).code(1);
    desk.registry(["revoke", "A0", "--reason", " "]).code(2);
    desk.registry(["verify"]).code(0);
    assert_eq!(ids(&desk.registry(["export"])), ["A0", "A1"]);
}

#[test]
fn facts_files_are_checked_with_the_place_of_the_mistake() {
    let desk = Desk::new();
    for (text, expected) in [
        ("[facts]\nnam = \"x\"\n", "unknown fact \"nam\""),
        ("[facts]\nfile_size = \"many\"\n", "a number"),
        ("[facts]\ncreated = \"yesterday\"\n", "a date"),
        ("[facts]\nfile_sha256 = \"abc\"\n", "64 hexadecimal digits"),
        ("[facts\n", "line 1"),
        ("[facts]\n", "empty"),
        ("titel = \"x\"\n[facts]\nname = \"x\"\n", "titel"),
    ] {
        desk.file("facts.toml", text.as_bytes());
        let run = desk.registry(["approve", "--from-facts", "facts.toml"]).code(3);
        assert!(run.err.contains(expected), "{text:?}: {}", run.err);
    }
    desk.file(
        "facts.toml",
        format!("[facts]\nname = \"x\"\nfile_sha256 = \"{}\"\n", "ab".repeat(32)).as_bytes(),
    );
    desk.registry(["approve", "--from-facts", "facts.toml"]).code(2);
}

#[test]
fn a_chain_of_successors_makes_sense() {
    let desk = filled();
    desk.registry(["supersede", "A0", "A1"]).code(0);
    desk.registry(["supersede", "A1", "A0"]).code(1);
    desk.registry(["revoke", "A1", "--reason", "r"]).code(0);
    desk.wim("third.wim", &one(Image::new("third").root(Entry::dir(""))));
    desk.registry(["approve", "third.wim"]).code(0);
    desk.registry(["supersede", "A4", "A1"]).code(1);
}

#[test]
fn what_a_check_would_refuse_is_not_approved_by_the_way() {
    let desk = filled();
    desk.wim("twin.wim", &one(cmge(root().child(Entry::file("evil.dll", "x")))));
    let run = desk.registry(["approve", "twin.wim"]).code(1);
    assert!(run.err.contains("WP1003") && run.err.contains("A0"), "{}", run.err);
    desk.registry(["approve", "twin.wim", "--despite-findings"]).code(0);
    let again = desk.registry(["approve", "v2020l.wim", "--scope", "lab"]).code(0);
    assert!(again.err.contains("approved already"), "{}", again.err);
    desk.registry(["approve", "v2020l.wim", "--not-after", "2026-01-01"]).code(2);
    desk.registry(["approve", "v2020l.wim", "--not-before", "2028-01-01", "--not-after", "2027-01-01"])
        .code(2);
    desk.registry(["approve", "v2020l.wim", "--scope", ""]).code(2);
    desk.file("facts.toml", b"[facts]\nname = \" \"\n");
    desk.registry(["approve", "--from-facts", "facts.toml", "--as", "x"]).code(2);
    desk.registry(["approve", "facts.toml"]).code(2);
}

#[test]
fn times_beyond_the_calendar_do_not_close_the_registry() {
    let desk = filled();
    let far = 0x7000_0000_0000_0000;
    let tree = Entry::dir("").child(Entry::file("future", "x").times(far, far, far));
    desk.wim("future.wim", &one(Image::new("future").root(tree).created(far).modified(far)));
    desk.registry(["approve", "future.wim", "--despite-findings"]).code(0);
    desk.registry(["verify"]).code(0);
    desk.check(["v2020l.wim"]).code(0);
    desk.wim("future-rogue.wim", &one(Image::new("rogue").root(Entry::dir("")).created(far).modified(far)));
    desk.check(["future-rogue.wim"]).code(1);
    let audits = desk.run(["query", "audits", "--verdict", "rogue", "--format", "json"]).code(0).json();
    assert_eq!(audits.as_array().map(Vec::len), Some(1));
    desk.file("facts.toml", b"[facts]\nname = \"x\"\ncreated = \"9999-12-31T23:59:59-14:00\"\n");
    desk.registry(["approve", "--from-facts", "facts.toml"]).code(3);
}

#[test]
fn the_digest_of_a_file_speaks_for_no_other_image_in_it() {
    let desk = Desk::new();
    let two = Wim::new().image(cmge(root())).image(Image::new("Maintenance PE").root(Entry::dir("")));
    let size = fs::metadata(desk.wim("two.wim", &two)).expect("a file").len();
    desk.registry(["approve", "two.wim", "--index", "1"]).code(0);
    let facts =
        format!("[facts]\nname = \"other\"\nfile_size = {size}\nfile_sha256 = \"{}\"\n", "00".repeat(32));
    desk.file("other.toml", facts.as_bytes());
    desk.registry(["approve", "--from-facts", "other.toml"]).code(0);
    for assurance in ["declared", "verified"] {
        let json = desk.check(["two.wim", "--assurance", assurance]).code(1).json();
        assert_eq!(json["subjects"][0]["images"][1]["verdict"], "rogue", "{assurance}");
    }
}

#[test]
fn mistyped_filters_are_told() {
    let desk = filled();
    desk.registry(["list", "--status", "foo"]).code(2);
    desk.run(["query", "audits", "--verdict", "foo"]).code(2);
    desk.check(["v2020l.wim"]).code(0);
    let found = desk.run(["query", "audits", "--verdict", "APPROVED", "--format", "json"]).code(0).json();
    assert_eq!(found.as_array().map(Vec::len), Some(1));
}

#[test]
fn a_registry_is_made_once() {
    let desk = filled();
    desk.registry(["init"]).code(1);
    assert_eq!(ids(&desk.registry(["list", "--format", "json"])), ["A0", "A1"]);
    let bare = Desk::bare();
    bare.registry(["list"]).code(3);
    bare.registry(["init", "--origin", "has blanks"]).code(2);
}

#[test]
fn rebuild_and_verify_tell_what_they_did() {
    let desk = filled();
    assert!(desk.registry(["verify"]).code(0).out.contains("the index agrees"));
    fs::write(desk.registry_dir().join("index/stamp"), "no stamp").expect("written");
    let told = desk.registry(["verify"]).code(0).out;
    assert!(told.contains("made anew"), "{told}");
    desk.registry(["rebuild"]).code(0);
    assert!(desk.registry(["verify"]).code(0).out.contains("the index agrees"));
}
