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
