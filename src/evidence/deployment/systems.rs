//! Systems that no log of setup tells of: those that hives remember, and those that are there.

use chrono::TimeDelta;

use super::{
    Channels, Generation, Line, PieceKind, Present, Topic, Traces, Witness, agents, generations, order,
};
use crate::sighting::{
    Assurance, Fact, FactKey, Facts, Sighting, Value,
    deployment::{Aspect, Conflict, Contradiction, Deployment, DeploymentKind, Moment, Outcome, Told},
};

/// How far the time in a hive, local in an unknown zone, may lie beside the begin of a run that it tells of: upgrades take
/// hours.
const SAME_UPGRADE: TimeDelta = TimeDelta::days(2);

/// Adds a deployment for each system that no run tells of, and what hives and event logs say to those that are told.
pub(super) fn add(
    deployments: &mut Vec<Deployment>,
    witnesses: &[Witness<'_>],
    channels: &Channels,
    present: &[Present],
) {
    let systems = generations(witnesses);
    for generation in &systems {
        let system = System::of(generation, witnesses);
        system.add_upgrades(deployments);
        let last = deployments.iter_mut().rev().find(|deployment| deployment.told_in == system.told_in);
        if let Some(deployment) = last {
            system.complete(deployment);
        } else if *generation != Generation::Loose || system.installed().is_some() {
            let mut deployment = system.inherited();
            let present = present.iter().filter(|file| file.generation == *generation).collect();
            let traces = Traces { lines: system.lines, present };
            deployment.channels = channels.of(&traces);
            deployment.agents = agents(channels, &traces, generation);
            deployments.push(deployment);
        }
    }
    // A system was replaced: another one did that, whether or not anything of it is at hand.
    let replaced = systems.iter().any(|generation| matches!(generation, Generation::Old(_)));
    if replaced && !systems.contains(&Generation::Live) {
        deployments.push(System::of(&Generation::Live, &[]).inherited());
    }
}

/// A system on the disk, and all that is said in its folder.
struct System<'w> {
    told_in: String,
    lines: Vec<Line<'w>>,
}

impl<'w> System<'w> {
    fn of(generation: &Generation, witnesses: &'w [Witness<'w>]) -> Self {
        let own = witnesses.iter().filter(|witness| witness.place().generation == *generation);
        Self { told_in: generation.to_string(), lines: own.flat_map(Witness::lines).collect() }
    }

    fn on(&self, topic: Topic) -> impl Iterator<Item = &Line<'w>> {
        self.lines.iter().filter(move |line| line.statement.topic == topic)
    }

    /// The systems before this one that its hive remembers, oldest first: the name of the key, and its lines.
    fn former(&self) -> Vec<(&str, Vec<&Line<'w>>)> {
        let mut former: Vec<(&str, Vec<&Line<'w>>)> = Vec::new();
        for line in self.on(Topic::FormerOs) {
            let key = line.about().rsplit_once(" / ").map_or("", |(key, _)| key);
            match former.iter_mut().find(|(other, _)| *other == key) {
                Some((_, lines)) => lines.push(line),
                None => former.push((key, vec![line])),
            }
        }
        former
    }

    /// Each upgrade that the hive remembers: a deployment, unless a run tells of it.
    fn add_upgrades(&self, deployments: &mut Vec<Deployment>) {
        let former = self.former();
        for (position, (key, lines)) in former.iter().enumerate() {
            let Some(from) = identity(lines, &format!(" ({key})")) else { continue };
            let begun = lines.first().map(|line| line.moment()).unwrap_or_default();
            let same = deployments.iter_mut().find(|deployment| is_near(&deployment.begun, &begun));
            if let Some(run) = same {
                run.aspects
                    .entry(Aspect::FromOs)
                    .and_modify(|told| told.on.extend(from.on.clone()))
                    .or_insert(from);
                continue;
            }
            let next = former.get(position + 1).and_then(|(_, lines)| identity(lines, ""));
            let to = next.or_else(|| self.installed().map(|(told, _)| told));
            let aspects = [(Aspect::FromOs, Some(from)), (Aspect::ToOs, to)];
            let aspects = aspects.into_iter().filter_map(|(aspect, told)| Some((aspect, told?))).collect();
            deployments.push(Deployment {
                begun,
                aspects,
                outcome: Outcome::Succeeded,
                ..self.blank(Facts::new())
            });
        }
    }

    /// Edition, version and build as the hive `SOFTWARE` names them.
    fn installed(&self) -> Option<(Told, Facts)> {
        let lines: Vec<&Line<'w>> = self.on(Topic::InstalledOs).collect();
        let told = identity(&lines, "")?;
        let mut facts = Facts::new();
        for (name, key) in
            [("EditionID", FactKey::Edition), ("CurrentBuild", FactKey::Build), ("UBR", FactKey::SpBuild)]
        {
            let Some(line) = lines.iter().find(|line| line.about().eq_ignore_ascii_case(name)) else {
                continue;
            };
            let number = || line.value().parse().ok().map(Value::Number);
            let text = || Some(Value::Text(line.value().to_owned()));
            if let Some(value) = if key == FactKey::Edition { text() } else { number() } {
                facts.insert(key, Fact { value, evidence: line.evidence() });
            }
        }
        Some((told, facts))
    }

    /// What hive and event logs of the system add to the deployment that made it.
    fn complete(&self, deployment: &mut Deployment) {
        if let Some((told, facts)) = self.installed() {
            deployment.contradictions.extend(another_system(deployment, &told, &facts));
            deployment.aspects.entry(Aspect::ToOs).or_insert(told);
        }
        for (aspect, told) in self.hosts() {
            deployment.aspects.entry(aspect).or_insert(told);
        }
    }

    /// What event logs say of the last installation, and the name of the computer.
    fn hosts(&self) -> Vec<(Aspect, Told)> {
        let mut aspects = Vec::new();
        for (topic, aspect) in [(Topic::SourceOs, Aspect::FromOs), (Topic::TargetOs, Aspect::ToOs)] {
            let events = self.on(topic).filter(|line| line.witness.testimony().kind == PieceKind::EventLog);
            let events: Vec<&Line<'w>> = events.collect();
            let value = events.iter().map(|line| line.value()).collect::<Vec<_>>().join(" ");
            let on: Vec<_> = events.iter().take(4).map(|line| line.citation()).collect();
            if !on.is_empty() {
                aspects.push((aspect, Told { value, value_zh: None, on }));
            }
        }
        let born: Vec<&Line<'w>> = self.on(Topic::ImageBorn).collect();
        if let Some(first) = born.first() {
            let on = born.iter().take(4).map(|line| line.citation()).collect();
            aspects.push((Aspect::ImageBorn, Told { value: first.value().to_owned(), value_zh: None, on }));
        }
        let failed: Vec<&Line<'w>> =
            self.on(Topic::FailedAttempt).filter(|line| line.value() != "0").collect();
        if !failed.is_empty() {
            let value = failed.iter().map(|line| match line.about() {
                "" => line.value().to_owned(),
                about => format!("{about}: {}", line.value()),
            });
            let value = value.collect::<Vec<_>>().join("; ");
            let on = failed.iter().take(4).map(|line| line.citation()).collect();
            aspects.push((Aspect::FailedAttempts, Told { value, value_zh: None, on }));
        }
        aspects.extend(
            self.on(Topic::ComputerName).next().map(|line| (Aspect::Computer, line.told(line.value()))),
        );
        aspects
    }

    /// The deployment of a system that no run and no upgrade tells of.
    fn inherited(&self) -> Deployment {
        let (told, facts) =
            self.installed().map_or((None, Facts::new()), |(told, facts)| (Some(told), facts));
        let mut deployment = Deployment { begun: self.installed_at(), ..self.blank(facts) };
        deployment.aspects.extend(told.map(|told| (Aspect::ToOs, told)));
        if !self.lines.is_empty() {
            deployment.outcome = Outcome::Succeeded;
        }
        for (aspect, told) in self.hosts() {
            deployment.aspects.entry(aspect).or_insert(told);
        }
        deployment
    }

    /// The time of installation that the hive `SOFTWARE` keeps, after an upgrade that of the upgrade; else when setup
    /// wrote its event.
    fn installed_at(&self) -> Moment {
        let mut times =
            self.on(Topic::InstalledOs).filter(|line| matches!(line.about(), "InstallTime" | "InstallDate"));
        let utc = times.find_map(|line| chrono::DateTime::parse_from_rfc3339(line.value()).ok());
        let kept = Moment { local: None, utc: utc.map(|at| at.to_utc()), known: utc.map(|_| "direct") };
        let event = |line: &&Line<'w>| line.witness.testimony().kind == PieceKind::EventLog;
        let events = self.on(Topic::TargetOs).chain(self.on(Topic::SourceOs)).filter(event).map(Line::moment);
        if kept.is_unknown() { events.into_iter().next().unwrap_or_default() } else { kept }
    }

    fn blank(&self, facts: Facts) -> Deployment {
        let (observations, assurance) = (Vec::new(), Assurance::Claimed);
        Deployment {
            number: 0,
            kind: DeploymentKind::Inherited,
            outcome: Outcome::Unknown,
            begun: Moment::default(),
            ended: Moment::default(),
            told_in: self.told_in.clone(),
            aspects: std::collections::BTreeMap::new(),
            phases: Vec::new(),
            channels: Vec::new(),
            agents: Vec::new(),
            contradictions: Vec::new(),
            sighting: Sighting { index: None, facts, observations, assurance, contents: None },
            listed: Vec::new(),
            missing: Vec::new(),
        }
    }
}

/// A system by the values of its key `CurrentVersion`, which stand at the end of what each line is about.
fn identity(lines: &[&Line<'_>], suffix: &str) -> Option<Told> {
    const NAMES: [&str; 5] = ["ProductName", "EditionID", "CurrentBuild", "UBR", "EditionSubVersion"];
    let name = |line: &Line<'_>| line.about().rsplit(" / ").next().unwrap_or_default().to_owned();
    let found =
        NAMES.iter().filter_map(|wanted| lines.iter().find(|line| name(line).eq_ignore_ascii_case(wanted)));
    let found: Vec<&&Line<'_>> = found.collect();
    let value = found.iter().map(|line| line.value()).collect::<Vec<_>>().join(" ");
    let on: Vec<_> = found.iter().map(|line| line.citation()).collect();
    (!on.is_empty()).then(|| Told { value: format!("{value}{suffix}"), value_zh: None, on })
}

/// Whether the system in the folder is another than the one that the deployment installed: its updates change the
/// revision, not edition and build.
fn another_system(deployment: &Deployment, told: &Told, installed: &Facts) -> Option<Contradiction> {
    let seen = &deployment.sighting.facts;
    let differs = |key: FactKey| {
        let (seen, installed) = (&seen.get(&key)?.value, &installed.get(&key)?.value);
        let same = seen.to_string().eq_ignore_ascii_case(&installed.to_string());
        (!same).then(|| (key, seen.to_string(), installed.to_string()))
    };
    let what: Vec<(FactKey, String, String)> =
        [FactKey::Edition, FactKey::Build].into_iter().filter_map(differs).collect();
    (!what.is_empty()).then(|| Contradiction { what: Conflict::Systems(what), on: told.on.clone() })
}

fn is_near(one: &Moment, other: &Moment) -> bool {
    let ((unknown, one), (other_unknown, other)) = (order(one), order(other));
    !unknown && !other_unknown && (one - other).abs() <= SAME_UPGRADE
}
