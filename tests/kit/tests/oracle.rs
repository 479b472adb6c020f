//! Checks the files made here with wimlib-imagex and 7-Zip, where they are installed.

#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use wimproof_testkit::{BlobOrder, Built, Compression, Entry, Image, LzxBlocks, Wim, ZeroHash, filetime};

/// A directory that is removed at the end.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Self {
        let name = format!("wimproof-testkit-{}-{name}", std::process::id());
        let path = std::env::temp_dir().join(name);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Whether the program is there; says so when not.
fn have(program: &str) -> bool {
    // Wine finds the programs of Linux too, which cannot read the paths of Windows.
    let wine = std::env::var_os("WINELOADER").is_some();
    let there = !wine && Command::new(program).arg("--help").output().is_ok();
    if !there {
        println!("skipped: {program} is not installed");
    }
    there
}

/// Runs a program; its output when it exits with 0.
fn run(program: &str, arguments: &[&str]) -> String {
    let out = Command::new(program).args(arguments).output().unwrap();
    let text = String::from_utf8_lossy(&out.stdout).into_owned();
    let errors = String::from_utf8_lossy(&out.stderr);
    assert!(out.status.success(), "{program} {arguments:?}: {}\n{text}\n{errors}", out.status);
    // Said of every file without an integrity table, and when applying to a directory.
    let harmless = |line: &str| {
        line.contains("integrity information") || (line.contains("Ignoring") && line.ends_with(" files"))
    };
    let warned = errors.lines().chain(text.lines()).any(|line| line.contains("WARNING") && !harmless(line));
    assert!(!warned, "{program} {arguments:?}: {text}\n{errors}");
    text
}

/// Everything both programs can say against a file.
fn check(path: &Path) {
    let path = path.to_str().unwrap();
    if have("wimlib-imagex") {
        run("wimlib-imagex", &["verify", "--quiet", path]);
        run("wimlib-imagex", &["info", path]);
        run("wimlib-imagex", &["dir", path, "1"]);
    }
    if have("7z") {
        run("7z", &["t", path]);
    }
}

/// Checks the file and compares what wimlib extracts with `files`.
fn check_content(scratch: &Scratch, name: &str, built: &Built, files: &[(&str, &[u8])]) {
    let path = scratch.0.join(format!("{name}.wim"));
    built.write(&path).unwrap();
    check(&path);
    if have("wimlib-imagex") {
        let out = scratch.0.join(format!("{name}.out"));
        run("wimlib-imagex", &["apply", path.to_str().unwrap(), "1", out.to_str().unwrap(), "--no-acls"]);
        for (path, bytes) in files {
            assert!(fs::read(out.join(path)).unwrap() == *bytes, "{name} {path}");
        }
        fs::remove_dir_all(out).unwrap();
    }
    fs::remove_file(path).unwrap();
}

/// Bytes that do not compress.
fn noise(length: usize, seed: u64) -> Vec<u8> {
    let mut state = seed;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005) | 1;
        state = state.wrapping_add(1_442_695_040_888_963_407);
        state.to_be_bytes()[0]
    };
    (0..length).map(|_| next()).collect()
}

/// Bytes like text: words that come again.
fn words(length: usize) -> Vec<u8> {
    let picks = noise(length / 3 + 1, 7);
    let list: [&[u8]; 8] =
        [b"the ", b"image", b" of a ", b"Windows", b"\r\n", b"component store", b"aa", b"12345"];
    let mut out: Vec<u8> = picks.iter().flat_map(|&pick| list[usize::from(pick & 7)]).copied().collect();
    out.truncate(length);
    out
}

/// Bytes like x86 code: calls to few targets, some outside the translated range.
fn code(length: usize) -> Vec<u8> {
    let picks = noise(length, 11);
    let mut out = Vec::with_capacity(length + 8);
    for pair in picks.chunks(2) {
        let position = i32::try_from(out.len()).unwrap();
        let target = match pair[0] & 15 {
            0 => 12_000_000 + i32::from(pair[0]),
            1 => -1 - position,
            2 => -position,
            3 => 11_999_999 - position,
            4 => 12_000_000 - position,
            5 => i32::MIN + i32::from(pair[0]),
            other => i32::from(other) * 64 - position,
        };
        out.push(0xE8);
        out.extend(target.to_le_bytes());
        out.extend_from_slice(&b"\x8B\xEC\x83\xC4\xE8\x55\x90"[..usize::from(pair[0] >> 5)]);
        if out.len() >= length {
            break;
        }
    }
    out.truncate(length);
    out
}

/// Contents that touch the corners of the compressors.
fn corpus(longest: usize) -> Vec<(&'static str, Vec<u8>)> {
    let mut mixed = words(longest / 2);
    mixed.extend(noise(longest / 4, 3));
    mixed.extend(code(longest / 2 + 77));
    vec![
        ("one.bin", vec![7]),
        ("two.bin", vec![7, 7]),
        ("short.bin", vec![0; 40]),
        ("zeros.bin", vec![0; longest + 5]),
        ("exact.bin", vec![b'x'; 65536]),
        ("words.bin", words(longest)),
        ("noise.bin", noise(100_000, 1)),
        ("code.bin", code(longest)),
        ("code-11.bin", b"\xE8\x01\0\0\0\xE8\x01\0\0\0\xE8".to_vec()),
        ("mixed.bin", mixed),
        ("pair.bin", b"abacadabacad".repeat(20)),
    ]
}

fn by_ref<'a>(files: &'a [(&'static str, Vec<u8>)]) -> Vec<(&'a str, &'a [u8])> {
    files.iter().map(|(n, b)| (*n, b.as_slice())).collect()
}

/// A tree with everything an entry can carry.
fn rich() -> Entry {
    let time = filetime(2019, 9, 7, 1, 2, 3);
    let owner = b"\x01\0\x04\x80\x14\0\0\0\x20\0\0\0\0\0\0\0\0\0\0\0\
        \x01\x01\0\0\0\0\0\x05\x12\0\0\0\x01\x01\0\0\0\0\0\x05\x12\0\0\0";
    Entry::tree_of(&[("Windows/System32/kernel32.dll", b"MZ"), ("empty.txt", b""), ("empty folder/", b"")])
        .security(*owner)
        .child(
            Entry::file("Long file name.txt", "unnamed")
                .short_name("LONGFI~1.TXT")
                .stream("Zone.Identifier", "[ZoneTransfer]")
                .stream("second", "")
                .times(time, time + 1, time + 2)
                .attributes(0x21)
                .security(*owner),
        )
        .child(
            Entry::dir("folder with stream")
                .stream("s", "of a folder")
                .child(Entry::file("工行定制.txt", "中文")),
        )
        .child(Entry::file("link a", "linked").hard_link_group(5))
        .child(Entry::file("link b", "linked").hard_link_group(5))
        .child(Entry::file("copy", "linked"))
        .child(Entry::dir("junction").reparse(
            0xA000_0003,
            [&b"\0\0\x0E\0\x10\0\0\0"[..], b"\\\0?\0?\0\\\0C\0:\0\\\0\0\0\0\0"].concat(),
        ))
        .child(Entry::file("x", "lone surrogate").raw_name(vec![0x61, 0xD800, 0x62]))
        .child(Entry::file("tagged", "with object id").tagged(1, [9; 16]))
}

fn rich_wim() -> Wim {
    Wim::new()
        .image(
            Image::new("First & <best>")
                .root(rich())
                .description("text")
                .display_name("Windows 10 专业版")
                .flags("Professional")
                .edition("Professional")
                .architecture(9)
                .languages(&["zh-CN", "en-US"])
                .windows_version(10, 0, 17763, 1911),
        )
        .image(Image::new("Second").root(Entry::tree_of(&[("copy", b"linked"), ("x", b"y")])))
        .image(Image::new("Empty"))
        .boot_index(2)
}

#[test]
fn rich_trees() {
    let scratch = Scratch::new("rich");
    for (number, compression) in
        [Compression::None, Compression::Xpress, Compression::Lzx].into_iter().enumerate()
    {
        for order in [BlobOrder::AsMet, BlobOrder::Sorted, BlobOrder::Reversed] {
            let built = rich_wim().compression(compression).blob_order(order).integrity(Some(4096)).build();
            let name = format!("{number}{order:?}");
            let expected: &[(&str, &[u8])] = &[
                ("Long file name.txt", b"unnamed"),
                ("folder with stream/工行定制.txt", "中文".as_bytes()),
                ("link b", b"linked"),
                ("Windows/System32/kernel32.dll", b"MZ"),
            ];
            check_content(&scratch, &name, &built, expected);
        }
    }
}

#[test]
fn details_as_seen_by_wimlib() {
    if !have("wimlib-imagex") {
        return;
    }
    let scratch = Scratch::new("details");
    let path = scratch.0.join("rich.wim");
    rich_wim().build().write(&path).unwrap();
    let path = path.to_str().unwrap();
    let all = run("wimlib-imagex", &["dir", path, "1", "--detailed"]);
    for wanted in [
        "LONGFI~1.TXT",
        "Zone.Identifier",
        "Link Group ID       = 0x0000000000000005",
        "Link Count          = 2",
        "Reparse Tag         = 0xa0000003",
        "Creation Time       = Sat Sep 07 01:02:03 2019 UTC",
    ] {
        assert!(all.contains(wanted), "{wanted} in\n{all}");
    }
    // Once it changes an image, it counts anew; the root is a directory to it.
    let counts = |line: &&str| line.contains("Count:") || line.contains("Bytes:");
    let ours = run("wimlib-imagex", &["info", path, "1"]);
    run("wimlib-imagex", &["update", path, "1", "--command=rename copy copied"]);
    let theirs = run("wimlib-imagex", &["info", path, "1"]);
    let ours: Vec<_> = ours.lines().filter(counts).collect();
    let theirs: Vec<_> = theirs.lines().filter(counts).collect();
    assert_eq!(ours[1..], theirs[1..]);
    assert_eq!((ours[0], theirs[0]), ("Directory Count:        4", "Directory Count:        5"));

    let info = run("wimlib-imagex", &["info", path]);
    assert!(info.contains("Boot Index:     2"), "{info}");
    let xml = run("wimlib-imagex", &["info", path, "1"]);
    for wanted in ["First & <best>", "17763", "zh-CN", "x86_64"] {
        assert!(xml.contains(wanted), "{wanted} in\n{xml}");
    }
}

#[test]
fn every_compression_and_chunk_size() {
    let scratch = Scratch::new("codecs");
    let kinds = (12..=16)
        .map(|order| (Compression::Xpress, order, LzxBlocks::Verbatim))
        .chain((15..=21).flat_map(|order| {
            [LzxBlocks::Verbatim, LzxBlocks::Mixed].map(|blocks| (Compression::Lzx, order, blocks))
        }))
        .chain([(Compression::None, 15, LzxBlocks::Verbatim)]);
    for (compression, order, blocks) in kinds {
        let chunk = 1_usize << order;
        let files = corpus(chunk.max(1 << 17) + 1000);
        let files = by_ref(&files);
        let mut wim = Wim::new()
            .image(Image::new("codec").root(Entry::tree_of(&files)))
            .compression(compression)
            .lzx_blocks(blocks)
            .integrity(Some(1 << 20));
        if compression != Compression::None {
            wim = wim.chunk_size(1 << order);
        }
        let built = wim.build();
        let name = format!("{compression:?}-{order}-{blocks:?}");
        check_content(&scratch, &name, &built, &files);
        if compression != Compression::None {
            for (path, bytes) in files.iter().filter(|(path, _)| ["words.bin", "code.bin"].contains(path)) {
                let entry = &built.layout.blob_of(bytes).entry;
                let shrunk = (compression, blocks) != (Compression::Lzx, LzxBlocks::Verbatim)
                    || entry.size_in_wim < entry.original_size / 2;
                assert!(entry.flags & 4 == 4 && shrunk, "{name} {path}: {entry:?}");
            }
            let raw = wim.raw_chunks().build();
            check_content(&scratch, &format!("{name}-raw"), &raw, &files);
        }
    }
}

#[test]
fn zero_blob_in_memory() {
    let scratch = Scratch::new("zero");
    let wim = Wim::new()
        .image(Image::new("z").root(Entry::tree_of(&[("a", b"b")])))
        .compression(Compression::Lzx)
        .zero_blob("big.bin", 300_000)
        .integrity(Some(65_536))
        .zero_hash(ZeroHash::Computed);
    let zeros = vec![0; 300_000];
    check_content(&scratch, "zero", &wim.build(), &[("big.bin", zeros.as_slice()), ("a", b"b")]);
}

#[test]
fn sparse_files() {
    let scratch = Scratch::new("sparse");
    let path = scratch.0.join("install.wim");
    let image = Image::new("ICBC VDA Win10 LTSC 2019").root(rich()).created(filetime(2020, 7, 29, 2, 25, 11));
    let wim = Wim::new().image(image);
    for size in (9_990..10_010).chain(1_003_000..1_003_020).chain(999_990..1_000_030) {
        wim.write_sparse(&path, size).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().len(), size);
    }
    let size = 10_004_321;
    let checked =
        wim.clone().zero_blob("zeros.bin", 0).zero_hash(ZeroHash::Computed).integrity(Some(1 << 20));
    checked.write_sparse(&path, size).unwrap();
    assert_eq!(fs::metadata(&path).unwrap().len(), size);
    check(&path);

    let size = 5_554_353_356;
    let layout = wim.write_sparse(&path, size).unwrap();
    assert_eq!((fs::metadata(&path).unwrap().len(), layout.size), (size, size));
    if have("wimlib-imagex") {
        let text = run("wimlib-imagex", &["info", path.to_str().unwrap()]);
        assert!(text.contains("ICBC VDA Win10 LTSC 2019"), "{text}");
        assert!(text.contains("Wed Jul 29 02:25:11 2020 UTC"), "{text}");
    }
    assert!(wim.write_sparse(&path, 100).is_err());
}

#[test]
fn split_sets() {
    let scratch = Scratch::new("split");
    let files = corpus(150_000);
    let files = by_ref(&files);
    let parts = Wim::new()
        .image(Image::new("split").root(Entry::tree_of(&files)))
        .compression(Compression::Xpress)
        .integrity(Some(1 << 20))
        .build_split(3);
    for (number, part) in (1..).zip(&parts) {
        let path = scratch.0.join(format!("install{number}.swm"));
        part.write(path).unwrap();
    }
    if have("wimlib-imagex") {
        let path = scratch.0.join("install1.swm");
        let path = path.to_str().unwrap();
        let refs = scratch.0.join("install*.swm");
        let refs = format!("--ref={}", refs.to_str().unwrap());
        run("wimlib-imagex", &["verify", "--quiet", path, &refs]);
    }
}

#[test]
fn damage_is_found_where_it_was_done() {
    if !have("wimlib-imagex") {
        return;
    }
    let scratch = Scratch::new("damage");
    let path = scratch.0.join("bad.wim");
    let mut built = rich_wim().integrity(Some(4096)).build();
    built.flip(built.layout.blob_of(b"linked").span().offset);
    built.write(&path).unwrap();
    let verify = || {
        let mut command = Command::new("wimlib-imagex");
        command.arg("verify").arg(&path);
        command.output().unwrap().status.code()
    };
    assert_eq!(verify(), Some(13), "integrity table");
    built.reseal_integrity().write(&path).unwrap();
    assert_eq!(verify(), Some(28), "blob hash");
}

#[test]
fn edited_metadata_keeps_its_hash() {
    let plain = rich_wim().build();
    let at = plain.layout.metadata[0].entry("link a") + 8;
    let image = Image::new("edited").root(rich()).edit_metadata(move |bytes| bytes[at] = 0x27);
    let built = Wim::new().image(image).build();
    assert_eq!(built.layout.metadata[0].bytes[at], 0x27);
    let scratch = Scratch::new("edited");
    check_content(&scratch, "edited", &built, &[("link a", b"linked")]);
}

#[test]
fn the_same_description_gives_the_same_bytes() {
    for compression in [Compression::None, Compression::Xpress, Compression::Lzx] {
        let build = || rich_wim().compression(compression).build().bytes;
        assert!(build() == build());
    }
}

#[test]
fn odd_tables_and_documents() {
    let root = || Entry::tree_of(&[("a", b"first"), ("b", b"second")]);
    let image = || Image::new("odd").root(root());
    let built = Wim::new()
        .image(image())
        .edit_table(|table| {
            let first = table.remove(0);
            table.push(first);
        })
        .build();
    let scratch = Scratch::new("odd");
    check_content(&scratch, "odd", &built, &[("a", b"first"), ("b", b"second")]);
    assert!(built.layout.blob_of(b"first").table_offset > built.layout.blob_of(b"second").table_offset);

    let built = Wim::new().image(image().xml("<NAME>own</NAME>")).extra_blob("nobody asks for this").build();
    assert_eq!(built.layout.blob_of(b"nobody asks for this").entry.references, 1);
    let xml = built.slice(built.layout.xml.unwrap());
    let text = wimproof_testkit::utf16("<IMAGE INDEX=\"1\"><NAME>own</NAME></IMAGE>");
    assert!(xml.windows(text.len() - 2).any(|window| window == &text[2..]));

    let missing = Entry::declared("gone", [1; 20], 77);
    let built = Wim::new().image(Image::new("m").root(root().child(missing))).build();
    assert_eq!(built.layout.blobs.len(), 2);

    assert!(Wim::new().image(image()).xml(None).build().layout.xml.is_none());
    let bare = Wim::new().image(image().no_xml()).build();
    assert!(bare.layout.xml.unwrap().length < 120);
    let replaced = Wim::new().image(image().metadata_override(vec![1, 2, 3])).build();
    assert_eq!(replaced.layout.metadata[0].bytes, [1, 2, 3]);
}

#[test]
fn spans_cover_the_file() {
    let built = rich_wim().integrity(Some(1 << 20)).build();
    let layout = &built.layout;
    assert_eq!(layout.size, built.bytes.len() as u64);
    let xml = layout.xml.unwrap();
    assert_eq!(layout.table.end(), xml.offset);
    assert_eq!(layout.integrity.unwrap().end(), layout.size);
    let metadata = layout.metadata.iter().map(|m| &m.place);
    let mut at = 208;
    for place in layout.blobs.iter().chain(metadata) {
        assert_eq!(place.entry.offset, at);
        at = place.span().end();
        let start = usize::try_from(place.table_offset).unwrap();
        assert_eq!(built.bytes[start..start + 50], place.entry.bytes());
    }
    assert_eq!(at, layout.table.offset);
}
