//! The head of the log: origin, size and Merkle root, as a C2SP `tlog-checkpoint`.
//!
//! Three lines and an empty one, and behind it the signatures, if there are any (C2SP `signed-note`).

use std::{
    io::{self, Read as _},
    path::Path,
};

use base64::{Engine as _, prelude::BASE64_STANDARD};

use super::{
    error::{Error, Result},
    merkle::{Frontier, Hash},
    plain_file, whole_file,
};
use crate::signing::Note;

/// Name of the file in the registry folder.
pub(super) const FILE: &str = "checkpoint";

const MAX_BYTES: u64 = 64 << 10;

/// The state of a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// Names the log; unique among the logs of an organisation. No blanks, no plus sign.
    pub origin: String,
    /// Entries.
    pub size: u64,
    /// Merkle root over the entries.
    pub root: Hash,
}

impl Head {
    /// The head of a log with these entries.
    pub(super) fn of(origin: &str, tree: &Frontier) -> Self {
        Self { origin: origin.to_owned(), size: tree.size(), root: tree.root() }
    }

    /// The text that is signed: three lines.
    pub(super) fn text(&self) -> String {
        format!("{}\n{}\n{}\n", self.origin, self.size, BASE64_STANDARD.encode(self.root))
    }

    /// Reads the text of a note. Lines behind the third are refused: nothing that others may add is understood here.
    pub(super) fn decode(text: &str) -> Option<Self> {
        let mut lines = text.split('\n');
        let (origin, size, root) = (lines.next()?, lines.next()?, lines.next()?);
        let canonical = size == "0" || size.starts_with(|c: char| ('1'..='9').contains(&c));
        if origin.is_empty()
            || origin.chars().any(char::is_control)
            || !canonical
            || lines.next() != Some("")
            || lines.next().is_some()
        {
            return None;
        }
        let root = BASE64_STANDARD.decode(root).ok()?.try_into().ok()?;
        Some(Self { origin: origin.to_owned(), size: size.parse().ok()?, root })
    }
}

/// A head with who signed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Checkpoint {
    pub(super) head: Head,
    pub(super) note: Note,
}

impl Checkpoint {
    /// A head that nobody signed yet.
    pub(super) fn of(head: Head) -> Self {
        let note = Note::unsigned(head.text());
        Self { head, note }
    }

    pub(super) fn parse(text: &str) -> Option<Self> {
        let note = Note::parse(text).ok()?;
        Some(Self { head: Head::decode(note.text())?, note })
    }

    /// Reads the head of the registry in a folder.
    pub(super) fn read(dir: &Path) -> Result<Self> {
        Self::read_file(&dir.join(FILE))?.ok_or_else(|| Error::missing_head(dir))
    }

    /// Reads a checkpoint; `None` where there is no such file.
    pub(super) fn read_file(path: &Path) -> Result<Option<Self>> {
        let mut bytes = Vec::new();
        match plain_file::read(path).and_then(|file| file.take(MAX_BYTES + 1).read_to_end(&mut bytes)) {
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(Error::Io { path: path.to_owned(), source }),
        }
        let text = Some(bytes).filter(|bytes| bytes.len() as u64 <= MAX_BYTES);
        let checkpoint = text.and_then(|bytes| Self::parse(&String::from_utf8(bytes).ok()?));
        checkpoint.map(Some).ok_or_else(|| Error::MalformedHead { path: path.to_owned() })
    }

    /// Puts the head in place, whole or not at all.
    pub(super) fn write(&self, dir: &Path) -> Result<()> {
        whole_file::write(&dir.join(FILE), self.note.to_string().as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_a_checkpoint() {
        let head = Head::of("bank.example/images", &Frontier::default());
        let text = "bank.example/images\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\n";
        let checkpoint = Checkpoint::of(head);
        assert_eq!(checkpoint.note.to_string(), text);
        assert_eq!(Checkpoint::parse(text), Some(checkpoint));
        for bad in [
            "",
            "\n0\nx\n\n",
            "o\n-1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\n",
            "o\n0\nAAAA\n\n",
            "o\n0\n",
            "o\n00\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\n",
            "o\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\nmore\n\n",
        ] {
            assert_eq!(Checkpoint::parse(bad), None, "{bad:?}");
        }
    }
}
