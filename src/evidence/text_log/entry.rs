//! The line that Windows Setup, CBS and DISM share, by column (counted from 0):
//!
//! ```text
//! 0                  19 21         32         43     50
//! 2019-03-29 00:25:34, Info       [0x0606cc] IBS    LogMediaDriveInfo: Media drive is of type Removable (2)
//! ```
//!
//! Event id and component may be blank. The stamp is local time of the system that ran, without zone and fraction; the
//! level is English on every system. A line without stamp goes on with the entry before it.

use chrono::{NaiveDate, NaiveDateTime};

/// Where the level begins.
const LEVEL: usize = 21;
/// Where the event id begins.
const ID: usize = 32;
/// Where the component begins.
const COMPONENT: usize = 43;
/// Where the message begins.
const MESSAGE: usize = 50;

/// A stamp as it stands, `2019-03-29 00:25:34`.
pub(super) const STAMP: usize = 19;

const SPACES: &[u8] = b"                      ";

/// How grave an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Level {
    /// `Info`, or a word that nobody knows.
    Info,
    /// `Warning`.
    Warning,
    /// `Error` in any spelling, `Fatal Error`.
    Error,
}

/// An entry's first line, in its parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Entry<'l> {
    /// `2019-03-29 00:25:34`.
    pub(super) stamp: &'l [u8],
    /// How grave.
    pub(super) level: Level,
    /// `IBS`, `MOUPG`, `CSI` ...; empty where the column is blank.
    pub(super) component: &'l [u8],
    /// The rest, without the blanks that indent it.
    pub(super) message: &'l [u8],
}

impl<'l> Entry<'l> {
    /// `None` for a line that goes on with the entry before.
    pub(super) fn of(line: &'l [u8]) -> Option<Self> {
        let (stamp, rest) = line.split_at_checked(STAMP)?;
        if !rest.starts_with(b", ") || !is_stamp(stamp, b'-', b' ') {
            return None;
        }
        let text = rest.get(2..)?;
        let (level, length) = level(text);
        let (component, message) =
            columns(line, LEVEL + length).unwrap_or_else(|| words(text.get(length..).unwrap_or_default()));
        Some(Self { stamp, level, component, message: message.trim_ascii_start() })
    }
}

/// The line itself, where a search program put file name and line number before it: `12:C:\\x\\CBS.log:2019-03-29 ...`.
pub(super) fn found_line(line: &[u8]) -> Option<&[u8]> {
    const LONGEST_PREFIX: usize = 400;
    let head = line.get(..line.len().min(LONGEST_PREFIX))?;
    let marks = memchr::memchr2_iter(b':', b'-', head).filter_map(|mark| line.get(mark + 1..));
    marks.into_iter().find(|rest| rest.get(..STAMP).is_some_and(|stamp| is_stamp(stamp, b'-', b' ')))
}

/// Whether 19 bytes have the shape of a date and a time.
pub(super) fn is_stamp(bytes: &[u8], in_date: u8, between: u8) -> bool {
    let fits = |(at, &byte): (usize, &u8)| match at {
        4 | 7 => byte == in_date,
        10 => byte == between,
        13 | 16 => byte == b':',
        _ => byte.is_ascii_digit(),
    };
    bytes.len() == STAMP && bytes.iter().enumerate().all(fits)
}

/// Date and time of a stamp; `None` for a 13th month and the like.
pub(super) fn date_time(stamp: &[u8]) -> Option<NaiveDateTime> {
    let number = |from: usize, to: usize| -> Option<u32> {
        stamp.get(from..to)?.iter().try_fold(0, |number, digit| {
            digit.is_ascii_digit().then(|| number * 10 + u32::from(digit - b'0'))
        })
    };
    let date = NaiveDate::from_ymd_opt(number(0, 4)?.try_into().ok()?, number(5, 7)?, number(8, 10)?)?;
    date.and_hms_opt(number(11, 13)?, number(14, 16)?, number(17, 19)?)
}

/// The level, and the length of its words.
fn level(text: &[u8]) -> (Level, usize) {
    const LEVELS: [(&[u8], Level); 5] = [
        (b"Info", Level::Info),
        (b"Warning", Level::Warning),
        (b"Error", Level::Error),
        (b"ERROR", Level::Error),
        (b"Fatal Error", Level::Error),
    ];
    let known = LEVELS.iter().find(|(word, _)| text.starts_with(word));
    known.map_or_else(
        || (Level::Info, text.iter().position(|byte| !byte.is_ascii_alphabetic()).unwrap_or(text.len())),
        |(word, level)| (*level, word.len()),
    )
}

/// Component and message by column; `None` where something else stands in the columns.
fn columns(line: &[u8], level_end: usize) -> Option<(&[u8], &[u8])> {
    let blank = |from: usize, to: usize| {
        let wanted = to.checked_sub(from)?;
        line.get(from..to).filter(|bytes| SPACES.get(..wanted) == Some(*bytes))
    };
    blank(level_end, ID)?;
    if blank(ID, COMPONENT).is_none() {
        let id = line.get(ID..COMPONENT)?;
        (id.starts_with(b"[0x") && id.ends_with(b"] ")).then_some(())?;
    }
    let rest = line.get(COMPONENT..)?;
    let Some(component) = line.get(COMPONENT..MESSAGE) else { return Some((rest.trim_ascii(), b"")) };
    let name = component.trim_ascii_end();
    let is_column = name.len() < component.len() && name.first().is_none_or(|byte| *byte != b' ');
    let is_component = is_column && name.iter().all(u8::is_ascii_alphanumeric);
    match is_component {
        true => Some((name, line.get(MESSAGE..)?)),
        false => Some((b"", rest)),
    }
}

/// Component and message of a line whose blanks somebody changed.
fn words(text: &[u8]) -> (&[u8], &[u8]) {
    let mut text = text.trim_ascii_start();
    if text.starts_with(b"[0x") {
        let id = text.iter().position(|byte| *byte == b']').filter(|at| *at < 12);
        text = id.and_then(|end| text.get(end + 1..)).unwrap_or(text).trim_ascii_start();
    }
    let length = text.iter().position(|byte| !byte.is_ascii_uppercase()).unwrap_or(text.len());
    match text.split_at_checked(length) {
        Some((name, rest))
            if (2..=6).contains(&length) && rest.first().is_none_or(u8::is_ascii_whitespace) =>
        {
            (name, rest)
        }
        _ => (b"", text),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parts(line: &str) -> (Level, &str, &str) {
        let entry = Entry::of(line.as_bytes()).unwrap();
        let text = |bytes| std::str::from_utf8(bytes).unwrap();
        (entry.level, text(entry.component), text(entry.message))
    }

    #[test]
    fn parts_stand_in_columns() {
        for (line, level, component, message) in [
            (
                "2019-03-29 00:25:29, Info                  IBS    Fn:Words here",
                Level::Info,
                "IBS",
                "Fn:Words here",
            ),
            ("2019-03-29 00:25:29, Info       [0x0601c1] IBSLIB Fn", Level::Info, "IBSLIB", "Fn"),
            ("2019-03-29 00:25:29, Warning    [0x070026] DIAG   Fn", Level::Warning, "DIAG", "Fn"),
            ("2019-03-29 00:25:29, Info                         SPFn: Words", Level::Info, "", "SPFn: Words"),
            (
                "2019-03-29 00:25:29, Error                        Key is gone",
                Level::Error,
                "",
                "Key is gone",
            ),
            ("2019-03-29 00:25:29, Info                  SP         Indented", Level::Info, "SP", "Indented"),
            ("2019-03-29 00:25:29, Fatal Error           SP     Bad", Level::Error, "SP", "Bad"),
            ("2019-03-29 00:25:29, Info                  CBS", Level::Info, "CBS", ""),
            ("2019-03-29 00:25:29, Info                  CBS    ", Level::Info, "CBS", ""),
            ("2019-03-29 00:25:29, Info", Level::Info, "", ""),
            // Blanks that a mail program changed.
            ("2019-03-29 00:25:29, Info CBS Summary:", Level::Info, "CBS", "Summary:"),
            ("2019-03-29 00:25:29, ERROR\t[0x0601c1] IBS\tFn", Level::Error, "IBS", "Fn"),
            ("2019-03-29 00:25:29, Info Key is gone", Level::Info, "", "Key is gone"),
        ] {
            assert_eq!(parts(line), (level, component, message), "{line}");
        }
    }

    #[test]
    fn a_line_without_stamp_is_none() {
        for line in [
            "",
            "    Manufacturer: X",
            "2019-03-29 00:25:29: BlueBox",
            "2019-03-29 00:25:2x, Info",
            "[1712.2044] x",
        ] {
            assert_eq!(Entry::of(line.as_bytes()), None, "{line}");
        }
    }

    #[test]
    fn dates_are_checked() {
        assert!(date_time(b"2019-13-29 00:25:29").is_none());
        assert!(date_time(b"2019-02-29 00:25:29").is_none());
        assert_eq!(date_time(b"2020-02-29 23:59:59").unwrap().to_string(), "2020-02-29 23:59:59");
        assert!(date_time(b"2020-02-29").is_none());
    }

    proptest! {
        #[test]
        fn any_bytes_are_read(head in "2019-03-29 00:25:29, (Info|Error|Fatal Error|x)[ \\[\\]0xA-F]{0,40}", tail: Vec<u8>) {
            let line = [head.as_bytes(), &tail].concat();
            prop_assert!(Entry::of(&line).is_some());
            let _ = Entry::of(&tail);
        }
    }
}
