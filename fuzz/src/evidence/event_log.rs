//! Event logs.

use std::{collections::BTreeSet, panic, process, sync::Mutex};

use wimproof::evidence::{records::event_log, text_log::Settings};

use super::testimony;

/// Bytes of the file header, of which only the magic is read.
const HEADER: usize = 4096;

/// Bytes of a chunk.
const CHUNK: usize = 64 << 10;

/// Places in the crate that panicked, each told once.
static TOLD: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

/// Lets panics of the crate `evtx` and its kin go where our reader catches them, and names each place once. A panic of
/// our own ends the run.
pub fn let_the_crate_panic() {
    panic::set_hook(Box::new(|panicked| {
        let place = panicked.location().map_or("somewhere".to_owned(), ToString::to_string);
        let is_ours = !place.contains("/registry/src/");
        let is_new = TOLD.lock().is_ok_and(|mut told| told.insert(place));
        if is_new || is_ours {
            eprintln!("caught panic: {panicked}");
        }
        if is_ours {
            eprintln!("{}", std::backtrace::Backtrace::force_capture());
            process::abort();
        }
    }));
}

/// Reads a log of which the case holds the chunks: the header is put before them, and the last one is filled up.
///
/// # Panics
/// When a testimony is more than it may be.
pub fn read(bytes: &[u8]) {
    let mut log = b"ElfFile\0".to_vec();
    log.resize(HEADER, 0);
    log.extend_from_slice(bytes);
    log.resize(HEADER + bytes.len().next_multiple_of(CHUNK), 0);
    let heard = event_log::read(log.as_slice(), "System.evtx", &Settings::default());
    testimony::check(&heard, log.len());
}
