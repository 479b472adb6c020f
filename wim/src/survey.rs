//! One pass over an image's directory tree: its digest, its counts, and what does not fit.

use crate::{
    anomaly::{Anomalies, AnomalyKind},
    blob_table::BlobTable,
    content_set::{ContentSet, Gatherer},
    error::Result,
    hard_links::HardLinks,
    metadata::{Metadata, Node},
    odd_streams,
    tree_digest::{TreeDigest, TreeHasher},
    value::FileTime,
    xml::ImageXml,
};

/// What the tree of an image shows.
#[derive(Debug)]
pub struct Survey {
    /// The digest `tree`, see [`crate::tree_digest`].
    pub tree: TreeDigest,
    /// Directories without the root.
    pub directories: u64,
    /// Files, each hard link counted.
    pub files: u64,
    /// Bytes of all streams, each hard link counted.
    pub total_bytes: u64,
    /// The latest time of last write of any file; zero for an empty tree.
    pub newest_write: FileTime,
    /// The contents of its files and streams.
    pub contents: ContentSet,
    /// What does not fit together.
    pub anomalies: Anomalies,
}

/// Counts how often blobs are referred to, over the images of a file.
#[derive(Debug)]
pub struct References(Vec<u32>);

impl References {
    /// Starts counting at zero.
    pub fn new(blobs: &BlobTable) -> Self {
        Self(vec![0; blobs.blobs().len()])
    }

    fn add(&mut self, position: usize) {
        if let Some(count) = self.0.get_mut(position) {
            *count = count.saturating_add(1);
        }
    }

    /// Compares with what the blob table says, once all images are surveyed. Writers of the field count wrongly, so
    /// this is no sign of damage.
    pub fn compare(&self, blobs: &BlobTable) -> Anomalies {
        let mut anomalies = Anomalies::default();
        for (blob, found) in blobs.blobs().iter().zip(&self.0) {
            if blob.reference_count != *found {
                let detail =
                    format!("blob {} is used {found} times, not {}", blob.sha1, blob.reference_count);
                anomalies.push(AnomalyKind::WrongReferenceCount, None, detail);
            }
        }
        anomalies
    }
}

impl Survey {
    /// Walks the tree once.
    pub fn of(metadata: &Metadata, blobs: &BlobTable, references: &mut References) -> Result<Self> {
        let mut hasher = TreeHasher::new(metadata);
        let mut counts = Counts::default();
        let mut walk = metadata.walk();
        let mut anomalies = Anomalies::default();
        let mut contents = Gatherer::default();
        let mut links = HardLinks::new(metadata);
        while let Some(node) = walk.next_node()? {
            let streams = node.dentry.streams();
            hasher.entry(&node, &streams);
            counts.entry(&node);
            links.entry(&node.dentry, &streams, &mut anomalies, || walk.path());
            odd_streams::check(&node.dentry, &streams, &mut anomalies, || walk.path());
            for stream in &streams {
                contents.add(&stream.sha1);
                match blobs.position(&stream.sha1) {
                    Some(position) => {
                        references.add(position);
                        let size = blobs.blobs().get(position).map_or(0, crate::Blob::size);
                        counts.total_bytes = counts.total_bytes.saturating_add(size);
                    }
                    None if stream.sha1.is_zero() => {}
                    None => {
                        anomalies.push_with(AnomalyKind::MissingBlob, Some(node.dentry.offset), || {
                            format!("{} needs blob {}, which the file lacks", walk.path(), stream.sha1)
                        });
                    }
                }
            }
        }
        anomalies.append(walk.into_anomalies());
        let tree = hasher.finish().unwrap_or(TreeDigest([0; 32]));
        let Counts { directories, files, total_bytes, newest_write } = counts;
        Ok(Self {
            tree,
            directories,
            files,
            total_bytes,
            newest_write,
            contents: contents.finish(),
            anomalies,
        })
    }

    /// Compares the counts with those that the XML gives. Writers differ on details (whether the root counts, how
    /// hard links do), so only differences that no known writer makes are reported: more than one directory, one
    /// file, 64 KiB, and more than 2 %.
    pub fn compare(&self, image: &ImageXml) -> Anomalies {
        let mut anomalies = Anomalies::default();
        let checks = [
            ("DIRCOUNT", &image.dir_count, self.directories, 1),
            ("FILECOUNT", &image.file_count, self.files, 1),
            ("TOTALBYTES", &image.total_bytes, self.total_bytes, 64 << 10),
        ];
        for (element, claimed, found, slack) in checks {
            if let Some(claimed) = claimed
                && claimed.value.abs_diff(found) > (found / 50).max(slack)
            {
                let detail = format!("{element} is {}, the tree has {found}", claimed.value);
                anomalies.push(AnomalyKind::CountsDisagree, Some(claimed.offset), detail);
            }
        }
        anomalies
    }
}

#[derive(Default)]
struct Counts {
    directories: u64,
    files: u64,
    total_bytes: u64,
    newest_write: FileTime,
}

impl Counts {
    fn entry(&mut self, node: &Node<'_>) {
        let dentry = &node.dentry;
        if dentry.is_directory() {
            self.directories += u64::from(node.depth > 0);
            return;
        }
        self.files += 1;
        self.newest_write = self.newest_write.max(dentry.written);
    }
}
