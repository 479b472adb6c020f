//! Runs of setup: which lines of which logs tell of the same installation.

use chrono::{NaiveDateTime, TimeDelta};

use super::{Line, PieceKind, Place, Topic, Witness};
use crate::{
    evidence::collection::{Generation, Role},
    sighting::deployment::{DeploymentKind, Moment},
};

/// The lines that tell of one installation.
#[derive(Debug)]
pub(super) struct Run<'w> {
    pub(super) kind: DeploymentKind,
    /// Where its log lies.
    pub(super) place: &'w Place,
    /// Lines of its log, in order.
    pub(super) lines: Vec<Line<'w>>,
    /// Lines of what lies beside the log and is of the same run.
    pub(super) beside: Vec<Line<'w>>,
    /// Whether a log of the rollback lies beside it.
    pub(super) rolled_back: bool,
}

impl<'w> Run<'w> {
    fn new(place: &'w Place, lines: Vec<Line<'w>>) -> Self {
        let kind = kind(&lines);
        Self { kind, place, lines, beside: Vec::new(), rolled_back: false }
    }

    /// Lines on a topic: those of the log first.
    pub(super) fn on(&self, topic: Topic) -> impl DoubleEndedIterator<Item = &Line<'w>> {
        self.lines.iter().chain(&self.beside).filter(move |line| line.statement.topic == topic)
    }

    /// The last line on a topic in the log, for what comes later is what was done; else the first beside it.
    pub(super) fn last(&self, topic: Topic) -> Option<&Line<'w>> {
        let tells = |line: &&Line<'w>| line.statement.topic == topic && !line.value().is_empty();
        self.lines.iter().rfind(tells).or_else(|| self.beside.iter().find(tells))
    }

    fn generation(&self) -> (&str, &Generation) {
        (&self.place.root, &self.place.generation)
    }

    /// Whether another run of the same computer is the same: setup copies its log when it is done, and one copy may go on.
    fn is_copy_of(&self, other: &Self) -> bool {
        let says = |line: &Line<'w>| {
            (line.statement.topic, line.statement.about.clone(), line.statement.value.clone())
        };
        self.place.root == other.place.root
            && self.begins_like(other)
            && self.lines.iter().zip(&other.lines).all(|(one, same)| says(one) == says(same))
    }

    fn begins_like(&self, other: &Self) -> bool {
        let begin = |run: &Self| Some((run.lines.first()?.statement.stamp?, run.kind));
        let build = |run: &Self| run.on(Topic::SetupBuild).next().map(|line| line.value().to_owned());
        begin(self).is_some() && begin(self) == begin(other) && build(self) == build(other)
    }

    /// Whether a line is of about the time at which the run began.
    pub(super) fn near(&self, line: &Line<'_>) -> bool {
        let at = |line: &Line<'_>| time(&line.moment());
        match (self.lines.first().and_then(at), at(line)) {
            (Some(run), Some(other)) => (other - run).abs() < NEAR,
            _ => false,
        }
    }
}

/// What lies closer than this to the begin of a run may be of it: the zone of neither may be known.
pub(super) const NEAR: TimeDelta = TimeDelta::days(1);

/// A time to compare with others.
pub(super) fn time(moment: &Moment) -> Option<NaiveDateTime> {
    moment.utc.map(|utc| utc.naive_utc()).or(moment.local)
}

/// Runs that are told of at most: no computer was installed so often, and each is compared with all evidence.
const MAX_RUNS: usize = 500;

/// All runs that evidence tells of, and how many more were left out.
pub(super) fn all<'w>(witnesses: &'w [Witness<'w>]) -> (Vec<Run<'w>>, usize) {
    let mut runs: Vec<Run<'w>> = Vec::new();
    let mut omitted = 0;
    for witness in witnesses.iter().filter(|witness| is_log_of_setup(witness)) {
        for run in split(witness) {
            let full = runs.len() >= MAX_RUNS;
            match runs.iter_mut().find(|other| run.is_copy_of(other)) {
                Some(same) => same.beside.extend(run.lines),
                None if full => omitted += 1,
                None => runs.push(run),
            }
        }
    }
    for witness in witnesses {
        match witness.testimony().kind {
            PieceKind::TaskSequenceLog => join_task_sequence(witness, &mut runs),
            _ if !is_log_of_setup(witness) && is_beside(witness) => join_beside(witness, &mut runs),
            _ => {}
        }
    }
    (runs, omitted)
}

/// The log of setup itself, not that of the passes it hands over to.
fn is_log_of_setup(witness: &Witness<'_>) -> bool {
    let role = witness.place().role;
    witness.testimony().kind == PieceKind::SetupLog
        && !matches!(role, Role::UnattendGc | Role::Rollback | Role::NewOs)
}

/// What setup writes beside its log.
fn is_beside(witness: &Witness<'_>) -> bool {
    let role = witness.place().role;
    let by_place = matches!(
        role,
        Role::Panther | Role::UnattendGc | Role::Rollback | Role::NewOs | Role::MoSetup | Role::AnswerFile
    );
    let by_kind = matches!(
        witness.testimony().kind,
        PieceKind::SetupErrors
            | PieceKind::Rowset
            | PieceKind::Blackboard
            | PieceKind::LauncherLog
            | PieceKind::AnswerFile
            | PieceKind::SetupDiag
    );
    by_place || by_kind
}

/// Cuts a log where a new installation begins.
fn split<'w>(witness: &'w Witness<'w>) -> Vec<Run<'w>> {
    let mut runs = Vec::new();
    let mut lines: Vec<Line<'w>> = Vec::new();
    let mut telling = false;
    for line in witness.lines() {
        if telling && begins_run(witness, &line) {
            runs.push(Run::new(witness.place(), std::mem::take(&mut lines)));
            telling = false;
        }
        telling |= tells(std::slice::from_ref(&line));
        lines.push(line);
    }
    if telling {
        runs.push(Run::new(witness.place(), lines));
    }
    runs
}

/// How many statements behind the begin of a run its command line stands.
const COMMAND_WITHIN: usize = 60;

/// Setup of WinPE begins with its phase 2 (1 in a running system); later phases are of the same run. `SetupHost` is started
/// for other things as well: an installation has a command line that asks for one.
fn begins_run(witness: &Witness<'_>, line: &Line<'_>) -> bool {
    if line.statement.topic != Topic::Session {
        return false;
    }
    match line.about() {
        "winpe-setup" => matches!(line.value(), "1" | "2"),
        "setuphost" => {
            let behind = (line.position + 1..).take(COMMAND_WITHIN).map_while(|at| witness.line(at));
            let mut own = behind
                .take_while(|line| line.statement.topic != Topic::Session || line.about() != "setuphost");
            own.any(|line| line.statement.topic == Topic::CommandLine && asks_to_install(line.value()))
        }
        _ => false,
    }
}

fn asks_to_install(command: &str) -> bool {
    let command = command.to_ascii_lowercase();
    ["/install", "/download", "/package", "/auto", "/predownload"]
        .iter()
        .any(|option| command.contains(option))
}

/// Whether lines say anything of an installation.
fn tells(lines: &[Line<'_>]) -> bool {
    lines.iter().any(|line| {
        matches!(
            line.statement.topic,
            Topic::CommandLine
                | Topic::InstallFile
                | Topic::MediaPath
                | Topic::SourcesFolder
                | Topic::ImageFileSize
                | Topic::ApplyBegin
                | Topic::ApplyEnd
                | Topic::TargetOs
        )
    })
}

fn kind(lines: &[Line<'_>]) -> DeploymentKind {
    let says = |topic: Topic, words: &str| {
        let mut on = lines.iter().filter(|line| line.statement.topic == topic);
        on.any(|line| line.value().to_ascii_lowercase().contains(words))
    };
    let has = |topic: Topic| lines.iter().any(|line| line.statement.topic == topic);
    let session = |about: &str| {
        lines.iter().any(|line| line.statement.topic == Topic::Session && line.about() == about)
    };
    if says(Topic::ParentCommandLine, "sysreset") || says(Topic::CommandLine, "sysreset") {
        DeploymentKind::Reset
    } else if session("winpe-setup") || has(Topic::RamDrive) || says(Topic::CommandLine, "/boot") {
        DeploymentKind::CleanInstall
    } else if says(Topic::CommandLine, "/download") && !says(Topic::CommandLine, "/install") {
        DeploymentKind::MediaOnly
    } else if session("setuphost") || session("setup-platform") || session("launcher") {
        DeploymentKind::InPlace
    } else if session("task-sequence") || has(Topic::TaskSequence) || has(Topic::PackageId) {
        DeploymentKind::TaskSequence
    } else {
        DeploymentKind::InPlace
    }
}

/// A task sequence runs setup, or applies an image itself.
fn join_task_sequence<'w>(witness: &'w Witness<'w>, runs: &mut Vec<Run<'w>>) {
    let lines: Vec<Line<'w>> = witness.lines().collect();
    let Some(first) = lines.first() else { return };
    let place = witness.place();
    let own = |run: &&mut Run<'w>| run.generation() == (&*place.root, &place.generation) && run.near(first);
    let full = runs.len() >= MAX_RUNS;
    match runs.iter_mut().find(own) {
        Some(run) => run.beside.extend(lines),
        None if tells(&lines) && !full => {
            let mut run = Run::new(place, lines);
            run.kind = DeploymentKind::TaskSequence;
            runs.push(run);
        }
        None => {}
    }
}

/// What lies beside the log of a run is of the last run there; where there is no log, it is all that is left of one.
fn join_beside<'w>(witness: &'w Witness<'w>, runs: &mut Vec<Run<'w>>) {
    let place = witness.place();
    let lines: Vec<Line<'w>> = witness.lines().collect();
    let full = runs.len() >= MAX_RUNS;
    let last = runs.iter_mut().rev().find(|run| run.generation() == (&*place.root, &place.generation));
    match last {
        Some(run) => {
            run.rolled_back |=
                place.role == Role::Rollback && witness.testimony().kind == PieceKind::SetupLog;
            run.beside.extend(lines);
        }
        None if tells(&lines) && !full => runs.push(Run::new(place, lines)),
        None => {}
    }
}
