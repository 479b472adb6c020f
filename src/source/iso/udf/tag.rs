//! The tag that descriptors begin with (3/7.2, 4/7.2).

use std::io;

use crate::source::iso::fields::Fields;

/// Bytes of a tag.
pub(super) const TAG: usize = 16;

/// What a descriptor is, by the first number of its tag.
pub(super) mod id {
    pub(in super::super) const ANCHOR: u16 = 2;
    pub(in super::super) const VOLUME_POINTER: u16 = 3;
    pub(in super::super) const PARTITION: u16 = 5;
    pub(in super::super) const LOGICAL_VOLUME: u16 = 6;
    pub(in super::super) const TERMINATING: u16 = 8;
    pub(in super::super) const FILE_SET: u16 = 256;
    pub(in super::super) const FILE_IDENTIFIER: u16 = 257;
    pub(in super::super) const ALLOCATION_EXTENT: u16 = 258;
    pub(in super::super) const INDIRECT: u16 = 259;
    pub(in super::super) const FILE_ENTRY: u16 = 261;
    pub(in super::super) const EXTENDED_FILE_ENTRY: u16 = 266;
}

/// The id of a descriptor whose checksum and CRC are right.
pub(super) fn check(descriptor: &Fields<'_>) -> io::Result<u16> {
    let tag = descriptor.slice(0, TAG)?;
    let sum = tag
        .iter()
        .enumerate()
        .filter(|(at, _)| *at != 4)
        .fold(0_u8, |sum, (_, byte)| sum.wrapping_add(*byte));
    let said = descriptor.u8(4)?;
    if sum != said {
        return Err(descriptor.fault(format!("the checksum of its tag is {sum:#04x}, it says {said:#04x}")));
    }
    let covered = descriptor.slice(TAG, descriptor.u16(10)?.into())?;
    let (crc, said) = (crc(covered), descriptor.u16(8)?);
    if crc != said {
        return Err(descriptor.fault(format!("its CRC is {crc:#06x}, it says {said:#06x}")));
    }
    descriptor.u16(0)
}

/// Expects a descriptor of a kind.
pub(super) fn expect(descriptor: &Fields<'_>, wanted: u16) -> io::Result<()> {
    match check(descriptor)? {
        found if found == wanted => Ok(()),
        found => Err(descriptor.fault(format!("expected a descriptor {wanted}, found {found}"))),
    }
}

/// CRC of ITU-T V.41, begun with zero (3/7.2.6).
fn crc(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0, |crc, byte| {
        (0..8).fold(crc ^ (u16::from(*byte) << 8), |crc: u16, _| match crc & 0x8000 {
            0 => crc << 1,
            _ => (crc << 1) ^ 0x1021,
        })
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_crc_is_that_of_the_standard() {
        // The example of ECMA-167 3/7.2.6.
        assert_eq!(super::crc(&[0x70, 0x6A, 0x77]), 0x3299);
    }
}
