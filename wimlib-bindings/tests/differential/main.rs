//! Our reader against libwim: random trees in every encoding, damage, and folders of other files.
//!
//! Skipped, with a printed reason, where libwim is absent. The environment variables are in the README.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

mod compare;
mod encodings;
mod known;
mod random;
mod set;
mod trees;

use std::{
    collections::BTreeMap,
    env, fs,
    path::{Path, PathBuf},
};

use wimlib_bindings::Library;
use wimproof_testkit::Entry;
use wimproof_wim::{FileSource, TreeDigest};

use crate::{
    compare::compare,
    encodings::Encoding,
    random::{Random, rounds},
    set::{label, our_verdicts, their_verdicts},
};

/// The library; says so where it is absent.
fn libwim() -> Option<Library> {
    Library::load().inspect_err(|error| println!("skipped: {error}")).ok()
}

#[track_caller]
fn assert_none(differences: &[String], of: &str) {
    assert!(differences.is_empty(), "{of}: {} differences:\n{}", differences.len(), differences.join("\n"));
}

#[track_caller]
fn assert_verdicts(library: Library, paths: &[PathBuf], of: &str) -> bool {
    let (ours, theirs) = (our_verdicts(paths), their_verdicts(library, paths));
    assert!(ours.agree(&theirs), "{of}:\nours   {ours:?}\nlibwim {theirs:?}");
    ours.contents.is_ok()
}

#[test]
fn a_tree_is_the_same_in_every_encoding() {
    let Some(library) = libwim() else { return };
    let mut random = Random::of_round("every encoding", 0);
    let mut wim = trees::wim(&mut random, 20);
    let crossing = trees::content(&mut random, (2 << 20) + 1);
    wim.images[0].root.children.push(Entry::file("more than 2 MiB", crossing));
    let mut first: Option<Vec<TreeDigest>> = None;
    for encoding in encodings::all() {
        let folder = tempfile::tempdir().unwrap();
        let paths = encoding.store(&wim, folder.path(), &mut random);
        let of = format!("{encoding:?}");
        let (differences, digests) = compare(library, &paths);
        assert_none(&differences, &of);
        assert_eq!(digests.len(), wim.images.len(), "{of}");
        assert_eq!(*first.get_or_insert_with(|| digests.clone()), digests, "tree digests, {of}");
        assert!(assert_verdicts(library, &paths, &of), "sound: {of}");
    }
}

#[test]
fn random_trees() {
    let Some(library) = libwim() else { return };
    for round in 0..rounds() {
        let mut random = Random::of_round("random trees", round);
        let wim = trees::wim(&mut random, 100);
        let mut first: Option<Vec<TreeDigest>> = None;
        for encoding in random.sample(encodings::all(), 6) {
            let folder = tempfile::tempdir().unwrap();
            let paths = encoding.store(&wim, folder.path(), &mut random);
            let of = format!("round {round}, {encoding:?}");
            let (differences, digests) = compare(library, &paths);
            assert_none(&differences, &of);
            assert_eq!(*first.get_or_insert_with(|| digests.clone()), digests, "tree digests, {of}");
        }
    }
}

#[test]
fn damage_gets_the_same_verdict() {
    let Some(library) = libwim() else { return };
    let (mut sound, mut damaged) = (0, 0);
    for round in 0..rounds() {
        let mut random = Random::of_round("damage", round);
        let wim = trees::wim(&mut random, 12);
        for encoding in random.sample(encodings::all(), 10) {
            let folder = tempfile::tempdir().unwrap();
            let paths = encoding.store(&wim, folder.path(), &mut random);
            for _ in 0..20 {
                let path = random.pick(&paths).clone();
                let whole = fs::read(&path).unwrap();
                let change = damage(&mut random, &whole, &path);
                fs::write(&path, &change.bytes).unwrap();
                let of = format!("round {round}, {encoding:?}, {}, {}", label(&path), change.what);
                match assert_verdicts(library, &paths, &of) {
                    true => sound += 1,
                    false => damaged += 1,
                }
                fs::write(&path, whole).unwrap();
            }
        }
    }
    println!("{damaged} of {} changes damaged a content", sound + damaged);
}

/// A file with a change in its data.
struct Change {
    bytes: Vec<u8>,
    what: String,
}

/// Changes something between header and blob table: contents, metadata, chunk tables.
fn damage(random: &mut Random, whole: &[u8], path: &Path) -> Change {
    let wim = wimproof_wim::Wim::open(FileSource::open(path).unwrap()).unwrap();
    let data = 208..usize::try_from(wim.header().blob_table.offset).unwrap();
    let mut bytes = whole.to_vec();
    if data.is_empty() {
        return Change { bytes, what: "nothing to damage".into() };
    }
    let at = data.start + random.below(data.len());
    let what = match random.below(4) {
        0 => {
            let length = (1 + random.below(64)).min(data.end - at);
            let noise = random.bytes(length);
            bytes[at..at + length].copy_from_slice(&noise);
            format!("{length} random bytes at {at}")
        }
        1 => {
            bytes[at] = random.next().to_le_bytes()[0];
            format!("byte {at} is {:#04x}", bytes[at])
        }
        _ => {
            let bit = random.below(8);
            bytes[at] ^= 1 << bit;
            format!("bit {bit} of byte {at}")
        }
    };
    Change { bytes, what }
}

/// Compares all files of the folders in `WIMPROOF_WIMS` and of the corpus, each split set as one.
#[test]
fn files_of_others() {
    let Some(library) = libwim() else { return };
    let mut failed = Vec::new();
    for folder in folders() {
        let Ok(listed) = fs::read_dir(&folder) else {
            println!("skipped: no folder {}", folder.display());
            continue;
        };
        for set in sets(listed.map(|file| file.unwrap().path()).collect()) {
            let name = set.iter().map(|path| label(path)).collect::<Vec<_>>().join(" + ");
            let (ours, theirs) = (our_verdicts(&set), their_verdicts(library, &set));
            let mut differences = Vec::new();
            if !ours.agree(&theirs) {
                differences.push(format!("verdict:\n  ours   {ours:?}\n  libwim {theirs:?}"));
            } else if ours.contents.is_ok() {
                differences = compare(library, &set).0;
            }
            println!("{name}: {} differences", differences.len());
            failed.extend(differences.iter().map(|difference| format!("{name}: {difference}")));
        }
    }
    assert_none(&failed, "files of others");
}

fn folders() -> Vec<PathBuf> {
    let named = env::var_os("WIMPROOF_WIMS").unwrap_or_default();
    let mut folders: Vec<PathBuf> = env::split_paths(&named).filter(|p| !p.as_os_str().is_empty()).collect();
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpus");
    let corpus = env::var_os("WIMPROOF_CORPUS").map_or_else(beside, PathBuf::from);
    folders.push(corpus.join("wim/small"));
    folders
}

/// Groups the WIM files among some by GUID where they are parts of a set; a set without its first part is left out.
fn sets(mut files: Vec<PathBuf>) -> Vec<Vec<PathBuf>> {
    files.sort();
    let mut sets = Vec::new();
    let mut parts: BTreeMap<String, BTreeMap<u16, PathBuf>> = BTreeMap::new();
    for path in files {
        let wim = FileSource::open(&path).ok().map(wimproof_wim::Wim::open);
        match wim {
            Some(Ok(wim)) if wim.header().is_split() => {
                let header = wim.header();
                parts.entry(header.guid.to_string()).or_default().insert(header.part, path);
            }
            Some(_) if is_named_wim(&path) => sets.push(vec![path]),
            _ => {}
        }
    }
    sets.extend(
        parts.into_values().filter(|parts| parts.contains_key(&1)).map(|parts| parts.into_values().collect()),
    );
    sets
}

fn is_named_wim(path: &Path) -> bool {
    path.extension().is_some_and(|extension| ["wim", "esd", "swm"].iter().any(|known| extension == *known))
}

/// An encoding is what its name says.
#[test]
fn encodings_are_what_they_say() {
    let Some(library) = libwim() else { return };
    let mut random = Random::of_round("encodings", 0);
    let wim = trees::wim(&mut random, 8);
    let encoding = Encoding::Export(vec!["--solid-compress=lzms".into(), "--solid".into()]);
    if encodings::all().iter().any(|known| matches!(known, Encoding::Export(_))) {
        let folder = tempfile::tempdir().unwrap();
        let paths = encoding.store(&wim, folder.path(), &mut random);
        let opened = set::theirs(library, &paths, wimlib_bindings::Check::Structure).unwrap();
        assert!(opened.resources().unwrap().iter().any(|resource| resource.solid.is_some()));
    }
}
