//! The log: `log.intoto.jsonl`, one DSSE envelope a line, append-only. It is the truth; everything else in a registry
//! can be made from it.

use std::{
    fs::{File, OpenOptions},
    io::{self, BufRead, BufReader, Read as _, Seek as _, SeekFrom, Write as _},
    path::{Path, PathBuf},
};

use super::{
    error::{Error, Result},
    merkle::leaf_hash,
    plain_file, whole_file,
};

/// Name of the file in the registry folder.
pub(super) const FILE: &str = "log.intoto.jsonl";

/// Bytes of an entry: more is refused when written, and not read.
pub(super) const MAX_ENTRY_BYTES: u64 = 1 << 20;

/// Where an entry stands in the log, and its leaf hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Position {
    pub(super) offset: u64,
    /// Bytes without the line feed.
    pub(super) length: u32,
    pub(super) leaf: [u8; 32],
}

impl Position {
    /// Where the next entry begins.
    pub(super) fn end(&self) -> u64 {
        self.offset + u64::from(self.length) + 1
    }
}

/// The log file of a registry.
#[derive(Debug)]
pub(super) struct Log {
    path: PathBuf,
}

impl Log {
    pub(super) fn of(dir: &Path) -> Self {
        Self { path: dir.join(FILE) }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    fn at(&self, source: io::Error) -> Error {
        Error::Io { path: self.path.clone(), source }
    }

    /// Creates an empty log.
    pub(super) fn create(&self) -> Result<()> {
        let file =
            OpenOptions::new().write(true).create_new(true).open(&self.path).map_err(|e| self.at(e))?;
        file.sync_all().and_then(|()| whole_file::sync_folder(&self.path)).map_err(|e| self.at(e))
    }

    /// Length of the file in bytes.
    pub(super) fn length(&self) -> Result<u64> {
        std::fs::metadata(&self.path).map(|about| about.len()).map_err(|e| self.at(e))
    }

    /// Reads whole entries from the start; an unfinished last line is left out.
    pub(super) fn entries(&self) -> Result<Entries<'_>> {
        self.entries_from(0, 0)
    }

    /// The same from an entry on that begins at `offset`.
    pub(super) fn entries_from(&self, offset: u64, entry: u64) -> Result<Entries<'_>> {
        let mut file = plain_file::read(&self.path).map_err(|e| self.at(e))?;
        file.seek(SeekFrom::Start(offset)).map_err(|e| self.at(e))?;
        Ok(Entries { log: self, reader: BufReader::with_capacity(256 << 10, file), offset, entry })
    }

    /// Reads one entry; `None` where the bytes there are not the entry meant.
    pub(super) fn read(&self, position: &Position) -> Result<Option<Vec<u8>>> {
        let mut file = plain_file::read(&self.path).map_err(|e| self.at(e))?;
        file.seek(SeekFrom::Start(position.offset)).map_err(|e| self.at(e))?;
        let mut line = Vec::new();
        file.take(position.length.into()).read_to_end(&mut line).map_err(|e| self.at(e))?;
        Ok(Some(line).filter(|line| leaf_hash(line) == position.leaf))
    }

    /// Appends an entry at `offset`, the end of the last whole one, and makes it last. What stood behind (the torn
    /// line of a writer that was killed) is cut off.
    pub(super) fn append(&self, offset: u64, line: &str) -> Result<Position> {
        let length = u32::try_from(line.len()).ok().filter(|n| u64::from(*n) <= MAX_ENTRY_BYTES);
        let Some(length) = length else {
            let message = format!("the entry would have {} bytes, more than {MAX_ENTRY_BYTES}", line.len());
            return Err(Error::Refused(message));
        };
        let mut file =
            plain_file::open(&self.path, OpenOptions::new().write(true)).map_err(|e| self.at(e))?;
        let write = |file: &mut File| {
            file.set_len(offset)?;
            file.seek(SeekFrom::Start(offset))?;
            file.write_all(format!("{line}\n").as_bytes())?;
            file.sync_all()
        };
        write(&mut file).map_err(|e| self.at(e))?;
        Ok(Position { offset, length, leaf: leaf_hash(line.as_bytes()) })
    }
}

/// The entries of a log, in order.
pub(super) struct Entries<'l> {
    log: &'l Log,
    reader: BufReader<File>,
    offset: u64,
    entry: u64,
}

impl Entries<'_> {
    /// The next whole line and where it stands.
    pub(super) fn next_entry(&mut self) -> Result<Option<(Position, Vec<u8>)>> {
        let mut line = Vec::new();
        let mut limited = (&mut self.reader).take(MAX_ENTRY_BYTES + 1);
        limited.read_until(b'\n', &mut line).map_err(|e| self.log.at(e))?;
        if line.pop() != Some(b'\n') {
            if line.len() as u64 >= MAX_ENTRY_BYTES {
                let message = format!("longer than {MAX_ENTRY_BYTES} bytes");
                return Err(Error::BadEntry { path: self.log.path.clone(), entry: self.entry, message });
            }
            return Ok(None);
        }
        let length = u32::try_from(line.len()).unwrap_or(u32::MAX);
        let position = Position { offset: self.offset, length, leaf: leaf_hash(&line) };
        self.offset = position.end();
        self.entry += 1;
        Ok(Some((position, line)))
    }
}
