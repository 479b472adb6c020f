//! Writes archives.

use std::io::Write as _;

use flate2::{Compression, Crc, write::DeflateEncoder};

/// Name, bytes, whether they are compressed.
type Member<'m> = (&'m str, &'m [u8], bool);

pub(crate) fn all(log: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let short = &log[..log.len().min(300)];
    let logs: [Member<'_>; 3] = [
        ("Windows/Panther/setupact.log", log, true),
        ("Windows.old/Windows/Panther/setupact.log", short, false),
        ("Windows/Panther/", b"", false),
    ];
    let inner = zip(&[("C/Windows/Panther/setuperr.log", short, true), ("SYSTEM", b"regf", false)]);
    let nested: [Member<'_>; 3] = [
        ("Windows.old.000.zip", &inner, false),
        ("logs.zip", &inner, true),
        ("Panther/setupact.log", b"x", false),
    ];
    let hive: [Member<'_>; 3] = [
        ("Windows/System32/config/SYSTEM", &[0; 64], true),
        ("Windows/System32/config/SYSTEM.LOG1", &[1; 64], true),
        ("Windows/Temp/mark.log", b"", false),
    ];
    let same: [Member<'_>; 2] =
        [("Panther/setupact.log", b"one", false), ("Panther/setupact.log", b"two", true)];
    vec![
        ("logs", zip(&logs)),
        ("nested", zip(&nested)),
        ("hive", zip(&hive)),
        ("same", zip(&same)),
        ("empty", zip(&[])),
    ]
}

fn zip(members: &[Member<'_>]) -> Vec<u8> {
    let (mut bytes, mut directory) = (Vec::new(), Vec::new());
    for (name, plain, is_packed) in members {
        let packed = if *is_packed { deflated(plain) } else { plain.to_vec() };
        let mut crc = Crc::new();
        crc.update(plain);
        let mut about = vec![20, 0, 0, 0, if *is_packed { 8 } else { 0 }, 0, 0, 0, 0, 0];
        about.extend(
            [crc.sum(), length(&packed), length(plain), length(name.as_bytes())]
                .iter()
                .flat_map(|field| field.to_le_bytes()),
        );
        directory.extend(
            [
                &b"PK\x01\x02\x14\x03"[..],
                &about,
                &[0; 6],
                &[0, 0, 0xa4, 0x81],
                &length(&bytes).to_le_bytes(),
                name.as_bytes(),
            ]
            .concat(),
        );
        bytes.extend([&b"PK\x03\x04"[..], &about, name.as_bytes(), &packed].concat());
    }
    let count = u16::try_from(members.len()).expect("few").to_le_bytes();
    let (size, start) = (length(&directory).to_le_bytes(), length(&bytes).to_le_bytes());
    [bytes, directory, [&b"PK\x05\x06\0\0\0\0"[..], &count, &count, &size, &start, &[0, 0]].concat()].concat()
}

fn deflated(plain: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(plain).and_then(|()| encoder.finish()).expect("memory")
}

fn length(bytes: &[u8]) -> u32 {
    u32::try_from(bytes.len()).expect("small")
}
