//! An archive as a container of image files, which are read at any offset.

use std::{
    io::{self, Read as _},
    ops::ControlFlow,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use tempfile::NamedTempFile;

use super::{Allowance, Member, NameCoding, each_member};
use crate::source::{self, FileSource, ReadAt, Source, name};

/// Members that are listed. Archives with images have few.
const MAX_MEMBERS: usize = 200_000;
/// Bytes of a compressed member that are held in memory; a larger one needs a folder for a copy.
const MAX_HELD: u64 = 64 << 20;
/// Bytes that are decompressed out of one archive.
const MAX_OUTPUT: u64 = 256 << 30;
/// As for collections of evidence: an image is compressed already, and gives little for each byte.
const RATIO: u64 = 200;
const RATIO_FREE: u64 = 64 << 20;

/// An archive.
#[derive(Debug)]
pub struct Archive {
    source: Source,
    /// Its members, in the order of the directory.
    pub members: Vec<source::Member>,
    /// What kept the directory from being read to its end.
    pub trouble: Option<String>,
    scratch: Option<PathBuf>,
    allowance: Arc<Allowance>,
    /// The member that was decompressed last.
    unpacked: Mutex<Option<(String, Source)>>,
}

/// A decompressed copy; removed when it is not needed any more.
struct Copy {
    bytes: FileSource,
    _file: NamedTempFile,
}

impl ReadAt for Copy {
    fn size(&self) -> u64 {
        self.bytes.size()
    }

    fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        self.bytes.read_at(offset, buf)
    }
}

impl Archive {
    /// Lists an archive. Members that are compressed and do not fit into memory are copied to the folder `scratch`.
    pub fn open(source: &Source, scratch: Option<&Path>) -> Self {
        let mut members = Vec::new();
        let listed = each_member(source.shared(), NameCoding::default(), |listed| {
            if members.len() >= MAX_MEMBERS {
                return ControlFlow::Break(());
            }
            members.push(source::Member { path: listed.name.replace('\\', "/"), size: listed.size });
            ControlFlow::Continue(())
        });
        let full = members.len() >= MAX_MEMBERS;
        let trouble = listed.err().or_else(|| full.then(|| format!("more than {MAX_MEMBERS} members")));
        Self {
            source: source.clone(),
            members,
            trouble,
            scratch: scratch.map(Path::to_owned),
            allowance: Allowance::new(MAX_OUTPUT, RATIO, RATIO_FREE),
            unpacked: Mutex::default(),
        }
    }

    /// Opens a member, if there is one of this path; an error where there are two.
    pub fn member(&self, path: &str) -> io::Result<Option<Source>> {
        let mut found: Option<Result<Member, String>> = None;
        let mut count = 0;
        // What is wrong with the archive as a whole was told when it was listed.
        let _ = each_member(self.source.shared(), NameCoding::default(), |listed| {
            if name::same(&listed.name, path) {
                count += 1;
                found = Some(match listed.is_link {
                    true => Err("a symbolic link".to_owned()),
                    false => listed.member(&self.allowance),
                });
            }
            if count > 1 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        let invalid = |why: String| io::Error::new(io::ErrorKind::InvalidData, format!("{path:?}: {why}"));
        match found {
            _ if count > 1 => Err(invalid("the archive has two members of this name".into())),
            None => Ok(None),
            Some(Err(why)) => Err(invalid(why)),
            Some(Ok(member)) => match member.in_place() {
                Some(window) => Ok(Some(self.source.part(Arc::new(window)))),
                None => self.unpack(path, &member).map(Some),
            },
        }
    }

    /// Decompresses a member, into memory or a copy.
    fn unpack(&self, path: &str, member: &Member) -> io::Result<Source> {
        let mut unpacked = self.unpacked.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, source)) = unpacked.as_ref().filter(|(of, _)| of == path) {
            return Ok(source.clone());
        }
        // What was decompressed before is of no more use, and takes room.
        *unpacked = None;
        let bytes: Arc<dyn ReadAt> = match (member.size <= MAX_HELD, &self.scratch) {
            (true, _) => {
                let mut bytes = Vec::new();
                bytes.try_reserve_exact(usize::try_from(member.size).unwrap_or(usize::MAX))?;
                member.open()?.read_to_end(&mut bytes)?;
                Arc::new(bytes)
            }
            (false, Some(folder)) => Arc::new(copy(member, folder)?),
            (false, None) => {
                return Err(super::too_large(format!(
                    "{path:?} is compressed, {} bytes: name a folder for a copy with --scratch DIR, or store it in \
                     the archive without compression",
                    member.size
                )));
            }
        };
        let source = self.source.part(bytes);
        *unpacked = Some((path.to_owned(), source.clone()));
        Ok(source)
    }
}

fn copy(member: &Member, folder: &Path) -> io::Result<Copy> {
    let mut file = tempfile::Builder::new().prefix("wimproof-").tempfile_in(folder)?;
    io::copy(&mut member.open()?, &mut file)?;
    Ok(Copy { bytes: FileSource::open(file.path())?, _file: file })
}
