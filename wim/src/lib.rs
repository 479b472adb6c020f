//! Reads Windows imaging files: WIM, ESD, parts of split sets, pipable WIMs.
//!
//! A WIM holds images of directory trees: a header, the stored file contents ("blobs"), one metadata resource for each
//! image, the blob table, XML data, and perhaps an integrity table. [`Wim::open`] reads the header; the rest is read
//! when it is asked for:
//!
//! ```
//! use wimproof_wim::{References, Survey, Wim};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let bytes = wimproof_testkit::Wim::new()
//! #     .image(wimproof_testkit::Image::new("An image").root(wimproof_testkit::Entry::dir("")))
//! #     .build()
//! #     .bytes;
//! // Any source that can be read at an offset: here bytes, usually a `FileSource`.
//! let wim = Wim::open(bytes)?;
//! let claims = wim.xml()?.image(1).and_then(|image| image.name.as_ref());
//! assert_eq!(claims.map(|name| name.value.as_str()), Some("An image"));
//!
//! let blobs = wim.blob_table()?;
//! let metadata = wim.metadata(1)?; // decoded, and checked against its SHA-1
//! let survey = Survey::of(&metadata, blobs, &mut References::new(blobs))?;
//! println!("tree {}, {} files", survey.tree, survey.files);
//! # Ok(()) }
//! ```
//!
//! What the XML and the header say are *claims*: no hash of the format covers them. What an image *is* follows from its
//! metadata resource: [`tree_digest`] defines a digest of it that survives export and recompression.
//!
//! Errors say which structure at which offset holds what instead of what; things that contradict each other without
//! making the file unreadable are [`Anomalies`]. All numbers of a file are hostile until checked: see [`limits`].

#![forbid(unsafe_code)]
#![warn(clippy::indexing_slicing)]

mod anomaly;
mod blob_table;
mod chunk_decoder;
mod chunks;
#[allow(clippy::indexing_slicing, reason = "decoders check a bound once for many bytes; fuzzed")]
pub mod codec;
mod content_set;
mod error;
mod files;
mod fingerprint;
mod hard_links;
mod header;
mod integrity;
mod layout;
pub mod limits;
mod metadata;
mod odd_streams;
mod read_at;
mod read_contents;
mod resource;
mod survey;
pub mod tree_digest;
mod value;
mod verify;
mod wim;
pub mod xml;

pub use anomaly::{Anomalies, Anomaly, AnomalyKind};
pub use blob_table::{Blob, BlobPlace, BlobTable};
pub use content_set::ContentSet;
pub use error::{Error, Place, Result};
pub use fingerprint::{Fingerprint, Habit, Writer};
pub use header::{HEADER_SIZE, Header, HeaderFlags, Version};
pub use integrity::IntegrityTable;
pub use metadata::{Attributes, Dentry, Metadata, Node, Stream, StreamKind, Walk};
pub use read_at::{FileSource, ReadAt};
pub use read_contents::ReadBounds;
pub use resource::{ResourceFlags, ResourceHeader};
pub use survey::{References, Survey};
pub use tree_digest::TreeDigest;
pub use value::{FileTime, Guid, Sha1Digest, Utf16};
pub use verify::{BadContent, BadSlot, Content, Damage, Differential, Verification, VerifyOptions};
pub use wim::Wim;
