//! Readers that take a stream and answer with a testimony: records and text logs.

use std::io::Read;

use wimproof::evidence::{
    records,
    statement::Testimony,
    text_log::{self, CodePage, Settings},
};

use super::testimony::{self, Steps};

/// Names under which a piece is read; where its bytes leave open what it is, they help.
const NAMES: [&str; 4] = ["setupact.log", "setuperr.log", "BlueBox.log", "piece"];

/// Bytes at a time, in the second reading.
const STEPS: [usize; 4] = [1, 7, 509, 4096];

/// Bytes up to which the second reading may go byte by byte.
const SLOW: usize = 4096;

/// A reader, by the format of its pieces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Text logs of setup and servicing: the format is found out.
    Text,
    /// `CMTrace`.
    TaskSequence,
    /// Device installation.
    Device,
    /// `diagerr.xml`.
    Rowset,
    /// Answer files.
    AnswerFile,
    /// Results of `SetupDiag`.
    SetupDiag,
    /// The blackboard of setup.
    Blackboard,
}

impl Format {
    pub(super) fn read(self, input: impl Read, source: &str, settings: &Settings) -> Testimony {
        match self {
            Self::Text => text_log::read(input, source, settings),
            Self::TaskSequence => records::cmtrace::read(input, source, settings),
            Self::Device => records::setupapi::read(input, source, settings),
            Self::Rowset => records::rowset::read(input, source, settings),
            Self::AnswerFile => records::answer_file::read(input, source, settings),
            Self::SetupDiag => records::setup_diag::read(input, source, settings),
            Self::Blackboard => records::blackboard::read(input, source, settings),
        }
    }
}

/// The bytes of a case: one byte for how it is read, then the piece.
#[must_use]
pub fn case(how: u8, piece: &[u8]) -> Vec<u8> {
    [&[how][..], piece].concat()
}

/// Reads a piece at once and in steps. The first byte says under which name (2 bits), in which code page (1 bit), and
/// how many bytes at a time (2 bits).
///
/// # Panics
/// When the two readings differ, or cite what is not there.
pub fn read(format: Format, bytes: &[u8]) {
    let Some((how, piece)) = bytes.split_first() else { return };
    let how = usize::from(*how);
    let code_page = CodePage::of_number(if how & 4 == 0 { 1252 } else { 936 }).expect("it is known");
    let (name, settings) = (NAMES[how & 3], Settings { code_page });
    let step = if piece.len() > SLOW { SLOW } else { STEPS[how >> 3 & 3] };
    let once = format.read(piece, name, &settings);
    testimony::check(&once, piece.len());
    testimony::same(&once, &format.read(Steps { bytes: piece, step }, name, &settings));
}
