//! Every verdict, by a real run, with its exit code.

use wimproof_testkit::{Compression, Entry, Image, Wim, filetime};

use crate::support::{Desk, Run, cmge, labels, one, program, root, verdict, wimproof};

fn approved_desk() -> Desk {
    let desk = Desk::new();
    let path = desk.wim("approved.wim", &one(cmge(root())));
    desk.approve(&path);
    desk
}

#[test]
fn approved() {
    let desk = approved_desk();
    let run = desk.check(["approved.wim"]).code(0);
    let json = run.json();
    assert_eq!(json["schema"], "wimproof/result/v1");
    assert_eq!(json["exit_code"], 0);
    assert_eq!(json["verdict"], "approved");
    let image = &json["subjects"][0]["images"][0];
    assert_eq!(image["approval"]["id"], "A0");
    assert_eq!(image["claims"]["created"], "2020-01-10T02:14:07Z");
    assert_eq!(json["subjects"][0]["assurance"], "verified");
    assert!(run.rules().is_empty(), "{:?}", run.rules());
}

#[test]
fn rogue_is_named_with_the_reason() {
    let desk = approved_desk();
    let other = Entry::tree_of(&[("Windows/other.dll", b"other")]);
    desk.wim("rogue.wim", &one(labels("ICBC VDA Win10 LTSC 2019", other).created(132_404_919_110_000_000)));
    let run = desk.check(["approved.wim", "rogue.wim"]).code(1);
    assert_eq!(verdict(&run), "rogue");
    let human = desk.run(["check", "rogue.wim"]).code(1).out;
    assert!(human.contains("no approval knows \"ICBC VDA Win10 LTSC 2019\""), "{human}");
    assert!(human.contains("created 2020-07-29T10:25:11Z"), "{human}");
}

#[test]
fn impostor_by_each_claim() {
    let changed = || root().child(Entry::file("evil.dll", "x"));
    for (what, image) in [
        ("same labels, other content", cmge(changed())),
        ("only the name", Image::new("CMGE V2020-L").root(changed())),
        ("only the display name", Image::new("x").display_name("cmge  v2020-l").root(changed())),
        ("a look-alike", Image::new("CMG\u{415} V2020-L").root(changed())),
        ("full-width", Image::new("\u{ff23}\u{ff2d}\u{ff27}\u{ff25} V2020-L").root(changed())),
        ("invisible characters", Image::new("CMGE\u{200b} V2020-L").root(changed())),
        ("only time and build", labels("something else", changed()).created(filetime(2020, 1, 10, 2, 14, 7))),
    ] {
        let desk = approved_desk();
        desk.wim("impostor.wim", &one(image));
        let run = desk.check(["impostor.wim"]).code(1);
        assert_eq!(verdict(&run), "impostor", "{what}");
        assert!(run.rules().contains(&"WP1003".to_owned()), "{what}: {:?}", run.rules());
    }
}

#[test]
fn an_impostor_is_compared_fact_by_fact() {
    let desk = approved_desk();
    desk.wim("impostor.wim", &one(cmge(root().child(Entry::file("evil.dll", "x"))).edition("EnterpriseS")));
    let json = desk.check(["impostor.wim"]).code(1).json();
    let compared = json["subjects"][0]["images"][0]["compared"].as_array().expect("a table").clone();
    let agrees = |fact: &str| compared.iter().find(|c| c["fact"] == fact).map(|c| c["agrees"] == true);
    assert_eq!(agrees("name"), Some(true));
    assert_eq!(agrees("created"), Some(true));
    assert_eq!(agrees("edition"), Some(false));
    assert_eq!(agrees("tree"), Some(false));
    let human = desk.run(["check", "impostor.wim"]).code(1).out;
    assert!(human.contains("DIFFERS") && human.contains("agrees"), "{human}");
}

#[test]
fn a_look_alike_name_is_its_own_finding() {
    let desk = approved_desk();
    desk.wim("impostor.wim", &one(Image::new("CMG\u{415} V2020-L").root(Entry::dir(""))));
    assert!(desk.check(["impostor.wim"]).code(1).rules().contains(&"WP1010".to_owned()));
}

#[test]
fn tampered_when_the_metadata_of_an_approved_image_is_damaged() {
    let desk = approved_desk();
    let mut built = one(cmge(root())).build();
    built.flip(built.layout.metadata[0].place.span().offset + 40);
    desk.file("tampered.wim", &built.bytes);
    let run = desk.check(["tampered.wim"]).code(1);
    assert_eq!(verdict(&run), "tampered");
    assert_eq!(run.rules(), ["WP2020"]);
}

#[test]
fn unhealthy_when_the_container_of_an_approved_image_is_unsound() {
    let desk = approved_desk();
    let hidden = Wim::new().image(cmge(root())).image(Image::new("hidden").root(Entry::dir("")));
    let mut built = hidden.build();
    built.patch(wimproof_testkit::header::IMAGES, &1_u32.to_le_bytes());
    desk.file("hidden.wim", &built.bytes);
    let json = desk.check(["hidden.wim"]).code(1).json();
    assert_eq!(json["subjects"][0]["images"][0]["verdict"], "unhealthy");
    assert_eq!(json["subjects"][0]["images"][1]["verdict"], "rogue");
    // An interrupted writer, in a file that otherwise is approved to the last byte.
    desk.wim("wip.wim", &one(cmge(root())).header_flags(0x40).extra_blob(b"another length"));
    assert_eq!(verdict(&desk.check(["wip.wim"]).code(1)), "unhealthy");
}

#[test]
fn revoked_and_approved_again() {
    let desk = approved_desk();
    desk.registry(["revoke", "A0"]).code(2);
    desk.registry(["revoke", "A0", "--reason", "94 corrupt files"]).code(0);
    let run = desk.check(["approved.wim"]).code(1);
    assert_eq!(verdict(&run), "revoked");
    let human = desk.run(["check", "approved.wim"]).out;
    assert!(human.contains("94 corrupt files"), "{human}");
    desk.registry(["revoke", "A0", "--reason", "again"]).code(1);
    // To approve it again, its revocation must be seen.
    let refused = desk.registry(["approve", "approved.wim"]).code(1);
    assert!(refused.err.contains("94 corrupt files"), "{}", refused.err);
    desk.registry(["approve", "approved.wim", "--despite-findings"]).code(0);
    assert_eq!(verdict(&desk.check(["approved.wim"]).code(0)), "approved");
}

#[test]
fn a_revocation_outweighs_other_approvals_of_the_same_image() {
    let desk = approved_desk();
    desk.approve(&desk.path("approved.wim"));
    let revoked = desk.registry(["revoke", "A1", "--reason", "corrupt"]).code(0);
    assert!(revoked.err.contains("A0 approves the same image"), "{}", revoked.err);
    assert_eq!(verdict(&desk.check(["approved.wim"]).code(1)), "revoked");
}

#[test]
fn a_file_of_the_approved_length_with_other_bytes_is_tampered() {
    let desk = approved_desk();
    let original = std::fs::read(desk.path("approved.wim")).expect("read");
    // The GUID, a letter of the name, a reserved byte of the header: nothing of the format covers them.
    let name: Vec<u8> = "<NAME>CMGE".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let letter = original.windows(name.len()).position(|window| window == name).expect("the name") + 12;
    for offset in [0x18, letter, 0xA0] {
        let mut bytes = original.clone();
        bytes[offset] ^= 1;
        desk.file("edited.wim", &bytes);
        let run = desk.check(["edited.wim"]).code(1);
        assert_eq!(verdict(&run), "tampered", "offset {offset}");
        assert!(run.rules().contains(&"WP1015".to_owned()));
    }
}

#[test]
fn damaged_files_are_all_named() {
    let desk = Desk::new();
    let linked = root().child(Entry::file("other", b"another content, long enough to be damaged"));
    let mut built = one(cmge(linked)).integrity(Some(4096)).build();
    let path = desk.file("approved.wim", &built.bytes);
    desk.approve(&path);
    for content in [&b"same"[..], b"another content, long enough to be damaged"] {
        let offset = built.layout.blob_of(content).span().offset;
        built.flip(offset);
    }
    desk.file("damaged.wim", &built.bytes);
    let run = desk.check(["damaged.wim"]).code(1);
    assert_eq!(verdict(&run), "tampered");
    for file in ["Windows\\\\System32\\\\ntdll.dll", "System32\\\\ntdll-link.dll", "\\\\other"] {
        assert!(run.out.contains(file), "{file}: {}", run.out);
    }
    assert!(!run.out.contains("kernel32"), "{}", run.out);
    assert!(run.rules().contains(&"WP2031".to_owned()) && run.rules().contains(&"WP2004".to_owned()));
    // What declared does not read, it does not see.
    assert_eq!(verdict(&desk.check(["damaged.wim", "--assurance", "declared"]).code(0)), "approved");
}

#[test]
fn a_digest_that_somebody_wrote_down_approves_nothing() {
    let desk = approved_desk();
    let shown = desk.registry(["show", "A0", "--format", "json"]).json();
    let tree = shown["facts"]["tree"].as_str().expect("a digest").to_owned();
    desk.file("fake.toml", format!("[facts]\ntree = \"{tree}\"\n").as_bytes());
    assert_eq!(verdict(&desk.check(["fake.toml"]).code(1)), "consistent");
    desk.file("fake.toml", format!("[facts]\ntree = \"{tree}\"\nbuild = 99999\n").as_bytes());
    assert_eq!(verdict(&desk.check(["fake.toml"]).code(1)), "impostor");
}

#[test]
fn an_export_is_no_impostor_at_first_sight() {
    let desk = approved_desk();
    let other = one(cmge(root())).compression(Compression::Lzx).chunk_size(1 << 15).guid([9; 16]);
    desk.wim("exported.wim", &other);
    let run = desk.check(["exported.wim", "--assurance", "claimed"]).code(1);
    assert_eq!(verdict(&run), "consistent");
    assert_eq!(verdict(&desk.check(["exported.wim"]).code(0)), "approved");
}

#[test]
fn approved_content_under_the_name_of_another_approved_image_is_an_impostor() {
    let desk = approved_desk();
    let newer = labels("CMGE V2022-L", Entry::tree_of(&[("a", b"b")])).created(1 << 57).modified(1 << 57);
    let newer = desk.wim("newer.wim", &one(newer));
    desk.approve(&newer);
    desk.wim("old-as-new.wim", &one(labels("CMGE V2022-L", root())));
    let run = desk.check(["old-as-new.wim"]).code(1);
    assert_eq!((verdict(&run).as_str(), run.rules().contains(&"WP1016".to_owned())), ("impostor", true));
    assert_eq!(run.json()["subjects"][0]["images"][0]["approval"]["id"], "A1");
}

/// Two trees in one file: what is checked must be what any tool would deploy.
#[test]
fn files_that_tools_read_differently_are_not_approved() {
    use wimproof_testkit::header;
    let evil = || Image::new("evil").root(Entry::tree_of(&[("evil.exe", b"MZ")]));
    let desk = approved_desk();
    let refused = |name: &str, bytes: &[u8]| {
        desk.file(name, bytes);
        let run = desk.check([name, "--assurance", "declared"]);
        assert!(run.code == 1 || run.code == 3, "{name}: {}", run.out);
        assert_ne!(run.json()["subjects"][0]["images"][0]["verdict"], "approved", "{name}");
    };
    // The boot metadata of the header are another image's.
    let mut boot = Wim::new().image(cmge(root())).image(evil()).boot_index(1).build();
    let other = boot.layout.metadata[1].place.span();
    boot.patch(header::BOOT_METADATA + 8, &other.offset.to_le_bytes());
    refused("boot.wim", &boot.bytes);
    // The blob table is longer when read by its uncompressed size.
    let mut table = Wim::new().image(cmge(root())).build();
    let length = (table.layout.table.length - 50).to_le_bytes();
    table.patch(header::TABLE, &length[..7]);
    refused("table.wim", &table.bytes);
    // Security ids that lead nowhere.
    let built = one(cmge(root())).build();
    let entry = built.layout.metadata[0].entry("Windows/win.ini");
    let edited = cmge(root()).edit_metadata(move |bytes: &mut Vec<u8>| {
        bytes[entry + 12..entry + 16].copy_from_slice(&77_i32.to_le_bytes());
    });
    refused("security.wim", &one(edited).build().bytes);
    // Different files in one hard-link group are another tree.
    let joined = one(cmge(root())).build();
    let entry = joined.layout.metadata[0].entry("Windows/win.ini");
    let edited = cmge(root()).edit_metadata(move |bytes: &mut Vec<u8>| {
        bytes[entry + 0x58..entry + 0x60].copy_from_slice(&7_u64.to_le_bytes());
    });
    refused("links.wim", &one(edited).build().bytes);
}

/// Entries of which one reader makes other files than the next: not to be approved, whatever their digest.
#[test]
fn entries_that_tools_read_differently_are_refused() {
    let desk = Desk::new();
    let refused = |what: &str, image: Image| {
        desk.wim("odd.wim", &one(image));
        desk.registry(["approve", "odd.wim"]).code(1);
        let rules = desk.check(["odd.wim", "--assurance", "declared"]).code(1).rules();
        assert!(rules.contains(&"WP2034".to_owned()), "{what}: {rules:?}");
    };
    let file = |name: &str| Entry::file(name, "content");
    let unnamed = Entry { streams: vec![(Vec::new(), b"other content".to_vec())], ..file("a") };
    let folder = Entry { attributes: 0x10, ..file("a") };
    for (what, entries) in [
        (
            "a stream of one hard link",
            vec![file("a").hard_link_group(9), file("b").hard_link_group(9).stream("evil", *b"MZ")],
        ),
        (
            "permissions of one hard link",
            vec![file("a").hard_link_group(9), file("b").hard_link_group(9).security([1, 0, 4, 0x80])],
        ),
        (
            "children of a junction",
            vec![Entry::dir("a").reparse(0xA000_0003, *b"target").child(file("evil"))],
        ),
        ("two contents", vec![unnamed]),
        ("two streams of one name", vec![file("a").stream("n", *b"good").stream("N", *b"evil")]),
        ("a NUL in the name of a stream", vec![file("a").stream("n\0", *b"evil")]),
        ("a NUL in a short name", vec![file("a").short_name("A\0B")]),
        ("a folder with content", vec![folder]),
        ("a stream beside encrypted content", vec![file("a").attributes(0x4020).stream("n", *b"evil")]),
    ] {
        refused(what, cmge(entries.into_iter().fold(root(), Entry::child)));
    }
    // 102 bytes and 13 characters are 128: the entry ends with its name, without a NUL.
    let endless = root().child(Entry::file("thirteen char", ""));
    let at = one(cmge(endless.clone())).build().layout.metadata[0].entry("thirteen char");
    refused(
        "a name without its end",
        cmge(endless).edit_metadata(move |bytes: &mut Vec<u8>| bytes[at] = 128),
    );
}

#[cfg(unix)]
#[test]
fn nothing_in_a_folder_is_passed_over_in_silence() {
    use std::os::unix::fs::symlink;
    let desk = approved_desk();
    std::fs::create_dir(desk.path("images")).expect("created");
    std::fs::copy(desk.path("approved.wim"), desk.path("images/good.wim")).expect("copied");
    desk.check(["images"]).code(0);
    desk.wim("elsewhere", &one(Image::new("rogue").root(Entry::dir(""))));
    symlink(desk.path("elsewhere"), desk.path("images/link.wim")).expect("linked");
    desk.check(["images"]).code(1);
    std::fs::remove_file(desk.path("images/link.wim")).expect("removed");
    symlink(desk.path("nowhere"), desk.path("images/broken.wim")).expect("linked");
    desk.check(["images"]).code(3);
    std::fs::remove_file(desk.path("images/broken.wim")).expect("removed");
    let pipe = std::process::Command::new("mkfifo").arg(desk.path("images/pipe.wim")).status();
    if pipe.is_ok_and(|status| status.success()) {
        desk.check(["images"]).code(3);
    }
}

#[test]
fn expired_not_yet_valid_and_superseded() {
    let desk = Desk::new();
    desk.wim("a.wim", &one(cmge(root())));
    desk.registry(["approve", "a.wim", "--not-before", "2026-01-01", "--not-after", "2027-01-01"]).code(0);
    for (now, expected, code) in [
        ("2025-12-31T23:59:59Z", "expired", 1),
        ("2026-01-01T00:00:00Z", "approved", 0),
        ("2026-12-31T23:59:59Z", "approved", 0),
        ("2027-01-01T00:00:00Z", "expired", 1),
    ] {
        let run = desk.check(["a.wim", "--now", now]).code(code);
        assert_eq!(verdict(&run), expected, "{now}");
    }
    desk.wim("b.wim", &one(labels("CMGE V2022-L", root().child(Entry::file("new", "new")))));
    desk.registry(["approve", "b.wim"]).code(0);
    desk.registry(["supersede", "A0", "A1", "--from", "2026-06-01"]).code(0);
    assert_eq!(verdict(&desk.check(["a.wim", "--now", "2026-05-31T00:00:00Z"]).code(0)), "approved");
    let run = desk.check(["a.wim"]).code(1);
    assert_eq!((verdict(&run).as_str(), run.rules()), ("expired", vec!["WP1006".to_owned()]));
}

#[test]
fn scopes_must_be_named() {
    let desk = Desk::new();
    desk.wim("a.wim", &one(cmge(root())));
    desk.registry(["approve", "a.wim", "--scope", "branch", "--scope", "lab"]).code(0);
    assert_eq!(verdict(&desk.check(["a.wim", "--scope", "lab"]).code(0)), "approved");
    assert_eq!(verdict(&desk.check(["a.wim", "--scope", "prod"]).code(1)), "out-of-scope");
    assert_eq!(verdict(&desk.check(["a.wim"]).code(1)), "out-of-scope");
}

#[test]
fn claims_alone_never_approve() {
    let desk = approved_desk();
    let run = desk.check(["approved.wim", "--assurance", "claimed"]).code(1);
    assert_eq!((verdict(&run).as_str(), run.rules()), ("consistent", vec!["WP1008".to_owned()]));
    desk.wim("twin.wim", &one(cmge(root().child(Entry::file("evil.dll", "x")))));
    assert_eq!(verdict(&desk.check(["twin.wim", "--assurance", "claimed"]).code(1)), "impostor");
    desk.registry(["revoke", "A0", "--reason", "corrupt"]).code(0);
    assert_eq!(verdict(&desk.check(["approved.wim", "--assurance", "claimed"]).code(1)), "revoked");
}

#[test]
fn undecided_when_nothing_can_be_judged() {
    let desk = approved_desk();
    desk.file("garbage.wim", b"this is no image");
    desk.file("empty.wim", b"");
    std::fs::create_dir(desk.path("empty-folder")).expect("created");
    for name in ["garbage.wim", "empty.wim", "missing.wim", "empty-folder"] {
        let run = desk.check([name]).code(3);
        assert_eq!(verdict(&run), "undecided", "{name}");
        assert!(!run.rules().is_empty(), "{name}");
    }
    // One approved image does not make up for one that could not be judged; a rogue one decides.
    desk.check(["approved.wim", "garbage.wim"]).code(3);
    desk.wim("rogue.wim", &one(Image::new("x").root(Entry::dir(""))));
    desk.check(["garbage.wim", "rogue.wim", "approved.wim"]).code(1);
}

#[test]
fn folders_stand_for_the_images_in_them() {
    let desk = approved_desk();
    std::fs::create_dir_all(desk.path("images/deep")).expect("created");
    desk.wim("images/deep/INSTALL.WIM", &one(cmge(root())));
    desk.wim("images/b.esd", &one(cmge(root())));
    desk.file("images/readme.txt", b"no image");
    let json = desk.check(["images"]).code(0).json();
    assert_eq!(json["subjects"].as_array().map(Vec::len), Some(2));
}

#[test]
fn the_same_check_gives_the_same_bytes() {
    let desk = approved_desk();
    desk.wim("impostor.wim", &one(cmge(Entry::dir(""))));
    let first = desk.check(["approved.wim", "impostor.wim"]);
    std::fs::remove_dir_all(desk.registry_dir().join("index")).expect("removed");
    let second = desk.check(["approved.wim", "impostor.wim"]);
    assert_eq!(first.out, second.out);
}

#[test]
fn an_approved_image_stays_approved_in_another_container() {
    let desk = approved_desk();
    let other = Image::new("first").root(Entry::tree_of(&[("a", b"b")]));
    let renamed = cmge(root()).description("another description");
    for (i, wim) in [
        one(cmge(root())).compression(Compression::Lzx).chunk_size(1 << 15),
        one(renamed).compression(Compression::Xpress).chunk_size(1 << 13),
        one(cmge(root())).compression(Compression::Lzx).chunk_size(1 << 21).guid([3; 16]),
    ]
    .into_iter()
    .enumerate()
    {
        desk.wim("other.wim", &wim);
        assert_eq!(verdict(&desk.check(["other.wim"]).code(0)), "approved", "container {i}");
    }
    desk.wim("second.wim", &Wim::new().image(other).image(cmge(root())));
    let json = desk.check(["second.wim"]).code(1).json();
    assert_eq!(json["subjects"][0]["images"][0]["verdict"], "rogue");
    assert_eq!(json["subjects"][0]["images"][1]["verdict"], "approved");
}

#[test]
fn other_labels_on_approved_content_are_told() {
    let desk = approved_desk();
    desk.wim("renamed.wim", &one(labels("CMGE V2022-L", root())));
    let run = desk.check(["renamed.wim"]).code(0);
    assert_eq!(run.rules(), ["WP1013"]);
}

#[test]
fn a_time_that_cannot_be_is_told() {
    let desk = Desk::new();
    desk.wim("future.wim", &one(labels("x", root()).created(filetime(2031, 1, 1, 0, 0, 0))));
    assert!(desk.check(["future.wim"]).rules().contains(&"WP1011".to_owned()));
    let late = root().child(Entry::file("late", "x").times(0, 0, filetime(2024, 1, 1, 0, 0, 0)));
    desk.wim("backdated.wim", &one(labels("x", late)));
    assert!(desk.check(["backdated.wim"]).rules().contains(&"WP1011".to_owned()));
}

#[test]
fn a_check_needs_a_registry() {
    let desk = Desk::bare();
    desk.wim("a.wim", &one(cmge(root())));
    wimproof([std::ffi::OsStr::new("check"), desk.path("a.wim").as_os_str()]).code(2);
    let run = desk.check(["a.wim"]).code(3);
    assert_eq!(run.rules(), ["WP5008"]);
    assert_eq!(verdict(&run), "undecided");
}

#[test]
fn approvals_without_a_digest_never_approve_a_file() {
    let desk = Desk::new();
    let size = std::fs::metadata(desk.wim("a.wim", &one(cmge(root())))).expect("a file").len();
    let facts = format!("[facts]\nname = \"CMGE V2020-L\"\nfile_size = {size}\ncreated = 2020-01-10\n");
    desk.file("weak.toml", facts.as_bytes());
    desk.registry(["approve", "--from-facts", "weak.toml"]).code(0);
    let run = desk.check(["a.wim"]).code(1);
    assert_eq!((verdict(&run).as_str(), run.rules()), ("consistent", vec!["WP1008".to_owned()]));
    // The facts alone, as a log would tell them.
    assert_eq!(verdict(&desk.check(["weak.toml"]).code(1)), "consistent");
    desk.file("other.toml", facts.replace("2020-01-10", "2020-07-29").as_bytes());
    assert_eq!(verdict(&desk.check(["other.toml"]).code(1)), "impostor");
    desk.file("rogue.toml", b"[facts]\nname = \"ICBC VDA Win10 LTSC 2019\"\nfile_size = 5554353356\n");
    assert_eq!(verdict(&desk.check(["rogue.toml"]).code(1)), "rogue");
}

#[test]
fn an_approval_by_file_digest_approves_the_file() {
    let desk = Desk::new();
    let path = desk.wim("a.wim", &one(cmge(root())));
    let bytes = std::fs::read(&path).expect("read");
    let digest = hex::encode(<sha2::Sha256 as sha2::Digest>::digest(&bytes));
    let facts = |digest: &str| {
        format!("[facts]\nname = \"CMGE V2020-L\"\nfile_size = {}\nfile_sha256 = \"{digest}\"\n", bytes.len())
    };
    desk.file("strong.toml", facts(&digest).as_bytes());
    desk.registry(["approve", "--from-facts", "strong.toml"]).code(0);
    assert_eq!(verdict(&desk.check(["a.wim"]).code(0)), "approved");
    let mut other = bytes.clone();
    other[0x18] ^= 1;
    desk.file("b.wim", &other);
    assert_eq!(verdict(&desk.check(["b.wim"]).code(1)), "impostor");
}

#[test]
fn only_an_approved_copy_gets_its_name() {
    let desk = approved_desk();
    let files = |desk: &Desk| {
        let names = std::fs::read_dir(desk.path("out")).expect("a folder").filter_map(Result::ok);
        names.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect::<Vec<_>>()
    };
    std::fs::create_dir(desk.path("out")).expect("created");
    let run = desk.check(["approved.wim", "--copy-to", "out/install.wim"]).code(0);
    assert_eq!(run.json()["subjects"][0]["source"], "approved.wim");
    let read = |name: &str| std::fs::read(desk.path(name)).expect("read");
    assert_eq!(read("out/install.wim"), read("approved.wim"));
    desk.wim("rogue.wim", &one(Image::new("rogue").root(Entry::dir(""))));
    desk.check(["rogue.wim", "--copy-to", "out/rogue.wim"]).code(1);
    desk.check(["rogue.wim", "--copy-to", "out/install.wim"]).code(1);
    desk.file("garbage.wim", b"garbage");
    desk.check(["garbage.wim", "--copy-to", "out/garbage.wim"]).code(3);
    assert_eq!(files(&desk), ["install.wim"]);
    assert_eq!(read("out/install.wim"), read("approved.wim"));
    desk.check(["approved.wim", "--copy-to", "approved.wim"]).code(2);
    desk.check(["approved.wim", "rogue.wim", "--copy-to", "out/x.wim"]).code(2);
}

#[test]
fn a_writer_at_work_gets_nothing_published() {
    let desk = approved_desk();
    let original = std::fs::read(desk.path("approved.wim")).expect("read");
    let path = desk.file("moving.wim", &original);
    std::fs::create_dir(desk.path("out")).expect("created");
    let stop = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            // Always one byte away from what was approved, each time another.
            let mut at = 0;
            while !stop.load(std::sync::atomic::Ordering::Relaxed) {
                let mut bytes = original.clone();
                at = (at + 7919) % bytes.len();
                bytes[at] ^= 1;
                std::fs::write(&path, &bytes).expect("written");
            }
        });
        for _ in 0..30 {
            let run = desk.check(["moving.wim", "--copy-to", "out/install.wim"]);
            if desk.path("out/install.wim").exists() {
                // The copy may have met the moment between two writes only with the approved bytes.
                assert_eq!(run.code, 0);
                assert_eq!(std::fs::read(desk.path("out/install.wim")).expect("read"), original);
            }
        }
        stop.store(true, std::sync::atomic::Ordering::Relaxed);
    });
}

#[test]
fn an_approval_counts_from_when_it_was_written_and_a_revocation_at_once() {
    let desk = Desk::new();
    desk.approve(&desk.wim("a.wim", &one(cmge(root()))));
    let at = |now: &str, verb: &[&str]| {
        let mut command = program();
        command.args(["--format", "json", "--now", now, "--registry"]).arg(desk.registry_dir());
        Run::from(command.args(verb).current_dir(desk.path("")).output().expect("runs"))
    };
    // Clocks differ.
    assert_eq!(verdict(&at("2026-11-20T07:55:00Z", &["check", "a.wim"]).code(0)), "approved");
    let early = at("2026-11-20T07:54:59Z", &["check", "a.wim"]).code(1);
    assert_eq!((verdict(&early).as_str(), early.rules()), ("expired", vec!["WP1005".to_owned()]));
    let message = early.json()["subjects"][0]["images"][0]["findings"][0]["message"].to_string();
    assert!(
        message.contains("was written at 2026-11-20T08:00:00Z") && message.contains("07:54:59Z"),
        "{message}"
    );
    assert_eq!(at("2026-11-01", &["registry", "list"]).code(0).json()[0]["status"], "not-yet-valid");
    desk.registry(["revoke", "A0", "--reason", "r"]).code(0);
    assert_eq!(verdict(&at("2026-11-01", &["check", "a.wim"]).code(1)), "revoked");
}
