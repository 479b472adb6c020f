//! The last seen head of a registry, remembered outside of it: a log that is shorter, or another one, shows.

use std::{
    env,
    fs::{self, File},
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};

use sha2::{Digest as _, Sha256};

use super::{
    checkpoint::{Checkpoint, Head},
    error::{Error, Result},
    trust::Memory,
    whole_file,
};

/// How long one waits for another that remembers.
const PATIENCE: Duration = Duration::from_secs(5);

/// The file for a registry; `None` where nothing is to be remembered.
pub(super) fn file(memory: &Memory, origin: &str) -> Result<Option<PathBuf>> {
    match memory {
        Memory::None => Ok(None),
        Memory::File(path) => Ok(Some(path.clone())),
        Memory::OfUser => {
            let folder = state_folder(|name| env::var_os(name).filter(|v| !v.is_empty()).map(PathBuf::from));
            let folder = folder.ok_or(Error::NoStateFolder)?;
            let digest: [u8; 32] = Sha256::digest(origin).into();
            Ok(Some(folder.join("wimproof").join("heads").join(hex::encode(digest))))
        }
    }
}

/// `%LOCALAPPDATA%` on Windows, elsewhere the state folder of the XDG base directories.
pub(super) fn state_folder(variable: impl Fn(&str) -> Option<PathBuf>) -> Option<PathBuf> {
    if cfg!(windows) {
        return variable("LOCALAPPDATA");
    }
    variable("XDG_STATE_HOME")
        .filter(|path| path.is_absolute())
        .or_else(|| Some(variable("HOME")?.join(".local").join("state")))
}

/// The head that was seen last.
///
/// # Errors
/// A file that is there and cannot be read is none to pass over: it may have been spoilt to let an older head pass.
pub(super) fn read(path: &Path, origin: &str) -> Result<Option<Head>> {
    let Some(Checkpoint { head, .. }) = Checkpoint::read_file(path)? else { return Ok(None) };
    match head.origin == origin {
        true => Ok(Some(head)),
        false => {
            Err(Error::OtherOrigin { path: path.to_owned(), found: head.origin, expected: origin.to_owned() })
        }
    }
}

/// Remembers a head, unless a later one is remembered already. The head is known to continue the one that `read` gave.
pub(super) fn remember(path: &Path, head: &Head) -> Result<()> {
    if read(path, &head.origin)?.is_some_and(|seen| seen.size >= head.size) {
        return Ok(());
    }
    let at = |source| Error::Io { path: path.to_owned(), source };
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        fs::create_dir_all(folder).map_err(at)?;
    }
    let lock =
        File::options().create(true).truncate(false).write(true).open(beside(path, ".lock")).map_err(at)?;
    let start = Instant::now();
    while lock.try_lock().is_err() {
        if start.elapsed() > PATIENCE {
            return Err(Error::Busy { dir: path.to_owned() });
        }
        thread::sleep(Duration::from_millis(10));
    }
    // Another may have remembered a later head while this one waited.
    match read(path, &head.origin)? {
        Some(seen) if seen.size >= head.size => Ok(()),
        _ => whole_file::write(path, Checkpoint::of(head.clone()).note.to_string().as_bytes()),
    }
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry::merkle::Frontier;

    #[test]
    fn the_memory_only_grows() {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("deep").join("head");
        let head = |size| Head { origin: "o".into(), size, ..Head::of("o", &Frontier::default()) };
        assert_eq!(read(&path, "o").expect("absent"), None);
        remember(&path, &head(2)).expect("remembered");
        remember(&path, &head(1)).expect("kept");
        assert_eq!(read(&path, "o").expect("read"), Some(head(2)));
        remember(&path, &head(3)).expect("remembered");
        assert_eq!(read(&path, "o").expect("read"), Some(head(3)));
        assert!(read(&path, "other").is_err());
        fs::write(&path, "spoilt").expect("written");
        assert!(read(&path, "o").is_err());
    }
}
