//! The files of components against their manifests.

use std::collections::HashSet;

use sha2::{Digest as _, Sha256};

use super::{Examination, Findings, PhraseId, RuleId, Severity, store::path, text};
use crate::{
    evidence::{
        component_store::{
            Component, ComponentStore, Role, StoredFile,
            manifest::{FileDigest, ListedFile},
        },
        examination::Depth,
    },
    sighting::Locator,
};

/// Files whose digest is not the one in the manifest: what Windows calls corrupt.
pub(super) fn corrupt(examination: &Examination, findings: &mut Findings<'_>) {
    let Some(store) = &examination.store else { return };
    let mut wrapped = 0_u64;
    for component in &store.components {
        for (listed, file) in component.pairs() {
            // Empty and missing files are told by checks of their own.
            if file.sha1.is_zero() || file.size.is_none() {
                continue;
            }
            let Some(expected) = listed.digest.filter(|digest| digest.fits(file) == Some(false)) else {
                continue;
            };
            if file.wrapped.is_some() {
                wrapped += 1;
                continue;
            }
            let found = match expected {
                FileDigest::Sha256(_) => file.sha256.map(hex::encode).unwrap_or_default(),
                FileDigest::Sha1(_) => file.sha1.to_string(),
            };
            let names = [text(&component.keyform), text(&file.path), text(shown(expected)), text(found)];
            let said = PhraseId::PAYLOAD_CORRUPT.of(names);
            findings.at(RuleId::COMPONENT_FILE_CORRUPT, said, file.offset, path(store, component, file));
        }
    }
    if wrapped > 0 {
        findings.whole(
            RuleId::COMPONENT_FILE_COMPRESSED,
            PhraseId::COMPRESSED.of([text(wrapped)]),
            String::new(),
        );
    }
}

fn shown(digest: FileDigest) -> String {
    match digest {
        FileDigest::Sha256(sha256) => hex::encode(sha256),
        FileDigest::Sha1(sha1) => hex::encode(sha1),
    }
}

/// Empty files where the manifest says that there is something; without manifests, all empty ones.
pub(super) fn empty(examination: &Examination, findings: &mut Findings<'_>) {
    let Some(store) = &examination.store else { return };
    for component in &store.components {
        if examination.depth == Depth::Metadata {
            let payloads = component.files.iter().filter(|file| file.role == Role::Payload);
            for file in payloads.filter(|file| file.sha1.is_zero()) {
                tell_empty(findings, Severity::Warn, store, component, file);
            }
            continue;
        }
        for (listed, file) in component.pairs().filter(|(_, file)| file.sha1.is_zero()) {
            if listed.digest.is_some_and(|digest| !of_nothing(digest, file)) {
                tell_empty(findings, Severity::Deny, store, component, file);
            }
        }
    }
}

fn of_nothing(digest: FileDigest, file: &StoredFile) -> bool {
    match digest {
        FileDigest::Sha256(sha256) => sha256 == <[u8; 32]>::from(Sha256::digest(b"")),
        FileDigest::Sha1(_) => digest.fits(file) == Some(true),
    }
}

fn tell_empty(
    findings: &mut Findings<'_>,
    severity: Severity,
    store: &ComponentStore,
    component: &Component,
    file: &StoredFile,
) {
    let said = PhraseId::PAYLOAD_EMPTY.of([text(&component.keyform), text(&file.path)]);
    let (locator, value) = (Locator::MetadataOffset(file.offset), path(store, component, file));
    findings.add(RuleId::COMPONENT_FILE_EMPTY, severity, said, locator, value);
}

/// Files that a manifest lists and the folder of the component lacks; components whose folder is not there at all have
/// had their files removed on purpose, and are counted.
pub(super) fn absent(examination: &Examination, findings: &mut Findings<'_>) {
    let Some(store) = &examination.store else { return };
    let mut removed = 0_u64;
    for component in &store.components {
        let Some(manifest) = component.listing() else { continue };
        let Some(folder) = component.folder else {
            removed += u64::from(!manifest.files.is_empty());
            continue;
        };
        let stored: HashSet<String> = component.files.iter().map(StoredFile::makes).collect();
        for listed in manifest.files.iter().filter(|listed| !stored.contains(&listed.name.to_lowercase())) {
            let said = PhraseId::PAYLOAD_ABSENT.of([text(&component.keyform), text(&listed.name)]);
            let value = format!("{}\\{}\\{}", store.path, component.keyform, listed.name);
            findings.at(RuleId::COMPONENT_FILE_ABSENT, said, folder, value);
        }
    }
    if removed > 0 {
        let said = PhraseId::WITHOUT_FOLDER.of([text(removed)]);
        findings.whole(RuleId::COMPONENT_WITHOUT_FOLDER, said, String::new());
    }
}

/// Files in the folder of a component that its manifest does not list.
pub(super) fn unlisted(examination: &Examination, findings: &mut Findings<'_>) {
    let Some(store) = &examination.store else { return };
    for component in &store.components {
        let Some(manifest) = component.listing() else { continue };
        let name = |listed: &ListedFile| listed.name.to_lowercase();
        let listed: HashSet<String> = manifest.files.iter().map(name).collect();
        for file in component.files.iter().filter(|file| !listed.contains(&file.makes())) {
            if listed.contains(&file.path.to_lowercase()) {
                continue;
            }
            let said = PhraseId::PAYLOAD_UNLISTED.of([text(&component.keyform), text(&file.path)]);
            findings.at(RuleId::COMPONENT_FILE_UNLISTED, said, file.offset, path(store, component, file));
        }
    }
}

/// Differentials whose checksum is not that of what follows. Those of a form without one are counted.
pub(super) fn checksums(examination: &Examination, findings: &mut Findings<'_>) {
    let Some(store) = examination.store.as_ref().filter(|_| examination.depth == Depth::Payloads) else {
        return;
    };
    let mut unknown = 0_u64;
    for component in &store.components {
        let differentials = component.files.iter().filter(|file| file.role == Role::Differential);
        for file in differentials.filter(|file| file.size.is_some()) {
            match file.checksum {
                Some(true) => {}
                Some(false) => {
                    let said = PhraseId::CHECKSUM_WRONG.of([text(&component.keyform), text(&file.path)]);
                    findings.at(
                        RuleId::DIFFERENTIAL_CHECKSUM,
                        said,
                        file.offset,
                        path(store, component, file),
                    );
                }
                None => unknown += 1,
            }
        }
    }
    if unknown > 0 {
        let said = PhraseId::WITHOUT_CHECKSUM.of([text(unknown)]);
        findings.whole(RuleId::DIFFERENTIAL_CHECKSUM, said, String::new());
    }
}
