//! Images inside media are judged where they lie.

use std::process::Command;

use proptest::prelude::*;
use wimproof_testkit::Medium;

use crate::support::{Desk, cmge, has, labels, one, root, verdict, wimproof};

fn image(name: &str) -> Vec<u8> {
    one(labels(name, root())).build().bytes
}

fn setup_boot() -> Vec<u8> {
    let tree = root().child(wimproof_testkit::Entry::file("setup.exe", *b"MZ"));
    one(labels("Microsoft Windows Setup (x64)", tree)).build().bytes
}

#[test]
fn a_medium_stands_for_the_images_in_it() {
    let desk = Desk::new();
    let good = one(cmge(root())).build().bytes;
    desk.approve(&desk.file("install.wim", &good));
    let medium = Medium::new().file("sources/install.wim", &good).file("README.TXT", b"hello");
    for (name, medium) in [
        ("bridge.iso", medium.clone()),
        ("joliet.iso", medium.clone().without_udf(true)),
        ("plain.iso", medium.without_udf(false)),
    ] {
        let path = desk.file(name, &medium.build());
        let run = desk.check([&path]).code(0);
        let json = run.json();
        let subject = &json["subjects"][0];
        let inner = if name == "plain.iso" { "SOURCES/INSTALL.WIM" } else { "sources/install.wim" };
        assert_eq!(subject["source"], format!("{}!/{inner}", path.display()));
        assert_eq!(subject["file_size"], good.len());
        assert_eq!(subject["digests"]["file"]["sha256"].as_str().map(str::len), Some(64));
        // Case and slash do not matter.
        desk.check([format!("{}!\\Sources\\INSTALL.wim", path.display())]).code(0);
        let told = desk.check([format!("{}!/sources/boot.wim", path.display())]).code(3);
        assert!(told.out.contains("there is no"), "{}", told.out);
    }
}

#[test]
fn a_rogue_image_in_a_medium_is_found() {
    let desk = Desk::new();
    desk.file("m/a.iso", &Medium::new().file("sources/install.esd", &image("Rogue")).build());
    desk.file("m/linux.iso", &Medium::new().file("casper/vmlinuz", b"no image").build());
    let run = desk.check(["m"]).code(1);
    assert_eq!(run.json()["subjects"].as_array().map(Vec::len), Some(1));
    assert_eq!(verdict(&run), "rogue");
    // Named alone, it is told that it holds none.
    let run = desk.check(["m/linux.iso"]).code(3);
    assert!(run.out.contains("it holds no image file"), "{}", run.out);
}

#[test]
fn every_command_takes_members_of_media() {
    let desk = Desk::new();
    let (one, two) = (image("One"), image("Two"));
    desk.file("a.iso", &Medium::new().file("sources/one.wim", &one).file("sources/two.wim", &two).build());
    desk.run(["verify", "a.iso"]).code(0);
    desk.run(["inspect", "--tree", "a.iso!/sources/one.wim"]).code(0);
    desk.run(["inspect", "--xml", "a.iso!/sources/one.wim"]).code(0);
    desk.run(["inspect", "--blobs", "a.iso"]).code(0);
    desk.run(["diff", "a.iso!/sources/one.wim", "a.iso!/sources/two.wim:1"]).code(0);
    desk.run(["dir", "a.iso!/sources/one.wim", "1"]).code(0);
    let run = desk.run(["dir", "a.iso", "1"]).code(2);
    assert!(run.err.contains("one image file is to be named"), "{}", run.err);
    desk.run(["extract", "a.iso!/sources/one.wim", "1", "/Windows/win.ini", "-o", "out.ini"]).code(0);
    assert_eq!(std::fs::read(desk.path("out.ini")).expect("written"), b"[fonts]\r\n");
    desk.registry(["approve", "a.iso!/sources/one.wim"]).code(0);
    let run = desk.run(["check", "a.iso!/sources/one.wim", "--copy-to", "copy.wim"]).code(0);
    assert!(run.out.contains("a.iso!/sources/one.wim"), "{}", run.out);
    assert_eq!(std::fs::read(desk.path("copy.wim")).expect("published"), one);
    // No result is written over the medium that is read.
    desk.run(["check", "a.iso!/sources/one.wim", "-o", "a.iso"]).code(2);
}

#[test]
fn files_with_odd_names_can_be_named() {
    let desk = Desk::new();
    let image = image("Odd");
    for name in ["b!/install.wim", "https:/host/install.wim", "c.iso!/x.wim"] {
        desk.file(name, &image);
        desk.run(["verify", name]).code(0);
    }
}

#[test]
fn split_sets_inside_a_medium_are_found_whole() {
    if !has("wimlib-imagex") {
        return;
    }
    let desk = Desk::new();
    let noise: Vec<u8> =
        (0..3_000_000_u32).map(|n| (n.wrapping_mul(n ^ 0x5bd1) >> 9).to_le_bytes()[0]).collect();
    let tree = root().child(wimproof_testkit::Entry::file("noise.bin", noise));
    desk.wim("install.wim", &one(labels("Split", tree)));
    crate::support::wimlib(&desk, &["split", "install.wim", "install.swm", "1"]);
    let mut medium = Medium::new();
    let mut parts = 0;
    for entry in std::fs::read_dir(desk.path("")).expect("a folder").flatten() {
        let name = entry.file_name().into_string().expect("a name");
        if entry.path().extension().is_some_and(|end| end == "swm") {
            parts += 1;
            medium = medium.file(&format!("sources/{name}"), &std::fs::read(entry.path()).expect("read"));
        }
    }
    assert!(parts > 1, "one part");
    desk.file("a.iso", &medium.build());
    let run = desk.run(["verify", "--format", "json", "a.iso"]).code(0);
    assert_eq!(run.json()["subjects"].as_array().map(Vec::len), Some(1));
}

#[test]
fn what_the_kit_writes_other_readers_read() {
    if !has("7z") {
        return;
    }
    let desk = Desk::bare();
    let bytes = image("Read");
    let medium = Medium::new().file("sources/install.wim", &bytes);
    for (name, medium) in [("plain.iso", medium.clone()), ("metadata.iso", medium.metadata_partition())] {
        let path = desk.file(name, &medium.build());
        let out =
            Command::new("7z").args(["e", "-so", "-tudf"]).arg(&path).arg("sources/install.wim").output();
        assert!(out.expect("7z runs").stdout == bytes, "{name}: 7-Zip reads other bytes");
        desk.run([std::ffi::OsStr::new("verify"), path.as_os_str()]).code(0);
    }
}

/// Discs that are written again and again: worn out packets lie elsewhere.
#[test]
fn worn_out_packets_are_read_where_they_lie() {
    let desk = Desk::new();
    let noise: Vec<u8> =
        (0..300_000_u32).map(|n| (n.wrapping_mul(n ^ 0x5bd1) >> 9).to_le_bytes()[0]).collect();
    let image =
        one(labels("Worn", root().child(wimproof_testkit::Entry::file("noise.bin", noise)))).build().bytes;
    desk.approve(&desk.file("install.wim", &image));
    for packet in [1, 16, 32] {
        let medium = Medium::new().file("sources/install.wim", &image).file("README.TXT", b"hello");
        let mut bytes = medium.sparable(packet).build();
        desk.file("a.iso", &bytes);
        desk.check(["a.iso"]).code(0);
        // Of the tables the newest counts; without it the packets that lie elsewhere are not what they were.
        let newest = wimproof_testkit::medium::SPARING_TABLES[1] * 2048;
        bytes[newest + 60] ^= 1;
        desk.file("a.iso", &bytes);
        let run = desk.check(["a.iso"]).code(3);
        assert!(run.out.contains("its listing is incomplete"), "{}", run.out);
    }
}

#[test]
fn discs_of_mkudffs_are_mounted_or_named() {
    if !has("mkudffs") {
        return;
    }
    let desk = Desk::bare();
    for (kind, said) in [
        ("cdrw", "it holds no image file"),
        ("dvdrw", "it holds no image file"),
        ("dvdram", "it holds no image file"),
        ("hd", "it holds no image file"),
        ("cdr", "virtual, of a disc that was written once"),
    ] {
        let path = desk.file("a.iso", b"");
        std::fs::File::options()
            .write(true)
            .open(&path)
            .and_then(|file| file.set_len(32 << 20))
            .expect("long");
        let made =
            Command::new("mkudffs").arg(format!("--media-type={kind}")).arg(&path).output().expect("runs");
        assert!(made.status.success(), "{kind}: {}", String::from_utf8_lossy(&made.stderr));
        let run = desk.run(["verify", "a.iso"]).code(3);
        assert!(run.out.contains(said), "{kind}: {}", run.out);
    }
}

#[test]
fn a_loop_of_folders_ends() {
    let desk = Desk::bare();
    let mut bytes = Medium::new().without_udf(false).file("a/b/x.wim", b"x").build();
    // The folder `a` becomes the root folder.
    let root = 16 * 2048 + 156 + 2;
    let root: [u8; 8] = bytes[root..root + 8].try_into().expect("eight");
    let place = bytes.windows(2).rposition(|two| two == [1, b'A']).expect("its record") - 32;
    bytes[place + 2..place + 10].copy_from_slice(&root);
    desk.file("loop.iso", &bytes);
    let run = wimproof([desk.path("loop.iso").as_os_str(), "inspect".as_ref()].iter().rev()).code(3);
    assert!(run.out.contains("it stands in the tree twice"), "{}", run.out);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    /// Whatever is flipped in the descriptors and folders: an answer or an error, and no verdict on other bytes.
    #[test]
    fn damaged_media_end_in_an_answer(
        flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        udf in any::<bool>(),
    ) {
        let desk = Desk::bare();
        let bytes = image("Damaged");
        let medium = Medium::new().file("sources/install.wim", &bytes).file("README.TXT", b"hello");
        let mut volume = if udf { medium } else { medium.without_udf(true) }.build();
        let used: Vec<usize> = (0..volume.len()).filter(|at| volume[*at] != 0).collect();
        for (index, value) in flips {
            volume[used[index.index(used.len())]] = value;
        }
        desk.file("a.iso", &volume);
        let run = desk.run(["verify", "--format", "json", "a.iso"]);
        prop_assert!([0, 1, 3].contains(&run.code), "{} {}", run.code, run.err);
        prop_assert!(!run.err.contains("internal error"), "{}", run.err);
    }
}

#[test]
fn trees_that_lead_to_different_images_are_denied() {
    let desk = Desk::new();
    let good = one(cmge(root())).build().bytes;
    desk.approve(&desk.file("install.wim", &good));
    let medium =
        Medium::new().udf_file("sources/install.wim", &good).iso_file("sources/install.wim", &image("Rogue"));
    desk.file("a.iso", &medium.build());
    let run = desk.check(["a.iso"]).code(1);
    assert!(run.rules().contains(&"WP2035".to_owned()), "{:?}", run.rules());
    assert_eq!(verdict(&run), "unhealthy");
}

#[test]
fn trees_that_disagree_are_told() {
    let desk = Desk::new();
    let good = one(cmge(root())).build().bytes;
    desk.approve(&desk.file("install.wim", &good));
    let told = |medium: Medium| {
        desk.file("a.iso", &medium.build());
        let run = desk.check(["a.iso"]).code(0);
        run.rules().contains(&"WP2036".to_owned())
    };
    // As ISO 9660 says the length of a file over 4 GiB.
    assert!(told(Medium::new().mismeasured("sources/install.wim", &good, 4096)));
    assert!(told(Medium::new().file("sources/install.wim", &good).iso_file("sources/other.wim", b"hidden")));
    // Media of Windows have but a note for systems that do not read UDF.
    assert!(!told(Medium::new().udf_file("sources/install.wim", &good).iso_file("README.TXT", b"use UDF")));
}

#[test]
fn what_steers_setup_is_told_without_secrets() {
    let desk = Desk::new();
    let good = one(cmge(root())).build().bytes;
    desk.approve(&desk.file("install.wim", &good));
    let medium = Medium::new()
        .file("sources/install.wim", &good)
        .file("autounattend.xml", b"<unattend><Password><Value>swordfish</Value></Password></unattend>")
        .file("sources/ei.cfg", b"[EditionID]\r\nEnterprise\r\n[Channel]\r\nVolume\r\n")
        .file("sources/pid.txt", b"[PID]\r\nValue=swordfish\r\n")
        .file("sources/$OEM$/$$/Setup/Scripts/SetupComplete.cmd", b"echo swordfish");
    desk.file("a.iso", &medium.build());
    let run = desk.check(["-v", "a.iso"]).code(0);
    for rule in ["WP2038", "WP2039", "WP2040", "WP2041"] {
        assert!(run.rules().contains(&rule.to_owned()), "{rule} in {:?}", run.rules());
    }
    assert!(run.out.contains("sources/ei.cfg says Enterprise, Volume"), "{}", run.out);
    assert!(!run.out.contains("swordfish"), "{}", run.out);
    let chinese = desk.run(["check", "-v", "--lang", "zh-CN", "a.iso"]).code(0);
    assert!(chinese.out.contains("安装程序结束时运行"), "{}", chinese.out);
}

#[test]
fn the_boot_image_of_setup_counts_when_it_is_known_or_named() {
    let desk = Desk::new();
    let (good, boot) = (one(cmge(root())).build().bytes, setup_boot());
    desk.approve(&desk.file("install.wim", &good));
    let medium = Medium::new().file("sources/install.wim", &good).file("sources/boot.wim", &boot);
    desk.file("a.iso", &medium.build());
    let run = desk.check(["a.iso"]).code(0);
    assert!(run.rules().contains(&"WP2042".to_owned()), "{:?}", run.rules());
    assert_eq!(run.json()["subjects"][0]["verdict"], serde_json::Value::Null);
    let audits = desk.run(["query", "audits", "--format", "json"]).out;
    assert!(audits.contains("install.wim") && !audits.contains("boot.wim"), "{audits}");
    desk.check(["a.iso!/sources/boot.wim"]).code(1);
    // A boot image that takes the name of an approved one is an impostor, whatever it is for.
    let fake = one(cmge(root().child(wimproof_testkit::Entry::file("x", *b"x")))).build().bytes;
    let medium = Medium::new().file("sources/install.wim", &good).file("sources/boot.wim", &fake);
    desk.file("b.iso", &medium.build());
    desk.check(["b.iso"]).code(1);
    desk.registry(["approve", "a.iso!/sources/boot.wim"]).code(0);
    let run = desk.check(["a.iso"]).code(0);
    assert!(!run.rules().contains(&"WP2042".to_owned()), "{:?}", run.rules());
}
