//! Looking up keys and values that somebody names: marks of products, of tools, of a company's own images.

use super::{
    super::{Hive, Key, Value, ValueKind, limits::MAX_LISTED},
    reader::{Found, Origin, Problems, Reader, text_of},
    secrets::is_secret,
};

/// What to look for: a key, or a value of it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Marker {
    /// A name for what it marks, for example `activation client`.
    pub name: String,
    /// Path of the key from the hive's root; `CurrentControlSet` may stand first.
    pub key: String,
    /// Name of the value; `None` where the key itself is the mark.
    #[serde(default)]
    pub value: Option<String>,
}

/// Data of a value, as its kind tells them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Data {
    /// Text, or the texts of a list.
    Text(String),
    /// A number.
    Number(u64),
    /// Other data, of this many bytes.
    Bytes(u32),
    /// There, and not read: it may hold a product key or a password.
    Withheld,
}

/// A value with its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// The name; empty for the default value.
    pub name: String,
    /// The data.
    pub data: Data,
}

/// A marker that is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MarkerSeen {
    /// The marker's name.
    pub name: String,
    /// The data of the value; `None` where the marker is a key.
    pub data: Option<Data>,
    /// Where it stands.
    pub origin: Origin,
}

/// Looks for markers in a hive. What is not among the answers is not there, unless a problem says otherwise.
pub fn look_up(hive: &Hive, markers: &[Marker]) -> (Vec<MarkerSeen>, Problems) {
    let mut reader = Reader::new(hive);
    let seen = markers.iter().filter_map(|marker| seen(&mut reader, marker)).collect();
    (seen, reader.into_problems())
}

fn seen(reader: &mut Reader<'_>, marker: &Marker) -> Option<MarkerSeen> {
    let key = reader.key(&marker.key)?;
    let name = marker.name.clone();
    let Some(value) = &marker.value else {
        return Some(MarkerSeen { name, data: None, origin: Origin::of_key(&key) });
    };
    let found = match is_secret(value) {
        true => withheld(&key, value)?,
        false => reader.read(&key, value, data)?,
    };
    Some(MarkerSeen { name, data: Some(found.value), origin: found.origin })
}

fn withheld(key: &Key<'_>, name: &str) -> Option<Found<Data>> {
    let value = key.value(name).ok()??;
    Some(Found { value: Data::Withheld, origin: Origin::of_value(key, &value) })
}

/// All values of a key, as many as a person would look at.
pub(super) fn listed<'h>(reader: &mut Reader<'h>, key: &Key<'h>) -> Vec<Found<Named>> {
    let mut values = reader.values(key);
    values.truncate(MAX_LISTED);
    let named = |value: &Value<'h>| {
        let found = reader.read_value(key, value, data)?;
        found.and_then(|data| Some(Named { name: value.name().into(), data }))
    };
    values.iter().filter_map(named).collect()
}

fn data(value: &Value<'_>) -> super::super::Result<Data> {
    Ok(match value.kind() {
        ValueKind::Dword | ValueKind::DwordBigEndian => Data::Number(value.dword()?.into()),
        ValueKind::Qword => Data::Number(value.qword()?),
        ValueKind::Text | ValueKind::ExpandText | ValueKind::Link | ValueKind::MultiText => {
            Data::Text(text_of(value)?)
        }
        _ => Data::Bytes(value.size()),
    })
}
