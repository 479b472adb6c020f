//! Questions that take a walk over a tree: its digest `content`, and which files have a content.

use crate::{
    error::Result,
    metadata::Metadata,
    tree_digest::{Sha256Of, TreeDigest, TreeHasher},
    value::Sha1Digest,
};

impl Metadata {
    /// The digest `content`, see [`crate::tree_digest`]; `None` where the SHA-256 of a content is not known.
    pub fn content_digest(&self, sha256_of: &Sha256Of<'_>) -> Result<Option<TreeDigest>> {
        let mut hasher = TreeHasher::with_contents(self, sha256_of);
        let mut walk = self.walk();
        while let Some(node) = walk.next_node()? {
            hasher.entry(&node, &node.dentry.streams());
        }
        Ok(hasher.finish())
    }

    /// Calls `each` with SHA-1 and path of every stream whose content is wanted; a named stream's path ends with a colon
    /// and its name. Hard links are files of their own.
    pub fn files_with(
        &self,
        wanted: impl Fn(&Sha1Digest) -> bool,
        mut each: impl FnMut(&Sha1Digest, String),
    ) -> Result<()> {
        let mut walk = self.walk();
        while let Some(node) = walk.next_node()? {
            for stream in node.dentry.streams() {
                if wanted(&stream.sha1) {
                    let path = walk.path();
                    let name = if stream.name.is_empty() { path } else { format!("{path}:{}", stream.name) };
                    each(&stream.sha1, name);
                }
            }
        }
        Ok(())
    }
}
