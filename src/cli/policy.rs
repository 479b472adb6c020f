//! `wimproof policy`: keeps the policy of a gate.

use std::{
    fs::File,
    io::{self, Write as _},
    path::PathBuf,
};

use chrono::{DateTime, Utc};
use clap::{Args, Subcommand};
use serde::Serialize;

use super::{Error, Format, Global, Result, output::Output};
use crate::{
    judge::{
        ExitCode, Language, Severity, Texts,
        policy::{Force, Loosening, Pinned, Terms, Waiver},
    },
    policy,
    report::{
        self,
        enforcement::PolicyFile,
        list_words, policy_words as words, reading,
        result::FindingReport,
        table::Table,
        words::{filled, named},
    },
    sighting::Value,
};

/// Keep the policy of a gate.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Write a policy with comments on all that can be said in one
    Init(Init),
    /// Check a policy and tell what it means
    Check(Check),
    /// Make a baseline of what a check found, so that only what is new counts
    Baseline(MakeBaseline),
}

/// Write a policy with comments on all that can be said in one.
#[derive(Debug, Args)]
pub(super) struct Init {
    /// The file to write; it must not exist
    #[arg(value_name = "FILE", default_value = "policy.toml")]
    file: PathBuf,
}

/// Check a policy and tell what it means.
///
/// Ends with 0 when it is understood and all of its waivers hold, with 1 when one does not, with 3 when it is not
/// understood: then no decision is made under it.
#[derive(Debug, Args)]
pub(super) struct Check {
    /// The policy [default: that of --policy]
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
}

/// Make a baseline of what a check found.
///
/// Reads what `check --format json` wrote; `-o FILE` takes the baseline. What a baseline never knows (a revoked or
/// damaged image, an impostor, anything about the registry) is left out, and said.
#[derive(Debug, Args)]
pub(super) struct MakeBaseline {
    /// A result of the form wimproof/result/v1
    #[arg(value_name = "RESULT.json")]
    result: PathBuf,
}

impl Command {
    pub(super) fn run(&self, global: &Global, output: &mut Output) -> Result {
        match self {
            Self::Init(init) => init.run(output),
            Self::Check(check) => check.run(global, output),
            Self::Baseline(baseline) => baseline.run(output),
        }
    }
}

impl Init {
    fn run(&self, output: &mut Output) -> Result {
        let path = self.file.display().to_string();
        let failed = |source: io::Error| match source.kind() {
            io::ErrorKind::AlreadyExists => Error::Refused(format!("{path}: exists already")),
            _ => Error::File { path: path.clone(), source },
        };
        let mut file = File::create_new(&self.file).map_err(failed)?;
        file.write_all(policy::TEMPLATE.as_bytes()).map_err(failed)?;
        output.say(words::WRITTEN, [&path])?;
        Ok(ExitCode::Approved)
    }
}

/// A policy in its stable form.
#[derive(Serialize)]
struct Told<'t> {
    #[serde(flatten)]
    file: PolicyFile,
    meaning: Vec<(&'static str, String)>,
    waivers: Vec<ToldWaiver<'t>>,
    findings: Vec<FindingReport>,
}

#[derive(Serialize)]
struct ToldWaiver<'t> {
    id: &'t str,
    rule: Option<&'static str>,
    subject: Option<String>,
    image: Option<u32>,
    holds: bool,
    expires: Value,
    owner: &'t str,
    ticket: &'t str,
    reason: &'t str,
}

impl Check {
    fn run(&self, global: &Global, output: &mut Output) -> Result {
        let file = self.file.as_ref().or(global.policy.as_ref());
        let file =
            file.ok_or_else(|| Error::Usage("no policy given: name a file, or use --policy".into()))?;
        let (terms, now) = (policy::read(file)?, global.now());
        let named = terms.health.files.iter().map(|file| file.path.clone());
        output.keep_inputs(&named.chain([file.clone()]).collect::<Vec<_>>())?;
        let findings = terms.waiver_findings(now);
        let waivers = terms.waivers.iter().map(|waiver| told(waiver, &terms, now)).collect();
        let told = Told {
            file: (&terms).into(),
            meaning: meaning(&terms, output.list_language()),
            waivers,
            findings: findings.iter().map(Into::into).collect(),
        };
        let holds = told.waivers.iter().all(|waiver| waiver.holds);
        match output.format() {
            Format::Human => for_people(output, &told)?,
            _ => output.list(&waiver_table(&told, Language::En), &told)?,
        }
        Ok(if holds { ExitCode::Approved } else { ExitCode::NotApproved })
    }
}

fn told<'t>(waiver: &'t Waiver, terms: &Terms, now: DateTime<Utc>) -> ToldWaiver<'t> {
    let Waiver { id, reason, owner, ticket, .. } = waiver;
    let subject = waiver.subject.as_ref().map(|pinned| match pinned {
        Pinned::File(digest) => format!("sha256:{digest}"),
        Pinned::Tree(digest) => format!("tree:{digest}"),
    });
    let holds = waiver.force(now, terms.waiver_days) == Force::InForce;
    let (rule, expires) = (waiver.rule.map(|rule| rule.rule().id), Value::Time(waiver.expires));
    ToldWaiver { id, rule, subject, image: waiver.image, holds, expires, owner, ticket, reason }
}

/// What a policy says, in a fixed order.
fn meaning(terms: &Terms, language: Language) -> Vec<(&'static str, String)> {
    let word = |texts: Texts| texts.get(language).to_owned();
    let or_any = |list: Vec<String>, none: Texts| if list.is_empty() { word(none) } else { list.join(", ") };
    let yes = |yes: bool| word(if yes { words::ALLOWED } else { words::NOT_ALLOWED });
    let loosened = |what: &Loosening| match what {
        Loosening::Assurance => "--assurance".to_owned(),
        Loosening::Scope => "--scope".to_owned(),
    };
    let site_files = terms.health.files.iter().map(|file| file.path.display().to_string()).collect();
    let other_scopes = match terms.scopes.is_open() {
        true => word(words::ANY),
        false => or_any(terms.scopes.allowed.clone(), words::NONE),
    };
    let age = |days: u32| filled(words::OF_AT_MOST, language, [&days.to_string()]);
    let waivers = [terms.waivers.len().to_string(), terms.waiver_days.to_string()];
    let mut told = vec![
        (words::MODE, word(if terms.enforced { words::ENFORCE } else { words::AUDIT })),
        (words::ASSURANCE, list_words::assurance(terms.assurance, language)),
        (words::DIGEST, terms.digest.map_or_else(|| word(words::ANY_DIGEST), |d| d.name().to_owned())),
        (words::SCOPE, terms.scopes.default.clone().unwrap_or_else(|| word(words::NONE))),
        (words::OTHER_SCOPES, other_scopes),
        (words::MAY_BE_LOOSENED, or_any(terms.may_loosen.iter().map(loosened).collect(), words::NOTHING)),
        (words::APPROVALS, terms.approval_days.map_or_else(|| word(words::OF_ANY_AGE), age)),
        (words::HEALTH, terms.health.depth.map_or_else(|| word(words::NONE), |d| d.name().to_owned())),
        (words::SITE_FILES, or_any(site_files, words::NONE)),
        (words::WAIVERS, filled(words::COUNT, language, waivers.each_ref().map(String::as_str))),
        (words::BASELINE, yes(terms.baseline_allowed)),
        (words::BREAK_GLASS, yes(terms.break_glass.allowed)),
    ];
    let even_with: Vec<String> =
        terms.break_glass.even_with.iter().map(|rule| rule.rule().id.to_owned()).collect();
    if !even_with.is_empty() {
        told.push((words::EVEN_WITH, even_with.join(", ")));
    }
    let levels = terms.levels.iter().map(|(rule, severity)| (rule.rule().id, level(*severity, language)));
    told.into_iter().map(|(what, says)| (what.get(language), says)).chain(levels).collect()
}

/// A severity as a policy calls it.
fn level(severity: Severity, language: Language) -> String {
    match severity {
        Severity::Info => named("allow", list_words::ALLOW, language),
        other => list_words::severity(other, language),
    }
}

fn for_people(output: &mut Output, told: &Told<'_>) -> Result<()> {
    let language = output.language();
    output.say(words::UNDERSTOOD, [&told.file.source])?;
    let mut table = Table::new(&["what", "says"]);
    table.rows = told.meaning.iter().map(|(what, says)| vec![(*what).to_owned(), says.clone()]).collect();
    table.headed(language).write(output.text(), 2)?;
    if !told.waivers.is_empty() {
        writeln!(output.text())?;
        waiver_table(told, language).headed(language).write(output.text(), 2)?;
    }
    for finding in &told.findings {
        let rule = finding.rule.rule();
        let severity = list_words::severity(finding.severity, language);
        let line = finding.evidence.first().and_then(|quote| quote.place.line).unwrap_or_default();
        let message = finding.told(language);
        let values = [&line.to_string(), &severity, rule.id, rule.title.get(language), &*message];
        output.say(words::FINDING, values)?;
    }
    Ok(())
}

fn waiver_table(told: &Told<'_>, language: Language) -> Table {
    let mut table = Table::new(&["waiver", "holds", "rule", "expires", "owner", "ticket", "subject"]);
    let word = |texts: Texts| texts.get(language).to_owned();
    for waiver in &told.waivers {
        table.rows.push(vec![
            waiver.id.to_owned(),
            word(if waiver.holds { words::YES } else { words::NO }),
            waiver.rule.map_or_else(|| word(words::ALL), str::to_owned),
            waiver.expires.to_string(),
            waiver.owner.to_owned(),
            waiver.ticket.to_owned(),
            waiver.subject.clone().unwrap_or_else(|| word(words::ALL)),
        ]);
    }
    table
}

impl MakeBaseline {
    fn run(&self, output: &mut Output) -> Result {
        output.keep_inputs(std::slice::from_ref(&self.result))?;
        let path = self.result.display();
        let file =
            File::open(&self.result).map_err(|source| Error::File { path: path.to_string(), source })?;
        let document = reading::read(file).map_err(|error| Error::Unreadable(format!("{path}: {error}")))?;
        if document.verdict.is_none() {
            return Err(Error::Usage(format!("{path}: the result of {}, not of a check", document.command)));
        }
        let made = report::baseline::of(&document);
        report::json::write(output.text(), &made.file)?;
        output.note(&format!("{} findings are in the baseline", made.file.findings.len()));
        for (rule, count) in &made.never_known {
            output.note(&format!("{count} of {} are not: no baseline knows that rule", rule.rule().id));
        }
        for source in &made.without_digest {
            output.note(&format!("{source} is not: its SHA-256 is not in the result (--assurance verified)"));
        }
        Ok(ExitCode::Approved)
    }
}
