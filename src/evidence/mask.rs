//! Product keys that stand in evidence: they are masked before anything keeps or shows the words.

use std::borrow::Cow;

/// What stands in place of a product key.
pub const MASKED_KEY: &str = "*****-*****-*****-*****-*****";

/// Length of a product key: five groups of five, four dashes.
const KEY: usize = 29;

/// Replaces each product key, five groups of five letters or digits.
pub fn mask(text: &str) -> Cow<'_, str> {
    let Some(first) = find_key(text) else { return Cow::Borrowed(text) };
    let mut masked = String::with_capacity(text.len());
    let (mut rest, mut at) = (text, Some(first));
    while let Some(start) = at {
        masked.push_str(rest.get(..start).unwrap_or_default());
        masked.push_str(MASKED_KEY);
        rest = rest.get(start + KEY..).unwrap_or_default();
        at = find_key(rest);
    }
    masked.push_str(rest);
    Cow::Owned(masked)
}

fn find_key(text: &str) -> Option<usize> {
    text.as_bytes().windows(KEY).position(is_key)
}

fn is_key(bytes: &[u8]) -> bool {
    let fits = |(at, byte): (usize, &u8)| match at % 6 {
        5 => *byte == b'-',
        _ => byte.is_ascii_alphanumeric(),
    };
    bytes.iter().enumerate().all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn product_keys_are_masked_wherever_they_stand() {
        let text = "a [ABCDE-12345-FGHIJ-67890-KLMNO] b abcde-12345-fghij-67890-klmno";
        assert_eq!(mask(text), format!("a [{MASKED_KEY}] b {MASKED_KEY}"));
        assert!(matches!(mask("{71a5f6d8-7fc8-4426-b304-b854a49430df}"), Cow::Borrowed(_)));
    }
}
