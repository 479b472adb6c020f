//! The paths of an image, as the two readers list them.

use std::cmp::Ordering;

use wimlib_bindings::Entry;
use wimproof_wim::Metadata;

use super::Reader;

/// Bytes of paths and security descriptors that are listed of an image. An image of 1,000,000 files has some hundred
/// MiB; a forged one of a few MiB can ask for terabytes, of libwim too, which lists both for each file.
const MAX_LISTED: u64 = 1 << 30;

/// A path below the root: code units, a backslash before each name.
pub(super) type TreePath = Vec<u16>;

const SEPARATOR: u16 = 0x5C;

/// The paths as our reader lists them, sorted; `None` where it cannot, or where there would be too much to list.
pub(super) fn ours(metadata: &Metadata) -> Option<Vec<TreePath>> {
    let descriptors: Vec<u64> = metadata.security_descriptors().map(|bytes| bytes.len() as u64).collect();
    let mut walk = metadata.walk();
    let mut path = TreePath::new();
    // Where the name of each level begins in the path.
    let mut levels = Vec::new();
    let mut paths = Vec::new();
    let mut listed = 0_u64;
    while let Some(node) = walk.next_node().ok()? {
        let Some(level) = node.depth.checked_sub(1) else { continue };
        path.truncate(levels.get(level).copied().unwrap_or(path.len()));
        levels.truncate(level);
        levels.push(path.len());
        path.push(SEPARATOR);
        path.extend(node.dentry.name.units());
        let descriptor =
            usize::try_from(node.dentry.security_id).ok().and_then(|id| descriptors.get(id)).unwrap_or(&0);
        listed = listed.saturating_add(2 * path.len() as u64).saturating_add(*descriptor);
        if listed > MAX_LISTED {
            return None;
        }
        paths.push(path.clone());
    }
    paths.sort_unstable();
    Some(paths)
}

/// The paths as libwim lists them, sorted.
pub(super) fn theirs(entries: &[Entry]) -> Vec<TreePath> {
    let below_root = entries.iter().filter(|entry| entry.depth > 0);
    let slash = |unit: u16| if unit == u16::from(b'/') { SEPARATOR } else { unit };
    let mut paths: Vec<TreePath> =
        below_root.map(|entry| entry.path.units().into_iter().map(slash).collect()).collect();
    paths.sort_unstable();
    paths
}

/// Calls `only` with each path that one reader lists more often than the other; both lists are sorted.
pub(super) fn compare(ours: &[TreePath], theirs: &[TreePath], mut only: impl FnMut(Reader, &TreePath)) {
    let (mut ours, mut theirs) = (ours.iter().peekable(), theirs.iter().peekable());
    loop {
        let order = match (ours.peek(), theirs.peek()) {
            (None, None) => return,
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some(our), Some(their)) => our.cmp(their),
        };
        let our = if order == Ordering::Greater { None } else { ours.next() };
        let their = if order == Ordering::Less { None } else { theirs.next() };
        match (our, their) {
            (Some(path), None) => only(Reader::Wimproof, path),
            (None, Some(path)) => only(Reader::Libwim, path),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use wimproof_testkit as kit;

    use super::*;

    fn units(path: &str) -> TreePath {
        path.encode_utf16().collect()
    }

    fn listed(root: kit::Entry) -> Option<Vec<TreePath>> {
        let wim = kit::Wim::new().image(kit::Image::new("x").root(root)).build();
        ours(&wimproof_wim::Wim::open(wim.bytes).expect("a WIM").metadata(1).expect("metadata"))
    }

    #[test]
    fn paths_are_those_of_the_tree() {
        let root = kit::Entry::tree_of(&[("b/c/d", b""), ("b/e", b""), ("a", b""), ("b.x", b"")]);
        let paths = ["\\a", "\\b", "\\b.x", "\\b\\c", "\\b\\c\\d", "\\b\\e"].map(units);
        let mut sorted = paths.to_vec();
        sorted.sort();
        assert_eq!(listed(root), Some(sorted));
    }

    #[test]
    fn what_would_take_too_much_memory_is_not_listed() {
        // 300 files with one descriptor of 4 MiB, which the file holds once.
        let descriptor = vec![1; 4 << 20];
        let file = |n: u32| kit::Entry::file(&n.to_string(), "").security(descriptor.clone());
        let root = (0..300).map(file).fold(kit::Entry::dir(""), kit::Entry::child);
        assert_eq!(listed(root), None);
    }

    #[test]
    fn each_path_that_one_side_lacks_is_told() {
        let list = |paths: &str| paths.chars().map(|c| units(&c.to_string())).collect::<Vec<_>>();
        let found = |ours: &str, theirs: &str| {
            let mut found = String::new();
            compare(&list(ours), &list(theirs), |reader, path| {
                found.push(if reader == Reader::Wimproof { '<' } else { '>' });
                found.push_str(&String::from_utf16_lossy(path));
            });
            found
        };
        assert_eq!(found("", ""), "");
        assert_eq!(found("abc", "abc"), "");
        assert_eq!(found("abd", "bcd"), "<a>c");
        assert_eq!(found("aab", "ab"), "<a");
        assert_eq!(found("", "ab"), ">a>b");
    }
}
