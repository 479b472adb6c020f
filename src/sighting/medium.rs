//! What is told of the medium that an image lies in.

use std::fmt;

/// One thing that a medium shows. Paths are those of its files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MediumTell {
    /// Two file systems show other bytes under one name.
    Differs {
        /// The file.
        path: String,
        /// The two file systems.
        systems: [&'static str; 2],
    },
    /// Two file systems show other lengths of the same bytes.
    Mismeasured {
        /// The file.
        path: String,
        /// The two file systems.
        systems: [&'static str; 2],
        /// What each says, in bytes.
        sizes: [u64; 2],
    },
    /// Only one file system shows an image file.
    OnlyIn {
        /// The file.
        path: String,
        /// The one that shows it, and the one that does not.
        systems: [&'static str; 2],
    },
    /// A file system cannot be read to its end.
    BadTree {
        /// The file system.
        system: &'static str,
        /// Why.
        why: String,
    },
    /// A file answers the questions of Setup.
    AnswerFile {
        /// The file.
        path: String,
    },
    /// Files that Setup copies into the installed system.
    OemFolder {
        /// The folder.
        path: String,
        /// How many.
        files: usize,
    },
    /// A script that Setup runs at its end.
    SetupScript {
        /// The file.
        path: String,
    },
    /// Which edition Setup installs.
    Edition {
        /// The file.
        path: String,
        /// Edition and channel, as they stand.
        says: String,
    },
    /// A file with a product key, which is not looked at.
    ProductKey {
        /// The file.
        path: String,
    },
}

/// The file or file system that it is about.
impl fmt::Display for MediumTell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::BadTree { system, .. } => system,
            Self::Differs { path, .. }
            | Self::Mismeasured { path, .. }
            | Self::OnlyIn { path, .. }
            | Self::AnswerFile { path }
            | Self::OemFolder { path, .. }
            | Self::SetupScript { path }
            | Self::Edition { path, .. }
            | Self::ProductKey { path } => path,
        })
    }
}
