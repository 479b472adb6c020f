//! Tells what a piece of evidence is by its first bytes; its name only helps where they leave it open.

use super::{
    entry::{Entry, Level, found_line},
    launcher,
    lines::{Form, Lines},
};
use crate::evidence::statement::PieceKind;

/// Lines that are looked at.
const LINES: usize = 400;

/// Beginnings of files that are no text.
const MAGIC: [(usize, &[u8], PieceKind); 5] = [
    (0, b"regf", PieceKind::Hive),
    (0, b"ElfFile\0", PieceKind::EventLog),
    (0x18, b"DRBKLBSM", PieceKind::Blackboard),
    (0, b"MSWIM\0\0\0", PieceKind::Image),
    (0, b"WLPWM\0\0\0", PieceKind::Image),
];

/// Words that tell a text that has no entries, and what it is.
const WORDS: [(&[u8], PieceKind); 12] = [
    (b"Checking System Update Readiness.", PieceKind::ServicingLog),
    (b"Total Detected Corruption:", PieceKind::ServicingLog),
    (b"<![LOG[", PieceKind::TaskSequenceLog),
    (b"[Device Install Log]", PieceKind::DeviceLog),
    (b"[BeginLog]", PieceKind::DeviceLog),
    (b"<xml xmlns:s=", PieceKind::Rowset),
    (b"<unattend", PieceKind::AnswerFile),
    (b"<SetupDiag", PieceKind::SetupDiag),
    (b"AudMig:", PieceKind::DriverLog),
    (b"WudfCoInstaller:", PieceKind::DriverLog),
    (b"WdfCoInstaller:", PieceKind::DriverLog),
    (b"dispci.dll:", PieceKind::DriverLog),
];

/// Components of setup.
const SETUP: [&[u8]; 9] = [b"MOUPG", b"CONX", b"SP", b"IBS", b"IBSLIB", b"PANTHR", b"DIAG", b"UI", b"MIG"];

/// Components of the servicing stack, which stand in its own log and in those of whoever loads it.
pub(super) const SERVICING: [&[u8]; 5] = [b"CBS", b"CSI", b"DPX", b"SXS", b"DEPLOY"];

/// Tells what a piece is, by the first bytes of it (64 KiB are plenty) and the last part of its path.
pub fn sniff(head: &[u8], source: &str) -> PieceKind {
    let is_magic = |(at, magic, _): &&(usize, &[u8], PieceKind)| {
        head.get(*at..).is_some_and(|rest| rest.starts_with(magic))
    };
    if let Some((_, _, kind)) = MAGIC.iter().find(is_magic) {
        return *kind;
    }
    let mut seen = Seen::default();
    let mut lines = Lines::new(head, Form::of(head));
    for _ in 0..LINES {
        // A slice answers no error.
        let Ok(Some(line)) = lines.next_line() else { break };
        if let Some(kind) = seen.look_at(line.bytes) {
            return kind;
        }
    }
    seen.verdict(&name(source))
}

/// The last part of a path, in lower case.
fn name(source: &str) -> String {
    source.rsplit(['/', '\\']).next().unwrap_or_default().to_lowercase()
}

/// What entries were seen.
#[derive(Default)]
struct Seen {
    entries: u32,
    errors: u32,
    setup: u32,
    sysprep: u32,
    dism: u32,
    servicing: u32,
    launcher: u32,
}

impl Seen {
    /// Looks at a line; it may settle the matter.
    fn look_at(&mut self, line: &[u8]) -> Option<PieceKind> {
        let found = || Entry::of(found_line(line)?).filter(|entry| SERVICING.contains(&entry.component));
        if let Some(entry) = Entry::of(line).or_else(found) {
            self.entries += 1;
            self.errors += u32::from(entry.level == Level::Error);
            match entry.component {
                b"SYSPRP" => self.sysprep += 1,
                b"DISM" => self.dism += 1,
                name if SETUP.contains(&name) => self.setup += 1,
                name if SERVICING.contains(&name) => self.servicing += 1,
                _ => {}
            }
            return None;
        }
        if launcher::parts(line).is_some() {
            self.launcher += 1;
            return None;
        }
        // Words inside a log that has entries are somebody's message.
        let is_open = self.entries + self.launcher == 0;
        let told = |(words, _): &&(&[u8], PieceKind)| memchr::memmem::find(line, words).is_some();
        WORDS.iter().find(|word| is_open && told(word)).map(|(_, kind)| *kind)
    }

    fn verdict(&self, name: &str) -> PieceKind {
        let by_name = |part: &str| name.contains(part);
        if self.entries == 0 {
            return match self.launcher {
                0 if by_name("setuperr") => PieceKind::SetupErrors,
                0 => PieceKind::Other,
                _ => PieceKind::LauncherLog,
            };
        }
        if self.errors == self.entries && self.dism + self.servicing < self.entries {
            return PieceKind::SetupErrors;
        }
        if self.sysprep > self.setup {
            return PieceKind::SysprepLog;
        }
        if self.setup > 0 || by_name("setupact") {
            return PieceKind::SetupLog;
        }
        match () {
            () if by_name("setuperr") => PieceKind::SetupErrors,
            () if self.dism > 0 => PieceKind::DismLog,
            () if self.servicing > 0 => PieceKind::ServicingLog,
            () => PieceKind::SetupLog,
        }
    }
}
