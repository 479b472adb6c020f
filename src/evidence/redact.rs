//! Masks the names of users and computers in what evidence says, so that a report can be passed on.

use std::collections::BTreeMap;

use super::{deployment::Heard, statement::Topic};

/// Profiles that are on every computer.
const COMMON: [&str; 5] = ["public", "default", "default user", "all users", "defaultuser0"];

/// Shortest name that is masked: shorter ones stand in too many other words.
const MIN_NAME: usize = 2;

/// Puts `USER1`, `PC1` and so on in place of the names of users and computers, the same for the same name.
#[derive(Debug)]
pub struct Redactor(Vec<(String, String)>);

impl Redactor {
    /// Looks for the names.
    pub fn of(heard: &[Heard]) -> Self {
        Self(names(heard))
    }

    /// A text without them.
    pub fn mask(&self, text: &str) -> String {
        self.0.iter().fold(text.to_owned(), |text, (name, mask)| replaced(&text, name, mask))
    }

    /// Masks all that evidence says, and where it lies.
    pub fn redact(&self, heard: &mut [Heard]) {
        for heard in heard {
            heard.testimony.source = self.mask(&heard.testimony.source).into();
            for statement in &mut heard.testimony.statements {
                statement.value = self.mask(&statement.value).into();
                statement.quote = self.mask(&statement.quote).into();
                statement.about = statement.about.as_deref().map(|about| self.mask(about).into());
            }
            heard.testimony.servicing.each_path(|path| *path = self.mask(path).into());
        }
    }
}

/// The names, longest first, and what stands for each.
fn names(heard: &[Heard]) -> Vec<(String, String)> {
    let mut found: BTreeMap<String, &str> = BTreeMap::new();
    for heard in heard {
        found.extend(profiles(&heard.testimony.source).into_iter().map(|name| (name, "USER")));
    }
    for statement in heard.iter().flat_map(|heard| &heard.testimony.statements) {
        let computer = (statement.topic == Topic::ComputerName).then(|| statement.value.to_lowercase());
        found.extend(computer.into_iter().map(|name| (name, "PC")));
        for name in profiles(&statement.quote) {
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

/// Names of profiles in paths: what stands behind `\\Users\\` or its older name.
fn profiles(text: &str) -> Vec<String> {
    let text = text
        .to_lowercase()
        .replace('/', "\\")
        .replace("\\\\", "\\")
        .replace("\\documents and settings\\", "\\users\\");
    let behind = text.split("\\users\\").skip(1);
    let name =
        |rest: &str| rest.split(['\\', '"', ']', ';', ',', '<']).next().unwrap_or_default().trim().to_owned();
    behind.map(name).filter(|name| !name.is_empty() && !COMMON.contains(&name.as_str())).collect()
}

/// Replaces a name, in whatever case, where it stands as a word of its own.
fn replaced(text: &str, name: &str, mask: &str) -> String {
    let mut result = String::with_capacity(text.len());
    let mut rest = text;
    let mut before: Option<char> = None;
    while let Some(first) = rest.chars().next() {
        let is_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        let behind = if is_word(before) { None } else { after_name(rest, name) };
        if let Some(behind) = behind.filter(|behind| !is_word(behind.chars().next())) {
            result.push_str(mask);
            before = mask.chars().next_back();
            rest = behind;
        } else {
            result.push(first);
            before = Some(first);
            rest = rest.get(first.len_utf8()..).unwrap_or_default();
        }
    }
    result
}

/// What stands behind a name (in lower case) that a text begins with, in whatever case.
fn after_name<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    let mut letters = text.chars();
    for wanted in name.chars() {
        let found = letters.next()?;
        if found != wanted && !found.to_lowercase().eq(std::iter::once(wanted)) {
            return None;
        }
    }
    Some(letters.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_masked_as_words() {
        assert_eq!(replaced("C:\\Users\\Li\\x, li, LIST", "li", "USER1"), "C:\\Users\\USER1\\x, USER1, LIST");
        assert_eq!(
            replaced("İstanbul LI", "li", "USER1"),
            "İstanbul USER1",
            "a text that grows in lower case"
        );
        assert_eq!(profiles("c:\\\\users\\\\li, D:/Documents and Settings/wang/x"), ["li", "wang"]);
    }
}
