//! Deployments drawn on a time axis.
//!
//! The axis is the calendar and runs down the left side; each deployment has a row of its own, in order, tied to its
//! place on the axis by a line. So nothing can overlap, however close together or many they are. A bar spans the
//! deployment, whatever its length, and is cut into phases.

mod axis;
mod bars;

use std::fmt::Display;

use super::{
    card::image_name,
    figures::{fitted, moment_text},
    labels,
    markup::{Attributes, Markup},
    tone::{SVG, Tone, sign, verdict_word},
};
use crate::{
    report::case::DeploymentReport,
    sighting::deployment::{Deployment, Moment},
};
use axis::Axis;
use bars::{Bars, Clock, hatching};

/// Units of the drawing; a unit is about a pixel of a screen.
const WIDTH: i64 = 800;
const ROW: i64 = 76;
const TOP: i64 = 14;
const ROWS_LEFT: i64 = 136;
const VERDICT_LEFT: i64 = 660;
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
        &[("xmlns", &SVG), ("viewBox", &view), ("role", &"group"), ("aria-labelledby", &labelled)];
    m.element_with("svg.timeline", attributes, |m| {
        m.element_with("title", &[("id", &title)], |m| m.say(labels::TIMELINE));
        m.element_with("desc", &[("id", &text)], |m| {
            m.say_with(labels::TIMELINE_DESCRIPTION, deployments.len());
        });
        hatching(m);
        let marks = deployments.iter().filter_map(|d| calendar(begun(d.deployment)));
        let axis = Axis::new(marks, TOP + 17, (height - 2 * TOP - ROW).max(0));
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

/// The times from the first to the last of some, in seconds since 1970.
#[derive(Debug, Clone, Copy)]
struct Range {
    first: i64,
    last: i64,
}

impl Range {
    fn of(times: impl Iterator<Item = i64>) -> Self {
        let mut range = Self { first: i64::MAX, last: i64::MIN };
        for at in times {
            (range.first, range.last) = (range.first.min(at), range.last.max(at));
        }
        range
    }

    fn is_empty(self) -> bool {
        self.first > self.last
    }

    /// The share of `length` at which a time stands.
    fn share(self, at: i64, length: i64) -> i64 {
        let [at, first, last] = [at, self.first, self.last].map(i128::from);
        let share = if last > first { (at - first) * i128::from(length) / (last - first) } else { 0 };
        i64::try_from(share).unwrap_or_default()
    }
}

/// The line from a place on the axis to a row.
fn leader(m: &mut Markup, from: i64, to: i64, local: bool) {
    let (bend, end) = (axis::X + 14, ROWS_LEFT - 2);
    let selector = if local { "path.leader.local" } else { "path.leader" };
    m.empty(selector, &[("d", &format_args!("M{} {from}H{bend}L{} {to}H{end}", axis::X, ROWS_LEFT - 12))]);
    let dot = if local { "circle.dot.local" } else { "circle.dot" };
    m.empty(dot, &[("cx", &axis::X), ("cy", &from), ("r", &4)]);
}

fn row(m: &mut Markup, report: &DeploymentReport<'_>, top: i64) {
    let deployment = report.deployment;
    let tone = Tone::of(report.verdict);
    let target = format!("#d{}", deployment.number);
    m.element_with("a", &[("href", &target)], |m| {
        m.empty("circle.number", &[("cx", &(ROWS_LEFT + 10)), ("cy", &(top + 17)), ("r", &12)]);
        text(m, "text.number", ROWS_LEFT + 10, top + 21, deployment.number);
    });
    let name = image_name(m, deployment);
    let head = format!(
        "{} \u{b7} {}",
        moment_text(m, begun(deployment)),
        labels::kind(deployment.kind).get(m.language)
    );
    text(m, "text.when", bars::LEFT, top + 12, fitted(&head, cells(VERDICT_LEFT - bars::LEFT - 10)));
    text(m, "text.image", bars::LEFT, top + 29, fitted(&name, cells(VERDICT_LEFT - bars::LEFT - 10)));
    let bars = Bars::new(deployment);
    bars.draw(m, top + 36);
    text(
        m,
        "text.phases",
        bars::LEFT,
        top + 36 + bars::HEIGHT + 13,
        fitted(&bars.caption(m), cells(WIDTH - bars::LEFT) * 9 / 8),
    );
    let group = format!("translate({VERDICT_LEFT} {})", top + 9);
    let class = format!("sign {}", tone.class());
    m.element_with("g", &[("class", &class), ("transform", &group)], |m| sign(m, tone));
    text(m, "text.verdict", VERDICT_LEFT + 22, top + 21, verdict_word(report.verdict).get(m.language));
}

fn text(m: &mut Markup, selector: &'static str, x: i64, y: i64, text: impl Display) {
    m.element_with(selector, &[("x", &x), ("y", &y)], |m| m.text(text));
}

fn cells(units: i64) -> usize {
    usize::try_from(units * 10 / CELL).unwrap_or_default()
}

/// The letter that stands for a phase in the drawing and in the table of phases; the first 26 have one.
pub(super) fn letter(number: usize) -> Option<char> {
    ('a'..='z').nth(number)
}
