//! A WIM as both readers have it open: one file, or the parts of a split set.

use std::{
    cell::RefCell,
    collections::HashMap,
    path::{Path, PathBuf},
    rc::Rc,
};

use wimlib_bindings::{Check, Error, Failure, Library};
use wimproof_wim::{
    AnomalyKind, Blob, BlobTable, FileSource, Metadata, References, Sha1Digest, Survey, VerifyOptions, Wim,
};

/// The bytes of a content, or why there are none.
pub(crate) type Bytes = Result<Rc<Vec<u8>>, String>;

/// The parts as our reader opens them.
pub(crate) struct Ours {
    pub(crate) parts: Vec<Wim<FileSource>>,
    /// The blob tables of all parts.
    pub(crate) blobs: BlobTable,
    /// What was read, by SHA-1: a content in a solid resource takes the decoding of a whole chunk.
    contents: RefCell<HashMap<Sha1Digest, Bytes>>,
}

impl Ours {
    pub(crate) fn open(paths: &[PathBuf]) -> Result<Self, String> {
        let open = |path: &PathBuf| {
            let source = FileSource::open(path).map_err(|error| error.to_string())?;
            Wim::open(source).map_err(|error| error.to_string())
        };
        let parts = paths.iter().map(open).collect::<Result<Vec<_>, _>>()?;
        let tables = parts.iter().map(Wim::blob_table).collect::<Result<Vec<_>, _>>();
        let blobs = BlobTable::of_set(tables.map_err(|error| error.to_string())?);
        Ok(Self { parts, blobs, contents: RefCell::default() })
    }

    /// The part with the images.
    pub(crate) fn first(&self) -> &Wim<FileSource> {
        &self.parts[0]
    }

    /// The survey of an image.
    pub(crate) fn survey(&self, metadata: &Metadata) -> wimproof_wim::Result<Survey> {
        Survey::of(metadata, &self.blobs, &mut References::new(&self.blobs))
    }

    /// The bytes of a content, which several images may ask for.
    pub(crate) fn read(&self, blob: &Blob) -> Bytes {
        if let Some(known) = self.contents.borrow().get(&blob.sha1) {
            return known.clone();
        }
        let bytes = self.decode(blob).map(Rc::new);
        self.contents.borrow_mut().insert(blob.sha1, bytes.clone());
        bytes
    }

    fn decode(&self, blob: &Blob) -> Result<Vec<u8>, String> {
        let holds = |part: &&Wim<FileSource>| {
            part.header().part == blob.part && part.blob_table().is_ok_and(|t| t.find(&blob.sha1).is_some())
        };
        let part = self.parts.iter().find(holds).ok_or("no part holds it")?;
        let mut bytes = Vec::new();
        part.read_content(blob, |piece| bytes.extend_from_slice(piece)).map_err(|e| e.to_string())?;
        Ok(bytes)
    }
}

/// Opens the parts with libwim.
pub(crate) fn theirs(
    library: Library,
    paths: &[PathBuf],
    check: Check,
) -> Result<wimlib_bindings::Wim, Failure> {
    let open = || {
        let wim = library.open(&paths[0], check)?;
        wim.reference(&paths[1..], check)?;
        Ok(wim)
    };
    open().map_err(|error| match error {
        Error::Refused(failure) => failure,
        other => panic!("{other}"),
    })
}

/// What a reader says of a file: nothing is wrong, or what is.
pub(crate) type Verdict = Result<(), String>;

/// What a reader says of the contents, and of what the integrity table covers.
#[derive(Debug)]
pub(crate) struct Verdicts {
    pub(crate) contents: Verdict,
    pub(crate) integrity: Verdict,
}

impl Verdicts {
    /// Whether both readers say the same, whatever they say it for.
    pub(crate) fn agree(&self, other: &Self) -> bool {
        self.contents.is_ok() == other.contents.is_ok() && self.integrity.is_ok() == other.integrity.is_ok()
    }
}

/// The verdicts of our reader.
pub(crate) fn our_verdicts(paths: &[PathBuf]) -> Verdicts {
    let ours = match Ours::open(paths) {
        Ok(ours) => ours,
        Err(error) => return Verdicts { contents: Err(error.clone()), integrity: Err(error) },
    };
    let mut verdicts = Verdicts { contents: Ok(()), integrity: Ok(()) };
    verdicts.contents = readable(&ours);
    for part in &ours.parts {
        verdicts.integrity =
            verdicts.integrity.and(part.integrity_table().map(drop).map_err(|e| e.to_string()));
        let options =
            VerifyOptions { jobs: 1, file_digest: false, content_digests: false, progress: &|_| {} };
        match part.verify(&options) {
            Ok(found) => {
                let bad = found.bad_contents.first().map(|b| format!("{:?}: {}", b.content, b.damage));
                verdicts.contents = verdicts.contents.and(bad.map_or(Ok(()), Err));
                let bad = found.bad_slots.first().map(|slot| format!("{slot:?}"));
                verdicts.integrity = verdicts.integrity.and(bad.map_or(Ok(()), Err));
            }
            Err(error) => verdicts.contents = Err(error.to_string()),
        }
    }
    verdicts
}

/// Whether all trees can be walked, and have all contents that they need.
fn readable(ours: &Ours) -> Verdict {
    for image in 1..=ours.first().header().image_count {
        let survey = ours.first().metadata(image).and_then(|metadata| ours.survey(&metadata));
        let survey = survey.map_err(|error| format!("image {image}: {error}"))?;
        let missing =
            survey.anomalies.described().iter().find(|anomaly| anomaly.kind == AnomalyKind::MissingBlob);
        if let Some(missing) = missing {
            return Err(format!("image {image}: {missing:?}"));
        }
    }
    Ok(())
}

/// The verdicts of libwim.
pub(crate) fn their_verdicts(library: Library, paths: &[PathBuf]) -> Verdicts {
    let open = |check| theirs(library, paths, check).map_err(|failure| failure.to_string());
    let contents = open(Check::Structure).and_then(|wim| wim.verify().map_err(|failure| failure.to_string()));
    Verdicts { contents, integrity: open(Check::Integrity).map(drop) }
}

/// A folder or file name for messages.
pub(crate) fn label(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
