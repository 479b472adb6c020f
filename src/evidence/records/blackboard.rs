//! The blackboard of Windows Setup, `setupinfo`: a tree of keys and values that the modules of setup leave for each other.
//! Setup of WinPE keeps in it which image file it applies and from where.
//!
//! Little-endian; pages of 256 bytes behind a header of 256, so page *p* stands at (*p* + 1) x 256:
//!
//! ```text
//! header   u32 1 | 0Ch u32 page size | 10h u32 page of the table | 14h u32 root handle | 18h "DRBKLBSM"
//! extent   u64 pages | u64 next page (0: none) | payload          a stream is the payloads of a chain of extents
//! table    stream: u64 | u64 | i64 free | then a u64 page for each handle
//! list     stream: u64 | u64 | u64 offset of the first record | records
//! record   u64 size | u64 offset of the next (-1: none) | u32 id | u32 hash of the name | body
//! key      body: u64 handle of the keys below | u64 handle of the values | name, UTF-16
//! value    body: u32 type (1 text, 4 u32, 5 u64) | u32 | u32 bytes of data | u32 bytes of name | name, UTF-16 | data
//! ```
//!
//! Found by looking at a single file of Windows Server 2012 R2; the role of some fields is not known, and whether the
//! length of a name counts bytes or characters was decided by what fits. Everything is bounded: each page of a stream, each
//! list once, records by number, names and texts by length.

mod format;
mod tree;

use std::io::Read;

use chrono::NaiveDateTime;

use self::{
    format::Blackboard,
    tree::{Data, Found},
};
use super::{
    Settings,
    entry::Entry,
    input::{broken, head, testify},
};
use crate::{
    evidence::statement::{PieceKind, Stamp, Testimony, Topic},
    sighting::Locator,
};

/// Bytes of a blackboard that are read; those of setup have tens of kilobytes.
pub const MAX_BYTES: u64 = 64 << 20;

/// Reads a blackboard. Its texts are UTF-16, so that no setting matters.
pub fn read(input: impl Read, source: &str, _settings: &Settings) -> Testimony {
    testify(input, source, PieceKind::Blackboard, |input, testimony| {
        let bytes = head(input, MAX_BYTES, "blackboard", testimony)?;
        let walked =
            Blackboard::open(&bytes).and_then(|board| tree::walk(&board, |found| say(&found, testimony)));
        if let Err(why) = walked {
            broken(testimony, why);
        }
        Ok(())
    })
}

/// Says what a value says, where it is of interest. Most are not, and some are secret.
fn say(found: &Found<'_>, testimony: &mut Testimony) {
    let (key, name) = (found.key.to_lowercase(), found.name.to_lowercase());
    let (text, stamp) = match &found.data {
        Data::Text(text) => (text.clone(), NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S").ok()),
        Data::Number(number) => (number.to_string(), None),
        Data::Other => return,
    };
    let (topic, about) = match (key.as_str(), name.as_str()) {
        (r"\imageinfo\osimage", "filepath") => (Topic::InstallFile, ""),
        (r"\imageinfo\osimage", "index" | "imageindex") => (Topic::ImageIndex, ""),
        (r"\imageinfo\osimage", "name" | "imagename") => (Topic::ImageName, ""),
        (r"\imageinfo\osimage", "editionid" | "edition") => (Topic::ImageEdition, ""),
        (r"\installsource", "installsourcespath") => (Topic::SourcesFolder, ""),
        (r"\setupstate", "starttime") => (Topic::PhaseBegin, "setup"),
        (r"\setupstate", "setuparchitecture") => (Topic::TargetOs, "architecture"),
        (r"\userdata", "computername") => (Topic::ComputerName, ""),
        (r"\unattend", "unattendfilepath") => (Topic::AnswerFile, ""),
        _ => return,
    };
    let path = format!("{}\\{}", found.key, found.name);
    let words = format!("{path} = {text}");
    let mut entry = Entry::new(testimony, stamp.map(Stamp::Local), Locator::Key(path), &words);
    match topic {
        Topic::PhaseBegin => entry.say(topic, "", about),
        _ => entry.say(topic, about, &text),
    }
}
