//! What a site adds to the checks of `health`: certificates, agents and marks, customisations that it allows; and the images
//! that another is compared with.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use clap::Args;
use wimproof_wim::Wim;

use super::{Error, Result, diff, output::Output, targets};
use crate::{
    evidence::{
        catalog::Anchors,
        channel::Channels,
        component_store::{Broken, ComponentStore, ledger::Ledger},
        examination::{Other, RepairSource},
        image,
        inside::Inside,
        provenance::Site,
        servicing::{self, Wanted},
        split_set,
        twin::Twin,
    },
    judge::health::AllowList,
    sighting::{Assurance, FactKey, Facts},
    source::{Metered, Opener, ReadAt, Source},
};

/// Longest file of a site that is read, in bytes.
const MAX_FILE: u64 = 4 << 20;

#[derive(Debug, Args)]
pub(super) struct SiteFiles {
    /// A file with certificates (PEM) at which the chains of catalogs may end, besides those of Microsoft (repeatable)
    #[arg(long, value_name = "FILE")]
    roots: Vec<PathBuf>,
    /// A file that describes the site's agents and marks (repeatable)
    #[arg(long, value_name = "FILE")]
    channels: Vec<PathBuf>,
    /// A list of customisations that the site allows, by digest and with a reason
    #[arg(long, value_name = "FILE")]
    allow: Option<PathBuf>,
}

impl SiteFiles {
    /// Reads the files.
    pub(super) fn read(&self, output: &mut Output) -> Result<(Site, AllowList)> {
        let files: Vec<PathBuf> =
            self.roots.iter().chain(&self.channels).chain(&self.allow).cloned().collect();
        output.keep_inputs(&files)?;
        let mut anchors = Anchors::microsoft().map_err(|error| Error::Unreadable(error.to_string()))?;
        for file in &self.roots {
            anchors.add_pem(read(file)?.as_bytes()).map_err(|error| unreadable(file, &error))?;
        }
        let mut channels = Channels::default();
        for file in &self.channels {
            channels.add_file(file).map_err(Error::Unreadable)?;
        }
        let allow = match &self.allow {
            Some(file) => AllowList::parse(&read(file)?).map_err(|error| unreadable(file, &error))?,
            None => AllowList::default(),
        };
        Ok((Site { anchors, channels }, allow))
    }
}

fn unreadable(file: &Path, error: &dyn std::fmt::Display) -> Error {
    Error::Unreadable(format!("{}: {error}", file.display()))
}

fn read(file: &Path) -> Result<String> {
    let length = fs::metadata(file).map_err(|error| unreadable(file, &error))?.len();
    if length > MAX_FILE {
        return Err(unreadable(file, &format_args!("{length} bytes, at most {MAX_FILE} are read")));
    }
    fs::read_to_string(file).map_err(|error| unreadable(file, &error))
}

/// A reference, opened.
pub(super) struct Reference {
    name: String,
    index: Option<u32>,
    /// The first in front.
    parts: Vec<Wim<Metered<Source>>>,
    /// The claims of its images, by their indices.
    claims: Vec<(u32, Facts)>,
}

impl Reference {
    /// Opens an image file, or one image of it.
    pub(super) fn open(text: &str, opener: &Opener) -> Result<Self> {
        let (path, index) = diff::split(text);
        let target = targets::one(&path, opener)?;
        let name = target.name();
        let failed = |error: &dyn std::fmt::Display| Error::Unreadable(format!("reference {name}: {error}"));
        let sources = split_set::open(opener, &target.locator).map_err(|error| failed(&error))?;
        let subject = image::read_set(&sources, &name, image::Depth::of(Assurance::Declared));
        let parts: std::result::Result<Vec<_>, _> = sources.into_iter().map(Wim::open).collect();
        let mut parts = parts.map_err(|error| failed(&error))?;
        parts.sort_by_key(|part| part.header().part);
        let images = subject.images.into_iter();
        let mut claims: Vec<_> = images.filter_map(|image| Some((image.index?, image.facts))).collect();
        if let Some(index) = index {
            claims.retain(|(known, _)| *known == index);
        }
        if claims.is_empty() {
            return Err(failed(&"no such image"));
        }
        Ok(Self { name, index, parts, claims })
    }

    /// What the store of the image holds; of all images where none is named.
    pub(super) fn stores(&self) -> Result<Vec<Other>> {
        let mut others = Vec::new();
        for (index, _) in &self.claims {
            let inside = Inside::open(&self.parts, *index).map_err(|error| self.failed(&error))?;
            if let Some(store) = ComponentStore::of(&inside) {
                let name = format!("{}:{index}", self.name);
                others.push(Other { name, trusted: true, ledger: Arc::new(Ledger::of(&store)) });
            }
        }
        match others.is_empty() {
            true => Err(self.failed(&"no image with a component store")),
            false => Ok(others),
        }
    }

    /// What the images of the reference hold of the files that are broken in a store; nothing where none is.
    pub(super) fn could_repair(&self, store: &ComponentStore) -> Result<Vec<RepairSource>> {
        let broken: Vec<Broken<'_>> = store.broken().collect();
        let wanted: Vec<Wanted<'_>> =
            broken.iter().map(|Broken { component, file, .. }| Wanted { component, file }).collect();
        let mut sources = Vec::new();
        for (index, _) in self.claims.iter().filter(|_| !broken.is_empty()) {
            let found = Inside::open(&self.parts, *index)
                .and_then(|inside| servicing::look_for(&inside, &wanted, false))
                .map_err(|error| self.failed(&error))?;
            let holds = found.iter().zip(&broken).map(|(stored, wanted)| stored.is(&wanted.expected));
            sources.push(RepairSource { name: format!("{}:{index}", self.name), holds: holds.collect() });
        }
        Ok(sources)
    }

    fn failed(&self, error: &dyn std::fmt::Display) -> Error {
        Error::Unreadable(format!("reference {}: {error}", self.name))
    }

    /// What differs from the image of the reference that is meant: the one that was named, the one of the same name, or
    /// the only one; `None` where there is none of these.
    pub(super) fn compare<S: ReadAt>(&self, inside: &Inside<'_, S>, claims: &Facts) -> Result<Option<Twin>> {
        let name = |facts: &Facts| facts.get(&FactKey::Name).map(|fact| fact.value.clone());
        let meant = match (self.index, &self.claims[..]) {
            (Some(index), all) => all.iter().find(|(known, _)| *known == index),
            (None, [only]) => Some(only),
            (None, all) => all.iter().find(|(_, facts)| name(facts).is_some() && name(facts) == name(claims)),
        };
        let Some((index, facts)) = meant else { return Ok(None) };
        let other = Inside::open(&self.parts, *index).map_err(|error| self.failed(&error))?;
        Ok(Some(Twin::of(inside, &other, format!("{}:{index}", self.name), facts.clone())))
    }
}
