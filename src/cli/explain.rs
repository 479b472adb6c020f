//! `wimproof explain` and `wimproof rules`.

use std::io::Write as _;

use clap::Args;
use serde::Serialize;

use super::{Error, Format, Global, Result, output::Output};
use crate::{
    judge::{ExitCode, Language, Rule, RuleId},
    report::{self, list_words, table::Table},
};

/// Tell what a rule means and what to do.
#[derive(Debug, Args)]
pub(super) struct Explain {
    /// For example WP1003
    #[arg(value_name = "RULE")]
    rule: String,
}

/// List all rules.
#[derive(Debug, Args)]
pub(super) struct Rules {}

#[derive(Serialize)]
struct RuleReport {
    id: &'static str,
    severity: &'static str,
    damage: bool,
    title: TextsReport,
    explanation: TextsReport,
}

#[derive(Serialize)]
struct TextsReport {
    en: &'static str,
    #[serde(rename = "zh-CN")]
    zh: &'static str,
}

impl From<&Rule> for RuleReport {
    fn from(rule: &Rule) -> Self {
        Self {
            id: rule.id,
            severity: rule.severity.name(),
            damage: rule.damage,
            title: TextsReport { en: rule.title.en, zh: rule.title.zh },
            explanation: TextsReport { en: rule.explanation.en, zh: rule.explanation.zh },
        }
    }
}

impl Explain {
    pub(super) fn run(&self, global: &Global, output: &mut Output) -> Result {
        let unknown = || Error::Usage(format!("no rule {}; `wimproof rules` lists all", self.rule));
        let rule = RuleId::find(&self.rule).ok_or_else(unknown)?.rule();
        if output.format() == Format::Json {
            report::json::write(output.text(), &RuleReport::from(rule))?;
            return Ok(ExitCode::Approved);
        }
        let language = global.language();
        let (title, text) = (rule.title.get(language), rule.explanation.get(language));
        let severity = list_words::severity(rule.severity, language);
        match language {
            Language::En => writeln!(output.text(), "{} ({severity}): {title}\n\n{text}", rule.id)?,
            Language::ZhCn => writeln!(output.text(), "{}，{severity}：{title}\n\n{text}", rule.id)?,
        }
        Ok(ExitCode::Approved)
    }
}

impl Rules {
    #[allow(clippy::unused_self, reason = "every verb is run alike")]
    pub(super) fn run(&self, global: &Global, output: &mut Output) -> Result {
        let rules: Vec<&Rule> = RuleId::all().map(RuleId::rule).collect();
        let mut table = Table::new(&["rule", "severity", "title"]);
        for rule in &rules {
            let title = rule.title.get(global.language()).to_owned();
            let severity = list_words::severity(rule.severity, output.list_language());
            table.rows.push(vec![rule.id.to_owned(), severity, title]);
        }
        output.list(&table, &rules.into_iter().map(RuleReport::from).collect::<Vec<_>>())?;
        Ok(ExitCode::Approved)
    }
}
