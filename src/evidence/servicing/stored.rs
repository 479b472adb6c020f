//! Corrupt files of a system, in an image that was given: what it holds in their place.

/// A file of a component in an image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stored {
    /// The image has no such component, or not this file in it.
    Absent,
    /// It is there and cannot be read.
    Unreadable(String),
    /// It is there.
    Held {
        /// SHA-256 of its bytes.
        sha256: [u8; 32],
        /// What the component's manifest in the image says, where it was looked at.
        manifest: Option<[u8; 32]>,
    },
}

/// What an image holds of the files that are corrupt on a system.
#[derive(Debug, Clone)]
pub struct StoredFiles {
    /// The image, as it is shown: path, `:` and index.
    pub image: String,
    /// In the order of [`System::corrupt`](super::System::corrupt); `None` for what is no file of a component. Or why the
    /// image cannot be read.
    pub files: Result<Vec<Option<Stored>>, String>,
}
