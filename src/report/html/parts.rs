//! Parts that recur: verdicts, findings, moments, places in evidence. The report on a case and one on image files look
//! alike because they are made of these.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDateTime, Utc};

use super::{
    labels,
    markup::{Attributes, Markup, all_visible},
};
use crate::{
    judge::{Severity, Texts, Verdict},
    report::{
        result::{FindingReport, Place},
        text,
    },
    sighting::{
        FactKey, Value,
        deployment::{Citation, Moment},
    },
};

/// Pieces of evidence that are shown for one thing, the best first; the JSON form has all.
pub(super) const MOST_EVIDENCE: usize = 4;

/// How something weighs. Each has its own shape and words besides its colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tone {
    Good,
    Unsure,
    Bad,
    Neutral,
}

impl Tone {
    pub(super) fn of(verdict: Option<Verdict>) -> Self {
        match verdict {
            Some(Verdict::Approved) => Self::Good,
            Some(Verdict::Consistent | Verdict::Undecided) => Self::Unsure,
            Some(_) => Self::Bad,
            None => Self::Neutral,
        }
    }

    fn of_severity(severity: Severity) -> Self {
        match severity {
            Severity::Info => Self::Neutral,
            Severity::Warn => Self::Unsure,
            Severity::Deny => Self::Bad,
        }
    }

    /// The class in the style sheet.
    pub(super) fn class(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Unsure => "unsure",
            Self::Bad => "bad",
            Self::Neutral => "neutral",
        }
    }
}

/// An element in the colours of a tone.
pub(super) fn toned(
    m: &mut Markup,
    name: &'static str,
    class: &'static str,
    tone: Tone,
    inside: impl FnOnce(&mut Markup),
) {
    m.element_with(name, &[("class", &format_args!("{class} {}", tone.class()))], inside);
}

/// A verdict in a word; a lack of one as well.
pub(super) fn verdict_word(verdict: Option<Verdict>) -> Texts {
    verdict.map_or(labels::NOT_JUDGED, labels::verdict)
}

/// A sign of 16 by 16 units: a disc with a tick, a diamond with a bar, an octagon with a cross, a ring.
pub(super) fn sign(m: &mut Markup, tone: Tone) {
    let (shape, mark) = match tone {
        Tone::Good => ("M8 0a8 8 0 1 0 0 16a8 8 0 1 0 0-16z", "M4 8.5l3 3 5.2-6"),
        Tone::Unsure => ("M8 0l8 8-8 8-8-8z", "M8 4v5M8 11v1.4"),
        Tone::Bad => ("M4.7 0h6.6L16 4.7v6.6L11.3 16H4.7L0 11.3V4.7z", "M5 5l6 6M11 5l-6 6"),
        Tone::Neutral => ("M8 0a8 8 0 1 0 0 16a8 8 0 1 0 0-16z", "M4.5 8h7"),
    };
    m.empty("path.shape", &[("d", &shape)]);
    m.empty("path.mark", &[("d", &mark)]);
}

fn icon(m: &mut Markup, tone: Tone) {
    let attributes: Attributes<'_> = &[("xmlns", &SVG), ("viewBox", &"0 0 16 16"), ("aria-hidden", &"true")];
    m.element_with("svg.icon", attributes, |m| sign(m, tone));
}

/// The namespace of drawings.
pub(super) const SVG: &str = "http://www.w3.org/2000/svg";

/// A word on a coloured ground, with the sign for its tone.
pub(super) fn badge(m: &mut Markup, tone: Tone, word: Texts) {
    toned(m, "span", "badge", tone, |m| {
        icon(m, tone);
        m.say(word);
    });
}

/// A verdict on a coloured ground.
pub(super) fn verdict_badge(m: &mut Markup, verdict: Option<Verdict>) {
    badge(m, Tone::of(verdict), verdict_word(verdict));
}

/// A verdict large enough to be the first thing that is read.
pub(super) fn large_verdict(m: &mut Markup, verdict: Option<Verdict>) {
    icon(m, Tone::of(verdict));
    m.say(verdict_word(verdict));
}

/// A word with the sign for its tone, on no ground of its own.
pub(super) fn marked(m: &mut Markup, tone: Tone, word: Texts) {
    toned(m, "span", "marked", tone, |m| {
        icon(m, tone);
        m.say(word);
    });
}

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
        if citation.at != Moment::default() {
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

/// Findings, the heaviest first, with what their rules mean.
pub(super) fn findings(m: &mut Markup, findings: &[FindingReport], pieces: &Pieces<'_>) {
    let mut sorted: Vec<&FindingReport> = findings.iter().collect();
    sorted.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    m.element("ul.findings", |m| {
        for finding in sorted {
            m.element("li", |m| self::finding(m, finding, pieces));
        }
    });
}

fn finding(m: &mut Markup, finding: &FindingReport, pieces: &Pieces<'_>) {
    let rule = finding.rule.rule();
    m.element("p.rule", |m| {
        marked(m, Tone::of_severity(finding.severity), labels::severity(finding.severity));
        m.text(" ");
        m.leaf("code", rule.id);
        m.text(" ");
        m.label("strong", rule.title);
    });
    m.leaf("p", &finding.message);
    m.label("p.explanation", rule.explanation);
    for quote in finding.evidence.iter().take(MOST_EVIDENCE) {
        m.element("div.cited", |m| {
            pieces.place(m, &quote.place);
            m.leaf("code.quote", &quote.value);
        });
    }
    more(m, finding.evidence.len());
}

/// A moment with all that is known of it.
pub(super) fn moment(m: &mut Markup, moment: Moment) {
    match (moment.utc, moment.local) {
        (Some(utc), local) => {
            let machine = utc.to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
            m.element_with("time", &[("datetime", &machine)], |m| m.text(utc_text(&utc)));
            let local = local.map(|local| m.filled(labels::LOCAL, local_text(&local)));
            let known = moment.known.and_then(labels::known).map(|how| how.get(m.language).to_owned());
            let aside: Vec<String> = local.into_iter().chain(known).collect();
            if !aside.is_empty() {
                m.leaf("span.aside", aside.join("; "));
            }
        }
        (None, Some(local)) => {
            m.leaf("time", local_text(&local));
            m.label("span.aside.local", labels::LOCAL_TIME);
        }
        (None, None) => m.label("span.unknown", labels::NOT_KNOWN),
    }
}

/// A moment in one short text.
pub(super) fn moment_text(m: &Markup, moment: Moment) -> String {
    match (moment.utc, moment.local) {
        (Some(utc), _) => utc_text(&utc),
        (None, Some(local)) => m.filled(labels::LOCAL, local_text(&local)),
        (None, None) => labels::NO_TIMES.get(m.language).to_owned(),
    }
}

pub(super) fn utc_text(at: &DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M:%S UTC").to_string()
}

fn local_text(at: &NaiveDateTime) -> String {
    at.format("%Y-%m-%d %H:%M:%S").to_string()
}

/// Seconds between two moments by the same clock; `None` where there is no such clock, or time runs backwards.
pub(super) fn seconds_between(from: Moment, to: Moment) -> Option<i64> {
    let utc = from.utc.zip(to.utc).map(|(from, to)| to.signed_duration_since(from));
    let local = || from.local.zip(to.local).map(|(from, to)| to.signed_duration_since(from));
    utc.or_else(local).map(|span| span.num_seconds()).filter(|seconds| *seconds >= 0)
}

/// A length of time in its two largest units.
pub(super) fn duration(m: &Markup, seconds: i64) -> String {
    let units = [
        (seconds / 86400, labels::DAYS),
        (seconds / 3600 % 24, labels::HOURS),
        (seconds / 60 % 60, labels::MINUTES),
        (seconds % 60, labels::SECONDS),
    ];
    let first = units.iter().position(|(count, _)| *count > 0).unwrap_or(3);
    let told = units.iter().skip(first).take(2).filter(|(count, _)| *count > 0 || seconds == 0);
    told.map(|(count, unit)| m.filled(*unit, count)).collect::<Vec<_>>().join(" ")
}

/// A number of bytes.
pub(super) fn bytes(m: &Markup, count: u64) -> String {
    let english = text::bytes(count);
    let (digits, rest) = english.split_once(" bytes").unwrap_or((&english, ""));
    format!("{}{rest}", m.filled(labels::BYTES, digits))
}

/// Facts that are a number of bytes.
const SIZES: [FactKey; 5] = [
    FactKey::FileSize,
    FactKey::TotalBytes,
    FactKey::HardLinkBytes,
    FactKey::WimTotalBytes,
    FactKey::ChunkSize,
];

/// A value of a fact, for people.
pub(super) fn value_text(m: &Markup, key: FactKey, value: &Value) -> String {
    match (key, value) {
        (_, Value::Time(at)) => utc_text(at),
        (key, Value::Number(count)) if SIZES.contains(&key) => bytes(m, *count),
        _ => value.to_string(),
    }
}

/// A text that fits into a number of cells, two for a wide character.
pub(super) fn fitted(text: &str, cells: usize) -> String {
    use unicode_width::UnicodeWidthChar as _;
    let text = all_visible(text);
    let mut used = 0;
    for (at, c) in text.char_indices() {
        used += c.width().unwrap_or(1);
        if used > cells {
            let mut kept: String = text.get(..at).unwrap_or_default().to_owned();
            kept.pop();
            return kept + "\u{2026}";
        }
    }
    text
}
