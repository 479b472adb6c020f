//! What a component store holds: deltas, manifests, the program with the base manifest, ledgers.

use wimproof::evidence::{
    component_store::{
        base_manifest,
        keyform::Keyform,
        ledger::Ledger,
        manifest::{Manifest, ManifestError},
    },
    delta::{self, DeltaError},
};
use wimproof_testkit::component_store::BASE;

/// Bytes that a delta may become.
const LIMIT: u64 = 1 << 20;

/// A byte for the length of the base, the base, a delta without its signature.
///
/// # Panics
/// Where the same delta gives two answers, or a target longer than allowed.
pub fn apply(bytes: &[u8]) {
    let Some((length, rest)) = bytes.split_first() else { return };
    let (base, patch) = rest.split_at(usize::from(*length).min(rest.len()));
    let delta = [b"PA30".as_slice(), patch].concat();
    let target = delta::apply(base, &delta, LIMIT);
    assert_eq!(target, delta::apply(base, &delta, LIMIT), "two answers");
    let Ok(target) = target else { return };
    let size = target.len() as u64;
    assert!(size <= LIMIT, "longer than allowed");
    if let Some(less) = size.checked_sub(1) {
        let refused = DeltaError::TooLarge { claimed: size, limit: less };
        assert_eq!(delta::apply(base, &delta, less), Err(refused), "the limit is kept");
    }
}

/// A manifest as it is stored.
///
/// # Panics
/// Where one that was read is not read again when it is compressed, or its identity gives two names.
pub fn manifest(bytes: &[u8]) {
    let read = Manifest::read(bytes, Some(BASE.as_bytes()));
    let without_base = Manifest::read(bytes, None);
    match (&read, bytes.starts_with(b"DCM\x01")) {
        (_, true) => assert_eq!(without_base, Err(ManifestError::NoBase)),
        (_, false) => assert_eq!(read, without_base, "a base that is not needed matters"),
    }
    let Ok(manifest) = read else { return };
    let keyform = manifest.identity.keyform();
    if let Some(parsed) = Keyform::parse(&keyform) {
        assert!(keyform.ends_with(&format!("{:016x}", parsed.hash)), "another hash");
    }
    if !manifest.compressed {
        let stored = wimproof_testkit::delta::compressed_manifest(BASE.as_bytes(), bytes);
        let again = Manifest::read(&stored, Some(BASE.as_bytes()));
        assert_eq!(again, Ok(Manifest { compressed: true, ..manifest }), "not the same when compressed");
    }
}

/// A program that may hold a base manifest.
///
/// # Panics
/// Where what is found is no part of the program.
pub fn program(bytes: &[u8]) {
    if let Some(base) = base_manifest::in_program(bytes) {
        let range = bytes.as_ptr_range();
        assert!(base.is_empty() || range.contains(&base.as_ptr()), "not in the program");
    }
}

/// A ledger as it is kept.
///
/// # Panics
/// Where one that was read is written in another way.
pub fn ledger(bytes: &[u8]) {
    if let Some(ledger) = Ledger::from_bytes(bytes) {
        assert_eq!(ledger.to_bytes(), bytes, "written in another way");
    }
}
