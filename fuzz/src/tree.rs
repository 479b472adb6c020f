//! A metadata resource.

use wimproof_wim::{BlobTable, Metadata, References, Survey};

/// Walks the tree in every way there is, without a container around it.
///
/// # Panics
/// When two walks over the same tree disagree.
pub fn walk(bytes: &[u8]) {
    let Ok(metadata) = Metadata::parse(bytes.to_vec()) else { return };
    let blobs = BlobTable::default();
    let survey = Survey::of(&metadata, &blobs, &mut References::new(&blobs));
    let (mut entries, mut streams) = (0_u64, 0_u64);
    let mut walk = metadata.walk();
    let walked = loop {
        match walk.next_node() {
            Ok(Some(node)) => {
                entries += 1;
                streams += node.dentry.streams().len() as u64;
                assert!(!walk.path().is_empty(), "every entry has a path");
            }
            Ok(None) => break true,
            Err(_) => break false,
        }
    };
    let mut named = 0;
    let paths = metadata.files_with(|_| true, |_, _| named += 1);
    assert_eq!(walked, paths.is_ok());
    assert_eq!(walked, survey.is_ok());
    assert_eq!(walked, metadata.content_digest(&|_| Some([0; 32])).is_ok());
    if let Ok(survey) = survey {
        // An entry is a directory, a file, or the root.
        assert_eq!(entries, survey.directories + survey.files + 1);
        assert_eq!(streams, named);
    }
}
