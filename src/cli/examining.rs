//! Looking into the health of images, for `health`, for a policy that asks for it, and for approvals.

use std::{sync::Arc, thread};

use chrono::{DateTime, Utc};
use wimproof_wim::Wim;

use super::{
    Result,
    site::Reference,
    targets::{self, Target},
};
use crate::{
    evidence::{
        component_store::ledger::Ledger,
        examination::{Depth, Examination, Other},
        image::{self, ContentDigests, Rest},
        inside::Inside,
        provenance::{Provenance, Site},
    },
    judge::{health::AllowList, policy::HealthTerms},
    registry::{self, Registry},
    sighting::{Assurance, Evidence, Facts, Locator, Observation, Subject, Trouble},
    source::{Metered, Opener, ReadAt, Source},
};

/// How far to look, and what every image is held against.
pub(super) struct Measure {
    pub(super) depth: Depth,
    pub(super) site: Arc<Site>,
    pub(super) allow: Arc<AllowList>,
    pub(super) references: Vec<Reference>,
    pub(super) others: Vec<Other>,
}

/// A file, and what its images hold; `None` for one that cannot be opened, which the subject then says.
pub(super) struct Examined {
    pub(super) subject: Subject,
    pub(super) examinations: Vec<Option<Examination>>,
}

impl Measure {
    /// Against nothing but the image itself and what a site adds.
    pub(super) fn new(depth: Depth, terms: &HealthTerms) -> Self {
        let (site, allow) = (Arc::clone(&terms.site), Arc::clone(&terms.allow));
        let (references, others) = Default::default();
        Self { depth, site, allow, references, others }
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
            // A disk can be read in two places at once; a web server would have to send more than once what it streams.
            let beside = sources.iter().all(|source| source.inner().is_on_disk());
            let mut subject = image::read_set_and(sources, name, depth, |parts, subject, rest| {
                examinations = self.gather(parts, index, beside, subject, rest);
            });
            if let [source] = sources {
                more(source, &mut subject);
            }
            subject
        });
        add_others(&subject, &mut examinations, &self.others);
        Examined { subject, examinations }
    }

    /// Verifies the file and gathers what each image holds, or the one of this index; both at once with `beside`.
    fn gather<S: ReadAt>(
        &self,
        parts: &[Wim<S>],
        index: Option<u32>,
        beside: bool,
        subject: &mut Subject,
        rest: Rest<'_>,
    ) -> Vec<Option<Examination>> {
        let source = subject.source.clone();
        let wanted = subject.images.iter().filter(|image| index.is_none() || image.index == index);
        let wanted: Vec<(Option<u32>, Facts)> = wanted
            .map(|image| {
                let readable = image.index.filter(|_| image.assurance > Assurance::Claimed);
                (readable, image.facts.clone())
            })
            .collect();
        let look = || -> Vec<Look> {
            wanted.iter().map(|(index, facts)| self.look(parts, *index, facts, &source)).collect()
        };
        let (digests, looks) = if beside {
            thread::scope(|scope| {
                let looking = scope.spawn(look);
                (rest.verify(parts, subject), looking.join().unwrap_or_default())
            })
        } else {
            (rest.verify(parts, subject), look())
        };
        select(subject, index);
        let images = subject.images.iter_mut().zip(looks);
        let completed = images.map(|(image, look)| {
            let Look { examination, troubles, .. } = look.complete(parts, &digests, &self.references);
            image.observations.extend(troubles.into_iter().map(|(trouble, detail)| {
                let evidence = Evidence { source: source.clone(), locator: Locator::Whole };
                Observation { trouble, detail, evidence }
            }));
            examination
        });
        completed.collect()
    }

    /// Gathers what an image holds, but for what every byte tells; of one without index, which cannot be read, nothing.
    fn look<S: ReadAt>(
        &self,
        parts: &[Wim<S>],
        index: Option<u32>,
        facts: &Facts,
        source: &Arc<str>,
    ) -> Look {
        let mut look = Look { index, ..Look::default() };
        let Some(index) = index else { return look };
        let mut examine = || {
            let inside = Inside::open(parts, index)?;
            let mut examination = Examination::of(&inside, Arc::clone(source), self.depth)?;
            examination.provenance = Provenance::of(&inside, facts.clone(), self.depth, &self.site)?;
            for reference in &self.references {
                match reference.compare(&inside, facts) {
                    Ok(twin) => examination.provenance.twins.extend(twin),
                    Err(error) => look.troubles.push((Trouble::Inaccessible, error.to_string())),
                }
            }
            Ok(examination)
        };
        let examined = examine();
        look.take(examined);
        look
    }
}

/// Reads a file, and looks into its images where there is a measure for them.
pub(super) fn read(
    measure: Option<&Measure>,
    target: &Target,
    opener: &Opener,
    depth: image::Depth<'_>,
    more: impl FnOnce(&Metered<Source>, &mut Subject),
) -> Examined {
    match measure {
        Some(measure) => measure.examine(target, None, opener, depth, more),
        None => Examined { subject: targets::read(target, opener, depth, more), examinations: Vec::new() },
    }
}

/// What was gathered of an image, and what could not be.
#[derive(Default)]
struct Look {
    index: Option<u32>,
    examination: Option<Examination>,
    troubles: Vec<(Trouble, String)>,
}

impl Look {
    fn take(&mut self, examined: wimproof_wim::Result<Examination>) {
        match examined {
            Ok(examination) => self.examination = Some(examination),
            Err(error) => self.troubles.push((Trouble::Unreadable, error.to_string())),
        }
    }

    /// Adds what every byte tells, and what references could repair of it.
    fn complete<S: ReadAt>(
        mut self,
        parts: &[Wim<S>],
        digests: &ContentDigests,
        references: &[Reference],
    ) -> Self {
        if let (Some(index), Some(mut examination)) = (self.index, self.examination.take()) {
            let completed = examination.complete(parts, index, digests);
            for reference in references {
                let store = examination.store.as_ref();
                match store.map_or(Ok(Vec::new()), |store| reference.could_repair(store)) {
                    Ok(sources) => examination.sources.extend(sources),
                    Err(error) => self.troubles.push((Trouble::Inaccessible, error.to_string())),
                }
            }
            self.take(completed.map(|()| examination));
        }
        self
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
    let alone = examinations.len() < 2;
    let siblings: Vec<Option<Other>> = subject
        .images
        .iter()
        .filter(|_| !alone)
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
