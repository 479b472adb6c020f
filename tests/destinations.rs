//! What results and copies are written to: a file is replaced whole, a link is replaced and not written through, a pipe or
//! device is never replaced.

use std::{fs, process::Command};

use crate::support::{Desk, cmge, one, root};

/// A desk with an approved image.
fn desk() -> (Desk, Vec<u8>) {
    let (desk, bytes) = (Desk::new(), one(cmge(root())).build().bytes);
    desk.approve(&desk.file("good.wim", &bytes));
    (desk, bytes)
}

#[test]
fn an_old_file_stays_until_the_copy_is_approved() {
    let (desk, bytes) = desk();
    let rogue = root().child(wimproof_testkit::Entry::file("x", *b"x"));
    desk.file("rogue.wim", &one(crate::support::labels("Rogue", rogue)).build().bytes);
    desk.file("out/install.wim", b"the one before");
    desk.check(["rogue.wim", "--copy-to", "out/install.wim"]).code(1);
    assert_eq!(fs::read(desk.path("out/install.wim")).expect("there"), b"the one before");
    desk.check(["good.wim", "--copy-to", "out/install.wim"]).code(0);
    assert_eq!(fs::read(desk.path("out/install.wim")).expect("there"), bytes);
    desk.check(["good.wim", "--copy-to", "out"]).code(2);
    desk.check(["good.wim", "--copy-to", "none/install.wim"]).code(3);
    assert_eq!(fs::read_dir(desk.path("out")).expect("a folder").count(), 1, "something was left behind");
}

#[cfg(unix)]
#[test]
fn links_are_replaced_and_not_written_through() {
    let (desk, bytes) = desk();
    desk.file("elsewhere.wim", b"precious");
    std::os::unix::fs::symlink("elsewhere.wim", desk.path("install.wim")).expect("linked");
    std::os::unix::fs::symlink("nowhere.wim", desk.path("dangling.wim")).expect("linked");
    std::os::unix::fs::symlink("good.wim", desk.path("own.wim")).expect("linked");
    for name in ["install.wim", "dangling.wim"] {
        desk.check(["good.wim", "--copy-to", name]).code(0);
        assert!(fs::symlink_metadata(desk.path(name)).expect("there").is_file(), "{name}");
        assert_eq!(fs::read(desk.path(name)).expect("there"), bytes);
    }
    assert_eq!(fs::read(desk.path("elsewhere.wim")).expect("there"), b"precious");
    assert!(!desk.path("nowhere.wim").exists());
    desk.check(["good.wim", "--copy-to", "own.wim"]).code(2);
    std::os::unix::fs::symlink("elsewhere.wim", desk.path("result.json")).expect("linked");
    desk.check(["good.wim", "-o", "result.json"]).code(0);
    assert_eq!(fs::read(desk.path("elsewhere.wim")).expect("there"), b"precious");
}

#[cfg(unix)]
#[test]
fn pipes_are_never_replaced() {
    use std::os::unix::fs::FileTypeExt as _;
    let (desk, _) = desk();
    let pipe = desk.path("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().expect("runs").success());
    let is_pipe = || fs::symlink_metadata(&pipe).expect("there").file_type().is_fifo();
    desk.check(["good.wim", "--copy-to", "pipe"]).code(2);
    assert!(is_pipe(), "the copy took its place");
    // A result goes through it.
    let reader = std::thread::spawn({
        let pipe = pipe.clone();
        move || fs::read_to_string(pipe).expect("read")
    });
    desk.check(["good.wim", "-o", "pipe"]).code(0);
    assert!(is_pipe(), "the result took its place");
    assert!(reader.join().expect("read").contains("wimproof/result/v1"));
    // Nor is one read as an image or as a state, which would wait for a writer.
    desk.check(["pipe"]).code(3);
    let run = desk.run(["sweep", "good.wim", "--state", "pipe"]).code(3);
    assert!(run.err.contains("it is not a file"), "{}", run.err);
    desk.run(["sweep", ".", "--state", "state.json"]).code(0);
}
