//! The XML data: what the file says about its images, in words.
//!
//! No hash of the format covers the XML: a name, a date or a size in it is a claim that anyone can edit in place.
//! It is read by the offset that the header gives, never searched for. The schema is the union of what Microsoft's
//! tools, wimlib and 7-Zip write; elements outside it are kept as [`Extra`].

mod build;
mod offsets;

use roxmltree::{Document, Node, ParsingOptions};

use crate::{
    anomaly::{Anomalies, AnomalyKind},
    error::{Error, Place, Result},
    limits::{MAX_IMAGES, MAX_XML_ATTRIBUTES, MAX_XML_DEPTH},
    value::FileTime,
};
use build::Builder;

/// A value, and the offset in the file, in bytes, of the element (or attribute) that gives it. In a compressed
/// XML resource the offset counts from the start of the uncompressed data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Located<T> {
    /// The value.
    pub value: T,
    /// Where it stands.
    pub offset: u64,
}

/// A text with its place.
pub type Text = Located<String>;
/// A number with its place.
pub type Number = Located<u64>;
/// A point in time with its place.
pub type Time = Located<FileTime>;

/// An element outside the known schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extra {
    /// Names of the elements down to it, joined by `/`, below `WIM` or `IMAGE`.
    pub path: String,
    /// Its text.
    pub value: Text,
}

/// The XML data, decoded.
#[derive(Debug, Default)]
pub struct Xml {
    /// The document as text (without byte order mark).
    pub text: String,
    /// `WIM/TOTALBYTES`: by all known writers the length of the file up to the XML, not an image's size.
    pub total_bytes: Option<Number>,
    /// The `IMAGE` elements in the order of the document.
    pub images: Vec<ImageXml>,
    /// `WIM/ESD/ENCRYPTED`: the mark of an ESD encrypted by Windows Update.
    pub encrypted: bool,
    /// Other elements below `WIM`.
    pub extra: Vec<Extra>,
    /// What does not fit together.
    pub anomalies: Anomalies,
}

/// One `IMAGE` element.
#[derive(Debug, Default, Clone)]
#[allow(missing_docs, reason = "the fields are the elements of the schema, by their names")]
pub struct ImageXml {
    /// Attribute `INDEX`, from 1.
    pub index: Option<Located<u32>>,
    pub name: Option<Text>,
    pub description: Option<Text>,
    pub display_name: Option<Text>,
    pub display_description: Option<Text>,
    /// Usually the edition, for example `EnterpriseS`; `9` for Windows PE.
    pub flags: Option<Text>,
    /// Directories; Microsoft's writers leave out the root, wimlib counts it.
    pub dir_count: Option<Number>,
    /// Files, each hard link counted.
    pub file_count: Option<Number>,
    /// Bytes of all files, each hard link counted.
    pub total_bytes: Option<Number>,
    /// Bytes that hard links save.
    pub hard_link_bytes: Option<Number>,
    pub created: Option<Time>,
    pub modified: Option<Time>,
    pub wim_boot: Option<Text>,
    pub windows: Windows,
    /// Other elements below `IMAGE`.
    pub extra: Vec<Extra>,
}

/// `IMAGE/WINDOWS`.
#[derive(Debug, Default, Clone)]
#[allow(missing_docs, reason = "the fields are the elements of the schema, by their names")]
pub struct Windows {
    /// 0 x86, 5 ARM, 6 Itanium, 9 x64, 12 ARM64.
    pub architecture: Option<Number>,
    pub product_name: Option<Text>,
    pub edition: Option<Text>,
    pub installation_type: Option<Text>,
    pub hal: Option<Text>,
    pub product_type: Option<Text>,
    pub product_suite: Option<Text>,
    pub languages: Vec<Text>,
    pub default_language: Option<Text>,
    pub fallback_languages: Vec<Text>,
    pub system_root: Option<Text>,
    pub major: Option<Number>,
    pub minor: Option<Number>,
    pub build: Option<Number>,
    /// Service pack build; since Windows 10 the update build revision.
    pub sp_build: Option<Number>,
    pub sp_level: Option<Number>,
    pub branch: Option<Text>,
    pub gdr_du_revision: Option<Text>,
    pub pkey_config_version: Option<Text>,
    pub image_state: Option<Text>,
}

impl Xml {
    /// Parses the bytes of the XML resource; `offset` is where they stand, for error messages and places.
    pub fn parse(bytes: &[u8], offset: u64) -> Result<Self> {
        let place = Place::new("XML", offset);
        let mut anomalies = Anomalies::default();
        let (units, start) = match bytes {
            [0xFF, 0xFE, units @ ..] => (units, offset + 2),
            [0xFE, 0xFF, ..] => return Err(place.malformed("UTF-16, big-endian", "UTF-16, little-endian")),
            units => {
                let detail = "the XML does not begin with the byte order mark FF FE";
                anomalies.push(AnomalyKind::XmlWithoutByteOrderMark, Some(offset), detail);
                (units, offset)
            }
        };
        let (text, had_errors) = encoding_rs::UTF_16LE.decode_without_bom_handling(units);
        if had_errors {
            let detail = "the XML holds lone surrogates or an odd byte";
            anomalies.push(AnomalyKind::XmlBadUtf16, Some(offset), detail);
        }
        let text = text.into_owned();
        let attributes = text.bytes().filter(|byte| *byte == b'=').count();
        if attributes > MAX_XML_ATTRIBUTES {
            let (claimed, limit) = (attributes as u64, MAX_XML_ATTRIBUTES as u64);
            return Err(Error::TooLarge {
                place: Place::new("attributes of the XML", offset),
                claimed,
                limit,
            });
        }
        let options =
            ParsingOptions { allow_dtd: false, nodes_limit: 1_000_000, ..ParsingOptions::default() };
        let document = Document::parse_with_options(&text, options)
            .map_err(|error| place.malformed(error, "well-formed XML without a document type"))?;
        check_depth(&document, place)?;
        let root = document.root_element();
        if name(root) != "WIM" {
            let found = format!("root element {:?}", root.tag_name().name());
            return Err(place.malformed(found, "root element \"WIM\""));
        }
        let mut xml = Builder::new(&text, start, anomalies).wim(root);
        xml.text.clone_from(&text);
        if xml.images.len() > MAX_IMAGES as usize {
            let (claimed, limit) = (xml.images.len() as u64, MAX_IMAGES.into());
            return Err(Error::TooLarge { place: Place::new("images of the XML", offset), claimed, limit });
        }
        Ok(xml)
    }

    /// The element that describes an image: the first with this `INDEX`.
    pub fn image(&self, index: u32) -> Option<&ImageXml> {
        self.images.iter().find(|image| image.index.as_ref().is_some_and(|at| at.value == index))
    }
}

fn check_depth(document: &Document<'_>, place: Place) -> Result<()> {
    let (mut node, mut depth) = (document.root(), 0_usize);
    loop {
        if let Some(child) = node.first_child() {
            (node, depth) = (child, depth + 1);
            // The innermost level of a document is text.
            if depth > MAX_XML_DEPTH + 1 {
                let expected = format!("at most {MAX_XML_DEPTH}");
                return Err(place.malformed("elements nested deeper than any writer does", expected));
            }
            continue;
        }
        loop {
            if let Some(sibling) = node.next_sibling() {
                node = sibling;
                break;
            }
            let Some(parent) = node.parent() else { return Ok(()) };
            (node, depth) = (parent, depth - 1);
        }
    }
}

/// The name of an element of the schema; nothing for one in a namespace, which readers of the field do not take for it.
fn name<'a>(node: Node<'a, '_>) -> &'a str {
    let tag = node.tag_name();
    if tag.namespace().is_some() { "" } else { tag.name() }
}

fn elements<'a, 'i>(node: Node<'a, 'i>) -> impl Iterator<Item = Node<'a, 'i>> {
    node.children().filter(Node::is_element)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utf16(text: &str) -> Vec<u8> {
        [0xFF, 0xFE].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect()
    }

    fn parse(text: &str) -> Xml {
        Xml::parse(&utf16(text), 1000).expect("well-formed")
    }

    #[test]
    fn values_are_decoded_and_located() {
        let xml = parse(
            "<WIM><TOTALBYTES>77</TOTALBYTES><IMAGE INDEX=\"1\"><NAME>\u{5de5}\u{884c} &amp; &#x41;&#66;</NAME>\
             <CREATIONTIME><HIGHPART>0x01D66592</HIGHPART><LOWPART>0x8A1B2C00</LOWPART></CREATIONTIME></IMAGE></WIM>",
        );
        assert!(xml.anomalies.is_empty(), "{:?}", xml.anomalies);
        assert_eq!(xml.total_bytes, Some(Located { value: 77, offset: 1000 + 2 + 2 * 5 }));
        let image = xml.image(1).expect("image 1");
        assert_eq!(image.name.as_ref().map(|n| n.value.as_str()), Some("\u{5de5}\u{884c} & AB"));
        assert_eq!(image.created.as_ref().map(|t| t.value.0), Some(0x01D6_6592_8A1B_2C00));
    }

    #[test]
    fn what_readers_disagree_on_is_reported() {
        for (inner, kind) in [
            ("<NAME>a</NAME><NAME>b</NAME>", AnomalyKind::XmlRepeatedElement),
            ("<NAME>ICBC<!-- x --> VDA</NAME>", AnomalyKind::XmlSplitText),
            ("<NAME><![CDATA[ICBC]]></NAME>", AnomalyKind::XmlSplitText),
            ("<NAME>a<B>c</B></NAME>", AnomalyKind::XmlSplitText),
            ("<FILECOUNT>many</FILECOUNT>", AnomalyKind::XmlOddNumber),
            (
                "<CREATIONTIME><HIGHPART>30827922</HIGHPART><LOWPART>0x0</LOWPART></CREATIONTIME>",
                AnomalyKind::XmlOddNumber,
            ),
            (
                "<CREATIONTIME><HIGHPART>0x8A1B2C00</HIGHPART><LOWPART>0x01D66592</LOWPART></CREATIONTIME>",
                AnomalyKind::XmlImplausibleTime,
            ),
        ] {
            let xml = parse(&format!("<WIM><IMAGE INDEX=\"1\">{inner}</IMAGE></WIM>"));
            assert_eq!(xml.anomalies.count(kind), 1, "{inner}");
        }
    }

    #[test]
    fn unknown_elements_are_kept() {
        let xml = parse(
            "<WIM><IMAGE INDEX=\"1\"><CUSTOM><ICBC><BATCH>2020-07</BATCH></ICBC></CUSTOM></IMAGE></WIM>",
        );
        let extra = xml.image(1).map(|image| image.extra.as_slice()).unwrap_or_default();
        assert_eq!(
            extra.first().map(|e| (e.path.as_str(), e.value.value.as_str())),
            Some(("CUSTOM/ICBC/BATCH", "2020-07"))
        );
    }

    #[test]
    fn elements_in_a_namespace_are_not_taken_for_the_schema_s() {
        let xml = parse(
            "<WIM xmlns:n=\"urn:n\"><IMAGE INDEX=\"1\"><n:NAME>rogue</n:NAME><NAME>real</NAME></IMAGE></WIM>",
        );
        let name = xml.image(1).and_then(|image| image.name.as_ref());
        assert_eq!(name.map(|name| name.value.as_str()), Some("real"));
        assert!(Xml::parse(&utf16("<WIM xmlns=\"urn:n\"/>"), 0).is_err());
    }

    #[test]
    fn what_is_longer_than_any_writer_makes_it_is_cut_or_refused() {
        let long = "x".repeat(crate::limits::MAX_XML_TEXT + 5);
        let xml = parse(&format!("<WIM><IMAGE INDEX=\"1\"><NAME>{long}</NAME></IMAGE></WIM>"));
        let name = xml.image(1).and_then(|image| image.name.as_ref()).map(|name| name.value.len());
        assert_eq!(
            (name, xml.anomalies.count(AnomalyKind::XmlExcess)),
            (Some(crate::limits::MAX_XML_TEXT), 1)
        );
        let leaves = format!("<{long}>{}</{long}>", "<A/>".repeat(500));
        let xml = parse(&format!("<WIM><IMAGE INDEX=\"1\">{leaves}</IMAGE></WIM>"));
        assert_eq!(xml.anomalies.count(AnomalyKind::XmlExcess), 1);
        let attributes = (0..20_000).map(|i| format!(" a{i}=\"\"")).collect::<Vec<_>>().concat();
        assert!(Xml::parse(&utf16(&format!("<WIM><IMAGE{attributes}/></WIM>")), 0).is_err());
        let images = "<IMAGE/>".repeat(5000);
        assert!(Xml::parse(&utf16(&format!("<WIM>{images}</WIM>")), 0).is_err());
    }

    #[test]
    fn hostile_documents_are_refused() {
        let laughs = "<!DOCTYPE WIM [<!ENTITY a \"ha\">]><WIM>&a;</WIM>";
        let deep = format!("<WIM>{}{}</WIM>", "<A>".repeat(60), "</A>".repeat(60));
        let bottomless = "<WIM>".repeat(500_000);
        for text in [laughs, &deep, &bottomless, "<wim/>", "<WIM></WIM>x", "<WIM>\0</WIM>", ""] {
            assert!(Xml::parse(&utf16(text), 0).is_err(), "{text:.60}");
        }
    }
}
