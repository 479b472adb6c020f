//! Files that hold files: media and archives.

use std::{io, path::Path, sync::Arc};

use super::{ReadAt as _, Source, iso::Volume, name, zip::Archive};

/// A container and what it holds.
#[derive(Debug)]
pub enum Container {
    /// A medium: ISO 9660, UDF.
    Medium(Source, Volume),
    /// A ZIP archive.
    Archive(Archive),
}

/// A file in a container, as its listing says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Its path, with slashes.
    pub path: String,
    /// Its length in bytes.
    pub size: u64,
}

impl Container {
    /// Opens a container; nothing where the bytes are not those of one. `named` decides for bytes that can be read as an
    /// image file and as a medium, for any bytes may stand before a volume. `scratch` is a folder for copies of what an
    /// archive has compressed.
    pub fn open(source: &Source, named: &str, scratch: Option<&Path>) -> io::Result<Option<Self>> {
        let mut magic = [0; 8];
        let length = source.read_at(0, &mut magic)?;
        let magic = magic.get(..length).unwrap_or_default();
        let is_wim = matches!(magic, b"MSWIM\0\0\0" | b"WLPWM\0\0\0");
        if is_wim && (name::is_image(named) || !Volume::is_announced(source)?) {
            return Ok(None);
        }
        if magic.starts_with(b"PK\x03\x04") || magic.starts_with(b"PK\x05\x06") {
            return Ok(Some(Self::Archive(Archive::open(source, scratch))));
        }
        if Volume::is_announced(source)? {
            return Ok(Some(Self::Medium(source.clone(), Volume::open(source)?)));
        }
        Ok(None)
    }

    /// The files in it, in the order of its listing.
    pub fn members(&self) -> Vec<Member> {
        match self {
            Self::Medium(_, volume) => {
                let files = volume.primary().map(|system| system.files.as_slice()).unwrap_or_default();
                files.iter().map(|file| Member { path: file.path.clone(), size: file.size }).collect()
            }
            Self::Archive(archive) => archive.members.clone(),
        }
    }

    /// What kept its listing from being read to the end.
    pub fn trouble(&self) -> Option<&str> {
        match self {
            Self::Medium(_, volume) => volume.primary().and_then(|system| system.trouble.as_deref()),
            Self::Archive(archive) => archive.trouble.as_deref(),
        }
    }

    /// Opens a member, if there is one of this path.
    pub fn member(&self, path: &str) -> io::Result<Option<Source>> {
        match self {
            Self::Medium(source, volume) => {
                let Some(file) = volume.find(path) else { return Ok(None) };
                let bytes = file.open(source.shared())?;
                Ok(Some(source.part(Arc::new(bytes))))
            }
            Self::Archive(archive) => archive.member(path),
        }
    }

    /// The medium, if it is one.
    pub fn medium(&self) -> Option<(&Source, &Volume)> {
        match self {
            Self::Medium(source, volume) => Some((source, volume)),
            Self::Archive(_) => None,
        }
    }
}
