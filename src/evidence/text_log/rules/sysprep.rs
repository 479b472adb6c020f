//! Sysprep, which makes an image ready to be captured (component `SYSPRP`).

use super::super::{
    entry::is_stamp,
    table::{Rule, Says},
    voice::Voice,
};
use crate::evidence::statement::Topic;

const fn rule(words: &'static str, says: Says) -> Rule {
    Rule { of: &["SYSPRP"], words, says }
}

pub(super) const RULES: &[Rule] = &[
    rule("===  ", Says::Own(run)),
    rule("The time is now ", Says::Own(time)),
    rule("ParseCommands:Found supported command line option '", Says::Until(Topic::CommandOption, "", "'")),
    rule("Shutting down SysPrep log", Says::Own(|voice, _| voice.say(Topic::SessionEnd, RUN, RUN))),
];

const RUN: &str = "sysprep";

/// `        Beginning of a new sysprep run          ===`.
fn run(voice: &mut Voice<'_>, text: &str) {
    if text.contains("Beginning of a new sysprep run") {
        voice.memory.begin_run(None);
        voice.say(Topic::Session, RUN, RUN);
    }
}

/// `2020-07-31 02:39:03`: written at both ends of a run, said of its begin.
fn time(voice: &mut Voice<'_>, text: &str) {
    let text = text.trim();
    if voice.memory.begun.is_none() && is_stamp(text.as_bytes(), b'-', b' ') {
        voice.memory.begun = voice.stamp;
        voice.say(Topic::ImageBorn, RUN, text);
    }
}
