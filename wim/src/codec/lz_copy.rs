//! Copying LZ77 matches inside the output.

/// Blocks are copied whole where the output has room behind the match.
const BLOCK: usize = 16;
const SMALL_BLOCK: usize = 8;

/// Repeats `length` bytes from `offset` bytes before `at` on, byte by byte as
/// LZ77 means it: where the two ranges overlap, the repeated bytes repeat.
///
/// `None` if `offset` is 0, or if the match reaches outside of the output. Up to
/// 15 bytes behind the match may be overwritten.
#[inline(always)]
pub(super) fn copy_match(output: &mut [u8], at: usize, offset: usize, length: usize) -> Option<()> {
    let (before, after) = output.split_at_mut_checked(at)?;
    let source = &before[at.checked_sub(offset)?..];
    // Most matches are short and not very near.
    if length <= BLOCK
        && let Some(block) = source.first_chunk::<BLOCK>()
        && let Some(target) = after.first_chunk_mut::<BLOCK>()
    {
        *target = *block;
        return Some(());
    }
    copy_long_match(output, at, offset, length)
}

/// All but short and far matches.
#[inline(never)]
fn copy_long_match(output: &mut [u8], at: usize, offset: usize, length: usize) -> Option<()> {
    let room = output.len() - at;
    if offset == 0 || length > room {
        return None;
    }
    if room - length < BLOCK {
        copy_exactly(output, at, offset, length);
    } else if offset >= BLOCK {
        copy_blocks::<BLOCK>(output, at, offset, length);
    } else if offset >= SMALL_BLOCK {
        copy_blocks::<SMALL_BLOCK>(output, at, offset, length);
    } else {
        repeat_pattern(output, at, offset, length);
    }
    Some(())
}

/// Copies whole blocks that are not longer than the distance.
#[inline(always)]
fn copy_blocks<const SIZE: usize>(output: &mut [u8], at: usize, offset: usize, length: usize) {
    let end = at + length;
    let mut to = at;
    while to < end {
        let Some(&block) = output[to - offset..].first_chunk::<SIZE>() else {
            return;
        };
        let Some(target) = output[to..].first_chunk_mut() else {
            return;
        };
        *target = block;
        to += SIZE;
    }
}

/// Repeats less than eight bytes.
#[inline(always)]
fn repeat_pattern(output: &mut [u8], at: usize, offset: usize, length: usize) {
    let Some(&bytes) = output[at - offset..].first_chunk() else {
        return;
    };
    // The low bytes are the pattern; fill the others with copies of it.
    let bits = 8 * offset as u32;
    let mut pattern = u64::from_le_bytes(bytes) & !(u64::MAX << (bits & 63));
    pattern |= pattern << bits;
    pattern |= pattern.checked_shl(2 * bits).unwrap_or(0);
    pattern |= pattern.checked_shl(4 * bits).unwrap_or(0);
    // Whole patterns in eight bytes.
    let step = SMALL_BLOCK - SMALL_BLOCK % offset;
    let end = at + length;
    let mut to = at;
    while to < end {
        let Some(target) = output[to..].first_chunk_mut() else {
            return;
        };
        *target = pattern.to_le_bytes();
        to += step;
    }
}

/// Exact copying at any distance.
#[inline(never)]
fn copy_exactly(output: &mut [u8], at: usize, offset: usize, length: usize) {
    let start = at - offset;
    if offset == 1 {
        let byte = output[start];
        output[at..at + length].fill(byte);
        return;
    }
    // What has been copied so far is a multiple of the period and may serve as
    // the source of the next, twice as long piece.
    let mut done = 0;
    while done < length {
        let piece = (offset + done).min(length - done);
        output.copy_within(start..start + piece, at + done);
        done += piece;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_offset_and_length_copies_byte_by_byte() {
        for room in [0, 1, 7, 8, 15, 16, 17, 40] {
            for offset in 1..40 {
                for length in 1..70 {
                    let at = 41;
                    let start: Vec<u8> = (0..at + length + room).map(|i| i as u8).collect();
                    let mut expected = start.clone();
                    for i in at..at + length {
                        expected[i] = expected[i - offset];
                    }
                    let mut output = start;
                    assert_eq!(copy_match(&mut output, at, offset, length), Some(()));
                    let end = at + length;
                    assert_eq!(output[..end], expected[..end], "{offset} {length} {room}");
                    let untouched = output.len().min(end + BLOCK - 1);
                    assert_eq!(output[untouched..], expected[untouched..]);
                }
            }
        }
    }

    #[test]
    fn nothing_outside_is_copied() {
        let mut output = [0; 50];
        for (at, offset, length) in [
            (10, 0, 1),
            (10, 11, 1),
            (0, 1, 1),
            (10, 5, 41),
            (34, 20, 17),
            (49, 20, 2),
            (10, usize::MAX, 3),
            (10, 3, usize::MAX),
            (50, 1, 1),
        ] {
            assert_eq!(copy_match(&mut output, at, offset, length), None, "{at} {offset} {length}");
        }
    }
}
