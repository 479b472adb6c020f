//! From positions in the decoded text back to offsets in the file.

/// Maps UTF-8 positions of the text to offsets of the UTF-16 data it was decoded from. Positions asked for in
/// rising order cost one pass over the text in all.
pub(super) struct Offsets<'t> {
    text: &'t str,
    start: u64,
    position: usize,
    offset: u64,
}

impl<'t> Offsets<'t> {
    /// `start` is the file offset of the first code unit of `text`.
    pub(super) fn new(text: &'t str, start: u64) -> Self {
        Self { text, start, position: 0, offset: start }
    }

    pub(super) fn at(&mut self, position: usize) -> u64 {
        if position < self.position {
            (self.position, self.offset) = (0, self.start);
        }
        let passed = self.text.get(self.position..position).unwrap_or_default();
        self.offset += passed.chars().map(|c| 2 * c.len_utf16() as u64).sum::<u64>();
        self.position = position;
        self.offset
    }
}
