//! Markdown as GitHub, GitLab and ticket systems read it. Text of an image stands in code spans and nowhere else: there
//! it is neither markup nor HTML, no link, no mention of a person and no reference to a ticket.

use std::io::{self, Write};

use super::{
    answer::{Answer, Question},
    enforcement::{notices, policy_source},
    html::{Tone, labels},
    inert::Inert,
    result::{Document, FindingReport, ImageReport, SubjectReport, time_text},
    text::Style,
};
use crate::judge::{Language, Texts};

/// Characters of one text that are shown.
const LONGEST: usize = 1000;

/// Writes a result.
pub fn write(out: &mut dyn Write, document: &Document, style: Style) -> io::Result<()> {
    let mut page = Page { out, style, question: Question::of(document) };
    page.head(document)?;
    page.policy(document)?;
    for subject in &document.subjects {
        page.subject(subject)?;
    }
    Ok(())
}

struct Page<'o> {
    out: &'o mut dyn Write,
    style: Style,
    question: Question,
}

impl Page<'_> {
    fn say(&self, label: Texts) -> &'static str {
        label.get(self.style.language)
    }

    /// What is to say of the policy itself.
    fn policy(&mut self, document: &Document) -> io::Result<()> {
        let worth_it = |finding: &&FindingReport| self.style.shows(finding);
        let findings: Vec<_> = document.findings.iter().filter(worth_it).map(|f| (None, f)).collect();
        if findings.is_empty() {
            return Ok(());
        }
        let file = code_span(policy_source(document));
        writeln!(self.out, "\n### {} {file}", self.say(labels::POLICY))?;
        self.findings(&findings)
    }

    fn head(&mut self, document: &Document) -> io::Result<()> {
        for notice in notices(document, self.style.language) {
            writeln!(self.out, "> \u{26a0} {}\n", code_span(&notice))?;
        }
        let answer = self.question.on(document, self.style.language);
        let verdict = self.verdict(&answer);
        let code = self.say(labels::EXIT_CODE).replace("{}", &document.exit_code.to_string());
        writeln!(self.out, "## wimproof {}: {verdict}\n", code_span(&document.command))?;
        writeln!(self.out, "{} ({code})\n", answer.meaning)?;
        let at = self.say(labels::JUDGED_AT);
        writeln!(self.out, "- {at}: {}", code_span(&time_text(&document.now)))?;
        if let Some(head) = &document.registry {
            let entries = self.say(labels::REGISTRY_ENTRIES).replace("{}", &head.size.to_string());
            let registry = self.say(labels::REGISTRY);
            let (origin, root) = (code_span(&head.origin), code_span(&head.root));
            writeln!(self.out, "- {registry}: {origin}, {entries}, {root}")?;
        }
        if let Some(policy) = &document.policy {
            let assurance = self.say(labels::assurance(policy.assurance));
            writeln!(self.out, "- {}: {assurance}", self.say(labels::ASKED))?;
            if let Some(scope) = &policy.scope {
                writeln!(self.out, "- {}: {}", self.say(labels::SCOPE), code_span(scope))?;
            }
        }
        Ok(())
    }

    fn subject(&mut self, subject: &SubjectReport) -> io::Result<()> {
        let verdict = self.verdict(&self.question.on_file(subject, self.style.language));
        writeln!(self.out, "\n### {}: {verdict}\n", code_span(&subject.source))?;
        let assurance = self.say(labels::assurance(subject.assurance));
        writeln!(self.out, "- {}: {assurance}", self.say(labels::ASSURANCE))?;
        if let Some(file) = &subject.digests.file {
            writeln!(self.out, "- SHA-256: {}", code_span(&file.sha256.to_string()))?;
        }
        if !subject.images.is_empty() {
            let cells = [labels::IMAGE, labels::VERDICT, labels::APPROVAL].map(|label| self.say(label));
            writeln!(self.out, "\n| {} |\n| --- | --- | --- |", cells.join(" | "))?;
        }
        for image in &subject.images {
            self.image(image, subject)?;
        }
        let of_images = subject
            .images
            .iter()
            .flat_map(|image| image.findings.iter().map(move |finding| (image.index, finding)));
        let findings: Vec<_> =
            subject.findings.iter().map(|finding| (None, finding)).chain(of_images).collect();
        self.findings(&findings)
    }

    fn image(&mut self, image: &ImageReport, subject: &SubjectReport) -> io::Result<()> {
        let index = image.index.map(|index| format!("{index} ")).unwrap_or_default();
        let answer = self.question.on_image(image, subject, self.style.language);
        let (name, mut verdict) = (cell(&image.name()), self.verdict(&answer));
        if let Some(unwaived) = image.unwaived_verdict {
            let word = self.say(labels::verdict(unwaived));
            verdict = format!("{verdict} ({})", self.say(labels::UNWAIVED).replace("{}", word));
        }
        let approval = image.approval.as_ref();
        let approval = approval.map(|a| format!("{} {}", cell(&a.id), cell(&a.title))).unwrap_or_default();
        writeln!(self.out, "| {index}{name} | {verdict} | {approval} |")
    }

    fn findings(&mut self, findings: &[(Option<u32>, &FindingReport)]) -> io::Result<()> {
        let shown = |(_, finding): &&(Option<u32>, &FindingReport)| self.style.shows(finding);
        let shown: Vec<_> = findings.iter().filter(shown).collect();
        if shown.is_empty() {
            return Ok(());
        }
        writeln!(self.out, "\n{}:\n", self.say(labels::FINDINGS))?;
        for (index, finding) in shown {
            let rule = finding.rule.rule();
            let image =
                index.map(|index| self.say(labels::IMAGE_INDEX).replace("{}", &index.to_string()) + " ");
            let severity = self.say(labels::severity(finding.severity));
            let (image, title) = (image.unwrap_or_default(), self.say(rule.title));
            writeln!(
                self.out,
                "- {image}**{}** ({severity}) {title}: {}",
                rule.id,
                code_span(&finding.told(self.style.language))
            )?;
            if let Some(excuse) = finding.excuse(self.style.language) {
                writeln!(self.out, "  - {}", code_span(&excuse))?;
            }
        }
        Ok(())
    }

    fn verdict(&self, answer: &Answer) -> String {
        let word = self.say(answer.word);
        let word = if self.style.language == Language::En { word.to_uppercase() } else { word.to_owned() };
        let sign = match answer.tone {
            Tone::Good => "\u{2705}",
            Tone::Unsure | Tone::Neutral => "\u{26a0}",
            Tone::Bad => "\u{274c}",
        };
        format!("{sign} {word}")
    }
}

/// A code span (`CommonMark` 6.1): its fence is longer than any row of backticks within.
fn code_span(text: &str) -> String {
    let mut shown = Inert(text).to_string();
    if let Some((end, _)) = shown.char_indices().nth(LONGEST) {
        shown.truncate(end);
        shown.push('\u{2026}');
    }
    let longest = shown.split(|c| c != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat(longest + 1);
    // Blanks at both ends are taken away by the reader; without text there would be no code span.
    format!("{fence} {shown} {fence}")
}

/// A code span in a table, where a bar would end the cell even within it.
fn cell(text: &str) -> String {
    code_span(text).replace('|', "\\|")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_spans_cannot_be_left() {
        assert_eq!(code_span("a"), "` a `");
        assert_eq!(code_span("a`b``c"), "``` a`b``c ```");
        assert_eq!(code_span("`"), "`` ` ``");
        assert_eq!(code_span("two\nlines"), "` two\\u{a}lines `");
        assert_eq!(cell("a|b"), "` a\\|b `");
    }
}
