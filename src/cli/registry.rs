//! `wimproof registry`: keeps the registry of approved images.

use std::io::Write as _;

use chrono::{DateTime, Utc};
use clap::{Args, Subcommand};
use serde::Serialize;

use super::{Error, Format, Global, Result, approve::Approve, output::Output, parse_time};
use crate::{
    judge::ExitCode,
    registry::{ApprovalId, Decision, Key, Record, Registry, Revocation, Standing, Status, Succession},
    report::{
        self,
        inert::Inert,
        standing::{StandingReport, details, table},
        table::Table,
    },
    sighting::{FactKey, Value},
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
pub(super) struct Why {
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
    /// # Errors
    /// Where nobody is named: a registry that does not say who decided is of no use later.
    pub(super) fn decision(&self, now: DateTime<Utc>) -> Result<Decision> {
        let given = |text: &String| !text.trim().is_empty();
        let by = self.by.clone().or_else(user).filter(given);
        if by.is_none() {
            return Err(Error::Usage("the user has no name here: give --by WHO".into()));
        }
        Ok(Decision { at: now, by, ticket: self.ticket.clone(), reason: self.reason.clone().filter(given) })
    }
}

/// The name of the user, as the environment has it.
pub(super) fn user() -> Option<String> {
    ["USER", "LOGNAME", "USERNAME"].into_iter().find_map(|name| std::env::var(name).ok())
}

/// Take an approval back.
///
/// The image is then revoked wherever it is approved, also under another id, until it is approved anew. --reason must be
/// given.
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
    /// Only these
    #[arg(long, ignore_case = true, value_parser = statuses())]
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

impl Revoke {
    fn run(&self, global: &Global, output: &mut Output) -> Result {
        let mut registry = global.open_registry()?;
        let decision = self.why.decision(global.now())?;
        if decision.reason.is_none() {
            return Err(Error::Usage("a revocation needs a reason: give --reason WHY".into()));
        }
        let standing = registry.standing_of(self.id)?;
        if let Some((_, earlier)) = &standing.revoked {
            let at = Value::Time(earlier.decision.at);
            return Err(Error::Refused(format!("{} was revoked already, at {at}", self.id)));
        }
        registry.append(&[Record::Revoke(Revocation { approval: self.id, decision })])?;
        for other in others_of(&registry, &standing)? {
            output.note(&format!("{other} approves the same image, which is revoked now"));
        }
        let text = format!("{} revoked: {}", self.id, Inert(&standing.approval.title));
        done(output, &text, &self.id)
    }
}

/// Other approvals of the same image.
fn others_of(registry: &Registry, standing: &Standing) -> Result<Vec<ApprovalId>> {
    let Some(tree) = standing.approval.facts.get(FactKey::Tree) else { return Ok(Vec::new()) };
    let same = registry.standings(&[Key::Fact(FactKey::Tree, tree.to_string())])?;
    Ok(same.iter().map(|other| other.id).filter(|id| *id != standing.id).collect())
}

impl Supersede {
    fn run(&self, global: &Global, output: &mut Output) -> Result {
        let mut registry = global.open_registry()?;
        let now = global.now();
        for (id, role) in [(self.old, "superseded"), (self.new, "its successor")] {
            let status = registry.standing_of(id)?.status(now);
            let usable = match status {
                Status::InForce => true,
                Status::NotYetValid => id == self.new,
                _ => false,
            };
            if !usable {
                return Err(Error::Refused(format!("{id} cannot be {role}: it is {}", status.name())));
            }
        }
        let from = self.from.unwrap_or(now);
        let decision = self.why.decision(now)?;
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
        let wanted = |report: &StandingReport<'_>| {
            self.status.as_ref().is_none_or(|s| s.eq_ignore_ascii_case(report.status.name()))
        };
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
    let origin = Inert(&report.origin);
    writeln!(output.text(), "{origin}: {} entries agree with root {}", report.entries, report.root)?;
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
    let mut registry = global.open_registry()?;
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

/// The statuses, by name.
pub(super) fn statuses() -> clap::builder::PossibleValuesParser {
    clap::builder::PossibleValuesParser::new(Status::ALL.iter().map(|status| status.name()))
}

/// Says that something was done.
fn done(output: &mut Output, text: &str, json: &impl Serialize) -> Result {
    match output.format() {
        Format::Json => {
            let json = serde_json::json!({"done": text, "subject": json});
            report::json::write(output.text(), &json)?;
        }
        _ => writeln!(output.text(), "{}", Inert(text))?,
    }
    Ok(ExitCode::Approved)
}
