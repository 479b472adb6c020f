//! A metadata resource: the directory tree of one image, with its security descriptors.
//!
//! Uncompressed it holds the security data (a table of self-relative security descriptors), padded to 8 bytes, then
//! the root directory entry. A directory's children stand in a list elsewhere in the resource, ended by an entry of
//! length 8 or less. The published white paper has reparse tag and hard-link group in the wrong order; the layout
//! here is the one that files have.

mod dentry;
mod security;
mod walk;

pub use dentry::{Attributes, Dentry, Stream, StreamKind};
pub use walk::{Node, Walk};

use crate::{
    anomaly::{Anomalies, AnomalyKind},
    error::Result,
    value::Utf16,
};
use security::SecurityTable;

/// An entry of a list: a directory may have millions, so no more is kept than its order needs.
#[derive(Debug, Clone, Copy)]
struct Listed<'m> {
    offset: u64,
    name: Utf16<'m>,
}

/// A decoded metadata resource.
#[derive(Debug)]
pub struct Metadata {
    bytes: Vec<u8>,
    security: SecurityTable,
    root_offset: u64,
}

impl Metadata {
    /// Takes the uncompressed bytes of a metadata resource; checks the security data and the root.
    pub fn parse(bytes: Vec<u8>) -> Result<Self> {
        let security = SecurityTable::parse(&bytes)?;
        let root_offset = security.end();
        let metadata = Self { bytes, security, root_offset };
        let root = metadata.root()?;
        if !root.is_directory() {
            return Err(root.place().malformed("a root that is a file", "a directory"));
        }
        Ok(metadata)
    }

    /// The root directory.
    pub fn root(&self) -> Result<Dentry<'_>> {
        let (root, _) = Dentry::parse(&self.bytes, self.root_offset)?;
        root.ok_or_else(|| dentry::place(self.root_offset).malformed("no root", "a directory entry"))
    }

    /// The security descriptors, self-relative, in the order of their ids.
    pub fn security_descriptors(&self) -> impl ExactSizeIterator<Item = &[u8]> {
        self.security.descriptors().map(|range| self.bytes.get(range).unwrap_or_default())
    }

    /// The entry at an offset that a walk gave, see [`Dentry::offset`].
    pub fn dentry(&self, offset: u64) -> Result<Dentry<'_>> {
        let (dentry, _) = Dentry::parse(&self.bytes, offset)?;
        dentry.ok_or_else(|| dentry::place(offset).malformed("an end mark", "a directory entry"))
    }

    /// The uncompressed resource.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// All entries in canonical order: a directory before its children, children by the code units of their names.
    pub fn walk(&self) -> Walk<'_> {
        Walk::new(self)
    }

    /// Reads the list of entries at `offset`; returns their places and names with the offset behind the end mark.
    fn list(&self, offset: u64) -> Result<(Vec<Listed<'_>>, u64)> {
        let mut entries = Vec::new();
        let mut at = offset;
        loop {
            let (entry, next) = Dentry::parse(&self.bytes, at)?;
            at = next;
            match entry {
                Some(entry) => entries.push(Listed { offset: entry.offset, name: entry.name }),
                None => return Ok((entries, at)),
            }
        }
    }

    /// What stands beside the root.
    fn root_anomalies(&self, root: &Dentry<'_>, anomalies: &mut Anomalies) {
        if !root.name.is_empty() {
            anomalies.push(
                AnomalyKind::OddRoot,
                Some(root.offset),
                format!("the root has the name {:?}", root.name),
            );
        }
        if root.end + 8 <= self.bytes.len() as u64
            && matches!(Dentry::parse(&self.bytes, root.end), Ok((Some(_), _)))
        {
            anomalies.push(AnomalyKind::OddRoot, Some(root.end), "an entry stands beside the root");
        }
    }
}
