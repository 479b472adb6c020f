//! Says statements for one entry of a piece: a message, a row, an event, an element.

use crate::{
    evidence::{
        mask::mask,
        statement::{MAX_QUOTE, Stamp, Statement, Testimony, Topic},
    },
    sighting::Locator,
};

/// Bytes kept of a value: no command line of Windows is longer.
const MAX_VALUE: usize = 32 << 10;

/// Bytes kept of what a value is about.
const MAX_ABOUT: usize = 1024;

/// What the statements of one entry have in common.
pub(super) struct Entry<'e> {
    testimony: &'e mut Testimony,
    stamp: Option<Stamp>,
    locator: Locator,
    /// As the entry stands in the piece.
    words: &'e str,
}

impl<'e> Entry<'e> {
    pub(super) fn new(
        testimony: &'e mut Testimony,
        stamp: Option<Stamp>,
        locator: Locator,
        words: &'e str,
    ) -> Self {
        Self { testimony, stamp, locator, words }
    }

    /// Makes a statement; says nothing where the value is empty. Secrets are masked, texts are cut.
    pub(super) fn say(&mut self, topic: Topic, about: &str, value: &str) {
        let value = value.trim();
        if value.is_empty() {
            return;
        }
        let about = about.trim();
        self.testimony.say(Statement {
            topic,
            about: (!about.is_empty()).then(|| kept(about, MAX_ABOUT)),
            value: kept(value, MAX_VALUE),
            stamp: self.stamp,
            locator: self.locator.clone(),
            quote: kept(self.words, MAX_QUOTE),
        });
        let names_source = matches!(topic, Topic::MediaPath | Topic::InstallFile | Topic::SourcesFolder);
        if names_source && is_on_server(value) {
            self.say(Topic::NetworkPath, about, value);
        }
    }

    /// Another stamp for the statements that follow.
    pub(super) fn at(&mut self, stamp: Option<Stamp>) -> &mut Self {
        self.stamp = stamp;
        self
    }
}

/// A text without secrets, and no longer than some bytes.
fn kept(text: &str, limit: usize) -> Box<str> {
    let masked = mask(text.trim());
    let end = masked.floor_char_boundary(limit.min(masked.len()));
    masked.get(..end).unwrap_or_default().into()
}

/// Whether a path is one of a server, `\\server\share`, and not of this computer's own name space (`\\?\`, `\\.\`).
pub(super) fn is_on_server(path: &str) -> bool {
    path.strip_prefix(r"\\").is_some_and(|name| !name.starts_with(['?', '.', '\\']) && name.contains('\\'))
}

/// Whether a path or address names a file that holds images of Windows, by its extension.
pub(super) fn is_image_file(path: &str) -> bool {
    const EXTENSIONS: [&str; 6] = ["wim", "esd", "swm", "iso", "vhd", "vhdx"];
    let name = path.split(['?', '#']).next_back().unwrap_or_default();
    let path = if name.contains(['/', '\\']) { name } else { path };
    path.rsplit_once('.').is_some_and(|(_, extension)| {
        EXTENSIONS.iter().any(|known| extension.trim_end().eq_ignore_ascii_case(known))
    })
}

/// The code that follows `0x` in a text, as it stands; at most eight digits.
pub(super) fn hex_code(text: &str) -> Option<&str> {
    let start = text.find("0x")?;
    let digits = text.get(start + 2..)?;
    let length = digits.find(|c: char| !c.is_ascii_hexdigit()).unwrap_or(digits.len());
    (1..=8).contains(&length).then(|| text.get(start..start + 2 + length)).flatten()
}

/// What stands between two texts, each at its first place.
pub(super) fn between<'t>(text: &'t str, before: &str, behind: &str) -> Option<&'t str> {
    text.split_once(before)?.1.split_once(behind).map(|(inner, _)| inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::statement::PieceKind;

    #[test]
    fn a_statement_is_masked_cut_and_repeated_for_servers() {
        let mut testimony = Testimony::new("x", PieceKind::Other);
        let words = format!("ABCDE-12345-FGHIJ-67890-KLMNO {}", "ü".repeat(MAX_QUOTE));
        let mut entry = Entry::new(&mut testimony, None, Locator::Whole, &words);
        entry.say(Topic::InstallFile, "", r" \\server\share\install.wim ");
        entry.say(Topic::InstallFile, "", r"\\?\C:\install.wim");
        entry.say(Topic::InstallFile, "", " ");
        let topics: Vec<Topic> = testimony.statements.iter().map(|said| said.topic).collect();
        assert_eq!(topics, [Topic::InstallFile, Topic::NetworkPath, Topic::InstallFile]);
        let quote = &testimony.statements[0].quote;
        assert!(quote.starts_with("*****-") && quote.len() <= MAX_QUOTE);
    }

    #[test]
    fn image_files_and_codes_are_told() {
        for path in
            [r"D:\sources\install.WIM", "http://x/PKG/sccm?/install.wim", "http://x/a.esd?token=1/2.esd"]
        {
            assert!(is_image_file(path), "{path}");
        }
        for path in ["", "wim", "x.inf", "http://x/PKG/sccm?/a.inf"] {
            assert!(!is_image_file(path), "{path}");
        }
        assert_eq!(hex_code("Result = 0x80070032[gle=0x1]"), Some("0x80070032"));
        assert_eq!(hex_code("0x"), None);
        assert_eq!(hex_code("0x123456789"), None);
        assert_eq!(between("a [b] c", "[", "]"), Some("b"));
    }
}
