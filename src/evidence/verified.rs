//! What a full verification adds to a subject: digests over every byte, and the files that damage hits.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use wimproof_wim::{BadContent, Content, ReadAt, Sha1Digest, Verification, VerifyOptions, Wim};

use crate::sighting::{
    Assurance, Evidence, Fact, FactKey, Locator, Observation, Sighting, Subject, Trouble, Value,
};

/// Reads every byte and adds what it shows. The subject must have been read as declared.
pub(super) fn add<S: ReadAt>(wim: &Wim<S>, subject: &mut Subject, options: &VerifyOptions<'_>) {
    let found = match wim.verify(options) {
        Ok(found) => found,
        Err(error) => return subject.observe(Trouble::Unreadable, error, Locator::Whole),
    };
    for bad in &found.bad_slots {
        let detail = format!("slot {} of the integrity table does not match its bytes", bad.slot);
        subject.observe(Trouble::BadSlot, detail, Locator::Range(bad.range.start, bad.range.end));
    }
    let source = Arc::clone(&subject.source);
    if let Some(sha256) = found.file_sha256 {
        let evidence = Evidence { source: Arc::clone(&source), locator: Locator::Whole };
        let value = Value::Text(hex::encode(sha256));
        subject.facts.insert(FactKey::FileSha256, Fact { value, evidence });
    }
    let damage = DamagedContents::of(&found);
    let mut hit = HashSet::new();
    for sighting in &mut subject.images {
        damage.in_image(wim, sighting, &source, &mut hit);
        add_content_digest(wim, sighting, &source, &found);
        if sighting.assurance == Assurance::Declared {
            sighting.assurance = Assurance::Verified;
        }
    }
    for bad in found
        .bad_contents
        .iter()
        .filter(|bad| matches!(bad.content, Content::File(_)) && !hit.contains(&bad.sha1))
    {
        let detail = format!("content {}, which no file uses: {}", bad.sha1, bad.damage);
        subject.observe(Trouble::DamagedContent, detail, Locator::Range(bad.range.start, bad.range.end));
    }
    subject.verified_contents = Some((found.contents, found.content_bytes));
    subject.assurance = Assurance::Verified;
}

/// Damaged file contents by their SHA-1.
struct DamagedContents<'v>(HashMap<Sha1Digest, Vec<&'v BadContent>>);

impl<'v> DamagedContents<'v> {
    fn of(found: &'v Verification) -> Self {
        let mut by_sha1: HashMap<Sha1Digest, Vec<&BadContent>> = HashMap::new();
        for bad in found.bad_contents.iter().filter(|bad| matches!(bad.content, Content::File(_))) {
            by_sha1.entry(bad.sha1).or_default().push(bad);
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
                for bad in self.0.get(sha1).into_iter().flatten() {
                    let locator = Locator::Range(bad.range.start, bad.range.end);
                    let evidence = Evidence { source: Arc::clone(source), locator };
                    let detail = format!("{path} (SHA-1 {}): {}", bad.sha1, bad.damage);
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
    found: &Verification,
) {
    let (Some(index), true, Ok(blobs)) =
        (sighting.index, sighting.facts.contains_key(&FactKey::Tree), wim.blob_table())
    else {
        return;
    };
    let sha256_of = |sha1: &Sha1Digest| found.content_sha256.get(blobs.position(sha1)?).copied().flatten();
    let digest = wim.metadata(index).and_then(|metadata| metadata.content_digest(&sha256_of));
    if let Ok(Some(digest)) = digest {
        let evidence = Evidence { source: Arc::clone(source), locator: Locator::Whole };
        let value = Value::Text(digest.to_string());
        sighting.facts.insert(FactKey::Content, Fact { value, evidence });
    }
}
