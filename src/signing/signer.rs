//! Who signs: a key file of ours, or `ssh-keygen` for a key of OpenSSH. With the latter the private key, which may live in
//! an agent or a security key, never comes into this process.

use std::{
    fs::File,
    io::{self, Read as _, Write as _},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use base64::{Engine as _, prelude::BASE64_STANDARD};

use super::{key_file::KeyFileError, note_key::SecretKey, ssh_signature::SshSignature};

/// Something that signs.
#[derive(Debug)]
pub enum Signer {
    /// An Ed25519 key of ours.
    Key(SecretKey),
    /// A key of OpenSSH: the file of its private or public key.
    OpenSsh {
        /// What `ssh-keygen -f` is given.
        path: PathBuf,
        /// For what it signs.
        namespace: String,
    },
}

/// Why nothing was signed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SigningError {
    /// The key file is of no use.
    #[error(transparent)]
    KeyFile(#[from] KeyFileError),
    /// `ssh-keygen` cannot be run.
    #[error("cannot run ssh-keygen (part of OpenSSH), which signs with {}: {source}", path.display())]
    NoSshKeygen {
        /// The key.
        path: PathBuf,
        /// The answer of the system.
        source: io::Error,
    },
    /// `ssh-keygen` did not sign.
    #[error("ssh-keygen did not sign with {}: {message}", path.display())]
    Refused {
        /// The key.
        path: PathBuf,
        /// What it said.
        message: String,
    },
}

impl Signer {
    /// Takes a file: a key of ours, or else a key of OpenSSH that signs in a namespace.
    pub fn of_file(path: &Path, namespace: &str) -> Result<Self, SigningError> {
        let at = |source| KeyFileError::Io { path: path.to_owned(), source };
        let mut start = Vec::new();
        File::open(path).and_then(|file| file.take(8).read_to_end(&mut start)).map_err(at)?;
        if start == b"PRIVATE+" {
            return Ok(Self::Key(SecretKey::read(path)?));
        }
        Ok(Self::OpenSsh { path: path.to_owned(), namespace: namespace.to_owned() })
    }

    /// Signs a message. Returns the hint which key did, and the signature in base64.
    pub fn sign(&self, message: &[u8]) -> Result<(String, String), SigningError> {
        match self {
            Self::Key(key) => Ok((key.verifier().hint(), BASE64_STANDARD.encode(key.sign(message)))),
            Self::OpenSsh { path, namespace } => {
                let refused = |message| SigningError::Refused { path: path.clone(), message };
                let armour = ssh_keygen(path, namespace, message)?;
                let signature = SshSignature::from_armour(&armour);
                let encoded = signature.as_ref().and_then(SshSignature::to_base64);
                let (signature, encoded) =
                    signature.zip(encoded).ok_or_else(|| refused("its signature cannot be read".into()))?;
                Ok((signature.fingerprint(), encoded))
            }
        }
    }
}

fn ssh_keygen(path: &Path, namespace: &str, message: &[u8]) -> Result<String, SigningError> {
    let cannot = |source| SigningError::NoSshKeygen { path: path.to_owned(), source };
    let mut command = Command::new("ssh-keygen");
    command.args(["-Y", "sign", "-n", namespace, "-f"]).arg(path);
    // Its standard error stays that of the user: there it asks to touch a security key.
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().map_err(cannot)?;
    // It reads all before it writes anything. That it stopped reading shows in its status.
    let _ = child.stdin.take().map(|mut stdin| stdin.write_all(message));
    let output = child.wait_with_output().map_err(cannot)?;
    match output.status.success() {
        true => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
        false => Err(SigningError::Refused { path: path.to_owned(), message: output.status.to_string() }),
    }
}
