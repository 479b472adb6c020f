//! Media: the trees of a volume, and the bytes of the files in them. A volume begins far behind its first byte: what a
//! fuzzer gives stands for the sectors that tell something, the others are empty.

use std::io;

use wimproof::source::{
    ReadAt, Run,
    iso::{Kind, Volume},
};

const SECTOR: usize = 2048;
/// Sectors that a case can fill.
const MAX_SECTORS: usize = 32;

/// Which sectors of the volume a case fills: the first ones, then all from the last on.
#[derive(Clone, Copy)]
pub enum Places {
    /// Descriptors of ISO 9660, and what follows them.
    Iso9660,
    /// Recognition, volume descriptors, sparing tables, anchor, partition, as the test kit lays them out without the trees
    /// of ISO 9660.
    Udf,
}

impl Places {
    fn sector(self, index: usize) -> usize {
        const UDF: [usize; 10] = [16, 17, 18, 32, 33, 34, 35, 64, 65, 256];
        match self {
            Self::Iso9660 => 16 + index,
            Self::Udf => UDF.get(index).copied().unwrap_or(257 + index.saturating_sub(UDF.len())),
        }
    }
}

/// A volume of which only some sectors are kept.
struct Sparse {
    places: Places,
    sectors: Vec<[u8; SECTOR]>,
}

impl ReadAt for Sparse {
    fn size(&self) -> u64 {
        ((self.places.sector(self.sectors.len()) + 1) * SECTOR) as u64
    }

    fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        let left = self.size().saturating_sub(offset);
        let (sector, skipped) = (offset as usize / SECTOR, offset as usize % SECTOR);
        let wanted = buf.len().min(SECTOR - skipped).min(left as usize);
        let found = (0..self.sectors.len()).find(|index| self.places.sector(*index) == sector);
        match found {
            Some(index) => buf[..wanted].copy_from_slice(&self.sectors[index][skipped..skipped + wanted]),
            None => buf[..wanted].fill(0),
        }
        Ok(wanted)
    }
}

/// A case for a volume, for seeds.
pub fn case(volume: &[u8], places: Places) -> Vec<u8> {
    let sectors = (0..MAX_SECTORS).filter_map(|index| {
        let start = places.sector(index) * SECTOR;
        volume.get(start..start + SECTOR)
    });
    sectors.flatten().copied().collect()
}

/// A case for a volume of the test kit with trees of ISO 9660, for seeds: what stands from its sector 257 on follows the
/// descriptors, from sector 24 on.
pub fn near(volume: &[u8]) -> Vec<u8> {
    const FROM: u32 = 257;
    const TO: u32 = 24;
    let mut near = volume[16 * SECTOR..TO as usize * SECTOR].to_vec();
    near.extend(&volume[FROM as usize * SECTOR..]);
    // Each sector number stands in both byte orders, which is what tells it from other bytes.
    for at in 0..near.len().saturating_sub(8) {
        let number = u32::from_le_bytes(near[at..at + 4].try_into().expect("four"));
        let known = (FROM..FROM + 64).contains(&number) && near[at + 4..at + 8] == number.to_be_bytes();
        if known {
            let number = number - FROM + TO;
            near[at..at + 4].copy_from_slice(&number.to_le_bytes());
            near[at + 4..at + 8].copy_from_slice(&number.to_be_bytes());
        }
    }
    near
}

/// How many files the first file system of a case shows, for seeds.
pub fn files(bytes: &[u8], places: Places) -> usize {
    let volume = Volume::open(&source(bytes, places));
    volume.map_or(0, |volume| volume.systems.first().map_or(0, |system| system.files.len()))
}

fn source(bytes: &[u8], places: Places) -> Sparse {
    let mut sectors: Vec<[u8; SECTOR]> = Vec::new();
    for (index, chunk) in bytes.chunks(SECTOR).take(MAX_SECTORS).enumerate() {
        let mut sector = [0; SECTOR];
        sector[..chunk.len()].copy_from_slice(chunk);
        // The sectors by which a volume is recognised have no tags.
        if matches!(places, Places::Udf) && places.sector(index) >= 32 {
            seal(&mut sector);
        }
        sectors.push(sector);
    }
    Sparse { places, sectors }
}

/// Reads a volume.
///
/// # Panics
/// When a file that can be opened has another length than the tree says, or cannot be read at its ends, or a tree was
/// read from a volume that has none.
pub fn read(bytes: &[u8], places: Places) {
    let source = source(bytes, places);
    let Ok(volume) = Volume::open(&source) else { return };
    assert!(!volume.systems.is_empty());
    for system in &volume.systems {
        assert!(system.kind != Kind::Udf || system.files.len() < 2000);
        for file in &system.files {
            let held: u64 = file.runs.iter().map(|Run { length, .. }| length).sum();
            assert!(held >= file.size, "{} holds {held} of {}", file.path, file.size);
            let Ok(opened) = wimproof::source::Extents::new(&source, &file.runs, file.size) else { continue };
            assert_eq!(opened.size(), file.size);
            if let Some(last) = file.size.checked_sub(1) {
                let mut byte = [0];
                opened.read_exact_at(0, &mut byte).expect("the first byte");
                opened.read_exact_at(last, &mut byte).expect("the last byte");
            }
        }
    }
}

/// Makes checksum and CRC of the descriptors of a sector right: a fuzzer would hardly find them.
fn seal(sector: &mut [u8]) {
    let number = |bytes: &[u8], at: usize| usize::from(u16::from_le_bytes([bytes[at], bytes[at + 1]]));
    let mut at = 0;
    while at + 40 <= sector.len() {
        let descriptor = &mut sector[at..];
        let id = number(descriptor, 0);
        let length = match id {
            0 if !descriptor[17..].starts_with(b"*UDF Sparing") => return,
            257 => (38 + usize::from(descriptor[19]) + number(descriptor, 36)).next_multiple_of(4),
            _ => descriptor.len(),
        };
        let length = length.min(descriptor.len());
        let covered = number(descriptor, 10).min(length - 16);
        descriptor[10..12].copy_from_slice(&u16::try_from(covered).expect("a sector").to_le_bytes());
        let crc = descriptor[16..16 + covered].iter().fold(0_u16, |crc, byte| {
            (0..8).fold(crc ^ (u16::from(*byte) << 8), |crc, _| {
                if crc & 0x8000 == 0 { crc << 1 } else { (crc << 1) ^ 0x1021 }
            })
        });
        descriptor[8..10].copy_from_slice(&crc.to_le_bytes());
        descriptor[4] = 0;
        descriptor[4] = descriptor[..16].iter().fold(0, |sum: u8, byte| sum.wrapping_add(*byte));
        if id != 257 {
            return;
        }
        at += length;
    }
}
