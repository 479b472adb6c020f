//! The human form.

use std::io::{self, Write};

use super::{
    enforcement::{notices, policy_source},
    health_text,
    html::labels,
    inert::{Inert, Quoted},
    result::{
        ApprovalReport, ComparedReport, Document, FindingReport, ImageReport, SubjectReport, WriterReport,
    },
    table::Table,
};
use crate::{
    evidence::second_opinion::{Difference, SecondOpinion},
    judge::{ExitCode, Language, Severity, Verdict},
    sighting::{Checked, FactKey, SubjectKind, Value},
};

/// How to show a result.
#[derive(Debug, Clone, Copy, Default)]
pub struct Style {
    /// Whether the output is a terminal that shows colours.
    pub color: bool,
    /// Whether to show findings that are only worth knowing, and all facts.
    pub verbose: bool,
    /// Language of rule titles.
    pub language: Language,
}

/// The command whose results have an answer of their own, and no verdict.
const HEALTH: &str = "health";

/// A number with a comma after every three digits.
pub(super) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// Writes a result for people.
pub fn write(out: &mut dyn Write, document: &Document, style: Style) -> io::Result<()> {
    let notices = notices(document, style.language);
    for notice in &notices {
        writeln!(out, "{}", painted(YELLOW, &Inert(notice).to_string(), style))?;
    }
    let mut report = Report { out, style };
    let worth_it = |finding: &FindingReport| style.verbose || finding.severity != Severity::Info;
    if document.findings.iter().any(worth_it) {
        let file = policy_source(document);
        writeln!(report.out, "{} {}", labels::POLICY.get(style.language), Inert(file))?;
        report.findings(&document.findings, "  ")?;
    }
    if !notices.is_empty() || document.findings.iter().any(worth_it) {
        writeln!(report.out)?;
    }
    for subject in &document.subjects {
        report.subject(subject)?;
    }
    match &*document.command {
        HEALTH => health_text::closing(report.out, document, style),
        _ => report.summary(document),
    }
}

/// Writes one subject.
pub(super) fn subject(out: &mut dyn Write, subject: &SubjectReport, style: Style) -> io::Result<()> {
    Report { out, style }.subject(subject)
}

/// A verdict in capitals, in its colour where colours are shown.
pub(super) fn painted_verdict(verdict: Verdict, style: Style) -> String {
    let color = match verdict {
        Verdict::Approved => GREEN,
        Verdict::Consistent | Verdict::Undecided => YELLOW,
        _ => RED,
    };
    let name = verdict.name().to_uppercase();
    match style.language {
        Language::En => painted(color, &name, style),
        // The name as well: it is what other forms and the manual speak of.
        Language::ZhCn => {
            let word = labels::verdict(verdict).get(style.language);
            painted(color, &format!("{word} ({name})"), style)
        }
    }
}

/// The word of an answer, in its colour where colours are shown.
pub(super) fn painted_answer(code: ExitCode, word: &str, style: Style) -> String {
    let color = match code {
        ExitCode::Approved => GREEN,
        ExitCode::Undecided => YELLOW,
        ExitCode::NotApproved | ExitCode::Usage => RED,
    };
    painted(color, word, style)
}

/// A severity, in its colour where colours are shown.
pub(super) fn severity_name(severity: Severity, style: Style) -> String {
    painted_severity(severity, severity.name(), style)
}

/// A word in the colour of a severity where colours are shown.
pub(super) fn painted_severity(severity: Severity, word: &str, style: Style) -> String {
    painted(severity_color(severity), word, style)
}

fn painted(color: &str, text: &str, style: Style) -> String {
    if style.color { format!("\x1b[{color}m{text}\x1b[0m") } else { text.to_owned() }
}

/// A number of bytes with groups of digits and a human form.
pub fn bytes(count: u64) -> String {
    let grouped = grouped(count);
    let units = ["KiB", "MiB", "GiB", "TiB", "PiB"];
    #[allow(clippy::cast_precision_loss, reason = "two decimals are shown")]
    let mut size = count as f64 / 1024.0;
    let mut unit = units.iter();
    let mut name = unit.next().unwrap_or(&"KiB");
    while size >= 1024.0
        && let Some(next) = unit.next()
    {
        (size, name) = (size / 1024.0, next);
    }
    if count < 1024 { format!("{grouped} bytes") } else { format!("{grouped} bytes ({size:.2} {name})") }
}

struct Report<'o> {
    out: &'o mut dyn Write,
    style: Style,
}

impl Report<'_> {
    fn subject(&mut self, subject: &SubjectReport) -> io::Result<()> {
        let verdict =
            subject.verdict.map(|verdict| format!(": {}", self.verdict(verdict))).unwrap_or_default();
        writeln!(self.out, "{}{verdict}", Inert(&subject.source))?;
        if subject.kind == SubjectKind::Wim {
            self.storage(subject)?;
        }
        for image in &subject.images {
            self.image(image)?;
        }
        self.findings(&subject.findings, "  ")?;
        if let Some(opinion) = &subject.second_opinion {
            self.second_opinion(opinion)?;
        }
        writeln!(self.out)
    }

    fn second_opinion(&mut self, opinion: &SecondOpinion) -> io::Result<()> {
        let SecondOpinion { library, version, differences, .. } = opinion;
        let agrees = if opinion.agrees { "agrees" } else { "DIFFERS" };
        let message = opinion.message.as_ref().map(|text| format!(": {}", Inert(text))).unwrap_or_default();
        let verdict = opinion.verdict.name();
        writeln!(self.out, "  second opinion of {library} {version}: {agrees}, {verdict}{message}")?;
        for Difference { image, path, listed_by } in differences {
            let what = path.as_deref().unwrap_or("the whole image");
            writeln!(self.out, "    image {image}: only {} lists {}", listed_by.name(), Inert(what))?;
        }
        let further = opinion.difference_count.saturating_sub(differences.len() as u64);
        if further > 0 {
            writeln!(self.out, "    and {} more", grouped(further))?;
        }
        for image in &opinion.not_compared {
            writeln!(self.out, "    the files of image {image} were not compared")?;
        }
        Ok(())
    }

    fn storage(&mut self, subject: &SubjectReport) -> io::Result<()> {
        let Some(size) = subject.file_size else { return Ok(()) };
        let read = bytes(subject.bytes_read);
        writeln!(self.out, "  {}; {read} read; assurance: {}", bytes(size), subject.assurance)?;
        if let Some(checked) = subject.checked.filter(|checked| checked.bad_contents + checked.bad_slots > 0)
        {
            let Checked { contents, bad_contents, slots, bad_slots } = checked;
            writeln!(
                self.out,
                "  {} of {} contents are damaged, {} of {} slots of the integrity table do not match",
                grouped(bad_contents),
                grouped(contents),
                grouped(bad_slots),
                grouped(slots)
            )?;
        }
        if self.style.verbose {
            for (key, value) in &subject.claims {
                writeln!(self.out, "  {key}: {}", Inert(value))?;
            }
        } else if subject.verdict.is_none() && subject.claims.contains_key(&FactKey::Compression) {
            let fact = |key: FactKey| subject.claims.get(&key).map(ToString::to_string).unwrap_or_default();
            let (compression, guid) = (fact(FactKey::Compression), fact(FactKey::Guid));
            writeln!(
                self.out,
                "  compression {compression}, {} images, GUID {guid}",
                fact(FactKey::ImageCount)
            )?;
        }
        if let Some(writer) =
            subject.writer.as_ref().filter(|_| self.style.verbose || subject.verdict.is_none())
        {
            self.writer(writer)?;
        }
        if let Some(file) =
            subject.digests.file.as_ref().filter(|_| self.style.verbose || subject.verdict.is_none())
        {
            writeln!(self.out, "  file sha256 {}", file.sha256)?;
        }
        Ok(())
    }

    fn writer(&mut self, writer: &WriterReport) -> io::Result<()> {
        let name = writer.name.as_deref().unwrap_or("unknown, habits of several");
        writeln!(self.out, "  written by: {name} (by its habits)")?;
        for habit in writer.habits.iter().filter(|_| self.style.verbose) {
            writeln!(self.out, "    {}: {}", habit.of.join(", "), habit.what)?;
        }
        Ok(())
    }

    fn image(&mut self, image: &ImageReport) -> io::Result<()> {
        let index = image.index.map_or("image".to_owned(), |index| format!("image {index}"));
        let verdict = image.verdict.map(|verdict| format!(": {}", self.verdict(verdict))).unwrap_or_default();
        let approval = image.approval.as_ref();
        let by = approval.map(|a| format!(", approval {} ({})", a.id, Inert(&a.title))).unwrap_or_default();
        let unwaived = image.unwaived_verdict.map(|verdict| self.unwaived(verdict)).unwrap_or_default();
        writeln!(self.out, "  {index} {}{verdict}{unwaived}{by}", Quoted(image.name()))?;
        if self.style.verbose {
            for (key, value) in image.claims.iter().chain(&image.digests) {
                writeln!(self.out, "    {key}: {}", Inert(shown(*key, value)))?;
            }
        } else {
            let brief = brief(image);
            if !brief.is_empty() {
                writeln!(self.out, "    {}", Inert(brief))?;
            }
            if let Some(tree) = image.digests.get(&FactKey::Tree).filter(|_| image.verdict.is_none()) {
                writeln!(self.out, "    tree {tree}")?;
            }
        }
        if let Some(health) = &image.health {
            writeln!(self.out, "    {}", health_text::looked_at(health, self.style.language))?;
        }
        self.findings(&image.findings, "    ")?;
        let contested = matches!(image.verdict, Some(Verdict::Impostor | Verdict::Consistent));
        if contested && !image.compared.is_empty() {
            self.compared(image)?;
        }
        if let Some(nearest) = image.relatives.first().filter(|nearest| nearest.percent() >= TELLING_PERCENT)
        {
            let ApprovalReport { id, title } = &nearest.approval;
            let (percent, files) = (nearest.percent(), nearest.foreign_files);
            let files = match files {
                0 => "no file has another content".to_owned(),
                1 => "1 file has another content".to_owned(),
                files => format!("{} files have another content", grouped(files)),
            };
            writeln!(
                self.out,
                "    nearest approved: holds {percent} % of {id} ({}); {files}",
                Inert(title)
            )?;
        }
        Ok(())
    }

    fn findings(&mut self, findings: &[FindingReport], indent: &str) -> io::Result<()> {
        for finding in findings {
            if finding.severity == Severity::Info && !self.style.verbose {
                continue;
            }
            let rule = finding.rule.rule();
            let title = rule.title.get(self.style.language);
            let severity = severity_name(finding.severity, self.style);
            writeln!(
                self.out,
                "{indent}{severity} {} {title}: {}",
                rule.id,
                Inert(finding.told(self.style.language))
            )?;
            if let Some(excuse) = finding.excuse(self.style.language) {
                writeln!(self.out, "{indent}  {}", Inert(excuse))?;
            }
        }
        Ok(())
    }

    fn compared(&mut self, image: &ImageReport) -> io::Result<()> {
        let mut table = Table::new(&["fact", "approved", "seen", ""]);
        let telling = |c: &&ComparedReport| self.style.verbose || !c.agrees || TELLING.contains(&c.fact);
        for compared in image.compared.iter().filter(telling) {
            let agrees = if compared.agrees { "agrees" } else { "DIFFERS" };
            let approved = shown(compared.fact, &compared.approved);
            let seen = shown(compared.fact, &compared.seen);
            table.rows.push(vec![compared.fact.to_string(), approved, seen, agrees.to_owned()]);
        }
        table.write(self.out, 6)
    }

    fn summary(&mut self, document: &Document) -> io::Result<()> {
        let Some(verdict) = document.verdict else { return Ok(()) };
        let mut counts: Vec<(Verdict, usize)> = Vec::new();
        for verdict in
            document.subjects.iter().flat_map(|s| s.images.iter().filter_map(|image| image.verdict))
        {
            match counts.iter_mut().find(|(other, _)| *other == verdict) {
                Some((_, count)) => *count += 1,
                None => counts.push((verdict, 1)),
            }
        }
        counts.sort();
        let mut counted: Vec<String> =
            counts.iter().map(|(verdict, n)| format!("{n} {}", verdict.name())).collect();
        let unread = document.subjects.iter().filter(|subject| subject.images.is_empty()).count();
        if unread > 0 {
            counted.push(format!("{unread} without an image that could be read"));
        }
        let images =
            if counted.is_empty() { "no image could be judged".to_owned() } else { counted.join(", ") };
        let verdict = self.verdict(verdict);
        writeln!(self.out, "verdict: {verdict}; images: {images} (exit code {})", document.exit_code)
    }

    /// What the verdict would be if nothing were excused.
    fn unwaived(&self, verdict: Verdict) -> String {
        let otherwise = labels::UNWAIVED.get(self.style.language);
        format!(" ({})", otherwise.replace("{}", &self.verdict(verdict)))
    }

    fn verdict(&self, verdict: Verdict) -> String {
        painted_verdict(verdict, self.style)
    }
}

/// What images of unrelated origin share (the same system files) tells nothing.
const TELLING_PERCENT: u64 = 5;

/// Facts that are shown beside each other even where they agree.
const TELLING: [FactKey; 9] = [
    FactKey::Name,
    FactKey::DisplayName,
    FactKey::Edition,
    FactKey::Version,
    FactKey::Created,
    FactKey::TotalBytes,
    FactKey::FileSize,
    FactKey::Guid,
    FactKey::Tree,
];

const GREEN: &str = "1;32";
const YELLOW: &str = "1;33";
const RED: &str = "1;31";

fn severity_color(severity: Severity) -> &'static str {
    match severity {
        Severity::Info => "2",
        Severity::Warn => YELLOW,
        Severity::Deny => RED,
    }
}

/// A value for people: sizes with their human form, digests shortened.
fn shown(key: FactKey, value: &Value) -> String {
    match (key, value) {
        (
            FactKey::FileSize | FactKey::TotalBytes | FactKey::WimTotalBytes | FactKey::HardLinkBytes,
            Value::Number(n),
        ) => bytes(*n),
        _ => value.to_string(),
    }
}

/// One line of what matters.
fn brief(image: &ImageReport) -> String {
    let text = |key: FactKey| image.claims.get(&key).map(ToString::to_string);
    let created = text(FactKey::Created).map(|at| format!("created {at}"));
    let keys = [FactKey::Version, FactKey::Edition, FactKey::Architecture, FactKey::Languages];
    keys.into_iter().filter_map(text).chain(created).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_exact_and_readable() {
        assert_eq!(bytes(999), "999 bytes");
        assert_eq!(bytes(5_554_353_356), "5,554,353,356 bytes (5.17 GiB)");
        assert_eq!(bytes(1024), "1,024 bytes (1.00 KiB)");
    }
}
