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
