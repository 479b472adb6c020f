//! Names of image files, media and archives, and how paths inside containers are compared.

/// Ends of names of image files.
pub const IMAGES: [&str; 3] = ["wim", "esd", "swm"];

/// Ends of names of media and archives.
pub const CONTAINERS: [&str; 2] = ["iso", "zip"];

/// Whether a path is one of an image file, by the end of its name.
pub fn is_image(path: &str) -> bool {
    has_end(path, &IMAGES)
}

/// Whether a path is one of a medium or archive, by the end of its name.
pub fn is_container(path: &str) -> bool {
    has_end(path, &CONTAINERS)
}

fn has_end(path: &str, ends: &[&str]) -> bool {
    let end = path.rsplit_once('.').map(|(_, end)| end);
    end.is_some_and(|end| ends.iter().any(|known| end.eq_ignore_ascii_case(known)))
}

/// Whether two paths are the same: with either slash, in any case, with or without one at the begin.
pub fn same(a: &str, b: &str) -> bool {
    folded(a).eq(folded(b))
}

fn folded(path: &str) -> impl Iterator<Item = char> {
    let path = path.trim_start_matches(['/', '\\']);
    path.chars().map(|c| if c == '\\' { '/' } else { c }).flat_map(char::to_lowercase)
}
