//! Images inside ZIP archives: stored ones are read where they lie, compressed ones in memory or from a copy.

use std::{io::Write as _, path::Path};

use wimproof_testkit::{Entry, Medium};

use crate::support::{Desk, labels, one, root};

/// A ZIP archive, its members deflated or stored.
fn zip(members: &[(&str, &[u8], bool)]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut archive = rawzip::ZipArchiveWriter::new(&mut out);
    for (name, bytes, deflated) in members {
        let method =
            if *deflated { rawzip::CompressionMethod::DEFLATE } else { rawzip::CompressionMethod::STORE };
        let (mut entry, config) =
            archive.new_file(name).compression_method(method).start().expect("a member");
        let descriptor = if *deflated {
            let encoder = flate2::write::DeflateEncoder::new(&mut entry, flate2::Compression::fast());
            let mut writer = config.wrap(encoder);
            writer.write_all(bytes).expect("written");
            let (encoder, descriptor) = writer.finish().expect("finished");
            encoder.finish().expect("finished");
            descriptor
        } else {
            let mut writer = config.wrap(&mut entry);
            writer.write_all(bytes).expect("written");
            writer.finish().expect("finished").1
        };
        entry.finish(descriptor).expect("finished");
    }
    archive.finish().expect("finished");
    out
}

fn image(size: usize) -> Vec<u8> {
    let mut state = 1_u64;
    let noise = (0..size).map(|_| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (state >> 56) as u8
    });
    one(labels("Zipped", root().child(Entry::file("noise", noise.collect::<Vec<u8>>())))).build().bytes
}

#[test]
fn stored_and_deflated_members_are_judged() {
    let desk = Desk::new();
    let bytes = image(1000);
    desk.approve(&desk.file("a.wim", &bytes));
    let archive =
        zip(&[("a/stored.wim", &bytes, false), ("a/deflated.wim", &bytes, true), ("note.txt", b"x", true)]);
    let path = desk.file("a.zip", &archive);
    let run = desk.check([&path]).code(0);
    assert_eq!(run.json()["subjects"].as_array().map(Vec::len), Some(2));
    desk.run(["verify", "a.zip!/a/stored.wim"]).code(0);
    desk.run(["dir", "a.zip!/a/deflated.wim", "1"]).code(0);
    desk.file("empty.zip", &zip(&[("note.txt", b"x", true)]));
    desk.check(["empty.zip"]).code(3);
}

#[test]
fn a_medium_in_an_archive_is_read() {
    let desk = Desk::bare();
    let medium = Medium::new().file("sources/install.wim", &image(1000)).build();
    desk.file("a.zip", &zip(&[("x.iso", &medium, false)]));
    desk.run(["verify", "a.zip!/x.iso!/sources/install.wim"]).code(0);
    let run = desk.run(["verify", "--format", "json", "a.zip!/x.iso"]).code(0);
    assert_eq!(run.json()["subjects"][0]["source"], "a.zip!/x.iso!/sources/install.wim");
}

#[test]
fn a_large_compressed_member_needs_a_folder_for_a_copy() {
    let desk = Desk::bare();
    let bytes = image(68_000_000);
    desk.file("a.zip", &zip(&[("install.wim", &bytes, true)]));
    let run = desk.run(["verify", "a.zip"]).code(3);
    assert!(run.out.contains("--scratch DIR"), "{}", run.out);
    std::fs::create_dir(desk.path("scratch")).expect("made");
    desk.run(["verify", "a.zip", "--scratch", "scratch"]).code(0);
    let left = std::fs::read_dir(desk.path(Path::new("scratch"))).expect("a folder").count();
    assert_eq!(left, 0, "the copy was left behind");
}

#[test]
fn two_members_of_one_name_are_not_chosen_from() {
    let desk = Desk::bare();
    let (a, b) = (image(1000), image(2000));
    desk.file("a.zip", &zip(&[("install.wim", &a, false), ("INSTALL.WIM", &b, false)]));
    let run = desk.run(["verify", "a.zip"]).code(3);
    assert!(run.out.contains("two members of this name"), "{}", run.out);
}

#[test]
fn a_damaged_directory_is_told() {
    let desk = Desk::bare();
    let mut archive = zip(&[("install.wim", &image(1000), false), ("b.txt", b"b", false)]);
    let last = archive.windows(4).rposition(|four| four == b"PK\x01\x02").expect("a record");
    archive[last] = b'X';
    desk.file("a.zip", &archive);
    let run = desk.run(["verify", "a.zip"]).code(3);
    assert!(run.out.contains("its listing is incomplete"), "{}", run.out);
}

/// A desk with an approved image, and a medium with it.
fn approved() -> (Desk, Vec<u8>, Vec<u8>) {
    let (desk, bytes) = (Desk::new(), image(1000));
    desk.approve(&desk.file("approved.wim", &bytes));
    let medium = Medium::new().file("sources/install.wim", &bytes).build();
    (desk, bytes, medium)
}

fn sources(run: &crate::support::Run) -> Vec<String> {
    let json = run.json();
    let subjects = json["subjects"].as_array().expect("subjects");
    subjects.iter().map(|subject| subject["source"].as_str().expect("a source").replace('\\', "/")).collect()
}

#[test]
fn archives_in_a_folder_are_not_passed_over() {
    let (desk, bytes, _) = approved();
    desk.file("m/a.wim", &bytes);
    desk.file("m/note.zip", &zip(&[("note.txt", b"x", true)]));
    assert_eq!(sources(&desk.check(["m"]).code(0)), ["m/a.wim"]);
    let rogue = one(labels("Rogue", root())).build().bytes;
    desk.file("m/deep/B.ZIP", &zip(&[("x/rogue.wim", &rogue, true)]));
    let run = desk.check(["m"]).code(1);
    assert_eq!(sources(&run), ["m/a.wim", "m/deep/B.ZIP!/x/rogue.wim"]);
    desk.run(["sweep", "m", "--state", "state.json"]).code(1);
    // One that cannot be read might hold anything.
    let damaged = zip(&[("x/rogue.wim", &rogue, true)]);
    desk.file("m/deep/B.ZIP", &damaged[..damaged.len() - 30]);
    let run = desk.check(["m"]).code(3);
    assert!(run.out.contains("its listing is incomplete"), "{}", run.out);
}

#[test]
fn media_in_an_archive_are_looked_into() {
    let (desk, bytes, medium) = approved();
    desk.file("deep.zip", &zip(&[("x.iso", &medium, true)]));
    assert_eq!(sources(&desk.check(["deep.zip"]).code(0)), ["deep.zip!/x.iso!/sources/install.wim"]);
    let rogue =
        Medium::new().file("sources/install.wim", &one(labels("Rogue", root())).build().bytes).build();
    let inner = zip(&[("y.iso", &rogue, false)]);
    desk.file(
        "m/beside.zip",
        &zip(&[("a.wim", &bytes, false), ("b.zip", &inner, true), ("x.iso", &medium, false)]),
    );
    let found = sources(&desk.check(["m"]).code(1));
    let within = ["a.wim", "b.zip!/y.iso!/sources/install.wim", "x.iso!/sources/install.wim"];
    assert_eq!(found, within.map(|within| format!("m/beside.zip!/{within}")));
    // One that holds no image is passed over beside others, and told of alone.
    let linux = Medium::new().file("casper/vmlinuz", b"no image").build();
    desk.file("c.zip", &zip(&[("a.wim", &bytes, false), ("linux.iso", &linux, false)]));
    assert_eq!(sources(&desk.check(["c.zip"]).code(0)), ["c.zip!/a.wim"]);
    desk.file("d.zip", &zip(&[("linux.iso", &linux, false)]));
    let run = desk.check(["d.zip"]).code(3);
    assert!(run.out.contains("it holds no image file"), "{}", run.out);
    // What is called a medium and is none might hold anything.
    desk.file("e.zip", &zip(&[("a.wim", &bytes, false), ("broken.iso", b"no medium", false)]));
    let run = desk.check(["e.zip"]).code(3);
    assert_eq!(sources(&run)[1], "e.zip!/broken.iso");
}

#[test]
fn containers_within_one_another_end() {
    let desk = Desk::bare();
    let mut inner = image(1000);
    for depth in 0..6 {
        let name = if depth == 0 { "x.wim" } else { "x.zip" };
        inner = zip(&[(name, &inner, depth % 2 == 0)]);
    }
    desk.file("deep.zip", &inner);
    let run = desk.run(["verify", "deep.zip"]).code(3);
    assert!(run.out.contains("containers are opened up to 4 within one another"), "{}", run.out);
    // Many beside one another.
    let small = zip(&[("note.txt", b"x", false)]);
    let names: Vec<String> = (0..70).map(|number| format!("{number:02}.zip")).collect();
    let members: Vec<_> = names.iter().map(|name| (name.as_str(), small.as_slice(), false)).collect();
    desk.file("wide.zip", &zip(&members));
    let run = desk.run(["verify", "wide.zip"]).code(3);
    assert!(run.out.contains("more than 64 media and archives are in it"), "{}", run.out);
}

/// One file under many names costs a hostile archive little.
#[test]
fn images_without_end_are_not_all_looked_at() {
    let desk = Desk::bare();
    let names: Vec<String> = (0..1010).map(|number| format!("{number}.wim")).collect();
    let members: Vec<_> = names.iter().map(|name| (name.as_str(), &b"no image"[..], false)).collect();
    desk.file("many.zip", &zip(&members));
    let run = desk.run(["inspect", "--format", "json", "many.zip"]).code(3);
    assert_eq!(sources(&run).len(), 1001);
    assert!(run.out.contains("more than 1000 image files"));
}

/// A medium that is its own member: its extents lead to its begin.
#[test]
fn a_medium_in_itself_ends() {
    let desk = Desk::bare();
    let mut medium = Medium::new().without_udf(false).file("own.iso", &[7; 2048]).build();
    let record = medium.windows(9).rposition(|name| name == b"OWN.ISO;1").expect("a record") - 33;
    let length = u32::try_from(medium.len()).expect("short");
    for (at, number) in [(2, 0), (10, length)] {
        medium[record + at..][..4].copy_from_slice(&number.to_le_bytes());
        medium[record + at + 4..][..4].copy_from_slice(&u32::to_be_bytes(number));
    }
    desk.file("own.iso", &medium);
    let named = format!("own.iso{}", "!/OWN.ISO".repeat(3));
    let run = desk.run(["verify", &named]).code(3);
    assert!(run.out.contains("it holds no image file"), "{}", run.out);
    let run = desk.run(["verify", &format!("{named}!/OWN.ISO!/x.wim")]).code(3);
    assert!(run.out.contains("up to 4 within one another"), "{}", run.out);
    desk.file("own.zip", &zip(&[("own.iso", &medium, true)]));
    desk.run(["verify", "own.zip"]).code(3);
}

#[test]
fn a_split_set_is_counted_once_whatever_parts_are_named() {
    let desk = Desk::new();
    let wim = one(labels("Zipped", root()));
    desk.approve(&desk.file("whole.wim", &wim.build().bytes));
    for (number, part) in wim.build_split(3).iter().enumerate() {
        let name = if number == 0 { "m/x.swm".to_owned() } else { format!("m/x{}.swm", number + 1) };
        desk.file(&name, &part.bytes);
    }
    for named in [
        &["m/x.swm", "m/x2.swm"][..],
        &["m/x3.swm", "m/x2.swm", "m/x.swm"],
        &["m", "m/x2.swm"],
        &["m/x3.swm", "m"],
        &["m/x2.swm", "m/../m/x3.swm"],
        &["m/x2.swm", "m/x2.swm"],
    ] {
        let run = desk.check(named).code(0);
        assert_eq!(sources(&run).len(), 1, "{named:?}");
    }
    // Another image is another image, whatever it is called.
    desk.file("n/x.swm", &wim.build().bytes);
    assert_eq!(sources(&desk.check(["m/x.swm", "n/x.swm"]).code(0)).len(), 2);
}
