//! Writes ZIP files, also wrong ones, independently of the reader.

use std::io::Write as _;

use flate2::{Compression, Crc, write::DeflateEncoder};

/// A member as it is to be written; every field can be made to lie.
#[derive(Clone)]
pub(super) struct Member {
    pub(super) name: Vec<u8>,
    /// Name in the member's own header.
    pub(super) local_name: Vec<u8>,
    pub(super) flags: u16,
    pub(super) method: u16,
    pub(super) crc: u32,
    pub(super) size: u32,
    pub(super) packed: Vec<u8>,
    /// High half of the external attributes: a Unix mode.
    pub(super) mode: u16,
}

impl Member {
    pub(super) fn stored(name: &str, bytes: &[u8]) -> Self {
        let mut crc = Crc::new();
        crc.update(bytes);
        Self {
            name: name.into(),
            local_name: name.into(),
            flags: if name.is_ascii() { 0 } else { 1 << 11 },
            method: 0,
            crc: crc.sum(),
            size: u32::try_from(bytes.len()).expect("small"),
            packed: bytes.to_vec(),
            mode: 0o100_644,
        }
    }

    pub(super) fn deflated(name: &str, bytes: &[u8]) -> Self {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(bytes).expect("memory");
        Self { method: 8, packed: encoder.finish().expect("memory"), ..Self::stored(name, bytes) }
    }

    fn header(&self, central: Option<u32>) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut put = |part: &[u8]| bytes.extend_from_slice(part);
        match central {
            None => put(b"PK\x03\x04"),
            // Made by Unix, so that the mode counts.
            Some(_) => put(b"PK\x01\x02\x14\x03"),
        }
        put(&20_u16.to_le_bytes());
        put(&self.flags.to_le_bytes());
        put(&self.method.to_le_bytes());
        put(&[0; 4]);
        put(&self.crc.to_le_bytes());
        put(&len(&self.packed).to_le_bytes());
        put(&self.size.to_le_bytes());
        let name = if central.is_some() { &self.name } else { &self.local_name };
        put(&u16::try_from(name.len()).expect("short").to_le_bytes());
        put(&[0; 2]);
        if let Some(offset) = central {
            put(&[0; 6]);
            put(&(u32::from(self.mode) << 16).to_le_bytes());
            put(&offset.to_le_bytes());
        }
        put(name);
        bytes
    }
}

/// An archive of these members.
pub(super) fn zip(members: &[Member]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut directory = Vec::new();
    for member in members {
        directory.extend(member.header(Some(len(&bytes))));
        bytes.extend(member.header(None));
        bytes.extend(&member.packed);
    }
    end(&mut bytes, &directory, members.len());
    bytes
}

/// An archive whose members all are the same bytes: one header, many lines in the directory.
pub(super) fn overlapping(member: &Member, count: usize) -> Vec<u8> {
    let mut bytes = member.header(None);
    bytes.extend(&member.packed);
    let directory = member.header(Some(0)).repeat(count);
    end(&mut bytes, &directory, count);
    bytes
}

/// An archive whose only member begins where the directory does, and is an archive as well.
pub(super) fn swallowing_itself() -> Vec<u8> {
    // The directory has 46 bytes and the name, the end has 22.
    let member = Member::stored("r.zip", &[0; 46 + 5 + 22]);
    let mut bytes = member.header(None);
    end(&mut bytes, &member.header(Some(0)), 1);
    bytes
}

fn end(bytes: &mut Vec<u8>, directory: &[u8], count: usize) {
    let start = len(bytes);
    bytes.extend(directory);
    let count = u16::try_from(count & 0xffff).expect("16 bits").to_le_bytes();
    bytes.extend(b"PK\x05\x06\0\0\0\0");
    bytes.extend([count, count].concat());
    bytes.extend(len(directory).to_le_bytes());
    bytes.extend(start.to_le_bytes());
    bytes.extend([0; 2]);
}

fn len(bytes: &[u8]) -> u32 {
    u32::try_from(bytes.len()).expect("small")
}
