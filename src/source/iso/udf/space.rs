//! Partitions, and where their blocks lie in the volume.

use std::{cell::Cell, io};

use super::spare::Spared;
use crate::source::{
    Extents, ReadAt, Run,
    iso::fields::{self, Fields, fault},
};

/// Bytes of blocks that are read of one volume: 2 KiB for each of 200,000 files are 400 MiB.
const MAX_BLOCKS: u64 = 1 << 30;

/// A block in a partition, by the number of its partition map.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Address {
    pub(super) partition: u16,
    pub(super) block: u32,
}

/// A partition map of the logical volume.
pub(super) enum Partition<'s> {
    /// Blocks that follow one another in the volume, but for packets that lie elsewhere.
    Physical { start: u64, length: u64, spared: Spared },
    /// Blocks that lie in a file (UDF 2.50, 2.2.10).
    Metadata(Extents<&'s dyn ReadAt>),
}

/// The logical volume.
pub(super) struct Space<'s> {
    pub(super) source: &'s dyn ReadAt,
    /// Bytes of a block.
    pub(super) block: u32,
    pub(super) partitions: Vec<Partition<'s>>,
    /// Where the file set stands.
    pub(super) file_set: Address,
    /// Bytes of blocks read so far.
    pub(super) read: Cell<u64>,
}

impl Space<'_> {
    /// Where bytes that begin with a block lie.
    pub(super) fn locate(&self, address: Address, length: u64) -> io::Result<Vec<Run>> {
        let at = u64::from(address.block) * u64::from(self.block);
        match self.partitions.get(usize::from(address.partition)) {
            None => Err(fault("partition", 0, format!("there is no partition {}", address.partition))),
            Some(Partition::Physical { start, length: most, spared }) => {
                if at.checked_add(length).is_none_or(|end| end > *most) {
                    let why =
                        format!("block {} and {length} bytes lie outside of its {most} bytes", address.block);
                    return Err(fault("partition", *start, why));
                }
                Ok(spared.runs(*start, at, length))
            }
            Some(Partition::Metadata(file)) => file.locate(at, length),
        }
    }

    /// Where a block lies in the volume.
    pub(super) fn offset(&self, address: Address) -> io::Result<u64> {
        match self.locate(address, self.block.into())?.as_slice() {
            [Run { from: Some(from), .. }] => Ok(*from),
            [_, _, ..] => Err(fault("partition", 0, format!("block {} lies in pieces", address.block))),
            _ => Err(fault("partition", 0, format!("block {} is not recorded", address.block))),
        }
    }

    /// Reads a block.
    pub(super) fn read(&self, what: &str, address: Address) -> io::Result<(u64, Vec<u8>)> {
        let at = self.offset(address)?;
        self.read.set(self.read.get().saturating_add(self.block.into()));
        if self.read.get() > MAX_BLOCKS {
            return Err(fault(what, at, format!("more than {MAX_BLOCKS} bytes of descriptors")));
        }
        Ok((at, fields::read(self.source, what, at, self.block as usize)?))
    }

    /// Reads runs; `length` is bounded by the caller.
    pub(super) fn read_runs(&self, what: &str, at: u64, runs: &[Run], length: u64) -> io::Result<Vec<u8>> {
        let failed =
            |error: io::Error| io::Error::new(error.kind(), format!("{what} at offset {at}: {error}"));
        let extents = Extents::new(self.source, runs, length).map_err(failed)?;
        let mut bytes = vec![0; usize::try_from(length).unwrap_or_default()];
        extents.read_exact_at(0, &mut bytes).map_err(failed)?;
        Ok(bytes)
    }
}

/// An address of 16 bytes with a length (4/14.14.2): its length with the two bits of its kind, and where it points.
pub(super) fn long_address(fields: &Fields<'_>, at: usize) -> io::Result<(u32, Address)> {
    let address = Address { block: fields.u32(at + 4)?, partition: fields.u16(at + 8)? };
    Ok((fields.u32(at)?, address))
}
