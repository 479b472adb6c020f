//! What is written is read: names, kinds, lists, data of every length.

use proptest::{collection::vec, prelude::*};
use wimproof_testkit::{
    filetime,
    hive::{self as kit, List},
};
use wimproof_wim::FileTime;

use super::{described, sound};
use crate::evidence::hive::{Hive, ValueKind};

#[test]
fn keys_and_values_are_found_whatever_their_case() {
    let at = filetime(2019, 3, 19, 4, 53, 37);
    let setup = kit::Key::new("Setup")
        .written(at)
        .multi("CloneTag", &["Mon Mar 18 21:56:38 2019"])
        .sz("CmdLine", "oobe\\windeploy.exe")
        .dword("SetupType", 2)
        .qword("Source", 0x000a_0000_47ba_0071)
        .sz("", "default");
    let hive = sound(&kit::Hive::new(kit::Key::new("ROOT").below("A\\Ünï", setup)));
    let key = hive.key("a\\üNÏ\\SETUP").expect("readable").expect("there");
    assert_eq!((key.path(), key.name(), key.last_written()), ("A\\Ünï\\Setup", "Setup", FileTime(at)));
    let value = |name: &str| key.value(name).expect("readable").expect("there");
    let tags = value("clonetag").multi_text().expect("texts");
    assert_eq!(tags.len(), 1);
    assert_eq!((tags[0].text.as_str(), tags[0].lossy), ("Mon Mar 18 21:56:38 2019", false));
    assert_eq!(value("CmdLine").text().expect("a text").text, "oobe\\windeploy.exe");
    assert_eq!(value("SetupType").dword().expect("a number"), 2);
    assert_eq!(value("source").qword().expect("a number"), 0x000a_0000_47ba_0071);
    assert_eq!(value("").text().expect("a text").text, "default");
    assert!(key.value("nothing").expect("readable").is_none());
    assert!(hive.key("A\\Setup").expect("readable").is_none());
    let wrong = value("SetupType").text().expect_err("a number is no text").to_string();
    assert!(wrong.contains("value at offset") && wrong.contains("REG_DWORD"), "{wrong}");
}

#[test]
fn names_beyond_latin_1_are_utf_16() {
    let name = "神州网信政府版";
    let hive = sound(&kit::Hive::new(kit::Key::new("R").subkey(kit::Key::new(name).sz(name, name))));
    let key = hive.key(name).expect("readable").expect("there");
    let value = key.value(name).expect("readable").expect("there");
    assert_eq!((key.name(), value.text().expect("a text").text.as_str()), (name, name));
}

#[test]
fn texts_that_do_not_end_or_do_not_decode() {
    let key = kit::Key::new("R")
        .value("unterminated", 1, b"a\0b\0")
        .value("odd", 1, b"a\0b\0c")
        .value("lone", 1, &[0x00, 0xd8, 0x61, 0])
        .value("behind", 2, b"a\0\0\0b\0\0\0")
        .value("none", 1, b"")
        .value("big-endian", 5, &[0, 0, 1, 2])
        .value("short", 4, &[1, 2])
        .value("open end", 7, b"a\0\0\0b\0");
    let hive = sound(&kit::Hive::new(key));
    let root = hive.root().expect("a root");
    let value = |name: &str| root.value(name).expect("readable").expect("there");
    let text = |name| {
        let text = value(name).text().expect("a text");
        (text.text, text.lossy)
    };
    assert_eq!(text("unterminated"), ("ab".into(), false));
    assert_eq!(text("odd"), ("ab".into(), true));
    assert_eq!(text("lone"), ("\u{fffd}a".into(), true));
    assert_eq!(text("behind"), ("a".into(), false));
    assert_eq!(text("none"), (String::new(), false));
    assert_eq!(value("big-endian").dword().expect("a number"), 0x102);
    assert!(value("short").dword().is_err());
    let texts = value("open end").multi_text().expect("texts");
    assert_eq!(texts.iter().map(|text| text.text.as_str()).collect::<Vec<_>>(), ["a", "b"]);
}

#[test]
fn data_of_every_length_come_back() {
    let lengths = [0, 1, 4, 5, 4095, 16_343, 16_344, 16_345, 32_688, 32_689, 100_000];
    let data =
        |length: usize| -> Vec<u8> { (0..length).map(|at| u8::try_from(at % 251).unwrap_or(0)).collect() };
    for minor in [3, 5] {
        let root = lengths.iter().fold(kit::Key::new("R"), |key, length| {
            // Below version 1.4 data that begin like a list of segments are none.
            let mut data = data(*length);
            if let Some(head) = data.first_chunk_mut() {
                *head = *b"db";
            }
            key.value(&length.to_string(), 3, &data)
        });
        let hive = sound(&kit::Hive::new(root.clone()).minor(minor));
        let key = hive.root().expect("a root");
        assert_eq!(described(&key), root, "version 1.{minor}");
    }
}

#[test]
fn every_kind_of_list_is_read() {
    for list in [List::Lf, List::Lh, List::Li, List::Ri(1), List::Ri(7), List::Ri(1000)] {
        let names = (0..500).map(|number| format!("Key{number:03}"));
        let root = names.clone().fold(kit::Key::new("R").list(list), |root, name| {
            root.subkey(kit::Key::new(&name).sz("Name", &name))
        });
        let hive = sound(&kit::Hive::new(root));
        let key = hive.root().expect("a root");
        let read: Vec<String> = key.subkeys().map(|key| key.expect("a key").name().to_owned()).collect();
        assert_eq!(read, names.collect::<Vec<_>>(), "{list:?}");
        assert!(key.subkey("KEY499").expect("readable").is_some(), "{list:?}");
    }
}

#[test]
fn kinds_are_told_apart() {
    let kinds = (0..13).chain([0xffff_0010]);
    let root = kinds.fold(kit::Key::new("R"), |key, kind| key.value(&kind.to_string(), kind, b"12345678"));
    let hive = sound(&kit::Hive::new(root.clone()));
    assert_eq!(described(&hive.root().expect("a root")), root);
    let property = hive.root().expect("a root").value("4294901776").expect("readable").expect("there");
    assert_eq!(property.kind(), ValueKind::Other(0xffff_0010));
    assert_eq!(property.file_time().expect("eight bytes").0, u64::from_le_bytes(*b"12345678"));
}

fn list() -> impl Strategy<Value = List> {
    prop_oneof![Just(List::Lf), Just(List::Lh), Just(List::Li), (1..4_usize).prop_map(List::Ri)]
}

fn value() -> impl Strategy<Value = (String, u32, Vec<u8>)> {
    let data = prop_oneof![
        8 => vec(any::<u8>(), 0..20),
        1 => vec(any::<u8>(), 16_300..16_400),
        1 => vec(any::<u8>(), 32_600..40_000),
    ];
    ("[a-zA-Z0-9 ÄЖ中]{0,12}", any::<u32>().prop_map(|kind| kind % 16), data)
}

fn key() -> impl Strategy<Value = kit::Key> {
    let alone = ("[a-zA-Z0-9 ÄЖ中]{1,12}", any::<u64>(), vec(value(), 0..4), list());
    let alone = alone.prop_map(|(name, written, values, list)| {
        let key = kit::Key::new(&name).written(written).list(list);
        values.iter().fold(key, |key, (name, kind, data)| key.value(name, *kind, data))
    });
    let alone = alone.boxed();
    alone.clone().prop_recursive(4, 40, 6, move |below| {
        (alone.clone(), vec(below, 0..6))
            .prop_map(|(key, below)| below.into_iter().fold(key, kit::Key::subkey))
    })
}

/// The tree with all lists of one kind: the kind is not read back.
fn plain(key: &kit::Key) -> kit::Key {
    let subkeys = key.subkeys.iter().map(plain).collect();
    kit::Key { list: List::Lh, subkeys, ..key.clone() }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_tree_that_is_written_is_read(root in key()) {
        let hive = Hive::open(kit::Hive::new(root.clone()).build(), &[]).expect("a hive");
        prop_assert!(hive.anomalies().is_empty());
        prop_assert_eq!(described(&hive.root().expect("a root")), plain(&root));
    }
}
