//! What the servicing stack tells of the component store: checks of it and what they found, files whose hashes are not
//! those of their manifests, updates that fail, repairs without a source, and who opened sessions.
//!
//! The lines stand in `CBS.log`, `CheckSUR.log`, `dism.log` and between those of setup; their grammar is the text logs'
//! (see [`text_log`](super::text_log)), whose rules hand what they hear to a `Recorder`. What it kept is an
//! [`Account`], beside the statements of the same lines.

mod account;
mod builds;
pub mod cabinet;
mod codes;
mod identity;
mod item;
mod literal;
mod recorder;
mod stored;
mod system;

pub use account::{
    Account, Check, Client, Corruption, Failure, Field, Hashes, Item, ItemKind, Member, Mismatch, Pnp,
    Repair, Rollup, Unapplied,
};
pub use builds::{Release, ReleaseKind, release, release_of_package};
pub use codes::{Code, Weight};
pub(in crate::evidence) use identity::{component_of_member, package_in};
pub use identity::{is_keyform, kb_of, same_component};
pub(in crate::evidence) use literal::{digest, string};
pub(in crate::evidence) use recorder::{Heard, Recorder};
pub use stored::{Stored, StoredFiles, Wanted, look, look_for};
pub use system::{CheckSeen, Corrupt, FailureSeen, RepairSeen, System, systems};
