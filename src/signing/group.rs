//! Groups of keys with a threshold, and the count of who signed.

use std::{collections::BTreeMap, fmt, str::FromStr};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use super::{
    allowed_signers::AllowedSigner,
    note_key::{KeyKind, VerifierKey},
    ssh_signature::{Refusal, SshSignature},
};

/// Keys of a group; each signature is tried against all of them.
const MAX_KEYS: usize = 64;

/// Signatures of one message that are looked at.
const MAX_SIGNATURES: usize = 16;

/// A public key that may approve.
#[derive(Debug, Clone, PartialEq)]
pub enum PublicKey {
    /// Ed25519, with a name.
    Named(Box<VerifierKey>),
    /// Of OpenSSH.
    OpenSsh(Box<AllowedSigner>),
}

impl PublicKey {
    /// What makes it the same key under any name and in any form.
    pub fn identity(&self) -> Vec<u8> {
        let ed25519 = match self {
            Self::Named(key) => Some(key.public_key()),
            Self::OpenSsh(signer) => signer.ed25519(),
        };
        match (ed25519, self) {
            (Some(key), _) => [b"ed25519:".as_slice(), &key].concat(),
            (None, Self::OpenSsh(signer)) => [b"openssh:", signer.fingerprint().as_bytes()].concat(),
            (None, Self::Named(_)) => Vec::new(),
        }
    }

    /// The hint that stands beside its signatures.
    pub fn hint(&self) -> String {
        match self {
            Self::Named(key) => key.hint(),
            Self::OpenSsh(signer) => signer.fingerprint(),
        }
    }

    /// Who has it, for people.
    pub fn owner(&self) -> String {
        match self {
            Self::Named(key) => key.name().to_owned(),
            Self::OpenSsh(signer) => signer.principals().to_owned(),
        }
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Named(key) => write!(f, "{key}"),
            Self::OpenSsh(signer) => f.write_str(signer.line()),
        }
    }
}

impl FromStr for PublicKey {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        // A line of OpenSSH has blanks, a verifier key has none.
        if text.trim().contains([' ', '\t']) {
            return AllowedSigner::parse(text).map(|signer| Self::OpenSsh(Box::new(signer)));
        }
        let key: VerifierKey = text.trim().parse()?;
        match key.kind() {
            KeyKind::Text => Ok(Self::Named(Box::new(key))),
            KeyKind::Cosignature => Err(format!("{:?} is the key of a witness (type 0x04)", key.name())),
        }
    }
}

impl Serialize for PublicKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for PublicKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

/// Keys of which so many must sign. An empty group asks for nobody.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// How many of them.
    pub threshold: usize,
    /// The keys.
    pub keys: Vec<PublicKey>,
}

impl Group {
    /// Whether nobody is in it.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// Refuses a threshold that means nothing or cannot be met. An empty group is refused too.
    ///
    /// # Errors
    /// Says what is wrong.
    pub fn check(&self) -> Result<(), String> {
        let mut identities: Vec<_> = self.keys.iter().map(PublicKey::identity).collect();
        identities.sort();
        identities.dedup();
        if self.keys.len() > MAX_KEYS {
            return Err(format!("has more than {MAX_KEYS} keys"));
        }
        match self.threshold {
            0 => Err("has the threshold 0: anyone would do".into()),
            wanted if wanted > identities.len() => {
                Err(format!("has the threshold {wanted}, but only {} different keys", identities.len()))
            }
            _ => Ok(()),
        }
    }

    /// Adds those of the group who signed a message to a count. `at` is when they say to have signed.
    pub fn count(
        &self,
        tally: &mut Tally,
        message: &[u8],
        signatures: &[(String, Vec<u8>)],
        namespace: &str,
        at: DateTime<Utc>,
    ) {
        for (hint, signature) in signatures.iter().take(MAX_SIGNATURES) {
            match self.who_signed(message, signature, namespace, at) {
                Ok(key) => {
                    tally.signers.entry(key.identity()).or_insert_with(|| key.owner());
                }
                Err(Some(why)) => tally.bad.push(format!("{hint}: {why}")),
                Err(None) if self.keys.iter().any(|key| key.hint() == *hint) => {
                    tally.bad.push(format!("{hint}: {}", Refusal::Bad));
                }
                Err(None) => tally.unknown.push(hint.clone()),
            }
        }
    }

    /// The key that made a signature. `Err(Some)` where a key of the group made it in vain.
    fn who_signed(
        &self,
        message: &[u8],
        signature: &[u8],
        namespace: &str,
        at: DateTime<Utc>,
    ) -> Result<&PublicKey, Option<Refusal>> {
        let ssh = SshSignature::is_one(signature).then(|| SshSignature::decode(signature)).flatten();
        let mut refused = None;
        for key in &self.keys {
            match (key, &ssh) {
                (PublicKey::Named(named), None) if named.verifies(message, signature) => return Ok(key),
                (PublicKey::OpenSsh(signer), Some(ssh)) => match ssh.judge(signer, namespace, message, at) {
                    Ok(()) => return Ok(key),
                    Err(Refusal::OtherKey) => {}
                    Err(why) => refused = Some(why),
                },
                _ => {}
            }
        }
        Err(refused)
    }
}

/// Who signed. A key counts once, whatever it is called and however often it signed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    signers: BTreeMap<Vec<u8>, String>,
    /// Hints of signatures by keys that are not in the group.
    pub unknown: Vec<String>,
    /// Hints of signatures by keys of the group that do not count, and why.
    pub bad: Vec<String>,
}

impl Tally {
    /// How many different keys signed.
    pub fn count(&self) -> usize {
        self.signers.len()
    }

    /// Who signed, for people.
    pub fn signers(&self) -> impl Iterator<Item = &str> {
        self.signers.values().map(String::as_str)
    }

    /// Takes back the voices of keys.
    pub fn retain(&mut self, keep: impl Fn(&[u8]) -> bool) {
        self.signers.retain(|identity, _| keep(identity));
    }

    /// Adds another count.
    pub fn add(&mut self, other: Self) {
        self.unknown.extend(other.unknown);
        self.bad.extend(other.bad);
        for (identity, owner) in other.signers {
            self.signers.entry(identity).or_insert(owner);
        }
    }
}
