//! The health of images in the human form: what of a component store was looked at, and the last lines of `health`: the
//! answer, what its exit code means, and what to do next.

use std::{collections::BTreeMap, io, io::Write};

use super::{
    advice,
    answer::{Question, health_of_image},
    case_words::{ADVICE, filled},
    gate_words::{COUNTED, NONE_JUDGED, UNREAD},
    inert::Inert,
    result::{Document, HealthReport, SubjectReport},
    text::{Style, grouped, painted_answer},
    words::COMMA,
};
use crate::judge::{ExitCode, Language, Severity, Texts};

const LOOKED_AT: Texts = Texts {
    en: "depth {}: {} components, {} manifests, {} files",
    zh: "深度 {}：{} 个组件，{} 个清单，{} 个文件",
};
const NO_STORE: Texts = Texts {
    en: "depth {}: no component store, so there is nothing that says which files are right",
    zh: "深度 {}：没有组件存储，因而没有可据以判断文件是否正确的依据",
};
const UNACCOUNTED: Texts = Texts {
    en: "{}; nothing explains {} of {} files of Windows",
    zh: "{}；Windows 的文件中有 {} 个来源不明（共 {} 个）",
};
const CLOSING: Texts = Texts {
    en: "health: {}; images: {}; findings: {} deny, {} warn (exit code {}: {})",
    zh: "健康状况：{}；镜像：{}；发现：{} 项否决，{} 项警告（退出码 {}：{}）",
};

/// How many components, manifests and files were there, or that there is no store.
pub(super) fn looked_at(health: &HealthReport, language: Language) -> String {
    let HealthReport { depth, components, manifests, files, unaccounted, .. } = health;
    if *components == 0 {
        return filled(NO_STORE, language, [depth.name()]);
    }
    let [components, manifests, files] = [components, manifests, files].map(|count| grouped(*count));
    let looked_at = filled(LOOKED_AT, language, [depth.name(), &components, &manifests, &files]);
    match unaccounted.as_ref().filter(|found| found.files > 0) {
        Some(found) => filled(UNACCOUNTED, language, [&looked_at, &grouped(found.files), &grouped(found.of)]),
        None => looked_at,
    }
}

/// Writes the last lines.
pub(super) fn closing(out: &mut dyn Write, document: &Document, style: Style) -> io::Result<()> {
    let language = style.language;
    let code = ExitCode::of(document.exit_code);
    let word = Question::Health.word(code).get(language);
    let meaning = Question::Health.clause(document, language);
    let count = |severity| {
        let findings = document.subjects.iter().flat_map(SubjectReport::all_findings);
        grouped(findings.filter(|finding| finding.severity == severity).count() as u64)
    };
    let (deny, warn) = (count(Severity::Deny), count(Severity::Warn));
    let told = [
        &painted_answer(code, &word.to_uppercase(), style),
        &images(document, language),
        &deny,
        &warn,
        &code.code().to_string(),
        meaning.as_str(),
    ];
    writeln!(out, "{}", filled(CLOSING, language, told))?;
    for line in advice::on_health(document, language) {
        writeln!(out, "{}", Inert(filled(ADVICE, language, [&line])))?;
    }
    Ok(())
}

/// How many images got which answer.
fn images(document: &Document, language: Language) -> String {
    let mut counts: BTreeMap<u8, u64> = BTreeMap::new();
    for subject in &document.subjects {
        for image in &subject.images {
            *counts.entry(health_of_image(image, &subject.findings).code()).or_default() += 1;
        }
    }
    let told = counts.iter().map(|(code, count)| {
        let word = Question::Health.word(ExitCode::of(*code)).get(language);
        filled(COUNTED, language, [&grouped(*count), word])
    });
    let mut told: Vec<String> = told.collect();
    let unread = document.subjects.iter().filter(|subject| subject.images.is_empty()).count();
    if unread > 0 {
        told.push(filled(UNREAD, language, [&grouped(unread as u64)]));
    }
    match told.is_empty() {
        true => NONE_JUDGED.get(language).to_owned(),
        false => told.join(COMMA.get(language)),
    }
}
