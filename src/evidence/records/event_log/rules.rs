//! What events say of deployments, by provider and number.

use std::collections::HashMap;

use chrono::{DateTime, SecondsFormat};

use super::{
    super::{
        device_id::Carrier,
        entry::{Entry, is_image_file},
    },
    event::Event,
};
use crate::{
    evidence::statement::{Known, Stamp, Testimony, Topic},
    sighting::Locator,
};

/// Download jobs whose owner is remembered until their address is met.
const MAX_JOBS: usize = 4096;

/// Parts of the names of the providers that rules know.
const PROVIDERS: [&str; 11] = [
    "\"Microsoft-Windows-Setup\"",
    "SetupPlatform\"",
    "Kernel-General\"",
    "\"EventLog\"",
    "User32\"",
    "UserPnp\"",
    "WindowsUpdateClient\"",
    "Bits-Client\"",
    "VHDMP",
    "Partition\"",
    "Kernel-PnP\"",
];

/// Whether a rule may know an event, by a look at its XML.
pub(super) fn may_know(xml: &str) -> bool {
    let head = xml.get(..xml.floor_char_boundary(400)).unwrap_or_default();
    PROVIDERS.iter().any(|provider| head.contains(provider))
}

/// Rules, and what events before said.
#[derive(Default)]
pub(super) struct Rules {
    /// The latest event that names the zone, and whether it was said: of each zone the first and the last are.
    zone: Option<(Event, bool)>,
    computer: String,
    /// The latest event that describes the running system.
    system: Option<Event>,
    /// Owner and program of download jobs.
    jobs: HashMap<String, (String, String)>,
}

impl Rules {
    /// Says what an event says.
    pub(super) fn event(&mut self, event: &Event, testimony: &mut Testimony) {
        let mut entry = entry(event, testimony);
        let provider = event.provider.strip_prefix("Microsoft-Windows-").unwrap_or(&event.provider);
        match (provider, event.id) {
            ("Setup", 2003) => host(event, &mut entry),
            ("Setup", 2004) => installed(event, &mut entry),
            ("SetupPlatform", 2005) => {
                host(event, &mut entry);
                entry.say(Topic::CommandOption, "installation-choice", event.field("installationchoice"));
            }
            ("Kernel-General", 12) => {
                let names = ["majorversion", "minorversion", "buildversion", "qfeversion"];
                entry.say(Topic::Boot, "version", &version(event, &names));
            }
            ("EventLog", 6009) => {
                let words = [event.nth(0), event.nth(1)].map(str::trim).join(" ");
                entry.say(Topic::Boot, "version", &words);
            }
            ("EventLog", 6011) => entry.say(Topic::ComputerName, event.nth(0), event.nth(1)),
            ("EventLog", 6013) => {
                self.uptime(event, &mut entry);
                self.zone(event, testimony);
            }
            ("User32", 1074) => restart(event, &mut entry),
            ("UserPnp", 20001 | 20003) | ("Kernel-PnP", 400 | 410) => {
                if let Some(carrier) = Carrier::of(event.field("deviceinstanceid")) {
                    carrier.say(&mut entry);
                }
            }
            ("WindowsUpdateClient", 19 | 20 | 43 | 44) => update(event, &mut entry),
            ("Bits-Client", 3 | 4) => self.job(event),
            ("Bits-Client", 59 | 60) => self.download(event, &mut entry),
            (name, 1 | 2 | 12) if name.starts_with("VHDMP") => {
                let file = ["vhdfilename", "filename"].map(|name| event.field(name));
                let file = file.into_iter().find(|file| !file.is_empty()).unwrap_or_default();
                entry.say(Topic::MountedImage, &event.user, file);
            }
            ("Partition", 1006) => disk(event, &mut entry),
            _ => {}
        }
    }

    /// Says what only the last event of its kind says of the system that is installed.
    pub(super) fn end(mut self, testimony: &mut Testimony) {
        self.say_last_zone(testimony);
        let Some(event) = self.system else { return };
        let texts = event.texts();
        let text = |number: usize| texts.get(number).map_or("", String::as_str);
        let mut entry = entry(&event, testimony);
        entry.say(Topic::InstalledOs, "ProductName", text(2));
        let build = text(3).split_once(" Build ").map_or("", |(_, build)| build.trim());
        entry.say(Topic::InstalledOs, "CurrentBuild", build);
        entry.say(Topic::InstalledOs, "BuildLab", text(5));
        let installed = i64::from_str_radix(text(6), 16).ok().filter(|seconds| *seconds > 0);
        if let Some(at) = installed.and_then(|seconds| DateTime::from_timestamp(seconds, 0)) {
            entry.say(Topic::InstalledOs, "InstallDate", &at.to_rfc3339_opts(SecondsFormat::Secs, true));
        }
    }

    /// The event that is written once a day: its fields hold the zone, the bytes behind them the system.
    ///
    /// ```text
    /// "1.1" "0" "Windows 10 Pro" "10.0.15063 Build 15063  " "Multiprocessor Free" "15063.rs2_release.170317-1834" "596659b8" ... "409" "DESKTOP-1"
    /// ```
    fn uptime(&mut self, event: &Event, entry: &mut Entry<'_>) {
        let texts = event.texts();
        let computer = texts.iter().rev().find(|text| !text.is_empty()).map_or("", String::as_str);
        if texts.len() > 12 && computer != self.computer {
            computer.clone_into(&mut self.computer);
            entry.say(Topic::ComputerName, "", computer);
        }
        // A log goes round: what stands last in it need not be the last that was written.
        if texts.len() > 6 && self.system.as_ref().is_none_or(|last| last.at <= event.at) {
            self.system = Some(event.clone());
        }
    }

    /// `480 Pacific Standard Time`: minutes to add to standard time to get UTC. Summer time is not told.
    fn zone(&mut self, event: &Event, testimony: &mut Testimony) {
        let is_same = self.zone.as_ref().is_some_and(|(last, _)| last.nth(6) == event.nth(6));
        if !is_same {
            self.say_last_zone(testimony);
            say_zone(event, testimony);
        }
        self.zone = Some((event.clone(), !is_same));
    }

    fn say_last_zone(&mut self, testimony: &mut Testimony) {
        if let Some((last, false)) = self.zone.take() {
            say_zone(&last, testimony);
        }
    }

    fn job(&mut self, event: &Event) {
        let owner = ["jobowner", "user"].map(|name| event.field(name));
        let owner = owner.into_iter().find(|owner| !owner.is_empty()).unwrap_or_default();
        let id = ["jobid", "id"].map(|name| event.field(name));
        if let Some(id) = id.into_iter().find(|id| !id.is_empty()).filter(|_| self.jobs.len() < MAX_JOBS) {
            let program = event.field("processpath").to_owned();
            self.jobs.entry(id.to_lowercase()).or_insert_with(|| (owner.to_owned(), program));
        }
    }

    fn download(&self, event: &Event, entry: &mut Entry<'_>) {
        let url = event.field("url");
        if !is_image_file(url) {
            return;
        }
        entry.say(Topic::DownloadUrl, event.field("name"), url);
        let known = |length: &&str| length.parse::<u64>().is_ok_and(|length| length > 0 && length < u64::MAX);
        let lengths = ["filelength", "bytestotal"].map(|name| event.field(name));
        if let Some(length) = lengths.into_iter().find(known) {
            entry.say(Topic::DownloadLength, url, length);
        }
        if let Some((owner, program)) = self.jobs.get(&event.field("id").to_lowercase()) {
            entry.say(Topic::Launcher, program, owner);
        }
    }
}

fn say_zone(event: &Event, testimony: &mut Testimony) {
    if let Some((bias, zone)) = event.nth(6).split_once(' ').filter(|(bias, _)| bias.parse::<i32>().is_ok()) {
        entry(event, testimony).say(Topic::TimeZone, bias, zone);
    }
}

fn entry<'e>(event: &'e Event, testimony: &'e mut Testimony) -> Entry<'e> {
    let stamp = event.at.map(|at| Stamp::Utc(at, Known::Direct));
    Entry::new(testimony, stamp, Locator::Record(event.record), &event.words)
}

/// Numbers joined by dots; empty where the first is missing.
fn version(event: &Event, names: &[&str]) -> String {
    let numbers: Vec<&str> = names.iter().map(|name| event.field(name)).collect();
    match numbers.first() {
        Some(first) if !first.is_empty() => numbers.join(".").trim_end_matches('.').to_owned(),
        _ => String::new(),
    }
}

/// The system that setup started from.
fn host(event: &Event, entry: &mut Entry<'_>) {
    for (name, about) in
        [("hostosname", "product_name"), ("hostoseditionid", "edition"), ("hostosedition", "edition")]
    {
        entry.say(Topic::SourceOs, about, event.field(name));
    }
    for build in ["hostosbuildnumber", "hostosbuildversion"] {
        if !event.field(build).is_empty() {
            let names = ["hostosmajorversion", "hostosminorversion", build];
            entry.say(Topic::SourceOs, "version", &version(event, &names));
        }
    }
    let is_true = |value: &str| value == "1" || value.eq_ignore_ascii_case("true");
    for name in ["hostoswaswindowspe", "hostosiswindowspe", "hostoswindowspe"] {
        if is_true(event.field(name)) {
            entry.say(Topic::RamDrive, "", "Windows PE");
        }
    }
    for name in ["installwasanupgrade", "installwasupgrade"] {
        entry.say(Topic::CommandOption, "install-was-an-upgrade", event.field(name));
    }
}

/// The system that was installed.
fn installed(event: &Event, entry: &mut Entry<'_>) {
    entry.say(Topic::TargetOs, "product_name", event.field("osname"));
    entry.say(Topic::TargetOs, "edition", event.field("oseditionid"));
    for build in ["osbuildversion", "osbuildnumber"] {
        if !event.field(build).is_empty() {
            let names = ["osmajorversion", "osminorversion", build];
            entry.say(Topic::TargetOs, "version", &version(event, &names));
        }
    }
}

/// A restart for the sake of an upgrade: reason code `0x8002....`, operating system, with the minor reason 3.
fn restart(event: &Event, entry: &mut Entry<'_>) {
    let digits = event.field("param4").trim_start_matches("0x");
    let code = u32::from_str_radix(digits, 16).unwrap_or_default();
    if code & 0x00ff_ffff == 0x0002_0003 {
        entry.say(Topic::PhaseBegin, event.field("param1"), event.field("param3"));
    }
}

/// An update; apps of the store are none of the system.
fn update(event: &Event, entry: &mut Entry<'_>) {
    let title = event.field("updatetitle");
    let is_app = title.split_once('-').is_some_and(|(id, _)| {
        id.len() == 12 && id.starts_with('9') && id.bytes().all(|byte| byte.is_ascii_alphanumeric())
    });
    if is_app {
        return;
    }
    entry.say(Topic::Update, "title", title);
    entry.say(Topic::Update, "guid", event.field("updateguid"));
    entry.say(Topic::Update, "service", event.field("serviceguid"));
    if event.id == 20 {
        entry.say(Topic::Failure, title, event.field("errorcode"));
    }
}

/// A disk that was connected or taken away, with the first sector of its volumes.
fn disk(event: &Event, entry: &mut Entry<'_>) {
    let (device, serial) = (event.field("parentid"), event.field("serialnumber").trim());
    match Carrier::of(device) {
        Some(carrier) if carrier.serial.is_empty() => entry.say(Topic::UsbDevice, serial, device),
        Some(carrier) => entry.say(Topic::UsbDevice, carrier.serial, device),
        None => {}
    }
    for (field, property) in [("manufacturer", "maker"), ("model", "model"), ("capacity", "capacity")] {
        entry.say(Topic::DeviceProperty, &format!("{device} / {property}"), event.field(field));
    }
    for volume in ["vbr0", "vbr1", "vbr2", "vbr3"] {
        if let Some(serial) = volume_serial(event.field(volume)) {
            entry.say(Topic::VolumeSerial, device, &serial.to_string());
        }
    }
}

/// The serial number in the first sector of a volume, given in hexadecimal digits: by NTFS, exFAT, FAT32 or FAT16.
fn volume_serial(sector: &str) -> Option<u32> {
    const PLACES: [(usize, &[u8], usize); 4] =
        [(3, b"NTFS    ", 0x48), (3, b"EXFAT   ", 0x64), (0x52, b"FAT32", 0x43), (0x36, b"FAT1", 0x27)];
    let sector = hex::decode(sector).ok()?;
    let is_of =
        |(at, name, _): &&(usize, &[u8], usize)| sector.get(*at..).is_some_and(|rest| rest.starts_with(name));
    let (_, _, at) = PLACES.iter().find(is_of)?;
    let serial = sector.get(*at..at + 4)?.try_into().ok()?;
    Some(u32::from_le_bytes(serial)).filter(|serial| *serial != 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::statement::PieceKind;

    /// An event as the crate renders it, with fields by name.
    fn event(provider: &str, id: u32, fields: &[(&str, &str)]) -> Event {
        let fields: String = fields
            .iter()
            .map(|(name, value)| match name.is_empty() {
                true => format!("<Data>{value}</Data>"),
                false => format!("<Data Name=\"{name}\">{value}</Data>"),
            })
            .collect();
        let xml = format!(
            "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<Event><System><Provider Name=\"{provider}\"/>\
             <EventID Qualifiers=\"0\">{id}</EventID><Security UserID=\"S-1-5-18\"/></System><EventData>{fields}</EventData></Event>"
        );
        assert!(may_know(&xml), "{provider}");
        Event::of(7, 1_530_902_326_610_728, &xml).unwrap().unwrap()
    }

    fn said(events: &[Event]) -> Vec<(Topic, String, String)> {
        let (mut rules, mut testimony) = (Rules::default(), Testimony::new("x", PieceKind::EventLog));
        for event in events {
            rules.event(event, &mut testimony);
        }
        rules.end(&mut testimony);
        let statements = testimony.statements.iter();
        statements
            .map(|said| {
                (said.topic, said.about.as_deref().unwrap_or_default().into(), said.value.to_string())
            })
            .collect()
    }

    fn expected(statements: &[(Topic, &str, &str)]) -> Vec<(Topic, String, String)> {
        statements.iter().map(|(topic, about, value)| (*topic, (*about).into(), (*value).into())).collect()
    }

    #[test]
    fn an_installation_from_windows_pe_is_told_with_and_without_blanks() {
        let told = expected(&[
            (Topic::SourceOs, "product_name", "Windows PE"),
            (Topic::SourceOs, "version", "10.0.15063"),
            (Topic::RamDrive, "", "Windows PE"),
            (Topic::CommandOption, "install-was-an-upgrade", "false"),
        ]);
        let names = [
            ("Host OS Name", "Windows PE"),
            ("Host OS Major version", "10"),
            ("Host OS minor version", "0"),
            ("Host OS build version", "15063"),
            ("Install was an upgrade", "false"),
            ("Host OS was Windows PE", "true"),
        ];
        assert_eq!(said(&[event("Microsoft-Windows-Setup", 2003, &names)]), told);
        let joined = names.map(|(name, value)| (name.replace(' ', ""), value));
        let joined: Vec<(&str, &str)> = joined.iter().map(|(name, value)| (name.as_str(), *value)).collect();
        assert_eq!(said(&[event("Microsoft-Windows-Setup", 2003, &joined)]), told);
    }

    #[test]
    fn a_download_is_told_with_its_length_and_its_owner() {
        let url = "http://srv/files/install.esd";
        let job =
            [("jobTitle", "x"), ("jobId", "{A}"), ("jobOwner", r"CORP\anna"), ("processPath", r"C:\p.exe")];
        let done =
            [("Id", "{a}"), ("name", "x"), ("url", url), ("fileLength", "5554353356"), ("bytesTotal", "1")];
        let other = [("Id", "{a}"), ("url", "http://srv/browser.exe"), ("fileLength", "5")];
        let provider = "Microsoft-Windows-Bits-Client";
        let events = [event(provider, 3, &job), event(provider, 60, &done), event(provider, 60, &other)];
        let told = expected(&[
            (Topic::DownloadUrl, "x", url),
            (Topic::DownloadLength, url, "5554353356"),
            (Topic::Launcher, r"C:\p.exe", r"CORP\anna"),
        ]);
        assert_eq!(said(&events), told);
    }

    #[test]
    fn devices_and_mounted_files_are_told() {
        let stick = r"USB\VID_0781&amp;PID_5581\AA11BB22";
        let id = r"USB\VID_0781&PID_5581\AA11BB22";
        let disk = [("Model", "Ultra"), ("ParentId", stick), ("SerialNumber", " X "), ("Capacity", "16")];
        let storage = [("DeviceInstanceId", r"USBSTOR\Disk&amp;Ven_X\AA11BB22&amp;0")];
        let events = [
            event("Microsoft-Windows-Partition", 1006, &disk),
            event("Microsoft-Windows-UserPnp", 20003, &storage),
            event(
                "Microsoft-Windows-Kernel-PnP",
                400,
                &[("DeviceInstanceId", r"PCI\VEN_1\3&amp;1&amp;0&amp;1")],
            ),
            event("Microsoft-Windows-VHDMP", 1, &[("VhdFileName", r"C:\iso\windows.iso")]),
            event("EventLog", 6011, &[("", "OLD"), ("", "NEW")]),
        ];
        let told = expected(&[
            (Topic::UsbDevice, "AA11BB22", id),
            (Topic::DeviceProperty, &format!("{id} / model"), "Ultra"),
            (Topic::DeviceProperty, &format!("{id} / capacity"), "16"),
            (Topic::UsbDevice, "AA11BB22", r"USBSTOR\Disk&Ven_X\AA11BB22&0"),
            (Topic::MountedImage, "S-1-5-18", r"C:\iso\windows.iso"),
            (Topic::ComputerName, "OLD", "NEW"),
        ]);
        assert_eq!(said(&events), told);
    }

    #[test]
    fn serials_of_volumes_are_read_by_file_system() {
        let sector = |name_at: usize, name: &[u8], at: usize| {
            let mut sector = vec![0; 512];
            sector[name_at..name_at + name.len()].copy_from_slice(name);
            sector[at..at + 4].copy_from_slice(&1_806_485_031_u32.to_le_bytes());
            hex::encode(sector)
        };
        for (name_at, name, at) in [
            (3, &b"NTFS    "[..], 0x48),
            (3, b"EXFAT   ", 0x64),
            (0x52, b"FAT32   ", 0x43),
            (0x36, b"FAT16   ", 0x27),
        ] {
            assert_eq!(volume_serial(&sector(name_at, name, at)), Some(1_806_485_031));
        }
        assert_eq!(volume_serial(&sector(3, b"REFS    ", 0x48)), None);
        assert_eq!(volume_serial("zz"), None);
        assert_eq!(volume_serial("00"), None);
    }
}
