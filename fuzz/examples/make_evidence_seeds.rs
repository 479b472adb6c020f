//! Makes the seeds of the targets for evidence: `cargo run --example make_evidence_seeds` in `fuzz/`.
//!
//! Of the logs of `samples/case-rogue-upgrade` the lines that tell something are taken, and the line before each; the
//! other pieces are written here or by the test kit.

use std::{
    collections::BTreeSet,
    fs, io,
    path::{Path, PathBuf},
};

use wimproof::{
    evidence::{
        records,
        text_log::{self, Settings},
    },
    sighting::Locator,
};
use wimproof_fuzz::evidence::{case, hive, records as piece};

#[path = "evidence/blackboard.rs"]
mod blackboard;
#[path = "evidence/events.rs"]
mod events;
#[path = "evidence/hives.rs"]
mod hives;
#[path = "evidence/texts.rs"]
mod texts;
#[path = "evidence/zips.rs"]
mod zips;

/// Bytes of a log that become a seed.
const MAX_LOG: usize = 6000;

fn main() -> io::Result<()> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (seeds, samples) = (Seeds(here.join("seeds")), here.join("../samples/case-rogue-upgrade"));
    let logs = logs(&samples)?;
    for (name, _, log) in &logs {
        seeds.put("setup_log", name, &piece::case(0, log))?;
    }
    for (name, text) in texts::LOGS {
        seeds.put("setup_log", name, &piece::case(0, text.as_bytes()))?;
    }
    for (name, text) in texts::SERVICING {
        seeds.put("cbs_log", name, &piece::case(0, text.as_bytes()))?;
    }
    let rowset = read(&samples.join("Windows/Panther/diagerr.xml"))?;
    seeds.put("rowset", "diagerr", &piece::case(0, &rowset))?;
    let device = read(&samples.join("Windows/INF/setupapi.dev.log"))?;
    seeds.put("setupapi", "device", &piece::case(0, &device))?;
    seeds.put("cmtrace", "manager", &piece::case(0, texts::MANAGER.as_bytes()))?;
    seeds.put("cmtrace", "toolkit", &piece::case(0, texts::TOOLKIT.as_bytes()))?;
    let sample = read(&samples.join("Windows/Panther/unattend.xml"))?;
    seeds.put("answer_file", "sample", &piece::case(0, &sample))?;
    seeds.put("answer_file", "wide", &piece::case(0, &wide(texts::ANSWERS)))?;
    seeds.put("answer_file", "answers", &piece::case(0, texts::ANSWERS.as_bytes()))?;
    seeds.put("setup_diag", "result", &piece::case(0, texts::DIAGNOSIS.as_bytes()))?;
    for (name, board) in blackboard::all() {
        seeds.put("blackboard", name, &piece::case(0, &board))?;
    }
    seeds.put("event_log", "events", &events::chunk())?;
    for (name, seed) in hives::all(hive::case) {
        seeds.put("hive", name, &seed)?;
    }
    let log = |wanted: &str| logs.iter().find(|(name, ..)| name == wanted).map_or(&[][..], |(_, _, log)| log);
    for (name, archive) in zips::all(log("live-panther")) {
        seeds.put("zip", name, &archive)?;
    }
    let all: Vec<(u8, &[u8])> =
        logs.iter().map(|(_, place, log)| (*place, &log[..log.len().min(2500)])).collect();
    seeds.put("case", "all", &case::case(&all))?;
    for pair in all.chunks(2) {
        seeds.put("case", &format!("part-{}", char::from(pair[0].0)), &case::case(pair))?;
    }
    Ok(())
}

/// The folder of the seeds, one folder for each target in it.
struct Seeds(PathBuf);

impl Seeds {
    fn put(&self, target: &str, name: &str, bytes: &[u8]) -> io::Result<()> {
        let folder = self.0.join(target);
        fs::create_dir_all(&folder)?;
        fs::write(folder.join(name), bytes)
    }
}

fn read(path: &Path) -> io::Result<Vec<u8>> {
    fs::read(path).map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", path.display())))
}

fn wide(text: &str) -> Vec<u8> {
    ['\u{feff}']
        .into_iter()
        .chain(text.chars())
        .flat_map(|c| c.to_string().encode_utf16().collect::<Vec<_>>())
        .flat_map(u16::to_le_bytes)
        .collect()
}

/// Name, letter of the place, and the telling lines of each log of the sample case.
fn logs(samples: &Path) -> io::Result<Vec<(String, u8, Vec<u8>)>> {
    let logs = [
        ("live-panther", b'a', "Windows/Panther/setupact.log"),
        ("live-errors", b'b', "Windows/Panther/setuperr.log"),
        ("live-rows", b'c', "Windows/Panther/diagerr.xml"),
        ("live-sysprep", b'd', "Windows/System32/Sysprep/Panther/setupact.log"),
        ("launcher", b'e', "Windows.old.000/Windows/Logs/MoSetup/BlueBox.log"),
        ("old-panther", b'f', "Windows.old/Windows/Panther/setupact.log"),
        ("older-panther", b'g', "Windows.old.000/Windows/Panther/setupact.log"),
        ("unattend-gc", b'a', "Windows/Panther/UnattendGC/setupact.log"),
        ("device", b'i', "Windows/INF/setupapi.dev.log"),
    ];
    let log = |(name, place, path): (&str, u8, &str)| {
        Ok((name.to_owned(), place, telling(&read(&samples.join(path))?, path)))
    };
    logs.into_iter().map(log).collect()
}

/// The first lines of a log that tell something, each with the one before it; all of a short log.
fn telling(log: &[u8], path: &str) -> Vec<u8> {
    if log.len() <= MAX_LOG {
        return log.to_vec();
    }
    let settings = Settings::default();
    let kind = text_log::sniff(log, path);
    let heard =
        records::read(kind, log, path, &settings).unwrap_or_else(|| text_log::read(log, path, &settings));
    let told = heard.statements.iter().filter_map(|statement| match statement.locator {
        Locator::Line(line, _) => usize::try_from(line).ok(),
        _ => None,
    });
    let wanted: BTreeSet<usize> = told.flat_map(|line| [line.saturating_sub(1).max(1), line]).collect();
    let lines: Vec<&[u8]> = log.split_inclusive(|byte| *byte == b'\n').collect();
    let mut kept = Vec::new();
    for line in wanted.iter().filter_map(|line| lines.get(line - 1)) {
        if kept.len() + line.len() <= MAX_LOG {
            kept.extend_from_slice(line);
        }
    }
    kept
}
