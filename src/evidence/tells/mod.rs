//! What modified images show: settings and files that Windows does not have as it comes, and that those who tamper with
//! images, weaken them or go around activation leave. Each is told with its place and a digest, by which a site can allow
//! what it put there itself. What a tell is worth is not decided here.

mod answers;
mod certificates;
mod files;
mod places;
mod proxies;
mod registry;
mod services;
mod settings;
mod tasks;
mod users;

use std::{cmp::Ordering, collections::BTreeMap};

use sha2::{Digest as _, Sha256};
use wimproof_wim::{ReadAt, Sha1Digest};

use super::{
    hive::{self, Key, Value},
    image_hives,
    inside::{Entry, Inside},
    installation::{Hives, Installation},
    mask::mask,
};

/// Tells of one kind that are told one by one: many of one kind must not hide others. Real images have some dozens.
const MAX_OF_KIND: usize = 1000;

/// Bytes of a value that is looked at; what Windows makes something of is shorter.
const MAX_VALUE: u32 = 16 << 10;

/// Keys of one list that are looked at. The longest of real hives have some hundreds.
const MAX_KEYS: usize = 100_000;

/// Values of a key in a list of keys that are looked at. Those of real hives have some dozens.
const MAX_VALUES: usize = 1000;

/// Characters of what stands in a place that are kept.
const MAX_SHOWN: usize = 400;

/// What kind of tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// A program of the logon screen has the content of a shell or another tool.
    ShellAtLogon,
    /// A file that is known from malware.
    KnownBad,
    /// A script that runs at the end of setup.
    SetupScript,
    /// An answer file.
    AnswerFile,
    /// An answer file, or the registry, holds a password.
    Password,
    /// A command in an answer file.
    AnswerCommand,
    /// A line in `hosts`.
    HostsLine,
    /// A part of a tool that goes around activation.
    ActivationHook,
    /// A server for activation is set.
    ActivationServer,
    /// A debugger is set for a program of the logon screen.
    DebuggerAtLogon,
    /// A debugger is set for another program.
    Debugger,
    /// A scheduled task that the task scheduler does not show.
    HiddenTask,
    /// A scheduled task that loads code from elsewhere or hides what it runs.
    TaskAction,
    /// A service of Windows Defender, or all of it, is off.
    DefenderOff,
    /// A service of Windows Update is off.
    UpdateOff,
    /// A server for updates is set.
    UpdateServer,
    /// A root certificate that Windows does not know.
    RootCertificate,
    /// A program that runs at logon.
    RunEntry,
    /// Another shell or logon program.
    LogonProgram,
    /// A library that is loaded into every program.
    InjectedLibrary,
    /// Checks of the hardware are bypassed.
    HardwareBypass,
    /// A protection is off.
    ProtectionOff,
    /// A program has the name of one of System32, and lies elsewhere.
    ProgramElsewhere,
    /// A proxy is set.
    Proxy,
    /// There is more than is looked at.
    CutShort,
}

/// Where a tell stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// In a file.
    File {
        /// Its path in the image.
        path: String,
        /// Where it stands in the metadata of the image.
        offset: u64,
    },
    /// In a registry hive.
    Registry {
        /// Hive and path of the key, and the name of the value behind it.
        key: String,
    },
}

/// Something that modified images show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tell {
    /// What kind.
    pub kind: Kind,
    /// Where.
    pub place: Place,
    /// What stands there, without secrets.
    pub shown: String,
    /// `sha1:` of a file, `sha256:` of the data of a value, in lower-case hexadecimal.
    pub digest: Option<String>,
}

/// Collects tells.
#[derive(Debug, Default)]
pub struct Tells {
    found: Vec<Tell>,
    counts: BTreeMap<Kind, usize>,
}

impl Tells {
    /// What the names and contents of files tell, at the cost of metadata.
    pub fn of_files<S: ReadAt>(&mut self, inside: &Inside<'_, S>, windows: &Installation) {
        files::look(inside, windows, self);
        places::look(inside, windows, self);
    }

    /// What small files and the hives tell.
    ///
    /// What cannot be read is noted in `windows`.
    pub fn of_contents<S: ReadAt>(
        &mut self,
        inside: &Inside<'_, S>,
        windows: &mut Installation,
        hives: &Hives,
    ) {
        files::look_into(inside, windows, self);
        if let Some(software) = &hives.software {
            registry::look(software, self);
            tasks::look(software, self);
            certificates::look(software, self);
        }
        if let Some(system) = &hives.system {
            services::look(system, self);
        }
        users::look(inside, windows, self);
    }

    /// All of them, in the order of their places.
    pub fn into_found(mut self) -> Vec<Tell> {
        self.found.sort_by(|a, b| (a.kind, a.place_shown()).cmp(&(b.kind, b.place_shown())));
        self.found.dedup();
        self.found
    }

    fn push(&mut self, tell: Tell) {
        let count = self.counts.entry(tell.kind).or_default();
        *count += 1;
        match (*count).cmp(&MAX_OF_KIND) {
            Ordering::Less => self.found.push(tell),
            // Once for the kind; never of this kind itself, which has few.
            Ordering::Equal => self.found.push(Tell { kind: Kind::CutShort, digest: None, ..tell }),
            Ordering::Greater => {}
        }
    }

    /// The keys of a list, as many as are looked at.
    fn keys<'h>(&mut self, hive: &str, list: &Key<'h>) -> Vec<Key<'h>> {
        let mut keys: Vec<Key<'h>> = list.subkeys().flatten().take(MAX_KEYS + 1).collect();
        if keys.len() > MAX_KEYS {
            keys.truncate(MAX_KEYS);
            self.key(Kind::CutShort, hive, list, "", None);
        }
        keys
    }

    fn file<S: ReadAt>(&mut self, kind: Kind, inside: &Inside<'_, S>, entry: &Entry<'_>, shown: &str) {
        let place = Place::File { path: inside.path(entry), offset: entry.dentry.offset };
        self.push(Tell { kind, place, shown: cut(shown), digest: Some(digest_of(&entry.sha1())) });
    }

    fn value(&mut self, kind: Kind, hive: &str, key: &Key<'_>, value: &Value<'_>, shown: &str) {
        let name = if value.name().is_empty() { "(default)" } else { value.name() };
        let place = format!("{hive}\\{}\\{name}", key.path());
        let data = (value.size() <= MAX_VALUE).then(|| value.data().ok()).flatten();
        // With its place, as ever so many settings are a 1: who allows one of them allows no other.
        let digest = data.map(|data| {
            let digest = Sha256::new().chain_update(&place).chain_update([0]).chain_update(data).finalize();
            format!("sha256:{}", hex::encode(digest))
        });
        self.push(Tell { kind, place: Place::Registry { key: place }, shown: cut(shown), digest });
    }

    /// A key as a whole; what it holds has no digest.
    fn key(&mut self, kind: Kind, hive: &str, key: &Key<'_>, shown: &str, digest: Option<String>) {
        let place = Place::Registry { key: format!("{hive}\\{}", key.path()) };
        self.push(Tell { kind, place, shown: cut(shown), digest });
    }
}

impl Tell {
    /// The place as a person reads it.
    pub fn place_shown(&self) -> &str {
        match &self.place {
            Place::File { path, .. } => path,
            Place::Registry { key } => key,
        }
    }
}

fn digest_of(sha1: &Sha1Digest) -> String {
    format!("sha1:{sha1}")
}

fn cut(text: &str) -> String {
    mask(text).chars().take(MAX_SHOWN).collect()
}

/// A key of a hive; one that cannot be read is taken for absent: [`hive::fault`] tells that there is such a one.
fn key<'h>(hive: &'h hive::Hive, path: &str) -> Option<Key<'h>> {
    hive.key(path).ok().flatten()
}

/// A value by its name; the same of one that cannot be read.
fn value<'h>(key: &Key<'h>, name: &str) -> Option<Value<'h>> {
    key.values().flatten().find(|value| value.name().eq_ignore_ascii_case(name))
}

fn number(key: &Key<'_>, name: &str) -> Option<u32> {
    value(key, name)?.dword().ok()
}

/// A text that says something. One that is longer than Windows takes is told by its length.
fn text(value: &Value<'_>) -> Option<String> {
    if value.size() > MAX_VALUE {
        return Some(format!("({} bytes)", value.size()));
    }
    value.text().ok().map(|text| text.text).filter(|text| !text.trim().is_empty())
}
