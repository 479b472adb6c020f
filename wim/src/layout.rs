//! How the file's bytes are shared out: gaps and overlaps between resources.

use crate::{
    anomaly::{Anomalies, AnomalyKind},
    blob_table::{BlobPlace, BlobTable},
    header::{HEADER_SIZE, Header},
    resource::ResourceHeader,
};

/// Looks for bytes that belong to no resource, and for resources that share bytes.
///
/// Edited and appended files have gaps; data that no hash covers can hide in them. Ordinary writers leave none.
pub(crate) fn anomalies(header: &Header, blobs: &BlobTable, file_size: u64) -> Anomalies {
    let mut extents = extents(header, blobs, file_size);
    extents.sort_unstable_by_key(|extent| (extent.start, extent.end));
    let mut anomalies = Anomalies::default();
    let mut covered = 0;
    for extent in &extents {
        if extent.start > covered {
            gap(&mut anomalies, covered, extent.start);
        } else if extent.start < covered {
            let detail = format!(
                "the resource from {} to {} shares bytes with the one before it, which ends at {covered}",
                extent.start, extent.end
            );
            anomalies.push(AnomalyKind::OverlappingResources, Some(extent.start), detail);
        }
        covered = covered.max(extent.end);
    }
    if covered < file_size {
        gap(&mut anomalies, covered, file_size);
    }
    anomalies
}

fn gap(anomalies: &mut Anomalies, from: u64, to: u64) {
    let detail = format!("{} bytes from {from} to {to} belong to no resource", to - from);
    anomalies.push(AnomalyKind::UnaccountedBytes, Some(from), detail);
}

struct Extent {
    start: u64,
    end: u64,
}

/// Those within the file; resources outside are reported where they are read.
fn extents(header: &Header, blobs: &BlobTable, file_size: u64) -> Vec<Extent> {
    let alone =
        blobs.blobs().iter().filter(|blob| blob.place == BlobPlace::Alone && blob.part == header.part);
    let of = |resource: &ResourceHeader| {
        let end = resource.end().filter(|end| *end <= file_size && resource.size_in_wim > 0)?;
        Some(Extent { start: resource.offset, end })
    };
    [header.blob_table, header.xml, header.integrity]
        .iter()
        .chain(alone.map(|blob| &blob.resource))
        .chain(blobs.metadata().iter().map(|blob| &blob.resource))
        .chain(blobs.solid_resources())
        .chain(blobs.deleted())
        .filter_map(of)
        .chain([Extent { start: 0, end: HEADER_SIZE }])
        .collect()
}
