//! What the logs of servicing in an image tell of its past: who opened sessions and when, which updates were installed.

use std::io::Cursor;

use wimproof_wim::ReadAt;

use super::{Inside, Installation};
use crate::evidence::{
    records::{self, Settings},
    servicing::Account,
    statement::Testimony,
    text_log,
};

/// The history of sessions, and the log that Windows writes beside it, below the folder of Windows.
const SESSIONS: &str = "servicing\\Sessions\\Sessions.xml";
const LOG: &str = "Logs\\CBS\\CBS.log";

/// Bytes of a log that is read. Windows begins it anew at 50 MB.
const MAX_LOG: u64 = 64 << 20;

/// What one log tells.
#[derive(Debug)]
pub struct Told {
    /// Its path in the image.
    pub path: String,
    /// Where it stands in the metadata of the image.
    pub offset: u64,
    /// What it tells.
    pub account: Account,
}

/// Reads the logs. What cannot be read is noted in `windows`.
pub(super) fn read<S: ReadAt>(inside: &Inside<'_, S>, windows: &mut Installation) -> Vec<Told> {
    let settings = Settings::default();
    let sessions = |bytes: &[u8], path: &str| records::sessions::read(bytes, path, &settings);
    let log = |bytes: &[u8], path: &str| text_log::read(Cursor::new(bytes), path, &settings);
    let read = [
        told(inside, windows, SESSIONS, records::sessions::MAX_BYTES, sessions),
        told(inside, windows, LOG, MAX_LOG, log),
    ];
    read.into_iter().flatten().collect()
}

fn told<S: ReadAt>(
    inside: &Inside<'_, S>,
    windows: &mut Installation,
    below: &str,
    limit: u64,
    read: impl FnOnce(&[u8], &str) -> Testimony,
) -> Option<Told> {
    let path = windows.path(below);
    let file = inside.find(&path).filter(|entry| !entry.is_folder())?;
    let testimony = match inside.read(&file, limit) {
        Ok(bytes) => read(&bytes, &path),
        Err(error) => {
            windows.unread.push((path, error.to_string()));
            return None;
        }
    };
    if let Some(why) = testimony.partial {
        windows.unread.push((path.clone(), why));
    }
    Some(Told { path, offset: file.dentry.offset, account: testimony.servicing })
}
