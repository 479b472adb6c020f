//! What a hive `SYSTEM` says.

use super::{
    super::Hive,
    devices::{Device, devices},
    mounted::{Mounted, mounted},
    reader::{Found, Problems, Reader},
    runs::{ProgramRun, runs},
    setup::{Setup, SourceOs, source_os},
};

/// The time zone of a machine.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TimeZone {
    /// `TimeZoneKeyName`, for example `China Standard Time`.
    pub name: Option<Found<String>>,
    /// `Bias`: minutes to add to local standard time to get UTC.
    pub bias: Option<Found<i32>>,
    /// `ActiveTimeBias`: the same when the hive was written, daylight saving time counted in.
    pub active_bias: Option<Found<i32>>,
}

/// What a hive `SYSTEM` says of a machine and its deployments.
#[derive(Debug, Default)]
pub struct SystemFacts {
    /// The control set in use: `CurrentControlSet` in other texts.
    pub control_set: Option<Found<String>>,
    /// `ComputerName`.
    pub computer_name: Option<Found<String>>,
    /// The time zone: local times of this machine's logs are in it, unless it was changed.
    pub time_zone: TimeZone,
    /// `Nls\CodePage\ACP`: the code page in which logs of this machine may be.
    pub code_page: Option<Found<String>>,
    /// The systems before this one.
    pub source_os: Vec<SourceOs>,
    /// What Setup left behind.
    pub setup: Setup,
    /// Volumes.
    pub mounted: Vec<Found<Mounted>>,
    /// Devices.
    pub devices: Vec<Device>,
    /// Runs of setup programs.
    pub runs: Vec<Found<ProgramRun>>,
    /// What could not be read.
    pub problems: Problems,
}

/// Reads the facts of a hive `SYSTEM`. Of another hive there are none.
pub fn system(hive: &Hive) -> SystemFacts {
    let mut reader = Reader::new(hive);
    let mut facts = SystemFacts {
        control_set: reader.control_set(),
        computer_name: text_at(&mut reader, "ComputerName\\ComputerName", "ComputerName"),
        time_zone: time_zone(&mut reader),
        code_page: text_at(&mut reader, "Nls\\CodePage", "ACP"),
        source_os: source_os(&mut reader),
        setup: Setup::read(&mut reader),
        mounted: mounted(&mut reader),
        devices: devices(&mut reader),
        runs: runs(&mut reader),
        problems: Problems::default(),
    };
    facts.problems = reader.into_problems();
    facts
}

fn text_at(reader: &mut Reader<'_>, path: &str, name: &str) -> Option<Found<String>> {
    let key = reader.key(&format!("CurrentControlSet\\Control\\{path}"))?;
    reader.text(&key, name)
}

fn time_zone(reader: &mut Reader<'_>) -> TimeZone {
    let path = "CurrentControlSet\\Control\\TimeZoneInformation";
    let Some(key) = reader.key(path) else { return TimeZone::default() };
    let mut minutes = |name: &str| {
        let found = reader.dword(&key, name)?;
        found.and_then(|minutes| Some(minutes.cast_signed()))
    };
    let (bias, active_bias) = (minutes("Bias"), minutes("ActiveTimeBias"));
    TimeZone { name: reader.text(&key, "TimeZoneKeyName"), bias, active_bias }
}
