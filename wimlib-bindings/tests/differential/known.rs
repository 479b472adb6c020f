//! Where the two readers are known to differ, and why. Random trees keep away from these; whoever changes one of the
//! readers' answers learns it here.

use std::path::PathBuf;

use tempfile::TempDir;
use wimlib_bindings::{Check, Timestamp};
use wimproof_testkit::{Entry, Image, Wim};
use wimproof_wim::{AnomalyKind, Metadata};

use crate::{
    encodings::{self, Encoding},
    libwim,
    random::Random,
    set::{Ours, our_verdicts, their_verdicts, theirs},
};

/// A file that both readers open.
struct Case {
    /// Removed at the end.
    _folder: TempDir,
    paths: Vec<PathBuf>,
    library: wimlib_bindings::Library,
}

impl Case {
    /// Nothing where libwim is absent.
    fn of(wim: &Wim) -> Option<Self> {
        let library = libwim()?;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("odd.wim");
        wim.build().write(&path).unwrap();
        Some(Self { _folder: folder, paths: vec![path], library })
    }

    fn of_tree(root: Entry) -> Option<Self> {
        Self::of(&Wim::new().image(Image::new("odd").root(root)))
    }

    /// Paths below the root, with attributes, as libwim lists them.
    fn theirs(&self) -> Vec<(String, u32)> {
        let wim = theirs(self.library, &self.paths, Check::Structure).unwrap();
        let entries = wim.entries(1).unwrap();
        let mut listed: Vec<_> =
            entries.iter().skip(1).map(|entry| (entry.path.to_string(), entry.attributes)).collect();
        listed.sort();
        listed
    }

    /// The same as we list them.
    fn ours(&self) -> Vec<(String, u32)> {
        let metadata = self.metadata();
        let mut walk = metadata.walk();
        let mut listed = Vec::new();
        while let Some(node) = walk.next_node().unwrap() {
            if node.depth > 0 {
                listed.push((walk.path().replace('\\', "/"), node.dentry.attributes.0));
            }
        }
        listed.sort();
        listed
    }

    fn metadata(&self) -> Metadata {
        Ours::open(&self.paths).unwrap().first().metadata(1).unwrap()
    }

    /// How often we report an anomaly of the tree.
    fn anomalies(&self, kind: AnomalyKind) -> u64 {
        let metadata = self.metadata();
        let survey = Ours::open(&self.paths).unwrap().survey(&metadata).unwrap();
        survey.anomalies.count(kind)
    }
}

/// The names of a file are entries of their own. libwim makes one file of them, with the attributes, times, security
/// descriptor and named streams of one of the entries; we show what each entry says.
#[test]
fn links_that_say_different_things() {
    let link = |name, attributes| Entry::file(name, "same").hard_link_group(9).attributes(attributes);
    let root = Entry::dir("").child(link("a", 0x20)).child(link("b", 0x21));
    let Some(case) = Case::of_tree(root) else { return };
    assert_eq!(case.ours(), [("/a".into(), 0x20), ("/b".into(), 0x21)]);
    let [(_, a), (_, b)] = case.theirs()[..] else { panic!("two names") };
    assert_eq!(a, b);
}

/// libwim leaves out names that no system takes; we list them and report them.
#[test]
fn names_that_no_system_takes() {
    let odd = |units: &[u16]| Entry::file("x", "content").raw_name(units);
    let dots = Entry::dir("..").child(Entry::file("passwd", "root"));
    let root = Entry::dir("").child(odd(&[0x61, 0, 0x62])).child(dots).child(Entry::file("c", ""));
    let Some(case) = Case::of_tree(root) else { return };
    assert_eq!(case.theirs(), [("/c".into(), 0x20)]);
    let ours: Vec<String> = case.ours().into_iter().map(|(path, _)| path).collect();
    assert_eq!(ours, ["/..", "/../passwd", "/a\0b", "/c"]);
    assert_eq!(case.anomalies(AnomalyKind::ForbiddenName), 2);
}

/// To libwim a folder that is a reparse point has no children; we list them.
#[test]
fn children_of_a_reparse_point() {
    let point = Entry::dir("point").reparse(0x9000_001A, *b"data").child(Entry::file("below", "hidden"));
    let Some(case) = Case::of_tree(Entry::dir("").child(point)) else { return };
    assert_eq!(case.theirs(), [("/point".into(), 0x410)]);
    assert_eq!(case.ours(), [("/point".into(), 0x410), ("/point/below".into(), 0x20)]);
}

/// Of two entries of the blob table with one SHA-1, both readers use the first. libwim does not look at the second;
/// we read it too, and find that it is not what it says.
#[test]
fn a_second_content_of_the_same_hash() {
    let files: [(&str, &[u8]); 2] = [("a", b"first"), ("b", b"other")];
    let wim = Wim::new().image(Image::new("odd").root(Entry::tree_of(&files))).edit_table(|table| {
        let mut second = table[1].clone();
        second.sha1 = table[0].sha1;
        table.insert(1, second);
    });
    let Some(case) = Case::of(&wim) else { return };
    assert!(their_verdicts(case.library, &case.paths).contents.is_ok());
    assert!(our_verdicts(&case.paths).contents.is_err());
}

/// Without XML that can be read libwim refuses the file; we verify its contents; asked for the XML, we say what is wrong.
#[test]
fn xml_that_cannot_be_read() {
    let image = Image::new("odd").root(Entry::tree_of(&[("a", b"b")]));
    let Some(case) = Case::of(&Wim::new().image(image).xml(Some("<WIM><IMAGE></WIM>".into()))) else {
        return;
    };
    let verdict = their_verdicts(case.library, &case.paths).contents;
    assert!(verdict.unwrap_err().contains("error 73"));
    assert!(our_verdicts(&case.paths).contents.is_ok());
    assert!(Ours::open(&case.paths).unwrap().first().xml().is_err());
}

/// A name without the NUL behind it that the format asks for: libwim refuses the tree, we read the name.
#[test]
fn a_name_without_its_end() {
    let image = Image::new("odd").root(Entry::dir("").child(Entry::file("thirteen char", "")));
    let probe = Wim::new().image(image.clone()).build();
    let at = probe.layout.metadata[0].entry("thirteen char");
    // 102 bytes and 13 characters are 128; what follows are zeros, which end the list.
    let image = image.edit_metadata(move |bytes| bytes[at..at + 8].copy_from_slice(&128_u64.to_le_bytes()));
    let Some(case) = Case::of(&Wim::new().image(image)) else { return };
    let verdict = their_verdicts(case.library, &case.paths).contents;
    assert!(verdict.unwrap_err().contains("error 21"));
    assert_eq!(case.ours(), [("/thirteen char".into(), 0x20)]);
}

/// A solid chunk has to be in memory as a whole; we take up to 128 MiB, libwim up to 1 GiB.
#[test]
fn solid_chunks_of_256_mib() {
    let Some(library) = libwim() else { return };
    if !encodings::have_imagex() {
        return;
    }
    let wim = Wim::new().image(Image::new("odd").root(Entry::tree_of(&[("a", b"content")])));
    let arguments = ["--solid-compress=lzms", "--solid-chunk-size=256M", "--solid"];
    let folder = tempfile::tempdir().unwrap();
    let encoding = Encoding::Export(arguments.map(str::to_owned).to_vec());
    let paths = encoding.store(&wim, folder.path(), &mut Random::of_round("solid chunks", 0));
    assert!(their_verdicts(library, &paths).contents.is_ok());
    assert!(our_verdicts(&paths).contents.unwrap_err().contains("268435456"));
}

/// Not a difference: times that Windows refuses, as they lie beyond the year 30828.
#[test]
fn times_of_any_size() {
    let (late, latest) = (i64::MAX as u64 + 1, u64::MAX);
    let root = Entry::dir("").child(Entry::file("a", "").times(late, latest, latest - 1));
    let Some(case) = Case::of_tree(root) else { return };
    let entries = theirs(case.library, &case.paths, Check::Structure).unwrap().entries(1).unwrap();
    let times = [entries[1].created, entries[1].accessed, entries[1].written].map(Timestamp::filetime);
    assert_eq!(times, [Some(late), Some(latest), Some(latest - 1)]);
}
