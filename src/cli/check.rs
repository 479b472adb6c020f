//! `wimproof check`: the gate.

use std::path::PathBuf;

use chrono::{DateTime, Utc};
use clap::{Args, ValueEnum};

use super::{
    Global, Result,
    approvals::Approvals,
    break_glass::{BreakGlass, obstacle},
    copy::Copy,
    examining::{self, Examined, Measure},
    forms::{Reports, Shape},
    output::Output,
    progress::Work,
    seal::SignOptions,
    site_policy::SitePolicy,
    targets::{self, Target},
};
use crate::{
    evidence::image,
    judge::{
        self, ExitCode, Finding, Judgement, Verdict, health,
        policy::{Excuse, Weighing},
    },
    registry::{Audit, Registry},
    report::result::{Document, HealthReport, SubjectReport},
    sighting::{Assurance, FactKey, Subject, Values},
    source::{Metered, Opener, Source},
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
    /// On what an approval must rest [default: that of the policy, else verified]
    #[arg(long, value_name = "LEVEL")]
    assurance: Option<Level>,
    /// Where the images are to be used, for approvals that name scopes [default: that of the policy]
    #[arg(long, value_name = "SCOPE")]
    scope: Option<String>,
    /// Pass over findings that this baseline knows (see `wimproof policy baseline`)
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
    #[command(flatten)]
    break_glass: BreakGlass,
    #[command(flatten)]
    work: Work,
    /// Copy the image there, judge the copy, and give it its name only if it is approved: so the bytes judged are the
    /// bytes deployed
    #[arg(long, value_name = "DEST")]
    copy_to: Option<PathBuf>,
    /// Judge by this ticket of `registry ticket` (repeatable), without the registry; needs --trust
    #[arg(long = "ticket", value_name = "FILE")]
    tickets: Vec<PathBuf>,
    #[command(flatten)]
    sign: SignOptions,
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
        let approvals = Approvals::open(&self.tickets, global)?;
        output.sign_with(self.sign.signers(global)?);
        let now = global.now();
        let assurance = (self.assurance.map(Into::into), Assurance::Verified);
        let site = SitePolicy::read(global, self.baseline.as_deref(), assurance, self.scope.as_deref())?;
        self.break_glass.check()?;
        let (opener, mut inputs) = (global.opener(), targets::roots(&self.images));
        inputs.extend(site.files(global, self.baseline.as_ref()));
        output.keep_inputs(&inputs)?;
        self.reports.prepare(Shape::Judged, &inputs, output)?;
        let copy = self.copy_to.as_deref().map(|dest| Copy::make(&self.images, dest, opener)).transpose()?;
        let targets =
            copy.as_ref().map_or_else(|| targets::expand(&self.images, opener), |copy| vec![copy.target()]);
        let gate = Gate::new(&approvals, &site, now)?;
        let mut weighing = site.weighing(now);
        let (mut reports, mut audits) = (Vec::new(), Vec::new());
        for target in targets {
            let progress = self.work.progress(&target, opener, global);
            let add = |bytes| progress.add(bytes);
            let depth = self.work.depth(gate.reads(), &add);
            let judged = gate.judge(&target, opener, depth, &mut weighing);
            audits.extend(judged.audits);
            reports.push(judged.report);
        }
        let obstacle = reports.iter().find_map(|report| obstacle(site.terms.as_ref(), report));
        let verdict = Verdict::worst(reports.iter().filter_map(|report| report.verdict));
        let mut document = gate.document("check", verdict, reports, &weighing.finish());
        let recorded =
            site.conclude(&mut document, &self.break_glass, obstacle, approvals.registry(), &audits);
        let code = ExitCode::of(document.exit_code);
        if let Some(copy) = copy
            && code == ExitCode::Approved
        {
            copy.publish()?;
        }
        self.reports.write(&document, output)?;
        output.document(&document)?;
        if let Some(registry) = approvals.registry() {
            output.trust_note(registry);
            output.index_note(registry);
            if !self.no_audit
                && !recorded
                && let Err(error) = registry.audit(&audits)
            {
                output.note(&format!("the check was not added to the audit record: {error}"));
            }
        }
        Ok(code)
    }
}

/// Against what, and as of when.
pub(super) struct Gate<'a> {
    approvals: &'a Approvals,
    site: &'a SitePolicy,
    pub(super) now: DateTime<Utc>,
    /// For a policy that asks for the health of images.
    health: Option<Measure>,
}

/// A file that was judged. Without a verdict, it does not count.
pub(super) struct Judged {
    pub(super) report: SubjectReport,
    pub(super) audits: Vec<Audit>,
}

impl<'a> Gate<'a> {
    pub(super) fn new(approvals: &'a Approvals, site: &'a SitePolicy, now: DateTime<Utc>) -> Result<Self> {
        let asked = site.terms.as_ref().map(|terms| &terms.health);
        let asked = asked.and_then(|asked| Some(Measure::new(asked.depth?, asked)));
        let others = asked.as_ref().and_then(|_| approvals.registry());
        let others = others.map(|registry| examining::approved(registry, now)).transpose()?;
        let health = asked.map(|asked| Measure { others: others.unwrap_or_default(), ..asked });
        Ok(Self { approvals, site, now, health })
    }

    /// How far files have to be read.
    pub(super) fn reads(&self) -> Assurance {
        let health = self.health.as_ref().map(Measure::assurance);
        health.map_or(self.site.asked.assurance, |health| health.max(self.site.asked.assurance))
    }

    /// Reads a file and judges it.
    pub(super) fn judge(
        &self,
        target: &Target,
        opener: &Opener,
        depth: image::Depth<'_>,
        weighing: &mut Weighing<'_>,
    ) -> Judged {
        let hash = |source: &Metered<Source>, subject: &mut Subject| {
            let unknown = !subject.facts.contains_key(&FactKey::FileSha256);
            let wanted = || self.site.pins_files() || self.approvals.want_file_digest(subject);
            if depth.assurance > Assurance::Claimed && unknown && wanted() {
                image::hash_file(source, subject);
            }
        };
        let Examined { subject, examinations } =
            examining::read(self.health.as_ref(), target, opener, depth, hash);
        let mut judgement = self.approvals.judge(&subject, &self.site.asked, self.now);
        if let Some(measure) = &self.health {
            for (image, examination) in judgement.images.iter_mut().zip(&examinations) {
                let found = examination.iter().flat_map(|found| health::findings(found, &measure.allow));
                image.findings.extend(found);
            }
        }
        let uncounted = judge::medium::uncounted_boot(&subject, &judgement).filter(|_| target.boots_setup);
        if uncounted.is_none() {
            weighing.weigh(&subject, &mut judgement);
            if self.health.is_some() {
                health::require(&mut judgement, &examinations);
            }
        }
        // What is not counted has no verdict to be kept.
        let counted = self.approvals.registry().filter(|_| uncounted.is_none());
        let audits = counted.map(|registry| audits_of(&subject, &judgement, registry, self.now));
        let audits = audits.unwrap_or_default();
        let mut report = match uncounted {
            None => SubjectReport::judged(&subject, &judgement),
            Some(finding) => {
                let mut report = SubjectReport::seen(&subject, self.now);
                report.findings.push((&finding).into());
                report
            }
        };
        let looked_into = report.images.iter_mut().zip(&judgement.images).zip(&examinations);
        for ((image, judged), examination) in looked_into {
            image.health = examination.as_ref().map(|found| HealthReport::of(found, &judged.findings));
        }
        Judged { report, audits }
    }

    /// The result, before a policy has a say in how it ends.
    pub(super) fn document(
        &self,
        command: &'static str,
        verdict: Verdict,
        subjects: Vec<SubjectReport>,
        of_policy: &[Finding],
    ) -> Document {
        Document {
            policy: Some((&self.site.asked).into()),
            registry: self.approvals.head(),
            verdict: Some(verdict),
            findings: of_policy.iter().map(Into::into).collect(),
            ..Document::seen(command, self.now, verdict.exit_code(), subjects)
        }
    }
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
    let file_waivers = waivers_of(&judgement.findings);
    let audit = |index, verdict: Verdict, approval, rules: Vec<judge::RuleId>, facts: Values| Audit {
        unwaived: None,
        waivers: file_waivers.clone(),
        break_glass: None,
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
            let mut audit = audit(
                sighting.index,
                image.verdict,
                approval,
                rules,
                facts.chain(file_facts.iter().cloned()).collect(),
            );
            audit.unwaived = image.unwaived.map(|verdict| verdict.name().to_owned());
            audit.waivers.extend(waivers_of(&image.findings));
            audit
        })
        .collect()
}

/// Ids of the waivers that excuse findings.
fn waivers_of(findings: &[Finding]) -> Vec<String> {
    let waiver = |finding: &Finding| match &finding.excuse {
        Some(Excuse::Waived(waiver)) => Some(waiver.id.clone()),
        _ => None,
    };
    let mut ids: Vec<String> = findings.iter().filter_map(waiver).collect();
    ids.sort();
    ids.dedup();
    ids
}
