//! Tables for people.

use std::io::{self, Write};

use unicode_width::UnicodeWidthStr as _;

use super::{inert::Inert, list_words};
use crate::judge::Language;

/// Rows of text under a head. Cells may hold text of images: writers escape them.
#[derive(Debug, Default, Clone)]
pub struct Table {
    /// Names of the columns.
    pub head: Vec<&'static str>,
    /// The rows.
    pub rows: Vec<Vec<String>>,
}

impl Table {
    /// An empty table.
    pub fn new(head: &[&'static str]) -> Self {
        Self { head: head.to_vec(), rows: Vec::new() }
    }

    /// The same with the heads of its columns in a language.
    #[must_use]
    pub fn headed(mut self, language: Language) -> Self {
        self.head.iter_mut().for_each(|name| *name = list_words::head(name, language));
        self
    }

    /// Writes the table in columns, `indent` blanks from the left; wide characters count for two.
    pub fn write(&self, out: &mut dyn Write, indent: usize) -> io::Result<()> {
        let shown: Vec<Vec<String>> =
            self.rows.iter().map(|row| row.iter().map(|cell| Inert(cell).to_string()).collect()).collect();
        let head: Vec<String> = self.head.iter().map(ToString::to_string).collect();
        let lines: Vec<&Vec<String>> = [&head].into_iter().chain(&shown).collect();
        let width = |column: usize| lines.iter().filter_map(|line| line.get(column)).map(|c| c.width()).max();
        let widths: Vec<usize> = (0..head.len()).map(|column| width(column).unwrap_or_default()).collect();
        for line in lines {
            let mut text = " ".repeat(indent);
            for (cell, width) in line.iter().zip(&widths) {
                text.push_str(cell);
                text.push_str(&" ".repeat(width - cell.width() + 2));
            }
            writeln!(out, "{}", text.trim_end())?;
        }
        Ok(())
    }
}
