//! Driver packages of an image, `System32\\DriverStore\\FileRepository`: each a folder with an `.inf` and what it installs, named
//! `<name>.inf_<architecture>_<hash>`. One of a third party has a catalog of its own; those of Windows are signed by the
//! catalogs of packages and stand in the component store too. `INF\\oemN.inf` are packages of third parties that were added.

use std::collections::{BTreeMap, BTreeSet};

use wimproof_wim::{ReadAt, ReadBounds, Result, Sha1Digest};

use super::{
    catalog::{Anchors, Catalog, MAX_CATALOG_BYTES, MAX_COST, Trust},
    component_store::keyform::{Keyform, short_name},
    inside::{Entry, Inside},
    installation::Installation,
    package_catalogs::Place,
};

/// Packages that are looked at. Windows has some 700.
const MAX_PACKAGES: usize = 20_000;
/// Catalogs of one package that are looked at. Real ones have one, or one for each version of Windows.
const MAX_CATALOGS: usize = 8;
/// Bounds for reading the catalogs.
const BOUNDS: ReadBounds = ReadBounds { each: MAX_CATALOG_BYTES, all: 512 << 20, at_once: 64 << 20 };

/// A catalog of a driver package.
#[derive(Debug)]
pub struct DriverCatalog {
    /// Where it is.
    pub place: Place,
    /// SHA-1 of its bytes.
    pub sha1: Sha1Digest,
    /// What its signature is worth, or why it cannot be read.
    pub trust: std::result::Result<Trust, String>,
}

/// A driver package.
#[derive(Debug)]
pub struct DriverPackage {
    /// Its folder.
    pub place: Place,
    /// SHA-1 of its `.inf`, where there is one.
    pub inf: Option<Sha1Digest>,
    /// Its catalogs.
    pub catalogs: Vec<DriverCatalog>,
    /// Whether a component of the store is named after it.
    pub is_component: bool,
}

/// The drivers of an image.
#[derive(Debug, Default)]
pub struct DriverPackages {
    /// Those in the driver store.
    pub packages: Vec<DriverPackage>,
    /// How many of third parties were added to the image.
    pub third_party: u64,
    /// Whether there are more than are looked at.
    pub cut_short: bool,
}

impl DriverPackages {
    /// Reads the catalogs of the driver packages.
    ///
    /// # Errors
    /// Where the blob table cannot be read.
    pub fn of<S: ReadAt>(inside: &Inside<'_, S>, windows: &Installation, anchors: &Anchors) -> Result<Self> {
        let mut found = Self { third_party: third_party(inside, windows), ..Self::default() };
        let Some(store) = inside.find(&windows.path("System32\\DriverStore\\FileRepository")) else {
            return Ok(found);
        };
        let components = component_names(inside, windows);
        let mut folders = inside.children(&store).filter(Entry::is_folder);
        let mut wanted: BTreeMap<Sha1Digest, Vec<(usize, Place)>> = BTreeMap::new();
        for folder in folders.by_ref().take(MAX_PACKAGES) {
            let name = inf_of(&folder.name().to_lowercase());
            let files = || inside.children(&folder).filter(|entry| !entry.is_folder());
            let inf = files().find(|file| file.name().to_lowercase() == name).map(|file| file.sha1());
            let is_component = [short_name(&format!("dual_{name}")), short_name(&name)]
                .iter()
                .any(|name| components.contains(name));
            let catalogs = files().filter(|file| file.name().to_lowercase().ends_with(".cat"));
            for catalog in catalogs.take(MAX_CATALOGS) {
                let of = wanted.entry(catalog.sha1()).or_default();
                of.push((found.packages.len(), place(inside, &catalog)));
            }
            let place = place(inside, &folder);
            found.packages.push(DriverPackage { place, inf, catalogs: Vec::new(), is_component });
        }
        found.cut_short = folders.next().is_some();
        let digests: Vec<Sha1Digest> = wanted.keys().copied().collect();
        let mut cost = 0;
        inside.read_many(&digests, BOUNDS, |sha1, bytes| {
            let read = bytes.map_err(|error| error.to_string());
            let trust = read
                .and_then(|bytes| Catalog::read_within(bytes, anchors, &mut cost))
                .map(|catalog| catalog.trust);
            for (package, place) in wanted.remove(sha1).unwrap_or_default() {
                if let Some(package) = found.packages.get_mut(package) {
                    package.catalogs.push(DriverCatalog { place, sha1: *sha1, trust: trust.clone() });
                }
            }
        })?;
        found.cut_short |= cost > MAX_COST;
        Ok(found)
    }
}

fn place<S: ReadAt>(inside: &Inside<'_, S>, entry: &Entry<'_>) -> Place {
    Place { path: inside.path(entry), offset: entry.dentry.offset }
}

/// The name of the `.inf` in the name of a folder.
fn inf_of(folder: &str) -> String {
    folder.rsplitn(3, '_').last().unwrap_or_default().to_owned()
}

/// Names of the components in the store, as keyforms have them.
fn component_names<S: ReadAt>(inside: &Inside<'_, S>, windows: &Installation) -> BTreeSet<String> {
    let store = inside.find(&windows.path("WinSxS"));
    let folders =
        store.iter().flat_map(|store| inside.children(store)).map(|folder| folder.name().to_lowercase());
    folders.filter_map(|folder| Some(Keyform::parse(&folder)?.name.to_owned())).collect()
}

fn third_party<S: ReadAt>(inside: &Inside<'_, S>, windows: &Installation) -> u64 {
    let folder = inside.find(&windows.path("INF"));
    let names =
        folder.iter().flat_map(|folder| inside.children(folder)).map(|file| file.name().to_lowercase());
    let is_third_party = |name: &String| {
        let number = name.strip_prefix("oem").and_then(|rest| rest.strip_suffix(".inf"));
        number.is_some_and(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
    };
    names.filter(is_third_party).count() as u64
}
