//! The result in its stable form: the contract of `--format json`, version `wimproof/result/v1`.
//!
//! Names are stable, changes only add, lists have a stable order. The same input, registry head and `--now` give the
//! same bytes.

use std::{borrow::Cow, collections::BTreeMap};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use wimproof_wim::{Fingerprint, Habit};

use super::{
    enforcement::{BaselineReport, BreakGlassReport, KnownReport, PolicyFile, WaivedReport, excuses},
    reading,
};
use crate::{
    evidence::{
        examination::{Depth, Examination},
        second_opinion::SecondOpinion,
        unaccounted::Unaccounted,
    },
    judge::{
        Compared, ExitCode, Finding, ImageJudgement, Judgement, Language, Policy, Quote, RuleId, Said,
        Severity, Verdict, findings_of, health, own_findings,
    },
    registry::{Admission, Head, Registry, Relative, Standing},
    sighting::{
        Assurance, Checked, Evidence, Fact, FactKey, Facts, Kind, Locator, Sighting, Subject, SubjectKind,
        Value,
    },
};

/// Names this form of the result.
pub const SCHEMA: &str = "wimproof/result/v1";

/// The whole result of a command.
#[derive(Debug, Serialize, Deserialize)]
pub struct Document {
    /// [`SCHEMA`].
    pub schema: Cow<'static, str>,
    /// Who made it.
    pub tool: Tool,
    /// `check`, `inspect` or `verify`.
    pub command: Cow<'static, str>,
    /// The time that validity was judged at.
    #[serde(serialize_with = "time")]
    pub now: DateTime<Utc>,
    /// What the check asked for; absent where nothing was to be judged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<PolicyReport>,
    /// Whether a no ends with a code that stops a pipeline; absent where neither a policy nor a person had a say in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enforced: Option<bool>,
    /// An override that was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub break_glass: Option<BreakGlassReport>,
    /// The registry's head; null where no registry was used.
    pub registry: Option<RegistryHead>,
    /// The worst verdict; null where nothing was to be judged.
    pub verdict: Option<Verdict>,
    /// The exit code of the program.
    pub exit_code: u8,
    /// What is to say of the policy itself.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<FindingReport>,
    /// What was looked at, in the order of the command line.
    pub subjects: Vec<SubjectReport>,
}

impl Document {
    /// The result of a command that only looks.
    pub fn seen(
        command: &'static str,
        now: DateTime<Utc>,
        code: ExitCode,
        subjects: Vec<SubjectReport>,
    ) -> Self {
        let (registry, verdict, exit_code) = (None, None, code.code());
        Self {
            schema: SCHEMA.into(),
            tool: TOOL,
            command: command.into(),
            now,
            policy: None,
            enforced: None,
            break_glass: None,
            registry,
            verdict,
            exit_code,
            findings: Vec::new(),
            subjects,
        }
    }
}

/// What a check asked for.
#[derive(Debug, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the fields are described by the contract")]
pub struct PolicyReport {
    pub assurance: Assurance,
    pub scope: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<PolicyFile>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub baseline: Option<BaselineReport>,
}

impl From<&Policy> for PolicyReport {
    fn from(policy: &Policy) -> Self {
        Self { assurance: policy.assurance, scope: policy.scope.clone(), file: None, baseline: None }
    }
}

/// Name and version of the program.
#[derive(Debug, Serialize, Deserialize)]
pub struct Tool {
    /// `wimproof`.
    pub name: Cow<'static, str>,
    /// Its version.
    pub version: Cow<'static, str>,
}

/// The program that runs.
pub const TOOL: Tool =
    Tool { name: Cow::Borrowed("wimproof"), version: Cow::Borrowed(env!("CARGO_PKG_VERSION")) };

/// A head of a registry.
#[derive(Debug, Serialize, Deserialize)]
pub struct RegistryHead {
    /// Its name.
    pub origin: String,
    /// Entries.
    pub size: u64,
    /// The Merkle root in hex.
    pub root: String,
    /// The keys whose signatures of it are trusted; absent where no trust file says which are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signed_by: Option<Vec<String>>,
}

impl RegistryHead {
    fn of(head: &Head, signed_by: Option<&[String]>) -> Self {
        let (origin, root) = (head.origin.clone(), hex::encode(head.root));
        Self { origin, size: head.size, root, signed_by: signed_by.map(<[String]>::to_vec) }
    }
}

impl From<&Registry> for RegistryHead {
    fn from(registry: &Registry) -> Self {
        Self::of(registry.head(), registry.vouched_by())
    }
}

impl From<&Admission> for RegistryHead {
    fn from(admission: &Admission) -> Self {
        Self::of(&admission.head, Some(&admission.by))
    }
}

/// A file.
#[derive(Debug, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the fields are described by the contract")]
pub struct SubjectReport {
    pub source: String,
    pub kind: SubjectKind,
    pub file_size: Option<u64>,
    pub bytes_read: u64,
    pub assurance: Assurance,
    pub digests: FileDigests,
    #[serde(deserialize_with = "reading::facts")]
    pub claims: BTreeMap<FactKey, Value>,
    pub checked: Option<Checked>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub second_opinion: Option<SecondOpinion>,
    pub writer: Option<WriterReport>,
    pub evidence: BTreeMap<FactKey, Place>,
    pub verdict: Option<Verdict>,
    pub findings: Vec<FindingReport>,
    pub images: Vec<ImageReport>,
    #[serde(skip_deserializing)]
    pub deployments: Vec<()>,
}

/// Which program wrote a file, by its habits.
#[derive(Debug, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the fields are described by the contract")]
pub struct WriterReport {
    pub name: Option<String>,
    pub habits: Vec<HabitReport>,
}

/// A habit of a program that writes image files.
#[derive(Debug, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the fields are described by the contract")]
pub struct HabitReport {
    pub of: Vec<String>,
    pub what: Cow<'static, str>,
}

impl WriterReport {
    fn of(fingerprint: &Fingerprint) -> Option<Self> {
        let habit = |habit: &Habit| HabitReport {
            of: habit.of.iter().map(ToString::to_string).collect(),
            what: habit.what.into(),
        };
        let name = fingerprint.writer().map(|writer| writer.to_string());
        let habits: Vec<_> = fingerprint.0.iter().map(habit).collect();
        (!habits.is_empty()).then_some(Self { name, habits })
    }
}

/// Digests of a file.
#[derive(Debug, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the fields are described by the contract")]
pub struct FileDigests {
    pub file: Option<FileDigest>,
}

/// The digest of a file.
#[derive(Debug, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the fields are described by the contract")]
pub struct FileDigest {
    #[serde(deserialize_with = "reading::digest")]
    pub sha256: Value,
}

/// An image.
#[derive(Debug, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the fields are described by the contract")]
pub struct ImageReport {
    pub index: Option<u32>,
    #[serde(deserialize_with = "reading::facts")]
    pub claims: BTreeMap<FactKey, Value>,
    #[serde(deserialize_with = "reading::facts")]
    pub digests: BTreeMap<FactKey, Value>,
    pub evidence: BTreeMap<FactKey, Place>,
    pub verdict: Option<Verdict>,
    /// Without waivers and baseline, where that is another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unwaived_verdict: Option<Verdict>,
    pub approval: Option<ApprovalReport>,
    pub compared: Vec<ComparedReport>,
    pub findings: Vec<FindingReport>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub relatives: Vec<RelativeReport>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub health: Option<HealthReport>,
}

/// How far the health of an image was looked into, and over how much.
#[derive(Debug, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the fields are described by the contract")]
pub struct HealthReport {
    pub depth: Depth,
    pub components: u64,
    pub manifests: u64,
    pub files: u64,
    #[serde(default, skip_serializing_if = "is_none_of_them")]
    pub references: u64,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub undecided: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unaccounted: Option<UnaccountedReport>,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde passes it so")]
fn is_none_of_them(count: &u64) -> bool {
    *count == 0
}

/// Files of an image that nothing explains.
#[derive(Debug, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the fields are described by the contract")]
pub struct UnaccountedReport {
    pub files: u64,
    pub of: u64,
    pub folders: Vec<FolderReport>,
    pub named: Vec<String>,
}

/// A folder, and how many files of a kind are in it.
#[derive(Debug, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the fields are described by the contract")]
pub struct FolderReport {
    pub path: String,
    pub files: u64,
}

impl From<&Unaccounted> for UnaccountedReport {
    fn from(found: &Unaccounted) -> Self {
        let folder = |(path, files): &(String, u64)| FolderReport { path: path.clone(), files: *files };
        Self {
            files: found.files,
            of: found.all,
            folders: found.folders.iter().map(folder).collect(),
            named: found.named.iter().map(|place| place.path.clone()).collect(),
        }
    }
}

impl HealthReport {
    /// What was looked at of an image of which this was found.
    pub fn of(examination: &Examination, findings: &[Finding]) -> Self {
        let components = examination.store.as_ref().map_or(&[][..], |store| &store.components);
        Self {
            depth: examination.depth,
            components: components.len() as u64,
            manifests: components.iter().filter(|component| component.manifest.is_some()).count() as u64,
            files: components.iter().map(|component| component.files.len() as u64).sum(),
            references: examination.others.iter().filter(|other| other.trusted).count() as u64,
            undecided: !health::judged(Some(examination), findings),
            unaccounted: examination.unaccounted.as_ref().map(UnaccountedReport::from),
        }
    }
}

/// An approved image that shares contents with one that is not approved.
#[derive(Debug, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the fields are described by the contract")]
pub struct RelativeReport {
    #[serde(flatten)]
    pub approval: ApprovalReport,
    pub contents: u64,
    pub shared: u64,
    pub foreign_files: u64,
    /// Where all contents are the same, what the two say of their files otherwise.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub differs: Vec<ComparedReport>,
}

/// The approval that a verdict refers to.
#[derive(Debug, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the fields are described by the contract")]
pub struct ApprovalReport {
    pub id: String,
    pub title: String,
}

/// A fact that approval and sighting both have.
#[derive(Debug, Serialize, Deserialize)]
#[serde(try_from = "reading::Compared")]
#[allow(missing_docs, reason = "the fields are described by the contract")]
pub struct ComparedReport {
    pub fact: FactKey,
    pub approved: Value,
    pub seen: Value,
    pub agrees: bool,
}

/// A finding.
#[derive(Debug, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the fields are described by the contract")]
pub struct FindingReport {
    pub rule: RuleId,
    pub severity: Severity,
    pub message: String,
    /// What of the message depends on the language, and what does not.
    #[serde(default, deserialize_with = "reading::phrase", skip_serializing_if = "Option::is_none")]
    pub phrase: Option<Said>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waived: Option<WaivedReport>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub known: Option<KnownReport>,
    pub evidence: Vec<QuoteReport>,
}

impl FindingReport {
    /// The message in a language; in English where there is no phrase for it, or one that says something else.
    pub fn told(&self, language: Language) -> Cow<'_, str> {
        let phrase = self
            .phrase
            .as_ref()
            .filter(|phrase| language != Language::En && phrase.told(Language::En) == self.message);
        phrase.map_or(Cow::Borrowed(&self.message), |phrase| phrase.told(language).into())
    }
}

/// Where something stands.
#[derive(Debug, Default, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the fields are described by the contract")]
pub struct Place {
    pub source: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offset: Option<u64>,
    /// Bytes from the offset on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub length: Option<u64>,
    /// Offset in the uncompressed metadata resource of the image.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata_offset: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// Line of a text, from 1; `offset` is where it begins.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    /// Number of a record of an event log.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub record: Option<u64>,
}

/// A quoted piece of evidence.
#[derive(Debug, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the fields are described by the contract")]
pub struct QuoteReport {
    #[serde(flatten)]
    pub place: Place,
    pub value: String,
}

/// An instant as it stands in the JSON form.
pub(super) fn time_text(instant: &DateTime<Utc>) -> String {
    Value::Time(*instant).to_string()
}

pub(super) fn time<S: serde::Serializer>(instant: &DateTime<Utc>, serializer: S) -> Result<S::Ok, S::Error> {
    Value::Time(*instant).serialize(serializer)
}

impl From<&Evidence> for Place {
    fn from(evidence: &Evidence) -> Self {
        let mut place = Self { source: evidence.source.to_string(), ..Self::default() };
        match &evidence.locator {
            Locator::Whole => {}
            Locator::Offset(at) => place.offset = Some(*at),
            Locator::Range(start, end) => {
                (place.offset, place.length) = (Some(*start), Some(end.saturating_sub(*start)));
            }
            Locator::MetadataOffset(at) => place.metadata_offset = Some(*at),
            Locator::Key(name) => place.key = Some(name.clone()),
            Locator::Line(line, at) => (place.line, place.offset) = (Some(*line), Some(*at)),
            Locator::Record(number) => place.record = Some(*number),
        }
        place
    }
}

impl From<&Quote> for QuoteReport {
    fn from(quote: &Quote) -> Self {
        Self { place: (&quote.evidence).into(), value: quote.value.clone() }
    }
}

impl From<&Finding> for FindingReport {
    fn from(finding: &Finding) -> Self {
        let (waived, known) = excuses(finding);
        Self {
            rule: finding.rule,
            severity: finding.severity,
            message: finding.message.clone(),
            phrase: finding.said.clone(),
            waived,
            known,
            evidence: finding.evidence.iter().map(Into::into).collect(),
        }
    }
}

impl From<&Compared> for ComparedReport {
    fn from(compared: &Compared) -> Self {
        let Compared { fact, approved, seen, agrees } = compared.clone();
        Self { fact, approved, seen, agrees }
    }
}

impl From<&Standing> for ApprovalReport {
    fn from(standing: &Standing) -> Self {
        Self { id: standing.id.to_string(), title: standing.approval.title.clone() }
    }
}

/// What an image says of the number, length and age of its files.
const OF_FILES: [FactKey; 5] = [
    FactKey::DirCount,
    FactKey::FileCount,
    FactKey::TotalBytes,
    FactKey::HardLinkBytes,
    FactKey::NewestWrite,
];

impl RelativeReport {
    fn of(relative: &Relative, sighting: &Sighting) -> Self {
        let report = Self {
            approval: (&relative.standing).into(),
            contents: relative.of as u64,
            shared: relative.shared as u64,
            foreign_files: relative.foreign_files,
            differs: Vec::new(),
        };
        if !report.has_same_contents() {
            return report;
        }
        let compared = OF_FILES.into_iter().filter_map(|fact| {
            let approved = relative.standing.approval.facts.get(fact)?.clone();
            let seen = sighting.facts.get(&fact)?.value.clone();
            let agrees = seen.agrees(&approved);
            Some(ComparedReport { fact, approved, seen, agrees })
        });
        Self { differs: compared.filter(|compared| !compared.agrees).collect(), ..report }
    }

    /// Whether each holds the contents of the other, and no more.
    pub fn has_same_contents(&self) -> bool {
        self.shared == self.contents && self.foreign_files == 0
    }

    /// How much of the approved image the other holds, in whole percent, rounded down: 100 only where it holds all.
    pub fn percent(&self) -> u64 {
        u64::try_from(u128::from(self.shared) * 100 / u128::from(self.contents.max(1))).unwrap_or(100)
    }
}

pub(super) fn claims(facts: &Facts, wanted: impl Fn(Kind) -> bool) -> BTreeMap<FactKey, Value> {
    let wanted = facts.iter().filter(|(key, _)| **key != FactKey::FileSize && wanted(key.kind()));
    wanted.map(|(key, fact)| (*key, fact.value.clone())).collect()
}

pub(super) fn evidence(facts: &Facts) -> BTreeMap<FactKey, Place> {
    facts.iter().map(|(key, Fact { evidence, .. })| (*key, evidence.into())).collect()
}

impl SubjectReport {
    /// A subject that was judged.
    pub fn judged(subject: &Subject, judgement: &Judgement) -> Self {
        let images = subject.images.iter().zip(&judgement.images);
        let images = images.map(|(sighting, judgement)| ImageReport::judged(sighting, judgement)).collect();
        Self::new(subject, Some(judgement.verdict), &judgement.findings, images)
    }

    /// A subject that was only looked at.
    pub fn seen(subject: &Subject, now: DateTime<Utc>) -> Self {
        let seen = |image: &Sighting| ImageReport::new(image, &own_findings(image, now));
        let images = subject.images.iter().map(seen).collect();
        Self::new(subject, None, &findings_of(&subject.observations), images)
    }

    fn new(
        subject: &Subject,
        verdict: Option<Verdict>,
        findings: &[Finding],
        images: Vec<ImageReport>,
    ) -> Self {
        let file =
            subject.facts.get(&FactKey::FileSha256).map(|fact| FileDigest { sha256: fact.value.clone() });
        Self {
            source: subject.source.to_string(),
            kind: subject.kind,
            file_size: subject.file_size,
            bytes_read: subject.bytes_read,
            assurance: subject.assurance,
            digests: FileDigests { file },
            claims: claims(&subject.facts, |kind| kind != Kind::Digest),
            checked: subject.checked,
            second_opinion: None,
            writer: WriterReport::of(&subject.fingerprint),
            evidence: evidence(&subject.facts),
            verdict,
            findings: findings.iter().map(Into::into).collect(),
            images,
            deployments: Vec::new(),
        }
    }

    /// All findings: of the file, then of its images.
    pub fn all_findings(&self) -> impl Iterator<Item = &FindingReport> {
        self.findings.iter().chain(self.images.iter().flat_map(|image| &image.findings))
    }
}

impl ImageReport {
    fn judged(sighting: &Sighting, judgement: &ImageJudgement) -> Self {
        let approval = judgement.approval.as_ref().map(Into::into);
        Self {
            verdict: Some(judgement.verdict),
            unwaived_verdict: judgement.unwaived,
            approval,
            compared: judgement.compared.iter().map(Into::into).collect(),
            relatives: judgement.relatives.iter().map(|near| RelativeReport::of(near, sighting)).collect(),
            ..Self::new(sighting, &judgement.findings)
        }
    }

    fn new(sighting: &Sighting, findings: &[Finding]) -> Self {
        Self {
            index: sighting.index,
            claims: claims(&sighting.facts, |kind| kind != Kind::Digest),
            digests: claims(&sighting.facts, |kind| kind == Kind::Digest),
            evidence: evidence(&sighting.facts),
            verdict: None,
            unwaived_verdict: None,
            approval: None,
            compared: Vec::new(),
            findings: findings.iter().map(Into::into).collect(),
            relatives: Vec::new(),
            health: None,
        }
    }

    /// The name, for people.
    pub fn name(&self) -> String {
        self.claims.get(&FactKey::Name).map_or_else(|| "(no name)".to_owned(), ToString::to_string)
    }
}
