//! Real hives, where a corpus is at hand.

use std::{path::PathBuf, process::Command};

use super::Census;
use crate::evidence::hive::{AnomalyKind, Hive};

/// A hive of the corpus, unpacked by `xz`; `None`, with a line that says so, where one of them is missing.
fn hive(name: &str) -> Option<Hive> {
    let corpus = std::env::var_os("WIMPROOF_CORPUS").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus"),
        PathBuf::from,
    );
    let path = corpus.join("hive").join(format!("{name}.xz"));
    let unpacked = Command::new("xz").arg("-dkc").arg(&path).output();
    let Some(unpacked) = unpacked.ok().filter(|run| path.is_file() && run.status.success()) else {
        println!("skipped: {} or xz is not at hand", path.display());
        return None;
    };
    Some(Hive::open(unpacked.stdout, &[]).expect("a hive"))
}

#[test]
fn a_real_hive_is_read_whole() {
    let Some(hive) = hive("SYSTEM_WIN_10_1709") else { return };
    assert!(hive.recovery().dirty);
    let kinds: Vec<AnomalyKind> = hive.anomalies().described().iter().map(|anomaly| anomaly.kind).collect();
    println!("{kinds:?} {:?}", Census::of(&hive));
    for anomaly in hive.anomalies().described() {println!("{anomaly:?}");}
}

#[test]
fn a_corrupted_hive_is_read_in_part() {
    let Some(hive) = hive("corrupted_system_hive") else { return };
    println!("{:?}", Census::of(&hive));
    for anomaly in hive.anomalies().described().iter().take(5) {println!("{anomaly:?}");}
    println!("{:?}",hive.root());
}
