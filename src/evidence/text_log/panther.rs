//! Logs of entries with local stamps: setup, sysprep, DISM and CBS share one grammar (see [`super::entry`]).

use std::io::{Read, Result};

use chrono::NaiveDateTime;

use super::{
    code_page::CodePage,
    entry::{Entry, Level, STAMP, date_time, found_line},
    instant,
    lines::{Line, Lines},
    rules::{self, TABLE},
    sniff::SERVICING,
    voice::{Memory, Voice},
};
use crate::evidence::statement::{PieceKind, Testimony, Topic};

/// A clock that is put back by less, in seconds, is none: entries of several threads overtake each other.
const CLOCK_JUMP: i64 = 300;

/// Reads a log to its end.
///
/// # Errors
/// What the input answers; what was read before is said.
pub(super) fn read(
    lines: &mut Lines<impl Read>,
    code_page: CodePage,
    testimony: &mut Testimony,
) -> Result<()> {
    let mut reader = Reader { testimony, memory: Memory::default(), clock: Clock::default(), code_page };
    let answer = loop {
        match lines.next_line() {
            Ok(Some(line)) => reader.line(line),
            Ok(None) => break Ok(()),
            Err(error) => break Err(error),
        }
    };
    reader.testimony.servicing = reader.memory.servicing.finish();
    answer
}

struct Reader<'t> {
    testimony: &'t mut Testimony,
    memory: Memory,
    clock: Clock,
    code_page: CodePage,
}

impl Reader<'_> {
    fn line(&mut self, line: Line<'_>) {
        if let Some(entry) = Entry::of(line.bytes) {
            return self.entry(line, &entry);
        }
        // What a search program found in a log of servicing.
        let is_servicing = self.testimony.kind == PieceKind::ServicingLog;
        let found = is_servicing.then(|| found_line(line.bytes)).flatten().and_then(Entry::of);
        match found.filter(|entry| SERVICING.contains(&entry.component)) {
            Some(entry) => self.entry(line, &entry),
            None => self.continuation(line),
        }
    }

    fn entry(&mut self, line: Line<'_>, entry: &Entry<'_>) {
        match entry.level {
            Level::Error => self.testimony.errors.add(line.bytes),
            Level::Warning => self.testimony.warnings.add(line.bytes),
            Level::Info => {}
        }
        self.memory.host_block = false;
        if let Some(back) = self.clock.turn(entry.stamp) {
            self.voice(line).say(Topic::ClockJump, "", &back.to_string());
        }
        match entry.component {
            b"CSI" => self.platform_entry(line, entry),
            b"CBS" if rules::is_of_block(&self.memory, entry.message) => {
                self.say(line, entry.message, rules::block_line);
            }
            b"SP" if entry.message.first().is_some_and(u8::is_ascii_digit) => {
                self.say(line, entry.message, rules::operation_row);
            }
            component => {
                let words = own_words(component, entry.message);
                if let Some((rule, text)) = TABLE.find(component, words) {
                    self.say(line, text, |voice, text| rule.says.say(voice, text));
                } else if entry.level == Level::Error {
                    self.say(line, words, rules::failure);
                }
                if component == b"CBS" && rules::names_rollup(words) {
                    self.say(line, words, rules::rollup);
                }
                if component == b"CBS" && rules::has_failed(words) {
                    self.say(line, words, rules::servicing_failure);
                }
            }
        }
    }

    /// An entry of the component platform: a number, maybe an instant, and the words.
    fn platform_entry(&mut self, line: Line<'_>, entry: &Entry<'_>) {
        if let Some(instant) = instant::csi(entry.message) {
            self.voice(line).anchor(instant);
        }
        let words =
            entry.message.iter().position(|byte| *byte == b' ').and_then(|at| entry.message.get(at + 1..));
        if let Some((rule, text)) = words.and_then(|words| TABLE.find(entry.component, words)) {
            self.say(line, text, |voice, text| rule.says.say(voice, text));
        }
    }

    /// A line without stamp belongs to the entry above.
    fn continuation(&mut self, line: Line<'_>) {
        let words = rules::without_component(line.bytes);
        if self.memory.servicing.awaits_hashes() && rules::are_hashes(words) {
            return self.say(line, words, rules::hashes);
        }
        let may_begin = self.testimony.kind == PieceKind::ServicingLog;
        if self.memory.servicing.is_in_check() || (may_begin && rules::is_of_block(&self.memory, words)) {
            return self.say(line, words, rules::block_line);
        }
        if !self.memory.host_block {
            return;
        }
        match line.bytes.first() {
            Some(b' ' | b'\t') => self.say(line, line.bytes, rules::host_property),
            _ => self.memory.host_block = false,
        }
    }

    fn voice<'v>(&'v mut self, line: Line<'v>) -> Voice<'v> {
        Voice::new(self.testimony, &mut self.memory, line, self.clock.now, self.code_page)
    }

    /// Lets a rule speak about the words of a line.
    fn say(&mut self, line: Line<'_>, words: &[u8], rule: impl Fn(&mut Voice<'_>, &str)) {
        let text = self.code_page.decode(words);
        rule(&mut self.voice(line), text.trim_ascii_end());
    }
}

/// The time of the entries; many in a row have the same.
#[derive(Default)]
struct Clock {
    stamp: [u8; STAMP],
    now: Option<NaiveDateTime>,
    /// The latest time that was understood.
    last: Option<NaiveDateTime>,
}

impl Clock {
    /// Goes to the stamp of an entry. Gives the seconds by which the clock was put back, where they are many.
    fn turn(&mut self, stamp: &[u8]) -> Option<i64> {
        if stamp == self.stamp {
            return None;
        }
        self.stamp = stamp.try_into().ok()?;
        self.now = date_time(stamp);
        let now = self.now?;
        let before = self.last.replace(now)?;
        Some((before - now).num_seconds()).filter(|back| *back >= CLOCK_JUMP)
    }
}

/// A message without what programs put before their words: `[setup.exe] `, and for DISM the provider and the numbers of
/// process and thread, `API: PID=8312 TID=9104 `.
fn own_words<'m>(component: &[u8], message: &'m [u8]) -> &'m [u8] {
    const PREFIX: usize = 64;
    let head = &message[..message.len().min(PREFIX)];
    let behind = |at: usize| message.get(at..).unwrap_or_default().trim_ascii_start();
    if component == b"DISM" {
        let Some(process) = memchr::memmem::find(head, b"PID=") else { return message };
        let thread = memchr::memmem::find(head, b" TID=").filter(|at| *at > process);
        let end = thread
            .and_then(|at| Some(at + 5 + message.get(at + 5..)?.iter().position(|byte| *byte == b' ')?));
        return end.map_or(message, behind);
    }
    if head.first() == Some(&b'[') {
        let end = memchr::memmem::find(head, b".exe] ");
        return end.map_or(message, |at| behind(at + 6));
    }
    message
}
