//! URLs: their credentials, and where redirects lead.

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

/// Where a redirect leads (RFC 9110, 10.2.2; RFC 3986, 5.2; dot segments are left to the server). An error says why it is
/// not followed.
pub(super) fn redirected(base: &str, location: &str) -> Result<String, String> {
    let location = location.split('#').next().unwrap_or_default();
    let (scheme, rest) = base.split_once("://").unwrap_or(("", base));
    let path = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (host, path) = rest.split_at(path);
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let to = match location.bytes().next() {
        Some(b'/') if location.starts_with("//") => format!("{scheme}:{location}"),
        Some(b'/') => format!("{scheme}://{host}{location}"),
        Some(b'?') => format!("{scheme}://{host}{path}{location}"),
        Some(_) if scheme_of(location).is_some() => location.to_owned(),
        Some(_) => format!("{scheme}://{host}{folder}/{location}"),
        None => return Err("the server redirects without saying where to".to_owned()),
    };
    match (scheme_of(&to).as_deref(), scheme_of(base).as_deref()) {
        (Some("https"), _) | (Some("http"), Some("http")) => Ok(to),
        (other, from) => {
            let (from, other) = (from.unwrap_or_default(), other.unwrap_or_default());
            Err(format!("the server redirects from {from}: to {other}:, which is not followed"))
        }
    }
}

/// The scheme of a URL, in lower case.
fn scheme_of(url: &str) -> Option<String> {
    let (scheme, _) = url.split_once(':')?;
    let is_scheme = scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte));
    is_scheme.then(|| scheme.to_ascii_lowercase())
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

    #[test]
    fn redirects_lead_where_the_server_says_but_not_out_of_the_web() {
        let base = "https://host:1/a/b.wim?c=/d";
        for (location, to) in [
            ("HTTPS://other/x#y", "HTTPS://other/x"),
            ("//other/x", "https://other/x"),
            ("/x?y", "https://host:1/x?y"),
            ("?y", "https://host:1/a/b.wim?y"),
            ("x.wim", "https://host:1/a/x.wim"),
            ("./x:y", "https://host:1/a/./x:y"),
        ] {
            assert_eq!(redirected(base, location).as_deref(), Ok(to), "{location}");
        }
        assert_eq!(redirected("http://host", "x").as_deref(), Ok("http://host/x"));
        assert_eq!(redirected("http://host", "https://host").as_deref(), Ok("https://host"));
        for location in ["http://host:1/a", "file:///etc/x", "FILE:x", "ftp://host/a", "data:,x", "", "#x"] {
            assert!(redirected(base, location).is_err(), "{location}");
        }
    }
}
