//! The language of the environment.

use crate::judge::Language;

/// The variables of POSIX that name the language of messages, the strongest first.
const VARIABLES: [&str; 3] = ["LC_ALL", "LC_MESSAGES", "LANG"];

/// The language that the environment asks for: the first variable that is set and not empty decides. Languages without
/// texts of their own get English, and so does Chinese in traditional characters.
pub(super) fn language(variable: impl Fn(&str) -> Option<String>) -> Language {
    let named = VARIABLES.into_iter().filter_map(variable).find(|value| !value.is_empty());
    let named = named.unwrap_or_default().to_lowercase().replace('_', "-");
    let tag = named.split(['.', '@']).next().unwrap_or_default();
    let mut parts = tag.split('-');
    let simplified =
        parts.next() == Some("zh") && !parts.any(|part| ["tw", "hk", "mo", "hant"].contains(&part));
    if simplified { Language::ZhCn } else { Language::En }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(variables: &[(&str, &str)]) -> Language {
        language(|name| {
            variables.iter().find(|(other, _)| *other == name).map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn the_strongest_variable_decides() {
        assert_eq!(of(&[]), Language::En);
        assert_eq!(of(&[("LANG", "zh_CN.UTF-8")]), Language::ZhCn);
        assert_eq!(of(&[("LANG", "zh_CN.UTF-8"), ("LC_ALL", "C")]), Language::En);
        assert_eq!(
            of(&[("LANG", "zh_CN.UTF-8"), ("LC_ALL", ""), ("LC_MESSAGES", "de_DE@euro")]),
            Language::En
        );
        assert_eq!(of(&[("LC_MESSAGES", "zh-Hans-SG")]), Language::ZhCn);
        assert_eq!(of(&[("LANG", "zh_TW.Big5")]), Language::En);
        assert_eq!(of(&[("LANG", "zha_CN")]), Language::En);
    }
}
