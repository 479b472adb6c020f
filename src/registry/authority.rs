//! Who stands behind an approval.

/// Whether an approval has the signatures that the trust file asks for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Authority {
    /// There is no trust file: nobody looked.
    #[default]
    Unasked,
    /// It has them. Who signed, for people.
    Given(Vec<String>),
    /// It does not.
    Lacking(Lack),
}

/// What an approval lacks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lack {
    /// Different keys of approvers that signed.
    pub have: usize,
    /// Keys that must sign.
    pub need: usize,
    /// Hints of signatures by keys that are not trusted.
    pub unknown: Vec<String>,
    /// Signatures that do not count, and why.
    pub bad: Vec<String>,
    /// It stands behind what enough witnesses have seen.
    pub unwitnessed: bool,
}
