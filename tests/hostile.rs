//! Hostile input: names that would be obeyed, bytes that would break a reader.

use proptest::prelude::*;
use wimproof_testkit::{Compression, Entry, Image, Wim};

use crate::support::{Desk, cmge, one, root};

/// Each would be obeyed, or believed, by something that reads our output.
pub(crate) const NAMES: [&str; 10] = [
    "##vso[task.setvariable variable=x]y",
    "::error file=a::b",
    "=cmd|' /C calc'!A0",
    "+1+cmd|' /C calc'!A0",
    "<script>alert(1)</script>",
    "\u{202e}gnp.exe",
    "zero\u{200b}width",
    "two\nlines\n::error::x",
    "c1 \u{9b}31m",
    "##teamcity[buildStatus text='x']",
];

/// Nothing in a text is a control, invisible, or the beginning of a command.
#[track_caller]
pub(crate) fn assert_inert(text: &str, what: &str) {
    for line in text.lines() {
        let odd = line.chars().find(|c| {
            c.is_control() || ('\u{200b}'..='\u{200f}').contains(c) || ('\u{2028}'..='\u{202e}').contains(c)
        });
        assert_eq!(odd, None, "{what}: {line:?}");
        assert!(
            !line.contains("##") && !line.contains("#[") && !line.trim_start().starts_with("::"),
            "{what}: {line:?}"
        );
        assert!(!line.contains("<script"), "{what}: {line:?}");
    }
}

fn outputs_are_inert(name: &str) {
    let desk = Desk::new();
    let tree = root().child(Entry::file(&name.replace(['/', '\\', '\n'], "_"), "x"));
    let hostile =
        |tree| Image::new(name).description(name).display_name(name).edition(name).flags(name).root(tree);
    desk.wim("hostile.wim", &one(hostile(tree)));
    desk.wim("twin.wim", &one(hostile(Entry::dir(""))));
    let by = ["--by", name, "--ticket", name, "--reason", name];
    desk.registry([&["approve", "hostile.wim", "--as", name][..], &by[..]].concat()).code(0);
    for format in ["human", "json", "csv"] {
        for arguments in [
            &["inspect", "hostile.wim"][..],
            &["inspect", "-v", "hostile.wim"],
            &["inspect", "--tree", "hostile.wim"],
            &["inspect", "--blobs", "hostile.wim"],
            &["check", "hostile.wim"],
            &["check", "twin.wim"],
            &["check", "-v", "twin.wim", "--assurance", "claimed"],
            &["query", "images"],
            &["query", "audits"],
            &["registry", "list"],
            &["registry", "log"],
            &["registry", "show", "A0"],
        ] {
            let run = desk.run([arguments, &["--format", format]].concat());
            let what = format!("{arguments:?} {format} {name:?}");
            assert!(run.code < 2, "{what}: {}", run.err);
            match format {
                "human" => {
                    assert_inert(&run.out.replace("<script", ""), &what);
                }
                "csv" => {
                    assert_inert(&run.out.replace("<script", ""), &what);
                    let formula = |cell: &str| cell.trim_start_matches('"').starts_with(['=', '+', '@']);
                    assert!(!run.out.lines().any(|line| line.split(',').any(formula)), "{what}: {}", run.out);
                }
                _ => {
                    assert_inert(&run.out, &what);
                    let _ = run.json();
                }
            }
            assert_inert(&run.err, &what);
        }
    }
    let xml = desk.run(["inspect", "--xml", "hostile.wim"]).code(0);
    assert_inert(&xml.out.replace("<script", ""), name);
    desk.registry(["revoke", "A0", "--reason", name]).code(0);
    assert_inert(&desk.run(["check", "hostile.wim"]).code(1).out.replace("<script", ""), name);
}

#[test]
fn names_are_inert_in_every_output() {
    for name in NAMES {
        outputs_are_inert(name);
    }
}

#[test]
fn json_gives_names_back_unchanged() {
    let desk = Desk::bare();
    for name in NAMES {
        desk.wim("hostile.wim", &one(Image::new(name).root(Entry::dir(""))));
        let json = desk.run(["inspect", "hostile.wim", "--format", "json"]).code(0).json();
        // XML readers fold a line feed into a blank nowhere but in attributes.
        assert_eq!(json["subjects"][0]["images"][0]["claims"]["name"], name);
    }
}

#[test]
fn every_prefix_of_a_file_is_survived() {
    let desk = Desk::new();
    let built = one(cmge(Entry::tree_of(&[("a/b", b"c"), ("d", b"")]))).integrity(Some(1 << 20)).build();
    let path = desk.file("whole.wim", &built.bytes);
    desk.approve(&path);
    let lengths: Vec<usize> = (0..built.bytes.len()).step_by(37).chain([207, 208, 209]).collect();
    for length in lengths {
        desk.file("cut.wim", &built.bytes[..length]);
        let run = desk.check(["cut.wim", "--no-audit"]);
        assert!(run.code == 1 || run.code == 3, "{length}: {} {}", run.code, run.err);
    }
}

fn survive(bytes: Vec<u8>) {
    use wimproof_wim::{References, Survey, Wim};
    let Ok(wim) = Wim::open(bytes) else { return };
    let _ = (wim.xml(), wim.integrity_table(), wim.anomalies());
    let Ok(blobs) = wim.blob_table() else { return };
    let mut references = References::new(blobs);
    for index in 1..=3 {
        if let Ok(metadata) = wim.metadata(index) {
            let _ = Survey::of(&metadata, blobs, &mut references);
        }
    }
}

/// Metadata with wrong bytes and a right SHA-1: what a forger would write.
fn with_damaged_tree(compression: Compression, at: usize, value: u8) -> Vec<u8> {
    let image = cmge(root()).edit_metadata(move |bytes: &mut Vec<u8>| {
        let at = at % bytes.len();
        bytes[at] = value;
    });
    let wim = Wim::new().image(image);
    let wim = match compression {
        Compression::None => wim,
        Compression::Xpress => wim.compression(compression).chunk_size(1 << 12),
        Compression::Lzx => wim.compression(compression).chunk_size(1 << 15),
    };
    wim.build().bytes
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn forged_trees_are_survived(at in any::<usize>(), value in any::<u8>()) {
        survive(with_damaged_tree(Compression::None, at, value));
    }

    #[test]
    fn flipped_bytes_are_survived(flips in proptest::collection::vec((any::<usize>(), 1..=255_u8), 1..6), lzx in any::<bool>()) {
        let compression = if lzx { Compression::Lzx } else { Compression::Xpress };
        let tree = Entry::tree_of(&[("Windows/a", &[7; 5000]), ("b", b"x")]);
        let wim = Wim::new().image(cmge(tree)).integrity(Some(4096));
        let wim = wim.compression(compression).chunk_size(1 << 15);
        let mut bytes = wim.build().bytes;
        for (at, value) in flips {
            let at = at % bytes.len();
            bytes[at] ^= value;
        }
        survive(bytes);
    }
}

/// What decides a verdict stands in the header, the tables, the XML and the metadata: no flip there keeps an image
/// approved and silent.
#[test]
fn no_flip_in_what_is_read_goes_unseen() {
    let desk = Desk::new();
    let built = one(cmge(Entry::tree_of(&[("Windows/a", b"abc"), ("b", b"x")]))).build();
    let path = desk.file("whole.wim", &built.bytes);
    desk.approve(&path);
    let metadata = built.layout.metadata[0].place.span();
    for offset in (metadata.offset..metadata.end()).step_by(11) {
        let mut flipped = one(cmge(Entry::tree_of(&[("Windows/a", b"abc"), ("b", b"x")]))).build();
        flipped.flip(offset);
        desk.file("flipped.wim", &flipped.bytes);
        let run = desk.check(["flipped.wim", "--no-audit"]).code(1);
        assert_eq!(run.json()["verdict"], "tampered", "offset {offset}");
    }
}
