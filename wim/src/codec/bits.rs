//! Bit readers: how the three formats pack bits into bytes.
//!
//! XPRESS and LZX write a forward stream of 16-bit little-endian units, LZMS a
//! backward one; in every unit the most significant bit comes first. Backward,
//! this is the same as reading single bytes; forward it is so once the bytes of
//! each unit have been swapped. Both readers keep the next bits left-aligned in
//! a 64-bit window which `refill` tops up with a single eight-byte load, so that
//! several codes are decoded between two refills.

use super::huffman::Entry;

/// After `refill` at least this many bits may be consumed: seven bytes are always
/// whole ones in a window of eight.
pub(super) const REFILLED: u32 = 56;

/// The first `bits` bits (at most 31, maybe none) of a left-aligned window.
#[inline(always)]
fn take(window: u64, bits: u32) -> u32 {
    ((window >> 1) >> (63 - bits)) as u32
}

/// Swaps the bytes of each 16-bit unit of `input`, beginning with the one at
/// position `first`, which turns the units into a stream of bytes for
/// [`ForwardBits`], and returns that. Positions remain; a last odd byte is left
/// out.
///
/// `swapped` must be at least as long as `input`.
pub(super) fn swap_units<'a>(input: &[u8], first: usize, swapped: &'a mut [u8]) -> &'a [u8] {
    const LOW: u64 = 0x00FF_00FF_00FF_00FF;
    let size = input.len().saturating_sub(first) / 2 * 2;
    let swapped = &mut swapped[..first.min(input.len()) + size];
    let source = input.get(first..).unwrap_or_default();
    let target = swapped.get_mut(first..).unwrap_or_default();
    // Four units at a time, or more where the compiler knows how.
    for (target, source) in target.as_chunks_mut().0.iter_mut().zip(source.as_chunks().0) {
        let units = u64::from_le_bytes(*source);
        *target = ((units & LOW) << 8 | (units >> 8) & LOW).to_le_bytes();
    }
    let rest = size / 8 * 8;
    for (target, source) in target[rest..].chunks_exact_mut(2).zip(source[rest..].chunks_exact(2)) {
        target.copy_from_slice(&[source[1], source[0]]);
    }
    swapped
}

/// Reads bytes from front to back, high bit first.
///
/// Past the end the stream goes on with zeros, so that looking ahead needs no
/// care; [`ForwardBits::overrun`] says whether any of them was consumed.
#[derive(Debug, Clone, Copy)]
pub(super) struct ForwardBits<'a> {
    input: &'a [u8],
    /// What is still to be loaded.
    rest: &'a [u8],
    /// The next bits of the stream, left-aligned. Below the `count` valid ones
    /// there may be a part of the following byte.
    window: u64,
    /// How many bits are valid, at most 63, in the lowest six bits; anything in
    /// the others.
    count: u32,
    /// How many of the loaded bits are zeros made up past the end.
    invented: u64,
}

impl<'a> ForwardBits<'a> {
    /// A reader of all of `input`.
    pub(super) fn new(input: &'a [u8]) -> Self {
        Self { input, rest: input, window: 0, count: 0, invented: 0 }
    }

    /// Makes at least [`REFILLED`] bits available.
    #[inline(always)]
    pub(super) fn refill(&mut self) {
        if let Some(bytes) = self.rest.first_chunk() {
            self.window |= u64::from_be_bytes(*bytes) >> (self.count & 63);
            self.rest = &self.rest[((!self.count & REFILLED) >> 3) as usize..];
            self.count |= REFILLED;
        } else {
            // By value: the reader itself can stay in registers.
            *self = self.refilled_at_end();
        }
    }

    #[cold]
    #[inline(never)]
    fn refilled_at_end(mut self) -> Self {
        self.count &= 63;
        // Drop the part of a byte that a bulk refill may have left behind.
        self.window &= !(u64::MAX >> self.count);
        while self.count < REFILLED {
            if let Some((&byte, rest)) = self.rest.split_first() {
                self.window |= u64::from(byte) << (56 - self.count);
                self.rest = rest;
            } else {
                self.invented += 8;
            }
            self.count += 8;
        }
        self
    }

    /// The next bits, left-aligned.
    #[inline(always)]
    pub(super) fn window(&self) -> u64 {
        self.window
    }

    /// Consumes `bits` bits (at most 31), which a refill must have provided.
    #[inline(always)]
    pub(super) fn consume(&mut self, bits: u32) {
        self.window <<= bits;
        self.count = self.count.wrapping_sub(bits);
    }

    /// Consumes the bits of `entry`, which a refill must have provided.
    #[inline(always)]
    pub(super) fn consume_entry(&mut self, entry: Entry) {
        let bits = entry.bits_unmasked();
        self.window <<= bits & 63;
        self.count = self.count.wrapping_sub(bits);
    }

    /// Consumes and returns `bits` bits (at most 31, maybe none).
    #[inline(always)]
    pub(super) fn take(&mut self, bits: u32) -> u32 {
        let value = take(self.window, bits);
        self.consume(bits);
        value
    }

    /// Refills, then consumes and returns `bits` bits (at most 31).
    pub(super) fn read(&mut self, bits: u32) -> u32 {
        self.refill();
        self.take(bits)
    }

    /// Whether bits beyond the end of the input have been consumed.
    pub(super) fn overrun(&self) -> bool {
        self.invented > u64::from(self.count & 63)
    }

    /// How many bytes have been loaded, including made up ones.
    #[inline(always)]
    fn loaded(&self) -> usize {
        self.input.len() - self.rest.len() + (self.invented / 8) as usize
    }

    /// How many bytes have been consumed to their last bit, not counting made up
    /// ones.
    #[inline(always)]
    pub(super) fn position(&self) -> usize {
        let ahead = (self.count & 63).div_ceil(8) as usize;
        self.loaded().saturating_sub(ahead).min(self.input.len())
    }

    /// Goes to a position in the input, at most to its end.
    pub(super) fn seek(&mut self, position: usize) {
        *self = Self { rest: self.input.get(position..).unwrap_or_default(), ..Self::new(self.input) };
    }

    /// Where a reader would be that loads one 16-bit unit whenever it holds less
    /// than 16 bits, and how many bits (16 to 31) it would hold. The units are
    /// those at even or odd positions, as `parity` says.
    ///
    /// `None` if there are less than 16 bits, but a refill provides more.
    pub(super) fn unit_lookahead(&self, parity: usize) -> Option<(usize, u32)> {
        let half_unit = (self.loaded() ^ parity) & 1;
        let count = (self.count & 63).checked_sub(8 * half_unit as u32)?;
        let surplus = (count / 16).checked_sub(1)?;
        let position = self.loaded().checked_sub(half_unit + 2 * surplus as usize)?;
        Some((position, count - 16 * surplus))
    }

    /// Keeps the next `kept` bits (at most 63) and goes on behind them at a
    /// position of a stream.
    pub(super) fn continue_at(&mut self, stream: &'a [u8], position: usize, kept: u32) {
        *self = Self {
            rest: stream.get(position..).unwrap_or_default(),
            window: self.window & !(u64::MAX >> kept),
            count: kept,
            ..Self::new(stream)
        };
    }
}

/// Reads 16-bit little-endian units from back to front, high bit first.
///
/// As the high byte of a unit is the later one, this is the same as reading
/// single bytes from the back. Past the front the stream goes on with zeros;
/// [`BackwardBits::overrun`] says whether any of them was consumed.
#[derive(Debug, Clone, Copy)]
pub(super) struct BackwardBits<'a> {
    /// What is still to be loaded, from its end.
    rest: &'a [u8],
    /// The next bits of the stream, left-aligned. Below the `count` valid ones
    /// there may be a part of the following byte.
    window: u64,
    /// How many bits are valid, at most 63, in the lowest six bits; anything in
    /// the others.
    count: u32,
    /// How many of the loaded bits are zeros made up past the front.
    invented: u64,
}

impl<'a> BackwardBits<'a> {
    /// A reader of all of `input`.
    pub(super) fn new(input: &'a [u8]) -> Self {
        Self { rest: input, window: 0, count: 0, invented: 0 }
    }

    /// Makes at least [`REFILLED`] bits available; returns whether all bits that
    /// were consumed so far have existed.
    #[inline(always)]
    pub(super) fn refill(&mut self) -> bool {
        if let Some(bytes) = self.rest.last_chunk() {
            self.window |= u64::from_le_bytes(*bytes) >> (self.count & 63);
            let left = self.rest.len() - ((!self.count & REFILLED) >> 3) as usize;
            self.rest = &self.rest[..left];
            self.count |= REFILLED;
            true
        } else {
            // By value: the reader itself can stay in registers.
            *self = self.refilled_at_end();
            !self.overrun()
        }
    }

    #[cold]
    #[inline(never)]
    fn refilled_at_end(mut self) -> Self {
        self.count &= 63;
        self.window &= !(u64::MAX >> self.count);
        while self.count < REFILLED {
            if let Some((&byte, rest)) = self.rest.split_last() {
                self.window |= u64::from(byte) << (56 - self.count);
                self.rest = rest;
            } else {
                self.invented += 8;
            }
            self.count += 8;
        }
        self
    }

    /// The next bits, left-aligned.
    #[inline(always)]
    pub(super) fn window(&self) -> u64 {
        self.window
    }

    /// Consumes `bits` bits (at most 31), which a refill must have provided.
    #[inline(always)]
    pub(super) fn consume(&mut self, bits: u32) {
        self.window <<= bits;
        self.count = self.count.wrapping_sub(bits);
    }

    /// Consumes the bits of `entry`, which a refill must have provided.
    #[inline(always)]
    pub(super) fn consume_entry(&mut self, entry: Entry) {
        let bits = entry.bits_unmasked();
        self.window <<= bits & 63;
        self.count = self.count.wrapping_sub(bits);
    }

    /// Consumes and returns `bits` bits (at most 31, maybe none).
    #[inline(always)]
    pub(super) fn take(&mut self, bits: u32) -> u32 {
        let value = take(self.window, bits);
        self.consume(bits);
        value
    }

    /// Whether bits before the front of the input have been consumed.
    pub(super) fn overrun(&self) -> bool {
        self.invented > u64::from(self.count & 63)
    }

    /// The position of the reader in the input, in whole bytes (rounded down).
    pub(super) fn position(&self) -> usize {
        self.rest.len() + (u64::from(self.count & 63).saturating_sub(self.invented) / 8) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::Numbers;
    use super::*;

    /// The bits of `bytes` one by one, then zeros.
    fn all_bits(bytes: impl Iterator<Item = u8>) -> impl Iterator<Item = u32> {
        bytes
            .flat_map(|byte| (0..8).rev().map(move |bit| u32::from(byte >> bit & 1)))
            .chain(std::iter::repeat(0))
    }

    fn next_bits(bits: &mut impl Iterator<Item = u32>, count: u32) -> u32 {
        bits.take(count as usize).fold(0, |value, bit| value << 1 | bit)
    }

    #[test]
    fn forward_and_backward_bits_come_in_order() {
        let mut numbers = Numbers(7);
        for size in 0..60 {
            let bytes: Vec<u8> = (0..size).map(|_| numbers.below(256) as u8).collect();
            let mut forward = ForwardBits::new(&bytes);
            let mut backward = BackwardBits::new(&bytes);
            let mut expected_forward = all_bits(bytes.iter().copied());
            let mut expected_backward = all_bits(bytes.iter().rev().copied());
            let mut consumed = 0;
            while consumed < 8 * size + 100 {
                let bits = numbers.below(29) as u32;
                forward.refill();
                backward.refill();
                assert_eq!(forward.take(bits), next_bits(&mut expected_forward, bits));
                assert_eq!(backward.take(bits), next_bits(&mut expected_backward, bits));
                consumed += bits as usize;
                assert_eq!(forward.overrun(), consumed > 8 * size);
                assert_eq!(backward.overrun(), consumed > 8 * size);
            }
        }
    }

    #[test]
    fn units_are_swapped_at_even_and_odd_positions() {
        let mut buffer = [0; 64];
        for size in 0..40u8 {
            let bytes: Vec<u8> = (0..size).collect();
            let even = swap_units(&bytes, 0, &mut buffer).to_vec();
            let odd = swap_units(&bytes, 1, &mut buffer).to_vec();
            assert_eq!(even.len(), bytes.len() / 2 * 2);
            for (at, &byte) in even.iter().enumerate() {
                assert_eq!(usize::from(byte), at ^ 1);
            }
            assert_eq!(odd.len(), bytes.len().div_ceil(2) * 2 - usize::from(size > 0));
            for (at, &byte) in odd.iter().enumerate().skip(1) {
                assert_eq!(usize::from(byte), ((at - 1) ^ 1) + 1);
            }
        }
    }

    #[test]
    fn lookahead_is_that_of_a_reader_of_units() {
        let bytes = [0; 200];
        let mut numbers = Numbers(11);
        for parity in 0..2 {
            let mut bits = ForwardBits::new(&bytes);
            bits.seek(parity);
            bits.refill();
            bits.consume(1);
            // What the other reader has loaded, and how many bits of it it has.
            let mut position = parity + 4;
            let mut held = 31;
            while position < 150 {
                bits.refill();
                assert_eq!(bits.unit_lookahead(parity), Some((position, held)));
                let consumed = numbers.below(17) as u32;
                bits.consume(consumed);
                held -= consumed;
                if held < 16 {
                    held += 16;
                    position += 2;
                }
                if numbers.below(4) == 0 {
                    // Still the same with fewer bits at hand.
                    assert_eq!(bits.unit_lookahead(parity), Some((position, held)));
                }
            }
        }
    }
}
