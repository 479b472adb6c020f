//! `SYSTEM\Setup`: what Windows Setup left behind.

use wimproof_wim::FileTime;

use super::{
    super::{Key, Value, ValueKind},
    os::{OsIdentity, begins_with},
    reader::{Found, Origin, Reader, text_of},
    stamp::LocalStamp,
};

/// How many FILETIME ticks keys may lie behind the oldest to have been written with it: ten minutes.
const CLUSTER: u64 = 600 * 10_000_000;

/// A system that an upgrade replaced: a key `Source OS (Updated on ...)`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceOs {
    /// The key. Its time of last write is that of the latest upgrade, which copied it.
    pub origin: Origin,
    /// When the upgrade took it, by the key's name.
    pub updated: Option<LocalStamp>,
    /// Which system it was.
    pub os: OsIdentity,
}

/// The oldest times of last write below a key: what was written while the image was made keeps its time (UTC).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Baked {
    /// The oldest time.
    pub oldest: FileTime,
    /// Keys that were written within ten minutes of it.
    pub together: usize,
    /// Keys there are. Where all were written together, nothing says whether it was in the image.
    pub keys: usize,
}

/// A timer of Setup: a key below `Setup\Timers`, with FILETIMEs (UTC).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timer {
    /// Its name, for example `SetupCompleteTimer`.
    pub name: String,
    /// When it began.
    pub start: FileTime,
    /// When it ended; zero where it did not.
    pub stop: FileTime,
}

/// Values of `SYSTEM\Setup` and below. Each is named as in the registry.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Setup {
    /// `CloneTag`: when the image was generalized, a local time of the machine that did it.
    pub clone_tag: Option<Found<LocalStamp>>,
    /// `CloneTag` as it stands.
    pub clone_tag_text: Option<Found<String>>,
    /// `CmdLine`.
    pub cmd_line: Option<Found<String>>,
    /// `SetupType`: 0 when nothing is left to do.
    pub setup_type: Option<Found<u32>>,
    /// `SystemSetupInProgress`.
    pub in_progress: Option<Found<u32>>,
    /// `Upgrade`.
    pub upgrade: Option<Found<u32>>,
    /// `RollbackActive`.
    pub rollback_active: Option<Found<u32>>,
    /// `WorkingDirectory`.
    pub working_directory: Option<Found<String>>,
    /// `UnattendFile`.
    pub unattend_file: Option<Found<String>>,
    /// `UninstallSourceVersion`: the version that could be gone back to.
    pub uninstall_source_version: Option<Found<String>>,
    /// `LastMigrationScope`.
    pub last_migration_scope: Option<Found<u32>>,
    /// `RemoveWindowsOld`.
    pub remove_windows_old: Option<Found<u32>>,
    /// `FailedInstallations`: the name is a build, the number how often it failed.
    pub failed_installations: Vec<Found<u32>>,
    /// `MoSetup\Tracking\InstallAttempts`.
    pub install_attempts: Option<Found<u32>>,
    /// `MoSetup\Tracking\FailureCount`.
    pub failure_count: Option<Found<u32>>,
    /// `MoSetup\Volatile\BoxResult`: an HRESULT.
    pub box_result: Option<Found<u32>>,
    /// `BuildUpdate\SourceOSVersion`: four numbers joined by points.
    pub source_os_version: Option<Found<String>>,
    /// `BuildUpdate\RecoveryDestination`: FILETIME (UTC).
    pub recovery_destination: Option<Found<FileTime>>,
    /// `Upgrade\PnP\SourceVersion`.
    pub pnp_source_version: Option<Found<String>>,
    /// `Upgrade\PnP\TargetVersion`.
    pub pnp_target_version: Option<Found<String>>,
    /// `Status\SysprepStatus\GeneralizationState`: 7 is complete.
    pub generalization_state: Option<Found<u32>>,
    /// `Timers`.
    pub timers: Vec<Found<Timer>>,
    /// `SetupDiag\Results`: texts, named by their origin. Times in them are local.
    pub setup_diag: Vec<Found<String>>,
    /// The oldest keys below `AllowStart`.
    pub baked: Option<Found<Baked>>,
}

impl Setup {
    pub(super) fn read(reader: &mut Reader<'_>) -> Self {
        let Some(key) = reader.key("Setup") else { return Self::default() };
        let clone_tag_text = reader.text(&key, "CloneTag");
        let mut setup = Self {
            clone_tag: clone_tag_text
                .clone()
                .and_then(|found| found.and_then(|text| LocalStamp::of_ctime(&text))),
            clone_tag_text,
            cmd_line: reader.text(&key, "CmdLine"),
            setup_type: reader.dword(&key, "SetupType"),
            in_progress: reader.dword(&key, "SystemSetupInProgress"),
            upgrade: reader.dword(&key, "Upgrade"),
            rollback_active: reader.dword(&key, "RollbackActive"),
            working_directory: reader.text(&key, "WorkingDirectory"),
            unattend_file: reader.text(&key, "UnattendFile"),
            uninstall_source_version: reader.text(&key, "UninstallSourceVersion"),
            last_migration_scope: reader.dword(&key, "LastMigrationScope"),
            remove_windows_old: reader.dword(&key, "RemoveWindowsOld"),
            failed_installations: failed_installations(reader, &key),
            timers: timers(reader, &key),
            setup_diag: setup_diag(reader, &key),
            baked: baked(reader, &key),
            ..Self::default()
        };
        setup.read_upgrades(reader, &key);
        setup
    }

    /// What stands in subkeys of upgrades.
    fn read_upgrades<'h>(&mut self, reader: &mut Reader<'h>, setup: &Key<'h>) {
        if let Some(key) = reader.below(setup, "MoSetup\\Tracking") {
            self.install_attempts = reader.dword(&key, "InstallAttempts");
            self.failure_count = reader.dword(&key, "FailureCount");
        }
        if let Some(key) = reader.below(setup, "MoSetup\\Volatile") {
            self.box_result = reader.dword(&key, "BoxResult");
        }
        if let Some(key) = reader.below(setup, "BuildUpdate") {
            let version = reader.qword(&key, "SourceOSVersion");
            self.source_os_version =
                version.and_then(|found| found.and_then(|packed| Some(unpacked(packed))));
            self.recovery_destination = reader.time(&key, "RecoveryDestination");
        }
        if let Some(key) = reader.below(setup, "Upgrade\\PnP") {
            self.pnp_source_version = version(reader, &key, "SourceVersion");
            self.pnp_target_version = version(reader, &key, "TargetVersion");
        }
        if let Some(key) = reader.below(setup, "Status\\SysprepStatus") {
            self.generalization_state = reader.dword(&key, "GeneralizationState");
        }
    }
}

/// The systems before this one, in the order of the registry.
pub(super) fn source_os(reader: &mut Reader<'_>) -> Vec<SourceOs> {
    let Some(setup) = reader.key("Setup") else { return Vec::new() };
    let mut found = Vec::new();
    for key in reader.subkeys(&setup) {
        if begins_with(key.name(), "Source OS") {
            let updated = key.name().split_once("Updated on").map(|(_, stamp)| stamp.trim_end_matches(')'));
            let updated = updated.and_then(LocalStamp::of_date_and_time);
            let os = OsIdentity::read(reader, &key);
            found.push(SourceOs { origin: Origin::of_key(&key), updated, os });
        }
    }
    found
}

/// Four numbers of 16 bits, the highest first.
fn unpacked(packed: u64) -> String {
    let [a, b, c, d, e, f, g, h] = packed.to_be_bytes();
    let part = |high, low| u16::from_be_bytes([high, low]);
    format!("{}.{}.{}.{}", part(a, b), part(c, d), part(e, f), part(g, h))
}

/// A version that stands as text or packed in a number.
fn version<'h>(reader: &mut Reader<'h>, key: &Key<'h>, name: &str) -> Option<Found<String>> {
    reader.read(key, name, |value| match value.kind() {
        ValueKind::Qword => value.qword().map(unpacked),
        ValueKind::Dword => value.dword().map(|number| number.to_string()),
        _ => text_of(value),
    })
}

fn failed_installations<'h>(reader: &mut Reader<'h>, setup: &Key<'h>) -> Vec<Found<u32>> {
    let Some(key) = reader.below(setup, "FailedInstallations") else { return Vec::new() };
    let values = reader.values(&key);
    values.iter().filter_map(|value| reader.read_value(&key, value, Value::dword)).collect()
}

fn setup_diag<'h>(reader: &mut Reader<'h>, setup: &Key<'h>) -> Vec<Found<String>> {
    let mut found = Vec::new();
    for path in ["SetupDiag\\Results", "MoSetup\\Volatile\\SetupDiag"] {
        let Some(key) = reader.below(setup, path) else { continue };
        let values = reader.values(&key);
        found.extend(values.iter().filter_map(|value| reader.read_value(&key, value, text_of)));
    }
    found
}

fn timers<'h>(reader: &mut Reader<'h>, setup: &Key<'h>) -> Vec<Found<Timer>> {
    let Some(timers) = reader.below(setup, "Timers") else { return Vec::new() };
    let keys = reader.subkeys(&timers);
    let mut found = Vec::new();
    for key in &keys {
        let mut half = |name: &str| reader.dword(key, name).map(|half| u64::from(half.value));
        let (start_low, start_high) = (half("StartLow"), half("StartHigh"));
        let (stop_low, stop_high) = (half("StopLow"), half("StopHigh"));
        let Some((start_low, start_high)) = start_low.zip(start_high) else { continue };
        let (stop_low, stop_high) = (stop_low.unwrap_or(0), stop_high.unwrap_or(0));
        let value = Timer {
            name: key.name().into(),
            start: FileTime(start_high << 32 | start_low),
            stop: FileTime(stop_high << 32 | stop_low),
        };
        found.push(Found::at_key(key, value));
    }
    found
}

fn baked<'h>(reader: &mut Reader<'h>, setup: &Key<'h>) -> Option<Found<Baked>> {
    let allow_start = reader.below(setup, "AllowStart")?;
    let keys = reader.subkeys(&allow_start);
    let first = keys.iter().filter(|key| key.last_written().0 != 0).min_by_key(|key| key.last_written())?;
    let oldest = first.last_written();
    let with_it =
        |key: &&Key<'_>| (oldest.0..=oldest.0.saturating_add(CLUSTER)).contains(&key.last_written().0);
    let value = Baked { oldest, together: keys.iter().filter(with_it).count(), keys: keys.len() };
    Some(Found::at_key(first, value))
}
