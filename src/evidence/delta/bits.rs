//! A stream of bits, lowest first, with a count of the unused bits of its last byte in front.

use super::{DeltaError, Result};

/// Reads a stream.
#[derive(Debug)]
pub(super) struct Bits<'s> {
    bytes: &'s [u8],
    /// Bits taken.
    at: u64,
    /// Bits that count.
    end: u64,
}

impl<'s> Bits<'s> {
    pub(super) fn new(bytes: &'s [u8]) -> Result<Self> {
        let mut bits = Self { bytes, at: 0, end: (bytes.len() as u64).saturating_mul(8) };
        let unused = u64::from(bits.read(3)?);
        bits.end -= unused;
        if bits.at > bits.end {
            return Err(bits.malformed("a stream shorter than its head"));
        }
        Ok(bits)
    }

    /// At most 32 bits, the first the lowest.
    pub(super) fn read(&mut self, width: u32) -> Result<u32> {
        if u64::from(width) > self.left() {
            return Err(self.malformed("the end of the stream"));
        }
        let bits = self.window() & ((1 << width) - 1);
        self.at += u64::from(width);
        Ok(u32::try_from(bits).unwrap_or_default())
    }

    /// The next 16 bits, the first the lowest, without taking them; behind the end stands anything.
    pub(super) fn peek(&self) -> u16 {
        u16::try_from(self.window() & u64::from(u16::MAX)).unwrap_or_default()
    }

    /// At least 57 bits from the next one on; zeros behind the last byte.
    fn window(&self) -> u64 {
        let rest = usize::try_from(self.at / 8).ok().and_then(|at| self.bytes.get(at..)).unwrap_or_default();
        let bytes = rest.first_chunk().copied().unwrap_or_else(|| {
            let mut last = [0; 8];
            last.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
            last
        });
        u64::from_le_bytes(bytes) >> (self.at % 8)
    }

    /// A number: as many zeros as it has groups of four bits beyond the first, a one, the groups.
    pub(super) fn number(&mut self) -> Result<u64> {
        let mut groups = 1_u32;
        while self.read(1)? == 0 {
            groups += 1;
            if groups > 16 {
                return Err(self.malformed("a number of more than 64 bits"));
            }
        }
        (0..groups).try_fold(0, |number, group| Ok(number | (u64::from(self.read(4)?) << (4 * group))))
    }

    /// Bytes: their count, then they, from a whole byte on.
    pub(super) fn buffer(&mut self) -> Result<&'s [u8]> {
        let length = self.number()?;
        self.at = self.at.next_multiple_of(8);
        let bits = length.checked_mul(8).filter(|bits| *bits <= self.left());
        let start = usize::try_from(self.at / 8).ok();
        let bytes = start
            .zip(usize::try_from(length).ok())
            .and_then(|(start, length)| self.bytes.get(start..)?.get(..length));
        let (Some(bits), Some(bytes)) = (bits, bytes) else {
            return Err(self.malformed("a buffer longer than the stream"));
        };
        self.at += bits;
        Ok(bytes)
    }

    pub(super) fn left(&self) -> u64 {
        self.end.saturating_sub(self.at)
    }

    pub(super) fn malformed(&self, what: &'static str) -> DeltaError {
        DeltaError::Malformed { what, bit: self.at }
    }
}
