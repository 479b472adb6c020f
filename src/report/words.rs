//! How the words of a form are kept: a constant of [`Texts`] for each, with a place `{}` for each value.

use crate::judge::{Language, Texts};

/// Constants of [`Texts`], and a test that all of them speak both languages.
macro_rules! words {
    ($($name:ident = $en:literal, $zh:literal;)+) => {
        $(#[doc = $en] pub(crate) const $name: $crate::judge::Texts = $crate::judge::Texts { en: $en, zh: $zh };)+

        #[cfg(test)]
        #[test]
        fn every_word_speaks_both_languages() {
            for $crate::judge::Texts { en, zh } in [$($name,)+] {
                assert!(!en.is_empty() && en.is_ascii() && !zh.is_ascii(), "{en}: {zh}");
                assert_eq!(en.matches("{}").count(), zh.matches("{}").count(), "{en}: {zh}");
            }
        }
    };
}
pub(crate) use words;

/// What stands between the items of an enumeration.
pub(crate) const COMMA: Texts = Texts { en: ", ", zh: "，" };

/// A text with values in its places, in order. What stands in a value is not looked into for places.
pub(crate) fn filled<const N: usize>(texts: Texts, language: Language, values: [&str; N]) -> String {
    let mut pieces = texts.get(language).split("{}");
    let mut filled = pieces.next().unwrap_or_default().to_owned();
    for (piece, value) in pieces.zip(values) {
        filled.push_str(value);
        filled.push_str(piece);
    }
    filled
}

/// A name that options and other forms know something by: by itself in English, else behind the word for it.
pub(crate) fn named(name: &str, texts: Texts, language: Language) -> String {
    match language {
        Language::En => name.to_owned(),
        Language::ZhCn => format!("{} ({name})", texts.zh),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_not_looked_into() {
        let pair = Texts { en: "{}: {}", zh: "{}：{}" };
        assert_eq!(filled(pair, Language::En, ["{}", "x"]), "{}: x");
    }

    #[test]
    fn names_stand_behind_their_words() {
        let texts = Texts { en: "no approval", zh: "未经批准" };
        assert_eq!(named("rogue", texts, Language::En), "rogue");
        assert_eq!(named("rogue", texts, Language::ZhCn), "未经批准 (rogue)");
    }
}
