//! libwim's records, which live as long as a callback, into values of our own.

#![allow(unsafe_code, reason = "reads records of libwim")]

use std::ffi::{CStr, c_char};

use crate::{
    entry::{Entry, Resource, SolidPlace, Stream, Timestamp},
    raw,
    text::Text,
};

/// Copies a string; null is empty.
///
/// # Safety
/// `text` must be null or point to a NUL-terminated string.
pub(crate) unsafe fn text(text: *const c_char) -> Text {
    match text.is_null() {
        true => Text::default(),
        // SAFETY: not null, so NUL-terminated by the caller's word.
        false => Text::new(unsafe { CStr::from_ptr(text) }.to_bytes()),
    }
}

/// Copies bytes; null is empty.
///
/// # Safety
/// `start` must be null or point to `length` bytes.
pub(crate) unsafe fn bytes(start: *const u8, length: usize) -> Vec<u8> {
    match start.is_null() {
        true => Vec::new(),
        // SAFETY: not null, so `length` bytes by the caller's word.
        false => unsafe { std::slice::from_raw_parts(start, length) }.to_vec(),
    }
}

/// Copies a directory entry.
///
/// # Safety
/// `entry` must be a record that libwim gave to a callback that has not returned.
pub(crate) unsafe fn entry(entry: *const raw::DirEntry) -> Entry {
    // SAFETY: libwim keeps the record alive and unchanged until the callback returns; the reference does not outlive
    // this function.
    let raw = unsafe { &*entry };
    // SAFETY: `raw` is such a record; `streams` is made from the pointer, not from the reference, as it goes on behind.
    let streams = unsafe { streams(&raw const (*entry).streams, raw.num_named_streams) };
    // SAFETY: each is null or a NUL-terminated string that lives as long as the record.
    let [path, name, short_name] = unsafe { [text(raw.full_path), text(raw.filename), text(raw.dos_name)] };
    // SAFETY: null, or as many bytes as the record says.
    let security_descriptor = unsafe { bytes(raw.security_descriptor.cast(), raw.security_descriptor_size) };
    Entry {
        path,
        name,
        short_name,
        depth: raw.depth,
        attributes: raw.attributes,
        reparse_tag: raw.reparse_tag,
        links: raw.num_links,
        link_group: raw.hard_link_group_id,
        created: time(raw.creation_time),
        written: time(raw.last_write_time),
        accessed: time(raw.last_access_time),
        security_descriptor,
        streams,
    }
}

/// Copies the streams of a directory entry.
///
/// # Safety
/// `first` must point to the streams at the end of a record of libwim that has `named` named ones.
unsafe fn streams(first: *const [raw::StreamEntry; 0], named: u32) -> Vec<Stream> {
    let first = first.cast::<raw::StreamEntry>();
    let stream = |position: u32| {
        // SAFETY: the record ends with one unnamed stream and then `named` ones.
        let raw = unsafe { &*first.add(position as usize) };
        // SAFETY: null or a NUL-terminated string that lives as long as the record.
        Stream { name: unsafe { text(raw.name) }, content: resource(&raw.resource) }
    };
    (0..=named).map(stream).collect()
}

/// Copies a resource.
pub(crate) fn resource(raw: &raw::ResourceEntry) -> Resource {
    let flag = |bit: u32| raw.flags >> bit & 1 == 1;
    let solid = SolidPlace {
        offset: raw.solid_offset,
        compressed_size: raw.solid_compressed_size,
        size: raw.solid_uncompressed_size,
    };
    Resource {
        sha1: raw.sha1_hash,
        size: raw.uncompressed_size,
        compressed_size: raw.compressed_size,
        offset: raw.offset,
        part: raw.part_number,
        references: raw.reference_count,
        is_compressed: flag(0),
        is_metadata: flag(1),
        is_missing: flag(4),
        solid: flag(5).then_some(solid),
    }
}

fn time(raw: raw::Timespec) -> Timestamp {
    #[allow(clippy::useless_conversion, reason = "the C type long has 32 bits on some systems")]
    Timestamp { seconds: raw.seconds, nanoseconds: i64::from(raw.nanoseconds) }
}
