//! Files with what a site adds to the checks of health: certificates, agents and marks, customisations that it allows.

use std::{path::Path, sync::Arc};

use sha2::{Digest as _, Sha256};

use super::{
    fault::Fault,
    raw::{self, Text},
};
use crate::{
    evidence::{catalog::Anchors, provenance::Site},
    judge::{
        health::AllowList,
        policy::{HealthTerms, SiteFile},
    },
    source::written,
};

/// Longest file of a site that is read, in bytes.
const LONGEST: u64 = 4 << 20;

/// Files of a site that are read for a policy.
const MOST: usize = 64;

/// How a file is taken.
type Take = fn(&mut SiteReader, &Path) -> Result<(), String>;

/// What the files say that a policy names, whose paths begin at a folder; and all that is wrong with them.
pub(super) fn named(raw: &raw::Health, folder: &Path) -> (HealthTerms, Vec<Fault>) {
    let mut reader = match SiteReader::new() {
        Ok(reader) => reader,
        Err(error) => return (HealthTerms::default(), vec![Fault::new(0..0, error, "")]),
    };
    let kinds: [(&[Text], Take); 3] = [
        (&raw.roots, SiteReader::roots),
        (&raw.channels, SiteReader::channels),
        (raw.allow.as_slice(), SiteReader::allow),
    ];
    let mut faults = Vec::new();
    let all = kinds.iter().flat_map(|(files, take)| files.iter().map(move |file| (file, take)));
    for (number, (file, take)) in all.enumerate() {
        if number >= MOST {
            faults.push(Fault::new(
                file.span(),
                "there are too many files",
                format!("expected at most {MOST}"),
            ));
            break;
        }
        if let Err(error) = take(&mut reader, &folder.join(file.get_ref())) {
            let message = format!("{:?} cannot be used: {error}", file.get_ref());
            let expected = "expected a file; its path begins at the folder of the policy";
            faults.push(Fault::new(file.span(), message, expected));
        }
    }
    (reader.finish(), faults)
}

/// Reads the files one by one; an error says what is wrong, and not in which.
#[derive(Debug)]
pub struct SiteReader {
    site: Site,
    allow: AllowList,
    files: Vec<SiteFile>,
}

impl SiteReader {
    /// With the certificates of Microsoft, and nothing that is allowed.
    ///
    /// # Errors
    /// None, as tests show.
    pub fn new() -> Result<Self, String> {
        let anchors = Anchors::microsoft().map_err(|error| error.to_string())?;
        let site = Site { anchors, ..Site::default() };
        Ok(Self { site, allow: AllowList::default(), files: Vec::new() })
    }

    /// Certificates at which the chains of catalogs may end (PEM).
    ///
    /// # Errors
    /// Where the file cannot be read, or holds none.
    pub fn roots(&mut self, path: &Path) -> Result<(), String> {
        let bytes = self.read(path)?;
        self.site.anchors.add_pem(&bytes).map_err(|error| error.to_string())
    }

    /// Agents and marks of the site.
    ///
    /// # Errors
    /// Where the file cannot be read or understood.
    pub fn channels(&mut self, path: &Path) -> Result<(), String> {
        let bytes = self.read(path)?;
        let text = written::text(&bytes).map_err(|error| error.to_string())?;
        self.site.channels.add(text)
    }

    /// Customisations that the site allows.
    ///
    /// # Errors
    /// Where the file cannot be read or understood.
    pub fn allow(&mut self, path: &Path) -> Result<(), String> {
        let bytes = self.read(path)?;
        let text = written::text(&bytes).map_err(|error| error.to_string())?;
        self.allow = AllowList::parse(text)?;
        Ok(())
    }

    fn read(&mut self, path: &Path) -> Result<Vec<u8>, String> {
        let bytes = written::bytes(path, LONGEST).map_err(|error| error.to_string())?;
        self.files.push(SiteFile { path: path.to_owned(), sha256: Sha256::digest(&bytes).into() });
        Ok(bytes)
    }

    /// What they say together, without a depth.
    pub fn finish(self) -> HealthTerms {
        let Self { site, allow, files } = self;
        HealthTerms { depth: None, site: Arc::new(site), allow: Arc::new(allow), files }
    }
}
