//! Logs of servicing, from lines to findings.

use wimproof::{
    evidence::{
        collection::{Generation, Place, Role},
        deployment::{self, Heard},
        redact::Redactor,
        servicing::{self, Account, Stored, StoredFiles, cabinet},
        statement::Testimony,
        text_log::{self, Settings},
    },
    judge::servicing::{Examined, Origin, findings},
};

use super::testimony::{self, Steps};

/// Names under which a piece is read.
const NAMES: [&str; 4] = ["CBS.log", "dism.log", "CheckSUR.log", "setupact.log"];

/// Bytes at a time, in the second reading.
const STEPS: [usize; 4] = [1, 7, 509, 4096];

/// Bytes up to which the second reading may go byte by byte.
const SLOW: usize = 4096;

/// Reads a log at once and in steps, and judges what it tells. The first byte says under which name (2 bits) and how
/// many bytes at a time (2 bits). What begins as a cabinet is read as one.
///
/// # Panics
/// When the two readings differ, cite what is not there, or count what they do not have.
pub fn read(bytes: &[u8]) {
    let Some((how, piece)) = bytes.split_first() else { return };
    let (how, settings) = (usize::from(*how), Settings::default());
    if piece.starts_with(cabinet::MAGIC) {
        let _ = cabinet::read(piece.to_vec(), "CbsPersist.cab", &settings);
        return;
    }
    let name = NAMES[how & 3];
    let step = if piece.len() > SLOW { SLOW } else { STEPS[how >> 2 & 3] };
    let once = text_log::read(piece, name, &settings);
    testimony::check(&once, piece.len());
    cites(&once.servicing, &once);
    let other = text_log::read(Steps { bytes: piece, step }, name, &settings);
    testimony::same(&once, &other);
    assert_eq!(once.servicing, other.servicing);
    judge(once);
}

/// What is cited is there.
fn cites(account: &Account, testimony: &Testimony) {
    let checks = account
        .checks
        .iter()
        .flat_map(|check| check.on.iter().copied().chain(check.items.iter().filter_map(|item| item.on)));
    let others = account.mismatches.iter().filter_map(|mismatch| mismatch.on);
    let failures = account.failures.iter().flat_map(|failure| failure.on.iter().copied());
    assert!(checks.chain(others).chain(failures).all(|at| at < testimony.statements.len()));
    for check in &account.checks {
        assert!(check.items.len() as u64 <= check.listed);
    }
}

fn judge(testimony: Testimony) {
    let place = Place { root: "case".into(), generation: Generation::Live, role: Role::Cbs };
    let mut heard = vec![Heard { place, testimony }];
    let redactor = Redactor::of(&heard);
    redactor.redact(&mut heard);
    let witnesses = deployment::witnesses(&heard);
    let examined: Vec<Examined> = servicing::systems(&witnesses)
        .into_iter()
        .map(|system| {
            let actual = system.corrupt.iter().map(|corrupt| {
                let sha256 = corrupt.hashes.map_or([0; 32], |hashes| hashes.actual);
                corrupt.file.as_ref().map(|_| Stored::Held { sha256, manifest: None })
            });
            let images = vec![StoredFiles { image: "x.wim:1".into(), files: Ok(actual.collect()) }];
            Examined { system, images }
        })
        .collect();
    for of in &examined {
        let score = of.score(&of.images[0]);
        assert_eq!(score.files, score.corrupt + score.sound + score.other + score.absent + score.unknown);
        let births = of.origins().into_iter().filter(|origin| *origin == Origin::Birth).count();
        assert_eq!(births as u64, score.corrupt);
    }
    for finding in findings(&examined, &heard) {
        assert!(!finding.message.is_empty());
    }
}
