//! Little-endian writing.

pub(crate) fn put16(out: &mut Vec<u8>, value: usize) {
    let value = u16::try_from(value).expect("fits 16 bits");
    out.extend_from_slice(&value.to_le_bytes());
}

pub(crate) fn put32(out: &mut Vec<u8>, value: usize) {
    let value = u32::try_from(value).expect("fits 32 bits");
    out.extend_from_slice(&value.to_le_bytes());
}

pub(crate) fn put64(out: &mut Vec<u8>, value: u64) {
    out.extend_from_slice(&value.to_le_bytes());
}

/// Writes the length in bytes of a UTF-16 name.
pub(crate) fn put_bytes_len(out: &mut Vec<u8>, name: &[u16]) {
    put16(out, name.len() * 2);
}

/// Pads with zeros to a multiple of 8.
pub(crate) fn pad8(out: &mut Vec<u8>) {
    out.resize(out.len().next_multiple_of(8), 0);
}

/// A file size as an index into memory.
pub(crate) fn index(value: u64) -> usize {
    usize::try_from(value).expect("fits the address space")
}

/// A number that is known to be small.
pub(crate) fn small(value: usize) -> u32 {
    u32::try_from(value).expect("fits 32 bits")
}
