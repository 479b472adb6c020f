//! A case in its stable form: what the evidence of a computer tells of the images that were put on it.
//!
//! Names are stable, changes only add, lists have a stable order. The HTML report and the JSON form are made from it.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDateTime, Utc};
use serde::{Serialize, Serializer};

use super::case_store::StoreReport;
use super::result::{
    ApprovalReport, ComparedReport, FindingReport, Place, RegistryHead, SubjectReport, Tool, claims,
    evidence, time,
};
use crate::{
    evidence::statement::{PieceKind, Testimony, Topic},
    judge::{Language, Verdict},
    sighting::{
        Assurance, FactKey, Kind, Sighting, Value,
        deployment::{
            AgentSeen, Aspect, Channel, Citation, Deployment, DeploymentKind, Listed, Missing, Moment,
            Outcome, Phase, Told,
        },
    },
};

/// Names this form of a case.
pub const CASE_SCHEMA: &str = "wimproof/case/v1";

/// The whole result of a trace.
#[derive(Debug, Serialize)]
pub struct CaseReport<'d> {
    /// [`CASE_SCHEMA`].
    pub schema: &'static str,
    /// Who made it.
    pub tool: Tool,
    /// The time that validity was judged at.
    #[serde(serialize_with = "time")]
    pub now: DateTime<Utc>,
    /// The registry's head; null where no registry was used.
    pub registry: Option<RegistryHead>,
    /// The worst verdict; null where nothing was to be judged.
    pub verdict: Option<Verdict>,
    /// The exit code of the program.
    pub exit_code: u8,
    /// What was given to look at, in the order of the command line: the title of the case.
    pub paths: Vec<String>,
    /// What concerns the case as a whole.
    pub findings: Vec<FindingReport>,
    /// The deployments, in the order of time.
    pub deployments: Vec<DeploymentReport<'d>>,
    /// Image files among the evidence, and the answer on each.
    pub images: Vec<SubjectReport>,
    /// What the logs tell of the component stores of systems, and what images that were given hold of it.
    pub servicing: Vec<StoreReport<'d>>,
    /// Pieces of evidence that were used.
    pub used: Vec<PieceReport>,
    /// Files that were looked at and not used.
    pub set_aside: Vec<SetAsideReport>,
    /// Evidence that is missing and concerns the case as a whole, not one deployment.
    #[serde(serialize_with = "all_missing")]
    pub missing: Vec<Missing>,
    /// What to do next, in the language of the report.
    pub advice: Vec<String>,
    /// Keys, passwords and credentials that were masked in quotations; null where they were not counted.
    pub redacted: Option<u64>,
}

/// A deployment with the answer on its image.
#[derive(Debug, Serialize)]
pub struct DeploymentReport<'d> {
    /// What the evidence shows.
    #[serde(flatten, serialize_with = "deployment")]
    pub deployment: &'d Deployment,
    /// The answer; null where nothing was judged.
    pub verdict: Option<Verdict>,
    /// The approval that the answer refers to.
    pub approval: Option<ApprovalReport>,
    /// What approval and evidence say of the same facts.
    pub compared: Vec<ComparedReport>,
    /// Why, and what else is odd.
    pub findings: Vec<FindingReport>,
}

/// A piece of evidence.
#[derive(Debug, Serialize)]
pub struct PieceReport {
    /// Its path.
    pub source: String,
    /// What it is.
    #[serde(serialize_with = "piece_kind")]
    pub kind: PieceKind,
    /// Length in bytes.
    pub size: u64,
    /// SHA-256 of its bytes, where all were read.
    #[serde(serialize_with = "sha256")]
    pub sha256: Option<[u8; 32]>,
    /// Statements that it makes.
    pub statements: usize,
    /// Whether one of them is about a deployment.
    #[serde(skip)]
    pub tells_of_deployments: bool,
    /// Whether one of them is about the component store.
    #[serde(skip)]
    pub tells_of_store: bool,
    /// Why not all of it could be read.
    pub partial: Option<String>,
}

impl From<&Testimony> for PieceReport {
    fn from(testimony: &Testimony) -> Self {
        let tells = |of: fn(Topic) -> bool| testimony.statements.iter().any(|told| of(told.topic));
        Self {
            source: testimony.source.to_string(),
            kind: testimony.kind,
            size: testimony.size,
            sha256: testimony.sha256,
            statements: testimony.statements.len(),
            tells_of_deployments: tells(|topic| !topic.is_of_store() && !topic.is_of_time()),
            tells_of_store: tells(Topic::is_of_store),
            partial: testimony.partial.clone(),
        }
    }
}

/// A file that was not used.
#[derive(Debug, Serialize)]
pub struct SetAsideReport {
    /// Its path.
    pub source: String,
    /// Why not.
    pub reason: String,
    /// The same in Simplified Chinese.
    #[serde(skip)]
    pub reason_zh: String,
}

impl SetAsideReport {
    /// Why not, in a language.
    pub fn reason_in(&self, language: Language) -> &str {
        match language {
            Language::En => &self.reason,
            Language::ZhCn => &self.reason_zh,
        }
    }
}

/// A moment in its stable form.
#[derive(Debug, Serialize)]
pub(super) struct MomentForm {
    local: Option<String>,
    utc: Option<Value>,
    known: Option<&'static str>,
}

impl From<Moment> for MomentForm {
    fn from(moment: Moment) -> Self {
        Self {
            local: moment.local.as_ref().map(local_time),
            utc: moment.utc.map(Value::Time),
            known: moment.known,
        }
    }
}

/// A time of which the zone is not known: RFC 3339 without an offset.
fn local_time(at: &NaiveDateTime) -> String {
    at.format("%Y-%m-%dT%H:%M:%S").to_string()
}

#[derive(Debug, Serialize)]
pub(super) struct CitationForm<'d> {
    #[serde(flatten)]
    place: Place,
    #[serde(serialize_with = "sha256", skip_serializing_if = "Option::is_none")]
    sha256: Option<[u8; 32]>,
    value: &'d str,
    at: MomentForm,
}

impl<'d> From<&'d Citation> for CitationForm<'d> {
    fn from(citation: &'d Citation) -> Self {
        Self {
            place: (&citation.evidence).into(),
            sha256: citation.sha256,
            value: &citation.quote,
            at: citation.at.into(),
        }
    }
}

#[derive(Debug, Serialize)]
struct ToldForm<'d> {
    value: &'d str,
    evidence: Vec<CitationForm<'d>>,
}

impl<'d> From<&'d Told> for ToldForm<'d> {
    fn from(told: &'d Told) -> Self {
        Self { value: &told.value, evidence: told.on.iter().map(Into::into).collect() }
    }
}

#[derive(Debug, Serialize)]
struct PhaseForm<'d> {
    name: &'d str,
    begun: MomentForm,
    ended: MomentForm,
}

impl<'d> From<&'d Phase> for PhaseForm<'d> {
    fn from(phase: &'d Phase) -> Self {
        Self { name: &phase.name, begun: phase.begun.into(), ended: phase.ended.into() }
    }
}

#[derive(Debug, Serialize)]
struct ChannelForm<'d> {
    id: &'d str,
    title: &'d str,
    approved: Option<bool>,
    note: Option<&'d str>,
    evidence: Vec<CitationForm<'d>>,
}

impl<'d> From<&'d Channel> for ChannelForm<'d> {
    fn from(channel: &'d Channel) -> Self {
        Self {
            id: &channel.id,
            title: &channel.title,
            approved: channel.approved,
            note: channel.note.as_ref().map(|note| note.en.as_str()),
            evidence: channel.on.iter().map(Into::into).collect(),
        }
    }
}

#[derive(Debug, Serialize)]
struct AgentForm<'d> {
    name: &'d str,
    present: bool,
    backfilled: Option<&'d str>,
    evidence: Vec<CitationForm<'d>>,
}

impl<'d> From<&'d AgentSeen> for AgentForm<'d> {
    fn from(agent: &'d AgentSeen) -> Self {
        Self {
            name: &agent.name,
            present: !agent.on.is_empty(),
            backfilled: agent.backfilled.as_ref().map(|why| why.en.as_str()),
            evidence: agent.on.iter().map(Into::into).collect(),
        }
    }
}

#[derive(Debug, Serialize)]
struct MissingForm<'d> {
    aspect: Aspect,
    place: &'d str,
}

impl<'d> From<&'d Missing> for MissingForm<'d> {
    fn from(missing: &'d Missing) -> Self {
        Self { aspect: missing.aspect, place: &missing.place }
    }
}

/// The image, with the names that images of files have in the result.
#[derive(Debug, Serialize)]
struct ImageForm {
    index: Option<u32>,
    assurance: Assurance,
    claims: BTreeMap<FactKey, Value>,
    digests: BTreeMap<FactKey, Value>,
    evidence: BTreeMap<FactKey, Place>,
}

impl From<&Sighting> for ImageForm {
    fn from(sighting: &Sighting) -> Self {
        let facts = &sighting.facts;
        let mut claimed = claims(facts, |kind| kind != Kind::Digest);
        // Of a file that is not at hand, its length is a claim like any other.
        claimed.extend(facts.get(&FactKey::FileSize).map(|size| (FactKey::FileSize, size.value.clone())));
        Self {
            index: sighting.index,
            assurance: sighting.assurance,
            claims: claimed,
            digests: claims(facts, |kind| kind == Kind::Digest),
            evidence: evidence(facts),
        }
    }
}

/// An image of the file, with the same names.
#[derive(Debug, Serialize)]
struct ListedForm {
    index: u32,
    claims: BTreeMap<FactKey, Value>,
}

impl From<&Listed> for ListedForm {
    fn from(listed: &Listed) -> Self {
        Self { index: listed.index, claims: claims(&listed.facts, |_| true) }
    }
}

#[derive(Debug, Serialize)]
struct DeploymentForm<'d> {
    number: u32,
    kind: DeploymentKind,
    outcome: Outcome,
    begun: MomentForm,
    ended: MomentForm,
    told_in: &'d str,
    aspects: BTreeMap<Aspect, ToldForm<'d>>,
    phases: Vec<PhaseForm<'d>>,
    channels: Vec<ChannelForm<'d>>,
    agents: Vec<AgentForm<'d>>,
    image: ImageForm,
    listed: Vec<ListedForm>,
    missing: Vec<MissingForm<'d>>,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde hands the field over by reference")]
fn deployment<S: Serializer>(told: &&Deployment, serializer: S) -> Result<S::Ok, S::Error> {
    let form = DeploymentForm {
        number: told.number,
        kind: told.kind,
        outcome: told.outcome,
        begun: told.begun.into(),
        ended: told.ended.into(),
        told_in: &told.told_in,
        aspects: told.aspects.iter().map(|(aspect, told)| (*aspect, told.into())).collect(),
        phases: told.phases.iter().map(Into::into).collect(),
        channels: told.channels.iter().map(Into::into).collect(),
        agents: told.agents.iter().map(Into::into).collect(),
        image: (&told.sighting).into(),
        listed: told.listed.iter().map(Into::into).collect(),
        missing: told.missing.iter().map(Into::into).collect(),
    };
    form.serialize(serializer)
}

fn all_missing<S: Serializer>(missing: &[Missing], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(missing.iter().map(MissingForm::from))
}

#[allow(clippy::ref_option, reason = "serde hands the field over by reference")]
fn sha256<S: Serializer>(digest: &Option<[u8; 32]>, serializer: S) -> Result<S::Ok, S::Error> {
    digest.map(hex::encode).serialize(serializer)
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde hands the field over by reference")]
fn piece_kind<S: Serializer>(kind: &PieceKind, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(match kind {
        PieceKind::SetupLog => "setup-log",
        PieceKind::SetupErrors => "setup-errors",
        PieceKind::SysprepLog => "sysprep-log",
        PieceKind::DriverLog => "driver-log",
        PieceKind::LauncherLog => "launcher-log",
        PieceKind::TaskSequenceLog => "task-sequence-log",
        PieceKind::DismLog => "dism-log",
        PieceKind::ServicingLog => "servicing-log",
        PieceKind::DeviceLog => "device-log",
        PieceKind::Rowset => "rowset",
        PieceKind::AnswerFile => "answer-file",
        PieceKind::SetupDiag => "setup-diag",
        PieceKind::Hive => "hive",
        PieceKind::EventLog => "event-log",
        PieceKind::Blackboard => "blackboard",
        PieceKind::Image => "image",
        PieceKind::Other => "other",
    })
}
