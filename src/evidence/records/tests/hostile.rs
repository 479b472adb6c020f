//! Whatever the bytes are, every reader ends, and says where it was led astray.

use std::io::{Error, Read, Result};

use proptest::prelude::*;

use crate::evidence::{
    records::{Settings, read},
    statement::PieceKind,
};

const KINDS: [PieceKind; 7] = [
    PieceKind::TaskSequenceLog,
    PieceKind::DeviceLog,
    PieceKind::Rowset,
    PieceKind::AnswerFile,
    PieceKind::SetupDiag,
    PieceKind::EventLog,
    PieceKind::Blackboard,
];

/// An input that fails after some bytes.
struct Failing<'b>(&'b [u8]);

impl Read for Failing<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        match self.0.read(buffer)? {
            0 => Err(Error::other("the share is gone")),
            count => Ok(count),
        }
    }
}

#[test]
fn an_input_that_fails_makes_a_partial_testimony() {
    for kind in KINDS {
        let testimony = read(kind, Failing(b"some words"), "x", &Settings::default()).unwrap();
        assert_eq!((testimony.kind, testimony.size, testimony.sha256), (kind, 10, None));
        assert!(testimony.partial.unwrap().contains("the share is gone"), "{kind:?}");
    }
    assert!(read(PieceKind::Hive, &b""[..], "x", &Settings::default()).is_none());
}

proptest! {
    #[test]
    fn any_bytes_can_be_read(bytes in proptest::collection::vec(any::<u8>(), 0..4000)) {
        for kind in KINDS {
            let testimony = read(kind, &*bytes, "x", &Settings::default()).unwrap();
            prop_assert_eq!(testimony.size, bytes.len() as u64);
        }
    }

    #[test]
    fn any_words_of_the_grammars_can_be_read(
        text in r#"(<!\[LOG\[|\]LOG\]!>|<z:row |Sev="|"|/>|Msg="Key name \[|ARC path \[|<a>|</a>|<!--|-->|<!\[CDATA\[|&#|&amp|é|>>>|Property |InstallFromPath is now = |Downloaded file from | to |Starting to apply image | from |USBSTOR\\|[ -~]|\n){0,80}"#
    ) {
        for kind in KINDS {
            let _ = read(kind, text.as_bytes(), "x", &Settings::default());
        }
    }
}
