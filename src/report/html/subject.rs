//! An image file that was looked at, with the images in it and the answers on them.

use super::{
    card::approved,
    cited::{Pieces, findings},
    figures::{bytes, value_text},
    labels,
    markup::Markup,
    parts::{pair, table},
    tone::badge,
};
use crate::{
    report::{
        answer::{Answer, Question},
        result::{ImageReport, SubjectReport},
    },
    sighting::FactKey,
};

/// Writes the card of a file.
pub(super) fn write(m: &mut Markup, question: Question, subject: &SubjectReport, pieces: &Pieces<'_>) {
    let answer = question.on_file(subject, m.language);
    let class = format!("card {}", answer.tone.class());
    m.element_with("article", &[("class", &class)], |m| {
        m.element("div.card-head", |m| {
            m.element("h3", |m| m.name(&subject.source));
            badge(m, answer.tone, answer.word);
        });
        if answer.code.is_some() {
            m.leaf("p.meaning", &answer.meaning);
        }
        outline(m, subject);
        if !subject.findings.is_empty() {
            m.label("h4", labels::FINDINGS);
            findings(m, &subject.findings, pieces);
        }
        for image in &subject.images {
            let answer = question.on_image(image, subject, m.language);
            self::image(m, image, &answer, pieces);
        }
    });
}

fn outline(m: &mut Markup, subject: &SubjectReport) {
    m.element("dl.outline", |m| {
        if let Some(size) = subject.file_size {
            pair(m, labels::fact(FactKey::FileSize), |m| m.text(bytes(m, size)));
        }
        pair(m, labels::BYTES_READ, |m| m.text(bytes(m, subject.bytes_read)));
        pair(m, labels::ASSURANCE, |m| m.say(labels::assurance(subject.assurance)));
        if let Some(digest) = &subject.digests.file {
            pair(m, labels::fact(FactKey::FileSha256), |m| m.leaf("code", &digest.sha256));
        }
    });
}

fn image(m: &mut Markup, image: &ImageReport, answer: &Answer, pieces: &Pieces<'_>) {
    m.element("div.image", |m| {
        m.element("div.card-head", |m| {
            m.element("h4", |m| {
                if let Some(index) = image.index {
                    m.say_with(labels::IMAGE_INDEX, index);
                    m.text(" ");
                }
                match image.claims.get(&FactKey::Name) {
                    Some(name) => m.name(name),
                    None => m.say(labels::NO_NAME),
                }
            });
            badge(m, answer.tone, answer.word);
        });
        if let Some(unwaived) = image.unwaived_verdict {
            m.element("p.excused", |m| {
                let word = labels::verdict(unwaived).get(m.language);
                m.say_with(labels::UNWAIVED, word);
            });
        }
        if let Some(approval) = &image.approval {
            m.element("p", |m| {
                m.say(labels::APPROVAL);
                m.text(" ");
                m.leaf("code", &approval.id);
                m.text(" ");
                m.name(&approval.title);
            });
        }
        if !image.findings.is_empty() {
            findings(m, &image.findings, pieces);
        }
        facts(m, image);
    });
}

/// What the image claims and what was computed of it, beside the approval where there is one.
fn facts(m: &mut Markup, image: &ImageReport) {
    let beside = !image.compared.is_empty();
    let mut head = vec![labels::FACT, labels::SEEN];
    head.extend(beside.then_some(labels::APPROVED_FACT));
    table(m, "table.image-facts", labels::IMAGE_FACTS, &head, |m| {
        for (key, value) in image.claims.iter().chain(&image.digests) {
            m.element("tr", |m| {
                m.element_with("th", &[("scope", &"row")], |m| m.say(labels::fact(*key)));
                m.leaf("td.value", value_text(m, *key, value));
                if beside {
                    m.element("td", |m| approved(m, image.compared.iter().find(|c| c.fact == *key)));
                }
            });
        }
    });
}
