//! What a site adds to the checks of `health`: certificates, agents and marks, customisations that it allows; and the images
//! that another is compared with.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use clap::Args;
use wimproof_wim::Wim;

use super::{Error, Result, diff, output::Output, targets};
use crate::{
    evidence::{
        component_store::{Broken, ComponentStore, ledger::Ledger},
        examination::{Other, RepairSource},
        image,
        inside::Inside,
        servicing::{self, Wanted},
        split_set,
        twin::Twin,
    },
    judge::policy::HealthTerms,
    policy::site::SiteReader,
    sighting::{Assurance, FactKey, Facts},
    source::{Metered, Opener, ReadAt, Source},
};

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
    pub(super) fn read(&self, output: &mut Output) -> Result<HealthTerms> {
        let files: Vec<PathBuf> =
            self.roots.iter().chain(&self.channels).chain(&self.allow).cloned().collect();
        output.keep_inputs(&files)?;
        let mut reader = SiteReader::new().map_err(Error::Unreadable)?;
        let failed = |file: &Path| {
            let name = file.display().to_string();
            move |error: String| Error::Unreadable(format!("{name}: {error}"))
        };
        self.roots.iter().try_for_each(|file| reader.roots(file).map_err(failed(file)))?;
        self.channels.iter().try_for_each(|file| reader.channels(file).map_err(failed(file)))?;
        self.allow.iter().try_for_each(|file| reader.allow(file).map_err(failed(file)))?;
        Ok(reader.finish())
    }
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
