//! Writes programs (PE32+) that hold one resource and no code.

/// Where sections begin in the file and in memory.
const SECTION: u32 = 0x200;
const ADDRESS: u32 = 0x1000;
/// Marks the place of a table.
const LIST: u32 = 1 << 31;

/// A program with a resource of a type and a number.
///
/// # Panics
/// For data of 4 GiB.
pub fn with_resource(kind: u16, number: u16, data: &[u8]) -> Vec<u8> {
    let resources = resources(kind, number, data);
    let size = u32::try_from(resources.len()).expect("short");
    let mut program = vec![0; SECTION as usize];
    let mut put = |at: usize, bytes: &[u8]| program[at..at + bytes.len()].copy_from_slice(bytes);
    put(0, b"MZ");
    put(0x3C, &0x80_u32.to_le_bytes());
    put(0x80, b"PE\0\0");
    put(0x84, &0x8664_u16.to_le_bytes());
    put(0x86, &1_u16.to_le_bytes()); // sections
    put(0x94, &0xF0_u16.to_le_bytes()); // bytes of the optional header
    put(0x96, &0x2022_u16.to_le_bytes());
    let optional = 0x98;
    put(optional, &0x20B_u16.to_le_bytes());
    put(optional + 32, &ADDRESS.to_le_bytes()); // alignment in memory
    put(optional + 36, &SECTION.to_le_bytes()); // and in the file
    put(optional + 108, &16_u32.to_le_bytes()); // directories
    put(optional + 112 + 2 * 8, &[ADDRESS.to_le_bytes(), size.to_le_bytes()].concat());
    let section = optional + 0xF0;
    put(section, b".rsrc\0\0\0");
    put(section + 8, &[size, ADDRESS, size, SECTION].map(u32::to_le_bytes).concat());
    put(section + 36, &0x4000_0040_u32.to_le_bytes());
    program.extend(resources);
    program
}

/// Three tables of one entry each (type, number, language), the place of the data, the data.
fn resources(kind: u16, number: u16, data: &[u8]) -> Vec<u8> {
    let table = |id: u16, next: u32| {
        let head = [0, 0, 0, 1 << 16]; // the last two bytes: entries with a number
        [&head.map(u32::to_le_bytes).concat()[..], &[u32::from(id), next].map(u32::to_le_bytes).concat()]
            .concat()
    };
    let size = u32::try_from(data.len()).expect("short");
    let place = [ADDRESS + 88, size, 0, 0].map(u32::to_le_bytes).concat();
    [table(kind, LIST | 0x18), table(number, LIST | 0x30), table(1033, 72), place, data.to_vec()].concat()
}
