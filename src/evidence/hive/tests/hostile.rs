//! Broken and malicious hives: an error or a part of the truth, never a panic, a loop or a bill of memory.

use proptest::prelude::*;
use wimproof_testkit::hive::{self as kit, BASE, List, LogEntry};

use super::{Census, sound};
use crate::evidence::hive::{AnomalyKind, Error, Hive, facts, limits};

/// A hive with something of everything.
fn rich() -> kit::Hive {
    let list = [List::Lf, List::Li, List::Ri(3), List::Lh];
    let root = list.iter().fold(kit::Key::new("ROOT"), |root, list| {
        let key = kit::Key::new(&format!("{list:?}")).list(*list).value("Long", 3, &vec![7; 20_000]);
        root.subkey((0..10).fold(key, |key, number| {
            key.subkey(kit::Key::new(&format!("Key{number}")).sz("Text", "some text").dword("N", number))
        }))
    });
    kit::Hive::new(root)
}

/// Where a pattern stands, searched in a hive.
fn places(hive: &[u8], pattern: &[u8]) -> Vec<usize> {
    (0..hive.len()).filter(|at| hive[*at..].starts_with(pattern)).collect()
}

fn put32(hive: &mut [u8], at: usize, value: u32) {
    hive[at..at + 4].copy_from_slice(&value.to_le_bytes());
}

fn census(hive: Vec<u8>) -> Option<Census> {
    let hive = Hive::open(hive, &[]).ok()?;
    let _ = facts::system(&hive);
    let _ = facts::software(&hive);
    Some(Census::of(&hive))
}

#[test]
fn lists_that_name_themselves_or_their_parents_end() {
    let whole = rich().build();
    let keys = Census::of(&sound(&rich())).keys;
    let parent_of_all = u32::try_from(places(&whole, b"nk\x2c\0")[0] - 4 - BASE).expect("small");
    for signature in [b"lf", b"lh", b"li", b"ri"] {
        for at in places(&whole, signature) {
            let list = u32::try_from(at - 4 - BASE).expect("small");
            for target in [list, parent_of_all] {
                let mut hive = whole.clone();
                put32(&mut hive, at + 4, target);
                let census = census(hive).expect("a hive");
                assert!(census.errors > 0 && census.keys <= keys, "{signature:?} {at}: {census:?}");
            }
        }
    }
}

#[test]
fn huge_counts_give_what_is_there_and_an_error() {
    let whole = rich().build();
    let sound = Census::of(&sound(&rich()));
    for signature in [b"lf", b"lh", b"li", b"ri"] {
        for at in places(&whole, signature) {
            let mut hive = whole.clone();
            hive[at + 2..at + 4].copy_from_slice(&[0xff, 0xff]);
            let census = census(hive).expect("a hive");
            assert!(census.errors > 0 && census.keys == sound.keys, "{census:?}");
        }
    }
    for at in places(&whole, b"nk") {
        for field in [20, 36] {
            let mut hive = whole.clone();
            put32(&mut hive, at + field, 0xffff_fff0);
            let census = census(hive).expect("a hive");
            assert!(census.errors > 0, "{field} of the key at {at}: {census:?}");
            assert_eq!((census.keys, census.values), (sound.keys, sound.values));
        }
    }
}

#[test]
fn one_broken_cell_costs_no_more_than_what_hangs_on_it() {
    let whole = rich().build();
    let sound = Census::of(&sound(&rich()));
    let leaf = *places(&whole, b"nk").last().expect("keys");
    for damage in [(0, b"xk\0\0".to_vec()), (72, vec![0xff, 0xff]), (16, vec![1, 0, 0, 0])] {
        let mut hive = whole.clone();
        hive[leaf + damage.0..leaf + damage.0 + damage.1.len()].copy_from_slice(&damage.1);
        let census = census(hive).expect("a hive");
        assert_eq!((census.keys, census.errors), (sound.keys - 1, 1), "{damage:?}");
    }
    let mut hive = whole.clone();
    put32(&mut hive, leaf - 4, 96);
    let hive = Hive::open(hive, &[]).expect("a hive");
    let freed = hive.root().expect("a root").subkey("Lh").expect("readable").expect("there").subkey("Key9");
    let error = freed.expect_err("a free cell is no key").to_string();
    assert!(error.contains(&format!("key at offset {}", leaf - 4)), "{error}");
    assert!(error.contains("length of 96"), "{error}");
}

#[test]
fn cells_outside_the_file_are_errors() {
    let whole = rich().build();
    for at in places(&whole, b"nk") {
        for (field, offset) in [(28, 0x7fff_fff8), (28, 3), (40, 0xffff_fff0), (40, 0)] {
            let mut hive = whole.clone();
            put32(&mut hive, at + field, offset);
            assert!(census(hive).is_some());
        }
    }
    let mut hive = whole.clone();
    put32(&mut hive, 36, 0x00ff_fff8);
    kit::seal(&mut hive);
    let hive = Hive::open(hive, &[]).expect("a hive");
    assert!(matches!(hive.root(), Err(Error::OutsideHive { .. })));
}

#[test]
fn segments_that_do_not_add_up_are_errors() {
    let whole = rich().build();
    for at in places(&whole, b"db") {
        for count in [0_u16, 1, 3, u16::MAX] {
            let mut hive = whole.clone();
            hive[at + 2..at + 4].copy_from_slice(&count.to_le_bytes());
            assert_eq!(census(hive).expect("a hive").errors, 1, "{count} segments");
        }
    }
    for at in places(&whole, b"vk") {
        let mut hive = whole.clone();
        put32(&mut hive, at + 4, 0x7fff_ffff);
        let _ = census(hive);
    }
}

#[test]
fn cut_files_are_read_as_far_as_they_go() {
    let whole = rich().build();
    let all = Census::of(&sound(&rich()));
    for end in (0..whole.len()).step_by(97).chain([4095, 4096, 4097, 4128]) {
        let cut = Hive::open(whole[..end].to_vec(), &[]);
        if end < 512 {
            assert!(cut.is_err(), "{end} bytes");
        } else {
            let cut = cut.expect("a hive");
            assert!(cut.anomalies().has(AnomalyKind::Cut), "{end} bytes");
            let census = Census::of(&cut);
            assert!(census.errors > 0 || census == all, "{end} bytes: {census:?}");
        }
    }
}

#[test]
fn bins_that_do_not_begin_as_they_should_are_noted() {
    let mut hive = rich().at_least(3 * 65_536).build();
    let last = hive.len() - 4096;
    hive[last] = b'x';
    let hive = Hive::open(hive, &[]).expect("a hive");
    assert!(hive.anomalies().has(AnomalyKind::BadBin));
    let many = vec![0; 4096 * 3000];
    let mut all_bad = rich().build();
    put32(&mut all_bad, 40, u32::try_from(many.len()).expect("small"));
    kit::seal(&mut all_bad);
    all_bad.truncate(BASE);
    all_bad.extend(many);
    let hive = Hive::open(all_bad, &[]).expect("a hive");
    assert_eq!(hive.anomalies().described().len(), limits::MAX_DESCRIBED);
    assert_eq!(hive.anomalies().omitted(), 3000 - limits::MAX_DESCRIBED as u64);
}

#[test]
fn a_source_that_is_too_large_is_not_read() {
    #[derive(Debug)]
    struct Endless;
    impl wimproof_wim::ReadAt for Endless {
        fn size(&self) -> u64 {
            limits::MAX_HIVE_BYTES + 1
        }
        fn read_at(&self, _: u64, _: &mut [u8]) -> std::io::Result<usize> {
            panic!("it must not be read");
        }
    }
    let error = Hive::read(&Endless, &[]).expect_err("too large").to_string();
    assert!(error.contains("more than the limit"), "{error}");
    let hive = Hive::read(&rich().build(), &[&Endless]).expect("a hive");
    assert!(hive.anomalies().has(AnomalyKind::UnusableLog));
}

#[test]
fn a_log_cannot_blow_up_a_hive() {
    let hive = rich().sequences(8, 7).build();
    let mut entry = LogEntry { sequence: 7, bins: 0xffff_f000, pages: vec![(0, vec![0; 4096])] };
    let size = |entry: &LogEntry| {
        let log = kit::new_log(&hive, std::slice::from_ref(entry));
        let hive = Hive::open(hive.clone(), &[log]).expect("a hive");
        (hive.recovery().applied.len(), Census::of(&hive).keys)
    };
    let keys = Census::of(&sound(&rich())).keys;
    assert_eq!(size(&entry), (0, keys), "bins beyond the limit");
    // Found with an image of some kilobytes, whose hives took half a gigabyte each.
    entry = LogEntry { sequence: 7, bins: 256 << 20, pages: vec![(0, vec![0; 4096])] };
    assert_eq!(size(&entry), (0, keys), "bins that the log does not hold");
    entry = LogEntry { sequence: 7, bins: 8192, pages: vec![(8192, vec![0; 4096])] };
    assert_eq!(size(&entry), (0, keys), "a page behind the bins");
    entry = LogEntry { sequence: 7, bins: 8192, pages: vec![(u32::MAX - 4095, vec![0; 4096])] };
    assert_eq!(size(&entry), (0, keys), "an offset that overflows");

    let mut old = kit::old_log(&hive, &hive);
    put32(&mut old, 40, 0xffff_f000);
    kit::seal(&mut old);
    old.resize(2 << 20, 0xff);
    let hive = Hive::open(hive, &[old]).expect("a hive");
    assert!(hive.recovery().applied.is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn flipped_bytes_never_panic(flips in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12)) {
        let mut hive = rich().build();
        for (at, byte) in flips {
            let at = at.index(hive.len());
            hive[at] = byte;
        }
        if let Some(census) = census(hive) {
            prop_assert!(census.keys <= 200_001);
        }
    }

    #[test]
    fn flipped_bytes_of_a_log_never_panic(at in any::<prop::sample::Index>(), byte in any::<u8>(), old in any::<bool>()) {
        let before = rich().sequences(8, 7).build();
        let after = rich().at_least(131_072).sequences(8, 7).build();
        let mut log = match old {
            true => kit::old_log(&before, &after),
            false => kit::new_log(&before, &[LogEntry::between(&before, &after, 7)]),
        };
        let at = at.index(log.len());
        log[at] = byte;
        if let Ok(hive) = Hive::open(before, &[log]) {
            let _ = Census::of(&hive);
        }
    }

    #[test]
    fn noise_never_panics(noise in proptest::collection::vec(any::<u8>(), 0..4000)) {
        let mut hive = rich().build();
        hive.truncate(BASE + 32);
        hive.extend(noise);
        let _ = census(hive);
    }
}
