//! Callbacks that libwim calls: collect what it shows, and let no panic run through C.

#![allow(unsafe_code, reason = "called by libwim")]

use std::{
    any::Any,
    ffi::{c_int, c_void},
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
};

use crate::{
    convert,
    entry::{Entry, Resource},
    raw,
};

/// What a callback gives back to end the iteration. libwim's own errors are positive.
const STOP: c_int = -1;

/// Collects values; its address is the context of a callback.
pub(crate) struct Collector<T> {
    values: Vec<T>,
    panic: Option<Box<dyn Any + Send>>,
}

impl<T> Collector<T> {
    pub(crate) fn new() -> Self {
        Self { values: Vec::new(), panic: None }
    }

    /// The context to give to libwim. The collector must outlive the call, and not be used during it.
    pub(crate) fn context(&mut self) -> *mut c_void {
        (&raw mut *self).cast()
    }

    /// What was collected. Goes on with a panic that a callback caught.
    pub(crate) fn finish(self) -> Vec<T> {
        if let Some(panic) = self.panic {
            resume_unwind(panic);
        }
        self.values
    }

    fn add(&mut self, make: impl FnOnce() -> T) -> c_int {
        match catch_unwind(AssertUnwindSafe(|| self.values.push(make()))) {
            Ok(()) => 0,
            Err(panic) => {
                self.panic = Some(panic);
                STOP
            }
        }
    }
}

/// Collects an entry.
///
/// # Safety
/// To be called by libwim only, with the context of a `Collector<Entry>`.
pub(crate) unsafe extern "C" fn on_entry(entry: *const raw::DirEntry, context: *mut c_void) -> c_int {
    // SAFETY: the context is the one that `Collector::context` gave, and nobody else uses the collector now.
    let collector = unsafe { &mut *context.cast::<Collector<Entry>>() };
    // SAFETY: libwim gives a record that lives until this function returns.
    collector.add(|| unsafe { convert::entry(entry) })
}

/// Collects a resource.
///
/// # Safety
/// To be called by libwim only, with the context of a `Collector<Resource>`.
pub(crate) unsafe extern "C" fn on_resource(
    resource: *const raw::ResourceEntry,
    context: *mut c_void,
) -> c_int {
    // SAFETY: the context is the one that `Collector::context` gave, and nobody else uses the collector now.
    let collector = unsafe { &mut *context.cast::<Collector<Resource>>() };
    // SAFETY: libwim gives a record that lives until this function returns.
    collector.add(|| convert::resource(unsafe { &*resource }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_waits_until_libwim_is_left() {
        let mut collector = Collector::new();
        assert_eq!(collector.add(|| 1), 0);
        assert_eq!(collector.add(|| panic!("in a callback")), STOP);
        let panic = catch_unwind(AssertUnwindSafe(|| collector.finish())).expect_err("goes on");
        assert_eq!(panic.downcast_ref::<&str>(), Some(&"in a callback"));
    }
}
