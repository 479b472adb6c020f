//! Things that a file says about itself and that do not fit together, without making it unreadable.

use std::{collections::BTreeMap, fmt};

use crate::limits::MAX_DESCRIBED;

macro_rules! kinds {
    ($($(#[doc = $doc:literal])+ $name:ident,)+) => {
        /// What does not fit. Each kind is one observation that a policy can weigh.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum AnomalyKind { $($(#[doc = $doc])+ $name,)+ }

        impl AnomalyKind {
            /// All kinds, in the order of the format's parts.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];
        }
    };
}

kinds! {
    // Header
    /// Flag `WRITE_IN_PROGRESS`: a writer did not finish.
    WriteInProgress,
    /// The boot index names an image that is not there.
    BootIndexOutOfRange,
    /// The boot metadata of the header are not those of the image that the boot index names.
    BootMetadataMismatch,
    /// Compression flags that contradict each other.
    AmbiguousCompression,
    /// Header bits or bytes that the format reserves are set.
    ReservedHeaderBits,
    /// Only metadata, or only resources, stand in this file.
    IncompleteBySpecification,
    // XML
    /// No XML data.
    XmlMissing,
    /// The XML data lack their byte order mark.
    XmlWithoutByteOrderMark,
    /// The XML data are not well-formed UTF-16.
    XmlBadUtf16,
    /// An element stands twice where one is expected, so that readers disagree on its value.
    XmlRepeatedElement,
    /// A value is interrupted by a comment, CDATA section or element, so that readers disagree on it.
    XmlSplitText,
    /// A number or time is not written as Windows writes it.
    XmlOddNumber,
    /// A text, or what stands outside the schema, is longer than any writer makes it; it is cut.
    XmlExcess,
    /// A time lies outside what an image can have.
    XmlImplausibleTime,
    /// `IMAGE` elements are missing, surplus, unnumbered, doubly numbered or not in order.
    XmlImageIndex,
    // Blob table
    /// The table's length is not a multiple of an entry.
    BlobTableOddLength,
    /// Two entries carry the same SHA-1.
    DuplicateBlob,
    /// An entry with content has an all-zero SHA-1.
    BlobWithoutHash,
    /// An entry carries flag bits that mean nothing.
    UnknownBlobFlags,
    /// An entry is marked as free space.
    FreeBlob,
    /// Metadata that no image uses any more: some readers pass over them, some may not.
    DeletedImage,
    /// Metadata in a solid resource, where no reader expects them.
    MetadataInSolid,
    /// An entry belongs to another part than this file.
    ForeignPart,
    /// The reference count is not the number of references.
    WrongReferenceCount,
    /// Entries of a solid resource do not fit it.
    BadSolidRun,
    /// Two resources share bytes of the file.
    OverlappingResources,
    /// A resource lies outside the file or cannot have the size it claims.
    ImpossibleResource,
    /// Bytes of the file belong to no resource.
    UnaccountedBytes,
    // Images
    /// The file holds more images than its header says.
    HiddenImage,
    /// The file holds fewer images than its header says.
    MissingImage,
    /// A metadata resource is marked as used by several images.
    SharedMetadata,
    // Integrity table
    /// The integrity table contradicts itself or the file.
    BadIntegrityTable,
    // Directory tree
    /// A name that no Windows file or stream can have: empty, `.`, `..`, with a separator or NUL, a short name or
    /// stream name with a colon.
    ForbiddenName,
    /// The NUL that ends a name is not there: some readers refuse the tree.
    NameWithoutEnd,
    /// Two entries of a directory have the same name.
    DuplicateName,
    /// A name is not well-formed UTF-16.
    NameBadUtf16,
    /// A security id outside the table of descriptors.
    BadSecurityId,
    /// Two streams of an entry where one can be: unnamed, or of names that Windows does not tell apart.
    DuplicateStream,
    /// A stream where readers do not look for it: content of a folder, or beside the content of an encrypted file.
    MisplacedStream,
    /// Hard links of one group have different contents, or give one file different attributes or times.
    HardLinkMismatch,
    /// Hard links of one group and content carry different named streams, security descriptors or tagged items, or only
    /// some are encrypted: readers make one file of them, and take these from the one or the other.
    HardLinkConflict,
    /// A file that has children.
    ChildrenOfFile,
    /// A folder that is a reparse point has children: some readers list them, some do not.
    ChildrenOfReparsePoint,
    /// Bytes of the metadata resource that no directory reaches.
    UnreachableMetadata,
    /// The root has a name or siblings.
    OddRoot,
    /// A file's content is not in the blob table.
    MissingBlob,
    /// Counts of files, directories or bytes in the XML are not those of the tree.
    CountsDisagree,
}

/// One observation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Anomaly {
    /// What does not fit.
    pub kind: AnomalyKind,
    /// Offset in bytes: in the file, or for a directory tree in its uncompressed metadata resource.
    pub offset: Option<u64>,
    /// What was found, in words. May quote text of the file: not to be printed unescaped.
    pub detail: String,
}

/// A bounded list of anomalies: a hostile file can hold millions of the same kind.
#[derive(Debug, Default, Clone)]
pub struct Anomalies {
    described: Vec<Anomaly>,
    counts: BTreeMap<AnomalyKind, u64>,
}

impl Anomalies {
    /// Like [`push`](Self::push), for a detail that is costly to put in words: millions may only be counted.
    pub(crate) fn push_with<D: fmt::Display>(
        &mut self,
        kind: AnomalyKind,
        offset: Option<u64>,
        detail: impl FnOnce() -> D,
    ) {
        if self.count(kind) < MAX_DESCRIBED as u64 {
            self.push(kind, offset, detail());
        } else {
            *self.counts.entry(kind).or_default() += 1;
        }
    }

    pub(crate) fn push(&mut self, kind: AnomalyKind, offset: Option<u64>, detail: impl fmt::Display) {
        let count = self.counts.entry(kind).or_default();
        *count += 1;
        if *count <= MAX_DESCRIBED as u64 {
            self.described.push(Anomaly { kind, offset, detail: detail.to_string() });
        }
    }

    /// Adds what another part of the file showed.
    pub fn append(&mut self, mut other: Self) {
        self.described.append(&mut other.described);
        for (kind, count) in other.counts {
            *self.counts.entry(kind).or_default() += count;
        }
    }

    /// The observations described one by one: at most [`MAX_DESCRIBED`] of a kind for each part of the file.
    pub fn described(&self) -> &[Anomaly] {
        &self.described
    }

    /// How many observations of a kind were made, described or not.
    pub fn count(&self, kind: AnomalyKind) -> u64 {
        self.counts.get(&kind).copied().unwrap_or_default()
    }

    /// Whether everything fits together.
    pub fn is_empty(&self) -> bool {
        self.counts.is_empty()
    }
}
