//! The digest `tree`: the same however an image is stored, another for every change of what it holds.

use proptest::prelude::*;
use wimproof_testkit::{BlobOrder, Built, Compression, Entry, Image, Wim as Maker};
use wimproof_wim::{References, Survey, TreeDigest, Wim};

use crate::support::{labels, root};

fn tree(built: &Built, index: u32) -> TreeDigest {
    let wim = Wim::open(built.bytes.clone()).expect("a WIM");
    let blobs = wim.blob_table().expect("a blob table");
    let metadata = wim.metadata(index).expect("metadata");
    Survey::of(&metadata, blobs, &mut References::new(blobs)).expect("a tree").tree
}

fn of(entry: Entry) -> TreeDigest {
    tree(&Maker::new().image(Image::new("x").root(entry)).build(), 1)
}

#[test]
fn storage_does_not_matter() {
    let expected = of(root());
    for compression in [Compression::None, Compression::Xpress, Compression::Lzx] {
        let sizes: &[u32] = match compression {
            Compression::None => &[0],
            Compression::Xpress => &[1 << 12, 1 << 15, 1 << 16],
            Compression::Lzx => &[1 << 15, 1 << 16, 1 << 21],
        };
        for size in sizes {
            for order in [BlobOrder::Sorted, BlobOrder::Reversed] {
                let other = labels("first", Entry::tree_of(&[("a", b"b")]));
                let wim = Maker::new().image(other).image(labels("another name", root())).blob_order(order);
                let wim = if *size == 0 { wim } else { wim.compression(compression).chunk_size(*size) };
                let built = wim.integrity(Some(1 << 20)).build();
                assert_eq!(tree(&built, 2), expected, "{compression:?} {size}");
                assert_ne!(tree(&built, 1), expected);
            }
        }
    }
}

#[test]
fn everything_an_image_holds_matters() {
    let file = || {
        Entry::file("file", b"content")
            .times(1, 2, 3)
            .security(vec![1; 20])
            .short_name("FILE~1")
            .attributes(0x20)
    };
    let base = of(Entry::dir("").child(file()));
    let with = |entry: Entry| of(Entry::dir("").child(entry));
    for (what, other) in [
        ("content", with(Entry { data: Entry::file("file", b"Content").data, ..file() })),
        ("name", with(Entry { name: Entry::file("File", b"").name, ..file() })),
        ("creation time", with(file().times(9, 2, 3))),
        ("access time", with(file().times(1, 9, 3))),
        ("write time", with(file().times(1, 2, 9))),
        ("security descriptor", with(file().security(vec![2; 20]))),
        ("short name", with(file().short_name("FILE~2"))),
        ("attribute", with(file().attributes(0x21))),
        ("stream", with(file().stream("s", b"x"))),
        ("tagged item", with(file().tagged(1, vec![9; 16]))),
        ("another file", of(Entry::dir("").child(file()).child(Entry::dir("new")))),
        ("depth", of(Entry::dir("").child(Entry::dir("deep").child(file())))),
        ("root", of(Entry::dir("").attributes(0x11).child(file()))),
    ] {
        assert_ne!(other, base, "{what}");
    }
    let reparse = |tag| with(Entry::dir("link").reparse(tag, b"target"));
    assert_ne!(reparse(0xA000_0003), reparse(0xA000_000C));
}

#[test]
fn hard_links_count_by_what_they_join() {
    let links = |first: u64, second: u64| {
        let file = |name, group| Entry::file(name, b"same").hard_link_group(group);
        of(Entry::dir("").child(file("a", first)).child(file("b", second)))
    };
    assert_eq!(links(1, 1), links(77, 77));
    assert_ne!(links(1, 1), links(1, 2));
}

/// The vector of the documentation: a directory with one file of three bytes.
#[test]
fn the_vector_holds() {
    let entry = Entry::dir("").attributes(0x10).times(0, 0, 0);
    let file = Entry::file("a.txt", b"abc").attributes(0x20).times(1, 2, 3);
    let digest = of(entry.child(file));
    assert_eq!(digest.to_string(), vector());
    assert!(include_str!("../docs/identity.md").contains(&digest.to_string()));
}

/// Its `content`, by a run of the program.
#[test]
fn the_vector_of_the_content_holds() {
    let file = Entry::file("a.txt", b"abc").attributes(0x20).times(1, 2, 3);
    let entry = Entry::dir("").attributes(0x10).times(0, 0, 0).child(file);
    let desk = crate::support::Desk::bare();
    desk.wim(
        "a.wim",
        &Maker::new().image(Image::new("x").root(entry)).compression(Compression::Lzx).chunk_size(1 << 15),
    );
    let json = desk.run(["verify", "a.wim", "--format", "json"]).code(0).json();
    let content =
        json["subjects"][0]["images"][0]["digests"]["content"].as_str().expect("a digest").to_owned();
    assert!(include_str!("../docs/identity.md").contains(&content), "{content}");
}

/// The same digest, put together by hand from the canonical form.
fn vector() -> String {
    let mut form = b"wimproof-tree-v1\n".to_vec();
    // The root: depth, name, short name, attributes, times, descriptor, reparse, link, tagged, streams.
    form.extend([0; 12]);
    form.extend(0x10_u32.to_le_bytes());
    form.extend([0; 24 + 32 + 6]);
    form.extend(0_u64.to_le_bytes());
    form.extend([0; 8]);
    // a.txt
    form.extend(1_u32.to_le_bytes());
    form.extend(10_u32.to_le_bytes());
    form.extend("a.txt".encode_utf16().flat_map(u16::to_le_bytes));
    form.extend(0_u32.to_le_bytes());
    form.extend(0x20_u32.to_le_bytes());
    for time in [1_u64, 2, 3] {
        form.extend(time.to_le_bytes());
    }
    form.extend([0; 32 + 6]);
    form.extend(1_u64.to_le_bytes());
    form.extend(0_u32.to_le_bytes());
    form.extend(1_u32.to_le_bytes());
    form.push(0);
    form.extend(0_u32.to_le_bytes());
    form.extend(hex::decode("a9993e364706816aba3e25717850c26c9cd0d89d").expect("SHA-1 of abc"));
    hex::encode(<sha2::Sha256 as sha2::Digest>::digest(form))
}

fn names() -> impl Strategy<Value = Vec<(String, Vec<u8>)>> {
    proptest::collection::vec(
        ("[a-c]{1,3}(/[a-c]{1,3}){0,3}\\.x", proptest::collection::vec(any::<u8>(), 0..300)),
        1..12,
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_tree_has_one_digest(files in names()) {
        let listed: Vec<(&str, &[u8])> = files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
        let entry = Entry::tree_of(&listed);
        let maker = || Maker::new().image(Image::new("x").root(entry.clone()));
        let plain = tree(&maker().build(), 1);
        prop_assert_eq!(tree(&maker().compression(Compression::Xpress).chunk_size(1 << 12).build(), 1), plain);
        prop_assert_eq!(tree(&maker().compression(Compression::Lzx).chunk_size(1 << 15).build(), 1), plain);
    }
}
