//! Who signs what a command writes.

use std::path::{Path, PathBuf};

use clap::Args;

use super::{Global, Result};
use crate::{
    registry::{Error, NAMESPACE, Seal},
    signing::{SecretKey, Signer, SigningError},
};

/// Who signs what is written to the registry.
#[derive(Debug, Args)]
pub(super) struct SealOptions {
    /// Key that signs the head of the registry
    #[arg(long, value_name = "FILE", env = "WIMPROOF_LOG_KEY")]
    log_key: Option<PathBuf>,
    #[command(flatten)]
    signers: SignOptions,
}

/// Who signs.
#[derive(Debug, Args)]
pub(super) struct SignOptions {
    /// Key that signs (repeatable): a key file of `registry keygen`, or a private or public key file of OpenSSH, with which
    /// ssh-keygen signs
    #[arg(long = "sign-key", value_name = "FILE", env = "WIMPROOF_SIGN_KEY")]
    sign_keys: Vec<PathBuf>,
}

impl SealOptions {
    pub(super) fn seal(&self, global: &Global) -> Result<Seal> {
        let log_key = self.log_key.as_deref().map(read_key).transpose()?;
        Ok(Seal { signers: self.signers.signers(global)?, log_key, at: global.now() })
    }
}

impl SignOptions {
    pub(super) fn signers(&self, global: &Global) -> Result<Vec<Signer>> {
        let namespace = global.trust()?.map_or_else(|| NAMESPACE.to_owned(), |trust| trust.namespace);
        let signer =
            |path: &PathBuf| Signer::of_file(path, &namespace).map_err(|error| Error::from(error).into());
        self.sign_keys.iter().map(signer).collect()
    }
}

/// Reads a key file of ours.
pub(super) fn read_key(path: &Path) -> Result<SecretKey> {
    SecretKey::read(path).map_err(|error| Error::from(SigningError::from(error)).into())
}
