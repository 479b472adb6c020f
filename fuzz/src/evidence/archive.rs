//! ZIP archives: the walk over their members, and what is read of those.

use std::{collections::HashSet, env, fs, path::PathBuf, process, sync::LazyLock};

use wimproof::evidence::collection::{self, Limits, Options, Piece};

/// Bounds as in the product, but small: a case is.
const LIMITS: Limits = Limits {
    depth: 3,
    members: 2000,
    files: 10,
    pieces: 500,
    held_each: 1 << 20,
    held: 2 << 20,
    output: 16 << 20,
    ratio: 200,
    ratio_free: 64 << 10,
};

/// Bytes of a piece that are read.
const MAX_PIECE: u64 = 4 << 20;

/// The file that an archive is written to: a collection begins with a path.
static FILE: LazyLock<PathBuf> = LazyLock::new(|| {
    let folder = env::temp_dir().join(format!("wimproof-fuzz-{}", process::id()));
    fs::create_dir_all(&folder).expect("a folder");
    folder.join("case.zip")
});

/// Collects from an archive, and reads each piece that was found or set aside.
///
/// # Panics
/// When two pieces have one name, or a piece that could be read is not as long as it was said to be.
pub fn read(bytes: &[u8]) {
    fs::write(&*FILE, bytes).expect("a file");
    let markers = vec!["Windows\\Temp\\*.log".to_owned()];
    let options = Options { limits: LIMITS, markers, ..Options::default() };
    let found = collection::collect(std::slice::from_ref(&*FILE), &options);
    let _ = collection::missing(&found);
    let mut names = HashSet::new();
    let mut read = 0;
    let aside = found.set_aside.iter().map(|aside| &aside.piece);
    for piece in
        found.pieces.iter().chain(aside).flat_map(|piece| [piece].into_iter().chain(piece.partners()))
    {
        assert!(names.insert(piece.name()), "two pieces {}", piece.name());
        read += length(piece);
    }
    assert!(found.pieces.len() + found.set_aside.len() <= LIMITS.pieces);
    // What is stored costs nothing but its own bytes; members may lie over one another.
    let most = LIMITS.output + LIMITS.pieces as u64 * bytes.len() as u64;
    assert!(read <= most, "{read} bytes out of {}", bytes.len());
}

fn length(piece: &Piece) -> u64 {
    if let Ok(Some(source)) = piece.read_at() {
        assert_eq!(source.size(), piece.size(), "{}", piece.name());
    }
    let Ok(bytes) = piece.bytes(MAX_PIECE) else { return 0 };
    assert_eq!(bytes.len() as u64, piece.size(), "{}", piece.name());
    piece.size()
}
