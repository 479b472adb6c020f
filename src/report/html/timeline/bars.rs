//! The bar of a deployment, cut into its phases.

use super::{Range, letter, text};
use crate::{
    report::{
        case_words,
        html::{
            figures::{duration, fitted},
            labels,
            markup::{Attributes, Markup},
        },
    },
    sighting::deployment::{Deployment, Moment, Phase},
};

/// Where bars begin.
pub(super) const LEFT: i64 = 166;
/// How high a bar is.
pub(super) const HEIGHT: i64 = 14;
const WIDTH: i64 = 450;

/// Which of the times of a moment is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Clock {
    Utc,
    Local,
}

impl Clock {
    /// Seconds since 1970; of a local time, as if it were UTC.
    pub(super) fn read(self, moment: Moment) -> Option<i64> {
        match self {
            Self::Utc => moment.utc.map(|at| at.timestamp()),
            Self::Local => moment.local.map(|at| at.and_utc().timestamp()),
        }
    }
}

/// The bar of a deployment, by one clock.
#[derive(Debug)]
pub(super) struct Bars<'d> {
    clock: Clock,
    /// Begin and end, where known, and the phases between.
    spans: Vec<Span<'d>>,
    range: Range,
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
    pub(super) fn new(deployment: &'d Deployment) -> Self {
        let ends = || {
            let phases = deployment.phases.iter().flat_map(|phase| [phase.begun, phase.ended]);
            [deployment.begun, deployment.ended].into_iter().chain(phases)
        };
        let told = |clock: Clock| ends().filter(|moment| clock.read(*moment).is_some()).count();
        let clock = if told(Clock::Local) > told(Clock::Utc) { Clock::Local } else { Clock::Utc };
        let range = Range::of(ends().filter_map(|moment| clock.read(moment)));
        let open_end = clock.read(deployment.ended).is_none();
        let mut spans = Vec::new();
        for (at, phase) in deployment.phases.iter().enumerate() {
            let Some(from) = clock.read(phase.begun) else { continue };
            let next = || deployment.phases.get(at + 1).and_then(|next| clock.read(next.begun));
            let to = clock.read(phase.ended).or_else(next).unwrap_or(range.last).max(from);
            spans.push(Span { number: at, phase, from, to });
        }
        Self { clock, spans, range, open_end }
    }

    fn x(&self, at: i64) -> i64 {
        LEFT + self.range.share(at, WIDTH)
    }

    /// Draws it at a height.
    pub(super) fn draw(&self, m: &mut Markup, y: i64) {
        if self.range.is_empty() {
            m.empty("path.track", &[("d", &format_args!("M{LEFT} {}h{WIDTH}", y + HEIGHT / 2))]);
            return;
        }
        let local = self.clock == Clock::Local;
        let whole = match (self.spans.is_empty(), local) {
            (true, true) => "rect.phase.even.local",
            (true, false) => "rect.phase.even",
            (false, _) => "rect.span",
        };
        // One moment alone is a stub, not a line over nothing.
        let width = if self.range.first == self.range.last { HEIGHT } else { WIDTH };
        bar(m, whole, LEFT, width, y);
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
            let x = LEFT + width;
            m.empty("path.open", &[("d", &format_args!("M{x} {}h24", y + HEIGHT / 2))]);
        }
    }

    /// Length and phases in words.
    pub(super) fn caption(&self, m: &Markup) -> String {
        let mut parts = Vec::new();
        if self.range.last > self.range.first {
            let length = duration(m, self.range.last - self.range.first);
            let by_utc = self.clock == Clock::Utc;
            parts.push(if by_utc { length } else { m.filled(labels::BY_LOCAL_CLOCK, length) });
        }
        if self.open_end && !self.range.is_empty() {
            parts.push(labels::END_UNKNOWN.get(m.language).to_owned());
        }
        let mut caption = parts.join(", ");
        for (span, nth) in self.spans.iter().zip(0..) {
            let separator = if nth == 0 && !caption.is_empty() { ": " } else { " " };
            let letter = letter(span.number).map(String::from).unwrap_or_default();
            caption.push_str(separator);
            caption.push_str(&letter);
            caption.push('\u{a0}');
            caption.push_str(&fitted(&case_words::phase(span.phase, m.language), 24));
            caption.push(',');
        }
        caption.trim_end_matches(',').to_owned()
    }
}

fn bar(m: &mut Markup, selector: &'static str, x: i64, width: i64, y: i64) {
    m.empty(selector, &[("x", &x), ("y", &y), ("width", &width), ("height", &HEIGHT)]);
}

/// Patterns for what is known in local time only.
pub(super) fn hatching(m: &mut Markup) {
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
