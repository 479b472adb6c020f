//! Sets of an image's entries, a byte for each.

use super::{Entry, Inside};

/// Entries that were marked.
#[derive(Debug)]
pub struct Marks(Vec<bool>);

impl<S> Inside<'_, S> {
    /// No entry is marked.
    pub fn marks(&self) -> Marks {
        Marks(vec![false; self.nodes.len()])
    }
}

impl Marks {
    /// Marks an entry.
    pub fn mark(&mut self, entry: &Entry<'_>) {
        if let Some(mark) = self.0.get_mut(entry.number as usize) {
            *mark = true;
        }
    }

    /// Whether an entry is marked.
    pub fn has(&self, entry: &Entry<'_>) -> bool {
        self.0.get(entry.number as usize).copied().unwrap_or(false)
    }
}
