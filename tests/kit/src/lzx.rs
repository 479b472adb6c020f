//! LZX in the form WIM uses: no header, every chunk for itself, x86 calls always translated.

use crate::bytes::small;
use crate::huffman::{Bits, Code};
use crate::lz::{Limits, Token, tokens};

/// Kinds of blocks that the encoder writes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Blocks {
    /// A verbatim block for each 256 KiB or so of a chunk.
    #[default]
    Verbatim,
    /// Short blocks, in turn verbatim, aligned offset and uncompressed.
    Mixed,
}

/// The value that the operands of translated calls are taken modulo.
const FILE_SIZE: i32 = 12_000_000;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Verbatim = 1,
    Aligned = 2,
    Uncompressed = 3,
}

/// Compresses one chunk of a resource with this chunk size.
pub(crate) fn compress(data: &[u8], chunk_size: usize, blocks: Blocks) -> Vec<u8> {
    let mut data = data.to_vec();
    translate_calls(&mut data);
    let slots = slot_of(chunk_size - 1) + 1;
    let limits = Limits { shortest: 2, longest: 257, farthest: chunk_size - 3 };
    let mut encoder = Encoder {
        bits: Bits::new(Vec::new(), 0),
        recent: [1; 3],
        main: vec![0; 256 + 8 * slots],
        lengths: vec![0; 249],
        large: chunk_size >= 1 << 16,
    };
    let (least, kinds): (_, &[Kind]) = match blocks {
        Blocks::Verbatim => (1 << 18, &[Kind::Verbatim]),
        Blocks::Mixed => {
            (12_345, &[Kind::Verbatim, Kind::Aligned, Kind::Uncompressed, Kind::Aligned, Kind::Uncompressed])
        }
    };
    let tokens = tokens(&data, limits);
    let mut rest = &tokens[..];
    let mut at = 0;
    for &kind in kinds.iter().cycle() {
        let mut size = 0;
        let length = |token: &Token| match *token {
            Token::Literal(_) => 1,
            Token::Match { length, .. } => length,
        };
        let enough = |token: &Token| {
            size += length(token);
            size >= least
        };
        let count = rest.iter().position(enough).map_or(rest.len(), |last| last + 1);
        let (block, after) = rest.split_at(count);
        encoder.block(kind, block, &data[at..at + size]);
        at += size;
        rest = after;
        if rest.is_empty() {
            break;
        }
    }
    encoder.bits.finish()
}

/// Makes the relative operands of call instructions absolute, as the decoder undoes it.
fn translate_calls(data: &mut [u8]) {
    let end = data.len().saturating_sub(10);
    let mut at = 0;
    while at < end {
        if data[at] != 0xE8 {
            at += 1;
            continue;
        }
        let position = i32::try_from(at).expect("a chunk is small");
        let operand: [u8; 4] = data[at + 1..at + 5].try_into().expect("four bytes");
        let relative = i32::from_le_bytes(operand);
        let absolute = if (-position..FILE_SIZE - position).contains(&relative) {
            relative + position
        } else if (FILE_SIZE - position..FILE_SIZE).contains(&relative) {
            relative - FILE_SIZE
        } else {
            relative
        };
        data[at + 1..at + 5].copy_from_slice(&absolute.to_le_bytes());
        at += 5;
    }
}

/// Number of extra bits of an offset slot.
fn extra_bits(slot: usize) -> u32 {
    match slot {
        0..4 => 0,
        4..36 => small(slot / 2) - 1,
        _ => 17,
    }
}

/// The slot whose range holds this formatted offset, and by how much it exceeds its start.
fn slot_and_rest(formatted: usize) -> (usize, u32) {
    let (mut slot, mut start) = (0, 0);
    while formatted >= start + (1 << extra_bits(slot)) {
        start += 1 << extra_bits(slot);
        slot += 1;
    }
    (slot, small(formatted - start))
}

fn slot_of(formatted: usize) -> usize {
    slot_and_rest(formatted).0
}

/// A match ready to be written.
struct Item {
    main: usize,
    length: Option<usize>,
    slot: usize,
    rest: u32,
}

struct Encoder {
    bits: Bits,
    /// The last three offsets.
    recent: [usize; 3],
    /// Code lengths of the main code of the block before.
    main: Vec<u8>,
    /// Code lengths of the length code of the block before.
    lengths: Vec<u8>,
    /// Whether block sizes take 24 bits.
    large: bool,
}

impl Encoder {
    fn block(&mut self, kind: Kind, tokens: &[Token], data: &[u8]) {
        if kind == Kind::Uncompressed {
            self.uncompressed(data);
        } else {
            self.coded(kind, tokens, data.len());
        }
    }

    fn put_head(&mut self, kind: Kind, size: usize) {
        self.bits.put(kind as u32, 3);
        let size = small(size);
        if size == 0x8000 {
            self.bits.put(1, 1);
        } else {
            self.bits.put(0, 1);
            self.bits.put(size, if self.large { 24 } else { 16 });
        }
    }

    fn uncompressed(&mut self, data: &[u8]) {
        self.put_head(Kind::Uncompressed, data.len());
        self.bits.skip_to_unit();
        for offset in self.recent {
            let offset = small(offset);
            self.bits.bytes(&offset.to_le_bytes());
        }
        self.bits.bytes(data);
        if data.len() % 2 == 1 {
            self.bits.bytes(&[0]);
        }
    }

    fn coded(&mut self, kind: Kind, tokens: &[Token], size: usize) {
        let mut main = vec![0; self.main.len()];
        let mut lengths = vec![0; self.lengths.len()];
        let mut aligned = vec![0; 8];
        let mut items = Vec::new();
        for token in tokens {
            let item = self.item(token);
            main[item.main] += 1;
            if let Some(length) = item.length {
                lengths[length] += 1;
            }
            if extra_bits(item.slot) >= 3 {
                aligned[item.rest as usize % 8] += 1;
            }
            items.push(item);
        }
        // Not every reader takes an aligned offset code without symbols.
        let kind = if aligned.iter().all(|&count| count == 0) { Kind::Verbatim } else { kind };
        self.put_head(kind, size);
        let main = Code::of(&main, 16);
        let lengths = Code::of(&lengths, 16);
        let aligned = Code::of(&aligned, 7);
        if kind == Kind::Aligned {
            for &length in &aligned.lengths {
                self.bits.put(u32::from(length), 3);
            }
        }
        let (literals, matches) = main.lengths.split_at(256);
        let (old_literals, old_matches) = self.main.split_at(256);
        put_lengths(&mut self.bits, literals, old_literals);
        put_lengths(&mut self.bits, matches, old_matches);
        put_lengths(&mut self.bits, &lengths.lengths, &self.lengths);
        for item in &items {
            self.bits.symbol(&main, item.main);
            if let Some(length) = item.length {
                self.bits.symbol(&lengths, length);
            }
            let extra = extra_bits(item.slot);
            if kind == Kind::Aligned && extra >= 3 {
                self.bits.put(item.rest >> 3, extra - 3);
                self.bits.symbol(&aligned, item.rest as usize % 8);
            } else {
                self.bits.put(item.rest, extra);
            }
        }
        self.main = main.lengths;
        self.lengths = lengths.lengths;
    }

    /// Turns a token into symbols and keeps the recent offsets.
    fn item(&mut self, token: &Token) -> Item {
        let (length, offset) = match *token {
            Token::Literal(byte) => {
                return Item { main: usize::from(byte), length: None, slot: 0, rest: 0 };
            }
            Token::Match { length, offset } => (length, offset),
        };
        let (slot, rest) = if let Some(known) = self.recent.iter().position(|&old| old == offset) {
            self.recent.swap(0, known);
            (known, 0)
        } else {
            self.recent = [offset, self.recent[0], self.recent[1]];
            slot_and_rest(offset + 2)
        };
        let head = (length - 2).min(7);
        Item { main: 256 + 8 * slot + head, length: (length - 2).checked_sub(7), slot, rest }
    }
}

/// Writes code lengths as differences to those of the block before, in a code of their own.
fn put_lengths(bits: &mut Bits, now: &[u8], before: &[u8]) {
    let steps = steps(now, before);
    let mut counts = vec![0; 20];
    for step in &steps {
        counts[step.symbol] += 1;
        if let Some(then) = step.then {
            counts[then] += 1;
        }
    }
    let code = Code::of(&counts, 15);
    for &length in &code.lengths {
        bits.put(u32::from(length), 4);
    }
    for step in &steps {
        bits.symbol(&code, step.symbol);
        bits.put(small(step.extra), step.width);
        if let Some(then) = step.then {
            bits.symbol(&code, then);
        }
    }
}

/// A symbol of the code that writes code lengths.
struct Step {
    symbol: usize,
    extra: usize,
    width: u32,
    /// The difference that a run repeats.
    then: Option<usize>,
}

/// 0 to 16: a difference; 17 and 18: a run of zeros; 19: a run of any other length.
fn steps(now: &[u8], before: &[u8]) -> Vec<Step> {
    let mut out = Vec::new();
    let mut at = 0;
    while at < now.len() {
        let run = now[at..].iter().take_while(|&&length| length == now[at]).count();
        let difference = usize::from(before[at] + 17 - now[at]) % 17;
        let (taken, step) = match run {
            20.. if now[at] == 0 => {
                let taken = run.min(51);
                (taken, Step { symbol: 18, extra: taken - 20, width: 5, then: None })
            }
            4.. if now[at] == 0 => {
                let taken = run.min(19);
                (taken, Step { symbol: 17, extra: taken - 4, width: 4, then: None })
            }
            4.. => {
                let taken = run.min(5);
                (taken, Step { symbol: 19, extra: taken - 4, width: 1, then: Some(difference) })
            }
            _ => (1, Step { symbol: difference, extra: 0, width: 0, then: None }),
        };
        out.push(step);
        at += taken;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{slot_and_rest, slot_of, translate_calls};

    #[test]
    fn slots_of_every_chunk_size() {
        let slots: Vec<_> = (15..=21).map(|order| slot_of((1 << order) - 1) + 1).collect();
        assert_eq!(slots, [30, 32, 34, 36, 38, 42, 50]);
        assert_eq!(slot_and_rest(3), (3, 0));
        assert_eq!(slot_and_rest(5), (4, 1));
        assert_eq!(slot_and_rest(9), (6, 1));
    }

    #[test]
    fn calls_are_translated_up_to_the_last_ten_bytes() {
        let call = |operand: i32| [&[0xE8][..], &operand.to_le_bytes()].concat();
        let mut data = [vec![0; 5], call(-5), call(12_000_000 - 10), call(-11), call(1), vec![0; 9]].concat();
        translate_calls(&mut data);
        let expected = [vec![0; 5], call(0), call(-10), call(4), call(1), vec![0; 9]].concat();
        assert_eq!(data[..15], expected[..15]);
    }
}
