//! What other images could bring back of the files that are broken.

use std::{cmp::Reverse, collections::BTreeSet};

use super::{Examination, Findings, PhraseId, RuleId, text};
use crate::evidence::{component_store::Broken, examination::RepairSource};

/// Images that are told: those that hold most.
const MAX_IMAGES: usize = 5;
/// Files that are named, of those that an image does not hold.
const MAX_NAMES: usize = 10;

/// Images known to be right, by what a repair could take from them.
pub(super) fn sources(examination: &Examination, findings: &mut Findings<'_>) {
    let Some(store) = &examination.store else { return };
    let broken: Vec<Broken<'_>> = store.broken().collect();
    if broken.is_empty() {
        return;
    }
    let read = examination.sources.iter().cloned();
    let mut sources: Vec<RepairSource> = read.chain(approved(examination, &broken)).collect();
    sources.sort_by_key(|source| Reverse(source.count()));
    for source in sources.iter().take(MAX_IMAGES) {
        let said = PhraseId::COULD_RESTORE.of([text(&source.name), text(source.count()), text(broken.len())]);
        let lacking = broken.iter().zip(&source.holds).filter(|(_, holds)| !**holds);
        let names: Vec<String> = lacking
            .clone()
            .take(MAX_NAMES)
            .map(|(file, _)| format!("{}\\{}", file.component, file.file))
            .collect();
        let further = lacking.count() - names.len();
        let said = match (names.is_empty(), further) {
            (true, _) => said,
            (false, 0) => PhraseId::COULD_NOT_RESTORE.of([said.into(), text(names.join(", "))]),
            (false, _) => PhraseId::AND_FURTHER.of([
                PhraseId::COULD_NOT_RESTORE.of([said.into(), text(names.join(", "))]).into(),
                PhraseId::FURTHER.of([text(further)]).into(),
            ]),
        };
        findings.whole(RuleId::REPAIRABILITY, said, source.name.clone());
    }
}

/// Approved images, by what was kept of them: those that hold something.
fn approved(examination: &Examination, broken: &[Broken<'_>]) -> impl Iterator<Item = RepairSource> {
    let read: BTreeSet<&str> = examination.sources.iter().map(|source| &*source.name).collect();
    let others = examination.others.iter().filter(move |other| other.trusted && !read.contains(&*other.name));
    let sources = others.map(|other| {
        let holds = |wanted: &Broken<'_>| {
            let kept = other.ledger.file(wanted.component, wanted.file);
            kept.is_some_and(|kept| kept.sha256 == Some(wanted.expected))
        };
        RepairSource { name: other.name.clone(), holds: broken.iter().map(holds).collect() }
    });
    sources.filter(|source| source.count() > 0)
}
