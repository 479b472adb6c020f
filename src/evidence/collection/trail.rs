//! The way to a file: names of the folders it lies in, across archives.

use std::sync::Arc;

/// Escapes that collectors put into names for characters that Windows or a ZIP does not take.
const ESCAPES: [(&str, &str); 6] =
    [("%3A", ":"), ("%24", "$"), ("%5C", "\\"), ("%7E", "~"), ("%20", " "), ("%25", "%")];

/// One name on the way.
#[derive(Debug, Clone)]
struct Step {
    /// As it stands, without a collector's escapes.
    name: String,
    /// For comparison.
    lower: String,
    /// Where it begins in what is shown.
    shown_at: usize,
}

/// The names on the way to a file or folder, and how that way is shown.
#[derive(Debug, Clone, Default)]
pub(super) struct Trail {
    steps: Vec<Step>,
    shown: String,
}

impl Trail {
    /// The way that `shown` shows; names `before` it are not shown but known.
    pub(super) fn new(before: &[String], shown: &str) -> Self {
        let mut trail = Self::default();
        for name in before {
            trail.add_names(name, None);
        }
        trail.add_names(shown, Some(0));
        trail.shown.push_str(shown);
        trail
    }

    /// The way to something below this folder.
    pub(super) fn below(&self, separator: &str, name: &str) -> Self {
        let mut trail = self.clone();
        trail.shown.push_str(separator);
        trail.add_names(name, Some(trail.shown.len()));
        trail.shown.push_str(name);
        trail
    }

    /// The way into an archive: its name without the end `.zip` is that of a folder (`Windows.old.zip`).
    pub(super) fn into_archive(mut self) -> Self {
        if let Some(step) = self.steps.last_mut() {
            for text in [&mut step.name, &mut step.lower] {
                let stem = text.len().checked_sub(4).filter(|&at| text.get(at..).is_some_and(is_zip_end));
                text.truncate(stem.unwrap_or(text.len()));
            }
        }
        self
    }

    /// Without the first steps, shown as before.
    pub(super) fn without(mut self, steps: usize) -> Self {
        self.steps.drain(..steps.min(self.steps.len()));
        self
    }

    /// Adds the names in a path; separators are those of all systems, for members of archives have any.
    fn add_names(&mut self, path: &str, shown_at: Option<usize>) {
        let mut at = 0;
        for raw in path.split(['/', '\\']) {
            if !raw.is_empty() && raw != "." {
                let name = unescape(raw);
                let lower = name.to_lowercase();
                self.steps.push(Step { name, lower, shown_at: shown_at.map_or(0, |start| start + at) });
            }
            at += raw.len() + 1;
        }
    }

    /// Names in lower case, from the outermost to the file itself.
    pub(super) fn names(&self) -> Vec<&str> {
        self.steps.iter().map(|step| step.lower.as_str()).collect()
    }

    /// A name as it stands.
    pub(super) fn name(&self, index: usize) -> &str {
        self.steps.get(index).map_or("", |step| &step.name)
    }

    /// The path from a step to the end, with backslashes.
    pub(super) fn path_from(&self, index: usize) -> Arc<str> {
        let names = self.steps.iter().skip(index).map(|step| step.name.as_str());
        names.collect::<Vec<_>>().join("\\").into()
    }

    /// What is shown before a step: what the folders from there on hang on.
    pub(super) fn shown_before(&self, index: usize) -> &str {
        let before =
            self.steps.get(index).and_then(|step| self.shown.get(..step.shown_at)).unwrap_or_default();
        let trimmed = before.trim_end_matches(['/', '\\']);
        match (trimmed.strip_suffix('!').unwrap_or(trimmed), before.is_empty()) {
            (_, true) => ".",
            ("", false) => before,
            (root, false) => root,
        }
    }

    /// The whole way.
    pub(super) fn shown(&self) -> &str {
        &self.shown
    }
}

/// Whether a name's last four characters say ZIP.
pub(super) fn is_zip_end(end: &str) -> bool {
    end.eq_ignore_ascii_case(".zip")
}

fn unescape(name: &str) -> String {
    let mut text = String::with_capacity(name.len());
    let mut rest = name;
    while let Some(at) = rest.find('%') {
        let (before, from) = rest.split_at(at);
        text.push_str(before);
        let escape =
            from.get(..3).and_then(|it| ESCAPES.iter().find(|(code, _)| code.eq_ignore_ascii_case(it)));
        let (put, skip) = escape.map_or(("%", 1), |(_, character)| (*character, 3));
        text.push_str(put);
        rest = from.get(skip..).unwrap_or_default();
    }
    text + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trail_knows_what_it_hangs_on() {
        let trail = Trail::new(&[], "/evidence/case.zip").into_archive();
        let trail = trail.below("!/", "uploads\\auto/C%3A/%24WINDOWS.~BT/a.log");
        assert_eq!(trail.names(), ["evidence", "case", "uploads", "auto", "c:", "$windows.~bt", "a.log"]);
        assert_eq!(trail.shown_before(5), "/evidence/case.zip!/uploads\\auto/C%3A");
        assert_eq!(&*trail.path_from(5), "$WINDOWS.~BT\\a.log");
        assert_eq!(trail.shown_before(2), "/evidence/case.zip");
        assert_eq!(trail.shown_before(0), "/");
        assert_eq!(Trail::new(&["x".into()], "Panther").shown_before(0), ".");
    }

    #[test]
    fn event_logs_keep_their_percent_sign() {
        assert_eq!(
            unescape("Microsoft-Windows-VHDMP%4Operational.evtx"),
            "Microsoft-Windows-VHDMP%4Operational.evtx"
        );
        assert_eq!(unescape("a%254Admin%"), "a%4Admin%");
        assert_eq!(unescape("%äb"), "%äb");
    }
}
