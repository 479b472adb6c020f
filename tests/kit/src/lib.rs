//! Makes WIM files in memory, independent of the reader that is tested with them.
//!
//! ```
//! use wimproof_testkit::{Compression, Entry, Image, Wim};
//!
//! let root = Entry::tree_of(&[("Windows/win.ini", b"[fonts]"), ("readme.txt", b"hello")]);
//! let wim = Wim::new()
//!     .image(Image::new("Test").root(root).windows_version(10, 0, 17763, 1911))
//!     .compression(Compression::Lzx)
//!     .integrity(Some(10_485_760))
//!     .build();
//! let hello = wim.layout.blob_of(b"hello");
//! assert_eq!(hello.entry.original_size, 5);
//! assert_eq!(&wim.bytes[..5], b"MSWIM");
//! ```

#![allow(clippy::expect_used)] // A wrong description may end the test that gives it.

mod assemble;
mod blobs;
mod builder;
mod bytes;
pub mod component_store;
pub mod delta;
pub mod hive;
mod huffman;
mod image;
mod integrity;
pub mod layout;
mod lz;
mod lzx;
pub mod medium;
mod metadata;
pub mod program;
mod resource;
mod sparse;
mod time;
pub mod tree;
mod wim;
mod xml;
mod xpress;

pub use blobs::sha1_of;
pub use image::Image;
pub use layout::{BlobPlace, Built, Layout, MetadataPlace, Span, TableEntry, header};
pub use lzx::Blocks as LzxBlocks;
pub use medium::Medium;
pub use metadata::Counts;
pub use resource::Compression;
pub use sparse::{ZeroHash, zeros_sha1};
pub use time::filetime;
pub use tree::{Data, Entry};
pub use wim::{BlobOrder, Wim};
pub use xml::{escape, utf16};
