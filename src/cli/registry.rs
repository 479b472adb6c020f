//! `wimproof registry`: keeps the registry of approved images.

use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use clap::{Args, Subcommand};
use serde::Serialize;

use super::{
    Error, Format, Global, Result,
    approve::Approve,
    keys::{Keygen, Refresh, Rekey, Sign, Ticket, Witness, keep_out, make_key},
    output::Output,
    parse_time,
    seal::{SealOptions, read_key},
};
use crate::{
    judge::{ExitCode, Language, Texts},
    registry::{ApprovalId, Decision, Key, Record, Registry, Revocation, Seal, Standing, Status, Succession},
    report::{
        self, registry_words as words,
        standing::{StandingReport, details, table},
        table::Table,
        words::filled,
    },
    sighting::{FactKey, Value},
    signing::SecretKey,
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
    /// Check the whole log against its head, and the index against both; with a trust file, all signatures
    Verify,
    /// Make the index anew from the log
    Rebuild(Rebuild),
    /// Make a key; show its public part
    Keygen(Keygen),
    /// Sign an approval, or a change of keys, that somebody else wrote
    Sign(Sign),
    /// Sign the head anew, with the time
    Refresh(Refresh),
    /// Put other keys in the place of those that count
    Rekey(Rekey),
    /// Sign the head as a witness
    Witness(Witness),
    /// Write a ticket: an approval to be judged without the registry
    Ticket(Ticket),
    /// Write all approvals as JSON
    Export,
}

/// Create a registry in a folder.
#[derive(Debug, Args)]
pub(super) struct Init {
    /// Name of the log, unique in the organisation, for example bank.example/images
    #[arg(long, default_value = "wimproof/registry")]
    origin: String,
    /// Key that signs the head of the registry; made if the file is not there. Keep it out of the registry
    #[arg(long, value_name = "FILE", env = "WIMPROOF_LOG_KEY")]
    log_key: Option<PathBuf>,
}

/// Make the index anew from the log.
#[derive(Debug, Args)]
pub(super) struct Rebuild {
    #[command(flatten)]
    seal: SealOptions,
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
        Ok(Decision {
            at: now,
            by,
            ticket: self.ticket.clone(),
            reason: self.reason.clone().filter(given),
            place: None,
        })
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
    #[command(flatten)]
    seal: SealOptions,
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
    #[command(flatten)]
    seal: SealOptions,
}

/// List approvals.
#[derive(Debug, Args)]
pub(super) struct List {
    /// Only these
    #[arg(long, ignore_case = true, value_parser = statuses())]
    status: Option<String>,
    /// Only those behind this one: the next page
    #[arg(long, value_name = "ID")]
    after: Option<ApprovalId>,
    /// As many at most: a page
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    limit: Option<u32>,
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
            Self::Rebuild(rebuild) => rebuild.run(global, output),
            Self::Keygen(keygen) => keygen.run(global, output),
            Self::Sign(sign) => sign.run(global, output),
            Self::Refresh(refresh) => refresh.run(global, output),
            Self::Rekey(rekey) => rekey.run(global, output),
            Self::Witness(witness) => witness.run(global, output),
            Self::Ticket(ticket) => ticket.run(global, output),
            Self::Export => export(global, output),
        }
    }
}

impl Init {
    fn run(&self, global: &Global, output: &mut Output) -> Result {
        let dir = global.registry_dir()?;
        let log_key = self.log_key.as_deref().map(|file| self.key(file, dir)).transpose()?;
        let verifier = log_key.as_ref().map(|key| key.verifier().to_string());
        let seal = Seal { log_key, at: global.now(), signers: Vec::new() };
        let registry = Registry::create(dir, &self.origin, &seal)?;
        if let Some(key) = verifier {
            output.note(&format!("for trust files: origin = {:?}, log = [{key:?}]", self.origin));
        }
        let (origin, dir) = (&registry.head().origin, registry.dir().display().to_string());
        done(output, words::CREATED, [origin, &dir], origin)
    }

    fn key(&self, file: &Path, dir: &Path) -> Result<SecretKey> {
        keep_out(file, dir)?;
        if file.exists() { read_key(file) } else { make_key(&self.origin, file) }
    }
}

impl Revoke {
    fn run(&self, global: &Global, output: &mut Output) -> Result {
        let seal = self.seal.seal(global)?;
        let mut registry = global.open_to_write()?;
        let decision = self.why.decision(global.now())?;
        if decision.reason.is_none() {
            return Err(Error::Usage("a revocation needs a reason: give --reason WHY".into()));
        }
        let standing = registry.standing_of(self.id)?;
        if let Some((_, earlier)) = &standing.revoked {
            let at = Value::Time(earlier.decision.at);
            return Err(Error::Refused(format!("{} was revoked already, at {at}", self.id)));
        }
        registry.append(&[Record::Revoke(Revocation { approval: self.id, decision })], &seal)?;
        for other in others_of(&registry, &standing)? {
            output.note(&format!("{other} approves the same image, which is revoked now"));
        }
        done(output, words::REVOKED, [&self.id.to_string(), &standing.approval.title], &self.id)
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
        let seal = self.seal.seal(global)?;
        let mut registry = global.open_to_write()?;
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
        registry.append(&[Record::Supersede(succession)], &seal)?;
        let values = [self.old.to_string(), self.new.to_string(), Value::Time(from).to_string()];
        done(output, words::SUPERSEDED, values.each_ref().map(String::as_str), &self.old)
    }
}

impl List {
    fn run(&self, global: &Global, output: &mut Output) -> Result {
        let registry = global.open_registry()?;
        let now = global.now();
        let wanted = |standing: &Standing| {
            let status = || StandingReport::new(standing, now).status.name();
            self.status.as_ref().is_none_or(|wanted| wanted.eq_ignore_ascii_case(status()))
        };
        let mut standings = match self.limit {
            // One more shows whether there is another page.
            Some(limit) => registry.page(self.after, limit as usize + 1, wanted)?,
            None => registry.all()?.into_iter().filter(|s| Some(s.id) > self.after && wanted(s)).collect(),
        };
        if let Some(limit) = self.limit
            && standings.len() > limit as usize
        {
            standings.truncate(limit as usize);
            if let Some(last) = standings.last() {
                output.note(&format!("there are more: --after {}", last.id));
            }
        }
        let reports: Vec<_> = standings.iter().map(|standing| StandingReport::new(standing, now)).collect();
        output.list(&table(&reports, output.list_language()), &reports)?;
        Ok(ExitCode::Approved)
    }
}

impl Show {
    fn run(&self, global: &Global, output: &mut Output) -> Result {
        let standing = global.open_registry()?.standing_of(self.id)?;
        let report = StandingReport::new(&standing, global.now());
        output.list(&details(&report, output.list_language()), &report)?;
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
    let language = output.list_language();
    for (entry, record) in global.open_registry()?.records()? {
        let told = |language| match &record {
            Record::Approve(approval) => {
                (words::APPROVE, format!("{} {}", ApprovalId(entry), approval.title))
            }
            Record::Revoke(revocation) => (words::REVOKE, revocation.approval.to_string()),
            Record::Supersede(s) => {
                let (old, new) = (s.approval.to_string(), s.successor.to_string());
                (words::SUPERSEDE, filled(words::BY_SUCCESSOR, language, [&old, &new]))
            }
            Record::Endorse(endorsement) => (words::SIGN, ApprovalId(endorsement.entry).to_string()),
            Record::ChangeKeys(change) => {
                (words::KEYS, filled(words::CHANGE, language, [&change.version.to_string()]))
            }
            Record::Foreign(kind) => (words::FOREIGN, kind.clone()),
        };
        let (Texts { en: action, .. }, subject) = told(Language::En);
        let (shown, of) = told(language);
        let decision = record.decision();
        let at = decision.map(|decision| Value::Time(decision.at));
        let by = decision.and_then(|decision| decision.by.clone());
        let reason = decision.and_then(|decision| decision.reason.clone());
        table.rows.push(vec![
            entry.to_string(),
            shown.get(language).to_owned(),
            at.as_ref().map(ToString::to_string).unwrap_or_default(),
            by.clone().unwrap_or_default(),
            of,
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
    signed: bool,
    /// Keys whose signatures of the head are trusted; null where no trust file says which are.
    signed_by: Option<Vec<String>>,
    /// Approvals that lack signatures.
    pending: Vec<ApprovalId>,
    key_changes: usize,
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
        signed: registry.is_signed(),
        signed_by: registry.vouched_by().map(<[String]>::to_vec),
        pending: found.pending,
        key_changes: found.key_changes,
    };
    if output.format() == Format::Json {
        report::json::write(output.text(), &report)?;
        return Ok(ExitCode::Approved);
    }
    output.say(words::VERIFIED, [&report.origin, &report.entries.to_string(), &report.root])?;
    if report.unfinished_bytes > 0 {
        output.say(words::UNFINISHED, [&report.unfinished_bytes.to_string()])?;
    }
    signatures(&report, output)?;
    match &report.index {
        None => output.say(words::INDEX_AGREES, [])?,
        Some(why) => output.say(words::INDEX_USELESS, [why])?,
    }
    Ok(ExitCode::Approved)
}

fn signatures(report: &VerifyReport, output: &mut Output) -> Result<()> {
    match &report.signed_by {
        None if report.signed => output.say(words::SIGNATURES_IGNORED, [])?,
        None => output.say(words::UNSIGNED, [])?,
        Some(names) => output.say(words::SIGNED_BY, [&names.join(", ")])?,
    }
    if !report.pending.is_empty() {
        let pending: Vec<String> = report.pending.iter().map(ToString::to_string).collect();
        output.say(words::LACKING, [&pending.join(", ")])?;
    }
    Ok(())
}

impl Rebuild {
    fn run(&self, global: &Global, output: &mut Output) -> Result {
        let seal = self.seal.seal(global)?;
        let mut registry = global.open_to_write()?;
        registry.rebuild(&seal)?;
        let size = registry.head().size;
        done(output, words::REBUILT, [&size.to_string()], &size)
    }
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
pub(super) fn done<const N: usize>(
    output: &mut Output,
    texts: Texts,
    values: [&str; N],
    json: &impl Serialize,
) -> Result {
    match output.format() {
        Format::Json => {
            let json = serde_json::json!({"done": filled(texts, Language::En, values), "subject": json});
            report::json::write(output.text(), &json)?;
        }
        _ => output.say(texts, values)?,
    }
    Ok(ExitCode::Approved)
}
