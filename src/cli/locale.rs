//! The language of the environment, and of the user's Windows.

use crate::judge::Language;

/// The variables of POSIX that name the language of messages, the strongest first.
const VARIABLES: [&str; 3] = ["LC_ALL", "LC_MESSAGES", "LANG"];

/// The language of this process: that of the environment, else the one in which Windows shows itself to the user.
pub(super) fn of_process() -> Language {
    language(|name| std::env::var(name).ok(), of_windows)
}

/// What Windows is shown in, as a tag such as `zh-CN`. Elsewhere the environment is all there is.
fn of_windows() -> Option<String> {
    #[cfg(windows)]
    return sys_locale::get_locale();
    #[cfg(not(windows))]
    None
}

/// The first variable that is set and not empty decides, without any the `system`. Languages without texts of their own
/// get English, and so does Chinese in traditional characters.
fn language(variable: impl Fn(&str) -> Option<String>, system: impl Fn() -> Option<String>) -> Language {
    let named = VARIABLES.into_iter().filter_map(variable).find(|value| !value.is_empty()).or_else(system);
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
        of_both(variables, None)
    }

    fn of_both(variables: &[(&str, &str)], system: Option<&str>) -> Language {
        let variable = |name: &str| {
            variables.iter().find(|(other, _)| *other == name).map(|(_, value)| (*value).to_owned())
        };
        language(variable, || system.map(str::to_owned))
    }

    #[test]
    fn without_a_variable_the_system_decides() {
        assert_eq!(of_both(&[], Some("zh-CN")), Language::ZhCn);
        assert_eq!(of_both(&[("LANG", "")], Some("zh-Hans-CN")), Language::ZhCn);
        assert_eq!(of_both(&[], Some("zh-TW")), Language::En);
        assert_eq!(of_both(&[("LANG", "en_US.UTF-8")], Some("zh-CN")), Language::En);
        assert_eq!(of_both(&[("LC_ALL", "zh_CN")], Some("en-US")), Language::ZhCn);
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
