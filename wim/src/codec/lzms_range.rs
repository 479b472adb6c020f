//! The range coder of LZMS, which codes single bits.
//!
//! It reads 16-bit little-endian units from the front of the chunk. Every bit
//! is decoded with the statistics of the last 64 bits decoded in the same
//! context, and the context is the last few bits decoded for the same purpose.

/// How many of the last bits make up the statistics.
const MEMORY: u32 = 64;
const MEMORY_BITS: u32 = MEMORY.trailing_zeros();

/// The statistics at the start of a chunk, as if these bits had been seen.
const INITIAL_HISTORY: u64 = 0x5555_5555;

/// The last 64 bits decoded in one context, the latest lowest.
#[derive(Debug, Clone, Copy)]
struct Statistics {
    history: u64,
    zeros: u32,
    /// The probability of a zero bit in 64ths, never certain.
    probability: u32,
}

impl Statistics {
    const INITIAL: Self = Self {
        history: INITIAL_HISTORY,
        zeros: INITIAL_HISTORY.count_zeros(),
        probability: INITIAL_HISTORY.count_zeros(),
    };

    #[inline(always)]
    fn add(&mut self, bit: bool) {
        let forgotten = (self.history >> (MEMORY - 1)) as u32;
        self.zeros = self.zeros + forgotten - u32::from(bit);
        self.probability = self.zeros.clamp(1, MEMORY - 1);
        self.history = self.history << 1 | u64::from(bit);
    }
}

/// All contexts of one purpose; `STATES` is a power of two.
#[derive(Debug)]
pub(super) struct Contexts<const STATES: usize> {
    statistics: [Statistics; STATES],
}

/// The last bits decoded for one purpose. It is kept apart from the statistics
/// so that it can stay in a register.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct State(usize);

impl<const STATES: usize> Contexts<STATES> {
    pub(super) fn new() -> Self {
        Self { statistics: [Statistics::INITIAL; STATES] }
    }

    /// Forgets everything, for the next chunk.
    pub(super) fn reset(&mut self) {
        *self = Self::new();
    }
}

/// Decodes single bits from the units at the front of a chunk.
///
/// Past the end the units go on with zeros; [`RangeDecoder::overrun`] says
/// whether any of them was read.
#[derive(Debug, Clone, Copy)]
pub(super) struct RangeDecoder<'a> {
    /// The units still to be read.
    rest: &'a [u8],
    range: u32,
    code: u32,
    overrun: bool,
}

impl<'a> RangeDecoder<'a> {
    pub(super) fn new(input: &'a [u8]) -> Self {
        let mut decoder = Self { rest: input, range: u32::MAX, code: 0, overrun: false };
        decoder.code = decoder.next_unit() << 16;
        decoder.code |= decoder.next_unit();
        decoder
    }

    #[inline(always)]
    fn next_unit(&mut self) -> u32 {
        if let Some((unit, rest)) = self.rest.split_first_chunk() {
            self.rest = rest;
            u32::from(u16::from_le_bytes(*unit))
        } else {
            self.overrun = true;
            0
        }
    }

    /// Decodes the next bit for the purpose of `contexts`.
    #[inline(always)]
    pub(super) fn decode<const STATES: usize>(
        &mut self,
        contexts: &mut Contexts<STATES>,
        state: &mut State,
    ) -> bool {
        let statistics = &mut contexts.statistics[state.0 % STATES];
        if self.range <= 0xFFFF {
            self.range <<= 16;
            self.code = self.code << 16 | self.next_unit();
        }
        let bound = (self.range >> MEMORY_BITS) * statistics.probability;
        // Most decisions are well predicted: two branches are faster than
        // computing both outcomes.
        if self.code < bound {
            self.range = bound;
            statistics.add(false);
            state.0 = (state.0 << 1) % STATES;
            false
        } else {
            self.range -= bound;
            self.code -= bound;
            statistics.add(true);
            state.0 = (state.0 << 1 | 1) % STATES;
            true
        }
    }

    /// Whether units past the end of the input have been read.
    pub(super) fn overrun(&self) -> bool {
        self.overrun
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statistics_count_the_zeros_among_the_last_bits() {
        let mut statistics = Statistics::INITIAL;
        assert_eq!(statistics.probability, 48);
        for _ in 0..200 {
            statistics.add(true);
            assert_eq!(statistics.zeros, statistics.history.count_zeros());
        }
        assert_eq!((statistics.zeros, statistics.probability), (0, 1));
        for _ in 0..200 {
            statistics.add(false);
            assert_eq!(statistics.zeros, statistics.history.count_zeros());
        }
        assert_eq!((statistics.zeros, statistics.probability), (64, 63));
    }

    #[test]
    fn the_ends_of_the_range_are_all_zeros_and_all_ones() {
        for (unit, expected) in [([0, 0], false), ([0xFF, 0xFF], true)] {
            let input = unit.repeat(20);
            let mut decoder = RangeDecoder::new(&input);
            let mut contexts = Contexts::<16>::new();
            let mut state = State::default();
            for _ in 0..30 {
                assert_eq!(decoder.decode(&mut contexts, &mut state), expected);
            }
            assert!(!decoder.overrun());
        }
    }

    #[test]
    fn reading_on_past_the_end_is_noticed() {
        let mut decoder = RangeDecoder::new(&[0x12, 0x34, 0x56, 0x78]);
        let mut contexts = Contexts::<16>::new();
        let mut state = State::default();
        for _ in 0..1000 {
            decoder.decode(&mut contexts, &mut state);
        }
        assert!(decoder.overrun());
    }
}
