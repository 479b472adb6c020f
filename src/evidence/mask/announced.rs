//! Passwords behind a word that announces one.

use std::ops::Range;

use super::{MASKED_PASSWORD, Secret};

/// Characters by which the name of a secret may go on behind such a word, as in `password_of_user`.
const MAX_NAME: usize = 32;

/// Characters behind a name within which the value stands that `reg add` or `Set-ItemProperty` gives it.
const MAX_OPTIONS: usize = 64;

/// Words behind which a secret stands, in lower case.
const SECRET_WORDS: [&str; 27] = [
    "password",
    "pass word",
    "pass-word",
    "pass_word",
    "passwd",
    "passwort",
    "kennwort",
    "passphrase",
    "pwd",
    "passcode",
    "secret",
    "accountkey",
    "apikey",
    "api_key",
    "api-key",
    "keymaterial",
    "authorization",
    "token",
    "sig",
    "mot de passe",
    "contraseña",
    "пароль",
    "パスワード",
    "암호",
    "密码",
    "密碼",
    "口令",
];

/// Short words that announce a secret only where they stand alone.
const SHORT_WORDS: [&str; 1] = ["pw"];

/// Words that announce a secret only as a whole option, `/pass:`: elsewhere they mean other things.
const ONLY_OPTIONS: [&str; 3] = ["pass", "pw", "rp"];

/// What `PowerShell` turns into a password.
const SECURE_STRING: &str = "convertto-securestring";

pub(super) fn find(text: &str) -> Vec<Secret> {
    // Only ASCII changes, so that indices stay.
    let lower = text.to_ascii_lowercase();
    let mut found = Vec::new();
    let all = SECRET_WORDS.iter().chain(&SHORT_WORDS).chain(&ONLY_OPTIONS).chain([&SECURE_STRING]);
    for word in all {
        // A word inside a secret that was found is part of it.
        let mut last = 0..0;
        for (start, _) in lower.match_indices(word) {
            let announced = Announced { lower: &lower, word: start..start + word.len() };
            let value = if last.contains(&start) { None } else { announced.value() };
            if let Some(value) = value.filter(|value| !value.is_empty()) {
                last = value.clone();
                found.push((value, MASKED_PASSWORD));
            }
        }
    }
    found
}

struct Announced<'t> {
    lower: &'t str,
    word: Range<usize>,
}

impl<'t> Announced<'t> {
    /// Where the secret is that the word announces.
    fn value(&self) -> Option<Range<usize>> {
        let before = self.lower.get(..self.word.start)?;
        let word = self.lower.get(self.word.clone())?;
        let is_option = before.ends_with(['/', '-', '\u{2013}', '\u{2014}']);
        let rest = self.lower.get(self.word.end..)?;
        if word == SECURE_STRING {
            let value = rest.trim_start();
            let value = value.strip_prefix("-string").map_or(value, str::trim_start);
            return Some(self.until_end(value));
        }
        let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
        let name = rest.bytes().take(MAX_NAME).take_while(is_name).count();
        let stands_alone = name == 0 && !before.ends_with(|c: char| c.is_ascii_alphanumeric());
        let knows = |words: &[&str]| words.contains(&word) && stands_alone;
        let announces =
            SECRET_WORDS.contains(&word) || knows(&SHORT_WORDS) || is_option && knows(&ONLY_OPTIONS);
        if !announces {
            return None;
        }
        let named = rest.get(name..)?;
        let named = named.strip_prefix('\\').unwrap_or(named);
        let named = named.strip_prefix("&quot;").unwrap_or(named);
        let named = named.strip_prefix(['"', '\'', ']', ')', '”']).unwrap_or(named);
        let value = behind_sign(named).or_else(|| behind_options(named));
        value.or_else(|| behind_blank(named).filter(|_| is_option)).map(|value| self.until_end(value))
    }

    /// A value to its end: the closing mark where it has an opening one.
    fn until_end(&self, value: &'t str) -> Range<usize> {
        let value = value.strip_prefix('\\').unwrap_or(value);
        let marks = [("&quot;", "&quot;"), ("\"", "\""), ("'", "'"), ("[", "]"), ("“", "”"), ("‘", "’")];
        let quoted = marks.iter().find_map(|(open, close)| Some((value.strip_prefix(open)?, close)));
        let start = self.lower.len() - quoted.map_or(value, |(inner, _)| inner).len();
        let length = match quoted {
            Some((inner, close)) => inner.find(close).unwrap_or(inner.len()),
            None => value.find([' ', '\t', '"', '<']).unwrap_or(value.len()),
        };
        start..start + length
    }
}

/// `= value`, `: value`, `><Value>value`, `: Basic value`, ` set to value`; in MDT `is now = value`.
fn behind_sign(named: &str) -> Option<&str> {
    let spaced = named.trim_start();
    let signs = ['=', ':', '>', '：', '＝'];
    let told = ["set to ", "is set to ", "为", "為", "是"].iter().find_map(|link| spaced.strip_prefix(link));
    let value = told.or_else(|| {
        let link = ["is now ", "is "].iter().find_map(|link| spaced.strip_prefix(link));
        link.unwrap_or(spaced).strip_prefix(signs)
    })?;
    let value = value.trim_start().trim_start_matches(signs).trim_start();
    let value = value.strip_prefix("<value>").unwrap_or(value);
    let value = value.strip_prefix("(convertto-securestring").map_or(value, str::trim_start);
    let schemes = ["basic ", "bearer ", "-string "];
    Some(schemes.iter().find_map(|scheme| value.strip_prefix(scheme)).unwrap_or(value).trim_start())
}

/// `reg add ... /v DefaultPassword /t REG_SZ /d value`, `-Name DefaultPassword -Value value`.
fn behind_options(named: &str) -> Option<&str> {
    let near = named.get(..named.floor_char_boundary(MAX_OPTIONS))?;
    let command = near.split(['&', '|', ';', '\n']).next()?;
    let option =
        ["/d ", "/d:", "-value "].iter().find_map(|option| Some(command.find(option)? + option.len()))?;
    named.get(option..).map(str::trim_start)
}

/// `/password value`.
fn behind_blank(named: &str) -> Option<&str> {
    let value = named.trim_start();
    (value.len() < named.len() && !value.starts_with(['/', '-'])).then_some(value)
}
