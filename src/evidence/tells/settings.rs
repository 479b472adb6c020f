//! What the hives of the machine and of users are looked at for alike.

use super::{
    Kind, Tells,
    hive::{Hive, Key, difference::shown},
    key, number, text, value,
};

/// A number that tells something: key, value, number, and of what.
pub(super) type Number = (&'static str, &'static str, u32, Kind);

/// Tells of the numbers that a hive has.
pub(super) fn numbers(name: &str, hive: &Hive, table: &[Number], tells: &mut Tells) {
    for (path, setting, told, kind) in table {
        if let Some(key) = key(hive, path)
            && number(&key, setting) == Some(*told)
            && let Some(value) = value(&key, setting)
        {
            tells.value(*kind, name, &key, &value, &told.to_string());
        }
    }
}

/// Tells of a text that says something, but for those that `is_own`.
pub(super) fn texts(
    name: &str,
    key: &Key<'_>,
    setting: &str,
    kind: Kind,
    is_own: impl FnOnce(&str) -> bool,
    tells: &mut Tells,
) {
    if let Some(value) = value(key, setting)
        && let Some(said) = text(&value)
        && !is_own(said.trim())
    {
        tells.value(kind, name, key, &value, &said);
    }
}

/// Tells of all programs that a list starts, but for those that Windows itself has there: name and data in lower case.
pub(super) fn runs(name: &str, list: &Key<'_>, own: &[(&str, &str)], tells: &mut Tells) {
    for entry in list.values().flatten().take(super::MAX_KEYS) {
        let said = shown(&entry);
        let (setting, lower) = (entry.name().to_lowercase(), said.to_lowercase());
        if !said.is_empty() && !own.contains(&(&*setting, &*lower)) {
            tells.value(Kind::RunEntry, name, list, &entry, &said);
        }
    }
}
