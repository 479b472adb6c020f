//! Random trees: everything that an entry can carry.

use std::collections::HashSet;

use wimproof_testkit::{Entry, Image, Wim, filetime};

use crate::random::Random;

/// Lengths at which chunks and tables end.
const BORDERS: [usize; 8] = [1 << 12, 1 << 13, 1 << 14, 1 << 15, 1 << 16, 1 << 17, 1 << 18, 1 << 21];

/// Attributes that a file may have beside those that say what it is: read-only, hidden, system, archive, temporary,
/// sparse, compressed, offline, not indexed.
const ATTRIBUTES: [u32; 9] = [0x1, 0x2, 0x4, 0x20, 0x100, 0x200, 0x800, 0x1000, 0x2000];

/// Mount point, symbolic link, an app's link, a cloud file, a WOF file, and one that nobody knows.
const TAGS: [u32; 6] = [0xA000_0003, 0xA000_000C, 0x8000_001B, 0x9000_001A, 0x8000_0017, 0x1234];

/// A WIM with one to four images, some contents of which are the same.
pub(crate) fn wim(random: &mut Random, entries: usize) -> Wim {
    let mut maker = Maker { random, contents: Vec::new(), links: 0 };
    let count = 1 + maker.random.below(4);
    let mut wim = Wim::new();
    for number in 1..=count {
        let root = maker.root(1 + entries / count);
        wim = wim.image(Image::new(&format!("image {number} 镜像")).root(root));
    }
    let guid = maker.random.bytes(16).try_into().unwrap();
    let boot = u32::try_from(maker.random.below(count + 1)).unwrap();
    wim.guid(guid).boot_index(boot)
}

struct Maker<'r> {
    random: &'r mut Random,
    contents: Vec<Vec<u8>>,
    links: u64,
}

impl Maker<'_> {
    fn root(&mut self, entries: usize) -> Entry {
        let mut root = self.folder("", entries, 0);
        // libwim ignores names of the root.
        root.short_name.clear();
        root
    }

    /// A folder with so many entries in it and below.
    fn folder(&mut self, name: &str, mut entries: usize, depth: usize) -> Entry {
        let mut folder = self.dressed(Entry::dir(name));
        let mut names = HashSet::new();
        while entries > 0 {
            let units = self.name();
            if !names.insert(units.clone()) {
                continue;
            }
            entries -= 1;
            let mut child = match self.random.below(10) {
                0 | 1 if depth < 12 => {
                    let within = self.random.below(entries + 1);
                    entries -= within;
                    self.folder("x", within, depth + 1)
                }
                2 => self.reparse_point(),
                _ => self.file(),
            };
            child.name = units;
            let linked = child.reparse.is_none() && !child.is_dir() && self.random.once_in(5);
            if linked {
                self.links += 1;
                // Numbers of any size, none twice: the factor is odd.
                child.hard_link = self.links.wrapping_mul(0x9E37_79B9_7F4A_7C15);
                for _ in 0..self.random.below(3) {
                    let mut link = child.clone();
                    link.name = self.name();
                    if names.insert(link.name.clone()) {
                        link.short_name.clear();
                        folder.children.push(link);
                    }
                }
            }
            folder.children.push(child);
        }
        folder
    }

    fn file(&mut self) -> Entry {
        let content = self.content();
        self.dressed(Entry::file("x", content))
    }

    /// A reparse point is a file or a folder; without data, with little, or with all that is allowed.
    fn reparse_point(&mut self) -> Entry {
        let entry = if self.random.once_in(2) { Entry::dir("x") } else { Entry::file("x", "") };
        let tag = *self.random.pick(&TAGS);
        let length = *self.random.pick(&[0, 1, 12, 60, 1000, 16_376]);
        let data = self.random.bytes(length);
        self.dressed(entry).reparse(tag, data)
    }

    /// Gives an entry times, attributes, streams and the rest.
    fn dressed(&mut self, mut entry: Entry) -> Entry {
        for time in [&mut entry.created, &mut entry.accessed, &mut entry.written] {
            let recent = filetime(2020, 7, 29, 10, 25, 11) + self.random.next() % (1 << 50);
            *time = *self.random.pick(&[0, 1, recent, recent, recent, u64::from(u32::MAX), i64::MAX as u64]);
        }
        for attribute in ATTRIBUTES {
            entry.attributes |= if self.random.once_in(6) { attribute } else { 0 };
        }
        if self.random.once_in(6) {
            entry.short_name = "SHORT~1.TXT".encode_utf16().collect();
        }
        if self.random.once_in(3) {
            entry.security = Some(self.descriptor());
        }
        if self.random.once_in(8) {
            let id = self.random.bytes(16);
            entry = entry.tagged(1, id);
        }
        if self.random.once_in(6) {
            for number in 0..=self.random.below(3) {
                let mut name = self.name();
                name.extend(format!("{number}").encode_utf16());
                let content = self.content();
                entry.streams.push((name, content));
            }
        }
        entry
    }

    /// One of four descriptors that differ in their owner.
    fn descriptor(&mut self) -> Vec<u8> {
        let mut descriptor = b"\x01\0\0\x80\x14\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01\x01\0\0\0\0\0\x05".to_vec();
        descriptor.extend([18 + u8::try_from(self.random.below(4)).unwrap(), 0, 0, 0]);
        descriptor
    }

    /// A name that Linux takes too: at most 255 bytes there.
    fn name(&mut self) -> Vec<u16> {
        let number = self.random.below(10_000);
        let text = match self.random.below(12) {
            0 => format!("工行定制 {number}"),
            1 => format!("{}{number}", "长".repeat(self.random.below(80))),
            2 => format!("\u{1F4BB}\u{20BB7}{number}"),
            3 => format!("{}{number}", "a".repeat(self.random.below(240))),
            4 => format!("e\u{301} \u{202E}rtl {number}"),
            5 => format!(" leading and trailing {number}. "),
            6 => format!("con.{number}"),
            7 => format!("a*b?c<d>e|f\"g:{number}"),
            8 => format!("control \u{1}\u{7F}\n{number}"),
            9 => ["FILE", "File", "file"][number % 3].to_owned(),
            _ => format!("file {number}.txt"),
        };
        let mut units: Vec<u16> = text.encode_utf16().collect();
        if self.random.once_in(12) {
            let at = self.random.below(units.len() + 1);
            units.insert(at, *self.random.pick(&[0xD800, 0xDBFF, 0xDC00, 0xDFFF, 0xFFFE, 0xFEFF]));
        }
        units
    }

    /// A content: a new one, or one that another file has.
    fn content(&mut self) -> Vec<u8> {
        if !self.contents.is_empty() && self.random.once_in(4) {
            return self.random.pick(&self.contents).clone();
        }
        let length = self.length();
        let content = content(self.random, length);
        self.contents.push(content.clone());
        content
    }

    fn length(&mut self) -> usize {
        match self.random.below(8) {
            0 => 0,
            1 | 2 => 1 + self.random.below(200),
            3 | 4 => self.random.below(70_000),
            5 => self.random.below(300_000),
            // Few reach the largest border: they take their time.
            _ => {
                let few = self.random.once_in(12);
                let border = *self.random.pick(if few { &BORDERS } else { &BORDERS[..6] });
                border * (1 + self.random.below(2)) + self.random.below(3) - 1
            }
        }
    }
}

/// Bytes of one kind, or of several after each other: chunks of one resource then differ in kind too.
pub(crate) fn content(random: &mut Random, length: usize) -> Vec<u8> {
    let mut content = Vec::with_capacity(length);
    while content.len() < length {
        let piece = match random.once_in(2) {
            true => length,
            false => 1 + random.below(length),
        };
        match random.below(6) {
            0 => content.extend(random.bytes(piece)),
            1 => content.resize(content.len() + piece, 0),
            2 => words(random, piece, &mut content),
            3 => code(random, piece, &mut content),
            4 => content.extend((0..piece).map(|i| ((i * i) >> 7).to_le_bytes()[0])),
            _ => repeated(random, piece, &mut content),
        }
    }
    content.truncate(length);
    content
}

/// Like text.
fn words(random: &mut Random, length: usize, out: &mut Vec<u8>) {
    let list = ["the ", "image", " of a ", "Windows", "\r\n", "component store", "aa", "12345", "工"];
    let end = out.len() + length;
    while out.len() < end {
        out.extend_from_slice(random.pick(&list).as_bytes());
    }
}

/// Like x86 code: calls and jumps, relative and by address, to few targets.
fn code(random: &mut Random, length: usize, out: &mut Vec<u8>) {
    let openings: [&[u8]; 7] =
        [b"\xE8", b"\xE9", b"\xFF\x15", b"\xF0\x83\x05", b"\x48\x8D\x05", b"\x4C\x8D\x0D", b"\x48\x8B\x05"];
    let end = out.len() + length;
    while out.len() < end {
        let opening = *random.pick(&openings);
        out.extend_from_slice(opening);
        let position = i32::try_from(out.len()).unwrap();
        let target = match random.below(8) {
            0 => 12_000_000 - position,
            1 => -1 - position,
            2 => i32::MIN + position,
            near => i32::try_from(near).unwrap() * 64 - position,
        };
        out.extend(target.to_le_bytes());
        let filler = random.below(8);
        out.extend_from_slice(&b"\x8B\xEC\x83\xC4\xE8\x55\x90\xFF"[..filler]);
    }
}

/// Records that differ in one field that counts up, which delta matches are for.
fn repeated(random: &mut Random, length: usize, out: &mut Vec<u8>) {
    let width = 1 << random.below(6);
    let mut record = random.bytes(width);
    let step = random.next().to_le_bytes()[0];
    for _ in 0..length.div_ceil(width) {
        record[0] = record[0].wrapping_add(step);
        out.extend_from_slice(&record);
    }
}
