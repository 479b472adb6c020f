//! What no policy can change: which rules can be waived and by which digest, which can be known, which can weigh less.

use crate::judge::{Rule, RuleId, Severity, Verdict};

/// The digest that a waiver of a rule has to name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pin {
    /// That of the file: the finding concerns the file, or who the image is.
    File,
    /// That of the file or of the tree: the finding is on the files of the image, wherever it is exported to.
    Tree,
}

/// Nothing was judged where one of these speaks: there is nothing to excuse.
const NOT_JUDGED: [RuleId; 5] = [
    RuleId::UNREADABLE,
    RuleId::UNSUPPORTED,
    RuleId::ENCRYPTED,
    RuleId::INACCESSIBLE,
    RuleId::BAD_FACTS_FILE,
];

/// Findings on the tree of an image, besides those on its health.
const OF_THE_TREE: [RuleId; 2] = [RuleId::ODD_TREE, RuleId::AMBIGUOUS_TREE];

/// Rules that a baseline never knows, besides those on damage: the image was taken back, or is not what it says.
const NEVER_KNOWN: [RuleId; 5] = [
    RuleId::REVOKED,
    RuleId::IMPERSONATION,
    RuleId::CONFUSABLE_NAME,
    RuleId::ALTERED_FILE,
    RuleId::OTHERS_NAME,
];

fn family(rule: &Rule) -> u8 {
    rule.id.as_bytes().get(2).copied().unwrap_or_default()
}

impl RuleId {
    /// Whether it is about an image or its file, and something was judged. The registry's and the policy's own rules are
    /// not, nor are those on evidence.
    pub fn is_of_an_image(self) -> bool {
        matches!(family(self.rule()), b'1'..=b'3') && !NOT_JUDGED.contains(&self)
    }

    /// Whether something could not be read, so that it is no answer.
    pub fn prevents_judgement(self) -> bool {
        NOT_JUDGED.contains(&self)
    }

    /// Whether it is about the registry: may its answer be believed?
    pub fn is_of_the_registry(self) -> bool {
        family(self.rule()) == b'5' && self.rule().id < Self::WAIVER_EXPIRED.rule().id
    }

    /// The digest that a waiver has to name; `None` where it cannot be waived.
    pub fn pin(self) -> Option<Pin> {
        let of_the_tree = family(self.rule()) == b'3' || OF_THE_TREE.contains(&self);
        self.is_of_an_image().then_some(if of_the_tree { Pin::Tree } else { Pin::File })
    }

    /// Whether a baseline can know it.
    pub fn can_be_known(self) -> bool {
        self.is_of_an_image() && !self.rule().damage && !NEVER_KNOWN.contains(&self)
    }

    /// Whether a policy may give it this weight. Identity, damage and what was not judged never weigh less.
    pub fn may_weigh(self, severity: Severity) -> bool {
        let rule = self.rule();
        let identity = family(rule) == b'1' && (rule.severity == Severity::Deny || self == Self::WEAK_MATCH);
        self.is_of_an_image() && (severity >= rule.severity || !(identity || rule.damage))
    }

    /// Whether a finding of this rule and severity is what a verdict rests on.
    pub(super) fn bears(self, severity: Severity, verdict: Verdict) -> bool {
        match verdict {
            Verdict::Approved | Verdict::Undecided => false,
            Verdict::Consistent => self == Self::WEAK_MATCH,
            Verdict::OutOfScope => self == Self::OUT_OF_SCOPE,
            Verdict::Expired => {
                [Self::NOT_VALID_NOW, Self::SUPERSEDED, Self::APPROVAL_TOO_OLD].contains(&self)
            }
            Verdict::Revoked => self == Self::REVOKED,
            Verdict::Unhealthy => severity == Severity::Deny,
            Verdict::Rogue => self == Self::NOT_IN_REGISTRY,
            Verdict::Impostor => self == Self::IMPERSONATION || self == Self::OTHERS_NAME,
            Verdict::Tampered => self.rule().damage,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_decides_on_trust_is_beyond_every_policy() {
        for rule in RuleId::all() {
            let id = rule.rule().id;
            if id.starts_with("WP5") || id.starts_with("WP4") || NOT_JUDGED.contains(&rule) {
                assert_eq!(rule.pin(), None, "{id}");
                assert!(!rule.can_be_known() && !rule.may_weigh(Severity::Info), "{id}");
            }
            if rule.rule().damage {
                // The tree names the bytes of files by their hashes, and not what stands in their place.
                assert_eq!(rule.pin() == Some(Pin::Tree), id.starts_with("WP3"), "{id}");
                assert!(!rule.can_be_known() && !rule.may_weigh(Severity::Warn), "{id}");
            }
            // Whatever can be known can be waived; not the other way round.
            assert!(!rule.can_be_known() || rule.pin().is_some(), "{id}");
            assert!(rule.pin().is_none() || rule.may_weigh(Severity::Deny), "{id}");
        }
        for identity in [RuleId::NOT_IN_REGISTRY, RuleId::REVOKED, RuleId::IMPERSONATION, RuleId::WEAK_MATCH]
        {
            assert!(!identity.may_weigh(Severity::Info));
        }
        assert!(RuleId::HIDDEN_IMAGE.may_weigh(Severity::Warn));
    }

    #[test]
    fn every_answer_but_two_rests_on_something() {
        for verdict in Verdict::ALL {
            let borne = RuleId::all().any(|rule| rule.bears(rule.rule().severity, *verdict));
            assert_eq!(borne, !matches!(verdict, Verdict::Approved | Verdict::Undecided), "{verdict:?}");
        }
    }
}
