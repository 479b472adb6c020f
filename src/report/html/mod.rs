//! Results as one HTML file for people: no script, nothing fetched, to be read on a screen and on A4 paper.
//!
//! `markup` writes it: names of elements are literals, everything else is escaped. A template engine escapes what is
//! special in HTML, and not what is invisible, turns the reading direction or speaks to build servers; here the only way
//! into the page does all of it. The file is well-formed XML as well, so a test can read it back.

mod annex;
mod card;
mod cited;
mod figures;
mod gate;
pub(in crate::report) mod labels;
mod markup;
mod page;
mod parts;
mod store;
mod subject;
#[cfg(test)]
mod tests;
mod timeline;
mod tone;

use std::io::{self, Write};

use cited::{Pieces, findings};
use figures::{moment_text, utc_text};
use markup::Markup;
use parts::{pair, table};
pub(super) use tone::Tone;
use tone::{large_word, toned, verdict_badge, verdict_word};

use super::{
    answer::Question,
    case::{CaseReport, DeploymentReport},
    case_words::channel_title,
    result::{Document, TOOL},
    text::Style,
};
use crate::judge::{Language, Verdict};

/// Writes the report on a case.
pub fn render(case: &CaseReport<'_>, language: Language, out: &mut dyn Write) -> io::Result<()> {
    let running_head = format!("{} {}, {}", case.tool.name, case.tool.version, utc_text(&case.now));
    let page = page::document(language, labels::CASE_REPORT, &running_head, |m| body(m, case));
    out.write_all(page.as_bytes())
}

/// Writes the report on a check, an inspection or a verification.
pub fn gate(out: &mut dyn Write, document: &Document, style: Style) -> io::Result<()> {
    // What came back from a file can say anything of the program that made it.
    let running_head = format!("{} {}, {}", TOOL.name, TOOL.version, utc_text(&document.now));
    let page =
        page::document(style.language, labels::GATE_REPORT, &running_head, |m| gate::body(m, document));
    out.write_all(page.as_bytes())
}

fn body(m: &mut Markup, case: &CaseReport<'_>) {
    let pieces = Pieces::new(case.used.iter().map(|piece| piece.source.as_str()));
    m.element("header", |m| {
        m.element("p.kicker", |m| {
            m.label("span", labels::CASE_REPORT);
            m.leaf("span", format_args!("{} {}", case.tool.name, case.tool.version));
        });
        m.label("h1", labels::TITLE);
    });
    m.element("main", |m| {
        answer(m, case);
        timeline(m, case);
        if !case.deployments.is_empty() {
            m.element("section.deployments", |m| {
                m.label("h2", labels::DEPLOYMENTS);
                for deployment in &case.deployments {
                    card::write(m, deployment, &pieces);
                }
            });
        }
        for report in &case.servicing {
            store::write(m, report, &pieces);
        }
        if !case.findings.is_empty() {
            m.element("section", |m| {
                m.label("h2", labels::CASE_FINDINGS);
                findings(m, &case.findings, &pieces);
            });
        }
        if !case.images.is_empty() {
            m.element("section", |m| {
                m.label("h2", labels::IMAGES);
                for image in &case.images {
                    subject::write(m, Question::Verdict, image, &pieces);
                }
            });
        }
        annex::evidence(m, case);
        annex::missing(m, case);
        annex::advice(m, case);
        annex::reading(m, case);
    });
    m.element("footer", |m| {
        m.leaf("p", format_args!("{} {} \u{b7} {}", case.tool.name, case.tool.version, case.schema));
    });
}

/// The verdict, why, and on what.
fn answer(m: &mut Markup, case: &CaseReport<'_>) {
    toned(m, "section", "answer", Tone::of(case.verdict), |m| {
        m.label("h2", labels::OVERALL);
        m.element("p.word", |m| large_word(m, Tone::of(case.verdict), verdict_word(case.verdict)));
        m.label("p.meaning", case.verdict.map_or(labels::NOT_JUDGED_MEANING, labels::verdict_meaning));
        if case.deployments.is_empty() {
            m.label("p", labels::NONE_FOUND);
        } else {
            m.leaf("p.counts", counts(m, case));
        }
        objectionable(m, case);
    });
    m.element("dl.outline.basis", |m| basis(m, case));
}

/// How many deployments have which verdict.
fn counts(m: &Markup, case: &CaseReport<'_>) -> String {
    let mut counted: Vec<String> = Vec::new();
    let verdicts = Verdict::ALL.iter().rev().copied().map(Some).chain([None]);
    for verdict in verdicts {
        let count = case.deployments.iter().filter(|deployment| deployment.verdict == verdict).count();
        if count > 0 {
            counted.push(format!("{count} {}", verdict_word(verdict).get(m.language)));
        }
    }
    let found = labels::FOUND.get(m.language);
    format!("{found}: {} ({})", case.deployments.len(), counted.join(", "))
}

/// One line for each deployment that speaks against the computer.
fn objectionable(m: &mut Markup, case: &CaseReport<'_>) {
    let bad = |deployment: &&DeploymentReport<'_>| Tone::of(deployment.verdict) == Tone::Bad;
    if !case.deployments.iter().any(|deployment| bad(&deployment)) {
        return;
    }
    m.label("h3", labels::OBJECTIONABLE);
    m.element("ul.suspects", |m| {
        for report in case.deployments.iter().filter(bad) {
            let deployment = report.deployment;
            let target = format!("#d{}", deployment.number);
            m.element("li", |m| {
                m.element_with("a", &[("href", &target)], |m| {
                    m.say_with(labels::DEPLOYMENT, deployment.number);
                });
                m.text(": ");
                m.element("strong", |m| m.name(card::image_name(m, deployment)));
                let how = labels::kind(deployment.kind).get(m.language);
                m.text(format_args!(", {}, {how}", moment_text(m, deployment.begun)));
                if let Some(channel) = deployment.channels.first() {
                    m.text(", ");
                    m.name(channel_title(channel, m.language));
                }
                card::traces(m, deployment);
            });
        }
    });
}

/// What was looked at, and what it was compared with.
fn basis(m: &mut Markup, case: &CaseReport<'_>) {
    pair(m, labels::EXAMINED, |m| match case.paths.as_slice() {
        [] => m.say(labels::NOTHING_GIVEN),
        paths => paths.iter().for_each(|path| m.element("div", |m| m.name(path))),
    });
    pair(m, labels::JUDGED_AT, |m| m.leaf("time", utc_text(&case.now)));
    pair(m, labels::REGISTRY, |m| match &case.registry {
        None => m.say(labels::NO_REGISTRY),
        Some(head) => {
            m.name(&head.origin);
            m.text(", ");
            m.say_with(labels::REGISTRY_ENTRIES, head.size);
            m.element("span.aside", |m| {
                m.say(labels::REGISTRY_ROOT);
                m.text(" ");
                m.element("code", |m| m.name(&head.root));
            });
        }
    });
    pair(m, labels::MADE_BY, |m| {
        m.text(format_args!("{} {}, ", case.tool.name, case.tool.version));
        m.say_with(labels::EXIT_CODE, case.exit_code);
    });
}

fn timeline(m: &mut Markup, case: &CaseReport<'_>) {
    if case.deployments.is_empty() {
        return;
    }
    m.element("section.times", |m| {
        m.label("h2", labels::TIMELINE);
        m.label("p.note", labels::TIMELINE_INTRO);
        m.element("div.scroll", |m| timeline::draw(m, &case.deployments));
        m.element("p.legend", |m| {
            m.label("span.key.solid", labels::SOLID);
            m.label("span.key.local", labels::HATCHED);
        });
        let head =
            [labels::NUMBER, labels::BEGUN, labels::HOW, labels::IMAGE, labels::CAME_FROM, labels::VERDICT];
        table(m, "table.glance", labels::AT_A_GLANCE, &head, |m| {
            for deployment in &case.deployments {
                m.element("tr", |m| glance(m, deployment));
            }
        });
    });
}

fn glance(m: &mut Markup, report: &DeploymentReport<'_>) {
    let deployment = report.deployment;
    let target = format!("#d{}", deployment.number);
    m.element_with("th", &[("scope", &"row")], |m| {
        m.element_with("a", &[("href", &target)], |m| m.text(deployment.number));
    });
    m.element("td", |m| m.text(moment_text(m, deployment.begun)));
    m.label("td", labels::kind(deployment.kind));
    m.element("td", |m| m.name(card::image_name(m, deployment)));
    m.element("td", |m| match deployment.channels.first() {
        Some(channel) => m.name(channel_title(channel, m.language)),
        None => m.say(labels::NOT_KNOWN),
    });
    m.element("td", |m| verdict_badge(m, report.verdict));
}
