//! Canonical Huffman codes: decoding by table.
//!
//! All three formats number the codes in the same way: shorter ones first, and
//! symbols of one length in ascending order; the first bit of a code is its
//! most significant one (\[MS-XCA\] 2.2.4, \[MS-PATCH\] "Huffman trees"). In
//! that order the codes fill a table that is indexed by the next bits of the
//! stream from its first entry to its last.

use super::bits::{ForwardBits, REFILLED};

/// The longest code of any of the formats.
pub(super) const MAX_LENGTH: usize = 16;

/// The code lengths given do not form a prefix code that uses every bit string.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct BadCode;

/// One decoded symbol: how many bits to consume for it and whatever else its
/// owner wants to know about it.
///
/// The bits may include plain ones that follow the code, so that decoding can
/// go on behind those before anyone has looked at them.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Entry(u32);

const BITS_SIZE: u32 = 6;
const BITS_MASK: u32 = (1 << BITS_SIZE) - 1;

impl Entry {
    /// A symbol with these further bits (at most 47) behind its code and this
    /// payload (below 2^26), before it is known how long the code is.
    pub(super) const fn new(payload: u32, further_bits: u32) -> Self {
        Self(payload << BITS_SIZE | further_bits)
    }

    /// Symbols that are their own payload, without further bits.
    pub(super) fn symbols<const SYMBOLS: usize>() -> [Self; SYMBOLS] {
        std::array::from_fn(|symbol| Self::new(symbol as u32, 0))
    }

    /// Stands for all codes that are too long for the index of a table.
    const TOO_LONG: Self = Self(!BITS_MASK);

    /// Whether no symbol was found, as happens in an empty code.
    #[inline(always)]
    pub(super) fn is_none(self) -> bool {
        self.bits() == 0
    }

    /// The length of the code and the number of further bits together, 1 to 63.
    #[inline(always)]
    pub(super) fn bits(self) -> u32 {
        self.0 & BITS_MASK
    }

    /// [`Entry::bits`] in the lowest six bits, and anything above.
    #[inline(always)]
    pub(super) fn bits_unmasked(self) -> u32 {
        self.0
    }

    /// What the owner of the table has noted for the symbol.
    #[inline(always)]
    pub(super) fn payload(self) -> u32 {
        self.0 >> BITS_SIZE
    }

    /// Whether the payload is below 256, as it is for literal bytes only.
    #[inline(always)]
    pub(super) fn is_literal(self) -> bool {
        self.0 < 256 << BITS_SIZE
    }
}

/// How many literals are decoded in one go, between two refills.
pub(super) const LITERAL_RUN: usize = 3;

const _: () = assert!(REFILLED as usize >= LITERAL_RUN * MAX_LENGTH);

/// Decoding table of a code of at most `SYMBOLS` symbols. Codes that fit into
/// the index of the `SIZE` entries (a power of two) are found at once, longer
/// ones by a search over the few lengths left.
#[derive(Debug)]
pub(super) struct Table<const SIZE: usize, const SYMBOLS: usize> {
    direct: [Entry; SIZE],
    /// All symbols in the order of their codes.
    ordered: [Entry; SYMBOLS],
    /// For each length: one past its last code, aligned to `MAX_LENGTH` bits.
    limits: [u32; MAX_LENGTH + 1],
    /// For each length: the index in `ordered` of code 0 if there were one.
    bases: [i32; MAX_LENGTH + 1],
}

impl<const SIZE: usize, const SYMBOLS: usize> Table<SIZE, SYMBOLS> {
    const INDEX_BITS: u32 = SIZE.trailing_zeros();

    /// A table without symbols.
    pub(super) fn new() -> Self {
        Self {
            direct: [Entry::default(); SIZE],
            ordered: [Entry::default(); SYMBOLS],
            limits: [0; MAX_LENGTH + 1],
            bases: [0; MAX_LENGTH + 1],
        }
    }

    /// Builds the table for symbols whose codes have these lengths (0: symbol
    /// not used, at most [`MAX_LENGTH`]).
    ///
    /// The code must be complete: no bit string may be left without a symbol.
    pub(super) fn build(&mut self, lengths: &[u8], symbols: &[Entry]) -> Result<(), BadCode> {
        let mut counts = [0u32; MAX_LENGTH + 1];
        for &length in lengths {
            *counts.get_mut(usize::from(length)).ok_or(BadCode)? += 1;
        }
        counts[0] = 0;
        self.build_counted(lengths, symbols, &counts)
    }

    /// Like [`Table::build`], for whoever already knows how many codes there
    /// are of each length.
    pub(super) fn build_counted(
        &mut self,
        lengths: &[u8],
        symbols: &[Entry],
        counts: &[u32; MAX_LENGTH + 1],
    ) -> Result<(), BadCode> {
        let starts = self.number_codes(counts)?;
        self.order_symbols(lengths, symbols, starts);
        self.fill(counts);
        Ok(())
    }

    /// Like [`Table::build`], but a code without any symbol is accepted; all
    /// that can be decoded from it are entries without a symbol.
    pub(super) fn build_or_empty(&mut self, lengths: &[u8], symbols: &[Entry]) -> Result<(), BadCode> {
        if lengths.iter().all(|&length| length == 0) {
            self.direct.fill(Entry::TOO_LONG);
            self.limits = [0; MAX_LENGTH + 1];
            return Ok(());
        }
        self.build(lengths, symbols)
    }

    /// Fills `limits` and `bases`; returns where each length starts in
    /// `ordered`.
    fn number_codes(&mut self, counts: &[u32; MAX_LENGTH + 1]) -> Result<[u16; MAX_LENGTH + 1], BadCode> {
        let mut starts = [0; MAX_LENGTH + 1];
        let mut place = 0u32;
        let mut code = 0u32;
        for length in 1..=MAX_LENGTH {
            let unit = MAX_LENGTH - length;
            starts[length] = place as u16;
            self.bases[length] = place.cast_signed() - (code >> unit).cast_signed();
            place += counts[length];
            code += counts[length] << unit;
            self.limits[length] = code;
        }
        if code == 1 << MAX_LENGTH { Ok(starts) } else { Err(BadCode) }
    }

    fn order_symbols(&mut self, lengths: &[u8], symbols: &[Entry], mut starts: [u16; MAX_LENGTH + 1]) {
        for (&length, &symbol) in lengths.iter().zip(symbols) {
            if length != 0 {
                let place = &mut starts[usize::from(length)];
                self.ordered[usize::from(*place)] = Entry(symbol.0 + u32::from(length));
                *place += 1;
            }
        }
    }

    /// Writes the codes of up to `INDEX_BITS` bits into the direct table.
    fn fill(&mut self, counts: &[u32; MAX_LENGTH + 1]) {
        let mut symbols = self.ordered.as_slice();
        let mut free = self.direct.as_mut_slice();
        for length in 1..=Self::INDEX_BITS.min(MAX_LENGTH as u32) {
            let (these, others) = symbols.split_at(counts[length as usize] as usize);
            let run = 1 << (Self::INDEX_BITS - length);
            let (slots, rest) = free.split_at_mut(these.len() * run);
            for (slot, &entry) in slots.chunks_exact_mut(run).zip(these) {
                slot.fill(entry);
            }
            symbols = others;
            free = rest;
        }
        free.fill(Entry::TOO_LONG);
    }

    /// The symbol whose code the left-aligned `window` begins with.
    #[inline(always)]
    pub(super) fn look_up(&self, window: u64) -> Entry {
        let entry = self.look_up_short(window);
        if entry.is_none() { self.look_up_long(window) } else { entry }
    }

    /// Like [`Table::look_up`], but gives an entry that [`Entry::is_none`] and
    /// is no literal if the code is longer than the index.
    #[inline(always)]
    pub(super) fn look_up_short(&self, window: u64) -> Entry {
        self.direct[(window >> (64 - Self::INDEX_BITS)) as usize]
    }

    /// Decodes literals into `room`, at most until it is full; returns how many.
    ///
    /// On entry and on return `entry` is what [`Table::look_up_short`] gives for
    /// the next symbol, which has not been consumed. The bits must have been
    /// refilled, and at least 40 of them are left in the end.
    #[inline(always)]
    pub(super) fn decode_literals(
        &self,
        bits: &mut ForwardBits<'_>,
        entry: &mut Entry,
        room: &mut [u8; LITERAL_RUN],
    ) -> usize {
        for (run, room) in room.iter_mut().enumerate() {
            if run == 2 {
                bits.refill();
            }
            if !entry.is_literal() {
                return run;
            }
            bits.consume_entry(*entry);
            let literal = entry.payload() as u8;
            *entry = self.look_up_short(bits.window());
            *room = literal;
        }
        bits.refill();
        LITERAL_RUN
    }

    #[cold]
    #[inline(never)]
    pub(super) fn look_up_long(&self, window: u64) -> Entry {
        let code = (window >> (64 - MAX_LENGTH)) as u32;
        for length in Self::INDEX_BITS as usize + 1..=MAX_LENGTH {
            if code < self.limits[length] {
                let place = self.bases[length] + (code >> (MAX_LENGTH - length)).cast_signed();
                let place = usize::try_from(place).unwrap_or(usize::MAX);
                return self.ordered.get(place).copied().unwrap_or_default();
            }
        }
        Entry::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(lengths: &[u8]) -> Result<Box<Table<16, 32>>, BadCode> {
        let mut table = Box::new(Table::new());
        table.build(lengths, &Entry::symbols::<32>())?;
        Ok(table)
    }

    #[test]
    fn codes_are_numbered_by_length_and_symbol() {
        // Codes: 1 = 0, 3 = 10, 0 = 110, 2 = 111.
        let table = table(&[3, 1, 3, 2]).unwrap();
        for (bits, symbol, length) in
            [(0b000, 1, 1), (0b011, 1, 1), (0b101, 3, 2), (0b110, 0, 3), (0b111, 2, 3)]
        {
            let entry = table.look_up(bits << 61);
            assert_eq!((entry.payload(), entry.bits()), (symbol, length));
        }
    }

    #[test]
    fn codes_longer_than_the_index_are_found() {
        // 1 bit, 2 bits, ..., 16 bits, 16 bits.
        let mut lengths: Vec<u8> = (1..=16).collect();
        lengths.push(16);
        let table = table(&lengths).unwrap();
        for symbol in 0..16u32 {
            let window = !(u64::MAX >> symbol);
            let entry = table.look_up(window);
            assert_eq!((entry.payload(), entry.bits()), (symbol, symbol + 1));
        }
        assert_eq!(table.look_up(u64::MAX).payload(), 16);
    }

    #[test]
    fn only_complete_codes_are_accepted() {
        for lengths in [&[][..], &[0, 0], &[1], &[1, 2], &[1, 1, 1], &[2, 2, 2], &[1, 1, 16], &[17; 8]] {
            assert!(table(lengths).is_err(), "{lengths:?}");
        }
        assert!(table(&[1, 1]).is_ok());
        assert!(table(&[5; 32]).is_ok());
    }

    #[test]
    fn an_empty_code_has_no_symbols() {
        let mut table = table(&[5; 32]).unwrap();
        table.build_or_empty(&[0; 32], &Entry::symbols::<32>()).unwrap();
        for top in 0..=255 {
            assert!(table.look_up(top << 56).is_none());
        }
        assert_eq!(table.build_or_empty(&[3], &Entry::symbols::<32>()), Err(BadCode));
    }
}
