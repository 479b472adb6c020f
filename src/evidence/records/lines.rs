//! Lines of a text of any length, as bytes: logs mix encodings from line to line, so a line is only decoded by whoever
//! wants its words.

use std::io::{self, BufRead as _, BufReader, ErrorKind, Read};

/// Bytes of a line that are kept; what goes beyond is skipped.
pub(super) const MAX_LINE: usize = 64 << 10;

/// A line, without its end (LF or CR LF) and without a byte order mark.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Line<'l> {
    pub(super) bytes: &'l [u8],
    /// Counted from 1.
    pub(super) number: u64,
    /// Where it begins, in bytes of the text.
    pub(super) offset: u64,
}

/// Cuts a text into lines.
pub(super) struct Lines<R> {
    input: BufReader<R>,
    line: Vec<u8>,
    number: u64,
    /// Where the next line begins.
    next: u64,
}

impl<R: Read> Lines<R> {
    pub(super) fn new(input: R) -> Self {
        Self { input: BufReader::with_capacity(MAX_LINE, input), line: Vec::new(), number: 0, next: 0 }
    }

    /// The next line; `None` behind the last.
    ///
    /// # Errors
    /// What the input answers, and text in UTF-16, which none of the logs that are read by lines is written in.
    pub(super) fn next_line(&mut self) -> io::Result<Option<Line<'_>>> {
        self.line.clear();
        let offset = self.next;
        while !self.take_some()? {}
        if self.next == offset {
            return Ok(None);
        }
        self.number += 1;
        if self.number == 1 && matches!(self.line.as_slice(), [0xff, 0xfe, ..] | [0xfe, 0xff, ..]) {
            return Err(io::Error::new(ErrorKind::InvalidData, "UTF-16 text, expected UTF-8 or a code page"));
        }
        let bytes = self.line.strip_suffix(b"\n").unwrap_or(&self.line);
        let bytes = bytes.strip_suffix(b"\r").unwrap_or(bytes);
        // Programs that append to a log write a mark again.
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        Ok(Some(Line { bytes, number: self.number, offset }))
    }

    /// Takes what the buffer holds of the line; whether the line ends with it.
    fn take_some(&mut self) -> io::Result<bool> {
        let held = loop {
            match self.input.fill_buf() {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                answer => break answer?,
            }
        };
        let end = memchr::memchr(b'\n', held);
        let taken = end.map_or(held.len(), |end| end + 1);
        let kept = taken.min(MAX_LINE.saturating_sub(self.line.len()));
        self.line.extend_from_slice(held.get(..kept).unwrap_or_default());
        self.input.consume(taken);
        self.next += taken as u64;
        Ok(end.is_some() || taken == 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &[u8]) -> Vec<(Vec<u8>, u64, u64)> {
        let mut lines = Lines::new(text);
        let mut seen = Vec::new();
        while let Some(line) = lines.next_line().unwrap() {
            seen.push((line.bytes.to_vec(), line.number, line.offset));
        }
        seen
    }

    #[test]
    fn line_ends_and_marks_are_cut_off() {
        let lines = all(b"\xef\xbb\xbfone\r\ntwo\n\nlast");
        let expected = [(&b"one"[..], 1, 0), (b"two", 2, 8), (b"", 3, 12), (b"last", 4, 13)];
        assert_eq!(lines, expected.map(|(bytes, number, offset)| (bytes.to_vec(), number, offset)));
    }

    #[test]
    fn a_long_line_is_cut_and_the_next_one_is_whole() {
        let text = [vec![b'a'; 3 * MAX_LINE + 5], b"\nnext".to_vec()].concat();
        let lines = all(&text);
        assert_eq!(lines[0].0.len(), MAX_LINE);
        assert_eq!(lines[1], (b"next".to_vec(), 2, 3 * MAX_LINE as u64 + 6));
    }

    #[test]
    fn utf_16_is_refused() {
        assert!(Lines::new(&b"\xff\xfea\0"[..]).next_line().is_err());
    }
}
