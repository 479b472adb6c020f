//! Weighs what was found by the policy of a site, and tells what of the policy did nothing.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use chrono::{DateTime, Utc};

use super::{Baseline, Digest, Excuse, Force, Terms, Waiver, days_from, fingerprint};
use crate::{
    judge::{
        Finding, ImageJudgement, Judgement, PhraseId, Quote, RuleId, Severity, Verdict, compare::approval,
        phrase::text, text_fact,
    },
    registry::Standing,
    sighting::{Evidence, FactKey, Locator, Sighting, Subject, SubjectKind, Value},
};

/// One check under a policy: its subjects one by one, then what is to say of the policy itself.
#[derive(Debug)]
pub struct Weighing<'t> {
    terms: Option<&'t Terms>,
    baseline: Option<&'t Baseline>,
    now: DateTime<Utc>,
    /// What became of each waiver.
    waivers: Vec<Use>,
    /// What became of each known finding, by its fingerprint.
    known: BTreeMap<&'t str, Use>,
}

/// What became of a waiver or of a known finding; the best counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Use {
    /// Its image was not among those looked at.
    Elsewhere,
    /// Its image was there, its finding was not.
    Idle,
    /// It excused something.
    Used,
}

impl<'t> Weighing<'t> {
    /// Begins a check. Without terms and baseline nothing is changed.
    pub fn new(terms: Option<&'t Terms>, baseline: Option<&'t Baseline>, now: DateTime<Utc>) -> Self {
        let waivers = terms.map_or(0, |terms| terms.waivers.len());
        let known = baseline.map(|baseline| baseline.findings.as_slice()).unwrap_or_default();
        Self {
            terms,
            baseline,
            now,
            waivers: vec![Use::Elsewhere; waivers],
            known: known.iter().map(|known| (known.fingerprint.as_str(), Use::Elsewhere)).collect(),
        }
    }

    /// Weighs the answer on a subject.
    pub fn weigh(&mut self, subject: &Subject, judgement: &mut Judgement) {
        self.level(&mut judgement.findings);
        for (sighting, image) in subject.images.iter().zip(&mut judgement.images) {
            self.require(subject, sighting, image);
            self.level(&mut image.findings);
            health(&judgement.findings, image);
            self.excuse(subject, Some(sighting), &mut image.findings);
        }
        self.excuse(subject, None, &mut judgement.findings);
        for image in &mut judgement.images {
            lift(&judgement.findings, image);
        }
        judgement.verdict = Verdict::worst(judgement.images.iter().map(|image| image.verdict));
    }

    /// Gives findings the weight that their rules have here.
    fn level(&self, findings: &mut [Finding]) {
        let Some(terms) = self.terms else { return };
        for finding in &mut *findings {
            finding.severity = terms.levels.get(&finding.rule).copied().unwrap_or(finding.severity);
        }
        findings.sort_by_key(|finding| (Reverse(finding.severity), finding.rule));
    }

    /// What a policy asks beyond an approval.
    fn require(&self, subject: &Subject, sighting: &Sighting, image: &mut ImageJudgement) {
        let (Some(terms), Some(standing)) = (self.terms, &image.approval) else { return };
        if !matches!(image.verdict, Verdict::Approved | Verdict::Unhealthy) {
            return;
        }
        let other = terms.digest.filter(|digest| !same(*digest, subject, sighting, standing));
        let made = standing.approval.decision.at;
        let old = terms.approval_days.filter(|days| days_from(made, *days) <= self.now);
        let other = other.map(|digest| {
            let said = PhraseId::DIGEST_REQUIRED.of([text(digest.name()), approval(standing).into()]);
            Finding::said(RuleId::DIGEST_REQUIRED, said, Vec::new())
        });
        let old = old.map(|days| {
            let said = PhraseId::APPROVAL_TOO_OLD.of([
                approval(standing).into(),
                text(Value::Time(made)),
                text(days),
            ]);
            Finding::said(RuleId::APPROVAL_TOO_OLD, said, Vec::new())
        });
        if old.is_some() {
            image.verdict = Verdict::Expired;
        } else if other.is_some() {
            image.verdict = Verdict::Unhealthy;
        }
        image.findings.extend(other.into_iter().chain(old));
    }

    /// Excuses what waivers and baseline cover: of an image, or of the file as a whole.
    fn excuse(&mut self, subject: &Subject, sighting: Option<&Sighting>, findings: &mut [Finding]) {
        self.waive(subject, sighting, findings);
        self.know(subject, sighting, findings);
    }

    fn waive(&mut self, subject: &Subject, sighting: Option<&Sighting>, findings: &mut [Finding]) {
        let Some(terms) = self.terms else { return };
        let in_force = |waiver: &Waiver| waiver.force(self.now, terms.waiver_days) == Force::InForce;
        for (waiver, state) in terms.waivers.iter().zip(&mut self.waivers) {
            if !in_force(waiver) || !waiver.concerns(subject, sighting) {
                continue;
            }
            *state = (*state).max(Use::Idle);
            let covered = |finding: &&mut Finding| waiver.covers(finding.rule) && finding.excuse.is_none();
            for finding in findings.iter_mut().filter(covered) {
                finding.excuse = Some(Excuse::Waived(Arc::clone(waiver)));
                *state = Use::Used;
            }
        }
    }

    fn know(&mut self, subject: &Subject, sighting: Option<&Sighting>, findings: &mut [Finding]) {
        let Some(baseline) = self.baseline.filter(|_| subject.kind == SubjectKind::Wim) else { return };
        let Some(Value::Text(digest)) = subject.facts.get(&FactKey::FileSha256).map(|fact| &fact.value)
        else {
            return;
        };
        for known in baseline.findings.iter().filter(|known| known.file_sha256 == *digest) {
            let state = self.known.entry(&known.fingerprint).or_insert(Use::Idle);
            *state = (*state).max(Use::Idle);
        }
        let image = sighting.and_then(|sighting| sighting.index);
        for finding in findings.iter_mut().filter(|f| f.rule.can_be_known()) {
            let quoted = finding.evidence.iter().map(|quote| quote.value.as_str());
            let print = fingerprint(finding.rule, digest, image, quoted);
            let Some(state) = self.known.get_mut(print.as_str()) else { continue };
            *state = Use::Used;
            finding.excuse.get_or_insert(Excuse::Known { since: baseline.made });
        }
    }

    /// What is to say of policy and baseline themselves.
    pub fn finish(self) -> Vec<Finding> {
        let mut findings = Vec::new();
        if let Some(terms) = self.terms {
            let told = terms.waivers.iter().zip(&self.waivers);
            findings.extend(told.filter_map(|(waiver, state)| of_waiver(terms, waiver, *state, self.now)));
        }
        if let Some(baseline) = self.baseline {
            findings.extend(of_baseline(baseline, &self.known));
        }
        findings.sort_by_key(|finding| (Reverse(finding.severity), finding.rule));
        findings
    }
}

/// Whether the digest seen is that of the approval.
fn same(digest: Digest, subject: &Subject, sighting: &Sighting, standing: &Standing) -> bool {
    digest.facts().iter().any(|key| {
        let seen = text_fact(subject, sighting, *key);
        seen.is_some() && standing.approval.facts.text(*key) == seen
    })
}

/// An approved image is healthy unless a finding denies it; which findings do may have changed.
fn health(of_file: &[Finding], image: &mut ImageJudgement) {
    if matches!(image.verdict, Verdict::Approved | Verdict::Unhealthy) {
        let denied = image.findings.iter().chain(of_file).any(|f| f.severity == Severity::Deny);
        image.verdict = if denied { Verdict::Unhealthy } else { Verdict::Approved };
    }
    image.findings.sort_by_key(|finding| (Reverse(finding.severity), finding.rule));
}

/// An image counts as approved where all that speaks against it is excused, and that on which its verdict rests is among it.
fn lift(of_file: &[Finding], image: &mut ImageJudgement) {
    let bears = |finding: &Finding| finding.rule.bears(finding.severity, image.verdict);
    let against = || {
        let findings = image.findings.iter().chain(of_file);
        findings.filter(|finding| finding.severity == Severity::Deny || bears(finding))
    };
    if against().any(bears) && against().all(|finding| finding.excuse.is_some()) {
        image.unwaived = Some(image.verdict);
        image.verdict = Verdict::Approved;
    }
}

fn of_waiver(terms: &Terms, waiver: &Waiver, state: Use, now: DateTime<Utc>) -> Option<Finding> {
    let (id, until) = (text(&waiver.id), text(Value::Time(waiver.expires)));
    let (rule, said) = match (waiver.force(now, terms.waiver_days), state) {
        (Force::TooBroad, _) => (RuleId::WAIVER_TOO_BROAD, PhraseId::WAIVER_TOO_BROAD.of([id])),
        (Force::Expired, _) => {
            let said = PhraseId::WAIVER_EXPIRED.of([id, until, text(&waiver.owner), text(&waiver.ticket)]);
            (RuleId::WAIVER_EXPIRED, said)
        }
        (Force::TooLong, _) => {
            let said = PhraseId::WAIVER_TOO_LONG.of([id, until, text(terms.waiver_days)]);
            (RuleId::WAIVER_TOO_LONG, said)
        }
        (Force::InForce, Use::Idle) => (RuleId::WAIVER_UNUSED, PhraseId::WAIVER_UNUSED.of([id])),
        (Force::InForce, Use::Elsewhere) => (RuleId::WAIVER_ELSEWHERE, PhraseId::WAIVER_ELSEWHERE.of([id])),
        (Force::InForce, Use::Used) => return None,
    };
    Some(Finding::said(rule, said, vec![terms.quote(waiver)]))
}

impl Terms {
    /// What there is to say of its waivers by themselves: no image was looked at.
    pub fn waiver_findings(&self, now: DateTime<Utc>) -> Vec<Finding> {
        let days = |waiver: &Waiver| waiver.expires.signed_duration_since(now).num_days();
        let soon = |waiver: &&Arc<Waiver>| days(waiver) < SOON_DAYS;
        let mut findings: Vec<Finding> =
            self.waivers.iter().filter_map(|waiver| of_waiver(self, waiver, Use::Used, now)).collect();
        let in_force = |waiver: &&Arc<Waiver>| waiver.force(now, self.waiver_days) == Force::InForce;
        findings.extend(self.waivers.iter().filter(in_force).filter(soon).map(|waiver| {
            let until = text(Value::Time(waiver.expires));
            let said = PhraseId::WAIVER_ENDS_SOON.of([text(&waiver.id), until, text(&waiver.owner)]);
            Finding::said(RuleId::WAIVER_ENDS_SOON, said, vec![self.quote(waiver)])
        }));
        findings.sort_by_key(|finding| (Reverse(finding.severity), finding.rule));
        findings
    }

    fn quote(&self, waiver: &Waiver) -> Quote {
        let (line, at) = waiver.line;
        let evidence = Evidence { source: Arc::clone(&self.source), locator: Locator::Line(line, at) };
        Quote { evidence, value: waiver.id.clone() }
    }
}

/// Days in which a waiver ends that are worth a word.
const SOON_DAYS: i64 = 14;

/// Findings that are gone are told one by one up to here.
const MOST_STALE: usize = 20;

fn of_baseline(baseline: &Baseline, known: &BTreeMap<&str, Use>) -> Vec<Finding> {
    let of = |state: Use| {
        let has = move |fingerprint: &str| known.get(fingerprint) == Some(&state);
        baseline.findings.iter().filter(move |known| has(&known.fingerprint))
    };
    let quote = |value: String| {
        let evidence = Evidence { source: Arc::clone(&baseline.source), locator: Locator::Whole };
        vec![Quote { evidence, value }]
    };
    let stale = |known: &super::KnownFinding| {
        let said = PhraseId::BASELINE_STALE.of([text(known.rule.rule().id), text(&known.place)]);
        Finding::said(RuleId::BASELINE_STALE, said, quote(known.fingerprint.clone()))
    };
    let mut findings: Vec<Finding> = of(Use::Idle).take(MOST_STALE).map(stale).collect();
    let rest = of(Use::Idle).count().saturating_sub(MOST_STALE);
    if rest > 0 {
        let said = PhraseId::BASELINE_MORE_STALE.of([text(rest)]);
        findings.push(Finding::said(RuleId::BASELINE_STALE, said, quote(String::new())));
    }
    let elsewhere: BTreeSet<&str> = of(Use::Elsewhere).map(|known| known.file_sha256.as_str()).collect();
    if !elsewhere.is_empty() {
        let said = PhraseId::BASELINE_ELSEWHERE.of([text(of(Use::Elsewhere).count()), text(elsewhere.len())]);
        findings.push(Finding::said(RuleId::BASELINE_ELSEWHERE, said, quote(String::new())));
    }
    findings
}
