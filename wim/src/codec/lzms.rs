//! LZMS: LZ77 with delta matches, a range coder and adaptive Huffman codes.
//!
//! Microsoft has not published this format. A chunk is one block that is read
//! from both ends: a range coder at the front decides what kind of item comes
//! next, the back holds Huffman codes and plain bits. An item is a literal
//! byte, an LZ match (offset and length) or a delta match, which predicts each
//! byte from the one a power of two before it plus the difference found at an
//! offset. Recently used offsets are kept in queues which an item enters one
//! item late. In the end an x86 filter is undone over the whole chunk.

use super::CodecError;
use super::bits::BackwardBits;
use super::lz_copy::copy_match;
use super::lzms_code::AdaptiveCode;
use super::lzms_range::{Contexts, RangeDecoder, State};
use super::lzms_slots::{LENGTH_SLOTS, LENGTHS, OFFSET_SLOTS, OFFSETS, Slot, offset_slots};
use super::lzms_x86::X86Filter;

/// The Huffman stream and the range coder need at least so many bytes.
const MIN_INPUT: usize = 4;
const LITERALS: usize = 256;
const DELTA_POWERS: usize = 8;
/// How many recently used offsets may be named.
const RECENT: usize = 3;

/// Decoder of LZMS chunks.
#[derive(Debug)]
pub struct Decoder {
    chunk_size: usize,
    choices: Choices,
    codes: Codes,
    filter: X86Filter,
}

/// Contexts of the range-coded decisions.
#[derive(Debug)]
struct Choices {
    /// Literal or match.
    is_match: Contexts<16>,
    /// LZ match or delta match.
    is_delta: Contexts<32>,
    /// New offset or recent one.
    lz_is_recent: Contexts<64>,
    /// Not the first recent offset, not the second one.
    lz_recent: [Contexts<64>; RECENT - 1],
    delta_is_recent: Contexts<64>,
    delta_recent: [Contexts<64>; RECENT - 1],
}

/// The current contexts of the range-coded decisions.
#[derive(Debug, Clone, Copy, Default)]
struct States {
    is_match: State,
    is_delta: State,
    lz_is_recent: State,
    lz_recent: [State; RECENT - 1],
    delta_is_recent: State,
    delta_recent: [State; RECENT - 1],
}

/// The adaptive Huffman codes.
#[derive(Debug)]
struct Codes {
    literal: AdaptiveCode<1024, LITERALS>,
    lz_offset: AdaptiveCode<1024, OFFSET_SLOTS>,
    length: AdaptiveCode<512, LENGTH_SLOTS>,
    delta_offset: AdaptiveCode<1024, OFFSET_SLOTS>,
    delta_power: AdaptiveCode<128, DELTA_POWERS>,
}

/// Recently used offsets, the latest first.
///
/// An offset can be named only after one more item has been decoded. It enters
/// the queue at once; if it does so with the very last item it is skipped.
#[derive(Debug)]
struct Queue<T> {
    offsets: [T; RECENT + 1],
    entered_last: bool,
}

impl<T: Copy> Queue<T> {
    fn new(offsets: [T; RECENT + 1]) -> Self {
        Self { offsets, entered_last: false }
    }

    /// Moves the offset named by `index` (below 3) to the front.
    #[inline(always)]
    fn reuse(&mut self, index: usize) -> T {
        let place = index + usize::from(self.entered_last);
        let offset = self.offsets[place];
        self.offsets.copy_within(..place, 1);
        self.offsets[0] = offset;
        self.entered_last = true;
        offset
    }

    #[inline(always)]
    fn enter(&mut self, offset: T) {
        let [first, second, third, _] = self.offsets;
        self.offsets = [offset, first, second, third];
        self.entered_last = true;
    }
}

/// A delta match predicts from `1 << power` bytes back and from
/// `raw_offset << power` bytes back.
#[derive(Debug, Clone, Copy)]
struct DeltaOffset {
    power: u32,
    raw_offset: u32,
}

impl Decoder {
    /// A decoder of chunks of at most `chunk_size` bytes.
    #[must_use]
    pub fn new(chunk_size: u32) -> Self {
        Self {
            chunk_size: chunk_size as usize,
            choices: Choices {
                is_match: Contexts::new(),
                is_delta: Contexts::new(),
                lz_is_recent: Contexts::new(),
                lz_recent: [Contexts::new(), Contexts::new()],
                delta_is_recent: Contexts::new(),
                delta_recent: [Contexts::new(), Contexts::new()],
            },
            codes: Codes {
                literal: AdaptiveCode::new(1024),
                lz_offset: AdaptiveCode::new(1024),
                length: AdaptiveCode::new(512),
                delta_offset: AdaptiveCode::new(1024),
                delta_power: AdaptiveCode::new(512),
            },
            filter: X86Filter::new(),
        }
    }

    /// Decodes one chunk; `output.len()` is its exact uncompressed size.
    ///
    /// # Errors
    /// When `output` is larger than a chunk or the input is malformed.
    pub fn decode(&mut self, input: &[u8], output: &mut [u8]) -> Result<(), CodecError> {
        let wrong = |what| Err(CodecError { what, at: 0 });
        if output.len() > self.chunk_size {
            return wrong("the chunk is larger than its format allows");
        }
        if input.len() < MIN_INPUT || !input.len().is_multiple_of(2) {
            return wrong("the compressed size is odd or less than four");
        }
        self.choices.reset();
        self.codes.reset(output.len());
        let items = Items {
            bits: BackwardBits::new(input),
            range: RangeDecoder::new(input),
            choices: &mut self.choices,
            states: States::default(),
            codes: &mut self.codes,
            lz_queue: Queue::new([1, 2, 3, 4]),
            delta_queue: Queue::new([1, 2, 3, 4].map(|raw_offset| DeltaOffset { power: 0, raw_offset })),
        };
        items.read_all(output)?;
        self.filter.undo(output);
        Ok(())
    }
}

impl Choices {
    fn reset(&mut self) {
        self.is_match.reset();
        self.is_delta.reset();
        for contexts in [&mut self.lz_is_recent, &mut self.delta_is_recent]
            .into_iter()
            .chain(&mut self.lz_recent)
            .chain(&mut self.delta_recent)
        {
            contexts.reset();
        }
    }
}

impl Codes {
    fn reset(&mut self, size: usize) {
        let offsets = offset_slots(size);
        self.literal.reset(LITERALS);
        self.lz_offset.reset(offsets);
        self.length.reset(LENGTH_SLOTS);
        self.delta_offset.reset(offsets);
        self.delta_power.reset(DELTA_POWERS);
    }
}

/// The state of decoding one chunk.
struct Items<'a> {
    bits: BackwardBits<'a>,
    range: RangeDecoder<'a>,
    choices: &'a mut Choices,
    states: States,
    codes: &'a mut Codes,
    lz_queue: Queue<u32>,
    delta_queue: Queue<DeltaOffset>,
}

// Everything is inlined into `read_all`, which owns the state: so that it can
// stay in registers.
impl Items<'_> {
    /// Decodes items until the output is full.
    fn read_all(mut self, output: &mut [u8]) -> Result<(), CodecError> {
        let mut at = 0;
        // A short input that claims to be a huge chunk is given up at its end.
        while at < output.len() && self.bits.refill() {
            let written = if !self.read_is_match() {
                output[at] = self.codes.literal.decode(&mut self.bits) as u8;
                self.lz_queue.entered_last = false;
                self.delta_queue.entered_last = false;
                Some(1)
            } else if !self.read_is_delta() {
                self.delta_queue.entered_last = false;
                self.read_lz_match(output, at)
            } else {
                self.lz_queue.entered_last = false;
                self.read_delta_match(output, at)
            };
            match written {
                Some(size) => at += size,
                None => {
                    return Err(CodecError {
                        what: "a match reaches outside of the chunk",
                        at: self.bits.position(),
                    });
                }
            }
        }
        if self.bits.overrun() || self.range.overrun() {
            return Err(CodecError { what: "the compressed data ends too early", at: 0 });
        }
        Ok(())
    }

    #[inline(always)]
    fn read_is_match(&mut self) -> bool {
        self.range.decode(&mut self.choices.is_match, &mut self.states.is_match)
    }

    #[inline(always)]
    fn read_is_delta(&mut self) -> bool {
        self.range.decode(&mut self.choices.is_delta, &mut self.states.is_delta)
    }

    /// Decodes an LZ match; returns its length, `None` if it reaches outside.
    #[inline(always)]
    fn read_lz_match(&mut self, output: &mut [u8], at: usize) -> Option<usize> {
        let is_recent = self.range.decode(&mut self.choices.lz_is_recent, &mut self.states.lz_is_recent);
        let offset = if is_recent {
            let index = read_recent(&mut self.range, &mut self.choices.lz_recent, &mut self.states.lz_recent);
            self.lz_queue.reuse(index)
        } else {
            let slot = self.codes.lz_offset.decode(&mut self.bits);
            let offset = read_number(&mut self.bits, OFFSETS[slot]);
            self.lz_queue.enter(offset);
            offset
        } as usize;
        let length = self.read_length();
        copy_match(output, at, offset, length)?;
        Some(length)
    }

    /// Decodes a delta match; returns its length, `None` if it reaches outside.
    #[inline(always)]
    fn read_delta_match(&mut self, output: &mut [u8], at: usize) -> Option<usize> {
        let is_recent =
            self.range.decode(&mut self.choices.delta_is_recent, &mut self.states.delta_is_recent);
        let DeltaOffset { power, raw_offset } = if is_recent {
            let index =
                read_recent(&mut self.range, &mut self.choices.delta_recent, &mut self.states.delta_recent);
            self.delta_queue.reuse(index)
        } else {
            let power = self.codes.delta_power.decode(&mut self.bits) as u32;
            let slot = self.codes.delta_offset.decode(&mut self.bits);
            self.bits.refill();
            let raw_offset = read_number(&mut self.bits, OFFSETS[slot]);
            let offset = DeltaOffset { power, raw_offset };
            self.delta_queue.enter(offset);
            offset
        };
        let length = self.read_length();
        let span = 1 << power;
        let offset = usize::try_from(u64::from(raw_offset) << power).ok()?;
        if offset.checked_add(span)? > at || length > output.len() - at {
            return None;
        }
        copy_delta(output, at, offset, span, length);
        Some(length)
    }

    #[inline(always)]
    fn read_length(&mut self) -> usize {
        self.bits.refill();
        let slot = self.codes.length.decode(&mut self.bits);
        read_number(&mut self.bits, LENGTHS[slot]) as usize
    }
}

/// Which of the recently used offsets is meant.
#[inline(always)]
fn read_recent(
    range: &mut RangeDecoder<'_>,
    contexts: &mut [Contexts<64>; RECENT - 1],
    states: &mut [State; RECENT - 1],
) -> usize {
    if !range.decode(&mut contexts[0], &mut states[0]) {
        0
    } else if !range.decode(&mut contexts[1], &mut states[1]) {
        1
    } else {
        2
    }
}

#[inline(always)]
fn read_number(bits: &mut BackwardBits<'_>, slot: Slot) -> u32 {
    slot.base + bits.take(slot.bits)
}

/// Writes a delta match: at each byte the step from `span` bytes back is the
/// one seen `offset` bytes before.
#[inline(never)]
fn copy_delta(output: &mut [u8], at: usize, offset: usize, span: usize, length: usize) {
    for at in at..at + length {
        let step = output[at - offset].wrapping_sub(output[at - offset - span]);
        output[at] = output[at - span].wrapping_add(step);
    }
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

    const BOTTLES: [u8; 174] = [
        0x6d, 0x00, 0x07, 0x66, 0x43, 0xb3, 0xfd, 0x7a, 0xbc, 0xca, 0xda, 0x73, 0x4c, 0x0e, 0xeb, 0x78, 0x5a,
        0xba, 0x30, 0xc5, 0xa6, 0xe7, 0x65, 0xdc, 0xd9, 0x75, 0x00, 0x00, 0x00, 0x00, 0xc0, 0x08, 0x93, 0x7c,
        0x4c, 0x72, 0xcc, 0x18, 0x93, 0xbc, 0x4c, 0xb2, 0xcc, 0x28, 0x93, 0xfc, 0x4c, 0xf2, 0xcc, 0x38, 0x93,
        0x3c, 0x4d, 0x32, 0xcd, 0x48, 0x93, 0x7c, 0x4d, 0x72, 0xcd, 0x58, 0x93, 0xbc, 0x4d, 0xb2, 0xcd, 0x68,
        0x93, 0xfc, 0x4d, 0xf2, 0xcd, 0x78, 0x93, 0x3c, 0x4e, 0x32, 0xce, 0x88, 0x93, 0xbc, 0x7d, 0x39, 0xc9,
        0xf7, 0xe5, 0x28, 0xb8, 0x84, 0xc0, 0xe5, 0x54, 0x4b, 0x55, 0xa5, 0x59, 0xb9, 0xe4, 0xae, 0x5b, 0xd7,
        0x34, 0x33, 0x90, 0x3c, 0x6b, 0x8a, 0xae, 0xea, 0x21, 0x4b, 0x1b, 0x1b, 0x0b, 0xab, 0x84, 0xd8, 0xea,
        0xde, 0xd0, 0xe6, 0x40, 0xc0, 0x54, 0x65, 0x96, 0x59, 0x1a, 0x08, 0x59, 0xb5, 0x03, 0xb2, 0x83, 0xdc,
        0x14, 0x03, 0xc2, 0xc2, 0xc6, 0x16, 0x76, 0x07, 0x52, 0x86, 0x46, 0x57, 0xe9, 0xbc, 0x81, 0x54, 0x69,
        0x67, 0x6e, 0x61, 0x68, 0x20, 0x73, 0x65, 0x6c, 0x74, 0x74, 0x6f, 0x62, 0x20, 0x6e, 0x65, 0x65, 0x72,
        0x67, 0x20, 0x30, 0x31,
    ];

    #[test]
    fn a_real_chunk_is_decoded() {
        assert_eq!(decode(&BOTTLES, bottles().len()).unwrap(), bottles());
    }

    #[test]
    fn damaged_chunks_do_no_harm() {
        mistreat(Codec::Lzms, &BOTTLES, &bottles());
        mistreat(Codec::Lzms, &CODE, &code());
    }

    /// Instructions with a few targets, then a table of numbers: something for
    /// the x86 filter and for delta matches.
    fn code() -> Vec<u8> {
        let mut code = Vec::new();
        for _ in 0..40 {
            for (opcode, target) in [
                (&[0xE8][..], 0x4000),
                (&[0x48, 0x8B, 0x05], 0x9000),
                (&[0x48, 0x8D, 0x0D], 0x9100),
                (&[0x4C, 0x8D, 0x05], 0x9000),
                (&[0xFF, 0x15], 0x7000),
                (&[0xE8], 0x4400),
            ] {
                code.extend_from_slice(opcode);
                let behind = code.len() as u32 + 4;
                code.extend((target - behind).to_le_bytes());
            }
        }
        for number in 0..100u32 {
            code.extend((0x1_0000 + number * 0x305).to_le_bytes());
        }
        code
    }

    const CODE: [u8; 76] = [
        0x62, 0x0b, 0xdb, 0x83, 0x74, 0x99, 0x68, 0x2d, 0xf2, 0xd6, 0x90, 0x59, 0x00, 0x00, 0x00, 0x00, 0x00,
        0xdf, 0x90, 0xf4, 0xe5, 0xd7, 0xc0, 0xbf, 0x78, 0x50, 0xab, 0xf3, 0x07, 0xbe, 0x02, 0x06, 0x0a, 0x00,
        0x02, 0xaa, 0x70, 0x4e, 0x7e, 0x96, 0x9f, 0xe5, 0x6b, 0x2c, 0x16, 0x30, 0xb4, 0x8f, 0x5e, 0x05, 0x6f,
        0xfa, 0x15, 0xff, 0x56, 0x85, 0x79, 0x41, 0x23, 0x53, 0x05, 0xd9, 0xde, 0xd0, 0x68, 0x09, 0x8f, 0xf4,
        0x05, 0x8b, 0x48, 0x00, 0x00, 0x3f, 0xfb, 0xe8,
    ];

    #[test]
    fn code_and_numbers_are_decoded() {
        assert_eq!(decode(&CODE, code().len()).unwrap(), code());
    }

    #[test]
    fn odd_and_tiny_inputs_are_errors() {
        for size in [0, 1, 2, 3, 5, 7] {
            assert!(decode(&[0; 8][..size], 4).is_err());
        }
    }

    #[test]
    fn queues_take_in_an_offset_one_item_late() {
        let mut queue = Queue::new([1, 2, 3, 4]);
        queue.enter(9);
        assert_eq!(queue.reuse(0), 1, "9 cannot be named yet");
        assert_eq!(queue.reuse(0), 9);
        queue.entered_last = false;
        assert_eq!(queue.reuse(0), 9, "the last one after another kind of item");
        assert_eq!(queue.reuse(2), 3);
        queue.entered_last = false;
        assert_eq!(queue.reuse(1), 9);
    }

    #[test]
    fn delta_matches_continue_progressions() {
        let mut output = [0, 0, 1, 10, 0, 0, 0, 0, 0, 0];
        output[..4].copy_from_slice(&[5, 100, 7, 110]);
        // Each column of two continues with the step it had two bytes before.
        copy_delta(&mut output, 4, 2, 2, 6);
        assert_eq!(output[..6], [5, 100, 7, 110, 9, 120]);
        assert_eq!(output[6..], [11, 130, 13, 140]);
    }
}
