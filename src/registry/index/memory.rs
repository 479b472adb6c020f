//! Rows in memory: for an index that is made from the log and thrown away.

use std::collections::BTreeMap;

use super::{Damaged, Store};

/// A store that lasts as long as the process.
#[derive(Debug, Default)]
pub(in crate::registry) struct Memory {
    rows: BTreeMap<String, Vec<u8>>,
}

impl Memory {
    /// All rows.
    pub(in crate::registry) fn rows(&self) -> &BTreeMap<String, Vec<u8>> {
        &self.rows
    }
}

impl Store for Memory {
    fn get(&self, row: &str) -> Result<Option<Vec<u8>>, Damaged> {
        Ok(self.rows.get(row).cloned())
    }

    fn put(&mut self, rows: BTreeMap<String, Vec<u8>>) -> Result<(), Damaged> {
        self.rows.extend(rows);
        Ok(())
    }
}
