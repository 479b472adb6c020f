//! Systems that no log of setup tells of: those that hives remember, and those that are there.

use super::{Channels, Generation, Line, PieceKind, Present, Topic, Traces, Witness, agents, generations};
use crate::sighting::{
    Assurance, Fact, FactKey, Facts, Sighting, Value,
    deployment::{Aspect, Deployment, DeploymentKind, Moment, Outcome, Told},
};

/// Adds a deployment for each system on the disk that no run tells of, and what hives and event logs say to those that
/// are told.
pub(super) fn add(
    deployments: &mut Vec<Deployment>,
    witnesses: &[Witness<'_>],
    channels: &Channels,
    present: &[Present],
) {
    let systems = generations(witnesses);
    for generation in &systems {
        let lines: Vec<Line<'_>> = witnesses
            .iter()
            .filter(|witness| witness.place().generation == *generation)
            .flat_map(Witness::lines)
            .collect();
        let installed = installed(&lines);
        let told_in = generation.to_string();
        let told = deployments.iter_mut().rev().find(|deployment| deployment.told_in == told_in);
        if let Some(deployment) = told {
            complete(deployment, &lines, installed);
            continue;
        }
        let mut deployment = inherited(told_in, &lines, installed);
        let present = present.iter().filter(|file| file.generation == *generation).collect();
        let traces = Traces { lines, present };
        deployment.channels = channels.of(&traces);
        deployment.agents = agents(channels, &traces, generation);
        deployments.push(deployment);
    }
    // A system was replaced: another one did that, whether or not anything of it is at hand.
    let replaced = systems.iter().any(|generation| matches!(generation, Generation::Old(_)));
    if replaced && !systems.contains(&Generation::Live) {
        deployments.push(inherited(Generation::Live.to_string(), &[], None));
    }
}

/// Edition, version and build as the hive `SOFTWARE` of a system names them.
fn installed(lines: &[Line<'_>]) -> Option<(Told, Facts)> {
    let of_system = |line: &&Line<'_>| line.statement.topic == Topic::InstalledOs;
    let values: Vec<&Line<'_>> = lines.iter().filter(of_system).collect();
    let find = |names: &[&str]| {
        names
            .iter()
            .find_map(|name| values.iter().find(|line| line.about().eq_ignore_ascii_case(name)).copied())
    };
    let (product, edition) = (find(&["ProductName"]), find(&["EditionID"]));
    let (build, revision) = (find(&["CurrentBuild", "CurrentBuildNumber"]), find(&["UBR"]));
    let site = find(&["EditionSubVersion"]);
    let named = [product, edition, build, revision, site].into_iter().flatten();
    let value = named.clone().map(|line| line.value().to_owned()).collect::<Vec<_>>().join(" ");
    let mut facts = Facts::new();
    let mut add = |key, line: Option<&Line<'_>>, value: Option<Value>| {
        if let (Some(line), Some(value)) = (line, value) {
            facts.insert(key, Fact { value, evidence: line.evidence() });
        }
    };
    add(FactKey::Edition, edition, edition.map(|line| Value::Text(line.value().to_owned())));
    add(FactKey::Build, build, build.and_then(|line| line.value().parse().ok()).map(Value::Number));
    add(FactKey::SpBuild, revision, revision.and_then(|line| line.value().parse().ok()).map(Value::Number));
    let on: Vec<_> = named.map(Line::citation).collect();
    (!on.is_empty()).then_some((Told { value, on }, facts))
}

fn complete(deployment: &mut Deployment, lines: &[Line<'_>], installed: Option<(Told, Facts)>) {
    if let Some((told, _)) = installed {
        deployment.aspects.entry(Aspect::ToOs).or_insert(told);
    }
    for (aspect, told) in hosts(lines) {
        deployment.aspects.entry(aspect).or_insert(told);
    }
}

/// What the newest of the upgrades that a hive remembers came from, and what event logs say of the last installation.
fn hosts(lines: &[Line<'_>]) -> Vec<(Aspect, Told)> {
    let mut aspects = Vec::new();
    let events = |topic: Topic| {
        let of_topic = lines.iter().filter(move |line| {
            line.statement.topic == topic && line.witness.testimony().kind == PieceKind::EventLog
        });
        let values: Vec<&Line<'_>> = of_topic.collect();
        let value = values.iter().map(|line| line.value()).collect::<Vec<_>>().join(" ");
        (!values.is_empty())
            .then(|| Told { value, on: values.iter().take(4).map(|line| line.citation()).collect() })
    };
    aspects.extend(events(Topic::SourceOs).map(|told| (Aspect::FromOs, told)));
    let former: Vec<&Line<'_>> =
        lines.iter().filter(|line| line.statement.topic == Topic::FormerOs).collect();
    if let Some(last) =
        former.iter().filter_map(|line| line.about().rsplit_once(" / ")).map(|(key, _)| key).next_back()
    {
        let of_last: Vec<_> = former.iter().filter(|line| line.about().starts_with(last)).collect();
        let wanted = ["ProductName", "EditionID", "CurrentBuild", "UBR"];
        let value = wanted
            .iter()
            .filter_map(|name| of_last.iter().find(|line| line.about().ends_with(&format!(" / {name}"))));
        let value = value.map(|line| line.value().to_owned()).collect::<Vec<_>>().join(" ");
        let on: Vec<_> = of_last.iter().take(4).map(|line| line.citation()).collect();
        if !value.is_empty() {
            aspects.push((Aspect::FromOs, Told { value: format!("{value} ({last})"), on }));
        }
    }
    if let Some(line) = lines.iter().find(|line| line.statement.topic == Topic::ComputerName) {
        aspects.push((Aspect::Computer, line.told(line.value())));
    }
    aspects
}

fn inherited(told_in: String, lines: &[Line<'_>], installed: Option<(Told, Facts)>) -> Deployment {
    let (told, facts) = installed.map_or((None, Facts::new()), |(told, facts)| (Some(told), facts));
    let (observations, assurance) = (Vec::new(), Assurance::Claimed);
    let sighting = Sighting { index: None, facts, observations, assurance, contents: None };
    let mut deployment = Deployment {
        number: 0,
        kind: DeploymentKind::Inherited,
        outcome: if lines.is_empty() { Outcome::Unknown } else { Outcome::Succeeded },
        begun: installed_at(lines),
        ended: Moment::default(),
        told_in,
        aspects: told.into_iter().map(|told| (Aspect::ToOs, told)).collect(),
        phases: Vec::new(),
        channels: Vec::new(),
        agents: Vec::new(),
        sighting,
        missing: Vec::new(),
    };
    for (aspect, told) in hosts(lines) {
        deployment.aspects.entry(aspect).or_insert(told);
    }
    deployment
}

/// The time of installation that the hive `SOFTWARE` keeps.
fn installed_at(lines: &[Line<'_>]) -> Moment {
    let mut times = lines.iter().filter(|line| {
        line.statement.topic == Topic::InstalledOs && matches!(line.about(), "InstallTime" | "InstallDate")
    });
    let utc = times.find_map(|line| chrono::DateTime::parse_from_rfc3339(line.value()).ok());
    Moment { local: None, utc: utc.map(|at| at.to_utc()), known: utc.map(|_| "direct") }
}
