//! What can go wrong: libwim is not there, is another one, or refuses.

use std::fmt;

use crate::library::Version;

/// Result of asking libwim.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why libwim could not be asked, or what it answered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Not a little-endian Unix system of 64 bits: libwim's records and strings differ there.
    #[error(
        "libwim is not supported on this platform, only in dynamically linked programs on little-endian 64-bit Unix systems (not on Windows)"
    )]
    Platform,
    /// libwim is not installed, or not where the system's loader looks.
    #[error(
        "libwim is not installed: looked for {looked_for} ({reason}); it comes with the package libwim15 on Debian \
         and Ubuntu, wimlib on most others and on Homebrew, or name the file in WIMPROOF_LIBWIM"
    )]
    Absent {
        /// File names or paths that were tried.
        looked_for: String,
        /// What the system's loader said.
        reason: String,
    },
    /// A libwim whose interface is not known here.
    #[error("libwim {found} is not supported: 1.13 and later of major version 1 are")]
    Version {
        /// The version that was found.
        found: Version,
    },
    /// A library that lacks a function of libwim.
    #[error("{library} lacks the function {function}")]
    Function {
        /// The file that was loaded.
        library: String,
        /// The function's name.
        function: &'static str,
    },
    /// There is no place for libwim's messages.
    #[error("no file for the messages of libwim: {0}")]
    Messages(String),
    /// A path that C cannot be given.
    #[error("the path {0:?} holds a NUL character")]
    Path(String),
    /// libwim refused.
    #[error(transparent)]
    Refused(#[from] Failure),
}

/// An error of libwim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The number that libwim gave, a `wimlib_error_code`: 13 integrity table, 28 SHA-1 of a resource ...
    pub code: i32,
    /// What libwim says that the number means.
    pub meaning: String,
    /// What libwim printed meanwhile, in order: errors and warnings, each beginning with `[ERROR]` or `[WARNING]`.
    /// Often more to the point than the number, sometimes nothing.
    pub messages: Vec<String>,
}

impl Failure {
    /// The first error that libwim printed; the meaning of the number where it printed none.
    pub fn first_message(&self) -> &str {
        let error = self.messages.iter().find_map(|message| message.strip_prefix("[ERROR] "));
        error.unwrap_or(&self.meaning)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (libwim error {}", self.first_message(), self.code)?;
        match self.first_message() == self.meaning {
            true => f.write_str(")"),
            false => write!(f, ": {})", self.meaning),
        }
    }
}

impl std::error::Error for Failure {}
