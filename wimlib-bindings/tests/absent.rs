//! Where libwim is not there, that is an error that says what to do. A program of its own: what was loaded stays.

#![allow(clippy::unwrap_used)]

use std::{
    env,
    path::PathBuf,
    process::{Command, Output},
};

/// Set in the child, which does the loading.
const CHILD: &str = "WIMLIB_BINDINGS_TEST_CHILD";

/// Runs this test again with another library named.
fn child(library: &str) -> String {
    let this = env::current_exe().unwrap();
    let Output { stdout, stderr, status } = Command::new(this)
        .args(["--exact", "loading_another_file", "--nocapture"])
        .env(CHILD, "1")
        .env("WIMPROOF_LIBWIM", library)
        .output()
        .unwrap();
    assert!(status.success(), "{}", String::from_utf8_lossy(&stderr));
    String::from_utf8(stdout).unwrap()
}

/// A shared library that is not libwim.
fn another_library() -> Option<PathBuf> {
    let folders = ["/lib/x86_64-linux-gnu", "/usr/lib/x86_64-linux-gnu", "/lib64", "/usr/lib64", "/usr/lib"];
    folders.iter().map(|folder| PathBuf::from(folder).join("libm.so.6")).find(|path| path.exists())
}

#[test]
#[allow(clippy::print_stdout, reason = "the parent reads it")]
fn loading_another_file() {
    if env::var_os(CHILD).is_some() {
        for _ in 0..2 {
            println!("answer: {}", wimlib_bindings::Library::load().unwrap_err());
        }
        return;
    }
    if !cfg!(all(unix, target_pointer_width = "64", target_endian = "little")) {
        assert!(child("x").contains("answer: libwim is not supported on this platform"));
        return;
    }
    let answer = child("/no/such/libwim.so.15");
    assert_eq!(answer.matches("answer: libwim is not installed").count(), 2, "{answer}");
    assert!(answer.contains("looked for /no/such/libwim.so.15") && answer.contains("libwim15"), "{answer}");
    if let Some(path) = another_library() {
        let answer = child(path.to_str().unwrap());
        assert!(answer.contains("libm.so.6 lacks the function wimlib_get_version"), "{answer}");
    }
}
