//! `check --copy-to`: the bytes judged are the bytes deployed.
//!
//! The image is copied beside its destination, the copy is judged, and renamed only when it is approved. Whatever is
//! done to the original meanwhile, the copy is what was judged. A link at the destination is replaced, never written
//! through. Whoever may write the folder of the destination may replace the copy, then and later: it is to belong to the gate.

use std::{
    fs::{self, File},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use super::{
    Error, Result,
    output::is_special,
    targets::{self, Target},
};
use crate::{
    rename,
    source::{Locator, Opener, ReadAt as _, Source},
};

/// Bytes that are copied at once.
const PIECE: usize = 1 << 20;

/// A copy that nobody may use yet; removed unless it is published.
pub(super) struct Copy {
    original: Locator,
    temporary: PathBuf,
    dest: PathBuf,
}

impl Copy {
    /// Copies the one image that was named.
    pub(super) fn make(images: &[PathBuf], dest: &Path, opener: &Opener) -> Result<Self> {
        let [original] = images else {
            return Err(Error::Usage("--copy-to takes one image file".into()));
        };
        if original.exists() && !original.is_file() {
            return Err(Error::Usage(format!(
                "--copy-to takes an image file, {} is none",
                original.display()
            )));
        }
        if dest.is_dir() || dest.file_name().is_none() {
            return Err(Error::Usage(format!("--copy-to names a file, {} is a folder", dest.display())));
        }
        if is_special(dest) {
            let what = "is neither a file nor free";
            return Err(Error::Usage(format!("--copy-to names a file, {} {what}", dest.display())));
        }
        let (original, source) = targets::open(original, opener)?;
        let of = original.locator.root_file();
        let same = of.is_some_and(|of| {
            fs::canonicalize(dest).is_ok_and(|dest| fs::canonicalize(of).is_ok_and(|of| of == dest))
        });
        if same {
            return Err(Error::Usage("--copy-to names the image itself".into()));
        }
        let mut name = dest.file_name().unwrap_or_default().to_owned();
        name.push(format!(".{}.partial", std::process::id()));
        let (temporary, dest) = (dest.with_file_name(name), dest.to_owned());
        let copy = Self { original: original.locator, temporary, dest };
        copy.fill(&source)
            .map_err(|source| Error::File { path: copy.temporary.display().to_string(), source })?;
        Ok(copy)
    }

    fn fill(&self, source: &Source) -> io::Result<()> {
        let mut to = File::create_new(&self.temporary)?;
        let mut buffer = vec![0; PIECE];
        let mut offset = 0;
        while offset < source.size() {
            let wanted = usize::try_from(source.size() - offset).unwrap_or(usize::MAX).min(PIECE);
            let piece = buffer.get_mut(..wanted).unwrap_or_default();
            source.read_exact_at(offset, piece)?;
            to.write_all(piece)?;
            offset += wanted as u64;
        }
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
