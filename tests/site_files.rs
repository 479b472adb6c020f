//! Files of a site (certificates, agents and marks, what it allows), named by a policy or on the command line.

use std::fs;

use sha1::Digest as _;
use sha2::Sha256;

use crate::{
    claims::SITE,
    genuine::{Windows, findings, health, only, serious, set, windows, write},
    support::{Desk, Run, verdict},
};

const SCRIPT: &[u8] = b"@echo off";

/// An image with a script, a proxy, and a mark of the site.
fn customised() -> Windows {
    let mut own = windows();
    own.file(r"Windows\Setup\Scripts\SetupComplete.cmd", SCRIPT);
    set(&mut own.software, r"Microsoft\Windows\CurrentVersion\Internet Settings", |key| {
        key.sz("AutoConfigURL", "http://x.example/p.pac")
    });
    set(&mut own.software, r"House\Image", |key| key.sz("Release", "2021-06"));
    own
}

fn allow() -> String {
    let script = hex::encode(sha1::Sha1::digest(SCRIPT));
    let place = r"SOFTWARE\Microsoft\Windows\CurrentVersion\Internet Settings\AutoConfigURL";
    let data = crate::genuine::wide("http://x.example/p.pac");
    let proxy =
        hex::encode(Sha256::new().chain_update(place).chain_update([0]).chain_update(data).finalize());
    format!(
        "[[allow]]\ndigest = \"sha1:{script}\"\nreason = \"ours, CHG-7\"\n\
         [[allow]]\ndigest = \"sha256:{proxy}\"\nreason = \"branches, CHG-8\"\n"
    )
}

/// A desk with an approved image `a.wim`, and the files of the site beside the policy in `site`.
fn desk() -> Desk {
    let desk = Desk::new();
    write(&desk, "a.wim", customised());
    desk.registry(["approve", "a.wim", "--as", "an image"]).code(0);
    desk.file("site/root.pem", include_bytes!("catalogs/root.pem"));
    desk.file("site/lists/allow.toml", allow().as_bytes());
    desk.file("site/channels.toml", SITE);
    desk
}

const HEALTH: &str = "version = 1\n[health]\ndepth = \"manifests\"\n";
const FILES: &str = "roots = [\"root.pem\"]\nchannels = [\"channels.toml\"]\nallow = \"lists/allow.toml\"\n";

/// `check` under a policy with these lines.
fn check(desk: &Desk, policy: &str) -> Run {
    desk.file("site/policy.toml", policy.as_bytes());
    desk.check(["--policy", "site/policy.toml", "a.wim"])
}

#[test]
fn a_policy_names_the_files_of_its_site() {
    let desk = desk();
    let without = check(&desk, HEALTH).code(0);
    let rules: Vec<String> = serious(&without).into_iter().map(|(rule, ..)| rule).collect();
    assert!(
        ["WP3042", "WP3202", "WP3223"].iter().all(|rule| rules.contains(&(*rule).to_owned())),
        "{rules:?}"
    );
    let with = check(&desk, &format!("{HEALTH}{FILES}")).code(0);
    only(&with, "WP3112", "warn", &["update agent"]);
    only(&with, "WP3113", "info", &["house mark"]);
    only(&with, "WP3202", "info", &["the site allows it: ours, CHG-7"]);
    only(&with, "WP3223", "info", &["the site allows it: branches, CHG-8"]);
    // What they are is kept with the answer.
    let files = with.json()["policy"]["file"]["files"].clone();
    let named: Vec<(String, String)> = files
        .as_array()
        .expect("files")
        .iter()
        .map(|file| {
            let text = |name: &str| file[name].as_str().expect("text").replace('\\', "/");
            (text("source"), text("sha256"))
        })
        .collect();
    let expected = ["site/root.pem", "site/channels.toml", "site/lists/allow.toml"]
        .map(|path| (path.to_owned(), hex::encode(Sha256::digest(fs::read(desk.path(path)).expect("read")))));
    assert_eq!(named, expected);
    // A policy can deny what stays.
    let denied = format!("{HEALTH}{FILES}[rules]\nWP3112 = \"deny\"\nWP3202 = \"deny\"\n");
    assert_eq!(verdict(&check(&desk, &denied).code(1)), "unhealthy");
    let text = desk.run(["policy", "check", "site/policy.toml"]).code(0).out.replace('\\', "/");
    assert!(text.contains("files of the site") && text.contains("site/lists/allow.toml"), "{text}");
}

#[test]
fn an_answer_is_not_written_over_the_files_of_a_site() {
    let desk = desk();
    desk.file("site/policy.toml", format!("{HEALTH}{FILES}").as_bytes());
    let arguments = ["--policy", "site/policy.toml", "a.wim", "-o", "site/lists/allow.toml"];
    desk.check(arguments).code(2);
    for result in ["site/lists/allow.toml", "site/policy.toml"] {
        desk.run(["policy", "check", "site/policy.toml", "-o", result]).code(2);
    }
    assert_eq!(fs::read_to_string(desk.path("site/lists/allow.toml")).expect("there"), allow());
}

#[test]
fn a_sweep_knows_them_too() {
    let desk = desk();
    let policy = format!("{HEALTH}{FILES}[rules]\nWP3112 = \"deny\"\n");
    desk.file("site/policy.toml", policy.as_bytes());
    let sweep = ["sweep", ".", "--state", "state.json", "--policy", "site/policy.toml", "--no-audit"];
    desk.run(sweep).code(1);
    desk.file("site/policy.toml", format!("{HEALTH}{FILES}").as_bytes());
    desk.run(sweep).code(0);
}

#[test]
fn files_that_cannot_be_used_are_shown_in_the_policy() {
    let desk = desk();
    desk.file("site/bad.toml", b"[[allow]]\ndigest = \"sha1:12\"\nreason = \"x\"\n");
    desk.file("site/topic.toml", b"[[agent]]\nname = 'x'\nany = [{ topic = 'no such' }]\n");
    fs::create_dir(desk.path("site/folder")).expect("made");
    desk.file("site/long.toml", &vec![b'#'; (4 << 20) + 1]);
    desk.file("site/binary.toml", &[0xFF; 100]);
    let policy = format!(
        "{HEALTH}roots = [\"bad.toml\", \"folder\"]\n\
         channels = [\"topic.toml\", \"long.toml\", \"binary.toml\"]\nallow = \"bad.toml\"\n"
    );
    let run = check(&desk, &policy).code(3);
    assert!(run.out.is_empty());
    insta::assert_snapshot!("faults_of_files", run.err.replace("site\\", "site/"));
    assert_eq!(desk.run(["policy", "check", "site/policy.toml"]).code(3).err, run.err);
    check(&desk, &format!("{HEALTH}allow = [\"allow.toml\"]\n")).code(3);
    check(&desk, &format!("{HEALTH}allow = \"no-such.toml\"\n")).code(3);
    let many = vec!["\"root.pem\""; 100].join(", ");
    let run = check(&desk, &format!("{HEALTH}roots = [{many}]\n")).code(3);
    assert!(run.err.contains("at most 64"), "{}", run.err);
}

/// What no file of a site is: a pipe, a device without an end, a folder, one that is too long, one of another kind.
fn strange(desk: &Desk) -> Vec<&'static str> {
    fs::create_dir(desk.path("folder")).expect("made");
    desk.file("long.toml", &vec![b'#'; (4 << 20) + 1]);
    desk.file("binary.toml", &[0xFF; 100]);
    desk.file("deep.toml", format!("a = {}", "[".repeat(100_000)).as_bytes());
    #[cfg(unix)]
    {
        crate::planted::pipe(&desk.path("pipe"));
        std::os::unix::fs::symlink("/dev/zero", desk.path("device")).expect("linked");
    }
    let always = ["folder", "long.toml", "binary.toml", "deep.toml", "a.wim", "no-such.toml"];
    let devices: &[&str] = if cfg!(unix) { &["pipe", "device"] } else { &[] };
    [&always[..], devices].concat()
}

#[test]
fn strange_files_are_refused_wherever_they_are_named() {
    let desk = Desk::new();
    write(&desk, "a.wim", windows());
    for file in strange(&desk) {
        for option in ["--roots", "--channels", "--allow"] {
            let run = health(&desk, &[option, file, "a.wim"]).code(3);
            assert!(run.out.is_empty() && run.err.len() < 2000, "{option} {file}: {}", run.err);
            assert!(!run.err.contains("internal error"), "{option} {file}: {}", run.err);
        }
        let run = desk.check(["--policy", file, "a.wim"]).code(3);
        assert!(run.err.len() < 2000 && !run.err.contains("internal error"), "{file}: {}", run.err);
        let run = desk.run(["trace", "--channels", file, "."]).code(3);
        assert!(run.err.len() < 2000 && !run.err.contains("internal error"), "{file}: {}", run.err);
    }
}

/// Opened, a pipe would wait for somebody who writes.
#[cfg(unix)]
#[test]
fn a_pipe_in_a_policy_keeps_nobody_waiting() {
    let desk = desk();
    crate::planted::pipe(&desk.path("site/pipe"));
    for line in ["allow = \"pipe\"", "roots = [\"pipe\"]", "channels = [\"pipe\"]"] {
        desk.file("site/policy.toml", format!("{HEALTH}{line}\n").as_bytes());
        let ended =
            crate::planted::ended(desk.command().args(["check", "--policy", "site/policy.toml", "a.wim"]));
        assert_eq!(ended, Some(3), "{line}");
    }
}

#[test]
fn lists_of_windows_editors_are_read() {
    let desk = desk();
    let marked = |bytes: &[u8]| [&b"\xEF\xBB\xBF"[..], bytes].concat();
    desk.file("site/lists/allow.toml", &marked(allow().replace('\n', "\r\n").as_bytes()));
    desk.file("site/channels.toml", &marked(SITE));
    let run = check(&desk, &format!("{HEALTH}{FILES}")).code(0);
    only(&run, "WP3202", "info", &["CHG-7"]);
    assert!(findings(&run).iter().any(|(rule, ..)| rule == "WP3113"));
}

/// An approval looks at health as `health` does: a tell denies it as a corrupt file would.
#[test]
fn an_approval_looks_at_health_as_health_does() {
    let desk = Desk::new();
    let mut shell = windows();
    shell.file(r"Windows\System32\utilman.exe", b"MZ command line");
    write(&desk, "a.wim", shell);
    let run = desk.registry(["approve", "a.wim", "--as", "an image"]).code(0);
    assert!(
        run.err.contains("is not healthy") && run.err.contains("1 findings speak against it"),
        "{}",
        run.err
    );
    // What its store holds is not kept, so nothing is compared with it.
    let kept = |desk: &Desk| fs::read_dir(desk.registry_dir().join("contents")).expect("a folder").count();
    assert_eq!(kept(&desk), 1, "its contents, by which relatives are known");
    let desk = Desk::new();
    write(&desk, "a.wim", windows());
    let run = desk.registry(["approve", "a.wim", "--as", "an image"]).code(0);
    assert!(run.err.is_empty(), "{}", run.err);
    assert_eq!(kept(&desk), 2);
}
