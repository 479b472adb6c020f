//! What the safe interface promises, on files made here. Skipped, with a printed reason, where libwim is absent.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)] // Says why a test was skipped.

use std::{fs, path::PathBuf, thread};

use tempfile::TempDir;
use wimlib_bindings::{Check, Compression, Error, Library, Text};
use wimproof_testkit::{Built, Entry, Image, Wim, filetime};

/// The library; says so where it is absent.
fn libwim() -> Option<Library> {
    match Library::load() {
        Ok(library) => Some(library),
        Err(error) => {
            println!("skipped: {error}");
            None
        }
    }
}

struct Desk(TempDir);

impl Desk {
    fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    fn write(&self, name: &str, built: &Built) -> PathBuf {
        let path = self.0.path().join(name);
        built.write(&path).unwrap();
        path
    }
}

fn tree() -> Entry {
    let time = filetime(2019, 9, 7, 1, 2, 3);
    Entry::tree_of(&[("Windows/win.ini", b"[fonts]"), ("empty", b"")])
        .child(
            Entry::file("Long file name.txt", "unnamed")
                .short_name("LONGFI~1.TXT")
                .stream("Zone.Identifier", "[ZoneTransfer]")
                .stream("nothing", "")
                .times(time + 1, time + 2, time + 3)
                .attributes(0x21)
                .security(*b"\x01\0\x04\x80\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"),
        )
        .child(Entry::file("link a", "linked").hard_link_group(5))
        .child(Entry::file("link b", "linked").hard_link_group(5))
        .child(Entry::dir("junction").reparse(0xA000_0003, *b"where it leads"))
        .child(Entry::file("?", "odd").raw_name(vec![0x5DE5, 0xD800, 0x62]))
}

#[test]
fn entries_are_those_of_the_tree() {
    let Some(library) = libwim() else { return };
    let desk = Desk::new();
    let path = desk.write("a.wim", &Wim::new().image(Image::new("a").root(tree())).build());
    let wim = library.open(path, Check::Structure).unwrap();
    let entries = wim.entries(1).unwrap();
    let find = |path: &str| entries.iter().find(|entry| entry.path.to_string() == path).unwrap();

    assert_eq!((entries.len(), entries[0].depth), (9, 0));
    assert!(entries[0].name.is_empty());
    let long = find("/Long file name.txt");
    assert_eq!(long.short_name.to_string(), "LONGFI~1.TXT");
    assert_eq!(long.attributes, 0x21);
    let times = [long.created, long.accessed, long.written].map(|time| time.filetime().unwrap());
    let base = filetime(2019, 9, 7, 1, 2, 3);
    assert_eq!(times, [base + 1, base + 2, base + 3]);
    assert_eq!(long.security_descriptor.len(), 20);
    let streams: Vec<_> = long.streams.iter().map(|s| (s.name.to_string(), s.content.size)).collect();
    assert_eq!(streams, [(String::new(), 7), ("Zone.Identifier".into(), 14), ("nothing".into(), 0)]);
    assert_eq!(long.streams[0].content.sha1, wimproof_testkit::sha1_of(b"unnamed"));

    let (a, b) = (find("/link a"), find("/link b"));
    assert_eq!((a.links, a.link_group), (2, b.link_group));
    assert_ne!(a.link_group, find("/empty").link_group);
    assert_eq!(find("/junction").reparse_tag, 0xA000_0003);
    assert_eq!(find("/Windows/win.ini").depth, 2);
    let odd = entries.iter().find(|entry| entry.streams[0].content.size == 3).unwrap();
    assert_eq!(odd.name.units(), [0x5DE5, 0xD800, 0x62]);

    assert_eq!(wim.entries(2).unwrap_err().code, 18);
    assert_eq!(wim.entries(0).unwrap_err().code, 18);
    assert_eq!(wim.entries(u32::MAX).unwrap_err().code, 18);
    assert!(wim.verify().is_ok());
}

#[test]
fn header_xml_and_resources_are_those_of_the_file() {
    let Some(library) = libwim() else { return };
    let desk = Desk::new();
    let built = Wim::new()
        .image(Image::new("one").root(tree()))
        .image(Image::new("two"))
        .compression(wimproof_testkit::Compression::Lzx)
        .guid(*b"0123456789abcdef")
        .integrity(Some(4096))
        .boot_index(2)
        .build();
    let path = desk.write("a.wim", &built);
    let wim = library.open(path, Check::Integrity).unwrap();
    let info = wim.info().unwrap();
    assert_eq!(info.guid(), *b"0123456789abcdef");
    assert_eq!((info.image_count(), info.boot_index(), info.part()), (2, 2, (1, 1)));
    assert_eq!((info.compression(), info.chunk_size()), (Compression::Lzx, 32768));
    assert_eq!(info.format_version(), 0x1_0D00);
    assert!(info.has_integrity_table() && !info.is_pipable() && !info.is_spanned());
    assert_eq!(wim.xml().unwrap(), built.slice(built.layout.xml.unwrap()));

    let resources = wim.resources().unwrap();
    let metadata = resources.iter().filter(|resource| resource.is_metadata).count();
    assert_eq!((metadata, resources.len()), (2, 2 + built.layout.blobs.len()));
    for place in &built.layout.blobs {
        let found = resources.iter().find(|resource| resource.sha1 == place.entry.sha1).unwrap();
        assert_eq!((found.offset, found.compressed_size), (place.entry.offset, place.entry.size_in_wim));
        assert_eq!((found.size, found.solid), (place.entry.original_size, None));
    }
}

#[test]
fn a_failure_says_what_libwim_says() {
    let Some(library) = libwim() else { return };
    let desk = Desk::new();
    let refused = |path: &PathBuf, check| match library.open(path, check) {
        Err(Error::Refused(failure)) => failure,
        other => panic!("{other:?}"),
    };
    let absent = desk.0.path().join("no such file");
    assert_eq!(refused(&absent, Check::Structure).code, 47);
    let text = desk.0.path().join("text");
    fs::write(&text, [b'x'; 300]).unwrap();
    let failure = refused(&text, Check::Structure);
    assert_eq!(failure.code, 43);
    assert!(failure.first_message().contains("magic"), "{failure:?}");
    assert!(failure.to_string().ends_with("identify a WIM file)"), "{failure}");

    let mut built = Wim::new().image(Image::new("a").root(tree())).integrity(Some(4096)).build();
    built.flip(built.layout.blob_of(b"linked").span().offset);
    let path = desk.write("bad.wim", &built);
    assert_eq!(refused(&path, Check::Integrity).code, 13);
    let failure = library.open(&path, Check::Structure).unwrap().verify().unwrap_err();
    assert_eq!(failure.code, 28);
    assert!(!failure.messages.is_empty() && failure.messages.len() < 10, "{failure:?}");
}

#[test]
fn warnings_are_kept() {
    let Some(library) = libwim() else { return };
    let desk = Desk::new();
    let twice = tree().child(Entry::file("empty", "a second one"));
    let path = desk.write("a.wim", &Wim::new().image(Image::new("a").root(twice)).build());
    let wim = library.open(path, Check::Structure).unwrap();
    assert_eq!(wim.warnings(), Vec::<String>::new());
    wim.entries(1).unwrap();
    let warnings = wim.warnings();
    assert!(warnings.iter().any(|warning| warning.starts_with("[WARNING]")), "{warnings:?}");
}

#[test]
fn files_come_out_as_they_went_in() {
    let Some(library) = libwim() else { return };
    let desk = Desk::new();
    let parts = Wim::new().image(Image::new("a").root(tree())).build_split(3);
    let paths: Vec<PathBuf> =
        (1..).zip(&parts).map(|(n, part)| desk.write(&format!("a{n}.swm"), part)).collect();
    let wim = library.open(&paths[0], Check::Structure).unwrap();
    assert_eq!(wim.info().unwrap().part(), (1, 3));
    let lacks = |wim: &wimlib_bindings::Wim| {
        let entries = wim.entries(1).unwrap();
        entries.iter().any(|entry| entry.streams.iter().any(|stream| stream.content.is_missing))
    };
    assert!(lacks(&wim));
    wim.reference(&paths[1..], Check::Integrity).unwrap();
    assert!(!lacks(&wim));
    wim.verify().unwrap();

    let target = desk.0.path().join("out");
    wim.extract(1, &["/Windows", "link a"], &target).unwrap();
    assert_eq!(fs::read(target.join("Windows/win.ini")).unwrap(), b"[fonts]");
    assert_eq!(fs::read(target.join("link a")).unwrap(), b"linked");
    assert!(!target.join("link b").exists());
    assert!(
        matches!(wim.extract(1, &["no such path"], &target), Err(Error::Refused(failure)) if failure.code == 49)
    );
    assert!(matches!(wim.extract(1, &["a\0b"], &target), Err(Error::Path(_))));
    let lone = Text::new(*b"/\xE5\xB7\xA5\xED\xA0\x80b");
    wim.extract(1, &[&lone], &target).unwrap();
}

#[test]
fn threads_hear_their_own_messages() {
    let Some(library) = libwim() else { return };
    let desk = Desk::new();
    thread::scope(|scope| {
        for thread in 0..8 {
            let path = desk.0.path().join(format!("absent-{thread}"));
            scope.spawn(move || {
                for _ in 0..50 {
                    let Err(Error::Refused(failure)) = library.open(&path, Check::Structure) else {
                        panic!("opened");
                    };
                    assert_eq!(failure.messages.len(), 1, "{failure:?}");
                    assert!(failure.messages[0].contains(&format!("absent-{thread}")), "{failure:?}");
                }
            });
        }
    });
}
