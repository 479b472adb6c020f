//! What a hive `SOFTWARE` says.

use super::{
    super::Hive,
    markers::{Named, listed},
    os::OsIdentity,
    reader::{Found, Origin, Problems, Reader},
};

const CURRENT_VERSION: &str = "Microsoft\\Windows NT\\CurrentVersion";

/// Keys that deployment tools leave, and of which tool each is.
const TOOLS: [(&str, &str); 6] = [
    ("MDT", "Microsoft\\Deployment 4"),
    ("ConfigMgr", "Microsoft\\SMS"),
    ("ConfigMgr", "Microsoft\\SMS\\Mobile Client"),
    ("ConfigMgr", "Microsoft\\SMS\\Task Sequence"),
    ("OSD", "Microsoft\\MPSD\\OSD"),
    ("OSD", "WOW6432Node\\Microsoft\\MPSD\\OSD"),
];

/// A volume that was attached once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Volume {
    /// Its label; may be empty.
    pub label: String,
    /// Its serial number, where it is told.
    pub serial: Option<u32>,
    /// The device it was on, as the key names it, or its drive letter.
    pub device: String,
}

/// A key that a deployment tool left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeploymentTool {
    /// The tool.
    pub tool: &'static str,
    /// The key.
    pub origin: Origin,
    /// Its values.
    pub values: Vec<Found<Named>>,
}

/// What a hive `SOFTWARE` says of a machine and its deployments.
#[derive(Debug, Default)]
pub struct SoftwareFacts {
    /// The system.
    pub os: OsIdentity,
    /// `EMDMgmt`: labels and serial numbers of removable volumes. Empty on machines that boot from an SSD.
    pub removable: Vec<Found<Volume>>,
    /// `Windows Search\VolumeInfoCache`: labels of volumes by drive letter.
    pub searched: Vec<Found<Volume>>,
    /// Keys of deployment tools.
    pub tools: Vec<DeploymentTool>,
    /// What could not be read.
    pub problems: Problems,
}

/// Reads the facts of a hive `SOFTWARE`. Of another hive there are none.
pub fn software(hive: &Hive) -> SoftwareFacts {
    let mut reader = Reader::new(hive);
    let current = reader.key(CURRENT_VERSION);
    let mut facts = SoftwareFacts {
        os: current.map(|key| OsIdentity::read(&mut reader, &key)).unwrap_or_default(),
        removable: removable(&mut reader),
        searched: searched(&mut reader),
        tools: TOOLS.iter().filter_map(|(tool, path)| deployment_tool(&mut reader, tool, path)).collect(),
        problems: Problems::default(),
    };
    facts.problems = reader.into_problems();
    facts
}

fn deployment_tool(reader: &mut Reader<'_>, tool: &'static str, path: &str) -> Option<DeploymentTool> {
    let key = reader.key(path)?;
    Some(DeploymentTool { tool, origin: Origin::of_key(&key), values: listed(reader, &key) })
}

fn removable(reader: &mut Reader<'_>) -> Vec<Found<Volume>> {
    let Some(key) = reader.key(&format!("{CURRENT_VERSION}\\EMDMgmt")) else { return Vec::new() };
    let keys = reader.subkeys(&key);
    keys.iter().filter_map(|key| Some(Found::at_key(key, volume_of_name(key.name())?))).collect()
}

/// A volume by the name of its key: device, class in braces, label, `_`, serial number in decimal digits.
fn volume_of_name(name: &str) -> Option<Volume> {
    let (rest, serial) = name.rsplit_once('_')?;
    let serial = Some(serial.parse().ok()?);
    let (device, label) = rest.rsplit_once('}').unwrap_or((rest, ""));
    let device = if rest.contains('}') { format!("{device}}}") } else { device.to_owned() };
    Some(Volume { label: label.into(), serial, device })
}

fn searched(reader: &mut Reader<'_>) -> Vec<Found<Volume>> {
    let Some(key) = reader.key("Microsoft\\Windows Search\\VolumeInfoCache") else { return Vec::new() };
    let keys = reader.subkeys(&key);
    let mut found = Vec::new();
    for key in &keys {
        let label = reader.text(key, "VolumeLabel").map(|label| label.value).unwrap_or_default();
        found.push(Found::at_key(key, Volume { label, serial: None, device: key.name().into() }));
    }
    found
}
