//! Calls into libwim, one function each: codes in place of results, nothing said of messages.

#![allow(unsafe_code, reason = "calls libwim")]

use std::{
    ffi::{CStr, c_char, c_int, c_void},
    ptr,
};

use crate::{
    callback::{Collector, on_entry, on_resource},
    convert,
    entry::{Entry, Resource},
    raw::{self, Api},
};

/// A code of libwim that is not 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Code(pub(crate) c_int);

fn check(code: c_int) -> Result<(), Code> {
    match code {
        0 => Ok(()),
        code => Err(Code(code)),
    }
}

impl Api {
    /// Prepares the library.
    pub(crate) fn init(&self) -> Result<(), Code> {
        // SAFETY: may be called at any time; 0 are the default flags.
        check(unsafe { (self.wimlib_global_init)(0) })
    }

    /// Sends messages to a file.
    pub(crate) fn print_to(&self, path: &CStr) -> Result<(), Code> {
        // SAFETY: the string is NUL-terminated; libwim does not keep it.
        check(unsafe { (self.wimlib_set_error_file_by_name)(path.as_ptr()) })
    }

    /// What a code means.
    pub(crate) fn meaning(&self, code: Code) -> String {
        // SAFETY: libwim accepts any number, and answers with a static string.
        unsafe { convert::text((self.wimlib_get_error_string)(code.0)) }.to_string()
    }
}

/// An open WIM. libwim forbids its use by two threads at once; a pointer within keeps it to one.
#[derive(Debug)]
pub(crate) struct Handle {
    api: &'static Api,
    /// From `wimlib_open_wim`, not freed yet.
    wim: *mut raw::WimStruct,
}

impl Drop for Handle {
    fn drop(&mut self) {
        // SAFETY: the pointer is libwim's and used for the last time.
        unsafe { (self.api.wimlib_free)(self.wim) }
    }
}

impl Handle {
    pub(crate) fn open(api: &'static Api, path: &CStr, flags: c_int) -> Result<Self, Code> {
        let mut wim = ptr::null_mut();
        // SAFETY: a NUL-terminated path, and a place for the pointer, which is set when the code is 0.
        check(unsafe { (api.wimlib_open_wim)(path.as_ptr(), flags, &raw mut wim) })?;
        Ok(Self { api, wim })
    }

    pub(crate) fn info(&self) -> Result<raw::WimInfo, Code> {
        let mut info = raw::WimInfo::default();
        // SAFETY: an open WIM, and a record of the size that libwim fills in.
        check(unsafe { (self.api.wimlib_get_wim_info)(self.wim, &raw mut info) })?;
        Ok(info)
    }

    pub(crate) fn xml(&self) -> Result<Vec<u8>, Code> {
        let mut buffer: *mut c_void = ptr::null_mut();
        let mut length = 0;
        // SAFETY: an open WIM, and places for buffer and length, which are set when the code is 0.
        check(unsafe { (self.api.wimlib_get_xml_data)(self.wim, &raw mut buffer, &raw mut length) })?;
        // SAFETY: libwim allocated so many bytes.
        let xml = unsafe { convert::bytes(buffer.cast(), length) };
        // SAFETY: the buffer is ours since, comes from `malloc`, and is not used any more.
        unsafe { raw::free(buffer) };
        Ok(xml)
    }

    pub(crate) fn entries(&self, image: c_int) -> Result<Vec<Entry>, Code> {
        let mut collector = Collector::new();
        // SAFETY: an open WIM, a NUL-terminated path, and a callback with the context that it expects; the collector
        // outlives the call.
        let code = unsafe {
            let (root, flags) = (c"/".as_ptr(), raw::ITERATE_RECURSIVE);
            (self.api.wimlib_iterate_dir_tree)(self.wim, image, root, flags, on_entry, collector.context())
        };
        let entries = collector.finish();
        check(code).map(|()| entries)
    }

    pub(crate) fn resources(&self) -> Result<Vec<Resource>, Code> {
        let mut collector = Collector::new();
        // SAFETY: an open WIM, and a callback with the context that it expects; the collector outlives the call.
        let code =
            unsafe { (self.api.wimlib_iterate_lookup_table)(self.wim, 0, on_resource, collector.context()) };
        let resources = collector.finish();
        check(code).map(|()| resources)
    }

    pub(crate) fn reference(&self, path: &CStr, open_flags: c_int) -> Result<(), Code> {
        let paths = [path.as_ptr()];
        // SAFETY: an open WIM, and one NUL-terminated path.
        check(unsafe {
            (self.api.wimlib_reference_resource_files)(self.wim, paths.as_ptr(), 1, 0, open_flags)
        })
    }

    pub(crate) fn verify(&self) -> Result<(), Code> {
        // SAFETY: an open WIM; no flags are defined.
        check(unsafe { (self.api.wimlib_verify_wim)(self.wim, 0) })
    }

    pub(crate) fn extract(&self, image: c_int, target: &CStr, paths: &[&CStr]) -> Result<(), Code> {
        let paths: Vec<*const c_char> = paths.iter().map(|path| path.as_ptr()).collect();
        let flags = raw::EXTRACT_NO_ACLS | raw::EXTRACT_NO_ATTRIBUTES;
        // SAFETY: an open WIM, NUL-terminated strings, and as many paths as are said.
        check(unsafe {
            let (target, first, count) = (target.as_ptr(), paths.as_ptr(), paths.len());
            (self.api.wimlib_extract_paths)(self.wim, image, target, first, count, flags)
        })
    }
}
