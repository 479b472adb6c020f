//! A whole case: what pieces of text say, put together to deployments and judged.

use std::sync::LazyLock;

use chrono::{DateTime, Utc};
use wimproof::{
    evidence::{
        channel::Channels,
        collection::{self, Generation, Inventory, Place, Role},
        deployment::{self, Heard},
        records,
        redact::Redactor,
        text_log::{self, Settings},
    },
    judge::{self, Policy},
    sighting::Assurance,
};

/// Stands before each piece: a control character that logs do not have; behind it a byte says where the piece lay.
pub const BEGIN: u8 = 0x1e;

/// Pieces of a case.
const MAX_PIECES: usize = 16;

static CHANNELS: LazyLock<Channels> = LazyLock::new(|| Channels::built_in().expect("they parse"));

/// Where a piece may have lain: a letter, the folder of the system, what for, the name.
const PLACES: [(u8, &str, Role, &str); 9] = [
    (b'a', "", Role::Panther, "Windows/Panther/setupact.log"),
    (b'b', "", Role::Panther, "Windows/Panther/setuperr.log"),
    (b'c', "", Role::Panther, "Windows/Panther/diagerr.xml"),
    (b'd', "", Role::SysprepPanther, "Windows/System32/Sysprep/Panther/setupact.log"),
    (b'e', "", Role::MoSetup, "Windows/Logs/MoSetup/BlueBox.log"),
    (b'f', "Windows.old", Role::Panther, "Windows.old/Windows/Panther/setupact.log"),
    (b'g', "Windows.old.000", Role::Panther, "Windows.old.000/Windows/Panther/setupact.log"),
    (b'h', "$WINDOWS.~BT", Role::Panther, "$WINDOWS.~BT/Sources/Panther/setupact.log"),
    (b'i', "", Role::DeviceLog, "Windows/INF/setupapi.dev.log"),
];

/// The bytes of a case, from its pieces and the letters of their places.
#[must_use]
pub fn case(pieces: &[(u8, &[u8])]) -> Vec<u8> {
    pieces.iter().flat_map(|(place, piece)| [&[BEGIN, *place][..], piece].concat()).collect()
}

/// Judges a case without a registry.
///
/// # Panics
/// When an answer contradicts itself.
pub fn judge(bytes: &[u8]) {
    let pieces = bytes.split(|byte| *byte == BEGIN).filter_map(<[u8]>::split_first);
    let mut heard: Vec<Heard> = pieces.take(MAX_PIECES).map(|(place, piece)| hear(*place, piece)).collect();
    let witnesses = deployment::witnesses(&heard);
    let deployment::Assembly { mut deployments, omitted } = deployment::assemble(&witnesses, &CHANNELS, &[]);
    deployment::note_missing(&mut deployments, &collection::missing(&Inventory::default()));
    let policy = Policy { assurance: Assurance::Claimed, scope: None };
    let now = DateTime::<Utc>::UNIX_EPOCH;
    for (number, deployment) in (1..).zip(&deployments) {
        assert_eq!(deployment.number, number);
        let judged = judge::trace::deployment(deployment, None, &policy, now).expect("no registry to fail");
        assert!(judged.approval.is_none());
    }
    let _ = judge::evidence::findings(&heard, &deployments, omitted);
    Redactor::of(&heard).redact(&mut heard);
}

fn hear(place: u8, piece: &[u8]) -> Heard {
    let known = PLACES.iter().find(|(letter, ..)| *letter == place);
    let (_, folder, role, path) = known.copied().unwrap_or((place, "?", Role::Other, "setupact.log"));
    let generation = match folder {
        "" => Generation::Live,
        "?" => Generation::Loose,
        folder if folder.starts_with('$') => Generation::SetupWork(folder.into()),
        folder => Generation::Old(folder.into()),
    };
    let settings = Settings::default();
    let kind = text_log::sniff(piece, path);
    let testimony =
        records::read(kind, piece, path, &settings).unwrap_or_else(|| text_log::read(piece, path, &settings));
    Heard { place: Place { root: "case".into(), generation, role }, testimony }
}
