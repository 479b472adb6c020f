//! The human form.

use std::io::{self, Write};

use super::{
    answer::{self, Question},
    case_words,
    enforcement::{notices, policy_source},
    gate_words as words, health_text,
    html::labels,
    inert::{Inert, Quoted},
    list_words,
    result::{
        ApprovalReport, ComparedReport, Document, FindingReport, ImageReport, RelativeReport, SubjectReport,
        WriterReport,
    },
    table::Table,
    words::{COMMA, filled},
};
use crate::{
    evidence::second_opinion::{Difference, Opinion, SecondOpinion},
    judge::{ExitCode, Language, RuleId, Severity, Texts, Verdict},
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

impl Style {
    /// Whether a finding is shown: one that is only worth knowing to those who ask for it, but what could repair an image
    /// with what is to be repaired.
    pub(super) fn shows(self, finding: &FindingReport) -> bool {
        self.verbose || finding.severity != Severity::Info || finding.rule == RuleId::REPAIRABILITY
    }
}

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
    let worth_it = |finding: &FindingReport| style.shows(finding);
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
    match Question::of(document) {
        Question::Health => health_text::closing(report.out, document, style),
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

/// A severity in a word, in its colour where colours are shown.
pub(super) fn severity_word(severity: Severity, style: Style) -> String {
    let word = match style.language {
        Language::En => severity.name(),
        Language::ZhCn => labels::severity(severity).zh,
    };
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
        let verdict = subject.verdict.map(|verdict| self.filled(words::BEHIND, [&self.verdict(verdict)]));
        let verdict = verdict.unwrap_or_default();
        writeln!(self.out, "{}{verdict}", Inert(&subject.source))?;
        if subject.kind == SubjectKind::Wim {
            self.storage(subject)?;
        }
        for image in &subject.images {
            self.image(image, &subject.findings)?;
        }
        self.findings(&subject.findings, "  ")?;
        if let Some(opinion) = &subject.second_opinion {
            self.second_opinion(opinion)?;
        }
        writeln!(self.out)
    }

    /// A text in the language, with values that may be hostile.
    fn told<const N: usize>(&self, texts: Texts, values: [&str; N]) -> String {
        let inert = values.map(|value| Inert(value).to_string());
        self.filled(texts, inert.each_ref().map(String::as_str))
    }

    /// A text in the language, with values of ours, which may hold colours.
    fn filled<const N: usize>(&self, texts: Texts, values: [&str; N]) -> String {
        filled(texts, self.style.language, values)
    }

    fn word(&self, texts: Texts) -> &'static str {
        texts.get(self.style.language)
    }

    fn bytes(&self, count: u64) -> String {
        case_words::bytes(count, self.style.language)
    }

    fn second_opinion(&mut self, opinion: &SecondOpinion) -> io::Result<()> {
        let SecondOpinion { library, version, differences, .. } = opinion;
        let agrees = self.word(if opinion.agrees { words::OPINION_AGREES } else { words::OPINION_DIFFERS });
        let verdict = self.word(match opinion.verdict {
            Opinion::Sound => answer::SOUND,
            Opinion::Damaged => answer::DAMAGED,
            Opinion::Refused => words::REFUSED,
        });
        let message = opinion.message.as_ref().map(|text| self.told(words::BEHIND, [text]));
        let message = message.unwrap_or_default();
        let told = self.told(words::OPINION, [library, version, agrees, verdict]);
        writeln!(self.out, "  {told}{message}")?;
        for Difference { image, path, listed_by } in differences {
            let what = path.as_deref().unwrap_or(self.word(words::WHOLE_IMAGE));
            let told = self.told(words::LISTED_BY, [&image.to_string(), listed_by.name(), what]);
            writeln!(self.out, "    {told}")?;
        }
        let further = opinion.difference_count.saturating_sub(differences.len() as u64);
        if further > 0 {
            writeln!(self.out, "    {}", self.told(words::AND_MORE, [&grouped(further)]))?;
        }
        for image in &opinion.not_compared {
            writeln!(self.out, "    {}", self.told(words::NOT_COMPARED, [&image.to_string()]))?;
        }
        Ok(())
    }

    fn storage(&mut self, subject: &SubjectReport) -> io::Result<()> {
        let Some(size) = subject.file_size else { return Ok(()) };
        let assurance = list_words::assurance(subject.assurance, self.style.language);
        let values = [&self.bytes(size), &self.bytes(subject.bytes_read), &assurance];
        writeln!(self.out, "  {}", self.told(words::STORAGE, values.map(String::as_str)))?;
        if let Some(checked) = subject.checked.filter(|checked| checked.bad_contents + checked.bad_slots > 0)
        {
            let Checked { contents, bad_contents, slots, bad_slots } = checked;
            let counts = [bad_contents, contents, bad_slots, slots].map(grouped);
            let counts = counts.each_ref().map(String::as_str);
            writeln!(self.out, "  {}", self.told(words::DAMAGE, counts))?;
        }
        if self.style.verbose {
            for (key, value) in &subject.claims {
                writeln!(self.out, "  {}", self.claim(*key, &value.to_string()))?;
            }
        } else if subject.verdict.is_none() && subject.claims.contains_key(&FactKey::Compression) {
            let fact = |key: FactKey| subject.claims.get(&key).map(ToString::to_string).unwrap_or_default();
            let facts = [FactKey::Compression, FactKey::ImageCount, FactKey::Guid].map(fact);
            let facts = facts.each_ref().map(String::as_str);
            writeln!(self.out, "  {}", self.told(words::CONTAINER, facts))?;
        }
        if let Some(writer) =
            subject.writer.as_ref().filter(|_| self.style.verbose || subject.verdict.is_none())
        {
            self.writer(writer)?;
        }
        if let Some(file) =
            subject.digests.file.as_ref().filter(|_| self.style.verbose || subject.verdict.is_none())
        {
            writeln!(self.out, "  {}", self.told(words::FILE_SHA256, [&file.sha256.to_string()]))?;
        }
        Ok(())
    }

    fn writer(&mut self, writer: &WriterReport) -> io::Result<()> {
        let name = writer.name.as_deref().unwrap_or(self.word(words::UNKNOWN_WRITER));
        writeln!(self.out, "  {}", self.told(words::WRITER, [name]))?;
        for habit in writer.habits.iter().filter(|_| self.style.verbose) {
            writeln!(self.out, "    {}: {}", habit.of.join(", "), habit.what)?;
        }
        Ok(())
    }

    /// A fact with its value.
    fn claim(&self, key: FactKey, value: &str) -> String {
        self.told(words::CLAIM, [&list_words::fact(key, self.style.language), value])
    }

    fn image(&mut self, image: &ImageReport, of_file: &[FindingReport]) -> io::Result<()> {
        writeln!(self.out, "  {}", self.heading(image))?;
        if self.style.verbose {
            for (key, value) in image.claims.iter().chain(&image.digests) {
                writeln!(self.out, "    {}", self.claim(*key, &self.shown(*key, value)))?;
            }
        } else {
            let brief = self.brief(image);
            if !brief.is_empty() {
                writeln!(self.out, "    {}", Inert(brief))?;
            }
            if let Some(tree) = image.digests.get(&FactKey::Tree).filter(|_| image.verdict.is_none()) {
                writeln!(self.out, "    {}", self.told(words::TREE, [&tree.to_string()]))?;
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
        let damaged = image.findings.iter().chain(of_file).any(|finding| finding.rule.rule().damage);
        match image.relatives.first().filter(|nearest| nearest.percent() >= TELLING_PERCENT) {
            Some(nearest) if damaged => self.damaged_copy(nearest),
            Some(nearest) => self.nearest(nearest),
            None => Ok(()),
        }
    }

    /// Number, name and verdict of an image, with the approval that the verdict refers to.
    fn heading(&self, image: &ImageReport) -> String {
        let verdict = image.verdict.map(|verdict| self.filled(words::BEHIND, [&self.verdict(verdict)]));
        let unwaived = image.unwaived_verdict.map(|verdict| self.unwaived(verdict));
        let by = image.approval.as_ref().map(|a| self.told(words::BY_APPROVAL, [&a.id, &a.title]));
        let behind: String = [verdict, unwaived, by].into_iter().flatten().collect();
        let name = Quoted(image.name()).to_string();
        match image.index {
            Some(index) => self.filled(words::IMAGE, [&index.to_string(), &name, &behind]),
            None => self.filled(words::UNNUMBERED, [&name, &behind]),
        }
    }

    /// The approved image that shares most with this one; where it shares all, in what it can differ.
    fn nearest(&mut self, nearest: &RelativeReport) -> io::Result<()> {
        let ApprovalReport { id, title } = &nearest.approval;
        let files = match nearest.foreign_files {
            0 => self.word(words::NO_FOREIGN_FILE).to_owned(),
            1 => self.word(words::FOREIGN_FILE).to_owned(),
            files => self.told(words::FOREIGN_FILES, [&grouped(files)]),
        };
        let percent = nearest.percent().to_string();
        writeln!(self.out, "    {}", self.told(words::NEAREST, [&percent, id, title, &files]))?;
        if !nearest.has_same_contents() {
            return Ok(());
        }
        writeln!(self.out, "      {}", self.word(words::SAME_CONTENTS))?;
        for compared in &nearest.differs {
            let values = [&compared.approved, &compared.seen].map(|value| self.shown(compared.fact, value));
            let fact = list_words::fact(compared.fact, self.style.language);
            writeln!(self.out, "      {}", self.told(words::ALSO_DIFFERS, [&fact, &values[0], &values[1]]))?;
        }
        writeln!(self.out, "      {}", self.word(words::WHAT_TO_DO))
    }

    /// The approved image whose contents this one lists, where damage was found: what is listed is not what is there.
    fn damaged_copy(&mut self, nearest: &RelativeReport) -> io::Result<()> {
        let ApprovalReport { id, title } = &nearest.approval;
        let percent = nearest.percent().to_string();
        writeln!(self.out, "    {}", self.told(words::NEAREST_DAMAGED, [&percent, id, title]))?;
        writeln!(self.out, "      {}", self.word(words::FETCH_ANEW))
    }

    fn findings(&mut self, findings: &[FindingReport], indent: &str) -> io::Result<()> {
        for finding in findings {
            if !self.style.shows(finding) {
                continue;
            }
            let rule = finding.rule.rule();
            let told = finding.told(self.style.language);
            let message = self.told(words::CLAIM, [self.word(rule.title), &told]);
            let severity = severity_word(finding.severity, self.style);
            writeln!(self.out, "{indent}{severity} {} {message}", rule.id)?;
            if let Some(excuse) = finding.excuse(self.style.language) {
                writeln!(self.out, "{indent}  {}", Inert(excuse))?;
            }
        }
        Ok(())
    }

    fn compared(&mut self, image: &ImageReport) -> io::Result<()> {
        let mut table = Table::new(&[]);
        table.head = vec![self.word(words::FACT), self.word(words::APPROVED), self.word(words::SEEN), ""];
        let telling = |c: &&ComparedReport| self.style.verbose || !c.agrees || TELLING.contains(&c.fact);
        for compared in image.compared.iter().filter(telling) {
            let agrees = self.word(if compared.agrees { words::AGREES } else { words::DIFFERS });
            let approved = self.shown(compared.fact, &compared.approved);
            let seen = self.shown(compared.fact, &compared.seen);
            let fact = list_words::fact(compared.fact, self.style.language);
            table.rows.push(vec![fact, approved, seen, agrees.to_owned()]);
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
        let word = |verdict: Verdict| match self.style.language {
            Language::En => verdict.name(),
            Language::ZhCn => labels::verdict(verdict).zh,
        };
        let told =
            |(verdict, n): &(Verdict, usize)| self.told(words::COUNTED, [&n.to_string(), word(*verdict)]);
        let mut counted: Vec<String> = counts.iter().map(told).collect();
        let unread = document.subjects.iter().filter(|subject| subject.images.is_empty()).count();
        if unread > 0 {
            counted.push(self.told(words::UNREAD, [&unread.to_string()]));
        }
        if counted.is_empty() {
            counted.push(self.word(words::NONE_JUDGED).to_owned());
        }
        let counted = counted.join(self.word(COMMA));
        let values = [&self.verdict(verdict), &counted, &document.exit_code.to_string()];
        writeln!(self.out, "{}", self.filled(words::SUMMARY, values.map(String::as_str)))
    }

    /// What the verdict would be if nothing were excused.
    fn unwaived(&self, verdict: Verdict) -> String {
        let otherwise = labels::UNWAIVED.get(self.style.language);
        self.filled(words::UNWAIVED, [&otherwise.replace("{}", &self.verdict(verdict))])
    }

    fn verdict(&self, verdict: Verdict) -> String {
        painted_verdict(verdict, self.style)
    }

    /// A value for people: sizes with their human form.
    fn shown(&self, key: FactKey, value: &Value) -> String {
        match (key, value) {
            (
                FactKey::FileSize | FactKey::TotalBytes | FactKey::WimTotalBytes | FactKey::HardLinkBytes,
                Value::Number(n),
            ) => self.bytes(*n),
            _ => value.to_string(),
        }
    }

    /// One line of what matters.
    fn brief(&self, image: &ImageReport) -> String {
        let text = |key: FactKey| image.claims.get(&key).map(ToString::to_string);
        let created = text(FactKey::Created).map(|at| self.told(words::CREATED, [&at]));
        let keys = [FactKey::Version, FactKey::Edition, FactKey::Architecture, FactKey::Languages];
        keys.into_iter().filter_map(text).chain(created).collect::<Vec<_>>().join(", ")
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
