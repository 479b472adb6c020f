//! Random choices that a seed repeats.

use std::env;

/// A generator (`SplitMix64`).
pub(crate) struct Random(u64);

impl Random {
    /// The generator of a round: `WIMPROOF_SEED`, or a seed made from the clock. Prints what to set to get the same
    /// again.
    pub(crate) fn of_round(test: &str, round: u64) -> Self {
        let seed = number("WIMPROOF_SEED").unwrap_or_else(seed_from_clock);
        println!("{test}: round {round}, WIMPROOF_SEED={seed}");
        let salt = test.bytes().fold(0, |salt: u64, byte| salt.wrapping_mul(257) + u64::from(byte));
        let mut random = Self(seed ^ salt.rotate_left(17) ^ round.rotate_left(40));
        random.next();
        random
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// Below `n`, which is not 0.
    pub(crate) fn below(&mut self, n: usize) -> usize {
        usize::try_from(self.next() % n as u64).unwrap()
    }

    /// Once in `n` times.
    pub(crate) fn once_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    pub(crate) fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }

    pub(crate) fn bytes(&mut self, length: usize) -> Vec<u8> {
        let mut bytes: Vec<u8> = (0..length.div_ceil(8)).flat_map(|_| self.next().to_le_bytes()).collect();
        bytes.truncate(length);
        bytes
    }

    /// Takes `count` of a list, in the order of the list.
    pub(crate) fn sample<T>(&mut self, mut from: Vec<T>, count: usize) -> Vec<T> {
        while from.len() > count {
            from.remove(self.below(from.len()));
        }
        from
    }
}

/// Rounds of a random test.
pub(crate) fn rounds() -> u64 {
    number("WIMPROOF_ROUNDS").unwrap_or(2)
}

fn number(variable: &str) -> Option<u64> {
    env::var(variable).ok().map(|text| text.parse().expect("a number"))
}

fn seed_from_clock() -> u64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    now.map_or(0, |since| u64::from(since.subsec_nanos()) ^ since.as_secs() << 20)
}
