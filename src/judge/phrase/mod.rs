//! What findings say, in every language: a phrase with places for what was seen. The English text is the message of the
//! JSON form; phrase and arguments stand beside it, so that a result that was kept can be told in another language.

mod catalogs;
mod claims;
mod content;
mod forensics;
mod identity;
mod medium;
mod policy;
mod registry;
mod servicing;
pub(super) mod structure;
mod tampering;

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use super::{Language, Texts};

/// A sentence with places `{0}`, `{1}` ... for arguments. An id is never reused for another meaning.
#[derive(Debug)]
pub struct Phrase {
    /// For example `revoked`.
    pub id: &'static str,
    /// The sentence.
    pub texts: Texts,
}

/// A phrase with its arguments.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Said {
    /// The sentence.
    #[serde(rename = "id")]
    pub phrase: PhraseId,
    /// What stands in its places.
    pub arguments: Vec<Argument>,
}

/// What stands in a place of a phrase.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Argument {
    /// The same in every language; may be text of the file.
    Text(String),
    /// Another phrase.
    Said(Said),
    /// Words of ours about something that was seen, such as the title of a channel.
    Worded {
        /// In English.
        en: String,
        /// In Simplified Chinese.
        zh: String,
    },
}

/// A reference to one of the [`Phrase`]s.
#[derive(Debug, Clone, Copy)]
pub struct PhraseId(&'static Phrase);

/// The families.
static FAMILIES: &[&[PhraseId]] = &[
    identity::PHRASES,
    medium::PHRASES,
    structure::PHRASES,
    content::PHRASES,
    catalogs::PHRASES,
    claims::PHRASES,
    tampering::PHRASES,
    servicing::PHRASES,
    forensics::PHRASES,
    registry::PHRASES,
    policy::PHRASES,
];

impl PhraseId {
    /// The phrase.
    pub fn phrase(self) -> &'static Phrase {
        self.0
    }

    /// All phrases.
    fn all() -> impl Iterator<Item = Self> {
        FAMILIES.iter().copied().flatten().copied()
    }

    /// With arguments.
    pub fn of<const N: usize>(self, arguments: [Argument; N]) -> Said {
        Said { phrase: self, arguments: arguments.into() }
    }
}

impl Serialize for PhraseId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.phrase().id)
    }
}

impl<'de> Deserialize<'de> for PhraseId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let id = String::deserialize(deserializer)?;
        let phrase = Self::all().find(|phrase| phrase.0.id == id);
        phrase.ok_or_else(|| D::Error::custom(format!("no phrase {id:?} in this version of wimproof")))
    }
}

/// An argument that is the same in every language.
pub(super) fn text(value: impl fmt::Display) -> Argument {
    Argument::Text(value.to_string())
}

/// An argument that has its own words in each language, where it has.
pub(super) fn worded(en: &str, zh: Option<&str>) -> Argument {
    let (en, zh) = (en.to_owned(), zh.map(str::to_owned));
    match zh {
        Some(zh) => Argument::Worded { en, zh },
        None => Argument::Text(en),
    }
}

impl From<Said> for Argument {
    fn from(said: Said) -> Self {
        Self::Said(said)
    }
}

impl Said {
    /// The sentence in a language. What stands in the arguments is not looked into for places.
    pub fn told(&self, language: Language) -> String {
        let template = self.phrase.phrase().texts.get(language);
        let mut told = String::new();
        for piece in pieces(template) {
            match piece {
                Piece::Words(words) => told.push_str(words),
                Piece::Place(number) => match self.arguments.get(number) {
                    Some(Argument::Text(text)) => told.push_str(text),
                    Some(Argument::Said(said)) => told.push_str(&said.told(language)),
                    Some(Argument::Worded { en, zh }) => told.push_str(match language {
                        Language::En => en,
                        Language::ZhCn => zh,
                    }),
                    None => {}
                },
            }
        }
        told
    }
}

enum Piece<'t> {
    Words(&'t str),
    Place(usize),
}

fn pieces(template: &str) -> impl Iterator<Item = Piece<'_>> {
    template
        .split('{')
        .enumerate()
        .flat_map(|(position, part)| {
            let place = part.split_once('}').filter(|_| position > 0);
            match place.and_then(|(number, words)| Some((number.parse().ok()?, words))) {
                Some((number, words)) => [Some(Piece::Place(number)), Some(Piece::Words(words))],
                None => [Some(Piece::Words(part)), None],
            }
        })
        .flatten()
}

/// A family of phrases: a constant of [`PhraseId`] for each, and the list of them.
macro_rules! phrases {
    ($($name:ident = $id:literal, $en:literal, $zh:literal;)+) => {
        impl PhraseId { $(
            #[doc = $en]
            pub const $name: Self = Self(&Phrase { id: $id, texts: Texts { en: $en, zh: $zh } });
        )+ }

        pub(super) static PHRASES: &[PhraseId] = &[$(PhraseId::$name,)+];
    };
}
use phrases;

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn places(template: &str) -> BTreeSet<usize> {
        let place = |piece| match piece {
            Piece::Place(number) => Some(number),
            Piece::Words(_) => None,
        };
        pieces(template).filter_map(place).collect()
    }

    #[test]
    fn phrases_speak_both_languages_of_the_same_things() {
        for Phrase { id, texts: Texts { en, zh } } in PhraseId::all().map(PhraseId::phrase) {
            assert!(!en.is_empty() && en.is_ascii(), "{id}");
            assert!(!zh.is_ascii(), "{id}");
            assert_eq!(places(en), places(zh), "{id}");
            let count = places(en).len();
            // Said once each, phrases within phrases cannot grow beyond what they are made of.
            assert!([en, zh].into_iter().all(|text| text.matches('{').count() == count), "{id}");
            assert_eq!(places(en), (0..count).collect(), "{id}: places are numbered without a gap");
        }
        let ids: BTreeSet<&str> = PhraseId::all().map(|phrase| phrase.0.id).collect();
        assert_eq!(ids.len(), PhraseId::all().count());
    }

    #[test]
    fn arguments_are_not_looked_into() {
        let said = PhraseId::IN_FUTURE.of([text("{1}{0"), text("}")]);
        assert_eq!(said.told(Language::En), "{1}{0 lies in the future: }");
    }

    #[test]
    fn an_argument_with_its_own_words_is_told_in_the_language() {
        let said = PhraseId::CHANNEL.of([worded("by hand", Some("手工")), text("dism")]);
        assert_eq!(
            (said.told(Language::En), said.told(Language::ZhCn)),
            ("by hand (dism)".into(), "手工（dism）".into())
        );
        let json = serde_json::to_string(&said).expect("JSON");
        let back: Said = serde_json::from_str(&json).expect("read");
        assert_eq!(back.told(Language::ZhCn), "手工（dism）");
    }

    #[test]
    fn what_was_said_is_read_back() {
        let approval = PhraseId::APPROVAL.of([text("A1"), text("{0}")]);
        let said = PhraseId::REVOKED_LATER.of([approval.into()]);
        let json = serde_json::to_string(&said).expect("JSON");
        assert_eq!(
            json,
            r#"{"id":"revoked-later","arguments":[{"id":"approval","arguments":["A1","{0}"]}]}"#
        );
        let back: Said = serde_json::from_str(&json).expect("read");
        assert_eq!(back.told(Language::ZhCn), said.told(Language::ZhCn));
    }
}
