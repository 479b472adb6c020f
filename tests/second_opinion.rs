//! `verify --second-opinion`: libwim is asked too. Where it is not installed, only its absence is tested.

use serde_json::Value;
use wimproof_testkit::{Entry, Image};

use crate::support::{Desk, Run, cmge, has, one, root, wimlib};

/// Verifies with a second opinion; nothing where there is none to be had.
fn asked<const N: usize>(desk: &Desk, arguments: [&str; N]) -> Option<Run> {
    let run = desk.run(["verify", "--second-opinion"].into_iter().chain(arguments));
    let reason = ["libwim is not installed", "libwim is not supported on this platform", "was built without"];
    if run.code == 3 && reason.iter().any(|reason| run.err.contains(reason)) {
        println!("skipped: {}", run.err);
        return None;
    }
    Some(run)
}

fn opinion(run: &Run) -> Value {
    let opinion = run.json()["subjects"][0]["second_opinion"].clone();
    assert_eq!(opinion["library"], "libwim");
    assert!(opinion["version"].as_str().is_some_and(|version| version.starts_with("1.")), "{opinion}");
    opinion
}

/// What libwim says of a file of these bytes, and the exit code.
fn of(bytes: &[u8]) -> Option<(i32, Value)> {
    let desk = Desk::bare();
    desk.file("a.wim", bytes);
    let run = asked(&desk, ["a.wim", "--format", "json"])?;
    Some((run.code, opinion(&run)))
}

#[test]
fn both_find_a_sound_file_sound() {
    let desk = Desk::bare();
    desk.wim("a.wim", &one(cmge(root())).integrity(Some(4096)));
    let Some(run) = asked(&desk, ["a.wim"]) else { return };
    assert!(run.code(0).out.contains(": agrees, sound\n"));
    let Some(run) = asked(&desk, ["a.wim", "--format", "json"]) else { return };
    let opinion = opinion(&run);
    assert_eq!((&opinion["verdict"], &opinion["agrees"]), (&"sound".into(), &true.into()));
    assert_eq!((&opinion["message"], &opinion["difference_count"]), (&Value::Null, &0.into()));
    assert_eq!(opinion["differences"].as_array().map(Vec::len), Some(0));
    // Who did not ask gets no answer.
    let plain = desk.run(["verify", "a.wim", "--format", "json"]).code(0);
    assert_eq!(plain.json()["subjects"][0].get("second_opinion"), None);
}

#[test]
fn both_see_damage() {
    for slots in [None, Some(4096)] {
        let mut built = one(cmge(root())).integrity(slots).build();
        let offset = built.layout.blob_of(b"same").span().offset;
        built.flip(offset);
        let Some((code, opinion)) = of(&built.bytes) else { return };
        assert_eq!((code, &opinion["verdict"], &opinion["agrees"]), (1, &"damaged".into(), &true.into()));
        let message = opinion["message"].as_str().expect("a message");
        assert!(!message.contains('\n') && !message.is_empty(), "{message}");
        assert_eq!(opinion["difference_count"], 0, "its files are compared all the same");
    }
    let mut built = one(cmge(root())).build();
    built.flip(built.layout.metadata[0].place.span().offset + 40);
    let Some((code, opinion)) = of(&built.bytes) else { return };
    assert_eq!((code, &opinion["verdict"], &opinion["agrees"]), (1, &"damaged".into(), &true.into()));
    assert_eq!(opinion["not_compared"], serde_json::json!([1]));
}

#[test]
fn both_refuse_what_is_no_image() {
    let whole = one(cmge(root())).build().bytes;
    for bytes in [&b"this is no image"[..], b"", &whole[..whole.len() / 2]] {
        let Some((code, opinion)) = of(bytes) else { return };
        assert_eq!((code, &opinion["verdict"], &opinion["agrees"]), (3, &"refused".into(), &true.into()));
    }
}

#[test]
fn files_that_only_one_lists_are_told() {
    let junction =
        Entry::dir("to \u{1b}[31m").reparse(0xA000_0003, *b"target").child(Entry::file("evil", "MZ"));
    let desk = Desk::bare();
    desk.wim("a.wim", &one(cmge(root().child(junction))));
    let Some(run) = asked(&desk, ["a.wim", "--format", "json"]) else { return };
    let json = opinion(&run.code(3));
    assert_eq!((&json["verdict"], &json["agrees"]), (&"sound".into(), &false.into()));
    let difference =
        serde_json::json!({ "image": 1, "path": "\\to \u{1b}[31m\\evil", "listed_by": "wimproof" });
    assert_eq!(json["differences"], serde_json::json!([difference]));
    let Some(run) = asked(&desk, ["a.wim"]) else { return };
    assert!(run.out.contains(": DIFFERS, sound\n    image 1: only wimproof lists \\to "), "{}", run.out);
    assert!(!run.out.contains('\u{1b}'), "{}", run.out);
    // No more are described than a person reads.
    let many = (0..99).fold(Entry::dir("many").reparse(0xA000_0003, *b"x"), |folder, n| {
        folder.child(Entry::file(&n.to_string(), ""))
    });
    let Some((code, json)) = of(&one(cmge(root().child(many))).build().bytes) else { return };
    let described = json["differences"].as_array().map(Vec::len);
    assert_eq!((code, described, &json["difference_count"]), (3, Some(20), &99.into()));
}

#[test]
fn an_image_that_only_one_shows_is_told() {
    let hidden = one(cmge(root())).image(Image::new("hidden").root(Entry::dir("")));
    let mut built = hidden.build();
    built.patch(wimproof_testkit::header::IMAGES, &1_u32.to_le_bytes());
    let Some((code, opinion)) = of(&built.bytes) else { return };
    assert_ne!(code, 0);
    assert_eq!(opinion["agrees"], false, "{opinion}");
}

#[test]
fn damage_that_only_one_sees_decides() {
    // libwim refuses metadata in which a name has no end.
    let endless = root().child(Entry::file("thirteen char", ""));
    let at = one(cmge(endless.clone())).build().layout.metadata[0].entry("thirteen char");
    let edited = cmge(endless).edit_metadata(move |bytes: &mut Vec<u8>| bytes[at] = 128);
    let Some((code, opinion)) = of(&one(edited).build().bytes) else { return };
    assert_eq!((code, &opinion["verdict"], &opinion["agrees"]), (1, &"damaged".into(), &false.into()));
    // libwim does not look at a second content of the same SHA-1.
    let files: [(&str, &[u8]); 2] = [("a", b"first"), ("b", b"other")];
    let doubled = one(Image::new("x").root(Entry::tree_of(&files))).edit_table(|table| {
        let mut second = table[1].clone();
        second.sha1 = table[0].sha1;
        table.insert(1, second);
    });
    let Some((code, opinion)) = of(&doubled.build().bytes) else { return };
    assert_eq!((code, &opinion["verdict"], &opinion["agrees"]), (1, &"sound".into(), &false.into()));
}

#[test]
fn a_split_set_is_asked_for_as_a_whole() {
    if !has("wimlib-imagex") {
        return;
    }
    let desk = Desk::bare();
    let noise = |seed: u32| (0..200_000_u32).flat_map(move |i| (i.wrapping_mul(i ^ seed) >> 7).to_le_bytes());
    let big = |name: &str, seed| Entry::file(name, noise(seed).collect::<Vec<u8>>());
    desk.wim("a.wim", &one(cmge(root().child(big("x", 1)).child(big("y", 2)))));
    wimlib(&desk, &["split", "a.wim", "set.swm", "0.3"]);
    assert!(desk.path("set2.swm").exists());
    for part in ["set.swm", "set2.swm"] {
        let Some(run) = asked(&desk, [part, "--format", "json"]) else { return };
        let opinion = opinion(&run.code(0));
        assert_eq!((&opinion["verdict"], &opinion["agrees"]), (&"sound".into(), &true.into()), "{part}");
    }
    // Without its first part a set shows no files: libwim can only say that the contents are sound.
    std::fs::remove_file(desk.path("set.swm")).expect("removed");
    let Some(run) = asked(&desk, ["set2.swm", "--format", "json"]) else { return };
    let opinion = opinion(&run.code(3));
    assert_eq!((&opinion["agrees"], &opinion["not_compared"]), (&false.into(), &serde_json::json!([1])));
}

#[test]
fn without_libwim_the_reader_is_told_how_to_get_it() {
    let desk = Desk::bare();
    desk.wim("a.wim", &one(cmge(root())));
    let mut command = desk.command();
    command.env("WIMPROOF_LIBWIM", desk.path("nowhere/libwim.so")).args([
        "verify",
        "--second-opinion",
        "a.wim",
    ]);
    let run = Run::from(command.output().expect("the program runs")).code(3);
    let expected = match (cfg!(feature = "wimlib"), cfg!(unix)) {
        (false, _) => "built without the feature `wimlib`",
        (true, true) => "libwim15 on Debian",
        (true, false) => "not supported on this platform",
    };
    assert!(run.err.contains("no second opinion: ") && run.err.contains(expected), "{}", run.err);
    assert_eq!(run.out, "");
}
