//! Sparable partitions (UDF 2.01, 2.2.9): discs that are written again and again have packets in reserve for those that wear
//! out. A table says which packet of the partition lies elsewhere.

use std::{collections::BTreeMap, io};

use super::tag;
use crate::source::{
    ReadAt, Run,
    iso::fields::{self, Fields},
};

/// Copies of the table; four is what the map has room for.
const MAX_TABLES: u8 = 4;
/// Bytes of a table.
const MAX_TABLE: u32 = 1 << 16;
/// Blocks of a packet: 32 on CD-RW, 16 on DVD-RW.
const MAX_PACKET: u16 = 4096;
/// From here on a number is no packet: it is in reserve, or itself worn out (2.2.12).
const NO_PACKET: u32 = 0xFFFF_FFF0;

/// Packets of a partition that lie elsewhere; none for a partition that has all in place.
#[derive(Debug, Default)]
pub(super) struct Spared {
    /// Bytes of a packet.
    packet: u64,
    /// By the offset of the packet in the partition, the one in the volume.
    moved: BTreeMap<u64, u64>,
}

impl Spared {
    /// Reads the newest of the tables that a partition map names.
    pub(super) fn of(map: &Fields<'_>, source: &dyn ReadAt, sector: u32) -> io::Result<Self> {
        let (blocks, count, length) = (map.u16(40)?, map.u8(42)?, map.u32(44)?);
        if !blocks.is_power_of_two() || blocks > MAX_PACKET {
            return Err(map.fault(format!("packets of {blocks} blocks")));
        }
        if count == 0 || count > MAX_TABLES || length > MAX_TABLE {
            let most = format!("expected 1 to {MAX_TABLES}, of at most {MAX_TABLE} bytes");
            return Err(map.fault(format!("{count} sparing tables of {length} bytes; {most}")));
        }
        let mut newest: io::Result<Option<(u32, BTreeMap<u64, u64>)>> = Ok(None);
        for table in 0..count {
            let at = u64::from(map.u32(48 + 4 * usize::from(table))?) * u64::from(sector);
            match (read(source, at, length, sector, blocks), &newest) {
                (Ok(table), Ok(Some((number, _)))) if table.0 <= *number => {}
                (Ok(table), _) => newest = Ok(Some(table)),
                (Err(error), Ok(None)) => newest = Err(error),
                // Another copy is whole; the first error tells enough.
                (Err(_), _) => {}
            }
        }
        let (_, moved) = newest?.unwrap_or_default();
        Ok(Self { packet: u64::from(blocks) * u64::from(sector), moved })
    }

    /// Where bytes of a partition lie that begins at `start`.
    pub(super) fn runs(&self, start: u64, at: u64, length: u64) -> Vec<Run> {
        let (mut runs, mut at, end) = (Vec::new(), at, at.saturating_add(length));
        let mut push = |from: u64, length: u64| {
            if length > 0 {
                runs.push(Run { from: Some(from), length });
            }
        };
        // The packet that `at` lies in begins before it.
        let first = at.saturating_sub(self.packet.saturating_sub(1));
        for (packet, to) in self.moved.range(first..end) {
            let (from, until) = (at.max(*packet), end.min(packet.saturating_add(self.packet)));
            push(start.saturating_add(at), from - at);
            push(to.saturating_add(from - packet), until.saturating_sub(from));
            at = until.max(from);
        }
        push(start.saturating_add(at), end.saturating_sub(at));
        runs
    }
}

/// Reads a table (2.2.12): its number, and where packets lie.
fn read(
    source: &dyn ReadAt,
    at: u64,
    length: u32,
    sector: u32,
    blocks: u16,
) -> io::Result<(u32, BTreeMap<u64, u64>)> {
    let bytes = fields::read(source, "sparing table", at, length as usize)?;
    let table = Fields { what: "sparing table", at, bytes: &bytes };
    tag::expect(&table, 0)?;
    if !table.slice(17, 23)?.starts_with(b"*UDF Sparing Table") {
        return Err(table.fault("it is none"));
    }
    let mut moved = BTreeMap::new();
    for entry in 0..usize::from(table.u16(48)?) {
        let (packet, to) = (table.u32(56 + 8 * entry)?, table.u32(60 + 8 * entry)?);
        if packet >= NO_PACKET {
            continue;
        }
        if packet % u32::from(blocks) != 0 {
            return Err(table.fault(format!("block {packet} begins no packet of {blocks} blocks")));
        }
        let bytes = |number| u64::from(number) * u64::from(sector);
        if moved.insert(bytes(packet), bytes(to)).is_some() {
            return Err(table.fault(format!("the packet of block {packet} lies in two places")));
        }
    }
    Ok((table.u32(52)?, moved))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Runs are those of the bytes one by one.
        #[test]
        fn packets_lie_where_the_table_says(
            moved in prop::collection::btree_map(0..8_u64, 1000..2000_u64, 0..5),
            at in 0..40_u64,
            length in 0..50_u64,
        ) {
            let spared = Spared { packet: 4, moved: moved.iter().map(|(packet, to)| (packet * 4, *to)).collect() };
            let byte = |at: u64| moved.get(&(at / 4)).map_or(100 + at, |to| to + at % 4);
            let expected: Vec<u64> = (at..at + length).map(byte).collect();
            let runs = spared.runs(100, at, length);
            let found: Vec<u64> = runs
                .iter()
                .flat_map(|run| (0..run.length).map(|skipped| run.from.expect("no hole") + skipped))
                .collect();
            prop_assert_eq!(found, expected);
            prop_assert!(runs.iter().all(|run| run.length > 0));
        }
    }
}
