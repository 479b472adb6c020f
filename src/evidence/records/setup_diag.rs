//! `SetupDiagResults.xml`: what `SetupDiag`, which setup runs after a failed upgrade, found out.
//!
//! Elements by Microsoft's description of the tool, UTF-16 as a rule. Times have no zone: they are local.

use std::io::Read;

use chrono::NaiveDateTime;

use super::{
    Settings,
    document::{Document, Leaf, Node, walk},
    entry::{Entry, between, hex_code},
    input::{broken, head, testify},
};
use crate::evidence::statement::{PieceKind, Stamp, Testimony, Topic};

/// Bytes of a result that are read.
pub const MAX_BYTES: u64 = 16 << 20;

/// Elements that are one statement each.
const ELEMENTS: [(&str, Topic, &str); 14] = [
    ("MachineName", Topic::ComputerName, ""),
    ("Manufacturer", Topic::Machine, "maker"),
    ("Model", Topic::Machine, "model"),
    ("FirmwareType", Topic::Machine, "firmware"),
    ("HostOSVersion", Topic::SourceOs, "version"),
    ("HostOSBuildString", Topic::SourceOs, "build_string"),
    ("HostOSEdition", Topic::SourceOs, "edition"),
    ("HostOSLanguageId", Topic::SourceOs, "language"),
    ("TargetOSBuildString", Topic::TargetOs, "build_string"),
    ("ProfileName", Topic::Result, "profile"),
    ("LastSetupPhase", Topic::Result, "phase"),
    ("LastSetupOperation", Topic::Result, "operation"),
    ("Remediation", Topic::Result, "remediation"),
    ("SetupReportId", Topic::CommandOption, "report-id"),
];

/// Elements whose text is the time of something.
const TIMES: [(&str, Topic, &str); 5] = [
    ("UpgradeStartTime", Topic::PhaseBegin, "upgrade"),
    ("UpgradeEndTime", Topic::PhaseEnd, "upgrade"),
    ("RollbackStartTime", Topic::Rollback, "begin"),
    ("RollbackEndTime", Topic::Rollback, "end"),
    ("PostOOBESuccessTime", Topic::PhaseEnd, "post OOBE"),
];

/// Reads a result.
pub fn read(input: impl Read, source: &str, settings: &Settings) -> Testimony {
    testify(input, source, PieceKind::SetupDiag, |input, testimony| {
        let bytes = head(input, MAX_BYTES, "SetupDiag result", testimony)?;
        let document = Document::of(&bytes, |bytes| settings.code_page.decode(bytes).into_owned());
        let walked = walk(&document, |node| {
            if let Node::End(leaf) = node {
                element(testimony, &leaf);
            }
        });
        if let Err(why) = walked {
            broken(testimony, why);
        }
        Ok(())
    })
}

fn element(testimony: &mut Testimony, leaf: &Leaf<'_>) {
    let name = leaf.path.last().map_or("", String::as_str);
    let words = format!("<{name}>{}</{name}>", leaf.text);
    let mut entry = Entry::new(testimony, None, leaf.locator.clone(), &words);
    if let Some((_, topic, about)) = ELEMENTS.iter().find(|(known, _, _)| *known == name) {
        // The tool was run on logs of another computer.
        if !leaf.text.eq_ignore_ascii_case("offline") {
            entry.say(*topic, about, leaf.text);
        }
    } else if let Some((_, topic, value)) = TIMES.iter().find(|(known, _, _)| *known == name) {
        if let Some(stamp) = time(leaf.text) {
            entry.at(Some(stamp)).say(*topic, "", value);
        }
    } else if matches!(name, "FailureDetails" | "FailureData") {
        failure(leaf.text, &mut entry);
    }
}

/// `Err = 0x00000057, LastOperation = Gather data, scope: EVERYTHING, LastPhase = Downlevel`, and sentences.
fn failure(text: &str, entry: &mut Entry<'_>) {
    let part = |name: &str| {
        let rest = text.split_once(name)?.1.trim_start().strip_prefix(['=', ':'])?;
        Some(rest.split([',', '\n']).next()?.trim())
    };
    let operation = part("LastOperation").or_else(|| between(text, "operation '", "'")).unwrap_or("setup");
    if let Some(code) = hex_code(text) {
        entry.say(Topic::Failure, operation, code);
        if part("Err").is_some() {
            entry.say(Topic::Result, "result", code);
        }
    }
    entry.say(Topic::Result, "phase", part("LastPhase").unwrap_or_default());
    entry.say(Topic::Result, "operation", part("LastOperation").unwrap_or_default());
}

fn time(text: &str) -> Option<Stamp> {
    let forms = ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f", "%m/%d/%Y %I:%M:%S %p", "%m/%d/%Y %H:%M:%S"];
    forms.iter().find_map(|form| NaiveDateTime::parse_from_str(text, form).ok()).map(Stamp::Local)
}
