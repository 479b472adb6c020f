//! LZX as WIM files use it: LZ77 with Huffman codes and call translation.
//!
//! The published description is \[MS-PATCH\] (LZX DELTA). The WIM form has
//! neither its extensions nor the header bit for call translation, which is
//! always on; the window is one chunk and nothing is kept from chunk to chunk.
//!
//! A chunk is a sequence of blocks, each with its own codes. Symbols of the
//! main code below 256 are literal bytes; the others give the slot of the
//! offset and the lower part of the match length, for which a second code may
//! continue. The first three slots mean one of the three last used offsets. In
//! an aligned block the lowest three bits of larger offsets have a code too. An
//! uncompressed block is stored as it is. Code lengths are sent as differences
//! to those of the previous block, in a code of their own (the pre-code).

use super::CodecError;
use super::bits::{ForwardBits, REFILLED, swap_units};
use super::huffman::{Entry, LITERAL_RUN, Table};
use super::lz_copy::copy_match;
use super::lzx_e8::undo_call_translation;

const LITERALS: usize = 256;
const LENGTH_HEADERS: usize = 8;
const MAX_SLOTS: usize = 50;
const MAIN_SYMBOLS: usize = LITERALS + LENGTH_HEADERS * MAX_SLOTS;
const LENGTH_SYMBOLS: usize = 249;
const ALIGNED_SYMBOLS: usize = 8;
const PRECODE_SYMBOLS: usize = 20;

const MIN_MATCH: usize = 2;
/// Slots of the three last used offsets; the following ones hold new offsets,
/// which are stored with this much added.
const REPEAT_SLOTS: u32 = 3;
const OFFSET_BIAS: u32 = REPEAT_SLOTS - 1;
/// So many low bits of an offset have a code in aligned blocks.
const ALIGNED_BITS: u32 = 3;
const DEFAULT_BLOCK_SIZE: usize = 32_768;
/// Payload of a main symbol: literals are their byte, for matches
/// `MATCH | slot << 8 | plain offset bits << 3 | length header`.
const MATCH: u32 = 1 << 16;
/// The lowest bits of the offset have a code.
const ALIGNED: u32 = 1 << 15;
/// The length goes on in the length code.
const LONG: u32 = 7;

/// Decoder of LZX chunks.
#[derive(Debug)]
pub struct Decoder {
    chunk_size: usize,
    /// The input as a stream of bytes.
    swapped: Box<[u8]>,
    main_symbols: usize,
    verbatim_symbols: [Entry; MAIN_SYMBOLS],
    aligned_symbols: [Entry; MAIN_SYMBOLS],
    plain_symbols: [Entry; LENGTH_SYMBOLS],
    /// Padded, so that no index of 6 bits is too large.
    slot_bases: [u32; 64],
    main_lengths: [u8; MAIN_SYMBOLS],
    length_lengths: [u8; LENGTH_SYMBOLS],
    main_code: Table<2048, MAIN_SYMBOLS>,
    length_code: Table<1024, LENGTH_SYMBOLS>,
    aligned_code: Table<128, ALIGNED_SYMBOLS>,
    precode: Table<256, PRECODE_SYMBOLS>,
}

/// The last used offsets, the latest first.
#[derive(Debug, Clone, Copy)]
struct Recent([u32; REPEAT_SLOTS as usize]);

impl Recent {
    /// The offset that `slot` stands for, which is `new` if it is none of the
    /// last used ones; it comes to the front.
    ///
    /// Nobody can predict the slot: selecting is faster than branching.
    #[inline(always)]
    fn choose(&mut self, slot: u32, new: u32) -> u32 {
        let [first, second, third] = self.0;
        let index = slot.min(REPEAT_SLOTS) as usize;
        let offset = [first, second, third, new][index];
        let next = [second, first, second, first][index];
        let last = [third, third, first, second][index];
        self.0 = [offset, next, last];
        offset
    }
}

impl Decoder {
    /// A decoder of chunks of at most `chunk_size` bytes.
    #[must_use]
    pub fn new(chunk_size: u32) -> Self {
        let (slot_bases, slot_bits) = slots();
        let slots = slot_bases.iter().filter(|&&base| base < chunk_size).count();
        let mut padded_bases = [0; 64];
        padded_bases[..MAX_SLOTS].copy_from_slice(&slot_bases);
        Self {
            chunk_size: chunk_size as usize,
            swapped: vec![0; chunk_size as usize].into_boxed_slice(),
            main_symbols: LITERALS + LENGTH_HEADERS * slots,
            verbatim_symbols: main_symbols(&slot_bits, false),
            aligned_symbols: main_symbols(&slot_bits, true),
            plain_symbols: Entry::symbols(),
            slot_bases: padded_bases,
            main_lengths: [0; MAIN_SYMBOLS],
            length_lengths: [0; LENGTH_SYMBOLS],
            main_code: Table::new(),
            length_code: Table::new(),
            aligned_code: Table::new(),
            precode: Table::new(),
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
        let mut swapped = std::mem::take(&mut self.swapped);
        let result = self.read_blocks(input, &mut swapped, output);
        self.swapped = swapped;
        result?;
        undo_call_translation(output);
        Ok(())
    }

    fn read_blocks(&mut self, input: &[u8], swapped: &mut [u8], output: &mut [u8]) -> Result<(), CodecError> {
        self.main_lengths.fill(0);
        self.length_lengths.fill(0);
        let mut recent = Recent([1; REPEAT_SLOTS as usize]);
        let mut bits = ForwardBits::new(swap_units(input, 0, swapped));
        let mut at = 0;
        while at < output.len() {
            at = self.read_block(&mut bits, input, output, at, &mut recent)?;
            if bits.overrun() {
                return Err(CodecError { what: "the compressed data ends too early", at: input.len() });
            }
        }
        Ok(())
    }

    /// Decodes the block whose output starts at `at`; returns where it ends.
    fn read_block(
        &mut self,
        bits: &mut ForwardBits<'_>,
        input: &[u8],
        output: &mut [u8],
        at: usize,
        recent: &mut Recent,
    ) -> Result<usize, CodecError> {
        let kind = bits.read(3);
        let size = self.read_block_size(bits);
        if size == 0 || size > output.len() - at {
            return Err(error(*bits, "a block has a wrong size"));
        }
        let end = at + size;
        match kind {
            1 => {
                self.read_codes(bits, false)?;
                self.read_items::<false>(bits, output, at..end, recent)?;
            }
            2 => {
                self.read_aligned_code(bits)?;
                self.read_codes(bits, true)?;
                self.read_items::<true>(bits, output, at..end, recent)?;
            }
            3 => read_uncompressed(bits, input, &mut output[at..end], recent)?,
            _ => return Err(error(*bits, "a block has an unknown type")),
        }
        Ok(end)
    }

    fn read_block_size(&self, bits: &mut ForwardBits<'_>) -> usize {
        if bits.read(1) == 1 {
            DEFAULT_BLOCK_SIZE
        } else if self.chunk_size > 1 << 15 {
            bits.read(24) as usize
        } else {
            bits.read(16) as usize
        }
    }

    fn read_aligned_code(&mut self, bits: &mut ForwardBits<'_>) -> Result<(), CodecError> {
        let lengths: [u8; ALIGNED_SYMBOLS] = std::array::from_fn(|_| bits.read(3) as u8);
        self.aligned_code
            .build(&lengths, &self.plain_symbols)
            .map_err(|_| error(*bits, "the Huffman code of aligned offsets is not complete"))
    }

    /// Reads the main code, which comes in two parts, and the length code.
    fn read_codes(&mut self, bits: &mut ForwardBits<'_>, aligned: bool) -> Result<(), CodecError> {
        let (literals, matches) = self.main_lengths[..self.main_symbols].split_at_mut(LITERALS);
        for lengths in [literals, matches, &mut self.length_lengths] {
            let pre_lengths: [u8; PRECODE_SYMBOLS] = std::array::from_fn(|_| bits.read(4) as u8);
            self.precode
                .build(&pre_lengths, &self.plain_symbols)
                .map_err(|_| error(*bits, "the Huffman pre-code is not complete"))?;
            read_lengths(bits, &self.precode, lengths)?;
        }
        let symbols = if aligned { &self.aligned_symbols } else { &self.verbatim_symbols };
        self.main_code
            .build(&self.main_lengths[..self.main_symbols], symbols)
            .map_err(|_| error(*bits, "the main Huffman code is not complete"))?;
        self.length_code
            .build_or_empty(&self.length_lengths, &self.plain_symbols)
            .map_err(|_| error(*bits, "the Huffman code of lengths is not complete"))
    }

    /// Decodes literals and matches until `range` of the output is full.
    fn read_items<const ALIGNED_BLOCK: bool>(
        &self,
        stream: &mut ForwardBits<'_>,
        output: &mut [u8],
        range: std::ops::Range<usize>,
        last_used: &mut Recent,
    ) -> Result<(), CodecError> {
        // Local copies, which can stay in registers.
        let mut bits = *stream;
        let mut recent = *last_used;
        let mut at = range.start;
        let output = &mut output[..range.end];
        bits.refill();
        // Each symbol is looked up before the match in front of it is copied.
        let mut entry = self.main_code.look_up_short(bits.window());
        while let Some(room) = output[at..].first_chunk_mut::<LITERAL_RUN>() {
            let literals = self.main_code.decode_literals(&mut bits, &mut entry, room);
            at += literals;
            if literals == LITERAL_RUN {
                // The output may be full.
                continue;
            }
            if entry.is_none() {
                bits.refill();
                entry = self.main_code.look_up_long(bits.window());
            }
            if !entry.is_literal() {
                let (offset, length) = self.read_match::<ALIGNED_BLOCK>(&mut bits, entry, &mut recent)?;
                bits.refill();
                entry = self.main_code.look_up_short(bits.window());
                copy_match(output, at, offset, length).ok_or_else(|| outside(bits))?;
                at += length;
            }
        }
        while at < output.len() {
            bits.refill();
            let entry = self.main_code.look_up(bits.window());
            if entry.is_literal() {
                output[at] = entry.payload() as u8;
                bits.consume_entry(entry);
                at += 1;
            } else {
                let (offset, length) = self.read_match::<ALIGNED_BLOCK>(&mut bits, entry, &mut recent)?;
                copy_match(output, at, offset, length).ok_or_else(|| outside(bits))?;
                at += length;
            }
        }
        *stream = bits;
        *last_used = recent;
        Ok(())
    }

    /// Offset and length of the match that `entry` begins.
    #[inline(always)]
    fn read_match<const ALIGNED_BLOCK: bool>(
        &self,
        bits: &mut ForwardBits<'_>,
        entry: Entry,
        recent: &mut Recent,
    ) -> Result<(usize, usize), CodecError> {
        let plain_bits = entry.payload() >> 3 & 31;
        let mut window = bits.window();
        let mut behind_plain = entry.bits();
        let mut length = (entry.payload() & LONG) as usize + MIN_MATCH;
        if entry.payload() & LONG == LONG {
            bits.consume(behind_plain - plain_bits);
            let more = self.length_code.look_up(bits.window());
            if more.is_none() {
                return Err(error(*bits, "a length is needed but its Huffman code is empty"));
            }
            bits.consume_entry(more);
            bits.refill();
            length += more.payload() as usize;
            window = bits.window() >> 1;
            behind_plain = plain_bits + 1;
            bits.consume(plain_bits);
        } else {
            bits.consume_entry(entry);
        }
        let plain = (window >> (64 - behind_plain)) as u32 & ((1 << plain_bits) - 1);
        let slot = entry.payload() >> 8 & 63;
        let mut offset = self.slot_bases[slot as usize] + plain;
        if ALIGNED_BLOCK {
            // Whether there is an aligned symbol is as unpredictable as the
            // slot: it is always looked up, and masked.
            let low = self.aligned_code.look_up_short(bits.window());
            let mask = 0u32.wrapping_sub(entry.payload() / ALIGNED & 1);
            bits.consume(low.bits() & mask);
            offset += (plain * ((1 << ALIGNED_BITS) - 1) + low.payload()) & mask;
        }
        let offset = recent.choose(slot, offset.wrapping_sub(OFFSET_BIAS));
        Ok((offset as usize, length))
    }
}

#[cold]
fn outside(bits: ForwardBits<'_>) -> CodecError {
    error(bits, "a match reaches outside of its block")
}

// Whatever a match may need fits into one refill: main code 16 bits, then
// either a length code 16 and a refill or nothing; 17 offset bits.
const _: () = assert!(REFILLED >= 16 + 17 && REFILLED >= 16 + 16 && REFILLED >= 3 * 16);

#[cold]
fn error(bits: ForwardBits<'_>, what: &'static str) -> CodecError {
    CodecError { what, at: bits.position() }
}

/// For each slot the first offset (with the bias) and how many bits follow.
fn slots() -> ([u32; MAX_SLOTS], [u32; MAX_SLOTS]) {
    let bits: [u32; MAX_SLOTS] = std::array::from_fn(|slot| (slot as u32 / 2).saturating_sub(1).min(17));
    let mut next = 0;
    let bases = bits.map(|bits| {
        let base = next;
        next += 1 << bits;
        base
    });
    (bases, bits)
}

/// What to note in the table for each main symbol.
fn main_symbols(slot_bits: &[u32; MAX_SLOTS], aligned: bool) -> [Entry; MAIN_SYMBOLS] {
    let mut symbols = Entry::symbols();
    for (symbol, entry) in symbols[LITERALS..].iter_mut().enumerate() {
        let slot = symbol / LENGTH_HEADERS;
        let header = (symbol % LENGTH_HEADERS) as u32;
        let mut bits = slot_bits[slot];
        let mut payload = MATCH | (slot as u32) << 8 | header;
        if aligned && bits >= ALIGNED_BITS {
            bits -= ALIGNED_BITS;
            payload |= ALIGNED;
        }
        *entry = Entry::new(payload | bits << 3, bits);
    }
    symbols
}

/// Reads code lengths as differences to those in `lengths`.
fn read_lengths(
    bits: &mut ForwardBits<'_>,
    precode: &Table<256, PRECODE_SYMBOLS>,
    lengths: &mut [u8],
) -> Result<(), CodecError> {
    let mut at = 0;
    while at < lengths.len() {
        let symbol = read_symbol(bits, precode);
        let (value, run) = match symbol {
            17 => (0, 4 + bits.take(4) as usize),
            18 => (0, 20 + bits.take(5) as usize),
            19 => {
                let run = 4 + bits.take(1) as usize;
                let delta = read_symbol(bits, precode);
                if delta > 16 {
                    return Err(error(*bits, "a run of code lengths has no length"));
                }
                (difference(lengths[at], delta), run)
            }
            delta => (difference(lengths[at], delta), 1),
        };
        let Some(run) = lengths[at..].get_mut(..run) else {
            return Err(error(*bits, "a run of code lengths is too long"));
        };
        run.fill(value);
        at += run.len();
    }
    Ok(())
}

fn read_symbol(bits: &mut ForwardBits<'_>, precode: &Table<256, PRECODE_SYMBOLS>) -> u32 {
    bits.refill();
    let entry = precode.look_up(bits.window());
    bits.consume(entry.bits());
    entry.payload()
}

/// `old - delta` modulo 17.
fn difference(old: u8, delta: u32) -> u8 {
    let value = u32::from(old) + 17 - delta;
    (if value >= 17 { value - 17 } else { value }) as u8
}

/// Copies a stored block, which brings its own last used offsets.
fn read_uncompressed(
    bits: &mut ForwardBits<'_>,
    input: &[u8],
    output: &mut [u8],
    recent: &mut Recent,
) -> Result<(), CodecError> {
    const HEADER: usize = 12;
    let cut_off = error(*bits, "an uncompressed block is cut off");
    // The block starts with a unit: with the one after next if the next one has
    // not been begun.
    let start = bits.position() / 2 * 2 + 2;
    let bytes = input.get(start..).ok_or(cut_off)?;
    let (header, bytes) = bytes.split_at_checked(HEADER).ok_or(cut_off)?;
    let bytes = bytes.get(..output.len()).ok_or(cut_off)?;
    for (offset, bytes) in recent.0.iter_mut().zip(header.as_chunks().0) {
        *offset = u32::from_le_bytes(*bytes);
        if *offset == 0 {
            return Err(CodecError { what: "an uncompressed block sets a zero offset", ..cut_off });
        }
    }
    output.copy_from_slice(bytes);
    bits.seek(start + HEADER + output.len().next_multiple_of(2));
    Ok(())
}
