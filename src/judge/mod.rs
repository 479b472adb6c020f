//! Judgement: sighting x registry x policy -> verdict, with findings.
//!
//! Pure: no input or output, and the time is an argument. [`keys`] says what to ask the registry for, [`image`] and
//! [`whole`] judge with its answer; [`subject`] does both.

mod compare;
mod rules;
mod verdict;

pub use compare::{Claim, Compared, Comparison};
pub use rules::{Language, Rule, RuleId, Severity, Texts, rule_of};
pub use verdict::{ExitCode, Verdict};

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use crate::{
    registry::{self, Key, Registry, Standing, Status},
    sighting::{
        Assurance, Evidence, Fact, FactKey, Level, Locator, Observation, Sighting, Subject, SubjectKind,
        Trouble, Value,
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
        registry::Error::Uncounted { .. } => RuleId::REGISTRY_UNCOUNTED,
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
        // A digest that somebody wrote down is a claim; one that was computed from an image file decides.
        if self.subject.kind == SubjectKind::Evidence {
            return self.unknown(candidates);
        }
        let mut exact = self.with_same(FactKey::Tree, candidates);
        exact.extend(self.with_same(FactKey::FileSha256, candidates));
        exact.sort_by_key(|standing| standing.id);
        exact.dedup_by_key(|standing| standing.id);
        // Contents that share their SHA-1 and nothing else.
        let content = text_fact(self.subject, self.sighting, FactKey::Content);
        let other = |approved: &str| content.is_some_and(|seen| seen != approved);
        exact.retain(|standing| !standing.approval.facts.text(FactKey::Content).is_some_and(other));
        if !exact.is_empty() {
            return self.known(&exact, candidates);
        }
        let damaged = self.sighting.observations.iter().any(|o| o.trouble == Trouble::DamagedMetadata);
        if damaged && let Some(approval) = self.with_same(FactKey::MetadataSha1, candidates).last() {
            return self.answer(Verdict::Tampered, Some(approval), Vec::new());
        }
        self.unknown(candidates)
    }

    /// Approvals with the same digest.
    fn with_same<'a>(&self, key: FactKey, candidates: &'a [Standing]) -> Vec<&'a Standing> {
        let seen = text_fact(self.subject, self.sighting, key);
        // A file may hold several images: its digest speaks for one only where the approval knows no better.
        let applies =
            |c: &&Standing| key != FactKey::FileSha256 || c.approval.facts.get(FactKey::Tree).is_none();
        let same = |c: &&Standing| seen.is_some() && c.approval.facts.text(key) == seen;
        candidates.iter().filter(applies).filter(same).collect()
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
    fn known(&self, exact: &[&Standing], candidates: &[Standing]) -> ImageJudgement {
        let last_revocation = exact.iter().filter_map(|s| s.revoked.as_ref().map(|(entry, _)| *entry)).max();
        let counts = |standing: &&&Standing| last_revocation.is_none_or(|entry| standing.id.0 > entry);
        let valid = |standing: &&&Standing| standing.status(self.now) == Status::InForce;
        let in_force: Vec<&&Standing> = exact.iter().filter(valid).filter(counts).collect();
        if let Some(standing) = in_force.iter().rev().find(|standing| self.in_scope(standing)) {
            if let Some(altered) = self.altered(&in_force) {
                return self.answer(Verdict::Tampered, Some(standing), vec![altered]);
            }
            if let Some(other) = self.others_name(exact, candidates) {
                return other;
            }
            let renamed = self.renamed(standing).into_iter().collect();
            return self.answer(Verdict::Approved, Some(standing), renamed);
        }
        if let Some(standing) = in_force.last() {
            return self.answer(Verdict::OutOfScope, Some(standing), vec![self.out_of_scope(standing)]);
        }
        let revoked = exact.iter().rev().find(|standing| standing.revoked.is_some());
        let Some(standing) = revoked.or(exact.last()) else { return self.rogue() };
        let (verdict, finding) = self.not_in_force(standing);
        self.answer(verdict, Some(standing), finding.into_iter().collect())
    }

    /// The file has the length of an approved one, but its bytes are those of none.
    fn altered(&self, approvals: &[&&Standing]) -> Option<Finding> {
        let seen = |key| fact(self.subject, self.sighting, key).map(|fact| &fact.value);
        let (size, digest) = (seen(FactKey::FileSize)?, seen(FactKey::FileSha256)?);
        let approved = approvals.iter().map(|standing| &standing.approval.facts);
        let same_length = approved.filter(|facts| facts.get(FactKey::FileSize) == Some(size));
        let digests: Vec<&Value> = same_length.filter_map(|facts| facts.get(FactKey::FileSha256)).collect();
        if digests.is_empty() || digests.contains(&digest) {
            return None;
        }
        let message =
            format!("SHA-256 of the file is {digest}, of the approved file of this length {}", digests[0]);
        let evidence =
            fact(self.subject, self.sighting, FactKey::FileSha256).map(quote).into_iter().collect();
        Some(Finding::new(RuleId::ALTERED_FILE, message, evidence))
    }

    /// The content is approved, but the name is that of another approved image, which has other content.
    fn others_name(&self, exact: &[&Standing], candidates: &[Standing]) -> Option<ImageJudgement> {
        let compare = |standing| Comparison::of(self.subject, self.sighting, standing);
        if exact.iter().any(|standing| compare(standing).claim().is_some()) {
            return None;
        }
        let others = candidates.iter().filter(|c| !exact.iter().any(|standing| standing.id == c.id));
        let others = others.filter(|c| c.approval.facts.text(FactKey::Tree).is_some());
        let other = others.map(compare).find(|comparison| comparison.claim().is_some())?;
        let (standing, own) = (other.standing, exact.last()?);
        let claim = other.claim().map(|claim| claim.told(standing)).unwrap_or_default();
        let message = format!("the content is that of approval {} ({}), {claim}", own.id, own.approval.title);
        let finding = Finding::new(RuleId::OTHERS_NAME, message, Vec::new());
        Some(self.answer(Verdict::Impostor, Some(standing), vec![finding]))
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
            Some(best) if self.contradictions(best) == 0 => self.weak(best),
            Some(best) => self.impostor(best),
        }
    }

    /// Facts that speak against the claim. Where only the claims of an image file were looked at, its container is none:
    /// every export changes that, and a closer look will tell.
    fn contradictions(&self, comparison: &Comparison<'_>) -> usize {
        let claims_of_a_file =
            self.subject.kind == SubjectKind::Wim && self.sighting.assurance == Assurance::Claimed;
        let passed_over = |c: &Compared| claims_of_a_file && c.fact.level() == Level::File;
        let counts = |c: &&Compared| !c.agrees && !passed_over(c);
        comparison.facts.iter().filter(counts).count()
    }

    fn rogue(&self) -> ImageJudgement {
        let name = fact(self.subject, self.sighting, FactKey::Name);
        let called =
            name.map_or("an image without a name".to_owned(), |name| format!("{:?}", name.value.to_string()));
        let basis = match text_fact(self.subject, self.sighting, FactKey::Tree) {
            Some(tree) => format!("its content (tree {tree}) is in no approval, nor is a name it claims"),
            None if self.subject.kind == SubjectKind::Wim => {
                "no approved image has a name it claims (its content was not looked at)".to_owned()
            }
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
        let status = match standing.status(self.now) {
            Status::InForce => String::new(),
            other => format!(" (which is {})", other.name()),
        };
        let claim = best.claim().map_or_else(
            || {
                format!(
                    "a digest, or time and build, are those of approval {} ({})",
                    standing.id, standing.approval.title
                )
            },
            |claim| claim.told(standing),
        );
        let message = format!(
            "{claim}{status}; {} facts agree, but {} {}",
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
