//! Names of image files, and how paths inside containers are compared.

/// Ends of names of image files.
pub const IMAGES: [&str; 3] = ["wim", "esd", "swm"];

/// Whether a path is one of an image file, by the end of its name.
pub fn is_image(path: &str) -> bool {
    let end = path.rsplit_once('.').map(|(_, end)| end);
    end.is_some_and(|end| IMAGES.iter().any(|image| end.eq_ignore_ascii_case(image)))
}

/// Whether two paths are the same: with either slash, in any case, with or without one at the begin.
pub fn same(a: &str, b: &str) -> bool {
    folded(a).eq(folded(b))
}

fn folded(path: &str) -> impl Iterator<Item = char> {
    let path = path.trim_start_matches(['/', '\\']);
    path.chars().map(|c| if c == '\\' { '/' } else { c }).flat_map(char::to_lowercase)
}
