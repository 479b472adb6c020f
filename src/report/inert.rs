//! Text of an image, made harmless.
//!
//! A name is attacker text. Terminals obey escapes, build servers obey `##vso[` and `::error::`, browsers obey `<script>`,
//! spreadsheets obey `=`, and people believe what bidi controls make them see. Each output form has its own way to show
//! such text without doing what it says; what they share is here.

use std::{
    fmt::{self, Write as _},
    io,
};

use serde_json::ser::{CharEscape, CompactFormatter, Formatter, PrettyFormatter};

use crate::sighting::names::is_invisible;

/// Shows text on a terminal or in a log: one line, nothing that is obeyed, nothing invisible.
#[derive(Debug, Clone, Copy)]
pub struct Inert<T>(pub T);

impl<T: fmt::Display> fmt::Display for Inert<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.0.to_string();
        let mut previous = None;
        // A line that begins with `::` is a command. Inside a line it is what names of functions hold.
        let mut may_begin_line = true;
        for c in text.chars() {
            may_begin_line &= c.is_whitespace() || c == ':';
            let colons = previous == Some(':') && c == ':';
            if is_invisible(c) || (begins_command(previous, c) && (!colons || may_begin_line)) {
                write!(f, "\\u{{{:x}}}", u32::from(c))?;
            } else {
                f.write_char(c)?;
            }
            previous = Some(c);
        }
        Ok(())
    }
}

/// Like [`Inert`], between quotation marks that the text cannot close, and cut where it is longer than any name is.
#[derive(Debug, Clone, Copy)]
pub struct Quoted<T>(pub T);

/// Characters of a name that are shown.
const SHOWN: usize = 200;

impl<T: fmt::Display> fmt::Display for Quoted<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.0.to_string();
        let shown: String = text.chars().take(SHOWN).collect();
        let rest = if shown.len() < text.len() { "..." } else { "" };
        let escaped = shown.replace('\\', "\\\\").replace('"', "\\\"");
        write!(f, "\"{}{rest}\"", Inert(escaped))
    }
}

/// Build servers look for `##vso[`, `##[`, `##teamcity[` and `::command::` in what a step prints.
fn begins_command(previous: Option<char>, c: char) -> bool {
    matches!((previous, c), (Some('#'), '#' | '[') | (Some(':'), ':') | (Some('#' | '\u{ff03}'), '\u{ff03}'))
}

/// Writes JSON in which text that somebody might obey is escaped; a JSON reader sees it unchanged.
#[derive(Debug, Default)]
pub struct InertJson {
    pretty: PrettyFormatter<'static>,
    compact: bool,
}

impl InertJson {
    /// The same on one line.
    pub fn compact() -> Self {
        Self { compact: true, ..Self::default() }
    }
}

macro_rules! delegate {
    ($($name:ident($($argument:ident: $type:ty),*);)+) => {$(
        fn $name<W: ?Sized + io::Write>(&mut self, writer: &mut W $(, $argument: $type)*) -> io::Result<()> {
            match self.compact {
                true => CompactFormatter.$name(writer $(, $argument)*),
                false => self.pretty.$name(writer $(, $argument)*),
            }
        }
    )+};
}

impl Formatter for InertJson {
    delegate! {
        begin_array();
        end_array();
        begin_array_value(first: bool);
        end_array_value();
        begin_object();
        end_object();
        begin_object_key(first: bool);
        begin_object_value();
        end_object_value();
    }

    fn write_string_fragment<W: ?Sized + io::Write>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        let mut previous = None;
        for c in fragment.chars() {
            if is_invisible(c) || matches!(c, '<' | '>' | '&') || begins_command(previous, c) {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    write!(writer, "\\u{unit:04x}")?;
                }
            } else {
                write!(writer, "{c}")?;
            }
            previous = Some(c);
        }
        Ok(())
    }

    fn write_char_escape<W: ?Sized + io::Write>(
        &mut self,
        writer: &mut W,
        escape: CharEscape,
    ) -> io::Result<()> {
        self.pretty.write_char_escape(writer, escape)
    }
}

#[cfg(test)]
mod tests {
    use serde::Serialize as _;

    use super::*;

    const HOSTILE: [&str; 8] = [
        "\x1b[2Jgone",
        "##vso[task.setvariable variable=x]y",
        "::error::x",
        "=cmd|' /C calc'!A0",
        "<script>alert(1)</script>",
        "\u{202e}gnp.exe",
        "two\nlines\r\u{2028}\u{9b}31m",
        "##teamcity[x] #[y]",
    ];

    #[test]
    fn shown_text_commands_nothing() {
        for name in HOSTILE {
            let shown = Inert(name).to_string();
            assert!(!shown.chars().any(is_invisible), "{shown:?}");
            assert!(!shown.contains("##") && !shown.trim_start().starts_with("::"), "{shown:?}");
        }
        assert_eq!(Inert("\u{5de5}\u{884c} VDA #1: a::b").to_string(), "\u{5de5}\u{884c} VDA #1: a::b");
        assert_eq!(Inert(" ::error::x").to_string(), " :\\u{3a}error::x");
    }

    #[test]
    fn json_is_inert_and_unchanged() {
        for name in HOSTILE {
            let mut bytes = Vec::new();
            let mut serializer = serde_json::Serializer::with_formatter(&mut bytes, InertJson::default());
            name.serialize(&mut serializer).expect("JSON");
            let shown = String::from_utf8(bytes).expect("UTF-8");
            assert!(!shown.contains("##") && !shown.contains("::") && !shown.contains('<'), "{shown}");
            assert!(!shown.chars().any(is_invisible), "{shown:?}");
            assert_eq!(serde_json::from_str::<String>(&shown).expect("JSON"), name);
        }
    }
}
