//! Puts together what the lines say, within bounds.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};

use super::{
    Account, Check, Client, Code, Failure, Hashes, Member, Mismatch, Pnp, Repair, Rollup, Unapplied,
    identity::same_component,
    item::{field, item},
    kb_of,
};

/// Checks of one log; of more the first are dropped.
const MAX_CHECKS: usize = 1000;
/// Checks whose items are kept.
const ITEMIZED: usize = 2;
/// Entries of each other kind, and items of a check.
const MAX_ENTRIES: usize = 20_000;
/// Clients that are told apart.
const MAX_CLIENTS: usize = 64;
/// Cumulative updates that are told apart.
const MAX_ROLLUPS: usize = 256;
/// Failures that are told apart.
const MAX_FAILURES: usize = 2000;
/// Statements of the block of a check that are remembered.
const MAX_BLOCK: usize = 16;
/// Bytes of a name.
const MAX_NAME: usize = 1024;

/// Listens to lines, one by one.
#[derive(Debug, Default)]
pub(in crate::evidence) struct Recorder {
    account: Account,
    /// The block of the last check goes on.
    in_check: bool,
    pending: Pending,
    seen_mismatches: HashSet<(Option<Box<str>>, Box<str>, Hashes)>,
    seen_members: HashMap<(Box<str>, Box<str>), usize>,
    seen_failures: HashMap<(Code, Option<Box<str>>), usize>,
    seen_unapplied: HashSet<(Box<str>, Box<str>)>,
    /// The repair that DISM does now.
    repairing: bool,
}

/// A mismatch of hashes whose lines are being read.
#[derive(Debug, Default)]
struct Pending {
    component: Option<Box<str>>,
    file: Option<Box<str>>,
    expected: Option<[u8; 32]>,
    actual: Option<[u8; 32]>,
    on: Option<usize>,
}

fn short(text: &str) -> Box<str> {
    text.get(..text.floor_char_boundary(MAX_NAME)).unwrap_or_default().into()
}

impl Recorder {
    /// Whether the block of a check goes on.
    pub(in crate::evidence) fn is_in_check(&self) -> bool {
        self.in_check
    }

    /// Whether hashes of a file follow.
    pub(in crate::evidence) fn awaits_hashes(&self) -> bool {
        self.pending.file.is_some() && self.pending.actual.is_none()
    }

    /// The block of a check begins.
    pub(in crate::evidence) fn begin_check(&mut self) {
        self.in_check = true;
        let checks = &mut self.account.checks;
        if checks.len() >= MAX_CHECKS {
            checks.remove(0);
            self.account.omitted += 1;
        }
        checks.push(Check::default());
        let older = checks.len().saturating_sub(ITEMIZED);
        checks.iter_mut().take(older).rev().take(1).for_each(|check| check.items = Vec::new());
    }

    /// A line of a block; tells what it was, to be cited.
    pub(in crate::evidence) fn block_line(&mut self, line: &str) -> Option<Heard> {
        if let Some(mut item) = item(line) {
            item.component = short(&item.component);
            item.file = item.file.map(|file| short(&file));
            if !self.in_check {
                self.begin_check();
            }
            let said = Heard::Item(item.kind.name(), item.component.clone(), item.file.clone());
            let check = self.account.checks.last_mut()?;
            check.listed += 1;
            if check.items.len() < MAX_ENTRIES {
                check.items.push(item);
            } else {
                self.account.omitted += 1;
            }
            return Some(said);
        }
        if line.trim_start().starts_with("Repair failed: Missing replacement payload") {
            let item = self.account.checks.last_mut()?.items.last_mut()?;
            item.no_replacement = true;
            return Some(Heard::Known);
        }
        if line.trim() == "Summary:" {
            // A log that begins in the middle of a block.
            if !self.in_check {
                self.begin_check();
            }
            return Some(Heard::Known);
        }
        if !self.in_check {
            return None;
        }
        let field = field(line)?;
        self.in_check = !matches!(field, super::Field::Seconds(_)) || line.contains("Seconds executed");
        let check = self.account.checks.last_mut()?;
        check.take(field);
        let (name, value) = line.trim().split_once(':').unwrap_or(("", line.trim()));
        Some(Heard::Field(name.trim().into(), short(value.trim())))
    }

    /// The statement of the item that was heard last.
    pub(in crate::evidence) fn cite_item(&mut self, on: Option<usize>) {
        let item = self.account.checks.last_mut().and_then(|check| check.items.last_mut());
        if let Some(item) = item.filter(|item| item.on.is_none()) {
            item.on = on;
        }
    }

    /// A statement of the block of the last check.
    pub(in crate::evidence) fn cite_check(&mut self, on: Option<usize>) {
        if let Some(check) = self.account.checks.last_mut() {
            let free = MAX_BLOCK.saturating_sub(check.on.len());
            check.on.extend(on.into_iter().take(free));
        }
    }

    /// The hashes of a file differ; they follow.
    pub(in crate::evidence) fn mismatch(&mut self, component: Option<&str>, file: &str, on: Option<usize>) {
        self.settle(None);
        self.pending =
            Pending { component: component.map(short), file: Some(short(file)), on, ..Pending::default() };
    }

    /// Hashes of the file of the last mismatch.
    pub(in crate::evidence) fn hashes(&mut self, expected: Option<[u8; 32]>, actual: Option<[u8; 32]>) {
        if self.pending.file.is_some() {
            self.pending.expected = expected.or(self.pending.expected);
            self.pending.actual = actual.or(self.pending.actual);
        }
    }

    /// A line names the component of a file: it is that of the last mismatch, if that was of this file.
    pub(in crate::evidence) fn file_is_of(&mut self, component: &str, file: &str) {
        if self.pending.file.as_deref() == Some(file) {
            self.settle(Some(component));
        }
    }

    /// Keeps the last mismatch.
    fn settle(&mut self, component: Option<&str>) {
        let Pending { component: own, file, expected, actual, on } = std::mem::take(&mut self.pending);
        let (Some(file), Some(expected), Some(actual)) = (file, expected, actual) else { return };
        let component = own.or_else(|| component.map(short));
        let hashes = Hashes { expected, actual };
        if !self.seen_mismatches.insert((component.clone(), file.clone(), hashes)) {
            return;
        }
        if self.account.mismatches.len() < MAX_ENTRIES {
            self.account.mismatches.push(Mismatch { component, file, hashes, on });
        } else {
            self.seen_mismatches.clear();
            self.account.omitted += 1;
        }
    }

    /// The system file checker cannot repair a file.
    pub(in crate::evidence) fn member(&mut self, component: &str, file: &str, missing: bool) -> bool {
        self.file_is_of(component, file);
        let (component, file) = (short(component), short(file));
        let key = (component.clone(), file.clone());
        if let Some(member) = self.seen_members.get(&key).and_then(|at| self.account.members.get_mut(*at)) {
            member.repaired = false;
            return false;
        }
        if self.account.members.len() >= MAX_ENTRIES {
            self.account.omitted += 1;
            return false;
        }
        self.seen_members.insert(key, self.account.members.len());
        self.account.members.push(Member { component, file, missing, repaired: false, on: None });
        true
    }

    /// The statement of the member that is new.
    pub(in crate::evidence) fn cite_member(&mut self, on: Option<usize>) {
        if let Some(member) = self.account.members.last_mut() {
            member.on = on;
        }
    }

    /// The system file checker repaired a file of the store.
    pub(in crate::evidence) fn member_repaired(&mut self, component: &str, file: &str) {
        self.file_is_of(component, file);
        let of = self.account.members.iter_mut().rev().take(ITEMIZED);
        of.filter(|member| &*member.file == file && same_component(&member.component, component))
            .for_each(|member| member.repaired = true);
    }

    /// A file of a driver is corrupt.
    pub(in crate::evidence) fn pnp_corrupt(&mut self, file: &str, on: Option<usize>) {
        if self.account.pnp.len() < MAX_ENTRIES {
            self.account.pnp.push(Pnp { file: short(file), repaired: false, on });
        } else {
            self.account.omitted += 1;
        }
    }

    /// It was repaired.
    pub(in crate::evidence) fn pnp_repaired(&mut self, file: &str) {
        let last = self.account.pnp.iter_mut().rev().take(MAX_BLOCK).find(|pnp| &*pnp.file == file);
        if let Some(pnp) = last {
            pnp.repaired = true;
        }
    }

    /// A differential file could not be applied; tells whether that is new.
    pub(in crate::evidence) fn unapplied(&mut self, component: &str, file: &str, on: Option<usize>) {
        let (component, file) = (short(component), short(file));
        if self.account.unapplied.len() >= MAX_ENTRIES {
            self.account.omitted += 1;
        } else if self.seen_unapplied.insert((component.clone(), file.clone())) {
            self.account.unapplied.push(Unapplied { component, file, on });
        }
    }

    /// A line says that something failed, or that the installation of a package `ended` so; tells whether that is to be
    /// cited: the first of its kind, and each that ended so.
    pub(in crate::evidence) fn failure(
        &mut self,
        code: Code,
        package: Option<&str>,
        kb: Option<&str>,
        ended: bool,
    ) -> bool {
        let package = package.map(short);
        let key = (code, package.clone());
        if let Some(failure) = self.seen_failures.get(&key).and_then(|at| self.account.failures.get_mut(*at))
        {
            failure.count += 1;
            failure.ended += u64::from(ended);
            failure.overcome &= !ended;
            return ended;
        }
        if self.account.failures.len() >= MAX_FAILURES {
            self.account.omitted += 1;
            return false;
        }
        let kb = kb.map(short).or_else(|| kb_of(package.as_deref()?).map(Into::into));
        self.seen_failures.insert(key, self.account.failures.len());
        let (ended, count, on) = (u64::from(ended), 1, Vec::new());
        self.account.failures.push(Failure { code, package, kb, ended, count, overcome: false, on });
        true
    }

    /// A package was installed.
    pub(in crate::evidence) fn installed(&mut self, package: &str) {
        let failures = self.account.failures.iter_mut();
        failures
            .filter(|failure| failure.package.as_deref() == Some(package))
            .for_each(|failure| failure.overcome = true);
    }

    /// The statement of a failure: the first is kept, and the last.
    pub(in crate::evidence) fn cite_failure(&mut self, code: Code, package: Option<&str>, on: Option<usize>) {
        let key = (code, package.map(short));
        let found = self.seen_failures.get(&key).and_then(|at| self.account.failures.get_mut(*at));
        if let (Some(failure), Some(on)) = (found, on) {
            failure.on.truncate(1);
            failure.on.push(on);
        }
    }

    /// A client opened a session, which was made at this time; tells whether it is the first of its name.
    pub(in crate::evidence) fn client(&mut self, name: &str, made: Option<DateTime<Utc>>) -> bool {
        let name = short(name);
        let clients = &mut self.account.clients;
        if let Some(client) = clients.iter_mut().find(|client| client.name == name) {
            client.sessions += 1;
            client.latest = client.latest.max(made);
            return false;
        }
        let is_new = clients.len() < MAX_CLIENTS;
        if is_new {
            clients.push(Client { name, sessions: 1, latest: made, on: None });
        } else {
            self.account.omitted += 1;
        }
        is_new
    }

    /// The statement of the client that is new.
    pub(in crate::evidence) fn cite_client(&mut self, on: Option<usize>) {
        if let Some(client) = self.account.clients.last_mut() {
            client.on = on;
        }
    }

    /// A cumulative update is named; tells whether for the first time.
    pub(in crate::evidence) fn rollup(&mut self, package: &str) -> bool {
        let rollups = &mut self.account.rollups;
        let is_new = rollups.len() < MAX_ROLLUPS && !rollups.iter().any(|rollup| &*rollup.package == package);
        if is_new {
            rollups.push(Rollup { package: short(package), on: None });
        }
        is_new
    }

    /// The statement of the cumulative update that is new.
    pub(in crate::evidence) fn cite_rollup(&mut self, on: Option<usize>) {
        if let Some(rollup) = self.account.rollups.last_mut() {
            rollup.on = on;
        }
    }

    /// DISM is told to do something; a repair, where it is one.
    pub(in crate::evidence) fn dism_command(&mut self, repair: Option<Repair>) {
        self.repairing = repair.is_some() && self.account.repairs.len() < MAX_ENTRIES;
        match repair {
            Some(repair) if self.repairing => self.account.repairs.push(repair),
            Some(_) => self.account.omitted += 1,
            None => {}
        }
    }

    /// The repair that goes on fails; tells whether that is new.
    pub(in crate::evidence) fn repair_failed(&mut self, code: Code) -> bool {
        let repair = self.account.repairs.last_mut().filter(|_| self.repairing);
        let Some(repair) = repair.filter(|repair| repair.code.is_none()) else { return false };
        repair.code = Some(code);
        true
    }

    /// A statement of the last repair.
    pub(in crate::evidence) fn cite_repair(&mut self, on: Option<usize>) {
        if let Some(repair) = self.account.repairs.last_mut() {
            repair.on.extend(on.into_iter().take(MAX_BLOCK.saturating_sub(repair.on.len())));
        }
    }

    /// What was heard.
    pub(in crate::evidence) fn finish(mut self) -> Account {
        self.settle(None);
        self.account
    }
}

/// What a line of a block was.
#[derive(Debug)]
pub(in crate::evidence) enum Heard {
    /// Nothing to be cited.
    Known,
    /// An item: its kind, the component, the file.
    Item(&'static str, Box<str>, Option<Box<str>>),
    /// A field of the summary: name and value.
    Field(Box<str>, Box<str>),
}
