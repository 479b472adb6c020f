//! What a run tells of its deployment besides the image: medium, command line, systems, who and when.

use std::collections::BTreeMap;

use super::{
    Channels, Line, PieceKind, Present, Topic, Traces, Witness, agents, image, joins, outcome, run::Run,
};
use crate::sighting::deployment::{Aspect, Deployment, DeploymentKind, Moment, Told};

/// Scripts that are named; more are counted.
const MAX_NAMED: usize = 8;

/// The deployment that a run is.
pub(super) fn deployment(
    run: &Run<'_>,
    witnesses: &[Witness<'_>],
    joinable: &joins::Joinable<'_>,
    channels: &Channels,
    present: &[Present],
) -> Deployment {
    let generation = &run.place.generation;
    let of_system = |witness: &&Witness<'_>| {
        witness.place().generation == *generation && witness.testimony().kind == PieceKind::Hive
    };
    let traces = Traces {
        lines: run
            .lines
            .iter()
            .chain(&run.beside)
            .copied()
            .chain(witnesses.iter().filter(of_system).flat_map(Witness::lines))
            .chain(joinable.events_near(run))
            .collect(),
        present: present.iter().filter(|file| file.generation == *generation).collect(),
    };
    let mut aspects = plain(run);
    aspects.extend(medium(run));
    aspects.extend(systems(run));
    aspects.extend(people(run));
    aspects.extend(outcome::failure(run));
    let sighting = image::sighting(run);
    let mut deployment = Deployment {
        number: 0,
        kind: run.kind,
        outcome: outcome::outcome(run),
        begun: begin(run),
        ended: run.lines.last().map(Line::moment).unwrap_or_default(),
        told_in: run.place.generation.to_string(),
        aspects,
        phases: outcome::phases(run),
        channels: channels.of(&traces),
        agents: agents(channels, &traces, generation),
        contradictions: image::contradictions(run, sighting.index),
        sighting,
        listed: image::listed(run),
        missing: Vec::new(),
    };
    joins::join(&mut deployment, run, joinable);
    deployment
}

/// The line that says so; a few stand before it, whose zone no anchor tells.
fn begin(run: &Run<'_>) -> Moment {
    let said = run.lines.iter().find(|line| line.statement.topic == Topic::Session);
    let all = said.into_iter().chain(&run.lines).chain(&run.beside).map(Line::moment);
    all.into_iter().find(|moment| !moment.is_unknown()).unwrap_or_default()
}

/// Aspects that one kind of line tells: the last such line counts, earlier ones that say the same are quoted with it.
fn plain(run: &Run<'_>) -> BTreeMap<Aspect, Told> {
    let mut aspects = BTreeMap::new();
    for (topic, aspect) in [
        (Topic::ComputerName, Aspect::Computer),
        (Topic::SetupBuild, Aspect::SetupVersion),
        (Topic::TaskSequence, Aspect::TaskSequence),
        (Topic::PackageId, Aspect::Package),
        (Topic::DownloadUrl, Aspect::Url),
        (Topic::NetworkPath, Aspect::NetworkPath),
        (Topic::MountedImage, Aspect::MountedIso),
    ] {
        if let Some(told) = last_told(run, topic) {
            aspects.insert(aspect, told);
        }
    }
    // Setup is the parent of the programs that it starts itself: that tells nothing.
    let own = ["setuphost.exe", "setup.exe", "setupprep.exe", "setupplatform.exe"];
    let is_foreign = |line: &&Line<'_>| !own.iter().any(|name| line.value().to_lowercase().contains(name));
    if let Some(line) = run.on(Topic::ParentCommandLine).find(is_foreign) {
        aspects.insert(Aspect::Parent, line.told(line.value()));
    }
    let is_setup = |line: &&Line<'_>| !line.about().contains("dism");
    let line = |line: &Line<'_>| line.told(line.value());
    let of_setup = run.on(Topic::CommandLine).find(is_setup).map(line).or_else(|| options(run));
    if let Some(told) = of_setup.or_else(|| run.on(Topic::CommandLine).next().map(line)) {
        aspects.insert(Aspect::CommandLine, told);
    }
    for (topic, aspect) in [(Topic::AnswerFile, Aspect::AnswerFile), (Topic::Script, Aspect::Scripts)] {
        if let Some(told) = listed(run.on(topic)) {
            aspects.insert(aspect, told);
        }
    }
    if let Some(told) = old_system(run) {
        aspects.insert(Aspect::OldSystem, told);
    }
    aspects
}

/// Setup of WinPE logs its options one by one.
fn options(run: &Run<'_>) -> Option<Told> {
    let options: Vec<&Line<'_>> = run
        .on(Topic::CommandOption)
        .filter(|line| line.about().is_empty() && line.value().starts_with('/'))
        .collect();
    let first = options.first()?;
    let value = options.iter().map(|line| line.value()).collect::<Vec<_>>().join(" ");
    Some(Told {
        value,
        value_zh: None,
        on: std::iter::once(first)
            .chain(options.iter().skip(1).take(3))
            .map(|line| line.citation())
            .collect(),
    })
}

fn last_told(run: &Run<'_>, topic: Topic) -> Option<Told> {
    let last = run.last(topic)?;
    let mut told = last.told(last.value());
    let same =
        run.on(topic).filter(|line| line.value() == last.value() && line.evidence() != last.evidence());
    told.on.extend(same.take(2).map(Line::citation));
    Some(told)
}

/// Different values in their order, joined.
fn listed<'l, 'w: 'l>(lines: impl Iterator<Item = &'l Line<'w>>) -> Option<Told> {
    let mut different: Vec<&Line<'_>> = Vec::new();
    let mut more = 0;
    for line in lines.filter(|line| !line.value().is_empty()) {
        if different.iter().any(|other| other.value() == line.value()) {
            continue;
        }
        if different.len() < MAX_NAMED {
            different.push(line);
        } else {
            more += 1;
        }
    }
    let mut value = different.iter().map(|line| line.value()).collect::<Vec<_>>().join("; ");
    let mut value_zh = None;
    if more > 0 {
        value_zh = Some(format!("{value}；另有 {more} 项"));
        value = format!("{value}; and {more} more");
    }
    (!different.is_empty()).then(|| Told {
        value,
        value_zh,
        on: different.iter().map(|line| line.citation()).collect(),
    })
}

/// What setup found of a system before, in WinPE; a disk that it formatted tells that there is nothing left.
fn old_system(run: &Run<'_>) -> Option<Told> {
    let formatted = run.on(Topic::VolumeFormatted).next();
    if let Some(line) = formatted {
        let volume = line.value();
        return Some(line.worded(
            format!("volume {volume} was formatted by setup: nothing of a system before is left"),
            format!("卷 {volume} 已由安装程序格式化：此前的系统没有留下任何内容"),
        ));
    }
    let moved = run.on(Topic::OldSystem).find(|line| !line.value().contains("doesn't exist"));
    let absent = run.on(Topic::OldSystem).find(|line| line.value().contains("doesn't exist"));
    moved.or(absent).map(|line| line.told(line.value()))
}

/// Where the image came from.
fn medium(run: &Run<'_>) -> Vec<(Aspect, Told)> {
    let mut aspects = Vec::new();
    if let Some(line) = image::path(run) {
        aspects.push((Aspect::ImagePath, line.told(line.value())));
    }
    if let Some(line) = run.last(Topic::MediaPath).or_else(|| run.last(Topic::SourcesFolder)) {
        aspects.push((Aspect::MediaPath, line.told(line.value())));
    }
    if let Some(line) = run.last(Topic::DriveType) {
        let mut told = match drive_type(line.value()) {
            Some((en, zh)) => {
                line.worded(format!("{en} ({})", line.value()), format!("{zh}（{}）", line.value()))
            }
            None => line.told(line.value()),
        };
        told.on.extend(run.on(Topic::DriveDisk).next().map(Line::citation));
        aspects.push((Aspect::DriveType, told));
    }
    for (topic, aspect) in
        [(Topic::VolumeLabel, Aspect::VolumeLabel), (Topic::VolumeSerial, Aspect::VolumeSerial)]
    {
        if let Some(line) = run.on(topic).next() {
            let serial = line.value().trim().parse::<u32>().map(volume_serial);
            aspects.push((aspect, line.told(serial.unwrap_or_else(|_| line.value().to_owned()))));
        }
    }
    let devices: Vec<&Line<'_>> = run.on(Topic::DeviceInstance).collect();
    if let Some(first) = devices.first() {
        aspects.push((
            Aspect::Device,
            Told {
                value: first.value().to_owned(),
                value_zh: None,
                on: devices.iter().take(4).map(|line| line.citation()).collect(),
            },
        ));
        if let Some((line, serial)) = devices.iter().find_map(|line| Some((line, usb_serial(line.value())?)))
        {
            aspects.push((Aspect::UsbSerial, line.told(serial)));
        }
    }
    aspects
}

/// As `GetDriveType` numbers them.
fn drive_type(number: &str) -> Option<(&'static str, &'static str)> {
    match number {
        "2" => Some(("removable", "可移动驱动器")),
        "3" => Some(("fixed disk", "固定磁盘")),
        "4" => Some(("network", "网络")),
        "5" => Some(("CD, DVD or ISO", "CD、DVD 或 ISO")),
        "6" => Some(("RAM disk", "内存盘")),
        _ => None,
    }
}

/// As Windows shows it: `6BAC-C627`.
pub(super) fn volume_serial(serial: u32) -> String {
    format!("{:04X}-{:04X}", serial >> 16, serial & 0xffff)
}

/// The serial number in `USBSTOR\DISK&VEN_X&PROD_Y&REV_0\0123456789ABCD&0`. Windows makes one up for devices that have
/// none: its second character is then an ampersand.
pub(super) fn usb_serial(instance: &str) -> Option<String> {
    let mut parts = instance.split('\\');
    let (bus, _, last) = (parts.next()?, parts.next()?, parts.next()?);
    let made_up = last.chars().nth(1) == Some('&');
    let serial = last.rsplit_once('&').map_or(last, |(serial, _)| serial);
    let is_usb = bus.eq_ignore_ascii_case("USBSTOR") || bus.eq_ignore_ascii_case("USB");
    (is_usb && !made_up && !serial.is_empty()).then(|| serial.to_owned())
}

fn systems(run: &Run<'_>) -> Vec<(Aspect, Told)> {
    let mut aspects = Vec::new();
    for (topic, aspect) in [(Topic::SourceOs, Aspect::FromOs), (Topic::TargetOs, Aspect::ToOs)] {
        let lines: Vec<&Line<'_>> = run.on(topic).collect();
        let value = |about: &str| {
            lines
                .iter()
                .filter(|line| line.about() == about && !line.value().is_empty())
                .map(|line| line.value())
                .next()
        };
        let version = match (value("version"), value("ubr")) {
            // A fourth part of zero is what setup writes where it does not know it.
            (Some(version), Some(revision)) => {
                let three: Vec<&str> = version.split('.').take(3).collect();
                let has_revision = version.split('.').nth(3).is_some_and(|part| part != "0");
                Some(if has_revision {
                    version.to_owned()
                } else {
                    format!("{}.{revision}", three.join("."))
                })
            }
            (version, _) => version.map(str::to_owned),
        };
        let named = [value("product_name"), value("edition")].into_iter().flatten().map(str::to_owned);
        let text = named.chain(version).chain(value("build_string").map(|build| format!("({build})")));
        let text = text.collect::<Vec<_>>().join(" ");
        if let (false, Some(_)) = (text.is_empty(), lines.first()) {
            aspects.push((
                aspect,
                Told {
                    value: text,
                    value_zh: None,
                    on: lines.iter().take(4).map(|line| line.citation()).collect(),
                },
            ));
        }
    }
    let booted = matches!(run.kind, DeploymentKind::CleanInstall);
    if let (true, Some(line)) = (booted, run.on(Topic::RamDrive).next())
        && !aspects.iter().any(|(aspect, _)| *aspect == Aspect::FromOs)
    {
        aspects.push((
            Aspect::FromOs,
            line.worded("Windows PE, booted from the medium", "从介质启动的 Windows PE"),
        ));
    }
    aspects
}

/// Setup names no account. The folder for temporary files is that of the account that started it.
fn people(run: &Run<'_>) -> Vec<(Aspect, Told)> {
    let Some(line) = run.on(Topic::Launcher).next() else { return Vec::new() };
    let mut parts = line.value().split(['\\', '/']);
    let in_profile = parts.any(|part| part.eq_ignore_ascii_case("users")).then(|| parts.next()).flatten();
    let said = line.value();
    let told = match in_profile.filter(|name| !name.is_empty()) {
        Some(name) => line.worded(
            format!("profile {name}: a user who was logged on"),
            format!("用户配置文件 {name}：已登录的用户"),
        ),
        // A path outside of all profiles; else the name of an account.
        None if said.contains('\\') && said.contains(':') => {
            line.worded(format!("no profile ({said}): a service"), format!("无用户配置文件（{said}）：服务"))
        }
        None => line.told(said),
    };
    vec![(Aspect::Launcher, told)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn serials_read_as_windows_shows_them() {
        assert_eq!(volume_serial(1_806_485_031), "6BAC-C627");
        assert_eq!(
            usb_serial("USBSTOR\\DISK&VEN_&PROD_&REV_0.00\\0123456789ABCD&0").as_deref(),
            Some("0123456789ABCD")
        );
        assert_eq!(usb_serial("USB\\VID_7614&PID_1000\\0123456789ABCD").as_deref(), Some("0123456789ABCD"));
        assert_eq!(usb_serial("USB\\VID_1D6B&PID_0002\\5&1A2B&0&3"), None, "made up by Windows");
        assert_eq!(usb_serial("PCI\\VEN_8086&DEV_A12F\\3&11583659&0&A0"), None);
    }
}
