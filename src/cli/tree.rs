//! Listings of `wimproof inspect`: blob tables and directory trees.

use serde::Serialize;
use wimproof_wim::{Blob, BlobPlace, BlobTable, FileTime, Node, ReadAt, Stream, StreamKind, Wim};

use super::{
    Result,
    inspect::worse,
    output::{self, Output},
    targets::Target,
};
use crate::{
    judge::ExitCode,
    report::{list_words, table::Table},
    sighting::Value,
    source::{Opener, Source},
};

#[derive(Serialize)]
struct BlobRow {
    source: String,
    sha1: String,
    size: u64,
    offset: u64,
    size_in_wim: u64,
    flags: u8,
    references: u32,
    kind: &'static str,
}

/// Lists the blob tables of files.
pub(super) fn blobs(files: Files<'_>, output: &mut Output) -> Result {
    let mut table = Table::new(&["sha1", "size", "offset", "size in wim", "flags", "references", "kind"]);
    let mut rows = Vec::new();
    let code = for_each(files, |name, _, wim| {
        let blobs = wim.blob_table()?;
        let row = |kind: &'static str, blob: &Blob| BlobRow {
            source: name.to_owned(),
            sha1: blob.sha1.to_string(),
            size: blob.size(),
            offset: blob.resource.offset,
            size_in_wim: blob.resource.size_in_wim,
            flags: blob.resource.flags.0,
            references: blob.reference_count,
            kind,
        };
        let kind = |blob: &Blob| if blob.place == BlobPlace::Alone { "file" } else { "solid" };
        rows.extend(blobs.blobs().iter().map(|blob| row(kind(blob), blob)));
        rows.extend(blobs.metadata().iter().map(|blob| row("metadata", blob)));
        Ok(())
    });
    for row in &rows {
        let numbers = [row.size, row.offset, row.size_in_wim].map(|n| n.to_string());
        let [size, offset, size_in_wim] = numbers;
        let (flags, references) = (format!("{:#04x}", row.flags), row.references.to_string());
        table.rows.push(vec![
            row.sha1.clone(),
            size,
            offset,
            size_in_wim,
            flags,
            references,
            list_words::blob_kind(row.kind, output.list_language()),
        ]);
    }
    output.list(&table, &rows)?;
    Ok(code)
}

#[derive(Serialize)]
struct TreeRow {
    source: String,
    image: u32,
    path: String,
    attributes: u32,
    created: Option<Value>,
    accessed: Option<Value>,
    written: Option<Value>,
    size: u64,
    streams: Vec<StreamRow>,
    #[serde(skip_serializing_if = "Option::is_none")]
    short_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hard_link_group: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reparse_tag: Option<u32>,
    security_id: i32,
}

#[derive(Serialize)]
struct StreamRow {
    kind: &'static str,
    name: String,
    sha1: String,
}

/// Lists the directory trees of files from a path down; of a file that has an index, the tree of that image alone.
pub(super) fn trees(files: Files<'_>, path: &str, output: &mut Output) -> Result {
    let mut rows = Vec::new();
    let below = normalized(path);
    let code = for_each(files, |name, index, wim| {
        let stored = u32::try_from(wim.blob_table()?.metadata().len()).unwrap_or(u32::MAX);
        // What a table holds beyond the header's count is for `inspect` to report, and by its index to look at.
        let count = stored.min(wim.header().image_count);
        let wanted = index.map_or(1..=count, |index| index..=index);
        for image in wanted {
            tree(name, wim, image, &below, &mut rows)?;
        }
        Ok(())
    });
    if rows.is_empty() {
        if code == ExitCode::Approved {
            output::complain(&match files.targets {
                [(target, Some(index))] => format!("{}: image {index} has nothing at {path}", target.name()),
                _ => format!("nothing at {path} in any image"),
            });
        }
        return Ok(ExitCode::Undecided);
    }
    let mut table = Table::new(&["image", "attributes", "written", "size", "sha1", "path"]);
    for row in &rows {
        let sha1 =
            row.streams.first().filter(|stream| stream.kind == "data").map(|stream| stream.sha1.clone());
        table.rows.push(vec![
            row.image.to_string(),
            format!("{:#06x}", row.attributes),
            row.written.as_ref().map(ToString::to_string).unwrap_or_default(),
            row.size.to_string(),
            sha1.unwrap_or_default(),
            row.path.clone(),
        ]);
    }
    output.list(&table, &rows)?;
    Ok(code)
}

fn tree<S: ReadAt>(
    name: &str,
    wim: &Wim<S>,
    image: u32,
    below: &str,
    rows: &mut Vec<TreeRow>,
) -> wimproof_wim::Result<()> {
    let (metadata, blobs) = (wim.metadata(image)?, wim.blob_table()?);
    let mut walk = metadata.walk();
    while let Some(node) = walk.next_node()? {
        let at = walk.path();
        let normal = normalized(&at);
        let within = below.is_empty()
            || normal == below
            || normal.strip_prefix(below).is_some_and(|s| s.starts_with('\\'));
        if within {
            rows.push(row(name, image, at, &node, blobs));
        }
    }
    Ok(())
}

fn row(name: &str, image: u32, at: String, node: &Node<'_>, blobs: &BlobTable) -> TreeRow {
    let dentry = &node.dentry;
    let streams = dentry.streams();
    let size = |stream: &Stream<'_>| blobs.find(&stream.sha1).map_or(0, Blob::size);
    let time = |time: FileTime| time.to_utc().map(Value::Time);
    let kind = |kind| match kind {
        StreamKind::Data => "data",
        StreamKind::Reparse => "reparse",
        StreamKind::Named => "named",
    };
    TreeRow {
        source: name.to_owned(),
        image,
        path: at,
        attributes: dentry.attributes.0,
        created: time(dentry.created),
        accessed: time(dentry.accessed),
        written: time(dentry.written),
        size: streams.iter().filter(|s| s.kind == StreamKind::Data).map(size).sum(),
        streams: streams
            .iter()
            .map(|s| StreamRow { kind: kind(s.kind), name: s.name.to_string(), sha1: s.sha1.to_string() })
            .collect(),
        short_name: Some(dentry.short_name.to_string()).filter(|name| !name.is_empty()),
        hard_link_group: dentry.hard_link_group(),
        reparse_tag: dentry.reparse().map(|(tag, _)| tag),
        security_id: dentry.security_id,
    }
}

/// Paths as Windows compares them: either slash, any case, no slash at the end.
pub(super) fn normalized(path: &str) -> String {
    let path = path.replace('/', "\\").to_lowercase();
    let path = path.trim_matches('\\');
    if path.is_empty() { String::new() } else { format!("\\{path}") }
}

/// Files to list, each with the image in it that is meant, where one is.
#[derive(Clone, Copy)]
pub(super) struct Files<'f> {
    pub(super) targets: &'f [(Target, Option<u32>)],
    pub(super) opener: &'f Opener,
}

pub(super) fn for_each(
    files: Files<'_>,
    mut look: impl FnMut(&str, Option<u32>, &Wim<Source>) -> wimproof_wim::Result<()>,
) -> ExitCode {
    let mut code = ExitCode::Approved;
    for (target, index) in files.targets {
        let name = target.name();
        let opened = target.open(files.opener);
        let looked = opened.and_then(|source| {
            Wim::open(source).and_then(|wim| look(&name, *index, &wim)).map_err(|error| error.to_string())
        });
        if let Err(why) = looked {
            output::complain(&format!("{name}: {why}"));
            code = worse(code, ExitCode::Undecided);
        }
    }
    code
}
