//! How the file is cut into segments.
//!
//! Small resources are grouped until they make a segment; a large one is cut between chunks, which takes a look at its
//! chunk table. Together the segments cover the file from its first byte to its last.

use std::ops::Range;

use super::{BadContent, Content, Damage};
use crate::{
    blob_table::{BlobPlace, BlobTable},
    chunks::{ChunkMap, Cursor, Storage},
    error::{Error, Place, Result},
    header::Header,
    read_at::ReadAt,
    resource::ResourceHeader,
    value::Sha1Digest,
};

/// Bytes of the file in a segment, unless a chunk is longer: what stays in a core's cache between reading and hashing.
pub(super) const SEGMENT: u64 = 1 << 20;

/// Uncompressed bytes that a segment may become, unless a chunk is longer.
const UNCOMPRESSED: u64 = 4 << 20;

/// A content in the uncompressed bytes of a stream.
#[derive(Debug, Clone)]
pub(super) struct Span {
    pub(super) content: Content,
    pub(super) sha1: Sha1Digest,
    pub(super) range: Range<u64>,
}

/// A large resource: its chunks, and the contents in them, by position.
#[derive(Debug)]
pub(super) struct Stream {
    pub(super) map: ChunkMap,
    pub(super) spans: Vec<Span>,
    /// Bytes of the file.
    pub(super) range: Range<u64>,
}

/// Chunks of a stream that belong to a segment.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) stream: usize,
    pub(super) cursor: Cursor,
    pub(super) chunks: u64,
    /// Where in the uncompressed stream the first chunk begins.
    pub(super) position: u64,
}

/// A piece of the file.
#[derive(Debug)]
pub(super) struct Segment {
    pub(super) range: Range<u64>,
    /// Small resources that begin in it, as a range of [`Plan::small`].
    pub(super) small: Range<usize>,
    pub(super) part: Option<Part>,
}

/// The whole file.
#[derive(Debug, Default)]
pub(super) struct Plan {
    pub(super) segments: Vec<Segment>,
    /// Small resources in the order of the file.
    pub(super) small: Vec<Content>,
    pub(super) streams: Vec<Stream>,
    /// What is found bad without reading it.
    pub(super) bad: Vec<BadContent>,
}

/// A resource on its way into the plan.
#[derive(Debug, Clone, Copy)]
enum Item {
    Alone(Content),
    Solid(u32),
}

impl Plan {
    pub(super) fn new<S: ReadAt>(source: &S, header: &Header, blobs: &BlobTable) -> Self {
        let mut planner = Planner {
            source,
            blobs,
            storage: Storage::of(header),
            plan: Self::default(),
            cut: 0,
            covered: 0,
            first_small: 0,
            uncompressed: 0,
            in_solid: in_solid(blobs),
        };
        for (_, item) in items(header, blobs) {
            planner.item(item);
        }
        planner.without_resource(header);
        planner.close(source.size());
        planner.plan
    }
}

/// Solid resource, position in it and number of every blob that stands in one, in order.
fn in_solid(blobs: &BlobTable) -> Vec<(u32, u64, u32)> {
    let places = blobs.blobs().iter().enumerate().filter_map(|(i, blob)| match blob.place {
        BlobPlace::Solid { resource, position } => Some((resource, position, u32::try_from(i).ok()?)),
        BlobPlace::Alone => None,
    });
    let mut places: Vec<_> = places.collect();
    places.sort_unstable();
    places
}

/// All resources of this file, in its order.
fn items(header: &Header, blobs: &BlobTable) -> Vec<(u64, Item)> {
    let number = |i: usize| u32::try_from(i).unwrap_or(u32::MAX);
    let here = |part: u16| part == header.part;
    let files = blobs.blobs().iter().enumerate();
    let files = files.filter(|(_, blob)| blob.place == BlobPlace::Alone && here(blob.part));
    let files = files.map(|(i, blob)| (blob.resource.offset, Item::Alone(Content::File(number(i)))));
    let metadata = blobs.metadata().iter().enumerate().filter(|(_, blob)| here(blob.part));
    let metadata =
        metadata.map(|(i, blob)| (blob.resource.offset, Item::Alone(Content::Metadata(number(i)))));
    let solid = blobs.solid_resources().iter().enumerate();
    let solid = solid.map(|(i, resource)| (resource.offset, Item::Solid(number(i))));
    let mut items: Vec<_> = files.chain(metadata).chain(solid).collect();
    items.sort_by_key(|(offset, _)| *offset);
    items
}

struct Planner<'p, S> {
    source: &'p S,
    blobs: &'p BlobTable,
    storage: Storage,
    plan: Plan,
    /// Where the last segment ends.
    cut: u64,
    /// Where the last resource ends.
    covered: u64,
    first_small: usize,
    /// What the small resources since the last cut become.
    uncompressed: u64,
    /// Blobs in solid resources, by resource and position.
    in_solid: Vec<(u32, u64, u32)>,
}

impl<S: ReadAt> Planner<'_, S> {
    fn item(&mut self, item: Item) {
        let resource = match item {
            Item::Alone(content) => super::blob_of(self.blobs, content).map(|blob| blob.resource),
            Item::Solid(i) => self.blobs.solid_resources().get(i as usize).copied(),
        };
        let Some(resource) = resource else { return };
        if resource.size_in_wim == 0 && resource.uncompressed_size == 0 {
            // An empty content: nothing to read, its hash is checked like any other. Its offset may be any number, so it
            // ends no segment.
            if let Item::Alone(content) = item {
                self.plan.small.push(content);
            }
            return;
        }
        if let Err(error) = resource.within("resource", self.source.size()) {
            return self.bad(item, || Damage::Unreadable(copy(&error)));
        }
        if resource.offset < self.covered {
            // Each byte is read for one resource: else a table of a few kilobytes could ask for days of work.
            return self.bad(item, || Damage::Overlap);
        }
        self.covered = resource.end().unwrap_or(self.covered);
        let large = resource.size_in_wim > SEGMENT || resource.uncompressed_size > UNCOMPRESSED;
        match item {
            Item::Alone(_) if !large => self.small(item, &resource),
            _ => self.large(item, &resource),
        }
    }

    fn small(&mut self, item: Item, resource: &ResourceHeader) {
        let Item::Alone(content) = item else { return };
        let end = resource.end().unwrap_or(self.covered);
        let full = end.saturating_sub(self.cut) > SEGMENT || self.uncompressed > UNCOMPRESSED;
        if full && self.plan.small.len() > self.first_small {
            self.close(resource.offset.max(self.cut));
        }
        self.uncompressed = self.uncompressed.saturating_add(resource.uncompressed_size);
        self.plan.small.push(content);
    }

    /// Ends the segment under way at an offset; none is longer than it must be, even in a file that is one gap.
    fn close(&mut self, end: u64) {
        let mut small = self.first_small..self.plan.small.len();
        self.first_small = self.plan.small.len();
        self.uncompressed = 0;
        while self.cut < end || !small.is_empty() {
            let next = end.min(self.cut.saturating_add(2 * SEGMENT));
            self.plan.segments.push(Segment { range: self.cut..next, small: small.clone(), part: None });
            self.cut = next;
            small = small.end..small.end;
        }
    }

    fn large(&mut self, item: Item, resource: &ResourceHeader) {
        self.close(resource.offset);
        let map = match item {
            Item::Alone(_) => ChunkMap::of("resource", resource, self.storage, self.source.size()),
            Item::Solid(_) => ChunkMap::of_solid(self.source, resource),
        };
        let map = match map {
            Ok(map) => map,
            Err(error) => return self.bad(item, || Damage::Unreadable(copy(&error))),
        };
        let range = resource.offset..resource.end().unwrap_or(resource.offset);
        let spans = self.spans(item, &map, &range);
        let stream = self.plan.streams.len();
        let outcome = self.parts(stream, &map, range.end);
        self.plan.streams.push(Stream { map, spans, range: range.clone() });
        if let Err((position, error)) = outcome {
            self.unplanned(stream, position, &error, &range);
        }
    }

    fn spans(&mut self, item: Item, map: &ChunkMap, range: &Range<u64>) -> Vec<Span> {
        let solid = match item {
            Item::Alone(content) => {
                let sha1 = super::blob_of(self.blobs, content).map_or(Sha1Digest::ZERO, |blob| blob.sha1);
                return vec![Span { content, sha1, range: 0..map.uncompressed_size() }];
            }
            Item::Solid(solid) => solid,
        };
        let mut spans: Vec<Span> = Vec::new();
        let first = self.in_solid.partition_point(|(resource, ..)| *resource < solid);
        let of_this = self.in_solid.iter().skip(first).take_while(|(resource, ..)| *resource == solid);
        for (_, position, i) in of_this {
            let content = Content::File(*i);
            let Some(blob) = super::blob_of(self.blobs, content) else { continue };
            let mut bad = |damage| {
                let range = range.clone();
                self.plan.bad.push(BadContent { content, sha1: blob.sha1, range, damage });
            };
            let Some(end) = position.checked_add(blob.size()).filter(|end| *end <= map.uncompressed_size())
            else {
                let found = format!("a content from {position}, {} bytes long", blob.size());
                let expected = format!("one within {} bytes", map.uncompressed_size());
                bad(Damage::Unreadable(map.place(range.start).malformed(found, expected)));
                continue;
            };
            if spans.last().is_some_and(|before| before.range.end > *position) {
                bad(Damage::Overlap);
                continue;
            }
            spans.push(Span { content, sha1: blob.sha1, range: *position..end });
        }
        spans
    }

    /// Cuts a stream into parts. Fails with the position from which on it cannot be read.
    fn parts(&mut self, stream: usize, map: &ChunkMap, end: u64) -> Result<(), (u64, Error)> {
        let mut cursor = map.cursor();
        let mut position = 0;
        loop {
            let mut part = Part { stream, cursor: cursor.clone(), chunks: 0, position };
            let start = position;
            let outcome = loop {
                match cursor.next(map, self.source) {
                    Ok(Some(chunk)) => {
                        part.chunks += 1;
                        position += chunk.uncompressed_size as u64;
                        if chunk.end() >= self.cut + SEGMENT || position - start >= UNCOMPRESSED {
                            break Ok(Some(chunk.end()));
                        }
                    }
                    Ok(None) => break Ok(None),
                    Err(error) => break Err(error),
                }
            };
            let last = !matches!(outcome, Ok(Some(_)));
            let cut = match outcome {
                Ok(Some(chunk_end)) => chunk_end.clamp(self.cut, end),
                _ => end,
            };
            if part.chunks > 0 || cut > self.cut {
                let small = self.first_small..self.first_small;
                let chunks = part.chunks;
                self.plan.segments.push(Segment {
                    range: self.cut..cut,
                    small,
                    part: (chunks > 0).then_some(part),
                });
                self.cut = cut;
            }
            match outcome {
                Err(error) => return Err((position, error)),
                Ok(_) if last => return Ok(()),
                Ok(_) => {}
            }
        }
    }

    /// What of a stream lies behind the place where its chunk table breaks off is bad.
    fn unplanned(&mut self, stream: usize, position: u64, error: &Error, range: &Range<u64>) {
        let Some(stream) = self.plan.streams.get_mut(stream) else { return };
        let (kept, lost): (Vec<Span>, Vec<Span>) =
            std::mem::take(&mut stream.spans).into_iter().partition(|span| span.range.end <= position);
        stream.spans = kept;
        let bad = lost.into_iter().map(|span| BadContent {
            content: span.content,
            sha1: span.sha1,
            range: range.clone(),
            damage: Damage::Unreadable(copy(error)),
        });
        self.plan.bad.extend(bad);
    }

    /// Contents of a solid run that describes no resource carry the number behind the last one: no item has them.
    fn without_resource(&mut self, header: &Header) {
        let Ok(behind) = u32::try_from(self.blobs.solid_resources().len()) else { return };
        let place = Place::new("blob table", header.blob_table.offset);
        self.bad(Item::Solid(behind), || {
            let expected = "a solid resource described before its contents";
            Damage::Unreadable(place.malformed("none", expected))
        });
    }

    fn bad(&mut self, item: Item, damage: impl Fn() -> Damage) {
        let contents: Vec<Content> = match item {
            Item::Alone(content) => vec![content],
            Item::Solid(solid) => {
                let first = self.in_solid.partition_point(|(resource, ..)| *resource < solid);
                let of_this =
                    self.in_solid.iter().skip(first).take_while(|(resource, ..)| *resource == solid);
                of_this.map(|(.., i)| Content::File(*i)).collect()
            }
        };
        for content in contents {
            let Some(blob) = super::blob_of(self.blobs, content) else { continue };
            let resource = match item {
                Item::Alone(_) => Some(&blob.resource),
                Item::Solid(solid) => self.blobs.solid_resources().get(solid as usize),
            };
            let range = resource.map_or(0..0, |r| r.offset..r.end().unwrap_or(u64::MAX));
            self.plan.bad.push(BadContent { content, sha1: blob.sha1, range, damage: damage() });
        }
    }
}

/// An error for one more content that it hits.
pub(crate) fn copy(error: &Error) -> Error {
    match error {
        Error::Malformed { place, found, expected } => {
            Error::Malformed { place: *place, found: found.clone(), expected: expected.clone() }
        }
        Error::OutsideFile { place, length, file_size } => {
            Error::OutsideFile { place: *place, length: *length, file_size: *file_size }
        }
        Error::Decode { place, source } => Error::Decode { place: *place, source: *source },
        Error::Io { place, source } => {
            Error::Io { place: *place, source: std::io::Error::new(source.kind(), source.to_string()) }
        }
        other => Error::Malformed {
            place: Place { structure: "resource", offset: 0 },
            found: other.to_string(),
            expected: "a readable resource".into(),
        },
    }
}
