//! Undoing the call translation of LZX, \[MS-PATCH\] "E8 Call Translation".
//!
//! Before compression the operand of every byte that looks like an x86 `call`
//! (E8) was turned from a relative into an absolute target, so that calls of
//! one function look alike. In a WIM this was done to every chunk, with
//! positions relative to the chunk and a fixed assumed file size.

/// The file size that is assumed for all chunks.
const FILE_SIZE: i32 = 12_000_000;
/// No call starts in the last bytes of a chunk.
const TAIL: usize = 10;
const CALL: u8 = 0xE8;
/// The opcode and its operand.
const CALL_SIZE: usize = 5;
/// Bytes that are searched at once.
const STRIDE: usize = 64;

/// Turns absolute call targets back into relative ones.
pub(super) fn undo_call_translation(chunk: &mut [u8]) {
    let end = chunk.len().saturating_sub(TAIL);
    // Where the next call may start: behind the operand of the last one.
    let mut next = 0;
    for block in (0..end).step_by(STRIDE) {
        let mut calls = find_calls(&chunk[block..]);
        while calls != 0 {
            let call = block + calls.trailing_zeros() as usize;
            calls &= calls - 1;
            if call >= next && call < end {
                undo_call(chunk, call);
                next = call + CALL_SIZE;
            }
        }
    }
}

#[inline(always)]
fn undo_call(chunk: &mut [u8], call: usize) {
    if let Some(operand) = chunk[call + 1..].first_chunk_mut() {
        let target = i32::from_le_bytes(*operand);
        // Chunks are far smaller than 2 GiB.
        let position = call as i32;
        *operand = relative(target, position).to_le_bytes();
    }
}

/// Marks, as bits, where in the first `STRIDE` bytes there is a call. If there
/// are less the rest has been searched already: the last ones do not matter.
#[inline(always)]
fn find_calls(code: &[u8]) -> u64 {
    let bytes = code.first_chunk::<STRIDE>();
    let mut padded = [0; STRIDE];
    let bytes = bytes.unwrap_or_else(|| {
        padded[..code.len()].copy_from_slice(code);
        &padded
    });
    let mut found = [0; STRIDE];
    for (found, &byte) in found.iter_mut().zip(bytes) {
        *found = u8::from(byte == CALL);
    }
    // Gather the lowest bits of eight bytes in one byte.
    let mut marks = 0;
    for (i, eight) in found.as_chunks().0.iter().enumerate() {
        let gathered = u64::from_le_bytes(*eight).wrapping_mul(0x0102_0408_1020_4080) >> 56;
        marks |= gathered << (8 * i);
    }
    marks
}

/// The relative target for what is stored for a call at `position`.
fn relative(target: i32, position: i32) -> i32 {
    if (0..FILE_SIZE).contains(&target) {
        target - position
    } else if (-position..0).contains(&target) {
        target + FILE_SIZE
    } else {
        target
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn undone(target: i32, at: usize) -> i32 {
        let mut chunk = vec![0u8; 400];
        chunk[at] = CALL;
        chunk[at + 1..at + 5].copy_from_slice(&target.to_le_bytes());
        undo_call_translation(&mut chunk);
        assert_eq!(chunk[at], CALL);
        i32::from_le_bytes(chunk[at + 1..at + 5].try_into().unwrap())
    }

    #[test]
    fn targets_inside_the_file_become_relative() {
        assert_eq!(undone(0x100, 0x80), 0x80);
        assert_eq!(undone(0, 300), -300);
        assert_eq!(undone(FILE_SIZE - 1, 16), FILE_SIZE - 17);
    }

    #[test]
    fn targets_before_the_file_wrap_around() {
        assert_eq!(undone(-1, 7), FILE_SIZE - 1);
        assert_eq!(undone(-7, 7), FILE_SIZE - 7);
    }

    #[test]
    fn other_targets_stay() {
        assert_eq!(undone(-8, 7), -8);
        assert_eq!(undone(FILE_SIZE, 7), FILE_SIZE);
        assert_eq!(undone(i32::MIN, 300), i32::MIN);
        assert_eq!(undone(i32::MAX, 300), i32::MAX);
    }

    #[test]
    fn no_call_in_the_last_ten_bytes() {
        for size in 0..60 {
            let mut chunk = vec![CALL; size];
            undo_call_translation(&mut chunk);
            let mut expected = vec![CALL; size];
            let mut at = 0;
            while at + TAIL < size {
                // E8E8E8E8 is negative and far before the chunk: unchanged.
                at += CALL_SIZE;
            }
            assert_eq!(chunk, expected);
            expected.clear();
        }
        let mut chunk = vec![0u8; 30];
        chunk[20] = CALL;
        chunk[21] = 40;
        undo_call_translation(&mut chunk);
        assert_eq!(chunk[21], 40);
        chunk[19] = CALL;
        chunk[20..24].copy_from_slice(&40u32.to_le_bytes());
        undo_call_translation(&mut chunk);
        assert_eq!(chunk[20], 21);
    }
}
