//! Evidence: files by number, places in them, quotations, and the findings that rest on them.

use std::{cmp::Reverse, collections::BTreeMap};

use super::{
    figures::moment_text,
    labels,
    markup::Markup,
    tone::{Tone, marked},
};
use crate::{
    judge::Texts,
    report::result::{FindingReport, Place},
    sighting::deployment::Citation,
};

/// Pieces of evidence that are shown for one thing, the best first; the JSON form has all.
pub(super) const MOST_EVIDENCE: usize = 2;

/// Which file of the evidence has which number.
#[derive(Debug, Default)]
pub(super) struct Pieces<'r>(BTreeMap<&'r str, usize>);

impl<'r> Pieces<'r> {
    /// Numbers start with 1, in the order of the list.
    pub(super) fn new(sources: impl Iterator<Item = &'r str>) -> Self {
        Self(sources.zip(1..).collect())
    }

    /// Where something stands: the number of the file with its last name, and the place in it.
    pub(super) fn place(&self, m: &mut Markup, place: &Place) {
        m.element("span.place", |m| {
            match self.0.get(place.source.as_str()) {
                Some(number) => {
                    let target = format!("#e{number}");
                    m.element_with("a", &[("href", &target)], |m| m.text(format_args!("E{number}")));
                    m.text(" ");
                    m.name(last_name(&place.source));
                }
                None => m.name(&place.source),
            }
            for part in parts_of(m, place) {
                m.text(", ");
                m.text(part);
            }
        });
    }

    /// Words of the evidence with their place, and when they were written.
    pub(super) fn citation(&self, m: &mut Markup, citation: &Citation) {
        self.place(m, &(&citation.evidence).into());
        if !citation.at.is_unknown() {
            let at = moment_text(m, citation.at);
            m.leaf("span.place", format_args!(", {at}"));
        }
        let listed = self.0.contains_key(&*citation.evidence.source);
        if let Some(digest) = citation.sha256.filter(|_| !listed) {
            m.leaf("span.digest", format_args!("SHA-256 {}", hex::encode(digest)));
        }
        m.leaf("code.quote", &citation.quote);
    }

    /// The best pieces of evidence, and how many more there are.
    pub(super) fn citations(&self, m: &mut Markup, citations: &[Citation]) {
        for citation in citations.iter().take(MOST_EVIDENCE) {
            m.element("div.cited", |m| self.citation(m, citation));
        }
        more(m, citations.len());
    }
}

/// The last part of a path, of Windows or of an archive.
fn last_name(path: &str) -> &str {
    path.rsplit(['/', '\\']).find(|name| !name.is_empty()).unwrap_or(path)
}

fn more(m: &mut Markup, count: usize) {
    if let Some(rest) = count.checked_sub(MOST_EVIDENCE).filter(|rest| *rest > 0) {
        m.element("div.more", |m| m.say_with(labels::MORE_EVIDENCE, rest));
    }
}

fn parts_of(m: &Markup, place: &Place) -> Vec<String> {
    let mut parts = Vec::new();
    let mut part = |label: Texts, value: Option<String>| {
        parts.extend(value.map(|value| m.filled(label, value)));
    };
    part(labels::LINE, place.line.map(|line| line.to_string()));
    part(labels::RECORD, place.record.map(|number| number.to_string()));
    part(labels::KEY, place.key.clone());
    match (place.offset, place.length) {
        (Some(at), Some(length)) => {
            part(labels::BYTES_FROM, Some(format!("{at}\u{2013}{}", at.saturating_add(length))));
        }
        (at, _) => part(labels::BYTE, at.map(|at| at.to_string())),
    }
    part(labels::METADATA_BYTE, place.metadata_offset.map(|at| at.to_string()));
    parts
}

/// Findings, the heaviest first; those of one rule together, with what it means.
pub(super) fn findings(m: &mut Markup, findings: &[FindingReport], pieces: &Pieces<'_>) {
    let mut sorted: Vec<&FindingReport> = findings.iter().collect();
    sorted.sort_by_key(|finding| (Reverse(finding.severity), finding.rule));
    m.element("ul.findings", |m| {
        for of_rule in sorted.chunk_by(|a, b| (a.severity, a.rule) == (b.severity, b.rule)) {
            m.element("li", |m| self::of_rule(m, of_rule, pieces));
        }
    });
}

fn of_rule(m: &mut Markup, findings: &[&FindingReport], pieces: &Pieces<'_>) {
    let Some(first) = findings.first() else { return };
    let rule = first.rule.rule();
    m.element("p.rule", |m| {
        marked(m, Tone::of_severity(first.severity), labels::severity(first.severity));
        m.text(" ");
        m.leaf("code", rule.id);
        m.text(" ");
        m.label("strong", rule.title);
    });
    m.label("p.explanation", rule.explanation);
    for finding in findings {
        m.leaf("p.message", finding.told(m.language));
        if let Some(excuse) = finding.excuse(m.language) {
            m.leaf("p.excused", excuse);
        }
        for quote in finding.evidence.iter().take(MOST_EVIDENCE) {
            m.element("div.cited", |m| {
                pieces.place(m, &quote.place);
                m.leaf("code.quote", &quote.value);
            });
        }
        more(m, finding.evidence.len());
    }
}
