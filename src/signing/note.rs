//! Signed notes (C2SP `signed-note`): a text, an empty line, and lines `— name base64(id || signature)`.
//!
//! A note without signatures is read too; it proves nothing.

use std::fmt;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use chrono::{DateTime, Utc};

use super::note_key::{KeyKind, SecretKey, VerifierKey, checked_name};

const DASH: &str = "\u{2014} ";

/// Signatures that are read; the description asks for 16 at least.
const MAX_SIGNATURES: usize = 64;

#[derive(Debug, Clone, PartialEq, Eq)]
struct Line {
    name: String,
    id: [u8; 4],
    signature: Vec<u8>,
}

/// A text with signatures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    text: String,
    lines: Vec<Line>,
}

/// What a key has to do with a note.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Checked {
    /// It did not sign.
    Absent,
    /// A signature says to be its, and is not: the note is not to be trusted.
    Bad,
    /// It signed.
    Good,
    /// It signed at this time, the latest where there are several.
    GoodAt(DateTime<Utc>),
}

impl Note {
    /// A text without signatures. It ends with a line feed.
    pub fn unsigned(text: String) -> Self {
        Self { text, lines: Vec::new() }
    }

    /// The text, with its last line feed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether nobody signed.
    pub fn is_unsigned(&self) -> bool {
        self.lines.is_empty()
    }

    /// How many signatures it has, of whomever.
    pub fn signatures(&self) -> usize {
        self.lines.len()
    }

    /// Reads a note.
    ///
    /// # Errors
    /// Says what is wrong with its form.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text.chars().any(|c| c < ' ' && c != '\n') {
            return Err("holds control characters".into());
        }
        // The last empty line separates; the text keeps its last line feed.
        let at = text.rfind("\n\n").ok_or("lacks the empty line behind its text")?;
        let (body, signatures) =
            (text.get(..=at).unwrap_or_default(), text.get(at + 2..).unwrap_or_default());
        let mut lines = Vec::new();
        for line in signatures.split_inclusive('\n') {
            if lines.len() == MAX_SIGNATURES {
                return Err(format!("has more than {MAX_SIGNATURES} signatures"));
            }
            lines.push(parse_line(line).ok_or("has a line behind its text that is no signature")?);
        }
        Ok(Self { text: body.to_owned(), lines })
    }

    /// Adds a signature of the text.
    pub fn sign(&mut self, key: &SecretKey) {
        let signature = key.sign(self.text.as_bytes()).to_vec();
        self.put(&key.verifier(), signature);
    }

    /// Adds a cosignature: the key's owner saw this checkpoint at this time.
    pub fn cosign(&mut self, key: &SecretKey, at: DateTime<Utc>) {
        let seconds = u64::try_from(at.timestamp()).unwrap_or_default();
        let signature = key.sign(&self.cosigned(seconds));
        let signature = [seconds.to_be_bytes().as_slice(), &signature].concat();
        self.put(&key.verifier().of_kind(KeyKind::Cosignature), signature);
    }

    /// What a cosignature signs (C2SP `tlog-cosignature`).
    fn cosigned(&self, seconds: u64) -> Vec<u8> {
        format!("cosignature/v1\ntime {seconds}\n{}", self.text).into_bytes()
    }

    /// A key signs a note once.
    fn put(&mut self, key: &VerifierKey, signature: Vec<u8>) {
        self.lines.retain(|line| line.name != key.name() || line.id != key.id());
        self.lines.push(Line { name: key.name().to_owned(), id: key.id(), signature });
    }

    /// Takes the signatures of another note over, if the text is the same.
    pub fn merge(&mut self, other: &Self) {
        if other.text == self.text {
            let new = other.lines.iter().filter(|line| !self.lines.contains(line));
            let new: Vec<Line> = new.cloned().collect();
            self.lines.extend(new);
        }
    }

    /// Looks for the signature of a key.
    pub fn check(&self, key: &VerifierKey) -> Checked {
        let mut checked = Checked::Absent;
        for line in self.lines.iter().filter(|line| line.name == key.name() && line.id == key.id()) {
            match (self.check_line(key, line), checked) {
                (Checked::GoodAt(this), Checked::GoodAt(other)) => checked = Checked::GoodAt(this.max(other)),
                (Checked::Bad, _) => return Checked::Bad,
                (good, _) => checked = good,
            }
        }
        checked
    }

    fn check_line(&self, key: &VerifierKey, line: &Line) -> Checked {
        match key.kind() {
            KeyKind::Text if key.verifies(self.text.as_bytes(), &line.signature) => Checked::Good,
            KeyKind::Text => Checked::Bad,
            KeyKind::Cosignature => {
                let Some((seconds, signature)) = line.signature.split_first_chunk() else {
                    return Checked::Bad;
                };
                let seconds = u64::from_be_bytes(*seconds);
                let at = i64::try_from(seconds).ok().and_then(|seconds| DateTime::from_timestamp(seconds, 0));
                match at.filter(|_| key.verifies(&self.cosigned(seconds), signature)) {
                    Some(at) => Checked::GoodAt(at),
                    None => Checked::Bad,
                }
            }
        }
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.text)?;
        for Line { name, id, signature } in &self.lines {
            writeln!(f, "{DASH}{name} {}", BASE64_STANDARD.encode([id.as_slice(), signature].concat()))?;
        }
        Ok(())
    }
}

fn parse_line(line: &str) -> Option<Line> {
    let (name, signature) = line.strip_suffix('\n')?.strip_prefix(DASH)?.split_once(' ')?;
    let bytes = BASE64_STANDARD.decode(signature).ok()?;
    let (id, signature) = bytes.split_first_chunk()?;
    Some(Line { name: checked_name(name).ok()?, id: *id, signature: signature.to_vec() })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The vector that implementations of signed notes share.
    #[test]
    fn a_signed_note_is_verified() {
        let key: VerifierKey =
            "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW".parse().expect("a key");
        let text = "If you think cryptography is the answer to your problem,\n\
            then you don't know what your problem is.\n\n\
            \u{2014} PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
        let note = Note::parse(text).expect("a note");
        assert_eq!(note.check(&key), Checked::Good);
        assert_eq!(note.to_string(), text);
        let edited = Note::parse(&text.replace("answer", "cause")).expect("a note");
        assert_eq!(edited.check(&key), Checked::Bad);
    }

    #[test]
    fn keys_are_told_apart() {
        let [ours, other] = ["a.example", "b.example"].map(|name| SecretKey::generate(name).expect("a key"));
        let mut note = Note::unsigned("a.example/log\n1\nroot\n".into());
        assert!(note.is_unsigned());
        assert_eq!(Note::parse(&note.to_string()), Ok(note.clone()));
        let at = DateTime::from_timestamp(1_679_315_147, 0).expect("a time");
        note.sign(&ours);
        note.cosign(&ours, at);
        note.cosign(&ours, at + chrono::TimeDelta::days(1));
        let note = Note::parse(&note.to_string()).expect("a note");
        assert_eq!(note.check(&ours.verifier()), Checked::Good);
        let cosigner = ours.verifier().of_kind(KeyKind::Cosignature);
        assert_eq!(note.check(&cosigner), Checked::GoodAt(at + chrono::TimeDelta::days(1)));
        assert_eq!(note.check(&other.verifier()), Checked::Absent);
        // A time that was not signed.
        let mut lines = note.clone();
        lines.lines[1].signature[7] ^= 1;
        assert_eq!(lines.check(&cosigner), Checked::Bad);
        let mut moved = Note::unsigned("a.example/log\n2\nroot\n".into());
        moved.merge(&note);
        assert!(moved.is_unsigned(), "signatures of another text");
    }

    #[test]
    fn what_is_no_note_is_refused() {
        for bad in [
            "",
            "a",
            "a\n",
            "a\n\nb\n",
            "a\n\n\u{2014} n AAAA",
            "a\r\n\n",
            "a\n\n\u{2014} n AAAA=\n",
            "\n\n\u{2014} n m AAAAAA==\n",
        ] {
            assert!(Note::parse(bad).is_err(), "{bad:?}");
        }
        let many = format!("a\n\n{}", "\u{2014} n AAAAAAAA\n".repeat(65));
        assert!(Note::parse(&many).is_err());
    }
}
