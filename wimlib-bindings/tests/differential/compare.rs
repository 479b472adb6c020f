//! What both readers say of a sound WIM: header, XML, blob table, trees, contents.

use std::{
    collections::{BTreeMap, BTreeSet},
    ffi::OsStr,
    fmt::{self, Debug},
    fs,
    os::unix::ffi::OsStrExt,
    path::{Path, PathBuf},
    rc::Rc,
};

use wimlib_bindings::{Check, Compression, Library};
use wimproof_wim::{
    BlobPlace, HeaderFlags, Metadata, Sha1Digest, StreamKind, TreeDigest, Version, codec::Codec,
};

use crate::set::{Bytes, Ours, theirs};

/// A path, as UTF-16 code units of its parts.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
struct Names(Vec<Vec<u16>>);

impl Names {
    /// Goes to an entry that is met at a depth, the root being at 0.
    fn enter(&mut self, depth: usize, name: Vec<u16>) {
        self.0.truncate(depth.saturating_sub(1));
        self.0.extend((depth > 0).then_some(name));
    }
}

impl Debug for Names {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<String> = self.0.iter().map(|name| String::from_utf16_lossy(name)).collect();
        write!(f, "{:?}", names.join("\\"))
    }
}

/// An entry, as far as both readers show it.
#[derive(Debug, PartialEq, Eq)]
struct Item {
    attributes: u32,
    /// Created, accessed, written.
    times: [u64; 3],
    short_name: Vec<u16>,
    reparse_tag: u32,
    security_descriptor: Vec<u8>,
    /// By name: SHA-1, and size where the content is there.
    streams: BTreeMap<Vec<u16>, (String, Option<u64>)>,
    /// The first path of the same file.
    first_link: Names,
}

type Listing = BTreeMap<Names, Item>;

/// Compares everything; gives the differences, and the digest `tree` of each image.
pub(crate) fn compare(library: Library, paths: &[PathBuf]) -> (Vec<String>, Vec<TreeDigest>) {
    let (mut differences, mut digests) = (Vec::new(), Vec::new());
    let ours = match Ours::open(paths) {
        Ok(ours) => ours,
        Err(error) => return (vec![format!("ours does not open: {error}")], digests),
    };
    let wim = match theirs(library, paths, Check::Structure) {
        Ok(wim) => wim,
        Err(failure) => return (vec![format!("libwim does not open: {failure}")], digests),
    };
    same("header", &header_of(&ours), &header_of_theirs(&wim), &mut differences);
    same("XML", &ours.first().xml_bytes().ok(), &wim.xml().ok(), &mut differences);
    each("blob", &blobs_of(&ours), &blobs_of_theirs(&wim), &mut differences);
    for image in 1..=ours.first().header().image_count {
        let entries = wim.entries(image);
        let metadata = ours.first().metadata(image);
        let (entries, metadata) = match (entries, metadata) {
            (Ok(entries), Ok(metadata)) => (entries, metadata),
            (Err(_), Err(_)) => continue,
            (theirs, ours) => {
                let (theirs, ours) = (theirs.err(), ours.err());
                differences.push(format!("image {image}: libwim {theirs:?}, ours {ours:?}"));
                continue;
            }
        };
        match listing_of(&metadata, &ours) {
            Ok(listing) => {
                each(&format!("image {image}"), &listing, &listing_of_theirs(&entries), &mut differences);
            }
            Err(error) => differences.push(format!("image {image}: our walk: {error}")),
        }
        contents(&wim, image, &entries, &ours, &mut differences);
        digests.extend(ours.survey(&metadata).map(|survey| survey.tree));
    }
    (differences, digests)
}

fn same<T: PartialEq + Debug>(what: &str, ours: &T, theirs: &T, differences: &mut Vec<String>) {
    if ours != theirs {
        let cut = |value: &T| format!("{value:?}").chars().take(3000).collect::<String>();
        differences.push(format!("{what}:\n  ours   {}\n  libwim {}", cut(ours), cut(theirs)));
    }
}

/// Compares what two maps hold under each key.
fn each<K: Ord + Debug, V: PartialEq + Debug>(
    what: &str,
    ours: &BTreeMap<K, V>,
    theirs: &BTreeMap<K, V>,
    differences: &mut Vec<String>,
) {
    for key in ours.keys().chain(theirs.keys()).collect::<BTreeSet<_>>() {
        same(&format!("{what} {key:?}"), &ours.get(key), &theirs.get(key), differences);
    }
}

type Header = ([u8; 16], [u32; 6], u64, Compression, [bool; 4]);

fn header_of(ours: &Ours) -> Header {
    let header = ours.first().header();
    let compression = match header.codec {
        None => Compression::None,
        Some(Codec::Xpress) => Compression::Xpress,
        Some(Codec::Lzx) => Compression::Lzx,
        Some(Codec::Lzms) => Compression::Lzms,
    };
    let version = match header.version {
        Version::V1_13 => 0x1_0D00,
        Version::V0_14 => 0xE00,
    };
    let (part, parts) = (header.part.into(), header.parts.into());
    let numbers = [header.image_count, header.boot_index, version, header.chunk_size, part, parts];
    let total =
        ours.first().xml().ok().and_then(|xml| xml.total_bytes.as_ref()).map_or(0, |total| total.value);
    let [fixed, spanned] = [HeaderFlags::RP_FIX, HeaderFlags::SPANNED].map(|flag| header.flags.has(flag));
    let flags = [!header.integrity.is_absent(), fixed, spanned, header.pipable];
    (header.guid.0, numbers, total, compression, flags)
}

fn header_of_theirs(wim: &wimlib_bindings::Wim) -> Header {
    let info = wim.info().unwrap();
    let part = info.part();
    let numbers = [
        info.image_count(),
        info.boot_index(),
        info.format_version(),
        info.chunk_size(),
        part.0.into(),
        part.1.into(),
    ];
    let flags =
        [info.has_integrity_table(), info.has_fixed_reparse_points(), info.is_spanned(), info.is_pipable()];
    (info.guid(), numbers, info.total_bytes(), info.compression(), flags)
}

/// By SHA-1, of metadata also by offset, as images may be the same: size, size in the file, offset or position, part,
/// offset of the solid resource.
type Stored = BTreeMap<(Sha1Digest, u64), (u64, u64, u64, u32, Option<u64>)>;

fn blobs_of(ours: &Ours) -> Stored {
    let mut stored = Stored::new();
    for part in &ours.parts {
        let Ok(table) = part.blob_table() else { continue };
        let files = table.blobs().iter().map(|blob| (blob, 0));
        for (blob, distinction) in
            files.chain(table.metadata().iter().map(|blob| (blob, blob.resource.offset)))
        {
            let (offset, solid) = match blob.place {
                BlobPlace::Alone => (blob.resource.offset, None),
                BlobPlace::Solid { resource, position } => {
                    (position, table.solid_resources().get(resource as usize).map(|solid| solid.offset))
                }
            };
            let in_wim = if solid.is_some() { 0 } else { blob.resource.size_in_wim };
            let entry = (blob.size(), in_wim, offset, blob.part.into(), solid);
            stored.entry((blob.sha1, distinction)).or_insert(entry);
        }
    }
    stored
}

fn blobs_of_theirs(wim: &wimlib_bindings::Wim) -> Stored {
    let entry = |resource: &wimlib_bindings::Resource| {
        let solid = resource.solid.map(|solid| solid.offset);
        let distinction = if resource.is_metadata { resource.offset } else { 0 };
        let stored = (resource.size, resource.compressed_size, resource.offset, resource.part, solid);
        ((Sha1Digest(resource.sha1), distinction), stored)
    };
    wim.resources().unwrap().iter().map(entry).collect()
}

fn listing_of(metadata: &Metadata, ours: &Ours) -> Result<Listing, String> {
    let mut listing = Listing::new();
    let mut links = BTreeMap::new();
    let mut path = Names::default();
    let descriptors: Vec<&[u8]> = metadata.security_descriptors().collect();
    let mut walk = metadata.walk();
    while let Some(node) = walk.next_node().map_err(|error| error.to_string())? {
        let dentry = &node.dentry;
        path.enter(node.depth, dentry.name.units().collect());
        let mut streams = BTreeMap::from([(Vec::new(), (Sha1Digest::ZERO.to_string(), Some(0)))]);
        for stream in dentry.streams() {
            // libwim shows no unnamed data of a reparse point.
            if stream.kind != StreamKind::Data || !dentry.is_reparse_point() {
                let size = match stream.sha1.is_zero() {
                    true => Some(0),
                    false => ours.blobs.find(&stream.sha1).map(wimproof_wim::Blob::size),
                };
                streams.entry(stream.name.units().collect()).insert_entry((stream.sha1.to_string(), size));
            }
        }
        // A group is one file as far as the content is the same; folders have one name.
        let group = dentry.hard_link_group().filter(|_| !dentry.is_directory());
        let group = group.map(|group| (group, streams.get(&[][..]).cloned()));
        let first_link =
            group.map_or(path.clone(), |group| links.entry(group).or_insert(path.clone()).clone());
        let descriptor = usize::try_from(dentry.security_id).ok().and_then(|id| descriptors.get(id));
        let item = Item {
            attributes: dentry.attributes.0,
            times: [dentry.created.0, dentry.accessed.0, dentry.written.0],
            short_name: dentry.short_name.units().collect(),
            reparse_tag: dentry.reparse().map_or(0, |(tag, _)| tag),
            security_descriptor: descriptor.copied().unwrap_or_default().to_vec(),
            streams,
            first_link,
        };
        listing.entry(path.clone()).or_insert(item);
    }
    Ok(listing)
}

fn listing_of_theirs(entries: &[wimlib_bindings::Entry]) -> Listing {
    let mut listing = Listing::new();
    let mut path = Names::default();
    let mut groups: BTreeMap<u64, BTreeSet<Names>> = BTreeMap::new();
    for entry in entries {
        path.enter(entry.depth, entry.name.units());
        let times = [entry.created, entry.accessed, entry.written];
        let streams = entry.streams.iter().map(|stream| {
            let content = &stream.content;
            let size = (!content.is_missing).then_some(content.size);
            (stream.name.units(), (Sha1Digest(content.sha1).to_string(), size))
        });
        if entry.links > 1 {
            groups.entry(entry.link_group).or_default().insert(path.clone());
        }
        let item = Item {
            attributes: entry.attributes,
            times: times.map(|time| time.filetime().unwrap_or(u64::MAX)),
            short_name: entry.short_name.units(),
            reparse_tag: entry.reparse_tag,
            security_descriptor: entry.security_descriptor.clone(),
            streams: streams.collect(),
            first_link: path.clone(),
        };
        listing.insert(path.clone(), item);
    }
    for group in groups.values() {
        for path in group {
            if let (Some(item), Some(first)) = (listing.get_mut(path), group.first()) {
                item.first_link.clone_from(first);
            }
        }
    }
    listing
}

/// Compares the bytes of every file with what libwim extracts.
fn contents(
    wim: &wimlib_bindings::Wim,
    image: u32,
    entries: &[wimlib_bindings::Entry],
    ours: &Ours,
    differences: &mut Vec<String>,
) {
    // Folders, reparse points and encrypted files have no data that Linux could hold.
    let files: Vec<&wimlib_bindings::Entry> = entries
        .iter()
        .filter(|e| e.attributes & 0x4410 == 0 && e.streams.iter().all(|s| !s.content.is_missing))
        .collect();
    if files.is_empty() {
        return;
    }
    let target = tempfile::tempdir().unwrap();
    let paths: Vec<&[u8]> = files.iter().map(|entry| entry.path.as_bytes()).collect();
    if let Err(error) = wim.extract(image, &paths, target.path()) {
        differences.push(format!("image {image}: libwim extracts not all: {error}"));
    }
    for entry in files {
        let wanted = &entry.streams[0].content;
        let theirs = fs::read(below(target.path(), entry.path.as_bytes()));
        let theirs = theirs.map(Rc::new).map_err(|error| error.to_string());
        let ours = match wanted.sha1 == [0; 20] {
            true => Ok(Rc::default()),
            false => match ours.blobs.find(&Sha1Digest(wanted.sha1)) {
                Some(blob) => ours.read(blob),
                None => Err("no such blob".into()),
            },
        };
        if ours != theirs || ours.is_err() {
            let cut = |bytes: Bytes| bytes.map(|bytes| bytes.len());
            differences.push(format!(
                "image {image}, bytes of {}: ours {:?}, libwim {:?}",
                entry.path,
                cut(ours),
                cut(theirs)
            ));
        }
    }
}

fn below(target: &Path, path: &[u8]) -> PathBuf {
    target.join(OsStr::from_bytes(path.strip_prefix(b"/").unwrap_or(path)))
}
