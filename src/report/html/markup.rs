//! Writes markup. Names of elements and attributes are literals of the program, everything else is text and is escaped
//! here: no other way leads into the page. The result is a well-formed XML document and an HTML one.

use std::fmt::{Display, Write as _};

use crate::{
    judge::{Language, Texts},
    sighting::names::is_invisible,
};

/// Characters of one text that are shown; what is longer is cut, with the number of characters that are left out.
const LONGEST: usize = 2000;

/// Characters of a name that are shown.
const LONGEST_NAME: usize = 200;

/// Attributes of an element.
pub(super) type Attributes<'a> = &'a [(&'static str, &'a dyn Display)];

/// A page, or a part of one.
#[derive(Debug)]
pub(super) struct Markup {
    out: String,
    /// The language of its labels.
    pub(super) language: Language,
}

impl Markup {
    pub(super) fn new(language: Language) -> Self {
        Self { out: String::new(), language }
    }

    pub(super) fn into_string(self) -> String {
        self.out
    }

    /// An element, written `name.class.class`, with what `inside` writes.
    pub(super) fn element(&mut self, selector: &'static str, inside: impl FnOnce(&mut Self)) {
        self.element_with(selector, &[], inside);
    }

    /// An element with attributes.
    pub(super) fn element_with(
        &mut self,
        selector: &'static str,
        attributes: Attributes<'_>,
        inside: impl FnOnce(&mut Self),
    ) {
        let name = self.begin(selector, attributes);
        self.out.push('>');
        inside(self);
        self.out.push_str("</");
        self.out.push_str(name);
        self.out.push('>');
        self.line_feed_after(name);
    }

    /// An element without content.
    pub(super) fn empty(&mut self, selector: &'static str, attributes: Attributes<'_>) {
        let name = self.begin(selector, attributes);
        self.out.push_str("/>");
        self.line_feed_after(name);
    }

    /// An element that holds a text.
    pub(super) fn leaf(&mut self, selector: &'static str, text: impl Display) {
        self.element(selector, |m| m.text(text));
    }

    /// An element that holds a label.
    pub(super) fn label(&mut self, selector: &'static str, label: Texts) {
        self.element(selector, |m| m.say(label));
    }

    /// A label, in the language of the page.
    pub(super) fn say(&mut self, label: Texts) {
        self.text(label.get(self.language));
    }

    /// A label with a value in the place of its `{}`.
    pub(super) fn say_with(&mut self, label: Texts, value: impl Display) {
        self.text(self.filled(label, value));
    }

    /// The same, not yet written.
    pub(super) fn filled(&self, label: Texts, value: impl Display) -> String {
        label.get(self.language).replace("{}", &value.to_string())
    }

    /// A text.
    pub(super) fn text(&mut self, text: impl Display) {
        self.cut_text(text, LONGEST);
    }

    /// A name out of an image or a log, set apart from the words around it.
    pub(super) fn name(&mut self, name: impl Display) {
        self.element("span.name", |m| m.cut_text(name, LONGEST_NAME));
    }

    /// Style sheets are text that no entity may stand in; ours is a literal without `<` and `&`.
    pub(super) fn style(&mut self, sheet: &str) {
        debug_assert!(!sheet.contains(['<', '&']), "a style sheet that XML and HTML read differently");
        let _ = writeln!(self.out, "<style>{sheet}</style>");
    }

    /// What stands before the root element.
    pub(super) fn doctype(&mut self) {
        self.out.push_str("<!DOCTYPE html>\n");
    }

    fn cut_text(&mut self, text: impl Display, most: usize) {
        let text = text.to_string();
        let end = text.char_indices().nth(most).map_or(text.len(), |(at, _)| at);
        let (shown, rest) = text.split_at(end);
        escape(&mut self.out, shown);
        if !rest.is_empty() {
            let _ = write!(self.out, "\u{2026} (+{})", rest.chars().count());
        }
    }

    fn begin(&mut self, selector: &'static str, attributes: Attributes<'_>) -> &'static str {
        let (name, classes) = selector.split_once('.').unwrap_or((selector, ""));
        self.out.push('<');
        self.out.push_str(name);
        if !classes.is_empty() {
            let _ = write!(self.out, " class=\"{}\"", classes.replace('.', " "));
        }
        for (attribute, value) in attributes {
            let _ = write!(self.out, " {attribute}=\"");
            self.text(value);
            self.out.push('"');
        }
        name
    }

    /// A line each for elements that stand below each other: easier to compare.
    fn line_feed_after(&mut self, name: &str) {
        const INLINE: [&str; 9] = ["a", "code", "path", "span", "strong", "svg", "text", "time", "title"];
        if !INLINE.contains(&name) {
            self.out.push('\n');
        }
    }
}

/// Escapes a text for element content and for attribute values between `"`.
///
/// Invisible characters are shown as in [`Inert`](crate::report::inert::Inert). `#` and the second of two colons become
/// references, which a browser shows as they are: the file itself may pass through the log of a build server, which
/// looks for `##vso[` and `::error`.
fn escape(out: &mut String, text: &str) {
    let mut previous = None;
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' | '\'' | '#' | '\u{ff03}' => reference(out, c),
            ':' if previous == Some(':') => reference(out, c),
            _ if is_invisible(c) => visible(out, c),
            _ => out.push(c),
        }
        previous = Some(c);
    }
}

fn reference(out: &mut String, c: char) {
    let _ = write!(out, "&#{};", u32::from(c));
}

fn visible(out: &mut String, c: char) {
    let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
}

/// A text with its invisible characters shown, for those who have to measure it.
pub(super) fn all_visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if is_invisible(c) { visible(&mut out, c) } else { out.push(c) }
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn written(text: &str) -> String {
        let mut out = String::new();
        escape(&mut out, text);
        out
    }

    #[test]
    fn nothing_is_obeyed() {
        assert_eq!(written("<script>alert('x')</script>"), "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;");
        assert_eq!(written("\"><img onerror=x>"), "&#34;&gt;&lt;img onerror=x&gt;");
        assert_eq!(written("a ]]> b & c"), "a ]]&gt; b &amp; c");
        assert_eq!(written("\u{202e}gnp.exe"), "\\u{202e}gnp.exe");
        assert_eq!(written("\x1b[2J\u{9b}31m\r\n"), "\\u{1b}[2J\\u{9b}31m\\u{d}\\u{a}");
        assert_eq!(written("##vso[x]y ::error::z"), "&#35;&#35;vso[x]y :&#58;error:&#58;z");
        assert_eq!(written("\u{5de5}\u{884c} VDA: 1"), "\u{5de5}\u{884c} VDA: 1");
    }

    #[test]
    fn attributes_are_escaped_and_long_texts_cut() {
        let mut m = Markup::new(Language::En);
        m.element_with("a.x.y", &[("href", &"\" onclick=\"x")], |m| m.name("n".repeat(LONGEST_NAME + 5)));
        let out = m.into_string();
        assert!(
            out.starts_with("<a class=\"x y\" href=\"&#34; onclick=&#34;x\"><span class=\"name\">n"),
            "{out}"
        );
        assert!(out.ends_with("n\u{2026} (+5)</span></a>"), "{out}");
    }

    proptest! {
        #[test]
        fn a_reader_of_xml_sees_the_text_with_its_invisible_characters_shown(text in any::<String>()) {
            let mut m = Markup::new(Language::En);
            m.element_with("p", &[("title", &text)], |m| m.text(&text));
            let page = m.into_string();
            let document = roxmltree::Document::parse(&page).expect("well-formed XML");
            let shown = all_visible(&text);
            prop_assert_eq!(document.root_element().text().unwrap_or_default(), &shown);
            prop_assert_eq!(document.root_element().attribute("title"), Some(shown.as_str()));
        }
    }
}
