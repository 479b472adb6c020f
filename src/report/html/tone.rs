//! Verdicts and what else weighs, told by word, shape and colour together.

use super::{
    labels,
    markup::{Attributes, Markup},
};
use crate::judge::{ExitCode, Severity, Texts, Verdict};

/// How something weighs. Each has its own shape and words besides its colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::report) enum Tone {
    Good,
    Unsure,
    Bad,
    Neutral,
}

impl Tone {
    pub(in crate::report) fn of(verdict: Option<Verdict>) -> Self {
        match verdict {
            Some(Verdict::Approved) => Self::Good,
            Some(Verdict::Consistent | Verdict::Undecided) => Self::Unsure,
            Some(_) => Self::Bad,
            None => Self::Neutral,
        }
    }

    pub(in crate::report) fn of_code(code: ExitCode) -> Self {
        match code {
            ExitCode::Approved => Self::Good,
            ExitCode::Undecided => Self::Unsure,
            ExitCode::NotApproved | ExitCode::Usage => Self::Bad,
        }
    }

    pub(super) fn of_severity(severity: Severity) -> Self {
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

/// A word large enough to be the first thing that is read.
pub(super) fn large_word(m: &mut Markup, tone: Tone, word: Texts) {
    icon(m, tone);
    m.say(word);
}

/// A word with the sign for its tone, on no ground of its own.
pub(super) fn marked(m: &mut Markup, tone: Tone, word: Texts) {
    toned(m, "span", "marked", tone, |m| {
        icon(m, tone);
        m.say(word);
    });
}
