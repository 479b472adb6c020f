//! RSA signatures of RFC 8017, 8.2 (PKCS#1 v1.5), checked with a public key. There is nothing secret in it that could
//! leak by the time it takes.

use der::{Tag, asn1::UintRef, oid::ObjectIdentifier};
use num_bigint::BigUint;
use sha2::{Digest as _, Sha256, Sha384, Sha512};
use x509_cert::spki::SubjectPublicKeyInfoOwned;

use super::Elements;

/// `rsaEncryption`.
pub(super) const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");

/// Bits of a modulus that are taken: shorter ones can be factored, longer ones cost time.
const MODULUS_BITS: std::ops::RangeInclusive<u64> = 2048..=8192;

/// Bits of a public exponent. Those in use have 17.
const MAX_EXPONENT_BITS: u64 = 32;

/// A hash function that signatures are taken for good with. SHA-1 is not: two contents can be made that share one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hash {
    Sha256,
    Sha384,
    Sha512,
}

impl Hash {
    /// By the identifier of the function, or of its use with RSA.
    pub(super) fn of(algorithm: ObjectIdentifier) -> Option<Self> {
        match algorithm.to_string().as_str() {
            "2.16.840.1.101.3.4.2.1" | "1.2.840.113549.1.1.11" => Some(Self::Sha256),
            "2.16.840.1.101.3.4.2.2" | "1.2.840.113549.1.1.12" => Some(Self::Sha384),
            "2.16.840.1.101.3.4.2.3" | "1.2.840.113549.1.1.13" => Some(Self::Sha512),
            _ => None,
        }
    }

    pub(super) fn digest(self, bytes: &[u8]) -> Vec<u8> {
        match self {
            Self::Sha256 => Sha256::digest(bytes).to_vec(),
            Self::Sha384 => Sha384::digest(bytes).to_vec(),
            Self::Sha512 => Sha512::digest(bytes).to_vec(),
        }
    }

    /// The DER of `DigestInfo` up to the digest (RFC 8017, 9.2, note 1).
    fn prefix(self) -> [u8; 19] {
        let (whole, function, length) = match self {
            Self::Sha256 => (0x31, 1, 0x20),
            Self::Sha384 => (0x41, 2, 0x30),
            Self::Sha512 => (0x51, 3, 0x40),
        };
        [
            0x30, whole, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, function,
            0x05, 0x00, 0x04, length,
        ]
    }
}

/// Whether a signature is one of these bytes by the holder of this key. Not, too, where the key is none that is taken.
pub(super) fn verifies(key: &SubjectPublicKeyInfoOwned, hash: Hash, bytes: &[u8], signature: &[u8]) -> bool {
    let Some((modulus, exponent)) = public_key(key) else { return false };
    let length = usize::try_from(modulus.bits().div_ceil(8)).unwrap_or_default();
    let signature = BigUint::from_bytes_be(signature);
    if signature >= modulus {
        return false;
    }
    let block = signature.modpow(&exponent, &modulus).to_bytes_be();
    // The first byte of a block is zero, and a number does not show it.
    encoded(hash, bytes, length).is_some_and(|expected| expected.strip_prefix(&[0]) == Some(&block[..]))
}

/// What a check with a key costs: as many steps as its exponent has bits, each of the square of its length in kilobits.
/// Some 70 with one of 2048 bits, some 270 with one of 4096, 2048 at most.
pub(super) fn cost(key: &SubjectPublicKeyInfoOwned) -> u64 {
    public_key(key).map_or(1, |(modulus, exponent)| modulus.bits().div_ceil(1024).pow(2) * exponent.bits())
}

fn public_key(key: &SubjectPublicKeyInfoOwned) -> Option<(BigUint, BigUint)> {
    if key.algorithm.oid != RSA {
        return None;
    }
    let mut numbers =
        Elements::inside(key.subject_public_key.as_bytes()?, Tag::Sequence, "RSA public key").ok()?;
    let mut number = || {
        let number: UintRef<'_> = numbers.any().ok()?.decode_as().ok()?;
        Some(BigUint::from_bytes_be(number.as_bytes()))
    };
    let (modulus, exponent) = (number()?, number()?);
    let sound = MODULUS_BITS.contains(&modulus.bits())
        && (2..=MAX_EXPONENT_BITS).contains(&exponent.bits())
        && exponent.bit(0);
    sound.then_some((modulus, exponent))
}

/// RFC 8017, 9.2: `00 01 FF .. FF 00 DigestInfo`.
fn encoded(hash: Hash, bytes: &[u8], length: usize) -> Option<Vec<u8>> {
    let info = [&hash.prefix()[..], &hash.digest(bytes)].concat();
    let padding = length.checked_sub(info.len() + 3).filter(|padding| *padding >= 8)?;
    Some([&[0, 1][..], &vec![0xFF; padding], &[0], &info].concat())
}
