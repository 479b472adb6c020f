//! From a certificate to a pinned one, by who signed whom.

use super::{anchors::Anchors, certificate::Certificate};

/// Certificates from the signer to the pinned one. Those of Windows have three.
const MAX_LENGTH: usize = 8;

/// Pairs of certificates that are compared for one chain: certificates of one name can be many.
const MAX_STEPS: usize = 512;

/// What the checks of signatures for one chain may cost, see [`Certificate::cost`]. A chain of Windows has three signatures,
/// which cost some 400.
const MAX_COST: u64 = 8192;

/// The subject of the pinned certificate at which the chain of a signer ends, and what it cost to find it.
pub(super) fn anchor_of(
    signer: &Certificate,
    carried: &[Certificate],
    anchors: &Anchors,
) -> (Option<String>, u64) {
    if !signer.serves(false) {
        return (None, 0);
    }
    let mut search = Search { carried, anchors, steps: 0, cost: 0 };
    (search.above(signer, 0).map(Certificate::subject), search.cost)
}

struct Search<'c> {
    carried: &'c [Certificate],
    anchors: &'c Anchors,
    steps: usize,
    cost: u64,
}

impl<'c> Search<'c> {
    /// The pinned certificate above one that has `below` authorities below it. Not deeper than [`MAX_LENGTH`].
    fn above(&mut self, certificate: &Certificate, below: usize) -> Option<&'c Certificate> {
        if below >= MAX_LENGTH {
            return None;
        }
        let (anchors, carried) = (self.anchors, self.carried);
        if let Some(anchor) =
            anchors.certificates().iter().find(|anchor| self.is_above(anchor, certificate, below))
        {
            return Some(anchor);
        }
        for issuer in carried {
            if !issuer.is_same(certificate)
                && self.is_above(issuer, certificate, below)
                && let Some(anchor) = self.above(issuer, below + 1)
            {
                return Some(anchor);
            }
        }
        None
    }

    fn is_above(&mut self, issuer: &Certificate, certificate: &Certificate, below: usize) -> bool {
        self.steps += 1;
        if self.steps > MAX_STEPS || !issuer.is_issuer_of(certificate) || !issuer.is_authority(below) {
            return false;
        }
        self.cost += issuer.cost();
        self.cost <= MAX_COST && issuer.issued(certificate)
    }
}
