//! The workers: each takes the next segment, reads it, and deals with what begins in it.

use std::{
    collections::{HashMap, HashSet},
    ops::Range,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread,
};

use sha1::{Digest as _, Sha1};
use sha2::Sha256;

use super::{
    BadContent, BadSlot, Content, Damage, Differential, Verification, VerifyOptions,
    differential::Checksum,
    lane::{Consumer, Lane, Piece},
    plan::{Part, Plan, SEGMENT, Segment, Span, Stream, copy},
    segment::SegmentSource,
};
use crate::{
    blob_table::BlobTable,
    chunk_decoder::ChunkDecoder,
    chunks::{Chunk, ChunkMap, Storage},
    error::{Error, Place},
    header::Header,
    integrity::IntegrityTable,
    read_at::ReadAt,
    value::Sha1Digest,
};

/// Runs a plan.
pub(super) fn run<S: ReadAt>(
    source: &S,
    header: &Header,
    blobs: &BlobTable,
    integrity: Option<&IntegrityTable>,
    mut plan: Plan,
    options: &VerifyOptions<'_>,
) -> Verification {
    let jobs = options.jobs.max(1);
    let mut found = Verification { bad_contents: std::mem::take(&mut plan.bad), ..Verification::default() };
    if options.content_digests {
        found.content_sha256 = vec![None; blobs.blobs().len()];
    }
    let job = Job {
        source,
        storage: Storage::of(header),
        blobs,
        options,
        queue: Queue::new(plan.segments.len(), ahead(&plan, jobs)),
        file: options.file_digest.then(|| Lane::new(FileHash(Sha256::new()), 0..source.size())),
        slots: integrity.map(|table| Lane::new(SlotHashes::new(table), 0..source.size())),
        spanning: Mutex::new(HashMap::new()),
        plan,
    };
    let results: Vec<Found> = thread::scope(|scope| {
        let workers: Vec<_> = (0..jobs).map(|_| scope.spawn(|| Worker::new(&job).work())).collect();
        workers.into_iter().filter_map(|worker| worker.join().ok()).collect()
    });
    for result in results {
        result.into_verification(&mut found);
    }
    // Where a part of the file could not be read, the slots from there on could not be checked.
    if let Some(hashes) = job.slots.and_then(Lane::into_consumer) {
        found.bad_slots.extend(hashes.into_unchecked());
    }
    found.bad_slots.sort_by_key(|bad| bad.slot);
    // A content that did not get all its bytes is bad, for whatever reason.
    let known: HashSet<Content> = found.bad_contents.iter().map(|bad| bad.content).collect();
    let lanes = job.spanning.into_inner().unwrap_or_else(PoisonError::into_inner);
    for ((stream, span), lane) in lanes {
        let place = job.plan.streams.get(stream).and_then(|stream| Some((stream, stream.spans.get(span)?)));
        if let (Some((stream, span)), true) = (place, lane.is_unfinished())
            && !known.contains(&span.content)
        {
            let error =
                stream.map.place(stream.range.start).malformed("a part that was not read", "all of them");
            let (content, sha1, range) = (span.content, span.sha1, stream.range.clone());
            found.bad_contents.push(BadContent { content, sha1, range, damage: Damage::Unreadable(error) });
        }
    }
    found
}

/// The lane of a content that several workers have parts of.
type ContentLane = Arc<Lane<ContentHash>>;

/// Segments that may be in work: small ones a few more than there are workers, so that none waits for a lane; large ones
/// (of solid resources) one more.
fn ahead(plan: &Plan, jobs: usize) -> usize {
    let large = plan.segments.iter().any(|segment| segment.range.end - segment.range.start > 3 * SEGMENT);
    if large { jobs + 1 } else { 2 * jobs + 1 }
}

/// What all workers share.
struct Job<'j, S> {
    source: &'j S,
    storage: Storage,
    blobs: &'j BlobTable,
    options: &'j VerifyOptions<'j>,
    queue: Queue,
    file: Option<Lane<FileHash>>,
    slots: Option<Lane<SlotHashes<'j>>>,
    /// Lanes of contents that span parts, by stream and span.
    spanning: Mutex<HashMap<(usize, usize), ContentLane>>,
    plan: Plan,
}

/// Gives out segments in order, and holds those back that are too far ahead: what waits in lanes takes memory.
struct Queue {
    state: Mutex<QueueState>,
    moved: Condvar,
    segments: usize,
    ahead: usize,
}

struct QueueState {
    next: usize,
    /// Segments before this one are done.
    done: usize,
    finished: Vec<bool>,
}

impl Queue {
    fn new(segments: usize, ahead: usize) -> Self {
        let state = QueueState { next: 0, done: 0, finished: vec![false; segments] };
        Self { state: Mutex::new(state), moved: Condvar::new(), segments, ahead }
    }

    fn lock(&self) -> MutexGuard<'_, QueueState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self) -> Option<usize> {
        let mut state = self.lock();
        while state.next < self.segments && state.next >= state.done + self.ahead {
            state = self.moved.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        let segment = state.next;
        state.next += 1;
        (segment < self.segments).then_some(segment)
    }

    fn finish(&self, segment: usize) {
        let mut state = self.lock();
        if let Some(finished) = state.finished.get_mut(segment) {
            *finished = true;
        }
        while state.finished.get(state.done) == Some(&true) {
            state.done += 1;
        }
        drop(state);
        self.moved.notify_all();
    }
}

/// SHA-256 of the file.
struct FileHash(Sha256);

impl Consumer for FileHash {
    fn consume(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }
}

/// SHA-1 of the slots of the integrity table.
struct SlotHashes<'t> {
    table: &'t IntegrityTable,
    hash: Sha1,
    position: u64,
    bad: Vec<BadSlot>,
}

impl<'t> SlotHashes<'t> {
    fn new(table: &'t IntegrityTable) -> Self {
        Self { table, hash: Sha1::new(), position: 0, bad: Vec::new() }
    }

    /// The end of the slot that holds a position of the covered range.
    fn slot_end(&self, position: u64) -> u64 {
        let size = u64::from(self.table.slot_size);
        let slots = (position - self.table.start) / size + 1;
        self.table.end.min(self.table.start.saturating_add(slots.saturating_mul(size)))
    }

    /// The slots found bad, and those not reached.
    fn into_unchecked(self) -> Vec<BadSlot> {
        let Self { table, position, mut bad, .. } = self;
        let size = u64::from(table.slot_size);
        let reached = usize::try_from(position.saturating_sub(table.start) / size).unwrap_or(usize::MAX);
        bad.extend((reached..table.slots.len()).map(|slot| {
            let start = table.start.saturating_add((slot as u64).saturating_mul(size));
            BadSlot { slot, range: start..table.end.min(start.saturating_add(size)) }
        }));
        bad
    }

    fn end_slot(&mut self, start_of_slot: u64, end: u64) {
        let slot = usize::try_from((start_of_slot - self.table.start) / u64::from(self.table.slot_size));
        let found: [u8; 20] = self.hash.finalize_reset().into();
        let slot = slot.unwrap_or(usize::MAX);
        if self.table.slots.get(slot) != Some(&Sha1Digest(found)) {
            let range = start_of_slot..end;
            self.bad.push(BadSlot { slot, range });
        }
    }
}

impl Consumer for SlotHashes<'_> {
    fn consume(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            let (start, end) = (self.table.start, self.table.end);
            let within = self.position >= start && self.position < end;
            let until = match within {
                true => self.slot_end(self.position),
                false if self.position < start => start,
                false => u64::MAX,
            };
            let length = usize::try_from(until - self.position).unwrap_or(usize::MAX).min(bytes.len());
            let (now, later) = bytes.split_at(length);
            self.position += length as u64;
            if within {
                self.hash.update(now);
                if self.position == until {
                    let size = u64::from(self.table.slot_size);
                    let slot_start = start + (until - 1 - start) / size * size;
                    self.end_slot(slot_start, until);
                }
            }
            bytes = later;
        }
    }
}

/// Hashes of a content.
struct ContentHash {
    sha1: Sha1,
    further: Option<Further>,
    bytes: u64,
}

/// What is computed of a content beside its SHA-1.
#[derive(Default)]
struct Further {
    sha256: Sha256,
    checksum: Checksum,
}

impl ContentHash {
    fn new(options: &VerifyOptions<'_>) -> Self {
        Self { sha1: Sha1::new(), further: options.content_digests.then(Further::default), bytes: 0 }
    }
}

impl Consumer for ContentHash {
    fn consume(&mut self, bytes: &[u8]) {
        self.bytes += bytes.len() as u64;
        // In pieces that stay in the cache between the two.
        for piece in bytes.chunks(32 << 10) {
            self.sha1.update(piece);
            if let Some(further) = &mut self.further {
                further.sha256.update(piece);
                further.checksum.update(piece);
            }
        }
    }
}

/// What one worker found.
#[derive(Default)]
struct Found {
    bad: Vec<BadContent>,
    bad_slots: Vec<BadSlot>,
    file: Option<[u8; 32]>,
    contents: Vec<(u32, [u8; 32])>,
    differentials: Vec<Differential>,
    count: u64,
    bytes: u64,
}

impl Found {
    fn into_verification(self, all: &mut Verification) {
        all.bad_contents.extend(self.bad);
        all.bad_slots.extend(self.bad_slots);
        all.file_sha256 = all.file_sha256.or(self.file);
        all.contents += self.count;
        all.content_bytes += self.bytes;
        all.differentials.extend(self.differentials);
        for (i, sha256) in self.contents {
            if let Some(slot) = all.content_sha256.get_mut(i as usize) {
                *slot = Some(sha256);
            }
        }
    }
}

struct Worker<'w, 'j, S> {
    job: &'w Job<'j, S>,
    decoder: ChunkDecoder,
    /// Decoded bytes, used again from chunk to chunk.
    output: Vec<u8>,
    /// Segments read before, used again when no lane needs them any more.
    buffers: Vec<Arc<Vec<u8>>>,
    found: Found,
}

impl<'w, 'j, S: ReadAt> Worker<'w, 'j, S> {
    fn new(job: &'w Job<'j, S>) -> Self {
        let (output, buffers) = Default::default();
        Self { job, decoder: ChunkDecoder::default(), output, buffers, found: Found::default() }
    }

    fn work(mut self) -> Found {
        while let Some(number) = self.job.queue.take() {
            if let Some(segment) = self.job.plan.segments.get(number) {
                self.segment(segment);
                (self.job.options.progress)(segment.range.end - segment.range.start);
            }
            self.job.queue.finish(number);
        }
        self.found
    }

    fn segment(&mut self, segment: &Segment) {
        let start = segment.range.start;
        let length = usize::try_from(segment.range.end - start).unwrap_or_default();
        let mut bytes = self.buffer();
        bytes.resize(length, 0);
        if let Err(error) = self.job.source.read_exact_at(start, &mut bytes) {
            let error = Place::new("file", start).io(error);
            return self.unread(segment, &error);
        }
        let bytes = Arc::new(bytes);
        self.buffers.push(Arc::clone(&bytes));
        let source = SegmentSource { start, bytes, file: self.job.source };
        self.raw(&source);
        let small = self.job.plan.small.get(segment.small.clone()).unwrap_or_default();
        for content in small {
            self.small(*content, &source);
        }
        if let Some(part) = &segment.part
            && let Some(stream) = self.job.plan.streams.get(part.stream)
        {
            self.part(part, stream, &source);
        }
    }

    /// A buffer that nobody needs any more, or a new one.
    fn buffer(&mut self) -> Vec<u8> {
        let free = self.buffers.iter().position(|buffer| Arc::strong_count(buffer) == 1);
        let buffer = free.and_then(|i| Arc::try_unwrap(self.buffers.swap_remove(i)).ok());
        buffer.unwrap_or_default()
    }

    /// Hands the raw bytes to those who need the file in order.
    fn raw(&mut self, source: &SegmentSource<'_, S>) {
        let piece = || Piece(Arc::clone(&source.bytes), 0..source.bytes.len());
        if let Some(slots) = &self.job.slots
            && let Some(hashes) = slots.submit(source.start, piece())
        {
            self.found.bad_slots.extend(hashes.bad);
        }
        if let Some(file) = &self.job.file
            && let Some(hash) = file.submit(source.start, piece())
        {
            self.found.file = Some(hash.0.finalize().into());
        }
    }

    fn small(&mut self, content: Content, source: &SegmentSource<'_, S>) {
        let Some(blob) = super::blob_of(self.job.blobs, content) else { return };
        let mut hash = ContentHash::new(self.job.options);
        let file_size = self.job.source.size();
        let outcome = ChunkMap::of("resource", &blob.resource, self.job.storage, file_size).and_then(|map| {
            let mut cursor = map.cursor();
            while let Some(chunk) = cursor.next(&map, source)? {
                hash.consume(chunk_bytes(&mut self.decoder, &map, &chunk, source)?);
            }
            Ok(())
        });
        let range = blob.resource.offset..blob.resource.end().unwrap_or(u64::MAX);
        let span = Span { content, sha1: blob.sha1, range: 0..blob.resource.uncompressed_size };
        match outcome {
            Ok(()) => self.judge(&span, hash, range),
            Err(error) => self.bad(&span, range, Damage::Unreadable(error)),
        }
    }

    /// Decodes the chunks of a part, and hashes the contents in them.
    fn part(&mut self, part: &Part, stream: &Stream, source: &SegmentSource<'_, S>) {
        let mut cursor = part.cursor.clone();
        let mut position = part.position;
        let end = part.position + part_length(part, &stream.map);
        let mut open = None;
        for _ in 0..part.chunks {
            let chunk = match cursor.next(&stream.map, source) {
                Ok(Some(chunk)) => chunk,
                // The plan saw it: the file has changed since.
                Ok(None) => return self.changed(stream, position..end),
                Err(error) => return self.lost(stream, position..end, &stream.range, &error),
            };
            let range = position..position + chunk.uncompressed_size as u64;
            position = range.end;
            match self.decode(&stream.map, &chunk, source) {
                Ok(decoded) => {
                    self.spans(part, stream, &range, &decoded, &mut open);
                    self.reclaim(decoded);
                }
                Err(error) => {
                    open = None;
                    self.lost(stream, range, &(chunk.offset..chunk.end()), &error);
                }
            }
        }
    }

    fn decode(
        &mut self,
        map: &ChunkMap,
        chunk: &Chunk,
        source: &SegmentSource<'_, S>,
    ) -> Result<Decoded, Error> {
        let mut output = std::mem::take(&mut self.output);
        let outcome = match source.slice(chunk.offset, chunk.size) {
            Some(_) if chunk.is_raw() => {
                self.output = output;
                let start = usize::try_from(chunk.offset - source.start).unwrap_or(usize::MAX);
                return Ok(Decoded { bytes: Arc::clone(&source.bytes), range: start..start + chunk.size });
            }
            Some(bytes) => self.decoder.decode_into(map, chunk, bytes, &mut output),
            None => self.decoder.read(map, chunk, source.file).map(|bytes| {
                output.clear();
                output.extend_from_slice(bytes);
            }),
        };
        if let Err(error) = outcome {
            self.output = output;
            return Err(error);
        }
        let range = 0..output.len();
        Ok(Decoded { bytes: Arc::new(output), range })
    }

    /// Takes the buffer back, unless a lane still needs it.
    fn reclaim(&mut self, decoded: Decoded) {
        if let Ok(buffer) = Arc::try_unwrap(decoded.bytes) {
            self.output = buffer;
        }
    }

    /// Hashes what a chunk holds: contents that lie within the part at once, those that span parts in their lanes.
    fn spans(
        &mut self,
        part: &Part,
        stream: &Stream,
        range: &Range<u64>,
        decoded: &Decoded,
        open: &mut Option<(usize, ContentHash)>,
    ) {
        let part_range = part.position..part.position + part_length(part, &stream.map);
        let first = stream.spans.partition_point(|span| span.range.end <= range.start);
        for (i, span) in stream.spans.iter().enumerate().skip(first) {
            if span.range.start >= range.end {
                break;
            }
            let (from, to) = (span.range.start.max(range.start), span.range.end.min(range.end));
            let piece = decoded.part(&(from - range.start..to - range.start));
            let finished = if span.range.start < part_range.start || span.range.end > part_range.end {
                self.job.lane(part.stream, i, span).submit(from, piece)
            } else {
                let mut hash = match open.take() {
                    Some((number, hash)) if number == i => hash,
                    _ if from > span.range.start => continue, // an earlier chunk of it was lost
                    _ => ContentHash::new(self.job.options),
                };
                hash.consume(piece.bytes());
                if to < span.range.end {
                    *open = Some((i, hash));
                    continue;
                }
                Some(hash)
            };
            if let Some(hash) = finished {
                self.judge(span, hash, stream.range.clone());
            }
        }
    }

    /// Something that cannot be read or decoded: every content in it is bad. `range` is of the uncompressed stream, `at`
    /// of the file.
    fn lost(&mut self, stream: &Stream, range: Range<u64>, at: &Range<u64>, error: &Error) {
        let first = stream.spans.partition_point(|span| span.range.end <= range.start);
        for span in stream.spans.iter().skip(first).take_while(|span| span.range.start < range.end) {
            self.bad(span, at.clone(), Damage::Unreadable(copy(error)));
        }
    }

    fn changed(&mut self, stream: &Stream, range: Range<u64>) {
        let error = stream
            .map
            .place(stream.range.start)
            .malformed("other chunks than before", "a file that stays as it is");
        self.lost(stream, range, &stream.range, &error);
    }

    fn unread(&mut self, segment: &Segment, error: &Error) {
        let small = self.job.plan.small.get(segment.small.clone()).unwrap_or_default();
        for content in small {
            if let Some(blob) = super::blob_of(self.job.blobs, *content) {
                let span = Span { content: *content, sha1: blob.sha1, range: 0..0 };
                self.bad(&span, segment.range.clone(), Damage::Unreadable(copy(error)));
            }
        }
        if let Some(part) = &segment.part
            && let Some(stream) = self.job.plan.streams.get(part.stream)
        {
            let range = part.position..part.position + part_length(part, &stream.map);
            self.lost(stream, range, &segment.range, error);
        }
    }

    fn judge(&mut self, span: &Span, hash: ContentHash, range: Range<u64>) {
        let found = Sha1Digest(hash.sha1.finalize().into());
        self.found.count += 1;
        self.found.bytes += hash.bytes;
        if found != span.sha1 && !(span.sha1.is_zero() && hash.bytes == 0) {
            return self.bad(span, range, Damage::WrongHash(found));
        }
        if let (Content::File(content), Some(Further { sha256, checksum })) = (span.content, hash.further) {
            self.found.contents.push((content, sha256.finalize().into()));
            let sound = checksum.finish();
            self.found.differentials.extend(sound.map(|sound| Differential { content, sound }));
        }
    }

    fn bad(&mut self, span: &Span, range: Range<u64>, damage: Damage) {
        let Span { content, sha1, .. } = span;
        self.found.bad.push(BadContent { content: *content, sha1: *sha1, range, damage });
    }
}

impl<S> Job<'_, S> {
    /// The lane of a content that spans parts.
    fn lane(&self, stream: usize, span_number: usize, span: &Span) -> ContentLane {
        let mut lanes = self.spanning.lock().unwrap_or_else(PoisonError::into_inner);
        let new = || Arc::new(Lane::new(ContentHash::new(self.options), span.range.clone()));
        Arc::clone(lanes.entry((stream, span_number)).or_insert_with(new))
    }
}

/// Uncompressed bytes of a part.
fn part_length(part: &Part, map: &ChunkMap) -> u64 {
    let whole = part.chunks.saturating_mul(map.chunk_size());
    whole.min(map.uncompressed_size().saturating_sub(part.position))
}

/// The bytes of a chunk, in a buffer that lanes can share.
struct Decoded {
    bytes: Arc<Vec<u8>>,
    range: Range<usize>,
}

impl Decoded {
    /// A part of them, by its place in the chunk. A lane may keep it for long: a small part of a large chunk is copied, so
    /// that it does not keep the whole buffer.
    fn part(&self, range: &Range<u64>) -> Piece {
        let position = |n: u64| {
            self.range.start.saturating_add(usize::try_from(n).unwrap_or(usize::MAX)).min(self.range.end)
        };
        let part = position(range.start)..position(range.end);
        match self.bytes.get(part.clone()) {
            Some(small) if small.len() < self.bytes.len() / 4 => {
                Piece(Arc::new(small.to_vec()), 0..small.len())
            }
            _ => Piece(Arc::clone(&self.bytes), part),
        }
    }
}

/// The bytes of a chunk, decoded; read from the segment where they lie in it.
fn chunk_bytes<'b, S: ReadAt>(
    decoder: &'b mut ChunkDecoder,
    map: &ChunkMap,
    chunk: &Chunk,
    source: &'b SegmentSource<'_, S>,
) -> Result<&'b [u8], Error> {
    match source.slice(chunk.offset, chunk.size) {
        Some(bytes) => decoder.decode(map, chunk, bytes),
        None => decoder.read(map, chunk, source.file),
    }
}
