//! An open WIM.

use std::sync::OnceLock;

use sha1::{Digest as _, Sha1};

use crate::{
    anomaly::{Anomalies, AnomalyKind},
    blob_table::{Blob, BlobPlace, BlobTable},
    chunk_decoder::ChunkDecoder,
    chunks::{ChunkMap, Storage},
    error::{Error, Place, Result},
    header::Header,
    integrity::IntegrityTable,
    layout,
    limits::{MAX_METADATA_BYTES, MAX_METADATA_RATIO, MAX_XML_BYTES},
    metadata::Metadata,
    read_at::ReadAt,
    resource::ResourceHeader,
    value::Sha1Digest,
    xml::Xml,
};

/// Memory taken before the first byte of a resource is decoded; beyond, it grows with what is really there.
const FIRST_RESERVE: u64 = 64 << 20;

/// A WIM (or ESD) file. Opening it reads the header; everything else is read when asked for.
#[derive(Debug)]
pub struct Wim<S> {
    source: S,
    header: Header,
    xml: OnceLock<Xml>,
    blobs: OnceLock<BlobTable>,
}

impl<S: ReadAt> Wim<S> {
    /// Reads the header.
    pub fn open(source: S) -> Result<Self> {
        let header = Header::read(&source)?;
        Ok(Self { source, header, xml: OnceLock::new(), blobs: OnceLock::new() })
    }

    /// Where the bytes come from.
    pub fn source(&self) -> &S {
        &self.source
    }

    /// The header.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// The XML data, read once.
    pub fn xml(&self) -> Result<&Xml> {
        if let Some(xml) = self.xml.get() {
            return Ok(xml);
        }
        let resource = self.header.xml;
        let xml = if resource.is_absent() {
            let mut xml = Xml::default();
            xml.anomalies.push(AnomalyKind::XmlMissing, Some(0x48), "the header names no XML data");
            xml
        } else {
            Xml::parse(&self.xml_bytes()?, resource.offset)?
        };
        Ok(self.xml.get_or_init(|| xml))
    }

    /// The bytes of the XML data as they stand in the file (uncompressed); empty where there are none.
    pub fn xml_bytes(&self) -> Result<Vec<u8>> {
        match self.header.xml.is_absent() {
            true => Ok(Vec::new()),
            false => self.read_resource("XML", self.header.xml, MAX_XML_BYTES),
        }
    }

    /// The blob table, read once.
    pub fn blob_table(&self) -> Result<&BlobTable> {
        if let Some(blobs) = self.blobs.get() {
            return Ok(blobs);
        }
        let blobs = BlobTable::read(&self.source, &self.header)?;
        Ok(self.blobs.get_or_init(|| blobs))
    }

    /// The integrity table; `None` where the file has none.
    pub fn integrity_table(&self) -> Result<Option<IntegrityTable>> {
        IntegrityTable::read(&self.source, &self.header)
    }

    /// The metadata resource of an image, by 1-based index, as it stands in the blob table.
    ///
    /// # Errors
    /// [`Error::NoSuchImage`]; [`Error::Unsupported`] for a part of a split set that is not the first.
    pub fn metadata_blob(&self, index: u32) -> Result<&Blob> {
        if self.header.part != 1 {
            return Err(Error::Unsupported("the images of a split set by another part than the first"));
        }
        let images = self.blob_table()?.metadata();
        let count = u32::try_from(images.len()).unwrap_or(u32::MAX);
        let position = index.checked_sub(1).and_then(|i| usize::try_from(i).ok());
        position.and_then(|i| images.get(i)).ok_or(Error::NoSuchImage { index, count })
    }

    /// Reads and decodes the metadata of an image, by 1-based index, and checks it against its SHA-1.
    pub fn metadata(&self, index: u32) -> Result<Metadata> {
        let blob = self.metadata_blob(index)?;
        if self.xml().is_ok_and(|xml| xml.encrypted) {
            return Err(Error::Encrypted);
        }
        let limit = MAX_METADATA_BYTES.min(self.source.size().saturating_mul(MAX_METADATA_RATIO));
        let bytes = self.read_resource("metadata resource", blob.resource, limit)?;
        let found = Sha1Digest(Sha1::digest(&bytes).into());
        if found != blob.sha1 {
            let place = Place::new("metadata resource", blob.resource.offset);
            return Err(Error::HashMismatch { place, found, expected: blob.sha1 });
        }
        Metadata::parse(bytes)
    }

    /// Feeds the uncompressed bytes of a content to `sink`, piece by piece, and checks them against their SHA-1 at the
    /// end: what `sink` had is only right when this succeeds.
    ///
    /// # Errors
    /// [`Error::Unsupported`] where the content stands in another part of a split set.
    pub fn read_content(&self, blob: &Blob, mut sink: impl FnMut(&[u8])) -> Result<()> {
        if blob.part != self.header.part {
            return Err(Error::Unsupported("a content that stands in another part of the set"));
        }
        let (map, range) = match blob.place {
            BlobPlace::Alone => {
                let storage = Storage::of(&self.header);
                let map = ChunkMap::of("resource", &blob.resource, storage, self.source.size())?;
                (map, 0..blob.size())
            }
            BlobPlace::Solid { resource, position } => {
                let resources = self.blob_table()?.solid_resources();
                let resource = resources.get(resource as usize).copied().unwrap_or_default();
                (ChunkMap::of_solid(&self.source, &resource)?, position..position.saturating_add(blob.size()))
            }
        };
        let mut hash = Sha1::new();
        let mut given = 0;
        ChunkDecoder::default().stream_range(&map, &self.source, &range, |piece| {
            hash.update(piece);
            given += piece.len() as u64;
            sink(piece);
        })?;
        let found = Sha1Digest(hash.finalize().into());
        if given != blob.size() || found != blob.sha1 {
            let place = Place::new("content of a file", blob.resource.offset);
            return Err(Error::HashMismatch { place, found, expected: blob.sha1 });
        }
        Ok(())
    }

    /// What does not fit together in the file as a whole: header, XML, blob table, the number of images, gaps and
    /// overlaps. The trees of images are surveyed apart, see [`crate::Survey`].
    pub fn anomalies(&self) -> Result<Anomalies> {
        let (xml, blobs) = (self.xml()?, self.blob_table()?);
        let mut anomalies = self.header.anomalies.clone();
        anomalies.append(xml.anomalies.clone());
        anomalies.append(blobs.anomalies().clone());
        self.image_count_anomalies(xml, blobs, &mut anomalies);
        if !self.header.pipable {
            anomalies.append(layout::anomalies(&self.header, blobs, self.source.size()));
        }
        if let Err(error) = self.integrity_table() {
            anomalies.push(AnomalyKind::BadIntegrityTable, Some(self.header.integrity.offset), error);
        }
        Ok(anomalies)
    }

    fn image_count_anomalies(&self, xml: &Xml, blobs: &BlobTable, anomalies: &mut Anomalies) {
        let claimed = u64::from(self.header.image_count);
        let (described, stored) = (xml.images.len() as u64, blobs.metadata().len() as u64);
        if described != claimed {
            let detail = format!("the header says {claimed} images, the XML describes {described}");
            anomalies.push(AnomalyKind::XmlImageIndex, Some(0x2C), detail);
        }
        // Of a split set, the metadata stand in the first part.
        self.boot_anomalies(blobs, anomalies);
        let expects_metadata = !self.header.is_split() || self.header.part == 1;
        let detail = format!("the header says {claimed} images, the file holds {stored}");
        if stored > claimed {
            anomalies.push(AnomalyKind::HiddenImage, Some(0x2C), detail);
        } else if stored < claimed && expects_metadata {
            anomalies.push(AnomalyKind::MissingImage, Some(0x2C), detail);
        }
    }

    /// The header names the metadata of the bootable image a second time; loaders that go by it must get the same.
    fn boot_anomalies(&self, blobs: &BlobTable, anomalies: &mut Anomalies) {
        let boot = self.header.boot_metadata;
        let image = usize::try_from(self.header.boot_index).ok().and_then(|index| index.checked_sub(1));
        let expected = image.and_then(|i| blobs.metadata().get(i)).map(|blob| blob.resource);
        let same = match expected {
            Some(resource) => {
                (boot.offset, boot.size_in_wim, boot.uncompressed_size)
                    == (resource.offset, resource.size_in_wim, resource.uncompressed_size)
            }
            None => boot.is_absent(),
        };
        if !same && self.header.part == 1 {
            let detail =
                format!("boot metadata at {}, not those of image {}", boot.offset, self.header.boot_index);
            anomalies.push(AnomalyKind::BootMetadataMismatch, Some(0x60), detail);
        }
    }

    /// Reads a whole resource of at most `limit` uncompressed bytes.
    fn read_resource(
        &self,
        structure: &'static str,
        resource: ResourceHeader,
        limit: u64,
    ) -> Result<Vec<u8>> {
        let claimed = resource.uncompressed_size;
        if claimed > limit {
            return Err(Error::TooLarge { place: Place::new(structure, resource.offset), claimed, limit });
        }
        let map = ChunkMap::of(structure, &resource, Storage::of(&self.header), self.source.size())?;
        let mut bytes = Vec::with_capacity(usize::try_from(claimed.min(FIRST_RESERVE)).unwrap_or_default());
        ChunkDecoder::default()
            .stream_range(&map, &self.source, &(0..claimed), |piece| bytes.extend_from_slice(piece))?;
        Ok(bytes)
    }
}
