//! The files of an image by their paths, without applying it.
//!
//! [`Inside`] keeps the decoded metadata and some forty bytes for each entry. Paths are compared as Windows does: either
//! slash, any case. Where a folder has two names that differ in case only, the first in the order of code units counts.

mod marks;
mod reading;

pub use marks::Marks;
pub use reading::{Content, WHOLE};

use std::{
    collections::{HashMap, hash_map::RandomState},
    hash::BuildHasher as _,
};

use wimproof_wim::{Blob, Dentry, Error, Metadata, Place, ReadAt, Result, Sha1Digest, StreamKind, Wim};

/// Entries of an image. Real ones have some 130,000.
const MAX_ENTRIES: usize = 1_000_000;

/// Folders on the way to an entry, itself included. Real trees have some twenty; whoever asks for the paths of all entries
/// pays for each level of each.
const MAX_DEPTH: usize = 256;

/// An entry in the index.
#[derive(Debug, Clone, Copy)]
struct Node {
    /// Where it stands in the metadata.
    offset: u64,
    parent: u32,
    /// The number behind the last entry below it: entries are numbered in the order of the walk.
    end: u32,
}

/// One image, opened for looking up and reading its files.
#[derive(Debug)]
pub struct Inside<'w, S> {
    parts: &'w [Wim<S>],
    metadata: Metadata,
    nodes: Vec<Node>,
    /// Entries by their folder and their name in lower case.
    names: HashMap<(u32, u64), u32>,
    key: RandomState,
}

impl<'w, S: ReadAt> Inside<'w, S> {
    /// Opens an image of a file, by its index from 1. `parts` are all files of a split set, the first in front, or one file.
    ///
    /// # Errors
    /// Where the metadata cannot be read, or the tree is none.
    pub fn open(parts: &'w [Wim<S>], index: u32) -> Result<Self> {
        let first = parts.first().ok_or(Error::NoSuchImage { index, count: 0 })?;
        let metadata = first.metadata(index)?;
        let (nodes, names, key) = Default::default();
        let mut inside = Self { parts, metadata, nodes, names, key };
        inside.index()?;
        Ok(inside)
    }

    fn index(&mut self) -> Result<()> {
        let mut walk = self.metadata.walk();
        // The folders on the way to the entry.
        let mut way: Vec<u32> = Vec::new();
        while let Some(node) = walk.next_node()? {
            let number = u32::try_from(self.nodes.len()).unwrap_or(u32::MAX);
            if self.nodes.len() >= MAX_ENTRIES {
                let place = Place { structure: "metadata resource", offset: node.dentry.offset };
                let limit = MAX_ENTRIES as u64;
                return Err(Error::TooLarge { place, claimed: limit + 1, limit });
            }
            if node.depth > MAX_DEPTH {
                let place = Place { structure: "metadata resource", offset: node.dentry.offset };
                let (found, expected) =
                    (format!("an entry {} levels deep", node.depth), format!("at most {MAX_DEPTH}"));
                return Err(Error::Malformed { place, found, expected });
            }
            for left in way.drain(node.depth..) {
                close(&mut self.nodes, left, number);
            }
            let parent = way.last().copied().unwrap_or(0);
            self.nodes.push(Node { offset: node.dentry.offset, parent, end: number + 1 });
            if number > 0 {
                let name = self.key.hash_one(node.dentry.name.to_string().to_lowercase());
                self.names.entry((parent, name)).or_insert(number);
            }
            way.push(number);
        }
        let count = u32::try_from(self.nodes.len()).unwrap_or(u32::MAX);
        for left in way {
            close(&mut self.nodes, left, count);
        }
        Ok(())
    }

    /// All files of the set, the first in front.
    pub fn parts(&self) -> &'w [Wim<S>] {
        self.parts
    }

    /// Entries, the root included.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether there is no entry: never, as an image has a root.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// The entry of a path; an empty one names the root.
    pub fn find(&self, path: &str) -> Option<Entry<'_>> {
        let mut at = 0;
        for name in path.split(['\\', '/']).filter(|name| !name.is_empty()) {
            let name = name.to_lowercase();
            let found = self.names.get(&(at, self.key.hash_one(&name)))?;
            if self.entry(*found)?.name().to_lowercase() != name {
                return None;
            }
            at = *found;
        }
        self.entry(at)
    }

    /// All entries, in the order of the walk: a folder before what is in it.
    pub fn entries(&self) -> impl Iterator<Item = Entry<'_>> {
        (0..u32::try_from(self.nodes.len()).unwrap_or(u32::MAX)).filter_map(|number| self.entry(number))
    }

    /// All entries below a folder, at any depth.
    pub fn below(&self, folder: &Entry<'_>) -> impl Iterator<Item = Entry<'_>> {
        let end = self.node(folder.number).map_or(0, |node| node.end);
        (folder.number + 1..end).filter_map(|number| self.entry(number))
    }

    /// The entries of a folder.
    pub fn children(&self, folder: &Entry<'_>) -> impl Iterator<Item = Entry<'_>> {
        let end = self.node(folder.number).map_or(0, |node| node.end);
        let next = move |number: u32| self.node(number).map(|node| node.end);
        let numbers = std::iter::successors(Some(folder.number + 1), move |number| next(*number));
        numbers.take_while(move |number| *number < end).filter_map(|number| self.entry(number))
    }

    /// The folder that an entry is in; `None` for the root.
    pub fn parent(&self, entry: &Entry<'_>) -> Option<Entry<'_>> {
        let node = self.node(entry.number).filter(|_| entry.number > 0)?;
        self.entry(node.parent)
    }

    /// The path of an entry below a folder, with backslashes; from the root on it begins with one.
    pub fn path_below(&self, folder: &Entry<'_>, entry: &Entry<'_>) -> String {
        let mut names = Vec::new();
        let mut at = entry.number;
        while at != folder.number
            && at > 0
            && let (Some(entry), Some(node)) = (self.entry(at), self.node(at))
        {
            names.push(entry.name());
            at = node.parent;
        }
        names.reverse();
        let path = names.join("\\");
        if folder.number == 0 { format!("\\{path}") } else { path }
    }

    /// The whole path of an entry.
    pub fn path(&self, entry: &Entry<'_>) -> String {
        match self.entry(0) {
            Some(root) => self.path_below(&root, entry),
            None => String::new(),
        }
    }

    /// The stored content with a SHA-1, and the number of the part that holds it.
    pub fn blob(&self, sha1: &Sha1Digest) -> Option<(usize, &'w Blob)> {
        self.parts.iter().enumerate().find_map(|(number, part)| {
            let blob = part.blob_table().ok()?.find(sha1)?;
            (blob.part == part.header().part).then_some((number, blob))
        })
    }

    /// Bytes of a content; 0 for none, `None` where the file lacks it.
    pub fn size(&self, sha1: &Sha1Digest) -> Option<u64> {
        if sha1.is_zero() { Some(0) } else { self.blob(sha1).map(|(_, blob)| blob.size()) }
    }

    fn node(&self, number: u32) -> Option<&Node> {
        self.nodes.get(usize::try_from(number).ok()?)
    }

    fn entry(&self, number: u32) -> Option<Entry<'_>> {
        let dentry = self.metadata.dentry(self.node(number)?.offset).ok()?;
        Some(Entry { number, dentry })
    }
}

fn close(nodes: &mut [Node], number: u32, end: u32) {
    if let Some(node) = usize::try_from(number).ok().and_then(|number| nodes.get_mut(number)) {
        node.end = end;
    }
}

/// A file or folder of an image.
#[derive(Debug, Clone, Copy)]
pub struct Entry<'i> {
    number: u32,
    /// What the metadata say of it: attributes, times, streams, reparse point, hard-link group.
    pub dentry: Dentry<'i>,
}

impl Entry<'_> {
    /// Its name as it stands; lone surrogates are replaced. Empty for the root.
    pub fn name(&self) -> String {
        self.dentry.name.to_string()
    }

    /// Whether it is a folder.
    pub fn is_folder(&self) -> bool {
        self.dentry.is_directory()
    }

    /// SHA-1 of its content; zero where it is empty.
    pub fn sha1(&self) -> Sha1Digest {
        let streams = self.dentry.streams().into_iter();
        let mut data = streams.filter(|stream| stream.kind == StreamKind::Data);
        data.next().map_or(Sha1Digest::ZERO, |stream| stream.sha1)
    }
}

#[cfg(test)]
mod tests;
