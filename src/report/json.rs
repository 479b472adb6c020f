//! The JSON form.

use std::io::{self, Write};

use serde::Serialize;

use super::inert::InertJson;

/// Writes a value as indented JSON and a line feed; text of images in it is escaped so that nothing obeys it.
pub fn write(out: &mut dyn Write, value: &impl Serialize) -> io::Result<()> {
    let mut serializer = serde_json::Serializer::with_formatter(&mut *out, InertJson::default());
    value.serialize(&mut serializer)?;
    writeln!(out)
}
