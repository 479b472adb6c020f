//! Files that compress like those of a Windows image, made of nothing but a number: programs with x86 code, tables of
//! addresses, strings, unwind data and a little that does not compress; and texts.
//!
//! The proportions are tuned until wimlib's encoders get about the ratios that they get on real programs.

/// Pseudo-random numbers (`SplitMix64`), always the same ones from the same start.
#[derive(Debug)]
pub(crate) struct Numbers(pub(crate) u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let a = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let b = (a ^ (a >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        b ^ (b >> 31)
    }

    /// All below the limit alike.
    pub(crate) fn below(&mut self, limit: u32) -> u32 {
        low(((self.next() >> 32) * u64::from(limit)) >> 32)
    }

    /// Small ones more often than large ones, as registers, functions and words are used.
    fn skewed(&mut self, limit: u32) -> u32 {
        [self.below(1 << 16), self.below(1 << 16)]
            .iter()
            .fold(limit, |n, r| low((u64::from(n) * u64::from(*r)) >> 16))
    }

    fn byte(&mut self) -> u8 {
        self.next().to_le_bytes()[7]
    }

    fn one_in(&mut self, n: u32) -> bool {
        self.below(n) == 0
    }
}

/// The low 32 bits.
fn low(n: u64) -> u32 {
    u32::try_from(n & 0xFFFF_FFFF).unwrap_or_default()
}

/// What stands in an instruction in place of an opcode byte.
mod operand {
    /// `ModRM` byte of two registers.
    pub(super) const REGISTERS: u16 = 0x100;
    /// `ModRM` byte of a register and a base with an 8-bit displacement, and the displacement.
    pub(super) const FIELD: u16 = 0x101;
    /// An 8-bit displacement on the stack.
    pub(super) const STACK: u16 = 0x102;
    /// A small number of 8 bits.
    pub(super) const SMALL: u16 = 0x103;
    /// A short jump.
    pub(super) const NEAR: u16 = 0x104;
    /// A number of 32 bits.
    pub(super) const NUMBER: u16 = 0x105;
    /// Where a function stands, relative to the end of the instruction.
    pub(super) const FUNCTION: u16 = 0x106;
    /// Where a datum stands, relative to the end of the instruction.
    pub(super) const DATUM: u16 = 0x107;
}
use operand::{DATUM, FIELD, FUNCTION, NEAR, NUMBER, REGISTERS, SMALL, STACK};

/// The frequent instructions of compiled code.
const INSTRUCTIONS: [&[u16]; 32] = [
    &[0x48, 0x8B, FIELD],
    &[0xE8, FUNCTION],
    &[0x48, 0x8B, REGISTERS],
    &[0x48, 0x89, FIELD],
    &[0x48, 0x85, 0xC0],
    &[0x74, NEAR],
    &[0x48, 0x8D, 0x4C, 0x24, STACK],
    &[0x8B, FIELD],
    &[0x48, 0x8B, 0x5C, 0x24, STACK],
    &[0x33, REGISTERS],
    &[0x75, NEAR],
    &[0x48, 0x8D, 0x15, DATUM],
    &[0x89, FIELD],
    &[0x48, 0x83, 0xC4, SMALL],
    &[0xFF, 0x15, DATUM],
    &[0x83, 0xF8, SMALL],
    &[0x48, 0x89, 0x44, 0x24, STACK],
    &[0x0F, 0x84, NUMBER],
    &[0x4C, 0x8B, REGISTERS],
    &[0xBA, NUMBER],
    &[0xEB, NEAR],
    &[0x48, 0x8B, 0x05, DATUM],
    &[0x0F, 0xB6, FIELD],
    &[0x41, 0xB8, NUMBER],
    &[0x48, 0x3B, REGISTERS],
    &[0x4C, 0x8D, 0x05, DATUM],
    &[0xF2, 0x0F, 0x10, FIELD],
    &[0xC7, 0x44, 0x24, STACK, NUMBER],
    &[0x48, 0xC1, 0xE0, SMALL],
    &[0xF3, 0x0F, 0x59, REGISTERS],
    &[0x0F, 0xAF, REGISTERS],
    &[0x66, 0x0F, 0x6F, FIELD],
];

/// A program of about `length` bytes. Programs of other numbers share code with it, as they share libraries.
pub(crate) fn program(number: u64, length: usize) -> Vec<u8> {
    let mut numbers = Numbers(number);
    let mut bytes = b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xFF\xFF\0\0This is no program.\r\n".to_vec();
    bytes.resize(1024, 0);
    let share = |percent: usize| length / 100 * percent;
    let functions = code(&mut bytes, share(50), &mut numbers);
    strings(&mut bytes, share(12), &mut numbers);
    addresses(&mut bytes, share(8), &functions, &mut numbers);
    unwind(&mut bytes, share(7), &functions, &mut numbers);
    records(&mut bytes, share(12), &mut numbers);
    bytes.resize(bytes.len() + share(6), 0);
    bytes.extend(std::iter::repeat_with(|| numbers.byte()).take(share(5)));
    bytes
}

/// A text of about `length` bytes.
pub(crate) fn text(number: u64, length: usize) -> Vec<u8> {
    let mut numbers = Numbers(number);
    let mut bytes = Vec::with_capacity(length);
    let mut depth = 0;
    while bytes.len() < length {
        bytes.extend(std::iter::repeat_n(b' ', 4 * depth as usize));
        for _ in 0..2 + numbers.below(7) {
            word(&mut bytes, &mut numbers);
            bytes.push(b" .(),:=\""[numbers.skewed(8) as usize]);
        }
        bytes.extend(b"\r\n");
        depth = (depth + numbers.below(3)).saturating_sub(1).min(5);
    }
    bytes
}

/// One of some thousand words; the same number gives the same word everywhere.
fn word(bytes: &mut Vec<u8>, numbers: &mut Numbers) {
    const SYLLABLES: [&str; 32] = [
        "get", "set", "er", "Name", "File", "re", "ing", "Value", "to", "con", "Type", "ment", "Index", "in",
        "data", "al", "Create", "ion", "List", "de", "Buffer", "at", "able", "Size", "pro", "String", "is",
        "Handle", "com", "ex", "Object", "un",
    ];
    let mut letters = Numbers(numbers.skewed(6000).into());
    for _ in 0..=letters.below(4) {
        bytes.extend(SYLLABLES[letters.skewed(32) as usize].bytes());
    }
}

/// Functions one after the other; returns where they begin.
fn code(bytes: &mut Vec<u8>, length: usize, numbers: &mut Numbers) -> Vec<u32> {
    let end = bytes.len() + length;
    let mut functions = Vec::new();
    while bytes.len() < end {
        functions.push(position(bytes));
        // Every other one is a library's: its instructions are the same in every program.
        match numbers.one_in(2) {
            true => {
                let library = numbers.skewed(20_000);
                function(bytes, &functions, &mut Numbers(library.into()));
            }
            false => function(bytes, &functions, numbers),
        }
        let padding = bytes.len().next_multiple_of(16);
        bytes.resize(padding, 0xCC);
    }
    functions
}

fn position(bytes: &[u8]) -> u32 {
    u32::try_from(bytes.len()).unwrap_or(u32::MAX)
}

fn function(bytes: &mut Vec<u8>, functions: &[u32], numbers: &mut Numbers) {
    let frame = 0x20 + 8 * u8::try_from(numbers.skewed(12)).unwrap_or_default();
    bytes.extend([0x48, 0x89, 0x5C, 0x24, 0x08, 0x57, 0x48, 0x83, 0xEC, frame]);
    let mut last = 0;
    for _ in 0..4 + numbers.skewed(160) {
        // What comes next depends on what came last.
        last = (last * 5 + numbers.skewed(32)) % 32;
        for part in INSTRUCTIONS[last as usize] {
            put(bytes, *part, functions, numbers);
        }
    }
    bytes.extend([0x48, 0x8B, 0x5C, 0x24, 0x30, 0x48, 0x83, 0xC4, frame, 0x5F, 0xC3]);
}

/// Puts an opcode byte, or an operand.
fn put(bytes: &mut Vec<u8>, part: u16, functions: &[u32], numbers: &mut Numbers) {
    let mut small = |limit: u32| u8::try_from(numbers.skewed(limit)).unwrap_or(u8::MAX);
    match part {
        REGISTERS => bytes.push(0xC0 | small(8) << 3 | small(8)),
        FIELD => bytes.extend([0x40 | small(8) << 3 | small(8), 8 * small(20)]),
        STACK => bytes.push(0x20 + 8 * small(16)),
        SMALL => bytes.push(small(64)),
        NEAR => bytes.push(small(128)),
        NUMBER => bytes.extend([small(256), small(40), 0, 0]),
        FUNCTION => {
            let from = position(bytes) + 4;
            // Half the calls go to a few functions that all use.
            let popular = numbers.one_in(2).then(|| numbers.skewed(50) as usize);
            let near = || functions.len().saturating_sub(numbers.skewed(200) as usize + 1);
            let to = functions.get(popular.unwrap_or_else(near)).copied().unwrap_or(from);
            bytes.extend(to.wrapping_sub(from).to_le_bytes());
        }
        DATUM => {
            let from = position(bytes) + 4;
            let to = 0x0080_0000 + 8 * numbers.skewed(20_000);
            bytes.extend(to.wrapping_sub(from).to_le_bytes());
        }
        opcode => bytes.extend(opcode.to_le_bytes().first()),
    }
}

/// Strings, some of them as UTF-16.
fn strings(bytes: &mut Vec<u8>, length: usize, numbers: &mut Numbers) {
    let end = bytes.len() + length;
    while bytes.len() < end {
        let mut string = Vec::new();
        for _ in 0..=numbers.skewed(6) {
            word(&mut string, numbers);
        }
        match numbers.one_in(4) {
            true => bytes.extend(string.iter().chain([&0]).flat_map(|byte| [*byte, 0])),
            false => bytes.extend(string.iter().chain([&0])),
        }
    }
}

/// Addresses of functions, as tables of virtual methods hold them.
fn addresses(bytes: &mut Vec<u8>, length: usize, functions: &[u32], numbers: &mut Numbers) {
    let mut function = 0;
    for _ in 0..length / 8 {
        function = (function + numbers.skewed(40) as usize) % functions.len().max(1);
        let address = 0x1_8000_0000 + u64::from(functions.get(function).copied().unwrap_or_default());
        bytes.extend(address.to_le_bytes());
    }
}

/// Begin, end and unwind data of each function, in order.
fn unwind(bytes: &mut Vec<u8>, length: usize, functions: &[u32], numbers: &mut Numbers) {
    let pairs = functions.windows(2).cycle().take(length / 12);
    for pair in pairs {
        let data = 0x0060_0000 + 4 * numbers.skewed(4000);
        bytes.extend([pair[0], pair[1] - numbers.below(16), data].into_iter().flat_map(u32::to_le_bytes));
    }
}

/// Records of a few kinds, alike but for some fields.
fn records(bytes: &mut Vec<u8>, length: usize, numbers: &mut Numbers) {
    let end = bytes.len() + length;
    while bytes.len() < end {
        let size = 4 * (4 + numbers.below(8)) as usize;
        let mut record: Vec<u8> = std::iter::repeat_with(|| numbers.byte()).take(size).collect();
        for _ in 0..numbers.below(60) {
            record[numbers.below(4) as usize * 4] = numbers.byte();
            bytes.extend(&record);
        }
    }
}
