//! Hard links: entries that claim to be names of one file.
//!
//! Entries of one group and one unnamed content are one file to Windows and to libwim, and all else that is said of
//! it is then taken from one of them, from which depends on the reader. Entries of one group with different contents
//! are different files to both: Windows 7 was delivered with such groups.

use std::{
    collections::{HashMap, hash_map::RandomState},
    hash::BuildHasher as _,
};

use crate::{
    anomaly::{Anomalies, AnomalyKind},
    metadata::{Dentry, Metadata, Stream, StreamKind},
    value::Sha1Digest,
};

/// What an entry says of its file, as hashes under a key of this process: an image can have millions of entries.
#[derive(Clone, Copy)]
struct Said {
    content: Sha1Digest,
    /// Streams, security descriptor, tagged items, encryption: a writer asks the file for them, not its name.
    substance: u64,
    /// Attributes and times. NTFS keeps copies of them with each name, which grow stale: a writer that trusts these can
    /// find different ones.
    appearance: u64,
}

/// Compares the names of each file.
pub(crate) struct HardLinks {
    /// What the first entry of a group says.
    groups: HashMap<u64, Said>,
    /// What the first entry of another content in a group says.
    others: HashMap<(u64, Sha1Digest), Said>,
    /// Of each security descriptor: hashed once, however many files use it.
    descriptors: Vec<u64>,
    key: RandomState,
}

impl HardLinks {
    pub(crate) fn new(metadata: &Metadata) -> Self {
        let key = RandomState::new();
        let descriptors = metadata.security_descriptors().map(|bytes| key.hash_one(bytes)).collect();
        Self { groups: HashMap::new(), others: HashMap::new(), descriptors, key }
    }

    /// Takes the next entry. `streams` are its own.
    pub(crate) fn entry(
        &mut self,
        dentry: &Dentry<'_>,
        streams: &[Stream<'_>],
        anomalies: &mut Anomalies,
        path: impl Fn() -> String,
    ) {
        let Some(group) = dentry.hard_link_group().filter(|_| !dentry.is_directory()) else { return };
        let said = self.said(dentry, streams);
        let first = *self.groups.entry(group).or_insert(said);
        let mut report = |kind, what: &str| {
            let detail = || format!("{} has {what} its hard links of group {group}", path());
            anomalies.push_with(kind, Some(dentry.offset), detail);
        };
        let same = if first.content == said.content {
            first
        } else {
            report(AnomalyKind::HardLinkMismatch, "another content than");
            *self.others.entry((group, said.content)).or_insert(said)
        };
        if same.substance != said.substance {
            let what = "another security descriptor, encryption, or other streams or tagged items than";
            report(AnomalyKind::HardLinkConflict, what);
        } else if same.appearance != said.appearance {
            report(AnomalyKind::HardLinkMismatch, "other attributes or times than");
        }
    }

    fn said(&self, dentry: &Dentry<'_>, streams: &[Stream<'_>]) -> Said {
        let data = streams.iter().find(|stream| stream.kind == StreamKind::Data);
        let descriptor = usize::try_from(dentry.security_id).ok().and_then(|id| self.descriptors.get(id));
        // A sum, as their order says nothing.
        let streams = streams.iter().fold(0_u64, |sum, stream| {
            sum.wrapping_add(self.key.hash_one((stream.kind as u8, stream.name.as_bytes(), stream.sha1)))
        });
        let times = [dentry.created, dentry.accessed, dentry.written].map(|time| time.0);
        Said {
            content: data.map_or(Sha1Digest::ZERO, |stream| stream.sha1),
            substance: self.key.hash_one((streams, descriptor, dentry.tagged_items, dentry.is_encrypted())),
            appearance: self.key.hash_one((dentry.attributes.0, times)),
        }
    }
}

#[cfg(test)]
mod tests {
    use wimproof_testkit::{Entry, Image};

    use crate::{AnomalyKind, References, Survey, Wim};

    /// What two or more entries of one group show.
    fn anomalies(entries: impl IntoIterator<Item = Entry>) -> Vec<AnomalyKind> {
        let root =
            entries.into_iter().fold(Entry::dir(""), |root, entry| root.child(entry.hard_link_group(9)));
        let bytes = wimproof_testkit::Wim::new().image(Image::new("x").root(root)).build().bytes;
        let wim = Wim::open(bytes).expect("a WIM");
        let (blobs, metadata) = (wim.blob_table().expect("a table"), wim.metadata(1).expect("metadata"));
        let survey = Survey::of(&metadata, blobs, &mut References::new(blobs)).expect("a tree");
        survey.anomalies.described().iter().map(|anomaly| anomaly.kind).collect()
    }

    fn link(name: &str) -> Entry {
        Entry::file(name, "content").stream("n", *b"named").security([1, 2, 3]).tagged(1, *b"tag")
    }

    #[test]
    fn names_may_differ_in_nothing_but_themselves() {
        assert_eq!(anomalies([link("a"), link("b").short_name("B~1"), link("c")]), []);
        assert_eq!(anomalies([Entry::file("a", ""), Entry::file("b", "")]), []);
        let other_order = |name| Entry::file(name, "x").stream("m", *b"1").stream("n", *b"2");
        let one_order = |name| Entry::file(name, "x").stream("n", *b"2").stream("m", *b"1");
        assert_eq!(anomalies([one_order("a"), other_order("b")]), []);
    }

    #[test]
    fn what_a_reader_would_drop_is_a_conflict() {
        for other in [
            link("b").stream("hidden", *b"evil"),
            link("b").security([1, 2, 4]),
            link("b").tagged(2, *b"tag"),
            Entry::file("b", "content").stream("n", *b"other").security([1, 2, 3]).tagged(1, *b"tag"),
            Entry::file("b", "content").stream("N", *b"named").security([1, 2, 3]).tagged(1, *b"tag"),
        ] {
            assert_eq!(anomalies([link("a"), other]), [AnomalyKind::HardLinkConflict]);
        }
        let encrypted = Entry::file("b", "content").attributes(0x4020);
        assert_eq!(anomalies([Entry::file("a", "content"), encrypted]), [AnomalyKind::HardLinkConflict]);
        let empty = |name| Entry::file(name, "");
        assert_eq!(anomalies([empty("a"), empty("b").stream("n", *b"x")]), [AnomalyKind::HardLinkConflict]);
    }

    #[test]
    fn other_attributes_times_and_contents_are_odd() {
        for other in [link("b").attributes(0x21), link("b").times(1, 2, 3), Entry::file("b", "other content")]
        {
            assert_eq!(anomalies([link("a"), other]), [AnomalyKind::HardLinkMismatch]);
        }
    }

    #[test]
    fn another_content_in_the_group_hides_no_conflict() {
        let found = anomalies([Entry::file("0", "decoy"), link("a"), link("b").security([9])]);
        assert_eq!(
            found,
            [AnomalyKind::HardLinkMismatch, AnomalyKind::HardLinkMismatch, AnomalyKind::HardLinkConflict]
        );
    }
}
