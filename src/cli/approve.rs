//! `wimproof registry approve`.

use std::{collections::BTreeMap, path::Path, path::PathBuf};

use chrono::{DateTime, Utc};
use clap::{Args, ValueEnum};

use super::{
    Error, Format, Global, Result,
    examining::{self, Examined, Measure},
    output::Output,
    parse_time,
    progress::Work,
    registry::Why,
    seal::SealOptions,
    targets::{self, Target},
};
use crate::{
    evidence::{
        component_store::ledger::Ledger,
        examination::{Depth, Examination},
        facts_file::FactsFile,
        image,
    },
    judge::{self, ExitCode, Finding, Policy, Severity, findings_of, health},
    policy::site::SiteReader,
    registry::{Approval, Record, Registry, Standing},
    report::{self, inert::Quoted, list_words, registry_words, standing::StandingReport},
    sighting::{Assurance, FactKey, Sighting, Subject, SubjectKind, Values},
    source::{Metered, Opener, Source},
};

/// Approve an image.
///
/// Records all claims of the image, the length and SHA-256 of the file, and the digests of its directory tree, by which
/// the image is known again after export, recompression or splitting. What a check would hold against the image is held
/// against its approval too: damage, the name of another approved image, a revocation.
#[derive(Debug, Args)]
pub(super) struct Approve {
    /// The image file
    #[arg(value_name = "IMAGE", required_unless_present = "from_facts")]
    image: Option<PathBuf>,
    /// Approve from a facts file, without the image at hand: enough to recognise the image in logs; a file is only
    /// approved by it where it gives a digest
    #[arg(long, value_name = "FILE", conflicts_with_all = ["image", "index", "all"])]
    from_facts: Option<PathBuf>,
    /// The image in the file, from 1
    #[arg(long, value_name = "N", conflicts_with = "all")]
    index: Option<u32>,
    /// All images in the file, each an approval of its own
    #[arg(long)]
    all: bool,
    /// What people call the image [default: its name]
    #[arg(long = "as", value_name = "TITLE")]
    title: Option<String>,
    #[command(flatten)]
    why: Why,
    #[command(flatten)]
    seal: SealOptions,
    /// The approval holds from this time
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    not_before: Option<DateTime<Utc>>,
    /// The approval holds until this time
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    not_after: Option<DateTime<Utc>>,
    /// Where the image may be used (repeatable) [default: everywhere]
    #[arg(long = "scope", value_name = "SCOPE", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    scopes: Vec<String>,
    /// How far to read before approving
    #[arg(long, value_name = "LEVEL", default_value = "verified")]
    assurance: Basis,
    #[command(flatten)]
    work: Work,
    /// Approve although findings speak against it
    #[arg(long)]
    despite_findings: bool,
}

/// On what an approval is to rest.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Basis {
    /// Blob table and metadata, checked against their hashes
    Declared,
    /// Every byte read, every hash computed
    Verified,
}

impl From<Basis> for Assurance {
    fn from(basis: Basis) -> Self {
        match basis {
            Basis::Declared => Self::Declared,
            Basis::Verified => Self::Verified,
        }
    }
}

impl Approve {
    pub(super) fn run(&self, global: &Global, output: &mut Output) -> Result {
        self.check_period(global)?;
        let seal = self.seal.seal(global)?;
        let mut registry = global.open_to_write()?;
        let approvals = match (&self.image, &self.from_facts) {
            (Some(image), _) => self.approve_file(image, &registry, global, output)?,
            (None, Some(facts)) => vec![self.approve_facts(FactsFile::read(facts)?, global)?],
            (None, None) => return Err(Error::Usage("name an image file, or --from-facts FILE".into())),
        };
        let records: Vec<Record> = approvals.iter().cloned().map(|a| Record::Approve(Box::new(a))).collect();
        let first = registry.append(&records, &seal)?;
        let standings: Vec<Standing> = (first..).zip(approvals).map(|(n, a)| Standing::new(n, a)).collect();
        let now = global.now();
        let reports: Vec<_> = standings.iter().map(|standing| StandingReport::new(standing, now)).collect();
        if output.format() == Format::Json {
            report::json::write(output.text(), &reports)?;
            return Ok(ExitCode::Approved);
        }
        for report in &reports {
            let (title, name) = (Quoted(&report.approval.title), Quoted(report.fact(FactKey::Name)));
            let basis = list_words::basis(report.approval.assurance, output.language());
            let values = [report.id.to_string(), title.to_string(), name.to_string(), basis];
            output.say(registry_words::APPROVED, values.each_ref().map(String::as_str))?;
        }
        Ok(ExitCode::Approved)
    }

    fn check_period(&self, global: &Global) -> Result<()> {
        let Some(end) = self.not_after else { return Ok(()) };
        if self.not_before.is_some_and(|start| start >= end) {
            return Err(Error::Usage("--not-after must lie behind --not-before".into()));
        }
        if end <= global.now() {
            return Err(Error::Usage("--not-after lies in the past: the approval would never hold".into()));
        }
        Ok(())
    }

    fn approve_file(
        &self,
        path: &Path,
        registry: &Registry,
        global: &Global,
        output: &Output,
    ) -> Result<Vec<Approval>> {
        let opener = global.opener();
        let (subject, stores) = self.read(&targets::one(path, opener)?, opener, global)?;
        if subject.kind == SubjectKind::Evidence {
            return Err(Error::Usage(format!(
                "{} is a facts file: name it with --from-facts",
                path.display()
            )));
        }
        if subject.images.is_empty() {
            return Err(unreadable(&findings_of(&subject.observations)));
        }
        let mut approvals = Vec::new();
        for sighting in self.choose(&subject)? {
            self.weigh(&subject, sighting, registry, global, output)?;
            let facts = subject.facts.iter().chain(&sighting.facts);
            let facts: Values = facts.map(|(key, fact)| (*key, fact.value.clone())).collect();
            let name = facts.text(FactKey::Name).unwrap_or_default().to_owned();
            let title = match (&self.title, self.all && subject.images.len() > 1) {
                (Some(title), false) => title.clone(),
                (Some(title), true) => format!("{title} ({name})"),
                (None, _) if name.is_empty() => {
                    return Err(Error::Usage("the image has no name: give --as TITLE".into()));
                }
                (None, _) => name,
            };
            let contents =
                sighting.contents.as_ref().map(|contents| registry.keep_contents(contents)).transpose()?;
            let components = match sighting.index.and_then(|index| stores.get(&index)) {
                Some(Store::Healthy(ledger)) => {
                    Some(registry.keep_components(&ledger.to_bytes(), ledger.len() as u64)?)
                }
                Some(Store::Sick(findings)) => {
                    output.note(&format!(
                        "{} is not healthy, and approved all the same: {findings} findings speak against it; \
                         `wimproof health` names them",
                        Quoted(&title)
                    ));
                    None
                }
                None => None,
            };
            let approval = self.approval(title, facts, Some(sighting.assurance), global)?;
            approvals.push(Approval { contents, components, ..approval });
        }
        Ok(approvals)
    }

    /// Reads the file, and looks into the health of its images, by their indexes.
    fn read(
        &self,
        target: &Target,
        opener: &Opener,
        global: &Global,
    ) -> Result<(Subject, BTreeMap<u32, Store>)> {
        let progress = self.work.progress(target, opener, global);
        let add = |bytes| progress.add(bytes);
        let assurance = self.assurance.into();
        let depth = self.work.depth(assurance, &add);
        let terms = SiteReader::new().map_err(Error::Unreadable)?.finish();
        let measure = Measure::new(Depth::Payloads, &terms);
        let hash = |source: &Metered<Source>, subject: &mut Subject| {
            if !subject.facts.contains_key(&FactKey::FileSha256) {
                image::hash_file(source, subject);
            }
        };
        let measure = (assurance >= measure.assurance()).then_some(&measure);
        let Examined { subject, examinations } = examining::read(measure, target, opener, depth, hash);
        let stores = subject.images.iter().zip(examinations).filter_map(|(image, examination)| {
            let store = Store::of(&examination?).filter(|_| image.assurance == Assurance::Verified)?;
            Some((image.index?, store))
        });
        let stores = stores.collect();
        Ok((subject, stores))
    }

    fn choose<'s>(&self, subject: &'s Subject) -> Result<Vec<&'s Sighting>> {
        let images = &subject.images;
        match self.index {
            Some(index) => {
                let found = images.iter().find(|image| image.index == Some(index));
                let missing = || Error::Usage(format!("{} has no image {index}", subject.source));
                Ok(vec![found.ok_or_else(missing)?])
            }
            None if images.len() > 1 && !self.all => {
                let name =
                    |image: &Sighting| image.facts.get(&FactKey::Name).map(|fact| fact.value.to_string());
                let list = images
                    .iter()
                    .map(|i| format!("{} {:?}", i.index.unwrap_or(0), name(i).unwrap_or_default()));
                let list = list.collect::<Vec<_>>().join(", ");
                Err(Error::Usage(format!(
                    "{} holds several images ({list}): give --index N or --all",
                    subject.source
                )))
            }
            None => Ok(images.iter().collect()),
        }
    }

    /// Refuses what a check of the same file would hold against it, unless told otherwise; never takes what could not be
    /// read.
    fn weigh(
        &self,
        subject: &Subject,
        sighting: &Sighting,
        registry: &Registry,
        global: &Global,
        output: &Output,
    ) -> Result<()> {
        let now = global.now();
        let policy = Policy { assurance: self.assurance.into(), scope: self.scopes.first().cloned() };
        let candidates = registry.standings(&judge::keys(subject, sighting))?;
        let judgement = judge::image(subject, sighting, &candidates, &policy, now);
        let mut against = judgement.findings;
        against.extend(findings_of(&subject.observations));
        // That nobody approved it yet, or not for this use, is why it is being approved.
        let expected =
            [judge::RuleId::NOT_IN_REGISTRY, judge::RuleId::OUT_OF_SCOPE, judge::RuleId::NOT_VALID_NOW];
        against.retain(|finding| finding.severity == Severity::Deny && !expected.contains(&finding.rule));
        let prevented = subject.observations.iter().chain(&sighting.observations);
        let prevented = prevented.clone().any(|observation| observation.trouble.prevents_judgement());
        if prevented || !sighting.facts.contains_key(&FactKey::Tree) {
            return Err(unreadable(&against));
        }
        if judgement.verdict == judge::Verdict::Approved
            && let Some(standing) = judgement.approval
        {
            output.note(&format!(
                "the image is approved already, as {} ({:?})",
                standing.id, standing.approval.title
            ));
        }
        let told = told(&against);
        match (told.is_empty(), self.despite_findings) {
            (true, _) => Ok(()),
            (false, true) => {
                output.note(&format!("approved despite: {told}"));
                Ok(())
            }
            (false, false) => Err(Error::Refused(format!(
                "not approved, findings speak against it (--despite-findings overrides): {told}"
            ))),
        }
    }

    fn approve_facts(&self, file: FactsFile, global: &Global) -> Result<Approval> {
        let text = |key| file.facts.text(key).filter(|text| !text.trim().is_empty());
        let identity = [FactKey::Name, FactKey::DisplayName, FactKey::Tree, FactKey::FileSha256];
        if identity.into_iter().all(|key| text(key).is_none()) {
            let known: Vec<&str> = identity.iter().map(|key| key.name()).collect();
            let why = format!("the facts file recognises nothing: it needs one of {}", known.join(", "));
            return Err(Error::Usage(why));
        }
        let title = self.title.clone().or(file.title.clone()).or(text(FactKey::Name).map(str::to_owned));
        let no_title = || Error::Usage("the facts file has neither title nor name: give --as TITLE".into());
        let title = title.ok_or_else(no_title)?;
        if file.facts.get(FactKey::FileSha256).is_some() && file.facts.get(FactKey::FileSize).is_none() {
            let why = "the facts file gives file_sha256 without file_size: the size tells which files are worth hashing";
            return Err(Error::Usage(why.into()));
        }
        self.approval(title, file.facts, None, global)
    }

    fn approval(
        &self,
        title: String,
        facts: Values,
        assurance: Option<Assurance>,
        global: &Global,
    ) -> Result<Approval> {
        let (not_before, not_after, scopes) = (self.not_before, self.not_after, self.scopes.clone());
        let decision = self.why.decision(global.now())?;
        let (contents, components) = (None, None);
        Ok(Approval {
            title,
            facts,
            contents,
            components,
            assurance,
            scopes,
            not_before,
            not_after,
            decision,
        })
    }
}

/// The component store of an image, by what was found of the image.
enum Store {
    /// Nothing speaks against it.
    Healthy(Ledger),
    /// So many findings do.
    Sick(usize),
}

impl Store {
    /// `None` where there is none, or it could not be judged.
    fn of(examination: &Examination) -> Option<Self> {
        let store = examination.store.as_ref()?;
        let findings = health::findings(examination, &health::AllowList::default());
        let against = findings.iter().filter(|finding| finding.severity == Severity::Deny).count();
        match health::exit_code(Some(examination), &findings) {
            ExitCode::Approved => Some(Self::Healthy(Ledger::of(store))),
            _ if against > 0 => Some(Self::Sick(against)),
            _ => None,
        }
    }
}

fn told(findings: &[Finding]) -> String {
    let told = findings.iter().map(|finding| format!("{} {}", finding.rule.rule().id, finding.message));
    told.collect::<Vec<_>>().join("; ")
}

fn unreadable(findings: &[Finding]) -> Error {
    Error::Unreadable(format!("not approved, the image cannot be read: {}", told(findings)))
}
