//! Bounds on what a file may make this library hold or do, with their reasons.
//!
//! A number read from a file never decides alone how much memory is taken: it is first compared with the size
//! of the file and then with one of these constants.

/// Images in one WIM. The format has 32 bits; Microsoft's media have 11 at most, and more than 65535 `IMAGE`
/// elements were never seen.
pub const MAX_IMAGES: u32 = 65_535;

/// Bytes of the XML data. Real ones have a few KiB an image; 32 MiB leave room for 2000 images with long
/// descriptions and keep the parsed tree well below 1 GiB.
pub const MAX_XML_BYTES: u64 = 32 << 20;

/// Nesting of XML elements. Real ones nest 5 deep; readers exist that stop at 50.
pub const MAX_XML_DEPTH: usize = 50;

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

/// Anomalies of one kind that are described one by one; further ones are only counted.
pub const MAX_DESCRIBED: usize = 20;

/// Bytes read at once while a table or resource is streamed.
pub(crate) const READ_WINDOW: usize = 256 << 10;
