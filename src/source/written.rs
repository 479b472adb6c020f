//! Files that a person or a program wrote to be read whole: settings, lists, certificates. Whatever has their name, memory
//! is bounded and nothing is waited for.

use std::{
    fs::{self, File},
    io::{self, Read as _},
    path::Path,
};

use serde::de::DeserializeOwned;

/// Characters of what is wrong in a file: it may quote a line, and a line may be the whole file.
const MAX_TOLD: usize = 400;

/// The bytes of a file.
///
/// # Errors
/// Where it is no regular file (opening a pipe would wait for a writer, a device has no end) or has more than so many bytes.
pub fn bytes(path: &Path, longest: u64) -> io::Result<Vec<u8>> {
    let refused = |why: String| io::Error::new(io::ErrorKind::InvalidInput, why);
    if !fs::metadata(path)?.is_file() {
        return Err(refused("not a regular file".into()));
    }
    let mut bytes = Vec::new();
    File::open(path)?.take(longest.saturating_add(1)).read_to_end(&mut bytes)?;
    match bytes.len() as u64 > longest {
        true => Err(refused(format!("longer than {longest} bytes"))),
        false => Ok(bytes),
    }
}

/// What a text in TOML says.
///
/// # Errors
/// Says line, column and what is wrong, on one line of a length that can be read.
pub fn toml<T: DeserializeOwned>(text: &str) -> Result<T, String> {
    toml::from_str(text).map_err(|error: toml::de::Error| {
        let at = error.span().map_or(0, |span| span.start);
        let before = text.get(..text.floor_char_boundary(at)).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        let column = before.chars().rev().take_while(|c| *c != '\n').count() + 1;
        let told: String = error.message().chars().take(MAX_TOLD).collect();
        format!("line {line}, column {column}: {told}")
    })
}

/// The text in the bytes of a file, without the mark that editors of Windows put in front.
///
/// # Errors
/// Where they are not UTF-8.
pub fn text(bytes: &[u8]) -> io::Result<&str> {
    let text = std::str::from_utf8(bytes);
    let text = text.map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "not UTF-8"))?;
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
}
