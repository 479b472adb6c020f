//! Waivers: one rule on one image, by its digest, for a time, on somebody's word.

use chrono::{DateTime, Utc};

use super::{Pin, days_from};
use crate::{
    judge::RuleId,
    sighting::{Fact, FactKey, Sighting, Subject, SubjectKind, Value},
};

/// Excuses one kind of finding on one image.
#[derive(Debug, Clone)]
pub struct Waiver {
    /// What it is called; unique in its policy.
    pub id: String,
    /// The rule; `None` where it names all of them, which excuses nothing.
    pub rule: Option<RuleId>,
    /// The image; `None` where it names all of them, which excuses nothing.
    pub subject: Option<Pinned>,
    /// 1-based index of the image in its file; all of its images where it names none.
    pub image: Option<u32>,
    /// Why.
    pub reason: String,
    /// Who answers for it.
    pub owner: String,
    /// Where it was decided.
    pub ticket: String,
    /// From then on it excuses nothing.
    pub expires: DateTime<Utc>,
    /// Line of the policy file, from 1, and the byte that it begins with.
    pub line: (u64, u64),
}

/// An image or its file, by its digest in lower-case hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pinned {
    /// SHA-256 of the file; of a split set over those of its parts.
    File(String),
    /// Digest of the directory tree.
    Tree(String),
}

/// Whether a waiver holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Force {
    /// It does.
    InForce,
    /// It names no rule or no digest.
    TooBroad,
    /// Its time is over.
    Expired,
    /// It runs longer than the policy allows.
    TooLong,
}

impl Waiver {
    /// Whether it holds at a time, in a policy that allows this many days.
    pub fn force(&self, now: DateTime<Utc>, days: u32) -> Force {
        if self.rule.is_none() || self.subject.is_none() {
            Force::TooBroad
        } else if now >= self.expires {
            Force::Expired
        } else if self.expires > days_from(now, days) {
            Force::TooLong
        } else {
            Force::InForce
        }
    }

    /// Whether it may excuse findings of a rule: its own, where its digest says enough of what that rule is about.
    pub(super) fn covers(&self, rule: RuleId) -> bool {
        let pinned = match (rule.pin(), &self.subject) {
            (Some(Pin::File), Some(Pinned::File(_))) | (Some(Pin::Tree), Some(_)) => true,
            (None, _) | (_, None) | (Some(Pin::File), Some(Pinned::Tree(_))) => false,
        };
        pinned && self.rule == Some(rule)
    }

    /// Whether it is about this file, or this image of it. A digest that somebody wrote down is no digest.
    pub(super) fn concerns(&self, subject: &Subject, sighting: Option<&Sighting>) -> bool {
        if subject.kind != SubjectKind::Wim {
            return false;
        }
        let is = |fact: Option<&Fact>, digest: &str| {
            fact.is_some_and(|fact| matches!(&fact.value, Value::Text(seen) if seen == digest))
        };
        let of_image =
            || self.image.is_none() || sighting.is_some_and(|sighting| sighting.index == self.image);
        match &self.subject {
            None => false,
            Some(Pinned::File(digest)) => {
                let keys = [FactKey::FileSha256, FactKey::SetSha256];
                keys.iter().any(|key| is(subject.facts.get(key), digest)) && of_image()
            }
            Some(Pinned::Tree(digest)) => {
                let tree = sighting.and_then(|sighting| sighting.facts.get(&FactKey::Tree));
                is(tree, digest) && of_image()
            }
        }
    }
}
