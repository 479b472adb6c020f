//! A resource of a web server, read in ranges (RFC 9110, 14).
//!
//! Every answer must be of the same resource: 206 with exactly the range that was asked for, the same length, and the
//! same strong `ETag` or `Last-Modified`, which is also demanded by `If-Match` or `If-Unmodified-Since`. Anything else is an
//! error, for pieces of two files would be judged as one. Reads go through a few windows that grow where reading goes on
//! in order: few requests for the tables at both ends of an image, and long ranges where every byte is read. A window is
//! fetched by one thread, the others wait for it: one connection is in use.

mod answer;
mod client;
mod fault;
mod patience;
mod tls;
mod url;

use std::{
    io,
    sync::{Arc, Mutex, PoisonError},
};

use client::Client;
pub use patience::Patience;

use super::ReadAt;

/// Bytes fetched where nothing was read before.
const FIRST: u64 = 128 << 10;
/// Bytes fetched at once where reading goes on in order.
const LONGEST: u64 = 4 << 20;
/// Windows that are kept: an image is read at a few places at a time.
const WINDOWS: usize = 8;

/// A web resource.
pub struct HttpSource {
    client: Client,
    windows: Mutex<Windows>,
}

/// Fetched windows, the last used first; and what was fetched in all.
#[derive(Default)]
struct Windows {
    kept: Vec<Window>,
    traffic: Traffic,
}

#[derive(Clone)]
struct Window {
    start: u64,
    bytes: Arc<Vec<u8>>,
}

/// What a web resource cost.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Traffic {
    /// Requests that were answered.
    pub requests: u64,
    /// Bytes of bodies.
    pub bytes: u64,
}

impl std::fmt::Debug for HttpSource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HttpSource").field("size", &self.client.size()).finish_non_exhaustive()
    }
}

impl HttpSource {
    /// Asks for the begin of a resource, and so for its length.
    pub fn open(url: &str, patience: Patience) -> io::Result<Self> {
        let mut traffic = Traffic::default();
        let (client, bytes) = Client::open(url, patience, FIRST, &mut traffic)?;
        let first = Window { start: 0, bytes: Arc::new(bytes) };
        Ok(Self { client, windows: Mutex::new(Windows { kept: vec![first], traffic }) })
    }

    /// What was fetched so far.
    pub fn traffic(&self) -> Traffic {
        self.windows.lock().unwrap_or_else(PoisonError::into_inner).traffic
    }
}

impl Window {
    fn end(&self) -> u64 {
        self.start.saturating_add(self.bytes.len() as u64)
    }

    fn slice(&self, offset: u64) -> Option<&[u8]> {
        let skipped = usize::try_from(offset.checked_sub(self.start)?).ok()?;
        self.bytes.get(skipped..).filter(|rest| !rest.is_empty())
    }
}

impl Windows {
    /// The window that has the byte at an offset; it becomes the last used.
    fn find(&mut self, offset: u64) -> Option<Window> {
        let at = self.kept.iter().position(|window| window.slice(offset).is_some())?;
        let window = self.kept.remove(at);
        self.kept.insert(0, window.clone());
        Some(window)
    }

    /// How much to fetch at an offset: twice as much as before where a window ends there.
    fn next_length(&self, offset: u64, wanted: u64) -> u64 {
        let before = self.kept.iter().find(|window| window.end() == offset);
        let grown = before.map_or(FIRST, |window| 2 * window.bytes.len() as u64);
        grown.max(wanted).clamp(FIRST, LONGEST)
    }
}

impl ReadAt for HttpSource {
    fn size(&self) -> u64 {
        self.client.size()
    }

    fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        let left = self.size().saturating_sub(offset);
        if buf.is_empty() || left == 0 {
            return Ok(0);
        }
        let mut windows = self.windows.lock().unwrap_or_else(PoisonError::into_inner);
        let window = if let Some(window) = windows.find(offset) {
            window
        } else {
            let length = windows.next_length(offset, buf.len() as u64).min(left);
            // The tables at the end are read from back to front.
            let start = if length == left { offset.min(self.size().saturating_sub(FIRST)) } else { offset };
            let bytes = self.client.fetch(start, offset - start + length, &mut windows.traffic)?;
            let window = Window { start, bytes: Arc::new(bytes) };
            windows.kept.truncate(WINDOWS - 1);
            windows.kept.insert(0, window.clone());
            window
        };
        drop(windows);
        let rest = window.slice(offset).unwrap_or_default();
        let n = rest.len().min(buf.len());
        if let (Some(to), Some(from)) = (buf.get_mut(..n), rest.get(..n)) {
            to.copy_from_slice(from);
        }
        Ok(n)
    }
}
