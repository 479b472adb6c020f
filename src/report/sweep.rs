//! What a sweep found, and what became of it since the one before.

use std::{
    collections::BTreeMap,
    io::{self, Write},
};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{
    enforcement::BreakGlassReport,
    gate_words::COUNTED,
    html::labels,
    inert::Inert,
    list_words,
    result::{FindingReport, PolicyReport, RegistryHead, Tool},
    table::Table,
    words::{COMMA, filled, named, words},
};
use crate::{
    judge::{Language, Verdict},
    sighting::{Assurance, Value},
};

/// The schema of [`SweepReport`].
pub const SWEEP_SCHEMA: &str = "wimproof/sweep/v1";

/// What became of a file since the sweep before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Change {
    /// It was not there.
    Appeared,
    /// It holds something else.
    Changed,
    /// It holds the same, and has another verdict.
    Rejudged,
    /// It is not there any more.
    Vanished,
    /// It holds the same, with the same verdict.
    Unchanged,
}

impl Change {
    const ALL: [Self; 5] = [Self::Appeared, Self::Changed, Self::Rejudged, Self::Vanished, Self::Unchanged];

    /// The name, as in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Appeared => "appeared",
            Self::Changed => "changed",
            Self::Rejudged => "rejudged",
            Self::Vanished => "vanished",
            Self::Unchanged => "unchanged",
        }
    }

    /// What became of a file in all, where something had become of it before that nobody was told.
    #[must_use]
    pub fn after(self, untold: Option<Self>) -> Self {
        match (untold, self) {
            (Some(Self::Appeared), _) => Self::Appeared,
            (Some(untold), Self::Unchanged) | (Some(untold @ Self::Changed), Self::Rejudged) => untold,
            (_, own) => own,
        }
    }

    fn shown(self, language: Language) -> String {
        let texts = match self {
            Self::Appeared => APPEARED,
            Self::Changed => CHANGED,
            Self::Rejudged => REJUDGED,
            Self::Vanished => VANISHED,
            Self::Unchanged => UNCHANGED,
        };
        named(self.name(), texts, language)
    }
}

words! {
    APPEARED = "appeared", "新出现";
    CHANGED = "changed", "有改动";
    REJUDGED = "rejudged", "结论改变";
    VANISHED = "vanished", "已消失";
    UNCHANGED = "unchanged", "无变化";
    UNCOUNTED = "uncounted", "不计入";
    FIRST = "the first sweep: {}", "首次巡检：{}";
    SINCE = "since {}: {}", "自 {} 以来：{}";
    VERDICTS = "verdicts: {}", "结论：{}";
    READ = "{} files read, {} bytes; overall: {}", "已读取 {} 个文件，{} 字节；总体结论：{}";
}

/// An image in a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the fields are described by the contract")]
pub struct SweptImage {
    pub index: Option<u32>,
    pub name: String,
    pub tree: Option<String>,
    pub verdict: Option<Verdict>,
    /// The verdict without waivers and baseline, where it is another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unwaived_verdict: Option<Verdict>,
    pub approval: Option<String>,
}

/// A file.
#[derive(Debug, Clone, Serialize)]
#[allow(missing_docs, reason = "the fields are described by the contract")]
pub struct SweptFile {
    pub source: String,
    pub change: Change,
    /// Whether it was read, or taken for the one of the sweep before by length, time and a look at both ends.
    pub read: bool,
    pub size: Option<u64>,
    pub assurance: Assurance,
    /// Absent where it does not count.
    pub verdict: Option<Verdict>,
    /// The ids of rules that spoke.
    pub rules: Vec<String>,
    pub images: Vec<SweptImage>,
}

/// The result of a sweep.
#[derive(Debug, Serialize)]
#[allow(missing_docs, reason = "the fields are described by the contract")]
pub struct SweepReport {
    pub schema: &'static str,
    pub tool: Tool,
    pub now: DateTime<Utc>,
    pub since: Option<DateTime<Utc>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy: Option<PolicyReport>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enforced: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub break_glass: Option<BreakGlassReport>,
    pub registry: Option<RegistryHead>,
    pub verdict: Option<Verdict>,
    pub exit_code: u8,
    /// What is to say of the policy itself.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<FindingReport>,
    pub changes: BTreeMap<&'static str, usize>,
    pub verdicts: BTreeMap<&'static str, usize>,
    pub read: usize,
    pub bytes_read: u64,
    pub files: Vec<SweptFile>,
}

/// Counts of what became of files, and of verdicts of what is there.
pub fn counts(files: &[SweptFile]) -> (BTreeMap<&'static str, usize>, BTreeMap<&'static str, usize>) {
    let (mut changes, mut verdicts) = (BTreeMap::new(), BTreeMap::new());
    for file in files {
        *changes.entry(file.change.name()).or_default() += 1;
        if file.change != Change::Vanished {
            *verdicts.entry(file.verdict.map_or("uncounted", Verdict::name)).or_default() += 1;
        }
    }
    (changes, verdicts)
}

/// One row a file.
pub fn table<'f>(files: impl Iterator<Item = &'f SweptFile>, language: Language) -> Table {
    let mut table = Table::new(&["change", "verdict", "source", "images", "approvals", "rules", "unwaived"]);
    for file in files {
        let of = |text: fn(&SweptImage) -> Option<&str>| {
            file.images.iter().filter_map(text).collect::<Vec<_>>().join("; ")
        };
        table.rows.push(vec![
            file.change.shown(language),
            file.verdict.map(|verdict| list_words::verdict(verdict, language)).unwrap_or_default(),
            file.source.clone(),
            of(|image| Some(&image.name)),
            of(|image| image.approval.as_deref()),
            file.rules.join(" "),
            of(|image| image.unwaived_verdict.map(Verdict::name)),
        ]);
    }
    table
}

/// The form for people: what overrides the answer, what changed and what is not approved, then the counts.
pub fn write(
    out: &mut dyn Write,
    report: &SweepReport,
    all: bool,
    notices: &[String],
    language: Language,
) -> io::Result<()> {
    for notice in notices {
        writeln!(out, "{}", Inert(notice))?;
    }
    let excused = |file: &SweptFile| file.images.iter().any(|image| image.unwaived_verdict.is_some());
    let matters = |file: &&SweptFile| {
        let good = matches!(file.verdict, Some(Verdict::Approved) | None) && !excused(file);
        all || file.change != Change::Unchanged || !good
    };
    let table = table(report.files.iter().filter(matters), language).headed(language);
    if !table.rows.is_empty() {
        table.write(out, 0)?;
        writeln!(out)?;
    }
    let counted = |counts: &BTreeMap<&'static str, usize>, shown: &dyn Fn(&'static str) -> String| {
        let one = |(what, count): (&&'static str, &usize)| {
            filled(COUNTED, language, [&count.to_string(), &shown(what)])
        };
        counts.iter().map(one).collect::<Vec<_>>().join(COMMA.get(language))
    };
    let changes = counted(&report.changes, &|name| {
        let known = Change::ALL.into_iter().find(|change| change.name() == name);
        known.map_or_else(|| name.to_owned(), |change| change.shown(language))
    });
    let verdicts = counted(&report.verdicts, &|name| match name {
        "uncounted" => named(name, UNCOUNTED, language),
        name => list_words::verdict_named(name, language),
    });
    match report.since {
        None => writeln!(out, "{}", filled(FIRST, language, [&changes]))?,
        Some(at) => writeln!(out, "{}", filled(SINCE, language, [&Value::Time(at).to_string(), &changes]))?,
    }
    writeln!(out, "{}", filled(VERDICTS, language, [&verdicts]))?;
    let verdict = |verdict| list_words::verdict(verdict, language);
    let overall = report.verdict.map_or_else(|| labels::NOT_JUDGED.get(language).to_owned(), verdict);
    let (read, bytes) = (report.read.to_string(), report.bytes_read.to_string());
    writeln!(out, "{}", filled(READ, language, [&read, &bytes, &overall]))
}
