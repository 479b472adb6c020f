//! How a run ended, and its phases.

use super::{Line, Topic, run::Run};
use crate::{
    evidence::collection::Generation,
    sighting::deployment::{Aspect, DeploymentKind, Outcome, Phase, Told},
};

/// A user ended setup: `ERROR_CANCELLED`, and setup's own code for it.
const CANCELLED: [&str; 2] = ["0x800704c7", "0xc190012e"];

/// How it ended, by what the log says; and where it says nothing, by where it lies: setup moves its log into the system
/// that it made only when that system stands.
pub(super) fn outcome(run: &Run<'_>) -> Outcome {
    let codes = run.on(Topic::Result).filter(|line| matches!(line.about(), "result" | "mapped"));
    let codes: Vec<String> = codes.map(|line| line.value().to_lowercase()).collect();
    let is_failure = |code: &&String| code.trim_start_matches("0x").contains(|digit| digit != '0');
    if codes.iter().any(|code| CANCELLED.contains(&code.as_str())) {
        Outcome::Cancelled
    } else if run.rolled_back || run.on(Topic::Rollback).next().is_some() {
        Outcome::RolledBack
    } else if codes.iter().any(|code| is_failure(&code)) {
        Outcome::Failed
    } else if run.kind == DeploymentKind::MediaOnly {
        Outcome::Unknown
    } else if succeeded(run) {
        Outcome::Succeeded
    } else {
        Outcome::Unknown
    }
}

fn succeeded(run: &Run<'_>) -> bool {
    let applied = run.on(Topic::ApplyEnd).next().is_some();
    let ended = |phase: &str| run.on(Topic::PhaseEnd).any(|line| line.value() == phase);
    let lives_in_system = matches!(run.place.generation, Generation::Live | Generation::Old(_));
    match run.kind {
        DeploymentKind::CleanInstall => (applied && ended("2")) || lives_in_system,
        _ => lives_in_system || codes_of_success(run),
    }
}

fn codes_of_success(run: &Run<'_>) -> bool {
    run.on(Topic::Result).any(|line| {
        line.about() == "result" && line.value().trim_start_matches("0x").bytes().all(|b| b == b'0')
    })
}

fn is_zero(code: &str) -> bool {
    code.trim_start_matches("0x").bytes().all(|b| b == b'0')
}

/// The code of the failure, and where it came.
pub(super) fn failure(run: &Run<'_>) -> Vec<(Aspect, Told)> {
    let last = |about: &str| run.on(Topic::Result).rfind(|line| line.about() == about);
    let mut aspects = Vec::new();
    if let Some(line) = last("result").filter(|line| !is_zero(line.value())) {
        let mut told = line.told(line.value());
        if let Some(mapped) =
            last("mapped").filter(|mapped| !mapped.value().eq_ignore_ascii_case(line.value()))
        {
            let (code, reported) = (line.value(), mapped.value());
            told = line
                .worded(format!("{code} (reported as {reported})"), format!("{code}（上报为 {reported}）"));
            told.on.push(mapped.citation());
        }
        told.on.extend(run.on(Topic::Failure).rev().take(3).map(Line::citation));
        aspects.push((Aspect::FailureCode, told));
    }
    let (phase, extended) = (last("phase"), last("extended"));
    let (en, zh) = extended.and_then(|line| extend_code(line.value())).unzip();
    let with_phase = |words: Option<String>, sign: &str| {
        let parts = [phase.map(|line| line.value().to_owned()), words];
        parts.into_iter().flatten().collect::<Vec<_>>().join(sign)
    };
    let (en, zh) = (with_phase(en, "; "), with_phase(zh, "；"));
    if let Some(line) = phase.or(extended).filter(|_| !en.is_empty()) {
        let mut told = line.worded(en, zh);
        told.on.extend(extended.filter(|_| phase.is_some()).map(Line::citation));
        aspects.push((Aspect::FailurePhase, told));
    }
    aspects
}

/// `0x50013` by Microsoft's table of extend codes. Newer versions of setup depart from it, so it is quoted as documented.
fn extend_code(text: &str) -> Option<(String, String)> {
    let code =
        u32::from_str_radix(text.trim().trim_start_matches("0x"), 16).ok().filter(|code| *code != 0)?;
    let phase = match code >> 16 {
        1 => "downlevel",
        2 => "safe OS",
        3 => "first boot",
        4 => "OOBE boot",
        5 => "uninstall",
        _ => "unknown phase",
    };
    let operation = match code & 0xff {
        0x1 => "copy payload",
        0x2 => "download updates",
        0x3 => "install updates",
        0x4 => "install recovery environment",
        0x5 => "install recovery image",
        0x6 => "replicate OC",
        0x7 => "install drivers",
        0x8 => "prepare safe OS",
        0x9 => "prepare rollback",
        0xa => "prepare first boot",
        0xb => "prepare OOBE boot",
        0xc => "apply image",
        0xd => "migrate data",
        0xe => "set product key",
        0xf => "add unattend",
        0x10 => "add driver",
        0x13 => "asynchronous process",
        0x14 => "synchronous process",
        0x17 => "boot",
        0x18 => "sysprep",
        0x19 => "OOBE",
        _ => "unknown operation",
    };
    let en = format!("extend code 0x{code:X}, documented as {phase}, {operation}");
    Some((en, format!("扩展代码 0x{code:X}，按文档为 {phase}、{operation}")))
}

/// Phases in the order in which they began.
pub(super) fn phases(run: &Run<'_>) -> Vec<Phase> {
    let mut phases: Vec<Phase> = Vec::new();
    for line in &run.lines {
        let is_number = line.value().bytes().all(|b| b.is_ascii_digit());
        let name = if is_number { format!("phase {}", line.value()) } else { line.value().to_owned() };
        match line.statement.topic {
            Topic::PhaseBegin => {
                let (begun, ended) = (line.moment(), crate::sighting::deployment::Moment::default());
                phases.push(Phase { name, begun, ended });
            }
            Topic::PhaseEnd => {
                let open =
                    phases.iter_mut().rev().find(|phase| phase.name == name && phase.ended.is_unknown());
                if let Some(phase) = open {
                    phase.ended = line.moment();
                }
            }
            _ => {}
        }
    }
    phases
}
