//! The words of a line: UTF-8 where they are, else the code page of the system that wrote the log.

use std::borrow::Cow;

use encoding_rs::Encoding;

/// How bytes that are not UTF-8 are read. Windows writes some fields of its logs in the code page for programs that know
/// no Unicode (`ACP`), between lines in UTF-8.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CodePage(&'static Encoding);

impl Default for CodePage {
    /// Western European, windows-1252.
    fn default() -> Self {
        Self(encoding_rs::WINDOWS_1252)
    }
}

impl CodePage {
    /// By the number that Windows gives it, as in the registry value `Nls\CodePage\ACP`. `936` is read as its superset
    /// GB18030.
    pub fn of_number(number: u32) -> Option<Self> {
        Some(Self(match number {
            874 => encoding_rs::WINDOWS_874,
            932 => encoding_rs::SHIFT_JIS,
            936 | 54936 => encoding_rs::GB18030,
            949 => encoding_rs::EUC_KR,
            950 => encoding_rs::BIG5,
            1250 => encoding_rs::WINDOWS_1250,
            1251 => encoding_rs::WINDOWS_1251,
            1252 => encoding_rs::WINDOWS_1252,
            1253 => encoding_rs::WINDOWS_1253,
            1254 => encoding_rs::WINDOWS_1254,
            1255 => encoding_rs::WINDOWS_1255,
            1256 => encoding_rs::WINDOWS_1256,
            1257 => encoding_rs::WINDOWS_1257,
            1258 => encoding_rs::WINDOWS_1258,
            65001 => encoding_rs::UTF_8,
            _ => return None,
        }))
    }

    /// The words of a line. Never fails: what is no character becomes U+FFFD.
    pub fn decode(self, bytes: &[u8]) -> Cow<'_, str> {
        match std::str::from_utf8(bytes) {
            Ok(text) => Cow::Borrowed(text),
            Err(_) => self.0.decode_without_bom_handling(bytes).0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_line_is_read_by_itself() {
        let western = CodePage::default();
        assert_eq!(western.decode("Übung".as_bytes()), "Übung");
        assert_eq!(western.decode(b"Microsoft\xae Windows\xae"), "Microsoft® Windows®");
        let chinese = CodePage::of_number(936).unwrap();
        assert_eq!(chinese.decode(b"\xb2\xe2\xca\xd4"), "测试");
        assert_eq!(CodePage::of_number(7), None);
    }
}
