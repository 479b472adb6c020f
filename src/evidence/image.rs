//! The WIM reader: an image file becomes a [`Subject`] with a sighting of each image.

use std::{collections::HashSet, sync::Arc};

use chrono::Datelike as _;
use sha2::{Digest as _, Sha256};
use wimproof_wim::{
    Anomalies, Anomaly, AnomalyKind, BlobTable, Error, FileTime, Fingerprint, Header, Metadata, ReadAt,
    References, Survey, VerifyOptions, Version, Wim, xml,
};

use super::verified;
use crate::{
    sighting::{
        Assurance, Evidence, Fact, FactKey, Facts, Locator, Observation, Sighting, Subject, SubjectKind,
        Trouble, Value,
    },
    source::Metered,
};

/// How far to read.
#[derive(Clone, Copy)]
pub struct Depth<'p> {
    /// For [`Assurance::Claimed`] the header and the XML, for [`Assurance::Declared`] also the blob table and the metadata
    /// of every image, for [`Assurance::Verified`] every byte.
    pub assurance: Assurance,
    /// Threads for reading every byte.
    pub jobs: usize,
    /// Called with bytes just dealt with while every byte is read, from any thread.
    pub progress: &'p (dyn Fn(u64) + Sync),
}

impl std::fmt::Debug for Depth<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Depth").field("assurance", &self.assurance).finish_non_exhaustive()
    }
}

impl Depth<'_> {
    /// As far as an assurance asks, with all cores, silently.
    pub fn of(assurance: Assurance) -> Self {
        let jobs = std::thread::available_parallelism().map_or(1, Into::into);
        Self { assurance, jobs, progress: &|_| {} }
    }
}

/// Reads an image file.
///
/// Never fails: what cannot be read is an observation of the subject.
pub fn read<S: ReadAt>(source: &Metered<S>, name: &str, depth: Depth<'_>) -> Subject {
    read_set(std::slice::from_ref(source), name, depth)
}

/// Reads a split set, its parts in any order; or one file, as a set of one.
pub fn read_set<S: ReadAt>(sources: &[Metered<S>], name: &str, depth: Depth<'_>) -> Subject {
    read_set_and(sources, name, depth, |parts, subject, rest| {
        rest.verify(parts, subject);
    })
}

pub use super::content_digests::ContentDigests;

/// What is left to do when a file was read as declared: nothing, or to read every byte.
#[derive(Debug)]
pub struct Rest<'p>(Option<VerifyOptions<'p>>);

impl Rest<'_> {
    /// Does it, and gives the digests of all contents where every byte was read.
    pub fn verify<S: ReadAt>(self, parts: &[Wim<S>], subject: &mut Subject) -> ContentDigests {
        self.0.map(|options| verified::add(parts, subject, &options)).unwrap_or_default()
    }
}

/// The same as far as it is declared, and looks further with `more` while the files are open: it gets the parts, the first
/// in front, where they could be opened, and verifies them when it likes.
pub fn read_set_and<S: ReadAt>(
    sources: &[Metered<S>],
    name: &str,
    depth: Depth<'_>,
    more: impl FnOnce(&[Wim<&Metered<S>>], &mut Subject, Rest<'_>),
) -> Subject {
    let mut reader = Reader { subject: Subject::new(name, SubjectKind::Wim) };
    let size = sources.iter().map(ReadAt::size).sum();
    reader.subject.file_size = Some(size);
    reader.fact(FactKey::FileSize, Value::Number(size), Locator::Whole);
    match sources.iter().map(Wim::open).collect::<Result<Vec<_>, _>>() {
        Ok(mut parts) => {
            parts.sort_by_key(|part| part.header().part);
            let rest = reader.parts(&parts, depth);
            more(&parts, &mut reader.subject, rest);
        }
        Err(error) => reader.error(&error, 0),
    }
    let mut subject = reader.subject;
    subject.bytes_read = sources.iter().map(Metered::bytes_read).sum();
    subject
}

/// Reads the whole file and adds its SHA-256.
pub fn hash_file<S: ReadAt>(source: &Metered<S>, subject: &mut Subject) {
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 1 << 20];
    let (mut offset, size) = (0, source.size());
    while offset < size {
        let wanted = usize::try_from(size - offset).unwrap_or(usize::MAX).min(buffer.len());
        let window = &mut buffer[..wanted];
        if let Err(error) = source.read_exact_at(offset, window) {
            subject.observe(Trouble::Inaccessible, error, Locator::Offset(offset));
            return;
        }
        hash.update(&*window);
        offset += wanted as u64;
    }
    let evidence = Evidence { source: Arc::clone(&subject.source), locator: Locator::Whole };
    let value = Value::Text(hex::encode(hash.finalize()));
    subject.facts.insert(FactKey::FileSha256, Fact { value, evidence });
    subject.bytes_read = source.bytes_read();
}

/// Images beyond those that the header counts which are looked at.
const HIDDEN_IMAGES_READ: u32 = 8;

struct Reader {
    subject: Subject,
}

impl Reader {
    fn parts<'p, S: ReadAt>(&mut self, parts: &[Wim<S>], depth: Depth<'p>) -> Rest<'p> {
        let none = Rest(None);
        let Some(wim) = parts.first() else { return none };
        self.header(wim.header());
        self.check_set(parts);
        let xml = match wim.xml() {
            Ok(xml) => xml,
            Err(error) => {
                self.error(&error, wim.header().xml.offset);
                return none;
            }
        };
        self.subject.xml = Some(xml.text.clone());
        self.subject.fingerprint = Fingerprint::of(wim.header(), xml);
        if let Some(total) = &xml.total_bytes {
            self.fact(FactKey::WimTotalBytes, Value::Number(total.value), Locator::Offset(total.offset));
        }
        if xml.encrypted {
            self.error(&Error::Encrypted, wim.header().xml.offset);
            return none;
        }
        if depth.assurance == Assurance::Claimed {
            let anomalies = [&wim.header().anomalies, &xml.anomalies];
            for anomalies in anomalies {
                self.anomalies(anomalies);
            }
            self.claimed_images(wim.header(), xml);
            return none;
        }
        self.declared(parts, wim, xml);
        if depth.assurance == Assurance::Verified && self.subject.assurance == Assurance::Declared {
            let Depth { jobs, progress, .. } = depth;
            return Rest(Some(VerifyOptions { jobs, file_digest: true, content_digests: true, progress }));
        }
        none
    }

    /// Whether every part of the set is there, once.
    fn check_set<S: ReadAt>(&mut self, parts: &[Wim<S>]) {
        let Some(first) = parts.first().map(Wim::header) else { return };
        let numbers: Vec<u16> = parts.iter().map(|part| part.header().part).collect();
        let missing: Vec<String> =
            (1..=first.parts).filter(|part| !numbers.contains(part)).map(|part| part.to_string()).collect();
        if !missing.is_empty() {
            let detail = format!("of {} parts these are missing: {}", first.parts, missing.join(", "));
            self.subject.observe(Trouble::Anomaly(AnomalyKind::ForeignPart), detail, Locator::Whole);
        }
        let doubled = numbers.windows(2).any(|pair| matches!(pair, [a, b] if a == b));
        let same = |part: &Wim<S>| (part.header().guid, part.header().parts) == (first.guid, first.parts);
        if doubled || !parts.iter().all(same) {
            let detail = format!("the parts {numbers:?} are not those of one set of {}", first.parts);
            self.subject.observe(Trouble::Anomaly(AnomalyKind::ForeignPart), detail, Locator::Whole);
        }
    }

    fn header(&mut self, header: &Header) {
        let number = |n: u64| Value::Number(n);
        let codec = header.codec.map_or("none", |codec| codec.name());
        let version = match header.version {
            Version::V1_13 => "1.13",
            Version::V0_14 => "0.14",
        };
        for (key, value, offset) in [
            (FactKey::FormatVersion, Value::Text(version.into()), 0x0C),
            (FactKey::Compression, Value::Text(codec.into()), 0x10),
            (FactKey::ChunkSize, number(header.chunk_size.into()), 0x14),
            (FactKey::Guid, Value::Text(header.guid.to_string()), 0x18),
            (FactKey::Part, number(header.part.into()), 0x28),
            (FactKey::Parts, number(header.parts.into()), 0x2A),
            (FactKey::ImageCount, number(header.image_count.into()), 0x2C),
            (FactKey::BootIndex, number(header.boot_index.into()), 0x78),
        ] {
            self.fact(key, value, Locator::Offset(offset));
        }
    }

    /// Without the blob table, the XML alone says which images there are.
    fn claimed_images(&mut self, header: &Header, xml: &xml::Xml) {
        if xml.images.is_empty() {
            let detail = format!("no image is described (the header says {})", header.image_count);
            self.subject.observe(Trouble::Unreadable, detail, Locator::Offset(header.xml.offset));
        }
        for (position, image) in xml.images.iter().enumerate() {
            let index = image.index.as_ref().map(|index| index.value).or(u32::try_from(position + 1).ok());
            let facts = claims(image, &self.subject.source);
            let sighting = Sighting {
                index,
                facts,
                observations: Vec::new(),
                assurance: Assurance::Claimed,
                contents: None,
            };
            self.subject.images.push(sighting);
        }
    }

    fn declared<S: ReadAt>(&mut self, parts: &[Wim<S>], wim: &Wim<S>, xml: &xml::Xml) {
        let header = wim.header();
        if let Err(error @ Error::Unsupported(_)) = wim.metadata_blob(1) {
            // Parts of a split set without the first: their claims can be shown all the same.
            self.error(&error, 0);
            return self.claimed_images(header, xml);
        }
        let mut tables = Vec::new();
        for part in parts {
            match (part.blob_table(), part.anomalies()) {
                (Ok(table), Ok(anomalies)) => {
                    tables.push(table);
                    self.anomalies(&anomalies);
                }
                (Err(error), _) | (_, Err(error)) => {
                    return self.error(&error, part.header().blob_table.offset);
                }
            }
        }
        let whole;
        let blobs = match tables.as_slice() {
            [only] => *only,
            several => {
                whole = BlobTable::of_set(several.iter().copied());
                &whole
            }
        };
        self.subject.assurance = Assurance::Declared;
        let mut references = References::new(blobs);
        let stored = u32::try_from(blobs.metadata().len()).unwrap_or(u32::MAX);
        // A table can name one resource a million times. What is beyond the header's count is reported as hidden anyway.
        let count = stored.min(header.image_count.saturating_add(HIDDEN_IMAGES_READ));
        let mut seen = HashSet::new();
        for index in 1..=count {
            let resource = blobs.metadata().get(index as usize - 1).map(|blob| blob.resource.offset);
            if resource.is_some_and(|offset| !seen.insert(offset)) {
                let detail = format!("image {index} has the metadata resource of another image");
                let locator = resource.map_or(Locator::Whole, Locator::Offset);
                self.subject.observe(Trouble::Anomaly(AnomalyKind::SharedMetadata), detail, locator);
                continue;
            }
            let sighting = self.declared_image(wim, blobs, xml, index, &mut references);
            self.subject.images.push(sighting);
        }
        if stored == 0 {
            let detail = "the file holds no image: its blob table names no metadata resource";
            self.subject.observe(Trouble::Unreadable, detail, Locator::Offset(header.blob_table.offset));
        }
        let all_surveyed = self.subject.images.iter().all(|image| image.facts.contains_key(&FactKey::Tree));
        if all_surveyed {
            self.anomalies(&references.compare(blobs));
        }
    }

    fn declared_image<S: ReadAt>(
        &mut self,
        wim: &Wim<S>,
        blobs: &BlobTable,
        xml: &xml::Xml,
        index: u32,
        references: &mut References,
    ) -> Sighting {
        let claimed = xml.image(index);
        let mut sighting = Sighting {
            index: Some(index),
            facts: claimed.map(|image| claims(image, &self.subject.source)).unwrap_or_default(),
            observations: Vec::new(),
            assurance: Assurance::Declared,
            contents: None,
        };
        if let Ok(blob) = wim.metadata_blob(index) {
            let evidence = self.evidence(Locator::Offset(blob.resource.offset));
            let value = Value::Text(blob.sha1.to_string());
            sighting.facts.insert(FactKey::MetadataSha1, Fact { value, evidence });
        }
        match survey(wim, blobs, index, references) {
            Ok((survey, offset)) => {
                self.surveyed(&mut sighting, &survey, claimed, offset);
                sighting.contents = Some(survey.contents);
            }
            Err(error) => {
                let trouble = match trouble_of(&error) {
                    Trouble::Unreadable => Trouble::DamagedMetadata,
                    other => other,
                };
                let evidence = self.evidence(Locator::Whole);
                sighting.observations.push(Observation { trouble, detail: error.to_string(), evidence });
                sighting.assurance = Assurance::Claimed;
            }
        }
        sighting
    }

    fn surveyed(
        &self,
        sighting: &mut Sighting,
        survey: &Survey,
        claimed: Option<&xml::ImageXml>,
        offset: u64,
    ) {
        let evidence = self.evidence(Locator::Offset(offset));
        let tree = Fact { value: Value::Text(survey.tree.to_string()), evidence: evidence.clone() };
        sighting.facts.insert(FactKey::Tree, tree);
        if let Some(newest) = time(survey.newest_write).filter(|_| survey.newest_write != FileTime(0)) {
            sighting.facts.insert(FactKey::NewestWrite, Fact { value: newest, evidence });
        }
        let in_tree = survey.anomalies.described().iter();
        sighting
            .observations
            .extend(in_tree.map(|anomaly| self.observation(anomaly, Locator::MetadataOffset)));
        if let Some(claimed) = claimed {
            let counts = survey.compare(claimed);
            let in_xml = counts.described().iter();
            sighting.observations.extend(in_xml.map(|anomaly| self.observation(anomaly, Locator::Offset)));
        }
    }

    fn fact(&mut self, key: FactKey, value: Value, locator: Locator) {
        let evidence = self.evidence(locator);
        self.subject.facts.insert(key, Fact { value, evidence });
    }

    fn evidence(&self, locator: Locator) -> Evidence {
        Evidence { source: Arc::clone(&self.subject.source), locator }
    }

    fn observation(&self, anomaly: &Anomaly, at: fn(u64) -> Locator) -> Observation {
        let evidence = self.evidence(anomaly.offset.map_or(Locator::Whole, at));
        Observation { trouble: Trouble::Anomaly(anomaly.kind), detail: anomaly.detail.clone(), evidence }
    }

    fn anomalies(&mut self, anomalies: &Anomalies) {
        let described = anomalies.described().iter();
        let observations: Vec<_> =
            described.map(|anomaly| self.observation(anomaly, Locator::Offset)).collect();
        self.subject.observations.extend(observations);
    }

    fn error(&mut self, error: &Error, offset: u64) {
        self.subject.observe(trouble_of(error), error, Locator::Offset(offset));
    }
}

/// Reads and surveys one image; also returns where its metadata resource stands.
fn survey<S: ReadAt>(
    wim: &Wim<S>,
    blobs: &BlobTable,
    index: u32,
    references: &mut References,
) -> Result<(Survey, u64), Error> {
    let offset = wim.metadata_blob(index)?.resource.offset;
    let metadata: Metadata = wim.metadata(index)?;
    Survey::of(&metadata, blobs, references).map(|survey| (survey, offset))
}

fn trouble_of(error: &Error) -> Trouble {
    match error {
        Error::Io { source, .. } if source.kind() != std::io::ErrorKind::UnexpectedEof => {
            Trouble::Inaccessible
        }
        Error::Unsupported(_) => Trouble::Unsupported,
        Error::Encrypted => Trouble::Encrypted,
        _ => Trouble::Unreadable,
    }
}

/// Years of more than four digits cannot be written in RFC 3339; the reader reports such times as implausible.
fn time(time: FileTime) -> Option<Value> {
    time.to_utc().filter(|at| at.year() <= 9999).map(Value::Time)
}

/// What the XML says of an image.
fn claims(image: &xml::ImageXml, source: &Arc<str>) -> Facts {
    let mut claims = Claims { source, facts: Facts::new() };
    let windows = &image.windows;
    for (key, text) in [
        (FactKey::Name, &image.name),
        (FactKey::Description, &image.description),
        (FactKey::DisplayName, &image.display_name),
        (FactKey::DisplayDescription, &image.display_description),
        (FactKey::Flags, &image.flags),
        (FactKey::WimBoot, &image.wim_boot),
        (FactKey::Edition, &windows.edition),
        (FactKey::InstallationType, &windows.installation_type),
        (FactKey::ProductName, &windows.product_name),
        (FactKey::ProductType, &windows.product_type),
        (FactKey::ProductSuite, &windows.product_suite),
        (FactKey::Hal, &windows.hal),
        (FactKey::SystemRoot, &windows.system_root),
        (FactKey::DefaultLanguage, &windows.default_language),
        (FactKey::Branch, &windows.branch),
        (FactKey::ImageState, &windows.image_state),
        (FactKey::GdrDuRevision, &windows.gdr_du_revision),
        (FactKey::PkeyConfigVersion, &windows.pkey_config_version),
    ] {
        claims.put(key, text.as_ref(), |text| Some(Value::Text(text.clone())));
    }
    for (key, number) in [
        (FactKey::DirCount, &image.dir_count),
        (FactKey::FileCount, &image.file_count),
        (FactKey::TotalBytes, &image.total_bytes),
        (FactKey::HardLinkBytes, &image.hard_link_bytes),
        (FactKey::Build, &windows.build),
        (FactKey::SpBuild, &windows.sp_build),
        (FactKey::SpLevel, &windows.sp_level),
    ] {
        claims.put(key, number.as_ref(), |number| Some(Value::Number(*number)));
    }
    claims.put(FactKey::Created, image.created.as_ref(), |at| time(*at));
    claims.put(FactKey::Modified, image.modified.as_ref(), |at| time(*at));
    claims.put(FactKey::Architecture, windows.architecture.as_ref(), |code| {
        Some(Value::Text(architecture(*code)))
    });
    let version = version(windows);
    claims.put(FactKey::Version, version.as_ref(), |text| Some(Value::Text(text.clone())));
    if let Some(first) = windows.languages.first() {
        let all = windows.languages.iter().map(|language| language.value.clone()).collect();
        let languages = xml::Located { value: Value::List(all), offset: first.offset };
        claims.put(FactKey::Languages, Some(&languages), |list| Some(list.clone()));
    }
    claims.facts
}

struct Claims<'s> {
    source: &'s Arc<str>,
    facts: Facts,
}

impl Claims<'_> {
    fn put<T>(&mut self, key: FactKey, found: Option<&xml::Located<T>>, value: impl Fn(&T) -> Option<Value>) {
        if let Some(found) = found
            && let Some(value) = value(&found.value)
        {
            let evidence =
                Evidence { source: Arc::clone(self.source), locator: Locator::Offset(found.offset) };
            self.facts.insert(key, Fact { value, evidence });
        }
    }
}

/// Major, minor, build and service pack build, as far as given without a gap.
fn version(windows: &xml::Windows) -> Option<xml::Text> {
    let parts = [&windows.major, &windows.minor, &windows.build, &windows.sp_build];
    let known: Vec<String> =
        parts.iter().map_while(|part| part.as_ref()).map(|n| n.value.to_string()).collect();
    let offset = windows.major.as_ref()?.offset;
    Some(xml::Located { value: known.join("."), offset })
}

fn architecture(code: u64) -> String {
    match code {
        0 => "x86".into(),
        5 => "arm".into(),
        6 => "ia64".into(),
        9 => "x64".into(),
        12 => "arm64".into(),
        other => format!("unknown ({other})"),
    }
}
