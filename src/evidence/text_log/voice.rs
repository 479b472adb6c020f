//! Says statements for the line that is being read, and remembers what the lines before it were about.

use std::{
    collections::HashSet,
    hash::{DefaultHasher, Hash as _, Hasher as _},
};

use chrono::{DateTime, NaiveDateTime, SecondsFormat, Utc};

use super::{code_page::CodePage, lines::Line};
use crate::{
    evidence::{
        mask::mask,
        servicing::Recorder,
        statement::{MAX_QUOTE, PieceKind, Stamp, Statement, Testimony, Topic},
    },
    sighting::Locator,
};

/// Bytes kept of a value: no command line of Windows is longer.
const MAX_VALUE: usize = 32 << 10;

/// Bytes kept of what a value is about.
const MAX_ABOUT: usize = 1024;

/// Rows and editions that are remembered.
const MAX_REMEMBERED: usize = 4096;

/// Zones lie a multiple of this apart, in seconds.
const ZONE_STEP: i64 = 900;

/// Seconds between the making of an anchor and the line that tells it, at most, where both are not one.
const ANCHOR_DELAY: i64 = 10;

/// The farthest zone, in seconds.
const FARTHEST_ZONE: i64 = 15 * 3600;

/// What the lines before were about. Blocks of lines name their subject once, at their top.
#[derive(Debug, Default)]
pub(super) struct Memory {
    /// Device instance that properties follow of.
    pub(super) device: Option<String>,
    /// Image index that fields follow of.
    pub(super) index: Option<String>,
    /// Image file that was named last.
    pub(super) image_file: Option<String>,
    /// Major version of the image whose fields follow, once it is known `major.minor`.
    pub(super) version: String,
    /// Index and edition of images whose flags were not seen.
    pub(super) editions: Vec<(String, String)>,
    /// Keys and values about the computer follow, without stamps.
    pub(super) host_block: bool,
    /// Distance of the local time to UTC that was said last, in seconds.
    distance: Option<i64>,
    /// When the run began.
    pub(super) begun: Option<NaiveDateTime>,
    /// What was heard of the component store.
    pub(super) servicing: Recorder,
    /// Hashes of the rows that were met.
    rows: HashSet<u64>,
}

impl Memory {
    /// A run begins: what was known of the clock is not known any more.
    pub(super) fn begin_run(&mut self, at: Option<NaiveDateTime>) {
        self.distance = None;
        self.begun = at;
    }

    /// Whether the distance to UTC was said since the run began.
    pub(super) fn is_anchored(&self) -> bool {
        self.distance.is_some()
    }

    /// Whether a row of a table was not met before.
    pub(super) fn is_new_row(&mut self, row: &str) -> bool {
        if self.rows.len() >= MAX_REMEMBERED {
            self.rows.clear();
        }
        let mut hasher = DefaultHasher::new();
        row.hash(&mut hasher);
        self.rows.insert(hasher.finish())
    }

    /// Keeps the edition of an image until its flags are met.
    pub(super) fn keep_edition(&mut self, index: &str, edition: &str) {
        let is_short = index.len() + edition.len() <= MAX_ABOUT;
        if is_short && self.editions.len() < MAX_REMEMBERED {
            self.editions.push((index.to_owned(), edition.to_owned()));
        }
    }
}

/// Says statements for one line.
pub(super) struct Voice<'v> {
    pub(super) testimony: &'v mut Testimony,
    pub(super) memory: &'v mut Memory,
    pub(super) line: Line<'v>,
    pub(super) stamp: Option<NaiveDateTime>,
    pub(super) code_page: CodePage,
    /// The line as it is quoted, once it is needed.
    quote: Option<Box<str>>,
}

impl<'v> Voice<'v> {
    pub(super) fn new(
        testimony: &'v mut Testimony,
        memory: &'v mut Memory,
        line: Line<'v>,
        stamp: Option<NaiveDateTime>,
        code_page: CodePage,
    ) -> Self {
        Self { testimony, memory, line, stamp, code_page, quote: None }
    }

    /// What kind of log it is.
    pub(super) fn kind(&self) -> PieceKind {
        self.testimony.kind
    }

    /// Makes a statement; says nothing where the value is empty. Secrets are masked, texts are cut.
    pub(super) fn say(&mut self, topic: Topic, about: &str, value: &str) {
        let value = value.trim();
        if value.is_empty() {
            return;
        }
        let quote = self.quote();
        let about = (!about.is_empty()).then(|| kept(about, MAX_ABOUT));
        let locator = Locator::Line(self.line.number, self.line.offset);
        let stamp = self.stamp.map(Stamp::Local);
        self.testimony.say(Statement { topic, about, value: kept(value, MAX_VALUE), stamp, locator, quote });
        let names_source = matches!(topic, Topic::MediaPath | Topic::InstallFile | Topic::SourcesFolder);
        if names_source && is_on_server(value) {
            self.say(Topic::NetworkPath, "", value);
        }
    }

    /// As [`Voice::say`]; gives the position of the statement, where it was kept.
    pub(super) fn cite(&mut self, topic: Topic, about: &str, value: &str) -> Option<usize> {
        let position = self.testimony.statements.len();
        self.say(topic, about, value);
        (self.testimony.statements.len() > position).then_some(position)
    }

    /// Says that the stamp of this line is an instant. Of anchors in a row, with nothing said between them, only those
    /// are said that change the distance.
    pub(super) fn anchor(&mut self, instant: DateTime<Utc>) {
        let Some(distance) = self.stamp.map(|local| distance(local, instant)) else { return };
        let is_same = self.memory.distance.replace(distance) == Some(distance);
        let in_a_row = self.testimony.statements.last().is_some_and(|last| last.topic == Topic::UtcAnchor);
        if !(is_same && in_a_row) {
            self.say(Topic::UtcAnchor, "", &instant.to_rfc3339_opts(SecondsFormat::Millis, true));
        }
    }

    /// As [`Voice::anchor`], for an instant that may be another than that of the line: only where both lie a possible
    /// zone apart.
    pub(super) fn likely_anchor(&mut self, instant: DateTime<Utc>) {
        let Some(local) = self.stamp else { return };
        let distance = distance(local, instant);
        let exact = (local - instant.naive_utc()).num_seconds();
        if distance.abs() <= FARTHEST_ZONE && (exact - distance).abs() <= ANCHOR_DELAY {
            self.anchor(instant);
        }
    }

    fn quote(&mut self) -> Box<str> {
        let (line, code_page) = (self.line, self.code_page);
        self.quote.get_or_insert_with(|| kept(code_page.decode(line.bytes).trim(), MAX_QUOTE)).clone()
    }
}

/// Local time minus UTC in seconds, rounded to a possible distance of zones.
fn distance(local: NaiveDateTime, instant: DateTime<Utc>) -> i64 {
    let exact = (local - instant.naive_utc()).num_seconds();
    (exact + ZONE_STEP / 2).div_euclid(ZONE_STEP) * ZONE_STEP
}

/// A text without secrets, and no longer than some bytes.
fn kept(text: &str, limit: usize) -> Box<str> {
    let masked = mask(text);
    let end = masked.floor_char_boundary(limit.min(masked.len()));
    masked.get(..end).unwrap_or_default().into()
}

/// Whether a path is one of a server, `\\server\share`, and not of this computer's own name space (`\\?\`, `\\.\`).
fn is_on_server(path: &str) -> bool {
    path.strip_prefix(r"\\").is_some_and(|name| !name.starts_with(['?', '.', '\\']) && name.contains('\\'))
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone as _;

    use super::*;

    fn said(run: impl Fn(&mut Voice<'_>)) -> Vec<(Topic, String)> {
        let mut testimony = Testimony::new("x", PieceKind::SetupLog);
        let mut memory = Memory::default();
        let line = Line { bytes: b"words", number: 1, offset: 0, cut: false };
        let stamp = super::super::entry::date_time(b"2019-03-29 00:33:01");
        run(&mut Voice::new(&mut testimony, &mut memory, line, stamp, CodePage::default()));
        testimony.statements.iter().map(|said| (said.topic, said.value.to_string())).collect()
    }

    #[test]
    fn of_anchors_in_a_row_those_are_said_that_change_the_distance() {
        let utc = |hour, minute, second| Utc.with_ymd_and_hms(2019, 3, 28, hour, minute, second).unwrap();
        let said = said(|voice| {
            voice.anchor(utc(23, 33, 1));
            voice.anchor(utc(23, 33, 3));
            voice.likely_anchor(utc(22, 33, 20));
            voice.likely_anchor(utc(22, 33, 5));
            voice.say(Topic::Marker, "", "x");
            voice.anchor(utc(22, 33, 6));
        });
        let values: Vec<&str> = said.iter().map(|(_, value)| value.as_str()).collect();
        let (second, third) = ("2019-03-28T22:33:05.000Z", "2019-03-28T22:33:06.000Z");
        assert_eq!(values, ["2019-03-28T23:33:01.000Z", second, "x", third]);
    }

    #[test]
    fn a_source_on_a_server_is_said_to_be_one() {
        let said = said(|voice| {
            voice.say(Topic::MediaPath, "", r"\\server\share\media");
            voice.say(Topic::MediaPath, "", r"\\?\C:\media");
            voice.say(Topic::MediaPath, "", "  ");
        });
        let topics: Vec<Topic> = said.iter().map(|(topic, _)| *topic).collect();
        assert_eq!(topics, [Topic::MediaPath, Topic::NetworkPath, Topic::MediaPath]);
    }
}
