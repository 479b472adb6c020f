//! libwim through its C interface, loaded at run time: a second opinion on a WIM file.
//!
//! ```no_run
//! # fn main() -> Result<(), wimlib_bindings::Error> {
//! use wimlib_bindings::{Check, Library};
//!
//! let library = Library::load()?;
//! let wim = library.open("install.wim", Check::Integrity)?;
//! for entry in wim.entries(1)? {
//!     println!("{}", entry.path);
//! }
//! match wim.verify() {
//!     Ok(()) => println!("libwim {} finds no fault", library.version()),
//!     Err(failure) => println!("libwim says: {failure}"),
//! }
//! # Ok(()) }
//! ```
//!
//! Nothing here links libwim, which is LGPL (and GPL in builds with libntfs-3g): it is opened when
//! [`Library::load`] is called, and its absence is an error that says how to install it. The build needs no C
//! library, header or compiler.
//!
//! # What libwim imposes
//!
//! * Its messages go to one file for the whole process. To tell whose message is whose, calls are made one at a time,
//!   whatever the thread.
//! * It runs in this process, on input that may be hostile: a fault in libwim is a fault of the program that loads it.
//! * Supported are little-endian Unix systems of 64 bits, where its strings are UTF-8. On Windows its strings and
//!   records are others; [`Library::load`] answers [`Error::Platform`] there.

mod callback;
mod convert;
mod entry;
mod error;
mod handle;
mod info;
mod library;
mod messages;
mod raw;
mod text;
mod wim;

pub use entry::{Entry, Resource, SolidPlace, Stream, Timestamp};
pub use error::{Error, Failure, Result};
pub use info::{Compression, Info};
pub use library::{Library, Version};
pub use text::Text;
pub use wim::{Check, Wim};

/// The README's example compiles.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
