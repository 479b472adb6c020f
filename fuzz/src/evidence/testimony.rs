//! What holds of every testimony.

use std::io::{self, Read};

use wimproof::{
    evidence::statement::{MAX_QUOTE, MAX_STATEMENTS, MAX_TEXT, Testimony},
    sighting::Locator,
};

/// A testimony on bytes: what it cites lies in them, and it is as long as it may be. What was not read to its end says so.
///
/// # Panics
/// When one of these does not hold.
pub fn check(testimony: &Testimony, length: usize) {
    match testimony.sha256 {
        Some(_) => assert_eq!(testimony.size, length as u64, "{:?}", testimony.partial),
        None => assert!(testimony.size <= length as u64 && testimony.partial.is_some()),
    }
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

/// Two testimonies on the same bytes are the same. Where reading stopped, it depends on the steps how far it had come.
///
/// # Panics
/// When they are not.
pub fn same(one: &Testimony, other: &Testimony) {
    assert_eq!(one.kind, other.kind);
    assert_eq!(one.statements, other.statements);
    assert_eq!((one.errors, one.warnings), (other.errors, other.warnings));
    assert_eq!(one.sha256, other.sha256);
    match one.sha256 {
        Some(_) => assert_eq!((one.size, &one.partial), (other.size, &other.partial)),
        None => assert_eq!(one.partial.is_some(), other.partial.is_some()),
    }
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
