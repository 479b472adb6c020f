//! The keys that count, by role: as a trust file pins them and as a change of keys in the log names them.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use crate::signing::{Group, KeyKind, VerifierKey};

/// Keys by role.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeySet {
    /// Sign the head; one of them is enough.
    pub log: Vec<NamedKey>,
    /// Sign approvals. An empty group: whoever may sign the head may approve.
    #[serde(default, skip_serializing_if = "Group::is_empty")]
    pub approvers: Group,
    /// Sign changes of keys. An empty group: keys do not change.
    #[serde(default, skip_serializing_if = "Group::is_empty")]
    pub root: Group,
}

/// A verifier key in its text form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedKey(pub VerifierKey);

impl Serialize for NamedKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for NamedKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map(Self).map_err(D::Error::custom)
    }
}

/// Log keys that are read.
const MAX_LOG_KEYS: usize = 16;

impl KeySet {
    /// Refuses sets that would let nobody or anybody in.
    ///
    /// # Errors
    /// Says what is wrong.
    pub fn check(&self) -> Result<(), String> {
        if self.log.is_empty() || self.log.len() > MAX_LOG_KEYS {
            return Err(format!("log: must name 1 to {MAX_LOG_KEYS} keys"));
        }
        if let Some(key) = self.log.iter().find(|key| key.0.kind() != KeyKind::Text) {
            return Err(format!("log: {:?} is the key of a witness (type 0x04)", key.0.name()));
        }
        for (role, group) in [("approvers", &self.approvers), ("root", &self.root)] {
            if *group != Group::default() {
                group.check().map_err(|why| format!("{role}: {why}"))?;
            }
        }
        Ok(())
    }
}
