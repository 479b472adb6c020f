//! Verdicts and exit codes.

use serde::{Deserialize, Serialize};

/// The answer on an image, or on a file with images. Ordered from best to worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// An approval in force covers this image.
    Approved,
    /// The evidence is too poor to approve; nothing contradicts an approval.
    Consistent,
    /// Could not be judged.
    Undecided,
    /// Approved, but not for the scope of this check.
    OutOfScope,
    /// Approved once; not any more, not yet, or another took its place.
    Expired,
    /// Approved once; the approval was taken back.
    Revoked,
    /// Approved by its content, but something else in the file denies it.
    Unhealthy,
    /// No approval knows it.
    Rogue,
    /// Claims to be an approved image, and is not.
    Impostor,
    /// An approved image whose bytes do not match their hashes.
    Tampered,
}

impl Verdict {
    /// All verdicts, best first.
    pub const ALL: &'static [Self] = &[
        Self::Approved,
        Self::Consistent,
        Self::Undecided,
        Self::OutOfScope,
        Self::Expired,
        Self::Revoked,
        Self::Unhealthy,
        Self::Rogue,
        Self::Impostor,
        Self::Tampered,
    ];

    /// The name, as in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Approved => "approved",
            Self::Consistent => "consistent",
            Self::Undecided => "undecided",
            Self::OutOfScope => "out-of-scope",
            Self::Expired => "expired",
            Self::Revoked => "revoked",
            Self::Unhealthy => "unhealthy",
            Self::Rogue => "rogue",
            Self::Impostor => "impostor",
            Self::Tampered => "tampered",
        }
    }

    /// The exit code of a gate with this answer.
    pub fn exit_code(self) -> ExitCode {
        match self {
            Self::Approved => ExitCode::Approved,
            Self::Undecided => ExitCode::Undecided,
            _ => ExitCode::NotApproved,
        }
    }

    /// The answer over several subjects. A definite no outweighs what could not be judged: a pipeline that lets code 3
    /// pass for one unreadable file must not let a rogue image through with it.
    pub fn worst(verdicts: impl IntoIterator<Item = Self>) -> Self {
        let rank = |verdict: &Self| (verdict.exit_code().weight(), *verdict);
        verdicts.into_iter().max_by_key(rank).unwrap_or(Self::Undecided)
    }
}

/// How the program ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExitCode {
    /// 0: everything is approved (or, for commands that do not judge: done).
    Approved,
    /// 1: something is not approved.
    NotApproved,
    /// 2: the command line makes no sense.
    Usage,
    /// 3: no decision could be made.
    Undecided,
}

impl ExitCode {
    /// The number.
    pub fn code(self) -> u8 {
        match self {
            Self::Approved => 0,
            Self::NotApproved => 1,
            Self::Usage => 2,
            Self::Undecided => 3,
        }
    }

    /// The answer over several subjects, see [`Verdict::worst`].
    #[must_use]
    pub fn worse(self, other: Self) -> Self {
        if other.weight() > self.weight() { other } else { self }
    }

    /// The code of a number; "undecided" where there is none of it.
    pub fn of(number: u8) -> Self {
        let all = [Self::Approved, Self::NotApproved, Self::Usage];
        all.into_iter().find(|code| code.code() == number).unwrap_or(Self::Undecided)
    }

    fn weight(self) -> u8 {
        match self {
            Self::Approved => 0,
            Self::Undecided => 1,
            Self::NotApproved | Self::Usage => 2,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_judged_is_undecided_and_no_outweighs_unknown() {
        assert_eq!(Verdict::worst([]), Verdict::Undecided);
        assert_eq!(Verdict::worst([Verdict::Approved, Verdict::Undecided]), Verdict::Undecided);
        assert_eq!(Verdict::worst([Verdict::Consistent, Verdict::Undecided]), Verdict::Consistent);
        assert_eq!(Verdict::worst([Verdict::Rogue, Verdict::Undecided, Verdict::Approved]), Verdict::Rogue);
        for verdict in Verdict::ALL {
            assert_eq!(verdict.exit_code() == ExitCode::Approved, *verdict == Verdict::Approved);
        }
    }
}
