//! File entries (4/14.9, 4/14.17): what a file is, and where its bytes lie.

use std::io;

use super::{
    space::{Address, Space, long_address},
    tag::{self, TAG, id},
};
use crate::source::{Run, iso::fields::Fields};

/// Extents of a file. One holds less than 1 GiB.
const MAX_RUNS: usize = 100_000;
/// Blocks of further allocation descriptors that a file may have.
const MAX_CHAIN: usize = 1000;

/// Kinds of files (4/14.6.6).
const FOLDER: u8 = 4;
/// Plain files, and those of real time, which only asks for speed.
const FILES: [u8; 4] = [0, 5, 249, 250];

/// A file or folder.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) is_folder: bool,
    /// Whether it is a file whose bytes can be read, not a link or device.
    pub(super) is_plain: bool,
    /// Length in bytes.
    pub(super) size: u64,
    pub(super) runs: Vec<Run>,
}

/// Where the fields of the two kinds of entries stand.
struct Shape {
    attributes_length: usize,
    end: usize,
}

const PLAIN: Shape = Shape { attributes_length: 168, end: 176 };
const EXTENDED: Shape = Shape { attributes_length: 208, end: 216 };

/// How allocation descriptors are written (4/14.6.8).
#[derive(Clone, Copy)]
enum Form {
    Short,
    Long,
}

impl Form {
    fn length(self) -> usize {
        match self {
            Self::Short => 8,
            Self::Long => 16,
        }
    }
}

impl Entry {
    /// Reads an entry.
    pub(super) fn read(space: &Space<'_>, address: Address) -> io::Result<Self> {
        let (at, bytes) = space.read("file entry", address)?;
        let fields = Fields { what: "file entry", at, bytes: &bytes };
        let shape = match tag::check(&fields)? {
            id::FILE_ENTRY => PLAIN,
            id::EXTENDED_FILE_ENTRY => EXTENDED,
            id::INDIRECT => {
                return Err(fields.fault("an indirect entry, which only media written bit by bit have"));
            }
            other => return Err(fields.fault(format!("expected a file entry, found a descriptor {other}"))),
        };
        let strategy = fields.u16(TAG + 4)?;
        if strategy != 4 {
            return Err(fields.fault(format!("strategy {strategy}; only 4 is read")));
        }
        let (kind, size) = (fields.u8(TAG + 11)?, fields.u64(56)?);
        let mut entry =
            Self { is_folder: kind == FOLDER, is_plain: FILES.contains(&kind), size, runs: Vec::new() };
        let start = shape.end.saturating_add(fields.u32(shape.attributes_length)? as usize);
        let length = fields.u32(shape.attributes_length + 4)? as usize;
        let allocation = fields.slice(start, length)?;
        let list = Fields { what: "allocation descriptors", at: at + start as u64, bytes: allocation };
        match fields.u16(TAG + 18)? & 7 {
            0 => entry.extents(space, address.partition, Form::Short, &list)?,
            1 => entry.extents(space, address.partition, Form::Long, &list)?,
            3 => entry.runs.push(Run { from: Some(list.at), length: length as u64 }),
            other => return Err(fields.fault(format!("allocation descriptors of kind {other}"))),
        }
        let held = entry.runs.iter().fold(0_u64, |sum, run| sum.saturating_add(run.length));
        match held < size {
            true => Err(fields.fault(format!("its extents hold {held} bytes, its size is {size}"))),
            false => Ok(entry),
        }
    }

    /// Follows the allocation descriptors, and the blocks of further ones.
    fn extents(
        &mut self,
        space: &Space<'_>,
        partition: u16,
        form: Form,
        list: &Fields<'_>,
    ) -> io::Result<()> {
        let mut next = self.list(space, partition, form, list)?;
        for _ in 0..MAX_CHAIN {
            let Some(address) = next else { return Ok(()) };
            let (at, bytes) = space.read("allocation extent", address)?;
            let extent = Fields { what: "allocation extent", at, bytes: &bytes };
            tag::expect(&extent, id::ALLOCATION_EXTENT)?;
            let inner = extent.slice(24, extent.u32(20)? as usize)?;
            let list = Fields { what: "allocation descriptors", at: at + 24, bytes: inner };
            next = self.list(space, address.partition, form, &list)?;
        }
        Err(list.fault(format!("they go on for more than {MAX_CHAIN} blocks, or in a circle")))
    }

    /// Takes one list of descriptors; the answer is where it goes on.
    fn list(
        &mut self,
        space: &Space<'_>,
        partition: u16,
        form: Form,
        list: &Fields<'_>,
    ) -> io::Result<Option<Address>> {
        let mut at = 0;
        while at + form.length() <= list.bytes.len() {
            let (length, address) = match form {
                Form::Short => (list.u32(at)?, Address { partition, block: list.u32(at + 4)? }),
                Form::Long => long_address(list, at)?,
            };
            at += form.length();
            let (kind, length) = (length >> 30, length & 0x3FFF_FFFF);
            // An extent of no length ends the list (4/12.1).
            match (kind, length) {
                (_, 0) => return Ok(None),
                (3, _) => return Ok(Some(address)),
                (0, _) => self.runs.append(&mut space.locate(address, length.into())?),
                _ => self.runs.push(Run { from: None, length: length.into() }),
            }
            if self.runs.len() > MAX_RUNS {
                return Err(list.fault(format!("a file in more than {MAX_RUNS} extents")));
            }
        }
        Ok(None)
    }
}
