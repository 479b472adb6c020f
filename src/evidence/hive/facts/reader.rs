//! Reading facts from a hive: every fact with where it stood, every trouble noted, memory bounded.

use std::fmt;

use wimproof_wim::FileTime;

use super::{
    super::{
        Error, Hive, Key, Result, Value, ValueKind,
        key::find,
        limits::{MAX_DEPTH, MAX_DESCRIBED, MAX_FACT_BYTES, MAX_FACT_STEPS},
        text::same_name,
    },
    secrets::is_secret,
};
use crate::evidence::mask::mask;

/// Where in a hive a fact stood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// Path of the key from the root.
    pub key: String,
    /// Name of the value, where the fact is one; empty for the default value.
    pub value: Option<String>,
    /// Offset of the cell of the value or key, in bytes from the start of the hive file.
    pub offset: u64,
    /// When the key was last written. Of a key that was copied it is the time of the copy.
    pub written: FileTime,
}

impl Origin {
    pub(super) fn of_key(key: &Key<'_>) -> Self {
        Self { key: key.path().into(), value: None, offset: key.offset(), written: key.last_written() }
    }

    pub(super) fn of_value(key: &Key<'_>, value: &Value<'_>) -> Self {
        Self { value: Some(value.name().into()), offset: value.offset(), ..Self::of_key(key) }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.key)?;
        match self.value.as_deref() {
            None => Ok(()),
            Some("") => f.write_str("\\(default)"),
            Some(name) => write!(f, "\\{name}"),
        }
    }
}

/// A fact, and where it stood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found<T> {
    /// The fact.
    pub value: T,
    /// Where it stood.
    pub origin: Origin,
}

impl<T> Found<T> {
    /// What a key as a whole tells.
    pub(super) fn at_key(key: &Key<'_>, value: T) -> Self {
        Self { value, origin: Origin::of_key(key) }
    }

    /// The same place, with what another function makes of the value; `None` where it makes nothing of it.
    pub(super) fn and_then<U>(self, f: impl FnOnce(T) -> Option<U>) -> Option<Found<U>> {
        Some(Found { value: f(self.value)?, origin: self.origin })
    }
}

/// Something that could not be read.
#[derive(Debug)]
pub struct Problem {
    /// The key below which it was looked for.
    pub key: String,
    /// Why it could not be read.
    pub error: Error,
}

/// What could not be read, at most [`MAX_DESCRIBED`] one by one.
#[derive(Debug, Default)]
pub struct Problems {
    described: Vec<Problem>,
    omitted: u64,
    exhausted: bool,
}

impl Problems {
    /// The problems described one by one.
    pub fn described(&self) -> &[Problem] {
        &self.described
    }

    /// How many more there were.
    pub fn omitted(&self) -> u64 {
        self.omitted
    }

    /// Whether the hive held more than a hive of a real machine can: facts are missing.
    pub fn is_cut_short(&self) -> bool {
        self.exhausted
    }

    fn push(&mut self, key: &str, error: Error) {
        if self.described.len() < MAX_DESCRIBED {
            self.described.push(Problem { key: key.into(), error });
        } else {
            self.omitted = self.omitted.saturating_add(1);
        }
    }
}

/// Reads facts of one hive.
pub(super) struct Reader<'h> {
    hive: &'h Hive,
    /// The control set in use, in a hive `SYSTEM`.
    control_set: Option<String>,
    budget: Budget,
    problems: Problems,
}

/// What the facts of a hive may still cost.
struct Budget {
    bytes: usize,
    steps: usize,
}

impl Budget {
    /// Pays for looking at a key or value, whose name is compared; `false` when nothing is left.
    fn step(&mut self, name: &str) -> bool {
        self.steps = self.steps.saturating_sub(1 + name.len() / 64);
        self.steps > 0
    }

    /// Pays for memory; `false` when nothing is left.
    fn take(&mut self, bytes: usize) -> bool {
        self.bytes = self.bytes.saturating_sub(bytes);
        self.bytes > 0
    }

    fn is_spent(&self) -> bool {
        self.bytes == 0 || self.steps == 0
    }
}

impl<'h> Reader<'h> {
    pub(super) fn new(hive: &'h Hive) -> Self {
        let (budget, problems) =
            (Budget { bytes: MAX_FACT_BYTES, steps: MAX_FACT_STEPS }, Problems::default());
        let mut reader = Self { hive, control_set: None, budget, problems };
        reader.control_set = reader.find_control_set();
        reader
    }

    /// The problems met, when all is read.
    pub(super) fn into_problems(self) -> Problems {
        Problems { exhausted: self.budget.is_spent(), ..self.problems }
    }

    /// `ControlSet001` and the like: a hive has no `CurrentControlSet`, only the number of it.
    fn find_control_set(&mut self) -> Option<String> {
        let select = self.key("Select")?;
        let current = self.dword(&select, "Current")?;
        Some(format!("ControlSet{:03}", current.value))
    }

    /// The key of the control set in use.
    pub(super) fn control_set(&mut self) -> Option<Found<String>> {
        let name = self.control_set.clone()?;
        let key = self.key(&name)?;
        Some(Found::at_key(&key, name))
    }

    /// The key at a path, in which `CurrentControlSet` may stand first.
    pub(super) fn key(&mut self, path: &str) -> Option<Key<'h>> {
        let (first, rest) = path.split_once('\\').unwrap_or((path, ""));
        let resolved = match &self.control_set {
            Some(name) if same_name(first, "CurrentControlSet") => format!("{name}\\{rest}"),
            _ => path.to_owned(),
        };
        let root = self.hive.root();
        let root = self.noted("", root)?;
        self.below(&root, &resolved)
    }

    /// The key at a path below another.
    pub(super) fn below(&mut self, key: &Key<'h>, path: &str) -> Option<Key<'h>> {
        let mut at = key.clone();
        for name in path.split('\\').filter(|name| !name.is_empty()).take(MAX_DEPTH) {
            let subkeys = at.subkeys().take_while(|key| self.budget.step(key.as_ref().map_or("", Key::name)));
            let found = find(subkeys, |key| same_name(key.name(), name));
            at = self.noted(at.path(), found)??;
        }
        Some(at)
    }

    /// The subkeys that can be read.
    pub(super) fn subkeys(&mut self, key: &Key<'h>) -> Vec<Key<'h>> {
        let mut keys = Vec::new();
        for subkey in key.subkeys() {
            if !self.budget.step(subkey.as_ref().map_or("", Key::name)) {
                break;
            }
            let Some(subkey) = self.noted(key.path(), subkey) else { continue };
            if !self.budget.take(size_of::<Key<'_>>() + subkey.path().len() + subkey.name().len()) {
                break;
            }
            keys.push(subkey);
        }
        keys
    }

    /// The values that can be read and are no secret.
    pub(super) fn values(&mut self, key: &Key<'h>) -> Vec<Value<'h>> {
        let mut values = Vec::new();
        for value in key.values() {
            if !self.budget.step(value.as_ref().map_or("", Value::name)) {
                break;
            }
            let Some(value) = self.noted(key.path(), value) else { continue };
            if !self.budget.take(size_of::<Value<'_>>() + value.name().len()) {
                break;
            }
            if !is_secret(value.name()) {
                values.push(value);
            }
        }
        values
    }

    /// A value that is no secret.
    pub(super) fn value(&mut self, key: &Key<'h>, name: &str) -> Option<Value<'h>> {
        if is_secret(name) {
            return None;
        }
        let values =
            key.values().take_while(|value| self.budget.step(value.as_ref().map_or("", Value::name)));
        let found = find(values, |value| same_name(value.name(), name));
        self.noted(key.path(), found).flatten()
    }

    /// A value, made into something by one of its readers.
    pub(super) fn read<T>(
        &mut self,
        key: &Key<'h>,
        name: &str,
        read: impl FnOnce(&Value<'h>) -> Result<T>,
    ) -> Option<Found<T>> {
        let value = self.value(key, name)?;
        self.read_value(key, &value, read)
    }

    /// What a reader makes of a value at hand.
    pub(super) fn read_value<T>(
        &mut self,
        key: &Key<'h>,
        value: &Value<'h>,
        read: impl FnOnce(&Value<'h>) -> Result<T>,
    ) -> Option<Found<T>> {
        let size = usize::try_from(value.size()).unwrap_or(usize::MAX);
        if !self.budget.take(size.saturating_add(key.path().len() + value.name().len())) {
            return None;
        }
        let read = read(value);
        let made = self.noted(key.path(), read)?;
        Some(Found { value: made, origin: Origin::of_value(key, value) })
    }

    /// A text. An empty one says nothing.
    pub(super) fn text(&mut self, key: &Key<'h>, name: &str) -> Option<Found<String>> {
        self.read(key, name, text_of)?.and_then(|text| (!text.is_empty()).then_some(text))
    }

    /// A `REG_DWORD`.
    pub(super) fn dword(&mut self, key: &Key<'h>, name: &str) -> Option<Found<u32>> {
        self.read(key, name, Value::dword)
    }

    /// A `REG_QWORD`.
    pub(super) fn qword(&mut self, key: &Key<'h>, name: &str) -> Option<Found<u64>> {
        self.read(key, name, Value::qword)
    }

    /// A FILETIME in a `REG_QWORD`; zero is none.
    pub(super) fn time(&mut self, key: &Key<'h>, name: &str) -> Option<Found<FileTime>> {
        self.read(key, name, Value::file_time)?.and_then(|time| (time.0 != 0).then_some(time))
    }

    /// A result; its error goes to the problems.
    fn noted<T>(&mut self, key: &str, result: Result<T>) -> Option<T> {
        result.map_err(|error| self.problems.push(key, error)).ok()
    }
}

/// The text of a value, of whatever kind that holds one; texts of a list are joined by `; `.
pub(super) fn text_of(value: &Value<'_>) -> Result<String> {
    let text = match value.kind() {
        ValueKind::MultiText => {
            let texts = value.multi_text()?;
            texts.into_iter().map(|text| text.text).collect::<Vec<_>>().join("; ")
        }
        _ => value.text()?.text,
    };
    Ok(mask(&text).into_owned())
}
