//! DISM and the component store (components `DISM`, `CBS`), in their own logs and inside those of setup.

use super::super::{
    command_line,
    instant::{plain, session_id},
    table::{Rule, Says},
    voice::Voice,
};
use crate::evidence::{
    servicing::Code,
    statement::{PieceKind, Topic},
};

const DISM: &[&str] = &["DISM"];
const CBS: &[&str] = &["CBS"];

pub(super) const RULES: &[Rule] = &[
    Rule {
        of: DISM,
        words: "<----- Starting Dism",
        says: Says::Own(|voice, _| voice.say(Topic::Session, "dism", "dism")),
    },
    Rule {
        of: DISM,
        words: "<----- Ending Dism",
        says: Says::Own(|voice, _| voice.say(Topic::SessionEnd, "dism", "dism")),
    },
    Rule { of: DISM, words: "Executing command line: ", says: Says::Own(command) },
    Rule { of: DISM, words: "Error in operation: ", says: Says::Own(repair_failed) },
    Rule { of: DISM, words: "Failed processing package changes", says: Says::Own(repair_failed) },
    Rule { of: DISM, words: "Failed to restore the image health.", says: Says::Own(repair_failed) },
    Rule { of: DISM, words: "Parent process command line: ", says: Says::Own(parent) },
    Rule { of: DISM, words: "Scratch directory set to '", says: Says::Own(scratch) },
    Rule { of: DISM, words: "Target image information: OS Version=", says: Says::Own(target) },
    Rule { of: CBS, words: "Starting TrustedInstaller initialization.", says: Says::Own(run_begins) },
    Rule { of: CBS, words: "Starting TiWorker initialization.", says: Says::Own(run_begins) },
    Rule { of: CBS, words: "Ending TrustedInstaller finalization.", says: Says::Own(run_ends) },
    Rule { of: CBS, words: "Universal Time is: ", says: Says::Own(universal_time) },
    Rule { of: CBS, words: "Session: ", says: Says::Own(session) },
];

fn command(voice: &mut Voice<'_>, text: &str) {
    let line = without_function(text);
    command_line::dism(voice, line);
    let repair = command_line::repair(line);
    let is_repair = repair.is_some();
    voice.memory.servicing.dism_command(repair);
    if is_repair {
        let on = voice.cite(Topic::StoreRepair, "command", line);
        voice.memory.servicing.cite_repair(on);
    }
}

/// `(CBS HRESULT=0x800f081f) - CCbsConUIHandler::Error`, or `- CDISMPackageManager::RestoreHealth(hr:0x800f081f)`.
fn repair_failed(voice: &mut Voice<'_>, text: &str) {
    let code = ["HRESULT=", "(hr:"].into_iter().find_map(|word| Code::parse(text.split_once(word)?.1));
    if let Some(code) = code.filter(|code| code.is_failure() && voice.memory.servicing.repair_failed(*code)) {
        let on = voice.cite(Topic::StoreRepair, "failure", &code.to_string());
        voice.memory.servicing.cite_repair(on);
    }
}

fn parent(voice: &mut Voice<'_>, text: &str) {
    voice.say(Topic::ParentCommandLine, "dism", without_function(text));
}

/// `C:\Users\NAME\AppData\Local\Temp\'.`: where it is the folder for temporary files, that of whoever runs DISM.
fn scratch(voice: &mut Voice<'_>, text: &str) {
    let folder = text.split('\'').next().unwrap_or_default();
    let last = folder.trim_end_matches('\\').rsplit('\\').next().unwrap_or_default();
    if last.eq_ignore_ascii_case("temp") || last.eq_ignore_ascii_case("SystemTemp") {
        voice.say(Topic::Launcher, "scratch directory", folder);
    }
}

/// A message without the function behind it, ` - DismInitializeInternal` or ` - Class::Function(hr:0x80070002)`.
fn without_function(text: &str) -> &str {
    let is_name = |tail: &str| {
        !tail.is_empty()
            && tail.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | ':' | '(' | ')'))
    };
    text.rsplit_once(" - ").filter(|(_, tail)| is_name(tail)).map_or(text, |(message, _)| message)
}

/// `10.0.26100.2033, Image architecture=amd64`: inside a log of setup, the system that it services is the new one.
fn target(voice: &mut Voice<'_>, text: &str) {
    if voice.kind() == PieceKind::SetupLog {
        voice.say(Topic::TargetOs, "version", text.split(',').next().unwrap_or_default());
    }
}

fn run_begins(voice: &mut Voice<'_>, _: &str) {
    if voice.kind() == PieceKind::ServicingLog {
        voice.memory.begin_run(voice.stamp);
        voice.say(Topic::Session, "cbs", "cbs");
    }
}

fn run_ends(voice: &mut Voice<'_>, _: &str) {
    if voice.kind() == PieceKind::ServicingLog {
        voice.say(Topic::SessionEnd, "cbs", "cbs");
    }
}

/// `2019-03-28 23:33:01.718`.
fn universal_time(voice: &mut Voice<'_>, text: &str) {
    if let Some(instant) = plain(text) {
        voice.anchor(instant);
    }
}

/// `30754339_543620214 initialized by client DISM Package Manager Provider, ...`: the id is the instant, unless an old
/// session goes on.
fn session(voice: &mut Voice<'_>, text: &str) {
    let Some((id, rest)) = text.split_once(' ') else { return };
    let Some(client) = rest.strip_prefix("initialized by client ") else { return };
    let made = session_id(id);
    if let Some(instant) = made {
        voice.likely_anchor(instant);
    }
    let name = client.split(", ").next().unwrap_or_default().trim();
    if !name.is_empty() && voice.memory.servicing.client(name, made) {
        let on = voice.cite(Topic::ServicingClient, "", name);
        voice.memory.servicing.cite_client(on);
    }
}
