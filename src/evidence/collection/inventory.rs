//! What was found, what was set aside, and what could not be looked at.

use std::sync::Arc;

use super::Piece;

/// What is in a collection.
#[derive(Debug, Clone, Default)]
pub struct Inventory {
    /// What can tell something, in the order of [`Piece::name`].
    pub pieces: Vec<Piece>,
    /// What has the name of something that tells, and is not used; in the order of names. It can be opened all the
    /// same.
    pub set_aside: Vec<SetAside>,
    /// What could not be looked at, in the order of names.
    pub gaps: Vec<Gap>,
    /// Large folders that hold no evidence (`Windows\WinSxS`) and were not entered, in the order of names.
    pub not_entered: Vec<Arc<str>>,
    /// Files and members that were seen and are of no interest.
    pub ignored: u64,
}

/// A piece that is not used.
#[derive(Debug, Clone)]
pub struct SetAside {
    /// The piece.
    pub piece: Piece,
    /// Why.
    pub why: Why,
}

/// Why a piece is not used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Why {
    /// Drivers' log with the name of setup's log.
    DriverLog,
    /// It has the name of setup's log and lies among programs, where setup does not write.
    Elsewhere,
    /// Encrypted member of an archive.
    Encrypted,
    /// A member whose header cannot be read or belongs to another member.
    Damaged,
    /// A member compressed in a way that is not read here.
    Compression,
    /// An archive or disk image of a kind that is not read here.
    Container,
    /// A link; links are not followed.
    Link,
    /// The image of the recovery environment: on every computer, never deployed from.
    RecoveryImage,
}

/// Something that could not be looked at: more may be there.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Gap {
    /// The file, folder, archive or member.
    pub name: Arc<str>,
    /// What is wrong with it.
    pub kind: GapKind,
    /// Particulars in words.
    pub detail: String,
}

/// What kept something from being looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum GapKind {
    /// It does not exist, or cannot be opened or listed.
    Inaccessible,
    /// Access is denied: more rights would help.
    Denied,
    /// Another program holds it open.
    InUse,
    /// An archive inside an archive that is encrypted or compressed in a way that is not read here.
    Encrypted,
    /// An archive or a member of one that contradicts itself or ends early.
    Damaged,
    /// One of the [`Limits`](super::Limits) was met.
    Bounded,
    /// Two members have one name; both are used.
    SameName,
}
