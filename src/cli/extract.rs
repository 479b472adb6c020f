//! `wimproof extract` and `wimproof dir`: single files of an image.

use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

use clap::Args;
use wimproof_wim::{Blob, Metadata, Sha1Digest, Wim};

use super::{
    Error, Global, Result,
    output::{Output, refuse_input, write_whole},
    targets,
    tree::{self, normalized},
};
use crate::{judge::ExitCode, source::Source};

/// List the files of an image, from a path down.
#[derive(Debug, Args)]
pub(super) struct Dir {
    /// The image file
    #[arg(value_name = "IMAGE")]
    image: PathBuf,
    /// The image in it, from 1
    #[arg(value_name = "INDEX")]
    index: u32,
    /// A folder or file in the image, with either slash, in any case
    #[arg(value_name = "PATH", default_value = "\\")]
    path: String,
}

/// Take one file out of an image, and check it against its hash.
///
/// The file is written whole or not at all. An alternate stream is named after a colon: \Windows\a.exe:Zone.Identifier
#[derive(Debug, Args)]
pub(super) struct Extract {
    /// The image file
    #[arg(value_name = "IMAGE")]
    image: PathBuf,
    /// The image in it, from 1
    #[arg(value_name = "INDEX")]
    index: u32,
    /// The file in the image, with either slash, in any case
    #[arg(value_name = "PATH")]
    path: String,
    /// Overwrite a file that is there
    #[arg(long)]
    force: bool,
}

impl Dir {
    pub(super) fn run(&self, global: &Global, output: &mut Output) -> Result {
        output.keep_inputs(&targets::roots(std::slice::from_ref(&self.image)))?;
        let opener = global.opener();
        let target = targets::one(&self.image, opener)?;
        let files = tree::Files { targets: &[(target, Some(self.index))], opener };
        tree::trees(files, &self.path, output)
    }
}

impl Extract {
    pub(super) fn run(&self, global: &Global) -> Result {
        let Some(target) = &global.output else {
            return Err(Error::Usage(
                "name the file to write with -o FILE (or -o - for the standard output)".into(),
            ));
        };
        let to_file = target != Path::new("-");
        if to_file {
            self.may_write(target)?;
        }
        let (image, source) = targets::open(&self.image, global.opener())?;
        let failed = |what: &dyn std::fmt::Display| Error::Unreadable(format!("{}: {what}", image.name()));
        let wim = Wim::open(source).map_err(|error| failed(&error))?;
        let metadata = wim.metadata(self.index).map_err(|error| failed(&error))?;
        let sha1 = match find(&metadata, &self.path).map_err(|error| failed(&error))? {
            Found::Content(sha1) => sha1,
            Found::Folder => {
                let what = "is a folder: `wimproof dir` lists it, and its files are taken out one by one";
                return Err(failed(&format!("{} in image {} {what}", self.path, self.index)));
            }
            Found::Nothing => return Err(failed(&format!("image {} has no file {}", self.index, self.path))),
        };
        let blobs = wim.blob_table().map_err(|error| failed(&error))?;
        let blob = match (sha1.is_zero(), blobs.find(&sha1)) {
            (true, _) => None,
            (false, Some(blob)) => Some(blob),
            (false, None) => return Err(failed(&format!("the content {sha1} is not in the file"))),
        };
        let written = match to_file {
            true => write_whole(target, |file| write_content(&wim, blob, file)),
            false => write_content(&wim, blob, &mut io::stdout().lock()),
        };
        written.map_err(|error| failed(&error))?;
        Ok(ExitCode::Approved)
    }

    /// Refuses to write over what is there, unless told to.
    fn may_write(&self, target: &Path) -> Result<()> {
        refuse_input(target, &targets::roots(std::slice::from_ref(&self.image)))?;
        let shown = target.display();
        match fs::symlink_metadata(target) {
            Ok(there) if !there.is_file() && !there.is_symlink() => {
                Err(Error::Usage(format!("-o {shown} is no file; -o - writes to the standard output")))
            }
            Ok(_) if !self.force => {
                Err(Error::Refused(format!("{shown} exists already: --force overwrites it")))
            }
            _ => Ok(()),
        }
    }
}

/// What stands at a path.
enum Found {
    /// A file or a stream of one: the SHA-1 of its content, zero where it is empty.
    Content(Sha1Digest),
    Folder,
    Nothing,
}

fn find(metadata: &Metadata, path: &str) -> wimproof_wim::Result<Found> {
    let (path, stream) = path.split_once(':').map_or((path, ""), |(path, stream)| (path, stream));
    let wanted = normalized(path);
    let mut walk = metadata.walk();
    let mut nothing = Found::Nothing;
    while let Some(node) = walk.next_node()? {
        if normalized(&walk.path()) != wanted {
            continue;
        }
        if node.dentry.is_directory() {
            nothing = Found::Folder;
            continue;
        }
        let found =
            node.dentry.streams().into_iter().find(|s| s.name.to_string().eq_ignore_ascii_case(stream));
        return Ok(match found {
            Some(found) => Found::Content(found.sha1),
            // A file without a stored content is empty; a stream that is not there is not.
            None if stream.is_empty() => Found::Content(Sha1Digest::ZERO),
            None => Found::Nothing,
        });
    }
    Ok(nothing)
}

fn write_content(wim: &Wim<Source>, blob: Option<&Blob>, out: &mut dyn Write) -> io::Result<()> {
    let Some(blob) = blob else { return Ok(()) };
    let mut outcome = Ok(());
    wim.read_content(blob, |piece| {
        if outcome.is_ok() {
            outcome = out.write_all(piece);
        }
    })
    .map_err(io::Error::other)?;
    outcome.and_then(|()| out.flush())
}
