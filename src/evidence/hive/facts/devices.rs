//! `Enum`: storage devices that were attached once.

use wimproof_wim::FileTime;

use super::{
    super::{Key, Value},
    os::begins_with,
    reader::{Found, Origin, Reader},
};

/// The classes below `Enum` that are looked at. Sticks that speak UASP and mounted ISO files stand below `SCSI`.
const BUSES: [&str; 3] = ["USBSTOR", "USB", "SCSI"];

/// The property set of device times (`DEVPKEY_Device_InstallDate` and its neighbours, from the Windows SDK).
const TIMES: &str = "Properties\\{83da6326-97a6-4088-9453-a1923f573b29}";

/// When a device was seen, as FILETIMEs (UTC).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DeviceTimes {
    /// Installed, for the last time.
    pub installed: Option<Found<FileTime>>,
    /// Installed for the first time.
    pub first_installed: Option<Found<FileTime>>,
    /// Attached for the last time.
    pub arrived: Option<Found<FileTime>>,
    /// Removed for the last time.
    pub removed: Option<Found<FileTime>>,
}

/// A device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// The key of this very device.
    pub origin: Origin,
    /// The bus: `USBSTOR`, `USB` or `SCSI`.
    pub bus: &'static str,
    /// What it is, for example `Disk&Ven_SanDisk&Prod_Cruzer&Rev_1.20` or `VID_0781&PID_5530`.
    pub id: String,
    /// Which it is, as the key is named.
    pub instance: String,
    /// Its own serial number; `None` where Windows made the instance up, because the device has none.
    pub serial: Option<String>,
    /// `FriendlyName`.
    pub friendly_name: Option<Found<String>>,
    /// `LocationInformation`: the port.
    pub location: Option<Found<String>>,
    /// `ContainerID`: the same for all functions of one device.
    pub container: Option<Found<String>>,
    /// When it was seen.
    pub times: DeviceTimes,
}

pub(super) fn devices(reader: &mut Reader<'_>) -> Vec<Device> {
    let mut found = Vec::new();
    for bus in BUSES {
        let Some(key) = reader.key(&format!("CurrentControlSet\\Enum\\{bus}")) else { continue };
        for id in reader.subkeys(&key) {
            // Hubs of the machine itself have no vendor id.
            if bus == "USB" && !begins_with(id.name(), "VID_") {
                continue;
            }
            for instance in reader.subkeys(&id) {
                found.push(device(reader, bus, &id, &instance));
            }
        }
    }
    found
}

fn device<'h>(reader: &mut Reader<'h>, bus: &'static str, id: &Key<'h>, instance: &Key<'h>) -> Device {
    Device {
        origin: Origin::of_key(instance),
        bus,
        id: id.name().into(),
        instance: instance.name().into(),
        serial: serial(bus, instance.name()),
        friendly_name: reader.text(instance, "FriendlyName"),
        location: reader.text(instance, "LocationInformation"),
        container: reader.text(instance, "ContainerID"),
        times: times(reader, instance),
    }
}

/// The serial number in the name of an instance. Windows makes names up with `&` as second character, and adds the
/// number of the unit to those of mass storage.
fn serial(bus: &str, instance: &str) -> Option<String> {
    let made_up = bus == "SCSI" || instance.chars().nth(1) == Some('&');
    let serial = match bus {
        "USBSTOR" => instance.rsplit_once('&').map_or(instance, |(serial, _)| serial),
        _ => instance,
    };
    (!made_up && !serial.is_empty()).then(|| serial.to_owned())
}

fn times<'h>(reader: &mut Reader<'h>, instance: &Key<'h>) -> DeviceTimes {
    let Some(key) = reader.below(instance, TIMES) else { return DeviceTimes::default() };
    DeviceTimes {
        installed: time(reader, &key, "0064"),
        first_installed: time(reader, &key, "0065"),
        arrived: time(reader, &key, "0066"),
        removed: time(reader, &key, "0067"),
    }
}

/// A property that holds a time: since Windows 8 the default value of a key of four digits, before it the value `Data`
/// two keys deeper.
fn time<'h>(reader: &mut Reader<'h>, times: &Key<'h>, number: &str) -> Option<Found<FileTime>> {
    if let Some(key) = reader.below(times, number) {
        return reader.time(&key, "");
    }
    let key = reader.below(times, &format!("0000{number}\\00000000"))?;
    reader.read(&key, "Data", Value::file_time)
}
