//! From a certificate to a pinned one, by who signed whom.

use super::{anchors::Anchors, certificate::Certificate};

/// Certificates from the signer to the pinned one. Those of Windows have three.
const MAX_LENGTH: usize = 8;

/// Pairs of certificates that are compared for one chain: certificates of one name can be many.
const MAX_STEPS: usize = 512;

/// The subject of the pinned certificate at which the chain of a signer ends.
pub(super) fn anchor_of(signer: &Certificate, carried: &[Certificate], anchors: &Anchors) -> Option<String> {
    if !signer.serves(false) {
        return None;
    }
    let mut search = Search { carried, anchors, steps: 0 };
    search.above(signer, 0).map(Certificate::subject)
}

struct Search<'c> {
    carried: &'c [Certificate],
    anchors: &'c Anchors,
    steps: usize,
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
        self.steps <= MAX_STEPS && issuer.is_authority(below) && issuer.issued(certificate)
    }
}
