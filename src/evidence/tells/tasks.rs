//! Scheduled tasks: the tree of their names, and what they do.
//!
//! A task is a key of the tree with its `Id`, by which `Tasks` has its actions. The task scheduler does not show a task
//! whose key has no security descriptor (`SD`), or whose `Index` is 0.

use super::{
    Kind, Tells,
    hive::{Hive, Key, difference::readable},
    key, number, text, value,
};

const CACHE: &str = "Microsoft\\Windows NT\\CurrentVersion\\Schedule\\TaskCache";

/// Words of actions that load code from elsewhere or hide what they run, in lower case.
const SUSPICIOUS: [&str; 12] = [
    "-encodedcommand",
    "-enc ",
    "downloadstring",
    "downloadfile",
    "invoke-expression",
    "iex ",
    "iex(",
    "frombase64string",
    "mshta",
    "://",
    "-windowstyle hidden",
    "-w hidden",
];

/// Names of tasks of tools that go around activation, in lower case.
const ACTIVATION: [&str; 5] =
    ["activation-renewal", "activation-run_once", "autokms", "kmsautonet", "kms_vl_all"];

pub(super) fn look(software: &Hive, tells: &mut Tells) {
    let tasks = key(software, &format!("{CACHE}\\Tasks"));
    let Some(tree) = key(software, &format!("{CACHE}\\Tree")) else { return };
    let mut left = vec![tree];
    let mut seen = 0;
    while let Some(at) = left.pop() {
        if let Some(id) = value(&at, "Id").as_ref().and_then(text) {
            task(&at, &id, tasks.as_ref(), tells);
        }
        for below in at.subkeys().flatten() {
            seen += 1;
            if seen > super::MAX_KEYS {
                tells.key(Kind::CutShort, "SOFTWARE", &at, "", None);
                return;
            }
            left.push(below);
        }
    }
}

fn task(at: &Key<'_>, id: &str, tasks: Option<&Key<'_>>, tells: &mut Tells) {
    let hidden = match (value(at, "SD"), number(at, "Index")) {
        (None, _) => Some("no security descriptor (SD)"),
        (_, Some(0)) => Some("Index 0"),
        _ => None,
    };
    if let Some(why) = hidden {
        tells.key(Kind::HiddenTask, "SOFTWARE", at, why, None);
    }
    if ACTIVATION.contains(&&*at.name().to_lowercase()) {
        tells.key(Kind::ActivationHook, "SOFTWARE", at, at.name(), None);
    }
    let entry = tasks.and_then(|tasks| tasks.subkey(id).ok().flatten());
    if let Some(entry) = entry
        && let Some(actions) = value(&entry, "Actions").filter(|actions| actions.size() <= super::MAX_VALUE)
        && let Ok(data) = actions.data()
    {
        let action = readable(&data).join(" ");
        let lower = action.to_lowercase();
        if SUSPICIOUS.iter().any(|word| lower.contains(word)) {
            tells.value(Kind::TaskAction, "SOFTWARE", &entry, &actions, &format!("{}: {action}", at.path()));
        }
    }
}
