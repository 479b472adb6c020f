//! The values that facts have.

use std::fmt;

use chrono::{DateTime, Datelike as _, NaiveDate, SecondsFormat, TimeDelta, Timelike, Utc};
use serde::{Serialize, Serializer};

use super::fact::Kind;

/// A value of a fact.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Value {
    /// A text, a digest in lower-case hex, a GUID.
    Text(String),
    /// A number.
    Number(u64),
    /// A point in time.
    Time(DateTime<Utc>),
    /// A date of which neither hour nor time zone is known.
    Day(NaiveDate),
    /// Several texts, in the order of the evidence.
    List(Vec<String>),
}

/// Writes an instant in RFC 3339, UTC, with as many digits as it needs (at most the seven of a FILETIME).
pub(crate) fn rfc3339(instant: &DateTime<Utc>) -> String {
    match instant.nanosecond() {
        0 => instant.to_rfc3339_opts(SecondsFormat::Secs, true),
        nanos => format!("{}.{:07}Z", instant.format("%Y-%m-%dT%H:%M:%S"), nanos / 100),
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Number(number) => write!(f, "{number}"),
            Self::Time(instant) => f.write_str(&rfc3339(instant)),
            Self::Day(day) => write!(f, "{day}"),
            Self::List(texts) => f.write_str(&texts.join(", ")),
        }
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Number(number) => serializer.serialize_u64(*number),
            Self::List(texts) => texts.serialize(serializer),
            other => serializer.collect_str(other),
        }
    }
}

impl Value {
    /// Reads a value of a kind from JSON.
    ///
    /// # Errors
    /// Says what was expected.
    pub fn from_json(kind: Kind, json: &serde_json::Value) -> Result<Self, &'static str> {
        match (kind, json) {
            (Kind::Text | Kind::Digest, serde_json::Value::String(text)) => Ok(Self::Text(text.clone())),
            (Kind::Number, json) => json.as_u64().map(Self::Number).ok_or("a number that is not negative"),
            (Kind::Time, serde_json::Value::String(text)) => Self::parse_time(text),
            (Kind::List, serde_json::Value::Array(items)) => {
                let texts: Option<Vec<String>> =
                    items.iter().map(|item| item.as_str().map(Into::into)).collect();
                texts.map(Self::List).ok_or("a list of texts")
            }
            (Kind::Text, _) => Err("a text"),
            (Kind::Digest, _) => Err("a digest in hexadecimal digits"),
            (Kind::Time, _) => Err("a date, or a time in RFC 3339"),
            (Kind::List, _) => Err("a list of texts"),
        }
    }

    fn parse_time(text: &str) -> Result<Self, &'static str> {
        if let Ok(instant) = DateTime::parse_from_rfc3339(text) {
            let instant = instant.to_utc();
            return match instant.year() {
                0..=9999 => Ok(Self::Time(instant)),
                _ => Err("a time between the years 0 and 9999 UTC"),
            };
        }
        text.parse().map(Self::Day).map_err(|_| "a date (2020-07-29) or a time (2020-07-29T10:25:11Z)")
    }

    /// Whether two values can be the same. A day without a time zone agrees with every instant that falls on this day
    /// somewhere on earth (UTC+14 to UTC-12).
    pub fn agrees(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Time(instant), Self::Day(day)) | (Self::Day(day), Self::Time(instant)) => {
                let Some(midnight) = day.and_hms_opt(0, 0, 0).map(|at| at.and_utc()) else { return false };
                let since = instant.signed_duration_since(midnight);
                since >= -TimeDelta::hours(14) && since < TimeDelta::hours(24 + 12)
            }
            _ => self == other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_agrees_with_the_instants_it_can_mean() {
        let day = Value::parse_time("2020-07-29").expect("a day");
        for (instant, agrees) in [
            ("2020-07-29T10:25:11Z", true),
            ("2020-07-28T18:00:00Z", true),
            ("2020-07-28T09:59:59Z", false),
            ("2020-07-30T11:59:59Z", true),
            ("2020-07-30T12:00:00Z", false),
        ] {
            assert_eq!(day.agrees(&Value::parse_time(instant).expect("a time")), agrees, "{instant}");
        }
    }

    #[test]
    fn times_are_written_without_loss() {
        for text in ["2020-07-29T10:25:11Z", "2020-07-29T10:25:11.1234567Z", "2020-07-29T10:25:11.0000001Z"] {
            assert_eq!(Value::parse_time(text).expect("a time").to_string(), text);
        }
    }
}
