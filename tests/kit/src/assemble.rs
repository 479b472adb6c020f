//! Assembly: from the description to the bytes of the file.

use crate::blobs::{Blob, BlobSet, sha1_of};
use crate::bytes::index;
use crate::integrity::{Covered, integrity_table};
use crate::layout::{BlobPlace, Layout, MetadataPlace, Span, TableEntry, header, resource_header};
use crate::metadata::{Metadata, serialise};
use crate::resource::{Codec, Compression, Encoded};
use crate::tree::Entry;
use crate::wim::{BlobOrder, Wim, XmlSource};
use crate::xml;

/// A file in three pieces, the middle one all zeros.
pub(crate) struct Assembled {
    pub(crate) head: Vec<u8>,
    pub(crate) hole: u64,
    pub(crate) tail: Vec<u8>,
    pub(crate) layout: Layout,
}

impl Wim {
    /// Lays the file out; `dead` bytes of dead space follow the zero blob.
    pub(crate) fn assemble(&self, dead: u64) -> Assembled {
        let codec = self.codec();
        let (sets, blobs) = self.contents();
        let mut head = vec![0; index(header::LENGTH)];
        let mut layout = Layout::default();

        for (turn, blob) in blobs.iter().enumerate() {
            if self.share && turn % usize::from(self.part.1) != usize::from(self.part.0 - 1) {
                continue;
            }
            let stored = codec.encode(&blob.bytes);
            let offset = head.len() as u64;
            let entry = self.entry(&stored, blob, offset, 0);
            head.extend(stored.bytes);
            layout.blobs.push(place(entry));
        }
        let mut hole = 0;
        if let Some(zeros) = &self.zeros {
            hole = zeros.length + dead;
            layout.blobs.push(place(TableEntry {
                flags: 0,
                size_in_wim: zeros.length,
                offset: head.len() as u64,
                original_size: zeros.length,
                part: self.part.0,
                references: 1,
                sha1: zeros.sha1(),
            }));
        }
        let base = head.len() as u64 + hole;
        let mut tail = Vec::new();
        let with_metadata = !self.share || self.part.0 == 1;
        for made in sets.iter().filter(|_| with_metadata) {
            let stored = codec.encode(&made.bytes);
            let blob = Blob { sha1: sha1_of(&made.bytes), bytes: made.bytes.clone(), references: 1 };
            let entry = self.entry(&stored, &blob, base + tail.len() as u64, 0x02);
            tail.extend(stored.bytes);
            layout.metadata.push(MetadataPlace {
                place: place(entry),
                bytes: blob.bytes,
                entries: made.entries.clone(),
            });
        }

        let table = self.table(&layout);
        layout.table = Span { offset: base + tail.len() as u64, length: table.len() as u64 * 50 };
        locate(&mut layout, &table);
        tail.extend(table.iter().flat_map(TableEntry::bytes));

        let covered_end = tail.len();
        if let Some(bytes) = self.xml_resource(base + tail.len() as u64, &sets) {
            layout.xml = Some(append(&mut tail, base, &bytes));
        }
        if let Some(chunk) = self.integrity {
            let covered = Covered { head: &head[index(header::LENGTH)..], hole, tail: &tail[..covered_end] };
            let bytes = integrity_table(chunk, &covered.hashes(u64::from(chunk)));
            layout.integrity = Some(append(&mut tail, base, &bytes));
            layout.integrity_chunk = chunk;
        }
        layout.size = base + tail.len() as u64;
        let header = self.header(&layout);
        head[..header.len()].copy_from_slice(&header);
        Assembled { head, hole, tail, layout }
    }

    fn codec(&self) -> Codec {
        Codec { chunk_size: self.header_chunk_size().max(1) as usize, ..self.codec }
    }

    fn header_chunk_size(&self) -> u32 {
        self.chunk_size.unwrap_or(match self.codec.compression {
            Compression::None => 0,
            Compression::Xpress | Compression::Lzx => 0x8000,
        })
    }

    /// Metadata of every image, and the blobs.
    fn contents(&self) -> (Vec<Metadata>, Vec<Blob>) {
        let mut blobs = BlobSet::default();
        let mut sets = Vec::new();
        for (number, image) in self.images.iter().enumerate() {
            let mut root = image.root.clone();
            if let (0, Some(zeros)) = (number, &self.zeros) {
                let entry = Entry::declared(&zeros.name, zeros.sha1(), zeros.length);
                root.children.push(entry);
            }
            let mut made = serialise(&root, &mut blobs);
            if let Some(bytes) = &image.replaced {
                made.bytes.clone_from(bytes);
            }
            for edit in &image.edits {
                edit.apply(&mut made.bytes);
            }
            sets.push(made);
        }
        for bytes in &self.extra {
            blobs.refer(bytes);
        }
        (sets, blobs.blobs)
    }

    fn entry(&self, stored: &Encoded, blob: &Blob, offset: u64, flags: u8) -> TableEntry {
        TableEntry {
            flags: flags | if stored.compressed { 0x04 } else { 0 },
            size_in_wim: stored.bytes.len() as u64,
            offset,
            original_size: blob.bytes.len() as u64,
            part: self.part.0,
            references: blob.references,
            sha1: blob.sha1,
        }
    }

    fn table(&self, layout: &Layout) -> Vec<TableEntry> {
        let mut files: Vec<_> = layout.blobs.iter().map(|b| b.entry.clone()).collect();
        let mut metadata: Vec<_> = layout.metadata.iter().map(|m| m.place.entry.clone()).collect();
        let mut table = match self.order {
            BlobOrder::AsMet => {
                files.append(&mut metadata);
                files
            }
            BlobOrder::Sorted => {
                files.sort_by_key(|entry| entry.sha1);
                files.append(&mut metadata);
                files
            }
            BlobOrder::Reversed => {
                metadata.extend(files.into_iter().rev());
                metadata
            }
        };
        for edit in &self.table_edits {
            edit.apply(&mut table);
        }
        table
    }

    fn xml_resource(&self, offset: u64, sets: &[Metadata]) -> Option<Vec<u8>> {
        match &self.xml {
            XmlSource::Generated => {
                let counts = sets.iter().map(|made| made.counts);
                let images: Vec<_> = self.images.iter().zip(counts).collect();
                Some(xml::utf16(&xml::document(offset, &images)))
            }
            XmlSource::Bytes(bytes) => Some(bytes.clone()),
            XmlSource::Absent => None,
        }
    }

    fn header(&self, layout: &Layout) -> Vec<u8> {
        let flags = self.codec.compression.header_flags() | self.extra_flags;
        let images = u32::try_from(self.images.len()).expect("few images");
        let whole = |span: Option<Span>, flags| {
            let span = span.unwrap_or_default();
            let flags = if span == Span::default() { 0 } else { flags };
            resource_header(flags, span.length, span.offset, span.length)
        };
        let boot = (self.boot_index as usize)
            .checked_sub(1)
            .and_then(|at| layout.metadata.get(at))
            .map(|m| &m.place.entry);

        let mut out = b"MSWIM\0\0\0".to_vec();
        for word in [208, self.version, flags, self.header_chunk_size()] {
            out.extend(word.to_le_bytes());
        }
        out.extend(self.guid);
        out.extend(self.part.0.to_le_bytes());
        out.extend(self.part.1.to_le_bytes());
        out.extend(images.to_le_bytes());
        out.extend(whole(Some(layout.table), 0x02));
        out.extend(whole(layout.xml, 0x02));
        out.extend(
            boot.map_or(vec![0; 24], |e| resource_header(e.flags, e.size_in_wim, e.offset, e.original_size)),
        );
        out.extend(self.boot_index.to_le_bytes());
        out.extend(whole(layout.integrity, 0));
        out.resize(index(header::LENGTH), 0);
        out
    }
}

fn place(entry: TableEntry) -> BlobPlace {
    BlobPlace { entry, table_offset: 0 }
}

fn append(tail: &mut Vec<u8>, base: u64, bytes: &[u8]) -> Span {
    let offset = base + tail.len() as u64;
    tail.extend_from_slice(bytes);
    Span { offset, length: bytes.len() as u64 }
}

/// Notes the table offset of every place.
fn locate(layout: &mut Layout, table: &[TableEntry]) {
    let start = layout.table.offset;
    let metadata = layout.metadata.iter_mut().map(|m| &mut m.place);
    for place in layout.blobs.iter_mut().chain(metadata) {
        let found = table.iter().position(|e| e.sha1 == place.entry.sha1 && e.offset == place.entry.offset);
        place.table_offset = found.map_or(0, |at| start + 50 * at as u64);
    }
}
