//! Small files that are either there as written, or not at all.

use std::{
    fs::File,
    io::{self, Write as _},
    path::Path,
    process,
};

use super::{
    error::{Error, Result},
    plain_file,
};
use crate::rename;

/// Writes beside the target, syncs, renames over it, and syncs the folder.
pub(super) fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    let at = |source| Error::Io { path: path.to_owned(), source };
    // One name for each process: two may keep the same content at the same time.
    let temporary = path.with_extension(format!("{}.tmp", process::id()));
    let mut file = plain_file::replace(&temporary).map_err(at)?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(at)?;
    drop(file);
    rename::over(&temporary, path).map_err(at)?;
    sync_folder(path).map_err(at)
}

/// Makes a rename or a new file last: on Unix the folder itself must be synced.
pub(super) fn sync_folder(path: &Path) -> io::Result<()> {
    if cfg!(unix)
        && let Some(folder) = path.parent()
    {
        // The parent of a bare name is empty, and means here.
        let here = folder.as_os_str().is_empty();
        File::open(if here { Path::new(".") } else { folder })?.sync_all()?;
    }
    Ok(())
}
