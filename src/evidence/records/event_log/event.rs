//! One event: who says it, when, and its fields.

use chrono::{DateTime, Utc};

use super::super::document::{Document, Node, walk};

/// Bytes of an event that are kept for its quotation.
const MAX_WORDS: usize = 4096;

/// Fields that are kept.
const MAX_FIELDS: usize = 256;

/// An event.
#[derive(Debug, Default, Clone)]
pub(super) struct Event {
    pub(super) provider: String,
    pub(super) id: u32,
    /// Number of the record.
    pub(super) record: u64,
    pub(super) at: Option<DateTime<Utc>>,
    /// SID of the account for which it was written.
    pub(super) user: String,
    /// Names (letters and digits, in lower case; empty where a field has none) and values.
    fields: Vec<(String, String)>,
    /// Bytes behind the fields, as hexadecimal digits.
    pub(super) binary: String,
    /// As it is quoted: the fields and who said them.
    pub(super) words: String,
}

impl Event {
    /// Reads an event of which a rule may be; `None` where no provider is named.
    ///
    /// # Errors
    /// Where the XML that stands for it is none.
    pub(super) fn of(record: u64, microseconds: i64, xml: &str) -> Result<Option<Self>, String> {
        let document = Document::of(xml.as_bytes(), |bytes| String::from_utf8_lossy(bytes).into_owned());
        let mut event = Self { record, at: DateTime::from_timestamp_micros(microseconds), ..Self::default() };
        let mut data_name = String::new();
        walk(&document, |node| match node {
            Node::Begin(leaf) => {
                let attribute = |name: &str| {
                    let found = leaf.attributes.iter().find(|(known, _)| known == name);
                    found.map(|(_, value)| value.clone()).unwrap_or_default()
                };
                match leaf.path.last().map(String::as_str) {
                    Some("Provider") => event.provider = attribute("Name"),
                    Some("Security") => event.user = attribute("UserID"),
                    Some("Data") => data_name = attribute("Name"),
                    _ => {}
                }
            }
            Node::End(leaf) => {
                let names: Vec<&str> = leaf.path.iter().map(String::as_str).collect();
                match names.as_slice() {
                    ["Event", "System", "EventID"] => event.id = leaf.text.parse().unwrap_or_default(),
                    ["Event", "EventData", "Binary"] => leaf.text.clone_into(&mut event.binary),
                    ["Event", "EventData", "Data"] => {
                        let name = std::mem::take(&mut data_name);
                        event.keep(&name, leaf.text);
                    }
                    ["Event", "UserData" | "EventData", .., name] if !leaf.text.is_empty() => {
                        event.keep(name, leaf.text);
                    }
                    _ => {}
                }
            }
            Node::Comment(_) => {}
        })?;
        event.words = event.quotation();
        Ok((!event.provider.is_empty()).then_some(event))
    }

    fn keep(&mut self, name: &str, value: &str) {
        if self.fields.len() < MAX_FIELDS {
            self.fields.push((plain(name), value.to_owned()));
        }
    }

    /// `Provider 2004: name=value; ...`
    fn quotation(&self) -> String {
        let mut words = format!("{} {}:", self.provider, self.id);
        for (name, value) in self.fields.iter().filter(|(_, value)| !value.is_empty()) {
            if words.len() + name.len() + value.len() > MAX_WORDS {
                break;
            }
            words.push(' ');
            if !name.is_empty() {
                words.push_str(name);
                words.push('=');
            }
            words.push_str(value);
            words.push(';');
        }
        words
    }

    /// The value of a field, by its name without blanks and case; empty where there is none.
    pub(super) fn field(&self, name: &str) -> &str {
        self.fields.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    /// The value of a field by its number, counted from 0; empty where there is none.
    pub(super) fn nth(&self, number: usize) -> &str {
        self.fields.get(number).map_or("", |(_, value)| value)
    }

    /// The texts in the bytes behind the fields, UTF-16, each with a zero at its end.
    pub(super) fn texts(&self) -> Vec<String> {
        let bytes = hex::decode(&self.binary).unwrap_or_default();
        let units: Vec<u16> = bytes.as_chunks::<2>().0.iter().map(|unit| u16::from_le_bytes(*unit)).collect();
        units.split(|unit| *unit == 0).map(String::from_utf16_lossy).collect()
    }
}

/// A name without blanks and case.
fn plain(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
