//! A case in the human form, and its timeline as a table.

use std::io::{self, Write};

use super::{
    case::{CaseReport, DeploymentReport},
    inert::{Inert, Quoted},
    store_text,
    table::Table,
    text::{self, Style, painted_verdict, severity_name},
};
use crate::{
    judge::Severity,
    sighting::{
        FactKey, Locator, Value,
        deployment::{Citation, Moment, Told},
    },
};

/// Writes a case for people.
pub fn write(out: &mut dyn Write, case: &CaseReport<'_>, style: Style) -> io::Result<()> {
    let mut report = Report { out, style };
    for deployment in &case.deployments {
        report.deployment(deployment)?;
    }
    for image in &case.images {
        writeln!(report.out, "image file among the evidence:")?;
        text::subject(report.out, image, style)?;
    }
    for store in &case.servicing {
        store_text::write(report.out, store, style, moment)?;
    }
    report.findings(case)?;
    report.pieces(case)?;
    report.closing(case)
}

/// Bytes of a quotation that are shown where nobody asked for more.
const SHOWN: usize = 220;

struct Report<'o> {
    out: &'o mut dyn Write,
    style: Style,
}

impl Report<'_> {
    fn deployment(&mut self, report: &DeploymentReport<'_>) -> io::Result<()> {
        let deployment = report.deployment;
        let verdict = report.verdict.map(|verdict| painted_verdict(verdict, self.style)).unwrap_or_default();
        let kind = serde_name(&deployment.kind);
        let outcome = serde_name(&deployment.outcome);
        writeln!(self.out, "deployment {}: {kind}, {outcome}: {verdict}", deployment.number)?;
        writeln!(
            self.out,
            "  {}, told in {}",
            period(&deployment.begun, &deployment.ended),
            Inert(&deployment.told_in)
        )?;
        if let Some(approval) = &report.approval {
            writeln!(self.out, "  approval {} ({})", approval.id, Inert(&approval.title))?;
        }
        self.image(report)?;
        for channel in &deployment.channels {
            let site = match channel.approved {
                Some(true) => ", approved by the site",
                Some(false) => ", not approved by the site",
                None => "",
            };
            writeln!(self.out, "  channel: {} ({}{site})", Inert(&channel.title), Inert(&channel.id))?;
        }
        for (aspect, told) in &deployment.aspects {
            self.aspect(aspect.name(), told)?;
        }
        if self.style.verbose {
            for phase in &deployment.phases {
                writeln!(self.out, "  {}: {}", Inert(&phase.name), period(&phase.begun, &phase.ended))?;
            }
        }
        for missing in &deployment.missing {
            writeln!(self.out, "  missing: {} (would tell {})", Inert(&missing.place), missing.aspect)?;
        }
        for finding in &report.findings {
            if finding.severity == Severity::Info && !self.style.verbose {
                continue;
            }
            let rule = finding.rule.rule();
            let title = rule.title.get(self.style.language);
            let severity = severity_name(finding.severity, self.style);
            writeln!(
                self.out,
                "  {severity} {} {title}: {}",
                rule.id,
                Inert(finding.told(self.style.language))
            )?;
        }
        writeln!(self.out)
    }

    /// The image in one line, with where its size and name stand.
    fn image(&mut self, report: &DeploymentReport<'_>) -> io::Result<()> {
        let sighting = &report.deployment.sighting;
        let fact = |key: FactKey| sighting.facts.get(&key).map(|fact| &fact.value);
        let name = fact(FactKey::Name).map_or("(name not known)".to_owned(), |name| Quoted(name).to_string());
        let index = sighting.index.map(|index| format!(", index {index}")).unwrap_or_default();
        let size = match fact(FactKey::FileSize) {
            Some(Value::Number(size)) => format!(", file of {}", text::bytes(*size)),
            _ => String::new(),
        };
        writeln!(self.out, "  image {name}{index}{size}")?;
        let keys = [FactKey::Version, FactKey::Edition, FactKey::Architecture, FactKey::DefaultLanguage];
        let mut brief: Vec<String> = keys.into_iter().filter_map(fact).map(ToString::to_string).collect();
        if let Some(Value::Number(total)) = fact(FactKey::TotalBytes) {
            brief.push(format!("total bytes {total}"));
        }
        if !brief.is_empty() {
            writeln!(self.out, "    {}", Inert(brief.join(", ")))?;
        }
        if let Some(fact) = sighting.facts.get(&FactKey::FileSize).or(sighting.facts.get(&FactKey::Name)) {
            let place = place(&fact.evidence.locator);
            writeln!(self.out, "    {}{place}", Inert(&fact.evidence.source))?;
        }
        Ok(())
    }

    fn aspect(&mut self, name: &str, told: &Told) -> io::Result<()> {
        writeln!(self.out, "  {name}: {}", Inert(&told.value))?;
        let shown = if self.style.verbose { told.on.len() } else { 1 };
        for citation in told.on.iter().take(shown) {
            let cited = cited(citation);
            let cut = if self.style.verbose { cited.len() } else { cited.floor_char_boundary(SHOWN) };
            let more = if cut < cited.len() { " ..." } else { "" };
            writeln!(self.out, "    {}{more}", Inert(cited.get(..cut).unwrap_or_default()))?;
        }
        Ok(())
    }

    fn findings(&mut self, case: &CaseReport<'_>) -> io::Result<()> {
        for finding in &case.findings {
            let rule = finding.rule.rule();
            let title = rule.title.get(self.style.language);
            let severity = severity_name(finding.severity, self.style);
            writeln!(
                self.out,
                "{severity} {} {title}: {}",
                rule.id,
                Inert(finding.told(self.style.language))
            )?;
        }
        Ok(())
    }

    fn pieces(&mut self, case: &CaseReport<'_>) -> io::Result<()> {
        let telling = case.used.iter().filter(|piece| piece.statements > 0).count();
        writeln!(self.out, "evidence: {} pieces read, {telling} tell of deployments", case.used.len())?;
        if self.style.verbose {
            for piece in &case.used {
                writeln!(self.out, "  {}: {} statements", Inert(&piece.source), piece.statements)?;
            }
        }
        for set_aside in &case.set_aside {
            writeln!(self.out, "set aside: {}: {}", Inert(&set_aside.source), Inert(&set_aside.reason))?;
        }
        Ok(())
    }

    fn closing(&mut self, case: &CaseReport<'_>) -> io::Result<()> {
        for advice in &case.advice {
            writeln!(self.out, "advice: {}", Inert(advice))?;
        }
        let verdict = case
            .verdict
            .map_or("no deployment found".to_owned(), |verdict| painted_verdict(verdict, self.style));
        writeln!(
            self.out,
            "verdict: {verdict}; deployments: {} (exit code {})",
            case.deployments.len(),
            case.exit_code
        )
    }
}

/// The name that a value without fields has in JSON.
fn serde_name(value: &impl serde::Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(name)) => name,
        _ => String::new(),
    }
}

/// A time, with whether it is UTC or local.
fn moment(moment: &Moment) -> String {
    match (moment.utc, moment.local) {
        (Some(utc), _) => Value::Time(utc).to_string(),
        (None, Some(local)) => format!("{local} local time"),
        (None, None) => "at an unknown time".to_owned(),
    }
}

fn period(begun: &Moment, ended: &Moment) -> String {
    match ended.is_unknown() || begun == ended {
        true => moment(begun),
        false => format!("{} to {}", moment(begun), moment(ended)),
    }
}

fn place(locator: &Locator) -> String {
    match locator {
        Locator::Line(line, _) => format!(", line {line}"),
        Locator::Record(number) => format!(", record {number}"),
        Locator::Key(key) => format!(", {key}"),
        Locator::Offset(at) => format!(", offset {at}"),
        _ => String::new(),
    }
}

fn cited(citation: &Citation) -> String {
    format!("{}{}: {}", citation.evidence.source, place(&citation.evidence.locator), citation.quote)
}

/// The deployments and their phases, one row each.
pub fn timeline(case: &CaseReport<'_>) -> Table {
    let mut table = Table::new(&[
        "number",
        "what",
        "begun_utc",
        "begun_local",
        "ended_utc",
        "ended_local",
        "verdict",
        "image",
        "file_size",
        "channel",
    ]);
    let utc = |moment: &Moment| moment.utc.map(|utc| Value::Time(utc).to_string()).unwrap_or_default();
    let local = |moment: &Moment| {
        moment.local.map(|local| local.format("%Y-%m-%dT%H:%M:%S").to_string()).unwrap_or_default()
    };
    for report in &case.deployments {
        let deployment = report.deployment;
        let fact = |key| {
            deployment.sighting.facts.get(&key).map(|fact: &crate::sighting::Fact| fact.value.to_string())
        };
        let channels: Vec<&str> = deployment.channels.iter().map(|channel| channel.id.as_str()).collect();
        table.rows.push(vec![
            deployment.number.to_string(),
            serde_name(&deployment.kind),
            utc(&deployment.begun),
            local(&deployment.begun),
            utc(&deployment.ended),
            local(&deployment.ended),
            report.verdict.map(|verdict| verdict.name().to_owned()).unwrap_or_default(),
            fact(FactKey::Name).unwrap_or_default(),
            fact(FactKey::FileSize).unwrap_or_default(),
            channels.join(" "),
        ]);
        for phase in &deployment.phases {
            let mut row = vec![String::new(); table.head.len()];
            let cells = [
                deployment.number.to_string(),
                phase.name.clone(),
                utc(&phase.begun),
                local(&phase.begun),
                utc(&phase.ended),
                local(&phase.ended),
            ];
            for (cell, text) in row.iter_mut().zip(cells) {
                *cell = text;
            }
            table.rows.push(row);
        }
    }
    for store in &case.servicing {
        store_text::add_rows(&mut table, store, |at| [utc(at), local(at)]);
    }
    table
}
