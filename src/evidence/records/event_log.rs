//! Event logs (`.evtx`): the records that Windows keeps of its installation, of starts, of devices, of updates and of
//! downloads, each with an instant in UTC.
//!
//! The format is read by the crate `evtx`, a chunk of 64 KiB at a time, so that memory does not grow with the log. A log is
//! hostile input and the crate a large one: each chunk is read behind `catch_unwind`, and what is lost is said. Names of
//! fields are compared without blanks and case: the same event has `Host OS Build number` in one version and
//! `HostOSBuildnumber` in another.

mod event;
mod rules;

use std::{
    io::{self, Read},
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

use evtx::{EvtxChunkData, ParserSettings};

use self::{event::Event, rules::Rules};
use super::{
    Settings,
    input::{broken, testify},
};
use crate::evidence::statement::{PieceKind, Testimony};

/// Bytes of a log that are read: 4 GiB. Windows keeps 20 MiB as a rule.
pub const MAX_BYTES: u64 = 4 << 30;

const HEADER: usize = 4096;
const CHUNK: usize = 64 << 10;
const MAGIC: &[u8] = b"ElfFile\0";
const CHUNK_MAGIC: &[u8] = b"ElfChnk\0";

/// Reads a log to its end. Its texts are UTF-16, so that no setting matters.
pub fn read(input: impl Read, source: &str, _settings: &Settings) -> Testimony {
    testify(input, source, PieceKind::EventLog, |input, testimony| {
        let parser = ParserSettings::new().indent(false);
        let mut log =
            Log { testimony, rules: Rules::default(), parser: Arc::new(parser), lost: Lost::default() };
        log.read(&mut input.take(MAX_BYTES))?;
        log.end();
        if input.read(&mut [0])? > 0 {
            broken(testimony, format!("event log: longer than {MAX_BYTES} bytes, the rest was not read"));
        }
        Ok(())
    })
}

/// What could not be read.
#[derive(Default)]
struct Lost {
    chunks: u64,
    records: u64,
    panics: u64,
    /// Why the first of it could not be.
    first: Option<String>,
}

struct Log<'t> {
    testimony: &'t mut Testimony,
    rules: Rules,
    parser: Arc<ParserSettings>,
    lost: Lost,
}

impl Log<'_> {
    fn read(&mut self, input: &mut impl Read) -> io::Result<()> {
        let mut header = Vec::new();
        input.by_ref().take(HEADER as u64).read_to_end(&mut header)?;
        if !header.starts_with(MAGIC) {
            broken(self.testimony, "file header at byte 0: expected \"ElfFile\"".to_owned());
        }
        let mut offset = HEADER as u64;
        loop {
            let mut chunk = Vec::with_capacity(CHUNK);
            let read = input.by_ref().take(CHUNK as u64).read_to_end(&mut chunk)?;
            if read == 0 {
                return Ok(());
            }
            // Space that was set aside for chunks to come.
            if chunk.iter().any(|byte| *byte != 0) {
                self.chunk(chunk, offset);
            }
            offset += read as u64;
        }
    }

    fn chunk(&mut self, bytes: Vec<u8>, offset: u64) {
        if bytes.len() < CHUNK || !bytes.starts_with(CHUNK_MAGIC) {
            let found = if bytes.len() < CHUNK { "a cut chunk" } else { "something else" };
            return self.lose(1, 0, || format!("chunk at byte {offset}: {found}, expected \"ElfChnk\""));
        }
        let parser = Arc::clone(&self.parser);
        let mut events = Vec::new();
        let mut failed = Vec::new();
        let ran = catch_unwind(AssertUnwindSafe(|| records(bytes, parser, &mut events, &mut failed)));
        for event in &events {
            self.rules.event(event, self.testimony);
        }
        for why in failed {
            self.lose(0, 1, || format!("chunk at byte {offset}: {why}"));
        }
        match ran {
            Ok(Ok(())) => {}
            Ok(Err(why)) => self.lose(1, 0, || format!("chunk at byte {offset}: {why}")),
            Err(_) => {
                self.lost.panics += 1;
                self.lose(1, 0, || format!("chunk at byte {offset}: the reader of event logs gave up"));
            }
        }
    }

    fn lose(&mut self, chunks: u64, records: u64, why: impl FnOnce() -> String) {
        self.lost.chunks += chunks;
        self.lost.records += records;
        self.lost.first.get_or_insert_with(why);
    }

    fn end(self) {
        self.rules.end(self.testimony);
        if let Some(first) = self.lost.first {
            let Lost { chunks, records, panics, .. } = self.lost;
            let counts =
                format!("{chunks} chunks ({panics} by a panic) and {records} records could not be read");
            broken(self.testimony, format!("{counts}; the first: {first}"));
        }
    }
}

/// The events of a chunk that rules know; why records could not be read.
fn records(
    bytes: Vec<u8>,
    parser: Arc<ParserSettings>,
    events: &mut Vec<Event>,
    failed: &mut Vec<String>,
) -> Result<(), String> {
    let mut data = EvtxChunkData::new(bytes, false).map_err(|error| error.to_string())?;
    let mut chunk = data.parse(parser).map_err(|error| error.to_string())?;
    for record in chunk.iter() {
        let rendered = record.and_then(|record| {
            let at = record.timestamp;
            record.into_xml().map(|xml| (xml.event_record_id, at, xml.data))
        });
        match rendered {
            Ok((number, at, xml)) if rules::may_know(&xml) => {
                match Event::of(number, at.as_microsecond(), &xml) {
                    Ok(event) => events.extend(event),
                    Err(why) => failed.push(format!("record {number}: {why}")),
                }
            }
            Ok(_) => {}
            Err(error) => failed.push(error.to_string()),
        }
    }
    Ok(())
}
