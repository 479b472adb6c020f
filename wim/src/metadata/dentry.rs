//! A directory entry ("dentry"): one name in one directory.

use zerocopy::{
    FromBytes, Immutable, KnownLayout, Unaligned,
    little_endian::{I32, U16, U32, U64},
};

use crate::{
    error::{Place, Result},
    value::{FileTime, Sha1Digest, Utf16},
};

/// The fixed part of an entry, 102 bytes; the name follows.
#[derive(FromBytes, Immutable, KnownLayout, Unaligned, Debug)]
#[repr(C)]
struct RawDentry {
    /// 0x00: bytes of the entry without its extra streams; 8 or less ends the list.
    length: U64,
    /// 0x08
    attributes: U32,
    /// 0x0C: -1 for none
    security_id: I32,
    /// 0x10: where the list of children begins in the metadata resource; 0 for none.
    subdirectory: U64,
    unused: [U64; 2],
    /// 0x28
    created: U64,
    /// 0x30
    accessed: U64,
    /// 0x38
    written: U64,
    /// 0x40
    sha1: [u8; 20],
    /// 0x54
    unknown: U32,
    /// 0x58: reparse tag, reserved, flags for a reparse point, else the hard-link group.
    reparse_or_group: [u8; 8],
    /// 0x60
    extra_streams: U16,
    /// 0x62: bytes
    short_name_length: U16,
    /// 0x64: bytes
    name_length: U16,
}

const FIXED: usize = size_of::<RawDentry>();
const _: () = assert!(FIXED == 102);

/// An extra stream, 38 bytes; its name follows.
#[derive(FromBytes, Immutable, KnownLayout, Unaligned, Debug)]
#[repr(C)]
struct RawStream {
    length: U64,
    reserved: U64,
    sha1: [u8; 20],
    /// bytes
    name_length: U16,
}

const STREAM_FIXED: usize = size_of::<RawStream>();
const _: () = assert!(STREAM_FIXED == 38);

pub(super) fn place(offset: u64) -> Place {
    Place::new("directory entry of a metadata resource", offset)
}

/// File attributes of Windows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attributes(pub u32);

impl Attributes {
    /// A directory.
    pub const DIRECTORY: u32 = 0x10;
    /// A reparse point: link, junction, mount point ...
    pub const REPARSE_POINT: u32 = 0x400;
    /// Encrypted: the unnamed stream holds the file as `ReadEncryptedFileRaw` gives it, all its streams included.
    pub const ENCRYPTED: u32 = 0x4000;
}

/// What a stream is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum StreamKind {
    /// The unnamed stream: the file's content.
    Data,
    /// The data of a reparse point.
    Reparse,
    /// An alternate data stream.
    Named,
}

/// A stream of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stream<'m> {
    /// What it is.
    pub kind: StreamKind,
    /// Its name; empty unless [`StreamKind::Named`].
    pub name: Utf16<'m>,
    /// SHA-1 of its content; zero where it is empty.
    pub sha1: Sha1Digest,
}

/// A directory entry.
#[derive(Debug, Clone, Copy)]
pub struct Dentry<'m> {
    /// Where it stands in the uncompressed metadata resource.
    pub offset: u64,
    pub(super) end: u64,
    /// File attributes.
    pub attributes: Attributes,
    /// Position in the table of security descriptors; -1 for none.
    pub security_id: i32,
    /// Where the list of children begins; 0 for none.
    pub subdirectory: u64,
    /// Creation time.
    pub created: FileTime,
    /// Time of the last access.
    pub accessed: FileTime,
    /// Time of the last write.
    pub written: FileTime,
    /// The long name; empty for the root.
    pub name: Utf16<'m>,
    /// The short (8.3) name; often empty.
    pub short_name: Utf16<'m>,
    /// SHA-1 of the unnamed stream as the fixed part gives it; see [`streams`](Self::streams).
    pub sha1: Sha1Digest,
    /// Tagged items (object id, extended attributes ...) as they stand: u32 tag, u32 length, data, padded to 8.
    pub tagged_items: &'m [u8],
    /// Whether a NUL stands behind each name, those of its streams included.
    pub(super) names_end: bool,
    reparse_or_group: [u8; 8],
    extra_streams: u16,
    extra: &'m [u8],
}

impl<'m> Dentry<'m> {
    /// Parses the entry at `offset`: `None` for an end mark. Also returns the offset behind it.
    pub(super) fn parse(metadata: &'m [u8], offset: u64) -> Result<(Option<Self>, u64)> {
        if !offset.is_multiple_of(8) {
            return Err(place(offset).malformed("an entry that is not aligned", "a multiple of 8"));
        }
        let bytes = usize::try_from(offset).ok().and_then(|at| metadata.get(at..)).unwrap_or_default();
        let Some((length, _)) = bytes.split_first_chunk::<8>() else {
            return Err(place(offset).malformed("the end of the resource", "an entry or an end mark"));
        };
        let length = u64::from_le_bytes(*length);
        if length <= 8 {
            return Ok((None, offset + 8));
        }
        let entry = usize::try_from(length).ok().filter(|n| *n >= FIXED).and_then(|n| bytes.get(..n));
        let Some(Ok((raw, names))) = entry.map(RawDentry::ref_from_prefix) else {
            let expected = format!("{FIXED} to {} bytes", bytes.len());
            return Err(place(offset).malformed(format_args!("length {length}"), expected));
        };
        let (name, name_ends, rest) = take_name(names, raw.name_length.get(), offset)?;
        let (short_name, short_name_ends, rest) = take_name(rest, raw.short_name_length.get(), offset)?;
        let used = length - rest.len() as u64;
        let padding = usize::try_from(used.next_multiple_of(8) - used).unwrap_or_default();
        let tagged_items = rest.get(padding..).unwrap_or_default();
        let after = length.next_multiple_of(8).min(bytes.len() as u64);
        let behind = usize::try_from(after).ok().and_then(|at| bytes.get(at..)).unwrap_or_default();
        let (extra, stream_names_end) = extra_streams(behind, raw.extra_streams.get(), offset + after)?;
        let end = offset + after + extra.len() as u64;
        let dentry = Self {
            offset,
            end,
            attributes: Attributes(raw.attributes.get()),
            security_id: raw.security_id.get(),
            subdirectory: raw.subdirectory.get(),
            created: FileTime(raw.created.get()),
            accessed: FileTime(raw.accessed.get()),
            written: FileTime(raw.written.get()),
            name,
            short_name,
            sha1: Sha1Digest(raw.sha1),
            tagged_items,
            names_end: name_ends && short_name_ends && stream_names_end,
            reparse_or_group: raw.reparse_or_group,
            extra_streams: raw.extra_streams.get(),
            extra,
        };
        Ok((Some(dentry), end))
    }

    pub(super) fn place(&self) -> Place {
        place(self.offset)
    }

    /// Whether it is a directory (a directory that is a reparse point has no children).
    pub fn is_directory(&self) -> bool {
        self.attributes.0 & Attributes::DIRECTORY != 0
    }

    /// Whether it is encrypted.
    pub fn is_encrypted(&self) -> bool {
        self.attributes.0 & Attributes::ENCRYPTED != 0
    }

    /// Whether it is a reparse point.
    pub fn is_reparse_point(&self) -> bool {
        self.attributes.0 & Attributes::REPARSE_POINT != 0
    }

    /// Tag and flags of a reparse point; flag 1 says that its target was not fixed up at capture.
    pub fn reparse(&self) -> Option<(u32, u16)> {
        let [a, b, c, d, _, _, e, f] = self.reparse_or_group;
        self.is_reparse_point().then(|| (u32::from_le_bytes([a, b, c, d]), u16::from_le_bytes([e, f])))
    }

    /// The hard-link group: entries with the same number and the same content are one file. `None` for a file with
    /// one name, and for reparse points.
    pub fn hard_link_group(&self) -> Option<u64> {
        let group = u64::from_le_bytes(self.reparse_or_group);
        (!self.is_reparse_point() && group != 0).then_some(group)
    }

    /// All streams with content, and all named ones: data, reparse data, then the named in the order of the file.
    ///
    /// Where extra streams exist, the unnamed one usually stands among them; in a reparse point the first unnamed
    /// stream is the reparse data.
    pub fn streams(&self) -> Vec<Stream<'m>> {
        let mut streams = Vec::with_capacity(1 + usize::from(self.extra_streams));
        let mut awaits_reparse = self.is_reparse_point();
        let mut unnamed = |sha1: Sha1Digest, streams: &mut Vec<Stream<'m>>| {
            if !sha1.is_zero() {
                let kind = if awaits_reparse { StreamKind::Reparse } else { StreamKind::Data };
                awaits_reparse = false;
                streams.push(Stream { kind, name: Utf16::default(), sha1 });
            }
        };
        unnamed(self.sha1, &mut streams);
        for (name, sha1) in self.extra() {
            match name.is_empty() {
                true => unnamed(sha1, &mut streams),
                false => streams.push(Stream { kind: StreamKind::Named, name, sha1 }),
            }
        }
        streams
    }

    /// SHA-1 of the unnamed streams as they stand: that of the fixed part where it has content, then the extra ones, with
    /// content or without. A reader may take the first for the content, whether it is empty or not.
    pub(crate) fn unnamed_streams(&self) -> impl Iterator<Item = Sha1Digest> + use<'m> {
        let extra = self.extra().filter(|(name, _)| name.is_empty()).map(|(_, sha1)| sha1);
        Some(self.sha1).filter(|sha1| !sha1.is_zero()).into_iter().chain(extra)
    }

    /// Name and SHA-1 of the extra streams, in the order of the file.
    fn extra(&self) -> impl Iterator<Item = (Utf16<'m>, Sha1Digest)> + use<'m> {
        let mut rest = self.extra;
        std::iter::from_fn(move || {
            let stream = split_stream(rest)?;
            rest = stream.after;
            Some((stream.name, stream.sha1))
        })
    }
}

/// Takes a name of `length` bytes and the NUL behind it; tells whether the NUL is there.
fn take_name(bytes: &[u8], length: u16, offset: u64) -> Result<(Utf16<'_>, bool, &[u8])> {
    if length == 0 {
        return Ok((Utf16::default(), true, bytes));
    }
    let length = usize::from(length);
    match bytes.split_at_checked(length) {
        Some((name, rest)) if length % 2 == 0 => {
            Ok((Utf16::new(name), rest.starts_with(&[0, 0]), rest.get(2..).unwrap_or_default()))
        }
        _ => Err(place(offset).malformed(
            format_args!("a name of {length} bytes"),
            format_args!("an even number, at most {}", bytes.len()),
        )),
    }
}

/// The bytes of `count` extra streams at the head of `bytes`; tells whether a NUL stands behind each of their names.
fn extra_streams(bytes: &[u8], count: u16, offset: u64) -> Result<(&[u8], bool)> {
    let mut rest = bytes;
    let mut names_end = true;
    for _ in 0..count {
        let Some(stream) = split_stream(rest) else {
            let at = offset + (bytes.len() - rest.len()) as u64;
            return Err(Place::new("stream of a directory entry", at).malformed(
                "a stream that does not fit",
                format_args!("{count} streams within the resource"),
            ));
        };
        names_end &= stream.name_ends;
        rest = stream.after;
    }
    Ok((bytes.get(..bytes.len() - rest.len()).unwrap_or_default(), names_end))
}

/// An extra stream, and the bytes behind it.
struct ExtraStream<'m> {
    sha1: Sha1Digest,
    name: Utf16<'m>,
    /// Whether there is no name, or a NUL behind it.
    name_ends: bool,
    after: &'m [u8],
}

/// Splits off one extra stream with its name.
fn split_stream(bytes: &[u8]) -> Option<ExtraStream<'_>> {
    let (raw, _) = RawStream::ref_from_prefix(bytes).ok()?;
    let length = usize::try_from(raw.length.get()).ok()?;
    let behind = bytes.get(..length)?.get(STREAM_FIXED..)?;
    let (name, end) = behind.split_at_checked(usize::from(raw.name_length.get()))?;
    let after = length.next_multiple_of(8).min(bytes.len());
    (name.len() % 2 == 0).then_some(ExtraStream {
        sha1: Sha1Digest(raw.sha1),
        name: Utf16::new(name),
        name_ends: name.is_empty() || end.starts_with(&[0, 0]),
        after: bytes.get(after..)?,
    })
}
