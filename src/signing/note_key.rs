//! Ed25519 keys with a name, in the text forms of C2SP `signed-note`.
//!
//! A verifier key is `name+id+base64(kind || public key)`, a secret key `PRIVATE+KEY+name+id+base64(kind || seed)`. The id
//! is eight hexadecimal digits: the first four bytes of `SHA-256(name || 0x0A || kind || public key)`. It is a hint, not a
//! fingerprint: anyone can make a key with a given id.

use std::{fmt, str::FromStr};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use sha2::{Digest as _, Sha256};

const SECRET_PREFIX: &str = "PRIVATE+KEY+";

/// What a key signs, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyKind {
    /// The text itself (type 0x01).
    Text,
    /// A checkpoint with the time (type 0x04, C2SP `tlog-cosignature`).
    Cosignature,
}

impl KeyKind {
    fn byte(self) -> u8 {
        match self {
            Self::Text => 1,
            Self::Cosignature => 4,
        }
    }
}

/// A public key with a name.
#[derive(Clone, PartialEq, Eq)]
pub struct VerifierKey {
    name: String,
    kind: KeyKind,
    key: VerifyingKey,
}

impl VerifierKey {
    /// The name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it signs.
    pub fn kind(&self) -> KeyKind {
        self.kind
    }

    /// The 32 bytes of the public key (RFC 8032).
    pub fn public_key(&self) -> [u8; 32] {
        self.key.to_bytes()
    }

    /// The four bytes that stand before a signature in a note.
    pub fn id(&self) -> [u8; 4] {
        let digest = Sha256::new().chain_update(&self.name).chain_update([b'\n', self.kind.byte()]);
        let digest: [u8; 32] = digest.chain_update(self.key.as_bytes()).finalize().into();
        digest.first_chunk().copied().unwrap_or_default()
    }

    /// Name and id, as a hint which key made a signature: `name+id`.
    pub fn hint(&self) -> String {
        format!("{}+{}", self.name, hex::encode(self.id()))
    }

    /// The same key for another kind of signature.
    #[must_use]
    pub fn of_kind(&self, kind: KeyKind) -> Self {
        Self { kind, ..self.clone() }
    }

    /// Whether these 64 bytes are its Ed25519 signature of a message. Signatures that some verifiers take and others
    /// refuse are refused.
    pub fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        Signature::from_slice(signature)
            .is_ok_and(|signature| self.key.verify_strict(message, &signature).is_ok())
    }
}

impl fmt::Debug for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = BASE64_STANDARD.encode([&[self.kind.byte()], self.key.as_bytes().as_slice()].concat());
        write!(f, "{}+{key}", self.hint())
    }
}

impl FromStr for VerifierKey {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let form = || format!("{text:?} is no verifier key; they look like name+0123abcd+base64");
        // The name holds no plus sign, base64 may.
        let (name, rest) = text.split_once('+').ok_or_else(form)?;
        let (id, key) = rest.split_once('+').ok_or_else(form)?;
        let bytes = BASE64_STANDARD.decode(key).map_err(|_| form())?;
        let (kind, key) = bytes.split_first().ok_or_else(form)?;
        let kind = [KeyKind::Text, KeyKind::Cosignature].into_iter().find(|known| known.byte() == *kind);
        let kind = kind.ok_or_else(|| format!("key {name:?} is not of type Ed25519 (0x01 or 0x04)"))?;
        let key: [u8; 32] = key.try_into().map_err(|_| form())?;
        let key = VerifyingKey::from_bytes(&key).ok().filter(|key| !key.is_weak());
        let key = key.ok_or_else(|| format!("key {name:?} is no point of the curve, or a weak one"))?;
        let this = Self { name: checked_name(name)?, kind, key };
        match hex::encode(this.id()) {
            computed if computed == id => Ok(this),
            computed => Err(format!("key {name:?} has the id {computed}, but {id:?} is written: mistyped?")),
        }
    }
}

/// Key names must not be empty nor hold blanks or plus signs.
pub(crate) fn checked_name(name: &str) -> Result<String, String> {
    let bad = |c: char| c.is_whitespace() || c.is_control() || c == '+';
    match name.is_empty() || name.contains(bad) {
        true => Err(format!("{name:?} is no name: must not be empty nor hold blanks or plus signs")),
        false => Ok(name.to_owned()),
    }
}

/// A secret key with a name. Its bytes are wiped when it goes, and never shown.
pub struct SecretKey {
    name: String,
    key: SigningKey,
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretKey({})", self.name)
    }
}

impl SecretKey {
    /// A new key, from the system's source of randomness.
    ///
    /// # Errors
    /// Where the name is none, or the system has no randomness.
    pub fn generate(name: &str) -> Result<Self, String> {
        let mut seed = [0; 32];
        getrandom::fill(&mut seed).map_err(|error| format!("no randomness: {error}"))?;
        Ok(Self { name: checked_name(name)?, key: SigningKey::from_bytes(&seed) })
    }

    /// The text form, for a file that nobody else can read.
    pub(super) fn encode(&self) -> String {
        let key = BASE64_STANDARD.encode([&[KeyKind::Text.byte()], self.key.as_bytes().as_slice()].concat());
        format!("{SECRET_PREFIX}{}+{key}", self.verifier().hint())
    }

    /// Reads the text form. Messages do not quote it.
    pub(super) fn decode(text: &str) -> Result<Self, String> {
        let form = || "no secret key of the form PRIVATE+KEY+name+id+base64".to_owned();
        let rest = text.strip_prefix(SECRET_PREFIX).ok_or_else(form)?;
        let (name, rest) = rest.split_once('+').ok_or_else(form)?;
        let (id, key) = rest.split_once('+').ok_or_else(form)?;
        let bytes = BASE64_STANDARD.decode(key).map_err(|_| form())?;
        let seed: [u8; 32] =
            bytes.strip_prefix(&[KeyKind::Text.byte()]).and_then(|s| s.try_into().ok()).ok_or_else(form)?;
        let this = Self { name: checked_name(name)?, key: SigningKey::from_bytes(&seed) };
        (hex::encode(this.verifier().id()) == id).then_some(this).ok_or_else(form)
    }

    /// The public key.
    pub fn verifier(&self) -> VerifierKey {
        VerifierKey { name: self.name.clone(), kind: KeyKind::Text, key: self.key.verifying_key() }
    }

    /// The 64-byte signature of a message.
    pub fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.key.sign(message).to_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The vector that implementations of signed notes share.
    #[test]
    fn a_verifier_key_reads_back() {
        let text = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
        let key: VerifierKey = text.parse().expect("a key");
        assert_eq!(key.to_string(), text);
        assert_eq!(key.hint(), "example.com/foo+530d903a");
        for bad in [
            "",
            "a+b",
            "example.com/foo+530d903b+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
            "example.com/fo o+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
            "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U",
            "example.com/foo+530d903a+AukyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        ] {
            assert!(bad.parse::<VerifierKey>().is_err(), "{bad}");
        }
    }

    #[test]
    fn the_zero_point_is_no_key() {
        // A weak key (a point of small order) would verify what nobody signed.
        let mut weak = [0_u8; 32];
        weak[0] = 1;
        let key = VerifyingKey::from_bytes(&weak).expect("a point");
        let text = VerifierKey { name: "weak".into(), kind: KeyKind::Text, key }.to_string();
        assert!(text.parse::<VerifierKey>().is_err());
    }

    #[test]
    fn a_secret_key_reads_back_and_does_not_show() {
        let key = SecretKey::generate("bank.example/images").expect("a key");
        let again = SecretKey::decode(&key.encode()).expect("read");
        assert_eq!(again.verifier(), key.verifier());
        assert!(key.verifier().verifies(b"m", &again.sign(b"m")));
        assert!(!key.verifier().verifies(b"n", &again.sign(b"m")));
        assert_eq!(format!("{key:?}"), "SecretKey(bank.example/images)");
        let wrong = key.encode().replace("bank", "tank");
        assert!(SecretKey::decode(&wrong).is_err());
        assert!(SecretKey::generate("a b").is_err());
    }
}
