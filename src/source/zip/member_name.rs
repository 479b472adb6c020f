//! Names of members of ZIP archives.

use encoding_rs::GB18030;

use super::NameCoding;

/// The upper half of code page 437.
const CP437: &str = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{a0}";

/// Extra field of Info-ZIP with the name in UTF-8: version 1, CRC-32 of the name in the header, the name.
const UNICODE_PATH: u16 = 0x7075;

/// A name as text. What says of itself that it is UTF-8 is; so is what can be read as UTF-8, for many programs forget
/// the flag.
pub(super) fn decode(raw: &[u8], is_utf8: bool, extra: &[(u16, &[u8])], coding: NameCoding) -> String {
    if is_utf8 {
        return String::from_utf8_lossy(raw).into_owned();
    }
    if let Some(name) = extra.iter().find_map(|(id, data)| unicode_path(*id, data, raw)) {
        return name;
    }
    match (std::str::from_utf8(raw), coding) {
        (Ok(name), _) => name.to_owned(),
        (Err(_), NameCoding::Gb18030) => GB18030.decode_without_bom_handling(raw).0.into_owned(),
        (Err(_), NameCoding::Cp437) => raw.iter().map(|&byte| cp437(byte)).collect(),
    }
}

fn cp437(byte: u8) -> char {
    let upper = byte.checked_sub(0x80).and_then(|index| CP437.chars().nth(index.into()));
    upper.unwrap_or(char::from(byte))
}

/// The name in an extra field, if it was made for this name.
fn unicode_path(id: u16, data: &[u8], raw: &[u8]) -> Option<String> {
    let (head, name) = data.split_at_checked(5)?;
    let made_for = head
        .split_first()
        .and_then(|(version, crc)| Some((version, u32::from_le_bytes(crc.try_into().ok()?))));
    let mut crc = flate2::Crc::new();
    crc.update(raw);
    let fits = id == UNICODE_PATH && made_for == Some((&1, crc.sum()));
    fits.then(|| std::str::from_utf8(name).ok().map(str::to_owned)).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_in_the_code_they_have() {
        let gbk = b"\xc8\xd5\xd6\xbe/setupact.log";
        assert_eq!(decode(gbk, false, &[], NameCoding::Gb18030), "日志/setupact.log");
        assert_eq!(decode(gbk, false, &[], NameCoding::Cp437), "╚╒╓╛/setupact.log");
        assert_eq!(decode("日志".as_bytes(), false, &[], NameCoding::Cp437), "日志");
        assert_eq!(decode(b"\xff", true, &[], NameCoding::Cp437), "\u{fffd}");
        assert_eq!(CP437.chars().count(), 128);
    }

    #[test]
    fn a_trail_byte_of_gb18030_is_no_separator() {
        // The second byte of this character is 0x5C, a backslash in ASCII.
        assert_eq!(decode(b"\x8a\x5c.log", false, &[], NameCoding::Gb18030), "奬.log");
    }

    #[test]
    fn the_unicode_path_counts_for_the_name_it_was_made_for() {
        let raw = b"\x94";
        let mut crc = flate2::Crc::new();
        crc.update(raw);
        let field = [&[1][..], &crc.sum().to_le_bytes(), "ö".as_bytes()].concat();
        assert_eq!(decode(raw, false, &[(UNICODE_PATH, &field)], NameCoding::Gb18030), "ö");
        assert_eq!(decode(b"x", false, &[(UNICODE_PATH, &field)], NameCoding::Gb18030), "x");
        assert_eq!(decode(raw, false, &[(UNICODE_PATH, &[1, 2])], NameCoding::Cp437), "ö");
    }
}
