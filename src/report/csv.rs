//! Rows for spreadsheets (RFC 4180, UTF-8).

use std::io::{self, Write};

use super::{inert::Inert, table::Table};

/// Writes a table. Cells that a spreadsheet would take for a formula get an apostrophe in front.
pub fn write(out: &mut dyn Write, table: &Table) -> io::Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(&table.head)?;
    for row in &table.rows {
        writer.write_record(row.iter().map(|cell| guard(cell)))?;
    }
    writer.flush()
}

fn guard(cell: &str) -> String {
    let shown = Inert(cell).to_string();
    match cell.chars().next() {
        Some('=' | '+' | '-' | '@' | '\t' | '\r' | '\u{ff1d}' | '\u{ff0b}' | '\u{ff0d}' | '\u{ff20}') => {
            format!("'{shown}")
        }
        _ => shown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_text() {
        for cell in ["=cmd|' /C calc'!A0", "+1", "-1", "@x"] {
            assert!(guard(cell).starts_with('\''));
        }
        assert_eq!(guard("CMGE V2020-L"), "CMGE V2020-L");
    }
}
