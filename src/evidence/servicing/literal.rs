//! Literals of the Windows component platform in log lines: texts, `[l:11]'winload.exe'`, and bytes,
//! `{l:32 b:388107...}`.

use base64::Engine as _;

/// Reads a text literal at the begin of a text; gives it and what stands behind. Its length counts UTF-16 units
/// (`[l:11]'winload.exe'`, `[l:37 ml:140]'...'`) or, before Windows 10, bytes and then units (`[l:22{11}]"winload.exe"`).
/// Where the length does not fit the quotes, the quotes count.
pub(in crate::evidence) fn string(text: &str) -> Option<(&str, &str)> {
    let (head, rest) = text.trim_start().strip_prefix("[l:")?.split_once(']')?;
    let quote = rest.chars().next().filter(|quote| matches!(quote, '\'' | '"'))?;
    let body = rest.get(1..)?;
    let number = |text: &str| -> Option<usize> {
        let end = text.find(|digit: char| !digit.is_ascii_digit()).unwrap_or(text.len());
        text.get(..end)?.parse().ok()
    };
    let units = head.split_once('{').map_or(head, |(_, units)| units);
    let by_length = number(units)
        .and_then(|units| after_units(body, units))
        .and_then(|end| Some((body.get(..end)?, body.get(end..)?.strip_prefix(quote)?)));
    by_length.or_else(|| body.split_once(quote))
}

/// Where a number of UTF-16 units end, in bytes.
fn after_units(text: &str, units: usize) -> Option<usize> {
    let mut left = units;
    for (at, character) in text.char_indices() {
        if left == 0 {
            return Some(at);
        }
        left = left.checked_sub(character.len_utf16())?;
    }
    (left == 0).then_some(text.len())
}

/// The SHA-256 of a literal of bytes behind a word, `Expected: {l:32 ml:33 b:3881...}`: in hex, or in base64 before
/// Windows 10.
pub(in crate::evidence) fn digest(text: &str, word: &str) -> Option<[u8; 32]> {
    let (_, rest) = text.split_once(word)?;
    let (body, _) = rest.trim_start().strip_prefix("{l:32 ")?.split_once('}')?;
    let (_, value) = body.split_once("b:")?;
    let mut digest = [0; 32];
    if value.len() == 64 {
        return hex::decode_to_slice(value, &mut digest).ok().map(|()| digest);
    }
    base64::engine::general_purpose::STANDARD.decode(value).ok()?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn texts_of_both_ages() {
        assert_eq!(string("[l:11]'winload.exe' of X"), Some(("winload.exe", " of X")));
        assert_eq!(string(" [l:3 ml:140]'a'b')"), Some(("a'b", ")")));
        assert_eq!(string(r#"[l:36{18}]"Amd64\CNBJ2530.DPB" :"#), Some((r"Amd64\CNBJ2530.DPB", " :")));
        assert_eq!(string("[l:99]'short' x"), Some(("short", " x")));
        assert_eq!(string("[l:4]winload"), None);
        assert_eq!(string("[l:1"), None);
    }

    #[test]
    fn digests_of_both_ages() {
        let hex = format!(" Expected: {{l:32 ml:33 b:{}}}.", "0123456789abcdef".repeat(4));
        let digest_of = digest(&hex, "Expected:").unwrap();
        let old = base64::engine::general_purpose::STANDARD.encode(digest_of);
        let old = format!("  Found: {{l:32 b:{old}}} Expected: {{l:32 b:{old}}}");
        assert_eq!(digest(&old, "Found:"), Some(digest_of));
        assert_eq!(digest(&old, "Expected:"), Some(digest_of));
        assert_eq!(digest(" Expected: {l:20 b:00}.", "Expected:"), None);
        assert_eq!(digest(" Expected: {l:32 b:00}.", "Expected:"), None);
    }

    proptest! {
        #[test]
        fn a_text_is_read_back(text in "[^\u{0}]{0,40}", rest in "[^'\"]{0,10}") {
            let units = text.encode_utf16().count();
            let literal = format!("[l:{units}]'{text}'{rest}");
            prop_assert_eq!(string(&literal), Some((text.as_str(), rest.as_str())));
        }

        #[test]
        fn any_text_is_read(text in any::<String>(), head in "\\[l:[0-9{}]{0,9}\\]?['\"]?") {
            let _ = string(&text);
            let _ = string(&format!("{head}{text}"));
            let _ = digest(&text, "Expected:");
        }
    }
}
