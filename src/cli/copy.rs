//! `check --copy-to`: the bytes judged are the bytes deployed.
//!
//! The image is copied beside its destination, the copy is judged, and renamed only when it is approved. Whatever is
//! done to the original meanwhile, the copy is what was judged.

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

use super::{Error, Result, targets::Target};
use crate::rename;

/// A copy that nobody may use yet; removed unless it is published.
pub(super) struct Copy {
    original: PathBuf,
    temporary: PathBuf,
    dest: PathBuf,
}

impl Copy {
    /// Copies the one image that was named.
    pub(super) fn make(images: &[PathBuf], dest: &Path) -> Result<Self> {
        let [original] = images else {
            return Err(Error::Usage("--copy-to takes one image file".into()));
        };
        if !original.is_file() {
            return Err(Error::Usage(format!(
                "--copy-to takes an image file, {} is none",
                original.display()
            )));
        }
        if dest.is_dir() || dest.file_name().is_none() {
            return Err(Error::Usage(format!("--copy-to names a file, {} is a folder", dest.display())));
        }
        let same =
            fs::canonicalize(dest).is_ok_and(|dest| fs::canonicalize(original).is_ok_and(|o| o == dest));
        if same {
            return Err(Error::Usage("--copy-to names the image itself".into()));
        }
        let mut name = dest.file_name().unwrap_or_default().to_owned();
        name.push(format!(".{}.partial", std::process::id()));
        let copy =
            Self { original: original.clone(), temporary: dest.with_file_name(name), dest: dest.to_owned() };
        copy.fill().map_err(|source| Error::File { path: copy.temporary.display().to_string(), source })?;
        Ok(copy)
    }

    fn fill(&self) -> io::Result<()> {
        let mut to = File::create_new(&self.temporary)?;
        io::copy(&mut File::open(&self.original)?, &mut to)?;
        to.sync_all()
    }

    /// What is to be judged.
    pub(super) fn target(&self) -> Target {
        Target::copy(self.temporary.clone(), &self.original)
    }

    /// Gives the copy its name.
    pub(super) fn publish(self) -> Result<()> {
        let failed = |source| Error::File { path: self.dest.display().to_string(), source };
        rename::over(&self.temporary, &self.dest).map_err(failed)
    }
}

impl Drop for Copy {
    fn drop(&mut self) {
        // After it was published there is nothing left to remove.
        let _ = fs::remove_file(&self.temporary);
    }
}
