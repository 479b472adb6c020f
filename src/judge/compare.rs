//! What a sighting and an approval say of the same facts.

use super::phrase::{PhraseId, Said, text};
use crate::{
    registry::Standing,
    sighting::{FactKey, Sighting, Subject, Value, names::normal_form},
};

/// A fact that both sides have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compared {
    /// The fact.
    pub fact: FactKey,
    /// What was approved.
    pub approved: Value,
    /// What was seen.
    pub seen: Value,
    /// Whether the two can be the same.
    pub agrees: bool,
}

/// A sighting beside an approval.
#[derive(Debug)]
pub struct Comparison<'s> {
    /// The approval.
    pub standing: &'s Standing,
    /// The facts that both sides have, in the order of [`FactKey::ALL`].
    pub facts: Vec<Compared>,
    /// A name of the sighting that is one of the approval's.
    claim: Option<Claim>,
}

/// A name of a sighting that is, or looks like, a name of an approval.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// Which name of the sighting.
    pub fact: FactKey,
    /// As it was seen.
    pub seen: String,
    /// As it was approved.
    pub approved: String,
}

impl Claim {
    /// The claim, in words.
    pub(super) fn told(&self, standing: &Standing) -> Said {
        let (fact, seen, of) = (text(self.fact), text(format!("{:?}", self.seen)), approval(standing).into());
        match self.approved == standing.approval.title {
            true => PhraseId::ITS_TITLE.of([fact, seen, of]),
            false => PhraseId::ITS_NAME.of([fact, seen, text(format!("{:?}", self.approved)), of]),
        }
    }
}

/// An approval, by id and title.
pub(super) fn approval(standing: &Standing) -> Said {
    PhraseId::APPROVAL.of([text(standing.id), text(&standing.approval.title)])
}

/// How an image is stored says nothing of what it is.
const STORAGE: [FactKey; 8] = [
    FactKey::Part,
    FactKey::Parts,
    FactKey::BootIndex,
    FactKey::ImageCount,
    FactKey::Compression,
    FactKey::ChunkSize,
    FactKey::FormatVersion,
    FactKey::NewestWrite,
];

/// What people and tools tell images apart by.
const LABELS: [FactKey; 11] = [
    FactKey::Name,
    FactKey::Description,
    FactKey::DisplayName,
    FactKey::DisplayDescription,
    FactKey::Edition,
    FactKey::Flags,
    FactKey::InstallationType,
    FactKey::Architecture,
    FactKey::Version,
    FactKey::Created,
    FactKey::Languages,
];

impl<'s> Comparison<'s> {
    /// Compares.
    pub fn of(subject: &Subject, sighting: &Sighting, standing: &'s Standing) -> Self {
        let approved = &standing.approval.facts;
        let both = FactKey::ALL.iter().filter(|key| !STORAGE.contains(key)).filter_map(|key| {
            let seen = &super::fact(subject, sighting, *key)?.value;
            let approved = approved.get(*key)?;
            let agrees = seen.agrees(approved);
            Some(Compared { fact: *key, approved: approved.clone(), seen: seen.clone(), agrees })
        });
        let facts = both.collect();
        Self { standing, facts, claim: claim(sighting, standing) }
    }

    /// Whether the sighting claims to be the approved image: it carries one of its names, its creation time to the tick
    /// together with its build, or one of its digests.
    pub fn is_claimed(&self) -> bool {
        let agrees = |key| {
            self.facts.iter().any(|c| c.fact == key && c.agrees && !matches!(c.approved, Value::Day(_)))
        };
        self.claim.is_some()
            || (agrees(FactKey::Created) && agrees(FactKey::Build))
            || [FactKey::Tree, FactKey::MetadataSha1].into_iter().any(agrees)
    }

    /// The name by which the sighting claims to be the approved image.
    pub(super) fn claim(&self) -> Option<&Claim> {
        self.claim.as_ref()
    }

    /// Facts that agree.
    pub fn agreements(&self) -> usize {
        self.facts.iter().filter(|compared| compared.agrees).count()
    }

    /// How near the two are: agreements less contradictions.
    pub(super) fn score(&self) -> i64 {
        let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
        2 * count(self.agreements()) - count(self.facts.len())
    }

    /// The labels among the facts.
    pub(super) fn labels(&self) -> impl Iterator<Item = &Compared> {
        self.facts.iter().filter(|compared| LABELS.contains(&compared.fact))
    }

    /// The claimed name and the approved one, where they are different texts that look the same.
    pub(super) fn look_alike(&self) -> Option<(&str, &str)> {
        let fold = |text: &str| text.trim_matches(' ').to_lowercase();
        let Claim { seen, approved, .. } = self.claim.as_ref()?;
        (fold(seen) != fold(approved)).then_some((seen, approved))
    }
}

/// The first name of the sighting that reads like a name of the approval; equal ones before look-alikes.
fn claim(sighting: &Sighting, standing: &Standing) -> Option<Claim> {
    let names = [FactKey::Name, FactKey::DisplayName];
    let text = |value: &Value| match value {
        Value::Text(text) if !text.is_empty() => Some(text.clone()),
        _ => None,
    };
    let seen = names.iter().filter_map(|key| Some((*key, text(&sighting.facts.get(key)?.value)?)));
    let approval = &standing.approval;
    let own = names.iter().filter_map(|key| text(approval.facts.get(*key)?));
    let approved: Vec<String> = own.chain([approval.title.clone()]).collect();
    let claim = |fact, seen: &String, approved: &String| Claim {
        fact,
        seen: seen.clone(),
        approved: approved.clone(),
    };
    let pairs = seen.flat_map(|(fact, seen)| {
        approved.iter().map(|approved| claim(fact, &seen, approved)).collect::<Vec<_>>()
    });
    let alike = pairs.filter(|claim| normal_form(&claim.seen) == normal_form(&claim.approved));
    alike.min_by_key(|claim| claim.seen != claim.approved)
}
