//! Labels of an image against what is in it, and the signatures of its packages.

use wimproof_testkit::filetime;

use crate::{
    genuine::{
        CURRENT_VERSION, GENUINE, MUM, ROLLUP, Windows, catalog_name, examine, findings, health, health_of,
        kernel, only, serious, set, windows, write,
    },
    support::Desk,
};

fn with(change: impl FnOnce(&mut Windows)) -> crate::support::Run {
    let mut windows = windows();
    change(&mut windows);
    health_of(windows)
}

#[test]
fn an_image_whose_labels_are_true_raises_nothing() {
    let desk = Desk::bare();
    write(&desk, "a.wim", windows());
    for depth in ["metadata", "manifests", "payloads"] {
        let run = health(&desk, &["--roots", "root.pem", "--depth", depth, "a.wim"]);
        assert_eq!(serious(&run), [], "{depth}");
        run.code(0);
    }
}

#[test]
fn another_build_than_the_label_says_is_a_lie() {
    let run = with(|windows| windows.version = (10, 0, 19044, 1935)).code(1);
    only(&run, "WP3100", "deny", &["19044.1935", "17763.1935"]);
}

#[test]
fn another_revision_is_odd_and_that_of_the_release_is_not() {
    let run = with(|windows| windows.version = (10, 0, 17763, 1879)).code(0);
    only(&run, "WP3102", "warn", &["17763.1879", "17763.1935"]);
    let run = with(|windows| windows.version = (10, 0, 17763, 1)).code(0);
    only(&run, "WP3101", "info", &["17763.1", "17763.1935"]);
}

#[test]
fn builds_that_share_their_files_are_no_contradiction() {
    for (label, registry) in [(19041, 19045), (19045, 19041), (22621, 22631), (26100, 26200)] {
        let run = with(|windows| {
            windows.version = (10, 0, label, 1935);
            windows
                .file(r"Windows\System32\ntoskrnl.exe", &kernel(u16::try_from(label).expect("small"), 1935));
            set(&mut windows.software, CURRENT_VERSION, |mut key| {
                key.values.retain(|value| value.name != "CurrentBuild");
                key.sz("CurrentBuild", &registry.to_string())
            });
            let packages = r"Windows\servicing\Packages";
            remove(windows, &format!("{ROLLUP}.mum"));
            windows.file(
                &format!(r"{packages}\Package_for_RollupFix~31bf3856ad364e35~amd64~~{label}.1935.1.6.mum"),
                MUM,
            );
            windows.file(
                &format!(r"{packages}\Package_for_RollupFix~31bf3856ad364e35~amd64~~{label}.1935.1.6.cat"),
                GENUINE,
            );
        })
        .code(0);
        only(&run, "WP3101", "info", &[&label.to_string(), &registry.to_string()]);
        assert_eq!(serious(&run), []);
    }
}

/// Takes a file away.
fn remove(windows: &mut Windows, path: &str) {
    let mut parts: Vec<&str> = path.split('\\').collect();
    let name: Vec<u16> = parts.pop().expect("a name").encode_utf16().collect();
    let mut place = &mut windows.root;
    for part in parts {
        let wanted: Vec<u16> = part.encode_utf16().collect();
        place = place.children.iter_mut().find(|entry| entry.name == wanted).expect("a folder");
    }
    place.children.retain(|entry| entry.name != name);
}

#[test]
fn kernel_and_updates_have_to_fit_the_registry() {
    let run = with(|windows| windows.file(r"Windows\System32\ntoskrnl.exe", &kernel(19041, 1935))).code(1);
    only(&run, "WP3103", "deny", &["10.0.19041.1935", "17763.1935"]);
    let run = with(|windows| windows.file(r"Windows\System32\ntoskrnl.exe", &kernel(17763, 2061))).code(0);
    only(&run, "WP3104", "warn", &["10.0.17763.2061", "17763.1935"]);
    let newer = ROLLUP.replace("17763.1935", "17763.2061");
    let run = with(|windows| {
        windows.file(&format!("{newer}.mum"), MUM);
        windows.file(&format!("{newer}.cat"), GENUINE);
    })
    .code(0);
    only(&run, "WP3104", "warn", &["17763.2061.1.6", "17763.1935"]);
}

#[test]
fn the_edition_has_to_be_the_one_that_is_there() {
    let run = with(|windows| windows.edition = "EnterpriseG").code(1);
    only(&run, "WP3105", "deny", &["EnterpriseG", "EnterpriseS"]);
    // The label and the registry were both forged; the packages were not.
    let run = with(|windows| {
        windows.edition = "EnterpriseG";
        set(&mut windows.software, CURRENT_VERSION, |mut key| {
            key.values.retain(|value| value.name != "EditionID");
            key.sz("EditionID", "EnterpriseG").sz("EditionSubManufacturer", "MeetRevision")
        });
    })
    .code(0);
    only(&run, "WP3106", "warn", &["EnterpriseG", "EnterpriseS"]);
    only(&run, "WP3111", "info", &["EditionSubManufacturer", "MeetRevision"]);
}

#[test]
fn processors_and_languages_have_to_be_those_that_are_there() {
    let run = with(|windows| windows.architecture = 12).code(1);
    only(&run, "WP3107", "deny", &["arm64", "x64"]);
    let run = with(|windows| windows.languages = &["zh-CN", "en-US"]).code(0);
    only(&run, "WP3108", "warn", &["en-US", "zh-cn"]);
}

#[test]
fn an_image_is_not_older_than_its_updates() {
    let run = with(|windows| windows.created = filetime(2020, 1, 10, 2, 14, 7)).code(0);
    only(&run, "WP3109", "warn", &["2020-01-10", "KB5003171", "2021-05-11"]);
    let run = with(|windows| windows.created = filetime(2021, 5, 10, 2, 14, 7)).code(0);
    assert_eq!(serious(&run), [], "a clock may be wrong by a day");
}

/// An agent and a mark of a site.
pub(crate) const SITE: &[u8] = br"
[[agent]]
name = 'update agent'
any = [{ file = 'Program Files\Agent\*' }]
[[marker]]
name = 'house mark'
key = 'House\Image'
value = 'Release'
";

#[test]
fn programs_and_marks_of_the_site_are_looked_for() {
    let desk = Desk::bare();
    desk.file("site.toml", SITE);
    write(&desk, "without.wim", windows());
    let run = examine(&desk, &["--channels", "site.toml", "without.wim"]).code(0);
    only(&run, "WP3112", "warn", &["update agent"]);
    let mut with = windows();
    with.file(r"Program Files\Agent\agent.exe", b"MZ");
    set(&mut with.software, r"House\Image", |key| key.sz("Release", "2021-06"));
    write(&desk, "with.wim", with);
    let run = examine(&desk, &["--channels", "site.toml", "with.wim"]).code(0);
    only(&run, "WP3113", "info", &["house mark", r"House\Image\Release"]);
    assert_eq!(serious(&run), []);
}

fn with_catalog(catalog: &[u8]) -> crate::support::Run {
    with(|windows| windows.file(&format!("{ROLLUP}.cat"), catalog))
}

#[test]
fn forged_catalogs_are_caught() {
    let run = with_catalog(include_bytes!("catalogs/forged-self-signed.cat")).code(1);
    only(&run, "WP3041", "deny", &["Package_for_RollupFix", "CN=Microsoft Windows", "signed itself"]);
    let run = with_catalog(include_bytes!("catalogs/forged-root.cat")).code(1);
    only(&run, "WP3041", "deny", &["CN=Test Root", "no pinned certificate"]);
    let run = with_catalog(include_bytes!("catalogs/altered.cat")).code(1);
    only(&run, "WP3043", "deny", &["Package_for_RollupFix", "hash of its content"]);
    for other in [
        &include_bytes!("catalogs/forged-below-leaf.cat")[..],
        include_bytes!("catalogs/forged-server.cat"),
        include_bytes!("catalogs/foreign.cat"),
    ] {
        let run = with_catalog(other).code(0);
        only(&run, "WP3042", "warn", &["Package_for_RollupFix"]);
    }
}

#[test]
fn catalogs_of_either_version_that_end_at_a_pinned_root_pass() {
    assert_eq!(serious(&with_catalog(include_bytes!("catalogs/genuine-v1.cat")).code(0)), []);
    let desk = Desk::bare();
    write(&desk, "a.wim", windows());
    let run = health(&desk, &["--depth", "manifests", "a.wim"]).code(0);
    let rules: Vec<String> = serious(&run).into_iter().map(|(rule, ..)| rule).collect();
    assert_eq!(rules, ["WP3042"; 3], "without the root");
}

#[test]
fn packages_and_their_catalogs_belong_together() {
    let run = with_catalog(include_bytes!("catalogs/genuine-without-mum.cat")).code(1);
    only(&run, "WP3044", "deny", &["RollupFix", ".mum"]);
    let run = with(|windows| windows.file(&format!("{ROLLUP}.mum"), b"<assembly/>")).code(1);
    only(&run, "WP3044", "deny", &["RollupFix"]);
    let run = with(|windows| remove(windows, &format!("{ROLLUP}.cat"))).code(0);
    only(&run, "WP3045", "warn", &["RollupFix"]);
    let run = with_catalog(b"no catalog").code(0);
    let rules: Vec<String> = serious(&run).into_iter().map(|(rule, ..)| rule).collect();
    assert_eq!(rules, ["WP3045", "WP3047"]);
}

#[test]
fn catalogs_of_the_store_are_named_by_their_hash() {
    let name = catalog_name(b"another");
    let run = with(|windows| windows.file(&format!(r"Windows\WinSxS\Catalogs\{name}.cat"), GENUINE)).code(1);
    only(&run, "WP3040", "deny", &[&name]);
}

#[test]
fn manifests_outside_trusted_catalogs_are_counted() {
    let run = with(|_| {});
    only(&run, "WP3046", "info", &["1 of 1"]);
}

#[test]
fn a_broken_hive_is_said_and_does_not_end_the_rest() {
    let desk = Desk::bare();
    let mut windows = windows();
    windows.file(r"Windows\System32\sethc.exe", b"MZ command line");
    let wim = windows.wim();
    // Written again over what the image builder put there.
    let mut image = wim.images[0].clone();
    let folder = [r"Windows", "System32", "config"].iter().fold(&mut image.root, |place, name| {
        let name: Vec<u16> = name.encode_utf16().collect();
        place.children.iter_mut().find(|entry| entry.name == name).expect("a folder")
    });
    for entry in &mut folder.children {
        entry.data = wimproof_testkit::Data::Bytes(b"regf and nothing else".to_vec());
    }
    desk.wim("a.wim", &wimproof_testkit::Wim::new().image(image));
    desk.file("root.pem", include_bytes!("catalogs/root.pem"));
    let run = examine(&desk, &["a.wim"]).code(1);
    let rules: Vec<String> = findings(&run).into_iter().map(|(rule, ..)| rule).collect();
    assert_eq!(rules.iter().filter(|rule| *rule == "WP3114").count(), 2, "{rules:?}");
    assert!(rules.contains(&"WP3200".to_owned()));
}

#[test]
fn a_signature_of_a_time_at_which_its_certificate_was_not_valid_is_told() {
    let run = with_catalog(include_bytes!("catalogs/timed-late.cat")).code(0);
    only(&run, "WP3049", "warn", &["Package_for_RollupFix", "2081-02-03T04:05:06Z", "CN=Test Windows"]);
    let run = with_catalog(include_bytes!("catalogs/countersigned-early.cat")).code(0);
    only(&run, "WP3049", "warn", &["2001-02-03T04:05:06Z"]);
    for sound in [&include_bytes!("catalogs/timed.cat")[..], include_bytes!("catalogs/timed-twice.cat")] {
        assert_eq!(serious(&with_catalog(sound).code(0)), []);
    }
}
