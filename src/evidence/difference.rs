//! What differs between the directory trees of two images: by what their files say of themselves (`declared`), or by the
//! bytes they hold (`verified`).

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;
use sha2::{Digest as _, Sha256};
use wimproof_wim::{BlobTable, Dentry, FileTime, Metadata, Sha1Digest, Stream, StreamKind};

/// How an entry differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Change {
    /// Only the second image has it.
    Added,
    /// Only the first image has it.
    Removed,
    /// Its content, or the content of a stream, differs.
    Changed,
    /// The contents are the same; times, attributes or the like differ.
    Touched,
}

/// A stream on one side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Side {
    /// SHA-1 of the content; zeros where empty.
    pub sha1: String,
    /// SHA-256 of the content, where every byte was read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// Bytes, where the blob table knows the content.
    pub size: Option<u64>,
}

/// A stream that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StreamDifference {
    /// `data`, `reparse`, or the name of a named stream behind a colon.
    pub stream: String,
    /// In the first image.
    pub a: Option<Side>,
    /// In the second image.
    pub b: Option<Side>,
}

/// An entry that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// The path, with backslashes.
    pub path: String,
    /// How.
    pub change: Change,
    /// Which of its properties differ, for entries that both images have.
    pub properties: Vec<&'static str>,
    /// Which of its streams differ.
    pub streams: Vec<StreamDifference>,
}

/// The properties and streams of an entry.
struct Entry {
    properties: [Vec<u8>; 9],
    streams: BTreeMap<String, Side>,
}

const PROPERTIES: [&str; 9] = [
    "attributes",
    "created",
    "accessed",
    "written",
    "short name",
    "security",
    "reparse point",
    "hard links",
    "tagged items",
];

/// The tree of an image.
#[derive(Debug, Clone, Copy)]
pub struct Tree<'t> {
    /// Its entries.
    pub metadata: &'t Metadata,
    /// Where its contents are.
    pub blobs: &'t BlobTable,
    /// SHA-256 of its contents by their SHA-1, where every byte was read.
    pub sha256: Option<&'t HashMap<Sha1Digest, [u8; 32]>>,
}

/// The differences between two trees, by path.
///
/// # Errors
/// Where a tree cannot be walked.
pub fn of(a: &Tree<'_>, b: &Tree<'_>) -> wimproof_wim::Result<Vec<Difference>> {
    let (mut first, second) = (entries(a)?, entries(b)?);
    let mut differences = Vec::new();
    for (path, new) in second {
        match first.remove(&path) {
            None => differences.push(one_sided(path, Change::Added, new)),
            Some(old) => differences.extend(both(path, old, new)),
        }
    }
    differences.extend(first.into_iter().map(|(path, old)| one_sided(path, Change::Removed, old)));
    differences.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(differences)
}

fn entries(tree: &Tree<'_>) -> wimproof_wim::Result<BTreeMap<String, Entry>> {
    let metadata = tree.metadata;
    let descriptors: Vec<Vec<u8>> =
        metadata.security_descriptors().map(|descriptor| Sha256::digest(descriptor).to_vec()).collect();
    let mut links: BTreeMap<u64, u64> = BTreeMap::new();
    let mut entries = BTreeMap::new();
    let mut walk = metadata.walk();
    let mut number = 0;
    while let Some(node) = walk.next_node()? {
        let dentry = &node.dentry;
        // As in the digest `tree`: the first entry of the group, not the number that a writer gave it.
        let first = dentry.hard_link_group().map(|group| *links.entry(group).or_insert(number));
        let security = usize::try_from(dentry.security_id).ok().and_then(|id| descriptors.get(id));
        let streams =
            dentry.streams().iter().map(|stream| (stream_name(stream), side(stream, tree))).collect();
        let properties = properties(dentry, security, first.is_some_and(|first| first != number));
        entries.insert(walk.path(), Entry { properties, streams });
        number += 1;
    }
    Ok(entries)
}

fn properties(dentry: &Dentry<'_>, security: Option<&Vec<u8>>, linked: bool) -> [Vec<u8>; 9] {
    let time = |time: FileTime| time.0.to_le_bytes().to_vec();
    let reparse =
        dentry.reparse().map(|(tag, flags)| [&tag.to_le_bytes()[..], &flags.to_le_bytes()].concat());
    [
        dentry.attributes.0.to_le_bytes().to_vec(),
        time(dentry.created),
        time(dentry.accessed),
        time(dentry.written),
        dentry.short_name.as_bytes().to_vec(),
        security.cloned().unwrap_or_default(),
        reparse.unwrap_or_default(),
        vec![u8::from(linked)],
        dentry.tagged_items.to_vec(),
    ]
}

fn stream_name(stream: &Stream<'_>) -> String {
    match stream.kind {
        StreamKind::Data => "data".to_owned(),
        StreamKind::Reparse => "reparse".to_owned(),
        StreamKind::Named => format!(":{}", stream.name),
    }
}

fn side(stream: &Stream<'_>, tree: &Tree<'_>) -> Side {
    Side {
        sha1: stream.sha1.to_string(),
        sha256: tree.sha256.and_then(|known| known.get(&stream.sha1)).map(hex::encode),
        size: tree.blobs.find(&stream.sha1).map(wimproof_wim::Blob::size),
    }
}

fn one_sided(path: String, change: Change, entry: Entry) -> Difference {
    let streams = entry.streams.into_iter().map(|(stream, side)| match change {
        Change::Added => StreamDifference { stream, a: None, b: Some(side) },
        _ => StreamDifference { stream, a: Some(side), b: None },
    });
    Difference { path, change, properties: Vec::new(), streams: streams.collect() }
}

fn both(path: String, old: Entry, mut new: Entry) -> Option<Difference> {
    let mut streams = Vec::new();
    for (stream, a) in old.streams {
        match new.streams.remove(&stream) {
            Some(b) if a.sha1 == b.sha1 && a.sha256 == b.sha256 => {}
            b => streams.push(StreamDifference { stream, a: Some(a), b }),
        }
    }
    let added = new.streams.into_iter().map(|(stream, b)| StreamDifference { stream, a: None, b: Some(b) });
    streams.extend(added);
    let pairs = old.properties.iter().zip(&new.properties).zip(PROPERTIES);
    let properties: Vec<&str> = pairs.filter(|((a, b), _)| a != b).map(|(_, name)| name).collect();
    let change = match (streams.is_empty(), properties.is_empty()) {
        (true, true) => return None,
        (true, false) => Change::Touched,
        (false, _) => Change::Changed,
    };
    Some(Difference { path, change, properties, streams })
}
