//! `wimproof health`: are the files of an image's components those that its manifests name?

use std::{path::PathBuf, sync::Arc};

use clap::{Args, ValueEnum};
use wimproof_wim::Wim;

use super::{
    Error, Global, Result, diff,
    forms::{Reports, Shape},
    inspect,
    output::Output,
    progress::Work,
    site::{Reference, SiteFiles},
    targets::{self, Target},
};
use crate::{
    evidence::{
        component_store::{ComponentStore, ledger::Ledger},
        examination::{self, Examination, Other},
        image::{self, ContentDigests},
        inside::Inside,
        provenance::{Provenance, Site},
        split_set,
    },
    judge::{
        ExitCode,
        health::{self, AllowList},
    },
    registry::Registry,
    report::result::{Document, FindingReport, HealthReport, RegistryHead, SubjectReport},
    sighting::{Assurance, Evidence, Locator, Observation, Sighting, Subject, Trouble},
    source::{Opener, ReadAt},
};

/// Tell whether images are whole: the files of their components against the manifests.
///
/// Finds damage that was captured with an image, which no hash of the image file can show. Ends with 0 when nothing speaks
/// against the images, 1 when something does, 3 when an image cannot be read or has no component store.
#[derive(Debug, Args)]
pub(super) struct Health {
    /// Image files, folders; with :N the image N of a file
    #[arg(required = true, value_name = "IMAGE[:N]")]
    images: Vec<String>,
    /// How far to look
    #[arg(long, value_name = "DEPTH", default_value = "payloads")]
    depth: Depth,
    /// An image known to be healthy (repeatable): a component of the same version has the same files
    #[arg(long, value_name = "IMAGE[:N]")]
    reference: Vec<String>,
    #[command(flatten)]
    site: SiteFiles,
    #[command(flatten)]
    work: Work,
    #[command(flatten)]
    reports: Reports,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Depth {
    /// Names, sizes and SHA-1 of all files: seconds
    Metadata,
    /// Also the manifests
    Manifests,
    /// Every byte, against the hashes in the manifests
    Payloads,
}

impl From<Depth> for examination::Depth {
    fn from(depth: Depth) -> Self {
        match depth {
            Depth::Metadata => Self::Metadata,
            Depth::Manifests => Self::Manifests,
            Depth::Payloads => Self::Payloads,
        }
    }
}

/// A file to look at, and which of its images.
struct Wanted {
    target: Target,
    index: Option<u32>,
}

/// What every image is held against.
struct Measure {
    site: Site,
    allow: AllowList,
    references: Vec<Reference>,
    others: Vec<Other>,
}

/// What was found of a file: the report, and the answer.
struct Answer {
    report: SubjectReport,
    code: ExitCode,
}

impl Health {
    pub(super) fn run(&self, global: &Global, output: &mut Output) -> Result {
        let now = global.now();
        let named: Vec<(PathBuf, Option<u32>)> = self.images.iter().map(|image| diff::split(image)).collect();
        let references = self.reference.iter().map(|image| diff::split(image).0);
        let paths: Vec<PathBuf> = named.iter().map(|(path, _)| path.clone()).chain(references).collect();
        let (opener, inputs) = (global.opener(), targets::roots(&paths));
        output.keep_inputs(&inputs)?;
        self.reports.prepare(Shape::Seen, &inputs, output)?;
        let mut measure = self.measure(opener, output)?;
        let registry = global.registry.as_ref().map(|_| global.open_registry()).transpose()?;
        if let Some(registry) = &registry {
            measure.others.extend(approved(registry)?);
        }
        let wanted = named.into_iter().flat_map(|(path, index)| {
            targets::expand(&[path], opener).into_iter().map(move |target| Wanted { target, index })
        });
        let mut worst = ExitCode::Approved;
        let mut subjects = Vec::new();
        for wanted in wanted.collect::<Vec<_>>() {
            let Answer { report, code } = self.look(&wanted, &measure, opener, global);
            worst = worst.worse(code);
            subjects.push(report);
        }
        let head = registry.as_ref().map(RegistryHead::from);
        let document = Document { registry: head, ..Document::seen("health", now, worst, subjects) };
        self.reports.write(&document, output)?;
        output.document(&document)?;
        Ok(worst)
    }

    fn measure(&self, opener: &Opener, output: &mut Output) -> Result<Measure> {
        let (site, allow) = self.site.read(output)?;
        let mut measure = Measure { site, allow, references: Vec::new(), others: Vec::new() };
        for reference in &self.reference {
            measure.others.extend(read_reference(reference, opener)?);
            measure.references.push(Reference::open(reference, opener)?);
        }
        Ok(measure)
    }

    fn look(&self, wanted: &Wanted, measure: &Measure, opener: &Opener, global: &Global) -> Answer {
        let progress = self.work.progress(&wanted.target, opener, global);
        let add = |bytes| progress.add(bytes);
        let assurance = match self.depth {
            Depth::Payloads => Assurance::Verified,
            Depth::Metadata | Depth::Manifests => Assurance::Declared,
        };
        let mut examinations = Vec::new();
        let subject = targets::read_with(&wanted.target, opener, |sources, name| {
            image::read_set_and(sources, name, self.work.depth(assurance, &add), |parts, subject, digests| {
                select(subject, wanted.index);
                examinations = self.examine(parts, subject, digests, measure);
            })
        });
        add_others(&subject, &mut examinations, &measure.others);
        let mut report = SubjectReport::seen(&subject, global.now());
        let mut code = ExitCode::Approved;
        for (image, examination) in report.images.iter_mut().zip(&examinations) {
            let findings = examination
                .as_ref()
                .map(|examination| health::findings(examination, &measure.allow))
                .unwrap_or_default();
            code = code.worse(health::exit_code(examination.as_ref(), &findings));
            image.findings.extend(findings.iter().map(FindingReport::from));
            image.health = examination.as_ref().map(HealthReport::from);
        }
        if examinations.is_empty() {
            code = ExitCode::Undecided;
        }
        let code = code.worse(inspect::code_of(&subject, &report));
        Answer { report, code }
    }

    /// Gathers what each image holds; `None` for one that cannot be opened, which the subject then says.
    fn examine<S: ReadAt>(
        &self,
        parts: &[Wim<S>],
        subject: &mut Subject,
        digests: &ContentDigests,
        measure: &Measure,
    ) -> Vec<Option<Examination>> {
        let source = subject.source.clone();
        let depth = self.depth.into();
        let examine = |index: u32, image: &mut Sighting| {
            let inside = Inside::open(parts, index)?;
            let mut examination = Examination::of(&inside, Arc::clone(&source), depth, digests)?;
            examination.provenance = Provenance::of(&inside, image.facts.clone(), depth, &measure.site)?;
            for reference in &measure.references {
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

/// What the store of a reference holds; of all its images where none is named.
fn read_reference(text: &str, opener: &Opener) -> Result<Vec<Other>> {
    let (path, index) = diff::split(text);
    let failed =
        |what: &dyn std::fmt::Display| Error::Unreadable(format!("reference {}: {what}", path.display()));
    let target = targets::one(&path, opener)?;
    let sources = split_set::open(opener, &target.locator).map_err(|error| failed(&error))?;
    let parts: std::result::Result<Vec<_>, _> = sources.iter().map(Wim::open).collect();
    let mut parts = parts.map_err(|error| failed(&error))?;
    parts.sort_by_key(|part| part.header().part);
    let table = parts.first().map(Wim::blob_table).transpose().map_err(|error| failed(&error))?;
    let count = table.map_or(0, |table| u32::try_from(table.metadata().len()).unwrap_or(u32::MAX));
    let mut others = Vec::new();
    for index in index.map_or(1..=count, |index| index..=index) {
        let inside = Inside::open(&parts, index).map_err(|error| failed(&error))?;
        if let Some(store) = ComponentStore::of(&inside) {
            let name = format!("{}:{index}", path.display());
            others.push(Other { name, trusted: true, ledger: Arc::new(Ledger::of(&store)) });
        }
    }
    match others.is_empty() {
        true => Err(failed(&"no image with a component store")),
        false => Ok(others),
    }
}

/// What the stores of approved images hold.
fn approved(registry: &Registry) -> Result<Vec<Other>> {
    let stores = registry.components()?.into_iter().filter_map(|(standing, bytes)| {
        let name = format!("{} ({})", standing.id, standing.approval.title);
        Some(Other { name, trusted: true, ledger: Arc::new(Ledger::from_bytes(&bytes)?) })
    });
    Ok(stores.collect())
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

/// Leaves the image that is wanted.
fn select(subject: &mut Subject, index: Option<u32>) {
    let Some(index) = index else { return };
    subject.images.retain(|image| image.index == Some(index));
    if subject.images.is_empty() {
        let detail = format!("the file has no image {index}");
        subject.observe(Trouble::Unreadable, detail, Locator::Whole);
    }
}
