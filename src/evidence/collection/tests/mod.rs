//! What collections are made to tell, and what hostile ones do not get.

mod archives;
mod bombs;
mod folders;
mod places;
mod wanted;
mod zip_file;

use std::{fs, path::Path};

use tempfile::TempDir;

use super::{Inventory, Options, Piece, collect};

/// A folder with files in it; a name may have folders in it.
fn folder(files: &[(&str, &[u8])]) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, bytes) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("folders");
        fs::write(path, bytes).expect("a file");
    }
    folder
}

fn look(path: impl AsRef<Path>) -> Inventory {
    look_with(path, &Options::default())
}

fn look_with(path: impl AsRef<Path>, options: &Options) -> Inventory {
    collect(&[path.as_ref().to_owned()], options)
}

/// What is found in an archive.
fn look_into(zip: &[u8]) -> Inventory {
    look_into_with(zip, &Options::default())
}

/// The file is open, so it can be read when its name is gone.
fn look_into_with(zip: &[u8], options: &Options) -> Inventory {
    let folder = folder(&[("case.zip", zip)]);
    look_with(folder.path().join("case.zip"), options)
}

fn paths(found: &Inventory) -> Vec<&str> {
    found.pieces.iter().map(Piece::path).collect()
}

/// Names below the last folder that is the test's own.
fn names(found: &Inventory) -> Vec<&str> {
    found
        .pieces
        .iter()
        .map(|piece| piece.name().split_once("case.zip!/").map_or(piece.name(), |it| it.1))
        .collect()
}

fn text(piece: &Piece) -> String {
    String::from_utf8(piece.bytes(1 << 20).expect("readable")).expect("text")
}
