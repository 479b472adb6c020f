//! What is wrong in a policy file, shown like a compiler does: the line, the place in it, what was expected.

use std::ops::Range;

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet, renderer::DecorStyle};

/// Faults that are shown of one file.
const MOST: usize = 20;

/// Something that cannot be understood.
#[derive(Debug)]
pub(super) struct Fault {
    /// Bytes of the text.
    span: Range<usize>,
    /// What is wrong.
    message: String,
    /// What should stand there.
    expected: String,
}

impl Fault {
    pub(super) fn new(span: Range<usize>, message: impl Into<String>, expected: impl Into<String>) -> Self {
        Self { span, message: message.into(), expected: expected.into() }
    }

    /// What the reader of TOML says.
    pub(super) fn of(error: &toml::de::Error) -> Self {
        Self::new(error.span().unwrap_or_default(), error.message(), "")
    }
}

/// All of them, in the order of the file.
pub(super) fn shown(faults: &[Fault], text: &str, name: &str) -> String {
    let mut sorted: Vec<&Fault> = faults.iter().collect();
    sorted.sort_by_key(|fault| (fault.span.start, fault.span.end));
    let renderer = Renderer::plain().decor_style(DecorStyle::Ascii);
    let mut told: Vec<String> =
        sorted.iter().take(MOST).map(|fault| one(fault, text, name, &renderer)).collect();
    let rest = faults.len().saturating_sub(MOST);
    if rest > 0 {
        told.push(format!("and {rest} more"));
    }
    told.push("no decision is made under a policy that is not understood".to_owned());
    told.join("\n")
}

fn one(fault: &Fault, text: &str, name: &str, renderer: &Renderer) -> String {
    let place = AnnotationKind::Primary.span(on_one_line(&fault.span, text)).label(&fault.expected);
    let report = [Level::ERROR
        .no_name()
        .primary_title(&fault.message)
        .element(Snippet::source(text).path(name).annotation(place))];
    renderer.render(&report).trim_start_matches(": ").to_owned()
}

/// The part of a span that stands on its first line, between whole characters.
fn on_one_line(span: &Range<usize>, text: &str) -> Range<usize> {
    let whole = |at: usize| (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    let start = whole(span.start);
    let rest = text.get(start..).unwrap_or_default();
    let line = rest.find(['\n', '\r']).unwrap_or(rest.len());
    start..whole(span.end).clamp(start, start + line)
}
