//! `wimproof health`: are the files of an image's components those that its manifests name?

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::{
    Global, Result, diff,
    examining::{self, Examined, Measure},
    forms::{Reports, Shape},
    inspect,
    output::Output,
    progress::Work,
    site::{Reference, SiteFiles},
    targets::{self, Target},
};
use crate::{
    evidence::examination,
    judge::{ExitCode, Severity, health},
    report::result::{Document, FindingReport, HealthReport, RegistryHead, SubjectReport},
    source::Opener,
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
            measure.others.extend(examining::approved(registry, now)?);
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
        let mut measure = Measure::new(self.depth.into(), &self.site.read(output)?);
        for reference in &self.reference {
            let reference = Reference::open(reference, opener)?;
            measure.others.extend(reference.stores()?);
            measure.references.push(reference);
        }
        Ok(measure)
    }

    fn look(&self, wanted: &Wanted, measure: &Measure, opener: &Opener, global: &Global) -> Answer {
        let progress = self.work.progress(&wanted.target, opener, global);
        let add = |bytes| progress.add(bytes);
        let depth = self.work.depth(measure.assurance(), &add);
        let Examined { subject, examinations } =
            measure.examine(&wanted.target, wanted.index, opener, depth, |_, _| {});
        let mut report = SubjectReport::seen(&subject, global.now());
        let mut code = ExitCode::Approved;
        for (image, examination) in report.images.iter_mut().zip(&examinations) {
            let findings = examination
                .as_ref()
                .map(|examination| health::findings(examination, &measure.allow))
                .unwrap_or_default();
            code = code.worse(health::exit_code(examination.as_ref(), &findings));
            image.findings.extend(findings.iter().map(FindingReport::from));
            image.health = examination.as_ref().map(|examination| HealthReport::of(examination, &findings));
        }
        if examinations.is_empty() {
            code = ExitCode::Undecided;
        }
        // What denies the file denies the images in it.
        let denied = report
            .all_findings()
            .any(|finding| finding.severity == Severity::Deny && finding.rule.is_of_an_image());
        let code = if denied { code.worse(ExitCode::NotApproved) } else { code };
        let code = code.worse(inspect::code_of(&subject, &report));
        Answer { report, code }
    }
}
