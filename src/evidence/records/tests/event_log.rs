use chrono::{TimeZone as _, Utc};

use super::{corpus, said, values};
use crate::{
    evidence::{
        records::{Settings, event_log},
        statement::{Known, Stamp, Testimony, Topic},
    },
    sighting::Locator,
};

fn read(bytes: &[u8]) -> Testimony {
    event_log::read(bytes, "System.evtx", &Settings::default())
}

/// The System log of a computer that was upgraded from 16299 to 17134.
fn upgraded() -> Option<Vec<u8>> {
    corpus("evtx/2-vss_7-System.evtx")
}

#[test]
fn an_upgrade_is_told_by_its_events() {
    let Some(bytes) = upgraded() else { return };
    let testimony = read(&bytes);
    let all = said(&testimony);
    for expected in [
        (Topic::SourceOs, "version", "10.0.16299"),
        (Topic::CommandOption, "installation-choice", "4"),
        (Topic::TargetOs, "product_name", "Windows 10 Enterprise"),
        (Topic::TargetOs, "edition", "Enterprise"),
        (Topic::TargetOs, "version", "10.0.17134"),
        (Topic::Boot, "version", "10.0.17134.137"),
        (Topic::TimeZone, "480", "Pacific Standard Time"),
        (Topic::ComputerName, "", "DESKTOP-1N4R894"),
        (
            Topic::PhaseBegin,
            r"C:\WINDOWS\system32\winlogon.exe (DESKTOP-1N4R894)",
            "Operating System: Upgrade (Planned)",
        ),
        (Topic::Update, "title", "Feature update to Windows 10, version 1803"),
        (Topic::Update, "guid", "{36a0ea1a-0e82-410c-8921-023f21f69575}"),
        (Topic::Update, "service", "{8b24b027-1dee-babb-9a95-3517dfb9c552}"),
        (Topic::InstalledOs, "ProductName", "Windows 10 Enterprise"),
        (Topic::InstalledOs, "CurrentBuild", "17134"),
        (Topic::InstalledOs, "BuildLab", "17134.rs4_release.180410-1804"),
        (Topic::InstalledOs, "InstallDate", "2018-07-06T18:45:44Z"),
    ] {
        assert!(all.contains(&expected), "{expected:?}");
    }
    let installed = testimony.on(Topic::TargetOs).next().unwrap();
    let second = Utc.with_ymd_and_hms(2018, 7, 6, 18, 38, 46).unwrap();
    let instant = second + chrono::TimeDelta::microseconds(610_728);
    assert_eq!(installed.stamp, Some(Stamp::Utc(instant, Known::Direct)));
    assert_eq!(installed.locator, Locator::Record(50));
    assert!(installed.quote.starts_with("Microsoft-Windows-Setup 2004: osname=Windows 10 Enterprise;"));
    let zones: Vec<_> = testimony.on(Topic::TimeZone).map(|zone| zone.stamp).collect();
    assert_eq!(zones.len(), 2, "the first and the last while it does not change");
    assert_ne!(zones[0], zones[1]);
    assert!(values(&testimony, Topic::Update).iter().all(|title| !title.starts_with("9NBL")), "no apps");
    assert_eq!(testimony.size, bytes.len() as u64);
}

#[test]
fn what_is_lost_is_said_and_the_rest_is_told() {
    let Some(mut bytes) = upgraded() else { return };
    // The sixth chunk loses its magic, the eighth its end.
    bytes[4096 + 5 * 65536] ^= 1;
    bytes.truncate(4096 + 7 * 65536 + 1000);
    let testimony = read(&bytes);
    assert!(values(&testimony, Topic::TargetOs).contains(&"10.0.17134"));
    let why = testimony.partial.unwrap();
    assert!(why.starts_with("2 chunks (0 by a panic)") && why.contains("byte 331776"), "{why}");
}

#[test]
fn what_is_no_event_log_says_nothing() {
    for bytes in [&b""[..], b"ElfFile", &[0; 5000], b"regf but longer than eight bytes"] {
        let testimony = read(bytes);
        assert!(testimony.statements.is_empty());
        assert!(testimony.partial.unwrap().contains("expected \"ElfFile\""));
    }
}

#[test]
fn flipped_bytes_never_escape() {
    let Some(bytes) = upgraded() else { return };
    let mut bytes = bytes[..4096 + 2 * 65536].to_vec();
    let mut state = 1_u64;
    for _ in 0..40 {
        for _ in 0..20 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let at = usize::try_from(state >> 33).unwrap() % bytes.len();
            bytes[at] ^= u8::try_from(state >> 24 & 0xff).unwrap();
        }
        let _ = read(&bytes);
        // Keep the chunks recognisable.
        bytes[4096..4104].copy_from_slice(b"ElfChnk\0");
        bytes[4096 + 65536..4104 + 65536].copy_from_slice(b"ElfChnk\0");
    }
}
