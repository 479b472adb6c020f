//! What holds of every testimony.

use std::io::{self, Read};

use wimproof::{
    evidence::statement::{MAX_QUOTE, MAX_STATEMENTS, MAX_TEXT, Testimony},
    sighting::Locator,
};

/// A testimony on bytes that could be read to their end: what it cites lies in them, and it is as long as it may be.
///
/// # Panics
/// When one of these does not hold.
pub fn check(testimony: &Testimony, length: usize) {
    assert_eq!(testimony.size, length as u64, "{:?}", testimony.partial);
    assert!(testimony.statements.len() <= MAX_STATEMENTS);
    let mut text = 0;
    for statement in &testimony.statements {
        assert!(statement.quote.len() <= MAX_QUOTE, "{} bytes are quoted", statement.quote.len());
        text +=
            statement.about.as_deref().map_or(0, str::len) + statement.value.len() + statement.quote.len();
        match statement.locator {
            Locator::Line(line, offset) => {
                let within = line > 0 && line <= length as u64 + 1 && offset <= length as u64;
                assert!(within, "line {line} at {offset} of {length}");
            }
            Locator::Offset(offset) => assert!(offset <= length as u64),
            _ => {}
        }
    }
    assert!(text <= MAX_TEXT, "{text} bytes of text");
}

/// Two testimonies on the same bytes are the same.
///
/// # Panics
/// When they are not.
pub fn same(one: &Testimony, other: &Testimony) {
    assert_eq!(one.kind, other.kind);
    assert_eq!(one.partial, other.partial);
    assert_eq!(one.statements, other.statements);
    assert_eq!((one.errors, one.warnings), (other.errors, other.warnings));
    assert_eq!((one.size, one.sha256), (other.size, other.sha256));
}

/// An input that gives a few bytes at a time, as a pipe or a decoder may.
#[derive(Debug)]
pub struct Steps<'b> {
    /// What is left.
    pub bytes: &'b [u8],
    /// Bytes that are given at once, at least one.
    pub step: usize,
}

impl Read for Steps<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let step = self.step.max(1).min(buffer.len());
        self.bytes.read(&mut buffer[..step])
    }
}
