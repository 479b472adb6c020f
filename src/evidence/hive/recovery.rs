//! Recovery of a hive whose writing was interrupted: its transaction logs are replayed over the copy in memory.
//!
//! Rules of the public format description by M. Suhanov: a hive is dirty when its two sequence numbers differ or its
//! checksum is wrong. In the new format an entry counts whose number is at least the hive's secondary one, and each
//! next number must follow; a base block with a wrong checksum is taken from a log. In the old format a log counts
//! that carries the hive's time of last write.

use wimproof_wim::FileTime;

use super::{
    anomaly::{Anomalies, AnomalyKind},
    base_block::{BASE_BLOCK_SIZE, BaseBlock, FileKind},
    bytes::u64_at,
    error::{Error, Result},
    log::{self, Log},
};

/// Bytes by which a hive may grow beyond what its logs hold.
const GROWTH: u64 = 4 << 20;

/// The formats of transaction logs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// Dirty pages behind a bitmap (`DIRT`), until Windows 8.
    Old,
    /// Hashed entries (`HvLE`), since Windows 8.1.
    New,
}

/// What was taken from one transaction log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AppliedLog {
    /// Which of the logs given to [`super::Hive::open`], from 0.
    pub log: usize,
    /// Its format.
    pub format: LogFormat,
    /// Entries replayed; a log of the old format is one.
    pub entries: u64,
    /// Pages written.
    pub pages: u64,
    /// Sequence number of the first entry replayed.
    pub first_sequence: u32,
    /// Sequence number of the last entry replayed.
    pub last_sequence: u32,
}

/// What was done to bring a hive into a consistent state. The file itself is never written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Recovery {
    /// Whether the hive needed recovery.
    pub dirty: bool,
    /// The log from whose copy the base block was restored, from 0.
    pub base_block_from: Option<usize>,
    /// What was replayed, in this order.
    pub applied: Vec<AppliedLog>,
}

/// Replays the logs over a hive where it needs them. Returns its base block as it is then.
pub(super) fn recover(
    hive: &mut Vec<u8>,
    logs: &[Vec<u8>],
    anomalies: &mut Anomalies,
) -> Result<(BaseBlock, Recovery)> {
    let found = BaseBlock::parse(hive);
    if let Ok(base) = &found {
        if !base.is_dirty() {
            return Ok((*base, Recovery::default()));
        }
        if !base.checksum_fits {
            anomalies.push(AnomalyKind::BadChecksum, 508, "the checksum of the base block is wrong");
        }
    }
    let mut usable: Vec<Log<'_>> =
        logs.iter().enumerate().filter_map(|(number, log)| Log::open(number, log, anomalies)).collect();
    usable.sort_by_cached_key(|log| log.entries().next().map_or(log.base.secondary, |entry| entry.sequence));
    let mut recovery = Recovery { dirty: true, ..Recovery::default() };
    let mut base = match found {
        Ok(base) if base.checksum_fits => base,
        damaged => restore_base(damaged, hive, &usable, &mut recovery)?,
    };
    let room = room(hive, logs);
    replay_new(hive, &mut base, &usable, room, &mut recovery, anomalies);
    if recovery.applied.is_empty() {
        replay_old(hive, &mut base, &usable, room, &mut recovery, anomalies);
    }
    if recovery.applied.is_empty() {
        let (primary, secondary) = (base.primary, base.secondary);
        let detail =
            format!("sequence numbers {primary} and {secondary}, nothing replayed from {} logs", logs.len());
        anomalies.push(AnomalyKind::NotRecovered, 4, detail);
    }
    Ok((base, recovery))
}

/// Bytes that a hive may grow to: what is new in it stands in the logs, as every page of a new bin is dirty.
fn room(hive: &[u8], logs: &[Vec<u8>]) -> u64 {
    logs.iter().map(|log| log.len() as u64).sum::<u64>() + hive.len() as u64 + GROWTH
}

/// The base block of a log in place of a damaged one; the damaged one where there is no log.
fn restore_base(
    damaged: Result<BaseBlock>,
    hive: &[u8],
    logs: &[Log<'_>],
    recovery: &mut Recovery,
) -> Result<BaseBlock> {
    // Old logs belong to one state of the hive, which its first bin tells as well.
    let first_bin = u64_at(hive, BASE_BLOCK_SIZE + 20).map(FileTime);
    let fits = |log: &&Log<'_>| log.base.kind == FileKind::NewLog || Some(log.base.written) == first_bin;
    match (logs.iter().find(fits), damaged) {
        (Some(log), _) => {
            recovery.base_block_from = Some(log.number);
            Ok(BaseBlock { kind: FileKind::Hive, ..log.base })
        }
        (None, damaged) => damaged,
    }
}

fn replay_new(
    hive: &mut Vec<u8>,
    base: &mut BaseBlock,
    logs: &[Log<'_>],
    room: u64,
    recovery: &mut Recovery,
    anomalies: &mut Anomalies,
) {
    let mut expected = base.secondary;
    for log in logs.iter().filter(|log| log.base.kind == FileKind::NewLog) {
        let mut applied: Option<AppliedLog> = None;
        let first = expected;
        for entry in log.entries().skip_while(|entry| entry.sequence < first) {
            if entry.sequence != expected {
                let (number, sequence) = (log.number + 1, entry.sequence);
                // Behind the newest entry remains of older ones are usual, newer ones are not.
                if sequence > expected {
                    let detail = format!("log {number}: entry {sequence} stands where {expected} should");
                    anomalies.push(AnomalyKind::BrokenLogChain, 0, detail);
                }
                break;
            }
            if u64::from(entry.bins_size) > room {
                too_large(log, entry.bins_size, anomalies);
                break;
            }
            log::write(hive, entry.bins_size, &entry.pages);
            let count = applied.get_or_insert(AppliedLog {
                log: log.number,
                format: LogFormat::New,
                entries: 0,
                pages: 0,
                first_sequence: entry.sequence,
                last_sequence: entry.sequence,
            });
            count.entries += 1;
            count.pages += entry.pages.len() as u64;
            count.last_sequence = entry.sequence;
            (base.primary, base.secondary) = (entry.sequence, entry.sequence);
            base.bins_size = entry.bins_size;
            expected = entry.sequence.wrapping_add(1);
        }
        recovery.applied.extend(applied);
    }
}

fn replay_old(
    hive: &mut Vec<u8>,
    base: &mut BaseBlock,
    logs: &[Log<'_>],
    room: u64,
    recovery: &mut Recovery,
    anomalies: &mut Anomalies,
) {
    let fits = |log: &&Log<'_>| {
        let of_old_format = log.base.kind == FileKind::OldLog && log.base.primary == log.base.secondary;
        of_old_format && log.base.written == base.written
    };
    let Some(log) = logs.iter().find(fits) else { return };
    if u64::from(log.base.bins_size) > room {
        return too_large(log, log.base.bins_size, anomalies);
    }
    let pages = match log.old_pages() {
        Ok(pages) => pages,
        Err(error) => return unusable(log, &error, anomalies),
    };
    log::write(hive, log.base.bins_size, &pages);
    base.bins_size = log.base.bins_size;
    recovery.applied.push(AppliedLog {
        log: log.number,
        format: LogFormat::Old,
        entries: 1,
        pages: pages.len() as u64,
        first_sequence: log.base.primary,
        last_sequence: log.base.primary,
    });
}

fn too_large(log: &Log<'_>, bins_size: u32, anomalies: &mut Anomalies) {
    let detail = format!("log {}: bins of {bins_size} bytes, which it does not hold", log.number + 1);
    anomalies.push(AnomalyKind::UnusableLog, 0, detail);
}

fn unusable(log: &Log<'_>, error: &Error, anomalies: &mut Anomalies) {
    anomalies.push(AnomalyKind::UnusableLog, 0, format_args!("log {}: {error}", log.number + 1));
}
