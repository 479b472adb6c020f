//! Finding repetitions: greedy, one candidate for each hash.

/// A piece of the data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Token {
    Literal(u8),
    Match { length: usize, offset: usize },
}

/// What matches may look like.
#[derive(Clone, Copy)]
pub(crate) struct Limits {
    /// Shortest match, 2 or 3. Matches of two bytes are only taken from near by.
    pub(crate) shortest: usize,
    /// Longest match.
    pub(crate) longest: usize,
    /// Farthest match.
    pub(crate) farthest: usize,
}

const NONE: usize = usize::MAX;

/// Cuts data into literals and matches.
pub(crate) fn tokens(data: &[u8], limits: Limits) -> Vec<Token> {
    let mut threes = vec![NONE; 1 << 15];
    let mut twos = vec![NONE; 1 << 16];
    let mut out = Vec::new();
    let mut at = 0;
    while at < data.len() {
        let three = remember(&mut threes, data, at, 3);
        let two = remember(&mut twos, data, at, 2);
        let candidates = [(three, limits.farthest, 3), (two, limits.farthest.min(64), 2)];
        let found = candidates.into_iter().find_map(|(from, farthest, shortest)| {
            if from == NONE || at - from > farthest || shortest < limits.shortest {
                return None;
            }
            let length = common(data, from, at, limits.longest);
            (length >= shortest).then_some((length, at - from))
        });
        let Some((length, offset)) = found else {
            out.push(Token::Literal(data[at]));
            at += 1;
            continue;
        };
        out.push(Token::Match { length, offset });
        for inside in at + 1..at + length {
            remember(&mut threes, data, inside, 3);
            remember(&mut twos, data, inside, 2);
        }
        at += length;
    }
    out
}

/// Notes the position under its first bytes; gives the one noted before.
fn remember(heads: &mut [usize], data: &[u8], at: usize, length: usize) -> usize {
    let Some(bytes) = data.get(at..at + length) else {
        return NONE;
    };
    let key = bytes.iter().fold(0, |key: usize, &byte| key * 37 + usize::from(byte));
    let size = heads.len();
    std::mem::replace(&mut heads[key % size], at)
}

fn common(data: &[u8], from: usize, at: usize, longest: usize) -> usize {
    let ahead = data[from..].iter().zip(&data[at..]).take(longest);
    ahead.take_while(|(left, right)| left == right).count()
}

#[cfg(test)]
mod tests {
    use super::{Limits, Token, tokens};

    #[test]
    fn tokens_stand_for_the_data() {
        let data = b"abababab, and then ab again: then and, abababab. xyxy".repeat(3);
        let limits = Limits { shortest: 2, longest: 257, farthest: 200 };
        let found = tokens(&data, limits);
        let mut out = Vec::new();
        for token in &found {
            match *token {
                Token::Literal(byte) => out.push(byte),
                Token::Match { length, offset } => {
                    assert!((2..=257).contains(&length) && offset <= 200);
                    (0..length).for_each(|_| out.push(out[out.len() - offset]));
                }
            }
        }
        assert_eq!(out, data);
        assert!(found.len() < 60);
    }
}
