//! The policy of a site: what it asks, excuses and knows, and what it never can.

use std::{fs, path::Path};

use serde_json::Value;
use sha2::{Digest as _, Sha256};
use wimproof_testkit::{Entry, Image, Wim};

use crate::{
    hostile::{NAMES, assert_inert},
    support::{Desk, NOW, Run, cmge, labels, one, root, verdict},
};

/// A desk with an approved image `good.wim`, one that is unhealthy, `wip.wim`, and one that no approval knows, `rogue.wim`.
fn desk() -> Desk {
    let desk = Desk::new();
    let good = desk.wim("good.wim", &one(cmge(root())));
    desk.approve(&good);
    desk.wim("wip.wim", &one(cmge(root())).header_flags(0x40).extra_blob(b"another length"));
    desk.wim("rogue.wim", &one(labels("rogue", Entry::tree_of(&[("other.dll", b"other")]))));
    desk.wim("impostor.wim", &one(cmge(root().child(Entry::file("evil.dll", "x")))));
    desk
}

fn sha256(desk: &Desk, file: &str) -> String {
    hex::encode(Sha256::digest(fs::read(desk.path(file)).expect("read")))
}

/// A policy with one waiver; each change is a line that takes the place of the one with the same key, or none.
fn waiver(desk: &Desk, rule: &str, file: &str, changes: &[(&str, &str)]) -> String {
    let subject = format!("\"sha256:{}\"", sha256(desk, file));
    let rule = format!("\"{rule}\"");
    let lines = [
        ("id", "\"W-2026-014\""),
        ("rule", &rule),
        ("subject", &subject),
        ("reason", "\"tested by hand\""),
        ("owner", "\"image team\""),
        ("ticket", "\"CHG-1234\""),
        ("expires", "2026-12-31"),
    ];
    let mut text = "version = 1\n[[waiver]]\n".to_owned();
    for (key, value) in lines {
        let value = changes.iter().find(|(other, _)| *other == key).map_or(value, |(_, value)| value);
        if !value.is_empty() {
            text.extend([key, " = ", value, "\n"]);
        }
    }
    let more = changes.iter().filter(|(key, _)| !lines.iter().any(|(other, _)| other == key));
    text.extend(more.map(|(key, value)| format!("{key} = {value}\n")));
    text
}

/// `check --policy` with this policy.
fn check(desk: &Desk, policy: &str, arguments: &[&str]) -> Run {
    desk.file("policy.toml", policy.as_bytes());
    desk.check([&["--policy", "policy.toml"][..], arguments].concat())
}

/// Rules that spoke of the policy itself.
fn of_policy(run: &Run) -> Vec<String> {
    let json = run.json();
    let findings = json["findings"].as_array().cloned().unwrap_or_default();
    findings.iter().map(|finding| finding["rule"].as_str().expect("a rule").to_owned()).collect()
}

#[test]
fn a_policy_without_demands_changes_no_answer() {
    let desk = desk();
    for (file, code) in [("good.wim", 0), ("rogue.wim", 1), ("wip.wim", 1), ("no-such.wim", 3)] {
        let without = desk.check([file]).code(code).json();
        let with = check(&desk, "version = 1\n", &[file]).code(code).json();
        assert_eq!(with["subjects"], without["subjects"]);
        assert_eq!(with["enforced"], true);
        assert_eq!(with["policy"]["file"]["sha256"], sha256(&desk, "policy.toml"));
        assert_eq!(without["enforced"], Value::Null);
    }
}

#[test]
fn a_waiver_excuses_its_finding_on_its_file() {
    let desk = desk();
    for (rule, file, unwaived) in [
        ("WP2003", "wip.wim", "unhealthy"),
        ("WP1001", "rogue.wim", "rogue"),
        ("WP1003", "impostor.wim", "impostor"),
    ] {
        let run = check(&desk, &waiver(&desk, rule, file, &[]), &[file]).code(0);
        let json = run.json();
        let image = &json["subjects"][0]["images"][0];
        assert_eq!((&image["verdict"], &image["unwaived_verdict"]), (&"approved".into(), &unwaived.into()));
        let findings = [&json["subjects"][0]["findings"], &image["findings"]];
        let mut findings = findings.into_iter().flat_map(|findings| findings.as_array().expect("a list"));
        let waived = findings.find(|finding| finding["rule"] == rule).expect(rule);
        assert_eq!(waived["waived"]["waiver"], "W-2026-014");
        assert_eq!(waived["waived"]["expires"], "2026-12-31T00:00:00Z");
        assert_eq!(waived["severity"], "deny", "what it excuses is told as it is");
        assert!(of_policy(&run).is_empty());
    }
}

#[test]
fn a_waiver_that_does_not_hold_approves_nothing() {
    let desk = desk();
    for (file, rule) in [("wip.wim", "WP2003"), ("rogue.wim", "WP1001"), ("impostor.wim", "WP1003")] {
        let other = format!("\"sha256:{}\"", sha256(&desk, "good.wim"));
        for (changes, told) in [
            (&[("expires", "2026-11-20")][..], "WP5040"),
            (&[("expires", "2020-01-01T00:00:00Z")], "WP5040"),
            (&[("expires", "2027-11-20")], "WP5044"),
            (&[("expires", "9999-12-31")], "WP5044"),
            (&[("rule", "\"WP2011\"")], "WP5041"),
            (&[("subject", &other)], "WP5042"),
            (&[("image", "2")], "WP5042"),
            (&[("rule", "")], "WP5043"),
            (&[("rule", "\"*\"")], "WP5043"),
            (&[("rule", "\"WP2*\"")], "WP5043"),
            (&[("subject", "")], "WP5043"),
            (&[("subject", "\"*\"")], "WP5043"),
            (&[("subject", "\"sha256:*\"")], "WP5043"),
            (&[("rule", ""), ("subject", "")], "WP5043"),
        ] {
            let run = check(&desk, &waiver(&desk, rule, file, changes), &[file]).code(1);
            let json = run.json();
            assert_ne!(json["verdict"], "approved", "{file} {changes:?}");
            assert_eq!(json["subjects"][0]["images"][0]["unwaived_verdict"], Value::Null);
            assert_eq!(of_policy(&run), [told], "{file} {changes:?}");
            let place = &json["findings"][0]["evidence"][0];
            assert_eq!((&place["source"], &place["line"]), (&"policy.toml".into(), &2.into()));
        }
    }
    // A minute before its end it holds.
    let held = waiver(&desk, "WP1001", "rogue.wim", &[("expires", "2026-11-20T08:01:00Z")]);
    check(&desk, &held, &["rogue.wim"]).code(0);
}

#[test]
fn a_waiver_excuses_no_more_than_its_rule() {
    let desk = desk();
    // A rogue image in an unsound file: two findings deny it.
    let tree = Entry::tree_of(&[("other.dll", b"other")]);
    desk.wim("both.wim", &one(labels("rogue", tree)).header_flags(0x40));
    for rule in ["WP1001", "WP2003"] {
        let run = check(&desk, &waiver(&desk, rule, "both.wim", &[]), &["both.wim"]).code(1);
        assert_eq!(verdict(&run), "rogue");
        assert_eq!(of_policy(&run), [""; 0]);
    }
    // An image that was swapped after the waiver was given is another file.
    let given = waiver(&desk, "WP1001", "rogue.wim", &[]);
    desk.wim("rogue.wim", &one(labels("rogue", Entry::tree_of(&[("other.dll", b"evil")]))));
    assert_eq!(verdict(&check(&desk, &given, &["rogue.wim"]).code(1)), "rogue");
    // Approved once, revoked now: a waiver on another rule does not bring it back.
    let given = waiver(&desk, "WP2003", "wip.wim", &[]);
    desk.registry(["revoke", "A0", "--reason", "corrupt"]).code(0);
    assert_eq!(verdict(&check(&desk, &given, &["wip.wim"]).code(1)), "revoked");
}

#[test]
fn a_waiver_of_damage_names_the_very_bytes() {
    let desk = desk();
    let mut built = one(cmge(root())).build();
    built.flip(built.layout.metadata[0].place.span().offset + 40);
    desk.file("damaged.wim", &built.bytes);
    let policy = waiver(&desk, "WP2020", "damaged.wim", &[]);
    assert_eq!(verdict(&check(&desk, &policy, &["damaged.wim"]).code(0)), "approved");
    built.flip(built.layout.metadata[0].place.span().offset + 41);
    desk.file("damaged.wim", &built.bytes);
    assert_eq!(verdict(&check(&desk, &policy, &["damaged.wim"]).code(1)), "tampered");
}

#[test]
fn a_digest_that_is_only_told_is_waived_by_nobody() {
    let desk = desk();
    let digest = sha256(&desk, "rogue.wim");
    let size = fs::metadata(desk.path("rogue.wim")).expect("there").len();
    let facts = format!("[facts]\nname = \"x\"\nfile_size = {size}\nfile_sha256 = \"{digest}\"\n");
    desk.file("told.toml", facts.as_bytes());
    let policy = waiver(&desk, "WP1001", "rogue.wim", &[]);
    assert_eq!(of_policy(&check(&desk, &policy, &["told.toml"]).code(1)), ["WP5042"]);
    // Nor is a file of which only the claims were looked at; with a closer look it is.
    let loose = format!("may-loosen = [\"assurance\"]\n{policy}");
    check(&desk, &loose, &["rogue.wim", "--assurance", "claimed"]).code(1);
    check(&desk, &loose, &["rogue.wim", "--assurance", "declared"]).code(0);
}

#[test]
fn a_result_does_not_take_the_place_of_its_policy() {
    let desk = desk();
    let policy = "version = 1\n[baseline]\nallow = true\n";
    baseline(&desk, &["rogue.wim"]);
    for file in ["policy.toml", "baseline.json"] {
        let arguments = ["rogue.wim", "--baseline", "baseline.json", "-o", file];
        check(&desk, policy, &arguments).code(2);
        let report = format!("junit={file}");
        check(&desk, policy, &["rogue.wim", "--baseline", "baseline.json", "--report", &report]).code(2);
    }
    assert_eq!(fs::read_to_string(desk.path("policy.toml")).expect("there"), policy);
    assert!(desk.path("baseline.json").exists());
}

#[test]
fn levels_weigh_findings_anew() {
    let desk = desk();
    let lighter = "version = 1\n[rules]\nWP2003 = \"warn\"\n";
    let run = check(&desk, lighter, &["wip.wim"]).code(0);
    let finding = &run.json()["subjects"][0]["findings"][0];
    assert_eq!((&finding["rule"], &finding["severity"]), (&"WP2003".into(), &"warn".into()));
    // What is odd elsewhere denies here.
    desk.wim("bits.wim", &one(cmge(root())).header_flags(0x4000_0000).extra_blob(b"another length"));
    let ordinary = desk.check(["bits.wim"]).code(0);
    let odd = ordinary.rules();
    assert!(odd.contains(&"WP2015".to_owned()), "{odd:?}");
    let run = check(&desk, "version = 1\n[rules]\nWP2015 = \"deny\"\n", &["bits.wim"]).code(1);
    assert_eq!(verdict(&run), "unhealthy");
}

#[test]
fn the_command_line_only_tightens() {
    let desk = desk();
    let refused = |policy: &str, arguments: &[&str]| {
        let run = check(&desk, policy, &[&["good.wim"], arguments].concat()).code(2);
        assert!(run.err.contains("would loosen the policy policy.toml"), "{}", run.err);
        assert!(run.out.is_empty());
    };
    let strict = "version = 1\n[scope]\ndefault = \"prod\"\nallowed = [\"pilot\"]\n";
    refused(strict, &["--assurance", "declared"]);
    refused(strict, &["--scope", "lab"]);
    refused(strict, &["--baseline", "x.json"]);
    let run = check(&desk, strict, &["good.wim"]).code(0).json();
    assert_eq!(run["policy"]["scope"], "prod");
    assert_eq!(run["policy"]["assurance"], "verified");
    check(&desk, strict, &["good.wim", "--scope", "pilot", "--assurance", "verified"]).code(0);
    let lax = "version = 1\n[require]\nassurance = \"declared\"\n";
    assert_eq!(check(&desk, lax, &["good.wim"]).code(0).json()["policy"]["assurance"], "declared");
    let tighter = check(&desk, lax, &["good.wim", "--assurance", "verified", "--scope", "any"]).code(0);
    assert_eq!(tighter.json()["policy"]["assurance"], "verified");
    let loose = "version = 1\nmay-loosen = [\"assurance\", \"scope\"]\n[scope]\ndefault = \"prod\"\n";
    check(&desk, loose, &["good.wim", "--scope", "lab", "--assurance", "declared"]).code(0);
    refused(loose, &["--baseline", "x.json"]);
}

#[test]
fn approvals_grow_old_and_digests_can_be_asked_for() {
    let desk = desk();
    let aged = "version = 1\n[approval]\nmax-age-days = 30\n";
    check(&desk, aged, &["good.wim"]).code(0);
    let later = ["good.wim", "--now", "2026-12-20T08:00:00Z"];
    desk.file("policy.toml", aged.as_bytes());
    let run: Run = crate::support::program()
        .args(["check", "--format", "json", "--registry", "registry", "--policy", "policy.toml"])
        .args(later)
        .current_dir(desk.path(""))
        .output()
        .expect("runs")
        .into();
    assert_eq!(verdict(&run), "expired");
    assert_eq!(run.rules(), ["WP5045"]);
    // Another container of the approved image, sound and of another length.
    desk.wim("export.wim", &one(cmge(root())).extra_blob(b"another length"));
    desk.check(["export.wim"]).code(0);
    for (digest, code) in [("tree", 0), ("content", 0), ("file", 1)] {
        let policy = format!("version = 1\n[require]\ndigest = \"{digest}\"\n");
        check(&desk, &policy, &["good.wim"]).code(0);
        let run = check(&desk, &policy, &["export.wim"]).code(code);
        assert_eq!(run.rules().contains(&"WP5046".to_owned()), code == 1);
    }
    // Where both files are approved, each is measured by its own approval.
    desk.approve(&desk.path("export.wim"));
    let policy = "version = 1\n[require]\ndigest = \"file\"\n";
    check(&desk, policy, &["good.wim", "export.wim"]).code(0);
}

#[test]
fn audit_mode_reports_the_same_and_enforces_nothing() {
    let desk = desk();
    let audit = "version = 1\nmode = \"audit\"\n";
    let enforced = check(&desk, "version = 1\n", &["rogue.wim"]).code(1).json();
    let run = check(&desk, audit, &["rogue.wim"]).code(0);
    let json = run.json();
    assert_eq!(json["subjects"], enforced["subjects"]);
    assert_eq!((&json["enforced"], &json["verdict"]), (&false.into(), &"rogue".into()));
    let human = desk.run(["check", "rogue.wim", "--policy", "policy.toml"]).code(0).out;
    assert!(human.lines().next().expect("a line").starts_with("AUDIT MODE"), "{human}");
    let chinese = desk.run(["check", "rogue.wim", "--policy", "policy.toml", "--lang", "zh-CN"]).code(0).out;
    assert!(chinese.starts_with("\u{5ba1}\u{8ba1}\u{6a21}\u{5f0f}"), "{chinese}");
    // What could not be judged is no answer.
    check(&desk, audit, &["no-such.wim"]).code(3);
    fs::remove_dir_all(desk.registry_dir()).expect("removed");
    check(&desk, audit, &["rogue.wim"]).code(3);
}

#[test]
fn the_same_check_gives_the_same_bytes() {
    let desk = desk();
    let policy = waiver(&desk, "WP1001", "rogue.wim", &[]) + "[break-glass]\nallow = true\n";
    let run = || {
        let arguments = ["rogue.wim", "wip.wim", "--break-glass", "outage", "--change", "CHG-1"];
        check(&desk, &policy, &arguments).code(0).out
    };
    assert_eq!(run(), run());
}

#[test]
fn what_is_wrong_in_a_policy_is_shown_with_its_place() {
    let desk = desk();
    let faulty = "\
version = 1
mode = \"watch\"
[require]
assurance = \"claimed\"
[rules]
WP9999 = \"deny\"
WP1003 = \"warn\"
WP2031 = \"allow\"
WP5003 = \"warn\"
WP2009 = \"fatal\"
[waivers]
max-days = 0
[[waiver]]
id = \"a\"
rule = \"WP5003\"
subject = \"sha256:12\"
reason = \"\"
expires = 2026-12-31T08:00:00
[[waiver]]
id = \"b\"
rule = \"WP1001\"
subject = \"tree:0000000000000000000000000000000000000000000000000000000000000000\"
image = 0
reason = \"r\"
owner = \"o\"
ticket = \"t\"
expires = 2026-12-31
[break-glass]
even-with = [\"WP1001\"]
";
    let run = check(&desk, faulty, &["good.wim"]).code(3);
    assert!(run.out.is_empty());
    insta::assert_snapshot!("faults", run.err);
    // The same from the verb that looks after policies.
    assert_eq!(desk.run(["policy", "check", "policy.toml"]).code(3).err, run.err);
    for (name, text) in [
        ("syntax", "version = 1\nmode = \"audit\n"),
        ("unknown_key", "version = 1\n[break-glas]\nallow = true\n"),
        ("wrong_type", "version = 1\n[[waiver]]\nexpires = \"2026-12-31\"\n"),
        ("no_version", "mode = \"audit\"\n"),
    ] {
        let run = check(&desk, text, &["good.wim"]).code(3);
        insta::assert_snapshot!(name, run.err);
    }
}

#[test]
fn a_policy_that_cannot_be_read_is_no_decision() {
    let desk = desk();
    desk.run(["check", "good.wim", "--policy", "no-such.toml"]).code(3);
    desk.run(["check", "good.wim", "--policy", "."]).code(3);
    check(&desk, "", &["good.wim"]).code(3);
    check(&desk, &format!("version = 1\n#{}", "x".repeat(1 << 20)), &["good.wim"]).code(3);
    check(&desk, &format!("version = 1\na = {}", "[".repeat(100_000)), &["good.wim"]).code(3);
    check(&desk, "version = 1\n[health]\ndepth = \"deep\"\n", &["good.wim"]).code(3);
    desk.file("policy.toml", b"version = 1\n# \xff\n");
    desk.run(["check", "good.wim", "--policy", "policy.toml"]).code(3);
    desk.file("policy.toml", b"\xef\xbb\xbfversion = 1\r\nmode = \"audit\"\r\n");
    desk.run(["check", "rogue.wim", "--policy", "policy.toml"]).code(0);
    // The environment names one as well.
    let mut command = desk.command();
    command.env("WIMPROOF_POLICY", "no-such.toml").args(["check", "good.wim"]);
    assert_eq!(command.output().expect("runs").status.code(), Some(3));
}

/// Makes a baseline of what a check of these files finds.
fn baseline(desk: &Desk, files: &[&str]) -> Run {
    desk.check([files, &["-o", "result.json"]].concat());
    desk.run(["policy", "baseline", "result.json", "-o", "baseline.json"]).code(0)
}

#[test]
fn a_baseline_knows_what_was_there_and_nothing_else() {
    let desk = desk();
    let made = baseline(&desk, &["rogue.wim", "wip.wim", "impostor.wim"]);
    assert!(made.err.contains("1 of WP1003 are not"), "{}", made.err);
    let run = desk.check(["rogue.wim", "wip.wim", "--baseline", "baseline.json"]).code(0);
    let json = run.json();
    let image = &json["subjects"][0]["images"][0];
    assert_eq!(image["findings"][0]["known"]["since"], NOW);
    assert_eq!((&image["verdict"], &image["unwaived_verdict"]), (&"approved".into(), &"rogue".into()));
    assert!(of_policy(&run).is_empty());
    // Elsewhere it is the same file; another file in its place is not.
    fs::rename(desk.path("rogue.wim"), desk.path("moved.wim")).expect("renamed");
    desk.check(["moved.wim", "--baseline", "baseline.json"]).code(0);
    desk.wim("rogue.wim", &one(labels("rogue", Entry::tree_of(&[("other.dll", b"evil")]))));
    let run = desk.check(["rogue.wim", "--baseline", "baseline.json"]).code(1);
    assert_eq!((verdict(&run), of_policy(&run)), ("rogue".to_owned(), vec!["WP5048".to_owned()]));
    // What was never known is not known now.
    let run = desk.check(["impostor.wim", "--baseline", "baseline.json"]).code(1);
    assert_eq!(verdict(&run), "impostor");
    // A known file that is revoked meanwhile is not passed over.
    desk.registry(["revoke", "A0", "--reason", "corrupt"]).code(0);
    assert_eq!(verdict(&desk.check(["wip.wim", "--baseline", "baseline.json"]).code(1)), "revoked");
}

#[test]
fn a_known_finding_that_is_gone_is_said() {
    let desk = desk();
    baseline(&desk, &["rogue.wim"]);
    let path = desk.path("rogue.wim");
    desk.approve(&path);
    let run = desk.check(["rogue.wim", "--baseline", "baseline.json"]).code(0);
    assert_eq!(of_policy(&run), ["WP5047"]);
    assert!(run.json()["findings"][0]["message"].as_str().expect("a text").contains("rogue.wim#1"));
}

#[test]
fn a_baseline_that_knows_too_much_is_none() {
    let desk = desk();
    baseline(&desk, &["rogue.wim"]);
    let good = fs::read_to_string(desk.path("baseline.json")).expect("written");
    for (from, to) in
        [("WP1001", "WP1003"), ("WP1001", "WP5003"), ("WP1001", "WP9001"), ("baseline/v1", "x/v1")]
    {
        desk.file("edited.json", good.replace(from, to).as_bytes());
        desk.check(["rogue.wim", "--baseline", "edited.json"]).code(3);
    }
    desk.check(["rogue.wim", "--baseline", "no-such.json"]).code(3);
    // A fingerprint belongs to its rule: put under another one it knows nothing.
    desk.file("edited.json", good.replace("\"file_sha256\": \"", "\"file_sha256\": \"0").as_bytes());
    let known = desk.check(["rogue.wim", "--baseline", "edited.json"]);
    assert_eq!(known.code, 0, "the fingerprint decides");
    desk.run(["policy", "baseline", "baseline.json"]).code(3);
}

#[test]
fn a_policy_decides_whether_there_is_a_baseline() {
    let desk = desk();
    baseline(&desk, &["rogue.wim"]);
    let arguments = ["rogue.wim", "--baseline", "baseline.json"];
    check(&desk, "version = 1\n", &arguments).code(2);
    check(&desk, "version = 1\n[baseline]\nallow = true\n", &arguments).code(0);
}

const GLASS: [&str; 5] = ["rogue.wim", "--break-glass", "outage of the branch", "--change", "CHG-1"];

fn audits(desk: &Desk) -> Vec<Value> {
    let text = fs::read_to_string(desk.registry_dir().join("audits.jsonl")).unwrap_or_default();
    text.lines().map(|line| serde_json::from_str(line).expect("an audit")).collect()
}

#[test]
fn the_glass_is_broken_only_on_the_record() {
    let desk = desk();
    let allowed = "version = 1\n[break-glass]\nallow = true\n";
    let run = check(&desk, allowed, &GLASS).code(0);
    let json = run.json();
    assert_eq!((&json["verdict"], &json["enforced"]), (&"rogue".into(), &false.into()));
    assert_eq!(json["break_glass"]["granted"], true);
    assert_eq!(of_policy(&run), ["WP5049"]);
    let last = audits(&desk).pop().expect("an audit");
    assert_eq!(last["break_glass"]["by"], "tester");
    assert_eq!(last["break_glass"]["ticket"], "CHG-1");
    assert_eq!(last["verdict"], "rogue");
    let human = desk.run([&["check", "--policy", "policy.toml"][..], &GLASS].concat()).code(0).out;
    assert!(
        human.starts_with("BREAK-GLASS: tester let the images through against the verdict rogue"),
        "{human}"
    );
    // An answer that lets the image through is nothing to break the glass for.
    let before = audits(&desk).len();
    let approved = check(&desk, allowed, &[&["good.wim"], &GLASS[1..]].concat()).code(0);
    assert_eq!(approved.json()["break_glass"], Value::Null);
    assert!(audits(&desk)[before..].iter().all(|audit| audit["break_glass"].is_null()));
}

#[test]
fn the_glass_holds_where_it_is_not_allowed() {
    let desk = desk();
    let refused = |run: Run, code: i32, why: &str| {
        let run = run.code(code);
        let json = run.json();
        assert_eq!(json["break_glass"]["granted"], false);
        assert_eq!(of_policy(&run), ["WP5050"]);
        assert!(json["findings"][0]["message"].as_str().expect("a text").contains(why), "{}", run.out);
    };
    refused(desk.check(GLASS), 1, "no policy allows it");
    refused(check(&desk, "version = 1\n", &GLASS), 1, "does not allow");
    let allowed = "version = 1\n[break-glass]\nallow = true\n";
    let unread = ["no-such.wim", "--break-glass", "outage", "--change", "CHG-1"];
    refused(check(&desk, allowed, &unread), 3, "could not be judged");
    refused(check(&desk, allowed, &[&["rogue.wim"], &unread[..]].concat()), 1, "could not be judged");
    // A registry that is not to be believed.
    let log = desk.registry_dir().join("log.intoto.jsonl");
    fs::write(&log, b"").expect("written");
    refused(check(&desk, allowed, &GLASS), 3, "WP5003");
    for arguments in [
        &["rogue.wim", "--break-glass", "outage"][..],
        &["rogue.wim", "--break-glass", " ", "--change", "CHG-1"],
        &["rogue.wim", "--break-glass", "outage", "--change", ""],
        &["rogue.wim", "--break-glass", "outage", "--change", "CHG-1", "--no-audit"],
        &["rogue.wim", "--ticket", "CHG-1"],
    ] {
        check(&desk, allowed, arguments).code(2);
    }
}

#[test]
fn the_glass_holds_where_nothing_can_be_recorded() {
    let desk = desk();
    let record = desk.registry_dir().join("audits.jsonl");
    let _ = fs::remove_file(&record);
    fs::create_dir(&record).expect("in the way");
    let run = check(&desk, "version = 1\n[break-glass]\nallow = true\n", &GLASS).code(1);
    assert_eq!(run.json()["break_glass"]["granted"], false);
    assert_eq!(run.json()["enforced"], true);
    assert!(run.out.contains("could not be recorded"), "{}", run.out);
    let copied = [&GLASS[..], &["--copy-to", "deployed.wim"]].concat();
    check(&desk, "version = 1\n[break-glass]\nallow = true\n", &copied).code(1);
    assert!(!desk.path("deployed.wim").exists());
    fs::remove_dir(&record).expect("removed");
    check(&desk, "version = 1\n[break-glass]\nallow = true\n", &copied).code(0);
    assert!(desk.path("deployed.wim").exists());
}

#[test]
fn policies_are_written_and_told() {
    let desk = desk();
    desk.run(["policy", "init"]).code(0);
    let told = desk.run(["policy", "check", "policy.toml"]).code(0).out;
    assert!(told.contains("enforce") && told.contains("not allowed"), "{told}");
    desk.run(["policy", "init"]).code(1);
    desk.run(["policy", "check"]).code(2);
    desk.run(["check", "good.wim", "--policy", "policy.toml"]).code(0);
    desk.file("soon.toml", waiver(&desk, "WP1001", "rogue.wim", &[("expires", "2026-11-30")]).as_bytes());
    let soon = desk.run(["policy", "check", "soon.toml"]).code(0).out;
    assert!(soon.contains("WP5051") && soon.contains("line 2"), "{soon}");
    desk.file("over.toml", waiver(&desk, "WP1001", "rogue.wim", &[("expires", "2026-11-19")]).as_bytes());
    let over = desk.run(["--policy", "over.toml", "policy", "check", "--format", "json"]).code(1).json();
    assert_eq!(over["waivers"][0]["holds"], false);
    assert_eq!(over["findings"][0]["rule"], "WP5040");
}

/// Forms that tell of a policy, and the words by which they do.
const FORMS: [&str; 9] =
    ["human", "html", "sarif", "junit", "markdown", "github", "azure", "teamcity", "gitlab"];

/// Every form of a check, the kept result, and its code.
fn forms(desk: &Desk, arguments: &[&str], code: i32) -> Vec<(&'static str, String)> {
    desk.check([arguments, &["--no-audit", "-o", "kept.json"]].concat()).code(code);
    let form = |form: &'static str| {
        let direct =
            desk.run([&["check", "--no-audit", "--format", form][..], arguments].concat()).code(code);
        let converted = desk.run(["convert", "kept.json", "--format", form]).code(0);
        assert_eq!(direct.out, converted.out, "{form}");
        (form, direct.out)
    };
    FORMS.into_iter().chain(["vsa"]).map(form).collect()
}

#[test]
fn every_form_tells_of_waivers() {
    let desk = desk();
    desk.file("policy.toml", waiver(&desk, "WP1001", "rogue.wim", &[]).as_bytes());
    for (form, text) in forms(&desk, &["rogue.wim", "--policy", "policy.toml"], 0) {
        if form == "vsa" {
            assert!(text.contains("WIMPROOF_EXCUSED") && !text.contains("WIMPROOF_APPROVED"), "{text}");
            continue;
        }
        assert!(text.contains("W-2026-014") && text.contains("tested by hand"), "{form}: {text}");
        assert_eq!(text.contains("BY EXCEPTION"), form != "gitlab", "{form}: {text}");
    }
    let sarif: Value = serde_json::from_str(&form_of(&desk, "sarif")).expect("JSON");
    let results = sarif["runs"][0]["results"].as_array().expect("results");
    let suppression = &results[0]["suppressions"][0];
    assert_eq!((&suppression["kind"], &suppression["status"]), (&"external".into(), &"accepted".into()));
    assert!(suppression["justification"].as_str().expect("a text").contains("tested by hand"));
    crate::forms::sarif_is_valid(&sarif.to_string());
    let junit = form_of(&desk, "junit");
    let tree = roxmltree::Document::parse(&junit).expect("XML");
    let skipped = tree.descendants().find(|node| node.has_tag_name("skipped")).expect("skipped");
    assert!(skipped.attribute("message").expect("why").contains("W-2026-014"));
    let suite = tree.descendants().find(|node| node.attribute("name") == Some("rogue.wim")).expect("a suite");
    assert_eq!((suite.attribute("skipped"), suite.attribute("failures")), (Some("1"), Some("0")));
    crate::forms::python_reads_junit(&junit);
    for form in ["human", "sarif", "junit", "markdown", "github", "azure", "teamcity", "gitlab"] {
        insta::assert_snapshot!(format!("waived_{form}"), masked(&desk, &form_of(&desk, form)));
    }
}

fn form_of(desk: &Desk, form: &str) -> String {
    desk.run(["convert", "kept.json", "--format", form]).code(0).out
}

/// Without the digest of the policy, which holds that of a file that is made anew.
fn masked(desk: &Desk, text: &str) -> String {
    text.replace(&sha256(desk, "policy.toml"), "SHA-256 of the policy")
}

#[test]
fn every_form_tells_of_audit_mode() {
    let desk = desk();
    desk.file("policy.toml", b"version = 1\nmode = \"audit\"\n");
    for (form, text) in forms(&desk, &["rogue.wim", "--policy", "policy.toml"], 0) {
        match form {
            // A list of findings, and a statement on the image: neither stops anything.
            "gitlab" => {}
            "vsa" => assert!(text.contains("\"FAILED\"") && text.contains("\"audit\""), "{text}"),
            _ => assert!(text.contains("AUDIT MODE"), "{form}: {text}"),
        }
        // What stops a build would enforce what is not to be enforced.
        assert!(!text.contains("buildProblem") && !text.contains("task.complete"), "{form}: {text}");
    }
    for form in ["human", "markdown", "github", "azure", "teamcity"] {
        insta::assert_snapshot!(format!("audit_{form}"), masked(&desk, &form_of(&desk, form)));
    }
}

#[test]
fn results_under_a_policy_are_what_the_published_schema_says() {
    let desk = desk();
    baseline(&desk, &["rogue.wim", "wip.wim"]);
    let more = "[baseline]\nallow = true\n[break-glass]\nallow = true\n";
    let policies = [
        format!("version = 1\nmode = \"audit\"\n{more}"),
        waiver(&desk, "WP1001", "rogue.wim", &[]) + more,
        waiver(&desk, "", "rogue.wim", &[("subject", "")]) + more,
    ];
    for policy in policies {
        for arguments in [
            &["rogue.wim", "wip.wim"][..],
            &["rogue.wim", "--baseline", "baseline.json"],
            &["impostor.wim", "--break-glass", "outage", "--change", "CHG-1"],
        ] {
            let out = check(&desk, &policy, arguments).out;
            crate::forms::is_of_the_schema(&out);
            // And is read back as it was written.
            desk.file("kept.json", out.as_bytes());
            assert_eq!(form_of(&desk, "json"), out);
        }
    }
}

#[test]
fn a_result_that_claims_an_excuse_has_one() {
    let desk = desk();
    desk.file("policy.toml", waiver(&desk, "WP1001", "rogue.wim", &[]).as_bytes());
    desk.check(["rogue.wim", "--policy", "policy.toml", "-o", "kept.json"]).code(0);
    let kept = fs::read_to_string(desk.path("kept.json")).expect("written");
    desk.file("kept.json", kept.replace("\"waived\"", "\"was\"").as_bytes());
    let run = desk.run(["convert", "kept.json"]).code(3);
    assert!(run.err.contains("contradicts itself"), "{}", run.err);
    // An exit code of 0 on a no takes somebody who said so.
    let no = desk.check(["rogue.wim"]).code(1).out;
    desk.file("kept.json", no.replace("\"exit_code\": 1", "\"exit_code\": 0").as_bytes());
    desk.run(["convert", "kept.json"]).code(3);
}

#[test]
fn texts_of_a_policy_are_inert_in_every_form() {
    for name in NAMES {
        let desk = desk();
        let quoted = serde_json::to_string(name).expect("JSON").replace('\u{9b}', "\\u009b");
        let texts = [("id", quoted.as_str()), ("reason", &quoted), ("owner", &quoted), ("ticket", &quoted)];
        for (changes, code) in [(&[][..], 0), (&[("subject", "\"*\"")], 1)] {
            let policy = waiver(&desk, "WP1001", "rogue.wim", &[&texts[..], changes].concat());
            desk.file("policy.toml", policy.as_bytes());
            for (form, text) in forms(&desk, &["rogue.wim", "--policy", "policy.toml"], code) {
                let what = format!("{form} {name:?}");
                let text = match form {
                    "github" | "azure" | "teamcity" => {
                        crate::forms::assert_own_commands(form, &text, &what);
                        continue;
                    }
                    // Headings are ours.
                    "markdown" => text.replace("### ", "").replace("## ", "").replace("<script", ""),
                    "human" => text.replace("<script", ""),
                    _ => text,
                };
                assert_inert(&text, &what);
            }
            let told = desk.run(["policy", "check", "policy.toml"]);
            assert_inert(&told.out.replace("<script", ""), name);
        }
        // In messages on what is wrong.
        for policy in [
            format!("version = 1\nmode = {quoted}\n"),
            format!("version = 1\n[rules]\n{quoted} = \"deny\"\n"),
            format!("version = 1\n{quoted} = 1\n"),
            format!("version = 1\n# {name}\nmode = 1\n"),
        ] {
            let run = check(&desk, &policy, &["good.wim"]).code(3);
            assert_inert(&run.err.replace("<script", ""), name);
        }
        let glass = ["rogue.wim", "--break-glass", name, "--change", name];
        let run = check(&desk, "version = 1\n[break-glass]\nallow = true\n", &glass).code(0);
        assert_inert(&run.out, name);
    }
}

#[test]
fn an_image_of_several_is_waived_by_its_index() {
    let desk = desk();
    let tree = || Entry::tree_of(&[("other.dll", b"other")]);
    let two = Wim::new().image(labels("one", tree())).image(Image::new("two").root(Entry::dir("")));
    desk.wim("two.wim", &two);
    let first = waiver(&desk, "WP1001", "two.wim", &[("image", "1")]);
    let json = check(&desk, &first, &["two.wim"]).code(1).json();
    let verdicts = |json: &Value| -> Vec<String> {
        let images = json["subjects"][0]["images"].as_array().expect("images");
        images.iter().map(|image| image["verdict"].as_str().expect("one").to_owned()).collect()
    };
    assert_eq!(verdicts(&json), ["approved", "rogue"]);
    let both = waiver(&desk, "WP1001", "two.wim", &[]);
    assert_eq!(verdicts(&check(&desk, &both, &["two.wim"]).code(0).json()), ["approved", "approved"]);
    assert!(Path::new(&desk.path("two.wim")).exists());
}
