//! Tests of the readers: pieces made by hand in the grammar of the real ones, hostile ones, and real ones where a corpus is
//! at hand.

mod answer_file;
mod blackboard;
mod cmtrace;
mod event_log;
mod hostile;
mod rowset;
mod sessions;
mod setup_diag;
mod setupapi;

use std::path::PathBuf;

use chrono::NaiveDateTime;

use crate::evidence::statement::{Stamp, Testimony, Topic};

/// Topic, about and value of each statement.
fn said(testimony: &Testimony) -> Vec<(Topic, &str, &str)> {
    let statements = testimony.statements.iter();
    statements.map(|said| (said.topic, said.about.as_deref().unwrap_or_default(), &*said.value)).collect()
}

/// The values on a topic.
fn values(testimony: &Testimony, topic: Topic) -> Vec<&str> {
    testimony.on(topic).map(|said| &*said.value).collect()
}

fn local(text: &str) -> Option<Stamp> {
    NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S%.f").ok().map(Stamp::Local)
}

/// A file of the corpus; `None`, with a line that says so, where it is missing.
fn corpus(name: &str) -> Option<Vec<u8>> {
    let root = std::env::var_os("WIMPROOF_CORPUS")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus"), PathBuf::from);
    let path = root.join(name);
    let bytes = std::fs::read(&path).ok();
    if bytes.is_none() {
        println!("skipped: {} is not at hand", path.display());
    }
    bytes
}

/// UTF-16, little-endian.
fn wide(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}
