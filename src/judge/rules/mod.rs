//! The rules: what a finding can be about. An id is never reused for another meaning.
//!
//! `WP1xxx` identity, `WP2xxx` structure of the file, `WP3xxx` content and health, `WP4xxx` forensics, `WP5xxx` registry
//! and policy.

mod catalogs;
mod claims;
mod content;
mod forensics;
mod identity;
mod medium;
mod policy;
mod registry;
mod servicing;
mod structure;
mod tampering;

use std::{
    cmp::Ordering,
    fmt,
    hash::{Hash, Hasher},
};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use wimproof_wim::AnomalyKind;

use crate::sighting::Trouble;

/// How much a finding weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Odd; does not keep an image from being approved.
    Warn,
    /// Keeps an image from being approved.
    Deny,
}

impl Severity {
    /// The name, as in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warn => "warn",
            Self::Deny => "deny",
        }
    }
}

/// A language of texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    /// English.
    #[default]
    En,
    /// Simplified Chinese.
    ZhCn,
}

/// A text in all languages.
#[derive(Debug, Clone, Copy)]
pub struct Texts {
    /// English.
    pub en: &'static str,
    /// Simplified Chinese.
    pub zh: &'static str,
}

impl Texts {
    /// The text in a language.
    pub fn get(&self, language: Language) -> &'static str {
        match language {
            Language::En => self.en,
            Language::ZhCn => self.zh,
        }
    }
}

/// A rule.
#[derive(Debug)]
pub struct Rule {
    /// For example `WP1001`.
    pub id: &'static str,
    /// How much it weighs.
    pub severity: Severity,
    /// Whether it says that bytes are lost or wrong.
    pub damage: bool,
    /// What it says, in a few words.
    pub title: Texts,
    /// What it means, and what to do.
    pub explanation: Texts,
}

/// A reference to one of the [`Rule`]s. They are ordered by their ids.
#[derive(Clone, Copy)]
pub struct RuleId(&'static Rule);

/// The families, by the ids of their rules.
static FAMILIES: &[&[RuleId]] = &[
    identity::RULES,
    structure::RULES,
    medium::RULES,
    content::RULES,
    catalogs::RULES,
    claims::RULES,
    tampering::RULES,
    servicing::RULES,
    forensics::RULES,
    registry::RULES,
    policy::RULES,
];

impl RuleId {
    /// All rules, by id.
    pub fn all() -> impl Iterator<Item = Self> {
        FAMILIES.iter().copied().flatten().copied()
    }

    /// The rule with this id, in upper or lower case.
    pub fn find(id: &str) -> Option<Self> {
        Self::all().find(|rule| rule.0.id.eq_ignore_ascii_case(id))
    }

    /// The rule.
    pub fn rule(self) -> &'static Rule {
        self.0
    }
}

impl fmt::Debug for RuleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.id)
    }
}

impl PartialEq for RuleId {
    fn eq(&self, other: &Self) -> bool {
        self.0.id == other.0.id
    }
}

impl Eq for RuleId {}

impl PartialOrd for RuleId {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for RuleId {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.id.cmp(other.0.id)
    }
}

impl Hash for RuleId {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.id.hash(state);
    }
}

impl Serialize for RuleId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.rule().id)
    }
}

impl<'de> Deserialize<'de> for RuleId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let id = String::deserialize(deserializer)?;
        Self::find(&id).ok_or_else(|| D::Error::custom(format!("no rule {id:?} in this version of wimproof")))
    }
}

/// A family of rules: a constant of [`RuleId`] for each, and the list of them.
macro_rules! rules {
    ($($name:ident = $id:literal $severity:ident $($damage:ident)?,
        $title_en:literal, $title_zh:literal, $text_en:literal, $text_zh:literal;)+) => {
        impl RuleId { $(
            #[doc = $title_en]
            pub const $name: Self = Self(&Rule {
                id: $id,
                severity: Severity::$severity,
                damage: false $(|| rules!(@$damage))?,
                title: Texts { en: $title_en, zh: $title_zh },
                explanation: Texts { en: $text_en, zh: $text_zh },
            });
        )+ }

        pub(super) static RULES: &[RuleId] = &[$(RuleId::$name,)+];
    };
    (@damage) => { true };
}
use rules;

/// The rule that an observation of a reader falls under.
pub fn rule_of(trouble: &Trouble) -> RuleId {
    match trouble {
        Trouble::Anomaly(kind) => rule_of_anomaly(*kind),
        Trouble::Unreadable => RuleId::UNREADABLE,
        Trouble::Inaccessible => RuleId::INACCESSIBLE,
        Trouble::BadFactsFile => RuleId::BAD_FACTS_FILE,
        Trouble::DamagedMetadata => RuleId::DAMAGED_METADATA,
        Trouble::DamagedContent => RuleId::DAMAGED_CONTENT,
        Trouble::BadSlot => RuleId::BAD_INTEGRITY_TABLE,
        Trouble::Unsupported => RuleId::UNSUPPORTED,
        Trouble::Encrypted => RuleId::ENCRYPTED,
        Trouble::Medium(tell) => super::medium::rule(tell),
    }
}

fn rule_of_anomaly(kind: AnomalyKind) -> RuleId {
    use AnomalyKind as Kind;
    match kind {
        Kind::WriteInProgress => RuleId::WRITE_IN_PROGRESS,
        Kind::BootIndexOutOfRange | Kind::AmbiguousCompression | Kind::BlobTableOddLength => {
            RuleId::ODD_HEADER
        }
        Kind::ReservedHeaderBits | Kind::UnknownBlobFlags => RuleId::RESERVED_BITS,
        Kind::IncompleteBySpecification => RuleId::INCOMPLETE,
        Kind::XmlMissing => RuleId::NO_XML,
        Kind::XmlWithoutByteOrderMark | Kind::XmlBadUtf16 | Kind::XmlOddNumber | Kind::XmlExcess => {
            RuleId::ODD_XML
        }
        Kind::XmlRepeatedElement | Kind::XmlSplitText => RuleId::AMBIGUOUS_XML,
        Kind::XmlImplausibleTime => RuleId::ODD_CREATION_TIME,
        Kind::XmlImageIndex => RuleId::ODD_IMAGE_INDEX,
        Kind::DuplicateBlob => RuleId::DUPLICATE_BLOB,
        Kind::BlobWithoutHash => RuleId::BLOB_WITHOUT_HASH,
        Kind::FreeBlob | Kind::DeletedImage => RuleId::FREE_BLOB,
        Kind::BootMetadataMismatch => RuleId::BOOT_METADATA,
        Kind::ForeignPart => RuleId::FOREIGN_PART,
        Kind::WrongReferenceCount => RuleId::REFERENCE_COUNT,
        Kind::BadSolidRun | Kind::ImpossibleResource => RuleId::IMPOSSIBLE_RESOURCE,
        Kind::OverlappingResources => RuleId::OVERLAP,
        Kind::UnaccountedBytes => RuleId::UNACCOUNTED_BYTES,
        Kind::HiddenImage | Kind::MetadataInSolid => RuleId::HIDDEN_IMAGE,
        Kind::OddRoot
        | Kind::ChildrenOfFile
        | Kind::ChildrenOfReparsePoint
        | Kind::HardLinkConflict
        | Kind::DuplicateStream
        | Kind::MisplacedStream
        | Kind::NameWithoutEnd
        | Kind::DuplicateName
        | Kind::ForbiddenName
        | Kind::BadSecurityId => RuleId::AMBIGUOUS_TREE,
        Kind::MissingImage => RuleId::MISSING_IMAGE,
        Kind::SharedMetadata => RuleId::SHARED_METADATA,
        Kind::BadIntegrityTable => RuleId::BAD_INTEGRITY_TABLE,
        Kind::MissingBlob => RuleId::MISSING_BLOB,
        Kind::CountsDisagree => RuleId::COUNTS_DISAGREE,
        // The tree, and whatever a newer reader finds odd.
        _ => RuleId::ODD_TREE,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn ids_are_unique_ordered_and_well_formed() {
        let ids: Vec<&str> = RuleId::all().map(|id| id.rule().id).collect();
        let ordered: BTreeSet<&str> = ids.iter().copied().collect();
        assert_eq!(ordered.into_iter().collect::<Vec<_>>(), ids);
        assert!(ids.iter().all(|id| id.len() == 6 && id.starts_with("WP")));
    }

    #[test]
    fn every_rule_speaks_both_languages() {
        for rule in RuleId::all().map(RuleId::rule) {
            for texts in [&rule.title, &rule.explanation] {
                assert!(!texts.en.is_empty() && texts.en.is_ascii(), "{}", rule.id);
                assert!(!texts.zh.is_ascii(), "{}", rule.id);
            }
        }
    }
}
