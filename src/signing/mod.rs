//! Keys and signatures, in forms that others know: C2SP keys and signed notes, OpenSSH keys and signatures.
//!
//! | form | of | where described |
//! |---|---|---|
//! | verifier key (vkey) | an Ed25519 public key with a name | C2SP `signed-note`, as the `note` package of Go writes it |
//! | signed note | a text with signatures of named keys | C2SP `signed-note`, `tlog-cosignature` |
//! | `allowed_signers` line | an OpenSSH public key, who has it and when it counts | `ssh-keygen(1)` |
//! | SSHSIG | a signature of an OpenSSH key, bound to a namespace | `PROTOCOL.sshsig` of OpenSSH |
//!
//! Nothing here knows what is signed. Verification is pure; the time is an argument.

mod allowed_signers;
mod group;
mod key_file;
mod note;
mod note_key;
mod signer;
mod ssh_signature;

pub use allowed_signers::{AllowedSigner, allowed_signers};
pub use group::{Group, PublicKey, Tally};
pub use key_file::KeyFileError;
pub use note::{Checked, Note};
pub use note_key::{KeyKind, SecretKey, VerifierKey};
pub use signer::{Signer, SigningError};
