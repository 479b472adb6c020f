//! Rotated logs of servicing: `CbsPersist_20210803101542.cab`, a cabinet with one log in it.

use std::io::{Cursor, Error, ErrorKind, Read as _, Result};

use cab::Cabinet;

use crate::evidence::{
    statement::Testimony,
    text_log::{self, Settings},
};

/// How a cabinet begins.
pub const MAGIC: &[u8] = b"MSCF";

/// Bytes of a log that are read. Windows rotates them at some 50 MB.
const MAX_LOG: u64 = 1 << 30;

/// Bytes that a cabinet may give for each byte of it, beyond those that any may give: logs give some thirty.
const RATIO: u64 = 200;
const RATIO_FREE: u64 = 64 << 20;

/// Where a cabinet says where its list of files is (MS-CAB 2.1), and in an entry of the list, where the file begins in
/// its folder (2.3).
const FILES_AT: usize = 16;
const FILE_BEGINS: usize = 4;

/// Reads the log in a cabinet, through its decompression: as what it is called, `!/` and its name behind that of the cabinet.
///
/// # Errors
/// Where it is no cabinet, or holds something else than one log.
pub fn read(bytes: Vec<u8>, source: &str, settings: &Settings) -> Result<Testimony> {
    let most = most(bytes.len() as u64, RATIO_FREE);
    read_up_to(most, bytes, source, *settings)
}

/// Bytes that are read of the log in a cabinet of so many bytes.
fn most(packed: u64, free: u64) -> u64 {
    packed.saturating_mul(RATIO).clamp(free, MAX_LOG)
}

fn read_up_to(most: u64, bytes: Vec<u8>, source: &str, settings: Settings) -> Result<Testimony> {
    if first_begins_at(&bytes) != Some(0) {
        return Err(Error::new(
            ErrorKind::InvalidData,
            "a cabinet whose first file does not begin its folder",
        ));
    }
    let mut cabinet = Cabinet::new(Cursor::new(bytes))?;
    let mut names =
        cabinet.folder_entries().flat_map(|folder| folder.file_entries()).map(|file| file.name().to_owned());
    let (Some(name), None) = (names.next(), names.next()) else {
        return Err(Error::new(ErrorKind::InvalidData, "a cabinet with other than one file"));
    };
    drop(names);
    let log = cabinet.read_file(&name)?;
    let mut testimony = text_log::read(log.take(most), &format!("{source}!/{name}"), &settings);
    if testimony.size >= most {
        testimony.partial = Some(format!("longer than {most} bytes, the rest was left out"));
    }
    Ok(testimony)
}

/// Where the first file begins in its folder. The decompressor fails on one that begins behind its end.
fn first_begins_at(bytes: &[u8]) -> Option<u32> {
    let number = |at: usize| Some(u32::from_le_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?));
    let files_at = usize::try_from(number(FILES_AT)?).ok()?;
    number(files_at.checked_add(FILE_BEGINS)?)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use cab::{CabinetBuilder, CompressionType};
    use proptest::prelude::*;

    use super::*;

    fn cabinet(files: &[&str], compression: CompressionType) -> Vec<u8> {
        let line = "2021-08-03 10:15:42, Info                  CBS    Session: 30902419_1000000000 initialized by client CbsTask, external\r\n";
        cabinet_of(files, compression, &line.repeat(2000))
    }

    fn cabinet_of(files: &[&str], compression: CompressionType, log: &str) -> Vec<u8> {
        let mut builder = CabinetBuilder::new();
        let folder = builder.add_folder(compression);
        for file in files {
            folder.add_file(*file);
        }
        let mut writer = builder.build(Cursor::new(Vec::new())).unwrap();
        while let Some(mut file) = writer.next_file().unwrap() {
            file.write_all(log.as_bytes()).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    #[test]
    fn a_log_is_read_out_of_a_cabinet() {
        for compression in [CompressionType::MsZip, CompressionType::None] {
            let bytes = cabinet(&["CbsPersist_1.log"], compression);
            let heard = read(bytes, "x.cab", &Settings::default()).unwrap();
            assert_eq!(&*heard.source, "x.cab!/CbsPersist_1.log");
            assert_eq!(heard.servicing.clients[0].sessions, 2000);
            assert!(heard.partial.is_none() && heard.sha256.is_some());
        }
    }

    #[test]
    fn a_bomb_is_read_in_part() {
        // So dense that every compressor makes it smaller than a log can be.
        let log = "x\r\n".repeat(100_000);
        let (whole, bytes) = (300_000, cabinet_of(&["CbsPersist_1.log"], CompressionType::MsZip, &log));
        let most = most(bytes.len() as u64, 50_000);
        assert!((50_000..whole).contains(&most), "{} bytes give {whole}, at most {most}", bytes.len());
        let heard = read_up_to(most, bytes, "x.cab", Settings::default()).unwrap();
        assert_eq!(heard.size, most);
        assert!(heard.partial.is_some());
    }

    #[test]
    fn other_cabinets_are_refused() {
        assert!(read(cabinet(&["a", "b"], CompressionType::MsZip), "x.cab", &Settings::default()).is_err());
        assert!(read(b"MSCF".to_vec(), "x.cab", &Settings::default()).is_err());
    }

    proptest! {
        #[test]
        fn damage_is_an_error(at in 0..2000_usize, byte: u8, length in 0..3000_usize) {
            let mut bytes = cabinet(&["CbsPersist_1.log"], CompressionType::MsZip);
            bytes.truncate(length.max(40));
            if let Some(place) = bytes.get_mut(at) {
                *place = byte;
            }
            let _ = read(bytes, "x.cab", &Settings::default());
        }
    }
}
