//! Merkle tree hashing of RFC 6962: leaf `SHA-256(0x00 || data)`, node `SHA-256(0x01 || left || right)`.

use sha2::{Digest as _, Sha256};

/// A hash of the tree.
pub type Hash = [u8; 32];

/// The hash of a leaf.
pub fn leaf_hash(data: &[u8]) -> Hash {
    Sha256::new().chain_update([0]).chain_update(data).finalize().into()
}

fn node_hash(left: &Hash, right: &Hash) -> Hash {
    Sha256::new().chain_update([1]).chain_update(left).chain_update(right).finalize().into()
}

/// A tree of which only the roots of its complete subtrees are kept: enough to add leaves and to compute the root.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    /// Roots of the complete subtrees, largest first: one for each bit set in `size`.
    peaks: Vec<Hash>,
}

impl Frontier {
    /// Restores a frontier; `None` where the peaks do not fit the size.
    pub fn restore(size: u64, peaks: Vec<Hash>) -> Option<Self> {
        (peaks.len() == size.count_ones() as usize).then_some(Self { size, peaks })
    }

    /// Leaves in the tree.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Roots of the complete subtrees, largest first.
    pub fn peaks(&self) -> &[Hash] {
        &self.peaks
    }

    /// Adds a leaf.
    pub fn push(&mut self, leaf: Hash) {
        let mut hash = leaf;
        for _ in 0..self.size.trailing_ones() {
            if let Some(left) = self.peaks.pop() {
                hash = node_hash(&left, &hash);
            }
        }
        self.peaks.push(hash);
        self.size += 1;
    }

    /// The root; of an empty tree the SHA-256 of nothing.
    pub fn root(&self) -> Hash {
        let mut peaks = self.peaks.iter().rev();
        match peaks.next() {
            None => Sha256::digest([]).into(),
            Some(last) => peaks.fold(*last, |right, left| node_hash(left, &right)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The leaves and roots that implementations of RFC 6962 share as test vectors.
    #[test]
    fn roots_are_those_of_rfc_6962() {
        let leaves = [
            "",
            "00",
            "10",
            "2021",
            "3031",
            "40414243",
            "5051525354555657",
            "606162636465666768696a6b6c6d6e6f",
        ];
        let roots = [
            ("e3b0c442", "b855"),
            ("6e340b9c", "a01d"),
            ("fac54203", "c125"),
            ("aeb6bcfe", "6e77"),
            ("d37ee418", "14b7"),
            ("4e3bbb1f", "64d4"),
            ("76e67dad", "87ef"),
            ("ddb89be4", "4c8c"),
            ("5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328", ""),
        ];
        let mut tree = Frontier::default();
        for (size, (start, end)) in roots.iter().enumerate() {
            let root = hex::encode(tree.root());
            assert!(root.starts_with(start) && root.ends_with(end), "size {size}: {root}");
            if let Some(leaf) = leaves.get(size) {
                tree.push(leaf_hash(&hex::decode(leaf).expect("hex")));
            }
        }
        assert_eq!(Frontier::restore(8, tree.peaks().to_vec()), Some(tree));
        assert_eq!(Frontier::restore(3, vec![[0; 32]]), None);
    }
}
