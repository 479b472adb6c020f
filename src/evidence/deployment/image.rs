//! The image of a run: what its lines say of the file and of the index that was chosen.

use std::collections::BTreeMap;

use super::{Line, Topic, run::Run};
use crate::sighting::{
    Assurance, Fact, FactKey, Facts, Kind, Sighting, Value,
    deployment::{Conflict, Contradiction, Listed},
};

/// Images of a file that are listed: files of many editions hold some 10.
const MAX_LISTED: usize = 100;

/// The images of the file, by the lines in which setup repeats its XML.
pub(super) fn listed(run: &Run<'_>) -> Vec<Listed> {
    let mut images = fields(run, |_| true);
    images.values_mut().for_each(whole_version);
    images.into_iter().take(MAX_LISTED).map(|(index, facts)| Listed { index, facts }).collect()
}

/// What lines say of the images of a file, by index.
fn fields(run: &Run<'_>, wanted: impl Fn(u32) -> bool) -> BTreeMap<u32, Facts> {
    let mut images: BTreeMap<u32, Facts> = BTreeMap::new();
    for line in run.on(Topic::ImageField) {
        let Some((of, field)) = line.about().split_once(" / ") else { continue };
        if let (Ok(index), Ok(key)) = (of.parse(), field.parse::<FactKey>())
            && wanted(index)
        {
            add(images.entry(index).or_default(), key, line, line.value());
        }
    }
    images
}

/// The image that a run put on the computer, or tried to.
pub(super) fn sighting(run: &Run<'_>) -> Sighting {
    let index = index(run);
    let chosen = index.and_then(|index| fields(run, |other| other == index).remove(&index));
    let mut facts = chosen.unwrap_or_default();
    let chosen = [(Topic::ImageName, FactKey::Name), (Topic::ImageEdition, FactKey::Edition)];
    for (topic, key) in chosen {
        if let Some(line) = run.on(topic).next() {
            add(&mut facts, key, line, line.value());
        }
    }
    for line in run.on(Topic::TargetOs) {
        let key = match line.about() {
            "edition" => FactKey::Edition,
            "language" => FactKey::DefaultLanguage,
            "architecture" => FactKey::Architecture,
            "version" => FactKey::Version,
            _ => continue,
        };
        add(&mut facts, key, line, line.value());
    }
    file(run, &mut facts);
    whole_version(&mut facts);
    let assurance = Assurance::Claimed;
    Sighting { index, facts, observations: Vec::new(), assurance, contents: None }
}

/// The index that the last line on it names: earlier ones are of a choice that was taken back.
fn index(run: &Run<'_>) -> Option<u32> {
    let named = run.on(Topic::ImageIndex).filter_map(|line| line.value().parse().ok()).next_back();
    // A file with one image leaves no choice.
    named.or_else(|| {
        let of = run.on(Topic::ImageField).filter_map(|line| line.about().split_once(" / ")?.0.parse().ok());
        let all: std::collections::BTreeSet<u32> = of.collect();
        (all.len() == 1).then(|| all.first().copied()).flatten()
    })
}

/// Claims on the image that are there in two ways: a choice that was taken back, two runs in one log, or an edited log.
pub(super) fn contradictions(run: &Run<'_>, index: Option<u32>) -> Vec<Contradiction> {
    let name = |line: &&Line<'_>| match line.statement.topic {
        Topic::ImageName => true,
        Topic::ImageField => line
            .about()
            .split_once(" / ")
            .is_some_and(|(of, field)| field == "name" && index.is_some_and(|index| of.parse() == Ok(index))),
        _ => false,
    };
    let taken = path(run).map(|line| line.value().to_lowercase());
    let size = |line: &&Line<'_>| {
        line.statement.topic == Topic::ImageFileSize
            && taken.as_ref().is_none_or(|taken| line.about().to_lowercase() == *taken)
    };
    let total = |line: &&Line<'_>| {
        line.statement.topic == Topic::ImageField
            && index.is_some_and(|index| line.about() == format!("{index} / total_bytes"))
    };
    let edition = |line: &&Line<'_>| {
        line.statement.topic == Topic::ImageEdition
            || (line.statement.topic == Topic::TargetOs && line.about() == "edition")
    };
    let all = || run.lines.iter().chain(&run.beside).filter(|line| !line.value().is_empty());
    let claims: [(FactKey, Vec<&Line<'_>>); 4] = [
        (FactKey::Name, all().filter(name).collect()),
        (FactKey::FileSize, all().filter(size).collect()),
        (FactKey::TotalBytes, all().filter(total).collect()),
        (FactKey::Edition, all().filter(edition).collect()),
    ];
    claims.into_iter().filter_map(|(fact, lines)| contradiction(fact, &lines)).collect()
}

fn contradiction(fact: FactKey, lines: &[&Line<'_>]) -> Option<Contradiction> {
    let first = lines.first()?;
    let other = lines.iter().find(|line| !line.value().eq_ignore_ascii_case(first.value()))?;
    let what = Conflict::Claims(fact, first.value().to_owned(), other.value().to_owned());
    Some(Contradiction { what, on: vec![first.citation(), other.citation()] })
}

/// The path of the image file: the last one that is named, for that is the one that was taken.
pub(super) fn path<'r, 'w>(run: &'r Run<'w>) -> Option<&'r Line<'w>> {
    run.last(Topic::InstallFile)
}

/// What is said of the file: of the one that was taken, else of the only one.
fn file(run: &Run<'_>, facts: &mut Facts) {
    let taken = path(run).map(|line| line.value().to_lowercase());
    for (topic, key) in [(Topic::ImageFileSize, FactKey::FileSize), (Topic::ImageCount, FactKey::ImageCount)]
    {
        let of_taken =
            |line: &&Line<'_>| taken.as_ref().is_none_or(|taken| line.about().to_lowercase() == *taken);
        let mut on: Vec<&Line<'_>> = run.on(topic).filter(of_taken).collect();
        if on.is_empty() {
            on = run.on(topic).collect();
        }
        if let Some(line) = on.last() {
            add(facts, key, line, line.value());
        }
    }
}

/// The first line on a fact counts.
fn add(facts: &mut Facts, key: FactKey, line: &Line<'_>, text: &str) {
    let text = text.trim();
    let value = match key.kind() {
        Kind::Number => text.parse().ok().map(Value::Number),
        Kind::Text if key == FactKey::Architecture => Some(Value::Text(architecture(text).to_owned())),
        Kind::Text => (!text.is_empty()).then(|| Value::Text(text.to_owned())),
        Kind::Digest | Kind::Time | Kind::List => None,
    };
    if let Some(value) = value {
        facts.entry(key).or_insert_with(|| Fact { value, evidence: line.evidence() });
    }
}

/// Setup of WinPE gives the number of the XML, that of a running system a word.
fn architecture(text: &str) -> &str {
    let words = BTreeMap::from([("0", "x86"), ("5", "arm"), ("9", "x64"), ("12", "arm64"), ("amd64", "x64")]);
    words.get(text).copied().unwrap_or(text)
}

/// Adds the revision to a version that lacks it, and the build that the version holds. Setup of a running system writes
/// zero for a revision that it does not know: such a version is no claim on more than the build.
fn whole_version(facts: &mut Facts) {
    let Some(Fact { value: Value::Text(version), evidence }) = facts.get(&FactKey::Version).cloned() else {
        return;
    };
    let parts: Vec<&str> = version.split('.').collect();
    if let Some(build) = parts.get(2).and_then(|build| build.parse().ok()) {
        let build = Fact { value: Value::Number(build), evidence: evidence.clone() };
        facts.entry(FactKey::Build).or_insert(build);
    }
    if parts.get(3).is_some_and(|revision| *revision != "0") {
        return;
    }
    facts.remove(&FactKey::Version);
    if let (Some(Fact { value: Value::Number(revision @ 1..), .. }), [major, minor, build, ..]) =
        (facts.get(&FactKey::SpBuild), parts.as_slice())
    {
        let value = Value::Text(format!("{major}.{minor}.{build}.{revision}"));
        facts.insert(FactKey::Version, Fact { value, evidence });
    }
}
