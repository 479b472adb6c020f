//! An entry of the log, understood.

use super::{envelope::Envelope, log::Position, merkle::Hash, record::Record};

/// A line of the log and what it says.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    /// From 0.
    pub(super) number: u64,
    pub(super) leaf: Hash,
    pub(super) envelope: Envelope,
    pub(super) record: Record,
}

impl Entry {
    /// Understands a line.
    ///
    /// # Errors
    /// Says what is wrong with it.
    pub(super) fn parse(number: u64, position: &Position, line: &[u8]) -> Result<Self, String> {
        let envelope = Envelope::from_line(line)?;
        let record = Record::from_statement(envelope.statement()?)?;
        Ok(Self { number, leaf: position.leaf, envelope, record })
    }

    /// Whether it was signed for the place where it stands.
    pub(super) fn is_in_place(&self, origin: &str) -> bool {
        self.record.place().is_some_and(|place| place.origin == origin && place.entry == self.number)
    }

    /// Whether this is a later signature for another entry.
    pub(super) fn endorses(&self, other: &Self) -> bool {
        match &self.record {
            Record::Endorse(endorsement) => {
                endorsement.entry == other.number
                    && endorsement.leaf == hex::encode(other.leaf)
                    && self.number > other.number
            }
            _ => false,
        }
    }
}
