//! Names of files as URIs (RFC 3986, RFC 8089).

use std::fmt::Write as _;

/// A path of Unix or Windows as a URI: a relative one stays relative, an absolute one gets the scheme `file`. Everything
/// but letters, digits and `-._~` is percent-encoded as UTF-8, so nothing in a name is more than a name.
pub fn of(path: &str) -> String {
    let (begin, rest) = begin(path);
    let mut uri = begin;
    for byte in rest.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                uri.push(char::from(byte));
            }
            b'\\' if is_windows(path) => uri.push('/'),
            // No failure: it writes to memory.
            _ => drop(write!(uri, "%{byte:02X}")),
        }
    }
    uri
}

/// What the URI begins with, and what of the path is still to be written.
fn begin(path: &str) -> (String, &str) {
    let after_drive = path.get(2..).filter(|_| has_drive(path));
    if let (Some(letter), Some(rest)) = (path.chars().next(), after_drive) {
        return (format!("file:///{letter}:"), rest);
    }
    // \\?\C:\x and \\?\UNC\server\share\x are other spellings of C:\x and \\server\share\x.
    if let Some(rest) = path.strip_prefix(r"\\?\UNC\") {
        return ("file://".to_owned(), rest);
    }
    if let Some(rest) = path.strip_prefix(r"\\?\").filter(|rest| has_drive(rest)) {
        return begin(rest);
    }
    if let Some(rest) = path.strip_prefix(r"\\") {
        return ("file://".to_owned(), rest);
    }
    match path.strip_prefix('/') {
        // Two slashes would begin the name of a host.
        Some(rest) => ("file:///".to_owned(), rest.trim_start_matches('/')),
        None => (String::new(), path),
    }
}

fn has_drive(path: &str) -> bool {
    let mut bytes = path.bytes();
    let letter = bytes.next().is_some_and(|letter| letter.is_ascii_alphabetic());
    letter && bytes.next() == Some(b':') && matches!(bytes.next(), Some(b'\\' | b'/'))
}

/// On Unix a backslash is a letter of a name; a path with a drive, a share, or no slash at all is one of Windows.
fn is_windows(path: &str) -> bool {
    has_drive(path) || path.starts_with(r"\\") || !path.contains('/')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn paths_of_both_worlds() {
        for (path, uri) in [
            ("images/install.wim", "images/install.wim"),
            (r"images\install.wim", "images/install.wim"),
            ("/mnt/a b/install.wim", "file:///mnt/a%20b/install.wim"),
            ("//mnt/x", "file:///mnt/x"),
            (r"C:\images\install.wim", "file:///C:/images/install.wim"),
            (r"\\?\C:\images\install.wim", "file:///C:/images/install.wim"),
            (r"\\server\share\install.wim", "file://server/share/install.wim"),
            (r"\\?\UNC\server\share\x", "file://server/share/x"),
            ("a:b/c", "a%3Ab/c"),
            ("javascript:alert(1)", "javascript%3Aalert%281%29"),
            ("\u{5de5}.wim", "%E5%B7%A5.wim"),
            ("a?b#c%20", "a%3Fb%23c%2520"),
        ] {
            assert_eq!(of(path), uri, "{path}");
        }
    }

    proptest! {
        #[test]
        fn nothing_in_a_name_is_more_than_a_name(path in any::<String>()) {
            let uri = of(&path);
            let allowed = |c: char| c.is_ascii_alphanumeric() || "-._~/%".contains(c);
            let rest = uri.strip_prefix("file:///").map(|rest| if has_drive(&format!("{rest}/")) || rest.get(1..2) == Some(":") {
                rest.get(2..).unwrap_or_default()
            } else {
                rest
            });
            prop_assert!(rest.unwrap_or_else(|| uri.strip_prefix("file:").unwrap_or(&uri)).chars().all(allowed), "{}", uri);
        }
    }
}
