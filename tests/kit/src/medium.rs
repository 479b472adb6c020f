//! Writes media: UDF 1.02, ISO 9660 and Joliet trees over the same bytes, as a bridge disc has them.
//!
//! Layout by sectors of 2048 bytes: 16 descriptors, 32 main and 48 reserve volume descriptor sequence, 64 sparing tables,
//! 256 anchor, from 257 the partition of UDF with file set, folders, files and the folders of the other trees; packets in
//! reserve; the second anchor at the end.

use std::collections::BTreeSet;

const SECTOR: usize = 2048;
/// First sector of the partition.
pub const PARTITION: usize = 257;
/// Where the sparing tables stand.
pub const SPARING_TABLES: [usize; 2] = [64, 65];

/// A file of a medium, and the trees that show it.
#[derive(Clone, Debug)]
struct File {
    path: String,
    bytes: Vec<u8>,
    udf: bool,
    iso: bool,
    /// What the trees other than UDF say of its length.
    iso_size: Option<u32>,
}

/// A medium to be written.
#[allow(clippy::struct_excessive_bools, reason = "which file systems it has")]
#[derive(Clone, Debug)]
pub struct Medium {
    files: Vec<File>,
    udf: bool,
    iso: bool,
    joliet: bool,
    metadata: bool,
    /// Sectors of a packet, of a disc with packets in reserve.
    packet: Option<usize>,
}

impl Default for Medium {
    fn default() -> Self {
        Self::new()
    }
}

impl Medium {
    /// A bridge disc without files.
    #[must_use]
    pub fn new() -> Self {
        Self { files: Vec::new(), udf: true, iso: true, joliet: false, metadata: false, packet: None }
    }

    /// Only ISO 9660, and Joliet if wanted.
    #[must_use]
    pub fn without_udf(mut self, joliet: bool) -> Self {
        (self.udf, self.joliet) = (false, joliet);
        self
    }

    /// Lays the folders of UDF into a metadata partition, as UDF 2.50 does.
    #[must_use]
    pub fn metadata_partition(mut self) -> Self {
        self.metadata = true;
        self
    }

    /// Only UDF.
    #[must_use]
    pub fn without_iso(mut self) -> Self {
        (self.iso, self.joliet) = (false, false);
        self
    }

    /// Only UDF, on a disc that is written again and again by packets of so many sectors: every second packet is worn out
    /// and lies elsewhere.
    #[must_use]
    pub fn sparable(mut self, packet: usize) -> Self {
        self.packet = Some(packet);
        self.without_iso()
    }

    /// Adds a file to all trees.
    #[must_use]
    pub fn file(self, path: &str, bytes: &[u8]) -> Self {
        self.add(path, bytes, true, true, None)
    }

    /// Adds a file that only UDF shows.
    #[must_use]
    pub fn udf_file(self, path: &str, bytes: &[u8]) -> Self {
        self.add(path, bytes, true, false, None)
    }

    /// Adds a file that only the other trees show.
    #[must_use]
    pub fn iso_file(self, path: &str, bytes: &[u8]) -> Self {
        self.add(path, bytes, false, true, None)
    }

    /// Adds a file of which the other trees give another length.
    #[must_use]
    pub fn mismeasured(self, path: &str, bytes: &[u8], iso_size: u32) -> Self {
        self.add(path, bytes, true, true, Some(iso_size))
    }

    fn add(mut self, path: &str, bytes: &[u8], udf: bool, iso: bool, iso_size: Option<u32>) -> Self {
        self.files.push(File { path: path.to_owned(), bytes: bytes.to_vec(), udf, iso, iso_size });
        self
    }

    /// Writes it.
    #[must_use]
    pub fn build(&self) -> Vec<u8> {
        let mut disc =
            Disc { bytes: vec![0; PARTITION * SECTOR], next: PARTITION, reference: u16::from(self.metadata) };
        let metadata_file = disc.take(1);
        let file_set = disc.take(2);
        let starts: Vec<usize> = self.files.iter().map(|file| disc.put(&file.bytes)).collect();
        if self.udf {
            let root = self.udf_folder(&mut disc, "", &starts, None);
            disc.file_set(file_set, root);
        }
        let iso = self.iso.then(|| self.iso_tree(&mut disc, &starts, false));
        let joliet = self.joliet.then(|| self.iso_tree(&mut disc, &starts, true));
        let mut at = 16;
        for (kind, root) in [(1, iso), (2, joliet)] {
            if let Some(root) = root {
                disc.iso_descriptor(at, kind, root);
                at += 1;
            }
        }
        if self.iso {
            disc.at(at)[..7].copy_from_slice(b"\xffCD001\x01");
            at += 1;
        }
        let reserve = self.packet.map(|packet| {
            disc.take((disc.next - PARTITION).next_multiple_of(packet) - (disc.next - PARTITION));
            let packets = (disc.next - PARTITION) / packet;
            disc.take(packets.div_ceil(2) * packet)
        });
        // Room for the last anchor.
        disc.take(1);
        if self.udf {
            for name in [b"BEA01", b"NSR02", b"TEA01"] {
                disc.at(at)[1..6].copy_from_slice(name);
                disc.at(at)[6] = 1;
                at += 1;
            }
            // The file of the metadata is the whole partition: its blocks have the same numbers.
            let length = (disc.next - 1 - PARTITION) * SECTOR;
            disc.entry(metadata_file, 250, length, PARTITION);
            disc.volume(file_set, metadata_file, self.packet);
        }
        if let (Some(packet), Some(reserve)) = (self.packet, reserve) {
            disc.wear_out(packet, reserve);
        }
        disc.bytes
    }

    /// Names and paths right below a folder: folders, then indices of files.
    fn below(&self, folder: &str, shown: impl Fn(&File) -> bool) -> (BTreeSet<String>, Vec<(String, usize)>) {
        let (mut folders, mut files) = (BTreeSet::new(), Vec::new());
        for (index, file) in self.files.iter().enumerate().filter(|(_, file)| shown(file)) {
            let rest = match folder {
                "" => Some(file.path.as_str()),
                folder => file.path.strip_prefix(folder).and_then(|rest| rest.strip_prefix('/')),
            };
            match rest
                .map(|rest| rest.split_once('/').map_or((rest, None), |(name, rest)| (name, Some(rest))))
            {
                Some((name, Some(_))) => drop(folders.insert(name.to_owned())),
                Some((name, None)) => files.push((name.to_owned(), index)),
                None => {}
            }
        }
        (folders, files)
    }

    /// Writes a folder of UDF; the answer is the sector of its entry.
    fn udf_folder(&self, disc: &mut Disc, path: &str, starts: &[usize], parent: Option<usize>) -> usize {
        let own = disc.take(1);
        let mut content = identifier("", parent.unwrap_or(own), disc.reference, 0x0A);
        let (folders, files) = self.below(path, |file| file.udf);
        for name in folders {
            let below = if path.is_empty() { name.clone() } else { format!("{path}/{name}") };
            let entry = self.udf_folder(disc, &below, starts, Some(own));
            content.extend(identifier(&name, entry, disc.reference, 0x02));
        }
        for (name, index) in files {
            let entry = disc.take(1);
            disc.entry(entry, 5, self.files[index].bytes.len(), starts[index]);
            content.extend(identifier(&name, entry, disc.reference, 0));
        }
        let start = disc.put(&content);
        disc.entry(own, 4, content.len(), start);
        own
    }

    /// Writes a tree of ISO 9660; the answer is sector and length of its root folder.
    fn iso_tree(&self, disc: &mut Disc, starts: &[usize], joliet: bool) -> (usize, usize) {
        self.iso_folder(disc, "", starts, joliet)
    }

    fn iso_folder(&self, disc: &mut Disc, path: &str, starts: &[usize], joliet: bool) -> (usize, usize) {
        let (folders, files) = self.below(path, |file| file.iso);
        let mut records = Vec::new();
        for name in folders {
            let below = if path.is_empty() { name.clone() } else { format!("{path}/{name}") };
            let (start, length) = self.iso_folder(disc, &below, starts, joliet);
            records.push(record(&iso_name(&name, joliet, false), start, length, 2));
        }
        for (name, index) in files {
            let file = &self.files[index];
            let length = file.iso_size.map_or(file.bytes.len(), |size| size as usize);
            records.push(record(&iso_name(&name, joliet, true), starts[index], length, 0));
        }
        let mut content = Vec::new();
        for record in [record(&[0], 0, SECTOR, 2), record(&[1], 0, SECTOR, 2)].iter().chain(&records) {
            // Records do not cross sectors.
            if content.len() % SECTOR + record.len() > SECTOR {
                content.resize(content.len().next_multiple_of(SECTOR), 0);
            }
            content.extend(record);
        }
        content.resize(content.len().next_multiple_of(SECTOR), 0);
        (disc.put(&content), content.len())
    }
}

struct Disc {
    bytes: Vec<u8>,
    next: usize,
    /// The partition map that addresses of UDF refer to.
    reference: u16,
}

impl Disc {
    /// Takes sectors; the answer is the first.
    fn take(&mut self, sectors: usize) -> usize {
        let first = self.next;
        self.next += sectors;
        self.bytes.resize(self.next * SECTOR, 0);
        first
    }

    fn put(&mut self, bytes: &[u8]) -> usize {
        let first = self.take(bytes.len().div_ceil(SECTOR).max(1));
        self.bytes[first * SECTOR..][..bytes.len()].copy_from_slice(bytes);
        first
    }

    fn at(&mut self, sector: usize) -> &mut [u8] {
        &mut self.bytes[sector * SECTOR..][..SECTOR]
    }

    /// A file entry with one extent, or as many as its length needs.
    fn entry(&mut self, sector: usize, kind: u8, length: usize, start: usize) {
        let mut body = vec![0; 176];
        body[20] = 4;
        body[24] = 1;
        body[16 + 11] = kind;
        body[48] = 1;
        body[56..64].copy_from_slice(&(length as u64).to_le_bytes());
        body[172..176].copy_from_slice(&8_u32.to_le_bytes());
        body.extend(crate::bytes::small(length).to_le_bytes());
        body.extend(crate::bytes::small(start - PARTITION).to_le_bytes());
        let tagged = tagged(261, sector - PARTITION, body);
        self.at(sector)[..tagged.len()].copy_from_slice(&tagged);
    }

    fn file_set(&mut self, sector: usize, root: usize) {
        let mut body = vec![0; 512];
        body[400..416].copy_from_slice(&long(root, self.reference));
        let tagged = tagged(256, sector - PARTITION, body);
        self.at(sector)[..512].copy_from_slice(&tagged);
    }

    fn iso_descriptor(&mut self, sector: usize, kind: u8, (start, length): (usize, usize)) {
        let root = record(&[0], start, length, 2);
        let descriptor = self.at(sector);
        descriptor[0] = kind;
        descriptor[1..7].copy_from_slice(b"CD001\x01");
        if kind == 2 {
            descriptor[88..91].copy_from_slice(b"%/E");
        }
        descriptor[128..132].copy_from_slice(&[0, 8, 8, 0]);
        descriptor[156..190].copy_from_slice(&root);
    }

    /// Volume descriptors and anchors.
    fn volume(&mut self, file_set: usize, metadata_file: usize, packet: Option<usize>) {
        let last = self.next - 1;
        for first in [32, 48] {
            let mut partition = vec![0; 512];
            partition[16] = 2;
            partition[24..31].copy_from_slice(b"\0+NSR02");
            partition[188..192].copy_from_slice(&crate::bytes::small(PARTITION).to_le_bytes());
            partition[192..196].copy_from_slice(&crate::bytes::small(last - PARTITION).to_le_bytes());
            let mut logical = vec![0; 446];
            logical[16] = 3;
            logical[212..216].copy_from_slice(&2048_u32.to_le_bytes());
            logical[217..236].copy_from_slice(b"*OSTA UDF Compliant");
            logical[240..242].copy_from_slice(&[2, 1]);
            logical[248..264].copy_from_slice(&long(file_set, self.reference));
            logical[264..272].copy_from_slice(&[6, 0, 0, 0, 1, 0, 0, 0]);
            logical[440..446].copy_from_slice(&[1, 6, 1, 0, 0, 0]);
            if self.reference == 1 {
                logical[240..242].copy_from_slice(&[0x50, 2]);
                logical[264..272].copy_from_slice(&[70, 0, 0, 0, 2, 0, 0, 0]);
                logical.extend(metadata_map(metadata_file));
            }
            if let Some(packet) = packet {
                logical[264] = 64;
                logical.truncate(440);
                logical.extend(sparable_map(packet));
            }
            let descriptors = [(1, vec![0; 512]), (5, partition), (6, logical), (8, vec![0; 512])];
            for (sector, (id, body)) in (first..).zip(descriptors) {
                let tagged = tagged(id, sector, body);
                self.at(sector)[..tagged.len()].copy_from_slice(&tagged);
            }
        }
        for sector in [256, last] {
            let mut anchor = vec![0; 512];
            for (at, first) in [(16, 32_u32), (24, 48)] {
                anchor[at..at + 4].copy_from_slice(&(16 * 2048_u32).to_le_bytes());
                anchor[at + 4..at + 8].copy_from_slice(&first.to_le_bytes());
            }
            let tagged = tagged(2, sector, anchor);
            self.at(sector)[..512].copy_from_slice(&tagged);
        }
    }
}

impl Disc {
    /// Moves every second packet before `reserve` there, spoils where it was, and says so in two tables: one that is older
    /// and knows of nothing, one that is right.
    fn wear_out(&mut self, packet: usize, reserve: usize) {
        let mut table = b"\0*UDF Sparing Table\0\0\0\0\0".to_vec();
        table.splice(0..0, [0; 16]);
        table.resize(56, 0);
        let mut older = table.clone();
        older[52] = 1;
        table[52] = 2;
        let worn: Vec<usize> = (0..(reserve - PARTITION) / packet).step_by(2).collect();
        for (index, number) in worn.iter().enumerate() {
            let (from, to) = (PARTITION + number * packet, reserve + index * packet);
            let (from, to) = (from * SECTOR, to * SECTOR);
            self.bytes.copy_within(from..from + packet * SECTOR, to);
            self.bytes[from..][..packet * SECTOR].fill(0xDE);
            table.extend(crate::bytes::small(number * packet).to_le_bytes());
            table.extend(crate::bytes::small(to / SECTOR).to_le_bytes());
        }
        // One in reserve, one that is worn out itself.
        for free in [0xFFFF_FFFF_u32, 0xFFFF_FFF0] {
            table.extend(free.to_le_bytes());
            table.extend(crate::bytes::small(reserve).to_le_bytes());
        }
        table[48..50].copy_from_slice(&u16::try_from(worn.len() + 2).expect("few packets").to_le_bytes());
        for (sector, body) in SPARING_TABLES.into_iter().zip([older, table]) {
            let tagged = tagged(0, sector, body);
            self.bytes[sector * SECTOR..][..tagged.len()].copy_from_slice(&tagged);
        }
    }
}

/// A partition map of type 2: packets of the partition that lie elsewhere.
fn sparable_map(packet: usize) -> [u8; 64] {
    let mut map = [0; 64];
    map[..2].copy_from_slice(&[2, 64]);
    map[5..28].copy_from_slice(b"*UDF Sparable Partition");
    map[28..30].copy_from_slice(&[1, 2]);
    map[36] = 1;
    map[40..42].copy_from_slice(&u16::try_from(packet).expect("a short packet").to_le_bytes());
    map[42] = 2;
    map[44..48].copy_from_slice(&2048_u32.to_le_bytes());
    for (index, sector) in SPARING_TABLES.iter().enumerate() {
        map[48 + 4 * index..][..4].copy_from_slice(&crate::bytes::small(*sector).to_le_bytes());
    }
    map
}

/// A partition map of type 2: blocks that lie in a file of partition 0.
fn metadata_map(file: usize) -> [u8; 64] {
    let mut map = [0; 64];
    map[..2].copy_from_slice(&[2, 64]);
    map[5..28].copy_from_slice(b"*UDF Metadata Partition");
    map[28..30].copy_from_slice(&[0x50, 2]);
    map[36] = 1;
    let file = crate::bytes::small(file - PARTITION).to_le_bytes();
    map[40..44].copy_from_slice(&file);
    map[44..48].copy_from_slice(&file);
    map[48..52].fill(0xFF);
    map[52] = 32;
    map[56] = 32;
    map
}

/// A long allocation descriptor of one sector.
fn long(sector: usize, reference: u16) -> [u8; 16] {
    let mut long = [0; 16];
    long[..4].copy_from_slice(&2048_u32.to_le_bytes());
    long[4..8].copy_from_slice(&crate::bytes::small(sector - PARTITION).to_le_bytes());
    long[8..10].copy_from_slice(&reference.to_le_bytes());
    long
}

/// A file identifier descriptor.
fn identifier(name: &str, entry: usize, reference: u16, characteristics: u8) -> Vec<u8> {
    let mut body = vec![0; 38];
    body[16] = 1;
    body[18] = characteristics;
    body[20..36].copy_from_slice(&long(entry, reference));
    if !name.is_empty() {
        body.push(16);
        body.extend(name.encode_utf16().flat_map(u16::to_be_bytes));
    }
    body[19] = u8::try_from(body.len() - 38).expect("a short name");
    body.resize(body.len().next_multiple_of(4), 0);
    tagged(257, 0, body)
}

/// A directory record of ISO 9660.
fn record(name: &[u8], start: usize, length: usize, flags: u8) -> Vec<u8> {
    let mut record = vec![0; 33];
    for (at, number) in [(2, start), (10, length)] {
        let number = crate::bytes::small(number);
        record[at..at + 4].copy_from_slice(&number.to_le_bytes());
        record[at + 4..at + 8].copy_from_slice(&number.to_be_bytes());
    }
    record[25] = flags;
    record[32] = u8::try_from(name.len()).expect("a short name");
    record.extend(name);
    record.resize(record.len().next_multiple_of(2), 0);
    record[0] = u8::try_from(record.len()).expect("a short record");
    record
}

fn iso_name(name: &str, joliet: bool, versioned: bool) -> Vec<u8> {
    let name = if versioned { format!("{name};1") } else { name.to_owned() };
    match joliet {
        true => name.encode_utf16().flat_map(u16::to_be_bytes).collect(),
        false => name.to_uppercase().into_bytes(),
    }
}

/// Puts the tag of ECMA-167 before a descriptor whose first 16 bytes are free for it, with checksum and CRC.
///
/// # Panics
/// Where the descriptor is longer than 64 KiB.
#[must_use]
pub fn tagged(id: u16, location: usize, mut body: Vec<u8>) -> Vec<u8> {
    let covered = body.len() - 16;
    let crc = body[16..].iter().fold(0_u16, |crc, byte| {
        (0..8).fold(crc ^ (u16::from(*byte) << 8), |crc, _| {
            if crc & 0x8000 == 0 { crc << 1 } else { (crc << 1) ^ 0x1021 }
        })
    });
    body[..16].fill(0);
    body[..2].copy_from_slice(&id.to_le_bytes());
    body[2] = 2;
    body[8..10].copy_from_slice(&crc.to_le_bytes());
    body[10..12].copy_from_slice(&u16::try_from(covered).expect("a short descriptor").to_le_bytes());
    body[12..16].copy_from_slice(&crate::bytes::small(location).to_le_bytes());
    body[4] = body[..16].iter().fold(0, |sum: u8, byte| sum.wrapping_add(*byte));
    body
}
