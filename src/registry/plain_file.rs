//! Files and folders of a registry, opened only where they are what they should be.
//!
//! A registry may lie where others can write. A link in the place of one of its files would let them have a gate or a
//! writer read or overwrite a file of its own user; a pipe would make it wait for ever. What is no plain file is refused.

use std::{
    fs::{self, File, Metadata, OpenOptions},
    io,
    path::Path,
};

/// How often a file is opened that others put another in the place of.
const TRIES: usize = 100;

/// Opens a file that is there.
pub(super) fn open(path: &Path, options: &OpenOptions) -> io::Result<File> {
    for _ in 0..TRIES {
        let named = plain(path)?;
        let file = options.open(path)?;
        // What the name led to may be another file by now: writers put new heads in the place of old ones.
        if is_same(&named, &file.metadata()?) {
            return Ok(file);
        }
    }
    Err(refused(path, "it was exchanged while it was opened, again and again"))
}

/// Opens a file to read it.
pub(super) fn read(path: &Path) -> io::Result<File> {
    open(path, OpenOptions::new().read(true))
}

/// Opens a file, or makes an empty one.
pub(super) fn open_or_create(path: &Path, options: &mut OpenOptions) -> io::Result<File> {
    match options.clone().create_new(true).open(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => open(path, options),
        made => made,
    }
}

/// Makes a new file in the place of whatever has the name; a link is removed, not followed.
pub(super) fn replace(path: &Path) -> io::Result<File> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    OpenOptions::new().write(true).create_new(true).open(path)
}

/// Makes a folder where there is none.
pub(super) fn folder(path: &Path) -> io::Result<()> {
    fs::create_dir_all(path)?;
    match fs::symlink_metadata(path)?.is_dir() {
        true => Ok(()),
        false => Err(refused(path, "a link, or no folder: a registry has none of these in it")),
    }
}

fn plain(path: &Path) -> io::Result<Metadata> {
    let about = fs::symlink_metadata(path)?;
    match about.is_file() {
        true => Ok(about),
        false => Err(refused(path, "a link, or no file: a registry has none of these in it")),
    }
}

fn refused(path: &Path, why: &str) -> io::Error {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    io::Error::new(io::ErrorKind::InvalidInput, format!("{name:?} is not opened: {why}"))
}

#[cfg(unix)]
fn is_same(a: &Metadata, b: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    (a.dev(), a.ino()) == (b.dev(), b.ino())
}

/// Links are the privilege of administrators there.
#[cfg(not(unix))]
fn is_same(_: &Metadata, b: &Metadata) -> bool {
    b.is_file()
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn links_are_not_followed() {
        let dir = tempfile::tempdir().expect("a folder");
        let (own, link) = (dir.path().join("own"), dir.path().join("link"));
        fs::write(&own, "kept").expect("written");
        symlink(&own, &link).expect("linked");
        assert!(read(&link).is_err());
        assert!(open_or_create(&link, OpenOptions::new().append(true)).is_err());
        drop(replace(&link).expect("made anew"));
        assert_eq!(fs::read_to_string(&own).expect("read"), "kept");
        assert!(read(&link).is_ok(), "a file now");
        symlink(dir.path(), dir.path().join("folder")).expect("linked");
        assert!(folder(&dir.path().join("folder")).is_err());
        assert!(folder(&dir.path().join("new")).is_ok());
    }
}
