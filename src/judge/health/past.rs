//! What an image tells of its past: whether a PC in use was captured, and who serviced it when.

use super::{
    Argument, Examination, Findings, PhraseId, RuleId, Said, Severity,
    claims::{GRACE, finished, is_same_code, registered},
    text,
};
use crate::{
    evidence::{
        installation::{Package, Told, Usage},
        servicing::Client,
    },
    sighting::Value,
};

/// Clients of the servicing stack that Windows has, by the begin of their names in lower case: updates, DISM and features on
/// demand, tasks of maintenance, the system file checker, management.
const CLIENTS: [&str; 15] = [
    "windowsupdateagent",
    "updateagent",
    "turbostack",
    "dism package manager provider",
    "languagefeaturesondemand",
    "languagesettings",
    "lpksetup",
    "fodhelper",
    "cbstask",
    "arbiter",
    "queryfilehash",
    "spp",
    "winmgmt",
    "trustedinstaller",
    "package manager",
];

/// Clients that are told.
const MAX_TOLD: usize = 16;

/// Traces of a PC in use.
pub(super) fn usage(examination: &Examination, findings: &mut Findings<'_>) {
    let Some(windows) = &examination.provenance.installation else { return };
    let usage = &windows.usage;
    let Some(traces) = traces(usage) else { return };
    let severity = match usage.by_people() {
        true => RuleId::CAPTURED.rule().severity,
        false => Severity::Info,
    };
    findings.graded(RuleId::CAPTURED, severity, PhraseId::CAPTURED.of([traces.into()]), String::new());
}

fn traces(usage: &Usage) -> Option<Said> {
    let counted = |count: u64, phrase: PhraseId| (count > 0).then(|| phrase.of([text(count)]));
    let logs = (!usage.logs.is_empty()).then(|| PhraseId::SETUP_LOGS.of([text(usage.logs.join(", "))]));
    let found = [
        counted(usage.profiles, PhraseId::PROFILES),
        counted(usage.accounts, PhraseId::ACCOUNTS),
        usage.named.then(|| PhraseId::OWN_NAME.of([])),
        usage.has_guid.then(|| PhraseId::OWN_GUID.of([])),
        logs,
    ];
    let found = found.into_iter().flatten().reduce(joined)?;
    // By itself it tells nothing: it is in every image that was published.
    let generalized = usage.generalized.as_ref().map(|at| PhraseId::GENERALIZED.of([text(at)]));
    Some(generalized.into_iter().fold(found, joined))
}

fn joined(one: Said, other: Said) -> Said {
    PhraseId::AND.of([Argument::from(one), other.into()])
}

/// Sessions of servicing against what the image claims.
pub(super) fn sessions(examination: &Examination, findings: &mut Findings<'_>) {
    let Some(windows) = &examination.provenance.installation else { return };
    for told in &windows.history {
        let clients = &told.account.clients;
        let path = || text(&told.path);
        let mut say = |said: Said| findings.at(RuleId::SESSIONS, said, told.offset, told.path.clone());
        let latest = clients.iter().filter_map(|client| client.latest).max();
        let shown = |at| Value::Time(at).to_string();
        if !clients.is_empty() {
            let at = latest.map_or_else(|| "?".to_owned(), shown);
            say(PhraseId::SESSIONS.of([path(), text(named(clients.iter())), text(at)]));
        }
        let foreign: Vec<&Client> = clients.iter().filter(|client| !is_of_windows(client)).collect();
        if !foreign.is_empty() {
            say(PhraseId::FOREIGN_CLIENTS.of([path(), text(named(foreign.into_iter()))]));
        }
        let finished = finished(&examination.provenance.claims);
        if let (Some(latest), Some(finished)) = (latest, finished)
            && finished.checked_add_signed(GRACE).is_some_and(|end| end < latest)
        {
            say(PhraseId::SESSIONS_LATER.of([path(), text(shown(latest)), text(shown(finished))]));
        }
        if let Some((build, _)) = registered(windows)
            && let Some(package) = of_another_build(told, build)
        {
            say(PhraseId::OTHER_CHAIN.of([path(), text(package), text(build)]));
        }
    }
}

/// A cumulative update that is for none of the builds that share the files of this one.
fn of_another_build(told: &Told, build: u64) -> Option<&str> {
    let rollups = told.account.rollups.iter().map(|rollup| &*rollup.package);
    let mut others = rollups.filter(|package| {
        let to = Package::parse(package).and_then(|package| package.brings_to());
        to.is_some_and(|(of, _)| !is_same_code(of.into(), build))
    });
    others.next()
}

fn is_of_windows(client: &Client) -> bool {
    let name = client.name.to_lowercase();
    CLIENTS.iter().any(|known| name.starts_with(known))
}

fn named<'c>(clients: impl Iterator<Item = &'c Client>) -> String {
    let clients: Vec<String> =
        clients.map(|client| format!("{} ({})", client.name, client.sessions)).collect();
    let mut told = clients.get(..clients.len().min(MAX_TOLD)).unwrap_or_default().join(", ");
    if clients.len() > MAX_TOLD {
        told.push_str(", ...");
    }
    told
}
