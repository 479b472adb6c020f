//! Opens what locators name, and keeps the listings of the containers it met.

use std::{
    fmt, io,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

#[cfg(feature = "http")]
use super::http::{HttpSource, Patience, Traffic};

use super::{Container, FileSource, Locator, Root, Source, locator::splits};

/// Containers within one another that are opened.
const MAX_DEPTH: usize = 4;
/// Containers whose listings are kept: that of a medium with its images, and what it lies in.
const KEPT: usize = 4;

/// How long a web server may take for an answer, of 4 MiB at most.
pub const DEFAULT_TIMEOUT: Duration = Duration::from_mins(1);

#[cfg(feature = "http")]
type Remote = Result<Arc<HttpSource>, (io::ErrorKind, String)>;

/// Opens sources.
pub struct Opener {
    timeout: Duration,
    scratch: Option<PathBuf>,
    #[cfg(feature = "http")]
    /// Those that could not be opened too, and why: they are not asked again.
    remote: Mutex<Vec<(String, Remote)>>,
    kept: Mutex<Vec<(Locator, Arc<Container>)>>,
}

/// The container that a source lies in.
#[derive(Debug, Clone)]
pub struct Medium {
    /// Where the container is.
    pub locator: Locator,
    /// What it holds.
    pub container: Arc<Container>,
    /// The path of the source in it.
    pub path: String,
}

impl fmt::Debug for Opener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Opener").field("timeout", &self.timeout).finish_non_exhaustive()
    }
}

impl Default for Opener {
    fn default() -> Self {
        Self::new(DEFAULT_TIMEOUT, None)
    }
}

impl Opener {
    /// `timeout` is how long a web server may take for an answer, `scratch` a folder for copies of what archives have
    /// compressed.
    pub fn new(timeout: Duration, scratch: Option<PathBuf>) -> Self {
        Self {
            timeout,
            scratch,
            #[cfg(feature = "http")]
            remote: Mutex::default(),
            kept: Mutex::default(),
        }
    }

    /// The web resources that were opened, and what each cost.
    #[cfg(feature = "http")]
    pub fn traffic(&self) -> Vec<(Locator, Traffic)> {
        let remote = self.remote.lock().unwrap_or_else(PoisonError::into_inner);
        let named = |url: &String| Locator { root: Root::Url(url.clone()), within: None };
        let opened = remote.iter().filter_map(|(url, source)| Some((url, source.as_ref().ok()?)));
        opened.map(|(url, source)| (named(url), source.traffic())).collect()
    }

    /// Opens what is named; also says in which container it lies.
    pub fn open(&self, locator: &Locator) -> io::Result<(Source, Option<Medium>)> {
        match &locator.within {
            None => Ok((self.root(&locator.root)?, None)),
            Some(within) => {
                let outer = Locator { root: locator.root.clone(), within: None };
                self.within(&outer, within, MAX_DEPTH)
            }
        }
    }

    /// The container that is named, if it is one.
    pub fn container(&self, locator: &Locator) -> io::Result<Option<Arc<Container>>> {
        if let Some(kept) = self.kept(locator) {
            return Ok(Some(kept));
        }
        let (source, _) = self.open(locator)?;
        let Some(container) = Container::open(&source, &locator.to_string(), self.scratch.as_deref())? else {
            return Ok(None);
        };
        let container = Arc::new(container);
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.truncate(KEPT - 1);
        kept.insert(0, (locator.clone(), container.clone()));
        Ok(Some(container))
    }

    fn kept(&self, locator: &Locator) -> Option<Arc<Container>> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter().find(|(of, _)| of == locator).map(|(_, container)| container.clone())
    }

    fn root(&self, root: &Root) -> io::Result<Source> {
        match root {
            Root::File(path) => FileSource::open(path).map(Source::file),
            Root::Url(url) => self.remote(url),
        }
    }

    /// A web resource; one that was opened is not asked for its length again.
    #[cfg(feature = "http")]
    fn remote(&self, url: &str) -> io::Result<Source> {
        let mut remote = self.remote.lock().unwrap_or_else(PoisonError::into_inner);
        let known = remote.iter().find(|(of, _)| of == url).map(|(_, source)| source.clone());
        let opened = known.unwrap_or_else(|| {
            let opened = HttpSource::open(url, Patience::of(self.timeout)).map(Arc::new);
            let opened = opened.map_err(|error| (error.kind(), error.to_string()));
            remote.push((url.to_owned(), opened.clone()));
            opened
        });
        opened.map(|source| Source::steady(source)).map_err(|(kind, why)| io::Error::new(kind, why))
    }

    #[cfg(not(feature = "http"))]
    fn remote(&self, _: &str) -> io::Result<Source> {
        let what = format!("this program was built without `http` (timeout {:?})", self.timeout);
        Err(io::Error::new(io::ErrorKind::Unsupported, what))
    }

    /// A member by its path; where a part of the path is a container, a member of that.
    fn within(&self, outer: &Locator, path: &str, depth: usize) -> io::Result<(Source, Option<Medium>)> {
        let Some(container) = self.container(outer)? else {
            let what = format!("{outer} is neither a medium (ISO 9660, UDF) nor a ZIP archive");
            return Err(io::Error::new(io::ErrorKind::InvalidData, what));
        };
        if let Some(source) = container.member(path)? {
            let medium = Medium { locator: outer.clone(), container, path: path.to_owned() };
            return Ok((source, Some(medium)));
        }
        for (first, rest) in splits(path) {
            if container.member(first)?.is_none() {
                continue;
            }
            if depth <= 1 {
                let what = format!("{outer}: containers are opened up to {MAX_DEPTH} within one another");
                return Err(io::Error::new(io::ErrorKind::InvalidData, what));
            }
            return self.within(&outer.member(first), rest, depth - 1);
        }
        let incomplete = container.trouble().map(|why| format!("; its listing is incomplete: {why}"));
        let what = format!("there is no {path:?} in {outer}{}", incomplete.unwrap_or_default());
        Err(io::Error::new(io::ErrorKind::NotFound, what))
    }
}
