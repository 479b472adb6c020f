//! `MountedDevices`: which volume had which drive letter.

use wimproof_wim::{Guid, Utf16};

use super::{
    super::bytes::{array, u32_at, u64_at},
    reader::{Found, Reader},
};

/// What identifies a volume.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MountedDevice {
    /// A partition of a disk with a master boot record.
    Mbr {
        /// Signature of the disk.
        signature: u32,
        /// Where the partition begins, in bytes.
        offset: u64,
    },
    /// A partition of a disk with a GUID partition table.
    Gpt(Guid),
    /// The path of a device, for example of a CD drive or a USB stick.
    Path(String),
    /// Something else, of this many bytes.
    Unknown(usize),
}

/// A volume that was mounted once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mounted {
    /// Drive letter, of names `\DosDevices\X:`.
    pub letter: Option<char>,
    /// The volume.
    pub device: MountedDevice,
}

pub(super) fn mounted(reader: &mut Reader<'_>) -> Vec<Found<Mounted>> {
    let Some(key) = reader.key("MountedDevices") else { return Vec::new() };
    let values = reader.values(&key);
    let mut found = Vec::new();
    for value in &values {
        let device = reader.read_value(&key, value, |value| value.data().map(|data| device(&data)));
        found.extend(device.and_then(|found| {
            found.and_then(|device| Some(Mounted { letter: letter(value.name()), device }))
        }));
    }
    found
}

/// `X` of `\DosDevices\X:`.
fn letter(name: &str) -> Option<char> {
    let mut rest = name.strip_prefix("\\DosDevices\\")?.chars();
    match (rest.next(), rest.next(), rest.next()) {
        (Some(letter), Some(':'), None) if letter.is_ascii_alphabetic() => Some(letter.to_ascii_uppercase()),
        _ => None,
    }
}

fn device(data: &[u8]) -> MountedDevice {
    if let (12, Some(signature), Some(offset)) = (data.len(), u32_at(data, 0), u64_at(data, 4)) {
        return MountedDevice::Mbr { signature, offset };
    }
    if let Some(guid) = data.strip_prefix(b"DMIO:ID:").and_then(|guid| array(guid, 0)) {
        return MountedDevice::Gpt(Guid(guid));
    }
    // Paths begin with `\??\` or `_??_`.
    let text = Utf16::new(data);
    match text.units().nth(1) == Some(u16::from(b'?')) && text.is_well_formed() {
        true => MountedDevice::Path(text.to_string().trim_end_matches('\0').into()),
        false => MountedDevice::Unknown(data.len()),
    }
}
