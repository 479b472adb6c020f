//! The x86 filter of LZMS.
//!
//! After decoding, the operands of instructions that address memory relative to
//! the instruction pointer are turned from absolute back to relative ones. To
//! leave other data alone the filter translates only near to an instruction
//! whose target was the target of an earlier one within 64 KiB.

/// No instruction starts in the last bytes of a chunk, nor in its first one.
const TAIL: usize = 16;
/// How far from the last confirmed instruction operands are translated.
const REACH: i32 = 1023;
const CALL_REACH: i32 = REACH / 2;
/// How far apart two instructions with one target confirm code.
const CONFIRMING_DISTANCE: i32 = 65_535;

const TARGETS: usize = 1 << 16;
const OPERAND_SIZE: usize = 4;

/// Bytes that are searched for opcodes at once.
const STRIDE: usize = 64;
/// An opcode has up to three bytes.
const OPCODE: usize = 3;

/// Undoes the filter, one chunk after the other.
#[derive(Debug)]
pub(super) struct X86Filter {
    /// For the low half of each target: the last byte of the last instruction
    /// that had it. Positions count on from chunk to chunk, with a gap that
    /// makes those of former chunks too far away to matter.
    last_uses: Box<[i32; TARGETS]>,
    /// The position of the next chunk.
    origin: i32,
}

impl X86Filter {
    pub(super) fn new() -> Self {
        let last_uses = vec![0; TARGETS].into_boxed_slice();
        Self { last_uses: last_uses.try_into().unwrap_or_else(|_| unreachable!()), origin: i32::MAX }
    }

    /// Turns absolute operands in `chunk` (at most 1 GiB) back into relative
    /// ones.
    pub(super) fn undo(&mut self, chunk: &mut [u8]) {
        let origin = self.place_chunk(chunk.len());
        let end = chunk.len().saturating_sub(TAIL);
        // The last instruction that had the target of an earlier one.
        let mut confirmed = origin - REACH - 1;
        // Where the next instruction may start: behind the last one.
        let mut next = 1;
        for block in (0..end).step_by(STRIDE) {
            let mut marks = find_opcodes(chunk, block);
            while marks != 0 {
                let at = block + marks.trailing_zeros() as usize;
                marks &= marks - 1;
                if at >= next && at < end {
                    next = at + self.undo_one(chunk, at, origin, &mut confirmed);
                }
            }
        }
    }

    /// The position of a chunk of this size.
    fn place_chunk(&mut self, size: usize) -> i32 {
        let size = i32::try_from(size).unwrap_or(i32::MAX).saturating_add(CONFIRMING_DISTANCE + 1);
        if let Some(next) = self.origin.checked_add(size) {
            return std::mem::replace(&mut self.origin, next);
        }
        self.last_uses.fill(-CONFIRMING_DISTANCE - 1);
        self.origin = size;
        0
    }

    /// Undoes the instruction at `at`; returns its size.
    #[inline(always)]
    fn undo_one(&mut self, chunk: &mut [u8], at: usize, origin: i32, confirmed: &mut i32) -> usize {
        let opcode = chunk[at];
        if opcode == JUMP {
            return 1 + OPERAND_SIZE;
        }
        let opcode_size = opcode_size(opcode);
        let reach = if opcode == CALL { CALL_REACH } else { REACH };
        let Some(operand) = chunk[at + opcode_size..].first_chunk_mut::<OPERAND_SIZE>() else {
            return 1;
        };
        let mut value = u32::from_le_bytes(*operand);
        let position = at as u32;
        if origin + at as i32 - *confirmed <= reach {
            value = value.wrapping_sub(position);
            *operand = value.to_le_bytes();
        }
        let target = position.wrapping_add(value) as u16;
        let size = opcode_size + OPERAND_SIZE;
        let last_byte = origin + (at + size - 1) as i32;
        let last_use = &mut self.last_uses[usize::from(target)];
        if last_byte - *last_use <= CONFIRMING_DISTANCE {
            *confirmed = last_byte;
        }
        *last_use = last_byte;
        size
    }
}

const CALL: u8 = 0xE8;
const JUMP: u8 = 0xE9;

/// The size of the opcode that starts with this byte.
#[inline(always)]
fn opcode_size(first: u8) -> usize {
    match first {
        CALL => 1,
        0xFF => 2,
        _ => 3,
    }
}

/// Marks, as bits, where in the `STRIDE` bytes from `block` on an opcode may
/// start.
#[inline(always)]
fn find_opcodes(chunk: &[u8], block: usize) -> u64 {
    if let Some(bytes) = chunk[block..].first_chunk() {
        mark_opcodes(bytes)
    } else {
        let mut bytes = [0; STRIDE + OPCODE - 1];
        let rest = &chunk[block..];
        bytes[..rest.len()].copy_from_slice(rest);
        mark_opcodes(&bytes)
    }
}

#[inline(always)]
fn mark_opcodes(bytes: &[u8; STRIDE + OPCODE - 1]) -> u64 {
    let mut found = [0u8; STRIDE];
    for (i, found) in found.iter_mut().enumerate() {
        *found = u8::from(is_opcode([bytes[i], bytes[i + 1], bytes[i + 2]]));
    }
    // Gather the lowest bits of eight bytes in one byte.
    let mut marks = 0;
    for (i, eight) in found.as_chunks().0.iter().enumerate() {
        let gathered = u64::from_le_bytes(*eight).wrapping_mul(0x0102_0408_1020_4080) >> 56;
        marks |= gathered << (8 * i);
    }
    marks
}

/// Whether the filter cares about these bytes.
#[allow(clippy::needless_bitwise_bool, reason = "without branches many places are looked at together")]
#[inline(always)]
fn is_opcode([first, second, third]: [u8; OPCODE]) -> bool {
    let call_or_jump = first & 0xFE == CALL;
    // call [rip + ...]
    let indirect_call = (first == 0xFF) & (second == 0x15);
    // lock add [rip + ...], imm8
    let lock_add = (first == 0xF0) & (second == 0x83) & (third == 0x05);
    // mov r64, [rip + ...]
    let mov = (first == 0x48) & (second == 0x8B) & (third & 0xF7 == 5);
    // lea r64, [rip + ...]
    let lea = (first & 0xFB == 0x48) & (second == 0x8D) & (third & 7 == 5);
    call_or_jump | indirect_call | lock_add | mov | lea
}

#[cfg(test)]
mod tests {
    use super::super::tests::Numbers;
    use super::*;

    /// The filter in the words of its description, byte by byte.
    fn undo_plainly(chunk: &mut [u8]) {
        let mut last_uses = vec![-65_536; TARGETS];
        let mut confirmed = -1024;
        let mut at = 1;
        while at + TAIL < chunk.len() {
            let (size, reach) = match chunk[at..at + 3] {
                [0xE8, _, _] => (1, 511),
                [0xE9, _, _] => {
                    at += 5;
                    continue;
                }
                [0xFF, 0x15, _] => (2, 1023),
                [0xF0, 0x83, 0x05] | [0x48, 0x8B, 0x05 | 0x0D] => (3, 1023),
                [0x48 | 0x4C, 0x8D, modrm] if modrm & 7 == 5 => (3, 1023),
                _ => {
                    at += 1;
                    continue;
                }
            };
            let operand = at + size..at + size + 4;
            let mut value = u32::from_le_bytes(chunk[operand.clone()].try_into().unwrap());
            if at as i32 - confirmed <= reach {
                value = value.wrapping_sub(at as u32);
                chunk[operand].copy_from_slice(&value.to_le_bytes());
            }
            let target = (at as u32).wrapping_add(value) as u16;
            at += size + 3;
            if at as i32 - last_uses[usize::from(target)] <= 65_535 {
                confirmed = at as i32;
            }
            last_uses[usize::from(target)] = at as i32;
            at += 1;
        }
    }

    #[test]
    fn the_fast_search_finds_what_the_plain_one_finds() {
        let parts: [&[u8]; 12] = [
            &[0xE8],
            &[0xE9],
            &[0xFF, 0x15],
            &[0xF0, 0x83, 0x05],
            &[0x48, 0x8B, 0x05],
            &[0x48, 0x8B, 0x0D],
            &[0x4C, 0x8B, 0x05],
            &[0x48, 0x8D, 0x3D],
            &[0x4C, 0x8D, 0x0D],
            &[0x48, 0x8D],
            &[0, 0, 1],
            &[0x90; 5],
        ];
        let mut numbers = Numbers(3);
        let mut filter = X86Filter::new();
        for size in (0..300).chain([1000, 5000, 70_000, 140_000]) {
            let mut chunk = Vec::new();
            while chunk.len() < size {
                chunk.extend_from_slice(parts[numbers.below(parts.len())]);
                if numbers.below(3) != 0 {
                    // An operand with a target that is likely used again.
                    let target = numbers.below(4) as u32 * 0x111;
                    let behind = chunk.len() as u32 + 4;
                    let relative = target.wrapping_sub(behind);
                    chunk.extend(relative.wrapping_add(numbers.below(2) as u32).to_le_bytes());
                }
            }
            chunk.truncate(size);
            let mut expected = chunk.clone();
            undo_plainly(&mut expected);
            filter.undo(&mut chunk);
            assert!(chunk == expected, "{size}");
        }
    }

    #[test]
    fn positions_start_anew_before_they_overflow() {
        let code = |filter: &mut X86Filter| {
            let mut chunk: Vec<u8> = (0..100).flat_map(|i| [0xE8, i, 0, 0, 0]).collect();
            filter.undo(&mut chunk);
            chunk
        };
        let mut filter = X86Filter::new();
        let expected = code(&mut filter);
        for origin in [i32::MAX - 1, i32::MAX - 66_000, i32::MAX - 66_036, i32::MAX - 66_037] {
            filter.origin = origin;
            assert_eq!(code(&mut filter), expected);
            assert_eq!(code(&mut filter), expected);
        }
    }
}
