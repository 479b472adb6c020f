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
            let mask = 0u32.wrapping_sub((entry.payload() / ALIGNED) & 1);
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

// What a match may need fits between two refills, even after one literal: main
// code, then a length code or 17 offset bits or 14 and an aligned code.
const _: () = assert!(REFILLED - 16 >= 16 + 17 && REFILLED - 16 >= 16 + 14 + 7);

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

#[cfg(test)]
mod tests {
    use super::super::tests::{bottles, mistreat};
    use super::super::{Codec, CodecError};
    use super::*;

    const MAIN_32K: usize = LITERALS + LENGTH_HEADERS * 30;

    fn decode(input: &[u8], size: usize) -> Result<Vec<u8>, CodecError> {
        let mut output = vec![0xEE; size];
        Decoder::new(32_768).decode(input, &mut output).map(|()| output)
    }

    /// Writes 16-bit units, high bit first.
    #[derive(Default)]
    struct Writer {
        bytes: Vec<u8>,
        unit: u16,
        bits: u32,
    }

    impl Writer {
        fn put(&mut self, value: usize, bits: u32) -> &mut Self {
            for bit in (0..bits).rev() {
                self.unit = self.unit << 1 | (value.checked_shr(bit).unwrap_or(0) & 1) as u16;
                self.bits += 1;
                if self.bits == 16 {
                    self.bytes.extend(self.unit.to_le_bytes());
                    self.bits = 0;
                }
            }
            self
        }

        /// A symbol of the canonical code with these lengths.
        fn put_symbol(&mut self, lengths: &[u8], symbol: usize) -> &mut Self {
            let mut code = 0;
            for length in 1..=16 {
                for (other, _) in lengths.iter().enumerate().filter(|&(_, &l)| l == length) {
                    if other == symbol {
                        return self.put(code, u32::from(length));
                    }
                    code += 1;
                }
                code <<= 1;
            }
            panic!("symbol {symbol} has no code");
        }

        fn header(&mut self, kind: usize, size: usize) -> &mut Self {
            self.put(kind, 3).put(0, 1).put(size, 16)
        }

        /// The change of code lengths from `old` to `new`, length by length.
        fn put_lengths(&mut self, old: &[u8], new: &[u8]) -> &mut Self {
            // 12 codes of 4 bits and 8 of 5 are complete.
            let precode: Vec<u8> = (0..20).map(|symbol| if symbol < 12 { 4 } else { 5 }).collect();
            for &length in &precode {
                self.put(usize::from(length), 4);
            }
            let mut at = 0;
            while at < new.len() {
                let run = new[at..].iter().take_while(|&&length| length == new[at]).count();
                let delta = usize::from((old[at] + 17 - new[at]) % 17);
                if new[at] == 0 && run >= 20 {
                    let run = run.min(51);
                    self.put_symbol(&precode, 18).put(run - 20, 5);
                    at += run;
                } else if new[at] == 0 && run >= 4 {
                    let run = run.min(19);
                    self.put_symbol(&precode, 17).put(run - 4, 4);
                    at += run;
                } else if run >= 4 {
                    let run = run.min(5);
                    self.put_symbol(&precode, 19).put(run - 4, 1).put_symbol(&precode, delta);
                    at += run;
                } else {
                    self.put_symbol(&precode, delta);
                    at += 1;
                }
            }
            self
        }

        fn put_codes(&mut self, old: &Lengths, new: &Lengths) -> &mut Self {
            self.put_lengths(&old.main[..LITERALS], &new.main[..LITERALS])
                .put_lengths(&old.main[LITERALS..], &new.main[LITERALS..])
                .put_lengths(&old.length, &new.length)
        }

        fn finish(&mut self) -> Vec<u8> {
            while self.bits != 0 {
                self.put(0, 1);
            }
            std::mem::take(&mut self.bytes)
        }
    }

    struct Lengths {
        main: Vec<u8>,
        length: Vec<u8>,
    }

    impl Lengths {
        fn new(main: &[(usize, u8)], length: &[(usize, u8)]) -> Self {
            let spread = |size, pairs: &[(usize, u8)]| {
                let mut lengths = vec![0; size];
                for &(symbol, length) in pairs {
                    lengths[symbol] = length;
                }
                lengths
            };
            Self { main: spread(MAIN_32K, main), length: spread(LENGTH_SYMBOLS, length) }
        }
    }

    fn match_symbol(slot: usize, header: usize) -> usize {
        LITERALS + LENGTH_HEADERS * slot + header
    }

    fn none() -> Lengths {
        Lengths::new(&[], &[])
    }

    #[test]
    fn a_verbatim_block_with_all_kinds_of_matches() {
        let [a, b] = [0x61, 0x62];
        let new = match_symbol(4, 1); // offsets 4 and 5 less 2, length 3
        let [first, second, third] = [0, 1, 2].map(|slot| match_symbol(slot, 0)); // length 2
        let long = match_symbol(3, 7); // offset 1, length 9 and more
        let codes = Lengths::new(
            &[(a, 3), (b, 3), (new, 3), (first, 3), (second, 3), (third, 3), (long, 2)],
            &[(0, 1), (248, 1)],
        );
        let mut writer = Writer::default();
        writer.header(1, 2 + 3 + 2 + 2 + 2 + 257 + 9 + 2).put_codes(&none(), &codes);
        for symbol in [a, b] {
            writer.put_symbol(&codes.main, symbol);
        }
        writer.put_symbol(&codes.main, new).put(0, 1); // offset 2: queue 2 1 1
        writer.put_symbol(&codes.main, second); // offset 1: queue 1 2 1
        writer.put_symbol(&codes.main, first); // offset 1
        writer.put_symbol(&codes.main, second); // offset 2: queue 2 1 1
        writer.put_symbol(&codes.main, long).put_symbol(&codes.length, 248); // 257 bytes
        writer.put_symbol(&codes.main, long).put_symbol(&codes.length, 0); // queue 1 1 2
        writer.put_symbol(&codes.main, third); // offset 2
        let mut expected = b"ababaaaaaaa".to_vec();
        expected.extend([b'a'; 257 + 9 + 2]);
        assert_eq!(decode(&writer.finish(), expected.len()).unwrap(), expected);
    }

    #[test]
    fn an_aligned_block_and_lengths_relative_to_the_last_block() {
        let symbols: Vec<usize> = (0x61..0x71).collect();
        // Slot 8: 3 bits from 16 on, of which all are aligned; slot 10: 4 bits
        // from 32 on.
        let [near, far] = [match_symbol(8, 2), match_symbol(10, 2)];
        let mut pairs: Vec<(usize, u8)> = symbols.iter().map(|&symbol| (symbol, 5)).collect();
        let first = Lengths::new(&[&pairs[..], &[(near, 1)]].concat(), &[]);
        for pair in &mut pairs {
            pair.1 = 6;
        }
        let second = Lengths::new(&[&pairs[..], &[(near, 2), (far, 1)]].concat(), &[]);
        let aligned = [3u8, 3, 3, 3, 3, 3, 3, 3];
        let mut writer = Writer::default();
        writer.header(1, 16).put_codes(&none(), &first);
        for &symbol in &symbols {
            writer.put_symbol(&first.main, symbol);
        }
        writer.header(2, 8 + 4).put(0, 0);
        for length in aligned {
            writer.put(usize::from(length), 3);
        }
        writer.put_codes(&first, &second);
        // Matches of length 4 at 16 - 2 = 14 bytes and at 15.
        writer.put_symbol(&second.main, near).put_symbol(&aligned, 0);
        writer.put_symbol(&second.main, near).put_symbol(&aligned, 1);
        // And at 21 bytes.
        let mut bad = Writer { bytes: writer.bytes.clone(), ..writer };
        writer.put_symbol(&second.main, near).put_symbol(&aligned, 7);
        let plain = decode(&writer.finish(), 28).unwrap();
        assert_eq!(plain, b"abcdefghijklmnopcdeffghidefg");
        // 32 + 2 - 2 bytes back is before the chunk.
        bad.put_symbol(&second.main, far).put(0, 1).put_symbol(&aligned, 2);
        assert!(decode(&bad.finish(), 28).is_err());
    }

    /// An uncompressed block after `before` bits of another one.
    fn uncompressed(literals: usize, offsets: [u32; 3]) -> Result<Vec<u8>, CodecError> {
        let codes = Lengths::new(&[(0x61, 1), (match_symbol(2, 0), 1)], &[]);
        let mut writer = Writer::default();
        writer.header(1, literals).put_codes(&none(), &codes);
        for _ in 0..literals {
            writer.put_symbol(&codes.main, 0x61);
        }
        writer.header(3, 3);
        if writer.bits == 0 {
            writer.put(0, 16);
        }
        let mut bytes = writer.finish();
        for offset in offsets {
            bytes.extend(offset.to_le_bytes());
        }
        bytes.extend(b"xyz\0");
        let mut writer = Writer { bytes, ..Writer::default() };
        writer.header(1, 4).put_codes(&codes, &codes);
        writer.put_symbol(&codes.main, 0x61).put_symbol(&codes.main, match_symbol(2, 0));
        writer.put_symbol(&codes.main, 0x61);
        decode(&writer.finish(), literals + 3 + 4)
    }

    #[test]
    fn uncompressed_blocks_start_at_any_bit() {
        for literals in 1..40 {
            let mut expected = vec![b'a'; literals];
            expected.extend(b"xyzayza");
            assert_eq!(uncompressed(literals, [1, 1, 3]).unwrap(), expected, "{literals}");
        }
    }

    #[test]
    fn zero_and_too_large_offsets_are_errors() {
        assert!(uncompressed(5, [0, 1, 3]).is_err());
        assert!(uncompressed(5, [1, 1, 0]).is_err());
        assert!(uncompressed(5, [1, 1, u32::MAX]).is_err());
        assert!(uncompressed(5, [1, 1, 10]).is_err());
        assert!(uncompressed(5, [1, 1, 9]).is_ok());
    }

    #[test]
    fn bad_headers_are_errors() {
        for kind in [0, 4, 5, 6, 7] {
            assert!(decode(&Writer::default().header(kind, 4).put(0, 80).finish(), 4).is_err());
        }
        for size in [0, 5] {
            let mut writer = Writer::default();
            let mut bytes = writer.header(3, size).finish();
            bytes.extend([1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 9, 9, 9, 9, 9, 9]);
            assert!(decode(&bytes, 4).is_err());
        }
        // A default size larger than the chunk.
        assert!(decode(&Writer::default().put(3, 3).put(1, 1).put(0, 200).finish(), 4).is_err());
    }

    #[test]
    fn bad_codes_are_errors() {
        // All of these have an incomplete or too large code somewhere.
        let pair = [(0x61, 1), (0x62, 1)];
        for (main, length) in [
            (&pair[..1], &[][..]),
            (&[], &[]),
            (&pair, &[(0, 1)]),
            (&pair, &[(0, 1), (1, 1), (2, 1)]),
            (&[(0x61, 1), (0x62, 1), (0x63, 1)], &[]),
        ] {
            let codes = Lengths::new(main, length);
            let mut writer = Writer::default();
            writer.header(1, 4).put_codes(&none(), &codes).put(0, 64);
            assert!(decode(&writer.finish(), 4).is_err());
        }
        // A long match, but no code of lengths.
        let codes = Lengths::new(&[(0x61, 1), (match_symbol(0, 7), 1)], &[]);
        let mut writer = Writer::default();
        writer.header(1, 40).put_codes(&none(), &codes).put(0b01, 2).put(0, 64);
        assert!(decode(&writer.finish(), 40).is_err());
    }

    #[test]
    fn larger_windows_have_more_slots_and_longer_sizes() {
        let slots = |chunk_size| (Decoder::new(chunk_size).main_symbols - LITERALS) / LENGTH_HEADERS;
        let sizes = [15, 16, 17, 18, 19, 20, 21].map(|order| slots(1 << order));
        assert_eq!(sizes, [30, 32, 34, 36, 38, 42, 50]);
        let mut writer = Writer::default();
        let mut bytes = writer.put(3, 3).put(0, 1).put(70_000, 24).finish();
        bytes.extend([1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0]);
        bytes.extend(vec![7; 70_000]);
        let mut output = vec![0; 70_000];
        Decoder::new(1 << 17).decode(&bytes, &mut output).unwrap();
        assert_eq!(output, vec![7; 70_000]);
    }

    #[rustfmt::skip]
    const BOTTLES: [u8; 174] = [0x61, 0x20, 0x00, 0x03, 0x00, 0x00, 0x03, 0x00, 0x55, 0x22, 0x53, 0x00, 0x35, 0x5f, 0xef, 0xc1, 0xcb, 0x9e, 0xf0, 0x07, 0x74, 0x19, 0x78, 0x50, 0x23, 0x2b, 0x40, 0x16, 0x25, 0x6c, 0xdf, 0xdf, 0x20, 0xcc, 0x00, 0x00, 0x00, 0x00, 0x00, 0x24, 0x02, 0x40, 0x8f, 0x30, 0xe2, 0xf7, 0x61, 0x6b, 0x81, 0x41, 0x8e, 0x06, 0xb7, 0x8f, 0xee, 0xf7, 0x00, 0x40, 0x00, 0x00, 0x00, 0x00, 0x42, 0x03, 0x20, 0x02, 0x6e, 0x43, 0xf2, 0x1e, 0x05, 0xfb, 0xf7, 0xfb, 0x55, 0xd0, 0xda, 0x41, 0x48, 0xa2, 0x3a, 0x65, 0x29, 0x52, 0x7b, 0xb0, 0xe8, 0x24, 0xc2, 0x49, 0x14, 0x72, 0x0d, 0x7a, 0x18, 0xd9, 0x0a, 0xf5, 0xa3, 0xf9, 0x64, 0xb8, 0x21, 0x9a, 0xac, 0xa7, 0xb8, 0x9f, 0xcf, 0x06, 0x88, 0x9f, 0x33, 0xb4, 0xe0, 0x3c, 0x95, 0xd4, 0xf7, 0x3d, 0xa7, 0x91, 0x7d, 0xfd, 0x50, 0xed, 0x08, 0x6f, 0x64, 0xc4, 0x7c, 0x81, 0xfb, 0x79, 0x5f, 0x74, 0xcb, 0x2b, 0x77, 0xe6, 0x62, 0x12, 0x4d, 0x5c, 0x30, 0x81, 0x06, 0x2e, 0x97, 0xbc, 0xf3, 0x96, 0x4b, 0x5c, 0x71, 0x8b, 0x25, 0xad, 0xb4, 0xa5, 0x12, 0xd6, 0xd8, 0xc2, 0xc9, 0x6a, 0x6b, 0x59, 0x88, 0x32, 0xa8, 0xa2, 0x10, 0xd5];

    #[test]
    fn a_real_chunk_is_decoded() {
        assert_eq!(decode(&BOTTLES, bottles().len()).unwrap(), bottles());
    }

    #[test]
    fn damaged_chunks_do_no_harm() {
        mistreat(Codec::Lzx, &BOTTLES, &bottles());
    }
}
