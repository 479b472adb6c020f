//! The catalogs were made by `tests/catalogs/make.py`, with roots of their own.

use proptest::prelude::*;
use sha1::Sha1;
use sha2::{Digest as _, Sha256};

use super::*;

const GENUINE: &[u8] = include_bytes!("../../../tests/catalogs/genuine.cat");
const ROOT: &[u8] = include_bytes!("../../../tests/catalogs/root.pem");
const MUM: &[u8] = include_bytes!("../../../tests/catalogs/sample.mum");
const MANIFEST: &[u8] = include_bytes!("../../../tests/catalogs/sample.manifest");

fn pinned() -> Anchors {
    let mut anchors = Anchors::microsoft().expect("certificates");
    anchors.add_pem(ROOT).expect("a certificate");
    anchors
}

fn read(bytes: &[u8]) -> Catalog {
    Catalog::read(bytes, &pinned()).expect("a catalog")
}

fn lists(catalog: &Catalog, file: &[u8]) -> [bool; 2] {
    let (sha256, sha1) = (Sha256::digest(file).into(), Sha1::digest(file).into());
    [catalog.members.lists(&sha256, &[0; 20]), catalog.members.lists(&[0; 32], &sha1)]
}

#[test]
fn the_chain_of_a_genuine_one_ends_at_the_pinned_root() {
    for bytes in [GENUINE, include_bytes!("../../../tests/catalogs/genuine-v1.cat")] {
        let catalog = read(bytes);
        let (signer, anchor) = ("CN=Test Windows,O=Wimproof Test", "CN=Test Root,O=Wimproof Test");
        assert_eq!(catalog.trust, Trust::Anchored { signer: signer.into(), anchor: anchor.into() });
        assert_eq!(lists(&catalog, MUM), [true; 2]);
        assert_eq!(lists(&catalog, MANIFEST), [true; 2]);
        assert_eq!(lists(&catalog, b"another"), [false; 2]);
        assert_eq!(catalog.members.len(), 4);
    }
}

#[test]
fn a_time_at_which_the_certificate_was_not_valid_is_told() {
    let timed: [(&[u8], Option<i32>); 5] = [
        (GENUINE, None),
        (include_bytes!("../../../tests/catalogs/timed.cat"), None),
        (include_bytes!("../../../tests/catalogs/timed-late.cat"), Some(2081)),
        (include_bytes!("../../../tests/catalogs/countersigned-early.cat"), Some(2001)),
        // One of two times is enough.
        (include_bytes!("../../../tests/catalogs/timed-twice.cat"), None),
    ];
    for (bytes, year) in timed {
        let catalog = read(bytes);
        assert!(catalog.trust.is_anchored(), "the time is not part of what is signed");
        let told = catalog.untimely.map(|untimely| untimely.signed);
        assert_eq!(told, year.map(|year| format!("{year}-02-03T04:05:06Z").parse().expect("a time")));
    }
}

#[test]
fn what_stands_beside_a_signature_cannot_make_a_catalog_unreadable() {
    let timed = include_bytes!("../../../tests/catalogs/timed.cat");
    let token = b"\x06\x0a\x2b\x06\x01\x04\x01\x82\x37\x03\x03\x01";
    let from = timed.windows(token.len()).position(|window| window == token);
    for at in from.expect("the token")..timed.len() {
        for byte in [0, 0x30, 0x80, 0xFF] {
            let mut changed = timed.to_vec();
            changed[at] = byte;
            assert!(read(&changed).trust.is_anchored(), "byte {at}");
        }
    }
}

#[test]
fn catalogs_behind_too_many_signatures_are_not_checked() {
    let anchors = pinned();
    let cost = read(GENUINE).cost;
    // Three keys of 2048 bits.
    assert_eq!(cost, 3 * 4 * 17);
    let mut spent = MAX_COST;
    assert!(Catalog::read_within(GENUINE, &anchors, &mut spent).is_ok());
    assert_eq!(spent, MAX_COST + cost);
    assert!(
        Catalog::read_within(GENUINE, &anchors, &mut spent).is_err_and(|error| error.contains("behind more"))
    );
}

#[test]
fn without_its_root_it_is_worth_nothing() {
    let catalog = Catalog::read(GENUINE, &Anchors::microsoft().expect("certificates")).expect("a catalog");
    assert!(matches!(catalog.trust, Trust::Unanchored { .. }), "{:?}", catalog.trust);
}

#[test]
fn names_of_microsoft_do_not_make_a_signature() {
    let own = read(include_bytes!("../../../tests/catalogs/forged-self-signed.cat"));
    let Trust::Unanchored { signer, issuer } = own.trust else { panic!("{:?}", own.trust) };
    assert!(signer.contains("O=Microsoft Corporation"));
    assert_eq!(signer, issuer);
    // A root of the name of the pinned one, with another key.
    let root = read(include_bytes!("../../../tests/catalogs/forged-root.cat"));
    assert!(matches!(root.trust, Trust::Unanchored { .. }), "{:?}", root.trust);
}

#[test]
fn who_may_not_sign_catalogs_signs_none() {
    // Below a certificate that is no authority, and by one for servers.
    for bytes in [
        &include_bytes!("../../../tests/catalogs/forged-below-leaf.cat")[..],
        include_bytes!("../../../tests/catalogs/forged-server.cat"),
    ] {
        let catalog = read(bytes);
        assert!(matches!(catalog.trust, Trust::Unanchored { .. }), "{:?}", catalog.trust);
    }
}

#[test]
fn a_changed_content_is_seen() {
    let catalog = read(include_bytes!("../../../tests/catalogs/altered.cat"));
    assert!(matches!(catalog.trust, Trust::Altered { .. }), "{:?}", catalog.trust);
    // A hash replaced by that of another file.
    let at = GENUINE.windows(32).position(|window| window == &Sha256::digest(MUM)[..]).expect("there");
    let mut swapped = GENUINE.to_vec();
    swapped[at..at + 32].copy_from_slice(&Sha256::digest(b"another"));
    let catalog = read(&swapped);
    assert_eq!(lists(&catalog, b"another"), [true, false]);
    assert!(matches!(catalog.trust, Trust::Altered { .. }), "{:?}", catalog.trust);
}

#[test]
fn no_changed_byte_leaves_another_content_with_a_good_signature() {
    let listed = |catalog: &Catalog| catalog.members.sha256().copied().collect::<Vec<_>>();
    let (anchors, members) = (pinned(), listed(&read(GENUINE)));
    for at in 0..GENUINE.len() {
        let mut changed = GENUINE.to_vec();
        changed[at] ^= 1;
        if let Ok(catalog) = Catalog::read(&changed, &anchors) {
            assert!(!catalog.trust.is_anchored() || listed(&catalog) == members, "byte {at}");
        }
    }
}

#[test]
fn every_cut_is_an_error() {
    let anchors = pinned();
    for length in 0..GENUINE.len() {
        assert!(Catalog::read(&GENUINE[..length], &anchors).is_err(), "{length} bytes");
    }
}

#[test]
fn pem_files_without_certificates_pin_nothing() {
    for pem in [&b""[..], b"hello", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
        assert!(Anchors::default().add_pem(pem).is_err());
    }
}

proptest! {
    #[test]
    fn bytes_of_any_kind_end_in_an_answer(bytes in proptest::collection::vec(any::<u8>(), 0..512)) {
        let _ = Catalog::read(&bytes, &pinned());
    }
}
