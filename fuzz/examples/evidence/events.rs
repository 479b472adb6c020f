//! Writes a chunk of an event log.

/// Bytes of the header of a chunk, before its records.
const HEADER: usize = 512;

/// 2021-12-14 in units of 100 ns since 1601.
const TIME: u64 = 132_839_136_000_000_000;

/// A field of an event: a name, empty for none, and a value.
type Field = (&'static str, &'static str);

/// One event of each of some providers that rules know; the last two by a template.
pub(crate) fn chunk() -> Vec<u8> {
    let mut chunk = Chunk { bytes: vec![0; HEADER], records: 0, last: 0 };
    chunk.event(
        "Microsoft-Windows-Setup",
        2004,
        &[("OSName", "Windows 10"), ("OS Edition ID", "Enterprise")],
    );
    chunk.event(
        "Microsoft-Windows-SetupPlatform",
        2005,
        &[("HostOSBuildNumber", "16299"), ("InstallationChoice", "4")],
    );
    chunk.event(
        "EventLog",
        6013,
        &[("", "1"), ("", ""), ("", ""), ("", ""), ("", ""), ("", "0"), ("", "480 Pacific Standard Time")],
    );
    chunk.event("User32", 1074, &[("param1", "winlogon.exe (PC)"), ("param3", "Operating System: Upgrade")]);
    let job = ("Microsoft-Windows-Bits-Client", 3, &[("jobId", "{1}"), ("jobOwner", "PC\\me")]);
    chunk.event(job.0, job.1, job.2);
    let file = [("Id", "{1}"), ("name", "job"), ("url", "http://srv/install.wim"), ("fileLength", "5")];
    chunk.event("Microsoft-Windows-Bits-Client", 59, &file);
    let definition = chunk.template(None);
    chunk.template(Some(definition));
    chunk.done()
}

struct Chunk {
    bytes: Vec<u8>,
    records: u64,
    /// Where the last record begins.
    last: usize,
}

impl Chunk {
    fn u16(&mut self, number: u16) {
        self.bytes.extend(number.to_le_bytes());
    }

    fn u32(&mut self, number: usize) {
        self.bytes.extend(u32::try_from(number).expect("small").to_le_bytes());
    }

    /// The offset of a name that stands right behind its offset, and the name.
    fn name(&mut self, name: &str) {
        self.u32(self.bytes.len() + 4);
        self.bytes.extend([0; 6]);
        self.counted(name);
        self.u16(0);
    }

    /// Number of characters, characters.
    fn counted(&mut self, text: &str) {
        let units: Vec<u16> = text.encode_utf16().collect();
        self.u16(u16::try_from(units.len()).expect("short"));
        units.into_iter().for_each(|unit| self.u16(unit));
    }

    /// `<name` and whether attributes follow; in a template with the number of what it depends on.
    fn open(&mut self, name: &str, has_attributes: bool, in_template: bool) {
        self.bytes.push(if has_attributes { 0x41 } else { 0x01 });
        if in_template {
            self.u16(u16::MAX);
        }
        self.u32(0);
        self.name(name);
        if has_attributes {
            self.u32(0);
        }
    }

    fn attribute(&mut self, name: &str, value: &str) {
        self.bytes.push(0x06);
        self.name(name);
        self.text(value);
    }

    fn text(&mut self, text: &str) {
        self.bytes.extend([0x05, 0x01]);
        self.counted(text);
    }

    /// `>`, a text, `</...>`.
    fn full(&mut self, text: &str) {
        self.bytes.push(0x02);
        self.text(text);
        self.bytes.push(0x04);
    }

    /// Up to the fields.
    fn system(&mut self, provider: &str, id: u16, in_template: bool) {
        self.open("Event", false, in_template);
        self.bytes.push(0x02);
        self.open("System", false, in_template);
        self.bytes.push(0x02);
        self.open("Provider", true, in_template);
        self.attribute("Name", provider);
        self.bytes.push(0x03);
        self.open("EventID", false, in_template);
        self.full(&id.to_string());
        self.bytes.push(0x04);
        self.open("EventData", false, in_template);
        self.bytes.push(0x02);
    }

    fn event(&mut self, provider: &str, id: u16, fields: &[Field]) {
        self.begin();
        self.system(provider, id, false);
        for (name, value) in fields {
            self.open("Data", !name.is_empty(), false);
            if !name.is_empty() {
                self.attribute("Name", name);
            }
            self.full(value);
        }
        self.bytes.extend([0x04, 0x04]);
        self.end();
    }

    /// An event by a template, which is defined here or stands at an offset; where it stands.
    fn template(&mut self, known: Option<usize>) -> usize {
        self.begin();
        self.bytes.extend([0x0c, 0x01]);
        self.u32(7);
        let offset = known.unwrap_or(self.bytes.len() + 4);
        self.u32(offset);
        if known.is_none() {
            self.definition();
        }
        let values: [(u8, Vec<u8>); 4] = [
            (0x01, "DESKTOP-1".encode_utf16().flat_map(u16::to_le_bytes).collect()),
            (0x08, 2_u32.to_le_bytes().to_vec()),
            (0x11, TIME.to_le_bytes().to_vec()),
            (0x0e, vec![1, 2, 3]),
        ];
        self.u32(values.len());
        for (kind, value) in &values {
            self.u16(u16::try_from(value.len()).expect("short"));
            self.bytes.extend([*kind, 0]);
        }
        values.iter().for_each(|(_, value)| self.bytes.extend(value));
        self.end();
        offset
    }

    fn definition(&mut self) {
        self.bytes.extend([0; 4]);
        self.bytes.extend([9; 16]);
        let length = self.bytes.len();
        self.u32(0);
        self.bytes.extend([0x0f, 1, 1, 0]);
        self.system("Microsoft-Windows-Kernel-General", 12, true);
        for (number, (name, kind)) in
            (0..).zip([("MajorVersion", 0x01), ("MinorVersion", 0x08), ("StartTime", 0x11), ("Bytes", 0x0e)])
        {
            self.open("Data", true, true);
            self.attribute("Name", name);
            self.bytes.extend([0x02, if number == 0 { 0x0d } else { 0x0e }, number, 0, kind, 0x04]);
        }
        self.bytes.extend([0x04, 0x04, 0x00]);
        let size = u32::try_from(self.bytes.len() - length - 4).expect("small");
        self.bytes[length..length + 4].copy_from_slice(&size.to_le_bytes());
    }

    fn begin(&mut self) {
        self.last = self.bytes.len();
        self.records += 1;
        self.bytes.extend(b"**\0\0\0\0\0\0");
        self.bytes.extend(self.records.to_le_bytes());
        self.bytes.extend(TIME.to_le_bytes());
        self.bytes.extend([0x0f, 1, 1, 0]);
    }

    fn end(&mut self) {
        self.bytes.push(0);
        let begin = self.last;
        let size = (self.bytes.len() + 4 - begin).next_multiple_of(8);
        self.bytes.resize(begin + size - 4, 0);
        self.u32(size);
        let size = u32::try_from(size).expect("small").to_le_bytes();
        self.bytes[begin + 4..begin + 8].copy_from_slice(&size);
    }

    fn done(mut self) -> Vec<u8> {
        self.bytes[..8].copy_from_slice(b"ElfChnk\0");
        let wide = [(8, 1), (16, self.records), (24, 1), (32, self.records)];
        for (at, number) in wide {
            self.bytes[at..at + 8].copy_from_slice(&number.to_le_bytes());
        }
        for (at, number) in [(40, 128), (44, self.last), (48, self.bytes.len())] {
            self.bytes[at..at + 4].copy_from_slice(&u32::try_from(number).expect("small").to_le_bytes());
        }
        self.bytes
    }
}
