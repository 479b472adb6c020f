//! The catalogs of an image, and what they sign of it: the packages' own files and the manifests of components.

use std::collections::{BTreeMap, BTreeSet};

use sha1::Sha1;
use sha2::{Digest as _, Sha256};
use wimproof_wim::{ReadAt, ReadBounds, Result, Sha1Digest};

use super::{
    catalog::{Anchors, Catalog, MAX_CATALOG_BYTES, MAX_COST, Trust, Untimely},
    component_store::package,
    inside::{Entry, Inside},
    installation::Installation,
};

/// Catalogs and packages of an image that are looked at. Real ones have some 10,000.
const MAX_FILES: usize = 100_000;

/// Hashes that are kept of all catalogs together.
const MAX_SIGNED: usize = 4 << 20;

/// Components that are kept of all packages together. Real images have some 100,000.
const MAX_COMPONENTS: usize = 1_000_000;

/// Bytes of the files of packages that are looked into. Real images have some 50 MB.
const MAX_TEXT: usize = 256 << 20;

/// Bounds for reading all catalogs and packages of an image.
const BOUNDS: ReadBounds = ReadBounds { each: MAX_CATALOG_BYTES, all: 2 << 30, at_once: 64 << 20 };

/// A file of an image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Its path.
    pub path: String,
    /// Where it stands in the metadata.
    pub offset: u64,
}

/// A catalog of an image.
#[derive(Debug)]
pub struct Kept {
    /// Where it is.
    pub place: Place,
    /// Whether its name is to be its SHA-256, and is not.
    pub misnamed: bool,
    /// What its signature is worth, or why it cannot be read.
    pub trust: std::result::Result<Trust, String>,
    /// Whether the signature says a time at which its certificate was not valid.
    pub untimely: Option<Untimely>,
}

/// A package of an image.
#[derive(Debug)]
pub struct Package {
    /// Where its file is.
    pub place: Place,
    /// Whether its catalog lists it; `None` where there is no catalog, or one of the two cannot be read.
    pub listed: Option<bool>,
    /// The components that it brings, without their versions.
    pub components: Vec<String>,
}

/// What the catalogs of an image are worth, and what they sign.
#[derive(Debug, Default)]
pub struct Catalogs {
    /// The catalogs.
    pub catalogs: Vec<Kept>,
    /// The packages.
    pub packages: Vec<Package>,
    /// SHA-256 of what is listed by a catalog whose chain ends at a pinned certificate.
    pub signed: BTreeSet<[u8; 32]>,
    /// Whether there were more files, or more hashes, than are looked at.
    pub cut_short: bool,
}

/// A file that is to be read.
struct Wanted {
    place: Place,
    sha1: Sha1Digest,
    /// Its name without the ending, in lower case.
    stem: String,
    /// Whether it is one of `WinSxS\Catalogs`, which are named by their SHA-256.
    by_digest: bool,
}

impl Catalogs {
    /// Reads the catalogs and packages of an image.
    ///
    /// # Errors
    /// Where the blob table cannot be read.
    pub fn of<S: ReadAt>(inside: &Inside<'_, S>, windows: &Installation, anchors: &Anchors) -> Result<Self> {
        let packages = windows.path("servicing\\Packages");
        let mums = wanted(inside, &packages, ".mum", false);
        let mut catalogs = wanted(inside, &packages, ".cat", false);
        catalogs.extend(wanted(inside, &windows.path("WinSxS\\Catalogs"), ".cat", true));
        let cut_short = mums.len() >= MAX_FILES || catalogs.len() >= MAX_FILES;
        let mut found = Self { cut_short, ..Self::default() };
        let mut read = package_files(inside, &mums)?;
        let mut listed = BTreeMap::new();
        let mut cost = 0;
        let contents = contents(inside, &catalogs, |bytes| Read::of(bytes, anchors, &mut cost))?;
        found.cut_short |= cost > MAX_COST;
        for catalog in catalogs {
            let Some(content) = contents.get(&catalog.sha1) else { continue };
            found.keep(&catalog, content);
            let own = read.get(&catalog.stem).filter(|_| !catalog.by_digest);
            if let (Some(own), Ok(Read { catalog: Ok(read), .. })) = (own, content) {
                listed.insert(catalog.stem, read.members.lists(&own.sha256, &own.sha1));
            }
        }
        found.packages = mums
            .into_iter()
            .map(|mum| {
                let components = read.remove(&mum.stem).map(|file| file.components).unwrap_or_default();
                Package { listed: listed.get(&mum.stem).copied(), place: mum.place, components }
            })
            .collect();
        Ok(found)
    }

    fn keep(&mut self, catalog: &Wanted, content: &std::result::Result<Read, String>) {
        let place = catalog.place.clone();
        let (misnamed, trust) = match content {
            Err(error) => (false, Err(error.clone())),
            Ok(read) => {
                let misnamed = catalog.by_digest && catalog.stem != hex::encode(read.sha256);
                (misnamed, read.catalog.as_ref().map(|read| read.trust.clone()).map_err(Clone::clone))
            }
        };
        if let Ok(Read { catalog: Ok(read), .. }) = content
            && read.trust.is_anchored()
        {
            for sha256 in read.members.sha256() {
                if self.signed.len() >= MAX_SIGNED {
                    self.cut_short = true;
                    break;
                }
                self.signed.insert(*sha256);
            }
        }
        let read = content.as_ref().ok().and_then(|read| read.catalog.as_ref().ok());
        let untimely = read.and_then(|read| read.untimely);
        self.catalogs.push(Kept { place, misnamed, trust, untimely });
    }
}

/// A catalog's content.
struct Read {
    sha256: [u8; 32],
    catalog: std::result::Result<Catalog, String>,
}

impl Read {
    fn of(bytes: &[u8], anchors: &Anchors, cost: &mut u64) -> Self {
        let catalog = Catalog::read_within(bytes, anchors, cost);
        Self { sha256: Sha256::digest(bytes).into(), catalog }
    }
}

fn wanted<S: ReadAt>(inside: &Inside<'_, S>, folder: &str, ending: &str, by_digest: bool) -> Vec<Wanted> {
    let Some(folder) = inside.find(folder) else { return Vec::new() };
    let files = inside.children(&folder).filter(|entry| !entry.is_folder());
    let wanted = |entry: Entry<'_>| {
        let stem = entry.name().to_lowercase().strip_suffix(ending)?.to_owned();
        let place = Place { path: inside.path(&entry), offset: entry.dentry.offset };
        Some(Wanted { place, sha1: entry.sha1(), stem, by_digest })
    };
    files.filter_map(wanted).take(MAX_FILES).collect()
}

/// The file of a package.
struct PackageFile {
    sha256: [u8; 32],
    sha1: [u8; 20],
    /// Of several files of one content the first has them.
    components: Vec<String>,
}

/// The files of packages by their stems, of those that can be read. Only so many components are kept.
fn package_files<S: ReadAt>(
    inside: &Inside<'_, S>,
    files: &[Wanted],
) -> Result<BTreeMap<String, PackageFile>> {
    let (mut kept, mut text) = (0, 0);
    let mut contents = contents(inside, files, |bytes| {
        text += bytes.len();
        let room = text <= MAX_TEXT && kept < MAX_COMPONENTS;
        let components = if room { package::components(bytes) } else { Vec::new() };
        kept += components.len();
        PackageFile { sha256: Sha256::digest(bytes).into(), sha1: Sha1::digest(bytes).into(), components }
    })?;
    let of = |file: &Wanted| {
        let read = contents.get_mut(&file.sha1)?.as_mut().ok()?;
        Some((file.stem.clone(), PackageFile { components: std::mem::take(&mut read.components), ..*read }))
    };
    Ok(files.iter().filter_map(of).collect())
}

/// What is made of the contents of files, by their SHA-1.
fn contents<S: ReadAt, T>(
    inside: &Inside<'_, S>,
    files: &[Wanted],
    mut make: impl FnMut(&[u8]) -> T,
) -> Result<BTreeMap<Sha1Digest, std::result::Result<T, String>>> {
    let wanted: Vec<Sha1Digest> = files.iter().map(|file| file.sha1).collect();
    let mut contents = BTreeMap::new();
    inside.read_many(&wanted, BOUNDS, |sha1, bytes| {
        contents.insert(*sha1, bytes.map(&mut make).map_err(|error| error.to_string()));
    })?;
    Ok(contents)
}
