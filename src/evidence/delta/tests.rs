use std::path::PathBuf;

use proptest::prelude::*;
use wimproof_testkit::delta::{self, Codes};

use super::*;

const LIMIT: u64 = 1 << 20;

#[test]
fn literals_and_copies_from_base_and_output_come_out() {
    let base = b"<assembly name=\"Microsoft-Windows-\" version=\"6.\"/>".repeat(40);
    let target = b"<assembly name=\"Microsoft-Windows-Core\" version=\"10.0.1.1\"/>".repeat(300);
    for codes in [Codes::Level, Codes::Blocks] {
        let delta = delta::make(&base, &target, codes);
        assert!(delta.len() < target.len() / 4, "{}", delta.len());
        assert_eq!(apply(&base, &delta, LIMIT).expect("sound"), target);
        let short = DeltaError::TooLarge { claimed: target.len() as u64, limit: 100 };
        assert_eq!(apply(&base, &delta, 100), Err(short));
    }
}

#[test]
fn a_delta_is_cut_nowhere() {
    let (base, target) = (b"a base".to_vec(), b"a base, and more and more".to_vec());
    let delta = delta::make(&base, &target, Codes::Level);
    for length in 0..delta.len() {
        assert!(apply(&base, &delta[..length], LIMIT).is_err(), "{length}");
    }
    assert_eq!(apply(&[], b"MZ", LIMIT), Err(DeltaError::NotADelta));
}

/// Manifests of Windows, where they are at hand.
#[test]
fn manifests_of_windows_decode_to_the_byte() {
    let Some(folder) = std::env::var_os("WIMPROOF_CORPUS").map(|corpus| PathBuf::from(corpus).join("dcm"))
    else {
        eprintln!("skipped: WIMPROOF_CORPUS names no corpus");
        return;
    };
    let base = std::fs::read(folder.join("base_manifest.bin")).expect("the base");
    let mut decoded = 0;
    for entry in std::fs::read_dir(&folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.extension().is_some_and(|end| end == "manifest") {
            let bytes = std::fs::read(&path).expect("a manifest");
            let delta = bytes.strip_prefix(b"DCM\x01").expect("compressed");
            let expected = std::fs::read(path.with_added_extension("xml")).expect("decoded before");
            assert_eq!(apply(&base, delta, 1 << 26), Ok(expected), "{}", path.display());
            decoded += 1;
        }
    }
    assert!(decoded >= 3);
}

proptest! {
    #[test]
    fn what_was_made_is_made_again(
        base in proptest::collection::vec(0_u8..4, 0..300),
        target in proptest::collection::vec(0_u8..5, 0..2000),
        blocks in any::<bool>(),
    ) {
        let codes = if blocks { Codes::Blocks } else { Codes::Level };
        let delta = delta::make(&base, &target, codes);
        prop_assert_eq!(apply(&base, &delta, LIMIT).expect("sound"), target);
    }

    #[test]
    fn bytes_of_strangers_end_in_an_error_or_a_target(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = apply(b"base", &[b"PA30\0\0\0\0\0\0\0\0", &*bytes].concat(), LIMIT);
    }
}
