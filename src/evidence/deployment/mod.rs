//! From what the pieces of evidence say, one by one, to the deployments that they tell of together.
//!
//! A run of setup in a log is a deployment; what stands beside the log (answer files, error rowsets), and what the system
//! that it made keeps of it (hives, event logs, the sysprep log), tells more of the same one. A system that is there
//! although no log tells how it came is a deployment too: one of which most is missing.

mod aspects;
mod image;
mod joins;
mod missing;
mod outcome;
mod run;
mod systems;

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

pub use missing::note as note_missing;

use super::{
    channel::{Agent, Channels, Present, Traces},
    collection::{Generation, Place},
    statement::{PieceKind, Statement, Testimony, Topic},
    timeline::{Clock, Zones},
};
use crate::sighting::{
    Evidence,
    deployment::{AgentSeen, Citation, Deployment, Moment, Told, Wording},
};

/// A piece of evidence that was read, and where it belongs.
#[derive(Debug, Clone)]
pub struct Heard {
    /// Where on the computer.
    pub place: Place,
    /// What it says.
    pub testimony: Testimony,
}

/// A testimony with its clock.
#[derive(Debug)]
pub struct Witness<'h> {
    heard: &'h Heard,
    clock: Clock,
}

/// Looks for the clock of each testimony; event logs tell the zones of their computer.
pub fn witnesses(heard: &[Heard]) -> Vec<Witness<'_>> {
    let mut logs: HashMap<&str, Vec<&Testimony>> = HashMap::new();
    for heard in heard.iter().filter(|heard| heard.testimony.kind == PieceKind::EventLog) {
        logs.entry(&heard.place.root).or_default().push(&heard.testimony);
    }
    let zones = logs.into_iter().map(|(root, logs)| (root, Zones::of(logs.into_iter())));
    let zones: HashMap<&str, Zones> = zones.collect();
    let none = Zones::default();
    let clock = |heard: &Heard| Clock::of(&heard.testimony, zones.get(&*heard.place.root).unwrap_or(&none));
    heard.iter().map(|heard| Witness { heard, clock: clock(heard) }).collect()
}

impl<'h> Witness<'h> {
    /// What it says.
    pub fn testimony(&self) -> &'h Testimony {
        &self.heard.testimony
    }

    /// Where it belongs.
    pub fn place(&self) -> &'h Place {
        &self.heard.place
    }

    fn lines(&self) -> impl Iterator<Item = Line<'_>> {
        (0..self.heard.testimony.statements.len()).filter_map(|position| self.line(position))
    }

    /// The statement at a position.
    pub fn line(&self, position: usize) -> Option<Line<'_>> {
        let statement = self.heard.testimony.statements.get(position)?;
        Some(Line { witness: self, position, statement })
    }
}

/// A statement, and who makes it.
#[derive(Debug, Clone, Copy)]
pub struct Line<'w> {
    witness: &'w Witness<'w>,
    position: usize,
    /// What is said.
    pub statement: &'w Statement,
}

impl<'w> Line<'w> {
    /// What it is about, empty where the topic needs nothing.
    pub fn about(&self) -> &'w str {
        self.statement.about.as_deref().unwrap_or_default()
    }

    /// What is said.
    pub fn value(&self) -> &'w str {
        &self.statement.value
    }

    /// When it was said.
    pub fn moment(&self) -> Moment {
        self.witness.clock.moment(self.position, self.statement.stamp)
    }

    /// Where it stands.
    pub fn evidence(&self) -> Evidence {
        let testimony = self.witness.testimony();
        Evidence { source: Arc::clone(&testimony.source), locator: self.statement.locator.clone() }
    }

    /// The words, with where they stand.
    pub fn citation(&self) -> Citation {
        Citation {
            evidence: self.evidence(),
            sha256: self.witness.testimony().sha256,
            quote: self.statement.quote.as_ref().into(),
            at: self.moment(),
        }
    }

    /// The value, told by this line.
    fn told(&self, value: impl Into<String>) -> Told {
        Told { value: value.into(), value_zh: None, on: vec![self.citation()] }
    }

    /// Words of ours, told by this line.
    fn worded(&self, en: impl Into<String>, zh: impl Into<String>) -> Told {
        Told { value_zh: Some(zh.into()), ..self.told(en) }
    }
}

/// What evidence adds up to.
#[derive(Debug)]
pub struct Assembly {
    /// The deployments, in the order of time.
    pub deployments: Vec<Deployment>,
    /// Runs of setup beyond those that are told of.
    pub omitted: usize,
}

/// The deployments that evidence tells of, in the order of time. What cannot be put in order by time stands behind what
/// its place on the disk says is older.
pub fn assemble(witnesses: &[Witness<'_>], channels: &Channels, present: &[Present]) -> Assembly {
    let (runs, omitted) = run::all(witnesses);
    let joinable = joins::Joinable::of(witnesses);
    let deployment = |run| aspects::deployment(run, witnesses, &joinable, channels, present);
    let mut deployments: Vec<Deployment> = runs.iter().map(deployment).collect();
    systems::add(&mut deployments, witnesses, channels, present);
    deployments.sort_by_key(|deployment| order(&deployment.begun));
    for (number, deployment) in (1..).zip(&mut deployments) {
        deployment.number = number;
    }
    Assembly { deployments, omitted }
}

/// Instants and local times are compared as they stand: half a day of doubt hardly ever changes the order of
/// installations. A deployment without any time stands behind all others.
pub(in crate::evidence) fn order(moment: &Moment) -> (bool, chrono::NaiveDateTime) {
    let at = moment.local.or(moment.utc.map(|utc| utc.naive_utc()));
    (at.is_none(), at.unwrap_or_default())
}

/// Systems that are looked at: Windows keeps a handful.
const MAX_SYSTEMS: usize = 100;

/// Which mandated programs a system has.
fn agents(channels: &Channels, traces: &Traces<'_>, generation: &Generation) -> Vec<AgentSeen> {
    let replaced = matches!(generation, Generation::Old(_));
    let seen = |agent: &Agent| AgentSeen {
        name: agent.name.clone(),
        on: agent.found(traces, channels),
        backfilled: (agent.may_be_backfilled && replaced)
            .then(|| Wording { en: agent.warning.clone().unwrap_or_default(), zh: agent.warning_zh.clone() }),
    };
    channels.agents.iter().map(seen).collect()
}

/// The systems of a disk: that which runs, those that it replaced, and what a path does not say of.
fn generations(witnesses: &[Witness<'_>]) -> BTreeSet<Generation> {
    let all = witnesses.iter().map(|witness| witness.place().generation.clone());
    let mut all: BTreeSet<Generation> =
        all.filter(|generation| !matches!(generation, Generation::SetupWork(_))).collect();
    while all.len() > MAX_SYSTEMS {
        all.pop_last();
    }
    all
}
