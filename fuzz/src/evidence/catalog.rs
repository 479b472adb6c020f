//! Security catalogs.

use std::{collections::BTreeSet, sync::LazyLock};

use wimproof::evidence::catalog::{Anchors, Catalog};

const ROOT: &[u8] = include_bytes!("../../../tests/catalogs/root.pem");

/// The catalogs that the pinned root signed.
const SIGNED: [&[u8]; 3] = [
    include_bytes!("../../../tests/catalogs/genuine.cat"),
    include_bytes!("../../../tests/catalogs/genuine-v1.cat"),
    include_bytes!("../../../tests/catalogs/genuine-without-mum.cat"),
];

static ANCHORS: LazyLock<Anchors> = LazyLock::new(|| {
    let mut anchors = Anchors::microsoft().expect("certificates");
    anchors.add_pem(ROOT).expect("a certificate");
    anchors
});

/// What those list, each.
static LISTED: LazyLock<Vec<BTreeSet<[u8; 32]>>> = LazyLock::new(|| {
    let listed = |bytes: &&[u8]| listed(&Catalog::read(bytes, &ANCHORS).expect("a catalog"));
    SIGNED.iter().map(listed).collect()
});

/// Reads a catalog. None is trusted but for what the holder of the root's key signed.
///
/// # Panics
/// When it is.
pub fn read(bytes: &[u8]) {
    if let Ok(catalog) = Catalog::read(bytes, &ANCHORS)
        && catalog.trust.is_anchored()
    {
        assert!(LISTED.contains(&listed(&catalog)), "a forged catalog is trusted");
    }
}

fn listed(catalog: &Catalog) -> BTreeSet<[u8; 32]> {
    catalog.members.sha256().copied().collect()
}
