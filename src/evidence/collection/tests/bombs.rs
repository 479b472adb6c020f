//! Archives made to cost memory or time.

use std::io::{ErrorKind, Read as _};

use super::{
    look_into, look_into_with, text,
    zip_file::{Member, overlapping, swallowing_itself, zip},
};
use crate::evidence::collection::{GapKind, Inventory, Limits, Options};

fn limited(change: impl FnOnce(&mut Limits)) -> Options {
    let mut options = Options::default();
    change(&mut options.limits);
    options
}

fn kinds(found: &Inventory) -> Vec<GapKind> {
    found.gaps.iter().map(|gap| gap.kind).collect()
}

#[test]
fn a_ratio_no_log_has_ends_the_read() {
    let archive = zip(&[Member::deflated("setupact.log", &vec![0; 4 << 20])]);
    let options = limited(|limits| limits.ratio_free = 1 << 20);
    let found = look_into_with(&archive, &options);
    let mut read = Vec::new();
    let error = found.pieces[0].open().expect("opens").read_to_end(&mut read).expect_err("a bomb");
    assert_eq!(error.kind(), ErrorKind::FileTooLarge);
    assert!(error.to_string().contains("a bomb"), "{error}");
    assert!(read.len() >= 1 << 20 && read.len() < 3 << 20, "what came before stands: {}", read.len());
    assert_eq!(look_into(&archive).pieces[0].bytes(8 << 20).expect("small enough to be read").len(), 4 << 20);
}

#[test]
fn a_size_that_is_claimed_costs_nothing() {
    let member = Member { size: u32::MAX - 1, ..Member::deflated("inner.zip", b"x") };
    let found = look_into(&zip(&[member]));
    assert_eq!(kinds(&found), [GapKind::Bounded]);
    assert!(found.gaps[0].detail.contains("up to 268435456 are held"), "{:?}", found.gaps);

    let member = Member { size: u32::MAX - 1, ..Member::stored("SYSTEM", b"x") };
    let found = look_into(&zip(&[member]));
    assert_eq!(found.pieces[0].bytes(1 << 20).expect_err("claims 4 GB").kind(), ErrorKind::FileTooLarge);
}

#[test]
fn archives_in_archives_end_at_the_depth_that_is_set() {
    for pack in [Member::stored, Member::deflated] {
        let mut archive = zip(&[Member::stored("setupact.log", b"innermost")]);
        for _ in 0..9 {
            archive = zip(&[pack("inner.zip", &archive), Member::stored("setupact.log", b"x")]);
        }
        let found = look_into(&archive);
        assert_eq!((found.pieces.len(), kinds(&found)), (4, vec![GapKind::Bounded]));
    }
}

/// The shape of 42.zip: each archive holds the next many times.
#[test]
fn archives_that_fan_out_end_at_the_number_of_members() {
    let mut archive = zip(&[Member::stored("setupact.log", b"x")]);
    for _ in 0..3 {
        let members: Vec<_> = (0..16).map(|n| Member::deflated(&format!("{n}.zip"), &archive)).collect();
        archive = zip(&members);
    }
    let options = limited(|limits| limits.members = 1000);
    let found = look_into_with(&archive, &options);
    assert!(found.pieces.len() < 1000 && !found.pieces.is_empty());
    assert!(kinds(&found).contains(&GapKind::Bounded));
    assert_eq!(look_into(&archive).pieces.len(), 16 * 16 * 16);
}

/// One member under many names: the archive is small, what is read would not be.
#[test]
fn members_that_share_their_bytes_end_at_the_output_that_is_set() {
    let archive = overlapping(&Member::deflated("setupact.log", &vec![b'a'; 1 << 20]), 100);
    let options = limited(|limits| limits.output = 5 << 20);
    let found = look_into_with(&archive, &options);
    assert_eq!(found.pieces.len(), 100);
    let read = found.pieces.iter().filter(|piece| piece.bytes(2 << 20).is_ok()).count();
    assert_eq!(read, 5);
    let error = found.pieces[99].bytes(2 << 20).expect_err("used up");
    assert!(error.to_string().contains("out of this collection"), "{error}");
}

#[test]
fn memory_for_archives_is_given_back_and_bounded() {
    let empty = zip(&[Member::stored(&"x".repeat(60_000), b"")]);
    let telling = zip(&[Member::stored(&"x".repeat(60_000), b""), Member::stored("setupact.log", b"kept")]);
    let many = |inner: &[u8]| {
        zip(&(0..20).map(|n| Member::deflated(&format!("{n}.zip"), inner)).collect::<Vec<_>>())
    };
    let options = limited(|limits| limits.held = 300_000);
    // Nothing in them is kept, so none is held longer than it is looked at.
    assert_eq!(kinds(&look_into_with(&many(&empty), &options)), []);
    let found = look_into_with(&many(&telling), &options);
    assert_eq!((found.pieces.len(), found.gaps.len()), (2, 18), "{:?}", found.gaps.first());
    assert!(kinds(&found).iter().all(|kind| *kind == GapKind::Bounded));
    assert_eq!(found.pieces.iter().map(text).collect::<String>(), "keptkept");
}

#[test]
fn more_members_than_are_looked_at() {
    let archive = overlapping(&Member::stored("readme.txt", b""), 200_000);
    let found = look_into(&archive);
    assert_eq!((found.ignored, kinds(&found)), (200_000, vec![]));
    let found = look_into_with(&archive, &limited(|limits| limits.members = 1000));
    assert_eq!((found.ignored, kinds(&found)), (1000, vec![GapKind::Bounded]));
}

#[test]
fn one_name_a_hundred_thousand_times() {
    let archive = overlapping(&Member::stored("setupact.log", b"x"), 100_001);
    let found = look_into(&archive);
    assert_eq!((found.pieces.len(), found.ignored), (100_000, 1));
    assert_eq!(found.gaps.len(), 10_000);
}

/// A member whose bytes are the directory that lists it.
#[test]
fn an_archive_that_is_its_own_member() {
    let found = look_into(&swallowing_itself());
    assert_eq!((found.pieces.len(), kinds(&found)), (0, vec![GapKind::Damaged]));
}
