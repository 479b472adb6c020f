//! Bounds on what a file may make this library hold or do, with their reasons.
//!
//! A number read from a file never decides alone how much memory is taken: it is first compared with the size
//! of the file and then with one of these constants.

/// Images in one WIM, by its header or its XML. Microsoft's media have 11 at most; collections of hundreds were seen.
pub const MAX_IMAGES: u32 = 4096;

/// Bytes of the XML data. Real ones have a few KiB an image; 32 MiB leave room for 2000 images with long
/// descriptions and keep the parsed tree well below 1 GiB.
pub const MAX_XML_BYTES: u64 = 32 << 20;

/// Nesting of XML elements. Real ones nest 5 deep; readers exist that stop at 50.
pub const MAX_XML_DEPTH: usize = 50;

/// Attributes in the XML. Real documents have a handful for each image, and telling thousands of one element apart takes
/// the parser quadratic time.
pub const MAX_XML_ATTRIBUTES: usize = 16_384;

/// Characters of one text in the XML; what is longer is cut. Real names have some dozens.
pub const MAX_XML_TEXT: usize = 32_768;

/// Bytes kept of elements outside the schema.
pub const MAX_XML_EXTRA: usize = 1 << 20;

/// Entries of the blob table: 4 million entries take about 300 MB of memory. A Windows image has some 100,000.
pub const MAX_BLOBS: u64 = 4_000_000;

/// Uncompressed bytes of one metadata resource. A Windows image of 120,000 files has about 40 MB.
pub const MAX_METADATA_BYTES: u64 = 1 << 30;

/// How many times larger than the file a metadata resource may claim to be: the codecs of the format cannot
/// compress directory entries better than that.
pub const MAX_METADATA_RATIO: u64 = 512;

/// Slots of the integrity table: at the usual 10 MiB a slot, 4 million slots cover 40 TB.
pub const MAX_INTEGRITY_SLOTS: u64 = 4_000_000;

/// Depth of the directory tree. Windows paths have at most 32767 characters, so no real tree is deeper.
pub const MAX_TREE_DEPTH: usize = 16_384;

/// UTF-16 code units of a path: Windows allows no longer one.
pub const MAX_PATH_UNITS: usize = 32_767;

/// Security descriptors of an image. Real images have some thousands.
pub const MAX_SECURITY_DESCRIPTORS: u64 = 1_000_000;

/// Anomalies of one kind that are described one by one; further ones are only counted.
pub const MAX_DESCRIBED: usize = 20;

/// Bytes read at once while a table or resource is streamed.
pub(crate) const READ_WINDOW: usize = 256 << 10;
