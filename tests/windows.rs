//! Manners of Windows: files that others hold, paths in all their spellings.

use std::{fs::File, os::windows::fs::OpenOptionsExt as _};

use crate::support::{Desk, cmge, one, root};

#[test]
fn a_file_that_nobody_else_may_open_is_undecided_with_a_hint() {
    let desk = Desk::new();
    let image = desk.wim("a.wim", &one(cmge(root())));
    desk.approve(&image);
    let held = File::options().read(true).share_mode(0).open(&image).expect("opened");
    let run = desk.check(["a.wim"]).code(3);
    assert!(run.out.contains("another program holds it open"), "{}", run.out);
    drop(held);
    desk.check(["a.wim"]).code(0);
}

#[test]
fn every_spelling_of_a_path_names_the_file() {
    let desk = Desk::new();
    let image = desk.wim("Install.wim", &one(cmge(root())));
    desk.approve(&image);
    let plain = image.to_str().expect("UTF-8");
    assert!(plain.get(1..3) == Some(r":\"), "{plain}");
    for path in [
        plain.to_owned(),
        plain.replace('\\', "/"),
        plain.to_uppercase(),
        format!(r"\\?\{plain}"),
        format!(r"\\.\{plain}"),
        r".\INSTALL.WIM".to_owned(),
    ] {
        desk.check([&path]).code(0);
    }
}

#[test]
fn a_device_is_no_image() {
    let desk = Desk::new();
    for device in ["NUL", "CON"] {
        desk.check([device]).code(3);
    }
}
