//! From the anchor to the root folder: volume descriptors, partitions, the file set.

use std::{cell::Cell, io};

use super::{
    file_at,
    space::{Address, Partition, Space, long_address},
    spare::Spared,
    tag::{self, id},
};
use crate::source::{
    Extents, ReadAt,
    iso::fields::{self, Fields, fault},
};

/// Lengths of sectors, those of discs first.
const SECTORS: [u32; 4] = [2048, 512, 4096, 1024];
/// Where the anchor stands, by sector (3/8.4.2.1); it also stands in the last one.
const ANCHOR: u64 = 256;
/// Volume descriptors that are looked at; volumes have about six.
const MAX_DESCRIPTORS: usize = 256;
/// Partition maps; volumes have one or two.
const MAX_PARTITIONS: u32 = 8;
/// Longest block.
const MAX_BLOCK: u32 = 65_536;

/// An extent of the volume: length in bytes, first sector.
type Extent = (u32, u32);

/// What the descriptors say: of each kind the bytes of the newest one, with its place.
#[derive(Default)]
struct Descriptors {
    logical_volume: Option<(u64, Vec<u8>)>,
    partitions: Vec<(u64, Vec<u8>)>,
}

/// Finds the logical volume.
pub(super) fn mount(source: &dyn ReadAt) -> io::Result<Space<'_>> {
    let (sector, main, reserve) = anchor(source)?;
    let found = match descriptors(source, sector, main) {
        Ok(found) if found.logical_volume.is_some() => found,
        first => match (descriptors(source, sector, reserve), first) {
            (Ok(found), _) => found,
            (Err(_), Err(error)) | (Err(error), Ok(_)) => return Err(error),
        },
    };
    let Some((at, bytes)) = &found.logical_volume else {
        return Err(fault("volume descriptor sequence", 0, "it has no logical volume descriptor"));
    };
    let volume = Fields { what: "logical volume descriptor", at: *at, bytes };
    let block = volume.u32(212)?;
    if !block.is_power_of_two() || !(512..=MAX_BLOCK).contains(&block) {
        return Err(volume.fault(format!("blocks of {block} bytes")));
    }
    let (_, file_set) = long_address(&volume, 248)?;
    let mut space = Space { source, block, partitions: Vec::new(), file_set, read: Cell::new(0) };
    partition_maps(&mut space, &volume, &found, sector)?;
    Ok(space)
}

/// The anchor: the length of a sector, and the extents of the main and reserve volume descriptor sequence.
fn anchor(source: &dyn ReadAt) -> io::Result<(u32, Extent, Extent)> {
    for sector in SECTORS {
        let sectors = source.size() / u64::from(sector);
        let places = [Some(ANCHOR), sectors.checked_sub(1), sectors.checked_sub(ANCHOR + 1)];
        for place in places.into_iter().flatten().filter(|place| *place < sectors) {
            let at = place * u64::from(sector);
            let bytes = fields::read(source, "anchor", at, 512)?;
            let anchor = Fields { what: "anchor", at, bytes: &bytes };
            if tag::expect(&anchor, id::ANCHOR).is_ok() && u64::from(anchor.u32(12)?) == place {
                let extent = |at| Ok::<Extent, io::Error>((anchor.u32(at)?, anchor.u32(at + 4)?));
                return Ok((sector, extent(16)?, extent(24)?));
            }
        }
    }
    Err(fault("anchor", ANCHOR * u64::from(SECTORS[0]), "none is there, nor at the end of the volume"))
}

/// Reads a sequence, wherever it goes on.
fn descriptors(source: &dyn ReadAt, sector: u32, extent: Extent) -> io::Result<Descriptors> {
    let mut found = Descriptors::default();
    let (mut left, mut next) = (extent.0 / sector, u64::from(extent.1));
    for _ in 0..MAX_DESCRIPTORS {
        if left == 0 {
            return Ok(found);
        }
        let at = next * u64::from(sector);
        let bytes = fields::read(source, "volume descriptor", at, sector as usize)?;
        let descriptor = Fields { what: "volume descriptor", at, bytes: &bytes };
        (left, next) = (left - 1, next + 1);
        match tag::check(&descriptor)? {
            // Nothing is written behind an empty sector.
            id::TERMINATING | 0 => return Ok(found),
            id::VOLUME_POINTER => {
                (left, next) = (descriptor.u32(20)? / sector, descriptor.u32(24)?.into());
            }
            id::LOGICAL_VOLUME => {
                let newer = newer(found.logical_volume.as_ref(), &descriptor)?;
                if newer {
                    found.logical_volume = Some((at, bytes));
                }
            }
            id::PARTITION => {
                let number = descriptor.u16(22)?;
                let old = found.partitions.iter().position(|(_, bytes)| {
                    Fields { what: "partition descriptor", at, bytes }.u16(22).ok() == Some(number)
                });
                match old {
                    None => found.partitions.push((at, bytes)),
                    Some(old) => {
                        if newer(found.partitions.get(old), &descriptor)?
                            && let Some(place) = found.partitions.get_mut(old)
                        {
                            *place = (at, bytes);
                        }
                    }
                }
            }
            _ => {}
        }
    }
    Err(fault("volume descriptor sequence", next * u64::from(sector), "it does not end"))
}

/// Whether a descriptor counts more than one that was met before, by its volume descriptor sequence number.
fn newer(old: Option<&(u64, Vec<u8>)>, descriptor: &Fields<'_>) -> io::Result<bool> {
    let Some((at, bytes)) = old else { return Ok(true) };
    let old = Fields { what: "volume descriptor", at: *at, bytes };
    Ok(old.u32(16)? < descriptor.u32(16)?)
}

/// Takes the partition maps of a logical volume (3/10.6.13).
fn partition_maps(
    space: &mut Space<'_>,
    volume: &Fields<'_>,
    found: &Descriptors,
    sector: u32,
) -> io::Result<()> {
    let count = volume.u32(268)?;
    if count == 0 || count > MAX_PARTITIONS {
        return Err(volume.fault(format!("{count} partition maps; expected 1 to {MAX_PARTITIONS}")));
    }
    let mut at = 440;
    let mut metadata = Vec::new();
    for number in 0..count {
        let (kind, length) = (volume.u8(at)?, usize::from(volume.u8(at + 1)?));
        let map =
            Fields { what: "partition map", at: volume.at + at as u64, bytes: volume.slice(at, length)? };
        at += length;
        space.partitions.push(match kind {
            1 => physical(map.u16(4)?, found, sector, Spared::default())?,
            2 => match map.slice(5, 23)? {
                [b'*', b'U', b'D', b'F', b' ', b'M', b'e', b't', b'a', b'd', b'a', b't', b'a', ..] => {
                    metadata.push((number, map.u16(38)?, map.u32(40)?, map.u32(44)?));
                    // Its blocks are found below, by way of the other maps.
                    physical(map.u16(38)?, found, sector, Spared::default())?
                }
                name if name.starts_with(b"*UDF Sparable Partition") => {
                    physical(map.u16(38)?, found, sector, Spared::of(&map, space.source, sector)?)?
                }
                name if name.starts_with(b"*UDF Virtual Partition") => {
                    return Err(
                        map.fault("virtual, of a disc that was written once and bit by bit: not read here")
                    );
                }
                name => {
                    let name = String::from_utf8_lossy(name.trim_ascii_end()).replace('\0', "");
                    return Err(map.fault(format!("{name:?} is not known")));
                }
            },
            other => return Err(map.fault(format!("of kind {other}"))),
        });
    }
    for (number, partition, file, mirror) in metadata {
        let physical = (0..count).find(|other| *other != number && same_partition(space, *other, number));
        let Some(physical) = physical.and_then(|number| u16::try_from(number).ok()) else {
            return Err(
                volume.fault(format!("the metadata of partition {partition} lie in none of the maps"))
            );
        };
        let address = |block| Address { partition: physical, block };
        let entry = file_at(space, address(file)).or_else(|error| {
            // The mirror is there for this; the first error tells more.
            file_at(space, address(mirror)).map_err(|_| error)
        })?;
        let extents = Extents::new(space.source, &entry.runs, entry.size)?;
        if let Some(place) = space.partitions.get_mut(number as usize) {
            *place = Partition::Metadata(extents);
        }
    }
    Ok(())
}

/// Whether two maps were given the same blocks so far.
fn same_partition(space: &Space<'_>, a: u32, b: u32) -> bool {
    let start = |number: u32| match space.partitions.get(number as usize) {
        Some(Partition::Physical { start, .. }) => Some(*start),
        _ => None,
    };
    start(a).is_some() && start(a) == start(b)
}

/// The blocks of a partition (3/10.5).
fn physical<'s>(number: u16, found: &Descriptors, sector: u32, spared: Spared) -> io::Result<Partition<'s>> {
    for (at, bytes) in &found.partitions {
        let partition = Fields { what: "partition descriptor", at: *at, bytes };
        if partition.u16(22)? == number {
            let bytes = |at| Ok::<u64, io::Error>(u64::from(partition.u32(at)?) * u64::from(sector));
            return Ok(Partition::Physical { start: bytes(188)?, length: bytes(192)?, spared });
        }
    }
    Err(fault("partition map", 0, format!("there is no partition {number}")))
}

/// The root folder, as the file set says (4/14.1).
pub(super) fn root(space: &Space<'_>) -> io::Result<Address> {
    let (at, bytes) = space.read("file set descriptor", space.file_set)?;
    let file_set = Fields { what: "file set descriptor", at, bytes: &bytes };
    tag::expect(&file_set, id::FILE_SET)?;
    Ok(long_address(&file_set, 400)?.1)
}
