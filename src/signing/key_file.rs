//! Files that hold a secret key of ours: one line, readable by nobody else.

use std::{
    fs::{self, OpenOptions},
    io::{self, Read as _, Write as _},
    path::{Path, PathBuf},
};

use super::note_key::SecretKey;

const MAX_BYTES: u64 = 4096;

/// Why a key file is of no use. Never quotes what is in it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyFileError {
    /// The system refused.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// The answer of the system.
        source: io::Error,
    },
    /// Others can read the file.
    #[error("{}: others can read this key (mode {mode:03o}): chmod 600 it, and think of what they may have signed", path.display())]
    Exposed {
        /// The file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// There is no key in it.
    #[error("{}: {message}", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        message: String,
    },
}

impl SecretKey {
    /// Puts the key in a file that did not exist; on Unix its owner alone can read it.
    pub fn write(&self, path: &Path) -> Result<(), KeyFileError> {
        let at = |source| KeyFileError::Io { path: path.to_owned(), source };
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(path).map_err(at)?;
        file.write_all(format!("{}\n", self.encode()).as_bytes()).and_then(|()| file.sync_all()).map_err(at)
    }

    /// Reads the key in a file.
    pub fn read(path: &Path) -> Result<Self, KeyFileError> {
        let at = |source| KeyFileError::Io { path: path.to_owned(), source };
        let file = fs::File::open(path).map_err(at)?;
        #[cfg(unix)]
        {
            let mode =
                std::os::unix::fs::PermissionsExt::mode(&file.metadata().map_err(at)?.permissions()) & 0o777;
            if mode & 0o077 != 0 {
                return Err(KeyFileError::Exposed { path: path.to_owned(), mode });
            }
        }
        let mut text = String::new();
        file.take(MAX_BYTES).read_to_string(&mut text).map_err(at)?;
        Self::decode(text.trim_end())
            .map_err(|message| KeyFileError::Malformed { path: path.to_owned(), message })
    }
}
