//! Judgement: sighting x registry x policy -> verdict, with findings.
//!
//! Pure: no input or output, and the time is an argument. [`keys`] says what to ask the registry for, [`image`] and
//! [`whole`] judge with its answer; [`subject`] does both.

mod compare;
mod rules;
mod verdict;

pub use compare::{Compared, Comparison};
pub use rules::{Language, Rule, RuleId, Severity, Texts, rule_of};
pub use verdict::{ExitCode, Verdict};

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use crate::{
    registry::{self, Key, Registry, Standing, Status},
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
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What kind of thing.
    pub rule: RuleId,
    /// How much it weighs.
    pub severity: Severity,
    /// What exactly. May quote text of the file: not to be printed unescaped.
    pub message: String,
    /// On what it rests.
    pub evidence: Vec<Quote>,
}

impl Finding {
    /// A finding of the severity that its rule has.
    pub fn new(rule: RuleId, message: impl Into<String>, evidence: Vec<Quote>) -> Self {
        Self { rule, severity: rule.rule().severity, message: message.into(), evidence }
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
        images.push(image(subject, sighting, &candidates, policy, now));
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
    let rule = match error {
        registry::Error::Truncated { .. } => RuleId::REGISTRY_TRUNCATED,
        registry::Error::RootMismatch { .. } => RuleId::REGISTRY_CHANGED,
        _ => RuleId::REGISTRY_UNREADABLE,
    };
    let evidence = Evidence { source: Arc::from(registry_name), locator: Locator::Whole };
    let quote = Quote { evidence, value: error.to_string() };
    let undecided = |sighting: &Sighting| ImageJudgement {
        verdict: Verdict::Undecided,
        approval: None,
        compared: Vec::new(),
        findings: own_findings(sighting, now),
    };
    let images = subject.images.iter().map(undecided).collect();
    let mut findings = vec![Finding::new(rule, error.to_string(), vec![quote])];
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
        Finding::new(rule_of(&observation.trouble), observation.detail.clone(), vec![quote])
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
        let Value::Text(text) = &fact.value else { return None };
        let what = if text.chars().any(is_invisible) {
            "holds characters that do not show, or change how it shows"
        } else if text.chars().any(imitates_ascii) {
            "holds letters that imitate others"
        } else {
            return None;
        };
        Some(Finding::new(RuleId::HOSTILE_NAME, format!("{key} {what}: {text:?}"), vec![quote(fact)]))
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
            let message = format!("{key} lies in the future: {}", fact.value);
            findings.push(Finding::new(RuleId::ODD_CREATION_TIME, message, vec![quote(fact)]));
        }
    }
    if let (Some((newest, written)), Some((claimed, last))) =
        (time(FactKey::NewestWrite), time(FactKey::Modified).or(time(FactKey::Created)))
        && written.signed_duration_since(last) > day
    {
        let message = format!(
            "a file of the image was written on {}, the image claims to be finished on {}",
            newest.value, claimed.value
        );
        findings.push(Finding::new(RuleId::ODD_CREATION_TIME, message, vec![quote(claimed), quote(newest)]));
    }
    findings
}

/// One image before its judge.
struct Case<'c> {
    subject: &'c Subject,
    sighting: &'c Sighting,
    policy: &'c Policy,
    now: DateTime<Utc>,
}

impl Case<'_> {
    fn judge(&self, candidates: &[Standing]) -> ImageJudgement {
        let same = |key| {
            let seen = text_fact(self.subject, self.sighting, key);
            let matching =
                candidates.iter().filter(move |c| seen.is_some() && c.approval.facts.text(key) == seen);
            matching.collect::<Vec<_>>()
        };
        let mut exact = same(FactKey::Tree);
        exact.extend(same(FactKey::FileSha256));
        exact.sort_by_key(|standing| standing.id);
        exact.dedup_by_key(|standing| standing.id);
        if !exact.is_empty() {
            return self.known(&exact);
        }
        let damaged = self.sighting.observations.iter().any(|o| o.trouble == Trouble::DamagedMetadata);
        if damaged && let Some(approval) = same(FactKey::MetadataSha1).last() {
            return self.answer(Verdict::Tampered, Some(approval), Vec::new());
        }
        self.unknown(candidates)
    }

    fn answer(
        &self,
        verdict: Verdict,
        approval: Option<&Standing>,
        findings: Vec<Finding>,
    ) -> ImageJudgement {
        let comparison = approval.map(|standing| Comparison::of(self.subject, self.sighting, standing));
        let compared = comparison.map(|comparison| comparison.facts).unwrap_or_default();
        ImageJudgement { verdict, approval: approval.cloned(), compared, findings }
    }

    /// The digest is that of approvals. One in force suffices, unless the image was revoked after it was approved:
    /// then only an approval made later counts.
    fn known(&self, exact: &[&Standing]) -> ImageJudgement {
        let last_revocation = exact.iter().filter_map(|s| s.revoked.as_ref().map(|(entry, _)| *entry)).max();
        let counts = |standing: &&&Standing| last_revocation.is_none_or(|entry| standing.id.0 > entry);
        let valid = |standing: &&&Standing| standing.status(self.now) == Status::InForce;
        let in_force: Vec<&&Standing> = exact.iter().filter(valid).filter(counts).collect();
        if let Some(standing) = in_force.iter().rev().find(|standing| self.in_scope(standing)) {
            return self.answer(
                Verdict::Approved,
                Some(standing),
                self.renamed(standing).into_iter().collect(),
            );
        }
        if let Some(standing) = in_force.last() {
            return self.answer(Verdict::OutOfScope, Some(standing), vec![self.out_of_scope(standing)]);
        }
        let revoked = exact.iter().rev().find(|standing| standing.revoked.is_some());
        let Some(standing) = revoked.or(exact.last()) else { return self.rogue() };
        let (verdict, finding) = self.not_in_force(standing);
        self.answer(verdict, Some(standing), finding.into_iter().collect())
    }

    fn in_scope(&self, standing: &Standing) -> bool {
        let scopes = &standing.approval.scopes;
        scopes.is_empty() || self.policy.scope.as_ref().is_some_and(|scope| scopes.contains(scope))
    }

    fn out_of_scope(&self, standing: &Standing) -> Finding {
        let scopes = standing.approval.scopes.join(", ");
        let asked = match &self.policy.scope {
            Some(scope) => format!("not for {scope}"),
            None => "and this check names no scope".to_owned(),
        };
        let message =
            format!("approval {} ({}) holds for {scopes}, {asked}", standing.id, standing.approval.title);
        Finding::new(RuleId::OUT_OF_SCOPE, message, Vec::new())
    }

    /// The verdict on an image whose approval does not hold, and why.
    fn not_in_force(&self, standing: &Standing) -> (Verdict, Option<Finding>) {
        let name = format!("approval {} ({})", standing.id, standing.approval.title);
        let finding = |rule, message| Some(Finding::new(rule, message, Vec::new()));
        match (standing.status(self.now), &standing.revoked, &standing.superseded) {
            (Status::Revoked, Some((_, revocation)), _) => {
                let decision = &revocation.decision;
                let reason = decision.reason.as_deref().unwrap_or("no reason given");
                let message = format!("{name} was revoked at {}: {reason}", Value::Time(decision.at));
                (Verdict::Revoked, finding(RuleId::REVOKED, message))
            }
            (Status::Superseded, _, Some(succession)) => {
                let (successor, from) = (succession.successor, Value::Time(succession.from));
                let message = format!("{name} was superseded by {successor} from {from}");
                (Verdict::Expired, finding(RuleId::SUPERSEDED, message))
            }
            (Status::NotYetValid | Status::Expired, _, _) => {
                let bound = |at: Option<DateTime<Utc>>| {
                    at.map_or("ever".to_owned(), |at| Value::Time(at).to_string())
                };
                let (start, end) = (bound(standing.approval.not_before), bound(standing.approval.not_after));
                let message = format!("{name} holds from {start} until {end}");
                (Verdict::Expired, finding(RuleId::NOT_VALID_NOW, message))
            }
            // An earlier approval of an image that was revoked under another id.
            _ => (
                Verdict::Revoked,
                finding(RuleId::REVOKED, format!("{name}: the same image was revoked later")),
            ),
        }
    }

    fn renamed(&self, standing: &Standing) -> Option<Finding> {
        let comparison = Comparison::of(self.subject, self.sighting, standing);
        let labels: Vec<&Compared> = comparison.labels().filter(|compared| !compared.agrees).collect();
        let told: Vec<String> = labels
            .iter()
            .map(|c| {
                format!("{} is {:?}, approved as {:?}", c.fact, c.seen.to_string(), c.approved.to_string())
            })
            .collect();
        let evidence =
            labels.iter().filter_map(|c| fact(self.subject, self.sighting, c.fact).map(quote)).collect();
        (!told.is_empty()).then(|| Finding::new(RuleId::RENAMED, told.join("; "), evidence))
    }

    /// No digest is that of an approval.
    fn unknown(&self, candidates: &[Standing]) -> ImageJudgement {
        let compare = |standing| Comparison::of(self.subject, self.sighting, standing);
        let claimed: Vec<Comparison<'_>> =
            candidates.iter().map(compare).filter(Comparison::is_claimed).collect();
        let in_force = |standing: &Standing| standing.status(self.now) == Status::InForce;
        let best = claimed.iter().max_by_key(|c| (c.score(), in_force(c.standing), c.standing.id));
        match best {
            None => self.rogue(),
            Some(best) if best.contradictions() == 0 && !self.digest_would_decide(best.standing) => {
                self.weak(best)
            }
            Some(best) => self.impostor(best),
        }
    }

    /// Whether the approval has a digest of the kind that the sighting has too: then it does not match.
    fn digest_would_decide(&self, standing: &Standing) -> bool {
        [FactKey::Tree, FactKey::FileSha256].into_iter().any(|key| {
            standing.approval.facts.get(key).is_some() && fact(self.subject, self.sighting, key).is_some()
        })
    }

    fn rogue(&self) -> ImageJudgement {
        let name = fact(self.subject, self.sighting, FactKey::Name);
        let called =
            name.map_or("an image without a name".to_owned(), |name| format!("{:?}", name.value.to_string()));
        let basis = match text_fact(self.subject, self.sighting, FactKey::Tree) {
            Some(tree) => format!("its content (tree {tree}) is in no approval, nor is a name it claims"),
            None => "no approved image has a name it claims".to_owned(),
        };
        let message = format!("no approval knows {called}: {basis}");
        let evidence = name.map(quote).into_iter().collect();
        self.answer(Verdict::Rogue, None, vec![Finding::new(RuleId::NOT_IN_REGISTRY, message, evidence)])
    }

    /// Everything known agrees with an approval, but it is not enough to approve.
    fn weak(&self, best: &Comparison<'_>) -> ImageJudgement {
        let standing = best.standing;
        let message = format!(
            "{} facts agree with approval {} ({}) and none contradicts it, but no digest could be compared: {}",
            best.agreements(),
            standing.id,
            standing.approval.title,
            match self.sighting.assurance {
                Assurance::Claimed => "only claims were looked at",
                _ => "the approval records no digest",
            }
        );
        let mut findings = vec![Finding::new(RuleId::WEAK_MATCH, message, Vec::new())];
        let verdict = match standing.status(self.now) {
            Status::InForce if self.in_scope(standing) => Verdict::Consistent,
            Status::InForce => {
                findings.push(self.out_of_scope(standing));
                Verdict::OutOfScope
            }
            _ => {
                let (verdict, finding) = self.not_in_force(standing);
                findings.extend(finding);
                verdict
            }
        };
        self.answer(verdict, Some(standing), findings)
    }

    fn impostor(&self, best: &Comparison<'_>) -> ImageJudgement {
        let standing = best.standing;
        let differing = best.facts.iter().filter(|c| !c.agrees).map(|c| c.fact.name()).collect::<Vec<_>>();
        let message = format!(
            "carries the claims of approval {} ({}): {} facts agree, but {} {}",
            standing.id,
            standing.approval.title,
            best.agreements(),
            differing.join(", "),
            if differing.len() == 1 { "differs" } else { "differ" },
        );
        let evidence = best.facts.iter().filter(|c| !c.agrees);
        let evidence =
            evidence.filter_map(|c| fact(self.subject, self.sighting, c.fact).map(quote)).collect();
        let mut findings = vec![Finding::new(RuleId::IMPERSONATION, message, evidence)];
        findings.extend(best.look_alike().map(|(seen, approved)| {
            let message = format!("{seen:?} looks like the approved {approved:?}");
            Finding::new(RuleId::CONFUSABLE_NAME, message, Vec::new())
        }));
        self.answer(Verdict::Impostor, Some(standing), findings)
    }
}
