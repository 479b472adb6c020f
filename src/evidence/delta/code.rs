//! The Huffman codes of a patch: canonical, the longest codes first, their first bit the highest.

use super::{Result, bits::Bits};

/// Symbols of literals and copies, of lengths, of the lowest bits of distances.
const MAIN: usize = 600;
const LENGTH: usize = 256;
const ALIGNED: usize = 16;
const ALL: usize = MAIN + LENGTH + ALIGNED;
/// Symbols of the code that the lengths of codes are written in.
const LENGTHS: usize = 39;
/// Longest code.
const LONGEST: usize = 16;
/// Blocks with codes of their own. Real patches have some dozens.
const MAX_BLOCKS: u64 = 4096;

/// A Huffman code.
#[derive(Debug)]
pub(super) struct Code {
    /// Of each length, from 1: its first code, its symbols as a range of `symbols`.
    lengths: [(u32, usize, usize); LONGEST],
    /// By length, then number.
    symbols: Vec<u16>,
}

impl Code {
    /// Takes the lengths of the codes of all symbols; 0 for a symbol that does not occur.
    fn new(lengths: &[u8]) -> Option<Self> {
        // Each symbol behind the shorter codes and the lower symbols, in one pass: every manifest has codes of its own.
        let mut counts = [0; LONGEST + 1];
        for length in lengths {
            *counts.get_mut(usize::from(*length))? += 1;
        }
        let mut code = Self { lengths: [(0, 0, 0); LONGEST], symbols: Vec::new() };
        let mut places = [0; LONGEST + 1];
        let mut place = 0;
        for ((slot, next), count) in
            code.lengths.iter_mut().zip(places.iter_mut().skip(1)).zip(counts.iter().skip(1))
        {
            *next = place;
            *slot = (0, place, place + count);
            place += count;
        }
        code.symbols = vec![0; place];
        for (symbol, length) in lengths.iter().enumerate().filter(|(_, length)| **length > 0) {
            let next = places.get_mut(usize::from(*length))?;
            *code.symbols.get_mut(*next)? = u16::try_from(symbol).ok()?;
            *next += 1;
        }
        let mut first = 0;
        for (first_code, start, end) in code.lengths.iter_mut().rev() {
            *first_code = first;
            first = (first + u32::try_from(*end - *start).ok()?) >> 1;
        }
        // More codes than there are bits for.
        (first <= 1).then_some(code)
    }

    /// Each symbol as long as any other, or a bit shorter where their number is no power of two.
    fn level(symbols: usize) -> Vec<u8> {
        let longest = symbols.next_power_of_two().trailing_zeros();
        let shorter = (1_usize << longest) - symbols;
        let length = |symbol| u8::try_from(longest - u32::from(symbol < shorter)).unwrap_or_default();
        (0..symbols).map(length).collect()
    }

    pub(super) fn symbol(&self, bits: &mut Bits<'_>) -> Result<u16> {
        // The bits to come, the first the highest.
        let coming = u32::from(bits.peek().reverse_bits());
        for (width, (first, start, end)) in (1..).zip(self.lengths) {
            let of_length = self.symbols.get(start..end).unwrap_or_default();
            let place = (coming >> (u16::BITS - width)).checked_sub(first);
            let symbol = place.and_then(|place| of_length.get(usize::try_from(place).ok()?));
            if let Some(symbol) = symbol {
                bits.read(width)?;
                return Ok(*symbol);
            }
        }
        Err(bits.malformed("a code without a symbol"))
    }
}

/// The codes of a block.
#[derive(Debug)]
pub(super) struct Codes {
    pub(super) main: Code,
    pub(super) length: Code,
    pub(super) aligned: Code,
}

impl Codes {
    fn new(lengths: &[u8]) -> Option<Self> {
        let (main, rest) = lengths.split_at_checked(MAIN)?;
        let (length, aligned) = rest.split_at_checked(LENGTH)?;
        Some(Self { main: Code::new(main)?, length: Code::new(length)?, aligned: Code::new(aligned)? })
    }
}

/// Codes, and the position in the window from which on they hold.
#[derive(Debug)]
pub(super) struct Block {
    pub(super) start: u64,
    pub(super) codes: Codes,
}

/// Reads the codes of a patch: the level ones, or some for each block.
pub(super) fn blocks(bits: &mut Bits<'_>) -> Result<Vec<Block>> {
    if bits.read(1)? == 1 {
        let level = [MAIN, LENGTH, ALIGNED].map(Code::level).concat();
        let codes = Codes::new(&level).ok_or_else(|| bits.malformed("no level code"))?;
        return Ok(vec![Block { start: 0, codes }]);
    }
    let count = bits.number()?;
    if !(1..=MAX_BLOCKS).contains(&count) {
        return Err(bits.malformed("no blocks, or too many"));
    }
    let mut starts = Vec::new();
    let mut start = 0_u64;
    for _ in 0..count {
        start =
            bits.number()?.checked_add(start).ok_or_else(|| bits.malformed("a block beyond all files"))?;
        starts.push(start);
    }
    let mut lengths = [0; LENGTHS];
    for length in &mut lengths {
        *length = u8::try_from(bits.read(4)?).unwrap_or_default();
    }
    let code = Code::new(&lengths).ok_or_else(|| bits.malformed("too many short codes for lengths"))?;
    let mut before = vec![0; ALL];
    let mut blocks = Vec::new();
    for start in starts {
        before = code_lengths(bits, &code, &before)?;
        let codes = Codes::new(&before).ok_or_else(|| bits.malformed("too many short codes"))?;
        blocks.push(Block { start, codes });
    }
    Ok(blocks)
}

/// The lengths of a block's codes, told by themselves, by those of the block before, or in runs.
fn code_lengths(bits: &mut Bits<'_>, code: &Code, before: &[u8]) -> Result<Vec<u8>> {
    let mut lengths: Vec<u8> = Vec::with_capacity(ALL);
    while lengths.len() < ALL {
        let at = lengths.len();
        let old = before.get(at).copied().unwrap_or_default();
        let symbol = code.symbol(bits)?;
        let known = u8::try_from(symbol).unwrap_or(u8::MAX);
        match symbol {
            0..=16 => lengths.push(known),
            17..=19 => lengths.push(old.saturating_add(known - 16)),
            20..=22 => {
                let less = old.checked_sub(known - 19);
                lengths.push(less.ok_or_else(|| bits.malformed("a code of negative length"))?);
            }
            _ => {
                let count = run(bits, (symbol - 23) & 7)?;
                if count > ALL - at {
                    return Err(bits.malformed("a run beyond the last symbol"));
                }
                if symbol >= 31 {
                    lengths.extend_from_slice(before.get(at..at + count).unwrap_or_default());
                } else {
                    let last = *lengths.last().ok_or_else(|| bits.malformed("a run of nothing"))?;
                    lengths.resize(at + count, last);
                }
            }
        }
    }
    match lengths.iter().all(|length| usize::from(*length) <= LONGEST) {
        true => Ok(lengths),
        false => Err(bits.malformed("a code of more than 16 bits")),
    }
}

fn run(bits: &mut Bits<'_>, slot: u16) -> Result<usize> {
    let slot = u32::from(slot);
    Ok(match slot {
        0..=2 => slot as usize + 1,
        _ => (1_usize << (slot - 1)) | bits.read(slot - 1)? as usize,
    })
}
