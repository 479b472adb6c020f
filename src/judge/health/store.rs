//! What names, sizes and hashes of the component store show by themselves.

use super::{Examination, Findings, PhraseId, RuleId, text};
use crate::evidence::component_store::{Component, ComponentStore, StoredFile, keyform::Keyform};

/// The largest number in a version: what overrides every real one, so that an update never replaces it.
const CEILING: u32 = 65_535;

/// The path of a component's file in the image.
pub(super) fn path(store: &ComponentStore, component: &Component, file: &StoredFile) -> String {
    format!("{}\\{}\\{}", store.path, component.keyform, file.path)
}

/// An image without a store.
pub(super) fn absent(examination: &Examination, findings: &mut Findings<'_>) {
    if examination.store.as_ref().is_none_or(|store| store.components.is_empty()) {
        findings.whole(RuleId::NO_COMPONENT_STORE, PhraseId::NO_STORE.of([]), String::new());
    }
}

/// A store with more components than are looked at: what was left out says nothing.
pub(super) fn left_out(examination: &Examination, findings: &mut Findings<'_>) {
    if examination.store.as_ref().is_some_and(|store| store.cut_short) {
        findings.whole(RuleId::UNREAD, PhraseId::COMPONENTS_LEFT_OUT.of([]), String::new());
    }
}

/// Files whose content the image file does not hold.
pub(super) fn missing_contents(examination: &Examination, findings: &mut Findings<'_>) {
    let Some(store) = &examination.store else { return };
    for component in &store.components {
        for file in component.files.iter().filter(|file| file.size.is_none()) {
            let said =
                PhraseId::CONTENT_LACKING.of([text(&component.keyform), text(&file.path), text(file.sha1)]);
            findings.at(RuleId::COMPONENT_CONTENT_LACKING, said, file.offset, path(store, component, file));
        }
    }
}

/// Folders of components without a manifest: nothing says what they should hold.
pub(super) fn orphans(examination: &Examination, findings: &mut Findings<'_>) {
    let Some(store) = &examination.store else { return };
    for component in store.components.iter().filter(|component| component.manifest.is_none()) {
        let Some(offset) = component.folder else { continue };
        let said = PhraseId::WITHOUT_MANIFEST.of([text(&component.keyform)]);
        findings.at(
            RuleId::COMPONENT_WITHOUT_MANIFEST,
            said,
            offset,
            format!("{}\\{}", store.path, component.keyform),
        );
    }
}

/// A servicing operation that was begun and not completed.
pub(super) fn unfinished(examination: &Examination, findings: &mut Findings<'_>) {
    let Some(store) = &examination.store else { return };
    for file in &store.unfinished {
        let path = format!("{}\\{}", store.path, file.path);
        findings.at(RuleId::SERVICING_UNFINISHED, PhraseId::UNFINISHED.of([text(&path)]), file.offset, path);
    }
}

/// Versions that no update can ever replace.
pub(super) fn versions(examination: &Examination, findings: &mut Findings<'_>) {
    let Some(store) = &examination.store else { return };
    for component in &store.components {
        let Some(keyform) = Keyform::parse(&component.keyform) else { continue };
        if !keyform.version.contains(&CEILING) {
            continue;
        }
        let file = component.folder.or(component.manifest.as_ref().map(|manifest| manifest.file.offset));
        let said = PhraseId::VERSION_CEILING.of([text(&component.keyform)]);
        let path = format!("{}\\{}", store.path, component.keyform);
        findings.at(RuleId::COMPONENT_VERSION_CEILING, said, file.unwrap_or(0), path);
    }
}
