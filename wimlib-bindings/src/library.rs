//! The loaded library.

#![allow(unsafe_code, reason = "loads libwim")]

use std::{
    env,
    ffi::{CString, OsString},
    fmt, io,
    path::Path,
    sync::{Mutex, OnceLock, PoisonError},
};

use crate::{
    error::{Error, Failure, Result},
    handle::{Code, Handle},
    messages::Messages,
    raw::{self, Api},
    wim::{Check, Wim},
};

/// Names a file to load in place of the system's libwim.
const FILE_VARIABLE: &str = "WIMPROOF_LIBWIM";

/// The name under which the system's loader knows libwim. The number is that of its binary interface.
const FILE_NAME: &str = if cfg!(target_os = "macos") { "libwim.15.dylib" } else { "libwim.so.15" };

/// Whether records and strings of libwim are as [`raw`] declares them, and libraries can be loaded at all: a program
/// without a dynamic linker has nothing to load them with.
const PLATFORM: bool = cfg!(all(
    unix,
    not(target_feature = "crt-static"),
    target_pointer_width = "64",
    target_endian = "little"
));

/// A version of libwim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version {
    /// The 1 in 1.13.6.
    pub major: u32,
    /// The 13 in 1.13.6.
    pub minor: u32,
    /// The 6 in 1.13.6.
    pub patch: u32,
}

impl Version {
    fn unpack(packed: u32) -> Self {
        Self { major: packed >> 20, minor: packed >> 10 & 0x3FF, patch: packed & 0x3FF }
    }

    /// 1.13 is the oldest that this crate was tested with; a new major version may change records.
    fn is_accepted(self) -> bool {
        self.major == 1 && self.minor >= 13
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

/// libwim, loaded and prepared. It stays loaded until the process ends.
#[derive(Debug, Clone, Copy)]
pub struct Library(&'static Loaded);

#[derive(Debug)]
pub(crate) struct Loaded {
    api: Api,
    version: Version,
    /// Held during every call that may print.
    messages: Mutex<Messages>,
    /// Keeps the functions of `api` valid; dropped last, that is never.
    _library: libloading::Library,
}

impl Library {
    /// Loads libwim, once in a process: the file that the environment variable `WIMPROOF_LIBWIM` names, else the
    /// system's `libwim.so.15` (`libwim.15.dylib` on macOS). Versions from 1.13 on are accepted, below 2.
    ///
    /// # Errors
    /// [`Error::Absent`] where it is not installed, [`Error::Version`] where it is another one,
    /// [`Error::Platform`] on Windows, 32-bit and big-endian systems, and in a statically linked program. The answer stays the same until the process
    /// ends.
    pub fn load() -> Result<Self> {
        static LOADED: OnceLock<Result<Loaded>> = OnceLock::new();
        match LOADED.get_or_init(Loaded::new) {
            Ok(loaded) => Ok(Self(loaded)),
            Err(error) => Err(error.clone()),
        }
    }

    /// The version of the library that was loaded.
    pub fn version(&self) -> Version {
        self.0.version
    }

    /// Opens a WIM for reading.
    pub fn open(&self, path: impl AsRef<Path>, check: Check) -> Result<Wim> {
        Wim::open(self.0, path.as_ref(), check)
    }
}

impl Loaded {
    fn new() -> Result<Self> {
        if !PLATFORM {
            return Err(Error::Platform);
        }
        let file = env::var_os(FILE_VARIABLE).unwrap_or_else(|| OsString::from(FILE_NAME));
        let name = || file.to_string_lossy().into_owned();
        // SAFETY: runs the initialisers of libwim, which has none that could harm; the name is the system's, or the
        // user's own choice.
        let library = unsafe { libloading::Library::new(&file) }
            .map_err(|error| Error::Absent { looked_for: name(), reason: error.to_string() })?;
        let missing = |function| Error::Function { library: name(), function };
        let version = version_of(&library).ok_or_else(|| missing("wimlib_get_version"))?;
        if !version.is_accepted() {
            return Err(Error::Version { found: version });
        }
        // SAFETY: a libwim of an accepted version, which stays loaded with the functions.
        let api = unsafe { Api::find(&library) }.map_err(missing)?;
        let messages = Messages::new(|path| {
            api.print_to(&c_path(path).map_err(io::Error::other)?)
                .map_err(|code| io::Error::other(api.meaning(code)))
        })
        .map_err(|error| Error::Messages(error.to_string()))?;
        let loaded = Self { api, version, messages: Mutex::new(messages), _library: library };
        loaded.ask(Api::init).0?;
        Ok(loaded)
    }

    /// Calls libwim; on failure with what it printed, on success together with what it warned of.
    pub(crate) fn ask<T>(
        &self,
        call: impl FnOnce(&Api) -> Result<T, Code>,
    ) -> (Result<T, Failure>, Vec<String>) {
        // A panic of another thread leaves nothing half done: the file is emptied before each call.
        let mut messages = self.messages.lock().unwrap_or_else(PoisonError::into_inner);
        messages.clear();
        let answer = call(&self.api);
        let printed = messages.take();
        match answer {
            Ok(value) => (Ok(value), printed),
            Err(code) => {
                let failure = Failure { code: code.0, meaning: self.api.meaning(code), messages: printed };
                (Err(failure), Vec::new())
            }
        }
    }

    /// Opens a WIM; what libwim warned of comes with it.
    pub(crate) fn open(&'static self, path: &Path, flags: i32) -> Result<(Handle, Vec<String>)> {
        let path = c_path(path)?;
        let (handle, warnings) = self.ask(|_| Handle::open(&self.api, &path, flags));
        Ok((handle?, warnings))
    }
}

fn version_of(library: &libloading::Library) -> Option<Version> {
    // SAFETY: libwim's function of this name has had this type in all its versions.
    let get_version = unsafe { library.get::<raw::GetVersion>(b"wimlib_get_version\0") }.ok()?;
    // SAFETY: it takes nothing, and may be called before anything else.
    Some(Version::unpack(unsafe { get_version() }))
}

/// A path as C takes it.
pub(crate) fn c_path(path: &Path) -> Result<CString> {
    c_string(path.as_os_str().as_encoded_bytes())
}

/// Bytes as C takes them.
pub(crate) fn c_string(bytes: &[u8]) -> Result<CString> {
    CString::new(bytes).map_err(|_| Error::Path(String::from_utf8_lossy(bytes).into_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_told_apart() {
        let version = Version::unpack(0x10_3406);
        assert_eq!(version.to_string(), "1.13.6");
        assert!(version.is_accepted());
        let accepted = |major, minor| Version { major, minor, patch: 5 }.is_accepted();
        assert!(accepted(1, 14));
        assert!(!accepted(1, 12) && !accepted(0, 99) && !accepted(2, 0));
    }
}
