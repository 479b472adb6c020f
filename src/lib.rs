//! Wimproof proves where a Windows image came from.
//!
//! Everything goes one road: a [`source`] delivers bytes, a reader of [`evidence`] turns them into a [`sighting`],
//! [`judge`] weighs it against the [`registry`] of approved images, [`report`] shows the result. The command line
//! ([`cli`]) only walks this road; a program that uses the library can walk it itself:
//!
//! ```no_run
//! use wimproof::{evidence::image, judge::{self, Policy}, registry::Registry, sighting::Assurance, source};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let registry = Registry::open("registry".as_ref())?;
//! let source = source::open_file("install.wim".as_ref())?;
//! let subject = image::read(&source, "install.wim", image::Depth::of(Assurance::Verified));
//! let policy = Policy { assurance: Assurance::Verified, scope: None };
//! let judgement = judge::subject(&subject, &registry, &policy, chrono::Utc::now())?;
//! println!("{:?}", judgement.verdict);
//! # Ok(()) }
//! ```

pub mod cli;
pub mod evidence;
pub mod judge;
pub mod policy;
pub mod registry;
mod rename;
pub mod report;
pub mod sighting;
pub mod signing;
pub mod source;
