//! Judges deployments: their images by the same judge as a gate's, and what the evidence of them shows besides.

use chrono::{DateTime, TimeDelta, Utc};

use super::{Compared, Finding, Policy, Quote, RuleId, Severity, Verdict, image, keys};
use crate::{
    registry::{self, Registry, Standing},
    sighting::{
        FactKey, Subject, SubjectKind,
        deployment::{Aspect, Citation, Deployment, Outcome},
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
    Ok(DeploymentJudgement { verdict, approval, compared, findings })
}

fn quotes(citations: &[Citation]) -> Vec<Quote> {
    let quote = |citation: &Citation| Quote {
        evidence: citation.evidence.clone(),
        value: citation.quote.to_string(),
    };
    citations.iter().map(quote).collect()
}

fn of_channel(deployment: &Deployment) -> Option<Finding> {
    let channels = &deployment.channels;
    let all = || channels.iter().flat_map(|channel| quotes(&channel.on)).collect();
    if let Some(channel) = channels.iter().find(|channel| channel.approved == Some(false)) {
        let message = format!("{} ({})", channel.title, channel.id);
        return Some(Finding::new(RuleId::CHANNEL_NOT_APPROVED, message, all()));
    }
    let message = "no channel rule recognises how this image came";
    channels.is_empty().then(|| Finding::new(RuleId::CHANNEL_UNKNOWN, message, Vec::new()))
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
    let what = if known { "which image it was" } else { "where its image came from" };
    let message = match places.is_empty() {
        true => format!("the evidence does not tell {what}"),
        false => format!("the evidence does not tell {what}; missing: {}", places.join(", ")),
    };
    Some(Finding::new(RuleId::SOURCE_UNKNOWN, message, Vec::new()))
}

fn of_agents(deployment: &Deployment) -> Vec<Finding> {
    let finding =
        |agent: &crate::sighting::deployment::AgentSeen| match (&agent.backfilled, agent.on.is_empty()) {
            (_, true) => {
                Some(Finding::new(RuleId::AGENT_ABSENT, format!("no trace of {}", agent.name), Vec::new()))
            }
            (Some(warning), false) => {
                let message = format!("{}: {warning}", agent.name);
                Some(Finding::new(RuleId::AGENT_BACKFILLED, message, quotes(&agent.on)))
            }
            (None, false) => None,
        };
    deployment.agents.iter().filter_map(finding).collect()
}

/// What its course shows: failure, a formatted disk, silenced warnings, times.
fn of_course(deployment: &Deployment) -> Vec<Finding> {
    let aspect = |aspect: Aspect| deployment.aspects.get(&aspect);
    let mut findings = Vec::new();
    if matches!(deployment.outcome, Outcome::Failed | Outcome::RolledBack | Outcome::Cancelled) {
        let code = aspect(Aspect::FailureCode);
        let phase = aspect(Aspect::FailurePhase);
        let told: Vec<&str> = [code, phase].into_iter().flatten().map(|told| told.value.as_str()).collect();
        let evidence = code.map(|told| quotes(&told.on)).unwrap_or_default();
        findings.push(Finding::new(RuleId::DEPLOYMENT_FAILED, told.join("; "), evidence));
    }
    if let Some(old) = aspect(Aspect::OldSystem).filter(|old| old.value.contains("formatted by setup")) {
        findings.push(Finding::new(RuleId::EARLIER_ERASED, old.value.clone(), quotes(&old.on)));
    }
    if let Some(line) =
        aspect(Aspect::CommandLine).filter(|line| line.value.to_lowercase().contains("ignorewarning"))
    {
        findings.push(Finding::new(RuleId::BLOCKS_SILENCED, line.value.clone(), quotes(&line.on)));
    }
    if let (Some(local), None) = (deployment.begun.local, deployment.begun.utc) {
        let message = format!("it began at {local}, local time");
        findings.push(Finding::new(RuleId::ZONE_UNKNOWN, message, Vec::new()));
    }
    findings.extend(deployment.contradictions.iter().map(|contradiction| {
        Finding::new(RuleId::CONTRADICTED, contradiction.what.clone(), quotes(&contradiction.on))
    }));
    findings.extend(born_later(deployment));
    findings
}

/// More than a day, for the zone of neither time may be known.
fn born_later(deployment: &Deployment) -> Option<Finding> {
    let begun = deployment.begun.utc.map(|utc| utc.naive_utc()).or(deployment.begun.local)?;
    let told = deployment.aspects.get(&Aspect::ImageBorn)?;
    let born = told
        .on
        .iter()
        .find_map(|citation| citation.at.utc.map(|utc| utc.naive_utc()).or(citation.at.local))?;
    let message = format!("its image was made at {born}, the installation began at {begun}");
    (born.signed_duration_since(begun) > TimeDelta::days(1))
        .then(|| Finding::new(RuleId::BORN_LATER, message, quotes(&told.on)))
}
