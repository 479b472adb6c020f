//! A baseline made of a result: what was found today, and is not to count tomorrow.

use std::collections::BTreeMap;

use super::result::{Document, FindingReport, SubjectReport};
use crate::{
    judge::{RuleId, Severity, policy::fingerprint},
    policy::baseline::{BaselineFile, Entry, SCHEMA},
    sighting::SubjectKind,
};

/// A baseline, and what of the result it does not cover.
#[derive(Debug)]
pub struct Made {
    /// The baseline.
    pub file: BaselineFile,
    /// How many findings there are of each rule that is never known.
    pub never_known: BTreeMap<RuleId, usize>,
    /// Files whose SHA-256 the result does not have.
    pub without_digest: Vec<String>,
}

/// Makes a baseline of the findings of a check that weigh something and are not waived.
pub fn of(document: &Document) -> Made {
    let file = BaselineFile { schema: SCHEMA.into(), made: document.now, findings: Vec::new() };
    let mut made = Made { file, never_known: BTreeMap::new(), without_digest: Vec::new() };
    for subject in &document.subjects {
        let digest = subject.digests.file.as_ref().filter(|_| subject.kind == SubjectKind::Wim);
        let digest = digest.map(|file| file.sha256.to_string());
        if digest.is_none() && subject.all_findings().any(counts) {
            made.without_digest.push(subject.source.clone());
        }
        for (image, finding) in findings(subject).filter(|(_, finding)| counts(finding)) {
            match &digest {
                _ if !finding.rule.can_be_known() => {
                    *made.never_known.entry(finding.rule).or_default() += 1;
                }
                Some(digest) => made.file.findings.push(entry(subject, digest, image, finding)),
                None => {}
            }
        }
    }
    let findings = &mut made.file.findings;
    findings.sort_by(|a, b| {
        (&a.source, a.image, a.rule, &a.fingerprint).cmp(&(&b.source, b.image, b.rule, &b.fingerprint))
    });
    findings.dedup_by(|a, b| a.fingerprint == b.fingerprint);
    made
}

fn findings(subject: &SubjectReport) -> impl Iterator<Item = (Option<u32>, &FindingReport)> {
    let of_images = subject
        .images
        .iter()
        .flat_map(|image| image.findings.iter().map(move |finding| (image.index, finding)));
    subject.findings.iter().map(|finding| (None, finding)).chain(of_images)
}

/// Whether a finding is worth knowing again: it weighs something, and no waiver has an eye on it.
fn counts(finding: &FindingReport) -> bool {
    finding.severity > Severity::Info && finding.waived.is_none()
}

fn entry(subject: &SubjectReport, digest: &str, image: Option<u32>, finding: &FindingReport) -> Entry {
    let quoted = finding.evidence.iter().map(|quote| quote.value.as_str());
    Entry {
        fingerprint: fingerprint(finding.rule, digest, image, quoted),
        rule: finding.rule,
        file_sha256: digest.to_owned(),
        image,
        source: subject.source.clone(),
        message: finding.message.clone(),
    }
}
