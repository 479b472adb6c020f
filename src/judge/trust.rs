//! What keeps a registry, or an approval in it, from being believed.

use chrono::{DateTime, Utc};

use super::{
    Finding, Judgement, Policy, Quote, RuleId,
    compare::approval,
    image,
    phrase::{Argument, PhraseId, Said, text},
    whole,
};
use crate::{
    registry::{Admission, Error, Lack, Standing},
    sighting::{Subject, Value},
};

/// Judges all images of a subject by tickets alone.
pub fn by_tickets(
    subject: &Subject,
    tickets: &[Admission],
    policy: &Policy,
    now: DateTime<Utc>,
) -> Judgement {
    let standings: Vec<Standing> = tickets.iter().map(|ticket| ticket.standing.clone()).collect();
    let images = subject.images.iter().map(|sighting| {
        let mut judgement = image(subject, sighting, &standings, policy, now);
        let used = judgement.approval.as_ref().map(|standing| standing.id);
        judgement.findings.extend(tickets.iter().filter(|t| Some(t.standing.id) == used).map(used_ticket));
        judgement
    });
    whole(subject, images.collect())
}

/// What a ticket cannot know.
fn used_ticket(ticket: &Admission) -> Finding {
    let name = Argument::from(approval(&ticket.standing));
    let said = PhraseId::TICKET_KNOWS.of([name, text(ticket.head.size), time(ticket.signed_at)]);
    Finding::said(RuleId::TICKET_ONLY, said, Vec::new())
}

/// The finding that a registry, or a ticket, cannot be used.
pub(super) fn finding_of(error: &Error, evidence: Vec<Quote>) -> Finding {
    let told = |rule: RuleId, said: Said, evidence| Finding::said(rule, said, evidence);
    match error {
        Error::HeadNotSigned { expected, .. } => {
            told(RuleId::HEAD_NOT_SIGNED, PhraseId::HEAD_NOT_SIGNED.of([text(expected)]), evidence)
        }
        Error::BadHeadSignature { key, .. } => {
            told(RuleId::HEAD_NOT_SIGNED, PhraseId::HEAD_SIGNATURE.of([text(key)]), evidence)
        }
        Error::RolledBack { size, seen, by, .. } => {
            let said = PhraseId::LOG_ROLLED_BACK.of([text(size), text(seen), who(by.as_ref())]);
            told(RuleId::REGISTRY_ROLLED_BACK, said, evidence)
        }
        Error::Forked { size, by, .. } => {
            let said = PhraseId::FORKED.of([text(size), who(by.as_ref())]);
            told(RuleId::REGISTRY_FORKED, said, evidence)
        }
        Error::OtherOrigin { found, expected, .. } => {
            told(RuleId::OTHER_REGISTRY, PhraseId::OTHER_ORIGIN.of([text(found), text(expected)]), evidence)
        }
        Error::Stale { signed, max_hours, .. } => {
            told(RuleId::REGISTRY_STALE, PhraseId::STALE.of([time(*signed), text(max_hours)]), evidence)
        }
        Error::SignedInFuture { signed, now, .. } => {
            let said = PhraseId::SIGNED_IN_FUTURE.of([time(Some(*signed)), time(Some(*now))]);
            told(RuleId::SIGNED_IN_FUTURE, said, evidence)
        }
        Error::NoQuorum { have, need, .. } => {
            told(RuleId::NO_QUORUM, PhraseId::NO_QUORUM.of([text(have), text(need)]), evidence)
        }
        Error::BadTicket { message, .. } => {
            told(RuleId::BAD_TICKET, PhraseId::BAD_TICKET.of([text(message)]), evidence)
        }
        Error::Truncated { path, found, expected } => {
            let said = PhraseId::ENTRIES_REMOVED.of([text(path.display()), text(found), text(expected)]);
            told(RuleId::REGISTRY_TRUNCATED, said, evidence)
        }
        Error::RootMismatch { path, size, found, expected } => {
            let path = text(path.display());
            let said = PhraseId::ROOT_DIFFERS.of([path, text(found), text(size), text(expected)]);
            told(RuleId::REGISTRY_CHANGED, said, evidence)
        }
        Error::Uncounted { path, entries } => {
            let said = PhraseId::ENTRIES_UNCOUNTED.of([text(path.display()), text(entries)]);
            told(RuleId::REGISTRY_UNCOUNTED, said, evidence)
        }
        _ => told(RuleId::REGISTRY_UNREADABLE, PhraseId::REGISTRY_TELLS.of([text(error)]), evidence),
    }
}

fn who(witness: Option<&String>) -> Argument {
    witness.map_or_else(|| PhraseId::THIS_GATE.of([]), |name| PhraseId::WITNESS.of([text(name)])).into()
}

fn time(at: Option<DateTime<Utc>>) -> Argument {
    at.map_or_else(|| PhraseId::NEVER_SIGNED.of([]).into(), |at| text(Value::Time(at)))
}

/// The finding that an approval lacks signatures, or witnesses.
pub(super) fn lacking(approval: Argument, lack: &Lack) -> Finding {
    let (have, need) = (text(lack.have), text(lack.need));
    let (rule, said) = if lack.unwitnessed {
        (RuleId::NOT_WITNESSED, PhraseId::UNWITNESSED.of([approval]))
    } else if !lack.bad.is_empty() {
        let bad = text(lack.bad.join("; "));
        (RuleId::BAD_SIGNATURE, PhraseId::BAD_SIGNATURES.of([approval, have, need, bad]))
    } else if !lack.unknown.is_empty() {
        let unknown = text(lack.unknown.join(", "));
        (RuleId::UNKNOWN_KEY, PhraseId::UNKNOWN_KEYS.of([approval, have, need, unknown]))
    } else {
        (RuleId::THRESHOLD_UNMET, PhraseId::LACKS_SIGNATURES.of([approval, have, need]))
    };
    Finding::said(rule, said, Vec::new())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_the_log_are_those_of_its_errors() {
        let path = std::path::PathBuf::from("log");
        let (found, expected) = ("ab".to_owned(), "cd".to_owned());
        for error in [
            Error::Truncated { path: path.clone(), found: 1, expected: 2 },
            Error::Uncounted { path: path.clone(), entries: 3 },
            Error::RootMismatch { path: path.clone(), size: 4, found, expected },
            Error::MissingHead { dir: path },
        ] {
            assert_eq!(finding_of(&error, Vec::new()).message, error.to_string());
        }
    }
}
