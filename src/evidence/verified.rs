//! What a full verification adds to a subject: digests over every byte, and the files that damage hits.

use std::{
    collections::{BTreeMap, HashSet},
    ops::Range,
    sync::Arc,
};

use sha2::{Digest as _, Sha256};
use wimproof_wim::{BadContent, Content, ReadAt, Sha1Digest, Verification, VerifyOptions, Wim};

use super::content_digests::ContentDigests;
use crate::sighting::{
    Assurance, Checked, Evidence, Fact, FactKey, Locator, Observation, Sighting, Subject, Trouble, Value,
};

/// Reads every byte of all parts and adds what it shows. The subject must have been read as declared.
///
/// Gives the digests of all contents.
pub(super) fn add<S: ReadAt>(
    parts: &[Wim<S>],
    subject: &mut Subject,
    options: &VerifyOptions<'_>,
) -> ContentDigests {
    let mut found = Vec::new();
    for part in parts {
        match part.verify(options) {
            Ok(verification) => found.push(verification),
            Err(error) => {
                subject.observe(Trouble::Unreadable, error, Locator::Whole);
                return ContentDigests::default();
            }
        }
    }
    let source = Arc::clone(&subject.source);
    add_file_digest(subject, &found);
    for (part, found) in parts.iter().zip(&found) {
        for bad in &found.bad_slots {
            let range = bytes(&bad.range);
            let detail =
                format!("slot {} of the integrity table, {range}{}, does not match", bad.slot, of_part(part));
            subject.observe(Trouble::BadSlot, detail, Locator::Range(bad.range.start, bad.range.end));
        }
    }
    subject.checked = Some(Checked::of(&found));
    let damage = DamagedContents::of(parts, &found);
    let digests = ContentDigests::of(parts, &found);
    let mut hit = HashSet::new();
    for sighting in &mut subject.images {
        let Some(first) = parts.first() else { break };
        damage.in_image(first, sighting, &source, &mut hit);
        add_content_digest(first, sighting, &source, &digests);
        if sighting.assurance == Assurance::Declared {
            sighting.assurance = Assurance::Verified;
        }
    }
    for (part, bad) in damage.0.values().flatten().filter(|(_, bad)| !hit.contains(&bad.sha1)) {
        let range = bytes(&bad.range);
        let detail = format!("content {}, which no file uses, {range}{part}: {}", bad.sha1, bad.damage);
        subject.observe(Trouble::DamagedContent, detail, Locator::Range(bad.range.start, bad.range.end));
    }
    subject.assurance = Assurance::Verified;
    digests
}

/// Bytes of a file, for people.
fn bytes(range: &Range<u64>) -> String {
    format!("bytes {} to {}", range.start, range.end)
}

/// Which part of a set, where there are several.
fn of_part<S: ReadAt>(part: &Wim<S>) -> String {
    match part.header().is_split() {
        true => format!(" of part {}", part.header().part),
        false => String::new(),
    }
}

impl Checked {
    fn of(found: &[Verification]) -> Self {
        let sum = |count: fn(&Verification) -> usize| found.iter().map(|found| count(found) as u64).sum();
        Self {
            contents: found.iter().map(|found| found.contents).sum(),
            bad_contents: sum(|found| found.bad_contents.len()),
            slots: sum(|found| found.slots.unwrap_or(0)),
            bad_slots: sum(|found| found.bad_slots.len()),
        }
    }
}

/// SHA-256 of the file; of a set over those of its parts.
fn add_file_digest(subject: &mut Subject, found: &[Verification]) {
    let digests: Option<Vec<[u8; 32]>> = found.iter().map(|found| found.file_sha256).collect();
    let (key, digest) = match digests.as_deref() {
        None | Some([]) => return,
        Some([only]) => (FactKey::FileSha256, *only),
        Some(several) => (FactKey::SetSha256, Sha256::digest(several.concat()).into()),
    };
    let evidence = Evidence { source: Arc::clone(&subject.source), locator: Locator::Whole };
    subject.facts.insert(key, Fact { value: Value::Text(hex::encode(digest)), evidence });
}

/// Damaged file contents by their SHA-1, with the part that they are in, for people.
struct DamagedContents<'v>(BTreeMap<Sha1Digest, Vec<(String, &'v BadContent)>>);

impl<'v> DamagedContents<'v> {
    fn of<S: ReadAt>(parts: &[Wim<S>], found: &'v [Verification]) -> Self {
        let mut by_sha1: BTreeMap<Sha1Digest, Vec<_>> = BTreeMap::new();
        for (part, found) in parts.iter().zip(found) {
            for bad in found.bad_contents.iter().filter(|bad| matches!(bad.content, Content::File(_))) {
                by_sha1.entry(bad.sha1).or_default().push((of_part(part), bad));
            }
        }
        Self(by_sha1)
    }

    /// Names every file of an image that damage hits, each hard link.
    fn in_image<S: ReadAt>(
        &self,
        wim: &Wim<S>,
        sighting: &mut Sighting,
        source: &Arc<str>,
        hit: &mut HashSet<Sha1Digest>,
    ) {
        let (Some(index), false) = (sighting.index, self.0.is_empty()) else { return };
        let Ok(metadata) = wim.metadata(index) else { return };
        // The walk was made before, for the digest: it does not fail now.
        let _ = metadata.files_with(
            |sha1| self.0.contains_key(sha1),
            |sha1, path| {
                hit.insert(*sha1);
                for (part, bad) in self.0.get(sha1).into_iter().flatten() {
                    let locator = Locator::Range(bad.range.start, bad.range.end);
                    let evidence = Evidence { source: Arc::clone(source), locator };
                    let range = bytes(&bad.range);
                    let detail = format!("{path}, {range}{part}: {}, expected {}", bad.damage, bad.sha1);
                    sighting.observations.push(Observation {
                        trouble: Trouble::DamagedContent,
                        detail,
                        evidence,
                    });
                }
            },
        );
    }
}

fn add_content_digest<S: ReadAt>(
    wim: &Wim<S>,
    sighting: &mut Sighting,
    source: &Arc<str>,
    digests: &ContentDigests,
) {
    let (Some(index), true) = (sighting.index, sighting.facts.contains_key(&FactKey::Tree)) else { return };
    let sha256_of = |sha1: &Sha1Digest| digests.sha256(sha1);
    let digest = wim.metadata(index).and_then(|metadata| metadata.content_digest(&sha256_of));
    if let Ok(Some(digest)) = digest {
        let evidence = Evidence { source: Arc::clone(source), locator: Locator::Whole };
        let value = Value::Text(digest.to_string());
        sighting.facts.insert(FactKey::Content, Fact { value, evidence });
    }
}
