//! The XML resource, in the element order Microsoft's writer uses.

use crate::image::{Image, ImageXml};
use crate::metadata::Counts;
use std::fmt::Write;

/// UTF-16LE with a byte order mark.
#[must_use]
pub fn utf16(text: &str) -> Vec<u8> {
    std::iter::once(0xFEFF).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
}

/// Text with the XML special characters replaced.
#[must_use]
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// The whole document; `total_bytes` is the file offset at which it will stand.
pub(crate) fn document(total_bytes: u64, images: &[(&Image, Counts)]) -> String {
    let mut out = format!("<WIM><TOTALBYTES>{total_bytes}</TOTALBYTES>");
    for (number, (image, counts)) in (1..).zip(images) {
        let inner = match &image.xml {
            ImageXml::Generated => generated(image, counts),
            ImageXml::Inner(text) => text.clone(),
            ImageXml::Absent => continue,
        };
        write!(out, "<IMAGE INDEX=\"{number}\">{inner}</IMAGE>").expect("in memory");
    }
    out + "</WIM>"
}

fn generated(image: &Image, counts: &Counts) -> String {
    let mut out = String::new();
    element(&mut out, "DIRCOUNT", counts.directories);
    element(&mut out, "FILECOUNT", counts.files);
    element(&mut out, "TOTALBYTES", counts.total_bytes);
    element(&mut out, "HARDLINKBYTES", counts.hard_link_bytes);
    element(&mut out, "CREATIONTIME", time(image.created));
    element(&mut out, "LASTMODIFICATIONTIME", time(image.modified));
    let windows = windows(image);
    if !windows.is_empty() {
        element(&mut out, "WINDOWS", windows);
    }
    if !image.name.is_empty() {
        element(&mut out, "NAME", escape(&image.name));
    }
    text(&mut out, "DESCRIPTION", image.description.as_ref());
    text(&mut out, "FLAGS", image.flags.as_ref());
    text(&mut out, "DISPLAYNAME", image.display_name.as_ref());
    text(&mut out, "DISPLAYDESCRIPTION", image.display_description.as_ref());
    out + &image.extra_xml
}

fn windows(image: &Image) -> String {
    let mut out = String::new();
    if let Some(code) = image.architecture {
        element(&mut out, "ARCH", code);
    }
    text(&mut out, "PRODUCTNAME", image.product_name.as_ref());
    text(&mut out, "EDITIONID", image.edition.as_ref());
    text(&mut out, "INSTALLATIONTYPE", image.installation_type.as_ref());
    if let Some(first) = image.languages.first() {
        let mut list = String::new();
        for language in &image.languages {
            element(&mut list, "LANGUAGE", escape(language));
        }
        element(&mut list, "DEFAULT", escape(first));
        element(&mut out, "LANGUAGES", list);
    }
    if let Some((major, minor, build, spbuild)) = image.version {
        let mut list = String::new();
        element(&mut list, "MAJOR", major);
        element(&mut list, "MINOR", minor);
        element(&mut list, "BUILD", build);
        element(&mut list, "SPBUILD", spbuild);
        element(&mut list, "SPLEVEL", 0);
        element(&mut out, "VERSION", list);
    }
    if !out.is_empty() {
        element(&mut out, "SYSTEMROOT", "WINDOWS");
    }
    out
}

fn time(filetime: u64) -> String {
    let (high, low) = (filetime >> 32, filetime & 0xFFFF_FFFF);
    format!("<HIGHPART>0x{high:08X}</HIGHPART><LOWPART>0x{low:08X}</LOWPART>")
}

fn text(out: &mut String, name: &str, value: Option<&String>) {
    if let Some(value) = value {
        element(out, name, escape(value));
    }
}

fn element(out: &mut String, name: &str, value: impl std::fmt::Display) {
    write!(out, "<{name}>{value}</{name}>").expect("in memory");
}
