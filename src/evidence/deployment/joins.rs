//! What other evidence says of the same device, volume, file or system: serial numbers and lengths join them.

use std::collections::HashMap;

use chrono::NaiveDateTime;

use super::{
    Line, PieceKind, Topic, Witness,
    aspects::volume_serial,
    run::{NEAR, Run, time},
};
use crate::sighting::{
    FactKey, Value,
    deployment::{Aspect, Deployment, DeploymentKind, Told},
};

/// Quotations that are added to an aspect.
const MAX_ADDED: usize = 3;

/// Lines that say something of more than the run they stand in, gathered once, by the computer that they are of.
pub(super) struct Joinable<'w>(HashMap<&'w str, OfComputer<'w>>);

#[derive(Default)]
struct OfComputer<'w> {
    lines: Vec<Line<'w>>,
    /// Lines of event logs with a time, in the order of time.
    events: Vec<(NaiveDateTime, Line<'w>)>,
}

impl<'w> Joinable<'w> {
    pub(super) fn of(witnesses: &'w [Witness<'w>]) -> Self {
        let joins = |topic| {
            matches!(
                topic,
                Topic::UsbDevice
                    | Topic::VolumeSerial
                    | Topic::DownloadLength
                    | Topic::DriveLetter
                    | Topic::ImageBorn
                    | Topic::ProgramRun
            )
        };
        let mut computers: HashMap<&str, OfComputer<'_>> = HashMap::new();
        for line in witnesses.iter().flat_map(Witness::lines) {
            let computer = computers.entry(&line.witness.place().root).or_default();
            if line.witness.testimony().kind == PieceKind::EventLog {
                computer.events.extend(time(&line.moment()).map(|at| (at, line)));
            }
            if joins(line.statement.topic) {
                computer.lines.push(line);
            }
        }
        for computer in computers.values_mut() {
            computer.events.sort_by_key(|(at, _)| *at);
        }
        Self(computers)
    }

    /// Events of about the time at which a run began: updates, downloads, devices.
    pub(super) fn events_near(&self, run: &Run<'_>) -> impl Iterator<Item = Line<'w>> {
        let events = self.0.get(&*run.place.root).map_or(&[][..], |computer| &computer.events);
        let begun = run.lines.first().and_then(|line| time(&line.moment()));
        let near = begun.and_then(|begun| {
            let (from, to) = (begun.checked_sub_signed(NEAR)?, begun.checked_add_signed(NEAR)?);
            let first = events.partition_point(|(at, _)| *at <= from);
            events.get(first..events.partition_point(|(at, _)| *at < to))
        });
        near.unwrap_or_default().iter().map(|(_, line)| *line)
    }
}

/// Adds what other pieces know.
pub(super) fn join(deployment: &mut Deployment, run: &Run<'_>, joinable: &Joinable<'_>) {
    let all = joinable.0.get(&*run.place.root).map_or(&[][..], |computer| &computer.lines);
    usb(deployment, all);
    volume(deployment, all);
    download(deployment, all);
    launcher(deployment, run, all);
    let is_own = |line: &&Line<'_>| line.witness.place().generation == run.place.generation;
    // The letters are those of the system in which setup ran: the one before; a booted Windows PE keeps none.
    if run.kind == DeploymentKind::InPlace {
        drive_letter(deployment, all.iter().filter(|line| !is_own(line)));
        drive_letter(deployment, all.iter().filter(is_own));
    }
    born(deployment, all.iter().filter(is_own));
}

/// Who ran a program of setup at that time, by the record that Windows keeps of programs.
fn launcher(deployment: &mut Deployment, run: &Run<'_>, all: &[Line<'_>]) {
    let mut runs = all.iter().filter(|line| line.statement.topic == Topic::ProgramRun && run.near(line));
    let Some(first) = runs.next() else { return };
    let (account, program) = (first.about(), first.value());
    let told =
        first.worded(format!("account {account} ran {program}"), format!("帐户 {account} 运行了 {program}"));
    let known = deployment.aspects.entry(Aspect::Launcher);
    known.and_modify(|known| known.on.extend(told.on.clone())).or_insert(told);
}

fn usb(deployment: &mut Deployment, all: &[Line<'_>]) {
    let Some(told) = deployment.aspects.get_mut(&Aspect::UsbSerial) else { return };
    let serial = told.value.to_lowercase();
    let same = all
        .iter()
        .filter(|line| line.statement.topic == Topic::UsbDevice && line.about().to_lowercase() == serial);
    told.on.extend(same.take(MAX_ADDED).map(Line::citation));
}

/// The serial of a volume, kept by the search index or `ReadyBoost` beside its label.
fn volume(deployment: &mut Deployment, all: &[Line<'_>]) {
    let Some(told) = deployment.aspects.get_mut(&Aspect::VolumeSerial) else { return };
    let kept = all.iter().filter(|line| line.statement.topic == Topic::VolumeSerial);
    let same = kept
        .filter(|line| line.value().trim().parse().is_ok_and(|serial| volume_serial(serial) == told.value));
    let known: Vec<_> = told.on.iter().map(|citation| citation.evidence.clone()).collect();
    let new = same.map(Line::citation).filter(|citation| !known.contains(&citation.evidence));
    told.on.extend(new.take(MAX_ADDED));
}

/// A file of the image's length that was downloaded.
fn download(deployment: &mut Deployment, all: &[Line<'_>]) {
    let Some(Value::Number(size)) = deployment.sighting.facts.get(&FactKey::FileSize).map(|fact| &fact.value)
    else {
        return;
    };
    let lengths = all.iter().filter(|line| line.statement.topic == Topic::DownloadLength);
    if let Some(line) = lengths.into_iter().find(|line| line.value().parse() == Ok(*size)) {
        let url = line.about();
        let told = line.worded(
            format!("{url} ({size} bytes, as long as the image file)"),
            format!("{url}（{size} 字节，与镜像文件大小相同）"),
        );
        deployment.aspects.insert(Aspect::Url, told);
    }
}

/// What stood behind the drive letter of the media, by the hive of the system that kept it.
fn drive_letter<'l, 'w: 'l>(deployment: &mut Deployment, of_system: impl Iterator<Item = &'l Line<'w>>) {
    if deployment.aspects.contains_key(&Aspect::Device) {
        return;
    }
    let path =
        [Aspect::MediaPath, Aspect::ImagePath].into_iter().find_map(|aspect| deployment.aspects.get(&aspect));
    // The drive of the system itself says nothing.
    let letter = path.and_then(|told| told.value.get(..2)).map(str::to_uppercase);
    let Some(letter) = letter.filter(|letter| letter.ends_with(':') && letter != "C:") else { return };
    let mut letters = of_system.filter(|line| line.statement.topic == Topic::DriveLetter);
    if let Some(line) = letters.find(|line| line.about().to_uppercase() == letter) {
        let device = line.value();
        let told = line.worded(format!("{letter} was {device}"), format!("{letter} 当时为 {device}"));
        deployment.aspects.insert(Aspect::Device, told);
    }
}

/// When the image was made, by what the system that came of it still carries.
fn born<'l, 'w: 'l>(deployment: &mut Deployment, of_system: impl Iterator<Item = &'l Line<'w>>) {
    let lines: Vec<&Line<'_>> = of_system
        .filter(|line| line.statement.topic == Topic::ImageBorn && !line.value().is_empty())
        .collect();
    if let Some(first) = lines.first() {
        let on = lines.iter().take(1 + MAX_ADDED).map(|line| line.citation()).collect();
        deployment
            .aspects
            .insert(Aspect::ImageBorn, Told { value: first.value().to_owned(), value_zh: None, on });
    }
}
