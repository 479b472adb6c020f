//! What lies outside the store and comes from it.

use super::{Examination, Findings, PhraseId, RuleId, text};

/// Share of bytes that are hard links below which an image was captured by a tool that does not know them. Of images of
/// Windows some 40 % are.
const LINKED_PERCENT: u64 = 10;
/// Components that a store must have for that to tell anything.
const MANY: usize = 100;

/// Files of Windows that are none of those that the store has for their place.
pub(super) fn replaced(examination: &Examination, findings: &mut Findings<'_>) {
    let projected = examination.store.iter().flat_map(|store| &store.projected);
    for file in projected.filter(|file| file.sources.iter().all(|(_, sha1)| *sha1 != file.sha1)) {
        let component = file.sources.first().map_or("", |(keyform, _)| keyform);
        let said = PhraseId::NOT_FROM_STORE.of([text(&file.path), text(component)]);
        findings.at(RuleId::FILE_NOT_FROM_STORE, said, file.offset, file.path.clone());
    }
}

/// An image whose hard links were lost.
pub(super) fn lost(examination: &Examination, findings: &mut Findings<'_>) {
    let many = examination.store.as_ref().is_some_and(|store| store.components.len() >= MANY);
    let linked = examination.linked;
    if many && linked.further.saturating_mul(100) < linked.all.saturating_mul(LINKED_PERCENT) {
        let said = PhraseId::LINKS_LOST.of([text(linked.further), text(linked.all)]);
        findings.whole(RuleId::HARD_LINKS_LOST, said, String::new());
    }
}
