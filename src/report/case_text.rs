//! A case in the human form, and its timeline as a table.

use std::io::{self, Write};

use super::{
    case::{CaseReport, DeploymentReport, PieceReport},
    case_words as words,
    html::labels,
    inert::{Inert, Quoted},
    result::FindingReport,
    store_text,
    table::Table,
    text::{self, Style, painted_verdict, severity_word},
};
use crate::{
    judge::{ExitCode, Language, Severity, Texts, Verdict},
    sighting::{
        Fact, FactKey, Locator, Value,
        deployment::{Channel, Moment, Told},
    },
};

/// Writes a case for people.
pub fn write(out: &mut dyn Write, case: &CaseReport<'_>, style: Style) -> io::Result<()> {
    let mut report = Report { out, style };
    for deployment in &case.deployments {
        report.deployment(deployment)?;
    }
    for image in &case.images {
        writeln!(report.out, "{}", report.words(words::IMAGE_FILE, []))?;
        text::subject(report.out, image, style)?;
    }
    for store in &case.servicing {
        store_text::write(report.out, store, style, |at| moment(at, style.language))?;
    }
    for finding in &case.findings {
        report.finding("", finding)?;
    }
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
    /// A text in the language, with values that may be hostile.
    fn words<const N: usize>(&self, texts: Texts, values: [&str; N]) -> String {
        let inert = values.map(|value| Inert(value).to_string());
        words::filled(texts, self.style.language, inert.each_ref().map(String::as_str))
    }

    fn word(&self, texts: Texts) -> &'static str {
        texts.get(self.style.language)
    }

    fn deployment(&mut self, report: &DeploymentReport<'_>) -> io::Result<()> {
        let deployment = report.deployment;
        let language = self.style.language;
        let verdict = report.verdict.map(|verdict| painted_verdict(verdict, self.style)).unwrap_or_default();
        // The verdict may hold colours, and is ours.
        let number = deployment.number.to_string();
        writeln!(self.out, "{}", words::filled(words::DEPLOYMENT, language, [&number, &verdict]))?;
        let course = [labels::kind(deployment.kind), labels::outcome(deployment.outcome)];
        writeln!(self.out, "  {}", self.words(words::COURSE, course.map(|texts| texts.get(language))))?;
        let period = self.period(&deployment.begun, &deployment.ended);
        writeln!(
            self.out,
            "  {}",
            self.words(words::WHEN, [&period, words::folder(&deployment.told_in, language)])
        )?;
        if let Some(approval) = &report.approval {
            writeln!(self.out, "  {}", self.words(words::APPROVAL, [&approval.id, &approval.title]))?;
        }
        self.image(report)?;
        for channel in &deployment.channels {
            self.channel(channel)?;
        }
        for (aspect, told) in &deployment.aspects {
            self.aspect(labels::aspect(*aspect), told)?;
        }
        if self.style.verbose {
            for image in deployment.listed.iter().filter(|_| deployment.listed.len() > 1) {
                let fact = |key| image.facts.get(&key).map(|fact: &Fact| fact.value.to_string());
                let total = fact(FactKey::TotalBytes).map(|total| self.words(words::TOTAL, [&total]));
                let told: Vec<String> = fact(FactKey::Name).into_iter().chain(total).collect();
                writeln!(
                    self.out,
                    "  {}",
                    self.words(words::LISTED, [&image.index.to_string(), &told.join(", ")])
                )?;
            }
            for phase in &deployment.phases {
                let (name, period) = (words::phase(phase, language), self.period(&phase.begun, &phase.ended));
                writeln!(self.out, "  {}", self.words(words::PAIR, [&name, &period]))?;
            }
        }
        for missing in &deployment.missing {
            let aspect = self.word(labels::aspect(missing.aspect));
            writeln!(self.out, "  {}", self.words(words::MISSING, [&missing.place, aspect]))?;
        }
        for finding in &report.findings {
            if finding.severity > Severity::Info || self.style.verbose {
                self.finding("  ", finding)?;
            }
        }
        writeln!(self.out)
    }

    fn channel(&mut self, channel: &Channel) -> io::Result<()> {
        let title = words::channel_title(channel, self.style.language);
        let site = match channel.approved {
            Some(true) => format!("; {}", self.word(labels::CHANNEL_PERMITTED)),
            Some(false) => format!("; {}", self.word(labels::CHANNEL_FORBIDDEN)),
            None => String::new(),
        };
        let id = format!("{}{site}", channel.id);
        writeln!(self.out, "  {}", self.words(words::CHANNEL, [title, &id]))
    }

    /// The image in one line, with where its size and name stand.
    fn image(&mut self, report: &DeploymentReport<'_>) -> io::Result<()> {
        let sighting = &report.deployment.sighting;
        let language = self.style.language;
        let fact = |key: FactKey| sighting.facts.get(&key).map(|fact| &fact.value);
        let name = match fact(FactKey::Name) {
            Some(name) => Quoted(name).to_string(),
            None => format!("({})", self.word(labels::NO_NAME)),
        };
        let mut line = vec![words::filled(words::IMAGE, language, [&name])];
        line.extend(sighting.index.map(|index| self.words(words::INDEX, [&index.to_string()])));
        if let Some(Value::Number(size)) = fact(FactKey::FileSize) {
            line.push(self.words(words::FILE_OF, [&words::bytes(*size, language)]));
        }
        writeln!(self.out, "  {}", line.join(", "))?;
        let keys = [FactKey::Version, FactKey::Edition, FactKey::Architecture, FactKey::DefaultLanguage];
        let mut brief: Vec<String> = keys.into_iter().filter_map(fact).map(ToString::to_string).collect();
        if let Some(Value::Number(total)) = fact(FactKey::TotalBytes) {
            brief.push(self.words(words::TOTAL, [&total.to_string()]));
        }
        if !brief.is_empty() {
            writeln!(self.out, "    {}", Inert(brief.join(", ")))?;
        }
        if let Some(fact) = sighting.facts.get(&FactKey::FileSize).or(sighting.facts.get(&FactKey::Name)) {
            let place = self.place(&fact.evidence.locator);
            writeln!(self.out, "    {}{place}", Inert(&fact.evidence.source))?;
        }
        Ok(())
    }

    fn aspect(&mut self, name: Texts, told: &Told) -> io::Result<()> {
        let value = words::value(told, self.style.language);
        writeln!(self.out, "  {}", self.words(words::PAIR, [self.word(name), value]))?;
        let shown = if self.style.verbose { told.on.len() } else { 1 };
        for citation in told.on.iter().take(shown) {
            let place = self.place(&citation.evidence.locator);
            let cited = format!("{}{place}: {}", citation.evidence.source, citation.quote);
            let cut = if self.style.verbose { cited.len() } else { cited.floor_char_boundary(SHOWN) };
            let more = if cut < cited.len() { " ..." } else { "" };
            writeln!(self.out, "    {}{more}", Inert(cited.get(..cut).unwrap_or_default()))?;
        }
        Ok(())
    }

    fn finding(&mut self, indent: &str, finding: &FindingReport) -> io::Result<()> {
        let rule = finding.rule.rule();
        let severity = severity_word(finding.severity, self.style);
        let told = finding.told(self.style.language);
        let message = self.words(words::PAIR, [self.word(rule.title), &told]);
        writeln!(self.out, "{indent}{severity} {} {message}", rule.id)
    }

    fn pieces(&mut self, case: &CaseReport<'_>) -> io::Result<()> {
        let telling = |of: fn(&PieceReport) -> bool| case.used.iter().filter(|piece| of(piece)).count();
        let counts = [
            case.used.len(),
            telling(|piece| piece.tells_of_deployments),
            telling(|piece| piece.tells_of_store),
        ];
        let counts = counts.map(|count| count.to_string());
        writeln!(self.out, "{}", self.words(words::PIECES, counts.each_ref().map(String::as_str)))?;
        if self.style.verbose {
            for piece in &case.used {
                let statements = self.words(words::STATEMENTS, [&piece.statements.to_string()]);
                writeln!(self.out, "  {}", self.words(words::PAIR, [&piece.source, &statements]))?;
            }
        }
        for aside in &case.set_aside {
            let reason = aside.reason_in(self.style.language);
            writeln!(self.out, "{}", self.words(words::SET_ASIDE, [&aside.source, reason]))?;
        }
        Ok(())
    }

    fn closing(&mut self, case: &CaseReport<'_>) -> io::Result<()> {
        if case.registry.is_none() {
            writeln!(self.out, "{}", self.words(words::REGISTRY, [self.word(labels::NO_REGISTRY)]))?;
        }
        for advice in &case.advice {
            writeln!(self.out, "{}", self.words(words::ADVICE, [advice]))?;
        }
        let verdict = match case.verdict {
            Some(verdict) => painted_verdict(verdict, self.style),
            None => self.word(words::NOTHING).to_owned(),
        };
        let (number, code) = (case.deployments.len().to_string(), case.exit_code.to_string());
        let told = match why(case) {
            None => words::filled(words::VERDICT, self.style.language, [&verdict, &number, &code]),
            Some(why) => {
                let values = [&verdict, &number, &code, self.word(why)];
                words::filled(words::VERDICT_FOR, self.style.language, values)
            }
        };
        writeln!(self.out, "{told}")
    }

    fn period(&self, begun: &Moment, ended: &Moment) -> String {
        match ended.is_unknown() || begun == ended {
            true => moment(begun, self.style.language),
            false => self.words(
                words::FROM_TO,
                [&moment(begun, self.style.language), &moment(ended, self.style.language)],
            ),
        }
    }

    fn place(&self, locator: &Locator) -> String {
        match locator {
            Locator::Line(line, _) => self.words(words::AT_LINE, [&line.to_string()]),
            Locator::Record(number) => self.words(words::AT_RECORD, [&number.to_string()]),
            Locator::Key(key) => format!(", {}", Inert(key)),
            Locator::Offset(at) => self.words(words::AT_OFFSET, [&at.to_string()]),
            _ => String::new(),
        }
    }
}

/// Why the exit code is what it is, where the verdict alone does not tell.
fn why(case: &CaseReport<'_>) -> Option<Texts> {
    match ExitCode::of(case.exit_code) {
        ExitCode::Undecided if case.servicing.is_empty() => Some(words::NONE_JUDGED),
        ExitCode::Undecided => Some(words::STORE_HAS_NO_SAY),
        ExitCode::NotApproved if case.verdict == Some(Verdict::Undecided) => Some(words::SOME_NOT_JUDGED),
        _ => None,
    }
}

/// A time, with whether it is UTC or local.
fn moment(moment: &Moment, language: Language) -> String {
    match (moment.utc, moment.local) {
        (Some(utc), _) => Value::Time(utc).to_string(),
        (None, Some(local)) => words::filled(words::LOCAL_TIME, language, [local.to_string().as_str()]),
        (None, None) => words::UNKNOWN_TIME.get(language).to_owned(),
    }
}

/// The name that a value without fields has in JSON.
fn serde_name(value: &impl serde::Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(name)) => name,
        _ => String::new(),
    }
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
        let fact = |key| deployment.sighting.facts.get(&key).map(|fact: &Fact| fact.value.to_string());
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
