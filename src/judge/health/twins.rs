//! What differs from a reference of which an image claims to be a copy, or that has at least its build.

use std::collections::HashSet;

use wimproof_wim::Sha1Digest;

use super::{Examination, Findings, PhraseId, RuleId, Severity, others, text};
use crate::{
    evidence::{
        difference::Change,
        hive::difference::{Data, KeyDifference},
        image_hives,
        programs::is_program,
        twin::{Different, Twin},
    },
    sighting::{FactKey, Facts},
};

/// Values of hives that are told one by one.
const MAX_VALUES: usize = 500;

/// How an image stands to a reference.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kinship {
    /// It has the same name, and the same build or time of creation: it claims to be the reference.
    Same,
    /// It has the same build and revision.
    Build,
    /// Neither: of course it differs.
    None,
}

pub(super) fn kinship(claims: &Facts, of: &Facts) -> Kinship {
    let same = |key| claims.get(&key).zip(of.get(&key)).is_some_and(|(a, b)| a.value == b.value);
    if same(FactKey::Name) && (same(FactKey::Created) || same(FactKey::Version)) {
        Kinship::Same
    } else if same(FactKey::Version) {
        Kinship::Build
    } else {
        Kinship::None
    }
}

/// Files and settings that differ.
pub(super) fn differences(examination: &Examination, findings: &mut Findings<'_>) {
    let twins = &examination.provenance.twins;
    if twins.is_empty() {
        return;
    }
    let told = others::told(examination);
    for twin in twins {
        let kinship = kinship(&examination.provenance.claims, &twin.claims);
        let severity = match kinship {
            Kinship::Same => Severity::Deny,
            Kinship::Build => Severity::Warn,
            Kinship::None => continue,
        };
        programs(twin, severity, &told, findings);
        hives(twin, severity, findings);
    }
}

fn programs(
    twin: &Twin,
    severity: Severity,
    told: &HashSet<(Sha1Digest, Sha1Digest)>,
    findings: &mut Findings<'_>,
) {
    // A further name of a component's file is told with the component.
    let is_told =
        |file: &&Different| file.here.zip(file.there).is_some_and(|contents| told.contains(&contents));
    let is_run = |file: &&Different| {
        let path = file.path.to_lowercase();
        // Made on each PC from programs that are compared themselves.
        is_program(&path) && !path.contains("\\assembly\\nativeimages_")
    };
    for file in twin.files.iter().filter(is_run).filter(|file| !is_told(file)) {
        let (path, reference) = (text(&file.path), text(&twin.reference));
        let (rule, severity, said) = match (file.here, file.there) {
            (Some(here), Some(there)) => {
                let said = PhraseId::PROGRAM_REPLACED.of([path, reference, text(here), text(there)]);
                (RuleId::PROGRAM_REPLACED, severity, said)
            }
            (Some(here), None) => {
                let said = PhraseId::PROGRAM_ADDED.of([path, reference, text(here)]);
                (RuleId::PROGRAM_ADDED, severity, said)
            }
            (None, _) => {
                let said = PhraseId::PROGRAM_REMOVED.of([path, reference]);
                (RuleId::PROGRAM_REMOVED, Severity::Warn, said)
            }
        };
        findings.of_file(rule, severity, said, file.offset, file.path.clone());
    }
}

fn hives(twin: &Twin, severity: Severity, findings: &mut Findings<'_>) {
    let differ = |hive: &&image_hives::HiveDifference| !hive.differences.is_empty() || hive.error.is_some();
    let differing: Vec<_> = twin.hives.iter().filter(differ).collect();
    let Some(first) = differing.first() else { return };
    let only_hives = twin.more == 0 && twin.files.iter().all(|file| image_hives::belongs_to_hive(&file.path));
    if only_hives {
        let names: Vec<&str> = differing.iter().map(|hive| &*hive.path).collect();
        let said = PhraseId::ONLY_HIVES.of([text(names.join(", ")), text(&twin.reference)]);
        findings.graded(RuleId::ONLY_HIVES, severity, said, first.path.clone());
    }
    let mut told = 0;
    for hive in differing {
        if let Some(error) = &hive.error {
            let said = PhraseId::HIVE_UNREAD.of([text(&hive.path), text(&twin.reference), text(error)]);
            findings.graded(RuleId::UNREAD, Severity::Warn, said, hive.path.clone());
        }
        // Of an image of the same build a thousand settings differ; only where nothing else does they count as much.
        let severity = if only_hives { severity } else { severity.min(Severity::Warn) };
        for key in &hive.differences.keys {
            for (name, was, is) in values(key) {
                told += 1;
                if told > MAX_VALUES {
                    break;
                }
                let place = format!("{}: {}\\{name}", hive.path, key.key);
                let said =
                    PhraseId::SETTING_DIFFERS.of([text(&place), text(&twin.reference), text(is), text(was)]);
                findings.graded(RuleId::SETTING_DIFFERS, severity, said, place);
            }
        }
    }
    if told > MAX_VALUES {
        let said = PhraseId::FURTHER.of([text(told - MAX_VALUES)]);
        findings.graded(RuleId::SETTING_DIFFERS, Severity::Info, said, String::new());
    }
}

/// The values of a key that differ: name, data in the reference, data in the image. A key without values stands for itself.
fn values(key: &KeyDifference) -> Vec<(String, String, String)> {
    let shown = |data: &Option<Data>| match data {
        None => "-".to_owned(),
        Some(Data { kind, size, shown: None }) => format!("{kind}, {size}"),
        Some(Data { kind, shown: Some(shown), .. }) => format!("{kind} {shown:?}"),
    };
    let values = key.values.iter().map(|value| {
        let name = if value.name.is_empty() { "(default)" } else { &value.name };
        (name.to_owned(), shown(&value.a), shown(&value.b))
    });
    let mut values: Vec<_> = values.collect();
    if values.is_empty() {
        let (was, is) = if key.change == Change::Added { ("-", "+") } else { ("+", "-") };
        values.push((String::new(), was.to_owned(), is.to_owned()));
    }
    values
}
