//! Passwords in addresses and commands.

use std::ops::Range;

use super::{MASKED_PASSWORD, Secret};

/// `https://user:password@host`.
pub(super) fn in_addresses(text: &str) -> Vec<Secret> {
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
pub(super) fn in_net(text: &str) -> Vec<Secret> {
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
