//! Tables and lists.

use super::markup::Markup;
use crate::judge::Texts;

/// A table with a caption. Columns are named by labels.
pub(super) fn table(
    m: &mut Markup,
    selector: &'static str,
    caption: Texts,
    head: &[Texts],
    rows: impl FnOnce(&mut Markup),
) {
    m.element("div.scroll", |m| {
        m.element(selector, |m| {
            m.label("caption", caption);
            m.element("thead", |m| {
                m.element("tr", |m| {
                    for column in head {
                        m.element_with("th", &[("scope", &"col")], |m| m.say(*column));
                    }
                });
            });
            m.element("tbody", rows);
        });
    });
}

/// A term and what belongs to it, in a list of such pairs.
pub(super) fn pair(m: &mut Markup, term: Texts, value: impl FnOnce(&mut Markup)) {
    m.element("div", |m| {
        m.label("dt", term);
        m.element("dd", value);
    });
}
