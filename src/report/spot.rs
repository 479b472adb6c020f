//! The findings of a result one by one, each with what it was found in: how code scanners and build servers want them.

use std::collections::HashMap;

use sha2::{Digest as _, Sha256};

use super::{
    enforcement::policy_source,
    result::{Document, FindingReport, ImageReport, Place, SubjectReport},
};

/// A finding with what it was found in.
#[derive(Debug, Clone)]
pub struct Spot<'d> {
    /// The file: the one that was looked at, or that of the policy.
    pub source: &'d str,
    /// The image; none where the finding concerns the file.
    pub image: Option<&'d ImageReport>,
    /// The finding.
    pub finding: &'d FindingReport,
    /// The same for the same finding in every run, in hexadecimal digits, and unique in a result: SHA-256 over rule, file,
    /// image and place. Words do not count: counts in them change from run to run.
    pub fingerprint: String,
}

impl Spot<'_> {
    /// Where it stands; none where nothing was quoted.
    pub fn place(&self) -> Option<&Place> {
        self.finding.evidence.first().map(|quote| &quote.place)
    }

    /// The line to point at: lines of a binary file are all the first.
    pub fn line(&self) -> u64 {
        self.place().and_then(|place| place.line).unwrap_or(1).max(1)
    }

    /// File and image, as `install.wim#1`.
    pub fn address(&self) -> String {
        address(self.source, self.image)
    }
}

/// File and image, as `install.wim#1`.
fn address(source: &str, image: Option<&ImageReport>) -> String {
    match image.and_then(|image| image.index) {
        Some(index) => format!("{source}#{index}"),
        None => source.to_owned(),
    }
}

/// All findings of a result: of the policy, then of each file, then of its images.
pub fn all(document: &Document) -> Vec<Spot<'_>> {
    let mut seen: HashMap<[u8; 32], u64> = HashMap::new();
    let of_policy = document.findings.iter().map(|finding| (policy_place(document, finding), None, finding));
    let mut spots = Vec::new();
    for (source, image, finding) in of_policy.chain(document.subjects.iter().flat_map(of_subject)) {
        let digest = identity(source, image, finding);
        let before = seen.entry(digest).or_default();
        let mut hash = Sha256::new();
        hash.update(digest);
        hash.update(before.to_le_bytes());
        *before += 1;
        spots.push(Spot { source, image, finding, fingerprint: hex::encode(hash.finalize()) });
    }
    spots
}

fn of_subject(subject: &SubjectReport) -> impl Iterator<Item = (&str, Option<&ImageReport>, &FindingReport)> {
    let of_file = subject.findings.iter().map(|finding| (None, finding));
    let of_images = subject
        .images
        .iter()
        .flat_map(|image| image.findings.iter().map(move |finding| (Some(image), finding)));
    of_file.chain(of_images).map(|(image, finding)| (subject.source.as_str(), image, finding))
}

fn policy_place<'d>(document: &'d Document, finding: &'d FindingReport) -> &'d str {
    finding.evidence.first().map_or_else(|| policy_source(document), |quote| &quote.place.source)
}

fn identity(source: &str, image: Option<&ImageReport>, finding: &FindingReport) -> [u8; 32] {
    let mut hash = Sha256::new();
    let mut part = |text: &str| {
        // The length first, so that no two lists of parts are the same bytes.
        hash.update((text.len() as u64).to_le_bytes());
        hash.update(text);
    };
    part(finding.rule.rule().id);
    part(&address(source, image));
    for quote in &finding.evidence {
        let Place { source, offset, length, metadata_offset, key, line, record } = &quote.place;
        part(source);
        part(key.as_deref().unwrap_or_default());
        for number in [offset, length, metadata_offset, line, record] {
            part(&number.map(|number| number.to_string()).unwrap_or_default());
        }
    }
    hash.finalize().into()
}
