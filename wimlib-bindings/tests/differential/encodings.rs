//! All ways to store a WIM: those that the kit writes, and those for which `wimlib-imagex` is needed.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use wimproof_testkit::{Compression, LzxBlocks, Wim};

use crate::random::Random;

/// A way to store a WIM.
#[derive(Debug, Clone)]
pub(crate) enum Encoding {
    /// By the kit.
    Kit(Compression, u32, LzxBlocks),
    /// By `wimlib-imagex export` with these arguments; the first one names a compression, without its level.
    Export(Vec<String>),
    /// By `wimlib-imagex split` of a file with this compression, into parts of about so many MiB.
    Split(&'static str, &'static str),
}

/// Orders (base-2 logarithms) of the chunk sizes that a compression may have.
const CHUNKS: [(&str, std::ops::RangeInclusive<u32>); 3] =
    [("xpress", 12..=16), ("lzx", 15..=21), ("lzms", 15..=30)];

/// Our reader takes solid chunks of up to 128 MiB, libwim of up to 1 GiB: a chunk has to be in memory as a whole. All
/// known writers make chunks of 64 MiB or less.
const LARGEST_SOLID: u32 = 27;

/// Every encoding: each compression with each chunk size, alone and solid; pipable; split.
pub(crate) fn all() -> Vec<Encoding> {
    let mut all = by_kit();
    if !have_imagex() {
        return all;
    }
    let export = |arguments: &[String]| Encoding::Export(arguments.to_vec());
    all.push(export(&["--compress=none".into()]));
    for (compression, orders) in CHUNKS {
        for order in orders {
            let size = 1_u64 << order;
            all.push(export(&[format!("--compress={compression}"), format!("--chunk-size={size}")]));
            if compression == "lzms" && order > LARGEST_SOLID {
                continue;
            }
            let solid = [format!("--solid-compress={compression}"), format!("--solid-chunk-size={size}")];
            all.push(export(&[&solid[..], &["--solid".into()]].concat()));
        }
    }
    for compression in ["none", "xpress", "lzx", "lzms"] {
        all.push(export(&[format!("--compress={compression}"), "--pipable".into()]));
        all.push(Encoding::Split(compression, "0.1"));
    }
    all.push(Encoding::Split("xpress", "0.02"));
    all
}

fn by_kit() -> Vec<Encoding> {
    let xpress = (12..=16).map(|order| Encoding::Kit(Compression::Xpress, order, LzxBlocks::Verbatim));
    let lzx = (15..=21).flat_map(|order| {
        [LzxBlocks::Verbatim, LzxBlocks::Mixed].map(|b| Encoding::Kit(Compression::Lzx, order, b))
    });
    let none = Encoding::Kit(Compression::None, 0, LzxBlocks::Verbatim);
    [none].into_iter().chain(xpress).chain(lzx).collect()
}

impl Encoding {
    /// Stores a WIM this way in a folder of its own; gives the parts. With or without integrity table, by chance.
    pub(crate) fn store(&self, wim: &Wim, folder: &Path, random: &mut Random) -> Vec<PathBuf> {
        fs::create_dir_all(folder).unwrap();
        let check = random.once_in(2);
        match self {
            Self::Kit(compression, order, blocks) => {
                let mut wim = wim.clone().compression(*compression).lzx_blocks(*blocks);
                if *order > 0 {
                    wim = wim.chunk_size(1 << order);
                }
                let slots = check.then(|| 1 << (10 + random.below(14)));
                write(&wim.integrity(slots), folder)
            }
            Self::Export(arguments) => {
                let source = write(wim, folder).remove(0);
                let path = folder.join("exported.wim");
                let mut command = Command::new("wimlib-imagex");
                command.arg("export").arg(&source).arg("all").arg(&path).arg("--threads=1");
                // Levels differ in the kinds of matches and blocks that they make; the low ones are fast.
                let level = random.pick(&["", ":10", ":10", ":20"]);
                let (first, others) = arguments.split_first().unwrap();
                let level = if first.ends_with("none") { "" } else { level };
                command.arg(format!("{first}{level}")).args(others);
                run(command.args(check.then_some("--check")));
                vec![path]
            }
            Self::Split(compression, size) => {
                let argument = format!("--compress={compression}");
                let source = Self::Export(vec![argument]).store(wim, folder, random).remove(0);
                let first = folder.join("part.swm");
                let mut command = Command::new("wimlib-imagex");
                command.arg("split").arg(source).arg(&first).arg(size);
                run(command.args(check.then_some("--check")));
                let others = (2..).map(|number| folder.join(format!("part{number}.swm")));
                [first].into_iter().chain(others.take_while(|path| path.exists())).collect()
            }
        }
    }
}

fn write(wim: &Wim, folder: &Path) -> Vec<PathBuf> {
    let path = folder.join("kit.wim");
    wim.build().write(&path).unwrap();
    vec![path]
}

fn run(command: &mut Command) {
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {}\n{said}", output.status);
}

/// Whether `wimlib-imagex` is there; says so when not.
pub(crate) fn have_imagex() -> bool {
    let there = Command::new("wimlib-imagex").arg("--version").output().is_ok();
    if !there {
        println!("skipped: LZMS, solid, pipable and split files: wimlib-imagex is not installed");
    }
    there
}
