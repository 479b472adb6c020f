//! Images that are given beside evidence (`trace --image`), to be compared with what is corrupt on a computer.

use std::fmt::Display;

use wimproof_wim::{ReadAt, Wim};

use super::diff;
use crate::{
    evidence::{
        inside::Inside,
        servicing::{self, StoredFiles},
        split_set,
    },
    judge::servicing::Examined,
    source::{Locator, Opener},
};

/// Images of one file that are looked at where none is named; of real files none has so many.
const MAX_IMAGES: u32 = 64;

/// Looks into an image, or all images of a file, for what is corrupt on each system.
pub(super) fn compare(
    image: &str,
    opener: &Opener,
    examined: &mut [Examined],
    shown: &dyn Fn(&str) -> String,
) {
    let (path, index) = diff::split(image);
    let name = shown(&path.display().to_string());
    if let Err(why) = all_images(&Locator::parse(&path), opener, index, &name, examined) {
        let files = Err(shown(&why));
        let image = index.map_or(name.clone(), |index| format!("{name}:{index}"));
        for of in examined {
            of.images.push(StoredFiles { image: image.clone(), files: files.clone() });
        }
    }
}

fn all_images(
    file: &Locator,
    opener: &Opener,
    index: Option<u32>,
    name: &str,
    examined: &mut [Examined],
) -> Result<(), String> {
    let sources = split_set::open(opener, file).map_err(text)?;
    let mut parts = sources.iter().map(Wim::open).collect::<Result<Vec<_>, _>>().map_err(text)?;
    parts.sort_by_key(|part| part.header().part);
    let first = parts.first().ok_or("no image file")?;
    let count = first.blob_table().map_err(text)?.metadata().len();
    let count = u32::try_from(count).unwrap_or(u32::MAX).min(MAX_IMAGES);
    for index in index.map_or(1..=count, |index| index..=index) {
        one_image(&parts, index, name, examined);
    }
    Ok(())
}

fn one_image<S: ReadAt>(parts: &[Wim<S>], index: u32, name: &str, examined: &mut [Examined]) {
    let inside = Inside::open(parts, index).map_err(text);
    for of in examined {
        let files = inside.as_ref().map_err(Clone::clone);
        let files = files.and_then(|inside| servicing::look(inside, &of.system.corrupt).map_err(text));
        of.images.push(StoredFiles { image: format!("{name}:{index}"), files });
    }
}

fn text(error: impl Display) -> String {
    error.to_string()
}
