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
        while at < output.len() {
            self.bits.refill();
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
