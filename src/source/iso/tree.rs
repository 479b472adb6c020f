//! The tree of one file system of a medium, as a list of files; and what reading it may cost.

use std::{collections::HashSet, io};

use super::fields::fault;
use crate::source::{Run, name};

/// Files and folders of one tree. Media of Windows have some thousands.
const MAX_ENTRIES: usize = 200_000;
/// Runs of all files of a tree: a file of 100 GB has some hundred, as one run holds less than 1 GiB.
const MAX_RUNS: usize = 1_000_000;
/// Folders within one another: paths of Windows have at most 260 characters on such media.
const MAX_DEPTH: usize = 128;
/// Bytes of one folder, and of all folders of a tree.
const MAX_FOLDER: u64 = 16 << 20;
const MAX_FOLDERS: u64 = 64 << 20;
/// Bytes of all paths of a tree.
const MAX_PATHS: usize = 64 << 20;

/// A file of a medium.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// With slashes, from the root, without one at the begin: `sources/install.wim`.
    pub path: String,
    /// Length in bytes.
    pub size: u64,
    /// Where its bytes lie.
    pub runs: Vec<Run>,
}

/// Which file system of a medium.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// UDF (ECMA-167 and the profiles of OSTA). What Windows reads where it is there.
    Udf,
    /// The Unicode tree beside ISO 9660.
    Joliet,
    /// ISO 9660 (ECMA-119).
    Iso9660,
}

impl Kind {
    /// What people call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Udf => "UDF",
            Self::Joliet => "Joliet",
            Self::Iso9660 => "ISO 9660",
        }
    }
}

/// One file system of a medium.
#[derive(Debug, Clone)]
pub struct FileSystem {
    /// Which one.
    pub kind: Kind,
    /// Its files, in the order of the folders.
    pub files: Vec<File>,
    /// What kept it from being read to its end.
    pub trouble: Option<String>,
}

impl FileSystem {
    /// The file with a path, in upper or lower case.
    pub fn find(&self, path: &str) -> Option<&File> {
        self.files.iter().find(|file| name::same(&file.path, path))
    }
}

/// A folder that is still to be read.
#[derive(Debug)]
pub(super) struct Folder<P> {
    pub(super) path: String,
    pub(super) depth: usize,
    pub(super) place: P,
}

/// Collects a tree, and keeps to the bounds.
#[derive(Debug)]
pub(super) struct Collection<P> {
    pub(super) files: Vec<File>,
    folders: Vec<Folder<P>>,
    /// Offsets of the folders that were met: one that is met twice is a loop, or a hard link that no such volume has.
    met: HashSet<u64>,
    entries: usize,
    runs: usize,
    folder_bytes: u64,
    path_bytes: usize,
}

impl<P> Collection<P> {
    pub(super) fn new() -> Self {
        Self {
            files: Vec::new(),
            folders: Vec::new(),
            met: HashSet::new(),
            entries: 0,
            runs: 0,
            folder_bytes: 0,
            path_bytes: 0,
        }
    }

    /// The next folder to read.
    pub(super) fn next(&mut self) -> Option<Folder<P>> {
        self.folders.pop()
    }

    /// Counts the bytes of a folder before they are read.
    pub(super) fn weigh(&mut self, what: &str, at: u64, bytes: u64) -> io::Result<()> {
        self.folder_bytes = self.folder_bytes.saturating_add(bytes);
        if bytes > MAX_FOLDER || self.folder_bytes > MAX_FOLDERS {
            let why = format!("a folder of {bytes} bytes; up to {MAX_FOLDER} are read, {MAX_FOLDERS} of all");
            return Err(fault(what, at, why));
        }
        Ok(())
    }

    /// A folder that stands at `at`.
    pub(super) fn folder(&mut self, path: String, depth: usize, at: u64, place: P) -> io::Result<()> {
        self.entry(&path, at)?;
        if depth > MAX_DEPTH {
            return Err(fault("folder", at, format!("more than {MAX_DEPTH} folders within one another")));
        }
        if !self.met.insert(at) {
            return Err(fault("folder", at, "it stands in the tree twice"));
        }
        self.folders.push(Folder { path, depth, place });
        Ok(())
    }

    /// A file that stands at `at`.
    pub(super) fn file(&mut self, file: File, at: u64) -> io::Result<()> {
        self.entry(&file.path, at)?;
        self.runs = self.runs.saturating_add(file.runs.len());
        if self.runs > MAX_RUNS {
            return Err(fault("file", at, format!("more than {MAX_RUNS} extents in all")));
        }
        self.files.push(file);
        Ok(())
    }

    fn entry(&mut self, path: &str, at: u64) -> io::Result<()> {
        self.entries += 1;
        self.path_bytes = self.path_bytes.saturating_add(path.len());
        if self.entries > MAX_ENTRIES || self.path_bytes > MAX_PATHS {
            return Err(fault(
                "entry",
                at,
                format!("more than {MAX_ENTRIES} files and folders, or paths too long"),
            ));
        }
        Ok(())
    }

    /// The tree, as far as it was read.
    pub(super) fn finish(self, kind: Kind, outcome: io::Result<()>) -> FileSystem {
        FileSystem { kind, files: self.files, trouble: outcome.err().map(|error| error.to_string()) }
    }
}

/// The path of an entry in a folder.
pub(super) fn join(folder: &str, name: &str) -> String {
    match folder.is_empty() {
        true => name.to_owned(),
        false => format!("{folder}/{name}"),
    }
}
