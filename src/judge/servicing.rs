//! Judges what logs of the servicing stack tell of a system, and whether an image carried the corruption.

use std::{collections::BTreeSet, fmt::Display};

use super::{Argument, Finding, PhraseId, Quote, RuleId, Said, phrase::text};
use crate::{
    evidence::{
        collection::Role,
        deployment::Heard,
        servicing::{
            CheckSeen, Code, Corrupt, Failure, FailureSeen, ReleaseKind, RepairSeen, Stored, StoredFiles,
            System, Weight, release_of_package,
        },
        statement::PieceKind,
    },
    sighting::{Evidence, Locator, deployment::Citation},
};

/// Quotations of one finding; the report has all items with theirs.
const MAX_QUOTES: usize = 20;

/// Numbers of checks that do not fit, told one by one, of the last checks first.
const MAX_ODD: usize = 50;

/// Failures that are told one by one.
const MAX_FAILURES: usize = 50;

/// A system, with what images hold of its corrupt files.
#[derive(Debug)]
pub struct Examined {
    /// What its logs say.
    pub system: System,
    /// The images, in the order in which they were given.
    pub images: Vec<StoredFiles>,
}

/// What an image holds in the place of a corrupt file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum InImage {
    /// The same corrupt bytes; or, where the log tells no hashes, other bytes than its manifest says.
    Corrupt,
    /// The bytes that the manifest says.
    Sound,
    /// Other bytes than both.
    Other,
    /// No such file.
    Absent,
    /// It cannot be told.
    Unknown,
}

impl InImage {
    /// The stable name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Corrupt => "corrupt",
            Self::Sound => "sound",
            Self::Other => "other",
            Self::Absent => "absent",
            Self::Unknown => "unknown",
        }
    }

    /// Compares what an image holds with the hashes that the log tells; without them, with its own manifest.
    pub fn of(corrupt: &Corrupt, stored: &Stored) -> Self {
        let Stored::Held { sha256, manifest } = stored else {
            return if *stored == Stored::Absent { Self::Absent } else { Self::Unknown };
        };
        match (&corrupt.hashes, manifest) {
            (Some(hashes), _) if stored.is(&hashes.expected) => Self::Sound,
            (Some(hashes), _) if *sha256 == hashes.actual => Self::Corrupt,
            (Some(_), _) => Self::Other,
            (None, Some(manifest)) if stored.is(manifest) => Self::Sound,
            (None, Some(_)) => Self::Corrupt,
            (None, None) => Self::Unknown,
        }
    }
}

/// When a file broke.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// An image that was given carries the corruption.
    Birth,
    /// No image that was given carries it, and one holds the file as it should be.
    Later,
    /// The images do not tell.
    Unknown,
}

impl Origin {
    /// The stable name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Birth => "birth",
            Self::Later => "later",
            Self::Unknown => "unknown",
        }
    }
}

/// How many of the corrupt files are what in an image.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Score {
    /// Corrupt files that were looked for.
    pub files: u64,
    /// [`InImage::Corrupt`].
    pub corrupt: u64,
    /// [`InImage::Sound`]: what a repair could take from it.
    pub sound: u64,
    /// [`InImage::Other`].
    pub other: u64,
    /// [`InImage::Absent`].
    pub absent: u64,
    /// [`InImage::Unknown`].
    pub unknown: u64,
}

impl Examined {
    /// What an image holds in the place of each corrupt file; `None` for what is no file.
    pub fn in_image<'e>(
        &'e self,
        image: &'e StoredFiles,
    ) -> impl Iterator<Item = (&'e Corrupt, Option<InImage>)> {
        let stored = image.files.as_deref().unwrap_or_default();
        self.system.corrupt.iter().enumerate().map(|(at, corrupt)| {
            let stored = stored.get(at).and_then(Option::as_ref);
            (corrupt, stored.map(|stored| InImage::of(corrupt, stored)))
        })
    }

    /// The score of an image.
    pub fn score(&self, image: &StoredFiles) -> Score {
        let mut score = Score::default();
        for state in self.in_image(image).filter_map(|(_, state)| state) {
            score.files += 1;
            let counted = match state {
                InImage::Corrupt => &mut score.corrupt,
                InImage::Sound => &mut score.sound,
                InImage::Other => &mut score.other,
                InImage::Absent => &mut score.absent,
                InImage::Unknown => &mut score.unknown,
            };
            *counted += 1;
        }
        score
    }

    /// When the corrupt files broke, in their order; by all images that were given.
    pub fn origins(&self) -> Vec<Origin> {
        let mut origins = vec![Origin::Unknown; self.system.corrupt.len()];
        for image in &self.images {
            for (origin, (_, state)) in origins.iter_mut().zip(self.in_image(image)) {
                *origin = match (state, *origin) {
                    (Some(InImage::Corrupt), _) => Origin::Birth,
                    (Some(InImage::Sound), Origin::Unknown) => Origin::Later,
                    (_, known) => known,
                };
            }
        }
        origins
    }
}

/// What is to be said of the systems; and of files that are called logs and are none.
pub fn findings(examined: &[Examined], heard: &[Heard]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for examined in examined {
        let system = &examined.system;
        findings.extend(of_checks(system));
        findings.extend(of_failures(&system.failures));
        findings.extend(of_rollups(system));
        findings.extend(system.repairs.iter().filter_map(of_repair));
        findings.extend(of_files(system));
        findings.extend(of_clients(system));
        for image in &examined.images {
            findings.extend(of_image(examined, image));
        }
    }
    findings.extend(heard.iter().filter_map(no_log));
    findings.sort_by_key(|finding| (std::cmp::Reverse(finding.severity), finding.rule));
    findings
}

fn quotes<'c>(citations: impl IntoIterator<Item = &'c Citation>) -> Vec<Quote> {
    let quote = |citation: &Citation| Quote {
        evidence: citation.evidence.clone(),
        value: citation.quote.to_string(),
    };
    citations.into_iter().take(MAX_QUOTES).map(quote).collect()
}

fn or_not_said(value: Option<impl Display>) -> Argument {
    value.map_or_else(|| PhraseId::NOT_SAID.of([]).into(), text)
}

/// The last check, and whether each check fits itself.
fn of_checks(system: &System) -> Vec<Finding> {
    let mut findings: Vec<Finding> = system.checks.iter().rev().flat_map(of_numbers).take(MAX_ODD).collect();
    let Some(CheckSeen { check, on, .. }) = system.checks.last() else { return findings };
    let operation = || or_not_said(check.operation.as_deref());
    let listed = check.listed > 0 && check.detected.is_none();
    let detected = check.detected.or(listed.then_some(check.listed));
    let finding =
        match (detected, detected.map(|found| found.saturating_sub(check.repaired.unwrap_or_default()))) {
            (Some(0), _) => {
                Finding::said(RuleId::STORE_SOUND, PhraseId::STORE_SOUND.of([operation()]), quotes(on))
            }
            (Some(found), Some(0)) => {
                Finding::said(RuleId::STORE_REPAIRED, PhraseId::STORE_REPAIRED.of([text(found)]), quotes(on))
            }
            (Some(found), Some(left)) => {
                let (result, step) = (or_not_said(check.result), or_not_said(check.last_step.as_deref()));
                let said = PhraseId::STORE_CORRUPT.of([text(left), text(found), operation(), result, step]);
                Finding::said(RuleId::STORE_CORRUPT, said, quotes(on))
            }
            _ => return findings,
        };
    findings.push(finding);
    findings.extend(without_replacement(system, check.result));
    findings
}

fn without_replacement(system: &System, result: Option<Code>) -> Option<Finding> {
    let left = || system.corrupt.iter().filter(|corrupt| !corrupt.repaired && corrupt.no_replacement);
    let blocked = result.is_some_and(Code::is_source_missing);
    (left().count() > 0 || (blocked && !system.corrupt.is_empty())).then(|| {
        let said = PhraseId::NO_REPLACEMENT.of([text(left().count()), or_not_said(result)]);
        Finding::said(RuleId::REPAIR_BLOCKED, said, quotes(left().filter_map(|corrupt| corrupt.on.first())))
    })
}

/// Whether totals are the sums of their parts, and whether there is a line for each corruption.
fn of_numbers(seen: &CheckSeen) -> Vec<Finding> {
    let CheckSeen { check, on, .. } = seen;
    let mut findings = Vec::new();
    if check.adds_up() == Some(false) {
        let parts = |parts: &[Option<u64>]| -> String {
            let parts: Vec<String> =
                parts.iter().map(|part| part.map_or("?".to_owned(), |n| n.to_string())).collect();
            parts.join(" + ")
        };
        let (detected, repaired) = (or_not_said(check.detected), or_not_said(check.repaired));
        let of = [detected, repaired, text(parts(&check.corruption)), text(parts(&check.repairs))];
        findings.push(Finding::said(RuleId::CHECK_SUMS, PhraseId::CHECK_SUMS.of(of), quotes(on)));
    }
    if let Some(detected) = check.detected.filter(|detected| *detected != check.listed) {
        let said = PhraseId::CHECK_CUT.of([text(detected), text(check.listed)]);
        findings.push(Finding::said(RuleId::CHECK_CUT, said, quotes(on)));
    }
    findings
}

/// The update that a package brings, named.
fn named(package: Option<&str>, kb: Option<&str>) -> Argument {
    let release = package.and_then(release_of_package);
    let name = kb.or_else(|| release?.kb).or(package).unwrap_or_default();
    let Some(release) = release else {
        let named = package.filter(|package| *package != name);
        return text(named.map_or(name.to_owned(), |package| format!("{name} ({package})")));
    };
    let kind = match release.kind {
        ReleaseKind::First => PhraseId::RELEASE_FIRST,
        ReleaseKind::Security => PhraseId::RELEASE_SECURITY,
        ReleaseKind::Preview => PhraseId::RELEASE_PREVIEW,
        ReleaseKind::OutOfBand => PhraseId::RELEASE_OUT_OF_BAND,
    };
    let build = format!("{}.{}", release.build, release.revision);
    PhraseId::RELEASE.of([text(name), text(build), text(release.date), kind.of([]).into()]).into()
}

fn of_failures(failures: &[FailureSeen]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let left = || failures.iter().filter(|seen| !seen.failure.overcome);
    let ended: BTreeSet<Code> =
        left().filter(|seen| seen.failure.ended > 0).map(|seen| seen.failure.code).collect();
    // Codes that sound systems meet every day say nothing alone; lines on the way to a failed package say no more.
    let says_nothing = |failure: &Failure| match failure.ended {
        0 => ended.contains(&failure.code),
        times => times < 2 && failure.code.weight() == Weight::Common,
    };
    let telling = left().filter(|seen| !says_nothing(&seen.failure));
    for FailureSeen { failure, on } in telling.take(MAX_FAILURES) {
        let (weight, package) = (failure.code.weight(), failure.package.as_deref());
        let name = || named(package, failure.kb.as_deref());
        let code = || text(failure.code);
        let said = match (failure.ended, package) {
            (0, None) => PhraseId::LINES_SAY.of([text(failure.count), code()]),
            (0, Some(_)) => PhraseId::LINES_SAY_OF.of([text(failure.count), code(), name()]),
            (times, _) => PhraseId::UPDATE_FAILED.of([name(), text(times), code()]),
        };
        let rule = if weight == Weight::Damage { RuleId::UPDATE_BLOCKED } else { RuleId::UPDATE_FAILED };
        findings.push(Finding::said(rule, said, quotes(on)));
    }
    findings
}

/// Cumulative updates that are previews.
fn of_rollups(system: &System) -> Vec<Finding> {
    let previews = system.rollups.iter().filter(|(package, _)| {
        release_of_package(package).is_some_and(|release| release.kind == ReleaseKind::Preview)
    });
    let findings = previews.map(|(package, citation)| {
        let said = PhraseId::MENTIONED.of([named(Some(package), None)]);
        Finding::said(RuleId::PREVIEW_UPDATE, said, quotes(citation))
    });
    findings.collect()
}

fn of_repair(seen: &RepairSeen) -> Option<Finding> {
    let code = seen.repair.code?;
    let said = match &seen.repair.source {
        Some(source) if code.is_source_missing() => PhraseId::SOURCE_LACKS.of([text(source), text(code)]),
        None if code.is_source_missing() => PhraseId::NO_SOURCE.of([text(code)]),
        _ => PhraseId::REPAIR_FAILED.of([text(code)]),
    };
    Some(Finding::said(RuleId::SOURCE_LACKS, said, quotes(&seen.on)))
}

/// Files that other parts of Windows found corrupt.
fn of_files(system: &System) -> Vec<Finding> {
    let list = |rule: RuleId, files: &[&Corrupt]| {
        let first = files.first()?;
        let name = first.file.as_deref().unwrap_or(&first.component);
        let on = quotes(files.iter().filter_map(|file| file.on.first()));
        Some(Finding::said(rule, PhraseId::FILES.of([text(files.len()), text(name)]), on))
    };
    // A check that found nothing came later, or saw them sound.
    let sound = system.checks.last().is_some_and(|seen| seen.check.detected == Some(0));
    let members: Vec<&Corrupt> = system.unrepaired_members.iter().filter(|_| !sound).collect();
    let drivers: Vec<&Corrupt> = system.drivers.iter().filter(|driver| !driver.repaired).collect();
    let unapplied: Vec<&Corrupt> = system.unapplied.iter().collect();
    let findings = [
        list(RuleId::FILES_UNREPAIRED, &members),
        list(RuleId::DRIVERS_CORRUPT, &drivers),
        list(RuleId::DELTA_UNAPPLIED, &unapplied),
    ];
    findings.into_iter().flatten().collect()
}

fn of_clients(system: &System) -> Option<Finding> {
    let names: Vec<String> =
        system.clients.iter().map(|(name, (count, _))| format!("{name} ({count})")).collect();
    let on = system.clients.values().filter_map(|(_, citation)| citation.as_ref());
    (!names.is_empty()).then(|| {
        let said = PhraseId::CLIENTS.of([text(names.join(", "))]);
        Finding::said(RuleId::SERVICING_CLIENTS, said, quotes(on))
    })
}

/// A file with the name of a log of servicing that is none. An empty one is of no interest.
fn no_log(heard: &Heard) -> Option<Finding> {
    let testimony = &heard.testimony;
    let is_other = testimony.kind == PieceKind::Other && testimony.partial.is_none() && testimony.size > 0;
    (matches!(heard.place.role, Role::Cbs | Role::Dism) && is_other).then(|| {
        let evidence = Evidence { source: testimony.source.clone(), locator: Locator::Whole };
        let said = PhraseId::NO_LOG.of([text(&testimony.source)]);
        Finding::said(RuleId::NO_SERVICING_LOG, said, vec![Quote { evidence, value: String::new() }])
    })
}

/// What an image says of the corruption.
fn of_image(examined: &Examined, image: &StoredFiles) -> Vec<Finding> {
    let name = || text(&image.image);
    if let Err(why) = &image.files {
        let said: Said = PhraseId::IMAGE_UNREAD.of([name(), text(why)]);
        let evidence = Evidence { source: image.image.as_str().into(), locator: Locator::Whole };
        return vec![Finding::said(RuleId::IMAGE_UNREAD, said, vec![Quote { evidence, value: why.clone() }])];
    }
    let score = examined.score(image);
    if score.files == 0 {
        return Vec::new();
    }
    let on = |wanted: InImage| {
        let of = examined.in_image(image).filter(move |(_, state)| *state == Some(wanted));
        quotes(of.filter_map(|(corrupt, _)| corrupt.on.last()))
    };
    let all = || text(score.files);
    let by_hash = examined
        .in_image(image)
        .any(|(corrupt, state)| state == Some(InImage::Corrupt) && corrupt.hashes.is_some());
    let mut findings = Vec::new();
    if score.corrupt > 0 {
        let phrase = if by_hash { PhraseId::AT_BIRTH } else { PhraseId::AT_BIRTH_BY_MANIFEST };
        let said = phrase.of([text(score.corrupt), all(), name()]);
        findings.push(Finding::said(RuleId::CORRUPT_AT_BIRTH, said, on(InImage::Corrupt)));
    }
    // What another image carries did not break later.
    let origins = examined.origins();
    let states = examined.in_image(image).zip(&origins);
    let later: Vec<&Corrupt> = states
        .filter(|((_, state), origin)| *state == Some(InImage::Sound) && **origin == Origin::Later)
        .map(|((corrupt, _), _)| corrupt)
        .collect();
    if !later.is_empty() {
        let said = PhraseId::BROKEN_LATER.of([text(later.len()), all(), name()]);
        let on = quotes(later.iter().filter_map(|corrupt| corrupt.on.last()));
        findings.push(Finding::said(RuleId::BROKEN_LATER, said, on));
    }
    if score.other + score.absent + score.unknown > 0 {
        let said = PhraseId::NOT_ATTRIBUTED.of([
            all(),
            text(score.absent),
            name(),
            text(score.other),
            text(score.unknown),
        ]);
        findings.push(Finding::said(RuleId::NOT_ATTRIBUTED, said, on(InImage::Other)));
    }
    let said = PhraseId::COULD_REPAIR.of([name(), text(score.sound), all()]);
    findings.push(Finding::said(RuleId::COULD_REPAIR, said, Vec::new()));
    findings
}
