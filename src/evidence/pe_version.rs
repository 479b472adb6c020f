//! What a program says of itself: for which processors it is, and its version.
//!
//! The version stands in the resource of type 16 as `VS_VERSIONINFO`: three lengths, the name `VS_VERSION_INFO` in
//! UTF-16LE, then, at the next multiple of four, `VS_FIXEDFILEINFO`, which begins with the signature `0xFEEF04BD`.

use std::fmt;

use object::{
    LittleEndian,
    pe::{ImageNtHeaders32, ImageNtHeaders64, RT_VERSION},
    read::pe::{ImageNtHeaders, PeFile, ResourceDirectoryTable},
};

/// The signature and the first five fields of `VS_FIXEDFILEINFO`.
const SIGNATURE: [u8; 4] = 0xFEEF_04BD_u32.to_le_bytes();

/// Bytes from the start of the resource within which the fixed part begins.
const HEAD: usize = 64;

/// Entries of one resource directory that are looked at. The largest programs of Windows have some hundreds.
const MAX_ENTRIES: usize = 4096;

/// What a program says of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Program {
    /// The processors it is for, in the numbers of the format: 0x14c x86, 0x8664 x64, 0xaa64 ARM64.
    pub machine: u16,
    /// The version of the file, where it has one.
    pub version: Option<Version>,
}

/// The version of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version(pub [u16; 4]);

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self([major, minor, build, revision]) = self;
        write!(f, "{major}.{minor}.{build}.{revision}")
    }
}

/// Reads a program; `None` where the bytes are none.
pub fn read(bytes: &[u8]) -> Option<Program> {
    program::<ImageNtHeaders64>(bytes).or_else(|| program::<ImageNtHeaders32>(bytes))
}

fn program<Headers: ImageNtHeaders>(bytes: &[u8]) -> Option<Program> {
    let file = PeFile::<Headers>::parse(bytes).ok()?;
    let machine = file.nt_headers().file_header().machine.get(LittleEndian).0;
    Some(Program { machine, version: version(&file) })
}

fn version<Headers: ImageNtHeaders>(file: &PeFile<'_, Headers>) -> Option<Version> {
    let sections = file.section_table();
    let resources = file.data_directories().resource_directory(file.data(), &sections).ok()??;
    let mut types = resources.root().ok()?.entries.iter().take(MAX_ENTRIES);
    let of_version = types.find(|entry| entry.name_or_id().id() == Some(RT_VERSION))?;
    let names = of_version.data(resources).ok()?.table()?;
    let languages = first(&names)?.data(resources).ok()?.table()?;
    let entry = first(&languages)?.data(resources).ok()?.data()?;
    let (address, size) = (entry.offset_to_data.get(LittleEndian), entry.size.get(LittleEndian));
    let data = sections.pe_data_at(file.data(), address)?;
    let data = data.get(..usize::try_from(size).ok()?).unwrap_or(data);
    let head = data.get(..HEAD.min(data.len()))?;
    let at = head.windows(SIGNATURE.len()).position(|window| window == SIGNATURE)?;
    let word = |offset: usize| {
        let bytes = data.get(at + offset..at + offset + 2)?;
        bytes.try_into().ok().map(u16::from_le_bytes)
    };
    Some(Version([word(10)?, word(8)?, word(14)?, word(12)?]))
}

fn first<'d>(table: &ResourceDirectoryTable<'d>) -> Option<&'d object::pe::ImageResourceDirectoryEntry> {
    table.entries.first()
}
