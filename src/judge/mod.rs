//! Judgement: sighting x registry x policy -> verdict, with findings.
//!
//! Pure: no input or output, and the time is an argument. [`keys`] says what to ask the registry for, [`image`] and
//! [`whole`] judge with its answer; [`subject`] does both.

mod case;
mod compare;
pub mod evidence;
pub mod health;
pub mod medium;
mod phrase;
pub mod policy;
mod rules;
pub mod servicing;
pub mod trace;
mod trust;
mod verdict;

pub use compare::{Claim, Compared, Comparison};
pub use phrase::{Argument, Phrase, PhraseId, Said};
pub use rules::{Language, Rule, RuleId, Severity, Texts, rule_of};
pub use trust::by_tickets;
pub use verdict::{ExitCode, Verdict};

use case::Case;
use phrase::text;
use policy::Excuse;

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use crate::{
    registry::{self, Key, Registry, Relative, Standing},
    sighting::{
        Assurance, Evidence, Fact, FactKey, Locator, Observation, Sighting, Subject, Trouble, Value,
        names::{imitates_ascii, is_invisible, normal_form},
    },
};

/// What a check asks for.
#[derive(Debug, Clone)]
pub struct Policy {
    /// On what an approval must rest.
    pub assurance: Assurance,
    /// Where the image is to be used.
    pub scope: Option<String>,
}

/// A piece of evidence, quoted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quote {
    /// Where it stands.
    pub evidence: Evidence,
    /// What stands there.
    pub value: String,
}

/// Something that speaks for or against an image.
#[derive(Debug, Clone)]
pub struct Finding {
    /// What kind of thing.
    pub rule: RuleId,
    /// How much it weighs.
    pub severity: Severity,
    /// What exactly. May quote text of the file: not to be printed unescaped.
    pub message: String,
    /// The same as a phrase, where there is one for it.
    pub said: Option<Said>,
    /// On what it rests.
    pub evidence: Vec<Quote>,
    /// Why it does not count, where a site excuses it.
    pub excuse: Option<Excuse>,
}

impl Finding {
    /// A finding of the severity that its rule has.
    pub fn new(rule: RuleId, message: impl Into<String>, evidence: Vec<Quote>) -> Self {
        let (severity, message) = (rule.rule().severity, message.into());
        Self { rule, severity, message, said: None, evidence, excuse: None }
    }

    /// The same with a message that can be told in every language.
    pub fn said(rule: RuleId, said: Said, evidence: Vec<Quote>) -> Self {
        let message = said.told(Language::En);
        Self { said: Some(said), ..Self::new(rule, message, evidence) }
    }
}

/// The answer on one image.
#[derive(Debug, Clone)]
pub struct ImageJudgement {
    /// The answer.
    pub verdict: Verdict,
    /// The approval that it refers to.
    pub approval: Option<Standing>,
    /// What the approval and the sighting say of the same facts.
    pub compared: Vec<Compared>,
    /// Why.
    pub findings: Vec<Finding>,
    /// For an image that is not the approved one: the approved images it shares most with.
    pub relatives: Vec<Relative>,
    /// What the verdict would be without waivers and baseline, where that is another.
    pub unwaived: Option<Verdict>,
}

/// The answer on a file.
#[derive(Debug, Clone)]
pub struct Judgement {
    /// The worst of the images, or [`Verdict::Undecided`].
    pub verdict: Verdict,
    /// What concerns the file as a whole.
    pub findings: Vec<Finding>,
    /// The images, in the order of the subject's.
    pub images: Vec<ImageJudgement>,
}

/// Judges all images of a subject against a registry.
pub fn subject(
    subject: &Subject,
    registry: &Registry,
    policy: &Policy,
    now: DateTime<Utc>,
) -> registry::Result<Judgement> {
    let mut images = Vec::new();
    for sighting in &subject.images {
        let candidates = registry.standings(&keys(subject, sighting))?;
        let mut judgement = image(subject, sighting, &candidates, policy, now);
        if let (Verdict::Rogue | Verdict::Impostor | Verdict::Tampered, Some(contents)) =
            (judgement.verdict, &sighting.contents)
        {
            judgement.relatives = registry.relatives(contents)?;
        }
        images.push(judgement);
    }
    Ok(whole(subject, images))
}

/// The answer on a subject when the registry cannot be used.
pub fn without_registry(
    subject: &Subject,
    error: &registry::Error,
    registry_name: &str,
    now: DateTime<Utc>,
) -> Judgement {
    let evidence = Evidence { source: Arc::from(registry_name), locator: Locator::Whole };
    let quote = Quote { evidence, value: error.to_string() };
    let undecided = |sighting: &Sighting| ImageJudgement {
        verdict: Verdict::Undecided,
        approval: None,
        compared: Vec::new(),
        findings: own_findings(sighting, now),
        relatives: Vec::new(),
        unwaived: None,
    };
    let images = subject.images.iter().map(undecided).collect();
    let mut findings = vec![trust::finding_of(error, vec![quote])];
    findings.extend(findings_of(&subject.observations));
    Judgement { verdict: Verdict::Undecided, findings, images }
}

/// What the registry is to be asked for a sighting.
pub fn keys(subject: &Subject, sighting: &Sighting) -> Vec<Key> {
    let text = |key| text_fact(subject, sighting, key);
    let digests = [FactKey::Tree, FactKey::FileSha256, FactKey::MetadataSha1];
    let mut keys: Vec<Key> =
        digests.into_iter().filter_map(|key| Some(Key::Fact(key, text(key)?.to_owned()))).collect();
    for name in [FactKey::Name, FactKey::DisplayName] {
        let form = text(name).map(normal_form).filter(|form| !form.is_empty());
        keys.extend(form.map(Key::Name));
    }
    for key in [FactKey::Created, FactKey::FileSize] {
        keys.extend(fact(subject, sighting, key).map(|fact| Key::Fact(key, fact.value.to_string())));
    }
    keys
}

/// Judges one image. `candidates` are the approvals under its [`keys`]; others do no harm.
pub fn image(
    subject: &Subject,
    sighting: &Sighting,
    candidates: &[Standing],
    policy: &Policy,
    now: DateTime<Utc>,
) -> ImageJudgement {
    let case = Case { subject, sighting, policy, now };
    let troubled = subject.observations.iter().chain(&sighting.observations);
    let mut judgement = if troubled.clone().any(|observation| observation.trouble.prevents_judgement()) {
        ImageJudgement {
            verdict: Verdict::Undecided,
            approval: None,
            compared: Vec::new(),
            findings: Vec::new(),
            relatives: Vec::new(),
            unwaived: None,
        }
    } else {
        case.judge(candidates)
    };
    judgement.findings.extend(own_findings(sighting, now));
    let denials: Vec<RuleId> =
        troubled.map(|o| rule_of(&o.trouble)).filter(|id| id.rule().severity == Severity::Deny).collect();
    if judgement.verdict == Verdict::Approved && !denials.is_empty() {
        let damaged = denials.iter().any(|id| id.rule().damage);
        judgement.verdict = if damaged { Verdict::Tampered } else { Verdict::Unhealthy };
    }
    judgement.findings.sort_by_key(|finding| (std::cmp::Reverse(finding.severity), finding.rule));
    judgement
}

/// Puts the answers on the images of a subject together.
pub fn whole(subject: &Subject, images: Vec<ImageJudgement>) -> Judgement {
    let mut findings = findings_of(&subject.observations);
    findings.sort_by_key(|finding| (std::cmp::Reverse(finding.severity), finding.rule));
    let prevented = subject.observations.iter().any(|observation| observation.trouble.prevents_judgement());
    let verdict = match prevented {
        true => Verdict::Undecided,
        false => Verdict::worst(images.iter().map(|image| image.verdict)),
    };
    Judgement { verdict, findings, images }
}

/// What a sighting shows without a registry: the observations of its reader, and odd names and times.
pub fn own_findings(sighting: &Sighting, now: DateTime<Utc>) -> Vec<Finding> {
    let mut findings = findings_of(&sighting.observations);
    findings.extend(name_findings(sighting));
    findings.extend(time_findings(sighting, now));
    findings
}

/// The observations of a reader as findings.
pub fn findings_of(observations: &[Observation]) -> Vec<Finding> {
    let finding = |observation: &Observation| {
        let quote = Quote { evidence: observation.evidence.clone(), value: observation.detail.clone() };
        match &observation.trouble {
            Trouble::Medium(tell) => medium::finding(tell, vec![quote]),
            trouble => Finding::said(rule_of(trouble), phrase::structure::said_of(observation), vec![quote]),
        }
    };
    observations.iter().map(finding).collect()
}

fn fact<'s>(subject: &'s Subject, sighting: &'s Sighting, key: FactKey) -> Option<&'s Fact> {
    sighting.facts.get(&key).or_else(|| subject.facts.get(&key))
}

fn text_fact<'s>(subject: &'s Subject, sighting: &'s Sighting, key: FactKey) -> Option<&'s str> {
    match &fact(subject, sighting, key)?.value {
        Value::Text(text) => Some(text),
        _ => None,
    }
}

fn quote(fact: &Fact) -> Quote {
    Quote { evidence: fact.evidence.clone(), value: fact.value.to_string() }
}

fn name_findings(sighting: &Sighting) -> Vec<Finding> {
    let names = [FactKey::Name, FactKey::DisplayName, FactKey::Description, FactKey::DisplayDescription];
    let odd = names.into_iter().filter_map(|key| {
        let fact = sighting.facts.get(&key)?;
        let Value::Text(name) = &fact.value else { return None };
        let what = if name.chars().any(is_invisible) {
            PhraseId::INVISIBLE
        } else if name.chars().any(imitates_ascii) {
            PhraseId::IMITATING
        } else {
            return None;
        };
        let said = what.of([text(key), text(format!("{name:?}"))]);
        Some(Finding::said(RuleId::HOSTILE_NAME, said, vec![quote(fact)]))
    });
    odd.collect()
}

/// A day of grace: clocks of build machines are wrong, and local time passes for UTC.
fn time_findings(sighting: &Sighting, now: DateTime<Utc>) -> Vec<Finding> {
    let time = |key| match sighting.facts.get(&key) {
        Some(fact @ Fact { value: Value::Time(at), .. }) => Some((fact, *at)),
        _ => None,
    };
    let day = TimeDelta::days(1);
    let mut findings = Vec::new();
    for key in [FactKey::Created, FactKey::Modified] {
        if let Some((fact, at)) = time(key)
            && at.signed_duration_since(now) > day
        {
            let said = PhraseId::IN_FUTURE.of([text(key), text(&fact.value)]);
            findings.push(Finding::said(RuleId::ODD_CREATION_TIME, said, vec![quote(fact)]));
        }
    }
    if let (Some((newest, written)), Some((claimed, last))) =
        (time(FactKey::NewestWrite), time(FactKey::Modified).or(time(FactKey::Created)))
        && written.signed_duration_since(last) > day
    {
        let said = PhraseId::WRITTEN_LATER.of([text(&newest.value), text(&claimed.value)]);
        findings.push(Finding::said(RuleId::ODD_CREATION_TIME, said, vec![quote(claimed), quote(newest)]));
    }
    findings
}
