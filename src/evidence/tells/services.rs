//! Settings in the hive `SYSTEM`.

use std::collections::BTreeSet;

use super::{
    Kind, Tells,
    hive::{Hive, Key},
    key, number, value,
};

/// The value `Start` of a service that never starts.
const DISABLED: u32 = 4;

/// Services that are off in weakened images.
const SERVICES: [(&str, Kind); 10] = [
    ("WinDefend", Kind::DefenderOff),
    ("WdFilter", Kind::DefenderOff),
    ("WdBoot", Kind::DefenderOff),
    ("WdNisSvc", Kind::DefenderOff),
    ("SecurityHealthService", Kind::DefenderOff),
    ("wuauserv", Kind::UpdateOff),
    ("UsoSvc", Kind::UpdateOff),
    ("WaaSMedicSvc", Kind::UpdateOff),
    ("BITS", Kind::UpdateOff),
    ("TrustedInstaller", Kind::UpdateOff),
];

/// Numbers in the control set that tell something: key, value, number.
const CONTROL: [(&str, &str, u32); 4] = [
    ("Control\\SecurityProviders\\WDigest", "UseLogonCredential", 1),
    ("Services\\LanmanServer\\Parameters", "SMB1", 1),
    ("Control\\Lsa", "LimitBlankPasswordUse", 0),
    ("Control\\CI\\Config", "VulnerableDriverBlocklistEnable", 0),
];

pub(super) fn look(system: &Hive, tells: &mut Tells) {
    let select = key(system, "Select");
    // The one that Windows begins with, and the one that it last ran with.
    let sets = ["Default", "Current"]
        .map(|name| select.as_ref().and_then(|select| number(select, name)).unwrap_or(1));
    for set in BTreeSet::from(sets) {
        control_set(system, &format!("ControlSet{set:03}"), tells);
    }
    if let Some(lab) = key(system, "Setup\\LabConfig") {
        for value in lab.values().flatten() {
            let bypass = value.name().to_lowercase().starts_with("bypass");
            if bypass && value.dword().is_ok_and(|number| number != 0) {
                tells.value(Kind::HardwareBypass, "SYSTEM", &lab, &value, "1");
            }
        }
    }
    if let Some(setup) = key(system, "Setup\\MoSetup") {
        equals(&setup, "AllowUpgradesWithUnsupportedTPMOrCPU", 1, Kind::HardwareBypass, tells);
    }
}

fn control_set(system: &Hive, set: &str, tells: &mut Tells) {
    for (service, kind) in SERVICES {
        if let Some(key) = key(system, &format!("{set}\\Services\\{service}")) {
            equals(&key, "Start", DISABLED, kind, tells);
        }
    }
    for (path, name, told) in CONTROL {
        if let Some(key) = key(system, &format!("{set}\\{path}")) {
            equals(&key, name, told, Kind::ProtectionOff, tells);
        }
    }
}

fn equals(key: &Key<'_>, name: &str, told: u32, kind: Kind, tells: &mut Tells) {
    if let Some(value) = value(key, name)
        && value.dword().is_ok_and(|number| number == told)
    {
        tells.value(kind, "SYSTEM", key, &value, &told.to_string());
    }
}
