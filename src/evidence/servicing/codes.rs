//! Codes of the servicing stack, and what they weigh.

use std::{fmt, sync::LazyLock};

/// The names, one code a line, sorted: `0x800f081f`, a TAB, `CBS_E_SOURCE_MISSING`. Where builds of Windows differ, the
/// newer name stands first and `|` before the older one.
const TABLE: &str = include_str!("codes.tsv");

/// Codes of other parts of Windows that servicing hands on.
const OTHERS: [(u32, &str); 16] = [
    (0x8007_0002, "ERROR_FILE_NOT_FOUND"),
    (0x8007_0003, "ERROR_PATH_NOT_FOUND"),
    (0x8007_0005, "ERROR_ACCESS_DENIED"),
    (0x8007_000d, "ERROR_INVALID_DATA"),
    (0x8007_05b9, "ERROR_XML_PARSE_ERROR"),
    (0x8007_3701, "ERROR_SXS_ASSEMBLY_MISSING"),
    (0x8007_370a, "ERROR_SXS_INVALID_IDENTITY_ATTRIBUTE_VALUE"),
    (0x8007_370b, "ERROR_SXS_INVALID_IDENTITY_ATTRIBUTE_NAME"),
    (0x8007_370d, "ERROR_SXS_IDENTITY_PARSE_ERROR"),
    (0x8007_3712, "ERROR_SXS_COMPONENT_STORE_CORRUPT"),
    (0x8007_371b, "ERROR_SXS_TRANSACTION_CLOSURE_INCOMPLETE"),
    (0x8007_36b3, "ERROR_SXS_ASSEMBLY_NOT_FOUND"),
    (0x8007_36cc, "ERROR_SXS_FILE_HASH_MISMATCH"),
    (0x8009_2003, "CRYPT_E_FILE_ERROR"),
    (0x800b_0100, "TRUST_E_NOSIGNATURE"),
    (0x800b_0101, "CERT_E_EXPIRED"),
];

static NAMES: LazyLock<Vec<(u32, &str)>> = LazyLock::new(|| {
    let lines = TABLE.lines().filter(|line| !line.starts_with('#'));
    let named = lines.filter_map(|line| {
        let (code, names) = line.split_once('\t')?;
        Some((u32::from_str_radix(code.strip_prefix("0x")?, 16).ok()?, names))
    });
    let mut names: Vec<(u32, &str)> = named.chain(OTHERS).collect();
    names.sort_unstable();
    names
});

/// An HRESULT.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code(pub u32);

/// What a code says of the component store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// Stands in the logs of sound systems too: says nothing alone.
    Common,
    /// Something failed.
    Failure,
    /// Files of the store are missing or wrong.
    Damage,
}

impl Code {
    /// Reads `0x800f081f` or `800f081f` at the begin of a text.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")).unwrap_or(text);
        let end = digits.find(|digit: char| !digit.is_ascii_hexdigit()).unwrap_or(digits.len());
        u32::from_str_radix(digits.get(..end)?, 16).ok().map(Self)
    }

    /// Whether it is one of failure.
    pub fn is_failure(self) -> bool {
        self.0 & 0x8000_0000 != 0
    }

    /// Its names, the newest first; none where it is not in the table.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        let found = NAMES.binary_search_by_key(&self.0, |(code, _)| *code).ok();
        let names = found.and_then(|at| NAMES.get(at)).map(|(_, names)| *names);
        names.into_iter().flat_map(|names| names.split('|'))
    }

    /// What it says of the component store.
    pub fn weight(self) -> Weight {
        match self.0 {
            0x800f_0805 | 0x800f_080d | 0x8007_0002 | 0x8007_0003 | 0x8007_0005 | 0x8007_0490 => {
                Weight::Common
            }
            // Differential files that cannot be applied, or their base; packages and assemblies that are damaged.
            0x800f_0981..=0x800f_0989
            | 0x800f_0991..=0x800f_0995
            | 0x800f_0831
            | 0x800f_0832
            | 0x800f_090b
            | 0x800f_0916
            | 0x8007_3701
            | 0x8007_370a..=0x8007_370d
            | 0x8007_3712
            | 0x8007_36b3
            | 0x8007_36cc
            | 0x8007_371b => Weight::Damage,
            _ => Weight::Failure,
        }
    }

    /// Whether it says that there was no source for what a repair needed.
    pub fn is_source_missing(self) -> bool {
        matches!(
            self.0,
            0x800f_081f | 0x800f_0906 | 0x800f_0907 | 0x800f_0915 | 0x800f_0954 | 0x800f_0950 | 0x800f_0946
                ..=0x800f_094b
        )
    }
}

/// `0x800f0954 (NEWER_NAME or OLDER_NAME)`.
impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:#010x}", self.0)?;
        let names: Vec<&str> = self.names().collect();
        if names.is_empty() { Ok(()) } else { write!(f, " ({})", names.join(" or ")) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_named() {
        assert_eq!(Code(0x800f_0986).to_string(), "0x800f0986 (PSFX_E_APPLY_FORWARD_DELTA_FAILED)");
        let wsus = Code(0x800f_0954).to_string();
        assert!(wsus.contains(" or CBS_E_INVALID_WINDOWS_UPDATE_COUNT_WSUS)"), "{wsus}");
        assert_eq!(Code(0x8888_8888).to_string(), "0x88888888");
        assert_eq!(NAMES.len(), TABLE.lines().filter(|line| !line.starts_with('#')).count() + OTHERS.len());
        assert!(NAMES.is_sorted_by(|a, b| a.0 < b.0), "no code stands twice");
    }

    #[test]
    fn codes_are_read() {
        assert_eq!(Code::parse("0x800f081f]"), Some(Code(0x800f_081f)));
        assert_eq!(Code::parse("0x0"), Some(Code(0)));
        assert_eq!(Code::parse("800F0986 - X"), Some(Code(0x800f_0986)));
        assert_eq!(Code::parse("0x123456789"), None);
        assert_eq!(Code::parse("<none>"), None);
    }

    #[test]
    fn common_codes_say_nothing_alone() {
        assert_eq!(Code(0x800f_0805).weight(), Weight::Common);
        assert_eq!(Code(0x800f_0986).weight(), Weight::Damage);
        assert_eq!(Code(0x800f_0922).weight(), Weight::Failure);
    }
}
