//! The walk over a directory tree: without recursion, each list of entries once.

use std::collections::HashSet;

use super::{Dentry, Listed, Metadata};
use crate::{
    anomaly::{Anomalies, AnomalyKind},
    error::{Error, Place, Result},
    limits::{MAX_PATH_UNITS, MAX_TREE_DEPTH},
    value::Utf16,
};

fn path_of(names: &[Utf16<'_>]) -> String {
    let names: Vec<String> = names.iter().map(ToString::to_string).collect();
    format!("\\{}", names.join("\\"))
}

/// An entry on the walk.
#[derive(Debug, Clone, Copy)]
pub struct Node<'m> {
    /// 0 for the root.
    pub depth: usize,
    /// The entry.
    pub dentry: Dentry<'m>,
}

/// Walks a tree in canonical order. Stops with an error where the tree is not one (a directory that contains itself,
/// lists that overlap); lesser oddities are collected in [`anomalies`](Self::anomalies).
#[derive(Debug)]
pub struct Walk<'m> {
    metadata: &'m Metadata,
    /// Lists under way: the entries of each level that are still to come, last first.
    levels: Vec<Vec<Listed<'m>>>,
    path: Vec<Utf16<'m>>,
    /// UTF-16 code units of the path, separators included.
    path_units: usize,
    seen: HashSet<u64>,
    reached: Vec<(u64, u64)>,
    /// Entries read so far, in bytes: an entry belongs to one list, so they cannot exceed the resource.
    walked: u64,
    anomalies: Anomalies,
    state: State,
}

#[derive(Debug, PartialEq)]
enum State {
    Root,
    Within,
    Done,
}

impl<'m> Walk<'m> {
    pub(super) fn new(metadata: &'m Metadata) -> Self {
        let (levels, path, seen, reached) = Default::default();
        let anomalies = Anomalies::default();
        Self {
            metadata,
            levels,
            path,
            path_units: 0,
            seen,
            reached,
            walked: 0,
            anomalies,
            state: State::Root,
        }
    }

    /// The path of the entry that was returned last, with backslashes, from the root.
    pub fn path(&self) -> String {
        path_of(&self.path)
    }

    /// What the walk met so far; complete when it is over.
    pub fn anomalies(&self) -> &Anomalies {
        &self.anomalies
    }

    /// Ends the walk.
    pub fn into_anomalies(self) -> Anomalies {
        self.anomalies
    }

    /// The next entry; `None` when the tree is walked.
    pub fn next_node(&mut self) -> Result<Option<Node<'m>>> {
        let result = match self.state {
            State::Root => self.start().map(Some),
            State::Within => self.step(),
            State::Done => Ok(None),
        };
        match &result {
            Ok(Some(_)) => self.state = State::Within,
            Ok(None) | Err(_) => self.state = State::Done,
        }
        result
    }

    fn start(&mut self) -> Result<Node<'m>> {
        let root = self.metadata.root()?;
        self.metadata.root_anomalies(&root, &mut self.anomalies);
        self.check_entry(&root);
        self.reached.push((0, root.end + 8));
        self.descend(&root)?;
        Ok(Node { depth: 0, dentry: root })
    }

    fn step(&mut self) -> Result<Option<Node<'m>>> {
        while let Some(level) = self.levels.last_mut() {
            let Some(listed) = level.pop() else {
                self.levels.pop();
                continue;
            };
            let depth = self.levels.len();
            let Some(dentry) = Dentry::parse(self.metadata.as_bytes(), listed.offset)?.0 else { continue };
            self.enter(depth, &dentry)?;
            self.check_name(&dentry);
            self.check_entry(&dentry);
            self.descend(&dentry)?;
            return Ok(Some(Node { depth, dentry }));
        }
        self.check_reached();
        Ok(None)
    }

    /// Makes an entry the end of the path.
    fn enter(&mut self, depth: usize, dentry: &Dentry<'m>) -> Result<()> {
        let units = |name: &Utf16<'_>| name.as_bytes().len() / 2 + 1;
        for left in self.path.drain(depth - 1..) {
            self.path_units -= units(&left);
        }
        self.path.push(dentry.name);
        self.path_units += units(&dentry.name);
        if self.path_units > MAX_PATH_UNITS {
            let (claimed, limit) = (self.path_units as u64, MAX_PATH_UNITS as u64);
            return Err(Error::TooLarge {
                place: Place::new("path of a directory entry", dentry.offset),
                claimed,
                limit,
            });
        }
        Ok(())
    }

    /// Puts the children of a directory on the stack.
    fn descend(&mut self, dentry: &Dentry<'m>) -> Result<()> {
        if dentry.subdirectory == 0 {
            return Ok(());
        }
        if !dentry.is_directory() {
            let path = self.path.as_slice();
            self.anomalies.push_with(AnomalyKind::ChildrenOfFile, Some(dentry.offset), || {
                format!("{} is no directory but has children", path_of(path))
            });
            return Ok(());
        }
        if self.levels.len() >= MAX_TREE_DEPTH {
            let limit = MAX_TREE_DEPTH as u64;
            return Err(Error::TooLarge { place: dentry.place(), claimed: limit + 1, limit });
        }
        if !self.seen.insert(dentry.subdirectory) {
            let found = format!("children at {}, which another directory has", dentry.subdirectory);
            return Err(dentry.place().malformed(found, "a tree"));
        }
        let (mut children, end) = self.metadata.list(dentry.subdirectory)?;
        self.walked += end - dentry.subdirectory;
        if self.walked > self.metadata.as_bytes().len() as u64 {
            return Err(dentry.place().malformed("directory lists that overlap", "a tree"));
        }
        self.reached.push((dentry.subdirectory, end));
        if dentry.is_reparse_point() && !children.is_empty() {
            let path = self.path.as_slice();
            self.anomalies.push_with(AnomalyKind::ChildrenOfReparsePoint, Some(dentry.offset), || {
                format!("{} is a reparse point but has children", path_of(path))
            });
        }
        children.sort_by(|a, b| b.name.cmp_units(a.name).then(b.offset.cmp(&a.offset)));
        for pair in children.windows(2) {
            if let [second, first] = pair
                && second.name == first.name
            {
                let path = self.path.as_slice();
                self.anomalies.push_with(AnomalyKind::DuplicateName, Some(second.offset), || {
                    format!("two entries {:?} in {}", first.name, path_of(path))
                });
            }
        }
        self.levels.push(children);
        Ok(())
    }

    fn check_name(&mut self, dentry: &Dentry<'m>) {
        let forbidden = |unit: u16| matches!(unit, 0 | 0x2F | 0x5C);
        let dots = |name: Utf16<'_>| matches!(name.as_bytes(), b".\0" | b".\0.\0");
        let Dentry { name, short_name, .. } = *dentry;
        if name.is_empty() || dots(name) || name.units().any(forbidden) {
            let path = self.path.as_slice();
            self.anomalies.push_with(AnomalyKind::ForbiddenName, Some(dentry.offset), || {
                format!("the name {name:?} in {}", path_of(path))
            });
        }
        // Systems other than Windows allow a colon, and writers take it from there; they have no short names.
        if dots(short_name) || short_name.units().any(|unit| forbidden(unit) || unit == u16::from(b':')) {
            let path = self.path.as_slice();
            self.anomalies.push_with(AnomalyKind::ForbiddenName, Some(dentry.offset), || {
                format!("the short name {short_name:?} of {}", path_of(path))
            });
        }
        if !dentry.names_end {
            let path = self.path.as_slice();
            self.anomalies.push_with(AnomalyKind::NameWithoutEnd, Some(dentry.offset), || {
                format!("no NUL ends a name of {}", path_of(path))
            });
        }
        if !dentry.name.is_well_formed() || !dentry.short_name.is_well_formed() {
            let path = self.path.as_slice();
            self.anomalies.push_with(AnomalyKind::NameBadUtf16, Some(dentry.offset), || {
                format!("{} holds a lone surrogate", path_of(path))
            });
        }
    }

    fn check_entry(&mut self, dentry: &Dentry<'m>) {
        let descriptors = self.metadata.security.len();
        let known = usize::try_from(dentry.security_id).is_ok_and(|id| id < descriptors);
        if !known && dentry.security_id != -1 {
            let path = self.path.as_slice();
            self.anomalies.push_with(AnomalyKind::BadSecurityId, Some(dentry.offset), || {
                format!("{} has security id {} of {descriptors}", path_of(path), dentry.security_id)
            });
        }
    }

    /// Bytes that are not zero and that no list reaches: somebody put entries there that no reader shows.
    fn check_reached(&mut self) {
        self.reached.sort_unstable();
        let bytes = self.metadata.as_bytes();
        let length = bytes.len() as u64;
        let mut covered = 0;
        for (start, end) in self.reached.iter().copied().chain([(length, length)]) {
            let gap =
                usize::try_from(covered).unwrap_or_default()..usize::try_from(start).unwrap_or_default();
            if bytes.get(gap.clone()).is_some_and(|gap| gap.iter().any(|byte| *byte != 0)) {
                let detail = format!("{} bytes that no directory reaches", gap.len());
                self.anomalies.push(AnomalyKind::UnreachableMetadata, Some(covered), detail);
            }
            covered = covered.max(end);
        }
    }
}

#[cfg(test)]
mod tests {
    use wimproof_testkit::{Entry, Image};

    use crate::{AnomalyKind, Wim};

    /// What the walk over a tree shows; `edit` is given the metadata and where the entry of `path` begins.
    fn anomalies(root: Entry, path: &str, edit: fn(&mut [u8], usize)) -> Vec<AnomalyKind> {
        let image = Image::new("x").root(root);
        let at = wimproof_testkit::Wim::new().image(image.clone()).build().layout.metadata[0].entry(path);
        let image = image.edit_metadata(move |bytes: &mut Vec<u8>| edit(bytes, at));
        let wim = Wim::open(wimproof_testkit::Wim::new().image(image).build().bytes).expect("a WIM");
        let metadata = wim.metadata(1).expect("metadata");
        let mut walk = metadata.walk();
        while walk.next_node().expect("a tree").is_some() {}
        walk.into_anomalies().described().iter().map(|anomaly| anomaly.kind).collect()
    }

    fn of(entry: Entry) -> Vec<AnomalyKind> {
        anomalies(Entry::dir("").child(entry), "", |_, _| {})
    }

    #[test]
    fn short_names_are_names() {
        assert_eq!(of(Entry::file("a", "").short_name("A~1.TXT")), []);
        assert_eq!(of(Entry::file("a:b", "")), []);
        for name in ["A\0B", "A/B", "A\\B", "A:B", ".", ".."] {
            let found = of(Entry::file("a", "").short_name(name));
            assert_eq!(found, [AnomalyKind::ForbiddenName], "{name:?}");
        }
        for name in ["A\0B", "A/B", "A\\B", ".", "..", ""] {
            assert_eq!(of(Entry::file(name, "")), [AnomalyKind::ForbiddenName], "{name:?}");
        }
        assert_eq!(of(Entry::file("...", "").short_name("...")), []);
    }

    #[test]
    fn names_end_with_nul() {
        let root = |name: &str, short_name: &str| {
            Entry::dir("").child(Entry::file(name, "").short_name(short_name)).child(Entry::file("z", ""))
        };
        // 102 bytes and 13 characters are 128: the entry ends with the name.
        let no_room = anomalies(root("thirteen char", ""), "thirteen char", |bytes, at| bytes[at] = 128);
        assert_eq!(no_room, [AnomalyKind::NameWithoutEnd, AnomalyKind::UnreachableMetadata]);
        let behind_name = anomalies(root("ab", "AB"), "ab", |bytes, at| bytes[at + 102 + 4] = b'c');
        assert_eq!(behind_name, [AnomalyKind::NameWithoutEnd]);
        let behind_short_name = anomalies(root("ab", "AB"), "ab", |bytes, at| bytes[at + 102 + 6 + 4] = b'c');
        assert_eq!(behind_short_name, [AnomalyKind::NameWithoutEnd]);
        let with_stream = Entry::dir("").child(Entry::file("ab", "").stream("nine char", *b"1"));
        let behind_stream_name = anomalies(with_stream, "ab", |bytes, at| {
            // The unnamed stream takes 40 bytes.
            let stream = at + usize::from(bytes[at]) + 40;
            bytes[stream + 38 + 18] = b'c';
        });
        assert_eq!(behind_stream_name, [AnomalyKind::NameWithoutEnd]);
    }

    #[test]
    fn a_folder_that_is_a_reparse_point_has_no_children() {
        let point = Entry::dir("point").reparse(0xA000_0003, *b"elsewhere");
        assert_eq!(of(point.clone()), []);
        let with = Entry::dir("").child(point.clone().child(Entry::file("below", "")));
        assert_eq!(anomalies(with, "", |_, _| {}), [AnomalyKind::ChildrenOfReparsePoint]);
        let root = Entry::dir("").child(Entry::file("below", ""));
        let marked = anomalies(root, "", |bytes, at| bytes[at + 9] = 4);
        assert_eq!(marked, [AnomalyKind::ChildrenOfReparsePoint]);
    }

    #[test]
    fn an_empty_list_is_no_children() {
        let root = Entry::dir("").child(Entry::dir("point").reparse(0xA000_0003, *b"elsewhere"));
        let found = anomalies(root, "point", |bytes, at| {
            // The end mark of the last list.
            let list = bytes.len() as u64 - 8;
            bytes[at + 16..at + 24].copy_from_slice(&list.to_le_bytes());
        });
        assert_eq!(found, []);
    }
}
