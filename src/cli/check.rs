//! `wimproof check`: the gate.

use std::path::PathBuf;

use chrono::{DateTime, Utc};
use clap::{Args, ValueEnum};

use super::{
    Global, Result,
    copy::Copy,
    forms::{Reports, Shape},
    output::Output,
    progress::Work,
    targets::{self, Target},
};
use crate::{
    evidence::image,
    judge::{self, Judgement, Policy, Verdict},
    registry::{Audit, Registry},
    report::result::{Document, SCHEMA, SubjectReport, TOOL},
    sighting::{Assurance, FactKey, Subject, Values},
    source::Opener,
};

/// Judge image files against the registry.
///
/// Exit codes: 0 approved, 1 not approved, 2 usage error, 3 undecided.
///
/// Prints a verdict for each image and ends with 0 only when every one is approved. A folder stands for all image files
/// below it; a facts file (.toml) for an image that is only told of.
#[derive(Debug, Args)]
pub(super) struct Check {
    /// Image files, folders, facts files
    #[arg(required = true, value_name = "IMAGE")]
    images: Vec<PathBuf>,
    /// On what an approval must rest
    #[arg(long, value_name = "LEVEL", default_value = "verified")]
    assurance: Level,
    /// Where the images are to be used, for approvals that name scopes
    #[arg(long, value_name = "SCOPE")]
    scope: Option<String>,
    #[command(flatten)]
    work: Work,
    /// Copy the image there, judge the copy, and give it its name only if it is approved: so the bytes judged are the
    /// bytes deployed
    #[arg(long, value_name = "DEST")]
    copy_to: Option<PathBuf>,
    /// Do not add to the audit record of the registry
    #[arg(long)]
    no_audit: bool,
    #[command(flatten)]
    reports: Reports,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Level {
    /// Header and XML only: quick, but anyone can write these; never enough to approve
    Claimed,
    /// Blob table and metadata, checked against their hashes: what the file says it holds
    Declared,
    /// Every byte read, every hash computed
    Verified,
}

impl From<Level> for Assurance {
    fn from(level: Level) -> Self {
        match level {
            Level::Claimed => Self::Claimed,
            Level::Declared => Self::Declared,
            Level::Verified => Self::Verified,
        }
    }
}

impl Check {
    pub(super) fn run(&self, global: &Global, output: &mut Output) -> Result {
        let dir = global.registry_dir()?;
        let dir_name = dir.display().to_string();
        let registry = Registry::open(dir);
        let policy = Policy { assurance: self.assurance.into(), scope: self.scope.clone() };
        let now = global.now();
        let (mut reports, mut verdicts, mut audits) = (Vec::new(), Vec::new(), Vec::new());
        let (opener, inputs) = (global.opener(), targets::roots(&self.images));
        output.keep_inputs(&inputs)?;
        self.reports.prepare(Shape::Judged, &inputs, output)?;
        let copy = self.copy_to.as_deref().map(|dest| Copy::make(&self.images, dest, opener)).transpose()?;
        let targets =
            copy.as_ref().map_or_else(|| targets::expand(&self.images, opener), |copy| vec![copy.target()]);
        let gate = Gate { registry: registry.as_ref(), registry_name: &dir_name, policy: &policy, now };
        for target in targets {
            let progress = self.work.progress(&target, opener, global);
            let add = |bytes| progress.add(bytes);
            let judged = gate.judge(&target, opener, self.work.depth(policy.assurance, &add));
            audits.extend(judged.audits);
            verdicts.extend(judged.verdict);
            reports.push(judged.report);
        }
        let verdict = Verdict::worst(verdicts);
        let code = verdict.exit_code();
        if let Some(copy) = copy
            && verdict == Verdict::Approved
        {
            copy.publish()?;
        }
        let document = Document {
            schema: SCHEMA.into(),
            tool: TOOL,
            command: "check".into(),
            now,
            policy: Some((&policy).into()),
            registry: registry.as_ref().ok().map(|registry| registry.head().into()),
            verdict: Some(verdict),
            exit_code: code.code(),
            subjects: reports,
        };
        self.reports.write(&document, output)?;
        output.document(&document)?;
        if let Ok(registry) = &registry {
            output.index_note(registry);
            if !self.no_audit
                && let Err(error) = registry.audit(&audits)
            {
                output.note(&format!("the check was not added to the audit record: {error}"));
            }
        }
        Ok(code)
    }
}

/// Judges what is named by a registry.
pub(super) struct Gate<'g> {
    pub(super) registry: std::result::Result<&'g Registry, &'g crate::registry::Error>,
    pub(super) registry_name: &'g str,
    pub(super) policy: &'g Policy,
    pub(super) now: DateTime<Utc>,
}

/// What was judged.
pub(super) struct Judged {
    pub(super) report: SubjectReport,
    /// The verdict, if it counts.
    pub(super) verdict: Option<Verdict>,
    pub(super) audits: Vec<Audit>,
}

impl Gate<'_> {
    pub(super) fn judge(&self, target: &Target, opener: &Opener, depth: image::Depth<'_>) -> Judged {
        let Self { registry, registry_name, policy, now } = *self;
        let subject = targets::read(target, opener, depth, |source, subject| {
            if let Ok(registry) = registry
                && policy.assurance > Assurance::Claimed
                && !subject.facts.contains_key(&FactKey::FileSha256)
                && wants_file_digest(subject, registry)
            {
                image::hash_file(source, subject);
            }
        });
        let judgement = match registry {
            Ok(registry) => judge::subject(&subject, registry, policy, now)
                .unwrap_or_else(|error| judge::without_registry(&subject, &error, registry_name, now)),
            Err(error) => judge::without_registry(&subject, error, registry_name, now),
        };
        let audits = registry.map(|registry| audits_of(&subject, &judgement, registry, now));
        let audits = audits.unwrap_or_default();
        let uncounted = judge::medium::uncounted_boot(&subject, &judgement).filter(|_| target.boots_setup);
        if let Some(finding) = uncounted {
            let mut report = SubjectReport::seen(&subject, now);
            report.findings.push((&finding).into());
            return Judged { report, verdict: None, audits };
        }
        let report = SubjectReport::judged(&subject, &judgement);
        Judged { report, verdict: Some(judgement.verdict), audits }
    }
}

/// Whether an approval knows a file of this length by nothing but its SHA-256: then, and only then, the whole file is
/// worth reading.
fn wants_file_digest(subject: &Subject, registry: &Registry) -> bool {
    let keys: Vec<_> = subject.images.iter().flat_map(|image| judge::keys(subject, image)).collect();
    let size = subject.facts.get(&FactKey::FileSize).map(|fact| &fact.value);
    registry.standings(&keys).unwrap_or_default().iter().any(|standing| {
        let facts = &standing.approval.facts;
        facts.get(FactKey::FileSha256).is_some()
            && facts.get(FactKey::Tree).is_none()
            && facts.get(FactKey::FileSize) == size
    })
}

fn audits_of(
    subject: &Subject,
    judgement: &Judgement,
    registry: &Registry,
    now: DateTime<Utc>,
) -> Vec<Audit> {
    let of_file = |key: &FactKey| matches!(key, FactKey::FileSize | FactKey::FileSha256 | FactKey::Guid);
    let file_facts = subject.facts.iter().filter(|(key, _)| of_file(key));
    let file_facts: Vec<_> = file_facts.map(|(key, fact)| (*key, fact.value.clone())).collect();
    let file_rules = judgement.findings.iter().map(|finding| finding.rule);
    let audit = |index, verdict: Verdict, approval, rules: Vec<judge::RuleId>, facts: Values| Audit {
        at: now,
        source: subject.source.to_string(),
        index,
        verdict: verdict.name().to_owned(),
        assurance: subject.assurance.to_string(),
        approval,
        rules: rules.iter().map(|rule| rule.rule().id.to_owned()).collect(),
        registry_size: registry.head().size,
        facts,
    };
    if subject.images.is_empty() {
        return vec![audit(
            None,
            judgement.verdict,
            None,
            file_rules.collect(),
            file_facts.into_iter().collect(),
        )];
    }
    let images = subject.images.iter().zip(&judgement.images);
    images
        .map(|(sighting, image)| {
            let mut rules: Vec<_> =
                image.findings.iter().map(|finding| finding.rule).chain(file_rules.clone()).collect();
            rules.sort();
            rules.dedup();
            let facts = sighting.facts.iter().map(|(key, fact)| (*key, fact.value.clone()));
            let approval = image.approval.as_ref().map(|standing| standing.id.to_string());
            audit(
                sighting.index,
                image.verdict,
                approval,
                rules,
                facts.chain(file_facts.iter().cloned()).collect(),
            )
        })
        .collect()
}
