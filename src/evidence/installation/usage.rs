//! What a PC that was in use leaves in an image that is captured of it.

use wimproof_wim::ReadAt;

use super::{Entry, Hives, Inside, Installation};
use crate::evidence::hive::{Hive, Key, facts};

/// Folders of `Users` that Windows has by itself; `defaultuser0` stays behind from its first start.
const OWN_PROFILES: [&str; 5] = ["default", "public", "all users", "default user", "defaultuser0"];

/// Logs that setup and sysprep leave in the system that they ran in, below the folder of Windows.
const LOGS: [&str; 3] = [
    "Panther\\setupact.log",
    "Panther\\UnattendGC\\setupact.log",
    "System32\\Sysprep\\Panther\\setupact.log",
];

/// How identifiers of accounts of people begin: those of a computer or domain, and of a tenant.
const ACCOUNTS: [&str; 2] = ["S-1-5-21-", "S-1-12-1-"];

/// Keys of a list that are counted.
const MAX_KEYS: usize = 10_000;

/// Names of computers that setup makes up, in lower case: of systems that nobody set up yet.
const MADE_UP: [&str; 3] = ["minwinpc", "minint-", "win-"];

/// Traces of use. Names of people and of the computer are not kept.
#[derive(Debug, Default)]
pub struct Usage {
    /// Profiles in `Users` beside those that Windows has by itself.
    pub profiles: u64,
    /// Accounts of people that have a profile in the registry.
    pub accounts: u64,
    /// Whether the computer has a name of its own.
    pub named: bool,
    /// Whether it has a `MachineGuid`, which generalizing takes away.
    pub has_guid: bool,
    /// Logs of setup and sysprep: their paths in the image.
    pub logs: Vec<String>,
    /// When the system was generalized (`CloneTag`), as it stands there. Images as they are published have it too.
    pub generalized: Option<String>,
}

impl Usage {
    /// What names of files tell.
    pub(super) fn of_files<S: ReadAt>(inside: &Inside<'_, S>, windows: &Installation) -> Self {
        let users = inside.find("Users");
        let folders = users.iter().flat_map(|users| inside.children(users)).filter(Entry::is_folder);
        let profiles = folders.filter(|folder| !OWN_PROFILES.contains(&&*folder.name().to_lowercase()));
        let logs = LOGS.iter().map(|log| windows.path(log));
        Self {
            profiles: profiles.count() as u64,
            logs: logs.filter(|log| inside.find(log).is_some_and(|log| !log.is_folder())).collect(),
            ..Self::default()
        }
    }

    /// Adds what the hives tell.
    pub(super) fn add(&mut self, hives: &Hives) {
        if let Some(software) = &hives.software {
            self.accounts = accounts(software);
            let machine = software.key("Microsoft\\Cryptography").ok().flatten();
            self.has_guid = machine.is_some_and(|key| matches!(key.value("MachineGuid"), Ok(Some(_))));
        }
        if let Some(system) = &hives.system {
            let facts = facts::system(system);
            let name = facts.computer_name.map(|name| name.value.to_lowercase());
            self.named = name.is_some_and(|name| !MADE_UP.iter().any(|begin| name.starts_with(begin)));
            self.generalized = facts.setup.clone_tag_text.map(|tag| tag.value);
        }
    }

    /// Whether people had accounts there.
    pub fn by_people(&self) -> bool {
        self.profiles > 0 || self.accounts > 0
    }
}

fn accounts(software: &Hive) -> u64 {
    let list = software.key("Microsoft\\Windows NT\\CurrentVersion\\ProfileList").ok().flatten();
    let keys = list.iter().flat_map(Key::subkeys).take(MAX_KEYS).flatten();
    keys.filter(|key| ACCOUNTS.iter().any(|begin| key.name().starts_with(begin))).count() as u64
}
