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

fn root_of(leaves: &[Hash]) -> Hash {
    let mut tree = Frontier::default();
    for leaf in leaves {
        tree.push(*leaf);
    }
    tree.root()
}

/// Where a tree of more than one leaf is cut in two: the largest power of two below its size.
fn cut(size: usize) -> usize {
    1 << (size - 1).ilog2()
}

/// The hashes that lead from a leaf to the root, from the bottom up (RFC 6962, 2.1.1); `None` where there is no such leaf.
pub fn inclusion_proof(leaves: &[Hash], index: usize) -> Option<Vec<Hash>> {
    let (mut tree, mut index, mut proof) = (leaves, index, Vec::new());
    if index >= tree.len() {
        return None;
    }
    while tree.len() > 1 {
        let (left, right) = tree.split_at(cut(tree.len()));
        (tree, index) = match index.checked_sub(left.len()) {
            None => {
                proof.push(root_of(right));
                (left, index)
            }
            Some(index) => {
                proof.push(root_of(left));
                (right, index)
            }
        };
    }
    proof.reverse();
    Some(proof)
}

/// Whether a leaf stands at `index` in the tree of this size and root (RFC 9162, 2.1.3.2).
pub fn is_included(leaf: Hash, index: u64, proof: &[Hash], size: u64, root: &Hash) -> bool {
    if index >= size {
        return false;
    }
    let (mut place, mut last, mut hash) = (index, size - 1, leaf);
    for step in proof {
        if last == 0 {
            return false;
        }
        if place & 1 == 1 || place == last {
            hash = node_hash(step, &hash);
            while place & 1 == 0 && place != 0 {
                (place, last) = (place >> 1, last >> 1);
            }
        } else {
            hash = node_hash(&hash, step);
        }
        (place, last) = (place >> 1, last >> 1);
    }
    last == 0 && hash == *root
}

/// The hashes that show that the tree of all leaves continues that of the first `size` (RFC 6962, 2.1.2); `None` where
/// there are not so many.
pub fn consistency_proof(leaves: &[Hash], size: usize) -> Option<Vec<Hash>> {
    let (mut tree, mut size, mut whole, mut proof) = (leaves, size, true, Vec::new());
    if size > tree.len() {
        return None;
    }
    if size == 0 {
        return Some(proof);
    }
    while size < tree.len() {
        let (left, right) = tree.split_at(cut(tree.len()));
        (tree, size) = match size.checked_sub(left.len()).filter(|rest| *rest > 0) {
            None => {
                proof.push(root_of(right));
                (left, size)
            }
            Some(rest) => {
                proof.push(root_of(left));
                whole = false;
                (right, rest)
            }
        };
    }
    if !whole {
        proof.push(root_of(tree));
    }
    proof.reverse();
    Some(proof)
}

/// Whether the tree of one size and root continues that of an earlier size and root (RFC 9162, 2.1.4.2).
pub fn is_consistent(first: (u64, &Hash), second: (u64, &Hash), proof: &[Hash]) -> bool {
    let ((first, first_root), (second, second_root)) = (first, second);
    if first == 0 || first >= second {
        let same = first == 0 && *first_root == Frontier::default().root()
            || first == second && first_root == second_root;
        return same && proof.is_empty();
    }
    // Of a whole subtree the root need not be told.
    let own = first.is_power_of_two().then_some(first_root);
    let mut steps = own.into_iter().chain(proof);
    let Some(start) = steps.next() else { return false };
    let (mut place, mut last) = (first - 1, second - 1);
    while place & 1 == 1 {
        (place, last) = (place >> 1, last >> 1);
    }
    let (mut old, mut new) = (*start, *start);
    for step in steps {
        if last == 0 {
            return false;
        }
        if place & 1 == 1 || place == last {
            (old, new) = (node_hash(step, &old), node_hash(step, &new));
            while place & 1 == 0 && place != 0 {
                (place, last) = (place >> 1, last >> 1);
            }
        } else {
            new = node_hash(&new, step);
        }
        (place, last) = (place >> 1, last >> 1);
    }
    last == 0 && old == *first_root && new == *second_root
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn leaves(count: usize) -> Vec<Hash> {
        (0..count).map(|n| leaf_hash(&n.to_be_bytes())).collect()
    }

    #[test]
    fn every_leaf_is_proved_and_no_other() {
        for size in 1..=67_usize {
            let leaves = leaves(size);
            let root = root_of(&leaves);
            for index in 0..size {
                let proof = inclusion_proof(&leaves, index).expect("a leaf");
                for claimed in 0..=size {
                    let included = is_included(leaves[index], claimed as u64, &proof, size as u64, &root);
                    assert_eq!(included, claimed == index, "{claimed} for {index} of {size}");
                }
                let other = leaves[(index + 1) % size];
                assert_eq!(is_included(other, index as u64, &proof, size as u64, &root), size == 1);
            }
            assert_eq!(inclusion_proof(&leaves, size), None);
        }
    }

    #[test]
    fn every_growth_is_proved_and_no_other() {
        for size in 0..=67_usize {
            let all = leaves(size);
            let root = root_of(&all);
            for first in 0..=size {
                let old = root_of(&all[..first]);
                let proof = consistency_proof(&all, first).expect("not longer");
                let proved = |old: &Hash, proof: &[Hash]| {
                    is_consistent((first as u64, old), (size as u64, &root), proof)
                };
                assert!(proved(&old, &proof), "{first} of {size}");
                assert!(!proved(&leaf_hash(b"another"), &proof), "{first} of {size}, other root");
                assert!(first == 0 || first == size || !proved(&old, &proof[1..]), "{first} of {size}, cut");
                let longer = [proof.as_slice(), &[[0; 32]]].concat();
                assert!(!proved(&old, &longer), "{first} of {size}, longer");
            }
        }
    }

    proptest! {
        #[test]
        fn a_changed_proof_proves_nothing(
            size in 2_usize..200, index in any::<prop::sample::Index>(), at in any::<prop::sample::Index>(), bit in 0_usize..256,
        ) {
            let leaves = leaves(size);
            let (root, index) = (root_of(&leaves), index.index(size));
            let mut proof = inclusion_proof(&leaves, index).expect("a leaf");
            let at = at.index(proof.len());
            proof[at][bit / 8] ^= 1 << (bit % 8);
            prop_assert!(!is_included(leaves[index], index as u64, &proof, size as u64, &root));
        }
    }

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
