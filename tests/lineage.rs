//! What an image was made from, and by which program: hints for whoever asks where a rogue image came from.

use std::{fs, process::Command};

use wimproof_testkit::{Entry, Wim, filetime};

use crate::support::{Desk, cmge, has, labels, one, root, wimlib};

/// Forty files beside the usual ones; `changed` of them have another content.
fn tree(changed: usize) -> Entry {
    let content = |n: usize| format!("{} {n}", if n < changed { "other" } else { "same" });
    (0..40).fold(root(), |tree, n| tree.child(Entry::file(&format!("file-{n}"), content(n).as_bytes())))
}

#[test]
fn the_nearest_approved_relative_of_a_rogue_image_is_named() {
    let desk = Desk::new();
    for (name, changed) in [("near", 0), ("far", 30)] {
        desk.approve(&desk.wim(&format!("{name}.wim"), &one(labels(name, tree(changed)))));
    }
    desk.wim("rogue.wim", &one(labels("rogue", tree(4))));
    let json = desk.check(["rogue.wim"]).code(1).json();
    let image = &json["subjects"][0]["images"][0];
    assert_eq!(image["verdict"], "rogue");
    let relatives = image["relatives"].as_array().expect("relatives");
    assert_eq!((&relatives[0]["title"], &relatives[1]["title"]), (&"near".into(), &"far".into()));
    assert_eq!(relatives[0]["foreign_files"], 4, "four files differ");
    let numbers = |name: &str| relatives[0][name].as_u64().expect("a number");
    assert_eq!(numbers("contents") - numbers("shared"), 4);
    let text = desk.run(["check", "--no-audit", "rogue.wim"]).code(1).out;
    assert!(text.contains("% of A0 (near); 4 files have another content"), "{text}");
}

/// What is told of the nearest approved image, and of nothing else.
fn nearest(desk: &Desk, file: &str, language: &str) -> Vec<String> {
    let text = desk.run(["check", "--no-audit", file, "--lang", language]).code(1).out;
    let lines = text.lines().skip_while(|line| !line.contains("100 %")).skip(1);
    lines.take_while(|line| !line.is_empty()).map(|line| line.trim().to_owned()).collect()
}

#[test]
fn an_image_captured_anew_is_told_apart_and_what_to_do() {
    let desk = Desk::new();
    let file = || Entry::file("file", "same");
    let approved = root().child(file());
    desk.approve(&desk.wim("approved.wim", &one(labels("approved", approved.clone()))));
    // One that holds more besides is not nearer.
    let more = root().child(file()).child(Entry::file("more", "more"));
    desk.approve(&desk.wim("more.wim", &one(labels("more", more))));
    // The same files: with another time; and one of them a second time.
    let day = filetime(2021, 2, 3, 4, 5, 6);
    desk.wim("touched.wim", &one(labels("touched", root().child(file().times(day, day, day)))));
    desk.wim("doubled.wim", &one(labels("doubled", approved.child(Entry::file("again", "same")))));
    let relative = |file: &str| {
        let json = desk.check(["--no-audit", file]).code(1).json();
        json["subjects"][0]["images"][0]["relatives"][0].clone()
    };
    let facts = |relative: &serde_json::Value| -> Vec<String> {
        let differs = relative["differs"].as_array().expect("facts").iter();
        differs.map(|fact| fact["fact"].as_str().expect("a name").to_owned()).collect()
    };
    let touched = relative("touched.wim");
    assert_eq!((&touched["shared"], &touched["foreign_files"]), (&touched["contents"], &0.into()));
    assert_eq!(facts(&touched), ["newest_write"]);
    assert!(facts(&relative("doubled.wim")).contains(&"file_count".to_owned()));
    let told = nearest(&desk, "touched.wim", "en");
    assert!(told[0].starts_with("all contents are the same: it differs in names, times,"), "{told:?}");
    assert!(told[1].starts_with("newest_write: 2020-01-09") && told[1].contains("2021-02-03"), "{told:?}");
    assert!(told[2].starts_with("what to do: deploy the approved file; or see what differs"), "{told:?}");
    let told = nearest(&desk, "touched.wim", "zh-CN");
    assert!(told[0].starts_with("内容全部相同") && told[2].starts_with("处置"), "{told:?}");
    // And the diff that it names says in how many entries.
    let diff = desk.run(["diff", "approved.wim", "touched.wim"]).code(1).out;
    assert!(diff.contains("what differs: 1 accessed, 1 created, 1 written"), "{diff}");
    let json = desk.run(["diff", "approved.wim", "touched.wim", "--format", "json"]).code(1).json();
    assert_eq!(json["touched"], serde_json::json!({"accessed": 1, "created": 1, "written": 1}));
}

#[test]
fn lost_or_forged_contents_change_what_is_said_not_what_is_judged() {
    let desk = Desk::new();
    desk.approve(&desk.wim("a.wim", &one(labels("a", tree(0)))));
    desk.wim("rogue.wim", &one(labels("rogue", tree(4))));
    let contents =
        || fs::read_dir(desk.path("registry/contents")).expect("a folder").map(|f| f.expect("f").path());
    for file in contents() {
        fs::write(file, [0; 64]).expect("written");
    }
    for _ in 0..2 {
        let json = desk.check(["rogue.wim", "a.wim"]).code(1).json();
        assert_eq!(json["subjects"][0]["images"][0]["verdict"], "rogue");
        assert_eq!(json["subjects"][0]["images"][0].get("relatives"), None);
        assert_eq!(json["subjects"][1]["images"][0]["verdict"], "approved");
        for file in contents() {
            fs::remove_file(file).expect("removed");
        }
    }
}

#[test]
fn the_writer_is_known_by_its_habits() {
    let desk = Desk::bare();
    desk.wim("ours.wim", &one(cmge(root())));
    let writer = |file: &str| {
        let json = desk.run(["inspect", file, "--format", "json"]).code(0).json();
        json["subjects"][0]["writer"].clone()
    };
    // The kit writes as Microsoft's library does.
    assert_eq!(writer("ours.wim")["name"], "Microsoft", "{}", writer("ours.wim"));
    if has("wimlib-imagex") {
        fs::create_dir(desk.path("folder")).expect("made");
        fs::write(desk.path("folder/file"), "x").expect("written");
        wimlib(&desk, &["capture", "folder", "wimlib.wim", "an image"]);
        assert_eq!(writer("wimlib.wim")["name"], "wimlib");
    }
    if has("7z") {
        fs::write(desk.path("file"), "x").expect("written");
        let made =
            Command::new("7z").args(["a", "-twim", "seven.wim", "file"]).current_dir(desk.path("")).output();
        assert!(made.expect("runs").status.success());
        assert_eq!(writer("seven.wim")["name"], "7-Zip");
    }
}

#[test]
fn a_diff_can_rest_on_every_byte() {
    let desk = Desk::bare();
    desk.wim("a.wim", &one(cmge(tree(0))));
    desk.wim("b.wim", &one(cmge(tree(1))));
    let run = desk.run(["diff", "a.wim", "b.wim", "--verified", "--format", "json"]).code(1);
    let entries = run.json()["entries"].as_array().expect("a list").clone();
    assert_eq!(entries.len(), 1);
    let sides = &entries[0]["streams"][0];
    assert!(sides["a"]["sha256"].is_string() && sides["a"]["sha256"] != sides["b"]["sha256"], "{sides}");
    let built = Wim::new().image(cmge(tree(1))).build();
    let at = built.layout.blob_of(b"same 7").span().offset;
    let mut bytes = built.bytes;
    bytes[usize::try_from(at).expect("small")] ^= 1;
    fs::write(desk.path("damaged.wim"), bytes).expect("written");
    desk.run(["diff", "a.wim", "damaged.wim"]).code(1);
    let run = desk.run(["diff", "a.wim", "damaged.wim", "--verified"]).code(3);
    assert!(run.err.contains("damaged"), "{}", run.err);
}
