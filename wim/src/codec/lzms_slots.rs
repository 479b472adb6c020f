//! The slots of LZMS offsets and lengths.
//!
//! Numbers up to 2^30 are written as a Huffman-coded slot followed by plain
//! bits. A slot covers 2^w consecutive numbers; the widths were fitted to real
//! data and follow no formula, so they are listed here, run by run.

/// Slots of offsets: (width in bits, so many slots).
const OFFSET_RUNS: [(u8, u16); 21] = [
    (0, 8),
    (2, 9),
    (3, 7),
    (4, 10),
    (5, 15),
    (6, 15),
    (7, 20),
    (8, 20),
    (9, 30),
    (10, 33),
    (11, 40),
    (12, 42),
    (13, 45),
    (14, 60),
    (15, 73),
    (16, 80),
    (17, 85),
    (18, 95),
    (19, 105),
    (20, 6),
    (30, 1),
];

/// Slots of lengths.
const LENGTH_RUNS: [(u8, u16); 13] = [
    (0, 26),
    (1, 4),
    (2, 6),
    (3, 4),
    (4, 5),
    (5, 2),
    (6, 1),
    (7, 1),
    (8, 1),
    (9, 1),
    (10, 1),
    (16, 1),
    (30, 1),
];

/// How many slots there are for offsets and lengths.
pub(super) const OFFSET_SLOTS: usize = 799;
pub(super) const LENGTH_SLOTS: usize = 54;

/// The numbers of one slot: from `base` on, told apart by `bits` more bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Slot {
    pub(super) base: u32,
    pub(super) bits: u32,
}

pub(super) static OFFSETS: [Slot; OFFSET_SLOTS] = slots(&OFFSET_RUNS);
pub(super) static LENGTHS: [Slot; LENGTH_SLOTS] = slots(&LENGTH_RUNS);

const fn slots<const N: usize>(runs: &[(u8, u16)]) -> [Slot; N] {
    let mut slots = [Slot { base: 0, bits: 0 }; N];
    let mut base = 1;
    let mut slot = 0;
    let mut run = 0;
    while run < runs.len() {
        let (bits, count) = runs[run];
        let end = slot + count as usize;
        while slot < end {
            slots[slot] = Slot { base, bits: bits as u32 };
            base += 1 << bits;
            slot += 1;
        }
        run += 1;
    }
    assert!(slot == N);
    slots
}

/// How many offset slots a chunk of `size` bytes uses: those of the offsets
/// below `size`.
pub(super) fn offset_slots(size: usize) -> usize {
    OFFSETS.partition_point(|slot| (slot.base as usize) < size)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_slots_cover_all_numbers() {
        assert_eq!(OFFSETS[0].base, 1);
        assert_eq!(OFFSETS[8], Slot { base: 9, bits: 2 });
        assert!(OFFSETS[OFFSET_SLOTS - 1].base < 1 << 30);
        assert_eq!(LENGTHS[26], Slot { base: 27, bits: 1 });
        for slots in [&OFFSETS[..], &LENGTHS[..]] {
            for pair in slots.windows(2) {
                assert_eq!(pair[1].base, pair[0].base + (1 << pair[0].bits));
            }
        }
    }

    #[test]
    fn a_chunk_uses_the_slots_of_its_offsets() {
        assert_eq!(offset_slots(0), 0);
        assert_eq!(offset_slots(1), 0);
        assert_eq!(offset_slots(2), 1);
        assert_eq!(offset_slots(9), 8);
        assert_eq!(offset_slots(10), 9);
        assert_eq!(offset_slots(13), 9);
        assert_eq!(offset_slots(14), 10);
        assert_eq!(offset_slots(1 << 30), OFFSET_SLOTS);
    }
}
