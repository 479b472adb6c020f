//! Files that nothing explains.

use super::{Examination, Findings, PhraseId, RuleId, text};

/// How many, what share of all that is, and where most of them are.
pub(super) fn files(examination: &Examination, findings: &mut Findings<'_>) {
    let Some(found) = examination.unaccounted.as_ref().filter(|found| found.files > 0) else { return };
    // In tenths of a percent, without rounding up to all.
    let share = found.files.saturating_mul(1000) / found.all.max(1);
    let share = format!("{}.{}", share / 10, share % 10);
    let folders: Vec<String> =
        found.folders.iter().map(|(path, files)| format!("{path} ({files})")).collect();
    let numbers = [text(found.files), text(found.all), text(&found.below), text(share)];
    let [files, all, below, share] = numbers;
    let said = PhraseId::UNACCOUNTED.of([files, all, below, share, text(folders.join(", "))]);
    findings.whole(RuleId::UNACCOUNTED, said, found.files.to_string());
}
