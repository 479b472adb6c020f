//! No byte of an approved file can be changed without the gate noticing.

use std::path::Path;

use wimproof::{
    evidence::image,
    judge::{self, Policy, Verdict},
    registry::Registry,
    sighting::Assurance,
    source::Metered,
};
use wimproof_testkit::{Compression, Entry};

use crate::support::{Desk, cmge, has, one, root, wimlib};

/// A generator of numbers that are the same in every run.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 11).expect("53 bits")
    }
}

fn verdict_of(bytes: Vec<u8>, registry: &Registry) -> Verdict {
    let source = Metered::new(bytes);
    let subject = image::read(
        &source,
        "flipped.wim",
        image::Depth { jobs: 2, ..image::Depth::of(Assurance::Verified) },
    );
    let policy = Policy { assurance: Assurance::Verified, scope: None };
    let now = "2026-11-20T08:00:00Z".parse().expect("a time");
    judge::subject(&subject, registry, &policy, now).expect("a judgement").verdict
}

/// Flips bits all over an approved file; every flip must cost it its approval.
fn no_flip_is_approved(desk: &Desk, path: &Path, flips: usize) {
    desk.approve(path);
    let registry = Registry::open(&desk.registry_dir()).expect("a registry");
    let original = std::fs::read(path).expect("read");
    assert_eq!(verdict_of(original.clone(), &registry), Verdict::Approved, "{}", path.display());
    let mut numbers = Numbers(0x9E37_79B9_7F4A_7C15 ^ original.len() as u64);
    for i in 0..flips {
        // The header and the end, where the tables are, at every byte; between them at random.
        let (head, tail) = (208, 64);
        let at = match i {
            _ if i < head => i,
            _ if i < head + tail => original.len() - 1 - (i - head),
            _ => numbers.next() % original.len(),
        };
        let mut bytes = original.clone();
        bytes[at] ^= 1 << (numbers.next() % 8);
        let verdict = verdict_of(bytes, &registry);
        assert_ne!(verdict, Verdict::Approved, "{}: offset {at}, flip {i}", path.display());
    }
}

fn small() -> Entry {
    let text: Vec<u8> = (0..40_000_u32).flat_map(|i| format!("{} ", i * i % 977).into_bytes()).collect();
    Entry::tree_of(&[("Windows/System32/a.dll", &text), ("Windows/b.txt", b"short"), ("c", b"")])
}

#[test]
fn in_every_encoding_that_the_kit_writes() {
    let desk = Desk::new();
    for (i, wim) in [
        one(cmge(small())),
        one(cmge(small())).integrity(Some(10_000)),
        one(cmge(small())).compression(Compression::Xpress).chunk_size(1 << 12).integrity(Some(10 << 20)),
        one(cmge(small())).compression(Compression::Lzx).chunk_size(1 << 15),
    ]
    .into_iter()
    .enumerate()
    {
        let desk = if i == 0 { &desk } else { &Desk::new() };
        let path = desk.wim("approved.wim", &wim);
        no_flip_is_approved(desk, &path, 1200);
    }
}

#[test]
fn in_every_encoding_that_wimlib_writes() {
    if !has("wimlib-imagex") {
        return;
    }
    for arguments in [
        &["--compress=lzms"][..],
        &["--solid"],
        &["--solid", "--solid-chunk-size=32K", "--check"],
        &["--pipable"],
        &["--compress=none", "--check"],
    ] {
        let desk = Desk::new();
        desk.wim("kit.wim", &one(cmge(small())));
        wimlib(&desk, &[&["export", "kit.wim", "1", "approved.wim"], arguments].concat());
        no_flip_is_approved(&desk, &desk.path("approved.wim"), 700);
    }
}

#[test]
fn nor_can_bytes_be_added_or_cut() {
    let desk = Desk::new();
    let path = desk.wim("approved.wim", &one(cmge(root())));
    desk.approve(&path);
    let registry = Registry::open(&desk.registry_dir()).expect("a registry");
    let original = std::fs::read(&path).expect("read");
    for length in [original.len() - 1, original.len() / 2, 208, 100] {
        assert_ne!(verdict_of(original[..length].to_vec(), &registry), Verdict::Approved, "{length}");
    }
}
