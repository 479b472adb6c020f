//! What the medium of an image says, as findings; and the standing of Setup's boot image.

use std::sync::Arc;

use super::{Finding, Judgement, PhraseId, Quote, RuleId, Verdict, phrase::text};
use crate::sighting::{Evidence, Locator, MediumTell, Subject};

/// The rule that a tell falls under.
pub(super) fn rule(tell: &MediumTell) -> RuleId {
    match tell {
        MediumTell::Differs { .. } => RuleId::MEDIUM_DIFFERS,
        MediumTell::Mismeasured { .. } | MediumTell::OnlyIn { .. } => RuleId::MEDIUM_TREES,
        MediumTell::BadTree { .. } => RuleId::MEDIUM_DAMAGED,
        MediumTell::AnswerFile { .. } => RuleId::MEDIUM_ANSWERS,
        MediumTell::OemFolder { .. } | MediumTell::SetupScript { .. } => RuleId::OEM_FOLDER,
        MediumTell::Edition { .. } => RuleId::EDITION_FILE,
        MediumTell::ProductKey { .. } => RuleId::MEDIUM_KEY,
    }
}

/// A tell as a finding.
pub(super) fn finding(tell: &MediumTell, evidence: Vec<Quote>) -> Finding {
    let said = match tell {
        MediumTell::Differs { path, systems: [first, other] } => {
            PhraseId::MEDIUM_DIFFERS.of([text(path), text(first), text(other)])
        }
        MediumTell::Mismeasured { path, systems: [first, other], sizes: [size, other_size] } => {
            PhraseId::MISMEASURED.of([text(path), text(first), text(size), text(other), text(other_size)])
        }
        MediumTell::OnlyIn { path, systems: [shows, lacks] } => {
            PhraseId::ONLY_IN.of([text(path), text(shows), text(lacks)])
        }
        MediumTell::BadTree { system, why } => PhraseId::BAD_TREE.of([text(system), text(why)]),
        MediumTell::AnswerFile { path } => PhraseId::MEDIUM_ANSWERS.of([text(path)]),
        MediumTell::OemFolder { path, files } => PhraseId::OEM_FILES.of([text(path), text(files)]),
        MediumTell::SetupScript { path } => PhraseId::MEDIUM_SCRIPT.of([text(path)]),
        MediumTell::Edition { path, says } => PhraseId::EDITION.of([text(path), text(says)]),
        MediumTell::ProductKey { path } => PhraseId::PRODUCT_KEY.of([text(path)]),
    };
    Finding::said(rule(tell), said, evidence)
}

/// Of a medium that is judged as a whole, Setup's boot image counts unless nobody approved it: then this is what is said
/// of it instead.
pub fn uncounted_boot(subject: &Subject, judgement: &Judgement) -> Option<Finding> {
    if judgement.verdict != Verdict::Rogue {
        return None;
    }
    let evidence = Evidence { source: Arc::clone(&subject.source), locator: Locator::Whole };
    let quote = Quote { evidence, value: subject.source.to_string() };
    let said = PhraseId::SETUP_BOOT.of([text(&subject.source)]);
    Some(Finding::said(RuleId::SETUP_BOOT, said, vec![quote]))
}
