//! ZIP archives, also in one another.

use std::io::ErrorKind;

use proptest::prelude::*;

use super::{
    folder, look, look_into, look_into_with, names, paths, text,
    zip_file::{Member, zip},
};
use crate::evidence::collection::{GapKind, Generation, NameCoding, Options, Role, Why};

const LOG: &str = "Windows.old/Windows/Panther/setupact.log";

#[test]
fn members_are_found_and_read() {
    let found = look_into(&zip(&[
        Member::stored("Windows/Panther/", b""),
        Member::stored(LOG, b"stored"),
        Member::deflated("Windows/Panther/setupact.log", b"deflated"),
        Member::deflated("Windows/Panther/setuperr.log", b""),
        Member::stored("Windows/explorer.exe", b"MZ"),
    ]));
    assert_eq!(names(&found), [LOG, "Windows/Panther/setupact.log", "Windows/Panther/setuperr.log"]);
    assert_eq!(found.pieces.iter().map(text).collect::<Vec<_>>(), ["stored", "deflated", ""]);
    assert_eq!(found.pieces[0].read_at().expect("opens").expect("stored").size(), 6);
    assert!(found.pieces[1].read_at().expect("opens").is_none());
    assert!(found.pieces[0].file().is_none());
    assert_eq!((found.ignored, found.gaps), (1, vec![]));
}

#[test]
fn archives_in_archives_are_read_in_place_or_held() {
    let inner = zip(&[Member::deflated("Windows/Panther/setupact.log", b"inner")]);
    for (outer, depth) in [
        (Member::stored("Windows.old.000.ZIP", &inner), 2),
        (Member::deflated("Windows.old.000.ZIP", &inner), 2),
    ] {
        let found = look_into(&zip(&[outer]));
        assert_eq!(names(&found), ["Windows.old.000.ZIP!/Windows/Panther/setupact.log"], "{depth}");
        let piece = &found.pieces[0];
        assert_eq!(
            (text(piece).as_str(), piece.path()),
            ("inner", "Windows.old.000\\Windows\\Panther\\setupact.log")
        );
        assert_eq!(piece.place().generation, Generation::Old("Windows.old.000".into()));
        assert!(piece.place().root.ends_with("case.zip"), "{}", piece.place().root);
    }
}

#[test]
fn an_archive_in_a_folder_is_opened_and_one_among_programs_is_not() {
    let inner = zip(&[Member::stored("setupact.log", b"x")]);
    let disk = folder(&[
        ("case1.zip", &inner),
        ("Program Files/tool/logs.zip", &inner),
        ("Windows/Logs/SetupDiag/Logs.zip", &inner),
        ("Users/x/AppData/Local/y.zip", &inner),
    ]);
    let found = look(disk.path());
    let names: Vec<_> =
        found.pieces.iter().filter_map(|it| it.name().split_once(".zip").map(|it| it.0)).collect();
    assert!(matches!(names.as_slice(), [a, b] if a.ends_with("Logs") && b.ends_with("case1")), "{names:?}");
    assert_eq!(found.ignored, 2);
}

#[test]
fn hostile_names_are_only_labels() {
    let found = look_into(&zip(&[
        Member::stored("../../etc/Panther/setupact.log", b"a"),
        Member::stored("/Panther/setupact.log", b"b"),
        Member::stored("C:\\Windows\\Panther\\setupact.log", b"c"),
        Member::stored("\\\\server\\share\\Panther\\..\\setupact.log", b"d"),
        Member::stored("Panther//.//setuperr.log", b"e"),
        Member::stored("Panther/\u{202e}setupact\u{1b}[2J.log", b"f"),
    ]));
    assert_eq!(found.pieces.len(), 6, "{found:?}");
    assert!(found.pieces.iter().all(|piece| piece.bytes(1).is_ok()));
    assert!(names(&found).contains(&"../../etc/Panther/setupact.log"));
    let of_disk =
        found.pieces.iter().find(|piece| piece.place().generation == Generation::Live).expect("one");
    assert_eq!(of_disk.path(), "Windows\\Panther\\setupact.log");
}

#[test]
fn names_in_a_chinese_code_page() {
    let gbk = b"\xc8\xd5\xd6\xbe/Panther/setupact.log";
    let member = Member { name: gbk.to_vec(), local_name: gbk.to_vec(), ..Member::stored("x", b"x") };
    let archive = zip(&[member]);
    let options = Options { names: NameCoding::Gb18030, ..Options::default() };
    assert_eq!(names(&look_into_with(&archive, &options)), ["日志/Panther/setupact.log"]);
    assert_eq!(names(&look_into(&archive)), ["╚╒╓╛/Panther/setupact.log"]);
}

#[test]
fn two_members_of_one_name_are_both_read_and_reported() {
    let found = look_into(&zip(&[
        Member::stored(LOG, b"one"),
        Member::stored(LOG, b"two"),
        Member::stored(LOG, b"three"),
    ]));
    assert_eq!(found.pieces.iter().map(text).collect::<Vec<_>>(), ["one", "two", "three"]);
    assert!(found.pieces[2].name().ends_with("setupact.log#3"));
    assert_eq!(
        found.gaps.iter().map(|gap| gap.kind).collect::<Vec<_>>(),
        [GapKind::SameName, GapKind::SameName]
    );
}

#[test]
fn encrypted_and_strangely_compressed_members_are_set_aside() {
    let inner = zip(&[Member::stored("setupact.log", b"x")]);
    let encrypted = |member: Member| Member { flags: 1, ..member };
    let found = look_into(&zip(&[
        encrypted(Member::stored("Panther/setupact.log", b"x")),
        Member { method: 12, ..Member::stored("Panther/setuperr.log", b"x") },
        Member { mode: 0o120_777, ..Member::stored("Panther/diagerr.xml", b"/etc/passwd") },
        encrypted(Member::stored("inner.zip", &inner)),
        encrypted(Member::stored("readme.txt", b"x")),
    ]));
    let aside: Vec<_> = found.set_aside.iter().map(|it| it.why).collect();
    assert_eq!(aside, [Why::Link, Why::Encrypted, Why::Compression]);
    assert_eq!(found.set_aside[1].piece.bytes(10).expect_err("closed").kind(), ErrorKind::Unsupported);
    assert_eq!(found.gaps.iter().map(|gap| gap.kind).collect::<Vec<_>>(), [GapKind::Encrypted]);
    assert_eq!((found.pieces.len(), found.ignored), (0, 1));
}

#[test]
fn bytes_that_are_not_what_the_archive_says_are_an_error() {
    let good = || Member::deflated(LOG, b"0123456789");
    for (bad, what) in [
        (Member { crc: 1, ..good() }, "CRC-32"),
        (Member { size: 11, ..good() }, "10 bytes, the archive says 11"),
        (Member { size: 9, ..good() }, "longer than the 9 bytes"),
        (Member { packed: vec![0xff; 9], ..good() }, "unreadable after 0 of 10 bytes"),
        (Member { size: 11, ..Member::stored(LOG, b"0123456789") }, "the archive says 11"),
    ] {
        let found = look_into(&zip(&[bad]));
        let error = found.pieces[0].bytes(100).expect_err(what);
        assert!(error.to_string().contains(what), "{error}, not {what}");
    }
}

#[test]
fn a_header_of_another_member_is_not_believed() {
    let found =
        look_into(&zip(&[Member { local_name: b"innocent.txt".to_vec(), ..Member::stored(LOG, b"x") }]));
    assert_eq!(found.set_aside.iter().map(|it| it.why).collect::<Vec<_>>(), [Why::Damaged]);
    assert!(found.gaps[0].detail.contains("innocent.txt"), "{:?}", found.gaps);
}

#[test]
fn a_cut_archive_says_so() {
    let whole = zip(&[Member::stored(LOG, b"x"), Member::deflated("Panther/setuperr.log", b"y")]);
    for cut in 4..whole.len() {
        let found = look_into(&whole[..cut]);
        assert_eq!(found.gaps.len(), 1, "cut at {cut}: {found:?}");
        assert_eq!(found.gaps[0].kind, GapKind::Damaged);
    }
    let inner =
        look_into(&zip(&[Member::deflated("a.zip", &whole[..50]), Member::stored("b.zip", &whole[..50])]));
    assert_eq!(inner.gaps.len(), 2);
}

#[test]
fn a_directory_that_lies_is_reported_and_the_rest_is_read() {
    let mut archive = zip(&[Member::stored(LOG, b"x"), Member::stored("Panther/setuperr.log", b"y")]);
    let second = archive.windows(6).rposition(|bytes| bytes == b"PK\x01\x02\x14\x03").expect("a header");
    archive[second] = b'X';
    let found = look_into(&archive);
    assert_eq!((found.pieces.len(), found.gaps.len()), (1, 1));
    assert!(found.gaps[0].detail.contains("after 1 members"), "{:?}", found.gaps);

    let mut archive = zip(&[Member::stored(LOG, b"x")]);
    let count = archive.len() - 14;
    archive[count..count + 4].copy_from_slice(&[9, 0, 9, 0]);
    let found = look_into(&archive);
    assert!(found.gaps[0].detail.contains("lists 1 members, its end says 9"), "{:?}", found.gaps);

    let mut archive = zip(&[Member::stored(LOG, b"x")]);
    archive.extend(b"more");
    assert!(look_into(&archive).gaps[0].detail.contains("4 bytes behind its end"));

    // Something before it, as self-extracting archives have: offsets still fit.
    let archive = [b"PK\x03\x04 stub".to_vec(), zip(&[Member::stored(LOG, b"x")])].concat();
    let found = look_into(&archive);
    assert_eq!((found.pieces.iter().map(text).collect::<String>(), found.gaps), ("x".into(), vec![]));
}

#[test]
fn the_order_is_that_of_names() {
    let found =
        look_into(&zip(&[Member::stored("b/setupact.log", b""), Member::stored("a/setupact.log", b"")]));
    assert_eq!(names(&found), ["a/setupact.log", "b/setupact.log"]);
    assert_eq!(
        paths(&found),
        ["a\\setupact.log", "b\\setupact.log"].map(|path| path.rsplit('\\').next().unwrap())
    );
    assert!(found.pieces.iter().all(|piece| piece.place().role == Role::Panther));
}

fn nested() -> Vec<u8> {
    let inner =
        zip(&[Member::deflated("Panther/setupact.log", &[b'a'; 300]), Member::stored("SYSTEM", b"regf")]);
    zip(&[Member::stored("a.zip", &inner), Member::deflated("b.zip", &inner), Member::stored(LOG, b"x")])
}

proptest! {
    /// Damage never panics, and never makes a read go on without end.
    #[test]
    fn damage_is_survived(changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8)) {
        let mut archive = nested();
        for (at, byte) in changes {
            let at = at.index(archive.len());
            archive[at] = byte;
        }
        let found = look_into(&archive);
        for piece in found.pieces.iter().chain(found.set_aside.iter().map(|it| &it.piece)) {
            let _ = piece.bytes(1 << 20);
        }
    }
}
