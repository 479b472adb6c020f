//! What the logs of one system say together: its checks in the order of time, what is corrupt as of the last one, and
//! with which hashes.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use super::{
    Account, Check, Client, Code, Failure, Hashes, Item, ItemKind, Mismatch, Repair, Rollup,
    identity::{is_keyform, same_component},
};
use crate::{
    evidence::{
        collection::Generation,
        deployment::{Witness, order},
    },
    sighting::deployment::{Citation, Moment},
};

/// Mismatches of files of one name that are compared with each item: some names stand in hundreds of components.
const MAX_OF_NAME: usize = 1000;

/// A system, by what its logs say of servicing.
#[derive(Debug, Clone)]
pub struct System {
    /// What its folders hang on.
    pub root: Arc<str>,
    /// Which installation.
    pub generation: Generation,
    /// Checks of its store, in the order of time; without their items.
    pub checks: Vec<CheckSeen>,
    /// What is corrupt: by the last check, or where there is none, by the system file checker.
    pub corrupt: Vec<Corrupt>,
    /// Files that the system file checker could not repair.
    pub unrepaired_members: Vec<Corrupt>,
    /// Files of drivers that are corrupt.
    pub drivers: Vec<Corrupt>,
    /// Files that could not be made from differential ones, with where it is said.
    pub unapplied: Vec<Corrupt>,
    /// What failed, by package and code.
    pub failures: Vec<FailureSeen>,
    /// Who opened sessions, by name, with the number of sessions.
    pub clients: BTreeMap<Box<str>, (u64, Option<Citation>)>,
    /// Cumulative updates that are named, by their packages.
    pub rollups: BTreeMap<Box<str>, Option<Citation>>,
    /// Repairs that DISM was told to do, in the order of time.
    pub repairs: Vec<RepairSeen>,
    /// Entries that were left out because there were too many.
    pub omitted: u64,
}

/// A check, and when it was done.
#[derive(Debug, Clone)]
pub struct CheckSeen {
    /// When its summary was written.
    pub at: Moment,
    /// Its numbers; the items stand in [`System::corrupt`] for the last one.
    pub check: Check,
    /// The lines of its summary.
    pub on: Vec<Citation>,
}

/// Something that is corrupt.
#[derive(Debug, Clone)]
pub struct Corrupt {
    /// What kind of thing.
    pub kind: ItemKind,
    /// The component's keyform (without hash from the system file checker), or the identity of a package.
    pub component: Box<str>,
    /// The file, relative to the component's folder; of a driver its path.
    pub file: Option<Box<str>>,
    /// The letter of the check.
    pub flag: Option<char>,
    /// Whether it was repaired.
    pub repaired: bool,
    /// Whether no replacement was found.
    pub no_replacement: bool,
    /// Its hashes, where lines tell them.
    pub hashes: Option<Hashes>,
    /// Where it is said.
    pub on: Vec<Citation>,
}

/// A failure, with where it is said.
#[derive(Debug, Clone)]
pub struct FailureSeen {
    /// What failed.
    pub failure: Failure,
    /// First and last.
    pub on: Vec<Citation>,
}

/// A repair, with where it is said.
#[derive(Debug, Clone)]
pub struct RepairSeen {
    /// When.
    pub at: Moment,
    /// What was to be done.
    pub repair: Repair,
    /// The command and the failure.
    pub on: Vec<Citation>,
}

/// The systems whose logs say something of servicing, in the order of their names.
pub fn systems(witnesses: &[Witness<'_>]) -> Vec<System> {
    let mut by_place: BTreeMap<(Arc<str>, Generation), Vec<&Witness<'_>>> = BTreeMap::new();
    for witness in witnesses.iter().filter(|witness| !witness.testimony().servicing.is_empty()) {
        let place = witness.place();
        by_place.entry((Arc::clone(&place.root), place.generation.clone())).or_default().push(witness);
    }
    by_place.into_iter().map(|((root, generation), witnesses)| system(root, generation, &witnesses)).collect()
}

fn system(root: Arc<str>, generation: Generation, witnesses: &[&Witness<'_>]) -> System {
    let mut witnesses: Vec<&Witness<'_>> = witnesses.to_vec();
    witnesses.sort_by_cached_key(|witness| order(&last_moment(witness)));
    let mut checks: Vec<(CheckSeen, Vec<Corrupt>)> =
        witnesses.iter().flat_map(|witness| checks(witness)).collect();
    checks.sort_by_key(|(check, _)| order(&check.at));
    let items = checks.last_mut().map(|(_, items)| std::mem::take(items));
    let members = of_each(
        &witnesses,
        |account| &account.members,
        |member| Said {
            component: &member.component,
            file: &member.file,
            kind: if member.missing { ItemKind::PayloadMissing } else { ItemKind::Payload },
            repaired: member.repaired,
            on: member.on,
        },
    );
    let unrepaired_members: Vec<Corrupt> = members.into_iter().filter(|member| !member.repaired).collect();
    let mut corrupt = items.unwrap_or_else(|| unrepaired_members.clone());
    add_hashes(&mut corrupt, &witnesses);
    let mut repairs: Vec<RepairSeen> = witnesses.iter().flat_map(|witness| repairs(witness)).collect();
    repairs.sort_by_key(|repair| order(&repair.at));
    System {
        root,
        generation,
        checks: checks.into_iter().map(|(check, _)| check).collect(),
        corrupt,
        unrepaired_members,
        drivers: of_each(
            &witnesses,
            |account| &account.pnp,
            |pnp| Said {
                component: "",
                file: &pnp.file,
                kind: ItemKind::Other,
                repaired: pnp.repaired,
                on: pnp.on,
            },
        ),
        unapplied: of_each(
            &witnesses,
            |account| &account.unapplied,
            |unapplied| Said {
                component: &unapplied.component,
                file: &unapplied.file,
                kind: ItemKind::Other,
                repaired: false,
                on: unapplied.on,
            },
        ),
        failures: failures(&witnesses),
        clients: clients(&witnesses),
        rollups: rollups(&witnesses),
        repairs,
        omitted: witnesses.iter().map(|witness| witness.testimony().servicing.omitted).sum(),
    }
}

/// When the last stamped line of a log was written.
fn last_moment(witness: &Witness<'_>) -> Moment {
    let count = witness.testimony().statements.len();
    let stamped =
        (0..count).rev().filter_map(|at| witness.line(at)).find(|line| line.statement.stamp.is_some());
    stamped.map(|line| line.moment()).unwrap_or_default()
}

fn cited(witness: &Witness<'_>, on: impl IntoIterator<Item = usize>) -> Vec<Citation> {
    on.into_iter().filter_map(|at| Some(witness.line(at)?.citation())).collect()
}

fn checks(witness: &Witness<'_>) -> Vec<(CheckSeen, Vec<Corrupt>)> {
    let seen = |check: &Check| {
        let items = check.items.iter().map(|item| corrupt_item(witness, item)).collect();
        let on = cited(
            witness,
            check.on.iter().copied().chain(check.items.iter().filter_map(|item| item.on).take(1)),
        );
        let at = on.iter().map(|citation| citation.at).find(|at| !at.is_unknown()).unwrap_or_default();
        let check = Check { items: Vec::new(), ..check.clone() };
        (CheckSeen { at, check, on }, items)
    };
    witness.testimony().servicing.checks.iter().map(seen).collect()
}

fn corrupt_item(witness: &Witness<'_>, item: &Item) -> Corrupt {
    Corrupt {
        kind: item.kind,
        component: item.component.clone(),
        file: item.file.clone(),
        flag: item.flag,
        repaired: item.fixed,
        no_replacement: item.no_replacement,
        hashes: None,
        on: cited(witness, item.on),
    }
}

/// What an entry of an account says of a file.
struct Said<'a> {
    component: &'a str,
    file: &'a str,
    kind: ItemKind,
    repaired: bool,
    on: Option<usize>,
}

/// Files of all logs, each once.
fn of_each<E>(
    witnesses: &[&Witness<'_>],
    of: impl Fn(&Account) -> &Vec<E>,
    said: impl Fn(&E) -> Said<'_>,
) -> Vec<Corrupt> {
    let mut found: BTreeMap<(Box<str>, Box<str>), Corrupt> = BTreeMap::new();
    for witness in witnesses {
        for entry in of(&witness.testimony().servicing) {
            let Said { component, file, kind, repaired, on } = said(entry);
            let corrupt = Corrupt {
                kind,
                component: component.into(),
                file: Some(file.into()),
                flag: None,
                repaired,
                no_replacement: false,
                hashes: None,
                on: cited(witness, on),
            };
            // A later log knows better whether it was repaired.
            found.insert((component.into(), file.into()), corrupt);
        }
    }
    found.into_values().collect()
}

/// Adds the hashes that lines tell of the same file: of the same component, the latest; where no line names the component,
/// only if all lines of a file of this name tell the same.
fn add_hashes(corrupt: &mut [Corrupt], witnesses: &[&Witness<'_>]) {
    let mut by_file: HashMap<String, Vec<(&Mismatch, &Witness<'_>)>> = HashMap::new();
    for witness in witnesses {
        for mismatch in &witness.testimony().servicing.mismatches {
            let of_file = by_file.entry(mismatch.file.to_lowercase()).or_default();
            if of_file.len() < MAX_OF_NAME {
                of_file.push((mismatch, witness));
            }
        }
    }
    for corrupt in corrupt {
        let Some(of_file) = corrupt.file.as_ref().and_then(|file| by_file.get(&file.to_lowercase())) else {
            continue;
        };
        let same = |mismatch: &Mismatch| {
            mismatch
                .component
                .as_deref()
                .is_some_and(|component| same_component(component, &corrupt.component))
        };
        let own = of_file.iter().rev().find(|(mismatch, _)| same(mismatch));
        let first = of_file.first().filter(|(first, _)| {
            let agrees = |other: &Mismatch| other.hashes == first.hashes;
            of_file.iter().all(|(other, _)| other.component.is_none() && agrees(other))
        });
        if let Some((mismatch, witness)) = own.or(first) {
            corrupt.hashes = Some(mismatch.hashes);
            corrupt.on.extend(cited(witness, mismatch.on));
            if !is_keyform(&corrupt.component)
                && let Some(keyform) = mismatch.component.as_deref().filter(|component| is_keyform(component))
            {
                corrupt.component = keyform.into();
            }
        }
    }
}

fn failures(witnesses: &[&Witness<'_>]) -> Vec<FailureSeen> {
    let mut found: BTreeMap<(Option<Box<str>>, Code), FailureSeen> = BTreeMap::new();
    for witness in witnesses {
        for failure in &witness.testimony().servicing.failures {
            let on = cited(witness, failure.on.iter().copied());
            let key = (failure.package.clone(), failure.code);
            let Some(known) = found.get_mut(&key) else {
                found.insert(key, FailureSeen { failure: failure.clone(), on });
                continue;
            };
            known.failure.count += failure.count;
            known.failure.ended += failure.ended;
            known.failure.overcome = failure.overcome;
            known.on.truncate(1);
            known.on.extend(on.into_iter().next_back());
        }
    }
    found.into_values().collect()
}

fn clients(witnesses: &[&Witness<'_>]) -> BTreeMap<Box<str>, (u64, Option<Citation>)> {
    let mut found: BTreeMap<Box<str>, (u64, Option<Citation>)> = BTreeMap::new();
    for witness in witnesses {
        for Client { name, sessions, on, .. } in &witness.testimony().servicing.clients {
            let (count, first) = found.entry(name.clone()).or_default();
            *count += sessions;
            *first = first.take().or_else(|| cited(witness, *on).pop());
        }
    }
    found
}

fn rollups(witnesses: &[&Witness<'_>]) -> BTreeMap<Box<str>, Option<Citation>> {
    let mut found: BTreeMap<Box<str>, Option<Citation>> = BTreeMap::new();
    for witness in witnesses {
        for Rollup { package, on } in &witness.testimony().servicing.rollups {
            found.entry(package.clone()).or_insert_with(|| cited(witness, *on).pop());
        }
    }
    found
}

fn repairs(witness: &Witness<'_>) -> Vec<RepairSeen> {
    let seen = |repair: &Repair| {
        let on = cited(witness, repair.on.iter().copied());
        let at = on.first().map(|citation| citation.at).unwrap_or_default();
        RepairSeen { at, repair: repair.clone(), on }
    };
    witness.testimony().servicing.repairs.iter().map(seen).collect()
}
