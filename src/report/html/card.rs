//! The card of one deployment.

use std::collections::BTreeSet;

use super::{
    cited::{Pieces, findings},
    figures::{duration, fitted, moment, moment_text, seconds_between, span, value_text},
    labels,
    markup::Markup,
    parts::{pair, table},
    timeline::letter,
    tone::{Tone, badge, marked, verdict_badge},
};
use crate::{
    judge::Texts,
    report::{
        case::DeploymentReport,
        case_words::{self, channel_title},
        result::ComparedReport,
    },
    sighting::{
        FactKey,
        deployment::{AgentSeen, Aspect, Channel, Deployment},
    },
};

/// The name of the image, or words that there is none.
pub(super) fn image_name(m: &Markup, deployment: &Deployment) -> String {
    let names = [FactKey::Name, FactKey::DisplayName, FactKey::Description];
    let mut known = names.iter().filter_map(|key| deployment.sighting.facts.get(key));
    known.next().map_or_else(|| labels::NO_NAME.get(m.language).to_owned(), |fact| fact.value.to_string())
}

/// What helps to find the image and the medium it came on, in a few pairs.
pub(super) fn traces(m: &mut Markup, deployment: &Deployment) {
    /// Cells of a line; the tables of the card have the whole.
    const TRACE: usize = 96;
    const FACTS: [FactKey; 2] = [FactKey::FileSize, FactKey::Created];
    const ASPECTS: [Aspect; 9] = [
        Aspect::ImageBorn,
        Aspect::ImagePath,
        Aspect::Device,
        Aspect::UsbSerial,
        Aspect::VolumeLabel,
        Aspect::VolumeSerial,
        Aspect::NetworkPath,
        Aspect::Url,
        Aspect::MountedIso,
    ];
    let facts = FACTS.iter().filter_map(|key| Some((*key, deployment.sighting.facts.get(key)?)));
    let aspects = ASPECTS.iter().filter_map(|aspect| Some((*aspect, deployment.aspects.get(aspect)?)));
    m.element("dl.traces", |m| {
        for (key, fact) in facts {
            pair(m, labels::fact(key), |m| m.name(fitted(&value_text(m, key, &fact.value), TRACE)));
        }
        for (aspect, told) in aspects {
            pair(m, labels::aspect(aspect), |m| m.name(fitted(&told.value, TRACE)));
        }
    });
}

/// Writes the card.
pub(super) fn write(m: &mut Markup, report: &DeploymentReport<'_>, pieces: &Pieces<'_>) {
    let deployment = report.deployment;
    let id = format!("d{}", deployment.number);
    let class = format!("card {}", Tone::of(report.verdict).class());
    m.element_with("article", &[("class", &class), ("id", &id)], |m| {
        m.element("div.card-head", |m| {
            m.element("h3", |m| {
                m.element("span.ordinal", |m| m.say_with(labels::DEPLOYMENT, deployment.number));
                m.name(image_name(m, deployment));
            });
            verdict_badge(m, report.verdict);
        });
        if let Some(verdict) = report.verdict {
            m.label("p.meaning", labels::verdict_meaning(verdict));
        }
        outline(m, report);
        if !report.findings.is_empty() {
            m.label("h4", labels::FINDINGS);
            findings(m, &report.findings, pieces);
        }
        m.label("h4", labels::CHANNELS);
        channels(m, &deployment.channels, pieces);
        aspects(m, deployment, pieces);
        agents(m, &deployment.agents, pieces);
        image(m, report, pieces);
        listed(m, deployment);
        phases(m, deployment);
        open_questions(m, deployment);
    });
}

/// The deployment in a few pairs.
fn outline(m: &mut Markup, report: &DeploymentReport<'_>) {
    let deployment = report.deployment;
    m.element("dl.outline", |m| {
        if let Some(approval) = &report.approval {
            pair(m, labels::APPROVAL, |m| {
                m.name(&approval.title);
                m.leaf("code.aside", &approval.id);
            });
        }
        pair(m, labels::BEGUN, |m| moment(m, deployment.begun));
        pair(m, labels::ENDED, |m| {
            moment(m, deployment.ended);
            if let Some(length) = span(m, deployment.begun, deployment.ended) {
                m.leaf("span.aside", format!("{} {length}", labels::DURATION.get(m.language)));
            }
        });
        pair(m, labels::HOW, |m| {
            m.label("span", labels::kind(deployment.kind));
            m.label("span.aside", labels::kind_meaning(deployment.kind));
        });
        pair(m, labels::OUTCOME, |m| m.say(labels::outcome(deployment.outcome)));
        pair(m, labels::ASSURANCE, |m| m.say(labels::assurance(deployment.sighting.assurance)));
        pair(m, labels::TOLD_IN, |m| m.name(case_words::folder(&deployment.told_in, m.language)));
    });
}

fn channels(m: &mut Markup, channels: &[Channel], pieces: &Pieces<'_>) {
    if channels.is_empty() {
        m.label("p.note", labels::NO_CHANNEL);
        return;
    }
    if channels.len() > 1 {
        m.label("p.note", labels::CHANNELS_INTRO);
    }
    m.element("ol.channels", |m| {
        for channel in channels {
            m.element("li", |m| {
                m.element("p", |m| {
                    m.element("strong", |m| m.name(channel_title(channel, m.language)));
                    m.text(" ");
                    let (tone, word) = permitted(channel.approved);
                    marked(m, tone, word);
                });
                if let Some(note) = &channel.note {
                    m.leaf("p.explanation", case_words::wording(note, m.language));
                }
                pieces.citations(m, &channel.on);
            });
        }
    });
}

fn permitted(approved: Option<bool>) -> (Tone, Texts) {
    match approved {
        Some(true) => (Tone::Good, labels::CHANNEL_PERMITTED),
        Some(false) => (Tone::Bad, labels::CHANNEL_FORBIDDEN),
        None => (Tone::Neutral, labels::CHANNEL_WITHOUT_RULE),
    }
}

fn aspects(m: &mut Markup, deployment: &Deployment, pieces: &Pieces<'_>) {
    if deployment.aspects.is_empty() {
        return;
    }
    let head = [labels::WHAT, labels::VALUE, labels::EVIDENCE];
    table(m, "table.known", labels::KNOWN, &head, |m| {
        for (aspect, told) in &deployment.aspects {
            m.element("tr", |m| {
                m.element_with("th", &[("scope", &"row")], |m| m.say(labels::aspect(*aspect)));
                m.leaf("td.value", case_words::value(told, m.language));
                m.element("td", |m| pieces.citations(m, &told.on));
            });
        }
    });
}

/// Mandated programs. Where traces may have been copied there, that is said beside "present".
fn agents(m: &mut Markup, agents: &[AgentSeen], pieces: &Pieces<'_>) {
    if agents.is_empty() {
        return;
    }
    let head = [labels::AGENT, labels::STATE, labels::EVIDENCE];
    table(m, "table.known", labels::AGENTS, &head, |m| {
        for agent in agents {
            m.element("tr", |m| {
                m.element_with("th", &[("scope", &"row")], |m| m.name(&agent.name));
                m.element("td", |m| {
                    let (tone, word) = match (agent.on.is_empty(), &agent.backfilled) {
                        (true, _) => (Tone::Unsure, labels::AGENT_ABSENT),
                        (false, Some(_)) => (Tone::Unsure, labels::AGENT_BACKFILLED),
                        (false, None) => (Tone::Good, labels::AGENT_PRESENT),
                    };
                    marked(m, tone, word);
                    if let Some(why) = agent.backfilled.as_ref().filter(|_| !agent.on.is_empty()) {
                        m.leaf("div.aside", case_words::wording(why, m.language));
                    }
                });
                m.element("td", |m| pieces.citations(m, &agent.on));
            });
        }
    });
}

/// Facts of the image, beside those of the approval where there is one.
fn image(m: &mut Markup, report: &DeploymentReport<'_>, pieces: &Pieces<'_>) {
    let facts = &report.deployment.sighting.facts;
    let beside = !report.compared.is_empty();
    let keys: BTreeSet<FactKey> =
        facts.keys().copied().chain(report.compared.iter().map(|c| c.fact)).collect();
    if keys.is_empty() {
        return;
    }
    let mut head = vec![labels::FACT, labels::SEEN];
    head.extend(beside.then_some(labels::APPROVED_FACT));
    head.push(labels::EVIDENCE);
    let selector = if beside { "table.facts.compared" } else { "table.facts" };
    table(m, selector, labels::IMAGE_FACTS, &head, |m| {
        for key in keys {
            let (fact, compared) = (facts.get(&key), report.compared.iter().find(|c| c.fact == key));
            let seen = fact.map(|fact| &fact.value).or(compared.map(|compared| &compared.seen));
            m.element("tr", |m| {
                m.element_with("th", &[("scope", &"row")], |m| m.say(labels::fact(key)));
                m.leaf("td.value", seen.map(|seen| value_text(m, key, seen)).unwrap_or_default());
                if beside {
                    m.element("td", |m| approved(m, compared));
                }
                m.element("td", |m| {
                    if let Some(fact) = fact {
                        pieces.place(m, &(&fact.evidence).into());
                    }
                });
            });
        }
    });
}

/// What is shown of an image that the file holds.
const OF_LISTED: [FactKey; 4] = [FactKey::Name, FactKey::TotalBytes, FactKey::Edition, FactKey::Version];

/// The images of the file that the deployed one came from, where there was a choice.
fn listed(m: &mut Markup, deployment: &Deployment) {
    if deployment.listed.len() < 2 {
        return;
    }
    let head: Vec<Texts> = [labels::IMAGE].into_iter().chain(OF_LISTED.map(labels::fact)).collect();
    table(m, "table.facts", labels::LISTED, &head, |m| {
        for image in &deployment.listed {
            m.element("tr", |m| {
                m.element_with("th", &[("scope", &"row")], |m| {
                    m.text(image.index);
                    if deployment.sighting.index == Some(image.index) {
                        m.text(" ");
                        marked(m, Tone::Neutral, labels::CHOSEN);
                    }
                });
                for key in OF_LISTED {
                    let value = image.facts.get(&key).map(|fact| value_text(m, key, &fact.value));
                    m.leaf("td.value", value.unwrap_or_default());
                }
            });
        }
    });
}

/// What the approval says of a fact, and whether it agrees.
pub(super) fn approved(m: &mut Markup, compared: Option<&ComparedReport>) {
    let Some(compared) = compared else { return };
    m.leaf("div.value", value_text(m, compared.fact, &compared.approved));
    match compared.agrees {
        true => marked(m, Tone::Good, labels::AGREES),
        false => badge(m, Tone::Bad, labels::DIFFERS),
    }
}

fn phases(m: &mut Markup, deployment: &Deployment) {
    if deployment.phases.is_empty() {
        return;
    }
    let head = [labels::PHASE, labels::BEGUN, labels::ENDED, labels::DURATION];
    table(m, "table.phases", labels::PHASES, &head, |m| {
        for (phase, number) in deployment.phases.iter().zip(0..) {
            m.element("tr", |m| {
                m.element_with("th", &[("scope", &"row")], |m| {
                    m.leaf("span.letter", letter(number).map(String::from).unwrap_or_default());
                    m.name(case_words::phase(phase, m.language));
                });
                for end in [phase.begun, phase.ended] {
                    m.element("td", |m| m.text(moment_text(m, end)));
                }
                let length = seconds_between(phase.begun, phase.ended);
                m.element("td", |m| match length {
                    Some(seconds) => m.text(duration(m, seconds)),
                    None => m.say(labels::NOT_KNOWN),
                });
            });
        }
    });
}

/// What is not known; where the answer would be stands in a section of its own.
fn open_questions(m: &mut Markup, deployment: &Deployment) {
    let mut open: Vec<&str> = Vec::new();
    for missing in &deployment.missing {
        let question = labels::aspect(missing.aspect).get(m.language);
        if !open.contains(&question) {
            open.push(question);
        }
    }
    if open.is_empty() {
        return;
    }
    m.element("p.open", |m| {
        m.label("strong", labels::OPEN_QUESTIONS);
        m.text(format_args!(": {} (", open.join(", ")));
        m.element_with("a", &[("href", &"#missing")], |m| m.say(labels::SEE_MISSING));
        m.text(")");
    });
}
