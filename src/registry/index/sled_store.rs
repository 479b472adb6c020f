//! Rows in sled.
//!
//! sled 0.34 is sound after a clean close; after a crash or on damaged files it can lose rows without a word, panic, or
//! ask for absurd amounts of memory. So it is only ever shown files that are byte for byte those that it closed: a stamp
//! beside them tells (by their SHA-256, or by their times where nobody else writes). Anything else is thrown away and made
//! anew from the log. It runs behind
//! `catch_unwind`, and behind a lock of our own.

use std::{
    collections::BTreeMap,
    fs::{self, File, TryLockError},
    io,
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant, UNIX_EPOCH},
};

use sha2::{Digest as _, Sha256};

use super::{Damaged, Store};
use crate::{registry::plain_file, rename};

/// sled's own default is 1 GiB.
const CACHE_BYTES: u64 = 4 << 20;

/// How files are known to be those that were closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::registry) enum Stamp {
    /// By their bytes: in a folder that others write too.
    Digests,
    /// By their lengths and times of change, which takes no time: in a folder that only this computer writes.
    Times,
}

/// A sled database in a folder of its own, open and locked.
#[derive(Debug)]
pub(in crate::registry) struct SledStore {
    /// `None` only while closing.
    db: Option<sled::Db>,
    dir: PathBuf,
    stamp: Stamp,
    _lock: File,
}

/// Runs a piece of sled; a panic becomes an error.
fn guarded<T>(what: &str, run: impl FnOnce() -> Result<T, sled::Error>) -> Result<T, Damaged> {
    match catch_unwind(AssertUnwindSafe(run)) {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => Err(Damaged(format!("index: {what}: {error}"))),
        Err(_) => Err(Damaged(format!("index: {what}: sled panicked"))),
    }
}

impl SledStore {
    /// Opens the index in a folder, creating it where it is absent, replacing it where it is not as it was closed. Waits as
    /// long as `patience` for another process that has it open.
    pub(in crate::registry) fn open(dir: PathBuf, stamp: Stamp, patience: Duration) -> Result<Self, Damaged> {
        let lock = lock(&dir, patience)?;
        let files = dir.join("sled");
        if stamp_of(&files, stamp).ok()
            != plain_file::read(&dir.join("stamp")).and_then(io::read_to_string).ok()
        {
            match fs::remove_dir_all(&files) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(at("remove", &error)),
                _ => {}
            }
        }
        // From here on the files change; only a clean close writes a stamp again.
        let config = sled::Config::new().path(&files).cache_capacity(CACHE_BYTES).flush_every_ms(None);
        let db = guarded("open", || config.open())?;
        Ok(Self { db: Some(db), dir, stamp, _lock: lock })
    }

    fn db(&self) -> Result<&sled::Db, Damaged> {
        self.db.as_ref().ok_or_else(|| Damaged("index: closed".into()))
    }

    /// Closes the database and stamps its files, so that the next one may open them.
    pub(in crate::registry) fn close(mut self) -> Result<(), Damaged> {
        let Some(db) = self.db.take() else { return Ok(()) };
        guarded("close", move || db.flush().map(|_| drop(db)))?;
        let stamp = stamp_of(&self.dir.join("sled"), self.stamp).map_err(|error| at("stamp", &error))?;
        let path = self.dir.join("stamp");
        let temporary = self.dir.join("stamp.tmp");
        let put = |mut file: File| io::Write::write_all(&mut file, stamp.as_bytes());
        let write =
            || plain_file::replace(&temporary).and_then(put).and_then(|()| rename::over(&temporary, &path));
        write().map_err(|error| at("stamp", &error))
    }
}

impl Drop for SledStore {
    fn drop(&mut self) {
        // Without a stamp: what was not closed on purpose is not to be trusted.
        if let Some(db) = self.db.take() {
            let _ = catch_unwind(AssertUnwindSafe(move || drop(db)));
        }
    }
}

impl Store for SledStore {
    fn get(&self, row: &str) -> Result<Option<Vec<u8>>, Damaged> {
        let db = self.db()?;
        guarded("read", || db.get(row).map(|value| value.map(|bytes| bytes.to_vec())))
    }

    fn put(&mut self, rows: BTreeMap<String, Vec<u8>>) -> Result<(), Damaged> {
        let db = self.db()?;
        let mut batch = sled::Batch::default();
        for (name, row) in rows {
            batch.insert(name.as_bytes(), row);
        }
        guarded("write", || db.apply_batch(batch))
    }
}

fn at(what: &str, error: &io::Error) -> Damaged {
    Damaged(format!("index: {what}: {error}"))
}

fn lock(dir: &Path, patience: Duration) -> Result<File, Damaged> {
    plain_file::folder(dir).map_err(|error| at("create", &error))?;
    let options = plain_file::open_or_create(&dir.join("lock"), File::options().write(true));
    let lock = options.map_err(|error| at("lock", &error))?;
    let start = Instant::now();
    loop {
        match lock.try_lock() {
            Ok(()) => return Ok(lock),
            Err(TryLockError::WouldBlock) if start.elapsed() < patience => {
                thread::sleep(Duration::from_millis(5));
            }
            Err(TryLockError::WouldBlock) => return Err(Damaged("index: in use by another process".into())),
            Err(TryLockError::Error(error)) => return Err(at("lock", &error)),
        }
    }
}

/// Names, lengths and SHA-256 (or times) of all files below a folder.
fn stamp_of(dir: &Path, stamp: Stamp) -> io::Result<String> {
    let mut lines = Vec::new();
    for entry in walkdir::WalkDir::new(dir).sort_by_file_name() {
        let entry = entry?;
        if entry.path_is_symlink() {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        if entry.file_type().is_dir() {
            continue;
        }
        let (mark, length) = match stamp {
            Stamp::Digests => {
                let mut hash = Sha256::new();
                let length = io::copy(&mut plain_file::read(entry.path())?, &mut HashWriter(&mut hash))?;
                (hex::encode(hash.finalize()), length)
            }
            Stamp::Times => {
                let about = entry.metadata()?;
                let changed = about.modified()?.duration_since(UNIX_EPOCH).unwrap_or_default();
                (changed.as_nanos().to_string(), about.len())
            }
        };
        let name = entry.path().strip_prefix(dir).unwrap_or(entry.path()).display().to_string();
        lines.push(format!("{mark} {length} {name}\n"));
    }
    Ok(lines.concat())
}

struct HashWriter<'h>(&'h mut Sha256);

impl io::Write for HashWriter<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
