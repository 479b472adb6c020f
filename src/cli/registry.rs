//! `wimproof registry`: keeps the registry of approved images.

use std::{io::Write as _, path::PathBuf};

use chrono::{DateTime, Utc};
use clap::{Args, Subcommand};
use serde::Serialize;

use super::{Error, Format, Global, Result, output::Output, parse_time, targets};
use crate::{
    evidence::{facts_file::FactsFile, image},
    judge::{ExitCode, Finding, Severity, findings_of},
    registry::{Approval, ApprovalId, Decision, Record, Registry, Revocation, Standing, Succession},
    report::{
        self,
        inert::Inert,
        standing::{StandingReport, details, table},
        table::Table,
    },
    sighting::{Assurance, FactKey, Sighting, Subject, Value, Values},
};

/// Keep the registry of approved images.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Create a registry in a folder
    Init(Init),
    /// Approve an image
    Approve(Approve),
    /// Take an approval back
    Revoke(Revoke),
    /// Put an approved image in the place of another
    Supersede(Supersede),
    /// List approvals
    List(List),
    /// Show all that is known of an approval
    Show(Show),
    /// Show the entries of the log, in order
    Log,
    /// Check the whole log against its head, and the index against both
    Verify,
    /// Make the index anew from the log
    Rebuild,
    /// Write all approvals as JSON
    Export,
}

/// Create a registry in a folder.
#[derive(Debug, Args)]
pub(super) struct Init {
    /// Name of the log, unique in the organisation, for example bank.example/images
    #[arg(long, default_value = "wimproof/registry")]
    origin: String,
}

/// Who decides, and why.
#[derive(Debug, Args)]
struct Why {
    /// Who decides [default: the user's name]
    #[arg(long, value_name = "WHO")]
    by: Option<String>,
    /// Number of a change or ticket
    #[arg(long)]
    ticket: Option<String>,
    /// Why
    #[arg(long)]
    reason: Option<String>,
}

impl Why {
    fn decision(&self, now: DateTime<Utc>) -> Decision {
        let user = || ["USER", "USERNAME"].into_iter().find_map(|name| std::env::var(name).ok());
        let by = self.by.clone().or_else(user);
        Decision { at: now, by, ticket: self.ticket.clone(), reason: self.reason.clone() }
    }
}

/// Approve an image.
///
/// Records all claims of the image, the length and SHA-256 of the file, and the digest of its directory tree, by which
/// the image is known again after export, recompression or splitting.
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
    /// The approval holds from this time
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    not_before: Option<DateTime<Utc>>,
    /// The approval holds until this time
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    not_after: Option<DateTime<Utc>>,
    /// Where the image may be used (repeatable) [default: everywhere]
    #[arg(long = "scope", value_name = "SCOPE")]
    scopes: Vec<String>,
    /// Approve although findings speak against it
    #[arg(long)]
    despite_findings: bool,
}

/// Take an approval back.
#[derive(Debug, Args)]
pub(super) struct Revoke {
    /// Id of the approval, for example A12
    #[arg(value_name = "ID")]
    id: ApprovalId,
    #[command(flatten)]
    why: Why,
}

/// Put an approved image in the place of another.
#[derive(Debug, Args)]
pub(super) struct Supersede {
    /// The approval that ends
    #[arg(value_name = "OLD")]
    old: ApprovalId,
    /// The approval that takes its place
    #[arg(value_name = "NEW")]
    new: ApprovalId,
    /// From when the old image is not to be deployed any more [default: now]
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    from: Option<DateTime<Utc>>,
    #[command(flatten)]
    why: Why,
}

/// List approvals.
#[derive(Debug, Args)]
pub(super) struct List {
    /// Only these: in-force, not-yet-valid, expired, superseded, revoked
    #[arg(long)]
    status: Option<String>,
}

/// Show all that is known of an approval.
#[derive(Debug, Args)]
pub(super) struct Show {
    /// Id of the approval, for example A12
    #[arg(value_name = "ID")]
    id: ApprovalId,
}

impl Command {
    pub(super) fn run(&self, global: &Global, output: &mut Output) -> Result {
        match self {
            Self::Init(init) => init.run(global, output),
            Self::Approve(approve) => approve.run(global, output),
            Self::Revoke(revoke) => revoke.run(global, output),
            Self::Supersede(supersede) => supersede.run(global, output),
            Self::List(list) => list.run(global, output),
            Self::Show(show) => show.run(global, output),
            Self::Log => log(global, output),
            Self::Verify => verify(global, output),
            Self::Rebuild => rebuild(global, output),
            Self::Export => export(global, output),
        }
    }
}

impl Init {
    fn run(&self, global: &Global, output: &mut Output) -> Result {
        let registry = Registry::create(global.registry_dir()?, &self.origin)?;
        let text = format!("registry {} created in {}", registry.head().origin, registry.dir().display());
        done(output, &text, &registry.head().origin)
    }
}

impl Approve {
    fn run(&self, global: &Global, output: &mut Output) -> Result {
        let mut registry = global.open_registry()?;
        let approvals = match (&self.image, &self.from_facts) {
            (Some(image), _) => self.approve_file(image, global, output)?,
            (None, Some(facts)) => vec![self.approve_facts(FactsFile::read(facts)?, global)?],
            (None, None) => return Err(Error::Usage("name an image file, or --from-facts FILE".into())),
        };
        let records: Vec<Record> = approvals.iter().cloned().map(|a| Record::Approve(Box::new(a))).collect();
        let first = registry.append(&records)?;
        let now = global.now();
        let ids = (first..).map(ApprovalId);
        let standings: Vec<Standing> = ids
            .zip(approvals)
            .map(|(id, approval)| Standing { id, approval, revoked: None, superseded: None })
            .collect();
        let reports: Vec<_> = standings.iter().map(|standing| StandingReport::new(standing, now)).collect();
        if output.format() == Format::Json {
            report::json::write(output.text(), &reports)?;
            return Ok(ExitCode::Approved);
        }
        for report in &reports {
            let (title, name) = (Inert(&report.approval.title), Inert(report.fact(FactKey::Name)));
            let basis = report.approval.assurance.map_or("by hand".to_owned(), |basis| basis.to_string());
            writeln!(output.text(), "{} approved: {title} (image \"{name}\", basis: {basis})", report.id)?;
        }
        Ok(ExitCode::Approved)
    }

    fn approve_file(
        &self,
        path: &std::path::Path,
        global: &Global,
        output: &Output,
    ) -> Result<Vec<Approval>> {
        let subject = targets::read(path, Assurance::Declared, image::hash_file);
        if subject.images.is_empty() {
            return Err(unreadable(&findings_of(&subject.observations)));
        }
        let chosen = self.choose(&subject)?;
        let mut approvals = Vec::new();
        for sighting in chosen {
            self.weigh(&subject, sighting, output)?;
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
            approvals.push(self.approval(title, facts, Some(sighting.assurance), global));
        }
        Ok(approvals)
    }

    fn choose<'s>(&self, subject: &'s Subject) -> Result<Vec<&'s Sighting>> {
        let images = &subject.images;
        match self.index {
            _ if self.all => Ok(images.iter().collect()),
            Some(index) => {
                let found = images.iter().find(|image| image.index == Some(index));
                let missing = || Error::Usage(format!("{} has no image {index}", subject.source));
                Ok(vec![found.ok_or_else(missing)?])
            }
            None if images.len() > 1 => {
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

    /// Refuses what a check of the same file would not let pass, unless told otherwise; never takes what could not be
    /// read.
    fn weigh(&self, subject: &Subject, sighting: &Sighting, output: &Output) -> Result<()> {
        let observations = || subject.observations.iter().chain(&sighting.observations);
        let mut against: Vec<Finding> = findings_of(&observations().cloned().collect::<Vec<_>>());
        against.retain(|finding| finding.severity == Severity::Deny);
        let prevented = observations().any(|observation| observation.trouble.prevents_judgement());
        if prevented || !sighting.facts.contains_key(&FactKey::Tree) {
            return Err(unreadable(&against));
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
        let name = file.facts.text(FactKey::Name).map(str::to_owned);
        let title = self.title.clone().or(file.title).or(name);
        let title = title.ok_or_else(|| {
            Error::Usage("the facts file has neither title nor name: give --as TITLE".into())
        })?;
        if file.facts.get(FactKey::FileSha256).is_some() && file.facts.get(FactKey::FileSize).is_none() {
            let why = "the facts file gives file_sha256 without file_size: the size tells which files are worth hashing";
            return Err(Error::Usage(why.into()));
        }
        Ok(self.approval(title, file.facts, None, global))
    }

    fn approval(
        &self,
        title: String,
        facts: Values,
        assurance: Option<Assurance>,
        global: &Global,
    ) -> Approval {
        let (not_before, not_after, scopes) = (self.not_before, self.not_after, self.scopes.clone());
        let decision = self.why.decision(global.now());
        Approval { title, facts, assurance, scopes, not_before, not_after, decision }
    }
}

fn told(findings: &[Finding]) -> String {
    let told = findings.iter().map(|finding| format!("{} {}", finding.rule.rule().id, finding.message));
    told.collect::<Vec<_>>().join("; ")
}

fn unreadable(findings: &[Finding]) -> Error {
    Error::Unreadable(format!("not approved, the image cannot be read: {}", told(findings)))
}

impl Revoke {
    fn run(&self, global: &Global, output: &mut Output) -> Result {
        let mut registry = global.open_registry()?;
        if self.why.reason.is_none() {
            return Err(Error::Usage("a revocation needs a reason: give --reason WHY".into()));
        }
        let standing = registry.standing_of(self.id)?;
        if let Some((_, earlier)) = &standing.revoked {
            let at = Value::Time(earlier.decision.at);
            return Err(Error::Refused(format!("{} was revoked already, at {at}", self.id)));
        }
        let decision = self.why.decision(global.now());
        registry.append(&[Record::Revoke(Revocation { approval: self.id, decision })])?;
        let text = format!("{} revoked: {}", self.id, Inert(&standing.approval.title));
        done(output, &text, &self.id)
    }
}

impl Supersede {
    fn run(&self, global: &Global, output: &mut Output) -> Result {
        let mut registry = global.open_registry()?;
        let now = global.now();
        let from = self.from.unwrap_or(now);
        let decision = self.why.decision(now);
        let succession = Succession { approval: self.old, successor: self.new, from, decision };
        registry.append(&[Record::Supersede(succession)])?;
        let text = format!("{} superseded by {} from {}", self.old, self.new, Value::Time(from));
        done(output, &text, &self.old)
    }
}

impl List {
    fn run(&self, global: &Global, output: &mut Output) -> Result {
        let standings = global.open_registry()?.all()?;
        let now = global.now();
        let reports = standings.iter().map(|standing| StandingReport::new(standing, now));
        let wanted =
            |report: &StandingReport<'_>| self.status.as_ref().is_none_or(|s| s == report.status.name());
        let reports: Vec<_> = reports.filter(wanted).collect();
        output.list(&table(&reports), &reports)?;
        Ok(ExitCode::Approved)
    }
}

impl Show {
    fn run(&self, global: &Global, output: &mut Output) -> Result {
        let standing = global.open_registry()?.standing_of(self.id)?;
        let report = StandingReport::new(&standing, global.now());
        output.list(&details(&report), &report)?;
        Ok(ExitCode::Approved)
    }
}

#[derive(Serialize)]
struct LogEntry {
    entry: u64,
    action: &'static str,
    at: Option<Value>,
    by: Option<String>,
    subject: String,
    reason: Option<String>,
}

fn log(global: &Global, output: &mut Output) -> Result {
    let mut table = Table::new(&["entry", "action", "at", "by", "subject", "reason"]);
    let mut entries = Vec::new();
    for (entry, record) in global.open_registry()?.records()? {
        let (action, subject, decision) = match &record {
            Record::Approve(approval) => {
                ("approve", format!("{} {}", ApprovalId(entry), approval.title), Some(&approval.decision))
            }
            Record::Revoke(revocation) => {
                ("revoke", revocation.approval.to_string(), Some(&revocation.decision))
            }
            Record::Supersede(s) => {
                ("supersede", format!("{} by {}", s.approval, s.successor), Some(&s.decision))
            }
            Record::Foreign(kind) => ("foreign", kind.clone(), None),
        };
        let at = decision.map(|decision| Value::Time(decision.at));
        let by = decision.and_then(|decision| decision.by.clone());
        let reason = decision.and_then(|decision| decision.reason.clone());
        table.rows.push(vec![
            entry.to_string(),
            action.to_owned(),
            at.as_ref().map(ToString::to_string).unwrap_or_default(),
            by.clone().unwrap_or_default(),
            subject.clone(),
            reason.clone().unwrap_or_default(),
        ]);
        entries.push(LogEntry { entry, action, at, by, subject, reason });
    }
    output.list(&table, &entries)?;
    Ok(ExitCode::Approved)
}

#[derive(Serialize)]
struct VerifyReport {
    origin: String,
    entries: u64,
    root: String,
    unfinished_bytes: u64,
    index: Option<String>,
}

fn verify(global: &Global, output: &mut Output) -> Result {
    let registry = global.open_registry()?;
    let found = registry.verify()?;
    let head = registry.head();
    let report = VerifyReport {
        origin: head.origin.clone(),
        entries: found.entries,
        root: hex::encode(head.root),
        unfinished_bytes: found.unfinished_bytes,
        index: found.index,
    };
    if output.format() == Format::Json {
        report::json::write(output.text(), &report)?;
        return Ok(ExitCode::Approved);
    }
    writeln!(output.text(), "{}: {} entries agree with root {}", report.origin, report.entries, report.root)?;
    if report.unfinished_bytes > 0 {
        let unfinished = report.unfinished_bytes;
        writeln!(
            output.text(),
            "behind them stand {unfinished} bytes of an unfinished entry, which count for nothing"
        )?;
    }
    match &report.index {
        None => writeln!(output.text(), "the index agrees")?,
        Some(why) => writeln!(output.text(), "the index is of no use and will be made anew: {}", Inert(why))?,
    }
    Ok(ExitCode::Approved)
}

fn rebuild(global: &Global, output: &mut Output) -> Result {
    let registry = global.open_registry()?;
    registry.rebuild()?;
    let size = registry.head().size;
    done(output, &format!("index made anew from {size} entries"), &size)
}

fn export(global: &Global, output: &mut Output) -> Result {
    let standings = global.open_registry()?.all()?;
    let now = global.now();
    let reports: Vec<_> = standings.iter().map(|standing| StandingReport::new(standing, now)).collect();
    report::json::write(output.text(), &reports)?;
    Ok(ExitCode::Approved)
}

/// Says that something was done.
fn done(output: &mut Output, text: &str, json: &impl Serialize) -> Result {
    match output.format() {
        Format::Json => {
            let json = serde_json::json!({"done": text, "subject": json});
            report::json::write(output.text(), &json)?;
        }
        Format::Human | Format::Csv => writeln!(output.text(), "{text}")?,
    }
    Ok(ExitCode::Approved)
}
