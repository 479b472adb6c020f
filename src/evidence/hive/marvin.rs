//! Marvin32, the hash with which Windows guards the entries of transaction logs.
//!
//! Described by Microsoft's patent US 8,555,041 and the sources of .NET (MIT); the seed for logs by the public format
//! description of M. Suhanov.

/// The seed that transaction logs use.
pub(super) const LOG_SEED: u64 = 0xc555_4e7a_884d_ef82;

struct State {
    low: u32,
    high: u32,
}

impl State {
    fn mix(&mut self, word: u32) {
        self.low = self.low.wrapping_add(word);
        self.high ^= self.low;
        self.low = self.low.rotate_left(20).wrapping_add(self.high);
        self.high = self.high.rotate_left(9) ^ self.low;
        self.low = self.low.rotate_left(27).wrapping_add(self.high);
        self.high = self.high.rotate_left(19);
    }
}

/// The hash of some bytes: the low half of the state stands in the low 32 bits.
pub(super) fn marvin32(seed: u64, data: &[u8]) -> u64 {
    let [a, b, c, d, e, f, g, h] = seed.to_le_bytes();
    let mut state = State { low: u32::from_le_bytes([a, b, c, d]), high: u32::from_le_bytes([e, f, g, h]) };
    let (words, rest) = data.as_chunks::<4>();
    for word in words {
        state.mix(u32::from_le_bytes(*word));
    }
    // What is left over is closed by a byte 0x80.
    let mut last = [0; 4];
    for (to, from) in last.iter_mut().zip(rest.iter().chain(&[0x80])) {
        *to = *from;
    }
    state.mix(u32::from_le_bytes(last));
    state.mix(0);
    u64::from(state.high) << 32 | u64::from(state.low)
}

#[cfg(test)]
mod tests {
    use super::marvin32;

    /// Test vectors that implementations share.
    #[test]
    fn known_hashes() {
        const SEED: u64 = 0x004f_b61a_001b_dbcc;
        let known: [(&str, u64); 8] = [
            ("", 0x30ed_35c1_00cd_3c7d),
            ("af", 0x48e7_3fc7_7d75_ddc1),
            ("e70f", 0xb5f6_e1fc_485d_bff8),
            ("37f495", 0xf0b0_7c78_9b8c_f7e8),
            ("8642dc59", 0x7008_f2e8_7e9c_f556),
            ("153fb79826", 0xe6c0_8c6d_a2af_a997),
            ("0932e6246c47", 0x6f04_bf1a_5ea2_4060),
            ("ab427ea8d10fc7", 0xe118_47e4_f067_8c41),
        ];
        for (data, hash) in known {
            assert_eq!(marvin32(SEED, &hex::decode(data).expect("hex")), hash, "{data}");
        }
    }
}
