//! The manifests themselves.

use super::{Examination, Findings, PhraseId, RuleId, text};
use crate::evidence::component_store::manifest::ManifestError;

/// Manifests that cannot be read, or belong to another component than their name says.
pub(super) fn sound(examination: &Examination, findings: &mut Findings<'_>) {
    let Some(store) = &examination.store else { return };
    let mut without_base = 0_u64;
    for component in &store.components {
        let Some(manifest) = &component.manifest else { continue };
        let path = || format!("{}\\{}", store.path, manifest.file.path);
        let offset = manifest.file.offset;
        match &manifest.content {
            None => {}
            Some(Err(ManifestError::NoBase)) => without_base += 1,
            Some(Err(error)) => {
                let said = PhraseId::MANIFEST_UNREADABLE.of([text(&component.keyform), text(error)]);
                findings.at(RuleId::MANIFEST_UNREADABLE, said, offset, path());
            }
            Some(Ok(read)) => {
                let keyform = read.identity.keyform();
                if keyform != component.keyform {
                    let said = PhraseId::MANIFEST_OF_ANOTHER.of([text(&component.keyform), text(keyform)]);
                    findings.at(RuleId::MANIFEST_OF_ANOTHER, said, offset, path());
                }
            }
        }
    }
    if without_base > 0 {
        let said = PhraseId::NO_BASE.of([text(without_base)]);
        findings.whole(RuleId::NO_BASE_MANIFEST, said, String::new());
    }
}
