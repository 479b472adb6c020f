//! Looking into the health of images, for `health` and for a policy that asks for it.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use wimproof_wim::Wim;

use super::{
    Result,
    site::Reference,
    targets::{self, Target},
};
use crate::{
    evidence::{
        catalog::Anchors,
        component_store::ledger::Ledger,
        examination::{Depth, Examination, Other},
        image::{self, ContentDigests},
        inside::Inside,
        provenance::{Provenance, Site},
    },
    judge::health::AllowList,
    registry::{self, Registry},
    sighting::{Assurance, Evidence, Locator, Observation, Sighting, Subject, Trouble},
    source::{Metered, Opener, ReadAt, Source},
};

/// How far to look, and what every image is held against.
pub(super) struct Measure {
    pub(super) depth: Depth,
    pub(super) site: Site,
    pub(super) allow: AllowList,
    pub(super) references: Vec<Reference>,
    pub(super) others: Vec<Other>,
}

/// A file, and what its images hold; `None` for one that cannot be opened, which the subject then says.
pub(super) struct Examined {
    pub(super) subject: Subject,
    pub(super) examinations: Vec<Option<Examination>>,
}

impl Measure {
    /// Against nothing but the image itself and approved images, for a policy.
    pub(super) fn of_policy(depth: Depth, registry: Option<&Registry>, now: DateTime<Utc>) -> Result<Self> {
        let anchors = Anchors::microsoft().map_err(|error| super::Error::Unreadable(error.to_string()))?;
        let others = registry.map(|registry| approved(registry, now)).transpose()?.unwrap_or_default();
        let site = Site { anchors, ..Site::default() };
        Ok(Self { depth, site, allow: AllowList::default(), references: Vec::new(), others })
    }

    /// How far a file has to be read for it.
    pub(super) fn assurance(&self) -> Assurance {
        match self.depth {
            Depth::Payloads => Assurance::Verified,
            Depth::Metadata | Depth::Manifests => Assurance::Declared,
        }
    }

    /// Reads a file and looks into its images, or into the one of this index. `more` may look further while it is open.
    pub(super) fn examine(
        &self,
        target: &Target,
        index: Option<u32>,
        opener: &Opener,
        depth: image::Depth<'_>,
        more: impl FnOnce(&Metered<Source>, &mut Subject),
    ) -> Examined {
        let mut examinations = Vec::new();
        let subject = targets::read_with(target, opener, |sources, name| {
            let mut subject = image::read_set_and(sources, name, depth, |parts, subject, digests| {
                select(subject, index);
                examinations = self.gather(parts, subject, digests);
            });
            if let [source] = sources {
                more(source, &mut subject);
            }
            subject
        });
        add_others(&subject, &mut examinations, &self.others);
        Examined { subject, examinations }
    }

    /// Gathers what each image holds.
    fn gather<S: ReadAt>(
        &self,
        parts: &[Wim<S>],
        subject: &mut Subject,
        digests: &ContentDigests,
    ) -> Vec<Option<Examination>> {
        let source = subject.source.clone();
        let depth = self.depth;
        let examine = |index: u32, image: &mut Sighting| {
            let inside = Inside::open(parts, index)?;
            let mut examination = Examination::of(&inside, Arc::clone(&source), depth, digests)?;
            examination.provenance = Provenance::of(&inside, image.facts.clone(), depth, &self.site)?;
            for reference in &self.references {
                match reference.compare(&inside, &image.facts) {
                    Ok(twin) => examination.provenance.twins.extend(twin),
                    Err(error) => {
                        let evidence = Evidence { source: source.clone(), locator: Locator::Whole };
                        let (trouble, detail) = (Trouble::Inaccessible, error.to_string());
                        image.observations.push(Observation { trouble, detail, evidence });
                    }
                }
            }
            Ok::<_, wimproof_wim::Error>(examination)
        };
        let mut examinations = Vec::new();
        for image in &mut subject.images {
            let index = image.index.filter(|_| image.assurance > Assurance::Claimed);
            let examination = match index.map(|index| examine(index, image)) {
                Some(Ok(examination)) => Some(examination),
                Some(Err(error)) => {
                    let evidence = Evidence { source: source.clone(), locator: Locator::Whole };
                    let (trouble, detail) = (Trouble::Unreadable, error.to_string());
                    image.observations.push(Observation { trouble, detail, evidence });
                    None
                }
                None => None,
            };
            examinations.push(examination);
        }
        examinations
    }
}

/// What the stores of approved images hold.
pub(super) fn approved(registry: &Registry, now: DateTime<Utc>) -> Result<Vec<Other>> {
    let stores = registry.components(now)?.into_iter().map(|(standing, bytes)| {
        let name = format!("{} ({})", standing.id, standing.approval.title);
        let unread = || registry::Error::NotKept { dir: registry.dir().to_owned(), id: standing.id };
        let ledger = Ledger::from_bytes(&bytes).ok_or_else(unread)?;
        Ok(Other { name, trusted: true, ledger: Arc::new(ledger) })
    });
    stores.collect()
}

/// Gives each image the references, and the other images of its file.
fn add_others(subject: &Subject, examinations: &mut [Option<Examination>], references: &[Other]) {
    let siblings: Vec<Option<Other>> = subject
        .images
        .iter()
        .zip(&*examinations)
        .map(|(image, examination)| {
            let ledger = Arc::new(Ledger::of(examination.as_ref()?.store.as_ref()?));
            Some(Other { name: format!("image {}", image.index?), trusted: false, ledger })
        })
        .collect();
    for (number, examination) in examinations.iter_mut().enumerate() {
        let Some(examination) = examination else { continue };
        examination.others.extend_from_slice(references);
        let beside = siblings.iter().enumerate().filter(|(other, _)| *other != number);
        examination.others.extend(beside.filter_map(|(_, other)| other.clone()));
    }
}

/// Leaves the image that is wanted, where one is.
pub(super) fn select(subject: &mut Subject, index: Option<u32>) {
    let Some(index) = index else { return };
    subject.images.retain(|image| image.index == Some(index));
    if subject.images.is_empty() {
        let detail = format!("the file has no image {index}");
        subject.observe(Trouble::Unreadable, detail, Locator::Whole);
    }
}
