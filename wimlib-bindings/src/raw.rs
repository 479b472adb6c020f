//! The part of libwim's C interface that is used here, declared by hand from the interface's description of functions,
//! constants and records (versions 1.13 and 1.14, soname 15).
//!
//! `wimlib_tchar` is declared as `char`, which it is everywhere but on Windows. Bit fields are one `u32` whose first
//! member is bit 0, which they are on little-endian systems.

#![allow(unsafe_code, reason = "functions found by name get their type here")]

use std::ffi::{c_char, c_int, c_long, c_uint, c_void};

/// Check the integrity table while opening.
pub(crate) const OPEN_CHECK_INTEGRITY: c_int = 0x1;
/// Visit the children too.
pub(crate) const ITERATE_RECURSIVE: c_int = 0x1;
/// Do not restore security descriptors.
pub(crate) const EXTRACT_NO_ACLS: c_int = 0x40;
/// Do not restore attributes.
pub(crate) const EXTRACT_NO_ATTRIBUTES: c_int = 0x10_0000;

/// An open WIM; only libwim knows what is in it.
#[repr(C)]
pub(crate) struct WimStruct {
    opaque: [u8; 0],
}

/// `struct timespec`: since 1970-01-01 UTC.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub(crate) struct Timespec {
    pub(crate) seconds: i64,
    pub(crate) nanoseconds: c_long,
}

/// `struct wimlib_wim_info`.
#[repr(C)]
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct WimInfo {
    pub(crate) guid: [u8; 16],
    pub(crate) image_count: u32,
    pub(crate) boot_index: u32,
    pub(crate) wim_version: u32,
    pub(crate) chunk_size: u32,
    pub(crate) part_number: u16,
    pub(crate) total_parts: u16,
    pub(crate) compression_type: i32,
    pub(crate) total_bytes: u64,
    /// From bit 0: has an integrity table, opened from a file, read-only, has the flag `RP_FIX`, marked read-only,
    /// spanned, write in progress, metadata only, resource only, pipable.
    pub(crate) flags: u32,
    reserved: [u32; 9],
}

/// `struct wimlib_resource_entry`.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub(crate) struct ResourceEntry {
    pub(crate) uncompressed_size: u64,
    pub(crate) compressed_size: u64,
    pub(crate) offset: u64,
    pub(crate) sha1_hash: [u8; 20],
    pub(crate) part_number: u32,
    pub(crate) reference_count: u32,
    /// From bit 0: compressed, metadata, free, spanned, missing, solid.
    pub(crate) flags: u32,
    pub(crate) solid_offset: u64,
    pub(crate) solid_compressed_size: u64,
    pub(crate) solid_uncompressed_size: u64,
    reserved: [u64; 1],
}

/// `struct wimlib_stream_entry`.
#[repr(C)]
#[derive(Debug)]
pub(crate) struct StreamEntry {
    /// Null for the unnamed one.
    pub(crate) name: *const c_char,
    pub(crate) resource: ResourceEntry,
    reserved: [u64; 4],
}

/// `struct wimlib_dir_entry`.
#[repr(C)]
#[derive(Debug)]
pub(crate) struct DirEntry {
    /// Null for the root.
    pub(crate) filename: *const c_char,
    /// Null for none.
    pub(crate) dos_name: *const c_char,
    pub(crate) full_path: *const c_char,
    pub(crate) depth: usize,
    /// Null for none.
    pub(crate) security_descriptor: *const c_char,
    pub(crate) security_descriptor_size: usize,
    pub(crate) attributes: u32,
    pub(crate) reparse_tag: u32,
    pub(crate) num_links: u32,
    pub(crate) num_named_streams: u32,
    pub(crate) hard_link_group_id: u64,
    pub(crate) creation_time: Timespec,
    pub(crate) last_write_time: Timespec,
    pub(crate) last_access_time: Timespec,
    /// User, group, mode, device.
    unix: [u32; 4],
    /// Object, birth volume, birth object, domain.
    object_ids: [[u8; 16]; 4],
    /// High halves of the seconds, where `Timespec` has 32 bits; then one reserved.
    times_high: [i32; 4],
    reserved: [u64; 4],
    /// As many as `num_named_streams` and one more follow.
    pub(crate) streams: [StreamEntry; 0],
}

/// Called for each entry of a tree; anything but 0 ends the iteration.
pub(crate) type EntryCallback = unsafe extern "C" fn(*const DirEntry, *mut c_void) -> c_int;
/// Called for each resource; anything but 0 ends the iteration.
pub(crate) type ResourceCallback = unsafe extern "C" fn(*const ResourceEntry, *mut c_void) -> c_int;

/// Declares the functions and how to find them.
macro_rules! functions {
    ($($(#[$doc:meta])* fn $name:ident($($argument:ty),*) $(-> $answer:ty)?;)*) => {
        /// The functions of a loaded libwim.
        #[derive(Debug)]
        pub(crate) struct Api {
            $($(#[$doc])* pub(crate) $name: unsafe extern "C" fn($($argument),*) $(-> $answer)?,)*
        }

        impl Api {
            /// Finds all functions; on failure gives the name of the one that is missing.
            ///
            /// # Safety
            /// `library` must be a libwim of an accepted version, and must stay loaded as long as the functions are
            /// called.
            pub(crate) unsafe fn find(library: &libloading::Library) -> Result<Self, &'static str> {
                Ok(Self {
                    $($name: {
                        let symbol = concat!(stringify!($name), "\0");
                        // SAFETY: the caller vouches for a libwim of an accepted version, in which the function of
                        // this name has this type.
                        *unsafe { library.get(symbol.as_bytes()) }.map_err(|_| stringify!($name))?
                    },)*
                })
            }
        }
    };
}

functions! {
    /// Prepares the library; flags, 0 for the default.
    fn wimlib_global_init(c_int) -> c_int;
    /// Sends messages to the end of the file of this name, and switches them on.
    fn wimlib_set_error_file_by_name(*const c_char) -> c_int;
    /// The meaning of an error code: static text, never null.
    fn wimlib_get_error_string(c_int) -> *const c_char;
    /// Path, flags, where to put the WIM.
    fn wimlib_open_wim(*const c_char, c_int, *mut *mut WimStruct) -> c_int;
    /// Closes a WIM.
    fn wimlib_free(*mut WimStruct);
    /// Fills in a record.
    fn wimlib_get_wim_info(*mut WimStruct, *mut WimInfo) -> c_int;
    /// Where to put a buffer, to be freed with `free`, and its length.
    fn wimlib_get_xml_data(*mut WimStruct, *mut *mut c_void, *mut usize) -> c_int;
    /// Image, path, flags, callback, context.
    fn wimlib_iterate_dir_tree(*mut WimStruct, c_int, *const c_char, c_int, EntryCallback, *mut c_void) -> c_int;
    /// Flags (0), callback, context.
    fn wimlib_iterate_lookup_table(*mut WimStruct, c_int, ResourceCallback, *mut c_void) -> c_int;
    /// Paths, their number, flags, flags for opening.
    fn wimlib_reference_resource_files(*mut WimStruct, *const *const c_char, c_uint, c_int, c_int) -> c_int;
    /// Flags (0).
    fn wimlib_verify_wim(*mut WimStruct, c_int) -> c_int;
    /// Image, target, paths, their number, flags.
    fn wimlib_extract_paths(*mut WimStruct, c_int, *const c_char, *const *const c_char, usize, c_int) -> c_int;
}

/// `wimlib_get_version`: major << 20 | minor << 10 | patch. Asked before anything else is looked for.
pub(crate) type GetVersion = unsafe extern "C" fn() -> u32;

unsafe extern "C" {
    /// The C library's, which the standard library links; gives back what `wimlib_get_xml_data` allocated.
    pub(crate) fn free(buffer: *mut c_void);
}

#[cfg(all(test, unix, target_arch = "x86_64"))]
mod tests {
    use std::mem::offset_of;

    use super::*;

    /// Sizes and offsets that a C compiler gives for amd64.
    #[test]
    fn records_are_laid_out_as_in_c() {
        assert_eq!(size_of::<WimInfo>(), 88);
        assert_eq!(offset_of!(WimInfo, compression_type), 36);
        assert_eq!(offset_of!(WimInfo, total_bytes), 40);
        assert_eq!(offset_of!(WimInfo, reserved), 52);
        assert_eq!(size_of::<ResourceEntry>(), 88);
        assert_eq!(offset_of!(ResourceEntry, sha1_hash), 24);
        assert_eq!(offset_of!(ResourceEntry, part_number), 44);
        assert_eq!(offset_of!(ResourceEntry, solid_offset), 56);
        assert_eq!(size_of::<StreamEntry>(), 128);
        assert_eq!(offset_of!(StreamEntry, resource), 8);
        assert_eq!(size_of::<DirEntry>(), 248);
        assert_eq!(offset_of!(DirEntry, attributes), 48);
        assert_eq!(offset_of!(DirEntry, hard_link_group_id), 64);
        assert_eq!(offset_of!(DirEntry, creation_time), 72);
        assert_eq!(offset_of!(DirEntry, unix), 120);
        assert_eq!(offset_of!(DirEntry, object_ids), 136);
        assert_eq!(offset_of!(DirEntry, streams), 248);
    }
}
