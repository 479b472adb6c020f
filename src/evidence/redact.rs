//! Masks the names of users and computers in what evidence says, so that a report can be passed on.

use std::collections::BTreeMap;

use super::{
    deployment::Heard,
    statement::{Statement, Topic},
};

/// Profiles that are on every computer.
const COMMON: [&str; 5] = ["public", "default", "default user", "all users", "defaultuser0"];

/// Shortest name that is masked: shorter ones stand in too many other words.
const MIN_NAME: usize = 2;

/// Puts `USER1`, `PC1` and so on in place of the names of users and computers, the same for the same name.
pub fn redact(heard: &mut [Heard]) {
    let names = names(heard);
    let mask =
        |text: &str| names.iter().fold(text.to_owned(), |text, (name, mask)| replaced(&text, name, mask));
    for statement in heard.iter_mut().flat_map(|heard| &mut heard.testimony.statements) {
        statement.value = mask(&statement.value).into();
        statement.quote = mask(&statement.quote).into();
        statement.about = statement.about.as_deref().map(|about| mask(about).into());
    }
}

/// The names, longest first, and what stands for each.
fn names(heard: &[Heard]) -> Vec<(String, String)> {
    let mut found: BTreeMap<String, &str> = BTreeMap::new();
    for statement in heard.iter().flat_map(|heard| &heard.testimony.statements) {
        let computer = (statement.topic == Topic::ComputerName).then(|| statement.value.to_lowercase());
        found.extend(computer.into_iter().map(|name| (name, "PC")));
        for name in profiles(statement) {
            found.entry(name).or_insert("USER");
        }
    }
    let mut counts: BTreeMap<&str, u32> = BTreeMap::new();
    let known = found.into_iter().filter(|(name, _)| name.chars().count() >= MIN_NAME);
    let mut names: Vec<(String, String)> = known
        .map(|(name, kind)| {
            let count = counts.entry(kind).and_modify(|count| *count += 1).or_insert(1);
            (name, format!("{kind}{count}"))
        })
        .collect();
    names.sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
    names
}

/// Names of profiles in the paths of a statement: what stands behind `\Users\`.
fn profiles(statement: &Statement) -> Vec<String> {
    let text = statement.quote.to_lowercase().replace('/', "\\");
    let behind = text.split("\\users\\").skip(1);
    let name =
        |rest: &str| rest.split(['\\', '"', ']', ';', ',', '<']).next().unwrap_or_default().trim().to_owned();
    behind.map(name).filter(|name| !name.is_empty() && !COMMON.contains(&name.as_str())).collect()
}

/// Replaces a name, in whatever case, where it stands as a word of its own.
fn replaced(text: &str, name: &str, mask: &str) -> String {
    let lower = text.to_lowercase();
    if lower.len() != text.len() || !lower.contains(name) {
        return text.to_owned();
    }
    let mut result = String::with_capacity(text.len());
    let mut kept = 0;
    for (at, found) in lower.match_indices(name) {
        let is_word = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
        let (before, behind) = (lower.get(..at), lower.get(at + found.len()..));
        let alone = is_word(before.and_then(|text| text.chars().next_back()))
            && is_word(behind.and_then(|text| text.chars().next()));
        if alone && let Some(between) = text.get(kept..at) {
            result.push_str(between);
            result.push_str(mask);
            kept = at + found.len();
        }
    }
    result.push_str(text.get(kept..).unwrap_or_default());
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_masked_as_words() {
        assert_eq!(replaced("C:\\Users\\Li\\x, li, LIST", "li", "USER1"), "C:\\Users\\USER1\\x, USER1, LIST");
        assert_eq!(replaced("İstanbul li", "li", "USER1"), "İstanbul li", "a text that grows in lower case");
    }
}
