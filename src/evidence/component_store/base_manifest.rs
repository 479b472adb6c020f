//! The base manifest, from which compressed manifests are made: resource 614, number 1, of `wcp.dll` in the servicing
//! stack of the image.

use object::{
    FileKind, LittleEndian,
    pe::{ImageDosHeader, ImageNtHeaders32, ImageNtHeaders64},
    read::pe::{
        DataDirectories, ImageNtHeaders, ResourceDirectory, ResourceDirectoryEntryData, SectionTable,
    },
};

const TYPE: u16 = 614;
const NUMBER: u16 = 1;
/// Longest base. Real ones have 9 KB.
const MAX_BYTES: usize = 1 << 20;

/// The base manifest in a `wcp.dll`.
pub fn in_program(program: &[u8]) -> Option<&[u8]> {
    match FileKind::parse(program).ok()? {
        FileKind::Pe32 => in_resources(program, tables::<ImageNtHeaders32>(program)?),
        FileKind::Pe64 => in_resources(program, tables::<ImageNtHeaders64>(program)?),
        _ => None,
    }
}

type Tables<'p> = (DataDirectories<'p>, SectionTable<'p>);

fn tables<Pe: ImageNtHeaders>(program: &[u8]) -> Option<Tables<'_>> {
    let mut offset = ImageDosHeader::parse(program).ok()?.nt_headers_offset().into();
    let (headers, directories) = Pe::parse(program, &mut offset).ok()?;
    Some((directories, headers.sections(program, offset).ok()?))
}

fn in_resources<'p>(program: &'p [u8], (directories, sections): Tables<'p>) -> Option<&'p [u8]> {
    let resources = directories.resource_directory(program, &sections).ok()??;
    let root = Some(ResourceDirectoryEntryData::Table(resources.root().ok()?));
    // Its name in any language.
    let language = below(&resources, below(&resources, root, Some(TYPE)), Some(NUMBER));
    let entry = below(&resources, language, None)?.data()?;
    let size = usize::try_from(entry.size.get(LittleEndian)).ok().filter(|size| *size <= MAX_BYTES)?;
    sections.pe_data_at(program, entry.offset_to_data.get(LittleEndian))?.get(..size)
}

/// The entry of a table with a number, or the first.
fn below<'p>(
    resources: &ResourceDirectory<'p>,
    table: Option<ResourceDirectoryEntryData<'p>>,
    number: Option<u16>,
) -> Option<ResourceDirectoryEntryData<'p>> {
    let wanted = |id: Option<u16>| number.is_none() || id == number;
    let entries = table?.table()?.entries;
    entries.iter().find(|entry| wanted(entry.name_or_id().id()))?.data(*resources).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_resource_is_found_and_others_are_not() {
        let base = b"<?xml version=\"1.0\"?><assembly>".as_slice();
        let program = wimproof_testkit::program::with_resource(614, 1, base);
        assert_eq!(in_program(&program), Some(base));
        for (kind, number) in [(614, 2), (24, 1)] {
            assert_eq!(in_program(&wimproof_testkit::program::with_resource(kind, number, base)), None);
        }
        for length in 0..program.len() {
            let _ = in_program(&program[..length]);
        }
        assert_eq!(in_program(b"MZ"), None);
    }
}
