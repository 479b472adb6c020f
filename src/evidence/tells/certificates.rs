//! Root certificates that Windows does not bring along.
//!
//! A certificate stands in the value `Blob` of a key named by its SHA-1: properties, each with a number, a word that is 1,
//! and a length, of four bytes each, then its data. Property 32 is the certificate.

use std::collections::BTreeSet;

use der::Decode as _;
use sha1::{Digest as _, Sha1};

use super::{Kind, Tells, hive::Hive, key, value};

const STORES: [&str; 3] = [
    "Microsoft\\SystemCertificates\\ROOT\\Certificates",
    "Microsoft\\SystemCertificates\\AuthRoot\\Certificates",
    "Policies\\Microsoft\\SystemCertificates\\Root\\Certificates",
];

/// Bytes of a certificate with its properties. Real ones have some 2000.
const MAX_BLOB: u32 = 64 << 10;

/// Properties of a certificate that are looked at.
const MAX_PROPERTIES: usize = 64;

const CERTIFICATE: u32 = 32;

const KNOWN: &str = include_str!("known-roots.txt");

pub(super) fn look(software: &Hive, tells: &mut Tells) {
    let known: BTreeSet<&str> = KNOWN.lines().filter(|line| !line.starts_with('#')).collect();
    for store in STORES.iter().filter_map(|path| key(software, path)) {
        for stored in tells.keys("SOFTWARE", &store) {
            let blob = value(&stored, "Blob").filter(|blob| blob.size() <= MAX_BLOB);
            let blob = blob.and_then(|blob| blob.data().ok());
            let Some(certificate) = blob.as_deref().and_then(certificate) else { continue };
            let sha1 = hex::encode(Sha1::digest(certificate));
            if !known.contains(&*sha1) {
                let digest = Some(format!("sha1:{sha1}"));
                tells.key(Kind::RootCertificate, "SOFTWARE", &stored, &subject(certificate), digest);
            }
        }
    }
}

fn certificate(blob: &[u8]) -> Option<&[u8]> {
    let word = |at: usize| Some(u32::from_le_bytes(blob.get(at..at + 4)?.try_into().ok()?));
    let mut at = 0;
    for _ in 0..MAX_PROPERTIES {
        let (property, length) = (word(at)?, usize::try_from(word(at + 8)?).ok()?);
        let data = blob.get(at + 12..(at + 12).checked_add(length)?)?;
        if property == CERTIFICATE {
            return Some(data);
        }
        at += 12 + length;
    }
    None
}

fn subject(certificate: &[u8]) -> String {
    match x509_cert::Certificate::from_der(certificate) {
        Ok(certificate) => certificate.tbs_certificate().subject().to_string(),
        Err(_) => "a certificate that cannot be read".to_owned(),
    }
}
