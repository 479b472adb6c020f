//! `inspect`: what a file says and holds.

use wimproof_testkit::{Compression, Entry, Image, Wim, utf16};

use crate::support::{Desk, cmge, one, root};

#[test]
fn every_element_of_the_schema_is_shown() {
    let desk = Desk::bare();
    let image = cmge(root())
        .flags("EnterpriseG")
        .display_description("\u{795e}\u{5dde}\u{7f51}\u{4fe1} & <co>")
        .product_name("Microsoft Windows Operating System")
        .installation_type("Client")
        .extra_xml("<CUSTOM><ICBC><BATCH>2020-07</BATCH></ICBC></CUSTOM>");
    desk.wim("a.wim", &one(image).boot_index(1).integrity(Some(1 << 20)));
    let json = desk.run(["inspect", "a.wim", "--format", "json", "--hash"]).code(0).json();
    let subject = &json["subjects"][0];
    assert!(json["verdict"].is_null() && json["registry"].is_null());
    assert_eq!(subject["claims"]["boot_index"], 1);
    assert_eq!(subject["claims"]["format_version"], "1.13");
    assert_eq!(subject["digests"]["file"]["sha256"].as_str().map(str::len), Some(64));
    let claims = &subject["images"][0]["claims"];
    for (fact, value) in [
        ("name", "CMGE V2020-L"),
        ("display_description", "\u{795e}\u{5dde}\u{7f51}\u{4fe1} & <co>"),
        ("edition", "EnterpriseG"),
        ("flags", "EnterpriseG"),
        ("architecture", "x64"),
        ("version", "10.0.17763.1911"),
        ("installation_type", "Client"),
        ("created", "2020-01-10T02:14:07Z"),
    ] {
        assert_eq!(claims[fact], value, "{fact}");
    }
    assert_eq!(subject["images"][0]["evidence"]["name"]["source"], "a.wim");
    assert!(subject["images"][0]["evidence"]["name"]["offset"].as_u64() > Some(208));
}

#[test]
fn evidence_offsets_point_into_the_file() {
    let desk = Desk::bare();
    let path = desk.wim("a.wim", &one(cmge(root())));
    let json = desk.run(["inspect", "a.wim", "--format", "json"]).code(0).json();
    let offset = json["subjects"][0]["images"][0]["evidence"]["name"]["offset"].as_u64().expect("an offset");
    let bytes = std::fs::read(path).expect("read");
    let at = usize::try_from(offset).expect("small");
    let expected = utf16("<NAME>CMGE V2020-L</NAME>");
    let expected = expected.strip_prefix(&[0xFF, 0xFE]).unwrap_or(&expected);
    assert_eq!(&bytes[at..at + expected.len()], expected);
}

#[test]
fn trees_blobs_and_xml_are_listed() {
    let desk = Desk::bare();
    desk.wim("a.wim", &one(cmge(root())).compression(Compression::Lzx).chunk_size(1 << 15));
    let paths = |arguments: &[&str]| -> Vec<String> {
        let run = desk.run([&["inspect", "a.wim", "--format", "json"], arguments].concat()).code(0);
        run.json()
            .as_array()
            .expect("a list")
            .iter()
            .map(|row| row["path"].as_str().expect("a path").into())
            .collect()
    };
    assert_eq!(paths(&["--tree"]).len(), 9);
    let below = paths(&["--tree=/windows/SYSTEM32"]);
    assert_eq!(below.len(), 5);
    assert!(below.contains(&"\\Windows\\System32\\kernel32.dll".to_owned()));
    desk.run(["inspect", "a.wim", "--tree=/nowhere"]).code(3);
    let blobs = desk.run(["inspect", "a.wim", "--blobs", "--format", "json"]).code(0).json();
    let metadata = blobs.as_array().expect("a list").iter().filter(|blob| blob["kind"] == "metadata").count();
    assert_eq!(metadata, 1);
    assert!(desk.run(["inspect", "a.wim", "--xml"]).code(0).out.contains("<NAME>CMGE V2020-L</NAME>"));
    desk.run(["inspect", "a.wim", "--xml", "-o", "a.xml"]).code(0);
    let written = std::fs::read(desk.path("a.xml")).expect("written");
    assert!(written.starts_with(&utf16("<WIM>")), "unchanged: UTF-16 with its byte order mark");
}

#[test]
fn exit_codes_tell_sound_from_damaged_from_unreadable() {
    let desk = Desk::bare();
    desk.wim("sound.wim", &one(cmge(root())));
    let damaged = root().child(Entry::declared("gone.dll", [7; 20], 99));
    desk.wim("damaged.wim", &one(cmge(damaged)));
    desk.file("garbage.wim", &[0; 4096]);
    desk.run(["inspect", "sound.wim"]).code(0);
    let run = desk.run(["inspect", "damaged.wim", "--format", "json"]).code(1);
    assert!(run.rules().contains(&"WP2014".to_owned()));
    assert!(run.out.contains("gone.dll"));
    desk.run(["inspect", "garbage.wim"]).code(3);
    desk.run(["inspect", "damaged.wim", "sound.wim", "garbage.wim"]).code(3);
}

#[test]
fn claimed_reads_header_and_xml_only() {
    let desk = Desk::bare();
    desk.wim("a.wim", &one(cmge(root())));
    let json = desk.run(["inspect", "a.wim", "--assurance", "claimed", "--format", "json"]).code(0).json();
    let subject = &json["subjects"][0];
    let xml = subject["bytes_read"].as_u64().expect("a number") - 208;
    assert!(xml < 4096, "{xml}");
    assert_eq!(subject["assurance"], "claimed");
    assert!(subject["images"][0]["digests"]["tree"].is_null());
}

/// Writes a split set and returns the names of its parts.
fn split(desk: &Desk, parts: u16) -> Vec<String> {
    let built = Wim::new().image(cmge(root())).build_split(parts);
    let name = |i: usize| if i == 0 { "a.swm".to_owned() } else { format!("a{}.swm", i + 1) };
    built.iter().enumerate().for_each(|(i, part)| {
        desk.file(&name(i), &part.bytes);
    });
    (0..built.len()).map(name).collect()
}

#[test]
fn a_split_set_is_one_image() {
    let desk = Desk::new();
    let path = desk.wim("whole.wim", &one(cmge(root())));
    desk.approve(&path);
    let names = split(&desk, 3);
    // Any part finds the others.
    for name in &names {
        let run = desk.check([name]).code(0);
        let subject = &run.json()["subjects"][0];
        assert_eq!(subject["images"].as_array().map(Vec::len), Some(1), "{name}");
        assert_eq!(subject["assurance"], "verified");
        assert!(subject["digests"]["file"].is_null());
    }
    std::fs::create_dir(desk.path("set")).expect("created");
    for name in &names {
        std::fs::rename(desk.path(name), desk.path("set").join(name)).expect("moved");
    }
    // In a folder the set counts once.
    assert_eq!(desk.check(["set"]).code(0).json()["subjects"].as_array().map(Vec::len), Some(1));
    // A set can be approved too, and its parts are then known by their bytes.
    let other = Desk::new();
    let names = split(&other, 3);
    other.approve(&other.path(&names[0]));
    other.check([&names[1]]).code(0);
    for name in &names {
        let original = std::fs::read(other.path(name)).expect("read");
        for at in [0x18, original.len() / 2, original.len() - 3] {
            let mut bytes = original.clone();
            bytes[at] ^= 1;
            other.file(name, &bytes);
            let run = other.check([&names[0]]);
            assert!(run.code == 1 || run.code == 3, "{name} at {at}: {}", run.out);
        }
        other.file(name, &original);
    }
}

#[test]
fn parts_that_are_missing_doubled_or_foreign_are_told() {
    let desk = Desk::new();
    let names = split(&desk, 3);
    desk.approve(&desk.path(&names[0]));
    let bytes: Vec<Vec<u8>> =
        names.iter().map(|name| std::fs::read(desk.path(name)).expect("read")).collect();
    // Missing.
    std::fs::remove_file(desk.path(&names[1])).expect("removed");
    let run = desk.check([&names[0]]).code(1);
    assert!(run.rules().contains(&"WP2006".to_owned()) && run.out.contains("missing: 2"), "{}", run.out);
    // Foreign: of another set.
    let mut foreign = bytes[1].clone();
    foreign[0x18] ^= 1;
    desk.file(&names[1], &foreign);
    desk.check([&names[0]]).code(1);
    // Doubled.
    desk.file(&names[1], &bytes[1]);
    desk.file("a4.swm", &bytes[1]);
    assert!(desk.check([&names[0]]).code(1).rules().contains(&"WP2006".to_owned()));
    std::fs::remove_file(desk.path("a4.swm")).expect("removed");
    desk.check([&names[2]]).code(0);
    // Without the first part nothing can be judged; what is claimed is shown all the same.
    std::fs::remove_file(desk.path(&names[0])).expect("removed");
    let run = desk.check([&names[1]]).code(3);
    assert!(run.rules().contains(&"WP2022".to_owned()));
    assert_eq!(run.json()["subjects"][0]["images"][0]["claims"]["name"], "CMGE V2020-L");
}

#[test]
fn images_without_a_description_are_shown() {
    let desk = Desk::bare();
    desk.wim("a.wim", &Wim::new().image(Image::new("x").root(root()).no_xml()));
    let json = desk.run(["inspect", "a.wim", "--format", "json"]).code(0).json();
    assert!(json["subjects"][0]["images"][0]["digests"]["tree"].is_string());
}

#[test]
fn single_files_are_taken_out_and_checked() {
    let desk = Desk::bare();
    let wim = one(cmge(root())).compression(Compression::Lzx).chunk_size(1 << 15);
    desk.wim("a.wim", &wim);
    let extract = |path: &str, target: &str| desk.run(["extract", "a.wim", "1", path, "-o", target]);
    extract("/windows/system32/KERNEL32.dll", "kernel32.dll").code(0);
    let kernel: Vec<u8> = (0..90_000_u32).flat_map(|i| (i.wrapping_mul(i) >> 7).to_le_bytes()).collect();
    assert_eq!(std::fs::read(desk.path("kernel32.dll")).expect("written"), kernel);
    extract("\\Windows\\System32\\zone.exe:Zone.Identifier", "zone").code(0);
    assert_eq!(std::fs::read(desk.path("zone")).expect("written"), b"[ZoneTransfer]");
    extract("Windows/empty.log", "empty").code(0);
    assert_eq!(std::fs::read(desk.path("empty")).expect("written"), b"");
    assert_eq!(extract("Windows/win.ini", "-").code(0).out, "[fonts]\r\n");
    for missing in ["Windows", "Windows/nothing", "Windows/win.ini:nothing"] {
        extract(missing, "missing").code(3);
        assert!(!desk.path("missing").exists());
    }
    assert!(extract("Windows", "missing").err.contains("Windows in image 1 is a folder"));
    // What is there stays, unless told otherwise.
    std::fs::create_dir(desk.path("folder")).expect("made");
    desk.file("there", b"mine");
    assert!(extract("Windows/win.ini", "folder").code(2).err.contains("folder is a folder"));
    assert!(
        extract("Windows/win.ini", "there")
            .code(1)
            .err
            .contains("there exists already: --force overwrites it")
    );
    assert_eq!(std::fs::read(desk.path("there")).expect("kept"), b"mine");
    desk.run(["extract", "--force", "a.wim", "1", "Windows/nothing", "-o", "there"]).code(3);
    assert_eq!(std::fs::read(desk.path("there")).expect("kept"), b"mine");
    desk.run(["extract", "--force", "a.wim", "1", "Windows/win.ini", "-o", "there"]).code(0);
    assert_eq!(std::fs::read(desk.path("there")).expect("written"), b"[fonts]\r\n");
    desk.run(["extract", "a.wim", "2", "x", "-o", "x"]).code(3);
    desk.run(["extract", "a.wim", "1", "Windows/win.ini"]).code(2);
    extract("Windows/win.ini", "a.wim").code(2);
    // A damaged one is not written.
    let mut built = wim.build();
    built.flip(built.layout.blob_of(&kernel).span().end() - 20);
    desk.file("a.wim", &built.bytes);
    extract("Windows/System32/kernel32.dll", "damaged").code(3);
    assert!(!desk.path("damaged").exists());
    assert_eq!(desk.run(["dir", "a.wim", "1", "/Windows/System32"]).code(0).out.lines().count(), 6);
}

#[test]
fn files_in_solid_resources_are_taken_out() {
    if !crate::support::has("wimlib-imagex") {
        return;
    }
    let desk = Desk::bare();
    desk.wim("a.wim", &one(cmge(root())));
    let arguments = ["export", "a.wim", "1", "solid.esd", "--solid", "--solid-chunk-size=32K"];
    crate::support::wimlib(&desk, &arguments);
    for file in ["Windows/win.ini", "Windows/System32/kernel32.dll", "Windows/System32/ntdll-link.dll"] {
        desk.run(["extract", "--force", "a.wim", "1", file, "-o", "plain"]).code(0);
        desk.run(["extract", "--force", "solid.esd", "1", file, "-o", "solid"]).code(0);
        let read = |name| std::fs::read(desk.path(name)).expect("written");
        assert_eq!(read("plain"), read("solid"), "{file}");
    }
}

#[test]
fn two_images_are_compared() {
    let desk = Desk::bare();
    desk.wim("a.wim", &one(cmge(root().child(Entry::file("gone", "x")))));
    let touched = Entry::file("win.ini", b"[fonts]\r\n").times(1, 2, 3);
    let changed = root().child(Entry::file("new", "y")).child(touched.clone());
    let other =
        Wim::new().image(Image::new("x").root(Entry::dir(""))).image(cmge(changed).edition("EnterpriseS"));
    desk.wim("b.wim", &other.compression(Compression::Lzx).chunk_size(1 << 15));
    let run = desk.run(["diff", "a.wim", "b.wim:2", "--format", "json"]).code(1);
    let json = run.json();
    let entries: Vec<(String, String)> = json["entries"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|e| (e["change"].as_str().expect("a change").into(), e["path"].as_str().expect("a path").into()))
        .collect();
    let has = |change: &str, path: &str| entries.contains(&(change.to_owned(), path.to_owned()));
    assert!(has("removed", "\\gone") && has("added", "\\new") && has("added", "\\win.ini"), "{entries:?}");
    assert!(json["facts"].as_array().expect("a list").iter().any(|f| f["fact"] == "edition"));
    desk.run(["diff", "a.wim", "a.wim"]).code(0);
    desk.run(["diff", "a.wim", "b.wim"]).code(2);
    desk.run(["diff", "a.wim", "missing.wim"]).code(3);
}

#[test]
fn the_swapped_programs_of_the_sample_are_found() {
    let samples = std::fs::canonicalize("samples/images").expect("samples");
    let [a, b] =
        ["cmge-v2020l.wim", "impostor-v2020l.wim"].map(|name| samples.join(name).display().to_string());
    let run = crate::support::wimproof(["diff", &a, &b, "--format", "json"]).code(1);
    let json = run.json();
    let changed = json["entries"].as_array().expect("a list").iter().filter(|e| e["change"] == "changed");
    let paths: Vec<&str> = changed.map(|e| e["path"].as_str().expect("a path")).collect();
    assert_eq!(paths.len(), 6, "{paths:?}");
    assert!(paths.contains(&"\\Windows\\Temp\\UpgradeConfig.exe"), "{paths:?}");
}

#[test]
fn one_image_of_a_file_is_named_as_elsewhere() {
    let desk = Desk::bare();
    desk.wim("a.wim", &Wim::new().image(cmge(root())).image(Image::new("PE").root(Entry::dir(""))));
    let json = desk.run(["inspect", "a.wim:2", "--format", "json"]).code(0).json();
    let images = json["subjects"][0]["images"].as_array().expect("images");
    assert_eq!((images.len(), &images[0]["claims"]["name"]), (1, &"PE".into()));
    let rows = desk.run(["inspect", "a.wim:2", "--tree", "--format", "json"]).code(0).json();
    assert_eq!(rows.as_array().map(Vec::len), Some(1), "the root alone: {rows}");
    let three = desk.run(["inspect", "a.wim:3"]).code(3);
    assert!(three.out.contains("the file has no image 3"), "{}", three.out);
    for arguments in [&["--blobs"][..], &["--xml"], &["--tree", "--index", "1"]] {
        desk.run([&["inspect", "a.wim:2"], arguments].concat()).code(2);
    }
    // A file may be called so, where colons are letters like others.
    #[cfg(unix)]
    {
        desk.wim("a.wim:2", &one(Image::new("odd").root(Entry::dir(""))));
        assert!(desk.run(["inspect", "a.wim:2"]).code(0).out.contains("\"odd\""));
        std::fs::remove_file(desk.path("a.wim:2")).expect("removed");
    }
    // Where all images count, it is said that no number is taken.
    let verify = desk.run(["verify", "a.wim:2"]).code(3);
    assert!(verify.out.contains("there is a.wim, and this command takes no :2 behind it"), "{}", verify.out);
}

#[test]
fn what_is_not_in_an_image_is_told_as_it_was_typed() {
    let desk = Desk::bare();
    desk.wim("a.wim", &one(cmge(root())));
    let nothing = desk.run(["dir", "a.wim", "1", "/Nowhere"]).code(3);
    assert_eq!(
        (nothing.out.as_str(), nothing.err.as_str()),
        ("", "error: a.wim: image 1 has nothing at /Nowhere\n")
    );
    let no_image = desk.run(["dir", "a.wim", "9"]).code(3);
    assert!(no_image.out.is_empty() && no_image.err.contains("there is no image 9"), "{}", no_image.err);
}
