//! Is an image whole, as its builder made it? Checks over what was gathered of it, each in a file of its own.
//!
//! A check is a function over an [`Examination`] that adds findings; it reads nothing and knows no time. To add one: a
//! file here, a line in `CHECKS`, its rules in `judge/rules/content.rs`, its phrases in `judge/phrase/content.rs`.

mod allow;
mod catalogs;
mod claims;
mod drivers;
mod links;
mod manifest;
mod others;
mod past;
mod payload;
mod pruned;
mod repair;
mod store;
mod tampering;
mod twins;
mod unaccounted;

pub use allow::AllowList;

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
    iter::repeat,
    sync::Arc,
};

use super::{
    Argument, ExitCode, Finding, Judgement, PhraseId, Quote, RuleId, Said, Severity, Verdict, phrase::text,
};
use crate::{
    evidence::{examination::Examination, installation::Installation},
    sighting::{Evidence, Locator},
};

/// A check.
type Check = fn(&Examination, &mut Findings<'_>);

const CHECKS: &[Check] = &[
    store::absent,
    store::left_out,
    store::missing_contents,
    store::orphans,
    store::unfinished,
    store::versions,
    manifest::sound,
    payload::corrupt,
    payload::empty,
    payload::absent,
    payload::unlisted,
    payload::checksums,
    repair::sources,
    others::trusted,
    others::siblings,
    links::replaced,
    links::lost,
    catalogs::signatures,
    catalogs::packages,
    catalogs::manifests,
    catalogs::left_out,
    claims::build,
    claims::registry,
    claims::edition,
    claims::kind,
    claims::date,
    claims::site,
    past::usage,
    past::sessions,
    tampering::tells,
    tampering::unused,
    twins::differences,
    drivers::packages,
    unaccounted::files,
    pruned::by_packages,
    pruned::by_references,
];

/// Findings of one rule that are told one by one; further ones are counted. A store has some 40,000 files.
const TOLD: usize = 10_000;

/// What the checks found on an image, worst first. What the site allows is told, and weighs nothing.
pub fn findings(examination: &Examination, allow: &AllowList) -> Vec<Finding> {
    let (told, counts, used) = Default::default();
    let mut found = Findings { examination, allow, used, told, counts };
    for check in CHECKS {
        check(examination, &mut found);
    }
    found.finish()
}

/// The answer on an image: 3 where it could not be judged, so that silence is never taken for health.
pub fn exit_code(examination: Option<&Examination>, findings: &[Finding]) -> ExitCode {
    match findings.iter().any(|finding| finding.severity == Severity::Deny) {
        true => ExitCode::NotApproved,
        false if judged(examination, findings) => ExitCode::Approved,
        false => ExitCode::Undecided,
    }
}

/// Whether there was a store to judge, and its manifests and the hives of the machine could be read.
pub fn judged(examination: Option<&Examination>, findings: &[Finding]) -> bool {
    let Some(examination) = examination else { return false };
    let store = examination.store.as_ref();
    let windows = examination.provenance.installation.as_ref();
    let unread = findings.iter().any(|finding| finding.rule == RuleId::NO_BASE_MANIFEST)
        || windows.is_some_and(Installation::lacks_hive);
    store.is_some_and(|store| !store.components.is_empty() && !store.cut_short) && !unread
}

/// Under a policy that asks for health, an image whose health could not be judged is not approved, whatever was excused.
/// To be asked once the findings were weighed.
pub fn require(judgement: &mut Judgement, examinations: &[Option<Examination>]) {
    let of_images = examinations.iter().map(Option::as_ref).chain(repeat(None));
    for (image, examination) in judgement.images.iter_mut().zip(of_images) {
        if image.verdict == Verdict::Approved && !judged(examination, &image.findings) {
            image.verdict = Verdict::Undecided;
        }
    }
    if !judgement.images.is_empty() {
        judgement.verdict = Verdict::worst(judgement.images.iter().map(|image| image.verdict));
    }
}

/// Collects findings on an image.
#[derive(Debug)]
struct Findings<'e> {
    examination: &'e Examination,
    allow: &'e AllowList,
    /// Digests that were allowed.
    used: BTreeSet<String>,
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

    /// Adds a finding about a file, of a severity of its own.
    fn of_file(&mut self, rule: RuleId, severity: Severity, said: Said, offset: u64, path: String) {
        self.add(rule, severity, said, Locator::MetadataOffset(offset), path);
    }

    /// Adds a finding about the image, of a severity of its own.
    fn graded(&mut self, rule: RuleId, severity: Severity, said: Said, value: String) {
        self.add(rule, severity, said, Locator::Whole, value);
    }

    /// Adds a finding about something that the site may allow by its digest.
    fn customisation(
        &mut self,
        rule: RuleId,
        said: Said,
        offset: Option<u64>,
        place: &str,
        digest: Option<&str>,
    ) {
        let allowed = digest.and_then(|digest| Some((digest, self.allow.reason(digest)?.to_owned())));
        let (severity, said) = match allowed {
            Some((digest, reason)) => {
                self.used.insert(digest.to_owned());
                (Severity::Info, PhraseId::ALLOWED.of([said.into(), text(reason)]))
            }
            None => (rule.rule().severity, said),
        };
        let locator = match offset {
            Some(offset) => Locator::MetadataOffset(offset),
            None => Locator::Key(place.to_owned()),
        };
        self.add(rule, severity, said, locator, place.to_owned());
    }

    /// Tells what the site allows and the image does not have.
    fn unused_allowances(&mut self) {
        let allow = self.allow;
        for (digest, reason) in allow.unused(&self.used.clone()) {
            let said = PhraseId::UNUSED_ALLOWANCE.of([text(digest), text(reason)]);
            self.whole(RuleId::UNUSED_ALLOWANCE, said, digest.to_owned());
        }
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
