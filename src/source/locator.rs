//! What a command line names: a file, a web resource, or a member of a container that is one of these.

use std::{
    fmt,
    path::{Path, PathBuf},
};

/// Between a container and the path of a member in it.
const WITHIN: [&str; 2] = ["!/", "!\\"];

/// Where some bytes are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Locator {
    /// What is opened first.
    pub root: Root,
    /// The path of a member in it, perhaps with that of a member in that, behind `!/`.
    pub within: Option<String>,
}

/// What is opened first.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Root {
    /// A file on disk or on a share.
    File(PathBuf),
    /// A resource of a web server, as it was named. May hold credentials: shown by [`Locator`] only.
    Url(String),
}

impl Locator {
    /// Understands what was named. Whatever exists under the whole name is meant, so that a file with `!/` or `https:`
    /// in its path can still be named.
    pub fn parse(named: &Path) -> Self {
        let file = |path: PathBuf| Self { root: Root::File(path), within: None };
        if named.symlink_metadata().is_ok() {
            return file(named.to_owned());
        }
        let Some(text) = named.to_str() else { return file(named.to_owned()) };
        if is_url(text) {
            let (url, within) =
                splits(text).next().map_or((text, None), |(url, rest)| (url, Some(rest.to_owned())));
            return Self { root: Root::Url(url.to_owned()), within };
        }
        let split = splits(text).find(|(outer, _)| Path::new(outer).is_file());
        split.map_or_else(
            || file(named.to_owned()),
            |(outer, rest)| Self { root: Root::File(outer.into()), within: Some(rest.to_owned()) },
        )
    }

    /// The file on disk, where it is one and not a member of one.
    pub fn plain_file(&self) -> Option<&Path> {
        match (&self.root, &self.within) {
            (Root::File(path), None) => Some(path),
            _ => None,
        }
    }

    /// The file on disk that is read.
    pub fn root_file(&self) -> Option<&Path> {
        match &self.root {
            Root::File(path) => Some(path),
            Root::Url(_) => None,
        }
    }

    /// A member of what this names.
    #[must_use]
    pub fn member(&self, path: &str) -> Self {
        let within = self.within.as_ref().map_or_else(|| path.to_owned(), |outer| format!("{outer}!/{path}"));
        Self { root: self.root.clone(), within: Some(within) }
    }
}

impl From<PathBuf> for Locator {
    fn from(path: PathBuf) -> Self {
        Self { root: Root::File(path), within: None }
    }
}

/// Credentials of a URL are not shown: neither a user with a password, nor a query, which may hold a token.
impl fmt::Display for Locator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.root {
            Root::File(path) => write!(f, "{}", path.display())?,
            Root::Url(url) => f.write_str(&public(url))?,
        }
        self.within.iter().try_for_each(|within| write!(f, "!/{within}"))
    }
}

/// A URL without what must not be shown.
pub(super) fn public(url: &str) -> String {
    let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
    let (rest, fragment) = rest.split_once('#').map_or((rest, ""), |(rest, _)| (rest, "#..."));
    let (rest, query) = rest.split_once('?').map_or((rest, ""), |(rest, _)| (rest, "?..."));
    let (host, path) = rest.split_at(rest.find(['/', '\\']).unwrap_or(rest.len()));
    let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
    format!("{scheme}://{host}{path}{query}{fragment}")
}

fn is_url(text: &str) -> bool {
    let scheme = text.split_once("://").map(|(scheme, _)| scheme);
    scheme.is_some_and(|scheme| ["http", "https"].iter().any(|known| scheme.eq_ignore_ascii_case(known)))
}

/// The ways to take a text for a container and a member, from the shortest container on.
pub(super) fn splits(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let bangs = text.match_indices('!').filter_map(|(at, _)| text.split_at_checked(at));
    bangs.filter_map(|(outer, rest)| {
        let rest = WITHIN.iter().find_map(|within| rest.strip_prefix(within))?;
        (!outer.is_empty() && !rest.is_empty()).then_some((outer, rest))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_not_shown() {
        for (url, shown) in [
            ("https://tester:secret@host/a.wim", "https://host/a.wim"),
            ("https://host:8443/a@b.wim", "https://host:8443/a@b.wim"),
            ("https://host/a.wim?sig=secret#f", "https://host/a.wim?...#..."),
            ("http://tester:p/w@host", "http://host"),
            ("https://a:secret@b:secret@host/a.wim", "https://host/a.wim"),
        ] {
            assert!(!public(url).contains("secret"), "{}", public(url));
            if !url.contains("p/w") {
                assert_eq!(public(url), shown);
            }
        }
    }

    #[test]
    fn the_grammar() {
        let parsed = Locator::parse(Path::new("HTTPS://host/x.iso!/sources/install.wim"));
        assert_eq!(parsed.root, Root::Url("HTTPS://host/x.iso".into()));
        assert_eq!(parsed.within.as_deref(), Some("sources/install.wim"));
        assert_eq!(parsed.to_string(), "HTTPS://host/x.iso!/sources/install.wim");
        let parsed = Locator::parse(Path::new("no such file.iso!/a"));
        assert_eq!(parsed.plain_file(), Some(Path::new("no such file.iso!/a")));
    }
}
