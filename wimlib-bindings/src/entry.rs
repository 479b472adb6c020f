//! What libwim says of the files of an image and of the resources of a WIM.

use crate::text::Text;

/// A directory entry: one name of a file or directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Path from the root, `/`-separated and beginning with `/`.
    pub path: Text,
    /// Last part of the path; empty for the root.
    pub name: Text,
    /// The 8.3 name; empty for none.
    pub short_name: Text,
    /// 0 for the root.
    pub depth: usize,
    /// File attributes of Windows.
    pub attributes: u32,
    /// Tag of a reparse point; 0 for others.
    pub reparse_tag: u32,
    /// Names that this file has.
    pub links: u32,
    /// Entries with the same number are one file. May be 0 where there is one name only.
    pub link_group: u64,
    /// Creation time.
    pub created: Timestamp,
    /// Time of the last write.
    pub written: Timestamp,
    /// Time of the last access.
    pub accessed: Timestamp,
    /// Self-relative security descriptor; empty for none.
    pub security_descriptor: Vec<u8>,
    /// The unnamed stream (of a reparse point: the reparse data), then the named ones.
    pub streams: Vec<Stream>,
}

/// A stream of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stream {
    /// Empty for the unnamed one.
    pub name: Text,
    /// Its content; SHA-1 and sizes are zero where it is empty.
    pub content: Resource,
}

/// A stored content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resource {
    /// SHA-1 of the uncompressed bytes.
    pub sha1: [u8; 20],
    /// Uncompressed length in bytes.
    pub size: u64,
    /// Length in the file, in bytes; 0 in a solid resource.
    pub compressed_size: u64,
    /// Offset in the file; in a solid resource, position in its uncompressed bytes.
    pub offset: u64,
    /// Part of a split set that holds it.
    pub part: u32,
    /// How often it is used, as libwim counts.
    pub references: u32,
    /// Whether it is compressed, and not in a solid resource.
    pub is_compressed: bool,
    /// Whether it is the metadata of an image.
    pub is_metadata: bool,
    /// Whether a file needs it, and the WIM and what it references lack it; then only the SHA-1 is known.
    pub is_missing: bool,
    /// The solid resource that holds it.
    pub solid: Option<SolidPlace>,
}

/// A solid resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SolidPlace {
    /// Offset in the file.
    pub offset: u64,
    /// Length in the file, in bytes.
    pub compressed_size: u64,
    /// Uncompressed length in bytes.
    pub size: u64,
}

/// A point in time since 1970-01-01 UTC. The nanoseconds count forward, also before 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Timestamp {
    /// Whole seconds.
    pub seconds: i64,
    /// Nanoseconds, below 1 000 000 000.
    pub nanoseconds: i64,
}

/// Ticks of 100 ns between 1601-01-01 and 1970-01-01.
const EPOCH_TICKS: i128 = 116_444_736_000_000_000;

impl Timestamp {
    /// As Windows counts: ticks of 100 ns since 1601-01-01 UTC; `None` where that is no number of 64 bits.
    pub fn filetime(self) -> Option<u64> {
        let ticks = i128::from(self.seconds) * 10_000_000 + i128::from(self.nanoseconds / 100) + EPOCH_TICKS;
        u64::try_from(ticks).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_is_that_of_windows() {
        let filetime = |seconds, nanoseconds| Timestamp { seconds, nanoseconds }.filetime();
        assert_eq!(filetime(0, 0), Some(116_444_736_000_000_000));
        assert_eq!(filetime(-11_644_473_600, 100), Some(1));
        assert_eq!(filetime(-11_644_473_601, 0), None);
        assert_eq!(filetime(1_596_018_311, 123_456_700), Some(132_404_919_111_234_567));
        assert_eq!(filetime(i64::MAX, 999_999_999), None);
    }
}
