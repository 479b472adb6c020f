//! Walks an XML document that was taken whole: every element that holds text, every comment, with their place. Knows no
//! entities but the five and character references; others stay as they stand, so nothing expands.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};
use quick_xml::{
    Reader,
    events::{BytesStart, Event},
};

use crate::sighting::Locator;

/// Elements inside each other; a document that goes deeper is none of those that are read here.
const MAX_DEPTH: usize = 256;

/// Bytes of text of one element that are kept.
const MAX_TEXT: usize = 64 << 10;

/// The text of a document, and the bytes it was decoded from: a character may have more or fewer there.
pub(super) struct Document<'b> {
    text: String,
    bytes: &'b [u8],
    /// Bytes of the byte order mark.
    mark: usize,
    /// A line feed, as it stands in the bytes.
    line_end: &'static [u8],
}

impl<'b> Document<'b> {
    /// Decodes a document: UTF-16 by its mark or its zeros, UTF-8, else the code page.
    pub(super) fn of(bytes: &'b [u8], code_page: impl Fn(&[u8]) -> String) -> Self {
        let marked = Encoding::for_bom(bytes);
        let unmarked = match bytes {
            [b'<', 0, ..] => Some(UTF_16LE),
            [0, b'<', ..] => Some(UTF_16BE),
            _ => None,
        };
        let mark = marked.map_or(0, |(_, length)| length);
        let body = bytes.get(mark..).unwrap_or_default();
        let encoding = marked.map(|(encoding, _)| encoding).or(unmarked);
        let text = match encoding {
            Some(encoding) if encoding != UTF_8 => encoding.decode_without_bom_handling(body).0.into_owned(),
            _ => code_page(body),
        };
        let line_end: &[u8] = match encoding {
            Some(encoding) if encoding == UTF_16LE => b"\n\0",
            Some(encoding) if encoding == UTF_16BE => b"\0\n",
            _ => b"\n",
        };
        Self { text, bytes, mark, line_end }
    }

    /// Where the line begins that follows on so many line feeds behind a place in the bytes. No encoding that is read here
    /// has a line feed within a character, and none loses one that stands behind half a character: bytes and text have as
    /// many.
    fn line_after(&self, from: usize, line_feeds: usize) -> usize {
        let Some(last) = line_feeds.checked_sub(1) else { return from };
        let width = self.line_end.len();
        let units = self.bytes.get(from..).unwrap_or_default().chunks_exact(width);
        let mut ends = units.enumerate().filter(|(_, unit)| *unit == self.line_end);
        ends.nth(last).map_or(from, |(index, _)| from + (index + 1) * width)
    }
}

/// An element that holds text and no elements, or attributes.
pub(super) struct Leaf<'d> {
    /// Names of the elements, without prefixes, outermost first.
    pub(super) path: &'d [String],
    pub(super) attributes: &'d [(String, String)],
    pub(super) text: &'d str,
    pub(super) locator: Locator,
}

/// What a walk meets.
pub(super) enum Node<'d> {
    /// An element begins (its text is empty).
    Begin(Leaf<'d>),
    /// An element ends, with the text that stood in it.
    End(Leaf<'d>),
    /// A comment; the path is that of the element around it.
    Comment(Leaf<'d>),
}

/// Walks a document. What was met before an error was given.
///
/// # Errors
/// Where it is no XML, with the place.
pub(super) fn walk(document: &Document<'_>, mut meet: impl FnMut(Node<'_>)) -> Result<(), String> {
    let mut reader = Reader::from_str(&document.text);
    reader.config_mut().expand_empty_elements = true;
    let mut place = Place { document, at: 0, line: 1, line_offset: document.mark };
    let mut path: Vec<String> = Vec::new();
    let mut text = String::new();
    loop {
        let before = index(reader.buffer_position());
        let event = reader.read_event();
        let locator = place.at(before);
        match event {
            Err(error) => return Err(format!("{locator:?}: {error}, expected XML")),
            Ok(Event::Start(start)) => {
                if path.len() >= MAX_DEPTH {
                    return Err(format!("{locator:?}: more than {MAX_DEPTH} elements inside each other"));
                }
                text.clear();
                path.push(local_name(&start));
                let attributes = attributes(&start);
                meet(Node::Begin(Leaf { path: &path, attributes: &attributes, text: "", locator }));
            }
            Ok(Event::End(_)) => {
                meet(Node::End(Leaf { path: &path, attributes: &[], text: text.trim(), locator }));
                text.clear();
                path.pop();
            }
            Ok(Event::Text(words)) => append(&mut text, &words),
            Ok(Event::CData(words)) => append(&mut text, &words),
            Ok(Event::GeneralRef(reference)) => {
                let escaped = format!("&{};", &*reference);
                let plain = quick_xml::escape::unescape(&escaped).map(Cow::into_owned);
                append(&mut text, &plain.unwrap_or(escaped));
            }
            Ok(Event::Comment(words)) => {
                meet(Node::Comment(Leaf { path: &path, attributes: &[], text: words.trim(), locator }));
            }
            Ok(Event::Eof) => {
                return match path.last() {
                    Some(name) => Err(format!("{locator:?}: the end, expected </{name}>")),
                    None => Ok(()),
                };
            }
            Ok(_) => {}
        }
    }
}

fn index(position: u64) -> usize {
    usize::try_from(position).unwrap_or(usize::MAX)
}

fn append(text: &mut String, more: &str) {
    let room = MAX_TEXT.saturating_sub(text.len()).min(more.len());
    text.push_str(more.get(..more.floor_char_boundary(room)).unwrap_or_default());
}

fn local_name(start: &BytesStart<'_>) -> String {
    start.local_name().as_ref().to_owned()
}

fn attributes(start: &BytesStart<'_>) -> Vec<(String, String)> {
    let mut all = start.attributes();
    let all = all.with_checks(false).flatten();
    all.map(|attribute| {
        let name = attribute.key.local_name().as_ref().to_owned();
        let value = &*attribute.value;
        let plain = quick_xml::escape::unescape(value).map(Cow::into_owned);
        (name, plain.unwrap_or_else(|_| value.to_owned()))
    })
    .collect()
}

/// Counts lines on the way through a document.
struct Place<'d> {
    document: &'d Document<'d>,
    /// Index into the text up to which lines are counted.
    at: usize,
    line: u64,
    /// Where the line begins in the bytes.
    line_offset: usize,
}

impl Place<'_> {
    /// The place of an index that is not before the last one.
    fn at(&mut self, index: usize) -> Locator {
        let passed = self.document.text.get(self.at..index).unwrap_or_default();
        let line_feeds = memchr::memchr_iter(b'\n', passed.as_bytes()).count();
        self.line_offset = self.document.line_after(self.line_offset, line_feeds);
        self.line += line_feeds as u64;
        self.at = self.at.max(index);
        Locator::Line(self.line, self.line_offset as u64)
    }
}
