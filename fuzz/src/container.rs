//! A whole file.

use std::collections::HashSet;

use wimproof_wim::{Content, Fingerprint, References, Result, Survey, Verification, VerifyOptions, Wim};

/// Images of a case that are surveyed: a table can name the same metadata a thousand times.
const IMAGES: u32 = 4;

/// Contents of a case that are read one by one, for the same reason.
const CONTENTS: usize = 16;

/// Reads all there is to read, in the order in which the product does. What is refused ends the part of the reading
/// that needs it; verification is tried in any case.
///
/// # Panics
/// When two ways of reading the same thing disagree.
pub fn read(bytes: &[u8]) {
    let Ok(wim) = Wim::open(bytes) else { return };
    let _ = wim.integrity_table();
    let _ = wim.anomalies();
    let _ = images(&wim);
    let options = VerifyOptions { jobs: 1, file_digest: true, content_digests: true, progress: &|_| {} };
    if let Ok(found) = wim.verify(&options) {
        assert!(found.file_sha256.is_some(), "every byte can be read");
        contents(&wim, &found);
    }
}

/// Surveys the images as the product does.
fn images(wim: &Wim<&[u8]>) -> Result<()> {
    let (blobs, xml) = (wim.blob_table()?, wim.xml()?);
    let _ = Fingerprint::of(wim.header(), xml).writer();
    let mut references = References::new(blobs);
    for index in (1..=IMAGES).take(blobs.metadata().len()) {
        let metadata = wim.metadata(index)?;
        let survey = Survey::of(&metadata, blobs, &mut references)?;
        if let Some(image) = xml.image(index) {
            let _ = survey.compare(image);
        }
    }
    let _ = references.compare(blobs);
    Ok(())
}

/// A content that verification found good can be read alone, and one that cannot be read is found bad.
fn contents(wim: &Wim<&[u8]>, found: &Verification) {
    let Ok(blobs) = wim.blob_table() else { return };
    let bad: HashSet<Content> = found.bad_contents.iter().map(|bad| bad.content).collect();
    for (number, blob) in (0..).zip(blobs.blobs()).take(CONTENTS) {
        // Those of other parts are not verified; a content without bytes may have no hash.
        if blob.part != wim.header().part || blob.size() == 0 {
            continue;
        }
        let good = !bad.contains(&Content::File(number));
        let mut length = 0;
        let outcome = wim.read_content(blob, |piece| length += piece.len() as u64);
        if good {
            assert!(outcome.is_ok(), "content {number} is good and cannot be read: {outcome:?}");
            assert_eq!(length, blob.size(), "content {number}");
        }
    }
}
