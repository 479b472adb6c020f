//! Signatures that `ssh-keygen -Y sign` makes (`PROTOCOL.sshsig` of OpenSSH): the blob, which begins with `SSHSIG`, or the
//! same in its armour.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use chrono::{DateTime, Utc};
use ssh_key::{HashAlg, LineEnding, SshSig};

use super::allowed_signers::AllowedSigner;

const MAGIC: &[u8] = b"SSHSIG";
const BEGIN: &str = "-----BEGIN SSH SIGNATURE-----";
const END: &str = "-----END SSH SIGNATURE-----";

/// Characters of a line between the two lines of the armour.
const LINE: usize = 70;

/// A signature of an OpenSSH key.
#[derive(Debug)]
pub(super) struct SshSignature(SshSig);

/// Why a signature does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Refusal {
    #[error("made by another key")]
    OtherKey,
    #[error("made for another namespace")]
    Namespace,
    #[error("the key is not allowed for this namespace")]
    NamespaceNotAllowed,
    #[error("the key did not count yet at that time")]
    NotYetValid,
    #[error("the key did not count any more at that time")]
    Expired,
    #[error("the signature does not fit")]
    Bad,
}

impl SshSignature {
    /// Whether bytes want to be such a signature.
    pub(super) fn is_one(bytes: &[u8]) -> bool {
        bytes.starts_with(MAGIC)
    }

    /// Reads the blob. The library reads it in its armour only.
    pub(super) fn decode(blob: &[u8]) -> Option<Self> {
        let mut armour = format!("{BEGIN}\n");
        let mut rest = BASE64_STANDARD.encode(blob);
        while rest.len() > LINE {
            let tail = rest.split_off(LINE);
            armour.push_str(&rest);
            armour.push('\n');
            rest = tail;
        }
        armour.push_str(&rest);
        armour.push('\n');
        armour.push_str(END);
        armour.push('\n');
        Self::from_armour(&armour)
    }

    /// Reads what `ssh-keygen` writes.
    pub(super) fn from_armour(text: &str) -> Option<Self> {
        SshSig::from_pem(text).ok().map(Self)
    }

    /// The blob in base64.
    pub(super) fn to_base64(&self) -> Option<String> {
        let armour = self.0.to_pem(LineEnding::LF).ok()?;
        Some(armour.lines().filter(|line| !line.starts_with("-----")).collect())
    }

    /// The fingerprint of the key that made it, as `ssh-keygen -l` shows it.
    pub(super) fn fingerprint(&self) -> String {
        self.0.public_key().fingerprint(HashAlg::Sha256).to_string()
    }

    /// Judges as `ssh-keygen -Y verify` does, at a time of ours.
    pub(super) fn judge(
        &self,
        signer: &AllowedSigner,
        namespace: &str,
        message: &[u8],
        at: DateTime<Utc>,
    ) -> Result<(), Refusal> {
        if self.0.public_key() != signer.key().key_data() {
            return Err(Refusal::OtherKey);
        }
        if self.0.namespace() != namespace {
            return Err(Refusal::Namespace);
        }
        if !signer.allows_namespace(namespace) {
            return Err(Refusal::NamespaceNotAllowed);
        }
        if signer.valid_after().is_some_and(|start| at < start) {
            return Err(Refusal::NotYetValid);
        }
        if signer.valid_before().is_some_and(|end| at > end) {
            return Err(Refusal::Expired);
        }
        signer.key().verify(namespace, message, &self.0).map_err(|_| Refusal::Bad)
    }
}

#[cfg(test)]
mod tests {
    use ed25519_dalek::{Signer as _, SigningKey};
    use sha2::{Digest as _, Sha256, Sha512};

    use super::*;

    fn string(bytes: &[u8]) -> Vec<u8> {
        let length = u32::try_from(bytes.len()).expect("short");
        [&length.to_be_bytes(), bytes].concat()
    }

    /// A signature as a security key makes it (`PROTOCOL.u2f` of OpenSSH): over the hash of the application, flags, a
    /// counter, and the hash of what is to be signed.
    fn by_security_key(application: &str, message: &[u8]) -> (String, Vec<u8>) {
        const KIND: &[u8] = b"sk-ssh-ed25519@openssh.com";
        let key = SigningKey::from_bytes(&[7; 32]);
        let public =
            [string(KIND), string(key.verifying_key().as_bytes()), string(application.as_bytes())].concat();
        let fields = [string(b"wimproof"), string(b""), string(b"sha512")].concat();
        let signed = [MAGIC, &fields, &string(&Sha512::digest(message))].concat();
        let flags_and_counter = [1, 0, 0, 0, 9];
        let hashes = [Sha256::digest(application), Sha256::digest(&signed)];
        let by_key = [hashes[0].as_slice(), &flags_and_counter, &hashes[1]];
        let signature = key.sign(&by_key.concat()).to_bytes();
        let signature = [string(KIND), string(&signature), flags_and_counter.to_vec()].concat();
        let blob = [MAGIC, &1_u32.to_be_bytes(), &string(&public), &fields, &string(&signature)].concat();
        (format!("li {} {}", "sk-ssh-ed25519@openssh.com", BASE64_STANDARD.encode(public)), blob)
    }

    #[test]
    fn a_security_key_signs() {
        let now = DateTime::from_timestamp(1_800_000_000, 0).expect("a time");
        let (line, blob) = by_security_key("ssh:", b"message");
        let signer = AllowedSigner::parse(&line).expect("a line");
        let signature = SshSignature::decode(&blob).expect("a signature");
        assert_eq!(signature.judge(&signer, "wimproof", b"message", now), Ok(()));
        assert_eq!(signature.judge(&signer, "wimproof", b"other", now), Err(Refusal::Bad));
        assert_eq!(signature.judge(&signer, "git", b"message", now), Err(Refusal::Namespace));
        let (other, _) = by_security_key("ssh:other", b"message");
        let other = AllowedSigner::parse(&other).expect("a line");
        assert_eq!(signature.judge(&other, "wimproof", b"message", now), Err(Refusal::OtherKey));
        assert_eq!(
            SshSignature::decode(
                &BASE64_STANDARD.decode(signature.to_base64().expect("text")).expect("base64")
            )
            .expect("again")
            .0,
            signature.0
        );
    }

    #[test]
    fn what_is_cut_or_longer_is_no_signature() {
        let (_, blob) = by_security_key("ssh:", b"message");
        for length in 0..blob.len() {
            assert!(SshSignature::decode(&blob[..length]).is_none(), "{length}");
        }
        assert!(SshSignature::decode(&[blob.as_slice(), &[0]].concat()).is_none());
        let (line, now) = (by_security_key("ssh:", b"message").0, DateTime::UNIX_EPOCH);
        let signer = AllowedSigner::parse(&line).expect("a line");
        for bit in 0..blob.len() * 8 {
            let mut flipped = blob.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            let judged =
                SshSignature::decode(&flipped).map(|s| s.judge(&signer, "wimproof", b"message", now));
            assert_ne!(judged, Some(Ok(())), "bit {bit}");
        }
    }
}
