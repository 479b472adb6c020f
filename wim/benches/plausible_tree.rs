//! Writes a tree of plausible files: `plausible_tree FOLDER MEGABYTES`. The same number gives the same tree.

use std::{fs, io, path::PathBuf};

#[path = "plausible.rs"]
mod plausible;
use plausible::{Numbers, program, text};

fn main() -> io::Result<()> {
    let mut arguments = std::env::args_os().skip(1);
    let top: PathBuf = arguments.next().unwrap_or_default().into();
    let megabytes = arguments.next().and_then(|n| n.to_str()?.parse::<u64>().ok());
    let (false, Some(megabytes)) = (top.as_os_str().is_empty(), megabytes) else {
        return Err(io::Error::other("usage: plausible_tree FOLDER MEGABYTES"));
    };
    let mut numbers = Numbers(1);
    let mut left = megabytes << 20;
    for number in 0_u64.. {
        let folder = top.join(format!("Component{:03}", number / 40));
        // Of ten files seven are texts, and those are short: in bytes they are a fifth.
        let is_text = number % 10 < 7;
        let order = if is_text { 11 + numbers.below(8) } else { 13 + numbers.below(9) };
        let length = (1_usize << order) + numbers.below(1 << order) as usize;
        let bytes = if is_text { text(number, length) } else { program(number, length) };
        let name = format!("file{number:05}.{}", if is_text { "xml" } else { "dll" });
        fs::create_dir_all(&folder)?;
        fs::write(folder.join(name), &bytes)?;
        left = left.saturating_sub(bytes.len() as u64);
        if left == 0 {
            break;
        }
    }
    Ok(())
}
