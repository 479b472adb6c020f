//! What other evidence says of the same device, volume, file or system: serial numbers and lengths join them.

use super::{Line, Topic, Witness, aspects::volume_serial, run::Run};
use crate::sighting::{
    FactKey, Value,
    deployment::{Aspect, Deployment, Told},
};

/// Quotations that are added to an aspect.
const MAX_ADDED: usize = 3;

/// Adds what other pieces know.
pub(super) fn join(deployment: &mut Deployment, run: &Run<'_>, witnesses: &[Witness<'_>]) {
    let same_computer = |witness: &&Witness<'_>| witness.place().root == run.place.root;
    let all: Vec<Line<'_>> = witnesses.iter().filter(same_computer).flat_map(Witness::lines).collect();
    usb(deployment, &all);
    volume(deployment, &all);
    download(deployment, &all);
    let of_system: Vec<Line<'_>> =
        all.into_iter().filter(|line| line.witness.place().generation == run.place.generation).collect();
    drive_letter(deployment, &of_system);
    born(deployment, &of_system);
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
        let told = line.told(format!("{} ({size} bytes, as long as the image file)", line.about()));
        deployment.aspects.insert(Aspect::Url, told);
    }
}

/// What stood behind the drive letter of the media, by the hive of the system that kept it.
fn drive_letter(deployment: &mut Deployment, of_system: &[Line<'_>]) {
    if deployment.aspects.contains_key(&Aspect::Device) {
        return;
    }
    let path =
        [Aspect::MediaPath, Aspect::ImagePath].into_iter().find_map(|aspect| deployment.aspects.get(&aspect));
    // The drive of the system itself says nothing.
    let letter = path.and_then(|told| told.value.get(..2)).map(str::to_uppercase);
    let Some(letter) = letter.filter(|letter| letter.ends_with(':') && letter != "C:") else { return };
    let mut letters = of_system.iter().filter(|line| line.statement.topic == Topic::DriveLetter);
    if let Some(line) = letters.find(|line| line.about().to_uppercase() == letter) {
        let told = line.told(format!("{letter} was {}", line.value()));
        deployment.aspects.insert(Aspect::Device, told);
    }
}

/// When the image was made, by what the system that came of it still carries.
fn born(deployment: &mut Deployment, of_system: &[Line<'_>]) {
    let lines: Vec<&Line<'_>> = of_system
        .iter()
        .filter(|line| line.statement.topic == Topic::ImageBorn && !line.value().is_empty())
        .collect();
    if let Some(first) = lines.first() {
        let on = lines.iter().take(1 + MAX_ADDED).map(|line| line.citation()).collect();
        deployment.aspects.insert(Aspect::ImageBorn, Told { value: first.value().to_owned(), on });
    }
}
