use proptest::prelude::*;
use wimproof_testkit::hive::{Hive as Kit, Key as KitKey};

use super::super::{Hive, difference};
use crate::evidence::difference::Change;

fn hive(root: KitKey) -> Hive {
    Hive::open(Kit::new(root).build(), &[]).expect("a hive")
}

fn of(a: KitKey, b: KitKey) -> difference::Differences {
    difference::of(&hive(a), &hive(b), false).expect("compared")
}

fn task(action: &str) -> KitKey {
    let action: Vec<u8> = action.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let data = [&[3, 0][..], &action, &[0, 0]].concat();
    KitKey::new("{4D595DA6}").value("Actions", 3, &data).sz("Path", "\\Microsoft\\Windows\\Task")
}

fn root() -> KitKey {
    KitKey::new("ROOT")
        .below("Microsoft\\Tasks", task("C:\\Windows\\SpeechModelDownload.exe"))
        .below("Microsoft", KitKey::new("Setup").dword("Type", 1))
}

#[test]
fn a_hive_is_the_same_as_itself() {
    assert_eq!(of(root(), root()), difference::Differences::default());
}

#[test]
fn one_value_is_named_with_what_it_says() {
    let other = KitKey::new("ROOT")
        .below("microsoft\\tasks", task("powershell.exe -enc AAAA"))
        .below("microsoft", KitKey::new("Setup").dword("Type", 1));
    let found = of(root(), other);
    let [key] = &found.keys[..] else { panic!("{found:?}") };
    assert_eq!((&*key.key, key.change), ("microsoft\\tasks\\{4D595DA6}", Change::Changed));
    let [value] = &key.values[..] else { panic!("{key:?}") };
    assert_eq!(value.name, "Actions");
    let shown = |side: &Option<difference::Data>| side.clone().and_then(|data| data.shown).expect("shown");
    assert_eq!(shown(&value.a), "C:\\Windows\\SpeechModelDownload.exe");
    assert_eq!(shown(&value.b), "powershell.exe -enc AAAA");
}

#[test]
fn keys_and_values_of_one_side_are_named() {
    let more =
        root().below("Microsoft", KitKey::new("Run").sz("updater", "C:\\x.exe").subkey(KitKey::new("Deep")));
    let found = of(root(), more.clone());
    let keys: Vec<(&str, Change)> = found.keys.iter().map(|key| (&*key.key, key.change)).collect();
    assert_eq!(keys, [("Microsoft\\Run", Change::Added), ("Microsoft\\Run\\Deep", Change::Added)]);
    let found = of(more, root());
    assert!(found.keys.iter().all(|key| key.change == Change::Removed));
    let value = &found.keys[0].values[0];
    assert!(value.b.is_none() && value.a.is_some());
}

#[test]
fn secrets_differ_and_are_not_shown() {
    let logon = |password: &str, line: &str| {
        KitKey::new("ROOT").subkey(KitKey::new("Winlogon").sz("DefaultPassword", password).sz("Line", line))
    };
    let found =
        of(logon("geheim-1", "net use /password:geheim-3"), logon("geheim-2", "net use /password:geheim-4"));
    let json = serde_json::to_string(&found).expect("JSON");
    assert!(json.contains("DefaultPassword") && !json.contains("geheim"), "{json}");
    let (a, b) = (hive(logon("a", "left")), hive(logon("a", "right")));
    let found = difference::of(&a, &b, true).expect("compared");
    assert_eq!(found.keys[0].values[0].a.as_ref().map(|data| &data.shown), Some(&None));
}

#[test]
fn what_is_told_is_bounded() {
    let many = (0..3000)
        .fold(KitKey::new("ROOT"), |root, number| root.subkey(KitKey::new(&format!("k{number:04}"))));
    let found = of(KitKey::new("ROOT"), many);
    assert_eq!((found.keys.len(), found.more_keys), (1000, 2000));
}

proptest! {
    #[test]
    fn a_broken_hive_is_compared_without_panic(at in 4096_usize..12_000, byte: u8) {
        let mut bytes = Kit::new(root()).build();
        let at = at % bytes.len();
        bytes[at] = byte;
        if let Ok(broken) = Hive::open(bytes, &[]) {
            let _ = difference::of(&broken, &hive(root()), false);
            let _ = difference::of(&hive(root()), &broken, false);
        }
    }
}
