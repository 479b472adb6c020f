//! The component stores of a case in the human form, and their lines of the timeline.

use std::io::{self, Write};

use super::{case_store::StoreReport, inert::Inert, table::Table, text::Style};
use crate::{
    evidence::servicing::{CheckSeen, Corrupt},
    judge::servicing::Origin,
    sighting::deployment::Moment,
};

/// Corrupt files that are shown where nobody asked for more; the JSON form has all.
const SHOWN: usize = 20;

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
    writeln!(out, "component store of {}, {}", Inert(&name), Inert(root))?;
    let older = system.checks.len().saturating_sub(1);
    for seen in system.checks.iter().skip(if style.verbose { 0 } else { older }) {
        writeln!(out, "  checked {}: {}", moment(&seen.at), Inert(numbers(seen)))?;
    }
    let origins = examined.origins();
    let shown = if style.verbose { system.corrupt.len() } else { SHOWN };
    for (corrupt, origin) in system.corrupt.iter().zip(&origins).take(shown) {
        writeln!(out, "  corrupt: {}{}", Inert(path(corrupt)), state(corrupt, *origin))?;
        if style.verbose {
            for citation in &corrupt.on {
                writeln!(
                    out,
                    "    {}",
                    Inert(format_args!("{}: {}", citation.evidence.source, citation.quote))
                )?;
            }
        }
    }
    if let Some(rest) = system.corrupt.len().checked_sub(shown).filter(|rest| *rest > 0) {
        writeln!(out, "  corrupt: {rest} more (-v shows all)")?;
    }
    for image in &examined.images {
        if let Err(why) = &image.files {
            writeln!(out, "  image {}: {}", Inert(&image.image), Inert(why))?;
            continue;
        }
        let score = examined.score(image);
        writeln!(
            out,
            "  image {}: of {} corrupt files it has {} corrupt as well, {} sound, {} other, {} absent, {} unknown",
            Inert(&image.image),
            score.files,
            score.corrupt,
            score.sound,
            score.other,
            score.absent,
            score.unknown
        )?;
    }
    writeln!(out)
}

fn numbers(seen: &CheckSeen) -> String {
    let check = &seen.check;
    let count = |count: Option<u64>| count.map_or("?".to_owned(), |count| count.to_string());
    let operation = check.operation.as_deref().unwrap_or("?");
    let result = check.result.map_or("?".to_owned(), |code| code.to_string());
    format!(
        "{operation}, result {result}, {} detected, {} repaired, {} listed",
        count(check.detected),
        count(check.repaired),
        check.listed
    )
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

fn state(corrupt: &Corrupt, origin: Origin) -> &'static str {
    match (corrupt.repaired, origin) {
        (true, _) => " (repaired)",
        (false, Origin::Birth) => " (corrupt in the image)",
        (false, Origin::Later) => " (sound in the image)",
        (false, Origin::Unknown) => "",
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
        row(format!("store check: {}", numbers(seen)), &seen.at);
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
