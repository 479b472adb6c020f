//! Deployments drawn on a time axis.
//!
//! The axis is the calendar and runs down the left side; each deployment has a row of its own, in order, tied to its
//! place on the axis by a line. So nothing can overlap, however close together or many they are. A bar spans the
//! deployment, whatever its length, and is cut into phases.

use chrono::{DateTime, Datelike as _, NaiveDate};

use super::{
    labels,
    markup::{Attributes, Markup},
    parts::{SVG, Tone, duration, fitted, moment_text, sign, verdict_word},
};
use crate::{
    report::case::DeploymentReport,
    sighting::deployment::{Deployment, Moment, Phase},
};

/// Units of the drawing; a unit is about a pixel of a screen.
const WIDTH: i64 = 800;
const ROW: i64 = 76;
const TOP: i64 = 14;
const AXIS: i64 = 92;
const ROWS_LEFT: i64 = 136;
const BAR_LEFT: i64 = 166;
const BAR_WIDTH: i64 = 450;
const BAR_HEIGHT: i64 = 14;
const VERDICT_LEFT: i64 = 660;
/// Least distance of two dates on the axis.
const TICK_GAP: i64 = 24;
/// A cell of text takes about this many tenths of a unit.
const CELL: i64 = 72;

/// Draws the deployments.
pub(super) fn draw(m: &mut Markup, deployments: &[DeploymentReport<'_>]) {
    let rows = i64::try_from(deployments.len()).unwrap_or(i64::MAX / ROW);
    let height = rows.saturating_mul(ROW).saturating_add(2 * TOP);
    let view = format!("0 0 {WIDTH} {height}");
    let (title, text) = ("timeline-title", "timeline-text");
    let labelled = format!("{title} {text}");
    let attributes: Attributes<'_> =
        &[("xmlns", &SVG), ("viewBox", &view), ("role", &"img"), ("aria-labelledby", &labelled)];
    m.element_with("svg.timeline", attributes, |m| {
        m.element_with("title", &[("id", &title)], |m| m.say(labels::TIMELINE));
        m.element_with("desc", &[("id", &text)], |m| {
            m.say_with(labels::TIMELINE_DESCRIPTION, deployments.len());
        });
        hatching(m);
        let axis = Axis::new(deployments.iter().filter_map(|d| calendar(begun(d.deployment))), height);
        axis.draw(m);
        for (report, row) in deployments.iter().zip(0..) {
            let top = TOP + row * ROW;
            let begun = begun(report.deployment);
            if let Some(seconds) = calendar(begun) {
                leader(m, axis.y(seconds), top + 17, begun.utc.is_none());
            }
            self::row(m, report, top);
        }
    });
}

/// When a deployment began, as well as it is known.
fn begun(deployment: &Deployment) -> Moment {
    let phases = deployment.phases.iter().flat_map(|phase| [phase.begun, phase.ended]);
    let mut moments = [deployment.begun].into_iter().chain(phases).chain([deployment.ended]);
    moments.find(|moment| calendar(*moment).is_some()).unwrap_or_default()
}

/// The place of a moment on the axis in seconds; a local time stands where it would stand were it UTC.
fn calendar(moment: Moment) -> Option<i64> {
    Clock::Utc.read(moment).or_else(|| Clock::Local.read(moment))
}

/// Which of the times of a moment is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Clock {
    Utc,
    Local,
}

impl Clock {
    fn read(self, moment: Moment) -> Option<i64> {
        match self {
            Self::Utc => moment.utc.map(|at| at.timestamp()),
            Self::Local => moment.local.map(|at| at.and_utc().timestamp()),
        }
    }
}

/// The calendar along the left side.
#[derive(Debug)]
struct Axis {
    first: i64,
    last: i64,
    top: i64,
    height: i64,
}

impl Axis {
    fn new(marks: impl Iterator<Item = i64>, height: i64) -> Self {
        let (mut first, mut last) = (i64::MAX, i64::MIN);
        for mark in marks {
            (first, last) = (first.min(mark), last.max(mark));
        }
        // Half a row remains free at both ends.
        Self { first, last, top: TOP + 17, height: (height - 2 * TOP - ROW).max(0) }
    }

    fn is_empty(&self) -> bool {
        self.first > self.last
    }

    fn y(&self, seconds: i64) -> i64 {
        let (at, span) =
            (i128::from(seconds) - i128::from(self.first), i128::from(self.last) - i128::from(self.first));
        let y = if span == 0 { 0 } else { at * i128::from(self.height) / span };
        self.top + i64::try_from(y).unwrap_or_default()
    }

    fn draw(&self, m: &mut Markup) {
        if self.is_empty() {
            return;
        }
        let (top, bottom) = (self.top - 12, self.top + self.height + 12);
        m.empty("path.axis", &[("d", &format_args!("M{AXIS} {top}V{bottom}"))]);
        for (seconds, date) in ticks(self.first, self.last, self.height / TICK_GAP) {
            let y = self.y(seconds);
            m.empty("path.axis", &[("d", &format_args!("M{} {y}H{AXIS}", AXIS - 5))]);
            text(m, "text.tick", AXIS - 9, y + 4, date);
        }
    }
}

/// Dates to write along the axis, at most about `most`, with their seconds since 1970.
fn ticks(first: i64, last: i64, most: i64) -> Vec<(i64, String)> {
    let date = |seconds: i64| DateTime::from_timestamp(seconds, 0).map(|at| at.date_naive());
    let (Some(from), Some(to)) = (date(first), date(last)) else { return Vec::new() };
    let months = |day: NaiveDate| i64::from(day.year()) * 12 + i64::from(day.month0());
    let (begin, end) = (months(from), months(to));
    let fits = |step: &i64| (end - begin) / step < most.max(1);
    let steps = [1, 2, 3, 6, 12, 24, 60, 120, 600, 1200, 12_000, 120_000];
    let regular = steps.into_iter().find(fits).filter(|_| end - begin >= 2);
    let starts =
        regular.map(|step| (begin.div_euclid(step) + 1..=end.div_euclid(step)).map(move |n| n * step));
    let mut found: Vec<(i64, String)> = starts.into_iter().flatten().filter_map(month_start).collect();
    if found.is_empty() {
        // All within weeks: the first and the last day say it.
        found.push((first, from.to_string()));
        if to != from && most >= 1 {
            found.push((last, to.to_string()));
        }
    }
    found
}

fn month_start(months: i64) -> Option<(i64, String)> {
    let (year, month) =
        (i32::try_from(months.div_euclid(12)).ok()?, u32::try_from(months.rem_euclid(12)).ok()?);
    let day = NaiveDate::from_ymd_opt(year, month + 1, 1)?;
    Some((day.and_hms_opt(0, 0, 0)?.and_utc().timestamp(), format!("{year:04}-{:02}", month + 1)))
}

/// The line from a place on the axis to a row.
fn leader(m: &mut Markup, from: i64, to: i64, local: bool) {
    let (bend, end) = (AXIS + 14, ROWS_LEFT - 2);
    let selector = if local { "path.leader.local" } else { "path.leader" };
    m.empty(selector, &[("d", &format_args!("M{AXIS} {from}H{bend}L{} {to}H{end}", ROWS_LEFT - 12))]);
    let dot = if local { "circle.dot.local" } else { "circle.dot" };
    m.empty(dot, &[("cx", &AXIS), ("cy", &from), ("r", &4)]);
}

fn row(m: &mut Markup, report: &DeploymentReport<'_>, top: i64) {
    let deployment = report.deployment;
    let tone = Tone::of(report.verdict);
    let target = format!("#d{}", deployment.number);
    m.element_with("a", &[("href", &target)], |m| {
        m.empty("circle.number", &[("cx", &(ROWS_LEFT + 10)), ("cy", &(top + 17)), ("r", &12)]);
        text(m, "text.number", ROWS_LEFT + 10, top + 21, deployment.number);
    });
    let name = super::card::image_name(m, deployment);
    let head = format!(
        "{} \u{b7} {}",
        moment_text(m, begun(deployment)),
        labels::kind(deployment.kind).get(m.language)
    );
    text(m, "text.when", BAR_LEFT, top + 12, fitted(&head, cells(VERDICT_LEFT - BAR_LEFT - 10)));
    text(m, "text.image", BAR_LEFT, top + 29, fitted(&name, cells(VERDICT_LEFT - BAR_LEFT - 10)));
    let bars = Bars::new(deployment);
    bars.draw(m, top + 36);
    text(
        m,
        "text.phases",
        BAR_LEFT,
        top + 36 + BAR_HEIGHT + 13,
        fitted(&bars.caption(m), cells(WIDTH - BAR_LEFT) * 9 / 8),
    );
    let group = format!("translate({VERDICT_LEFT} {})", top + 9);
    let class = format!("sign {}", tone.class());
    m.element_with("g", &[("class", &class), ("transform", &group)], |m| sign(m, tone));
    text(m, "text.verdict", VERDICT_LEFT + 22, top + 21, verdict_word(report.verdict).get(m.language));
}

fn text(m: &mut Markup, selector: &'static str, x: i64, y: i64, text: impl std::fmt::Display) {
    m.element_with(selector, &[("x", &x), ("y", &y)], |m| m.text(text));
}

fn cells(units: i64) -> usize {
    usize::try_from(units * 10 / CELL).unwrap_or_default()
}

/// Patterns for what is known in local time only.
fn hatching(m: &mut Markup) {
    m.element("defs", |m| {
        for id in ["hatch-even", "hatch-odd"] {
            let attributes: Attributes<'_> = &[
                ("id", &id),
                ("width", &6),
                ("height", &6),
                ("patternUnits", &"userSpaceOnUse"),
                ("patternTransform", &"rotate(45)"),
            ];
            m.element_with("pattern", attributes, |m| {
                m.empty("rect.hatch-ground", &[("width", &6), ("height", &6)]);
                m.empty("rect", &[("class", &format_args!("{id}-line")), ("width", &3), ("height", &6)]);
            });
        }
    });
}

/// The bar of a deployment, by one clock.
#[derive(Debug)]
struct Bars<'d> {
    clock: Clock,
    /// Begin and end, where known, and the phases between.
    spans: Vec<Span<'d>>,
    first: i64,
    last: i64,
    open_end: bool,
}

#[derive(Debug)]
struct Span<'d> {
    /// Place of the phase in the list.
    number: usize,
    phase: &'d Phase,
    from: i64,
    to: i64,
}

impl<'d> Bars<'d> {
    fn new(deployment: &'d Deployment) -> Self {
        let ends = || {
            let phases = deployment.phases.iter().flat_map(|phase| [phase.begun, phase.ended]);
            [deployment.begun, deployment.ended].into_iter().chain(phases)
        };
        let told = |clock: Clock| ends().filter(|moment| clock.read(*moment).is_some()).count();
        let clock = if told(Clock::Local) > told(Clock::Utc) { Clock::Local } else { Clock::Utc };
        let (mut first, mut last) = (i64::MAX, i64::MIN);
        for at in ends().filter_map(|moment| clock.read(moment)) {
            (first, last) = (first.min(at), last.max(at));
        }
        let open_end = clock.read(deployment.ended).is_none();
        let mut spans = Vec::new();
        for (at, phase) in deployment.phases.iter().enumerate() {
            let Some(from) = clock.read(phase.begun) else { continue };
            let next = || deployment.phases.get(at + 1).and_then(|next| clock.read(next.begun));
            let to = clock.read(phase.ended).or_else(next).unwrap_or(last).max(from);
            spans.push(Span { number: at, phase, from, to });
        }
        Self { clock, spans, first, last, open_end }
    }

    fn x(&self, at: i64) -> i64 {
        let (at, span) =
            (i128::from(at) - i128::from(self.first), i128::from(self.last) - i128::from(self.first));
        let x = if span <= 0 { 0 } else { at * i128::from(BAR_WIDTH) / span };
        BAR_LEFT + i64::try_from(x).unwrap_or_default()
    }

    fn draw(&self, m: &mut Markup, y: i64) {
        if self.first > self.last {
            m.empty("path.track", &[("d", &format_args!("M{BAR_LEFT} {}h{BAR_WIDTH}", y + BAR_HEIGHT / 2))]);
            return;
        }
        let local = self.clock == Clock::Local;
        let whole = match (self.spans.is_empty(), local) {
            (true, true) => "rect.phase.even.local",
            (true, false) => "rect.phase.even",
            (false, _) => "rect.span",
        };
        // One moment alone is a stub, not a line over nothing.
        let width = if self.first == self.last { BAR_HEIGHT } else { BAR_WIDTH };
        bar(m, whole, BAR_LEFT, width, y);
        for span in &self.spans {
            let number = span.number;
            let selector = match (local, number % 2 == 0) {
                (true, true) => "rect.phase.even.local",
                (true, false) => "rect.phase.odd.local",
                (false, true) => "rect.phase.even",
                (false, false) => "rect.phase.odd",
            };
            let (from, to) = (self.x(span.from), self.x(span.to));
            let width = (to - from).max(2);
            bar(m, selector, from, width, y);
            if let Some(letter) = letter(number).filter(|_| width >= 14) {
                text(
                    m,
                    if local { "text.letter.local" } else { "text.letter" },
                    from + width / 2,
                    y + 11,
                    letter,
                );
            }
        }
        if self.open_end {
            let x = BAR_LEFT + width;
            m.empty("path.open", &[("d", &format_args!("M{x} {}h24", y + BAR_HEIGHT / 2))]);
        }
    }

    /// Length and phases in words.
    fn caption(&self, m: &Markup) -> String {
        let mut parts = Vec::new();
        if self.last > self.first {
            parts.push(duration(m, self.last - self.first));
        }
        if self.open_end {
            parts.push(labels::END_UNKNOWN.get(m.language).to_owned());
        }
        let mut caption = parts.join(", ");
        for (span, nth) in self.spans.iter().zip(0..) {
            let separator = if nth == 0 && !caption.is_empty() { ": " } else { " " };
            let letter = letter(span.number).map(String::from).unwrap_or_default();
            caption.push_str(separator);
            caption.push_str(&letter);
            caption.push('\u{a0}');
            caption.push_str(&fitted(&span.phase.name, 24));
            caption.push(',');
        }
        caption.trim_end_matches(',').to_owned()
    }
}

fn bar(m: &mut Markup, selector: &'static str, x: i64, width: i64, y: i64) {
    m.empty(selector, &[("x", &x), ("y", &y), ("width", &width), ("height", &BAR_HEIGHT)]);
}

/// The letter that stands for a phase in the drawing and in the table of phases; the first 26 have one.
pub(super) fn letter(number: usize) -> Option<char> {
    ('a'..='z').nth(number)
}
