//! `wimproof query`: questions to the registry.

use chrono::{DateTime, Utc};
use clap::{Args, Subcommand};
use wildmatch::WildMatch;

use super::{Global, Result, output::Output, parse_time, registry::statuses};
use crate::{
    judge::{ExitCode, Verdict},
    registry::Audit,
    report::{
        list_words,
        standing::{StandingReport, table},
        table::Table,
    },
    sighting::{FactKey, Value, Values},
};

/// Ask the registry questions.
#[derive(Debug, Subcommand)]
pub(super) enum Query {
    /// Approved images
    Images(Images),
    /// What was judged
    Audits(Audits),
}

/// What to look for in the facts of an image.
#[derive(Debug, Args)]
struct Filter {
    /// Name or title, with * and ? (in any case)
    #[arg(long, value_name = "PATTERN")]
    name: Option<String>,
    /// Build number, for example 17763
    #[arg(long, value_name = "N")]
    build: Option<u64>,
    /// Edition, for example `EnterpriseS` (in any case)
    #[arg(long, value_name = "ID")]
    edition: Option<String>,
    /// Created at or after this time
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    created_since: Option<DateTime<Utc>>,
    /// Created before this time
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    created_until: Option<DateTime<Utc>>,
}

/// Approved images.
#[derive(Debug, Args)]
pub(super) struct Images {
    #[command(flatten)]
    filter: Filter,
    /// Only these
    #[arg(long, ignore_case = true, value_parser = statuses())]
    status: Option<String>,
}

/// What was judged.
#[derive(Debug, Args)]
pub(super) struct Audits {
    #[command(flatten)]
    filter: Filter,
    /// Only this verdict
    #[arg(long, ignore_case = true, value_parser = verdicts())]
    verdict: Option<String>,
    /// Judged at or after this time
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    since: Option<DateTime<Utc>>,
    /// Judged before this time
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    until: Option<DateTime<Utc>>,
}

/// The verdicts, by name.
fn verdicts() -> clap::builder::PossibleValuesParser {
    clap::builder::PossibleValuesParser::new(Verdict::ALL.iter().map(|verdict| verdict.name()))
}

impl Filter {
    /// Whether facts fit; `names` are further names of the same thing.
    fn fits(&self, facts: &Values, names: &[&str]) -> bool {
        let known = [FactKey::Name, FactKey::DisplayName].into_iter().filter_map(|key| facts.text(key));
        let by_name = self.name.as_ref().is_none_or(|pattern| {
            let pattern = WildMatch::new_case_insensitive(pattern);
            known.chain(names.iter().copied()).any(|name| pattern.matches(name))
        });
        let by_build =
            self.build.is_none_or(|build| facts.get(FactKey::Build) == Some(&Value::Number(build)));
        let edition = facts.text(FactKey::Edition).unwrap_or_default();
        let by_edition = self.edition.as_ref().is_none_or(|wanted| wanted.eq_ignore_ascii_case(edition));
        by_name && by_build && by_edition && self.created(facts)
    }

    fn created(&self, facts: &Values) -> bool {
        let at = match facts.get(FactKey::Created) {
            Some(Value::Time(at)) => Some(*at),
            Some(Value::Day(day)) => day.and_hms_opt(0, 0, 0).map(|at| at.and_utc()),
            _ => None,
        };
        let unbounded = self.created_since.is_none() && self.created_until.is_none();
        unbounded || at.is_some_and(|at| within(at, self.created_since, self.created_until))
    }
}

fn within(at: DateTime<Utc>, since: Option<DateTime<Utc>>, until: Option<DateTime<Utc>>) -> bool {
    since.is_none_or(|since| at >= since) && until.is_none_or(|until| at < until)
}

impl Query {
    pub(super) fn run(&self, global: &Global, output: &mut Output) -> Result {
        match self {
            Self::Images(images) => images.run(global, output),
            Self::Audits(audits) => audits.run(global, output),
        }
    }
}

impl Images {
    fn run(&self, global: &Global, output: &mut Output) -> Result {
        let standings = global.open_registry()?.all()?;
        let now = global.now();
        let reports = standings.iter().map(|standing| StandingReport::new(standing, now));
        let wanted = |report: &StandingReport<'_>| {
            self.status.as_ref().is_none_or(|status| status.eq_ignore_ascii_case(report.status.name()))
                && self.filter.fits(&report.approval.facts, &[&report.approval.title])
        };
        let reports: Vec<_> = reports.filter(wanted).collect();
        output.list(&table(&reports, output.list_language()), &reports)?;
        Ok(ExitCode::Approved)
    }
}

impl Audits {
    fn run(&self, global: &Global, output: &mut Output) -> Result {
        let mut found: Vec<Audit> = Vec::new();
        let skipped = global.open_registry()?.audits(|audit| {
            if self.fits(&audit) {
                found.push(audit);
            }
        })?;
        if skipped > 0 {
            output.note(&format!("{skipped} lines of the audit record could not be understood"));
        }
        let mut table =
            Table::new(&["at", "verdict", "name", "source", "image", "approval", "assurance", "rules"]);
        let language = output.list_language();
        for audit in &found {
            table.rows.push(vec![
                Value::Time(audit.at).to_string(),
                list_words::verdict_named(&audit.verdict, language),
                audit.facts.text(FactKey::Name).unwrap_or_default().to_owned(),
                audit.source.clone(),
                audit.index.map(|index| index.to_string()).unwrap_or_default(),
                audit.approval.clone().unwrap_or_default(),
                list_words::assurance_named(&audit.assurance, language),
                audit.rules.join(" "),
            ]);
        }
        output.list(&table, &found)?;
        Ok(ExitCode::Approved)
    }

    fn fits(&self, audit: &Audit) -> bool {
        self.verdict.as_ref().is_none_or(|verdict| verdict.eq_ignore_ascii_case(&audit.verdict))
            && within(audit.at, self.since, self.until)
            && self.filter.fits(&audit.facts, &[])
    }
}
