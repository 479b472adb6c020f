//! From positions in the decoded text back to offsets in the file.

/// Maps UTF-8 positions of the text to offsets of the UTF-16 data it was decoded from.
pub(super) struct Offsets<'t> {
    text: &'t str,
    /// For the first character of each block of the text: its position and its offset.
    blocks: Vec<(usize, u64)>,
}

/// Bytes of text between two known offsets: what a look-up costs at most.
const BLOCK: usize = 1024;

impl<'t> Offsets<'t> {
    /// `start` is the file offset of the first code unit of `text`.
    pub(super) fn new(text: &'t str, start: u64) -> Self {
        let mut blocks = vec![(0, start)];
        let mut offset = start;
        let mut next = BLOCK;
        for (position, c) in text.char_indices() {
            if position >= next {
                blocks.push((position, offset));
                next = position + BLOCK;
            }
            offset += 2 * c.len_utf16() as u64;
        }
        Self { text, blocks }
    }

    pub(super) fn at(&self, position: usize) -> u64 {
        let block = self.blocks.partition_point(|(start, _)| *start <= position).saturating_sub(1);
        let (start, offset) = self.blocks.get(block).copied().unwrap_or_default();
        let passed = self.text.get(start..position).unwrap_or_default();
        offset + passed.chars().map(|c| 2 * c.len_utf16() as u64).sum::<u64>()
    }
}
