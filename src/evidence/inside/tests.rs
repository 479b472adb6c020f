use wimproof_testkit::{Entry as Kit, Image};
use wimproof_wim::{ReadBounds, Sha1Digest, Wim};

use super::*;

fn wim(root: Kit) -> Vec<Wim<Vec<u8>>> {
    let bytes = wimproof_testkit::Wim::new().image(Image::new("x").root(root)).build().bytes;
    vec![Wim::open(bytes).expect("a WIM")]
}

fn windows() -> Vec<Wim<Vec<u8>>> {
    wim(Kit::tree_of(&[
        (r"Windows\System32\ntdll.dll", b"one"),
        (r"Windows\System32\drivers\disk.sys", b"two"),
        (r"Windows\WinSxS\a\disk.sys", b"two"),
        ("readme.txt", b""),
    ]))
}

#[test]
fn paths_are_found_in_any_case_with_either_slash() {
    let parts = windows();
    let inside = Inside::open(&parts, 1).expect("an image");
    for path in [r"\Windows\System32\ntdll.dll", "windows/SYSTEM32/NTDLL.DLL", r"Windows\System32\ntdll.dll\"]
    {
        let entry = inside.find(path).expect("found");
        assert_eq!(inside.path(&entry), r"\Windows\System32\ntdll.dll");
        assert_eq!(inside.read(&entry, 3).expect("read"), b"one");
        assert!(inside.read(&entry, 2).is_err());
    }
    assert!(inside.find(r"\Windows\ntdll.dll").is_none());
    assert!(inside.find(r"\Windows\System32\ntdll.dll\x").is_none());
    assert_eq!(inside.find("").map(|root| inside.path(&root)).as_deref(), Some("\\"));
}

#[test]
fn folders_give_what_is_in_them_and_below() {
    let parts = windows();
    let inside = Inside::open(&parts, 1).expect("an image");
    let names = |entries: Vec<Entry<'_>>| entries.iter().map(Entry::name).collect::<Vec<_>>();
    let windows = inside.find("windows").expect("a folder");
    assert_eq!(names(inside.children(&windows).collect()), ["System32", "WinSxS"]);
    let below: Vec<String> =
        inside.below(&windows).map(|entry| inside.path_below(&windows, &entry)).collect();
    assert_eq!(
        below,
        [
            "System32",
            r"System32\drivers",
            r"System32\drivers\disk.sys",
            r"System32\ntdll.dll",
            "WinSxS",
            r"WinSxS\a",
            r"WinSxS\a\disk.sys"
        ]
    );
    let file = inside.find("readme.txt").expect("a file");
    assert_eq!((inside.below(&file).count(), inside.children(&file).count()), (0, 0));
    assert_eq!(inside.parent(&file).map(|root| root.name()).as_deref(), Some(""));
    assert_eq!(inside.entries().count(), inside.len());
}

#[test]
fn a_tree_deeper_than_any_is_refused() {
    let deep = |levels: usize| {
        let path = vec!["d"; levels].join("\\");
        let parts = wim(Kit::tree_of(&[(&path, b"x")]));
        Inside::open(&parts, 1).map(|inside| inside.len())
    };
    assert_eq!(deep(MAX_DEPTH).expect("an image"), MAX_DEPTH + 1);
    let error = deep(MAX_DEPTH + 1).expect_err("too deep").to_string();
    assert!(error.contains("257 levels deep") && error.contains("at most 256"), "{error}");
}

#[test]
fn many_contents_are_read_once_each() {
    let parts = windows();
    let inside = Inside::open(&parts, 1).expect("an image");
    let files: Vec<Sha1Digest> =
        inside.entries().filter(|entry| !entry.is_folder()).map(|entry| entry.sha1()).collect();
    assert_eq!(files.len(), 4);
    let mut read = Vec::new();
    let unknown = Sha1Digest([7; 20]);
    let wanted: Vec<Sha1Digest> = files.into_iter().chain([unknown]).collect();
    inside
        .read_many(&wanted, WHOLE, |sha1, bytes| read.push((*sha1, bytes.ok().map(<[u8]>::to_vec))))
        .expect("a table");
    let mut contents: Vec<_> = read.iter().map(|(_, bytes)| bytes.clone()).collect();
    contents.sort();
    assert_eq!(contents, [None, Some(vec![]), Some(b"one".to_vec()), Some(b"two".to_vec())]);
    assert!(read.contains(&(unknown, None)));
    let mut lengths = 0;
    let bounds = ReadBounds { all: 4, ..WHOLE };
    inside.read_many(&wanted, bounds, |_, bytes| lengths += bytes.map_or(0, ReadAt::size)).expect("a table");
    assert_eq!(lengths, 3);
}

#[test]
fn parts_of_a_set_are_one_image() {
    let root = Kit::tree_of(&[("a", &[1; 3000]), ("b", &[2; 3000]), ("c", &[3; 3000])]);
    let parts = wimproof_testkit::Wim::new().image(Image::new("x").root(root)).build_split(3);
    let parts: Vec<Wim<Vec<u8>>> =
        parts.into_iter().map(|part| Wim::open(part.bytes).expect("a part")).collect();
    let inside = Inside::open(&parts, 1).expect("an image");
    for (name, byte) in [("a", 1), ("b", 2), ("c", 3)] {
        let entry = inside.find(name).expect("a file");
        assert_eq!(inside.read(&entry, 5000).expect("read"), vec![byte; 3000]);
        assert_eq!(inside.size(&entry.sha1()), Some(3000));
    }
}
