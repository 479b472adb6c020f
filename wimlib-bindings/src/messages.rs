//! Catches what libwim prints.
//!
//! libwim appends its messages to one file for the whole process. It is given a temporary file without a name left in
//! the file system, which is emptied before a call and read after it.

use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom},
    path::Path,
};

/// Bytes of messages that are kept of one call.
const MAX_MESSAGES: u64 = 64 << 10;

/// The file that libwim's messages go to.
#[derive(Debug)]
pub(crate) struct Messages {
    file: File,
}

impl Messages {
    /// Makes the file and calls `adopt` with its path, under which libwim shall open it; then the path is removed.
    pub(crate) fn new(adopt: impl FnOnce(&Path) -> io::Result<()>) -> io::Result<Self> {
        let (file, path) = tempfile::Builder::new().prefix("libwim-messages").tempfile()?.into_parts();
        adopt(&path)?;
        path.close()?;
        Ok(Self { file })
    }

    /// Forgets what was printed so far.
    pub(crate) fn clear(&mut self) {
        // Should it fail, messages of an earlier call are shown too: an annoyance, not an error.
        let _ = self.file.set_len(0);
    }

    /// What was printed since the last [`clear`](Self::clear), a message an element.
    pub(crate) fn take(&mut self) -> Vec<String> {
        let mut bytes = Vec::new();
        let read = self
            .file
            .seek(SeekFrom::Start(0))
            .and_then(|_| (&self.file).take(MAX_MESSAGES).read_to_end(&mut bytes));
        read.map_or(Vec::new(), |_| split(&String::from_utf8_lossy(&bytes)))
    }
}

/// Splits what libwim printed: a message begins with `[ERROR]` or `[WARNING]` and may have several lines.
fn split(text: &str) -> Vec<String> {
    let mut messages: Vec<String> = Vec::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        match messages.last_mut() {
            Some(last) if !line.starts_with('[') => {
                last.push('\n');
                last.push_str(line);
            }
            _ => messages.push(line.to_owned()),
        }
    }
    messages
}

#[cfg(test)]
mod tests {
    use std::{fs::OpenOptions, io::Write};

    use super::*;

    #[test]
    fn messages_are_told_apart() {
        let text = "\n[ERROR] first\n        and more\n\r\n[WARNING] second\n";
        assert_eq!(split(text), ["[ERROR] first\nand more", "[WARNING] second"]);
        assert_eq!(split("no mark\n\n"), ["no mark"]);
        assert!(split("").is_empty());
    }

    #[test]
    fn only_what_was_printed_since_is_shown() {
        let mut writer = None;
        let adopt = |path: &Path| OpenOptions::new().append(true).open(path).map(|file| writer = Some(file));
        let mut messages = Messages::new(adopt).expect("a temporary folder");
        let mut writer = writer.expect("opened");
        for text in ["[ERROR] a longer one\n", "[ERROR] b\n"] {
            messages.clear();
            writer.write_all(text.as_bytes()).expect("written");
            assert_eq!(messages.take(), [text.trim()]);
        }
        messages.clear();
        assert!(messages.take().is_empty());
    }
}
