//! Judges deployments: their images by the same judge as a gate's, and what the evidence of them shows besides.

use chrono::{DateTime, TimeDelta, Utc};

use super::{
    Argument, Compared, Finding, Policy, Quote, RuleId, Severity, Verdict,
    compare::approval,
    image, keys,
    phrase::{PhraseId, Said, text, worded},
    quote,
};
use crate::{
    registry::{self, Registry, Standing},
    sighting::{
        FactKey, Subject, SubjectKind,
        deployment::{AgentSeen, Aspect, Channel, Citation, Conflict, Deployment, Outcome, Told},
    },
};

/// The answer on a deployment.
#[derive(Debug, Clone)]
pub struct DeploymentJudgement {
    /// The answer on its image.
    pub verdict: Verdict,
    /// The approval that it refers to.
    pub approval: Option<Standing>,
    /// What approval and evidence say of the same facts.
    pub compared: Vec<Compared>,
    /// Why, and what else is odd.
    pub findings: Vec<Finding>,
}

/// Judges a deployment by the approvals that were in force at `now`.
///
/// # Errors
/// Where the registry cannot be read.
pub fn deployment(
    deployment: &Deployment,
    registry: Option<&Registry>,
    policy: &Policy,
    now: DateTime<Utc>,
) -> registry::Result<DeploymentJudgement> {
    let mut judgement = match registry {
        Some(registry) if recognisable(deployment) => of_image(deployment, registry, policy, now)?,
        _ => DeploymentJudgement {
            verdict: Verdict::Undecided,
            approval: None,
            compared: Vec::new(),
            findings: Vec::new(),
        },
    };
    judgement.findings.extend(of_channel(deployment));
    judgement.findings.extend(of_source(deployment));
    judgement.findings.extend(of_agents(deployment));
    judgement.findings.extend(of_course(deployment));
    let denied = judgement.findings.iter().any(|finding| finding.severity == Severity::Deny);
    if denied && matches!(judgement.verdict, Verdict::Approved | Verdict::Consistent) {
        judgement.verdict = Verdict::Rogue;
    }
    judgement.findings.sort_by_key(|finding| (std::cmp::Reverse(finding.severity), finding.rule));
    Ok(judgement)
}

/// Whether the evidence names the image: edition and build are those of many.
fn recognisable(deployment: &Deployment) -> bool {
    let facts = &deployment.sighting.facts;
    [FactKey::Name, FactKey::FileSize, FactKey::TotalBytes].iter().any(|key| facts.contains_key(key))
}

fn of_image(
    deployment: &Deployment,
    registry: &Registry,
    policy: &Policy,
    now: DateTime<Utc>,
) -> registry::Result<DeploymentJudgement> {
    let subject = Subject::new(&deployment.told_in, SubjectKind::Evidence);
    let candidates = registry.standings(&keys(&subject, &deployment.sighting))?;
    let judged = image(&subject, &deployment.sighting, &candidates, policy, now);
    let super::ImageJudgement { verdict, approval, compared, findings, .. } = judged;
    let mut judgement = DeploymentJudgement { verdict, approval, compared, findings };
    if let Some(finding) = name_alone(deployment, &judgement) {
        judgement.verdict = Verdict::Undecided;
        judgement.findings.retain(|finding| finding.rule != RuleId::WEAK_MATCH);
        judgement.findings.push(finding);
    }
    Ok(judgement)
}

/// Facts that tell images of one name apart: edition, language and architecture are those of many.
const TELLING: [FactKey; 14] = [
    FactKey::Tree,
    FactKey::Content,
    FactKey::MetadataSha1,
    FactKey::FileSha256,
    FactKey::SetSha256,
    FactKey::Guid,
    FactKey::FileSize,
    FactKey::TotalBytes,
    FactKey::HardLinkBytes,
    FactKey::DirCount,
    FactKey::FileCount,
    FactKey::Created,
    FactKey::Modified,
    FactKey::Build,
];

/// An image that nothing contradicts because nothing but its name was there to compare: anyone can give it that name.
fn name_alone(deployment: &Deployment, judgement: &DeploymentJudgement) -> Option<Finding> {
    let standing = judgement.approval.as_ref().filter(|_| judgement.verdict == Verdict::Consistent)?;
    if judgement.compared.iter().any(|compared| TELLING.contains(&compared.fact)) {
        return None;
    }
    let facts = &deployment.sighting.facts;
    let name = facts.get(&FactKey::Name).or_else(|| facts.get(&FactKey::DisplayName));
    let wanted = TELLING.iter().filter(|key| standing.approval.facts.get(**key).is_some());
    let wanted: Vec<&str> = wanted.map(|key| key.name()).collect();
    let seen = name.map_or_else(String::new, |name| format!("{:?}", name.value.to_string()));
    let said = PhraseId::NAME_ALONE.of([text(seen), approval(standing).into(), text(wanted.join(", "))]);
    Some(Finding::said(RuleId::NAME_ALONE, said, name.map(quote).into_iter().collect()))
}

fn quotes(citations: &[Citation]) -> Vec<Quote> {
    let cited = |citation: &Citation| Quote {
        evidence: citation.evidence.clone(),
        value: citation.quote.to_string(),
    };
    citations.iter().map(cited).collect()
}

fn of_channel(deployment: &Deployment) -> Option<Finding> {
    let channels = &deployment.channels;
    let all = || channels.iter().flat_map(|channel| quotes(&channel.on)).collect();
    if let Some(Channel { id, title, title_zh, .. }) = channels.iter().find(|c| c.approved == Some(false)) {
        let said = PhraseId::CHANNEL.of([worded(title, title_zh.as_deref()), text(id)]);
        return Some(Finding::said(RuleId::CHANNEL_NOT_APPROVED, said, all()));
    }
    let unknown = || Finding::said(RuleId::CHANNEL_UNKNOWN, PhraseId::NO_CHANNEL.of([]), Vec::new());
    channels.is_empty().then(unknown)
}

/// Aspects that tell where an image came from.
const SOURCES: [Aspect; 8] = [
    Aspect::ImagePath,
    Aspect::MediaPath,
    Aspect::Device,
    Aspect::NetworkPath,
    Aspect::Url,
    Aspect::MountedIso,
    Aspect::Package,
    Aspect::VolumeLabel,
];

fn of_source(deployment: &Deployment) -> Option<Finding> {
    let known = SOURCES.iter().any(|aspect| deployment.aspects.contains_key(aspect));
    if known && recognisable(deployment) {
        return None;
    }
    let mut places: Vec<&str> = deployment.missing.iter().map(|missing| missing.place.as_str()).collect();
    places.dedup();
    let open = if known { PhraseId::IMAGE_OPEN } else { PhraseId::SOURCE_OPEN }.of([]);
    let said = match places.is_empty() {
        true => open,
        false => PhraseId::LACKING.of([open.into(), text(places.join(", "))]),
    };
    Some(Finding::said(RuleId::SOURCE_UNKNOWN, said, Vec::new()))
}

fn of_agents(deployment: &Deployment) -> Vec<Finding> {
    let finding = |agent: &AgentSeen| match (&agent.backfilled, agent.on.is_empty()) {
        (_, true) => {
            Some(Finding::said(RuleId::AGENT_ABSENT, PhraseId::NO_TRACE.of([text(&agent.name)]), Vec::new()))
        }
        (Some(warning), false) => {
            let said = PhraseId::OF.of([text(&agent.name), worded(&warning.en, warning.zh.as_deref())]);
            Some(Finding::said(RuleId::AGENT_BACKFILLED, said, quotes(&agent.on)))
        }
        (None, false) => None,
    };
    deployment.agents.iter().filter_map(finding).collect()
}

fn value(told: &Told) -> Argument {
    worded(&told.value, told.value_zh.as_deref())
}

/// What its course shows: failure, a formatted disk, silenced warnings, times.
fn of_course(deployment: &Deployment) -> Vec<Finding> {
    let aspect = |aspect: Aspect| deployment.aspects.get(&aspect);
    let mut findings = Vec::new();
    findings.extend(failed(deployment));
    if let Some(old) = aspect(Aspect::OldSystem).filter(|old| old.value.contains("formatted by setup")) {
        let said = PhraseId::ERASED.of([value(old)]);
        findings.push(Finding::said(RuleId::EARLIER_ERASED, said, quotes(&old.on)));
    }
    if let Some(line) =
        aspect(Aspect::CommandLine).filter(|line| line.value.to_lowercase().contains("ignorewarning"))
    {
        let said = PhraseId::SILENCED.of([text(&line.value)]);
        findings.push(Finding::said(RuleId::BLOCKS_SILENCED, said, quotes(&line.on)));
    }
    if let (Some(local), None) = (deployment.begun.local, deployment.begun.utc) {
        let said = PhraseId::LOCAL_BEGIN.of([text(local)]);
        findings.push(Finding::said(RuleId::ZONE_UNKNOWN, said, Vec::new()));
    }
    findings.extend(deployment.contradictions.iter().map(|contradiction| {
        Finding::said(RuleId::CONTRADICTED, conflict(&contradiction.what), quotes(&contradiction.on))
    }));
    findings.extend(born_later(deployment));
    findings
}

fn failed(deployment: &Deployment) -> Option<Finding> {
    let how = match deployment.outcome {
        Outcome::Failed => PhraseId::GAVE_UP,
        Outcome::RolledBack => PhraseId::ROLLED_BACK,
        Outcome::Cancelled => PhraseId::CANCELLED,
        Outcome::Succeeded | Outcome::Unknown => return None,
    };
    let code = deployment.aspects.get(&Aspect::FailureCode);
    let phase = deployment.aspects.get(&Aspect::FailurePhase);
    let with = |said: Said, told: &Told| PhraseId::BOTH.of([said.into(), value(told)]);
    let said = [code, phase].into_iter().flatten().fold(how.of([]), with);
    let evidence = code.map(|told| quotes(&told.on)).unwrap_or_default();
    Some(Finding::said(RuleId::DEPLOYMENT_FAILED, said, evidence))
}

fn conflict(what: &Conflict) -> Said {
    match what {
        Conflict::Claims(fact, one, other) => {
            let quoted = |claim: &str| text(format!("{claim:?}"));
            PhraseId::TWO_CLAIMS.of([called(*fact), quoted(one), quoted(other)])
        }
        Conflict::Systems(differing) => {
            let told = differing.iter().map(|(fact, deployed, installed)| {
                PhraseId::ANOTHER_SYSTEM.of([called(*fact), text(deployed), text(installed)])
            });
            let joined = told.reduce(|all, one| PhraseId::BOTH.of([all.into(), one.into()]));
            joined.unwrap_or_else(|| PhraseId::IMAGE_OPEN.of([]))
        }
    }
}

/// A fact of which evidence speaks in two ways.
fn called(fact: FactKey) -> Argument {
    match fact {
        FactKey::Name => PhraseId::THE_NAME.of([]).into(),
        FactKey::FileSize => PhraseId::THE_LENGTH.of([]).into(),
        FactKey::TotalBytes => PhraseId::THE_TOTAL.of([]).into(),
        FactKey::Edition => PhraseId::THE_EDITION.of([]).into(),
        FactKey::Build => PhraseId::THE_BUILD.of([]).into(),
        other => text(other),
    }
}

/// More than a day, for the zone of neither time may be known.
fn born_later(deployment: &Deployment) -> Option<Finding> {
    let begun = deployment.begun.utc.map(|utc| utc.naive_utc()).or(deployment.begun.local)?;
    let told = deployment.aspects.get(&Aspect::ImageBorn)?;
    let born = told
        .on
        .iter()
        .find_map(|citation| citation.at.utc.map(|utc| utc.naive_utc()).or(citation.at.local))?;
    let said = PhraseId::BORN_LATER.of([text(born), text(begun)]);
    (born.signed_duration_since(begun) > TimeDelta::days(1))
        .then(|| Finding::said(RuleId::BORN_LATER, said, quotes(&told.on)))
}
