//! Components against those of the same name and version in other images: they have the same files everywhere.

use std::collections::{BTreeMap, HashSet};

use wimproof_wim::Sha1Digest;

use super::{Examination, Findings, PhraseId, RuleId, store::path, text};
use crate::evidence::{
    component_store::{Component, Role, StoredFile},
    examination::Other,
};

fn known_right(examination: &Examination) -> impl Iterator<Item = &Other> {
    examination.others.iter().filter(|other| other.trusted)
}

/// The files of a component that are others in an image known to be right: which image, and the content there.
fn not_as_there<'e>(
    examination: &'e Examination,
    component: &'e Component,
) -> impl Iterator<Item = (&'e StoredFile, &'e Other, Sha1Digest)> {
    let payloads = component.files.iter().filter(|file| file.role == Role::Payload);
    payloads.filter_map(|file| {
        known_right(examination).find_map(|other| {
            let theirs = other.ledger.file(&component.keyform, &file.path)?.sha1;
            (theirs != file.sha1).then_some((file, other, theirs))
        })
    })
}

/// The contents of files of components that are told by [`trusted`]: here, and where they are right.
pub(super) fn told(examination: &Examination) -> HashSet<(Sha1Digest, Sha1Digest)> {
    let components = examination.store.iter().flat_map(|store| &store.components);
    let files = components.flat_map(|component| not_as_there(examination, component));
    files.map(|(file, _, theirs)| (file.sha1, theirs)).collect()
}

/// Files that are others in an image known to be right.
pub(super) fn trusted(examination: &Examination, findings: &mut Findings<'_>) {
    let Some(store) = &examination.store else { return };
    for component in &store.components {
        for (file, other, theirs) in not_as_there(examination, component) {
            let names = [
                text(&component.keyform),
                text(&file.path),
                text(file.sha1),
                text(&other.name),
                text(theirs),
            ];
            let (said, value) = (PhraseId::NOT_AS_IN.of(names), path(store, component, file));
            findings.at(RuleId::COMPONENT_FILE_NOT_AS_IN, said, file.offset, value);
        }
        let Some(manifest) = &component.manifest else { continue };
        let differs = known_right(examination).find(|other| {
            other.ledger.manifest(&component.keyform).is_some_and(|theirs| theirs.sha1 != manifest.file.sha1)
        });
        if let Some(other) = differs {
            let said = PhraseId::MANIFEST_NOT_AS_IN.of([text(&component.keyform), text(&other.name)]);
            let value = format!("{}\\{}", store.path, manifest.file.path);
            findings.at(RuleId::MANIFEST_NOT_AS_IN, said, manifest.file.offset, value);
        }
    }
}

/// Files that are others in images of the same file: some of them are wrong. The majority is taken to be right; what the
/// manifest proves to be right is.
pub(super) fn siblings(examination: &Examination, findings: &mut Findings<'_>) {
    let Some(store) = &examination.store else { return };
    if examination.others.iter().all(|other| other.trusted) {
        return;
    }
    for component in &store.components {
        for (file, proven) in with_proof(component) {
            let siblings = || examination.others.iter().filter(|other| !other.trusted);
            if proven || file.role != Role::Payload {
                continue;
            }
            let mut counts: BTreeMap<Sha1Digest, (usize, &str)> = BTreeMap::new();
            let mut all = 1;
            for Other { name, ledger, .. } in siblings() {
                if let Some(theirs) = ledger.file(&component.keyform, &file.path) {
                    counts.entry(theirs.sha1).or_insert((0, name)).0 += 1;
                    all += 1;
                }
            }
            let same = 1 + counts.remove(&file.sha1).map_or(0, |(count, _)| count);
            let Some((theirs, (_, name))) = counts.iter().max_by_key(|(_, (count, _))| *count) else {
                continue;
            };
            if 2 * same > all {
                continue;
            }
            let names =
                [text(&component.keyform), text(&file.path), text(file.sha1), text(name), text(theirs)];
            let said = PhraseId::NOT_AS_IN.of(names);
            findings.at(
                RuleId::COMPONENT_FILE_NOT_AS_BESIDE,
                said,
                file.offset,
                path(store, component, file),
            );
        }
    }
}

/// The files of a component, and whether its manifest proves each to be right.
fn with_proof(component: &Component) -> impl Iterator<Item = (&StoredFile, bool)> {
    let proven: HashSet<u64> = component
        .pairs()
        .filter(|(listed, file)| listed.digest.is_some_and(|digest| digest.fits(file) == Some(true)))
        .map(|(_, file)| file.offset)
        .collect();
    component.files.iter().map(move |file| (file, proven.contains(&file.offset)))
}
