//! Names as libwim gives them.

use std::fmt;

/// A name or path from libwim: UTF-8 in which lone surrogates, which Windows allows in names, may stand as code points
/// of their own.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Text(Vec<u8>);

impl Text {
    /// Takes the bytes as they are.
    pub fn new(bytes: impl Into<Vec<u8>>) -> Self {
        Self(bytes.into())
    }

    /// The bytes as libwim gave them.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Whether there is no text.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The UTF-16 code units, as they stand in the WIM: a lone surrogate is itself again. Each byte that is part of no
    /// code point becomes U+FFFD.
    pub fn units(&self) -> Vec<u16> {
        let mut units = Vec::with_capacity(self.0.len());
        let mut rest = self.0.as_slice();
        while let Some((_, behind)) = rest.split_first() {
            let (point, after) = take_code_point(rest).unwrap_or((0xFFFD, behind));
            match char::from_u32(point) {
                Some(char) => units.extend_from_slice(char.encode_utf16(&mut [0; 2])),
                None => units.extend(u16::try_from(point)), // a surrogate
            }
            rest = after;
        }
        units
    }
}

/// The code point that the bytes begin with, surrogates included, and the bytes behind it; `None` where they begin with
/// none, or not in its shortest form.
fn take_code_point(bytes: &[u8]) -> Option<(u32, &[u8])> {
    let (first, rest) = bytes.split_first()?;
    let (more, bits, least) = match first {
        0..=0x7F => (0, *first, 0),
        0xC0..=0xDF => (1, first & 0x1F, 0x80),
        0xE0..=0xEF => (2, first & 0x0F, 0x800),
        0xF0..=0xF7 => (3, first & 0x07, 0x1_0000),
        _ => return None,
    };
    let (tail, rest) = rest.split_at_checked(more)?;
    let point = tail.iter().try_fold(u32::from(bits), |point, byte| {
        (byte & 0xC0 == 0x80).then(|| point << 6 | u32::from(byte & 0x3F))
    })?;
    (least..=0x10_FFFF).contains(&point).then_some((point, rest))
}

impl AsRef<[u8]> for Text {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&String::from_utf16_lossy(&self.units()))
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn utf8_becomes_utf16() {
        for text in ["", "a", "\u{7F}\u{80}\u{7FF}\u{800}\u{FFFF}", "工行定制", "\u{1F4BB}\u{10FFFF}"] {
            let units: Vec<u16> = text.encode_utf16().collect();
            assert_eq!(Text::new(text).units(), units);
            assert_eq!(Text::new(text).to_string(), text);
        }
    }

    #[test]
    fn lone_surrogates_are_themselves() {
        assert_eq!(Text::new(*b"a\xED\xA0\x80b\xED\xBF\xBF").units(), [0x61, 0xD800, 0x62, 0xDFFF]);
        assert_eq!(Text::new(*b"a\xED\xA0\x80b").to_string(), "a\u{FFFD}b");
    }

    #[test]
    fn other_bytes_are_replaced_one_by_one() {
        let replaced: [(&[u8], &[u16]); 6] = [
            (b"\x80a", &[0xFFFD, 0x61]),
            (b"\xE5\xB7", &[0xFFFD, 0xFFFD]),
            (b"\xC0\x80", &[0xFFFD, 0xFFFD]),
            (b"\xF4\x90\x80\x80", &[0xFFFD; 4]),
            (b"\xFF", &[0xFFFD]),
            (b"\xE5a", &[0xFFFD, 0x61]),
        ];
        for (bytes, units) in replaced {
            assert_eq!(Text::new(bytes).units(), units, "{bytes:x?}");
        }
    }
}
