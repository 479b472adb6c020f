//! What stands behind the cards: the evidence, what is missing, advice, and how to read the report.

use super::{
    figures::bytes,
    labels,
    markup::Markup,
    parts::{pair, table},
    tone::verdict_badge,
};
use crate::{
    judge::{Texts, Verdict},
    report::case::{CaseReport, PieceReport},
    sighting::{Assurance, deployment::Missing},
};

/// Files that were used, and files that were not.
pub(super) fn evidence(m: &mut Markup, case: &CaseReport<'_>) {
    m.element("section", |m| {
        m.label("h2", labels::PIECES);
        if case.used.is_empty() {
            m.label("p.note", labels::NO_PIECES);
        } else {
            m.label("p.note", labels::PIECES_INTRO);
            let head = [
                labels::NUMBER,
                labels::FILE,
                labels::KIND,
                labels::SIZE,
                labels::STATEMENTS,
                labels::READ_WHOLE,
            ];
            table(m, "table.pieces.titled", labels::PIECES, &head, |m| {
                for (piece, number) in case.used.iter().zip(1_usize..) {
                    self::piece(m, piece, number);
                }
            });
        }
        set_aside(m, case);
    });
}

fn piece(m: &mut Markup, piece: &PieceReport, number: usize) {
    let id = format!("e{number}");
    m.element_with("tr", &[("id", &id)], |m| {
        m.element_with("th", &[("scope", &"row")], |m| m.text(format_args!("E{number}")));
        m.element("td", |m| {
            m.name(&piece.source);
            m.element("span.digest", |m| {
                m.text("SHA-256 ");
                match piece.sha256 {
                    Some(digest) => m.leaf("code", hex::encode(digest)),
                    None => m.say(labels::NO_DIGEST),
                }
            });
        });
        m.label("td", labels::piece(piece.kind));
        m.element("td.number", |m| m.text(bytes(m, piece.size)));
        m.leaf("td.number", piece.statements);
        m.element("td", |m| match &piece.partial {
            None => m.say(labels::COMPLETE),
            Some(why) => m.say_with(labels::PARTIAL, why),
        });
    });
}

fn set_aside(m: &mut Markup, case: &CaseReport<'_>) {
    if case.set_aside.is_empty() {
        return;
    }
    table(m, "table.aside", labels::SET_ASIDE, &[labels::FILE, labels::REASON], |m| {
        for file in &case.set_aside {
            m.element("tr", |m| {
                m.element("td", |m| m.name(&file.source));
                m.leaf("td", file.reason_in(m.language));
            });
        }
    });
}

/// Evidence that is not there, of the case and of each deployment.
pub(super) fn missing(m: &mut Markup, case: &CaseReport<'_>) {
    let of_deployments = case.deployments.iter().map(|report| report.deployment);
    let of_deployments = of_deployments
        .flat_map(|deployment| deployment.missing.iter().map(|missing| (Some(deployment.number), missing)));
    let all: Vec<(Option<u32>, &Missing)> =
        case.missing.iter().map(|missing| (None, missing)).chain(of_deployments).collect();
    m.element_with("section", &[("id", &"missing")], |m| {
        m.label("h2", labels::MISSING);
        if all.is_empty() {
            m.label("p.note", labels::NOTHING_MISSING);
            return;
        }
        m.label("p.note", labels::MISSING_INTRO);
        let head = [labels::CONCERNS, labels::WOULD_TELL, labels::WHERE_TO_GET];
        table(m, "table.missing.titled", labels::MISSING, &head, |m| {
            for (number, missing) in all {
                m.element("tr", |m| {
                    m.element("td", |m| match number {
                        Some(number) => m.say_with(labels::DEPLOYMENT, number),
                        None => m.say(labels::WHOLE_CASE),
                    });
                    m.label("td", labels::aspect(missing.aspect));
                    m.element("td", |m| m.leaf("code", &missing.place));
                });
            }
        });
    });
}

/// What to do next.
pub(super) fn advice(m: &mut Markup, case: &CaseReport<'_>) {
    m.element("section", |m| {
        m.label("h2", labels::ADVICE);
        if case.advice.is_empty() {
            m.label("p.note", labels::NO_ADVICE);
            return;
        }
        m.element("ol.advice", |m| {
            for line in &case.advice {
                m.leaf("li", line);
            }
        });
    });
}

/// The words of the report, for somebody who has never seen one.
pub(super) fn reading(m: &mut Markup, case: &CaseReport<'_>) {
    m.element("section.reading", |m| {
        m.label("h2", labels::READING);
        m.element("dl", |m| {
            pair(m, labels::VERDICT_WORDS, |m| verdicts(m, case));
            pair(m, labels::ASSURANCE_WORDS, |m| assurances(m, case));
            let texts: [(Texts, Texts); 3] = [
                (labels::TIMES, labels::TIMES_TEXT),
                (labels::EVIDENCE_NUMBERS, labels::EVIDENCE_NUMBERS_TEXT),
                (labels::ESCAPES, labels::ESCAPES_TEXT),
            ];
            for (term, text) in texts {
                pair(m, term, |m| m.say(text));
            }
            pair(m, labels::REDACTION, |m| match case.redacted {
                Some(count) => m.say_with(labels::REDACTED, count),
                None => m.say(labels::REDACTED_UNCOUNTED),
            });
        });
    });
}

fn verdicts(m: &mut Markup, case: &CaseReport<'_>) {
    let given = |verdict: &Verdict| {
        let of_files = case
            .images
            .iter()
            .flat_map(|file| file.images.iter().map(|image| image.verdict).chain([file.verdict]));
        let all = case.deployments.iter().map(|report| report.verdict).chain(of_files).chain([case.verdict]);
        all.flatten().any(|given| given == *verdict)
    };
    let mut none = true;
    for verdict in Verdict::ALL.iter().copied().filter(given) {
        none = false;
        m.element("p", |m| {
            verdict_badge(m, Some(verdict));
            m.text(" ");
            m.say(labels::verdict_meaning(verdict));
        });
    }
    if none {
        m.label("p", labels::NOT_JUDGED_MEANING);
    }
}

fn assurances(m: &mut Markup, case: &CaseReport<'_>) {
    for assurance in [Assurance::Claimed, Assurance::Declared, Assurance::Verified] {
        let used = case.deployments.iter().any(|report| report.deployment.sighting.assurance == assurance)
            || case.images.iter().any(|file| file.assurance == assurance);
        if used || (case.deployments.is_empty() && assurance == Assurance::Claimed) {
            m.element("p", |m| {
                m.label("strong", labels::assurance(assurance));
                m.text(": ");
                m.say(labels::assurance_meaning(assurance));
            });
        }
    }
}
