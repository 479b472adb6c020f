//! Certificates: the parts of X.509 (RFC 5280) that a chain needs.

use chrono::{DateTime, Utc};
use der::{Decode as _, Encode as _, Tag, oid::ObjectIdentifier};
use x509_cert::{
    Certificate as Parsed,
    ext::pkix::{BasicConstraints, ExtendedKeyUsage, KeyUsage},
    time::Time,
};

use super::{
    Elements, Error, Result,
    rsa::{self, Hash},
};

/// Purposes under which catalogs are signed: code signing, Windows system components, drivers of tested hardware; and
/// every purpose.
const PURPOSES: [ObjectIdentifier; 4] = [
    ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.3"),
    ObjectIdentifier::new_unwrap("1.3.6.1.4.1.311.10.3.6"),
    ObjectIdentifier::new_unwrap("1.3.6.1.4.1.311.10.3.5"),
    ObjectIdentifier::new_unwrap("2.5.29.37.0"),
];

/// A certificate.
#[derive(Debug, Clone)]
pub(super) struct Certificate {
    der: Vec<u8>,
    /// What is signed, as it stands in the file.
    signed: Vec<u8>,
    parsed: Parsed,
}

impl Certificate {
    pub(super) fn read(der: &[u8]) -> Result<Self> {
        let structure = "certificate";
        let parsed = Parsed::from_der(der).map_err(|source| Error::Der { structure, source })?;
        let signed = Elements::inside(der, Tag::Sequence, structure)?.whole()?.to_vec();
        Ok(Self { der: der.to_vec(), signed, parsed })
    }

    pub(super) fn is_same(&self, other: &Self) -> bool {
        self.der == other.der
    }

    pub(super) fn subject(&self) -> String {
        self.parsed.tbs_certificate().subject().to_string()
    }

    pub(super) fn issuer(&self) -> String {
        self.parsed.tbs_certificate().issuer().to_string()
    }

    /// From when to when it is valid.
    pub(super) fn validity(&self) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
        let validity = self.parsed.tbs_certificate().validity();
        let time = |time: Time| {
            let seconds = i64::try_from(time.to_unix_duration().as_secs()).ok()?;
            DateTime::from_timestamp(seconds, 0)
        };
        Some((time(validity.not_before)?, time(validity.not_after)?))
    }

    /// Whether issuer and serial number, as a signature names them, are those of this certificate.
    pub(super) fn is_named(&self, issuer: &[u8], serial: &[u8]) -> bool {
        let tbs = self.parsed.tbs_certificate();
        tbs.issuer().to_der().is_ok_and(|own| own == issuer) && tbs.serial_number().as_bytes() == serial
    }

    /// Whether it may sign catalogs, or certificates of those who do: a certificate that names no purpose may only do
    /// the latter.
    pub(super) fn serves(&self, as_authority: bool) -> bool {
        match self.parsed.tbs_certificate().get_extension::<ExtendedKeyUsage>() {
            Ok(Some((_, usage))) => usage.0.iter().any(|purpose| PURPOSES.contains(purpose)),
            Ok(None) => as_authority,
            Err(_) => false,
        }
    }

    /// Whether it may sign certificates with this many authorities below it.
    pub(super) fn is_authority(&self, below: usize) -> bool {
        let tbs = self.parsed.tbs_certificate();
        let constraints = tbs.get_extension::<BasicConstraints>();
        let Ok(Some((_, BasicConstraints { ca: true, path_len_constraint: room }))) = constraints else {
            return false;
        };
        let signs = match tbs.get_extension::<KeyUsage>() {
            Ok(Some((_, usage))) => usage.key_cert_sign(),
            Ok(None) => true,
            Err(_) => false,
        };
        signs && room.is_none_or(|room| below <= room.into()) && self.serves(true)
    }

    /// What it costs to ask for a signature of its key, see [`rsa::cost`].
    pub(super) fn cost(&self) -> u64 {
        rsa::cost(self.parsed.tbs_certificate().subject_public_key_info())
    }

    /// Whether another certificate names it as issuer.
    pub(super) fn is_issuer_of(&self, other: &Self) -> bool {
        self.parsed.tbs_certificate().subject() == other.parsed.tbs_certificate().issuer()
    }

    /// Whether its key signed another certificate, which names it as issuer.
    pub(super) fn issued(&self, other: &Self) -> bool {
        let algorithm = other.parsed.signature_algorithm().oid;
        let Some((hash, signature)) = Hash::of(algorithm).zip(other.parsed.signature().as_bytes()) else {
            return false;
        };
        self.is_issuer_of(other) && self.signed(hash, &other.signed, signature)
    }

    /// Whether its key signed these bytes.
    pub(super) fn signed(&self, hash: Hash, bytes: &[u8], signature: &[u8]) -> bool {
        rsa::verifies(self.parsed.tbs_certificate().subject_public_key_info(), hash, bytes, signature)
    }
}
