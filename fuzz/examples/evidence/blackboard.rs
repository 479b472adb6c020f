//! Writes blackboards, as small as they can be.

const PAGE: usize = 0x100;

/// Page of the table of handles; its stream has four.
const TABLE: usize = 0;

/// A key: its name, its values (name, type, data), the keys below it.
struct Key(&'static str, Vec<(&'static str, u32, Vec<u8>)>, Vec<Self>);

#[derive(Default)]
struct Writer {
    /// Behind the table: a list each.
    pages: Vec<u8>,
    /// The page of each handle.
    table: Vec<u64>,
    /// Whether lists are cut into chains of extents.
    is_cut: bool,
}

pub(crate) fn all() -> Vec<(&'static str, Vec<u8>)> {
    let text = |text: &str| wide(&format!("{text}\0"));
    let keys = || {
        vec![
            Key(
                "ImageInfo",
                vec![],
                vec![Key(
                    "OSImage",
                    vec![
                        ("FilePath", 1, text("D:\\sources\\install.wim")),
                        ("Index", 4, vec![5, 0, 0, 0]),
                        ("Size", 5, vec![5, 0, 0, 0, 1, 0, 0, 0]),
                    ],
                    vec![],
                )],
            ),
            Key("InstallSource", vec![("InstallSourcesPath", 1, text("\\\\srv\\share\\sources"))], vec![]),
            Key("SetupState", vec![("StartTime", 1, text("2021-09-27 04:03:44"))], vec![]),
            Key("UserData", vec![("ComputerName", 1, text("PC1"))], vec![]),
        ]
    };
    vec![
        ("tree", Writer::default().file(&keys())),
        ("chains", Writer { is_cut: true, ..Writer::default() }.file(&keys())),
        ("empty", Writer::default().file(&[])),
    ]
}

impl Writer {
    fn file(mut self, keys: &[Key]) -> Vec<u8> {
        self.table.push(0);
        let root = self.keys(keys);
        let mut table = vec![0; 24];
        table.extend(self.table.iter().flat_map(|page| page.to_le_bytes()));
        let mut file = vec![0; PAGE];
        file[0] = 1;
        file[0x0c..0x10].copy_from_slice(&0x100_u32.to_le_bytes());
        file[0x10..0x14].copy_from_slice(&u32::try_from(TABLE).expect("small").to_le_bytes());
        file[0x14..0x18].copy_from_slice(&u32::try_from(root).expect("small").to_le_bytes());
        file[0x18..0x20].copy_from_slice(b"DRBKLBSM");
        extent(&mut file, &table, 4, 0);
        file.extend(self.pages);
        file
    }

    /// Writes a list of keys; its handle.
    fn keys(&mut self, keys: &[Key]) -> u64 {
        if keys.is_empty() {
            return 0;
        }
        let bodies: Vec<Vec<u8>> = keys
            .iter()
            .map(|Key(name, values, below)| {
                let below = self.keys(below);
                let values: Vec<Vec<u8>> =
                    values.iter().map(|(name, kind, data)| value(name, *kind, data)).collect();
                let values = if values.is_empty() { 0 } else { self.list(&values) };
                [&below.to_le_bytes()[..], &values.to_le_bytes(), &wide(name), &[0, 0]].concat()
            })
            .collect();
        self.list(&bodies)
    }

    fn list(&mut self, bodies: &[Vec<u8>]) -> u64 {
        let mut stream = [0_u64.to_le_bytes(), 0_u64.to_le_bytes(), 24_u64.to_le_bytes()].concat();
        for (number, body) in bodies.iter().enumerate() {
            let (begin, size) = (stream.len(), (24 + body.len()).next_multiple_of(8));
            let next = if number + 1 == bodies.len() { u64::MAX } else { (begin + size) as u64 };
            stream.extend([size as u64, next, 0].iter().flat_map(|field| field.to_le_bytes()));
            stream.extend(body);
            stream.resize(begin + size, 0);
        }
        let page = || (4 + self.pages.len() / PAGE) as u64;
        self.table.push(page());
        let part = if self.is_cut { PAGE - 16 } else { stream.len() };
        for (number, part) in stream.chunks(part).enumerate() {
            let is_last = (number + 1) * (PAGE - 16) >= stream.len() || !self.is_cut;
            let next = if is_last { 0 } else { (5 + self.pages.len() / PAGE) as u64 };
            extent(&mut self.pages, part, (part.len() + 16).div_ceil(PAGE), next);
        }
        self.table.len() as u64 - 1
    }
}

fn extent(out: &mut Vec<u8>, payload: &[u8], pages: usize, next: u64) {
    let end = out.len() + pages * PAGE;
    out.extend((pages as u64).to_le_bytes());
    out.extend(next.to_le_bytes());
    out.extend(payload);
    out.resize(end, 0);
}

fn value(name: &str, kind: u32, data: &[u8]) -> Vec<u8> {
    let name = wide(name);
    let length = |bytes: &[u8]| u32::try_from(bytes.len()).expect("small").to_le_bytes();
    [&kind.to_le_bytes()[..], &[0; 4], &length(data), &length(&name), &name, data].concat()
}

fn wide(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}
