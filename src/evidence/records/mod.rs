//! Readers of structured evidence: task sequence logs, device installation logs, the rowsets and the blackboard of
//! Windows Setup, answer files, the results of `SetupDiag`, event logs.
//!
//! Each reader has the shape `read(input, source, settings) -> Testimony`. None fails: where a piece is cut, broken or
//! longer than a reader takes, the testimony holds what was said until there and is marked as partial. Logs, rowsets and
//! event logs are streamed; the formats that need access at random are taken whole, within a constant of the reader.

pub mod answer_file;
pub mod blackboard;
pub mod cmtrace;
mod device_id;
mod document;
mod entry;
pub mod event_log;
mod input;
mod lines;
pub mod rowset;
pub mod setup_diag;
pub mod setupapi;
#[cfg(test)]
mod tests;

use std::borrow::Cow;

use encoding_rs::{Encoding, WINDOWS_1252};

/// How to read pieces.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    /// How text is read that is not UTF-8: the code page of the system that wrote it, for programs that know no Unicode.
    pub code_page: &'static Encoding,
}

impl Default for Settings {
    /// Western European, windows-1252.
    fn default() -> Self {
        Self { code_page: WINDOWS_1252 }
    }
}

impl Settings {
    /// The words of a line. Never fails: what is no character becomes U+FFFD.
    fn decode<'b>(&self, bytes: &'b [u8]) -> Cow<'b, str> {
        match std::str::from_utf8(bytes) {
            Ok(text) => Cow::Borrowed(text),
            Err(_) => self.code_page.decode_without_bom_handling(bytes).0,
        }
    }
}
