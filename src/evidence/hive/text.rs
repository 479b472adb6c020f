//! Names and texts of a hive: Latin-1 or UTF-16LE.

use wimproof_wim::Utf16;

/// A text, and whether it says all that its bytes say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// The text. Lone surrogates are replaced by U+FFFD.
    pub text: String,
    /// Whether bytes could not be decoded: lone surrogates or an odd byte at the end.
    pub lossy: bool,
}

/// A name of a key or value: one byte a character where it is compressed, otherwise UTF-16LE.
pub(super) fn name(bytes: &[u8], compressed: bool) -> String {
    if compressed { bytes.iter().copied().map(char::from).collect() } else { Utf16::new(bytes).to_string() }
}

/// UTF-16LE text up to its first NUL, or to the end where there is none.
pub(super) fn text(bytes: &[u8]) -> Text {
    let units = Utf16::new(bytes).units().take_while(|unit| *unit != 0).count();
    let text = Utf16::new(bytes.get(..2 * units).unwrap_or_default());
    let odd = 2 * units + 1 == bytes.len();
    Text { text: text.to_string(), lossy: odd || !text.is_well_formed() }
}

/// UTF-16LE texts that each end in a NUL, up to an empty one or the end.
pub(super) fn texts(bytes: &[u8]) -> Vec<Text> {
    let mut texts = Vec::new();
    let mut rest = bytes;
    while !rest.is_empty() {
        let units = Utf16::new(rest).units().take_while(|unit| *unit != 0).count();
        if units == 0 && rest.len() >= 2 {
            break;
        }
        texts.push(text(rest));
        rest = rest.get(2 * units + 2..).unwrap_or_default();
    }
    texts
}

/// Whether two names are the same to Windows, which folds case character by character.
pub(super) fn same_name(a: &str, b: &str) -> bool {
    a.chars().map(upper).eq(b.chars().map(upper))
}

/// A name in the form in which all that are [the same](same_name) agree.
pub(super) fn folded(name: &str) -> String {
    name.chars().map(upper).collect()
}

fn upper(character: char) -> char {
    let mut upper = character.to_uppercase();
    match (upper.next(), upper.next()) {
        (Some(single), None) => single,
        _ => character,
    }
}
