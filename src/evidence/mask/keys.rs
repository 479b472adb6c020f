//! Product keys and recovery passwords: groups of characters with dashes or blanks between them.

use std::ops::Range;

use super::{MASKED_KEY, MASKED_RECOVERY, Secret};
use crate::sighting::names::is_invisible;

/// Characters by which two groups are kept apart at most: a dash, and blanks around it.
const MAX_GAP: usize = 4;

/// Letters and digits of which product keys are made; `N` stands in those of Windows 8 and later.
const ALPHABET: &[u8] = b"BCDFGHJKMNPQRTVWXY2346789";

/// Characters of a group of a product key; there are as many groups.
const GROUP: usize = 5;

/// Digits of a group of a recovery password of `BitLocker`, and groups.
const RECOVERY: (usize, usize) = (6, 8);

/// Letters and digits in a row; what does not show may stand between them.
struct Word {
    /// Where each of its letters and digits stands.
    places: Vec<Range<usize>>,
    in_alphabet: bool,
    digits: bool,
    /// What is between this word and the next.
    gap: Gap,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Gap {
    Dash,
    Blank,
    Other,
}

/// Product keys: five groups of five letters or digits with dashes of any kind between them, or with blanks where only
/// letters of product keys stand in them; and recovery passwords.
pub(super) fn find(text: &str) -> Vec<Secret> {
    let words = words(text);
    let mut found: Vec<Secret> = Vec::new();
    let mut at = 0;
    while let Some(rest) = words.get(at..).filter(|rest| !rest.is_empty()) {
        let (secret, taken) = match (product_key(rest), recovery_password(rest)) {
            (Some((range, taken)), _) => (Some((range, MASKED_KEY)), taken),
            (None, Some(range)) => (Some((range, MASKED_RECOVERY)), RECOVERY.1),
            (None, None) => (None, 1),
        };
        found.extend(secret);
        at += taken;
    }
    found
}

/// Where a key stands that begins in the first of these words, and how many of them it takes.
fn product_key(words: &[Word]) -> Option<(Range<usize>, usize)> {
    let (first, last) = (words.first()?, words.get(GROUP - 1)?);
    let begin = first.places.len().checked_sub(GROUP)?;
    let middle = words.get(1..GROUP - 1)?;
    let fits = middle.iter().all(|word| word.places.len() == GROUP) && last.places.len() >= GROUP;
    let gaps = || words.iter().take(GROUP - 1).map(|word| word.gap);
    let letters = || words.iter().take(GROUP).all(|word| word.in_alphabet);
    if !fits || gaps().any(|gap| gap == Gap::Other) || (gaps().any(|gap| gap == Gap::Blank) && !letters()) {
        return None;
    }
    // What goes on like a key is part of it.
    let more = words.windows(2).skip(GROUP - 1).take_while(|pair| match pair {
        [before, word] => {
            before.places.len() == GROUP && before.gap == Gap::Dash && word.places.len() >= GROUP
        }
        _ => false,
    });
    let taken = GROUP + more.count();
    let end = words.get(taken - 1)?.places.get(GROUP - 1)?.end;
    Some((first.places.get(begin)?.start..end, taken))
}

fn recovery_password(words: &[Word]) -> Option<Range<usize>> {
    let (digits, groups) = RECOVERY;
    let words = words.get(..groups)?;
    let fits = words.iter().all(|word| word.digits && word.places.len() == digits);
    let joined = words.iter().take(groups - 1).all(|word| word.gap == Gap::Dash);
    (fits && joined).then(|| Some(words.first()?.places.first()?.start..words.last()?.places.last()?.end))?
}

fn words(text: &str) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
    let mut chars = text.char_indices().peekable();
    while let Some((_, c)) = chars.peek().copied() {
        if plain(c).is_none() {
            chars.next();
            continue;
        }
        let mut word = Word { places: Vec::new(), in_alphabet: true, digits: true, gap: Gap::Other };
        while let Some((at, c)) = chars.next_if(|(_, c)| plain(*c).is_some() || is_hidden(*c)) {
            if let Some(letter) = plain(c) {
                word.in_alphabet &= ALPHABET.contains(&letter);
                word.digits &= letter.is_ascii_digit();
                word.places.push(at..at + c.len_utf8());
            }
        }
        let mut gap = Vec::new();
        while let Some((_, c)) = chars.next_if(|(_, c)| gap.len() <= MAX_GAP && plain(*c).is_none()) {
            gap.push(c);
        }
        word.gap = kind(&gap);
        words.push(word);
    }
    words
}

fn kind(gap: &[char]) -> Gap {
    let known = gap.iter().all(|c| is_dash(*c) || c.is_whitespace() || is_hidden(*c));
    match known && !gap.is_empty() && gap.len() <= MAX_GAP {
        true if gap.iter().any(|c| is_dash(*c)) => Gap::Dash,
        true => Gap::Blank,
        false => Gap::Other,
    }
}

/// A letter or digit of ASCII, in upper case, also where it is written in full width.
fn plain(c: char) -> Option<u8> {
    let c = match c {
        '\u{ff10}'..='\u{ff5a}' => char::from_u32(u32::from(c) - 0xfee0)?,
        c => c,
    };
    u8::try_from(c).ok().filter(u8::is_ascii_alphanumeric).map(|letter| letter.to_ascii_uppercase())
}

fn is_hidden(c: char) -> bool {
    !c.is_ascii() && is_invisible(c)
}

/// Dashes, minus signs, the low line; and what is left of a dash in a log that was saved in another code page.
fn is_dash(c: char) -> bool {
    matches!(
        c,
        '-' | '_' | '\u{2010}'
            ..='\u{2015}'
                | '\u{2043}'
                | '\u{207b}'
                | '\u{208b}'
                | '\u{2212}'
                | '\u{2e3a}'
                | '\u{2e3b}'
                | '\u{30fc}'
                | '\u{4e00}'
                | '\u{fe31}'
                | '\u{fe32}'
                | '\u{fe58}'
                | '\u{fe63}'
                | '\u{ff0d}'
                | '\u{ff3f}'
                | '\u{fffd}'
    )
}
