//! What surrounds every report: head, style sheet, content security policy.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use sha2::{Digest as _, Sha256};

use super::{
    labels,
    markup::{Attributes, Markup},
};
use crate::judge::{Language, Texts};

const SHEET: &str = include_str!("style.css");

/// The style sheet with what stands on the margin of every printed page. It holds only texts of our own.
fn sheet(head: &str, running_head: &str) -> String {
    format!(
        "{SHEET}@page {{ @top-left {{ content: \"{head}\"; }} @top-right {{ content: \"{running_head}\"; }} }}\n"
    )
}

/// A whole document under a `title`. `running_head` is printed on every page: letters, digits and blanks of our own, no text of a file.
pub(super) fn document(
    language: Language,
    title: Texts,
    running_head: &str,
    body: impl FnOnce(&mut Markup),
) -> String {
    let sheet = sheet(title.get(language), running_head);
    // The element holds the sheet and nothing else, so the hash is that of what the browser sees.
    let hash = STANDARD.encode(Sha256::digest(sheet.as_bytes()));
    let policy =
        format!("default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'");
    let tag = labels::LANGUAGE_TAG.get(language);
    let mut m = Markup::new(language);
    m.doctype();
    let root: Attributes<'_> =
        &[("xmlns", &"http://www.w3.org/1999/xhtml"), ("lang", &tag), ("xml:lang", &tag)];
    m.element_with("html", root, |m| {
        m.element("head", |m| {
            m.empty("meta", &[("charset", &"utf-8")]);
            m.empty("meta", &[("http-equiv", &"Content-Security-Policy"), ("content", &policy)]);
            m.empty("meta", &[("name", &"viewport"), ("content", &"width=device-width, initial-scale=1")]);
            m.empty("meta", &[("name", &"color-scheme"), ("content", &"light dark")]);
            m.empty("meta", &[("name", &"referrer"), ("content", &"no-referrer")]);
            m.label("title", title);
            m.style(&sheet);
        });
        m.element("body", body);
    });
    m.into_string()
}
