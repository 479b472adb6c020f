//! What findings say, in every language: a phrase with places for what was seen. The English text is the message of the
//! JSON form; phrase and arguments stand beside it, so that a result that was kept can be told in another language.

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
}

/// A reference to one of the [`Phrase`]s.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PhraseId(usize);

impl PhraseId {
    /// The phrase.
    pub fn phrase(self) -> &'static Phrase {
        &PHRASES[self.0]
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
        let position = PHRASES.iter().position(|phrase| phrase.id == id);
        position
            .map(Self)
            .ok_or_else(|| D::Error::custom(format!("no phrase {id:?} in this version of wimproof")))
    }
}

/// An argument that is the same in every language.
pub(super) fn text(value: impl fmt::Display) -> Argument {
    Argument::Text(value.to_string())
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

macro_rules! phrases {
    ($($name:ident = $id:literal, $en:literal, $zh:literal;)+) => {
        #[allow(non_camel_case_types, clippy::upper_case_acronyms, reason = "positions in the table of phrases")]
        enum Position { $($name,)+ }

        impl PhraseId { $(
            #[doc = $en]
            pub const $name: Self = Self(Position::$name as usize);
        )+ }

        static PHRASES: &[Phrase] = &[$(Phrase { id: $id, texts: Texts { en: $en, zh: $zh } },)+];
    };
}

phrases! {
    APPROVAL = "approval", "approval {0} ({1})", "批准 {0}（{1}）";
    ALTERED = "altered", "SHA-256 of the file is {0}, of the approved file of this length {1}",
        "该文件的 SHA-256 为 {0}，而同样长度的已批准文件为 {1}";
    ITS_TITLE = "its-title", "its {0} {1} is the title of {2}", "其 {0} {1} 是{2}的标题";
    ITS_NAME = "its-name", "its {0} {1} is the name {2} of {3}", "其 {0} {1} 是{3}的名称 {2}";
    OTHERS_NAME = "others-name", "the content is that of {0}, {1}", "内容属于{0}，{1}";
    OTHER_SCOPE = "other-scope", "{0} holds for {1}, not for {2}", "{0}仅适用于 {1}，不适用于 {2}";
    NO_SCOPE = "no-scope", "{0} holds for {1}, and this check names no scope", "{0}仅适用于 {1}，而本次检查未指定范围";
    REVOKED = "revoked", "{0} was revoked at {1}: {2}", "{0}已于 {1} 被撤销：{2}";
    NO_REASON = "no-reason", "no reason given", "未说明原因";
    REVOKED_LATER = "revoked-later", "{0}: the same image was revoked later", "{0}：同一镜像后来已被撤销";
    SUPERSEDED = "superseded", "{0} was superseded by {1} from {2}", "{0}自 {2} 起已被 {1} 取代";
    HOLDS = "holds", "{0} holds from {1} until {2}", "{0}的有效期自 {1} 至 {2}";
    EVER = "ever", "ever", "不限";
    ROGUE_CONTENT = "rogue-content",
        "no approval knows {0}: its content (tree {1}) is in no approval, nor is a name it claims",
        "没有批准记录与{0}相符：其内容（tree {1}）和所声明的名称均未登记";
    ROGUE_CLAIMS = "rogue-claims",
        "no approval knows {0}: no approved image has a name it claims (its content was not looked at)",
        "没有批准记录与{0}相符：没有已批准镜像使用其所声明的名称（未查看内容）";
    ROGUE_TOLD = "rogue-told", "no approval knows {0}: no approved image has a name it claims",
        "没有批准记录与{0}相符：没有已批准镜像使用其所声明的名称";
    NAMELESS = "nameless", "an image without a name", "无名称的镜像";
    WEAK = "weak",
        "{0} facts agree with {1} and none contradicts it, but no digest could be compared: {2}",
        "{0} 项特征与{1}相符且没有矛盾，但没有可比对的摘要：{2}";
    ONLY_CLAIMS = "only-claims", "only claims were looked at", "只查看了声明信息";
    NO_DIGEST = "no-digest", "the approval records no digest", "批准记录中没有摘要";
    DIGEST_OF = "digest-of", "a digest, or time and build, are those of {0}", "某个摘要或时间与内部版本号与{0}相同";
    DIFFERS = "differs", "{0}; {1} facts agree, but {2} differs", "{0}；{1} 项特征相符，但 {2} 不符";
    DIFFER = "differ", "{0}; {1} facts agree, but {2} differ", "{0}；{1} 项特征相符，但 {2} 不符";
    NOT_IN_FORCE = "not-in-force", "{0} (which is {1})", "{0}（其状态为 {1}）";
    LOOKS_LIKE = "looks-like", "{0} looks like the approved {1}", "{0} 形似已批准的 {1}";
    INVISIBLE = "invisible", "{0} holds characters that do not show, or change how it shows: {1}",
        "{0} 含有不可见字符，或会改变显示方式的字符：{1}";
    IMITATING = "imitating", "{0} holds letters that imitate others: {1}", "{0} 含有仿冒其他字母的字符：{1}";
    IN_FUTURE = "in-future", "{0} lies in the future: {1}", "{0} 的时间在未来：{1}";
    WRITTEN_LATER = "written-later",
        "a file of the image was written on {0}, the image claims to be finished on {1}",
        "镜像中有文件写于 {0}，而镜像声明完成于 {1}";
}

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
        for Phrase { id, texts: Texts { en, zh } } in PHRASES {
            assert!(!en.is_empty() && en.is_ascii(), "{id}");
            assert!(!zh.is_ascii(), "{id}");
            assert_eq!(places(en), places(zh), "{id}");
            let count = places(en).len();
            // Said once each, phrases within phrases cannot grow beyond what they are made of.
            assert!([en, zh].into_iter().all(|text| text.matches('{').count() == count), "{id}");
            assert_eq!(places(en), (0..count).collect(), "{id}: places are numbered without a gap");
        }
        let ids: BTreeSet<&str> = PHRASES.iter().map(|phrase| phrase.id).collect();
        assert_eq!(ids.len(), PHRASES.len());
    }

    #[test]
    fn arguments_are_not_looked_into() {
        let said = PhraseId::IN_FUTURE.of([text("{1}{0"), text("}")]);
        assert_eq!(said.told(Language::En), "{1}{0 lies in the future: }");
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
