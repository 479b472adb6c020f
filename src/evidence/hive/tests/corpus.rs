//! Real hives, where a corpus is at hand.

use std::{path::PathBuf, process::Command};

use super::Census;
use crate::evidence::hive::{
    AnomalyKind, Hive,
    facts::{self, Found, MountedDevice, SystemFacts},
};

/// A hive of the corpus, unpacked by `xz`; `None`, with a line that says so, where one of them is missing.
fn hive(name: &str) -> Option<Hive> {
    let corpus = std::env::var_os("WIMPROOF_CORPUS")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus"), PathBuf::from);
    let path = corpus.join("hive").join(format!("{name}.xz"));
    let unpacked = Command::new("xz").arg("-dkc").arg(&path).output();
    let Some(unpacked) = unpacked.ok().filter(|run| path.is_file() && run.status.success()) else {
        println!("skipped: {} or xz is not at hand", path.display());
        return None;
    };
    Some(Hive::open(unpacked.stdout, &[]).expect("a hive"))
}

fn facts() -> Option<SystemFacts> {
    hive("SYSTEM_WIN_10_1709").map(|hive| facts::system(&hive))
}

fn text(found: Option<&Found<String>>) -> &str {
    found.map_or("", |found| found.value.as_str())
}

#[test]
fn a_real_hive_is_read_whole() {
    let Some(hive) = hive("SYSTEM_WIN_10_1709") else { return };
    // It was copied while it was in use, without its logs.
    assert!(hive.recovery().dirty);
    let kinds: Vec<AnomalyKind> = hive.anomalies().described().iter().map(|anomaly| anomaly.kind).collect();
    assert_eq!(kinds, [AnomalyKind::NotRecovered]);
    let census = Census::of(&hive);
    assert_eq!((census.keys, census.values, census.errors), (43_211, 90_307, 0));
}

#[test]
fn the_history_of_a_real_machine() {
    let Some(facts) = facts() else { return };
    assert!(facts.problems.described().is_empty(), "{:?}", facts.problems);
    let history: Vec<(String, bool, &str, &str, Option<u32>)> = facts
        .source_os
        .iter()
        .map(|source| {
            let updated = source.updated.expect("a stamp");
            let (build, release) =
                (text(source.os.current_build.as_ref()), text(source.os.release_id.as_ref()));
            let ubr = source.os.ubr.as_ref().map(|found| found.value);
            (updated.local.to_string(), updated.ambiguous, build, release, ubr)
        })
        .collect();
    let expected = [
        ("2019-01-06 02:18:37".to_owned(), true, "15063", "1703", Some(1387)),
        ("2019-05-16 00:55:20".to_owned(), false, "17134", "1803", Some(765)),
    ];
    assert_eq!(history, expected);
    let install = facts.source_os[1].os.install_time.as_ref().and_then(|found| found.value.to_utc());
    assert_eq!(install.expect("a time").format("%F %T").to_string(), "2019-01-27 10:39:32");
    assert!(facts.source_os.iter().all(|source| source.os.edition_sub.is_empty()), "stock systems");
}

#[test]
fn the_birth_of_a_real_image() {
    let Some(facts) = facts() else { return };
    let setup = &facts.setup;
    assert_eq!(text(setup.clone_tag_text.as_ref()), "Mon Mar 18 21:56:38 2019");
    assert_eq!(setup.clone_tag.as_ref().expect("a tag").value.local.to_string(), "2019-03-18 21:56:38");
    let baked = setup.baked.as_ref().expect("times");
    let oldest = baked.value.oldest.to_utc().expect("a time").format("%F %T").to_string();
    assert_eq!((oldest.as_str(), baked.value.together, baked.value.keys), ("2019-03-19 04:53:37", 2, 15));
    let failed: Vec<_> =
        setup.failed_installations.iter().map(|found| (found.origin.value.as_deref(), found.value)).collect();
    assert_eq!(failed, [(Some("10.0.19041.207 (vb_release_svc_prod1.200408-1800)"), 4)]);
    assert_eq!(text(setup.uninstall_source_version.as_ref()), "10.0.17134");
    assert_eq!(setup.box_result.as_ref().expect("a number").value, 0x8007_0032);
    assert_eq!(text(setup.source_os_version.as_ref()), "10.0.18362.113");
    assert_eq!(setup.timers.len(), 6);
    assert!(setup.setup_diag.iter().any(|found| found.value == "FindAbruptDownlevelFailure"));
}

#[test]
fn the_devices_of_a_real_machine() {
    let Some(facts) = facts() else { return };
    assert_eq!(text(facts.control_set.as_ref()), "ControlSet001");
    assert_eq!(text(facts.code_page.as_ref()), "1252");
    assert_eq!(facts.time_zone.bias.expect("minutes").value, 480);
    let stick = facts.devices.iter().find(|device| device.bus == "USBSTOR").expect("a stick");
    assert_eq!(stick.id, "Disk&Ven_SanDisk&Prod_Cruzer&Rev_1.20");
    let vendor = facts.devices.iter().find(|device| device.serial == stick.serial && device.bus == "USB");
    assert_eq!(vendor.expect("the same stick").id, "VID_0781&PID_5530");
    assert_eq!(text(stick.friendly_name.as_ref()), "SanDisk Cruzer USB Device");
    let first = stick.times.first_installed.as_ref().and_then(|found| found.value.to_utc());
    assert_eq!(first.expect("a time").format("%F %R").to_string(), "2020-03-17 14:02");
    let letter = |letter| facts.mounted.iter().find(|found| found.value.letter == Some(letter));
    assert_eq!(
        letter('C').expect("a volume").value.device,
        MountedDevice::Mbr { signature: 0xdf45_46ae, offset: 0x1f50_0000 }
    );
    let cd = letter('D').expect("a volume");
    assert!(matches!(&cd.value.device, MountedDevice::Path(path) if path.contains("CdRom")), "{cd:?}");
}

#[test]
fn a_corrupted_hive_is_read_in_part() {
    let Some(hive) = hive("corrupted_system_hive") else { return };
    assert!(hive.anomalies().has(AnomalyKind::BadBin));
    let census = Census::of(&hive);
    assert!(census.keys > 1000 && census.errors > 0, "{census:?}");
    let facts = facts::system(&hive);
    assert!(!facts.problems.described().is_empty());
}
