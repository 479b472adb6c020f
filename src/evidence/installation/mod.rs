//! The Windows that an image holds, by its own files: what its labels can be compared with.
//!
//! Names of files tell packages, editions and languages; the hive `SOFTWARE` and the kernel tell the rest.

mod history;
mod package;
mod usage;

use std::collections::BTreeSet;

use wimproof_wim::ReadAt;

use super::{
    hive::{
        Hive,
        facts::{self, Marker, MarkerSeen, OsIdentity},
        fault,
    },
    image_hives,
    inside::{Entry, Inside},
    pe_version::{self, Program},
};

pub use history::Told;
pub use package::Package;
pub use usage::Usage;

/// The hives of the machine, below the folder of Windows.
const SOFTWARE: &str = "System32\\config\\SOFTWARE";
const SYSTEM: &str = "System32\\config\\SYSTEM";

/// Bytes of a kernel that is read. Those of Windows have some 12 MB.
const MAX_KERNEL: u64 = 64 << 20;

/// Packages that are looked at. An image has some 3000.
const MAX_PACKAGES: usize = 100_000;

/// The Windows of an image.
#[derive(Debug, Default)]
pub struct Installation {
    /// Path of the folder of Windows in the image.
    pub folder: String,
    /// The packages with a file in `servicing\Packages`.
    pub packages: Vec<Package>,
    /// The languages that have a folder with files in `System32`, in lower case: `zh-cn`.
    pub languages: BTreeSet<String>,
    /// What the hive `SOFTWARE` says, where it was read.
    pub software: Option<OsIdentity>,
    /// Marks of a site in the hives.
    pub marks: Vec<MarkerSeen>,
    /// The kernel, where it was read.
    pub kernel: Option<Program>,
    /// What a PC in use left.
    pub usage: Usage,
    /// What the logs of servicing tell, where they were read.
    pub history: Vec<Told>,
    /// Files that could not be read, and why.
    pub unread: Vec<(String, String)>,
}

/// The hives of a Windows that are looked into.
#[derive(Debug, Default)]
pub struct Hives {
    /// `SOFTWARE`.
    pub software: Option<Hive>,
    /// `SYSTEM`.
    pub system: Option<Hive>,
}

impl Installation {
    /// What the names of files tell; `None` where the image holds no Windows.
    pub fn of<S: ReadAt>(inside: &Inside<'_, S>) -> Option<Self> {
        let folder = folder_of(inside)?;
        let mut found = Self { folder, ..Self::default() };
        let packages = inside.find(&found.path("servicing\\Packages"));
        let packages = packages.iter().flat_map(|folder| inside.children(folder));
        let named = packages.filter_map(|file| Package::parse(file.name().strip_suffix(".mum")?));
        found.packages = named.take(MAX_PACKAGES).collect();
        let system32 = inside.find(&found.path("System32"));
        let folders = system32.iter().flat_map(|folder| inside.children(folder)).filter(Entry::is_folder);
        let languages = folders.filter(|folder| {
            is_language(&folder.name()) && inside.children(folder).any(|file| is_resource(&file.name()))
        });
        found.languages = languages.map(|folder| folder.name().to_lowercase()).collect();
        found.usage = Usage::of_files(inside, &found);
        Some(found)
    }

    /// Adds what the hives, the kernel and the logs of servicing tell, and gives the hives for other readers.
    pub fn read<S: ReadAt>(&mut self, inside: &Inside<'_, S>, marks: &[Marker]) -> Hives {
        let software = self.hive(inside, SOFTWARE);
        let system = self.hive(inside, SYSTEM);
        self.software = software.as_ref().map(|hive| facts::software(hive).os);
        for hive in [&software, &system].into_iter().flatten() {
            self.marks.extend(facts::look_up(hive, marks).0);
        }
        let path = self.path("System32\\ntoskrnl.exe");
        if let Some(kernel) = inside.find(&path) {
            match inside.read(&kernel, MAX_KERNEL) {
                Ok(bytes) => self.kernel = pe_version::read(&bytes),
                Err(error) => self.unread.push((path, error.to_string())),
            }
        }
        self.history = history::read(inside, self);
        let hives = Hives { software, system };
        self.usage.add(&hives);
        hives
    }

    /// Whether a hive of the machine is among what could not be read to its end: what it would tell is not known.
    pub fn lacks_hive(&self) -> bool {
        let hives = [SOFTWARE, SYSTEM].map(|below| self.path(below));
        self.unread.iter().any(|(path, _)| hives.contains(path))
    }

    /// The path of a file of Windows in the image.
    pub fn path(&self, below: &str) -> String {
        format!("{}\\{below}", self.folder)
    }

    /// The highest build and revision that a cumulative update brought the system to, and that update.
    pub fn newest_rollup(&self) -> Option<((u32, u32), &Package)> {
        let rollups = self.packages.iter().filter_map(|package| Some((package.brings_to()?, package)));
        rollups.max_by_key(|(build, _)| *build)
    }

    fn hive<S: ReadAt>(&mut self, inside: &Inside<'_, S>, below: &str) -> Option<Hive> {
        let path = self.path(below);
        match image_hives::open(inside, &path)? {
            Ok(hive) => {
                self.unread.extend(fault(&hive).map(|why| (path, why)));
                Some(hive)
            }
            Err(error) => {
                self.unread.push((path, error));
                None
            }
        }
    }
}

/// The folder that holds a System32, `\Windows` before others.
fn folder_of<S: ReadAt>(inside: &Inside<'_, S>) -> Option<String> {
    let root = inside.find("")?;
    let folders = inside.find("Windows").into_iter().chain(inside.children(&root));
    let mut paths = folders.map(|folder| inside.path(&folder));
    paths.find(|path| inside.find(&format!("{path}\\System32")).is_some_and(|folder| folder.is_folder()))
}

/// `zh-CN`, `sr-Latn-RS`, and what else languages are called.
fn is_language(name: &str) -> bool {
    let parts: Vec<&str> = name.split('-').collect();
    let letters = |part: &str| part.bytes().all(|byte| byte.is_ascii_alphabetic());
    (2..=3).contains(&parts.len())
        && parts.first().is_some_and(|first| (2..=3).contains(&first.len()) && letters(first))
        && parts.iter().skip(1).all(|part| (2..=8).contains(&part.len()) && part.is_ascii())
}

fn is_resource(name: &str) -> bool {
    name.to_ascii_lowercase().ends_with(".mui")
}
