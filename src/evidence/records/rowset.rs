//! `diagerr.xml` and `diagwrn.xml`: the errors and warnings of Windows Setup as ADO rowsets. They tell what is left of a run
//! when its log is gone, and their rows count what the log must hold.
//!
//! ```text
//! <xml xmlns:s=... ><s:Schema>...</s:Schema><rs:data>
//! <z:row Cls="D" Sev="50331648" Maj="Def" Min="Def" LN="127" Fil="" Fun="RewriteBlackboardPaths" Uid="50741248" Msg="..."
//!        PID="1012" TID="316" Con="" Exe="C:\Windows\system32\oobe\setup.exe" Mod="WinSetup.dll" Err="87" MD=""
//!        DT="2019-06-05T13:04:59"/>
//! </rs:data></xml>
//! ```
//!
//! Each run of setup appends a root element, so a file is not well-formed, and files of hundreds of megabytes are met. A
//! scanner of our own looks for rows and nothing else: it knows no entities but the five and character references, keeps
//! one row at a time, and is not stopped by what is no row. `Sev` is `02000000` (hexadecimal) for errors and `03000000`
//! for warnings; times are local. Seen on files of Windows 8.1 to 11.

use std::{
    borrow::Cow,
    collections::HashSet,
    io::{self, ErrorKind, Read},
};

use chrono::NaiveDateTime;
use memchr::{memchr, memmem};

use super::{
    Settings,
    entry::{Entry, between, hex_code},
    input::{broken, testify},
};
use crate::{
    evidence::statement::{PieceKind, Stamp, Testimony, Topic},
    sighting::Locator,
};

const ROW: &[u8] = b"<z:row";

/// Bytes of a row that are read; a longer one is counted by what stands in them.
const MAX_ROW: usize = 128 << 10;

/// Bytes read at once.
const BUFFER: usize = 1 << 20;

const SEVERITY_ERROR: u32 = 0x0200_0000;
const SEVERITY_WARNING: u32 = 0x0300_0000;

/// Failures that are quoted; more are counted only.
const MAX_FAILURES: u64 = 50_000;

/// Programs that are remembered, not to be named again.
const MAX_PROGRAMS: usize = 256;

/// Reads a file to its end.
pub fn read(input: impl Read, source: &str, settings: &Settings) -> Testimony {
    testify(input, source, PieceKind::Rowset, |input, testimony| {
        let mut rows =
            Rows { testimony, settings, failures: 0, programs: HashSet::new(), line: Position::default() };
        rows.read(input)
    })
}

/// Where the scanner is.
#[derive(Default)]
struct Position {
    /// Line ends that were passed.
    lines: u64,
    /// Bytes that were passed.
    offset: u64,
    /// Where the current line begins.
    line_offset: u64,
}

impl Position {
    fn pass(&mut self, bytes: &[u8]) {
        if let Some(last) = memchr::memrchr(b'\n', bytes) {
            self.lines += memchr::memchr_iter(b'\n', bytes).count() as u64;
            self.line_offset = self.offset + last as u64 + 1;
        }
        self.offset += bytes.len() as u64;
    }

    fn locator(&self) -> Locator {
        Locator::Line(self.lines + 1, self.line_offset)
    }
}

struct Rows<'t> {
    testimony: &'t mut Testimony,
    settings: &'t Settings,
    failures: u64,
    programs: HashSet<Box<[u8]>>,
    line: Position,
}

impl Rows<'_> {
    fn read(&mut self, input: &mut impl Read) -> io::Result<()> {
        let mut buffer = vec![0; BUFFER];
        let mut held = 0;
        loop {
            let read = match input.read(buffer.get_mut(held..).unwrap_or_default()) {
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                answer => answer?,
            };
            held += read;
            if held == 1 && read == 1 && self.line.offset == 0 {
                // Half a byte order mark, perhaps.
                continue;
            }
            let window = buffer.get(..held).unwrap_or_default();
            if self.line.offset == 0 && matches!(window, [0xff, 0xfe, ..] | [0xfe, 0xff, ..]) {
                return Err(io::Error::new(ErrorKind::InvalidData, "UTF-16 text, expected UTF-8"));
            }
            let used = self.scan(window, read == 0);
            if read == 0 {
                return Ok(());
            }
            buffer.copy_within(used..held, 0);
            held -= used;
        }
    }

    /// Reads the rows in a window; how many of its bytes are done with. At the end of the input that is all of them; else
    /// little more than [`MAX_ROW`] are left, so that the next window has room.
    fn scan(&mut self, window: &[u8], ended: bool) -> usize {
        let find =
            |from: usize| memmem::find(window.get(from..).unwrap_or_default(), ROW).map(|found| from + found);
        let (mut used, mut done) = (0, 0);
        let mut start = find(0);
        while let Some(begin) = start {
            let from = begin + ROW.len();
            // A row that has no end must not swallow the next one.
            let next = find(from);
            let until = next.unwrap_or(window.len()).min(from + MAX_ROW);
            let (row, whole) = Row::of(window.get(from..until).unwrap_or_default());
            let goes_on = next.is_none() && until == window.len() && until < from + MAX_ROW;
            self.pass(window, &mut used, begin);
            if !whole && goes_on && !ended {
                return used;
            }
            if !whole {
                let (line, offset) = (self.line.lines + 1, self.line.offset);
                let place = format_args!("the row in line {line} at byte {offset}");
                broken(self.testimony, format!("{place} has no end, expected />"));
            }
            done = from + row.length;
            self.row(&row, window.get(begin..done).unwrap_or_default());
            start = next;
        }
        // The begin of a row may stand at the very end.
        let keep = if ended { 0 } else { ROW.len() - 1 };
        let done = window.len().saturating_sub(keep).max(done);
        self.pass(window, &mut used, done);
        used
    }

    fn pass(&mut self, window: &[u8], used: &mut usize, to: usize) {
        self.line.pass(window.get(*used..to).unwrap_or_default());
        *used = to;
    }

    fn row(&mut self, row: &Row<'_>, words: &[u8]) {
        let is_error = match row.severity() {
            Some(SEVERITY_ERROR) => true,
            Some(SEVERITY_WARNING) => false,
            _ => return,
        };
        let tally = if is_error { &mut self.testimony.errors } else { &mut self.testimony.warnings };
        tally.add(row.message);
        let is_program_new = self.is_program_new(row.program);
        let fails = is_error && self.is_failure_quoted();
        if !fails && !is_program_new && !names_source(row.message) {
            return;
        }
        let decode = |bytes| unescape(self.settings.code_page.decode(bytes));
        let (message, function, program) = (decode(row.message), decode(row.function), decode(row.program));
        let words = self.settings.code_page.decode(words);
        let mut entry = Entry::new(self.testimony, row.stamp(), self.line.locator(), &words);
        if is_program_new && let Some((folder, _)) = program.rsplit_once('\\') {
            entry.say(Topic::ModulePath, "", folder);
        }
        source(&message, &mut entry);
        if fails {
            let code = row.win32_error().filter(|code| *code != 0).map(|code| format!("{code:#010x}"));
            let code =
                hex_code(&message).map(str::to_owned).or(code).unwrap_or_else(|| "0x00000000".to_owned());
            entry.say(Topic::Failure, &function, &code);
        }
    }

    fn is_failure_quoted(&mut self) -> bool {
        self.failures += 1;
        if self.failures > MAX_FAILURES {
            broken(self.testimony, format!("more than {MAX_FAILURES} errors, the rest was counted only"));
        }
        self.failures <= MAX_FAILURES
    }

    fn is_program_new(&mut self, program: &[u8]) -> bool {
        !program.is_empty()
            && self.programs.len() < MAX_PROGRAMS
            && !self.programs.contains(program)
            && self.programs.insert(program.into())
    }
}

/// Whether a message says where the image came from.
fn names_source(message: &[u8]) -> bool {
    message.starts_with(b"RewriteBlackboardPaths") || memmem::find(message, b"ARC path [").is_some()
}

fn source(message: &str, entry: &mut Entry<'_>) {
    if let Some(path) = between(message, "ARC path [", "]") {
        entry.say(Topic::BootDevice, "", path);
    }
    let parts = (|| {
        let key = between(message, "Key name [", "]")?;
        let value = between(message, "Value name [", "]")?;
        Some((key, value, message.split_once("Path name ")?.1.trim().strip_suffix('.')?))
    })();
    match parts {
        Some((r"\ImageInfo\OSImage", "FilePath", path)) => entry.say(Topic::InstallFile, "", path),
        Some((r"\InstallSource", "InstallSourcesPath", path)) => entry.say(Topic::SourcesFolder, "", path),
        _ => {}
    }
}

/// A row: those of its attributes that are used, as they stand.
#[derive(Default)]
struct Row<'r> {
    severity: &'r [u8],
    function: &'r [u8],
    message: &'r [u8],
    program: &'r [u8],
    error: &'r [u8],
    time: &'r [u8],
    /// Bytes behind `<z:row`, with the end.
    length: usize,
}

impl<'r> Row<'r> {
    /// Reads attributes until the row ends, and whether it does.
    fn of(bytes: &'r [u8]) -> (Self, bool) {
        let mut row = Self::default();
        let mut at = 0;
        while let Some(rest) = bytes.get(at..)
            // Names are short: a search by vectors would take longer to begin.
            && let Some(next) = rest.iter().position(|byte| matches!(byte, b'=' | b'>'))
        {
            if rest.get(next) == Some(&b'>') {
                row.length = at + next + 1;
                return (row, true);
            }
            let name = rest.get(..next).unwrap_or_default().trim_ascii();
            let Some((&quote, inner)) = rest.get(next + 1..).and_then(<[u8]>::split_first) else { break };
            if !matches!(quote, b'"' | b'\'') {
                at += next + 1;
                continue;
            }
            let Some(length) = memchr(quote, inner) else { break };
            row.keep(name, inner.get(..length).unwrap_or_default());
            at += next + 2 + length + 1;
        }
        row.length = bytes.len();
        (row, false)
    }

    fn keep(&mut self, name: &[u8], value: &'r [u8]) {
        match name {
            b"Sev" => self.severity = value,
            b"Fun" => self.function = value,
            b"Msg" => self.message = value,
            b"Exe" => self.program = value,
            b"Err" => self.error = value,
            b"DT" => self.time = value,
            _ => {}
        }
    }

    fn severity(&self) -> Option<u32> {
        std::str::from_utf8(self.severity).ok()?.parse().ok()
    }

    fn win32_error(&self) -> Option<u32> {
        std::str::from_utf8(self.error).ok()?.parse().ok()
    }

    fn stamp(&self) -> Option<Stamp> {
        let text = std::str::from_utf8(self.time).ok()?;
        NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f").ok().map(Stamp::Local)
    }
}

/// Replaces the five entities and character references; others stay as they stand.
fn unescape(text: Cow<'_, str>) -> Cow<'_, str> {
    if !text.contains('&') {
        return text;
    }
    let mut plain = String::with_capacity(text.len());
    let mut rest: &str = &text;
    while let Some((before, behind)) = rest.split_once('&') {
        plain.push_str(before);
        rest = behind;
        let reference = rest.get(..rest.len().min(12)).or(rest.get(..rest.floor_char_boundary(12)));
        let named = reference.and_then(|reference| reference.split_once(';')).map(|(name, _)| name);
        match named.and_then(|name| Some((name, character(name)?))) {
            Some((name, character)) => {
                plain.push(character);
                rest = rest.get(name.len() + 1..).unwrap_or_default();
            }
            None => plain.push('&'),
        }
    }
    plain.push_str(rest);
    Cow::Owned(plain)
}

fn character(reference: &str) -> Option<char> {
    let code = match reference {
        "lt" => return Some('<'),
        "gt" => return Some('>'),
        "amp" => return Some('&'),
        "quot" => return Some('"'),
        "apos" => return Some('\''),
        _ => reference.strip_prefix('#')?,
    };
    let number = match code.strip_prefix(['x', 'X']) {
        Some(digits) => u32::from_str_radix(digits, 16),
        None => code.parse(),
    };
    char::from_u32(number.ok()?)
}
