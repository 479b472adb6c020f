//! One image against the approvals that may concern it: from digests and claims to a verdict.

use chrono::{DateTime, Utc};

use super::{
    Finding, ImageJudgement, Policy, RuleId, Verdict,
    compare::{Compared, Comparison, approval},
    fact,
    phrase::{Argument, PhraseId, text},
    quote, text_fact, trust,
};
use crate::{
    registry::{Authority, Standing, Status},
    sighting::{Assurance, FactKey, Level, Sighting, Subject, SubjectKind, Trouble, Value},
};

/// One image before its judge.
pub(super) struct Case<'c> {
    pub(super) subject: &'c Subject,
    pub(super) sighting: &'c Sighting,
    pub(super) policy: &'c Policy,
    pub(super) now: DateTime<Utc>,
}

impl Case<'_> {
    /// Weighs the image against the approvals that may concern it.
    pub(super) fn judge(&self, candidates: &[Standing]) -> ImageJudgement {
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
        let (approval, relatives) = (approval.cloned(), Vec::new());
        ImageJudgement { verdict, approval, compared, findings, relatives, unwaived: None }
    }

    /// The digest is that of approvals. One in force suffices, unless the image was revoked after it was approved:
    /// then only an approval made later counts.
    fn known(&self, exact: &[&Standing], candidates: &[Standing]) -> ImageJudgement {
        let last_revocation = exact.iter().filter_map(|s| s.revoked.as_ref().map(|(entry, _)| *entry)).max();
        let counts = |standing: &&&Standing| last_revocation.is_none_or(|entry| standing.id.0 > entry);
        let valid = |standing: &&&Standing| standing.status(self.now) == Status::InForce;
        let in_force: Vec<&&Standing> = exact.iter().filter(valid).filter(counts).collect();
        // The last one, unless another approves this very file.
        let in_scope = in_force.iter().filter(|standing| self.in_scope(standing));
        if let Some(standing) = in_scope.max_by_key(|standing| (self.is_this_file(standing), standing.id)) {
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
        let key = [FactKey::FileSha256, FactKey::SetSha256].into_iter().find(|key| seen(*key).is_some())?;
        let (size, digest) = (seen(FactKey::FileSize)?, seen(key)?);
        let approved = approvals.iter().map(|standing| &standing.approval.facts);
        let same_length = approved.filter(|facts| facts.get(FactKey::FileSize) == Some(size));
        let digests: Vec<&Value> = same_length.filter_map(|facts| facts.get(key)).collect();
        if digests.is_empty() || digests.contains(&digest) {
            return None;
        }
        let said = PhraseId::ALTERED.of([text(digest), text(digests[0])]);
        let evidence = fact(self.subject, self.sighting, key).map(quote).into_iter().collect();
        Some(Finding::said(RuleId::ALTERED_FILE, said, evidence))
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
        let said = PhraseId::OTHERS_NAME.of([approval(own).into(), other.claim()?.told(standing).into()]);
        let finding = Finding::said(RuleId::OTHERS_NAME, said, Vec::new());
        Some(self.answer(Verdict::Impostor, Some(standing), vec![finding]))
    }

    fn is_this_file(&self, standing: &Standing) -> bool {
        [FactKey::FileSha256, FactKey::SetSha256].into_iter().any(|key| {
            let seen = text_fact(self.subject, self.sighting, key);
            seen.is_some() && standing.approval.facts.text(key) == seen
        })
    }

    fn in_scope(&self, standing: &Standing) -> bool {
        let scopes = &standing.approval.scopes;
        scopes.is_empty() || self.policy.scope.as_ref().is_some_and(|scope| scopes.contains(scope))
    }

    fn out_of_scope(&self, standing: &Standing) -> Finding {
        let scopes = standing.approval.scopes.join(", ");
        let said = match &self.policy.scope {
            Some(scope) => PhraseId::OTHER_SCOPE.of([approval(standing).into(), text(scopes), text(scope)]),
            None => PhraseId::NO_SCOPE.of([approval(standing).into(), text(scopes)]),
        };
        Finding::said(RuleId::OUT_OF_SCOPE, said, Vec::new())
    }

    /// The verdict on an image whose approval does not hold, and why.
    fn not_in_force(&self, standing: &Standing) -> (Verdict, Option<Finding>) {
        let name = Argument::from(approval(standing));
        let finding = |rule, said| Some(Finding::said(rule, said, Vec::new()));
        match (standing.status(self.now), &standing.revoked, &standing.superseded) {
            (Status::Revoked, Some((_, revocation)), _) => {
                let decision = &revocation.decision;
                let reason = decision.reason.as_ref().map_or_else(|| PhraseId::NO_REASON.of([]).into(), text);
                let said = PhraseId::REVOKED.of([name, text(Value::Time(decision.at)), reason]);
                (Verdict::Revoked, finding(RuleId::REVOKED, said))
            }
            (Status::Pending, _, _) => {
                let finding = match &standing.authority {
                    Authority::Lacking(lack) => Some(trust::lacking(name, lack)),
                    _ => None,
                };
                (Verdict::Undecided, finding)
            }
            (Status::Superseded, _, Some(succession)) => {
                let (successor, from) = (succession.successor, Value::Time(succession.from));
                let said = PhraseId::SUPERSEDED.of([name, text(successor), text(from)]);
                (Verdict::Expired, finding(RuleId::SUPERSEDED, said))
            }
            (Status::NotYetValid, _, _) if standing.is_later_than(self.now) => {
                let at = standing.approval.decision.at;
                let said =
                    PhraseId::WRITTEN_AFTER.of([name, text(Value::Time(at)), text(Value::Time(self.now))]);
                (Verdict::Expired, finding(RuleId::NOT_VALID_NOW, said))
            }
            (Status::NotYetValid | Status::Expired, _, _) => {
                let bound = |at: Option<DateTime<Utc>>| {
                    at.map_or_else(|| PhraseId::EVER.of([]).into(), |at| text(Value::Time(at)))
                };
                let (start, end) = (bound(standing.approval.not_before), bound(standing.approval.not_after));
                let said = PhraseId::HOLDS.of([name, start, end]);
                (Verdict::Expired, finding(RuleId::NOT_VALID_NOW, said))
            }
            // An earlier approval of an image that was revoked under another id.
            _ => (Verdict::Revoked, finding(RuleId::REVOKED, PhraseId::REVOKED_LATER.of([name]))),
        }
    }

    fn renamed(&self, standing: &Standing) -> Option<Finding> {
        let comparison = Comparison::of(self.subject, self.sighting, standing);
        let labels: Vec<&Compared> = comparison.labels().filter(|compared| !compared.agrees).collect();
        let told = labels.iter().map(|c| {
            let quoted = |value: &Value| text(format!("{:?}", value.to_string()));
            PhraseId::LABEL_IS.of([text(c.fact), quoted(&c.seen), quoted(&c.approved)])
        });
        let evidence =
            labels.iter().filter_map(|c| fact(self.subject, self.sighting, c.fact).map(quote)).collect();
        let said = told.reduce(|all, label| PhraseId::AND.of([all.into(), label.into()]))?;
        Some(Finding::said(RuleId::RENAMED, said, evidence))
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
        let called = name.map_or_else(
            || PhraseId::NAMELESS.of([]).into(),
            |name| text(format!("{:?}", name.value.to_string())),
        );
        let said = match text_fact(self.subject, self.sighting, FactKey::Tree) {
            Some(tree) => PhraseId::ROGUE_CONTENT.of([called, text(tree)]),
            None if self.subject.kind == SubjectKind::Wim => PhraseId::ROGUE_CLAIMS.of([called]),
            None => PhraseId::ROGUE_TOLD.of([called]),
        };
        let evidence = name.map(quote).into_iter().collect();
        self.answer(Verdict::Rogue, None, vec![Finding::said(RuleId::NOT_IN_REGISTRY, said, evidence)])
    }

    /// Everything known agrees with an approval, but it is not enough to approve.
    fn weak(&self, best: &Comparison<'_>) -> ImageJudgement {
        let standing = best.standing;
        let why = match self.sighting.assurance {
            Assurance::Claimed => PhraseId::ONLY_CLAIMS.of([]),
            _ => PhraseId::NO_DIGEST.of([]),
        };
        let said = PhraseId::WEAK.of([text(best.agreements()), approval(standing).into(), why.into()]);
        let mut findings = vec![Finding::said(RuleId::WEAK_MATCH, said, Vec::new())];
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
        let claim = best.claim().map_or_else(
            || PhraseId::DIGEST_OF.of([approval(standing).into()]),
            |claim| claim.told(standing),
        );
        let claim = match standing.status(self.now) {
            Status::InForce => claim,
            other => PhraseId::NOT_IN_FORCE.of([claim.into(), text(other.name())]),
        };
        let differ = if differing.len() == 1 { PhraseId::DIFFERS } else { PhraseId::DIFFER };
        let said = differ.of([claim.into(), text(best.agreements()), text(differing.join(", "))]);
        let evidence = best.facts.iter().filter(|c| !c.agrees);
        let evidence =
            evidence.filter_map(|c| fact(self.subject, self.sighting, c.fact).map(quote)).collect();
        let mut findings = vec![Finding::said(RuleId::IMPERSONATION, said, evidence)];
        findings.extend(best.look_alike().map(|(seen, approved)| {
            let quoted = |name: &str| text(format!("{name:?}"));
            let said = PhraseId::LOOKS_LIKE.of([quoted(seen), quoted(approved)]);
            Finding::said(RuleId::CONFUSABLE_NAME, said, Vec::new())
        }));
        self.answer(Verdict::Impostor, Some(standing), findings)
    }
}
