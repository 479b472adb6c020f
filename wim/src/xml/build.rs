//! From the parsed document to typed values.

use roxmltree::Node;

use super::{Extra, ImageXml, Located, Number, Text, Time, Xml, elements, name, offsets::Offsets};
use crate::{
    anomaly::{Anomalies, AnomalyKind},
    limits::{MAX_XML_EXTRA, MAX_XML_TEXT},
    value::FileTime,
};

/// 1990-01-01 and 2100-01-01 as FILETIME: no WIM was made outside.
const PLAUSIBLE: std::ops::Range<FileTime> =
    FileTime(122_756_256_000_000_000)..FileTime(157_469_184_000_000_000);

pub(super) struct Builder<'t> {
    text: &'t str,
    offsets: Offsets<'t>,
    anomalies: Anomalies,
    /// Bytes that may still be kept of elements outside the schema.
    extra_left: usize,
}

impl<'t> Builder<'t> {
    pub(super) fn new(text: &'t str, start: u64, anomalies: Anomalies) -> Self {
        Self { text, offsets: Offsets::new(text, start), anomalies, extra_left: MAX_XML_EXTRA }
    }

    pub(super) fn wim(mut self, root: Node<'_, '_>) -> Xml {
        let mut xml = Xml::default();
        for node in elements(root) {
            match name(node) {
                "TOTALBYTES" => self.number(node, &mut xml.total_bytes),
                "IMAGE" => {
                    let image = self.image(node, xml.images.len());
                    xml.images.push(image);
                }
                "ESD" => {
                    xml.encrypted |= elements(node).any(|child| name(child) == "ENCRYPTED");
                    self.extra(node, &mut xml.extra);
                }
                _ => self.extra(node, &mut xml.extra),
            }
        }
        xml.anomalies = self.anomalies;
        xml
    }

    fn image(&mut self, node: Node<'_, '_>, before: usize) -> ImageXml {
        let mut image = ImageXml { index: self.index(node, before), ..ImageXml::default() };
        for child in elements(node) {
            match name(child) {
                "NAME" => self.string(child, &mut image.name),
                "DESCRIPTION" => self.string(child, &mut image.description),
                "DISPLAYNAME" => self.string(child, &mut image.display_name),
                "DISPLAYDESCRIPTION" => self.string(child, &mut image.display_description),
                "FLAGS" => self.string(child, &mut image.flags),
                "DIRCOUNT" => self.number(child, &mut image.dir_count),
                "FILECOUNT" => self.number(child, &mut image.file_count),
                "TOTALBYTES" => self.number(child, &mut image.total_bytes),
                "HARDLINKBYTES" => self.number(child, &mut image.hard_link_bytes),
                "CREATIONTIME" => self.time(child, &mut image.created),
                "LASTMODIFICATIONTIME" => self.time(child, &mut image.modified),
                "WIMBOOT" => self.string(child, &mut image.wim_boot),
                "WINDOWS" => self.windows(child, &mut image),
                _ => self.extra(child, &mut image.extra),
            }
        }
        if let (Some(created), Some(modified)) = (&image.created, &image.modified)
            && modified.value < created.value
        {
            let detail = "LASTMODIFICATIONTIME lies before CREATIONTIME";
            self.anomalies.push(AnomalyKind::XmlImplausibleTime, Some(modified.offset), detail);
        }
        image
    }

    fn windows(&mut self, node: Node<'_, '_>, image: &mut ImageXml) {
        for child in elements(node) {
            let windows = &mut image.windows;
            match name(child) {
                "ARCH" => self.number(child, &mut windows.architecture),
                "PRODUCTNAME" => self.string(child, &mut windows.product_name),
                "EDITIONID" => self.string(child, &mut windows.edition),
                "INSTALLATIONTYPE" => self.string(child, &mut windows.installation_type),
                "HAL" => self.string(child, &mut windows.hal),
                "PRODUCTTYPE" => self.string(child, &mut windows.product_type),
                "PRODUCTSUITE" => self.string(child, &mut windows.product_suite),
                "SYSTEMROOT" => self.string(child, &mut windows.system_root),
                "LANGUAGES" => self.languages(child, image),
                "VERSION" => self.version(child, image),
                "SERVICINGDATA" => self.servicing(child, image),
                _ => self.extra(child, &mut image.extra),
            }
        }
    }

    fn languages(&mut self, node: Node<'_, '_>, image: &mut ImageXml) {
        for child in elements(node) {
            match name(child) {
                "LANGUAGE" => image.windows.languages.push(self.text_of(child)),
                "FALLBACK" => image.windows.fallback_languages.push(self.text_of(child)),
                "DEFAULT" => self.string(child, &mut image.windows.default_language),
                _ => self.extra(child, &mut image.extra),
            }
        }
    }

    fn version(&mut self, node: Node<'_, '_>, image: &mut ImageXml) {
        for child in elements(node) {
            let windows = &mut image.windows;
            match name(child) {
                "MAJOR" => self.number(child, &mut windows.major),
                "MINOR" => self.number(child, &mut windows.minor),
                "BUILD" => self.number(child, &mut windows.build),
                "SPBUILD" => self.number(child, &mut windows.sp_build),
                "SPLEVEL" => self.number(child, &mut windows.sp_level),
                "BRANCH" => self.string(child, &mut windows.branch),
                _ => self.extra(child, &mut image.extra),
            }
        }
    }

    fn servicing(&mut self, node: Node<'_, '_>, image: &mut ImageXml) {
        for child in elements(node) {
            let windows = &mut image.windows;
            match name(child) {
                "GDRDUREVISION" => self.string(child, &mut windows.gdr_du_revision),
                "PKEYCONFIGVERSION" => self.string(child, &mut windows.pkey_config_version),
                "IMAGESTATE" => self.string(child, &mut windows.image_state),
                _ => self.extra(child, &mut image.extra),
            }
        }
    }

    /// `INDEX` must count 1, 2, 3 ... in the order of the document.
    fn index(&mut self, node: Node<'_, '_>, before: usize) -> Option<Located<u32>> {
        let expected = before + 1;
        let offset = self.offsets.at(node.range().start);
        let Some(attribute) = node.attribute_node("INDEX") else {
            let detail = format!("IMAGE element number {expected} has no INDEX");
            self.anomalies.push(AnomalyKind::XmlImageIndex, Some(offset), detail);
            return None;
        };
        let index = attribute.value().parse::<u32>().ok().filter(|index| *index > 0);
        if index.map(u64::from) != Some(expected as u64) {
            let detail = format!("IMAGE element number {expected} has INDEX {:?}", attribute.value());
            self.anomalies.push(AnomalyKind::XmlImageIndex, Some(offset), detail);
        }
        index.map(|value| Located { value, offset: self.offsets.at(attribute.range().start) })
    }

    /// Keeps the first of several; says that there are several.
    fn keep<T>(&mut self, node: Node<'_, '_>, slot: &mut Option<Located<T>>, value: Option<Located<T>>) {
        if slot.is_some() {
            let offset = self.offsets.at(node.range().start);
            let detail = format!("a second element {}", node.tag_name().name());
            self.anomalies.push(AnomalyKind::XmlRepeatedElement, Some(offset), detail);
        } else {
            *slot = value;
        }
    }

    fn string(&mut self, node: Node<'_, '_>, slot: &mut Option<Text>) {
        let text = self.text_of(node);
        self.keep(node, slot, Some(text));
    }

    fn number(&mut self, node: Node<'_, '_>, slot: &mut Option<Number>) {
        let text = self.text_of(node);
        let value = text.value.trim().parse::<u64>().ok();
        if value.is_none() {
            self.odd_number(node, &text, "a decimal number");
        }
        self.keep(node, slot, value.map(|value| Located { value, offset: text.offset }));
    }

    fn time(&mut self, node: Node<'_, '_>, slot: &mut Option<Time>) {
        let (mut high, mut low) = (None, None);
        for child in elements(node) {
            let slot = match name(child) {
                "HIGHPART" => &mut high,
                "LOWPART" => &mut low,
                _ => continue,
            };
            let text = self.text_of(child);
            let value = self.hex_part(child, &text).map(|value| Located { value, offset: text.offset });
            self.keep(child, slot, value);
        }
        let offset = self.offsets.at(node.range().start);
        let value = match (high, low) {
            (Some(high), Some(low)) => Some(FileTime(u64::from(high.value) << 32 | u64::from(low.value))),
            _ => None,
        };
        if let Some(time) = value.filter(|time| !PLAUSIBLE.contains(time)) {
            let utc = time.to_utc().map_or_else(|| "beyond the calendar".into(), |utc| utc.to_rfc3339());
            let detail = format!("{} is {utc}", node.tag_name().name());
            self.anomalies.push(AnomalyKind::XmlImplausibleTime, Some(offset), detail);
        }
        self.keep(node, slot, value.map(|value| Located { value, offset }));
    }

    /// Windows writes `0x` and eight digits. Without `0x` some readers take the digits as decimal.
    fn hex_part(&mut self, node: Node<'_, '_>, text: &Text) -> Option<u32> {
        let trimmed = text.value.trim();
        let prefixed = trimmed.strip_prefix("0x").or_else(|| trimmed.strip_prefix("0X"));
        let value = u32::from_str_radix(prefixed.unwrap_or(trimmed), 16).ok();
        if prefixed.is_none() || value.is_none() {
            self.odd_number(node, text, "0x and up to eight hexadecimal digits");
        }
        value
    }

    fn odd_number(&mut self, node: Node<'_, '_>, text: &Text, expected: &str) {
        let detail = format!("{} is {:?}, expected {expected}", node.tag_name().name(), text.value);
        self.anomalies.push(AnomalyKind::XmlOddNumber, Some(text.offset), detail);
    }

    /// The text of an element. Anything but one run of text in it is reported: some readers stop at a comment,
    /// some go on behind it.
    fn text_of(&mut self, node: Node<'_, '_>) -> Text {
        let offset = self.offsets.at(node.range().start);
        let texts = node.children().filter(Node::is_text).filter_map(|text| text.text());
        let mut characters = texts.flat_map(str::chars);
        let value: String = characters.by_ref().take(MAX_XML_TEXT).collect();
        if characters.next().is_some() {
            let detail = format!("{} is longer than {MAX_XML_TEXT} characters", node.tag_name().name());
            self.anomalies.push(AnomalyKind::XmlExcess, Some(offset), detail);
        }
        let plain = node.children().all(|child| child.is_text());
        let raw = self.text.get(node.range()).unwrap_or_default();
        if !plain || raw.contains("<![CDATA[") {
            let detail = format!("{} holds a comment, CDATA section or element", node.tag_name().name());
            self.anomalies.push(AnomalyKind::XmlSplitText, Some(offset), detail);
        }
        Located { value, offset }
    }

    /// Keeps the texts of an element outside the schema: one for each of its innermost elements.
    fn extra(&mut self, node: Node<'_, '_>, into: &mut Vec<Extra>) {
        for leaf in node.descendants().filter(|n| n.is_element() && elements(*n).next().is_none()) {
            let offset = self.offsets.at(leaf.range().start);
            let between = leaf.ancestors().take_while(|n| *n != node);
            let mut names: Vec<&str> = between.map(|n| n.tag_name().name()).collect();
            names.push(node.tag_name().name());
            names.reverse();
            let value: String = leaf.children().filter_map(|child| child.text()).take(1).collect();
            let size = names.iter().map(|name| name.len() + 1).sum::<usize>() + value.len();
            let Some(left) = self.extra_left.checked_sub(size) else {
                let detail = format!("more than {MAX_XML_EXTRA} bytes outside the schema");
                self.anomalies.push(AnomalyKind::XmlExcess, Some(offset), detail);
                return;
            };
            self.extra_left = left;
            into.push(Extra { path: names.join("/"), value: Located { value, offset } });
        }
    }
}
