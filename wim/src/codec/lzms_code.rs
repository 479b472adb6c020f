//! The adaptive Huffman codes of LZMS.
//!
//! Such a code starts with all symbols equally frequent. After a fixed number
//! of symbols it is built anew from their frequencies, which are then halved so
//! that older symbols count less. The lengths of a Huffman code are not fully
//! determined by the frequencies: where a leaf and an inner node weigh the same
//! the leaf is taken first, and of equally frequent symbols the lower ones get
//! the longer codes.

use super::bits::BackwardBits;
use super::huffman::{self, Entry, Table};

/// The longest code.
const MAX_LENGTH: usize = 15;

/// An adaptive code of at most `SYMBOLS` symbols, decoded with a table of
/// `SIZE` entries.
#[derive(Debug)]
pub(super) struct AdaptiveCode<const SIZE: usize, const SYMBOLS: usize> {
    table: Table<SIZE, SYMBOLS>,
    frequencies: [u32; SYMBOLS],
    /// How many symbols the code has in this chunk.
    symbols: usize,
    /// So many symbols are decoded with one code.
    interval: u32,
    /// So many are left until the next one is built.
    left: u32,
    builder: Builder<SYMBOLS>,
}

impl<const SIZE: usize, const SYMBOLS: usize> AdaptiveCode<SIZE, SYMBOLS> {
    /// A code that is built anew after every `interval` symbols; to be reset
    /// before it is used.
    pub(super) fn new(interval: u32) -> Self {
        Self {
            table: Table::new(),
            frequencies: [0; SYMBOLS],
            symbols: 0,
            interval,
            left: 0,
            builder: Builder::new(),
        }
    }

    /// Starts a chunk in which only the first `symbols` symbols exist.
    pub(super) fn reset(&mut self, symbols: usize) {
        self.symbols = symbols.min(SYMBOLS);
        self.frequencies[..self.symbols].fill(1);
        self.rebuild();
    }

    /// Decodes a symbol; the bits must have been refilled.
    #[inline(always)]
    pub(super) fn decode(&mut self, bits: &mut BackwardBits<'_>) -> usize {
        let entry = self.table.look_up(bits.window());
        bits.consume_entry(entry);
        let symbol = entry.payload() as usize;
        self.frequencies[symbol] += 1;
        self.left -= 1;
        if self.left == 0 {
            self.rebuild();
        }
        symbol
    }

    #[cold]
    #[inline(never)]
    fn rebuild(&mut self) {
        let frequencies = &mut self.frequencies[..self.symbols];
        self.builder.build(frequencies, &mut self.table);
        for frequency in frequencies {
            *frequency = (*frequency >> 1) + 1;
        }
        self.left = self.interval;
    }
}

/// Finds the lengths of a Huffman code; owns the memory it needs for that.
#[derive(Debug)]
struct Builder<const SYMBOLS: usize> {
    /// Frequency and symbol of each leaf, in ascending order.
    leaves: [u32; SYMBOLS],
    /// Weights of the inner nodes, in ascending order.
    weights: [u32; SYMBOLS],
    /// For each inner node the one above it, later its depth.
    parents: [u16; SYMBOLS],
    lengths: [u8; SYMBOLS],
    entries: [Entry; SYMBOLS],
}

const SYMBOL_BITS: u32 = 10;

impl<const SYMBOLS: usize> Builder<SYMBOLS> {
    fn new() -> Self {
        Self {
            leaves: [0; SYMBOLS],
            weights: [0; SYMBOLS],
            parents: [0; SYMBOLS],
            lengths: [0; SYMBOLS],
            entries: Entry::symbols(),
        }
    }

    /// Builds the table for symbols of these frequencies, all of them above 0.
    fn build<const SIZE: usize>(&mut self, frequencies: &[u32], table: &mut Table<SIZE, SYMBOLS>) {
        let mut symbols = frequencies.len();
        let mut counts = [0; huffman::MAX_LENGTH + 1];
        if symbols < 2 {
            // A code of no symbols is never used, and one symbol has a bit of
            // its own, the other value of which decodes to a next symbol.
            symbols = 2;
            counts[1] = 2;
            self.lengths[..2].fill(1);
        } else {
            self.sort(frequencies);
            self.join(symbols);
            self.count_lengths(symbols, &mut counts);
            self.assign_lengths(symbols, &counts);
        }
        let built = table.build_counted(&self.lengths[..symbols], &self.entries, &counts);
        debug_assert!(built.is_ok(), "a Huffman code is complete");
    }

    /// Sorts by counting; only the few very frequent symbols are compared.
    fn sort(&mut self, frequencies: &[u32]) {
        let mut starts = [0u16; BUCKETS];
        for &frequency in frequencies {
            starts[bucket(frequency)] += 1;
        }
        let mut next = 0;
        for start in &mut starts {
            let count = *start;
            *start = next;
            next += count;
        }
        let frequent = usize::from(starts[BUCKETS - 1]);
        for (symbol, &frequency) in frequencies.iter().enumerate() {
            let place = &mut starts[bucket(frequency)];
            self.leaves[usize::from(*place)] = frequency << SYMBOL_BITS | symbol as u32;
            *place += 1;
        }
        self.leaves[frequent..frequencies.len()].sort_unstable();
    }

    /// Joins the two lightest nodes until there is but one: inner node `i` is
    /// the `i`-th to be made, the last one is the root.
    fn join(&mut self, symbols: usize) {
        let mut leaf = 0;
        let mut inner = 0;
        for node in 0..symbols - 1 {
            let mut weight = 0;
            for _ in 0..2 {
                let frequency = |leaf: usize| self.leaves[leaf] >> SYMBOL_BITS;
                let leaf_is_lighter =
                    leaf < symbols && (inner == node || frequency(leaf) <= self.weights[inner]);
                if leaf_is_lighter {
                    weight += frequency(leaf);
                    leaf += 1;
                } else {
                    weight += self.weights[inner];
                    self.parents[inner] = node as u16;
                    inner += 1;
                }
            }
            self.weights[node] = weight;
        }
    }

    /// Counts the leaves of each depth.
    fn count_lengths(&mut self, symbols: usize, counts: &mut [u32; huffman::MAX_LENGTH + 1]) {
        counts[1] = 2;
        let root = symbols - 2;
        self.parents[root] = 0;
        for node in (0..root).rev() {
            let depth = self.parents[usize::from(self.parents[node])] + 1;
            self.parents[node] = depth;
            // This node takes the place of a leaf and brings two new ones one
            // level below: of the deepest leaf that may be lengthened, if it
            // is itself too deep.
            let mut level = usize::from(depth);
            if level >= MAX_LENGTH {
                level = MAX_LENGTH - 1;
                while counts[level] == 0 {
                    level -= 1;
                }
            }
            counts[level] -= 1;
            counts[level + 1] += 2;
        }
    }

    /// Gives the longest codes to the rarest symbols.
    fn assign_lengths(&mut self, symbols: usize, counts: &[u32; huffman::MAX_LENGTH + 1]) {
        let mut leaves = self.leaves[..symbols].iter();
        for length in (1..=MAX_LENGTH).rev() {
            for &leaf in leaves.by_ref().take(counts[length] as usize) {
                let symbol = (leaf & ((1 << SYMBOL_BITS) - 1)) as usize;
                self.lengths[symbol] = length as u8;
            }
        }
    }
}

/// Frequencies from this one on share the last bucket.
const BUCKETS: usize = 256;

fn bucket(frequency: u32) -> usize {
    (frequency as usize).min(BUCKETS - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lengths(frequencies: &[u32]) -> Vec<u8> {
        let mut builder = Builder::<256>::new();
        let mut table = Table::<64, 256>::new();
        builder.build(frequencies, &mut table);
        builder.lengths[..frequencies.len()].to_vec()
    }

    #[test]
    fn equal_frequencies_give_equal_lengths() {
        assert_eq!(lengths(&[1; 256]), [8; 256]);
        assert_eq!(lengths(&[1; 6]), [3, 3, 3, 3, 2, 2]);
        assert_eq!(lengths(&[7, 7]), [1, 1]);
    }

    #[test]
    fn leaves_come_before_inner_nodes_of_the_same_weight() {
        // The two ones make a node of two, which the leaf of two precedes.
        assert_eq!(lengths(&[1, 1, 2, 2]), [2, 2, 2, 2]);
        assert_eq!(lengths(&[1, 1, 1, 2]), [2, 2, 2, 2]);
        assert_eq!(lengths(&[1, 1, 2, 4]), [3, 3, 2, 1]);
    }

    #[test]
    fn no_code_is_longer_than_the_limit() {
        let mut frequencies = vec![1, 1];
        for at in 2..24 {
            frequencies.push(frequencies[at - 1] + frequencies[at - 2]);
        }
        let lengths = lengths(&frequencies);
        assert_eq!(lengths.iter().copied().max(), Some(MAX_LENGTH as u8));
        let sum: u32 = lengths.iter().map(|&length| 1 << (MAX_LENGTH as u8 - length)).sum();
        assert_eq!(sum, 1 << MAX_LENGTH);
    }

    #[test]
    fn codes_of_no_or_one_symbol_can_be_built() {
        for symbols in 0..2 {
            let mut code = AdaptiveCode::<64, 256>::new(16);
            code.reset(symbols);
            let mut bits = BackwardBits::new(&[0; 8]);
            bits.refill();
            assert_eq!(code.decode(&mut bits), 0);
        }
    }

    #[test]
    fn codes_adapt_to_what_is_decoded() {
        let mut code = AdaptiveCode::<64, 256>::new(16);
        code.reset(256);
        let bytes = [0; 64];
        let mut bits = BackwardBits::new(&bytes);
        for _ in 0..16 {
            bits.refill();
            assert_eq!(code.decode(&mut bits), 0);
        }
        assert_eq!(code.builder.lengths[0], 4);
        assert_eq!(code.frequencies[0], 17 / 2 + 1);
        assert_eq!(code.frequencies[1], 1);
    }
}
