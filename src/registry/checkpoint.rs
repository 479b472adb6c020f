//! The head of the log: origin, size and Merkle root, as a C2SP `tlog-checkpoint`.
//!
//! Three lines and an empty one; signatures will follow the empty line.

use std::{fs, io, path::Path};

use base64::{Engine as _, prelude::BASE64_STANDARD};

use super::{
    error::{Error, Result},
    merkle::{Frontier, Hash},
    whole_file,
};

/// Name of the file in the registry folder.
pub(super) const FILE: &str = "checkpoint";

const MAX_BYTES: usize = 64 << 10;

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

    fn encode(&self) -> String {
        format!("{}\n{}\n{}\n\n", self.origin, self.size, BASE64_STANDARD.encode(self.root))
    }

    fn decode(text: &str) -> Option<Self> {
        let mut lines = text.split('\n');
        let (origin, size, root) = (lines.next()?, lines.next()?, lines.next()?);
        if origin.is_empty()
            || origin.chars().any(char::is_control)
            || !lines.next()?.is_empty()
            || size.starts_with('+')
        {
            return None;
        }
        let root = BASE64_STANDARD.decode(root).ok()?.try_into().ok()?;
        Some(Self { origin: origin.to_owned(), size: size.parse().ok()?, root })
    }

    /// Reads the head of the registry in a folder.
    pub(super) fn read(dir: &Path) -> Result<Self> {
        let path = dir.join(FILE);
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(Error::missing_head(dir)),
            Err(source) => return Err(Error::Io { path, source }),
        };
        let text = Some(bytes)
            .filter(|bytes| bytes.len() <= MAX_BYTES)
            .and_then(|bytes| String::from_utf8(bytes).ok());
        text.and_then(|text| Self::decode(&text)).ok_or(Error::MalformedHead { path })
    }

    /// Puts the head in place, whole or not at all.
    pub(super) fn write(&self, dir: &Path) -> Result<()> {
        whole_file::write(&dir.join(FILE), self.encode().as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_a_checkpoint() {
        let head = Head::of("bank.example/images", &Frontier::default());
        let text = "bank.example/images\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\n";
        assert_eq!(head.encode(), text);
        assert_eq!(Head::decode(text), Some(head));
        for bad in [
            "",
            "\n0\nx\n\n",
            "o\n-1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\n",
            "o\n0\nAAAA\n\n",
            "o\n0\n",
        ] {
            assert_eq!(Head::decode(bad), None, "{bad:?}");
        }
    }
}
