//! The audit record: what was judged here, when, with which answer. One JSON object a line in `audits.jsonl`.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, BufRead as _, BufReader, Write as _},
    path::{Path, PathBuf},
};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{
    error::{Error, Result},
    plain_file,
    record::Decision,
};
use crate::sighting::Values;

const FILE: &str = "audits.jsonl";

/// When the record reaches this size it is set aside under a name with the time, and a new one begun.
const ROTATE_BYTES: u64 = 64 << 20;

/// One image, judged.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Audit {
    /// When.
    pub at: DateTime<Utc>,
    /// The file, as it was named.
    pub source: String,
    /// 1-based index of the image; absent where the file as a whole could not be judged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub index: Option<u32>,
    /// The verdict.
    pub verdict: String,
    /// On what it rests.
    pub assurance: String,
    /// The approval that it refers to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approval: Option<String>,
    /// Rules that spoke.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<String>,
    /// What the verdict would have been without waivers and baseline, where that is another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unwaived: Option<String>,
    /// Ids of waivers that excused something.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub waivers: Vec<String>,
    /// Who let the image through against the verdict, and why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub break_glass: Option<Decision>,
    /// Size of the log at that time.
    pub registry_size: u64,
    /// What was seen.
    pub facts: Values,
}

fn at(path: &Path) -> impl Fn(io::Error) -> Error {
    move |source| Error::Io { path: path.to_owned(), source }
}

/// Adds to the record of a registry, so that it outlives a power cut.
pub(super) fn append_durably(dir: &Path, audits: &[Audit]) -> Result<()> {
    append(dir, audits)?.sync_all().map_err(at(&dir.join(FILE)))?;
    // The name of a new file is an entry of its folder. Windows cannot open one, and does this by itself.
    #[cfg(unix)]
    File::open(dir).and_then(|folder| folder.sync_all()).map_err(at(dir))?;
    Ok(())
}

/// Adds to the record of a registry.
pub(super) fn append(dir: &Path, audits: &[Audit]) -> Result<File> {
    let path = dir.join(FILE);
    if fs::metadata(&path).is_ok_and(|about| about.len() >= ROTATE_BYTES)
        && let Some(first) = audits.first()
    {
        let aside = dir.join(format!("audits-{}.jsonl", first.at.format("%Y%m%dT%H%M%S%.6fZ")));
        if !aside.exists() {
            fs::rename(&path, &aside).map_err(at(&path))?;
        }
    }
    let mut lines = String::new();
    for audit in audits {
        lines.push_str(&serde_json::to_string(audit).unwrap_or_default());
        lines.push('\n');
    }
    // One write in append mode: lines of processes that audit at the same time do not mix.
    let mut file = plain_file::open_or_create(&path, OpenOptions::new().append(true)).map_err(at(&path))?;
    file.write_all(lines.as_bytes()).map_err(at(&path))?;
    Ok(file)
}

/// All audits, oldest first. Lines that are no audits (cut by a full disk) are counted, not fatal.
pub(super) fn read(dir: &Path, mut each: impl FnMut(Audit)) -> Result<u64> {
    let mut skipped = 0;
    for path in files(dir)? {
        for line in BufReader::new(plain_file::read(&path).map_err(at(&path))?).split(b'\n') {
            match serde_json::from_slice(&line.map_err(at(&path))?) {
                Ok(audit) => each(audit),
                Err(_) => skipped += 1,
            }
        }
    }
    Ok(skipped)
}

fn files(dir: &Path) -> Result<Vec<PathBuf>> {
    let mut aside = Vec::new();
    for entry in fs::read_dir(dir).map_err(at(dir))? {
        let name = entry.map_err(at(dir))?.file_name();
        let name = name.to_string_lossy();
        if name.starts_with("audits-") && Path::new(&*name).extension().is_some_and(|end| end == "jsonl") {
            aside.push(dir.join(&*name));
        }
    }
    aside.sort();
    aside.extend(Some(dir.join(FILE)).filter(|path| path.exists()));
    Ok(aside)
}
