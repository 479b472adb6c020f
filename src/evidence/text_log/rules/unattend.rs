//! Answer files and commands that setup runs, written by whichever program handles them.

use super::super::{
    table::{Rule, Says, brackets, named},
    voice::Voice,
};
use crate::evidence::statement::Topic;

const fn rule(words: &'static str, says: Says) -> Rule {
    Rule { of: &[], words, says }
}

pub(super) const RULES: &[Rule] = &[
    rule("Found unattend file at ", Says::Brackets(Topic::AnswerFile, "")),
    rule("Found usable unattend file for pass ", Says::Own(usable)),
    rule("Caching copy of unattend file", Says::Own(cached)),
    rule("Found RunSynchronous command: ", Says::Brackets(Topic::Script, "run-synchronous")),
    rule("Found RunAsynchronous command: ", Says::Brackets(Topic::Script, "run-asynchronous")),
    rule("ExecuteCommandFromValue: Executing command line: ", Says::Rest(Topic::Script, "command")),
];

/// `[specialize] at [E:\unattend.xml]`.
fn usable(voice: &mut Voice<'_>, text: &str) {
    voice.say(Topic::AnswerFile, "", named(text, "] at [").unwrap_or_default());
}

/// `: ... cached at --> [C:\Windows\panther\unattend.xml]`.
fn cached(voice: &mut Voice<'_>, text: &str) {
    let copy = named(text, "--> [").or_else(|| brackets(text));
    voice.say(Topic::AnswerFile, "cached", copy.unwrap_or_default());
}
