//! Bits in 16-bit units and prefix codes, shared by the two compressors.

use std::collections::VecDeque;

/// A prefix code: for each symbol its length in bits (0 when unused) and its code.
pub(crate) struct Code {
    pub(crate) lengths: Vec<u8>,
    codes: Vec<u32>,
}

impl Code {
    /// The code for symbols of these frequencies, no length above `limit`.
    ///
    /// With any symbol in use at least two get a code, so that the code is complete.
    pub(crate) fn of(frequencies: &[u32], limit: u8) -> Self {
        let mut weights = frequencies.to_vec();
        let used = weights.iter().filter(|&&weight| weight > 0).count();
        if used == 1 {
            let spare = usize::from(weights[0] > 0);
            weights[spare] = 1;
        }
        loop {
            let lengths = lengths(&weights);
            if lengths.iter().all(|&length| length <= limit) {
                let codes = canonical(&lengths);
                return Self { lengths, codes };
            }
            // Flatter weights give a flatter tree.
            for weight in weights.iter_mut().filter(|weight| **weight > 0) {
                *weight = *weight / 2 + 1;
            }
        }
    }
}

/// Lengths of the Huffman code of these weights; all zero when no symbol is used.
fn lengths(weights: &[u32]) -> Vec<u8> {
    // Leaves come first, then inner nodes; each joins the two lightest that have no parent.
    let mut leaves: Vec<usize> = (0..weights.len()).filter(|&s| weights[s] > 0).collect();
    leaves.sort_by_key(|&symbol| weights[symbol]);
    let count = leaves.len();
    let mut weight: Vec<u64> = leaves.iter().map(|&s| u64::from(weights[s])).collect();
    let mut parent = vec![0; 2 * count];
    let (mut leaf, mut inner) = (0, count);
    while weight.len() + 1 < 2 * count {
        let made = weight.len();
        let mut sum = 0;
        for _ in 0..2 {
            let leaf_first = leaf < count && (inner == made || weight[leaf] <= weight[inner]);
            let pick = if leaf_first { &mut leaf } else { &mut inner };
            sum += weight[*pick];
            parent[*pick] = made;
            *pick += 1;
        }
        weight.push(sum);
    }
    let mut depth = vec![0_u8; weight.len()];
    for node in (0..weight.len().saturating_sub(1)).rev() {
        depth[node] = depth[parent[node]].saturating_add(1);
    }
    let mut out = vec![0; weights.len()];
    for (place, &symbol) in leaves.iter().enumerate() {
        out[symbol] = depth[place];
    }
    out
}

/// Codes in the order of (length, symbol).
fn canonical(lengths: &[u8]) -> Vec<u32> {
    let mut codes = vec![0; lengths.len()];
    let mut next = 0;
    for length in 1..=16 {
        next <<= 1;
        for (code, _) in codes.iter_mut().zip(lengths).filter(|(_, known)| **known == length) {
            *code = next;
            next += 1;
        }
    }
    codes
}

/// Collects bits, most significant first, into little-endian 16-bit units.
///
/// A reader may hold more units than the one it consumes: then the room of a unit is taken that
/// much earlier, and bytes put between the units stand where the reader looks for them.
pub(crate) struct Bits {
    out: Vec<u8>,
    rooms: VecDeque<usize>,
    unit: usize,
    free: usize,
}

impl Bits {
    /// A writer that continues `out`, for a reader that holds `ahead` units more than it needs.
    pub(crate) fn new(out: Vec<u8>, ahead: usize) -> Self {
        let mut made = Self { out, rooms: VecDeque::new(), unit: 0, free: 0 };
        (0..ahead).for_each(|_| made.take_room());
        made
    }

    fn take_room(&mut self) {
        self.rooms.push_back(self.out.len());
        self.out.extend([0; 2]);
    }

    /// Writes the low `count` bits of `value`.
    pub(crate) fn put(&mut self, value: u32, count: u32) {
        for shift in (0..count).rev() {
            if self.free == 0 {
                self.take_room();
                self.unit = self.rooms.pop_front().unwrap_or_default();
                self.free = 16;
            }
            self.free -= 1;
            if value >> shift & 1 == 1 {
                self.out[self.unit + self.free / 8] |= 1 << (self.free % 8);
            }
        }
    }

    /// Writes a symbol.
    pub(crate) fn symbol(&mut self, code: &Code, symbol: usize) {
        debug_assert!(code.lengths[symbol] > 0, "a symbol with a code");
        self.put(code.codes[symbol], u32::from(code.lengths[symbol]));
    }

    /// Puts bytes where the reader stands.
    pub(crate) fn bytes(&mut self, bytes: &[u8]) {
        self.out.extend_from_slice(bytes);
    }

    /// Skips to the next unit; a whole unit where one begins just here.
    pub(crate) fn skip_to_unit(&mut self) {
        if self.free == 0 {
            self.put(0, 16);
        }
        self.free = 0;
    }

    pub(crate) fn finish(self) -> Vec<u8> {
        self.out
    }
}

#[cfg(test)]
mod tests {
    use super::Code;

    #[test]
    fn codes_are_complete_and_short_enough() {
        let steep: Vec<u32> = (0..30).map(|order| 1 << order).collect();
        for weights in [vec![0, 5, 0], vec![7], vec![3, 3], steep, vec![1; 100]] {
            for limit in [7, 15, 16] {
                let mut weights = weights.clone();
                weights.resize(weights.len().max(2), 0);
                let code = Code::of(&weights, limit);
                let used = code.lengths.iter().filter(|&&length| length > 0);
                let sum: u32 = used.map(|&length| 1 << (16 - length)).sum();
                assert_eq!(sum, 1 << 16, "{weights:?} {limit}");
                assert!(code.lengths.iter().all(|&length| length <= limit));
            }
        }
        assert!(Code::of(&[0; 4], 15).lengths.iter().all(|&length| length == 0));
    }
}
