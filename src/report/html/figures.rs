//! Times, lengths and sizes for people.

use chrono::{DateTime, NaiveDateTime, SecondsFormat, Utc};
use unicode_width::UnicodeWidthChar as _;

use super::{
    labels,
    markup::{Markup, all_visible},
};
use crate::{
    report::text,
    sighting::{FactKey, Value, deployment::Moment},
};

/// A moment with all that is known of it.
pub(super) fn moment(m: &mut Markup, moment: Moment) {
    match (moment.utc, moment.local) {
        (Some(utc), local) => {
            let machine = utc.to_rfc3339_opts(SecondsFormat::Secs, true);
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

/// Seconds between two moments by the same clock: that of a local time stays the same only where no instant shows that it
/// was set; `None` where there is no such clock, or time runs backwards.
pub(super) fn seconds_between(from: Moment, to: Moment) -> Option<i64> {
    let utc = from.utc.zip(to.utc).map(|(from, to)| to.signed_duration_since(from));
    let local = || from.local.zip(to.local).map(|(from, to)| to.signed_duration_since(from));
    let one_clock = from.utc.is_none() && to.utc.is_none();
    utc.or_else(|| local().filter(|_| one_clock))
        .map(|span| span.num_seconds())
        .filter(|seconds| *seconds >= 0)
}

/// The time between two moments in words, and by which clock where that is not UTC.
pub(super) fn span(m: &Markup, from: Moment, to: Moment) -> Option<String> {
    let length = duration(m, seconds_between(from, to)?);
    let by_utc = from.utc.is_some() && to.utc.is_some();
    Some(if by_utc { length } else { m.filled(labels::BY_LOCAL_CLOCK, length) })
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
