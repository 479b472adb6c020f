//! Streams of one entry that readers take differently.

use crate::{
    anomaly::{Anomalies, AnomalyKind},
    metadata::{Dentry, Stream, StreamKind},
    value::Utf16,
};

/// Looks at the streams of an entry; `streams` are its own.
pub(crate) fn check(
    dentry: &Dentry<'_>,
    streams: &[Stream<'_>],
    anomalies: &mut Anomalies,
    path: impl Fn() -> String,
) {
    let mut report = |kind, what: &dyn Fn() -> String| {
        anomalies.push_with(kind, Some(dentry.offset), || format!("{} {}", path(), what()));
    };
    if has_two_contents(dentry) {
        report(AnomalyKind::DuplicateStream, &|| "has two unnamed streams with different contents".into());
    }
    if let Some(name) = doubled_name(streams) {
        report(AnomalyKind::DuplicateStream, &|| format!("has two streams of the name {name:?}"));
    }
    for stream in streams.iter().filter(|stream| stream.name.units().any(is_forbidden)) {
        report(AnomalyKind::ForbiddenName, &|| format!("has a stream of the name {:?}", stream.name));
    }
    if dentry.is_directory() && streams.iter().any(|stream| stream.kind == StreamKind::Data) {
        report(AnomalyKind::MisplacedStream, &|| "is a folder with content of its own".into());
    }
    let beside = streams.len() > 1 || streams.iter().any(|stream| stream.kind == StreamKind::Named);
    if dentry.is_encrypted() && beside {
        report(AnomalyKind::MisplacedStream, &|| "is encrypted and has streams beside its content".into());
    }
}

/// NUL, slash, colon, backslash: all that NTFS forbids in the name of a stream.
fn is_forbidden(unit: u16) -> bool {
    matches!(unit, 0 | 0x2F | 0x3A | 0x5C)
}

/// Whether there is unnamed content behind the place where readers look for it: the first unnamed stream, in a reparse
/// point the second, even if it is empty.
fn has_two_contents(dentry: &Dentry<'_>) -> bool {
    let mut unnamed = dentry.unnamed_streams();
    let reparse = if dentry.is_reparse_point() { unnamed.next() } else { None };
    let content = unnamed.next();
    if reparse.is_some_and(|sha1| sha1.is_zero()) && content.is_some_and(|sha1| !sha1.is_zero()) {
        return true;
    }
    unnamed.any(|sha1| !sha1.is_zero() && Some(sha1) != content)
}

/// A name of two streams, as Windows compares them.
fn doubled_name<'m>(streams: &[Stream<'m>]) -> Option<Utf16<'m>> {
    let named = streams.iter().filter(|stream| stream.kind == StreamKind::Named);
    let mut folded: Vec<(Vec<u16>, Utf16<'m>)> =
        named.map(|stream| (stream.name.units().map(upper_case).collect(), stream.name)).collect();
    folded.sort_by(|a, b| a.0.cmp(&b.0));
    folded.windows(2).find_map(|pair| match pair {
        [(first, name), (second, _)] if first == second => Some(*name),
        _ => None,
    })
}

/// NTFS compares names by units in upper case. Its table is that of Unicode where that has a single unit.
fn upper_case(unit: u16) -> u16 {
    let upper = char::from_u32(unit.into()).map(char::to_uppercase);
    match upper.map(|mut upper| (upper.next(), upper.next())) {
        Some((Some(only), None)) => u16::try_from(u32::from(only)).unwrap_or(unit),
        _ => unit,
    }
}

#[cfg(test)]
mod tests {
    use wimproof_testkit::{Entry, Image, sha1_of};

    use crate::{AnomalyKind, References, Survey, Wim};

    type Edit = fn(&mut [u8]);

    /// What a tree with this one entry shows; `edit` changes it as it stands in the metadata.
    fn anomalies(entry: &Entry, edit: Edit) -> Vec<AnomalyKind> {
        let root = Entry::tree_of(&[("one", b"1"), ("two", b"2")]).child(entry.clone());
        let image = Image::new("x").root(root);
        let name = String::from_utf16_lossy(&entry.name);
        let at = wimproof_testkit::Wim::new().image(image.clone()).build().layout.metadata[0].entry(&name);
        let image = image.edit_metadata(move |bytes: &mut Vec<u8>| edit(&mut bytes[at..]));
        let wim = Wim::open(wimproof_testkit::Wim::new().image(image).build().bytes).expect("a WIM");
        let (blobs, metadata) = (wim.blob_table().expect("a table"), wim.metadata(1).expect("metadata"));
        let survey = Survey::of(&metadata, blobs, &mut References::new(blobs)).expect("a tree");
        survey.anomalies.described().iter().map(|anomaly| anomaly.kind).collect()
    }

    fn of(entry: &Entry) -> Vec<AnomalyKind> {
        anomalies(entry, |_| {})
    }

    /// An entry with a further unnamed stream.
    fn and_unnamed(mut entry: Entry, bytes: &[u8]) -> Entry {
        entry.streams.push((Vec::new(), bytes.to_vec()));
        entry
    }

    fn file(content: &str) -> Entry {
        Entry::file("a", content)
    }

    #[test]
    fn what_writers_make_is_fine() {
        for entry in [
            file("1"),
            file("1").stream("n", *b"2").stream("m", *b"2"),
            file("").stream("n", *b"2"),
            Entry::dir("a").stream("n", *b"2"),
            Entry::dir("a").reparse(0xA000_0003, *b"2"),
            file("").reparse(0xA000_000C, *b"2"),
            file("1").reparse(0x8000_0017, *b"2").stream("n", *b"2"),
            file("1").attributes(0x4020),
            Entry::dir("a").attributes(0x4010),
            file("1").stream(" .con?*\u{1}", *b"2"),
        ] {
            assert_eq!(of(&entry), [], "{entry:?}");
        }
        // The content in the fixed part and again, or once more without content.
        let main: Edit = |entry| entry[0x40..0x54].copy_from_slice(&sha1_of(b"1"));
        assert_eq!(anomalies(&file("1").stream("n", *b"2"), main), []);
        assert_eq!(anomalies(&file("").stream("n", *b"2"), main), []);
    }

    #[test]
    fn two_unnamed_contents() {
        for entry in [
            and_unnamed(file("1"), b"2"),
            and_unnamed(file(""), b"2"),
            and_unnamed(file("1").reparse(0x8000_0017, *b"2"), b"2"),
        ] {
            assert_eq!(of(&entry), [AnomalyKind::DuplicateStream], "{entry:?}");
        }
        let main: Edit = |entry| entry[0x40..0x54].copy_from_slice(&sha1_of(b"2"));
        assert_eq!(anomalies(&file("1").stream("n", *b"2"), main), [AnomalyKind::DuplicateStream]);
        // Reparse data that are empty, and then content.
        let empty: Edit = |entry| {
            let length = usize::from(entry[0]);
            entry[length + 16..length + 36].fill(0);
        };
        let entry = file("1").reparse(0x8000_0017, *b"2");
        assert_eq!(anomalies(&entry, empty), [AnomalyKind::DuplicateStream]);
    }

    #[test]
    fn two_streams_of_one_name() {
        for (first, second) in [("n", "n"), ("Zone.Identifier", "zone.identifier"), ("\u{e4}", "\u{c4}")] {
            let entry = file("1").stream(first, *b"1").stream("other", *b"1").stream(second, *b"2");
            assert_eq!(of(&entry), [AnomalyKind::DuplicateStream], "{first} {second}");
        }
        assert_eq!(of(&file("1").stream("\u{df}", *b"1").stream("ss", *b"2")), []);
    }

    #[test]
    fn names_that_no_stream_can_have() {
        for name in ["n\0", "a:b", "a/b", "a\\b", "\0"] {
            assert_eq!(of(&file("1").stream(name, *b"2")), [AnomalyKind::ForbiddenName], "{name:?}");
        }
    }

    #[test]
    fn content_of_a_folder() {
        let folder = |mut entry: Entry| {
            entry.attributes |= 0x10;
            entry
        };
        assert_eq!(of(&folder(file("1"))), [AnomalyKind::MisplacedStream]);
        assert_eq!(of(&folder(file("1").stream("n", *b"2"))), [AnomalyKind::MisplacedStream]);
        assert_eq!(of(&folder(file("1").reparse(0xA000_0003, *b"2"))), [AnomalyKind::MisplacedStream]);
    }

    #[test]
    fn streams_beside_encrypted_content() {
        let encrypted = |entry: Entry| Entry { attributes: entry.attributes | 0x4000, ..entry };
        assert_eq!(of(&encrypted(file("1").stream("n", *b"2"))), [AnomalyKind::MisplacedStream]);
        assert_eq!(of(&encrypted(file("1").reparse(0xA000_000C, *b"2"))), [AnomalyKind::MisplacedStream]);
        assert_eq!(of(&encrypted(Entry::dir("a").stream("n", *b"2"))), [AnomalyKind::MisplacedStream]);
    }
}
