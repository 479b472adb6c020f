//! What a hive says, as statements: the form in which deployments are put together.

use chrono::SecondsFormat;
use sha2::{Digest as _, Sha256};
use wimproof_wim::FileTime;

use super::{
    Hive,
    facts::{
        Data, Device, Found, Marker, Mounted, MountedDevice, Named, Origin, OsIdentity, Problems, SourceOs,
        SystemFacts, look_up, software, system,
    },
};
use crate::{
    evidence::{
        mask::mask,
        statement::{Known, MAX_QUOTE, PieceKind, Stamp, Statement, Testimony, Topic},
    },
    sighting::Locator,
};

/// Reads a hive with its transaction logs. Never fails: a hive that cannot be read says nothing, and why.
pub fn read(bytes: Vec<u8>, logs: &[Vec<u8>], source: &str, markers: &[Marker]) -> Testimony {
    let mut testimony = Testimony::new(source, PieceKind::Hive);
    testimony.size = bytes.len() as u64;
    testimony.sha256 = Some(Sha256::digest(&bytes).into());
    let hive = match Hive::open(bytes, logs) {
        Ok(hive) => hive,
        Err(error) => {
            testimony.partial = Some(error.to_string());
            return testimony;
        }
    };
    let mut voice = Voice(&mut testimony);
    let facts = system(&hive);
    voice.system(&facts);
    voice.problems(&facts.problems);
    let facts = software(&hive);
    voice.os(Topic::InstalledOs, "", &facts.os);
    for volume in facts.removable.iter().chain(&facts.searched) {
        let about = volume.value.label.as_str();
        if let Some(serial) = volume.value.serial {
            voice.say(Topic::VolumeSerial, about, &serial.to_string(), &volume.origin);
        }
    }
    for tool in &facts.tools {
        for value in &tool.values {
            voice.named(Topic::Marker, tool.tool, value);
        }
    }
    voice.problems(&facts.problems);
    let (seen, problems) = look_up(&hive, markers);
    for marker in seen {
        let value = marker.data.as_ref().map_or("present".to_owned(), text);
        voice.say(Topic::Marker, &marker.name, &value, &marker.origin);
    }
    voice.problems(&problems);
    testimony
}

struct Voice<'t>(&'t mut Testimony);

impl Voice<'_> {
    fn say(&mut self, topic: Topic, about: &str, value: &str, origin: &Origin) {
        self.say_at(topic, about, value, origin, None);
    }

    fn say_at(&mut self, topic: Topic, about: &str, value: &str, origin: &Origin, stamp: Option<Stamp>) {
        let value = mask(value.trim());
        if value.is_empty() {
            return;
        }
        let mut quote = value.to_string();
        quote.truncate(quote.floor_char_boundary(MAX_QUOTE));
        self.0.say(Statement {
            topic,
            about: (!about.is_empty()).then(|| about.into()),
            value: value.as_ref().into(),
            stamp,
            locator: Locator::Key(origin.to_string()),
            quote: quote.into(),
        });
    }

    fn found<T: ToString>(&mut self, topic: Topic, about: &str, found: Option<&Found<T>>) {
        if let Some(found) = found {
            self.say(topic, about, &found.value.to_string(), &found.origin);
        }
    }

    fn time(&mut self, topic: Topic, about: &str, found: Option<&Found<FileTime>>) {
        let utc = found.and_then(|found| Some((found, rfc3339(found.value)?)));
        if let Some((found, utc)) = utc {
            self.say(topic, about, &utc, &found.origin);
        }
    }

    fn problems(&mut self, problems: &Problems) {
        let first = problems.described().first();
        if let (None, Some(first)) = (&self.0.partial, first) {
            let more = problems.described().len() as u64 + problems.omitted() - 1;
            self.0.partial = Some(format!("below {}: {} (and {more} more)", first.key, first.error));
        }
    }

    fn system(&mut self, facts: &SystemFacts) {
        self.found(Topic::ComputerName, "", facts.computer_name.as_ref());
        self.found(Topic::TimeZone, "", facts.time_zone.name.as_ref());
        let mut former: Vec<&SourceOs> = facts.source_os.iter().collect();
        former.sort_by_key(|os| os.updated.map(|stamp| stamp.local));
        for os in former {
            let key = os.origin.key.rsplit('\\').next().unwrap_or_default();
            let stamp = os.updated.map(|stamp| Stamp::Local(stamp.local));
            self.os_at(Topic::FormerOs, key, &os.os, stamp);
        }
        self.setup(facts);
        for mounted in &facts.mounted {
            self.mounted(mounted);
        }
        for device in &facts.devices {
            self.device(device);
        }
        for run in &facts.runs {
            let stamp = run.value.last_run.to_utc().map(|utc| Stamp::Utc(utc, Known::Direct));
            self.say_at(Topic::ProgramRun, &run.value.sid, &run.value.program, &run.origin, stamp);
        }
    }

    fn setup(&mut self, facts: &SystemFacts) {
        let setup = &facts.setup;
        self.found(Topic::ImageBorn, "CloneTag", setup.clone_tag_text.as_ref());
        if let Some(baked) = &setup.baked
            && let Some(utc) = rfc3339(baked.value.oldest)
        {
            self.say(Topic::ImageBorn, "oldest keys", &utc, &baked.origin);
        }
        self.found(Topic::CommandLine, "setup", setup.cmd_line.as_ref());
        self.found(Topic::AnswerFile, "", setup.unattend_file.as_ref());
        for failed in &setup.failed_installations {
            let build = failed.origin.value.as_deref().unwrap_or_default();
            self.say(Topic::FailedAttempt, build, &failed.value.to_string(), &failed.origin);
        }
        self.found(Topic::FailedAttempt, "failures", setup.failure_count.as_ref());
        self.found(Topic::SourceOs, "version", setup.source_os_version.as_ref());
    }

    fn os(&mut self, topic: Topic, key: &str, os: &OsIdentity) {
        self.os_at(topic, key, os, None);
    }

    /// A system; of a former one, when it was replaced.
    fn os_at(&mut self, topic: Topic, key: &str, os: &OsIdentity, stamp: Option<Stamp>) {
        let about = |name: &str| if key.is_empty() { name.to_owned() } else { format!("{key} / {name}") };
        for (name, found) in [
            ("ProductName", &os.product_name),
            ("EditionID", &os.edition_id),
            ("ReleaseId", &os.release_id),
            ("DisplayVersion", &os.display_version),
            ("CurrentBuild", &os.current_build),
            ("BuildLabEx", &os.build_lab_ex),
        ] {
            if let Some(found) = found {
                self.say_at(topic, &about(name), &found.value, &found.origin, stamp);
            }
        }
        if let Some(ubr) = &os.ubr {
            self.say_at(topic, &about("UBR"), &ubr.value.to_string(), &ubr.origin, stamp);
        }
        self.time(topic, &about("InstallTime"), os.install_time.as_ref());
        self.time(topic, &about("InstallDate"), os.install_date.as_ref());
        for found in &os.edition_sub {
            let name = found.origin.value.clone().unwrap_or_default();
            self.found(topic, &about(&name), Some(found));
        }
    }

    fn mounted(&mut self, mounted: &Found<Mounted>) {
        let Some(letter) = mounted.value.letter else { return };
        let device = match &mounted.value.device {
            MountedDevice::Mbr { signature, offset } => {
                format!("the partition at {offset} of the disk with signature {signature:08X}")
            }
            MountedDevice::Gpt(guid) => format!("the partition with GUID {guid}"),
            MountedDevice::Path(path) => path.clone(),
            MountedDevice::Unknown(_) => return,
        };
        self.say(Topic::DriveLetter, &format!("{letter}:"), &device, &mounted.origin);
    }

    /// A storage device, at the time when it was first seen.
    fn device(&mut self, device: &Device) {
        let serial = device.serial.as_deref().unwrap_or(&device.instance);
        let name = device.friendly_name.as_ref().map(|name| format!(" ({})", name.value)).unwrap_or_default();
        let first = device.times.first_installed.as_ref().or(device.times.installed.as_ref());
        let stamp = first.and_then(|found| found.value.to_utc()).map(|utc| Stamp::Utc(utc, Known::Direct));
        let value = format!("{}\\{}\\{}{name}", device.bus, device.id, device.instance);
        self.say_at(Topic::UsbDevice, serial, &value, &device.origin, stamp);
    }

    fn named(&mut self, topic: Topic, about: &str, found: &Found<Named>) {
        let about = format!("{about} / {}", found.value.name);
        self.say(topic, &about, &text(&found.value.data), &found.origin);
    }
}

fn text(data: &Data) -> String {
    match data {
        Data::Text(text) => text.clone(),
        Data::Number(number) => number.to_string(),
        Data::Bytes(count) => format!("{count} bytes"),
        Data::Withheld => "present, not shown".to_owned(),
    }
}

fn rfc3339(time: FileTime) -> Option<String> {
    Some(time.to_utc()?.to_rfc3339_opts(SecondsFormat::Secs, true))
}
