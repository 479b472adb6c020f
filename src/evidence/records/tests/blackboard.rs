use proptest::prelude::*;

use super::{local, said, wide};
use crate::{
    evidence::{
        records::{Settings, blackboard},
        statement::{Testimony, Topic},
    },
    sighting::Locator,
};

const PAGE: usize = 0x100;

/// Pages of the bitmap, before the table.
const BITMAP: u64 = 4;

/// A key with its values and the keys below it.
struct Key(&'static str, Vec<(&'static str, u32, Vec<u8>)>, Vec<Self>);

/// Writes blackboards, independently of the reader.
#[derive(Default)]
struct Writer {
    /// Behind the table: pages of streams.
    pages: Vec<u8>,
    /// Page of each handle; the table has one page, so its stream holds few.
    table: Vec<u64>,
    /// Bytes of payload in an extent, to cut streams into chains.
    cut: Option<usize>,
}

impl Writer {
    /// Writes a stream, and gives its handle.
    fn stream(&mut self, handle: usize, stream: &[u8]) {
        let parts: Vec<&[u8]> = stream.chunks(self.cut.unwrap_or(usize::MAX)).collect();
        for (number, part) in parts.iter().enumerate() {
            let page = BITMAP + 4 + (self.pages.len() / PAGE) as u64;
            if number == 0 {
                self.table[handle] = page;
            }
            let pages = (part.len() + 16).div_ceil(PAGE);
            let last = number + 1 == parts.len();
            let next = if last { 0 } else { page + pages as u64 };
            let mut extent = [&(pages as u64).to_le_bytes()[..], &next.to_le_bytes(), part].concat();
            // A chain in the middle of a record: the payload must fill its pages.
            assert!(last || extent.len() == pages * PAGE, "cut at the end of a page");
            extent.resize(pages * PAGE, 0);
            self.pages.extend(extent);
        }
    }

    fn handle(&mut self) -> usize {
        self.table.push(0);
        self.table.len() - 1
    }

    fn list(&mut self, bodies: &[Vec<u8>]) -> usize {
        let handle = self.handle();
        let mut stream = [0_u64.to_le_bytes(), 0_u64.to_le_bytes(), 24_u64.to_le_bytes()].concat();
        for (number, body) in bodies.iter().enumerate() {
            let size = (24 + body.len()).next_multiple_of(8);
            let begin = stream.len();
            let next = if number + 1 == bodies.len() { u64::MAX } else { (begin + size) as u64 };
            stream.extend((size as u64).to_le_bytes());
            stream.extend(next.to_le_bytes());
            stream.extend([0; 8]);
            stream.extend(body);
            stream.resize(begin + size, 0);
        }
        self.stream(handle, &stream);
        handle
    }

    fn keys(&mut self, keys: &[Key]) -> u64 {
        if keys.is_empty() {
            return 0;
        }
        let handle = self.handle();
        let bodies: Vec<Vec<u8>> = keys
            .iter()
            .map(|Key(name, values, below)| {
                let below = self.keys(below);
                let values: Vec<Vec<u8>> =
                    values.iter().map(|(name, kind, data)| value(name, *kind, data)).collect();
                let values = if values.is_empty() { 0 } else { self.list(&values) as u64 };
                [&below.to_le_bytes()[..], &values.to_le_bytes(), &wide(name), &[0, 0]].concat()
            })
            .collect();
        let list = self.list(&bodies);
        self.table[handle] = self.table[list];
        handle as u64
    }

    fn file(keys: &[Key], cut: Option<usize>) -> Vec<u8> {
        let mut writer = Self { table: vec![0], cut, ..Self::default() };
        let root = writer.keys(keys);
        let mut table = [0; 24].to_vec();
        table.extend(writer.table.iter().flat_map(|page| page.to_le_bytes()));
        assert!(table.len() + 16 <= 4 * PAGE);
        let mut extent = [&4_u64.to_le_bytes()[..], &0_u64.to_le_bytes(), &table].concat();
        extent.resize(4 * PAGE, 0);
        let mut file = vec![0; PAGE * 5];
        file[0] = 1;
        file[0x0c..0x10].copy_from_slice(&0x100_u32.to_le_bytes());
        file[0x10..0x14].copy_from_slice(&4_u32.to_le_bytes());
        file[0x14..0x18].copy_from_slice(&u32::try_from(root).unwrap().to_le_bytes());
        file[0x18..0x20].copy_from_slice(b"DRBKLBSM");
        file.extend(extent);
        file.extend(writer.pages);
        file
    }
}

fn value(name: &str, kind: u32, data: &[u8]) -> Vec<u8> {
    let name = wide(name);
    let length = |bytes: &[u8]| u32::try_from(bytes.len()).unwrap().to_le_bytes();
    [&kind.to_le_bytes()[..], &[0; 4], &length(data), &length(&name), &name, data].concat()
}

fn text(text: &str) -> Vec<u8> {
    wide(&format!("{text}\0"))
}

fn keys() -> Vec<Key> {
    vec![
        Key(
            "ImageInfo",
            vec![],
            vec![Key(
                "OSImage",
                vec![
                    ("FilePath", 1, text(r"D:\sources\install.wim")),
                    ("Index", 4, 5_u32.to_le_bytes().to_vec()),
                ],
                vec![],
            )],
        ),
        Key("InstallSource", vec![("InstallSourcesPath", 1, text(r"\\srv\share\sources"))], vec![]),
        Key(
            "SetupState",
            vec![
                ("StartTime", 1, text("2021-09-27 04:03:44")),
                ("OrigStartTime", 5, 13_277_189_024_u64.to_le_bytes().to_vec()),
                ("SetupArchitecture", 4, 9_u32.to_le_bytes().to_vec()),
            ],
            vec![],
        ),
        Key(
            "UserData",
            vec![("ComputerName", 1, text("PC1")), ("ProductKey", 1, text("ABCDE-12345-FGHIJ-67890-KLMNO"))],
            vec![],
        ),
        Key("Unattend", vec![("UnattendFilePath", 1, text(r"E:\unattend.xml"))], vec![]),
    ]
}

fn read(bytes: &[u8]) -> Testimony {
    blackboard::read(bytes, "setupinfo", &Settings::default())
}

#[test]
fn a_blackboard_tells_the_image_file_and_its_source() {
    for cut in [None, Some(PAGE - 16)] {
        let testimony = read(&Writer::file(&keys(), cut));
        let mut all = said(&testimony);
        all.sort();
        let mut expected = [
            (Topic::InstallFile, "", r"D:\sources\install.wim"),
            (Topic::ImageIndex, "", "5"),
            (Topic::SourcesFolder, "", r"\\srv\share\sources"),
            (Topic::NetworkPath, "", r"\\srv\share\sources"),
            (Topic::PhaseBegin, "", "setup"),
            (Topic::TargetOs, "architecture", "9"),
            (Topic::ComputerName, "", "PC1"),
            (Topic::AnswerFile, "", r"E:\unattend.xml"),
        ];
        expected.sort_unstable();
        assert_eq!(all, expected);
        let file = testimony.on(Topic::InstallFile).next().unwrap();
        assert_eq!(file.locator, Locator::Key(r"\ImageInfo\OSImage\FilePath".into()));
        assert_eq!(&*file.quote, r"\ImageInfo\OSImage\FilePath = D:\sources\install.wim");
        assert_eq!(testimony.on(Topic::PhaseBegin).next().unwrap().stamp, local("2021-09-27 04:03:44"));
        assert!(testimony.partial.is_none(), "{:?}", testimony.partial);
        assert!(!format!("{testimony:?}").contains("ABCDE"));
    }
}

#[test]
fn the_length_of_a_name_may_count_characters() {
    let mut keys = keys();
    let body = value("FilePath", 1, &text(r"D:\a.wim"));
    keys.truncate(1);
    keys[0].2[0].1 = vec![("FilePath", 1, text(r"D:\a.wim"))];
    let mut file = Writer::file(&keys, None);
    let at = file.windows(body.len()).position(|window| window == body).unwrap();
    file[at + 12..at + 16].copy_from_slice(&8_u32.to_le_bytes());
    assert_eq!(said(&read(&file)), [(Topic::InstallFile, "", r"D:\a.wim")]);
}

#[test]
fn circles_are_met_once() {
    let file = Writer::file(&keys(), None);
    let number = |at: usize| u64::from_le_bytes(file[at..at + 8].try_into().unwrap());
    let table = PAGE * 5 + 16 + 24;
    // The root's handle is 1: its stream chained to itself, its first key below itself, its record next to itself.
    let root = usize::try_from(number(table + 8) + 1).unwrap() * PAGE;
    let record = root + 16 + 24;
    let cases = [
        (root + 8, number(table + 8), "chain of extents goes in a circle"),
        (record + 24, 1, "part of itself"),
        (record + 8, 24, "chain of records goes in a circle"),
        (root, u64::MAX, "expected inside the file"),
        (record, u64::MAX, "expected inside a list"),
        (record + 24, 1 << 40, "expected less than"),
    ];
    for (at, number, why) in cases {
        let mut broken = file.clone();
        broken[at..at + 8].copy_from_slice(&number.to_le_bytes());
        let testimony = read(&broken);
        let partial = testimony.partial.unwrap_or_default();
        assert!(partial.contains(why), "{why}: {partial}");
    }
}

#[test]
fn a_stream_that_all_handles_share_is_bounded() {
    // A table with thousands of handles, all with the same long stream, and a list with a key for each handle.
    let mut bodies = Vec::new();
    for handle in 2..2000_u64 {
        bodies.push([&handle.to_le_bytes()[..], &0_u64.to_le_bytes(), &wide("x\0")].concat());
    }
    let mut writer = Writer { table: vec![0], ..Writer::default() };
    let _ = writer.list(&bodies);
    let page = writer.table[1];
    let pages = (24 + 2000 * 8 + 16_usize).div_ceil(PAGE);
    let table_page = BITMAP + 4 + (writer.pages.len() / PAGE) as u64;
    let mut extent = [&(pages as u64).to_le_bytes()[..], &[0; 8], &[0; 24]].concat();
    extent.extend((0..2000).flat_map(|_| page.to_le_bytes()));
    extent.resize(pages * PAGE, 0);
    let mut file = Writer::file(&[], None);
    file[0x10..0x14].copy_from_slice(&u32::try_from(table_page).unwrap().to_le_bytes());
    file[0x14..0x18].copy_from_slice(&1_u32.to_le_bytes());
    file.extend(writer.pages);
    file.extend(extent);
    let testimony = read(&file);
    let why = testimony.partial.unwrap();
    assert!(why.contains("part of itself") || why.contains("streams of more than"), "{why}");
}

/// A blackboard with one list, whose records begin at these offsets and are this long.
fn with_records(stream: &[u8]) -> Vec<u8> {
    let mut writer = Writer { table: vec![0, 0], ..Writer::default() };
    writer.stream(1, stream);
    let mut file = Writer::file(&[], None);
    let table = [0_u64, BITMAP + 4].map(u64::to_le_bytes).concat();
    file[PAGE * 5 + 16 + 24..][..16].copy_from_slice(&table);
    file[0x14..0x18].copy_from_slice(&1_u32.to_le_bytes());
    file.extend(writer.pages);
    file
}

#[test]
fn records_that_lie_over_one_another_are_not_copied_again_and_again() {
    // Records of 16 bytes, each of which says that it goes to the end of the list: 60 KB would become 100 MB.
    let length = 60_000_u64;
    let mut stream = vec![0; 16];
    stream.extend(24_u64.to_le_bytes());
    while stream.len() < 60_000 {
        let at = stream.len() as u64;
        stream.extend([(length - at).to_le_bytes(), (at + 16).to_le_bytes()].concat());
    }
    let why = read(&with_records(&stream)).partial.unwrap();
    assert!(why.contains("it lies over others"), "{why}");
}

#[test]
fn paths_do_not_grow_without_end() {
    // Keys inside each other, each with a long name: the path of each key below them would have to be held.
    let name: &'static str = String::leak("n".repeat(100));
    let deep = (0..12).fold(Key("last", vec![], vec![]), |below, _| Key(name, vec![], vec![below]));
    let why = read(&Writer::file(&[deep], None)).partial.unwrap();
    assert!(why.contains("path of more than 1024 bytes"), "{why}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn any_bytes_in_a_blackboard_end(flips in proptest::collection::vec((0..6000_usize, any::<u8>()), 1..40), cut in 0..8000_usize) {
        let mut file = Writer::file(&keys(), None);
        for (at, byte) in flips {
            if let Some(place) = file.get_mut(at) {
                *place = byte;
            }
        }
        file.truncate(cut.max(0x20));
        let _ = read(&file);
    }
}
