//! Walks folders and archives and keeps what is of interest.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    fs,
    io::{self, Read},
    ops::ControlFlow,
    path::{self, Path, PathBuf},
    sync::Arc,
};

use walkdir::{DirEntry, WalkDir};
use wimproof_wim::{FileSource, ReadAt};

use crate::source::zip::{Listed, Packing, each_member};

use super::{
    Gap, GapKind, Inventory, Options, Piece, Role, SetAside, Why,
    limits::Budget,
    locate::{self, Located, Marker},
    piece::Origin,
    trail::Trail,
};
use crate::source::Refusal;

/// Gaps that are listed; a hostile archive can have millions.
const MAX_GAPS: usize = 10_000;

/// What a ZIP begins with: the header of its first member, or its end where it has none.
const ZIP_SIGNATURES: [[u8; 4]; 2] = [*b"PK\x03\x04", *b"PK\x05\x06"];

/// Collects from one path after the other.
pub(super) struct Collector<'a> {
    options: &'a Options,
    markers: Vec<Marker>,
    budget: Arc<Budget>,
    inventory: Inventory,
    /// Files that were looked at: one that is named twice is one.
    seen: HashSet<PathBuf>,
    /// How often a name was given.
    names: HashMap<Arc<str>, u64>,
    files_left: u64,
    members_left: u64,
    is_full: bool,
}

impl<'a> Collector<'a> {
    pub(super) fn new(options: &'a Options) -> Self {
        Self {
            options,
            markers: options.markers.iter().map(|pattern| Marker::new(pattern)).collect(),
            budget: Budget::new(options.limits),
            inventory: Inventory::default(),
            seen: HashSet::new(),
            names: HashMap::new(),
            files_left: options.limits.files,
            members_left: options.limits.members,
            is_full: false,
        }
    }

    /// Looks at what the user named.
    pub(super) fn path(&mut self, path: &Path) {
        let trail = trail_to(path);
        match fs::metadata(path) {
            Ok(about) if about.is_dir() => self.folder(path, &trail),
            Ok(about) if about.is_file() => self.named_file(path, &trail, about.len()),
            Ok(_) => self.gap(&trail, GapKind::Inaccessible, "neither a file nor a folder".into()),
            Err(error) => self.io_gap(&trail, &error),
        }
    }

    /// What was found, in order.
    pub(super) fn finish(self) -> Inventory {
        let Inventory { pieces, mut set_aside, mut gaps, mut not_entered, ignored } = self.inventory;
        let (mut pieces, strays) = with_partners(pieces);
        pieces.sort_by(|a, b| a.name().cmp(b.name()));
        set_aside.sort_by(|a, b| a.piece.name().cmp(b.piece.name()));
        gaps.sort();
        not_entered.sort();
        Inventory { pieces, set_aside, gaps, not_entered, ignored: ignored + strays }
    }

    fn folder(&mut self, root: &Path, root_trail: &Trail) {
        let shown_root = root.display().to_string();
        let separator =
            if shown_root.ends_with(['/', path::MAIN_SEPARATOR]) { "" } else { path::MAIN_SEPARATOR_STR };
        let below = |path: &Path| match path.strip_prefix(root) {
            Ok(rest) if rest.as_os_str().is_empty() => root_trail.clone(),
            Ok(rest) => root_trail.below(separator, &rest.display().to_string()),
            Err(_) => trail_to(path),
        };
        let mut walk = WalkDir::new(root).follow_links(false).sort_by_file_name().into_iter();
        while let Some(entry) = walk.next() {
            let Some(left) = self.files_left.checked_sub(1) else {
                let limit = self.options.limits.files;
                return self.gap(
                    root_trail,
                    GapKind::Bounded,
                    format!("more than {limit} files and folders"),
                );
            };
            self.files_left = left;
            match entry {
                Ok(entry) if entry.file_type().is_dir() => {
                    let trail = below(entry.path());
                    if locate::is_not_entered(&trail, &self.markers) {
                        self.inventory.not_entered.push(trail.shown().into());
                        walk.skip_current_dir();
                    }
                }
                Ok(entry) => self.found_file(&entry, &below(entry.path())),
                Err(error) => {
                    let trail = error.path().map_or_else(|| root_trail.clone(), below);
                    self.io_gap(&trail, &error.into());
                }
            }
        }
    }

    /// A file that the user named is looked at whatever its name.
    fn named_file(&mut self, path: &Path, trail: &Trail, size: u64) {
        match is_zip(path) {
            Ok(true) => self.archive_file(path, trail),
            Ok(false) => {
                let located = locate::locate_named(trail, &self.markers);
                self.keep_file(trail, located, size, path);
            }
            Err(error) => self.io_gap(trail, &error),
        }
    }

    /// A file in a folder.
    fn found_file(&mut self, entry: &DirEntry, trail: &Trail) {
        let is_file = entry.file_type().is_file();
        if is_file && locate::is_archive_of_interest(trail) {
            return self.archive_file(entry.path(), trail);
        }
        let Some(mut located) = locate::locate(trail, &self.markers) else {
            self.inventory.ignored += 1;
            return;
        };
        if !is_file {
            located.aside = Some(Why::Link);
        }
        match entry.metadata() {
            Ok(about) => self.keep_file(trail, located, about.len(), entry.path()),
            Err(error) => self.io_gap(trail, &error.into()),
        }
    }

    fn keep_file(&mut self, trail: &Trail, located: Located, size: u64, path: &Path) {
        if self.seen.insert(path.into()) {
            self.keep(trail, located, size, Origin::File(path.into()));
        }
    }

    fn archive_file(&mut self, path: &Path, trail: &Trail) {
        if !self.seen.insert(path.into()) {
            return;
        }
        match FileSource::open(path) {
            Ok(source) => self.archive(Arc::new(source), trail, 1),
            Err(error) => self.io_gap(trail, &error),
        }
    }

    /// Looks at the members of an archive, the `depth`-th of those inside one another.
    fn archive(&mut self, source: Arc<dyn ReadAt>, trail: &Trail, depth: usize) {
        let limit = self.options.limits.depth;
        if depth > limit {
            return self.gap(
                trail,
                GapKind::Bounded,
                format!("more than {limit} archives inside one another"),
            );
        }
        let inside = trail.clone().into_archive();
        let coding = self.options.names;
        let whole = each_member(source, coding, |listed| self.member(listed, trail, &inside, depth));
        if let Err(what) = whole {
            self.gap(trail, GapKind::Damaged, what);
        }
    }

    fn member(
        &mut self,
        listed: &Listed<'_>,
        archive: &Trail,
        inside: &Trail,
        depth: usize,
    ) -> ControlFlow<()> {
        let Some(left) = self.members_left.checked_sub(1) else {
            let limit = self.options.limits.members;
            self.gap(archive, GapKind::Bounded, format!("more than {limit} members of archives"));
            return ControlFlow::Break(());
        };
        self.members_left = left;
        let trail = inside.below("!/", &listed.name);
        if !listed.is_link && locate::is_archive_of_interest(&trail) {
            self.inner_archive(listed, &trail, depth + 1);
        } else if let Some(located) = locate::locate(&trail, &self.markers) {
            self.keep_member(listed, &trail, located);
        } else {
            self.inventory.ignored += 1;
        }
        ControlFlow::Continue(())
    }

    fn keep_member(&mut self, listed: &Listed<'_>, trail: &Trail, mut located: Located) {
        let member = listed.member(&self.budget.allowance).unwrap_or_else(|what| {
            self.gap(trail, GapKind::Damaged, what.clone());
            located.aside = Some(Why::Damaged);
            listed.closed(what, &self.budget.allowance)
        });
        located.aside = match listed.packing() {
            _ if listed.is_link => Some(Why::Link),
            Packing::Encrypted => Some(Why::Encrypted),
            Packing::Closed(_) => Some(Why::Compression),
            Packing::Stored | Packing::Deflated => located.aside,
        };
        self.keep(trail, located, listed.size, Origin::Member(Arc::new(member)));
    }

    /// An archive in an archive: read where it lies if it is stored, else held in memory.
    fn inner_archive(&mut self, listed: &Listed<'_>, trail: &Trail, depth: usize) {
        let member = match listed.member(&self.budget.allowance) {
            Ok(member) => member,
            Err(what) => return self.gap(trail, GapKind::Damaged, what),
        };
        if let Some(window) = member.in_place() {
            return self.archive(Arc::new(window), trail, depth);
        }
        if depth > self.options.limits.depth {
            // Said there, and not worth decompressing it.
            return self.archive(Arc::new(Vec::new()), trail, depth);
        }
        let fill = || {
            let mut bytes = Vec::new();
            bytes.try_reserve_exact(usize::try_from(member.size).unwrap_or(usize::MAX))?;
            member.open()?.read_to_end(&mut bytes)?;
            Ok(bytes)
        };
        match self.budget.hold(member.size, fill) {
            Ok(held) => self.archive(Arc::new(held), trail, depth),
            Err(error) => self.io_gap(trail, &error),
        }
    }

    /// Keeps a piece under a name of its own.
    fn keep(&mut self, trail: &Trail, located: Located, size: u64, origin: Origin) {
        if self.inventory.pieces.len() + self.inventory.set_aside.len() >= self.options.limits.pieces {
            self.inventory.ignored += 1;
            if !std::mem::replace(&mut self.is_full, true) {
                let limit = self.options.limits.pieces;
                self.gap(
                    trail,
                    GapKind::Bounded,
                    format!("more than {limit} pieces; this and what follows is left out"),
                );
            }
            return;
        }
        let name = self.own_name(trail);
        let aside = located.aside;
        let piece = Piece::new(name, located, size, origin);
        match aside {
            Some(why) => self.inventory.set_aside.push(SetAside { piece, why }),
            None => self.inventory.pieces.push(piece),
        }
    }

    /// A name that no other piece has.
    fn own_name(&mut self, trail: &Trail) -> Arc<str> {
        let shown: Arc<str> = trail.shown().into();
        let mut name = shown.clone();
        while let Some(number) = self.names.get_mut(&name) {
            *number += 1;
            name = format!("{name}#{number}").into();
        }
        if name != shown {
            self.gap(trail, GapKind::SameName, format!("one more of this name; called {name}"));
        }
        self.names.insert(name.clone(), 1);
        name
    }

    fn io_gap(&mut self, trail: &Trail, error: &io::Error) {
        let kind = match (Refusal::of(error), error.kind()) {
            (Some(Refusal::Denied), _) => GapKind::Denied,
            (Some(Refusal::InUse), _) => GapKind::InUse,
            (_, io::ErrorKind::FileTooLarge | io::ErrorKind::OutOfMemory) => GapKind::Bounded,
            (_, io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput) => GapKind::Damaged,
            (_, io::ErrorKind::Unsupported) => GapKind::Encrypted,
            _ => GapKind::Inaccessible,
        };
        self.gap(trail, kind, error.to_string());
    }

    fn gap(&mut self, trail: &Trail, kind: GapKind, detail: String) {
        if self.inventory.gaps.len() < MAX_GAPS {
            self.inventory.gaps.push(Gap { name: trail.shown().into(), kind, detail });
        }
    }
}

/// The way to a path that the user named: with the names above it, if they say where in a computer it is.
fn trail_to(path: &Path) -> Trail {
    let shown = path.display().to_string();
    let whole = path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let whole = Trail::new(&[], &whole.display().to_string());
    let above = whole.names().len().saturating_sub(Trail::new(&[], &shown).names().len());
    let above: Vec<String> = (0..above).map(|index| whole.name(index).to_owned()).collect();
    let trail = Trail::new(&above, &shown);
    let foreign = locate::foreign_steps(&trail);
    trail.without(foreign)
}

fn is_zip(path: &Path) -> io::Result<bool> {
    let mut begin = Vec::new();
    fs::File::open(path)?.take(4).read_to_end(&mut begin)?;
    Ok(ZIP_SIGNATURES.iter().any(|signature| begin == signature))
}

/// Puts the transaction logs of hives to their hives; also returns how many have none.
fn with_partners(pieces: Vec<Piece>) -> (Vec<Piece>, u64) {
    let mut logs: BTreeMap<String, Vec<Piece>> = BTreeMap::new();
    let mut found = Vec::new();
    for piece in pieces {
        match hive_of_log(&piece) {
            Some(hive) => logs.entry(hive).or_default().push(piece),
            None => found.push(piece),
        }
    }
    let with = |piece: Piece| match logs.remove(&piece.name().to_lowercase()) {
        Some(mut partners) => {
            partners.sort_by_key(|log| log.name().to_lowercase());
            piece.with_partners(partners)
        }
        None => piece,
    };
    let pieces = found.into_iter().map(with).collect();
    (pieces, logs.values().map(|strays| strays.len() as u64).sum())
}

/// The name of the hive that a transaction log is of, in lower case.
fn hive_of_log(piece: &Piece) -> Option<String> {
    let Role::Hive(_) = piece.place().role else { return None };
    let (name, path) = (piece.name().to_lowercase(), piece.path().to_lowercase());
    let end = [".log1", ".log2"].into_iter().find(|end| path.ends_with(end))?;
    Some(name.strip_suffix(end).map_or_else(|| name.clone(), str::to_owned))
}
