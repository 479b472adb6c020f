//! The page on a check, an inspection or a verification: the answer, then a card for each file.

use super::{
    cited::{Pieces, findings},
    figures::utc_text,
    labels,
    markup::Markup,
    parts::pair,
    subject,
    tone::{Tone, badge, large_word, toned},
};
use crate::report::{
    answer::Question,
    enforcement::{notices, policy_source},
    result::Document,
};

pub(super) fn body(m: &mut Markup, document: &Document) {
    m.element("header", |m| {
        m.element("p.kicker", |m| {
            m.label("span", labels::GATE_REPORT);
            m.leaf("span", format_args!("{} {}", document.tool.name, document.tool.version));
        });
        m.label("h1", labels::GATE_TITLE);
    });
    m.element("main", |m| {
        for notice in notices(document, m.language) {
            toned(m, "p", "notice", Tone::Unsure, |m| m.text(&notice));
        }
        answer(m, document);
        m.element("dl.outline.basis", |m| basis(m, document));
        if !document.findings.is_empty() {
            m.element("section.policy", |m| {
                m.element("h2", |m| {
                    m.say(labels::POLICY);
                    m.text(" ");
                    m.name(policy_source(document));
                });
                findings(m, &document.findings, &Pieces::default());
            });
        }
        m.element("section.subjects", |m| {
            m.label("h2", labels::CHECKED_FILES);
            for subject in &document.subjects {
                subject::write(m, Question::of(document), subject, &Pieces::default());
            }
        });
    });
    m.element("footer", |m| {
        m.leaf(
            "p",
            format_args!("{} {} \u{b7} {}", document.tool.name, document.tool.version, document.schema),
        );
    });
}

fn answer(m: &mut Markup, document: &Document) {
    let question = Question::of(document);
    let answer = question.on(document, m.language);
    toned(m, "section", "answer", answer.tone, |m| {
        m.label("h2", labels::OVERALL);
        m.element("p.word", |m| large_word(m, answer.tone, answer.word));
        m.leaf("p.meaning", &answer.meaning);
        if document.subjects.len() > 1 {
            m.element("ul.suspects", |m| {
                for subject in &document.subjects {
                    m.element("li", |m| {
                        let answer = question.on_file(subject, m.language);
                        badge(m, answer.tone, answer.word);
                        m.text(" ");
                        m.name(&subject.source);
                    });
                }
            });
        }
    });
}

/// When it was judged, against what, and what was asked for.
fn basis(m: &mut Markup, document: &Document) {
    pair(m, labels::JUDGED_AT, |m| m.leaf("time", utc_text(&document.now)));
    pair(m, labels::REGISTRY, |m| match &document.registry {
        None => m.say(labels::NO_REGISTRY),
        Some(head) => {
            m.name(&head.origin);
            m.text(", ");
            m.say_with(labels::REGISTRY_ENTRIES, head.size);
            m.element("span.aside", |m| {
                m.say(labels::REGISTRY_ROOT);
                m.text(" ");
                m.element("code", |m| m.name(&head.root));
            });
        }
    });
    if let Some(policy) = &document.policy {
        pair(m, labels::ASKED, |m| m.say(labels::assurance(policy.assurance)));
        if let Some(scope) = &policy.scope {
            pair(m, labels::SCOPE, |m| m.name(scope));
        }
        if let Some(file) = &policy.file {
            pair(m, labels::POLICY, |m| {
                m.name(&file.source);
                m.leaf("code", format_args!(" SHA-256 {}", file.sha256));
            });
        }
    }
    pair(m, labels::MADE_BY, |m| {
        m.text(format_args!("{} {} {}, ", document.tool.name, document.tool.version, document.command));
        m.say_with(labels::EXIT_CODE, document.exit_code);
    });
}
