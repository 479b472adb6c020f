//! What was taken out of an image, or put into it, beside what Windows brings.

use sha1::Digest as _;
use wimproof_testkit::component_store::{Component, File, package};

use crate::{
    genuine::{Windows, examine, findings, health, only, serious, windows, write},
    support::{Desk, Run, wimproof},
};

/// Messages of a rule, with their severities.
fn told(run: &Run, rule: &str) -> Vec<(String, String)> {
    let of_rule = findings(run).into_iter().filter(|(id, ..)| id == rule);
    of_rule.map(|(_, severity, message)| (severity, message)).collect()
}

fn component(name: &str, version: &str) -> Component {
    let bytes = format!("{name} {version}");
    Component::new(name, version).file(File::sound(&format!("{}.dll", name.to_lowercase()), bytes))
}

/// Adds components to the store of an image.
fn add(image: &mut Windows, components: &[Component]) {
    for component in components {
        let keyform = component.keyform();
        let manifest = component.manifest();
        image.file(&format!(r"Windows\WinSxS\Manifests\{keyform}.manifest"), manifest.as_bytes());
        for file in &component.files {
            let bytes = file.stored.as_deref().expect("a stored file");
            image.file(&format!(r"Windows\WinSxS\{keyform}\{}", file.name), bytes);
        }
    }
}

const PACKAGE: &str =
    r"Windows\servicing\Packages\Microsoft-Windows-Media-Package~31bf3856ad364e35~amd64~~10.0.17763.1.mum";

/// An image with these components, and a package that brings a deployment of a player and its codecs.
fn with_package(components: &[Component]) -> Windows {
    let (player, codecs) = (component("Player", "10.0.17763.1"), component("Codecs", "10.0.17763.1"));
    let deployment = Component::new("Media-Deployment", "10.0.17763.1").deploys(&player).deploys(&codecs);
    let more = component("Radio", "10.0.17763.1");
    let mut image = windows();
    add(&mut image, components);
    add(&mut image, std::slice::from_ref(&deployment));
    image.file(
        PACKAGE,
        package("Microsoft-Windows-Media-Package", "10.0.17763.1", &[&deployment, &more]).as_bytes(),
    );
    image
}

fn examined(image: Windows) -> Run {
    let desk = Desk::bare();
    write(&desk, "a.wim", image);
    examine(&desk, &["a.wim"])
}

#[test]
fn components_that_a_package_brings_and_the_store_lacks_are_named() {
    let player = component("Player", "10.0.17763.1");
    let run = examined(with_package(&[player])).code(0);
    let [(severity, message)] = &told(&run, "WP3235")[..] else { panic!("{:?}", findings(&run)) };
    assert_eq!(severity, "warn");
    assert!(message.starts_with(&format!("\\{PACKAGE}: of 2 components")), "{message}");
    let names = ["amd64_codecs_31bf3856ad364e35_none", "amd64_radio_31bf3856ad364e35_none"];
    assert!(message.ends_with(&names.join(", ")), "{message}");
    assert!(told(&examined(windows()), "WP3235").is_empty());
    let desk = Desk::bare();
    write(&desk, "a.wim", with_package(&[component("Player", "10.0.17763.1")]));
    let people = wimproof(["health".into(), desk.path("a.wim")]).code(0).out;
    assert!(people.contains("WP3235") && !people.contains("nothing speaks against"), "{people}");
    let advice: Vec<&str> = people.lines().filter(|line| line.starts_with("advice: ")).collect();
    assert!(advice[0].contains("--reference") && !advice.concat().contains("WP3235"), "{people}");
    assert!(advice[0].contains("do not deploy"), "{people}");
}

#[test]
fn a_component_that_an_update_replaced_was_not_taken_out() {
    let newer = ["Player", "Codecs", "Radio"].map(|name| component(name, "10.0.17763.1935"));
    let run = examined(with_package(&newer)).code(0);
    assert!(told(&run, "WP3235").is_empty(), "{:?}", findings(&run));
}

#[test]
fn components_that_a_reference_of_the_same_build_has_are_missed() {
    let desk = Desk::bare();
    let all: Vec<Component> =
        (0..8).map(|number| component(&format!("Part{number}"), "10.0.17763.1")).collect();
    let image = |components: &[Component]| {
        let mut image = windows();
        add(&mut image, components);
        image
    };
    write(&desk, "gold.wim", image(&all));
    write(&desk, "twin.wim", image(&all[..1]));
    let other = |version, edition| {
        let name = "another";
        Windows { edition, version, name, ..image(&all[..1]) }
    };
    write(&desk, "build.wim", other((10, 0, 17763, 1879), "EnterpriseS"));
    write(&desk, "edition.wim", other((10, 0, 17763, 1935), "Core"));
    let at = |image: &str| {
        health(&desk, &["--roots", "root.pem", "--depth", "metadata", "--reference", "gold.wim", image])
    };
    let [(severity, message)] = &told(&at("twin.wim"), "WP3235")[..] else { panic!("told once") };
    assert_eq!(severity, "warn");
    assert!(message.starts_with("gold.wim:1: of 7 of its components"), "{message}");
    assert!(message.contains("amd64_part1_") && message.ends_with("and 2 more"), "{message}");
    for image in ["gold.wim", "build.wim", "edition.wim"] {
        assert!(told(&at(image), "WP3235").is_empty(), "{image}");
    }
}

const REPOSITORY: &str = r"Windows\System32\DriverStore\FileRepository";

/// An image with a driver package of these files besides its `.inf`.
fn with_driver(files: &[(&str, &[u8])]) -> Windows {
    let mut image = windows();
    image.file(&format!(r"{REPOSITORY}\printer.inf_amd64_0123456789abcdef\printer.inf"), b"[Version]");
    for (name, bytes) in files {
        image.file(&format!(r"{REPOSITORY}\printer.inf_amd64_0123456789abcdef\{name}"), bytes);
    }
    image
}

#[test]
fn drivers_that_nobody_known_signed_are_told() {
    let cases: [(&[u8], &str); 4] = [
        (include_bytes!("catalogs/foreign.cat"), "signed itself"),
        (include_bytes!("catalogs/forged-root.cat"), "no pinned certificate"),
        (include_bytes!("catalogs/altered.cat"), "hash of its content"),
        (b"no catalog", "cannot be read"),
    ];
    for (catalog, words) in cases {
        let run = examined(with_driver(&[("printer.cat", catalog), ("printer.sys", b"MZ")])).code(0);
        only(&run, "WP3236", "warn", &[r"printer.inf_amd64_0123456789abcdef\printer.cat", words, "sha1:"]);
    }
    let run = examined(with_driver(&[("printer.sys", b"MZ")])).code(0);
    let digest = format!("sha1:{}", hex::encode(sha1::Sha1::digest(b"[Version]")));
    only(&run, "WP3236", "warn", &[r"\printer.inf_amd64_0123456789abcdef is a driver package", &digest]);
}

#[test]
fn signed_drivers_and_those_of_windows_are_not_told() {
    let signed =
        with_driver(&[("other.cat", b"no catalog"), ("printer.cat", include_bytes!("catalogs/genuine.cat"))]);
    assert!(told(&examined(signed), "WP3236").is_empty());
    let mut of_windows = with_driver(&[]);
    add(&mut of_windows, &[component("dual_printer.inf", "10.0.17763.1")]);
    assert!(told(&examined(of_windows), "WP3236").is_empty());
    let mut added = windows();
    for name in ["oem0.inf", "oem12.inf", "oem.inf", "oemx.inf", "usb.inf"] {
        added.file(&format!(r"Windows\INF\{name}"), b"[Version]");
    }
    only(&examined(added), "WP3236", "info", &["2 driver packages of third parties"]);
}

#[test]
fn a_site_allows_its_drivers_by_digest() {
    let desk = Desk::bare();
    let catalog = include_bytes!("catalogs/foreign.cat");
    write(&desk, "a.wim", with_driver(&[("printer.cat", catalog)]));
    let digest = hex::encode(sha1::Sha1::digest(catalog));
    let allow = format!("[[allow]]\ndigest = \"sha1:{digest}\"\nreason = \"printer of the branches\"\n");
    desk.file("allow.toml", allow.as_bytes());
    let run = examine(&desk, &["--allow", "allow.toml", "a.wim"]).code(0);
    assert_eq!(serious(&run), []);
    only(&run, "WP3236", "info", &["the site allows it: printer of the branches"]);
}

#[test]
fn files_that_nothing_explains_are_counted_and_named() {
    let unaccounted = |image: Windows| {
        let run = examined(image).code(0);
        let health = run.json()["subjects"][0]["images"][0]["health"]["unaccounted"].clone();
        (run, health)
    };
    let (_, before) = unaccounted(windows());
    let number = |health: &serde_json::Value, name: &str| health[name].as_u64().expect("a number");
    let mut image = windows();
    // Explained: by a manifest; as a copy of a file of the store; as what Windows writes itself; by a driver package.
    add(&mut image, &[component("Extra", "10.0.17763.1")]);
    let explained = [
        (r"Windows\System32\extra.dll", b"changed".as_slice()),
        (r"Windows\Elsewhere\extra.dll", b"Extra 10.0.17763.1"),
        (r"Windows\Logs\CBS\CBS.log", b"log"),
        (r"Windows\System32\anything.log", b"log"),
        (r"Windows\System32\config\COMPONENTS", b"regf"),
        (r"Windows\assembly\NativeImages_v4\a.ni.dll", b"MZ"),
        (r"Windows\System32\DriverStore\FileRepository\usb.inf_amd64_0\usb.sys", b"MZ usb"),
        (r"Windows\System32\drivers\usb.sys", b"MZ usb"),
        (r"Program Files\Agent\agent.exe", b"MZ not below Windows"),
    ];
    // Not explained: a program where logs belong; one with the content of another; a driver with another content.
    let residue = [
        (r"Windows\Temp\InsPreConfig.exe", b"MZ pre".as_slice()),
        (r"Windows\Logs\start.cmd", b"@echo off"),
        (r"Windows\System32\notextra.dll", b"Extra 10.0.17763.1"),
        (r"Windows\System32\drivers\usb2.sys", b"MZ usb"),
        (r"Windows\Custom\a.ini", b"[a]"),
        (r"Windows\Custom\b.ini", b"[b]"),
        (r"Windows\Custom\c.ini", b"[c]"),
    ];
    for (path, bytes) in explained.iter().chain(&residue) {
        image.file(path, bytes);
    }
    let (run, after) = unaccounted(image);
    let more = number(&after, "files") - number(&before, "files");
    let named = after["named"].to_string();
    for (path, _) in residue {
        assert!(named.contains(&path.replace('\\', r"\\")), "{path} in {named}");
    }
    assert_eq!(more, residue.len() as u64, "{named}");
    // Two more files for the component, and those above but the one outside.
    let below = explained.len() + residue.len() - 1 + 2;
    assert_eq!(number(&after, "of") - number(&before, "of"), below as u64);
    let folder = after["folders"]
        .as_array()
        .expect("folders")
        .iter()
        .find(|folder| folder["path"] == r"\Windows\Custom");
    assert_eq!(folder.map(|folder| folder["files"].clone()), Some(3.into()), "{after}");
    let message = format!("{} of {} files below \\Windows", number(&after, "files"), number(&after, "of"));
    only(&run, "WP3237", "info", &[&message, r"\Windows\Custom (3)"]);
}

#[test]
fn nothing_is_called_unexplained_where_the_manifests_were_not_read() {
    let desk = Desk::bare();
    let mut image = windows();
    image.file(r"Windows\Custom\a.ini", b"[a]");
    write(&desk, "a.wim", image);
    let run = health(&desk, &["--depth", "metadata", "a.wim"]);
    assert!(told(&run, "WP3237").is_empty());
    assert!(run.json()["subjects"][0]["images"][0]["health"]["unaccounted"].is_null());
}
