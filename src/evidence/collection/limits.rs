//! Bounds on what a collection can cost.

/// Bounds on what is looked at. Where one is met, the inventory says so in a [gap](super::GapKind::Bounded).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Archives inside one another that are opened; the outermost is the first.
    pub depth: usize,
    /// Files, folders and members of archives that are looked at in all.
    pub entries: u64,
    /// Pieces that are kept, used and set aside together.
    pub pieces: usize,
    /// Bytes of a compressed archive inside an archive, decompressed. It is held in memory; one that is stored is not,
    /// and may have any length.
    pub held_each: u64,
    /// Bytes of all archives held in memory at one time.
    pub held: u64,
    /// Bytes decompressed out of one collection in all.
    pub output: u64,
    /// Bytes of output for each byte of input of a member, beyond the first 64 MiB.
    pub ratio: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            depth: 4,
            entries: 10_000_000,
            pieces: 100_000,
            held_each: 256 << 20,
            held: 512 << 20,
            output: 64 << 30,
            ratio: 200,
        }
    }
}
