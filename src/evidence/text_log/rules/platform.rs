//! The platform of setup, which plans operations in phases and carries them out over restarts (component `SP`).

use super::super::{
    entry::{date_time, is_stamp},
    table::{Rule, Says, bracket, named},
    voice::Voice,
};
use crate::evidence::statement::Topic;

const SP: &[&str] = &["SP"];

const fn rule(words: &'static str, says: Says) -> Rule {
    Rule { of: SP, words, says }
}

pub(super) const RULES: &[Rule] = &[
    rule(
        "CSetupPlatform::Initialize: Setup log starts:",
        Says::Own(|voice, _| voice.say(Topic::Session, RUN, RUN)),
    ),
    rule("Started phase ", Says::Own(phase_begins)),
    rule("Ended phase ", Says::Bracket(Topic::PhaseEnd, "")),
    rule("Execution phase ", Says::Own(phase_result)),
    rule("Host system information:", Says::Own(|voice, _| voice.memory.host_block = true)),
    rule("Creating new system ", Says::Own(new_system)),
    rule("Applying WIM file: ", Says::Own(apply_begins)),
    rule("Operation completed successfully: Apply WIM file ", Says::Own(apply_ends)),
    rule("Operation failed: ", Says::Own(operation_failed)),
    rule("SPGetOSInformation: Adding OS piece: ", Says::Own(old_piece)),
    rule(
        "Cleanup Windows.old",
        Says::Own(|voice, text| voice.say(Topic::OldSystem, "", &format!("Cleanup Windows.old{text}"))),
    ),
];

const RUN: &str = "setup-platform";

/// `[Pre SysPrep]`: setup goes on in a restarted system, whose clock may run in another zone.
fn phase_begins(voice: &mut Voice<'_>, text: &str) {
    let phase = bracket(text).unwrap_or_default();
    voice.say(Topic::Session, RUN, phase);
    voice.say(Topic::PhaseBegin, "", phase);
}

/// `[Pre SysPrep] exiting with HRESULT [0x00000000]`.
fn phase_result(voice: &mut Voice<'_>, text: &str) {
    let code = named(text, "HRESULT [").unwrap_or_default();
    if code.trim_start_matches("0x").contains(|digit| digit != '0') {
        voice.say(Topic::Failure, bracket(text).unwrap_or_default(), code);
    }
}

/// `(1). WIM File: C:\media\Sources\Install.wim, index: 5, System drive: C`.
fn new_system(voice: &mut Voice<'_>, text: &str) {
    let Some((file, rest)) = text.split_once("WIM File: ").and_then(|(_, text)| text.split_once(", index: "))
    else {
        return;
    };
    voice.say(Topic::InstallFile, "", file);
    voice.say(Topic::ImageIndex, file, rest.split(',').next().unwrap_or_default());
}

/// `C:\media\Sources\Install.wim, index 5(create EAs), to C:\$WINDOWS.~BT\NewOS. Work dir: C:\...`.
fn apply_begins(voice: &mut Voice<'_>, text: &str) {
    let Some((file, rest)) = text.split_once(", index ") else { return };
    let index: String = rest.chars().take_while(char::is_ascii_digit).collect();
    let to = rest.split_once(", to ").map_or("", |(_, to)| to);
    let to = to.split_once(". Work dir: ").map_or(to, |(to, _)| to);
    voice.say(Topic::ApplyBegin, file, to);
    voice.say(Topic::ImageIndex, file, &index);
}

/// `PathForNewOSFile (compact), index 5 to C:\$WINDOWS.~BT\NewOS`.
fn apply_ends(voice: &mut Voice<'_>, text: &str) {
    let to = text.split_once(", index ").and_then(|(_, rest)| rest.split_once(" to "));
    voice.say(Topic::ApplyEnd, "", to.map_or("", |(_, to)| to));
}

/// `<operation>. Error: 0x80040154[gle=0x000000b7]`.
fn operation_failed(voice: &mut Voice<'_>, text: &str) {
    if let Some((operation, code)) = text.rsplit_once(". Error: ") {
        voice.say(Topic::Failure, operation, code.split('[').next().unwrap_or_default());
    }
}

/// `Name: USERS, Original path: C:\Users, Current path: C:\Users (allow relocation)`. What already lies elsewhere is a
/// piece of the new system.
fn old_piece(voice: &mut Voice<'_>, text: &str) {
    let Some((before, paths)) = text.split_once("Original path: ") else { return };
    let Some((original, current)) = paths.split_once(", Current path: ") else { return };
    let current = current.rsplit_once(" (").map_or(current, |(path, _)| path);
    if current.eq_ignore_ascii_case(original) {
        let name = before.trim_start_matches("Name: ").trim_end_matches([',', ' ']);
        voice.say(Topic::OldPiece, name, original);
    }
}

/// A row of the recap of operations, by its message: number, name, executed, begin, end, and more, between bars. The
/// recap comes again at each restart and error; a row is said once. Names end after 80 characters.
pub(in super::super) fn operation_row(voice: &mut Voice<'_>, message: &str) {
    let mut cells = message.split('|').map(str::trim);
    let mut cell = || cells.next().unwrap_or_default();
    let (number, name, executed, begin, end) = (cell(), cell(), cell(), cell(), cell());
    let is_row = number.parse::<u32>().is_ok() && executed == "Yes";
    let time =
        |cell: &str| is_stamp(cell.as_bytes(), b'-', b' ').then(|| date_time(cell.as_bytes())).flatten();
    let (true, Some(begin)) = (is_row, time(begin)) else { return };
    let times = match time(end) {
        Some(end) => format!("{} {}", begin.format("%FT%T"), end.format("%FT%T")),
        None => begin.format("%FT%T").to_string(),
    };
    let about = format!("{number} {name}");
    if voice.memory.is_new_row(&format!("{about} {times}")) {
        voice.say(Topic::Operation, &about, &times);
    }
}

/// A line without stamp below `Host system information:`, `    Manufacturer: X` or `    Model : X`.
pub(in super::super) fn host_property(voice: &mut Voice<'_>, line: &str) {
    let Some((name, value)) = line.split_once(':') else { return };
    let about = match name.trim() {
        "Manufacturer" => "manufacturer",
        "Model" => "model",
        "Firmware type" => "firmware",
        "BIOS version" => "bios version",
        "BIOS release date" => "bios date",
        "VM" => "virtual",
        _ => return,
    };
    if voice.memory.is_new_row(line) {
        voice.say(Topic::Machine, about, value);
    }
}

/// An error entry that ends with a result, `CSetupManager::Execute(295): Result = 0x80070032`, or holds one,
/// `RunDlls:An error occurred ...; hr = 0x80073cf2`.
pub(in super::super) fn failure(voice: &mut Voice<'_>, message: &str) {
    let Some((function, code)) = result_line(message).or_else(|| result_behind_words(message)) else {
        return;
    };
    let code = code.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
    if code.starts_with("0x") {
        voice.say(Topic::Failure, function, code);
    }
}

/// Function and code of `CSetupManager::Execute(295): Result = 0x80070032`.
fn result_line(message: &str) -> Option<(&str, &str)> {
    let (place, code) = message.rsplit_once("): Result = ")?;
    Some((place.rsplit_once('(')?.0, code))
}

/// Function and code of `Class::Function: Words; hr = 0x80073cf2`.
fn result_behind_words(message: &str) -> Option<(&str, &str)> {
    let (words, code) = message.rsplit_once("; hr = ").or_else(|| message.rsplit_once("; dwRet = "))?;
    let words = words.as_bytes();
    let is_end = |at: &usize| {
        words.get(at + 1) != Some(&b':') && at.checked_sub(1).and_then(|at| words.get(at)) != Some(&b':')
    };
    let end = memchr::memchr_iter(b':', words).find(is_end)?;
    Some((message.get(..end)?, code))
}
