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
pub mod sessions;
pub mod setup_diag;
pub mod setupapi;
#[cfg(test)]
mod tests;

use std::io::Read;

use super::statement::{PieceKind, Testimony};
pub use super::text_log::Settings;

/// Reads a piece of a kind that one of these readers knows; `None` for other kinds, whose input is left as it is.
pub fn read(kind: PieceKind, input: impl Read, source: &str, settings: &Settings) -> Option<Testimony> {
    Some(match kind {
        PieceKind::TaskSequenceLog => cmtrace::read(input, source, settings),
        PieceKind::DeviceLog => setupapi::read(input, source, settings),
        PieceKind::Rowset => rowset::read(input, source, settings),
        PieceKind::AnswerFile => answer_file::read(input, source, settings),
        PieceKind::SetupDiag => setup_diag::read(input, source, settings),
        PieceKind::EventLog => event_log::read(input, source, settings),
        PieceKind::Blackboard => blackboard::read(input, source, settings),
        _ => return None,
    })
}
