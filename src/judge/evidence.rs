//! What is odd about the evidence of a case as a whole: logs that do not fit each other, pieces that could not be read,
//! systems in another order than their names say.

use std::collections::HashMap;

use super::{
    Finding, Quote, RuleId,
    phrase::{PhraseId, text},
};
use crate::{
    evidence::{
        deployment::Heard,
        statement::{PieceKind, Statement, Testimony, Topic},
    },
    sighting::{Evidence, Locator, deployment::Deployment},
};

/// Logs, and pieces beside a log, that are compared: setup writes four.
const MAX_COMPARED: usize = 1000;

/// Mounted images that are told one by one.
const MAX_MOUNTED: usize = 20;

/// Runs of sysprep that are told one by one; Windows allows 1001 of one image.
const MAX_MADE: usize = 1001;

/// Options of a run of sysprep that are told; it knows some 10.
const MAX_OPTIONS: usize = 20;

/// Looks at all of it; `omitted` runs of setup were left out.
pub fn findings(heard: &[Heard], deployments: &[Deployment], omitted: usize) -> Vec<Finding> {
    let mut findings = differing(heard);
    if omitted > 0 {
        let said = PhraseId::RUNS_OMITTED.of([text(omitted)]);
        findings.push(Finding::said(RuleId::EVIDENCE_PARTIAL, said, Vec::new()));
    }
    findings.extend(heard.iter().filter_map(|heard| partial(&heard.testimony)));
    findings.extend(contradicting_order(heard, deployments));
    findings.extend(heard.iter().flat_map(|heard| made(&heard.testimony)));
    findings.extend(mounted(heard));
    findings
}

/// Each run of sysprep: when, and with which options.
fn made(testimony: &Testimony) -> Vec<Finding> {
    let mut findings = Vec::new();
    let born = testimony.statements.iter().enumerate().filter(|(_, line)| line.topic == Topic::ImageBorn);
    for (position, line) in born.filter(|_| testimony.kind == PieceKind::SysprepLog).take(MAX_MADE) {
        // A log without stamps gives time after time: the options are those of the last one before them.
        let is_other = |topic| matches!(topic, Topic::Session | Topic::ImageBorn);
        let of_run =
            testimony.statements.iter().skip(position + 1).take_while(|other| !is_other(other.topic));
        let options = of_run.filter(|other| other.topic == Topic::CommandOption).take(MAX_OPTIONS);
        let options: Vec<&str> = options.map(|other| &*other.value).collect();
        let said = match options.is_empty() {
            true => PhraseId::SYSPREP.of([text(&line.value)]),
            false => PhraseId::SYSPREP_WITH.of([text(&line.value), text(options.join(" "))]),
        };
        let evidence = Evidence { source: testimony.source.clone(), locator: line.locator.clone() };
        let quote = Quote { evidence, value: line.quote.to_string() };
        findings.push(Finding::said(RuleId::IMAGE_MADE, said, vec![quote]));
    }
    findings
}

/// Images that were mounted for change on this computer: where an image is altered, not where it is deployed.
fn mounted(heard: &[Heard]) -> Vec<Finding> {
    let lines =
        heard.iter().flat_map(|heard| heard.testimony.on(Topic::ImageMounted).map(move |line| (heard, line)));
    let finding = |(heard, line): (&Heard, &Statement)| {
        let evidence = Evidence { source: heard.testimony.source.clone(), locator: line.locator.clone() };
        let folder = line.about.as_ref().map_or_else(|| PhraseId::A_FOLDER.of([]).into(), text);
        let said = PhraseId::MOUNTED.of([text(&line.value), folder]);
        Finding::said(RuleId::IMAGE_MOUNTED, said, vec![Quote { evidence, value: line.quote.to_string() }])
    };
    lines.take(MAX_MOUNTED).map(finding).collect()
}

fn whole(testimony: &Testimony, value: impl Into<String>) -> Quote {
    let evidence = Evidence { source: testimony.source.clone(), locator: Locator::Whole };
    Quote { evidence, value: value.into() }
}

fn partial(testimony: &Testimony) -> Option<Finding> {
    let why = testimony.partial.as_ref()?;
    let said = PhraseId::OF.of([text(&testimony.source), text(why)]);
    Some(Finding::said(RuleId::EVIDENCE_PARTIAL, said, vec![whole(testimony, why.as_str())]))
}

/// `setuperr.log` has exactly the error lines of `setupact.log`, `diagerr.xml` a row for each of them, `diagwrn.xml` one
/// for each warning.
fn differing(heard: &[Heard]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut folders: HashMap<String, Vec<&Heard>> = HashMap::new();
    for heard in heard.iter().filter(|heard| heard.testimony.partial.is_none()) {
        folders.entry(folder(heard)).or_default().push(heard);
    }
    let logs = heard
        .iter()
        .filter(|log| log.testimony.kind == PieceKind::SetupLog && log.testimony.partial.is_none());
    for log in logs.take(MAX_COMPARED) {
        let beside = folders.get(&folder(log)).into_iter().flatten().take(MAX_COMPARED);
        for other in beside {
            let Some((what, differs, other_count, own_count)) = comparison(&log.testimony, &other.testimony)
            else {
                continue;
            };
            if differs {
                let (one, two) = (text(&log.testimony.source), text(&other.testimony.source));
                let (own, others) = (text(own_count), text(other_count));
                let said = match own_count == other_count {
                    true => PhraseId::LINES_DIFFER.of([one, two, own, what.of([]).into()]),
                    false => PhraseId::COUNTS_DIFFER.of([one, own, what.of([]).into(), two, others]),
                };
                let counted = |count: u64| format!("{count} {}", what.phrase().texts.en);
                let quotes = vec![
                    whole(&log.testimony, counted(own_count)),
                    whole(&other.testimony, counted(other_count)),
                ];
                findings.push(Finding::said(RuleId::EVIDENCE_DIFFERS, said, quotes));
            }
        }
    }
    findings
}

/// The folder of a piece: what lies in it belongs together.
fn folder(heard: &Heard) -> String {
    let source = &heard.testimony.source;
    source.rsplit_once(['/', '\\']).map_or("", |(folder, _)| folder).to_owned()
}

/// What is compared, whether it differs, and both counts.
fn comparison(log: &Testimony, other: &Testimony) -> Option<(PhraseId, bool, u64, u64)> {
    let name = other.source.rsplit(['/', '\\']).next()?.to_lowercase();
    match other.kind {
        PieceKind::SetupErrors => {
            Some((PhraseId::ERRORS, log.errors != other.errors, other.errors.count, log.errors.count))
        }
        PieceKind::Rowset if name.starts_with("diagerr") => {
            let (rows, errors) = (other.errors.count, log.errors.count);
            Some((PhraseId::ERRORS, rows != errors, rows, errors))
        }
        PieceKind::Rowset if name.starts_with("diagwrn") => {
            let (rows, warnings) = (other.warnings.count, log.warnings.count);
            Some((PhraseId::WARNINGS, rows != warnings, rows, warnings))
        }
        _ => None,
    }
}

/// The replaced systems in the order of their installation, beside that of their names; and beside the number of systems
/// that their hives remember, which grows with each upgrade.
fn contradicting_order(heard: &[Heard], deployments: &[Deployment]) -> Vec<Finding> {
    let mut old: Vec<&str> = Vec::new();
    for deployment in
        deployments.iter().filter(|deployment| deployment.told_in.to_lowercase().starts_with("windows.old"))
    {
        if !deployment.begun.is_unknown() {
            old.retain(|name| *name != deployment.told_in);
            old.push(&deployment.told_in);
        }
    }
    let mut findings = Vec::new();
    if !old.is_sorted_by_key(|name| name.to_lowercase()) {
        let said = PhraseId::OLD_ORDER.of([text(old.join(", "))]);
        findings.push(Finding::said(RuleId::GENERATIONS_CONTRADICT, said, Vec::new()));
    }
    let remembered: Vec<(&str, usize)> =
        old.iter().filter_map(|name| Some((*name, remembers(heard, name)?))).collect();
    if let Some([(older, many), (newer, fewer)]) = remembered.array_windows().find(|[(_, a), (_, b)]| a > b) {
        let said = PhraseId::REMEMBERS.of([text(older), text(many), text(newer), text(fewer)]);
        findings.push(Finding::said(RuleId::GENERATIONS_CONTRADICT, said, Vec::new()));
    }
    findings
}

/// How many systems before it the hive of a replaced system remembers.
fn remembers(heard: &[Heard], generation: &str) -> Option<usize> {
    let hives = heard.iter().filter(|heard| {
        heard.testimony.kind == PieceKind::Hive && heard.place.generation.to_string() == generation
    });
    let mut keys: Vec<&str> = Vec::new();
    let mut any = false;
    for hive in hives {
        any |= hive.testimony.on(Topic::ComputerName).next().is_some();
        keys.extend(
            hive.testimony
                .on(Topic::FormerOs)
                .filter_map(|line| line.about.as_deref()?.rsplit_once(" / ").map(|(key, _)| key)),
        );
    }
    keys.sort_unstable();
    keys.dedup();
    any.then_some(keys.len())
}

#[cfg(test)]
mod tests {
    use crate::evidence::text_log::{self, Settings};

    use super::*;

    /// A run of sysprep whose lines have no stamp that is a time.
    fn sysprep(times: usize, options: usize) -> Testimony {
        let line = |words: &str| format!("2021-13-45 10:00:00, Info                  SYSPRP {words}\r\n");
        let time = line("The time is now 2020-07-31 02:39:03");
        let option = line("ParseCommands:Found supported command line option 'OOBE'");
        let log =
            [line("===  Beginning of a new sysprep run ==="), time.repeat(times), option.repeat(options)];
        text_log::read(log.concat().as_bytes(), "Sysprep/Panther/setupact.log", &Settings::default())
    }

    #[test]
    fn a_run_of_sysprep_is_told_with_its_options() {
        let found = made(&sysprep(1, 2));
        assert_eq!(found.len(), 1);
        assert!(found[0].message.ends_with("(local time) with OOBE OOBE"), "{}", found[0].message);
    }

    #[test]
    fn times_without_end_do_not_each_repeat_all_options() {
        let testimony = sysprep(3000, 3000);
        assert_eq!(testimony.on(Topic::ImageBorn).count(), 3000);
        let found = made(&testimony);
        let told: usize = found.iter().map(|finding| finding.message.len()).sum();
        assert!(found.len() <= MAX_MADE && told < 100 * MAX_MADE, "{} findings, {told} bytes", found.len());
    }
}
