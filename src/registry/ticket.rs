//! A ticket: an approval, the proof that it stands in the log, and the signed head, in one file (C2SP `tlog-proof`). It is
//! judged with nothing but a trust file.
//!
//! The line `extra` holds, in base64, the lines of the log that the ticket needs: the approval, then what endorses it. The
//! leaf hash of the first is what is proved; endorsements prove themselves by their signatures.

use std::{
    fmt::Write as _,
    fs::{self, File},
    io::Read as _,
    path::{Path, PathBuf},
};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use chrono::{DateTime, Utc};

use super::{
    ApprovalId, Error, Head, Registry, Result, Standing, Status,
    checkpoint::Checkpoint,
    entry::Entry,
    keyring::Keyring,
    log::{MAX_ENTRY_BYTES, Position},
    merkle::{Frontier, Hash, inclusion_proof, is_included, leaf_hash},
    record::Record,
    trust::Trust,
    watch::{WITNESSES, check_age, signers_of},
};
use crate::signing::Checked;

const HEADING: &str = "c2sp.org/tlog-proof@v1";

/// A ticket longer than this is not read.
const MAX_BYTES: u64 = 4 << 20;

/// Endorsements that a ticket carries.
const MAX_ENDORSEMENTS: usize = 64;

/// Steps from a leaf to the root of the largest tree.
const MAX_STEPS: usize = 64;

/// Files of witnesses that are looked at.
const MAX_WITNESSES: usize = 256;

/// A ticket as it was read: nothing in it is proved.
#[derive(Debug)]
pub struct Ticket {
    path: PathBuf,
    approval: Entry,
    endorsements: Vec<Entry>,
    proof: Vec<Hash>,
    checkpoint: Checkpoint,
}

/// What a ticket proves.
#[derive(Debug, Clone)]
pub struct Admission {
    /// The approval. What became of it since is not known.
    pub standing: Standing,
    /// The head of the log that it stands in.
    pub head: Head,
    /// Who signed the head.
    pub by: Vec<String>,
    /// When it was signed.
    pub signed_at: Option<DateTime<Utc>>,
}

impl Ticket {
    /// Reads a ticket.
    pub fn read(path: &Path) -> Result<Self> {
        let bad = |message: String| Error::BadTicket { path: path.to_owned(), message };
        let mut text = String::new();
        let read = File::open(path).and_then(|file| file.take(MAX_BYTES + 1).read_to_string(&mut text));
        match read.map_err(|error| bad(error.to_string()))? as u64 {
            length if length > MAX_BYTES => Err(bad(format!("longer than {MAX_BYTES} bytes"))),
            _ => Self::parse(path, &text).map_err(bad),
        }
    }

    fn parse(path: &Path, text: &str) -> Result<Self, String> {
        let (start, checkpoint) = text.split_once("\n\n").ok_or("no empty line before the head")?;
        let mut lines = start.split('\n');
        if lines.next() != Some(HEADING) {
            return Err(format!("the first line is not {HEADING:?}"));
        }
        let extra = lines
            .next()
            .and_then(|line| line.strip_prefix("extra "))
            .ok_or("no line `extra`: the approval")?;
        let extra = BASE64_STANDARD.decode(extra).map_err(|_| "the line `extra` is not base64")?;
        let index = lines.next().and_then(|line| line.strip_prefix("index ")).ok_or("no line `index`")?;
        let number: u64 = index.parse().map_err(|_| "the line `index` is no number")?;
        if number.to_string() != index {
            return Err("the number of the line `index` is not in its shortest form".into());
        }
        let hash = |line: &str| BASE64_STANDARD.decode(line).ok()?.try_into().ok();
        let proof: Option<Vec<Hash>> = lines.take(MAX_STEPS + 1).map(hash).collect();
        let proof = proof.filter(|proof| proof.len() <= MAX_STEPS).ok_or("a step of the proof is no hash")?;
        let checkpoint =
            Checkpoint::parse(checkpoint).ok_or("what follows the empty line is no checkpoint")?;
        let mut entries = Vec::new();
        for line in extra.split(|byte| *byte == b'\n').take(MAX_ENDORSEMENTS + 1) {
            let length =
                u32::try_from(line.len()).ok().filter(|length| u64::from(*length) <= MAX_ENTRY_BYTES);
            let length = length.ok_or("an entry is too long")?;
            let position = Position { offset: 0, length, leaf: leaf_hash(line) };
            let mut entry = Entry::parse(number, &position, line)?;
            // Of the approval the number is proved. An endorsement says its own, which is signed.
            if let (false, Some(place)) = (entries.is_empty(), entry.record.place()) {
                entry.number = place.entry;
            }
            entries.push(entry);
        }
        let endorsements = entries.split_off(1.min(entries.len()));
        let approval = entries.pop().ok_or("no approval")?;
        Ok(Self { path: path.to_owned(), approval, endorsements, proof, checkpoint })
    }

    /// Judges the ticket at a time.
    pub fn admit(self, trust: &Trust, now: DateTime<Utc>) -> Result<Admission> {
        let Self { path, approval, endorsements, proof, checkpoint: Checkpoint { head, note } } = self;
        if head.origin != trust.origin {
            return Err(Error::OtherOrigin { path, found: head.origin, expected: trust.origin.clone() });
        }
        let (mut by, mut signed_at) = signers_of(&path, &note, trust.keys.log.iter().map(|key| &key.0))?;
        if trust.quorum > 0 {
            let seen = trust.witnesses.iter().filter_map(|key| match note.check(key) {
                Checked::GoodAt(at) => Some((at, key.name().to_owned())),
                _ => None,
            });
            let mut seen: Vec<_> = seen.collect();
            seen.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
            let Some((at, _)) = seen.get(trust.quorum - 1) else {
                return Err(Error::NoQuorum { path, have: seen.len(), need: trust.quorum });
            };
            signed_at = Some(*at);
            by.extend(seen.into_iter().map(|(_, name)| name));
        }
        check_age(&path, signed_at, trust.max_age, now)?;
        if !is_included(approval.leaf, approval.number, &proof, head.size, &head.root) {
            let message = "the approval does not stand in the log that the head is of".into();
            return Err(Error::BadTicket { path, message });
        }
        let keyring = Keyring::replay(trust, Vec::new());
        let authority = keyring.authority(&approval, &endorsements, u64::MAX);
        let number = approval.number;
        let Record::Approve(approval) = approval.record else {
            return Err(Error::BadTicket { path, message: "its entry is no approval".into() });
        };
        let standing = Standing { authority, ..Standing::new(number, *approval) };
        Ok(Admission { standing, head, by, signed_at })
    }
}

impl Registry {
    /// A ticket for an approval, as the text of a file.
    ///
    /// # Errors
    /// Where the approval is revoked, superseded or expired at this time: a ticket could not tell.
    pub fn ticket(&self, id: ApprovalId, now: DateTime<Utc>) -> Result<String> {
        let standing = self.standing_of(id)?;
        let status = standing.status(now);
        if !matches!(status, Status::InForce | Status::NotYetValid) {
            return Err(Error::Refused(format!("no ticket for {id}: it is {}", status.name())));
        }
        let signed = self.checkpoints();
        let wants = |size: u64| size == self.head.size || signed.iter().any(|c| c.head.size == size);
        let (mut leaves, mut lines, mut roots) = (Vec::new(), Vec::new(), Vec::new());
        let (mut tree, mut approval) = (Frontier::default(), None);
        self.hash_log(|number, position, line| {
            leaves.push(position.leaf);
            tree.push(position.leaf);
            if wants(tree.size()) {
                roots.push((tree.size(), tree.root()));
            }
            if number >= id.0 {
                let entry = self.parse(number, &position, line)?;
                let endorses = approval.as_ref().is_some_and(|approval| entry.endorses(approval));
                if number == id.0 || endorses && lines.len() <= MAX_ENDORSEMENTS {
                    lines.push(line.to_vec());
                }
                if number == id.0 {
                    approval = Some(entry);
                }
            }
            Ok(())
        })?;
        let checkpoint = best(signed, id, |head| roots.contains(&(head.size, head.root)));
        let checkpoint = checkpoint.ok_or_else(|| Error::Refused(format!("no head covers {id}")))?;
        let size = usize::try_from(checkpoint.head.size).unwrap_or(usize::MAX).min(leaves.len());
        let index = usize::try_from(id.0).unwrap_or(usize::MAX);
        let proof = leaves.get(..size).and_then(|leaves| inclusion_proof(leaves, index)).unwrap_or_default();
        let extra = BASE64_STANDARD.encode(lines.join(&b'\n'));
        let mut text = format!("{HEADING}\nextra {extra}\nindex {}\n", id.0);
        for step in proof {
            // Writing to a string does not fail.
            let _ = writeln!(text, "{}", BASE64_STANDARD.encode(step));
        }
        let _ = write!(text, "\n{}", checkpoint.note);
        Ok(text)
    }

    /// The head, and the heads that witnesses signed; signatures of the same head are put together.
    fn checkpoints(&self) -> Vec<Checkpoint> {
        let folder = self.dir.join(WITNESSES);
        let mut files: Vec<PathBuf> = match fs::read_dir(&folder) {
            Ok(entries) => entries.filter_map(|entry| Some(entry.ok()?.path())).take(MAX_WITNESSES).collect(),
            Err(_) => Vec::new(),
        };
        files.sort();
        let mut checkpoints = vec![Checkpoint { head: self.head.clone(), note: self.note.clone() }];
        for file in files {
            let Ok(Some(found)) = Checkpoint::read_file(&file) else { continue };
            match checkpoints.iter_mut().find(|other| other.head == found.head) {
                Some(same) => same.note.merge(&found.note),
                None => checkpoints.push(found),
            }
        }
        checkpoints
    }
}

/// The head with most signatures, the latest of them, that covers an entry.
fn best(checkpoints: Vec<Checkpoint>, id: ApprovalId, is_ours: impl Fn(&Head) -> bool) -> Option<Checkpoint> {
    let fits = checkpoints.into_iter().filter(|c| c.head.size > id.0 && is_ours(&c.head));
    fits.max_by_key(|checkpoint| (checkpoint.note.signatures(), checkpoint.head.size))
}
