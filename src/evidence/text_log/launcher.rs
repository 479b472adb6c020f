//! `BlueBox.log`, which tells how setup was launched: `2025-04-26 05:07:00: CommandLine: [V:\Sources\SetupPrep.exe ]`.

use std::io::{Read, Result};

use super::{
    code_page::CodePage,
    command_line::{self, Options},
    entry::{STAMP, date_time, is_stamp},
    lines::Lines,
    table::{bracket, brackets},
    voice::{Memory, Voice},
};
use crate::evidence::statement::{Testimony, Topic};

/// The stamp and the text of a line.
pub(super) fn parts(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let (stamp, rest) = line.split_at_checked(STAMP)?;
    is_stamp(stamp, b'-', b' ').then_some((stamp, rest.strip_prefix(b": ")?))
}

/// Reads a log to its end.
///
/// # Errors
/// What the input answers; what was read before is said.
pub(super) fn read(
    lines: &mut Lines<impl Read>,
    code_page: CodePage,
    testimony: &mut Testimony,
) -> Result<()> {
    let mut memory = Memory::default();
    while let Some(line) = lines.next_line()? {
        let Some((stamp, text)) = parts(line.bytes) else { continue };
        let text = code_page.decode(text);
        let mut voice = Voice::new(testimony, &mut memory, line, date_time(stamp), code_page);
        let Some((name, value)) = text.split_once(": ") else { continue };
        match name {
            "BuildInfo" => {
                voice.say(Topic::Session, "launcher", "launcher");
                voice.say(Topic::SetupBuild, "", brackets(value).unwrap_or_default());
            }
            "CommandLine" => voice.say(Topic::CommandLine, "setupprep", brackets(value).unwrap_or_default()),
            "Opening Box" => voice.say(Topic::ModulePath, "", brackets(value).unwrap_or_default()),
            "Launching process" => launch(&mut voice, value),
            _ => {}
        }
    }
    Ok(())
}

/// `[V:\Sources\SetupHost.exe] with command-line [/Install ... /MediaPath "V:"] in Session: [-1]`.
fn launch(voice: &mut Voice<'_>, text: &str) {
    let Some((program, rest)) = text.split_once(" with command-line [") else { return };
    let line = rest.rsplit_once("] in Session").map_or(rest.trim_end_matches(']'), |(line, _)| line);
    if !bracket(program).is_some_and(|path| path.to_ascii_lowercase().ends_with("setuphost.exe")) {
        return voice.say(Topic::CommandLine, program.trim_matches(['[', ']']), line);
    }
    command_line::setup(voice, line);
    let options = Options::of(line);
    voice.say(Topic::InstallFile, "", options.value("installfile").unwrap_or_default());
    voice.say(Topic::MediaPath, "", options.value("mediapath").unwrap_or_default());
}
