//! Positioned reads: the only thing this library asks of its input.

use std::{fs::File, io, path::Path, sync::Arc, time::SystemTime};

/// A source of bytes of known length that can be read at any offset, from several threads at once.
///
/// Nothing is memory-mapped: images lie on network shares, and a share that vanishes must be an error, not a
/// signal.
pub trait ReadAt: Send + Sync {
    /// Length in bytes, fixed when the source was opened.
    fn size(&self) -> u64;

    /// Reads up to `buf.len()` bytes at `offset`; returns how many were read, 0 at the end.
    fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize>;

    /// Reads exactly `buf.len()` bytes at `offset`.
    fn read_exact_at(&self, mut offset: u64, mut buf: &mut [u8]) -> io::Result<()> {
        while !buf.is_empty() {
            match self.read_at(offset, buf) {
                Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(n) => {
                    buf = buf.get_mut(n..).unwrap_or_default();
                    offset = offset.saturating_add(n as u64);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

impl ReadAt for [u8] {
    fn size(&self) -> u64 {
        self.len() as u64
    }

    fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        let rest = usize::try_from(offset).ok().and_then(|start| self.get(start..)).unwrap_or_default();
        let n = rest.len().min(buf.len());
        if let (Some(to), Some(from)) = (buf.get_mut(..n), rest.get(..n)) {
            to.copy_from_slice(from);
        }
        Ok(n)
    }
}

impl ReadAt for Vec<u8> {
    fn size(&self) -> u64 {
        self.as_slice().size()
    }

    fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        self.as_slice().read_at(offset, buf)
    }
}

macro_rules! through_pointer {
    ($($pointer:ty),*) => {$(
        impl<T: ReadAt + ?Sized> ReadAt for $pointer {
            fn size(&self) -> u64 {
                (**self).size()
            }

            fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
                (**self).read_at(offset, buf)
            }
        }
    )*};
}
through_pointer!(&T, Box<T>, Arc<T>);

/// A file on disk or on a share.
#[derive(Debug)]
pub struct FileSource {
    file: File,
    size: u64,
    modified: Option<SystemTime>,
}

impl FileSource {
    /// Opens a regular file for reading; its length is taken now.
    pub fn open(path: impl AsRef<Path>) -> io::Result<Self> {
        let not_regular = || io::Error::new(io::ErrorKind::InvalidInput, "not a regular file");
        // Asked before it is opened: opening a pipe waits for a writer.
        if !std::fs::metadata(path.as_ref())?.is_file() {
            return Err(not_regular());
        }
        let file = File::open(path)?;
        let about = file.metadata()?;
        if !about.is_file() {
            return Err(not_regular());
        }
        Ok(Self { file, size: about.len(), modified: about.modified().ok() })
    }

    /// Whether length or time of last write are others than when the file was opened.
    pub fn has_changed(&self) -> io::Result<bool> {
        let about = self.file.metadata()?;
        Ok(about.len() != self.size || about.modified().ok() != self.modified)
    }
}

impl ReadAt for FileSource {
    fn size(&self) -> u64 {
        self.size
    }

    #[cfg(unix)]
    fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        std::os::unix::fs::FileExt::read_at(&self.file, buf, offset)
    }

    #[cfg(windows)]
    fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        std::os::windows::fs::FileExt::seek_read(&self.file, buf, offset)
    }
}

#[cfg(test)]
mod tests {
    use std::{env, fs, process};

    use super::*;

    /// On Windows that needs a mode of sharing; elsewhere it is how files are.
    #[test]
    fn a_source_locks_nobody_out() {
        let path = env::temp_dir().join(format!("wimproof-shared-{}", process::id()));
        let other = path.with_extension("renamed");
        fs::write(&path, b"before").expect("written");
        let source = FileSource::open(&path).expect("opened");
        fs::write(&path, b"after!").expect("written by another while it is open");
        fs::rename(&path, &other).expect("renamed by another");
        fs::remove_file(&other).expect("removed by another");
        let mut bytes = [0; 6];
        source.read_exact_at(0, &mut bytes).expect("read");
        assert_eq!(&bytes, b"after!");
    }
}
