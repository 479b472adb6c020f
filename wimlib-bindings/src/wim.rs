//! An open WIM.

use std::{cell::RefCell, fmt, path::Path};

use crate::{
    entry::{Entry, Resource},
    error::{Failure, Result},
    handle::{Code, Handle},
    info::Info,
    library::{Loaded, c_path, c_string},
    raw,
};

/// Warnings that are kept of one WIM.
const MAX_WARNINGS: usize = 1000;

/// What opening a file checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Check {
    /// Header, blob table and XML, as far as needed to use them.
    #[default]
    Structure,
    /// Also every byte that the integrity table covers, where there is one.
    Integrity,
}

impl Check {
    fn flags(self) -> i32 {
        match self {
            Self::Structure => 0,
            Self::Integrity => raw::OPEN_CHECK_INTEGRITY,
        }
    }
}

/// A WIM that libwim opened.
pub struct Wim {
    library: &'static Loaded,
    handle: Handle,
    warnings: RefCell<Vec<String>>,
}

impl fmt::Debug for Wim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wim").finish_non_exhaustive()
    }
}

impl Wim {
    pub(crate) fn open(library: &'static Loaded, path: &Path, check: Check) -> Result<Self> {
        let (handle, warnings) = library.open(path, check.flags())?;
        Ok(Self { library, handle, warnings: RefCell::new(warnings) })
    }

    /// What the header says.
    pub fn info(&self) -> Result<Info, Failure> {
        self.ask(Handle::info).map(Info::new)
    }

    /// The XML data as they stand in the file: UTF-16LE.
    pub fn xml(&self) -> Result<Vec<u8>, Failure> {
        self.ask(Handle::xml)
    }

    /// All entries of an image, by 1-based index: a directory before its children.
    ///
    /// # Errors
    /// Also where the metadata of the image cannot be read, are not those that were stored, or make no tree.
    pub fn entries(&self, image: u32) -> Result<Vec<Entry>, Failure> {
        self.ask(|handle| handle.entries(image_number(image)))
    }

    /// All stored contents: those of the metadata, and of the files with what was [referenced](Self::reference).
    pub fn resources(&self) -> Result<Vec<Resource>, Failure> {
        self.ask(Handle::resources)
    }

    /// Lets contents be found in other files: the other parts of a split set, or the WIM that a delta WIM builds on.
    pub fn reference<P: AsRef<Path>>(&self, parts: &[P], check: Check) -> Result<()> {
        for part in parts {
            let path = c_path(part.as_ref())?;
            self.ask(|handle| handle.reference(&path, check.flags()))?;
        }
        Ok(())
    }

    /// Reads all images and all contents, and checks them against their SHA-1; the integrity table is not looked at.
    ///
    /// # Errors
    /// At the first fault that libwim meets.
    pub fn verify(&self) -> Result<(), Failure> {
        self.ask(Handle::verify)
    }

    /// Extracts files and folders of an image, by 1-based index, to the folder `target`, each under its path within the
    /// image. Attributes and security descriptors are not restored, nor, on Unix, named streams.
    ///
    /// An image may hold symbolic links that lead anywhere: `target` should be a folder of its own.
    pub fn extract<P: AsRef<[u8]>>(&self, image: u32, paths: &[P], target: impl AsRef<Path>) -> Result<()> {
        let target = c_path(target.as_ref())?;
        let paths = paths.iter().map(|path| c_string(path.as_ref())).collect::<Result<Vec<_>>>()?;
        let paths: Vec<_> = paths.iter().map(AsRef::as_ref).collect();
        Ok(self.ask(|handle| handle.extract(image_number(image), &target, &paths))?)
    }

    /// What libwim warned of since the file was opened, in calls that succeeded: the first thousand warnings, each
    /// beginning with `[WARNING]`.
    pub fn warnings(&self) -> Vec<String> {
        self.warnings.borrow().clone()
    }

    fn ask<T>(&self, call: impl FnOnce(&Handle) -> Result<T, Code>) -> Result<T, Failure> {
        let (answer, printed) = self.library.ask(|_| call(&self.handle));
        let mut warnings = self.warnings.borrow_mut();
        let room = MAX_WARNINGS.saturating_sub(warnings.len());
        warnings.extend(printed.into_iter().take(room));
        answer
    }
}

/// An index that libwim refuses stands for one beyond its numbers; -1 would be all images.
fn image_number(image: u32) -> i32 {
    i32::try_from(image).unwrap_or(i32::MAX)
}
