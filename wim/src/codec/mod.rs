//! Decoders for the three chunk compressions of a WIM: XPRESS, LZX and LZMS.
//!
//! A compressed resource is cut into chunks of one fixed size (the last one may
//! be shorter) and every chunk is compressed by itself, so a decoder needs
//! nothing but the bytes of the chunk and its uncompressed size. A [`Decoder`]
//! is made once for a resource or a thread and used for chunk after chunk: it
//! owns all of its tables and allocates nothing per chunk.
//!
//! The decoders trust nothing in their input: every length and offset is
//! checked, and malformed data gives a [`CodecError`], never a panic. After an
//! error the output holds arbitrary bytes, after success every byte of it was
//! decoded from this chunk. None of the formats carries a checksum: whether the
//! bytes are the right ones is for the caller's SHA-1 to say.

#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    reason = "bit fields are cut out of wider words all over; sizes are bounded by the chunk size"
)]
#![allow(
    clippy::inline_always,
    reason = "the inner loops keep their state in registers only if all of it is inlined"
)]

use std::ops::RangeInclusive;

mod bits;
mod huffman;
mod lz_copy;
pub mod lzms;
mod lzms_code;
mod lzms_range;
mod lzms_slots;
mod lzms_x86;
pub mod lzx;
mod lzx_e8;
pub mod xpress;

/// Why a chunk could not be decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{what} (at byte {at} of the compressed chunk)")]
pub struct CodecError {
    /// What is wrong, in words.
    pub what: &'static str,
    /// About where in the compressed chunk it was noticed: decoders read a few
    /// bytes ahead, so the damage lies at or somewhat before this byte.
    pub at: usize,
}

/// The compression formats a WIM may use for its chunks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Codec {
    /// LZ77 and one Huffman code per chunk, \[MS-XCA\].
    Xpress,
    /// LZX as WIM files use it, related to \[MS-PATCH\].
    Lzx,
    /// LZ77 with delta matches, a range coder and adaptive Huffman codes.
    Lzms,
}

impl Codec {
    /// The name in the usual spelling.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Xpress => "XPRESS",
            Self::Lzx => "LZX",
            Self::Lzms => "LZMS",
        }
    }

    /// The smallest and the largest chunk size; all sizes are powers of two.
    #[must_use]
    pub fn chunk_sizes(self) -> RangeInclusive<u32> {
        match self {
            Self::Xpress => 1 << 12..=1 << 16,
            Self::Lzx => 1 << 15..=1 << 21,
            Self::Lzms => 1 << 15..=1 << 30,
        }
    }

    /// Whether chunks of this size exist in this format.
    #[must_use]
    pub fn accepts(self, chunk_size: u32) -> bool {
        chunk_size.is_power_of_two() && self.chunk_sizes().contains(&chunk_size)
    }
}

/// Decoder for all chunks of one kind, reused from chunk to chunk.
#[derive(Debug)]
pub enum Decoder {
    /// Decodes XPRESS chunks.
    Xpress(Box<xpress::Decoder>),
    /// Decodes LZX chunks.
    Lzx(Box<lzx::Decoder>),
    /// Decodes LZMS chunks.
    Lzms(Box<lzms::Decoder>),
}

impl Decoder {
    /// A decoder for chunks of at most `chunk_size` bytes.
    ///
    /// # Errors
    /// When the format has no chunks of that size.
    pub fn new(codec: Codec, chunk_size: u32) -> Result<Self, CodecError> {
        if !codec.accepts(chunk_size) {
            return Err(CodecError { what: "the compression format has no chunks of this size", at: 0 });
        }
        Ok(match codec {
            Codec::Xpress => Self::Xpress(Box::new(xpress::Decoder::new(chunk_size))),
            Codec::Lzx => Self::Lzx(Box::new(lzx::Decoder::new(chunk_size))),
            Codec::Lzms => Self::Lzms(Box::new(lzms::Decoder::new(chunk_size))),
        })
    }

    /// Decodes one chunk; `output.len()` is its exact uncompressed size.
    ///
    /// # Errors
    /// When `output` is larger than a chunk or the input is malformed. `output`
    /// then holds arbitrary bytes.
    pub fn decode(&mut self, input: &[u8], output: &mut [u8]) -> Result<(), CodecError> {
        match self {
            Self::Xpress(decoder) => decoder.decode(input, output),
            Self::Lzx(decoder) => decoder.decode(input, output),
            Self::Lzms(decoder) => decoder.decode(input, output),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A generator of pseudo-random numbers, always the same ones.
    pub(super) struct Numbers(pub(super) u64);

    impl Numbers {
        pub(super) fn below(&mut self, limit: usize) -> usize {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
            (self.0 >> 20) as usize % limit
        }
    }

    /// A text that compresses well, made of literals and matches of any length.
    pub(super) fn bottles() -> Vec<u8> {
        let mut text = String::new();
        for n in (1..=10).rev() {
            let bottles = "green bottles";
            let left = n - 1;
            text.extend([
                format!("{n} {bottles} hanging on the wall, {n} {bottles} hanging on the wall; "),
                String::from("and if one green bottle should accidentally fall, "),
                format!("there will be {left} {bottles}.\n"),
            ]);
        }
        text.into_bytes()
    }

    /// Decodes damaged forms of `chunk` and random bytes: must not panic, give
    /// bytes that do not come from the chunk, or spoil the decoder.
    pub(super) fn mistreat(codec: Codec, chunk: &[u8], plain: &[u8]) {
        let mut decoder = Decoder::new(codec, 32_768).unwrap();
        let mut decode = |input: &[u8], size: usize| {
            let mut outputs = [vec![0x55; size], vec![0xAA; size]];
            let [first, second] = &mut outputs;
            let result = decoder.decode(input, first);
            assert_eq!(result, decoder.decode(input, second));
            match result {
                Ok(()) => assert_eq!(first, second, "bytes that were not decoded"),
                Err(error) => assert!(error.at <= input.len()),
            }
            result.map(|()| first.clone())
        };
        for size in 0..chunk.len() {
            let cut_off = decode(&chunk[..size], plain.len());
            assert_ne!(cut_off.as_deref(), Ok(plain), "without the end from {size}");
        }
        let mut numbers = Numbers(0x9E37_79B9_7F4A_7C15);
        for _ in 0..2000 {
            let mut damaged = chunk.to_vec();
            for _ in 0..=numbers.below(3) {
                let at = numbers.below(damaged.len());
                damaged[at] = numbers.below(256) as u8;
            }
            let _ = decode(&damaged, plain.len());
            let _ = decode(chunk, numbers.below(2 * plain.len()));
        }
        for _ in 0..1000 {
            let size = numbers.below(600);
            let bytes: Vec<u8> = (0..size).map(|_| numbers.below(256) as u8).collect();
            let _ = decode(&bytes, numbers.below(1000));
        }
        assert_eq!(decode(chunk, plain.len()).as_deref(), Ok(plain));
    }

    #[test]
    fn chunk_sizes_are_powers_of_two_within_limits() {
        for (codec, smallest, largest) in
            [(Codec::Xpress, 12, 16), (Codec::Lzx, 15, 21), (Codec::Lzms, 15, 30)]
        {
            for order in 0..32 {
                let accepted = (smallest..=largest).contains(&order);
                assert_eq!(codec.accepts(1 << order), accepted, "{} {order}", codec.name());
            }
            assert!(!codec.accepts(0));
            assert!(!codec.accepts(40_000));
            assert!(Decoder::new(codec, 40_000).is_err());
        }
    }

    #[test]
    fn more_output_than_a_chunk_is_refused() {
        for codec in [Codec::Xpress, Codec::Lzx, Codec::Lzms] {
            let mut decoder = Decoder::new(codec, 32_768).unwrap();
            assert!(decoder.decode(&[0; 400], &mut vec![0; 32_769]).is_err());
        }
    }
}
