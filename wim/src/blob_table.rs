//! The blob table ("lookup table"): one 50-byte entry for every stored content.

use zerocopy::{
    FromBytes, Immutable, KnownLayout, Unaligned,
    little_endian::{U16, U32},
};

use crate::{
    anomaly::{Anomalies, AnomalyKind},
    chunks::{ChunkMap, least_compressed_size},
    error::{Error, Place, Result},
    header::{Header, Version},
    limits::{MAX_BLOBS, READ_WINDOW},
    read_at::ReadAt,
    resource::{RawResourceHeader, ResourceFlags, ResourceHeader},
    value::Sha1Digest,
};

/// Length of an entry in bytes.
const ENTRY_SIZE: u64 = size_of::<RawEntry>() as u64;

/// In place of an uncompressed size: this entry describes a solid resource, not a blob.
const SOLID_RESOURCE_MARK: u64 = 0x1_0000_0000;

#[derive(FromBytes, Immutable, KnownLayout, Unaligned, Debug)]
#[repr(C)]
struct RawEntry {
    resource: RawResourceHeader,
    part: U16,
    reference_count: U32,
    /// Of the uncompressed data.
    sha1: [u8; 20],
}

const _: () = assert!(size_of::<RawEntry>() == 50);

/// Where a blob's bytes are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BlobPlace {
    /// In a resource of its own.
    Alone,
    /// In a solid resource, from this position of its uncompressed bytes; the number counts
    /// [`BlobTable::solid_resources`].
    Solid {
        /// Which solid resource.
        resource: u32,
        /// Position in its uncompressed bytes.
        position: u64,
    },
}

/// A stored content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Blob {
    /// The resource header as it stands in the entry.
    pub resource: ResourceHeader,
    /// Where the bytes are.
    pub place: BlobPlace,
    /// Part of a split set that holds it, from 1.
    pub part: u16,
    /// How often it is used, as the writer counted. Microsoft's writers are known to count too low.
    pub reference_count: u32,
    /// SHA-1 of the uncompressed bytes: the name by which files refer to it.
    pub sha1: Sha1Digest,
}

impl Blob {
    /// Uncompressed length in bytes.
    pub fn size(&self) -> u64 {
        match self.place {
            BlobPlace::Alone => self.resource.uncompressed_size,
            BlobPlace::Solid { .. } => self.resource.size_in_wim,
        }
    }
}

/// The blob table, decoded.
#[derive(Debug, Default)]
pub struct BlobTable {
    blobs: Vec<Blob>,
    /// Positions in `blobs`, ordered by SHA-1; of several with the same SHA-1 the first in the file comes first.
    by_hash: Vec<u32>,
    metadata: Vec<Blob>,
    solid_resources: Vec<ResourceHeader>,
    deleted: Vec<ResourceHeader>,
    anomalies: Anomalies,
}

impl BlobTable {
    /// Reads the table that the header points to.
    pub(crate) fn read(source: &impl ReadAt, header: &Header) -> Result<Self> {
        let table = header.blob_table;
        table.within("blob table", source.size())?;
        let place = Place::new("blob table", table.offset);
        if table.is_compressed() {
            return Err(Error::Unsupported("a compressed blob table"));
        }
        if table.size_in_wim != table.uncompressed_size {
            let found = format!("{} bytes, {} uncompressed", table.size_in_wim, table.uncompressed_size);
            return Err(place.malformed(found, "the same, as the table is not compressed"));
        }
        let entries = table.size_in_wim / ENTRY_SIZE;
        if entries > MAX_BLOBS {
            return Err(Error::TooLarge { place, claimed: entries, limit: MAX_BLOBS });
        }
        let mut builder = Builder::new(header, source.size());
        if !table.size_in_wim.is_multiple_of(ENTRY_SIZE) {
            let detail = format!("{} bytes, not a multiple of {ENTRY_SIZE}", table.size_in_wim);
            builder.anomalies.push(AnomalyKind::BlobTableOddLength, Some(table.offset), detail);
        }
        let per_window = READ_WINDOW as u64 / ENTRY_SIZE;
        let mut window = Vec::new();
        let mut done = 0;
        while done < entries {
            let count = per_window.min(entries - done);
            let at = table.offset + done * ENTRY_SIZE;
            window.resize(usize::try_from(count * ENTRY_SIZE).unwrap_or_default(), 0);
            source.read_exact_at(at, &mut window).map_err(|e| Place::new("blob table", at).io(e))?;
            let raw = <[RawEntry]>::ref_from_bytes(&window)
                .map_err(|_| place.malformed("a cut entry", "whole entries of 50 bytes"))?;
            for (entry, offset) in raw.iter().zip((at..).step_by(size_of::<RawEntry>())) {
                builder.entry(source, entry, offset);
            }
            done += count;
        }
        builder.end_run(source);
        Ok(builder.finish())
    }

    /// The tables of all parts of a split set as one; its metadata are those of the first.
    pub fn of_set<'t>(parts: impl IntoIterator<Item = &'t Self>) -> Self {
        let mut whole = Self::default();
        for part in parts {
            whole.blobs.extend_from_slice(&part.blobs);
            whole.metadata.extend_from_slice(&part.metadata);
        }
        whole.by_hash = order(&whole.blobs);
        whole
    }

    /// The blobs that are file contents, in the order of the table.
    pub fn blobs(&self) -> &[Blob] {
        &self.blobs
    }

    /// The metadata resources, in the order of the table: the n-th one *is* image n, whatever the XML says.
    pub fn metadata(&self) -> &[Blob] {
        &self.metadata
    }

    /// The solid resources.
    pub fn solid_resources(&self) -> &[ResourceHeader] {
        &self.solid_resources
    }

    /// Metadata of deleted images, which some writers leave in the file.
    pub fn deleted(&self) -> &[ResourceHeader] {
        &self.deleted
    }

    /// The blob with a SHA-1: the first of the table where several have it.
    pub fn find(&self, sha1: &Sha1Digest) -> Option<&Blob> {
        self.position(sha1).and_then(|i| self.blobs.get(i))
    }

    /// Like [`find`](Self::find), as the position in [`blobs`](Self::blobs).
    pub fn position(&self, sha1: &Sha1Digest) -> Option<usize> {
        let hash_at = |i: &u32| self.blobs.get(*i as usize).map(|blob| &blob.sha1);
        let at = self.by_hash.partition_point(|i| hash_at(i) < Some(sha1));
        self.by_hash.get(at).filter(|i| hash_at(i) == Some(sha1)).map(|i| *i as usize)
    }

    /// What does not fit together.
    pub fn anomalies(&self) -> &Anomalies {
        &self.anomalies
    }
}

/// Takes the entries in order, as solid runs depend on what stands before.
struct Builder<'h> {
    header: &'h Header,
    file_size: u64,
    blobs: Vec<Blob>,
    metadata: Vec<Blob>,
    solid_resources: Vec<ResourceHeader>,
    deleted: Vec<ResourceHeader>,
    /// First solid resource, and first blob, of the run that is being read; `None` outside a run.
    run: Option<(usize, usize)>,
    anomalies: Anomalies,
}

impl<'h> Builder<'h> {
    fn new(header: &'h Header, file_size: u64) -> Self {
        let (blobs, metadata, solid_resources, deleted) = Default::default();
        let anomalies = Anomalies::default();
        Self { header, file_size, blobs, metadata, solid_resources, deleted, run: None, anomalies }
    }

    fn entry(&mut self, source: &impl ReadAt, raw: &RawEntry, offset: u64) {
        let resource = ResourceHeader::from(raw.resource);
        let (part, reference_count, sha1) = (raw.part.get(), raw.reference_count.get(), Sha1Digest(raw.sha1));
        let mut note = |kind, detail: String| self.anomalies.push(kind, Some(offset), detail);
        if resource.flags.0 & ResourceFlags::UNKNOWN != 0 {
            note(AnomalyKind::UnknownBlobFlags, format!("blob {sha1} has flags {:#04x}", resource.flags.0));
        }
        if resource.flags.has(ResourceFlags::FREE) {
            note(AnomalyKind::FreeBlob, format!("blob {sha1} is marked as free"));
        }
        if part != self.header.part {
            note(
                AnomalyKind::ForeignPart,
                format!("blob {sha1} stands in part {part}, this is {}", self.header.part),
            );
        }
        let solid = resource.flags.has(ResourceFlags::SOLID) && self.header.version == Version::V0_14;
        let misplaced = resource.flags.has(ResourceFlags::SOLID) && !solid
            || resource.flags.has(ResourceFlags::SPANNED) && !self.header.is_split();
        if misplaced {
            note(
                AnomalyKind::UnknownBlobFlags,
                format!("blob {sha1} has flags {:#04x} in this kind of file", resource.flags.0),
            );
        }
        if solid && resource.flags.has(ResourceFlags::METADATA) {
            note(AnomalyKind::MetadataInSolid, format!("metadata {sha1} stand in a solid resource"));
        }
        if solid {
            self.solid_entry(resource, part, reference_count, sha1, offset);
            return;
        }
        self.end_run(source);
        let blob = Blob { resource, place: BlobPlace::Alone, part, reference_count, sha1 };
        if part == self.header.part {
            self.check_resource(&blob, offset);
        }
        if resource.flags.has(ResourceFlags::METADATA) {
            self.metadata_entry(blob, offset);
        } else {
            if sha1.is_zero() && resource.uncompressed_size != 0 {
                let detail = format!("{} bytes without a SHA-1", resource.uncompressed_size);
                self.anomalies.push(AnomalyKind::BlobWithoutHash, Some(offset), detail);
            }
            self.blobs.push(blob);
        }
    }

    fn metadata_entry(&mut self, blob: Blob, offset: u64) {
        match blob.reference_count {
            // A deleted image, as old preinstallation kits leave behind.
            0 => {
                let detail = format!("metadata {} of a deleted image", blob.sha1);
                self.anomalies.push(AnomalyKind::DeletedImage, Some(offset), detail);
                self.deleted.push(blob.resource);
                return;
            }
            1 => {}
            n => {
                let detail = format!("metadata {} claims to be used by {n} images", blob.sha1);
                self.anomalies.push(AnomalyKind::SharedMetadata, Some(offset), detail);
            }
        }
        self.metadata.push(blob);
    }

    fn solid_entry(
        &mut self,
        resource: ResourceHeader,
        part: u16,
        reference_count: u32,
        sha1: Sha1Digest,
        offset: u64,
    ) {
        let (first, _) = *self.run.get_or_insert((self.solid_resources.len(), self.blobs.len()));
        if resource.uncompressed_size == SOLID_RESOURCE_MARK {
            if let Err(error) = resource.within("solid resource", self.file_size) {
                self.anomalies.push(AnomalyKind::ImpossibleResource, Some(offset), error);
            }
            self.solid_resources.push(resource);
            return;
        }
        if first == self.solid_resources.len() {
            let detail = format!("blob {sha1} stands in a solid resource that is not described before it");
            self.anomalies.push(AnomalyKind::BadSolidRun, Some(offset), detail);
        }
        // Which resource of the run holds the position is known when the run ends.
        let place = BlobPlace::Solid {
            resource: u32::try_from(first).unwrap_or(u32::MAX),
            position: resource.offset,
        };
        self.blobs.push(Blob { resource, place, part, reference_count, sha1 });
    }

    /// At the end of a run the positions of its blobs, which count through all its resources, are resolved: the sizes of
    /// the resources stand in their own headers.
    fn end_run(&mut self, source: &impl ReadAt) {
        let Some((first, first_blob)) = self.run.take() else { return };
        let mut ends = Vec::new();
        let mut end = 0_u64;
        for resource in self.solid_resources.iter().skip(first) {
            match ChunkMap::of_solid(source, resource) {
                Ok(map) => end = end.saturating_add(map.uncompressed_size()),
                Err(error) => {
                    self.anomalies.push(AnomalyKind::ImpossibleResource, Some(resource.offset), error);
                }
            }
            ends.push(end);
        }
        for blob in self.blobs.iter_mut().skip(first_blob) {
            let BlobPlace::Solid { position, .. } = blob.place else { continue };
            let number = ends.partition_point(|end| *end <= position).min(ends.len().saturating_sub(1));
            let start =
                number.checked_sub(1).and_then(|before| ends.get(before)).copied().unwrap_or_default();
            let resource = u32::try_from(first + number).unwrap_or(u32::MAX);
            blob.place = BlobPlace::Solid { resource, position: position.saturating_sub(start) };
        }
    }

    /// What can be said of a resource without reading it.
    fn check_resource(&mut self, blob: &Blob, offset: u64) {
        let ResourceHeader { size_in_wim, uncompressed_size, .. } = blob.resource;
        let problem = if let Err(error) = blob.resource.within("resource", self.file_size) {
            Some(error.to_string())
        } else if !blob.resource.is_compressed() {
            (size_in_wim != uncompressed_size)
                .then(|| format!("{size_in_wim} bytes, {uncompressed_size} uncompressed, but not compressed"))
        } else {
            let least = least_compressed_size(uncompressed_size, self.header.chunk_size);
            let too_small = size_in_wim < least || self.header.codec.is_none();
            too_small.then(|| format!("{size_in_wim} bytes cannot hold {uncompressed_size} compressed ones"))
        };
        if let Some(problem) = problem {
            let detail = format!("blob {}: {problem}", blob.sha1);
            self.anomalies.push(AnomalyKind::ImpossibleResource, Some(offset), detail);
        }
    }

    fn finish(mut self) -> BlobTable {
        let by_hash = order(&self.blobs);
        let hash = |i: &u32| self.blobs.get(*i as usize).map(|blob| blob.sha1);
        for pair in by_hash.windows(2) {
            if let [a, b] = pair
                && let Some(sha1) = hash(a).filter(|sha1| !sha1.is_zero() && hash(b) == Some(*sha1))
            {
                let at = self.header.blob_table.offset;
                let detail = format!("blob {sha1} stands in the table more than once");
                self.anomalies.push(AnomalyKind::DuplicateBlob, Some(at), detail);
            }
        }
        BlobTable {
            blobs: self.blobs,
            by_hash,
            metadata: self.metadata,
            solid_resources: self.solid_resources,
            deleted: self.deleted,
            anomalies: self.anomalies,
        }
    }
}

/// Positions of blobs in the order of their SHA-1, then of the table.
fn order(blobs: &[Blob]) -> Vec<u32> {
    let count = u32::try_from(blobs.len()).unwrap_or(u32::MAX);
    let mut order: Vec<u32> = (0..count).collect();
    order.sort_unstable_by_key(|i| (blobs.get(*i as usize).map(|blob| blob.sha1), *i));
    order
}
