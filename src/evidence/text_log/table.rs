//! Which lines say something of a deployment: rules by the words that a message begins with, found by a look at its
//! first bytes. Nearly all lines are turned away there.

use super::voice::Voice;
use crate::evidence::statement::Topic;

/// Bytes of the words of a rule that are looked at first; no rule has fewer.
const KEY: usize = 5;

/// Bits of the filter, as a power of two.
const FILTER_BITS: u32 = 13;

/// A kind of line, and what it says.
#[derive(Debug)]
pub(super) struct Rule {
    /// Components that write it; any where empty. `""` is the blank one.
    pub(super) of: &'static [&'static str],
    /// What the message begins with, either as it stands or behind the name of the function that wrote it.
    pub(super) words: &'static str,
    /// What it says.
    pub(super) says: Says,
}

/// What a line says, by its text behind the words of the rule.
#[derive(Debug)]
pub(super) enum Says {
    /// Topic, about (where not empty): the whole text.
    Rest(Topic, &'static str),
    /// Topic, about: the text up to a mark; nothing where there is none.
    Until(Topic, &'static str, &'static str),
    /// Topic, about: what stands between the first `[` and the next `]`.
    Bracket(Topic, &'static str),
    /// Topic, about: what stands between the first `[` and the last `]`.
    Brackets(Topic, &'static str),
    /// Something of its own.
    Own(fn(&mut Voice<'_>, &str)),
}

impl Says {
    /// Says it.
    pub(super) fn say(&self, voice: &mut Voice<'_>, text: &str) {
        let (topic, about, value) = match *self {
            Self::Rest(topic, about) => (topic, about, Some(text)),
            Self::Until(topic, about, mark) => (topic, about, text.split_once(mark).map(|(value, _)| value)),
            Self::Bracket(topic, about) => (topic, about, bracket(text)),
            Self::Brackets(topic, about) => (topic, about, brackets(text)),
            Self::Own(own) => return own(voice, text),
        };
        voice.say(topic, about, value.unwrap_or_default());
    }
}

/// What stands between the first `[` and the next `]`.
pub(super) fn bracket(text: &str) -> Option<&str> {
    Some(text.split_once('[')?.1.split_once(']')?.0.trim())
}

/// What stands between the first `[` and the last `]`.
pub(super) fn brackets(text: &str) -> Option<&str> {
    Some(text.split_once('[')?.1.rsplit_once(']')?.0.trim())
}

/// What stands between `name=[` or `name - [` (the name with its sign) and the next `]`.
pub(super) fn named<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    Some(text.split_once(name)?.1.split_once(']')?.0)
}

/// The rules, ready to be asked.
pub(super) struct Table {
    filter: Vec<u64>,
    /// By their key.
    rules: Vec<(u64, &'static Rule)>,
}

impl Table {
    pub(super) fn of(parts: &[&'static [Rule]]) -> Self {
        let all = parts.iter().flat_map(|rules| rules.iter());
        let keyed = all.filter_map(|rule| Some((key(rule.words.as_bytes())?, rule)));
        let mut rules: Vec<(u64, &Rule)> = keyed.collect();
        rules.sort_by_key(|(key, _)| *key);
        let mut filter = vec![0; 1 << (FILTER_BITS - 6)];
        for (key, _) in &rules {
            let bit = filter_bit(*key);
            filter[bit / 64] |= 1 << (bit % 64);
        }
        Self { filter, rules }
    }

    /// The first rule that a message fits, and the bytes behind its words.
    pub(super) fn find<'m>(&self, component: &[u8], message: &'m [u8]) -> Option<(&'static Rule, &'m [u8])> {
        self.find_at(component, message).or_else(|| self.find_at(component, behind_function(message)?))
    }

    fn find_at<'m>(&self, component: &[u8], text: &'m [u8]) -> Option<(&'static Rule, &'m [u8])> {
        let key = key(text)?;
        let bit = filter_bit(key);
        if self.filter[bit / 64] >> (bit % 64) & 1 == 0 {
            return None;
        }
        let first = self.rules.partition_point(|(other, _)| *other < key);
        let candidates = self.rules.iter().skip(first).take_while(|(other, _)| *other == key);
        candidates.map(|(_, rule)| *rule).find_map(|rule| {
            let rest = text.strip_prefix(rule.words.as_bytes())?;
            let fits = rule.of.is_empty() || rule.of.iter().any(|of| of.as_bytes() == component);
            fits.then_some((rule, rest))
        })
    }
}

fn key(text: &[u8]) -> Option<u64> {
    let bytes: [u8; KEY] = text.get(..KEY)?.try_into().ok()?;
    Some(bytes.iter().fold(0, |key, byte| key << 8 | u64::from(*byte)))
}

/// Less than `1 << FILTER_BITS`.
fn filter_bit(key: u64) -> usize {
    (key.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (64 - FILTER_BITS)) as usize
}

/// What stands behind `Class::Function:` or `DISM.EXE:`, without blanks.
fn behind_function(message: &[u8]) -> Option<&[u8]> {
    let mut from = 0;
    loop {
        let rest = message.get(from..)?;
        let length = rest.iter().position(|byte| !(byte.is_ascii_alphanumeric() || b"_.".contains(byte)))?;
        let (name, rest) = rest.split_at_checked(length)?;
        if name.is_empty() || rest.first() != Some(&b':') {
            return None;
        }
        if rest.get(1) != Some(&b':') {
            return Some(rest.get(1..)?.trim_ascii_start());
        }
        from += length + 2;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: &[Rule] = &[
        Rule { of: &["IBS"], words: "Words here [", says: Says::Rest(Topic::Marker, "") },
        Rule { of: &["SP"], words: "Words here", says: Says::Rest(Topic::Script, "") },
        Rule { of: &[], words: "Fn: Longer words", says: Says::Rest(Topic::Script, "") },
    ];

    #[test]
    fn a_rule_is_found_by_words_and_component() {
        let table = Table::of(&[RULES]);
        let find = |component: &str, message: &'static str| {
            let found = table.find(component.as_bytes(), message.as_bytes());
            found.map(|(rule, rest)| (rule.words, std::str::from_utf8(rest).unwrap()))
        };
        assert_eq!(find("IBS", "Words here [x]"), Some(("Words here [", "x]")));
        assert_eq!(find("IBS", "Class::Fn_2:Words here [x]"), Some(("Words here [", "x]")));
        assert_eq!(find("IBS", "Fn:   Words here [x]"), Some(("Words here [", "x]")));
        assert_eq!(find("SP", "Words here [x]"), Some(("Words here", " [x]")));
        assert_eq!(find("CBS", "Words here [x]"), None);
        assert_eq!(find("CBS", "Fn: Longer words"), Some(("Fn: Longer words", "")));
        assert_eq!(find("IBS", "two words: Words here [x]"), None);
        assert_eq!(find("IBS", "Word"), None);
        assert_eq!(find("IBS", "A::B::"), None);
    }

    #[test]
    fn texts_in_brackets() {
        assert_eq!(bracket(" = [a] [b]"), Some("a"));
        assert_eq!(brackets(" = [a [b] c]"), Some("a [b] c"));
        assert_eq!(bracket("[a"), None);
        assert_eq!(named("Index=[7] Name=[x]", "Name=["), Some("x"));
    }
}
