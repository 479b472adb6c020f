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
