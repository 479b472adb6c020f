//! Differentials of servicing: `f\`, `r\` and `n\` files of component stores. They begin with a checksum of their own, a
//! CRC-32 (that of IEEE 802.3, little-endian) of all that follows, which is a delta `PA30` or `PA31`.

use crc32fast::Hasher;

/// Bytes that tell whether a content is one: the checksum and the signature of the delta.
const HEAD: usize = 8;
const SIGNATURES: [&[u8; 4]; 2] = [b"PA30", b"PA31"];

/// Follows a content from its first byte on.
#[derive(Default)]
pub(super) struct Checksum {
    head: Vec<u8>,
    /// Of a content that is one, the CRC-32 of what came behind the checksum.
    hasher: Option<Hasher>,
}

impl Checksum {
    pub(super) fn update(&mut self, bytes: &[u8]) {
        let (head, rest) = bytes.split_at(bytes.len().min(HEAD - self.head.len()));
        if !head.is_empty() {
            self.head.extend_from_slice(head);
            if let Some(signature) = self.head.get(4..HEAD)
                && SIGNATURES.iter().any(|known| *known == signature)
            {
                let mut hasher = Hasher::new();
                hasher.update(signature);
                self.hasher = Some(hasher);
            }
        }
        if let Some(hasher) = &mut self.hasher {
            hasher.update(rest);
        }
    }

    /// Whether the checksum is right; `None` for a content that is no differential.
    pub(super) fn finish(self) -> Option<bool> {
        let said = self.head.first_chunk().map(|said| u32::from_le_bytes(*said))?;
        self.hasher.map(|hasher| hasher.finalize() == said)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn judged<'p>(pieces: impl IntoIterator<Item = &'p [u8]>) -> Option<bool> {
        let mut checksum = Checksum::default();
        pieces.into_iter().for_each(|piece| checksum.update(piece));
        checksum.finish()
    }

    #[test]
    fn the_checksum_is_the_one_of_ieee() {
        // The check value of this CRC-32: that of "123456789" is cbf43926.
        assert_eq!(crc32fast::hash(b"123456789"), 0xcbf4_3926);
        let sound = [&crc32fast::hash(b"PA31 and so on").to_le_bytes()[..], b"PA31 and so on"].concat();
        assert_eq!(judged([&sound[..]]), Some(true));
        for at in 0..sound.len() {
            let mut changed = sound.clone();
            changed[at] ^= 1;
            // `PA31` becomes `PA30` by its last bit, which is a signature too.
            let is_one = !(4..7).contains(&at);
            assert_eq!(judged([&changed[..]]), is_one.then_some(false), "byte {at}");
        }
        for other in [&b""[..], b"PA30", b"\0\0\0\0PA3", b"PA30....PA30", b"MZ..PE.."] {
            assert_eq!(judged([other]), None);
        }
    }

    proptest! {
        #[test]
        fn it_does_not_matter_how_a_content_is_cut(tail in proptest::collection::vec(any::<u8>(), 0..64), cuts in proptest::collection::vec(0_usize..80, 0..8)) {
            let delta = [&b"PA30"[..], &tail].concat();
            let content = [&crc32fast::hash(&delta).to_le_bytes()[..], &delta].concat();
            let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(content.len())).collect();
            cuts.extend([0, content.len()]);
            cuts.sort_unstable();
            prop_assert_eq!(judged(cuts.windows(2).map(|cut| &content[cut[0]..cut[1]])), Some(true));
        }
    }
}
