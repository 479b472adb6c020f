//! What to do when the system refuses to open a file.

use std::{fmt, io};

/// Windows: `ERROR_SHARING_VIOLATION`.
const SHARING_VIOLATION: i32 = 32;
/// Windows: `ERROR_LOCK_VIOLATION`.
const LOCK_VIOLATION: i32 = 33;

/// A refusal that somebody can do something about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Refusal {
    /// More rights would help.
    Denied,
    /// Another program holds it and lets nobody else in, as Windows does with the registry hives in use.
    InUse,
}

impl Refusal {
    /// The refusal that an error of the system tells of.
    pub fn of(error: &io::Error) -> Option<Self> {
        match error.raw_os_error() {
            Some(SHARING_VIOLATION | LOCK_VIOLATION) if cfg!(windows) => Some(Self::InUse),
            _ => (error.kind() == io::ErrorKind::PermissionDenied).then_some(Self::Denied),
        }
    }

    /// What the user can do about it.
    pub fn hint(self) -> &'static str {
        match self {
            Self::Denied => {
                "run with more rights: as administrator on a running Windows (Windows.old and winevt are closed to \
                 others), as root on a mounted disk; where administrators are shut out too, copy it first with \
                 `robocopy SOURCE DEST /E /B`, which uses the backup privilege"
            }
            Self::InUse => {
                "another program holds it open: read it from a shadow copy or from the mounted disk; a registry hive \
                 in use can be saved with `reg save HKLM\\SYSTEM FILE`"
            }
        }
    }
}

/// An error of the system, followed by what can be done about it.
#[derive(Debug)]
pub struct Explained<'e>(pub &'e io::Error);

impl fmt::Display for Explained<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(error) = self;
        match Refusal::of(error) {
            Some(refusal) => write!(f, "{error}; {}", refusal.hint()),
            None => write!(f, "{error}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_says_what_to_do() {
        let denied = io::Error::from(io::ErrorKind::PermissionDenied);
        assert_eq!(Refusal::of(&denied), Some(Refusal::Denied));
        assert!(Explained(&denied).to_string().ends_with("backup privilege"));
        let absent = io::Error::from(io::ErrorKind::NotFound);
        assert_eq!(Explained(&absent).to_string(), absent.to_string());
    }

    /// The numbers mean something else on other systems.
    #[test]
    fn a_file_in_use() {
        let found = Refusal::of(&io::Error::from_raw_os_error(SHARING_VIOLATION));
        assert_eq!(found, cfg!(windows).then_some(Refusal::InUse));
    }
}
