//! The component store of a system: checks of it, what is corrupt, and what images hold in its place.

use super::{
    cited::Pieces,
    figures::moment,
    labels,
    markup::Markup,
    parts::table,
    tone::{Tone, marked},
};
use crate::{
    evidence::servicing::CheckSeen,
    judge::{
        Texts,
        servicing::{Examined, Origin},
    },
    report::{case_store::StoreReport, store_text::path},
};

/// Corrupt files that are shown; the JSON form has all.
const MOST_FILES: usize = 1000;

const TITLE: Texts = Texts { en: "Component store of {}", zh: "{} 的组件存储" };
const CHECKS: Texts = Texts { en: "Checks of the component store", zh: "组件存储检查" };
const WHEN: Texts = Texts { en: "When", zh: "时间" };
const OPERATION: Texts = Texts { en: "Operation", zh: "操作" };
const RESULT: Texts = Texts { en: "Result", zh: "结果" };
const DETECTED: Texts = Texts { en: "Detected", zh: "发现" };
const REPAIRED: Texts = Texts { en: "Repaired", zh: "修复" };
const LISTED: Texts = Texts { en: "Listed", zh: "列出" };
const IN_IMAGES: Texts =
    Texts { en: "The corrupt files in the given images", zh: "损坏文件在所给镜像中的情况" };
const CORRUPT: Texts = Texts { en: "Corrupt as well", zh: "同样损坏" };
const SOUND: Texts = Texts { en: "Sound (could repair)", zh: "完好（可修复）" };
const OTHER: Texts = Texts { en: "Other bytes", zh: "内容不同" };
const ABSENT: Texts = Texts { en: "Absent", zh: "不存在" };
const UNKNOWN: Texts = Texts { en: "Not known", zh: "无法判断" };
const FILES: Texts = Texts { en: "What is corrupt", zh: "损坏内容" };
const STATE: Texts = Texts { en: "Origin", zh: "来源" };
const AT_BIRTH: Texts = Texts { en: "corrupt in the image", zh: "镜像中已损坏" };
const LATER: Texts = Texts { en: "sound in the image: broke later", zh: "镜像中完好：之后损坏" };
const MENDED: Texts = Texts { en: "repaired", zh: "已修复" };
const NOT_TOLD: Texts = Texts { en: "not told", zh: "未知" };
const MORE: Texts = Texts { en: "{} more: see the JSON form", zh: "另有 {} 项：见 JSON 形式" };

/// Writes the section.
pub(super) fn write(m: &mut Markup, report: &StoreReport<'_>, pieces: &Pieces<'_>) {
    let examined = report.examined;
    let system = &examined.system;
    if system.checks.is_empty() && system.corrupt.is_empty() {
        return;
    }
    m.element("section.store", |m| {
        m.element("h2", |m| m.say_with(TITLE, &system.generation));
        if !system.checks.is_empty() {
            table(m, "table.checks", CHECKS, &[WHEN, OPERATION, RESULT, DETECTED, REPAIRED, LISTED], |m| {
                system.checks.iter().for_each(|seen| check(m, seen));
            });
        }
        images(m, examined);
        files(m, examined, pieces);
    });
}

fn check(m: &mut Markup, seen: &CheckSeen) {
    let count = |m: &mut Markup, count: Option<u64>| {
        m.element("td.number", |m| match count {
            Some(count) => m.text(count),
            None => m.say(labels::NOT_KNOWN),
        });
    };
    m.element("tr", |m| {
        m.element("td", |m| moment(m, seen.at));
        m.element("td", |m| m.name(seen.check.operation.as_deref().unwrap_or_default()));
        m.element("td", |m| match seen.check.result {
            Some(code) => m.text(code),
            None => m.say(labels::NOT_KNOWN),
        });
        count(m, seen.check.detected);
        count(m, seen.check.repaired);
        count(m, Some(seen.check.listed));
    });
}

fn images(m: &mut Markup, examined: &Examined) {
    if examined.images.is_empty() {
        return;
    }
    table(m, "table.images", IN_IMAGES, &[labels::IMAGE, CORRUPT, SOUND, OTHER, ABSENT, UNKNOWN], |m| {
        for image in &examined.images {
            m.element("tr", |m| {
                m.element("td", |m| m.name(&image.image));
                if let Err(why) = &image.files {
                    return m.element_with("td", &[("colspan", &5)], |m| m.text(why));
                }
                let score = examined.score(image);
                for count in [score.corrupt, score.sound, score.other, score.absent, score.unknown] {
                    m.leaf("td.number", count);
                }
            });
        }
    });
}

fn files(m: &mut Markup, examined: &Examined, pieces: &Pieces<'_>) {
    let corrupt = &examined.system.corrupt;
    if corrupt.is_empty() {
        return;
    }
    table(m, "table.corrupt", FILES, &[labels::FILE, STATE, labels::EVIDENCE], |m| {
        for (corrupt, origin) in corrupt.iter().zip(examined.origins()).take(MOST_FILES) {
            m.element("tr", |m| {
                m.element("td", |m| m.name(path(corrupt)));
                m.element("td", |m| match (corrupt.repaired, origin) {
                    (true, _) => marked(m, Tone::Good, MENDED),
                    (false, Origin::Birth) => marked(m, Tone::Bad, AT_BIRTH),
                    (false, Origin::Later) => m.say(LATER),
                    (false, Origin::Unknown) => m.say(NOT_TOLD),
                });
                m.element("td", |m| pieces.citations(m, &corrupt.on));
            });
        }
    });
    if let Some(rest) = corrupt.len().checked_sub(MOST_FILES).filter(|rest| *rest > 0) {
        m.element("p.note", |m| m.say_with(MORE, rest));
    }
}
