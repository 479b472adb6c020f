//! The XML data.

use wimproof_wim::xml::Xml;

/// How the XML stands in a case: the least bit of its first byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Form {
    /// The bytes as in a file.
    Raw = 0,
    /// UTF-8, made UTF-16 with a byte order mark: most mutations of it are still text.
    Text = 1,
}

/// Where the data are said to stand in the file.
const OFFSET: u64 = 1 << 40;

/// The bytes of a case.
#[must_use]
pub fn case(form: Form, data: &[u8]) -> Vec<u8> {
    [&[form as u8][..], data].concat()
}

/// Parses a case.
///
/// # Panics
/// When a value does not stand within the data.
pub fn parse(bytes: &[u8]) {
    let Some((form, data)) = bytes.split_first() else { return };
    let data = match form & 1 {
        0 => data.to_vec(),
        _ => utf16(&String::from_utf8_lossy(data)),
    };
    let Ok(xml) = Xml::parse(&data, OFFSET) else { return };
    let within = OFFSET..OFFSET + data.len() as u64;
    for image in &xml.images {
        let texts = [&image.name, &image.description, &image.flags, &image.windows.edition];
        let offsets = texts.into_iter().flatten().chain(image.extra.iter().map(|extra| &extra.value));
        for text in offsets {
            assert!(within.contains(&text.offset), "{text:?}");
        }
        let times = [&image.created, &image.modified];
        for time in times.into_iter().flatten() {
            assert!(within.contains(&time.offset), "{time:?}");
            let _ = time.value.to_utc();
        }
    }
}

fn utf16(text: &str) -> Vec<u8> {
    "\u{feff}".encode_utf16().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
}
