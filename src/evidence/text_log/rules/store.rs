//! The component store: what the servicing stack (`CBS`), the component platform (`CSI`) and its installer of drivers
//! (`DEPLOY`) say of corrupt files, of checks and of what fails. The components of the platform number their lines:
//! the number is taken away before.

use super::super::{
    table::{Rule, Says},
    voice::{Memory, Voice},
};
use crate::evidence::{
    servicing::{Code, Heard, Weight, component_of_member, digest, package_in, string},
    statement::Topic,
};

const CSI: &[&str] = &["CSI"];
const DEPLOY: &[&str] = &["DEPLOY"];

pub(super) const RULES: &[Rule] = &[
    Rule { of: CSI, words: "Hashes for file member ", says: Says::Own(mismatch) },
    Rule { of: CSI, words: "Warning: Unable to repair payload file (", says: Says::Own(unrepaired_payload) },
    Rule { of: CSI, words: "[SR] Cannot repair member file ", says: Says::Own(unrepaired_member) },
    Rule { of: CSI, words: r"[SR] Repaired file \SystemRoot\WinSxS\", says: Says::Own(repaired_member) },
    Rule { of: CSI, words: "(F) Hydration failed for component ", says: Says::Own(unapplied) },
    Rule { of: DEPLOY, words: "[Pnp] Corrupt file: ", says: Says::Own(corrupt_driver) },
    Rule { of: DEPLOY, words: "[Pnp] Repaired file: ", says: Says::Own(repaired_driver) },
];

/// A line without the component that stands before it in copies that lost their stamps: `CBS    Summary:`; names of fields
/// begin with the same letters and one blank.
pub(in super::super) fn without_component(line: &[u8]) -> &[u8] {
    let line = line.trim_ascii_start();
    let is_column = |rest: &&[u8]| rest.iter().take(2).all(u8::is_ascii_whitespace);
    line.strip_prefix(b"CBS").filter(is_column).unwrap_or(line).trim_ascii_start()
}

/// Whether a message of `CBS` belongs to the block that a check of the store leaves behind.
pub(in super::super) fn is_of_block(memory: &Memory, message: &[u8]) -> bool {
    const BEGINNINGS: [&[u8]; 5] =
        [b"Checking System Update Readiness.", b"(p)", b"(f)", b"(fix)", b"Summary:"];
    memory.servicing.is_in_check() || BEGINNINGS.iter().any(|words| message.starts_with(words))
}

/// A line of such a block. Other lines stand between them.
pub(in super::super) fn block_line(voice: &mut Voice<'_>, text: &str) {
    if text.starts_with("Checking System Update Readiness.") {
        voice.memory.servicing.begin_check();
        return;
    }
    match voice.memory.servicing.block_line(text) {
        Some(Heard::Item(kind, component, file)) => {
            let on = voice.cite(Topic::StoreCorruption, &component, file.as_deref().unwrap_or(kind));
            voice.memory.servicing.cite_item(on);
        }
        Some(Heard::Field(name, value)) => {
            let on = voice.cite(Topic::StoreCheck, &name, &value);
            voice.memory.servicing.cite_check(on);
        }
        Some(Heard::Known) | None => {}
    }
}

/// `[l:13]'winload.exe' do not match.`, with the hashes on the next two lines; before Windows 10
/// `\SystemRoot\WinSxS\keyform\file do not match actual file [l:22{11}]"file" :`, with the hashes on the next.
fn mismatch(voice: &mut Voice<'_>, text: &str) {
    let (component, file) = match string(text) {
        Some((file, rest)) if rest.trim_start().starts_with("do not match") => (None, file),
        _ => {
            let Some((path, _)) = text.split_once(" do not match") else { return };
            let Some((component, file)) =
                path.strip_prefix(r"\SystemRoot\WinSxS\").and_then(|path| path.split_once('\\'))
            else {
                return;
            };
            (Some(component), file)
        }
    };
    let on = voice.cite(Topic::StoreHash, component.unwrap_or_default(), file);
    voice.memory.servicing.mismatch(component, file, on);
    hashes(voice, text);
}

/// Whether a line without stamp has hashes.
pub(in super::super) fn are_hashes(words: &[u8]) -> bool {
    const BEGINNINGS: [&[u8]; 3] = [b"Expected:", b"Actual:", b"Found:"];
    BEGINNINGS.iter().any(|beginning| words.starts_with(beginning))
}

/// ` Expected: {l:32 ml:33 b:...}.`, ` Actual: {l:32 b:...}.`, or `  Found: {...} Expected: {...}`.
pub(in super::super) fn hashes(voice: &mut Voice<'_>, text: &str) {
    let actual = digest(text, "Actual:").or_else(|| digest(text, "Found:"));
    voice.memory.servicing.hashes(digest(text, "Expected:"), actual);
}

/// `[l:11]'winload.exe') for component ([l:79 ml:140]'keyform') from backups directory with disposition (2). ...`
fn unrepaired_payload(voice: &mut Voice<'_>, text: &str) {
    let Some((file, rest)) = string(text) else { return };
    let component = rest.split_once(" for component (").and_then(|(_, rest)| string(rest));
    if let Some((component, _)) = component {
        voice.memory.servicing.file_is_of(component, file);
    }
}

/// `[l:10]'dnsapi.dll' of Microsoft-Windows-X, version 10.0.22621.1485, arch amd64, ... in the store, hash mismatch`
fn unrepaired_member(voice: &mut Voice<'_>, text: &str) {
    let Some((file, rest)) = string(text) else { return };
    let Some(component) = rest.trim_start().strip_prefix("of ").and_then(component_of_member) else { return };
    let is_missing = rest.contains("file is missing");
    if voice.memory.servicing.member(&component, file, is_missing) {
        let on = voice.cite(Topic::StoreFile, &component, file);
        voice.memory.servicing.cite_member(on);
    }
}

/// `keyform\\[l:10]'dnsapi.dll' by copying from backup`
fn repaired_member(voice: &mut Voice<'_>, text: &str) {
    let Some((component, rest)) = text.split_once('\\') else { return };
    if let Some((file, _)) = string(rest.trim_start_matches('\\')) {
        voice.memory.servicing.member_repaired(component, file);
    }
}

/// `Microsoft-Windows-X, version 10.0.22621.1635, arch amd64, ... on file wmploc.dll with NTSTATUS -1073283059. ...`
fn unapplied(voice: &mut Voice<'_>, text: &str) {
    let Some((name, rest)) = text.split_once(" on file ") else { return };
    let (Some(component), Some((file, _))) = (component_of_member(name), rest.split_once(" with NTSTATUS "))
    else {
        return;
    };
    let on = voice.cite(Topic::StoreDelta, &component, file);
    voice.memory.servicing.unapplied(&component, file, on);
}

fn corrupt_driver(voice: &mut Voice<'_>, text: &str) {
    let on = voice.cite(Topic::StoreFile, "driver", text);
    voice.memory.servicing.pnp_corrupt(text, on);
}

fn repaired_driver(voice: &mut Voice<'_>, text: &str) {
    voice.memory.servicing.pnp_repaired(text);
}

/// Words before a code.
const RESULT: &[u8] = b"HRESULT = 0x";

/// How the installation of a package ends.
const ENDED: &str = "Exec: Processing complete";

/// Whether a message of `CBS` says how the installation of a package ended, or that something failed: `... [HRESULT = 0x800f0986 - NAME]`, `..., hr: 0x800f0831`.
pub(in super::super) fn has_failed(message: &[u8]) -> bool {
    let failed = |words: &[u8]| {
        let at = memchr::memmem::rfind(message, words).map(|at| at + words.len());
        at.and_then(|at| message.get(at))
            .is_some_and(|digit| matches!(digit, b'8'..=b'9' | b'a'..=b'f' | b'A'..=b'F'))
    };
    message.starts_with(ENDED.as_bytes()) || (message.last() == Some(&b']') && failed(RESULT))
}

/// Such a message. `Exec: Processing complete.  Session: 1_2, Package: P, Identifier: KB5004244 [HRESULT = ...]` is how the
/// installation of a package ends.
pub(in super::super) fn servicing_failure(voice: &mut Voice<'_>, text: &str) {
    let code = ["HRESULT = ", "hr: "].into_iter().find_map(|words| Code::parse(text.rsplit_once(words)?.1));
    let Some(code) = code else { return };
    let package = package_in(text);
    let ended = package.is_some() && text.starts_with(ENDED);
    if let (true, Some(package), false) = (ended, package, code.is_failure()) {
        return voice.memory.servicing.installed(package);
    }
    if !code.is_failure() || (!ended && code.weight() != Weight::Damage) {
        return;
    }
    let kb = text.split_once("Identifier: ").map(|(_, rest)| rest);
    let kb = kb.and_then(|rest| rest.split([',', ' ', '[']).next()).filter(|kb| kb.starts_with("KB"));
    if voice.memory.servicing.failure(code, package, kb, ended) {
        let on = voice.cite(Topic::ServicingFailure, package.unwrap_or_default(), &code.to_string());
        voice.memory.servicing.cite_failure(code, package, on);
    }
}
