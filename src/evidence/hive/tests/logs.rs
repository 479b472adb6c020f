//! Hives whose writing was interrupted.

use wimproof_testkit::hive::{self as kit, LogEntry};

use crate::evidence::hive::{AnomalyKind, Hive, LogFormat};

fn state(version: u32) -> kit::Hive {
    let text = format!("state {version}");
    let many =
        (0..version * 40).fold(kit::Key::new("Setup"), |key, number| key.sz(&format!("V{number}"), &text));
    kit::Hive::new(kit::Key::new("ROOT").subkey(many.dword("State", version))).sequences(8, 7)
}

/// The number that `Setup\State` has; `None` where the hive is too broken to tell.
fn read(hive: &Hive) -> Option<u32> {
    hive.key("Setup").ok()??.value("State").ok()??.dword().ok()
}

fn open(hive: &[u8], logs: &[Vec<u8>]) -> Hive {
    Hive::open(hive.to_vec(), logs).expect("a hive")
}

#[test]
fn entries_are_replayed_over_both_logs_in_whatever_order_they_come() {
    let states: Vec<Vec<u8>> = (1..5).map(|version| state(version).build()).collect();
    assert!(states[0].len() < states[3].len(), "the hive grows");
    let entry = |from: usize, sequence| LogEntry::between(&states[from], &states[from + 1], sequence);
    let first = kit::new_log(&states[0], &[entry(0, 7), entry(1, 8)]);
    let second = kit::new_log(&states[0], &[entry(2, 9)]);
    for logs in [[first.clone(), second.clone()], [second.clone(), first.clone()]] {
        let hive = open(&states[0], &logs);
        assert_eq!(read(&hive), Some(4));
        assert!(hive.anomalies().is_empty(), "{:?}", hive.anomalies());
        let applied = &hive.recovery().applied;
        assert!(hive.recovery().dirty);
        assert_eq!(applied.iter().map(|log| log.entries).sum::<u64>(), 3);
        assert_eq!((applied[0].first_sequence, applied[1].last_sequence), (7, 9));
        assert_eq!(applied[0].format, LogFormat::New);
    }
    let hive = open(&states[0], &[first, Vec::new()]);
    assert_eq!(read(&hive), Some(3));
}

#[test]
fn entries_that_were_applied_before_are_passed_over() {
    let states: Vec<Vec<u8>> = (1..4).map(|version| state(version).build()).collect();
    // The entry with number 6 would bring back an older state.
    let old = LogEntry::between(&states[2], &states[0], 6);
    let log = kit::new_log(&states[1], &[old, LogEntry::between(&states[1], &states[2], 7)]);
    let hive = open(&states[1], &[log]);
    assert_eq!((read(&hive), hive.recovery().applied[0].entries), (Some(3), 1));
}

#[test]
fn a_clean_hive_leaves_its_logs_alone() {
    let (now, other) = (state(1).sequences(7, 7).build(), state(2).build());
    let log = kit::new_log(&now, &[LogEntry::between(&now, &other, 7)]);
    let hive = open(&now, &[log]);
    assert_eq!((read(&hive), hive.recovery().dirty), (Some(1), false));
}

#[test]
fn a_chain_with_a_gap_or_a_damaged_entry_is_replayed_up_to_there() {
    let states: Vec<Vec<u8>> = (1..5).map(|version| state(version).build()).collect();
    let entry = |from: usize, sequence| LogEntry::between(&states[from], &states[from + 1], sequence);
    let gap = kit::new_log(&states[0], &[entry(0, 7), entry(2, 9)]);
    let hive = open(&states[0], &[gap]);
    assert_eq!(read(&hive), Some(2));
    assert!(hive.anomalies().has(AnomalyKind::BrokenLogChain));

    let whole = kit::new_log(&states[0], &[entry(0, 7), entry(1, 8)]);
    let behind_first = 512 + entry(0, 7).bytes().len();
    for at in [behind_first, behind_first + 12, behind_first + 24, behind_first + 60, whole.len() - 1] {
        let mut log = whole.clone();
        log[at] ^= 1;
        let hive = open(&states[0], &[log]);
        assert_eq!(read(&hive), Some(2), "byte {at}");
    }
    let hive = open(&states[0], &[whole[..whole.len() - 512].to_vec()]);
    assert_eq!(read(&hive), Some(2), "a cut log");
}

#[test]
fn a_dirty_hive_without_a_log_is_read_as_it_is() {
    let now = state(1).build();
    let foreign = kit::new_log(&now, &[LogEntry::between(&now, &state(2).build(), 90)]);
    for logs in [vec![], vec![vec![0; 8192]], vec![b"regf".to_vec()], vec![foreign]] {
        let hive = open(&now, &logs);
        assert_eq!(read(&hive), Some(1));
        assert!(hive.anomalies().has(AnomalyKind::NotRecovered));
    }
}

#[test]
fn a_damaged_base_block_comes_back_from_the_log() {
    let (before, after) = (state(1).build(), state(2).build());
    let log = kit::new_log(&before, &[LogEntry::between(&before, &after, 7)]);
    for damage in [0, 36, 44, 509] {
        let mut hive = before.clone();
        hive[damage] ^= 0x55;
        let recovered = open(&hive, std::slice::from_ref(&log));
        assert_eq!(
            (read(&recovered), recovered.recovery().base_block_from),
            (Some(2), Some(0)),
            "byte {damage}"
        );
    }
    let mut hive = before;
    hive[0] = b'x';
    assert!(Hive::open(hive, &[]).is_err(), "without a log there is no base block");
}

#[test]
fn old_logs_are_replayed_by_their_time() {
    let (before, after) = (state(1).build(), state(3).build());
    let log = kit::old_log(&before, &after);
    let hive = open(&before, std::slice::from_ref(&log));
    assert_eq!(read(&hive), Some(3));
    assert_eq!(hive.recovery().applied[0].format, LogFormat::Old);
    assert!(hive.recovery().applied[0].pages > 0);

    let mut other_time = log.clone();
    other_time[12] ^= 1;
    kit::seal(&mut other_time);
    let hive = open(&before, &[other_time]);
    assert_eq!(read(&hive), Some(1));

    let hive = open(&before, &[log[..log.len() - 512].to_vec()]);
    assert_eq!(read(&hive), Some(1), "a cut log is not replayed in part");
    assert!(hive.anomalies().has(AnomalyKind::UnusableLog));
}

#[test]
fn a_log_is_no_hive() {
    let now = state(1).build();
    let log = kit::new_log(&now, &[]);
    assert!(Hive::open(log, &[]).expect_err("a log").to_string().contains("file type"));
}
