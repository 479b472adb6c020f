//! The component stores of a case in the human form, and their lines of the timeline.

use std::io::{self, Write};

use super::{
    case_store::StoreReport,
    case_words::folder,
    inert::Inert,
    table::Table,
    text::Style,
    words::{filled, words},
};
use crate::{
    evidence::servicing::{CheckSeen, Corrupt},
    judge::{
        Language, Texts,
        servicing::{Origin, Score},
    },
    sighting::deployment::Moment,
};

/// Corrupt files that are shown where nobody asked for more; the JSON form has all.
const SHOWN: usize = 20;

words! {
    STORE = "component store of {}, {}", "组件存储：{}，{}";
    CHECKED = "checked {}: {}", "检查于 {}：{}";
    NUMBERS = "{}, result {}, {} detected, {} repaired, {} listed", "{}，结果 {}，发现 {} 处，修复 {} 处，列出 {} 处";
    CORRUPT = "corrupt: {}{}", "损坏：{}{}";
    MORE = "corrupt: {} more (-v shows all)", "损坏：另有 {} 项（-v 显示全部）";
    REPAIRED = " (repaired)", "（已修复）";
    AT_BIRTH = " (corrupt in the image)", "（镜像中已损坏）";
    LATER = " (sound in the image)", "（镜像中完好）";
    UNREAD = "image {}: {}", "镜像 {}：{}";
    SCORE = "image {}: of {} corrupt files it has {} corrupt as well, {} sound, {} other, {} absent, {} unknown",
        "镜像 {}：损坏文件共 {} 个，其中同样损坏 {} 个，完好 {} 个，内容不同 {} 个，不存在 {} 个，无法判断 {} 个";
}

/// Writes what is told of the component store of a system.
pub(super) fn write(
    out: &mut dyn Write,
    report: &StoreReport<'_>,
    style: Style,
    moment: impl Fn(&Moment) -> String,
) -> io::Result<()> {
    let examined = report.examined;
    let system = &examined.system;
    let (name, root) = (system.generation.to_string(), &report.root);
    writeln!(out, "{}", inert(STORE, style, [folder(&name, style.language), root]))?;
    let older = system.checks.len().saturating_sub(1);
    for seen in system.checks.iter().skip(if style.verbose { 0 } else { older }) {
        writeln!(out, "  {}", inert(CHECKED, style, [&moment(&seen.at), &numbers(seen, style.language)]))?;
    }
    let origins = examined.origins();
    let shown = if style.verbose { system.corrupt.len() } else { SHOWN };
    for (corrupt, origin) in system.corrupt.iter().zip(&origins).take(shown) {
        let state = state(corrupt, *origin).map_or("", |texts| texts.get(style.language));
        writeln!(out, "  {}", inert(CORRUPT, style, [&path(corrupt), state]))?;
        if style.verbose {
            for citation in &corrupt.on {
                let cited = format_args!("{}: {}", citation.evidence.source, citation.quote);
                writeln!(out, "    {}", Inert(cited))?;
            }
        }
    }
    if let Some(rest) = system.corrupt.len().checked_sub(shown).filter(|rest| *rest > 0) {
        writeln!(out, "  {}", inert(MORE, style, [&rest.to_string()]))?;
    }
    for image in &examined.images {
        if let Err(why) = &image.files {
            writeln!(out, "  {}", inert(UNREAD, style, [&image.image, why]))?;
            continue;
        }
        let Score { files, corrupt, sound, other, absent, unknown } = examined.score(image);
        let counts = [files, corrupt, sound, other, absent, unknown].map(|count| count.to_string());
        let [files, corrupt, sound, other, absent, unknown] = counts.each_ref().map(String::as_str);
        let values = [&image.image, files, corrupt, sound, other, absent, unknown];
        writeln!(out, "  {}", inert(SCORE, style, values))?;
    }
    writeln!(out)
}

/// A text with values that may be hostile.
fn inert<const N: usize>(texts: Texts, style: Style, values: [&str; N]) -> String {
    let values = values.map(|value| Inert(value).to_string());
    filled(texts, style.language, values.each_ref().map(String::as_str))
}

fn numbers(seen: &CheckSeen, language: Language) -> String {
    let check = &seen.check;
    let count = |count: Option<u64>| count.map_or("?".to_owned(), |count| count.to_string());
    let operation = check.operation.as_deref().unwrap_or("?");
    let result = check.result.map_or("?".to_owned(), |code| code.to_string());
    let (detected, repaired, listed) =
        (count(check.detected), count(check.repaired), check.listed.to_string());
    filled(NUMBERS, language, [operation, &result, &detected, &repaired, &listed])
}

/// The path of what is corrupt below its component.
pub(super) fn path(corrupt: &Corrupt) -> String {
    let component = &corrupt.component;
    match &corrupt.file {
        Some(file) if component.is_empty() => file.to_string(),
        Some(file) => format!("{component}\\{file}"),
        None => component.to_string(),
    }
}

fn state(corrupt: &Corrupt, origin: Origin) -> Option<Texts> {
    match (corrupt.repaired, origin) {
        (true, _) => Some(REPAIRED),
        (false, Origin::Birth) => Some(AT_BIRTH),
        (false, Origin::Later) => Some(LATER),
        (false, Origin::Unknown) => None,
    }
}

/// Adds checks, repairs and failures to the timeline.
pub(super) fn add_rows(table: &mut Table, report: &StoreReport<'_>, times: impl Fn(&Moment) -> [String; 2]) {
    let system = &report.examined.system;
    let mut row = |what: String, begun: &Moment| {
        let mut row = vec![String::new(); table.head.len()];
        let [utc, local] = times(begun);
        for (cell, text) in row.iter_mut().skip(1).zip([what, utc, local]) {
            *cell = text;
        }
        table.rows.push(row);
    };
    for seen in &system.checks {
        row(format!("store check: {}", numbers(seen, Language::En)), &seen.at);
    }
    for seen in &system.repairs {
        let result = seen.repair.code.map(|code| format!(": {code}")).unwrap_or_default();
        row(format!("store repair{result}"), &seen.at);
    }
    for seen in &system.failures {
        let what = seen.failure.kb.as_deref().or(seen.failure.package.as_deref()).unwrap_or("servicing");
        for citation in &seen.on {
            row(format!("failed: {what}: {}", seen.failure.code), &citation.at);
        }
    }
}
