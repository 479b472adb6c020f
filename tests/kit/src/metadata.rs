//! The metadata resource of an image: security data and directory entries.

use crate::blobs::BlobSet;
use crate::bytes::{pad8, put_bytes_len, put16, put32, put64};
use crate::tree::{Data, Entry, REPARSE_POINT};
use std::collections::{HashSet, VecDeque};

/// Numbers the XML states about an image.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Directories, without the root.
    pub directories: u64,
    /// Files, each hard link counted.
    pub files: u64,
    /// Bytes of all streams, each hard link counted.
    pub total_bytes: u64,
    /// The part of `total_bytes` that hard links repeat.
    pub hard_link_bytes: u64,
}

/// A metadata resource before compression.
#[derive(Clone, Debug, Default)]
pub(crate) struct Metadata {
    pub(crate) bytes: Vec<u8>,
    /// Path (`/`-separated, root is empty) and offset of each directory entry.
    pub(crate) entries: Vec<(String, usize)>,
    pub(crate) counts: Counts,
}

/// Serialises a tree and collects the blobs it refers to.
pub(crate) fn serialise(root: &Entry, blobs: &mut BlobSet) -> Metadata {
    let mut made = Metadata::default();
    let descriptors = security_data(root, &mut made.bytes);
    let mut links = HashSet::new();
    let mut waiting = VecDeque::new();

    let at = put_entry(root, &descriptors, blobs, &mut made.bytes).0;
    made.entries.push((String::new(), at));
    put64(&mut made.bytes, 0);
    waiting.push_back((root, at, String::new()));

    while let Some((directory, at, path)) = waiting.pop_front() {
        let list = made.bytes.len() as u64;
        made.bytes[at + 0x10..at + 0x18].copy_from_slice(&list.to_le_bytes());
        for child in &directory.children {
            let (at, key) = put_entry(child, &descriptors, blobs, &mut made.bytes);
            let name = String::from_utf16_lossy(&child.name);
            let path = if path.is_empty() { name } else { format!("{path}/{name}") };
            count(child, key, &mut links, &mut made.counts);
            made.entries.push((path.clone(), at));
            // A reparse point without children has no list at all.
            if child.is_dir() && (child.reparse.is_none() || !child.children.is_empty()) {
                waiting.push_back((child, at, path));
            }
        }
        put64(&mut made.bytes, 0);
    }
    made
}

/// Writes the distinct descriptors of the tree and returns them in id order.
fn security_data(root: &Entry, out: &mut Vec<u8>) -> Vec<Vec<u8>> {
    let mut found: Vec<Vec<u8>> = Vec::new();
    let mut waiting = VecDeque::from([root]);
    while let Some(entry) = waiting.pop_front() {
        if let Some(descriptor) = &entry.security
            && !found.contains(descriptor)
        {
            found.push(descriptor.clone());
        }
        waiting.extend(&entry.children);
    }
    let length: usize = 8 + found.iter().map(|d| 8 + d.len()).sum::<usize>();
    put32(out, length.next_multiple_of(8));
    put32(out, found.len());
    for descriptor in &found {
        put64(out, descriptor.len() as u64);
    }
    for descriptor in &found {
        out.extend_from_slice(descriptor);
    }
    pad8(out);
    found
}

/// Writes one entry with its extra streams; gives its offset and the SHA-1 of its unnamed data.
fn put_entry(
    entry: &Entry,
    descriptors: &[Vec<u8>],
    blobs: &mut BlobSet,
    out: &mut Vec<u8>,
) -> (usize, [u8; 20]) {
    let at = out.len();
    let data = match &entry.data {
        Data::Bytes(bytes) => blobs.refer(bytes),
        Data::Declared { sha1, .. } => *sha1,
    };
    // With several streams all of them are extra ones, the reparse data first.
    let mut extra: Vec<(&[u16], [u8; 20])> = Vec::new();
    let reparse = entry.reparse.as_ref().map(|(_, bytes)| blobs.refer(bytes));
    extra.extend(reparse.map(|sha1| (&[][..], sha1)));
    if extra.is_empty() || data != [0; 20] || !entry.streams.is_empty() {
        extra.push((&[], data));
    }
    for (name, bytes) in &entry.streams {
        extra.push((name, blobs.refer(bytes)));
    }
    let main = if extra.len() == 1 { extra.remove(0).1 } else { [0; 20] };
    let security_id = entry.security.as_ref().map_or(-1, |descriptor| {
        let id = descriptors.iter().position(|known| known == descriptor);
        i32::try_from(id.expect("collected before")).expect("few descriptors")
    });

    put64(out, 0); // length, set below
    out.extend_from_slice(&entry.attributes.to_le_bytes());
    out.extend_from_slice(&security_id.to_le_bytes());
    out.extend_from_slice(&[0; 24]); // subdirectory offset, two unused words
    put64(out, entry.created);
    put64(out, entry.accessed);
    put64(out, entry.written);
    out.extend_from_slice(&main);
    out.extend_from_slice(&[0; 4]);
    match &entry.reparse {
        Some((tag, _)) => put64(out, u64::from(*tag)),
        None if entry.attributes & REPARSE_POINT != 0 => put64(out, 0),
        None => put64(out, entry.hard_link),
    }
    put16(out, extra.len());
    put_bytes_len(out, &entry.short_name);
    put_bytes_len(out, &entry.name);
    put_name(out, &entry.name);
    put_name(out, &entry.short_name);
    pad8(out);
    for (tag, bytes) in &entry.tagged {
        out.extend_from_slice(&tag.to_le_bytes());
        put32(out, bytes.len());
        out.extend_from_slice(bytes);
        pad8(out);
    }
    set_length(out, at);
    for (name, sha1) in extra {
        let stream = out.len();
        put64(out, 0);
        put64(out, 0);
        out.extend_from_slice(&sha1);
        put_bytes_len(out, name);
        put_name(out, name);
        pad8(out);
        set_length(out, stream);
    }
    (at, data)
}

/// Writes a name with its NUL; an empty name takes no room at all.
fn put_name(out: &mut Vec<u8>, name: &[u16]) {
    if !name.is_empty() {
        out.extend(name.iter().flat_map(|unit| unit.to_le_bytes()));
        put16(out, 0);
    }
}

fn set_length(out: &mut [u8], at: usize) {
    let length = (out.len() - at) as u64;
    out[at..at + 8].copy_from_slice(&length.to_le_bytes());
}

/// Adds one entry (not the root) to the counts.
fn count(entry: &Entry, data: [u8; 20], links: &mut HashSet<(u64, [u8; 20])>, counts: &mut Counts) {
    // A reparse point counts as a file even if it is a directory.
    if entry.is_dir() && entry.attributes & REPARSE_POINT == 0 {
        counts.directories += 1;
    } else {
        counts.files += 1;
    }
    let unnamed = match &entry.data {
        Data::Bytes(bytes) => bytes.len() as u64,
        Data::Declared { size, .. } => *size,
    };
    let named: usize = entry.streams.iter().map(|(_, bytes)| bytes.len()).sum();
    let reparse = entry.reparse.as_ref().map_or(0, |(_, bytes)| bytes.len());
    let size = unnamed + (named + reparse) as u64;
    counts.total_bytes += size;
    if entry.hard_link != 0 && entry.reparse.is_none() && !links.insert((entry.hard_link, data)) {
        counts.hard_link_bytes += size;
    }
}
