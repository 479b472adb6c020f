//! `wimproof health`: an image is compared with its own manifests.

use wimproof_testkit::{Entry, Image, Wim};

use crate::support::{Desk, Run};

const KEYFORM: &str = "amd64_microsoft-windows-core_31bf3856ad364e35_10.0.26100.1_none_a943f5e781a44c5c";

/// An image with these files below `\Windows\WinSxS`.
fn store(files: &[(&str, &[u8])]) -> Entry {
    files.iter().fold(Entry::dir(""), |root, (path, bytes)| {
        root.with_file(&format!(r"Windows\WinSxS\{path}"), bytes.to_vec())
    })
}

fn health(root: Entry, arguments: &[&str]) -> Run {
    let desk = Desk::bare();
    let wim = Wim::new().image(Image::new("an image").root(root));
    wim.build().write(desk.path("a.wim")).expect("written");
    let mut command = desk.command();
    command.args(["health", "--format", "json"]).args(arguments).arg("a.wim");
    command.output().expect("the program runs").into()
}

fn manifest() -> String {
    format!(r"Manifests\{KEYFORM}.manifest")
}

#[test]
fn an_image_without_a_store_is_not_called_healthy() {
    let run = health(Entry::dir("").with_file("readme.txt", *b"text"), &[]).code(3);
    assert_eq!(run.rules(), ["WP3018"]);
}

#[test]
fn a_folder_needs_a_manifest() {
    let payload = format!(r"{KEYFORM}\core.dll");
    let with = store(&[(&manifest(), b"x"), (&payload, b"payload")]);
    let run = health(with, &["--depth", "metadata"]).code(0);
    assert_eq!(run.rules(), [""; 0]);
    let health_of = &run.json()["subjects"][0]["images"][0]["health"];
    assert_eq!(
        *health_of,
        serde_json::json!({"depth": "metadata", "components": 1, "manifests": 1, "files": 1})
    );
    let run = health(store(&[(&payload, b"payload")]), &["--depth", "metadata"]).code(0);
    assert_eq!(run.rules(), ["WP3004"]);
}

#[test]
fn a_content_that_the_file_lacks_is_named_by_component_and_file() {
    let folder = format!(r"Windows\WinSxS\{KEYFORM}");
    let root =
        store(&[(&manifest(), b"x")]).with_entries(&folder, &[Entry::declared("core.dll", [7; 20], 1000)]);
    let run = health(root, &["--depth", "metadata"]).code(1);
    assert_eq!(run.rules(), ["WP2014", "WP3002"]);
    let findings = run.json()["subjects"][0]["images"][0]["findings"].clone();
    let finding = findings.as_array().expect("findings").iter().find(|f| f["rule"] == "WP3002").expect("it");
    assert_eq!(finding["phrase"]["arguments"][0], KEYFORM);
    assert_eq!(finding["phrase"]["arguments"][1], "core.dll");
}

#[test]
fn versions_that_override_updates_and_operations_under_way_are_told() {
    let keyform = "amd64_z-atlas-nodefender_31bf3856ad364e35_38655.38527.65535.65535_none_0123456789abcdef";
    let run = health(
        store(&[(&format!(r"Manifests\{keyform}.manifest"), b"x"), ("pending.xml", b"<x/>")]),
        &["--depth", "metadata"],
    );
    assert_eq!(run.code(1).rules(), ["WP3015", "WP3016"]);
}

#[test]
fn an_index_that_is_not_there_is_undecided() {
    let desk = Desk::bare();
    Wim::new().image(Image::new("x").root(store(&[]))).build().write(desk.path("a.wim")).expect("written");
    desk.run(["health", "a.wim:2"]).code(3);
}
