//! The background activity moderator (`bam`): who ran which program last, by the programs that put systems on machines.

use wimproof_wim::FileTime;

use super::{
    os::begins_with,
    reader::{Found, Reader},
};

/// Where `bam` keeps its records; the second until Windows 10 1809.
const PLACES: [&str; 2] = [
    "CurrentControlSet\\Services\\bam\\State\\UserSettings",
    "CurrentControlSet\\Services\\bam\\UserSettings",
];

/// Programs of Windows Setup and its like. The name of the last goes on with a version.
const PROGRAMS: [&str; 4] = ["setup.exe", "setupprep.exe", "setuphost.exe", "dism.exe"];
const DOWNLOADER: &str = "MediaCreationTool";

/// A run of a setup program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProgramRun {
    /// The program's path, with the volume as device: `\Device\HarddiskVolume4\setup.exe`.
    pub program: String,
    /// SID of the account.
    pub sid: String,
    /// When it last ran (UTC).
    pub last_run: FileTime,
}

pub(super) fn runs(reader: &mut Reader<'_>) -> Vec<Found<ProgramRun>> {
    let mut found = Vec::new();
    for place in PLACES {
        let Some(key) = reader.key(place) else { continue };
        for account in reader.subkeys(&key) {
            for value in reader.values(&account) {
                if !is_setup_program(value.name()) {
                    continue;
                }
                let run = reader.read_value(&account, &value, |value| {
                    let data = value.data()?;
                    Ok(super::super::bytes::u64_at(&data, 0))
                });
                found.extend(run.and_then(|run| {
                    run.and_then(|ticks| {
                        let last_run = FileTime(ticks?);
                        Some(ProgramRun {
                            program: value.name().into(),
                            sid: account.name().into(),
                            last_run,
                        })
                    })
                }));
            }
        }
    }
    found
}

fn is_setup_program(path: &str) -> bool {
    let name = path.rsplit('\\').next().unwrap_or(path);
    PROGRAMS.iter().any(|program| program.eq_ignore_ascii_case(name)) || begins_with(name, DOWNLOADER)
}
