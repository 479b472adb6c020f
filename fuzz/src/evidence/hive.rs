//! Registry hives and their transaction logs.

use wimproof::evidence::hive::{self, Hive, difference, facts};
use wimproof_testkit::hive as kit;

use super::testimony;

/// Hives are cut from a case in units of this.
const SECTOR: usize = 512;

/// Bytes before the hive: how, then where the hive and the first log end, in sectors.
const HEAD: usize = 5;

/// Keys and values that a walk looks at: lists may name one of them many times.
const MAX_WALK: usize = 20_000;

/// What is done to a case before it is read, as bits: what a fuzzer cannot guess is made to fit.
#[derive(Debug, Clone, Copy)]
#[repr(u8)]
pub enum How {
    /// The checksum of the hive's base block is made right.
    Seal = 1,
    /// What stands behind the hive are not logs but pages, from which a log of the new format is made: one after the other
    /// a byte to add to the hive's number, one for the bytes of all bins (in 4096), one for the offset (in 512), one for the
    /// length (in 64) of a page, and the page.
    Pages = 2,
}

/// The bytes of a case.
///
/// # Panics
/// If a hive or log is no multiple of 512 bytes.
#[must_use]
pub fn case(how: u8, hive: &[u8], first: &[u8], second: &[u8]) -> Vec<u8> {
    assert!(hive.len().is_multiple_of(SECTOR) && first.len().is_multiple_of(SECTOR));
    let sectors = |bytes: usize| u16::try_from(bytes / SECTOR).expect("small").to_le_bytes();
    [&[how][..], &sectors(hive.len()), &sectors(first.len()), hive, first, second].concat()
}

/// Opens a hive with what stands behind it as logs, walks it, and asks for all facts.
///
/// # Panics
/// When a testimony is more than it may be.
pub fn read(bytes: &[u8]) {
    let Some(([how, a, b, c, d], rest)) = bytes.split_first_chunk::<HEAD>() else { return };
    let sectors = |number: [u8; 2]| usize::from(u16::from_le_bytes(number)) * SECTOR;
    let (hive, rest) = rest.split_at(sectors([*a, *b]).min(rest.len()));
    let mut hive = hive.to_vec();
    if how & How::Seal as u8 != 0 && hive.len() >= SECTOR {
        kit::seal(&mut hive);
    }
    let logs = match how & How::Pages as u8 != 0 && hive.len() >= SECTOR {
        true => vec![log_of(&hive, rest)],
        false => {
            let (first, second) = rest.split_at(sectors([*c, *d]).min(rest.len()));
            [first, second].into_iter().filter(|log| !log.is_empty()).map(<[u8]>::to_vec).collect()
        }
    };
    let length = hive.len();
    if let (Ok(recovered), Ok(alone)) = (Hive::open(hive.clone(), &logs), Hive::open(hive.clone(), &[])) {
        walk(&recovered);
        compare(&alone, &recovered);
    }
    testimony::check(&hive::read(hive, &logs, "SYSTEM", &markers()), length);
}

/// What differs one way differs the other way as well, and nothing differs from itself.
fn compare(a: &Hive, b: &Hive) {
    let keys = |a: &Hive, b: &Hive| {
        difference::of(a, b, false).map(|found| found.keys.len() as u64 + found.more_keys).ok()
    };
    assert_eq!(keys(a, b), keys(b, a));
    assert!(matches!(keys(a, a), None | Some(0)));
}

/// A log made of pages.
fn log_of(hive: &[u8], mut rest: &[u8]) -> Vec<u8> {
    let number = u32::from_le_bytes([hive[8], hive[9], hive[10], hive[11]]);
    let mut entries = Vec::new();
    while let Some(([more, bins, offset, length], behind)) = rest.split_first_chunk() {
        let (page, behind) = behind.split_at((usize::from(*length) * 64).min(behind.len()));
        entries.push(kit::LogEntry {
            sequence: number.wrapping_add(u32::from(*more)),
            bins: u32::from(*bins) * 4096,
            pages: vec![(u32::from(*offset) * 512, page.to_vec())],
        });
        rest = behind;
    }
    kit::new_log(hive, &entries)
}

fn markers() -> Vec<facts::Marker> {
    let marker = |key: &str, value: Option<&str>| facts::Marker {
        name: "mark".into(),
        key: key.into(),
        value: value.map(str::to_owned),
    };
    vec![marker("CurrentControlSet\\Control\\Mark", None), marker("Mark\\Below", Some("Value"))]
}

/// All keys and values, as far as a hive of this size can have them.
fn walk(hive: &Hive) {
    let mut left = MAX_WALK;
    let mut open: Vec<_> = hive.root().into_iter().collect();
    while let Some(key) = open.pop() {
        for value in key.values() {
            if let Ok(value) = value {
                let _ = (value.data(), value.text(), value.multi_text(), value.file_time());
            }
            left = left.saturating_sub(1);
            if left == 0 {
                return;
            }
        }
        for subkey in key.subkeys() {
            open.extend(subkey);
            left = left.saturating_sub(1);
            if left == 0 {
                return;
            }
        }
    }
}
