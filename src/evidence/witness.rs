//! Asks a piece of evidence what it says: the reader is chosen by the bytes, not by the name.

use std::io::{self, Cursor, Read};

use super::{
    collection::{Piece, Role},
    deployment::Heard,
    hive::{self, facts::Marker},
    records,
    servicing::cabinet,
    statement::{PieceKind, Testimony},
    text_log::{self, CodePage},
};

/// Bytes of pieces that have to be held in memory: hives, event logs, blackboards.
const MAX_HELD: u64 = 512 << 20;

/// How pieces are read.
#[derive(Debug, Clone, Copy, Default)]
pub struct Reading<'m> {
    /// How lines of text are read that are not UTF-8.
    pub code_page: CodePage,
    /// What to look for in hives.
    pub markers: &'m [Marker],
}

impl Reading<'_> {
    /// What a piece says. Never fails: where it cannot be read, the testimony says why.
    pub fn hear(&self, piece: &Piece) -> Heard {
        let testimony = self.ask(piece).unwrap_or_else(|error| {
            let mut testimony = Testimony::new(piece.name(), kind_by_role(piece.place().role));
            testimony.size = piece.size();
            testimony.partial = Some(error.to_string());
            testimony
        });
        Heard { place: piece.place().clone(), testimony }
    }

    fn ask(&self, piece: &Piece) -> io::Result<Testimony> {
        let mut input = piece.open()?;
        let mut head = Vec::new();
        input.by_ref().take(text_log::HEAD).read_to_end(&mut head)?;
        let name = piece.name();
        let kind = text_log::sniff(&head, piece.path());
        if kind == PieceKind::Hive {
            let logs: io::Result<Vec<_>> = piece.partners().iter().map(|log| log.bytes(MAX_HELD)).collect();
            return Ok(hive::read(piece.bytes(MAX_HELD)?, &logs?, name, self.markers));
        }
        let settings = text_log::Settings { code_page: self.code_page };
        if head.starts_with(cabinet::MAGIC) {
            return cabinet::read(piece.bytes(MAX_HELD)?, name, &settings);
        }
        let mut whole = Cursor::new(head).chain(input);
        let testimony = records::read(kind, &mut whole, name, &settings);
        Ok(testimony.unwrap_or_else(|| text_log::read(whole, name, &settings)))
    }
}

/// What a piece that cannot be read would be.
fn kind_by_role(role: Role) -> PieceKind {
    match role {
        Role::Panther | Role::UnattendGc | Role::Rollback | Role::NewOs => PieceKind::SetupLog,
        Role::SysprepPanther => PieceKind::SysprepLog,
        Role::Hive(_) => PieceKind::Hive,
        Role::EventLog => PieceKind::EventLog,
        Role::Dism => PieceKind::DismLog,
        Role::Cbs => PieceKind::ServicingLog,
        Role::DeviceLog => PieceKind::DeviceLog,
        Role::TaskSequence => PieceKind::TaskSequenceLog,
        Role::AnswerFile => PieceKind::AnswerFile,
        Role::Image => PieceKind::Image,
        _ => PieceKind::Other,
    }
}
