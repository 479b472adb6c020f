//! Opens what locators name, and keeps the listings of the containers it met.

use std::{
    io,
    sync::{Arc, Mutex, PoisonError},
};

use super::{Container, FileSource, Locator, Root, Source, locator::splits};

/// Containers within one another that are opened.
const MAX_DEPTH: usize = 4;
/// Containers whose listings are kept: that of a medium with its images, and what it lies in.
const KEPT: usize = 4;

/// Opens sources.
#[derive(Debug, Default)]
pub struct Opener {
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

impl Opener {
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
        let Some(container) = Container::open(&source, &locator.to_string())? else { return Ok(None) };
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
            Root::Url(_) => {
                Err(io::Error::new(io::ErrorKind::Unsupported, "built without the feature `http`"))
            }
        }
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
            if depth > 1 && container.member(first)?.is_some() {
                return self.within(&outer.member(first), rest, depth - 1);
            }
        }
        let incomplete = container.trouble().map(|why| format!("; its listing is incomplete: {why}"));
        let what = format!("there is no {path:?} in {outer}{}", incomplete.unwrap_or_default());
        Err(io::Error::new(io::ErrorKind::NotFound, what))
    }
}
