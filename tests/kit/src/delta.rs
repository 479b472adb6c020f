//! Writes deltas of the kind `PA30` of raw files, and manifests compressed with them (`DCM\x01`).

#![allow(clippy::cast_possible_truncation, reason = "lengths of what tests make")]

use std::collections::HashMap;

/// Which codes the patch uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Codes {
    /// The level ones, which need no description.
    Level,
    /// The same, described for two blocks: the first by lengths, the second as the one before.
    Blocks,
}

/// A manifest as servicing stores it.
pub fn compressed_manifest(base: &[u8], manifest: &[u8]) -> Vec<u8> {
    [b"DCM\x01", &*make(base, manifest, Codes::Level)].concat()
}

/// A differential of a component: the CRC-32 of a delta, and the delta.
pub fn differential(delta: &[u8]) -> Vec<u8> {
    let crc = delta.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xEDB8_8320 * (crc & 1)))
    });
    [&(!crc).to_le_bytes(), delta].concat()
}

/// A delta that makes `target` from `base`.
pub fn make(base: &[u8], target: &[u8], codes: Codes) -> Vec<u8> {
    let mut patch = Bits::default();
    patch.put(0, 1); // no rifts
    let level: Vec<u8> = [600, 256, 16].into_iter().flat_map(level_of).collect();
    match codes {
        Codes::Level => patch.put(1, 1),
        Codes::Blocks => {
            patch.put(0, 1);
            patch.number(2);
            patch.number(base.len() as u64);
            patch.number(target.len() as u64 / 2);
            let lengths = level_of(39);
            for length in lengths {
                patch.put(u64::from(length), 4);
            }
            for length in level {
                patch.code(39, u32::from(length));
            }
            let mut left = 872;
            while left > 0 {
                let width = u32::min(6, u32::ilog2(left));
                if width < 2 {
                    patch.code(39, 31 + left - 1);
                    break;
                }
                patch.code(39, 31 + width + 1);
                patch.put(0, width);
                left -= 1 << width;
            }
        }
    }
    matches(base, target, &mut patch);
    let patch = patch.finish();
    let mut outer = Bits::default();
    for number in [1, 1, 0x20000, target.len() as u64, 0, 0] {
        outer.number(number);
    }
    outer.align();
    outer.number(0);
    outer.align();
    outer.number(patch.len() as u64);
    outer.align();
    for byte in patch {
        outer.put(u64::from(byte), 8);
    }
    [b"PA30".as_slice(), &[0; 8], &outer.finish()].concat()
}

/// Farther ones take slots that are written another way.
const LONGEST_DISTANCE: usize = 1 << 18;

fn matches(base: &[u8], target: &[u8], patch: &mut Bits) {
    let window = [base, target].concat();
    let mut seen: HashMap<[u8; 4], usize> = HashMap::new();
    let key = |at: usize| window.get(at..at + 4).map(|key| [key[0], key[1], key[2], key[3]]);
    for at in 0..base.len() {
        if let Some(key) = key(at) {
            seen.insert(key, at);
        }
    }
    let mut at = base.len();
    let mut last = 0;
    while at < window.len() {
        let near = |from: &usize| at - from < LONGEST_DISTANCE;
        let found = key(at).and_then(|key| seen.get(&key)).copied().filter(near);
        let length = match found {
            Some(from) => (0..window.len() - at).take_while(|n| window[from + n] == window[at + n]).count(),
            None => 1,
        };
        match found {
            Some(from) => {
                let distance = at - from;
                let slot = match distance {
                    _ if distance == last => 4,
                    _ if distance == base.len() => 3,
                    _ => slot(distance),
                };
                last = distance;
                let short = if (2..=8).contains(&length) { length - 1 } else { 0 };
                let pair = |slot: usize| u32::try_from(256 + slot * 8 + short).expect("small");
                patch.code(600, pair(slot));
                patch.distance(slot, distance);
                patch.length(length);
            }
            None => patch.code(600, u32::from(window[at])),
        }
        for passed in at..at + length {
            if let Some(key) = key(passed) {
                seen.insert(key, passed);
            }
        }
        at += length;
    }
}

fn slot(distance: usize) -> usize {
    if distance < 4 {
        return 7 + distance;
    }
    let width = distance.ilog2() as usize;
    11 + (width - 2) * 2 + ((distance >> (width - 1)) & 1)
}

/// Lengths of codes of which each is as long as any other, or a bit shorter.
fn level_of(symbols: usize) -> Vec<u8> {
    let longest = (symbols - 1).ilog2() + 1;
    let shorter = (1 << longest) - symbols;
    (0..symbols).map(|symbol| if symbol < shorter { longest as u8 - 1 } else { longest as u8 }).collect()
}

#[derive(Default)]
struct Bits {
    bits: Vec<bool>,
}

impl Bits {
    fn put(&mut self, value: u64, width: u32) {
        self.bits.extend((0..width).map(|bit| value >> bit & 1 == 1));
    }

    fn number(&mut self, value: u64) {
        let groups = if value == 0 { 1 } else { value.ilog2() / 4 + 1 };
        self.put(1 << (groups - 1), groups);
        self.put(value, 4 * groups);
    }

    fn align(&mut self) {
        // Three bits stand in front of all.
        while !(self.bits.len() + 3).is_multiple_of(8) {
            self.bits.push(false);
        }
    }

    /// A symbol in the level code of so many: the long codes, of the last symbols, come first.
    fn code(&mut self, symbols: u32, symbol: u32) {
        let longest = (symbols - 1).ilog2() + 1;
        let shorter = (1 << longest) - symbols;
        let (code, width) = match symbol < shorter {
            true => ((symbols - shorter) / 2 + symbol, longest - 1),
            false => (symbol - shorter, longest),
        };
        self.bits.extend((0..width).rev().map(|bit| code >> bit & 1 == 1));
    }

    fn distance(&mut self, slot: usize, distance: usize) {
        let Some(doubling) = slot.checked_sub(11) else { return };
        let width = (doubling / 2 + 1) as u32;
        let low = (distance - (distance >> width << width)) as u64;
        if width < 4 {
            self.put(low, width);
        } else {
            self.put(low >> 4, width - 4);
            self.code(16, (low & 15) as u32);
        }
    }

    fn length(&mut self, length: usize) {
        match length {
            0..=8 => {}
            9..=263 => self.code(256, (length - 8) as u32),
            _ => {
                self.code(256, 0);
                let long = (length - 8) as u64;
                let width = long.ilog2();
                self.put(1 << (width - 8), width - 7);
                self.put(long, width);
            }
        }
    }

    fn finish(self) -> Vec<u8> {
        let unused = (8 - (self.bits.len() + 3) % 8) % 8;
        let head = (0..3).map(|bit| unused >> bit & 1 == 1);
        let bits: Vec<bool> = head.chain(self.bits).collect();
        bits.chunks(8).map(|byte| byte.iter().rev().fold(0, |all, bit| all << 1 | u8::from(*bit))).collect()
    }
}
