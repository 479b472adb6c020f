//! What a second reader says of an image file: libwim, beside ours.
//!
//! The two share no code. A file that one of them finds sound and the other does not, or in which one lists files that
//! the other does not, is not what it seems to one of them.

#[cfg(feature = "wimlib")]
mod libwim;
#[cfg(feature = "wimlib")]
mod trees;
#[cfg(not(feature = "wimlib"))]
mod without;

use serde::{Deserialize, Serialize};

#[cfg(feature = "wimlib")]
pub use libwim::Libwim;
#[cfg(not(feature = "wimlib"))]
pub use without::Libwim;

/// What a reader says of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Opinion {
    /// It was read, and everything matches its hash.
    Sound,
    /// It was read, and something is lost or wrong.
    Damaged,
    /// It cannot be read.
    Refused,
}

impl Opinion {
    /// The name, as in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sound => "sound",
            Self::Damaged => "damaged",
            Self::Refused => "refused",
        }
    }
}

/// One of the two readers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Reader {
    /// Ours.
    Wimproof,
    /// The second.
    Libwim,
}

impl Reader {
    /// The name, as in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Wimproof => "wimproof",
            Self::Libwim => "libwim",
        }
    }
}

/// Something that only one reader lists.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// 1-based index of the image.
    pub image: u32,
    /// Path from the root, with backslashes; null for the whole image. Text of the file.
    pub path: Option<String>,
    /// Who lists it.
    pub listed_by: Reader,
}

/// The second reader's opinion, beside ours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecondOpinion {
    /// Name of the library.
    pub library: std::borrow::Cow<'static, str>,
    /// Its version.
    pub version: String,
    /// What it says.
    pub verdict: Opinion,
    /// Its first message; null where it finds no fault. May quote text of the file.
    pub message: Option<String>,
    /// Whether it says what our reader says, and lists the same files.
    pub agrees: bool,
    /// What only one lists: the first [`MAX_DIFFERENCES`].
    pub differences: Vec<Difference>,
    /// How many there are.
    pub difference_count: u64,
    /// Images that were not compared, as one of the readers cannot list their files, or only in too much memory.
    pub not_compared: Vec<u32>,
}

/// Differences that are described.
pub const MAX_DIFFERENCES: usize = 20;

/// There is no second reader; says why, and how to get it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no second opinion: {0}")]
pub struct Unavailable(String);
