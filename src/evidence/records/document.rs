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

/// The text of a document, and where its parts stand in the piece.
pub(super) struct Document {
    text: String,
    /// Bytes of the byte order mark.
    mark: u64,
    is_wide: bool,
}

impl Document {
    /// Decodes a document: UTF-16 by its mark or its zeros, UTF-8, else the code page.
    pub(super) fn of(bytes: &[u8], code_page: impl Fn(&[u8]) -> String) -> Self {
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
        let is_wide = encoding.is_some_and(|encoding| encoding != UTF_8);
        Self { text, mark: mark as u64, is_wide }
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
pub(super) fn walk(document: &Document, mut meet: impl FnMut(Node<'_>)) -> Result<(), String> {
    let mut reader = Reader::from_str(&document.text);
    reader.config_mut().expand_empty_elements = true;
    let mut place = Place { document, at: 0, line: 1, line_at: 0, line_offset: document.mark };
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
    document: &'d Document,
    /// Index into the text up to which lines are counted.
    at: usize,
    line: u64,
    /// Index into the text where the line begins.
    line_at: usize,
    /// Where the line begins in the piece, in bytes.
    line_offset: u64,
}

impl Place<'_> {
    /// The place of an index that is not before the last one.
    fn at(&mut self, index: usize) -> Locator {
        let passed = self.document.text.get(self.at..index).unwrap_or_default();
        if let Some(last) = passed.rfind('\n') {
            let begin = self.at + last + 1;
            let lines = self.document.text.get(self.line_at..begin).unwrap_or_default();
            self.line_offset += match self.document.is_wide {
                true => 2 * lines.encode_utf16().count() as u64,
                false => lines.len() as u64,
            };
            self.line += memchr::memchr_iter(b'\n', passed.as_bytes()).count() as u64;
            self.line_at = begin;
        }
        self.at = self.at.max(index);
        Locator::Line(self.line, self.line_offset)
    }
}
