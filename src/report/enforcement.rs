//! What a policy made of the answer: excused findings, a mode that enforces nothing, a decision that was overridden. Said
//! first and loudly in every form for people and build servers.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{
    html::labels,
    result::{Document, FindingReport, ImageReport, SubjectReport, time, time_text},
};
use crate::judge::{
    Argument, ExitCode, Finding, Language, PhraseId, RuleId, Said, Texts, Verdict,
    policy::{Baseline, Excuse, SiteFile, Terms, Waiver},
};

/// The waiver that excuses a finding.
#[derive(Debug, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the fields are described by the contract")]
pub struct WaivedReport {
    pub waiver: String,
    pub reason: String,
    pub owner: String,
    pub ticket: String,
    #[serde(serialize_with = "time")]
    pub expires: DateTime<Utc>,
}

/// The baseline that has a finding.
#[derive(Debug, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the fields are described by the contract")]
pub struct KnownReport {
    #[serde(serialize_with = "time")]
    pub since: DateTime<Utc>,
}

/// The policy file of a check.
#[derive(Debug, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the fields are described by the contract")]
pub struct PolicyFile {
    pub source: String,
    pub sha256: String,
    pub mode: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<SiteFileReport>,
}

/// A file that the policy names.
#[derive(Debug, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the fields are described by the contract")]
pub struct SiteFileReport {
    pub source: String,
    pub sha256: String,
}

/// The baseline of a check.
#[derive(Debug, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the fields are described by the contract")]
pub struct BaselineReport {
    pub source: String,
    #[serde(serialize_with = "time")]
    pub made: DateTime<Utc>,
    pub findings: u64,
}

/// An override that was asked for.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the fields are described by the contract")]
pub struct BreakGlassReport {
    pub by: String,
    pub reason: String,
    pub ticket: String,
    pub granted: bool,
}

impl From<&Waiver> for WaivedReport {
    fn from(waiver: &Waiver) -> Self {
        let Waiver { id, reason, owner, ticket, expires, .. } = waiver.clone();
        Self { waiver: id, reason, owner, ticket, expires }
    }
}

impl From<&Terms> for PolicyFile {
    fn from(terms: &Terms) -> Self {
        let mode = if terms.enforced { "enforce" } else { "audit" };
        let file = |file: &SiteFile| SiteFileReport {
            source: file.path.display().to_string(),
            sha256: hex::encode(file.sha256),
        };
        Self {
            source: terms.source.to_string(),
            sha256: hex::encode(terms.sha256),
            mode: mode.to_owned(),
            files: terms.health.files.iter().map(file).collect(),
        }
    }
}

impl From<&Baseline> for BaselineReport {
    fn from(baseline: &Baseline) -> Self {
        let findings = baseline.findings.len() as u64;
        Self { source: baseline.source.to_string(), made: baseline.made, findings }
    }
}

/// The waiver and the baseline that excuse a finding.
pub(super) fn excuses(finding: &Finding) -> (Option<WaivedReport>, Option<KnownReport>) {
    match &finding.excuse {
        Some(Excuse::Waived(waiver)) => (Some((&**waiver).into()), None),
        Some(Excuse::Known { since }) => (None, Some(KnownReport { since: *since })),
        None => (None, None),
    }
}

fn text(value: impl std::fmt::Display) -> Argument {
    Argument::Text(value.to_string())
}

impl FindingReport {
    /// Whether it does not count.
    pub fn is_excused(&self) -> bool {
        self.waived.is_some() || self.known.is_some()
    }

    /// Who excuses it, until when, and why.
    pub fn excuse(&self, language: Language) -> Option<String> {
        let waived = self.waived.as_ref().map(|waived| {
            let WaivedReport { waiver, reason, owner, ticket, expires } = waived;
            let until = time_text(expires);
            PhraseId::WAIVED.of([text(waiver), text(until), text(owner), text(ticket), text(reason)])
        });
        let known = || self.known.as_ref().map(|known| PhraseId::KNOWN.of([text(time_text(&known.since))]));
        waived.or_else(known).map(|said| said.told(language))
    }
}

impl ImageReport {
    /// All that excuses what speaks against it.
    pub fn excuses(&self, of_file: &[FindingReport], language: Language) -> Vec<String> {
        let mut excuses: Vec<String> = Vec::new();
        for excuse in self.findings.iter().chain(of_file).filter_map(|finding| finding.excuse(language)) {
            if !excuses.contains(&excuse) {
                excuses.push(excuse);
            }
        }
        excuses
    }
}

impl SubjectReport {
    /// What its verdict means: an image that is excused is not approved by anybody.
    pub(super) fn meaning(&self) -> Texts {
        meaning(self.verdict, self.is_excused())
    }

    /// Whether one of its images counts as approved by an excuse.
    pub fn is_excused(&self) -> bool {
        self.images.iter().any(|image| image.unwaived_verdict.is_some())
    }
}

impl Document {
    /// What its verdict means.
    pub(super) fn meaning(&self) -> Texts {
        meaning(self.verdict, self.subjects.iter().any(SubjectReport::is_excused))
    }
}

fn meaning(verdict: Option<Verdict>, excused: bool) -> Texts {
    match verdict {
        None => labels::NOT_JUDGED_MEANING,
        Some(Verdict::Approved) if excused => labels::EXCUSED_MEANING,
        Some(verdict) => labels::verdict_meaning(verdict),
    }
}

/// What is said before anything else.
pub fn notices(document: &Document, language: Language) -> Vec<String> {
    let mut said: Vec<Said> = Vec::new();
    if let (Some(verdict), Some(false), None) = (document.verdict, document.enforced, &document.break_glass) {
        said.push(PhraseId::AUDIT_MODE.of([text(verdict.exit_code().code())]));
    }
    said.extend(by_excuse(document));
    let loud = [RuleId::GLASS_BROKEN, RuleId::GLASS_NOT_BROKEN];
    let glass = document.findings.iter().filter(|finding| loud.contains(&finding.rule));
    let glass = glass.map(|finding| (PhraseId::BREAK_GLASS.of([]), finding.told(language)));
    let glass = glass.map(|(head, told)| format!("{}: {told}", head.told(language)));
    said.iter().map(|said| said.told(language)).chain(glass).collect()
}

/// Where what is said of the policy has its place.
pub fn policy_source(document: &Document) -> &str {
    let policy = document.policy.as_ref();
    let file = policy.and_then(|policy| policy.file.as_ref()).map(|file| file.source.as_str());
    let baseline =
        policy.and_then(|policy| policy.baseline.as_ref()).map(|baseline| baseline.source.as_str());
    file.or(baseline).unwrap_or(&document.tool.name)
}

/// How many images count as approved only because something is excused, and what the answer would be else.
fn by_excuse(document: &Document) -> Option<Said> {
    let images = || document.subjects.iter().flat_map(|subject| &subject.images);
    let lifted = images().filter(|image| image.unwaived_verdict.is_some()).count();
    let worst = |subject: &SubjectReport| {
        let own = |image: &ImageReport| image.unwaived_verdict.or(image.verdict);
        match subject.images.is_empty() {
            true => subject.verdict,
            false => Some(Verdict::worst(subject.images.iter().filter_map(own))),
        }
    };
    let unwaived = Verdict::worst(document.subjects.iter().filter_map(worst));
    (lifted > 0).then(|| PhraseId::BY_EXCUSE.of([text(lifted), text(unwaived.name())]))
}

/// The exit codes that go with an answer: another than its own only where it is not enforced, or somebody overrode it.
pub fn may_end_with(document: &Document, verdict: Verdict) -> Vec<u8> {
    let own = verdict.exit_code();
    let overridden = document.break_glass.as_ref().is_some_and(|glass| glass.granted);
    let audited = document.enforced == Some(false) && own == ExitCode::NotApproved;
    let zero = (overridden || audited).then_some(ExitCode::Approved.code());
    zero.into_iter().chain([own.code()]).collect()
}
