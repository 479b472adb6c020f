//! Lines of a text of any length, read through one buffer, as bytes: logs mix encodings from line to line, so a line is
//! only decoded by whoever wants its words.

use std::io::{ErrorKind, Read, Result};

use memchr::memchr_iter;

/// Bytes of a line that are kept; what goes beyond is skipped, and the line is marked as cut.
pub(super) const MAX_LINE: usize = 64 << 10;

/// Bytes of the buffer: more than a line, less than a core's cache.
const BUFFER: usize = 4 * MAX_LINE;

/// Bytes of the head that are looked at to tell UTF-16 without a byte order mark.
const DENSITY_WINDOW: usize = 4096;

/// How characters stand in the bytes, and what ends a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Form {
    units: Units,
    /// LF; CR where a program turned all line ends into those of old Macs.
    end: u8,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Units {
    /// A byte at least: UTF-8, a code page, or both by turns.
    Bytes,
    /// Two bytes, the low one first.
    Utf16Le,
    /// Two bytes, the high one first.
    Utf16Be,
}

impl Form {
    /// Tells the form by the first bytes of a text.
    pub(super) fn of(head: &[u8]) -> Self {
        let units = Units::of(head);
        let has = |end: u8| units.positions(end, head).next().is_some();
        Self { units, end: if has(b'\r') && !has(b'\n') { b'\r' } else { b'\n' } }
    }
}

impl Units {
    /// Tells them by the byte order mark, or by the NUL bytes that UTF-16 has beside each ASCII character.
    fn of(head: &[u8]) -> Self {
        match head {
            [0xff, 0xfe, ..] => return Self::Utf16Le,
            [0xfe, 0xff, ..] => return Self::Utf16Be,
            _ => {}
        }
        let window = &head[..head.len().min(DENSITY_WINDOW)];
        let pairs = window.len() / 2;
        let nuls = |parity: usize| window.iter().skip(parity).step_by(2).filter(|&&byte| byte == 0).count();
        let (even, odd) = (nuls(0), nuls(1));
        match pairs > 1 {
            true if odd * 2 >= pairs && even * 20 <= pairs => Self::Utf16Le,
            true if even * 2 >= pairs && odd * 20 <= pairs => Self::Utf16Be,
            _ => Self::Bytes,
        }
    }

    /// Bytes of a unit.
    fn width(self) -> usize {
        if self == Self::Bytes { 1 } else { 2 }
    }

    /// Where units begin that are this ASCII character.
    fn positions(self, character: u8, bytes: &[u8]) -> impl Iterator<Item = usize> {
        memchr_iter(character, bytes).filter_map(move |at| {
            let (first, high) = match self {
                Self::Bytes => return Some(at),
                Self::Utf16Be => (at.checked_sub(1)?, at.checked_sub(1)?),
                Self::Utf16Le => (at, at + 1),
            };
            (first.is_multiple_of(2) && bytes.get(high) == Some(&0)).then_some(first)
        })
    }
}

/// Whether a text is in UTF-32, by its byte order mark or by the three NUL bytes beside each ASCII character: no program of
/// Windows writes it, and it is not read.
pub(super) fn is_utf_32(head: &[u8]) -> bool {
    let (units, _) = head[..head.len().min(DENSITY_WINDOW)].as_chunks::<4>();
    let ascii = |unit: &&[u8; 4]| matches!(unit, [1..=0x7f, 0, 0, 0] | [0, 0, 0, 1..=0x7f]);
    let marked = matches!(units.first(), Some([0xff, 0xfe, 0, 0] | [0, 0, 0xfe, 0xff]));
    marked || (units.len() > 1 && units.iter().filter(ascii).count() * 2 >= units.len())
}

/// A line, without its end (LF, CR LF, or CR) and without a byte order mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Line<'l> {
    /// Its bytes; UTF-8 where the text is UTF-16.
    pub(super) bytes: &'l [u8],
    /// Counted from 1.
    pub(super) number: u64,
    /// Where it begins, in bytes of the text.
    pub(super) offset: u64,
    /// Whether it was longer than [`MAX_LINE`].
    pub(super) cut: bool,
}

/// Cuts a text into lines.
pub(super) struct Lines<R> {
    input: R,
    form: Form,
    buffer: Vec<u8>,
    /// What is in the buffer and was not given away.
    held: std::ops::Range<usize>,
    /// Bytes of `held` that hold no line end.
    searched: usize,
    /// Where `held` begins in the text.
    offset: u64,
    number: u64,
    /// The rest of a line that was cut is being skipped.
    skipping: bool,
    ended: bool,
    decoded: Vec<u8>,
}

impl<R: Read> Lines<R> {
    pub(super) fn new(input: R, form: Form) -> Self {
        Self {
            input,
            form,
            buffer: vec![0; BUFFER],
            held: 0..0,
            searched: 0,
            offset: 0,
            number: 0,
            skipping: false,
            ended: false,
            decoded: Vec::new(),
        }
    }

    /// The next line; `None` behind the last.
    ///
    /// # Errors
    /// What the input answers; the lines before were given.
    pub(super) fn next_line(&mut self) -> Result<Option<Line<'_>>> {
        loop {
            let begin = self.held.start;
            if let Some(end) = self.line_end() {
                let offset = self.consume(end - begin);
                if !std::mem::take(&mut self.skipping) {
                    return Ok(Some(self.line(begin, end, offset)));
                }
                continue;
            }
            let whole_units = self.held.len() / self.form.units.width() * self.form.units.width();
            if self.skipping {
                self.consume(whole_units);
            } else if whole_units > MAX_LINE {
                let offset = self.consume(whole_units);
                self.skipping = true;
                return Ok(Some(self.line(begin, begin + whole_units, offset)));
            }
            if self.ended {
                let (begin, end) = (self.held.start, self.held.end);
                if begin == end || self.skipping {
                    return Ok(None);
                }
                let offset = self.consume(end - begin);
                return Ok(Some(self.line(begin, end, offset)));
            }
            self.fill()?;
        }
    }

    /// Reads on to the end.
    ///
    /// # Errors
    /// What the input answers.
    pub(super) fn skip(&mut self) -> Result<()> {
        while !self.ended {
            self.consume(self.held.len());
            self.fill()?;
        }
        Ok(())
    }

    /// Just behind the first line end that is held.
    fn line_end(&mut self) -> Option<usize> {
        let Form { units, end } = self.form;
        // Only whole units were searched: the rest begins with one.
        let from = self.held.start + self.searched;
        let window = self.buffer.get(from..self.held.end).unwrap_or_default();
        let found = units.positions(end, window).next().map(|at| from + at + units.width());
        if found.is_none() {
            self.searched = self.held.len() / units.width() * units.width();
        }
        found
    }

    /// Gives bytes away, and tells where they began in the text.
    fn consume(&mut self, bytes: usize) -> u64 {
        let offset = self.offset;
        self.offset += bytes as u64;
        self.held.start += bytes;
        self.searched = 0;
        offset
    }

    fn line(&mut self, begin: usize, end: usize, offset: u64) -> Line<'_> {
        self.number += 1;
        let kept = &self.buffer[begin..end.min(begin + MAX_LINE)];
        let cut = kept.len() < end - begin;
        let bytes = match self.form.units {
            Units::Bytes => kept,
            units => {
                decode_wide(kept, units, &mut self.decoded);
                &self.decoded
            }
        };
        // Where CR ends lines, a CR LF behind the head leaves its LF to the next one.
        let bytes = if self.form.end == b'\r' { bytes.strip_prefix(b"\n").unwrap_or(bytes) } else { bytes };
        let bytes = bytes.strip_suffix(b"\n").unwrap_or(bytes);
        let bytes = bytes.strip_suffix(b"\r").unwrap_or(bytes);
        // Programs that append to a log write a mark again.
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        Line { bytes, number: self.number, offset, cut }
    }

    fn fill(&mut self) -> Result<()> {
        if self.held.start > 0 {
            self.buffer.copy_within(self.held.clone(), 0);
            self.held = 0..self.held.len();
        }
        let read = loop {
            match self.input.read(&mut self.buffer[self.held.end..]) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                answer => break answer?,
            }
        };
        self.held.end += read;
        self.ended = read == 0;
        Ok(())
    }
}

/// UTF-16 to UTF-8; what is no character becomes U+FFFD.
fn decode_wide(bytes: &[u8], units: Units, out: &mut Vec<u8>) {
    out.clear();
    let units = bytes.chunks_exact(2).map(|unit| match units {
        Units::Utf16Be => u16::from_be_bytes([unit[0], unit[1]]),
        _ => u16::from_le_bytes([unit[0], unit[1]]),
    });
    for unit in char::decode_utf16(units) {
        let character = unit.unwrap_or(char::REPLACEMENT_CHARACTER);
        out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(bytes: &[u8], step: usize) -> Vec<(Vec<u8>, u64, u64, bool)> {
        let mut lines = Lines::new(Dribble(bytes, step), Form::of(bytes));
        let mut seen = Vec::new();
        while let Some(line) = lines.next_line().unwrap() {
            seen.push((line.bytes.to_vec(), line.number, line.offset, line.cut));
        }
        seen
    }

    /// Gives few bytes at a time.
    struct Dribble<'b>(&'b [u8], usize);

    impl Read for Dribble<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
            let count = self.1.min(buffer.len()).min(self.0.len());
            let (now, later) = self.0.split_at(count);
            buffer[..count].copy_from_slice(now);
            self.0 = later;
            Ok(count)
        }
    }

    fn wide(text: &str, big: bool, mark: bool) -> Vec<u8> {
        let mark = if mark { "\u{feff}" } else { "" };
        let units = mark.encode_utf16().chain(text.encode_utf16());
        units.flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
    }

    #[test]
    fn line_ends_of_every_kind_are_cut_off() {
        let text = b"\xef\xbb\xbfone\r\ntwo\nthree\r\r\n\n\xef\xbb\xbflast";
        for step in [1, 3, 100] {
            let lines = all(text, step);
            let words: Vec<&[u8]> = lines.iter().map(|line| line.0.as_slice()).collect();
            assert_eq!(words, [&b"one"[..], b"two", b"three\r", b"", b"last"], "step {step}");
            let places: Vec<(u64, u64)> = lines.iter().map(|line| (line.1, line.2)).collect();
            assert_eq!(places, [(1, 0), (2, 8), (3, 12), (4, 20), (5, 21)]);
        }
    }

    #[test]
    fn a_text_whose_lines_all_end_in_cr_is_cut_there() {
        let text = "\u{feff}one\rtwo\r\rlast";
        for bytes in [text.as_bytes().to_vec(), wide(text, false, false), wide(text, true, false)] {
            for step in [1, 3, 100] {
                let words: Vec<Vec<u8>> = all(&bytes, step).into_iter().map(|line| line.0).collect();
                assert_eq!(words, [&b"one"[..], b"two", b"", b"last"], "{bytes:?} step {step}");
            }
        }
        let mut later = b"2019-03-29 00:25:29, Info\r".repeat(10_000);
        later.extend_from_slice(b"x\r\ny");
        let lines = {
            let mut lines = Lines::new(&later[..], Form::of(&later[..1000]));
            let mut count = 0;
            while lines.next_line().unwrap().is_some() {
                count += 1;
            }
            count
        };
        assert_eq!(lines, 10_002);
    }

    #[test]
    fn utf_32_is_known_and_nothing_else_is_taken_for_it() {
        let units = |text: &str| -> Vec<u32> { text.chars().map(u32::from).collect() };
        let log = "2019-03-29 00:25:29, Info";
        for text in [log.to_owned(), format!("\u{feff}{log}"), "\u{feff}日志".to_owned()] {
            let little: Vec<u8> = units(&text).iter().flat_map(|unit| unit.to_le_bytes()).collect();
            let big: Vec<u8> = units(&text).iter().flat_map(|unit| unit.to_be_bytes()).collect();
            assert!(is_utf_32(&little) && is_utf_32(&big), "{text}");
            for other in [text.as_bytes().to_vec(), wide(&text, false, false), wide(&text, true, false)] {
                assert!(!is_utf_32(&other), "{other:?}");
            }
        }
        assert!(!is_utf_32(b"") && !is_utf_32(b"\xff\xfe") && !is_utf_32(&[0; 4096]));
    }

    #[test]
    fn utf_16_is_told_by_its_mark_or_its_zeros() {
        for (big, mark) in [(false, true), (true, true), (false, false), (true, false)] {
            let bytes = wide("Übung eins\r\nzwei \u{0a0a}\u{1f600} Ende\r\ndrei", big, mark);
            for step in [1, 7, 1000] {
                let lines = all(&bytes, step);
                let words: Vec<&str> =
                    lines.iter().map(|line| std::str::from_utf8(&line.0).unwrap()).collect();
                assert_eq!(
                    words,
                    ["Übung eins", "zwei \u{0a0a}\u{1f600} Ende", "drei"],
                    "{big} {mark} {step}"
                );
                assert_eq!(lines[1].2, if mark { 26 } else { 24 });
            }
        }
    }

    #[test]
    fn a_long_line_is_cut_and_the_next_one_is_whole() {
        for long in [MAX_LINE + 1, BUFFER - 1, BUFFER, 3 * BUFFER + 5] {
            let mut text = vec![b'a'; long];
            text.extend_from_slice(b"\nnext\n");
            let lines = all(&text, 50_000);
            assert_eq!(lines.len(), 2, "{long}");
            assert_eq!((lines[0].0.len(), lines[0].3), (MAX_LINE, true));
            assert_eq!(lines[1], (b"next".to_vec(), 2, long as u64 + 1, false));
            let text = wide(std::str::from_utf8(&text).unwrap(), false, true);
            let lines = all(&text, 49_999);
            assert_eq!(lines.len(), 2);
            assert_eq!(lines[1].0, b"next");
        }
        assert_eq!(all(&vec![b'a'; 2 * BUFFER], 1 << 20).len(), 1);
        let exact = [vec![b'a'; MAX_LINE - 1], b"\n".to_vec()].concat();
        assert!(!all(&exact, 1 << 20)[0].3);
    }

    #[test]
    fn an_odd_byte_at_the_end_of_utf_16_is_dropped() {
        let mut bytes = wide("ab\ncd", false, true);
        bytes.push(b'x');
        assert_eq!(all(&bytes, 2)[1].0, b"cd");
        assert_eq!(all(b"", 1), []);
        assert_eq!(all(b"\xff\xfe", 1).len(), 1);
    }
}
