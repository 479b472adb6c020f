//! Is an image whole, as its builder made it? Checks over what was gathered of it, each in a file of its own.
//!
//! A check is a function over an [`Examination`] that adds findings; it reads nothing and knows no time. To add one: a
//! file here, a line in [`CHECKS`], its rules in `judge/rules/content.rs`, its phrases in `judge/phrase/content.rs`.

mod links;
mod manifest;
mod others;
mod payload;
mod store;

use std::{cmp::Reverse, collections::BTreeMap, sync::Arc};

use super::{ExitCode, Finding, PhraseId, Quote, RuleId, Said, Severity, phrase::text};
use crate::{
    evidence::examination::Examination,
    sighting::{Evidence, Locator},
};

/// A check.
type Check = fn(&Examination, &mut Findings<'_>);

const CHECKS: &[Check] = &[
    store::absent,
    store::missing_contents,
    store::orphans,
    store::unfinished,
    store::versions,
    manifest::sound,
    payload::corrupt,
    payload::empty,
    payload::absent,
    payload::unlisted,
    others::trusted,
    others::siblings,
    links::replaced,
    links::lost,
];

/// Findings of one rule that are told one by one; further ones are counted. A store has some 40,000 files.
const TOLD: usize = 10_000;

/// What the checks found on an image, worst first.
pub fn findings(examination: &Examination) -> Vec<Finding> {
    let mut found = Findings { examination, told: Vec::new(), counts: BTreeMap::new() };
    for check in CHECKS {
        check(examination, &mut found);
    }
    found.finish()
}

/// The answer on an image: 3 where it could not be judged, so that silence is never taken for health.
pub fn exit_code(examination: Option<&Examination>, findings: &[Finding]) -> ExitCode {
    let store = examination.and_then(|examination| examination.store.as_ref());
    let judged = store.is_some_and(|store| !store.components.is_empty());
    let unread = findings.iter().any(|finding| finding.rule == RuleId::NO_BASE_MANIFEST);
    match findings.iter().any(|finding| finding.severity == Severity::Deny) {
        true => ExitCode::NotApproved,
        false if judged && !unread => ExitCode::Approved,
        false => ExitCode::Undecided,
    }
}

/// Collects findings on an image.
#[derive(Debug)]
struct Findings<'e> {
    examination: &'e Examination,
    told: Vec<Finding>,
    counts: BTreeMap<RuleId, usize>,
}

impl Findings<'_> {
    /// Adds a finding about a file or folder, by its place in the metadata and its path.
    fn at(&mut self, rule: RuleId, said: Said, offset: u64, path: String) {
        self.add(rule, rule.rule().severity, said, Locator::MetadataOffset(offset), path);
    }

    /// Adds a finding about the image.
    fn whole(&mut self, rule: RuleId, said: Said, value: String) {
        self.add(rule, rule.rule().severity, said, Locator::Whole, value);
    }

    fn add(&mut self, rule: RuleId, severity: Severity, said: Said, locator: Locator, value: String) {
        let count = self.counts.entry(rule).or_default();
        *count += 1;
        if *count > TOLD {
            return;
        }
        let evidence = Evidence { source: Arc::clone(&self.examination.source), locator };
        let finding = Finding::said(rule, said, vec![Quote { evidence, value }]);
        self.told.push(Finding { severity, ..finding });
    }

    fn finish(mut self) -> Vec<Finding> {
        for (rule, count) in std::mem::take(&mut self.counts) {
            let further = count.saturating_sub(TOLD);
            if further > 0 {
                self.whole(rule, PhraseId::FURTHER.of([text(further)]), String::new());
            }
        }
        self.told.sort_by_key(|finding| (Reverse(finding.severity), finding.rule));
        self.told
    }
}
