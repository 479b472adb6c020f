//! Readers of text logs: what Windows Setup, sysprep, DISM and the servicing stack write while they work.
//!
//! A log is read once, through one buffer, whatever its length; nearly every line is turned away by a look at its first
//! bytes, and only the words of the others are decoded.

mod code_page;
mod command_line;
mod entry;
mod instant;
mod launcher;
mod lines;
mod meter;
mod panther;
mod rules;
mod sniff;
mod table;
mod voice;

#[cfg(test)]
mod tests;

use std::io::{Read, Result};

pub use code_page::CodePage;
pub(in crate::evidence) use instant::session_id;
pub use sniff::sniff;

use self::{
    lines::{Form, Lines, is_utf_32},
    meter::Metered,
};
use super::statement::{PieceKind, Testimony};

/// Bytes at the begin of a piece by which [`sniff`] tells what it is.
pub const HEAD: u64 = 64 << 10;

/// How to read logs.
#[derive(Debug, Clone, Copy, Default)]
pub struct Settings {
    /// How lines are read that are not UTF-8.
    pub code_page: CodePage,
}

/// Reads a log to its end: its length, its SHA-256, and what it says.
///
/// Never fails: where the input does, the testimony holds what was said until there, and is marked as partial. A piece of
/// a kind that is read elsewhere, or of none that is known, is counted and hashed and says nothing.
pub fn read(input: impl Read, source: &str, settings: &Settings) -> Testimony {
    let mut input = Metered::new(input);
    let mut head = Vec::new();
    let head_read = input.by_ref().take(HEAD).read_to_end(&mut head);
    let mut testimony = Testimony::new(source, sniff(&head, source));
    // What was read before the input broke is heard.
    let rest = input.by_ref().take(if head_read.is_ok() { u64::MAX } else { 0 });
    let mut lines = Lines::new(head.chain(rest), Form::of(&head));
    let lines_read = say(&mut lines, settings.code_page, &mut testimony);
    let answer = head_read.and(lines_read);
    if is_utf_32(&head) {
        testimony.partial = Some("text in UTF-32, which is not read: save a copy of it as UTF-8".to_owned());
    }
    if let Err(error) = &answer {
        testimony.partial = Some(format!("reading stopped: {error}"));
    }
    let (size, sha256) = input.finish();
    testimony.size = size;
    testimony.sha256 = answer.is_ok().then_some(sha256);
    testimony
}

fn say(lines: &mut Lines<impl Read>, code_page: CodePage, testimony: &mut Testimony) -> Result<()> {
    match testimony.kind {
        PieceKind::SetupLog
        | PieceKind::SetupErrors
        | PieceKind::SysprepLog
        | PieceKind::DismLog
        | PieceKind::ServicingLog => panther::read(lines, code_page, testimony),
        PieceKind::LauncherLog => launcher::read(lines, code_page, testimony),
        _ => lines.skip(),
    }
}
