//! The credentials of a URL.

use base64::{Engine as _, engine::general_purpose::STANDARD};

/// A URL without credentials, and the header that carries them instead.
pub(super) fn take_credentials(url: &str) -> (String, Option<String>) {
    let Some((scheme, rest)) = url.split_once("://") else { return (url.to_owned(), None) };
    let (host, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    match host.rsplit_once('@') {
        None => (url.to_owned(), None),
        Some((user, host)) => {
            let header = format!("Basic {}", STANDARD.encode(unescaped(user)));
            (format!("{scheme}://{host}{path}"), Some(header))
        }
    }
}

/// Scheme, host and port: who is asked.
pub(super) fn origin(url: &str) -> String {
    let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    format!("{scheme}://{host}").to_ascii_lowercase()
}

/// Whether a URL is one of HTTPS.
pub(super) fn is_https(url: &str) -> bool {
    url.split_once("://").is_some_and(|(scheme, _)| scheme.eq_ignore_ascii_case("https"))
}

/// Text with `%XX` as bytes.
fn unescaped(text: &str) -> Vec<u8> {
    let mut bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    while let Some((&first, rest)) = bytes.split_first() {
        let escaped = rest.get(..2).filter(|_| first == b'%').and_then(|hex| hex::decode(hex).ok());
        if let Some([byte]) = escaped.as_deref() {
            out.push(*byte);
            bytes = rest.get(2..).unwrap_or_default();
        } else {
            out.push(first);
            bytes = rest;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_leave_the_url() {
        let (url, header) = take_credentials("https://tester:p%40ss@host:8443/a@b?c");
        assert_eq!(url, "https://host:8443/a@b?c");
        assert_eq!(header.as_deref(), Some("Basic dGVzdGVyOnBAc3M="));
        assert_eq!(take_credentials("https://host/a@b"), ("https://host/a@b".into(), None));
        assert_eq!(origin("HTTPS://Host:1/a"), "https://host:1");
    }
}
