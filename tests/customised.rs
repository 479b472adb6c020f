//! What was taken out of an image, or put into it, beside what Windows brings.

use sha1::Digest as _;
use wimproof_testkit::component_store::{Component, File, package};

use crate::{
    genuine::{Windows, examine, findings, health, only, serious, windows, write},
    support::{Desk, Run},
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
        Windows { version, edition, name, ..image(&all[..1]) }
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
