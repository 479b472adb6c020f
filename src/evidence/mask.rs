//! Product keys and passwords that stand in evidence: they are masked before anything keeps or shows the words.

use std::{borrow::Cow, ops::Range};

/// What stands in place of a product key.
pub const MASKED_KEY: &str = "*****-*****-*****-*****-*****";

/// What stands in place of a password.
pub const MASKED_PASSWORD: &str = "*****";

/// Characters of a group of a product key; there are as many groups.
const GROUP: usize = 5;

/// Length of a product key: five groups, four dashes.
const KEY: usize = GROUP * GROUP + GROUP - 1;

/// Characters by which the name of a secret may go on behind such a word, as in `password_of_user`.
const MAX_NAME: usize = 32;

/// Words behind which a secret stands, in lower case.
const SECRET_WORDS: [&str; 12] = [
    "password",
    "passwd",
    "passphrase",
    "pwd",
    "passcode",
    "secret",
    "accountkey",
    "pass",
    "token",
    "sig",
    "密码",
    "口令",
];

/// Words that announce a secret only as an option, `/pass:`: elsewhere they mean other things.
const ONLY_OPTIONS: [&str; 1] = ["pass"];

/// Replaces each product key (five groups of five letters or digits), each password behind a word that announces one
/// (`password=`, `"Password": "`, `/pwd `, `<Password><Value>` ...), each password inside an address
/// (`https://user:password@host`), and each that is an operand of `net user` or `net use`.
pub fn mask(text: &str) -> Cow<'_, str> {
    let mut secrets = keys(text);
    secrets.extend(announced(text));
    secrets.extend(in_addresses(text));
    secrets.extend(in_commands(text));
    if secrets.is_empty() {
        return Cow::Borrowed(text);
    }
    secrets.sort_by_key(|(range, _)| (range.start, range.end));
    let mut masked = String::with_capacity(text.len());
    let mut kept = 0;
    for (range, mask) in secrets {
        if range.start >= kept {
            masked.push_str(text.get(kept..range.start).unwrap_or_default());
            masked.push_str(mask);
        }
        kept = kept.max(range.end);
    }
    masked.push_str(text.get(kept..).unwrap_or_default());
    Cow::Owned(masked)
}

type Secret = (Range<usize>, &'static str);

fn keys(text: &str) -> Vec<Secret> {
    let mut found: Vec<Secret> = Vec::new();
    let bytes = text.as_bytes();
    let mut free = 0;
    for dash in memchr::memchr_iter(b'-', bytes) {
        let Some(start) = dash.checked_sub(GROUP).filter(|&start| start >= free) else { continue };
        if bytes.get(start..start + KEY).is_some_and(is_key) {
            free = start + KEY;
            // What goes on like a key is part of it.
            while bytes.get(free..free + GROUP + 1).is_some_and(|more| {
                more.first() == Some(&b'-') && more.iter().skip(1).all(u8::is_ascii_alphanumeric)
            }) {
                free += GROUP + 1;
            }
            found.push((start..free, MASKED_KEY));
        }
    }
    found
}

fn is_key(bytes: &[u8]) -> bool {
    let fits = |(at, byte): (usize, &u8)| match at % (GROUP + 1) {
        GROUP => *byte == b'-',
        _ => byte.is_ascii_alphanumeric(),
    };
    bytes.iter().enumerate().all(fits)
}

fn announced(text: &str) -> Vec<Secret> {
    // Only ASCII changes, so that indices stay.
    let lower = text.to_ascii_lowercase();
    let mut found = Vec::new();
    for word in SECRET_WORDS {
        // A word inside a secret that was found is part of it: each byte is looked at once.
        let mut free = 0;
        for (start, _) in lower.match_indices(word) {
            let value = if start < free { None } else { secret_value(&lower, start, start + word.len()) };
            if let Some(value) = value.filter(|value| !value.is_empty()) {
                free = value.end;
                found.push((value, MASKED_PASSWORD));
            }
        }
    }
    found
}

/// Where the secret is that a word announces.
fn secret_value(lower: &str, word: usize, behind: usize) -> Option<Range<usize>> {
    let is_option = lower.get(..word).is_some_and(|before| before.ends_with(['/', '-']));
    let rest = lower.get(behind..)?;
    if !is_option && lower.get(word..behind).is_some_and(|word| ONLY_OPTIONS.contains(&word)) {
        return None;
    }
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    let name = rest.bytes().take(MAX_NAME).take_while(is_name).count();
    let named = rest.get(name..)?;
    let named = named.strip_prefix(['"', '\'', ']', ')']).unwrap_or(named);
    let spaced = named.trim_start();
    // MDT: `Property AdminPassword is now = ...`.
    let spaced = spaced.strip_prefix("is now ").unwrap_or(spaced);
    let value = match spaced.strip_prefix(['=', ':', '>', '：', '＝']) {
        Some(value) => value,
        None if is_option && spaced.len() < named.len() && !spaced.starts_with(['/', '-']) => spaced,
        None => return None,
    };
    let value = value.trim_start().trim_start_matches(['=', '>']).trim_start();
    let value = value.strip_prefix("<value>").unwrap_or(value);
    let value = value.strip_prefix("(convertto-securestring").map_or(value, str::trim_start);
    let (value, ends): (&str, &[char]) = match value.chars().next()? {
        '"' => (value.get(1..)?, &['"']),
        '\'' => (value.get(1..)?, &['\'']),
        '[' => (value.get(1..)?, &[']']),
        _ if is_option => (value, &[' ', '\t', '"', '<']),
        _ => (value, &[' ', '\t', '"', '<']),
    };
    let start = lower.len() - value.len();
    let length = value.find(ends).unwrap_or(value.len());
    Some(start..start + length)
}

fn in_addresses(text: &str) -> Vec<Secret> {
    let mut found = Vec::new();
    for (scheme, _) in text.match_indices("://") {
        let start = scheme + 3;
        let rest = text.get(start..).unwrap_or_default();
        let host = rest.find(['/', ' ', '"', '\'', ']', '<', '\t']).unwrap_or(rest.len());
        let account =
            rest.get(..host).and_then(|authority| authority.rsplit_once('@')).map(|(account, _)| account);
        if let Some((user, password)) = account.and_then(|account| account.split_once(':')) {
            let from = start + user.len() + 1;
            found.push((from..from + password.len(), MASKED_PASSWORD));
        }
    }
    found
}

/// Passwords of `net user NAME PASSWORD` and `net use \\\\server\\share PASSWORD`, which scripts of answer files are full of.
fn in_commands(text: &str) -> Vec<Secret> {
    let lower = text.to_ascii_lowercase();
    let mut found = Vec::new();
    for (at, _) in lower.match_indices("net") {
        let begins =
            lower.get(..at).is_some_and(|before| !before.ends_with(|c: char| c.is_ascii_alphanumeric()));
        if let (true, Some(operands)) = (begins, operands_of_net(&lower, at)) {
            let secret = operands.into_iter().nth(1);
            found.extend(
                secret
                    .filter(|secret| text.get(secret.clone()) != Some("*"))
                    .map(|secret| (secret, MASKED_PASSWORD)),
            );
        }
    }
    found
}

/// Where the account or the share stands that a command `net` is about, and the operand behind it.
fn operands_of_net(lower: &str, at: usize) -> Option<Vec<Range<usize>>> {
    let rest = lower.get(at + "net".len()..)?;
    let rest = rest.strip_prefix('1').unwrap_or(rest);
    let rest = rest.strip_prefix(".exe").unwrap_or(rest);
    let rest = rest.strip_prefix('"').unwrap_or(rest);
    let verb = rest.trim_start();
    let is_use = !verb.starts_with("user");
    let rest = verb.strip_prefix("user").or_else(|| verb.strip_prefix("use"))?;
    if verb.len() == rest.len() || !rest.starts_with([' ', '\t']) {
        return None;
    }
    let mut from = lower.len() - rest.len();
    let mut operands = Vec::new();
    while operands.len() < 2 {
        let operand = operand(lower, from)?;
        from = operand.end;
        let word = lower.get(operand.clone()).unwrap_or_default();
        // Behind a drive letter stands the share.
        let is_letter = is_use && operands.is_empty() && (word.ends_with(':') || word == "*");
        if word.starts_with('/') || is_letter {
            continue;
        }
        if is_use && operands.is_empty() && !word.trim_start_matches(['"', '\'']).starts_with("\\\\") {
            return None;
        }
        operands.push(operand);
    }
    Some(operands)
}

/// The next word, or what stands in the next quotation marks, with them.
fn operand(text: &str, from: usize) -> Option<Range<usize>> {
    let rest = text.get(from..)?;
    let word = rest.trim_start();
    let start = from + (rest.len() - word.len());
    let quote = word.chars().next().filter(|first| matches!(first, '"' | '\''));
    let length = match quote.and_then(|quote| word.get(1..)?.find(quote)) {
        Some(inner) => inner + 2,
        None => word.find([' ', '\t', '"', '<', '&', '|', ')']).unwrap_or(word.len()),
    };
    (length > 0).then_some(start..start + length)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn product_keys_are_masked_wherever_they_stand() {
        assert_eq!(
            mask("Initializing ProductKey:   [ABCDE-12345-FGHIJ-67890-KLMNO] ok"),
            "Initializing ProductKey:   [*****-*****-*****-*****-*****] ok"
        );
        assert_eq!(mask("slmgr /ipk abcde-12345-fghij-67890-klmno"), format!("slmgr /ipk {MASKED_KEY}"));
        assert_eq!(mask("xABCDE-12345-FGHIJ-67890-KLMNOx"), format!("x{MASKED_KEY}x"));
        let guid = "{71a5f6d8-7fc8-4426-b304-b854a49430df} 00330-80000-00000-AA123";
        assert!(matches!(mask(guid), Cow::Borrowed(_)));
    }

    #[test]
    fn passwords_are_masked_behind_their_words() {
        for (open, masked) in [
            ("net use password=Hunter2 x", "net use password=***** x"),
            ("Password: [Hunter 2] done", "Password: [*****] done"),
            (r#"{"AdminPassword": "Hunter 2"}"#, r#"{"AdminPassword": "*****"}"#),
            ("setup /Password Hunter2 /quiet", "setup /Password ***** /quiet"),
            ("x -pwd:Hunter2", "x -pwd:*****"),
            ("<Password><Value>SGk=</Value>", "<Password><Value>*****</Value>"),
            ("PASSWORD = 'a b' c", "PASSWORD = '*****' c"),
            ("https://admin:Hunter2@host/x", "https://admin:*****@host/x"),
            ("DomainAdminPassword is now = Hunter2", "DomainAdminPassword is now = *****"),
            ("the password was wrong", "the password was wrong"),
            ("/nopassword /quiet", "/nopassword /quiet"),
            ("cmd /c \"net user admin Hunter2 /add\"", "cmd /c \"net user admin ***** /add\""),
            ("NET1.exe  User /add admin \"Hunter 2\"&& x", "NET1.exe  User /add admin *****&& x"),
            ("net user admin /active:yes", "net user admin /active:yes"),
            ("net user admin & net user", "net user admin & net user"),
            ("net user admin *", "net user admin *"),
            (r"net use Z: \\srv\a$ Hunter2 /user:x", r"net use Z: \\srv\a$ ***** /user:x"),
            (r"net use \\srv\a$ Hunter2", r"net use \\srv\a$ *****"),
            ("subnet user admin word", "subnet user admin word"),
        ] {
            assert_eq!(mask(open), masked);
        }
    }

    #[test]
    fn long_lines_of_announcements_take_no_long_time() {
        for words in [
            "password=",
            "password",
            "password \"",
            "pwd://a:b@",
            "://",
            "AAAAA-",
            "/pwd ",
            "net user /",
            "net use \"",
        ] {
            for _ in 0..20 {
                let _ = mask(&words.repeat((64 << 10) / words.len()));
            }
        }
    }

    proptest! {
        #[test]
        fn no_key_is_left_and_masking_ends(text in ".{0,60}[A-Z0-9]{5}(-[A-Z0-9]{5}){4}.{0,60}") {
            let masked = mask(&text);
            prop_assert!(keys(&masked).is_empty());
            prop_assert!(masked.contains(MASKED_KEY) || masked.contains(MASKED_PASSWORD));
        }

        #[test]
        fn any_text_can_be_masked(text in r#"([a-z<>=:/@"' \[\]-]|password|pwd|://|net use|net user |é){0,80}"#) {
            let _ = mask(&text);
        }
    }
}
