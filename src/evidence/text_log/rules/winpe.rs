//! Setup booted from media: the installer of `setup.exe` in WinPE and in its first boot (components `IBS`, `IBSLIB`,
//! `DIAG`, `PANTHR`).

use super::super::{
    table::{Rule, Says, bracket, named},
    voice::Voice,
};
use crate::evidence::statement::Topic;

/// The installer, and its parts that write no component.
const IBS: &[&str] = &["IBS", "IBSLIB", "DIAG", ""];

const fn rule(words: &'static str, says: Says) -> Rule {
    Rule { of: IBS, words, says }
}

pub(super) const RULES: &[Rule] = &[
    // The run.
    rule("Setup has started phase ", Says::Own(phase_begins)),
    rule("Setup has completed phase ", Says::Own(phase_ends)),
    rule("Build version is ", Says::Rest(Topic::SetupBuild, "")),
    rule("InstallWindows:Install Path = ", Says::Rest(Topic::ModulePath, "")),
    rule("Setup is running from RAM drive. Path is ", Says::Bracket(Topic::RamDrive, "")),
    rule("The firmware boot device ARC path is ", Says::Bracket(Topic::BootDevice, "firmware")),
    rule("The system boot device ARC path is ", Says::Bracket(Topic::BootDevice, "system")),
    rule("Unable to convert ARC path ", Says::Bracket(Topic::BootDevice, "firmware")),
    rule("Publishing command line option ", Says::Brackets(Topic::CommandOption, "")),
    rule("LaunchPackageManager: Launching ", Says::Brackets(Topic::CommandLine, "dism")),
    // The medium.
    rule("Sources folder path is ", Says::Bracket(Topic::SourcesFolder, "")),
    rule("Install source path is ", Says::Bracket(Topic::SourcesFolder, "")),
    rule("Windows image file location is ", Says::Bracket(Topic::InstallFile, "")),
    rule("LogMediaDriveInfo: Media drive is of type ", Says::Own(drive_type)),
    rule("LogMediaDriveInfo: Media drive ", Says::Own(drive_disk)),
    rule("LogDeviceInfo: ----- Device instance ID: ", Says::Own(device)),
    rule("LogDeviceInfo: \t", Says::Own(device_property)),
    rule("GetVolumePath - ", Says::Own(volume)),
    // What is done.
    rule("Calling WIMApplyImage (flags = ", Says::Own(apply_begins)),
    rule("Successfully applied image. Destination was ", Says::Bracket(Topic::ApplyEnd, "")),
    rule("Detected root file/folder ", Says::Bracket(Topic::ImageRoot, "")),
    rule("MoveOldOSFiles:", Says::Rest(Topic::OldSystem, "")),
    rule("SetupVerifyTrustedVolume: The volume [disk-offset] ", Says::Own(trusted_volume)),
    rule("Formatted via Setup; this volume ", Says::Bracket(Topic::VolumeFormatted, "")),
    rule("OrchestrateUpdateImageState: Updating image state from ", Says::Own(image_state)),
    // The computer.
    rule("Callback_ComputerName_Validate:Computer name is ", Says::Own(computer_name)),
    rule("Set the computer name to ", Says::Own(computer_name)),
    rule("ComputerName set to ", Says::Own(computer_name)),
    rule("Time zone set to ", Says::Own(time_zone)),
    rule("EulaType (a.k.a. ChannelType) for product key is ", Says::Bracket(Topic::TargetOs, "channel")),
];

const RUN: &str = "winpe-setup";

/// `2 at 2019-03-29 00:25:29`.
fn phase_begins(voice: &mut Voice<'_>, text: &str) {
    let phase = number(text);
    voice.memory.begin_run(voice.stamp);
    voice.say(Topic::Session, RUN, phase);
    voice.say(Topic::PhaseBegin, "", phase);
}

fn phase_ends(voice: &mut Voice<'_>, text: &str) {
    let phase = number(text);
    voice.say(Topic::PhaseEnd, "", phase);
    voice.say(Topic::SessionEnd, RUN, phase);
}

/// The digits that a text begins with.
fn number(text: &str) -> &str {
    text.split(|c: char| !c.is_ascii_digit()).next().unwrap_or_default()
}

/// `Removable (2)`.
fn drive_type(voice: &mut Voice<'_>, text: &str) {
    let number = text.rsplit_once('(').map(|(_, rest)| number(rest));
    voice.say(Topic::DriveType, "", number.unwrap_or_default());
}

/// `[D:] is known as disk [1]`.
fn drive_disk(voice: &mut Voice<'_>, text: &str) {
    let disk = named(text, "is known as disk [").unwrap_or_default();
    voice.say(Topic::DriveDisk, bracket(text).unwrap_or_default(), disk);
}

/// `[USBSTOR\DISK&VEN_...] -----`: the medium first, then what it hangs on.
fn device(voice: &mut Voice<'_>, text: &str) {
    let device = bracket(text).unwrap_or_default();
    voice.memory.device = Some(device.to_owned());
    voice.say(Topic::DeviceInstance, "", device);
}

/// `Friendly name = [USB Device]` of the instance above.
fn device_property(voice: &mut Voice<'_>, text: &str) {
    let (Some((name, value)), Some(device)) = (text.split_once(" = ["), &voice.memory.device) else { return };
    let about = format!("{device} / {}", name.trim());
    voice.say(Topic::DeviceProperty, &about, value.strip_suffix(']').unwrap_or(value));
}

/// `D:\Sources\install.esd-- D:\-- ESD-USB,-- 1806485031`: file, volume, label, serial.
fn volume(voice: &mut Voice<'_>, text: &str) {
    let mut fields = text.rsplitn(4, "-- ");
    let (Some(serial), Some(label), Some(_), Some(file)) =
        (fields.next(), fields.next(), fields.next(), fields.next())
    else {
        return;
    };
    voice.say(Topic::VolumeLabel, file, label.strip_suffix(',').unwrap_or(label));
    if serial.trim().parse::<u32>().is_ok() {
        voice.say(Topic::VolumeSerial, file, serial);
    }
}

/// `0x8180)...`. With the flag `WIM_FLAG_NO_APPLY` the image is only walked through.
fn apply_begins(voice: &mut Voice<'_>, text: &str) {
    const NO_APPLY: u32 = 0x8;
    let flags = text.split(')').next().unwrap_or_default();
    let bits = flags.strip_prefix("0x").and_then(|digits| u32::from_str_radix(digits, 16).ok());
    if bits.is_none_or(|bits| bits & NO_APPLY == 0) {
        let file = voice.memory.image_file.clone().unwrap_or_default();
        voice.say(Topic::ApplyBegin, &file, &format!("flags {flags}"));
    }
}

/// `[0x0-0x22600000] was formatted by Setup and can be trusted`.
fn trusted_volume(voice: &mut Voice<'_>, text: &str) {
    if text.contains("formatted by Setup and can be trusted") {
        voice.say(Topic::VolumeFormatted, "", bracket(text).unwrap_or_default());
    }
}

/// `[IMAGE_STATE_GENERALIZE_RESEAL_TO_OOBE] --> [IMAGE_STATE_UNDEPLOYABLE]`.
fn image_state(voice: &mut Voice<'_>, text: &str) {
    if let (Some(from), Some(to)) = (bracket(text), named(text, "--> [")) {
        voice.say(Topic::ImageState, "", &format!("{from} --> {to}"));
    }
}

/// A name, in brackets, in quotes, or bare.
fn computer_name(voice: &mut Voice<'_>, text: &str) {
    let name = bracket(text).unwrap_or(text).trim_matches(['\'', '"', '.', ' ']);
    voice.say(Topic::ComputerName, "", name);
}

/// `'Qyzylorda Standard Time'`.
fn time_zone(voice: &mut Voice<'_>, text: &str) {
    voice.say(Topic::TimeZone, "", text.trim_matches(['\'', '"', '.', ' ']));
}
