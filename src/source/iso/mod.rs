//! Media: ISO 9660 with or without Joliet, UDF, and both side by side over the same bytes. Nothing is unpacked: a file
//! is where its extents lie.
//!
//! UDF counts first. The other trees cannot say the size of a file of 4 GiB and more in one extent, and media of
//! Windows often hold nothing but a note in them.

mod ecma119;
mod fields;
mod tree;
mod udf;

use std::{io, sync::Arc};

pub use tree::{File, FileSystem, Kind};

use super::{Extents, ReadAt};

/// Sectors of the volume recognition sequence (ECMA-167 2/8) stand from here on, every 2048 bytes.
const RECOGNITION: u64 = 32_768;
const SECTOR: u64 = 2048;
/// Sectors of it that are looked at. It has five or six on a bridge.
const RECOGNITION_SECTORS: u64 = 64;

/// A medium.
#[derive(Debug)]
pub struct Volume {
    /// Its file systems; the first is the one that counts.
    pub systems: Vec<FileSystem>,
}

/// What of a volume is announced at its begin.
#[derive(Debug, Default, Clone, Copy)]
struct Announced {
    iso9660: bool,
    udf: bool,
}

impl Volume {
    /// Whether some bytes announce themselves as a volume of this kind.
    pub fn is_announced(source: &dyn ReadAt) -> io::Result<bool> {
        let announced = announced(source)?;
        Ok(announced.iso9660 || announced.udf)
    }

    /// Reads the trees of a volume.
    pub fn open(source: &dyn ReadAt) -> io::Result<Self> {
        let announced = announced(source)?;
        let mut systems = Vec::new();
        if announced.udf {
            systems.push(udf::read(source));
        }
        if announced.iso9660 {
            systems.extend(ecma119::read(source));
        }
        match systems.is_empty() {
            true => Err(io::Error::new(io::ErrorKind::InvalidData, "neither UDF nor ISO 9660")),
            false => Ok(Self { systems }),
        }
    }

    /// The file system that counts: the first that shows anything.
    pub fn primary(&self) -> Option<&FileSystem> {
        self.systems.first()
    }

    /// The file with a path, in upper or lower case, in the file system that counts.
    pub fn find(&self, path: &str) -> Option<&File> {
        self.primary().and_then(|system| system.find(path))
    }
}

impl File {
    /// Its bytes.
    pub fn open(&self, volume: Arc<dyn ReadAt>) -> io::Result<Extents<Arc<dyn ReadAt>>> {
        Extents::new(volume, &self.runs, self.size)
    }
}

/// Looks through the volume recognition sequence, in which the descriptors of ISO 9660 stand too.
fn announced(source: &dyn ReadAt) -> io::Result<Announced> {
    let mut found = Announced::default();
    for sector in 0..RECOGNITION_SECTORS {
        let at = RECOGNITION + sector * SECTOR;
        if at + SECTOR > source.size() {
            break;
        }
        let mut head = [0; 6];
        source.read_exact_at(at, &mut head)?;
        match head.get(1..) {
            Some(b"CD001") => found.iso9660 = true,
            Some(b"NSR02" | b"NSR03") => found.udf = true,
            Some(b"BEA01" | b"BOOT2" | b"CDW02") => {}
            // Where sectors are longer than 2048 bytes, the sectors between are empty.
            Some([0, 0, 0, 0, 0]) if sector > 0 && sector < 16 => {}
            _ => break,
        }
    }
    Ok(found)
}
