//! The directory tree of an image.

use crate::builder::setters;
use crate::time::filetime;

/// Attribute bit of a directory.
pub const DIRECTORY: u32 = 0x10;
/// Attribute bit of an ordinary file.
pub const ARCHIVE: u32 = 0x20;
/// Attribute bit of a reparse point.
pub const REPARSE_POINT: u32 = 0x400;

/// What the unnamed stream of an entry holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Data {
    /// These bytes; the blob is written.
    Bytes(Vec<u8>),
    /// Only a claim: the entry refers to this blob, which the tree does not supply.
    Declared {
        /// SHA-1 written in the directory entry.
        sha1: [u8; 20],
        /// Size used for the counts in the XML.
        size: u64,
    },
}

/// A file or directory.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Long name, UTF-16 (need not be valid).
    pub name: Vec<u16>,
    /// 8.3 name, empty when there is none.
    pub short_name: Vec<u16>,
    /// Attribute bits.
    pub attributes: u32,
    /// Creation FILETIME.
    pub created: u64,
    /// Last access FILETIME.
    pub accessed: u64,
    /// Last write FILETIME.
    pub written: u64,
    /// Self-relative security descriptor.
    pub security: Option<Vec<u8>>,
    /// Unnamed stream.
    pub data: Data,
    /// Alternate data streams: name and bytes.
    pub streams: Vec<(Vec<u16>, Vec<u8>)>,
    /// Hard link group, 0 when the file has one name only.
    pub hard_link: u64,
    /// Reparse tag and data (without the 8-byte reparse header).
    pub reparse: Option<(u32, Vec<u8>)>,
    /// Tagged items: tag and bytes.
    pub tagged: Vec<(u32, Vec<u8>)>,
    /// Children, written in this order.
    pub children: Vec<Self>,
}

impl Entry {
    fn new(name: &str, attributes: u32, data: Data) -> Self {
        let time = filetime(2020, 1, 2, 3, 4, 5);
        Self {
            name: name.encode_utf16().collect(),
            short_name: Vec::new(),
            attributes,
            created: time,
            accessed: time,
            written: time,
            security: None,
            data,
            streams: Vec::new(),
            hard_link: 0,
            reparse: None,
            tagged: Vec::new(),
            children: Vec::new(),
        }
    }

    /// An empty directory. The root is `Entry::dir("")`.
    #[must_use]
    pub fn dir(name: &str) -> Self {
        Self::new(name, DIRECTORY, Data::Bytes(Vec::new()))
    }

    /// A file with these contents.
    #[must_use]
    pub fn file(name: &str, bytes: impl Into<Vec<u8>>) -> Self {
        Self::new(name, ARCHIVE, Data::Bytes(bytes.into()))
    }

    /// A file that refers to a blob without supplying it (missing, or stored elsewhere).
    #[must_use]
    pub fn declared(name: &str, sha1: [u8; 20], size: u64) -> Self {
        Self::new(name, ARCHIVE, Data::Declared { sha1, size })
    }

    /// A root directory that holds these files; folders appear as the paths name them.
    ///
    /// Both `/` and `\` separate; a path that ends in one is an empty directory.
    #[must_use]
    pub fn tree_of(files: &[(&str, &[u8])]) -> Self {
        let mut root = Self::dir("");
        for (path, bytes) in files {
            root = root.with_file(path, *bytes);
        }
        root
    }

    /// Adds a file below this directory, making the folders in between.
    #[must_use]
    pub fn with_file(self, path: &str, bytes: impl Into<Vec<u8>>) -> Self {
        let (folder, name) =
            path.rsplit_once(['/', '\\']).map_or(("", path), |(folder, name)| (folder, name));
        if name.is_empty() {
            return self.with_entries(folder, &[]);
        }
        self.with_entries(folder, &[Self::file(name, bytes)])
    }

    /// Adds entries to the folder `path` below this directory, making the folders in between.
    #[must_use]
    pub fn with_entries(mut self, path: &str, entries: &[Self]) -> Self {
        let mut place = &mut self;
        for part in path.split(['/', '\\']).filter(|part| !part.is_empty()) {
            let wanted: Vec<u16> = part.encode_utf16().collect();
            let known = place.children.iter().position(|c| c.name == wanted);
            let index = known.unwrap_or_else(|| {
                place.children.push(Self::dir(part));
                place.children.len() - 1
            });
            place = &mut place.children[index];
        }
        place.children.extend_from_slice(entries);
        self
    }

    /// Adds a child.
    #[must_use]
    pub fn child(mut self, entry: Self) -> Self {
        self.children.push(entry);
        self
    }

    setters! {
        /// Sets all attribute bits.
        attributes(bits: u32) attributes = bits;
        /// Sets the security descriptor; equal ones share an id.
        security(descriptor: impl Into<Vec<u8>>) security = Some(descriptor.into());
        /// Sets the 8.3 name.
        short_name(name: &str) short_name = name.encode_utf16().collect();
        /// Sets the hard link group.
        hard_link_group(group: u64) hard_link = group;
        /// Sets a name that need not be valid Unicode.
        raw_name(units: impl Into<Vec<u16>>) name = units.into();
    }

    /// Sets the three FILETIMEs.
    #[must_use]
    pub fn times(mut self, created: u64, accessed: u64, written: u64) -> Self {
        (self.created, self.accessed, self.written) = (created, accessed, written);
        self
    }

    /// Adds an alternate data stream.
    #[must_use]
    pub fn stream(mut self, name: &str, bytes: impl Into<Vec<u8>>) -> Self {
        self.streams.push((name.encode_utf16().collect(), bytes.into()));
        self
    }

    /// Makes the entry a reparse point; `bytes` excludes the 8-byte reparse header.
    #[must_use]
    pub fn reparse(mut self, tag: u32, bytes: impl Into<Vec<u8>>) -> Self {
        self.attributes |= REPARSE_POINT;
        self.reparse = Some((tag, bytes.into()));
        self
    }

    /// Adds a tagged item.
    #[must_use]
    pub fn tagged(mut self, tag: u32, bytes: impl Into<Vec<u8>>) -> Self {
        self.tagged.push((tag, bytes.into()));
        self
    }

    /// Whether the directory bit is set.
    #[must_use]
    pub fn is_dir(&self) -> bool {
        self.attributes & DIRECTORY != 0
    }
}
