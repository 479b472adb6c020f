//! Makes images whose component stores are attacks: small files that would take much memory or time to judge.
//!
//! `cargo run -p wimproof-testkit --example hostile-stores -- FOLDER`, then for each of them, at each depth,
//! `/usr/bin/time -v wimproof health --depth DEPTH FILE`.

#![allow(clippy::expect_used, reason = "a program that may fail")]

use std::{fs, path::Path};

use wimproof_testkit::{
    Compression, Entry, Image, Wim,
    component_store::{self, Component, File},
    delta,
};

const MIB: usize = 1 << 20;

fn main() {
    let folder = std::env::args().nth(1).expect("a folder");
    let folder = Path::new(&folder);
    fs::create_dir_all(folder).expect("made");
    let write = |name: &str, root: Entry| {
        let wim = Wim::new().image(Image::new("an attack").root(root)).compression(Compression::Lzx);
        wim.build().write(folder.join(name)).expect("written");
    };
    write("many-components.wim", many_components());
    write("long-lists.wim", long_lists());
    write("bombs.wim", bombs());
    write("hives.wim", hives());
    write("packages.wim", packages());
}

fn keyform(number: usize) -> String {
    format!("amd64_x_none_1.1.1.1_none_{number:016x}")
}

/// Half a million manifests, all of one content.
fn many_components() -> Entry {
    let manifests: Vec<Entry> =
        (0..500_000).map(|number| Entry::file(&format!("{}.manifest", keyform(number)), *b"x")).collect();
    Entry::dir("").with_entries(r"Windows\WinSxS\Manifests", &manifests)
}

/// Manifests that list as many files as they may, as long names as fit.
fn long_lists() -> Entry {
    let manifests: Vec<Entry> = (0..60)
        .map(|number| {
            let names = (0..60_000).map(|file| format!(r#"<file name="{file:0>100}"/>"#));
            let files: String = names.collect();
            let text = format!(
                r#"<assembly><assemblyIdentity name="x{number}" version="1.1.1.1"/>{files}</assembly>"#
            );
            Entry::file(&format!("{}.manifest", keyform(number)), text.into_bytes())
        })
        .collect();
    Entry::dir("").with_entries(r"Windows\WinSxS\Manifests", &manifests)
}

/// Compressed manifests that become as long as they may.
fn bombs() -> Entry {
    let root = component_store::image(&[Component::servicing_stack("10.0.1.1")]);
    let manifests: Vec<Entry> = (0..60)
        .map(|number| {
            let head = format!(r#"<assembly><assemblyIdentity name="x{number}" version="1.1.1.1"/>"#);
            let mut text = head.into_bytes();
            text.resize(16 * MIB - 11, b' ');
            text.extend_from_slice(b"</assembly>");
            let stored = delta::compressed_manifest(component_store::BASE.as_bytes(), &text);
            Entry::file(&format!("{}.manifest", keyform(number)), stored)
        })
        .collect();
    root.with_entries(r"Windows\WinSxS\Manifests", &manifests)
}

/// Hives of empty bins, as long as they may be, of the system and of forty users.
fn hives() -> Entry {
    let core = Component::new("Microsoft-Windows-Core", "1.1.1.1").file(File::sound("core.dll", *b"core"));
    let mut root = component_store::image(&[core]);
    let hive = |size: usize| {
        let mut bytes = wimproof_testkit::hive::Hive::new(wimproof_testkit::hive::Key::new("ROOT")).build();
        bytes.resize(size, 0);
        // Where the base block is not to be trusted, it does not say where the bins end.
        bytes[508] ^= 1;
        bytes
    };
    let system = hive(150 * MIB);
    root = root.with_file(r"Windows\System32\config\SOFTWARE", system);
    root = root.with_file(r"Windows\System32\config\SYSTEM", hive(90 * MIB));
    let of_user = hive(30 * MIB);
    for user in 0..40 {
        root = root.with_file(&format!(r"Users\user{user}\NTUSER.DAT"), of_user.clone());
    }
    root
}

/// Packages that bring as many components as they may, none of which is there.
fn packages() -> Entry {
    let core = Component::new("Microsoft-Windows-Core", "1.1.1.1").file(File::sound("core.dll", *b"core"));
    let mut root = component_store::image(&[core]);
    for number in 0..20 {
        let absent: Vec<Component> = (0..50_000)
            .map(|component| Component::new(&format!("x{number}-{component}"), "1.1.1.1"))
            .collect();
        let file = component_store::package("p", "1.1.1.1", &absent.iter().collect::<Vec<_>>());
        let path = format!(r"Windows\servicing\Packages\p{number}~31bf3856ad364e35~amd64~~1.1.1.1.mum");
        root = root.with_file(&path, file.into_bytes());
    }
    root
}
