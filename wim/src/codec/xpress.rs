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
