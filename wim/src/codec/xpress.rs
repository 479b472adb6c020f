//! XPRESS: LZ77 with one Huffman code per chunk, \[MS-XCA\] 2.2 "LZ77+Huffman".
//!
//! A chunk begins with a table of 256 bytes: the code lengths of 512 symbols,
//! four bits each, low nibble first. Then come the codes. Symbols below 256 are
//! literal bytes, the others matches: the low nibble is the length less 3, the
//! next one the number of offset bits that follow (below an implied highest
//! one). A length nibble of 15 goes on in a whole byte, and a byte of 255 in a
//! 16-bit (or, after zero, 32-bit) number. These bytes lie in the stream just
//! where the reference decoder, which always holds 16 to 31 bits, would load
//! its next unit. An odd number of them moves the following units from even to
//! odd positions or back.

use super::CodecError;
use super::bits::{ForwardBits, swap_units};
use super::huffman::{Entry, LITERAL_RUN, Table};
use super::lz_copy::copy_match;

const SYMBOLS: usize = 512;
const LENGTHS_SIZE: usize = SYMBOLS / 2;
const MIN_MATCH: usize = 3;
/// Payload of a symbol: literals are their byte, for matches
/// `MATCH | offset bits << 4 | length nibble`.
const MATCH: u32 = 1 << 8;
/// The length goes on behind the symbol.
const LONG: u32 = 15;

type Code = Table<2048, SYMBOLS>;

/// Decoder of XPRESS chunks.
#[derive(Debug)]
pub struct Decoder {
    chunk_size: usize,
    /// The input as a stream of bytes: if the units lie at even positions, and
    /// if they lie at odd ones.
    swapped: [Box<[u8]>; 2],
    code: Code,
    symbols: [Entry; SYMBOLS],
}

impl Decoder {
    /// A decoder of chunks of at most `chunk_size` bytes.
    #[must_use]
    pub fn new(chunk_size: u32) -> Self {
        Self {
            chunk_size: chunk_size as usize,
            swapped: [(); 2].map(|()| vec![0; chunk_size as usize].into_boxed_slice()),
            code: Table::new(),
            symbols: std::array::from_fn(|symbol| {
                let symbol = symbol as u32;
                let is_long = symbol & 15 == LONG;
                let plain_bits = if symbol < MATCH || is_long { 0 } else { symbol >> 4 & 15 };
                Entry::new(symbol, plain_bits)
            }),
        }
    }

    /// Decodes one chunk; `output.len()` is its exact uncompressed size.
    ///
    /// # Errors
    /// When `output` is larger than a chunk or the input is malformed.
    pub fn decode(&mut self, input: &[u8], output: &mut [u8]) -> Result<(), CodecError> {
        if output.len().max(input.len()) > self.chunk_size {
            return Err(CodecError { what: "the chunk is larger than its format allows", at: 0 });
        }
        self.read_code(input)?;
        let [even, odd] = &mut self.swapped;
        let source = Source { input, swapped: [swap_units(input, 0, even), swap_units(input, 1, odd)] };
        if read_items(&self.code, &source, output)?.overrun() {
            return Err(CodecError { what: "the compressed data ends too early", at: input.len() });
        }
        Ok(())
    }

    fn read_code(&mut self, input: &[u8]) -> Result<(), CodecError> {
        let table: &[u8; LENGTHS_SIZE] = input
            .first_chunk()
            .ok_or(CodecError { what: "the table of code lengths is cut off", at: input.len() })?;
        let mut lengths = [0; SYMBOLS];
        for (pair, &byte) in lengths.chunks_exact_mut(2).zip(table) {
            pair[0] = byte & 15;
            pair[1] = byte >> 4;
        }
        self.code
            .build(&lengths, &self.symbols)
            .map_err(|_| CodecError { what: "the Huffman code is not complete", at: 0 })
    }
}

/// What a chunk is read from.
#[derive(Debug)]
struct Source<'a> {
    input: &'a [u8],
    swapped: [&'a [u8]; 2],
}

/// Where it is being read.
#[derive(Debug, Clone, Copy)]
struct Reader<'a> {
    bits: ForwardBits<'a>,
    /// Whether the units lie at even or odd positions.
    parity: usize,
}

/// Decodes literals and matches until the output is full; returns what is left
/// of the stream.
fn read_items<'a>(
    code: &Code,
    source: &Source<'a>,
    output: &mut [u8],
) -> Result<ForwardBits<'a>, CodecError> {
    let mut reader = Reader { bits: ForwardBits::new(source.swapped[0]), parity: 0 };
    reader.bits.seek(LENGTHS_SIZE);
    let mut at = 0;
    reader.bits.refill();
    // Each symbol is looked up before the match in front of it is copied.
    let mut entry = code.look_up_short(reader.bits.window());
    while let Some(room) = output[at..].first_chunk_mut::<LITERAL_RUN>() {
        let literals = code.decode_literals(&mut reader.bits, &mut entry, room);
        at += literals;
        if literals == LITERAL_RUN {
            // The output may be full.
            continue;
        }
        if entry.is_none() {
            reader.bits.refill();
            entry = code.look_up_long(reader.bits.window());
        }
        if !entry.is_literal() {
            let (offset, length) = read_match(source, &mut reader, entry)?;
            reader.bits.refill();
            entry = code.look_up_short(reader.bits.window());
            copy_match(output, at, offset, length).ok_or_else(|| outside(reader.bits))?;
            at += length;
        }
    }
    while at < output.len() {
        reader.bits.refill();
        let entry = code.look_up(reader.bits.window());
        if entry.is_literal() {
            output[at] = entry.payload() as u8;
            reader.bits.consume_entry(entry);
            at += 1;
        } else {
            let (offset, length) = read_match(source, &mut reader, entry)?;
            copy_match(output, at, offset, length).ok_or_else(|| outside(reader.bits))?;
            at += length;
        }
    }
    Ok(reader.bits)
}

#[cold]
fn outside(bits: ForwardBits<'_>) -> CodecError {
    CodecError { what: "a match reaches outside of the chunk", at: bits.position() }
}

/// Offset and length of the match that `entry` begins.
#[inline(always)]
fn read_match<'a>(
    source: &Source<'a>,
    reader: &mut Reader<'a>,
    entry: Entry,
) -> Result<(usize, usize), CodecError> {
    let window = reader.bits.window();
    reader.bits.consume_entry(entry);
    let offset_bits = entry.payload() >> 4 & 15;
    let mut length = (entry.payload() & LONG) as usize + MIN_MATCH;
    let mut offset = 1 << offset_bits;
    if entry.payload() & LONG == LONG {
        (length, *reader) = read_long_length(source, *reader)?;
        offset |= reader.bits.take(offset_bits) as usize;
    } else {
        let taken = (window >> (64 - entry.bits())) as usize;
        offset |= taken & (offset - 1);
    }
    Ok((offset, length))
}

/// The length that does not fit into its nibble.
// By value: the reader itself can stay in registers.
#[inline(never)]
fn read_long_length<'a>(
    source: &Source<'a>,
    mut reader: Reader<'a>,
) -> Result<(usize, Reader<'a>), CodecError> {
    let error = |what| CodecError { what, at: reader.bits.position() };
    let cut_off = error("a match length is cut off");
    let (start, kept) = reader.bits.unit_lookahead(reader.parity).ok_or(cut_off)?;
    let (length, size) = match *source.input.get(start..).ok_or(cut_off)? {
        [255, 0, 0, a, b, c, d, ..] => (u32::from_le_bytes([a, b, c, d]), 7),
        [255, 0, 0, ..] | [255, _] | [255] | [] => return Err(cut_off),
        [255, a, b, ..] => (u32::from(u16::from_le_bytes([a, b])), 3),
        [byte, ..] => (u32::from(byte) + LONG, 1),
    };
    if length < LONG {
        return Err(error("a match length is written in too long a form"));
    }
    let next = start + size;
    reader.parity = next & 1;
    reader.bits.continue_at(source.swapped[reader.parity], next, kept);
    let length = usize::try_from(length).unwrap_or(usize::MAX);
    Ok((length.saturating_add(MIN_MATCH), reader))
}

#[cfg(test)]
mod tests {
    use super::super::tests::{bottles, mistreat};
    use super::super::{Codec, CodecError};
    use super::*;

    fn decode(input: &[u8], size: usize) -> Result<Vec<u8>, CodecError> {
        let mut output = vec![0xEE; size];
        Decoder::new(32_768).decode(input, &mut output).map(|()| output)
    }

    /// A chunk whose code has these (symbol, length) pairs.
    fn chunk(code: &[(usize, u8)], data: &[u8]) -> Vec<u8> {
        let mut chunk = vec![0; LENGTHS_SIZE];
        for &(symbol, length) in code {
            chunk[symbol / 2] |= length << (4 * (symbol % 2));
        }
        chunk.extend_from_slice(data);
        chunk
    }

    /// The first example of the specification.
    #[test]
    fn the_alphabet_is_decoded() {
        let mut code: Vec<(usize, u8)> = (0x61..0x77).map(|symbol| (symbol, 5)).collect();
        code.extend((0x77..0x7B).chain([256]).map(|symbol| (symbol, 4)));
        let data = [
            0xd8, 0x52, 0x3e, 0xd7, 0x94, 0x11, 0x5b, 0xe9, 0x19, 0x5f, 0xf9, 0xd6, 0x7c, 0xdf, 0x8d, 0x04,
            0x00, 0x00, 0x00, 0x00,
        ];
        let plain = decode(&chunk(&code, &data), 26).unwrap();
        assert_eq!(plain, b"abcdefghijklmnopqrstuvwxyz");
    }

    const ABC: [(usize, u8); 5] = [(0x61, 3), (0x62, 3), (0x63, 2), (256, 2), (287, 2)];

    /// The second example of the specification: a length of 297 in 16 bits.
    #[test]
    fn a_length_of_sixteen_bits_is_decoded() {
        let data = [0xa8, 0xdc, 0x00, 0x00, 0xff, 0x26, 0x01];
        assert_eq!(decode(&chunk(&ABC, &data), 300).unwrap(), b"abc".repeat(100));
    }

    #[test]
    fn longer_and_wrong_lengths() {
        let abc = |length: &[u8], size| {
            let mut data = vec![0xa8, 0xdc, 0x00, 0x00];
            data.extend_from_slice(length);
            decode(&chunk(&ABC, &data), size)
        };
        // 32 bits, and one byte.
        assert_eq!(abc(&[0xff, 0, 0, 0x26, 1, 0, 0], 300).unwrap(), b"abc".repeat(100));
        assert_eq!(abc(&[9], 30).unwrap(), b"abc".repeat(10));
        for cut_off in [&[][..], &[0xff], &[0xff, 0x26], &[0xff, 0, 0, 0x26, 1, 0]] {
            assert!(abc(cut_off, 300).is_err());
        }
        // Shorter than the nibble, beyond the end.
        assert!(abc(&[0xff, 14, 0], 20).is_err());
        assert!(abc(&[0xff, 0, 0, 14, 0, 0, 0], 20).is_err());
        assert!(abc(&[0xff, 0, 0, 0xff, 0xff, 0xff, 0xff], 300).is_err());
        assert!(abc(&[10], 30).is_err());
    }

    #[test]
    fn offsets_before_the_chunk_are_errors() {
        // 287 first: offset 2 or 3 where there is no output yet.
        assert!(decode(&chunk(&ABC, &[0x00, 0xe0, 0, 0, 9]), 30).is_err());
    }

    #[test]
    fn incomplete_codes_are_errors() {
        for code in [&[][..], &[(0x61, 1)], &[(0x61, 1), (0x62, 2)], &[(1, 1), (2, 1), (3, 1)]] {
            assert!(decode(&chunk(code, &[0; 20]), 4).is_err());
        }
    }

    const BOTTLES: [u8; 393] = [
        0x00, 0x00, 0x00, 0x00, 0x00, 0x07, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x03,
        0x00, 0x00, 0x00, 0x00, 0x00, 0x07, 0x07, 0x56, 0x66, 0x66, 0x66, 0x66, 0x70, 0x00, 0x00, 0x00, 0x00,
        0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x50, 0x66, 0x46,
        0x66, 0x56, 0x00, 0x05, 0x55, 0x00, 0x66, 0x75, 0x70, 0x70, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
        0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
        0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
        0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
        0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x07, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
        0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
        0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x07, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x05, 0x00,
        0x00, 0x00, 0x00, 0x07, 0x00, 0x70, 0x00, 0x07, 0x00, 0x00, 0x00, 0x60, 0x00, 0x00, 0x00, 0x00, 0x00,
        0x00, 0x00, 0x00, 0x40, 0x30, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
        0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
        0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
        0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
        0x00, 0x03, 0x65, 0xd1, 0x5d, 0x31, 0x20, 0xa4, 0x8c, 0xe0, 0xf4, 0xd8, 0x6c, 0xe8, 0x6a, 0x23, 0x6a,
        0x2d, 0x01, 0x79, 0x90, 0xdf, 0x6b, 0x33, 0xd4, 0xbb, 0xf1, 0xc3, 0x86, 0x11, 0xed, 0x30, 0x22, 0x3e,
        0x70, 0x7d, 0x68, 0xe3, 0x7e, 0xf8, 0xb9, 0x61, 0xec, 0x64, 0x12, 0xd2, 0x3d, 0x9b, 0x3f, 0x0d, 0x3e,
        0xb1, 0x3f, 0x6f, 0xef, 0x39, 0xa0, 0x18, 0x99, 0xc3, 0x74, 0x7b, 0x9c, 0xc0, 0x9b, 0xc0, 0x12, 0x4d,
        0xbd, 0x52, 0x4d, 0xde, 0x4d, 0xde, 0x12, 0xa6, 0xdc, 0x52, 0x26, 0xee, 0x26, 0xee, 0x12, 0x53, 0xed,
        0x52, 0x93, 0x76, 0x93, 0x76, 0x12, 0x29, 0x76, 0x52, 0x09, 0xbb, 0x09, 0xbb, 0x12, 0xd4, 0xba, 0x52,
        0x64, 0xdd, 0x64, 0xdd, 0x12, 0x4a, 0xdd, 0x52, 0xa2, 0x6e, 0xa2, 0x6e, 0x12, 0x95, 0x6e, 0x52, 0x49,
        0x37, 0x49, 0x37, 0x12, 0xc5, 0x36, 0x52, 0xc2, 0x36, 0x84, 0x6d, 0x12, 0x0a, 0xdd, 0x52, 0xd8, 0x6f,
        0x00, 0x00,
    ];

    #[test]
    fn a_real_chunk_is_decoded() {
        assert_eq!(decode(&BOTTLES, bottles().len()).unwrap(), bottles());
    }

    #[test]
    fn damaged_chunks_do_no_harm() {
        // The last unit is but lookahead.
        mistreat(Codec::Xpress, &BOTTLES[..BOTTLES.len() - 2], &bottles());
    }
}
