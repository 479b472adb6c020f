//! JUnit XML, as Jenkins, GitLab and Azure Pipelines read it: a suite for each file, a case for the file itself and one
//! for each of its images. What is approved passes and is seen to; what is not fails; what could not be judged is an
//! error; what counts as approved only by a waiver or the baseline is skipped. Names of cases are unique: GitLab shows only the first of two that are alike.

use std::{
    collections::HashMap,
    fmt::Write as _,
    io::{self, Write},
};

use super::{
    answer::{Answer, Question},
    enforcement::{notices, policy_source},
    html::labels,
    inert::Inert,
    result::{Document, FindingReport, ImageReport, SubjectReport, time_text},
    text::Style,
};
use crate::judge::{ExitCode, Language, Severity};

/// How a case ends.
enum End {
    Passed,
    /// What speaks against it is excused.
    Skipped(String),
    Failed(String),
    Undecided(String),
}

struct Case {
    name: String,
    end: End,
    details: String,
}

struct Suite {
    name: String,
    cases: Vec<Case>,
}

/// Writes a result.
pub fn write(out: &mut dyn Write, document: &Document, style: Style) -> io::Result<()> {
    let mut names: HashMap<&str, u32> = HashMap::new();
    let mut suites: Vec<Suite> = of_policy(document, style.language).into_iter().collect();
    for subject in &document.subjects {
        let count = names.entry(&subject.source).or_default();
        *count += 1;
        let again = if *count > 1 { format!(" ({count})") } else { String::new() };
        suites.push(suite(Question::of(document), subject, &again, style.language));
    }
    let at = time_text(&document.now);
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    let [tests, failures, errors, _] = counts(&suites);
    writeln!(
        out,
        "<testsuites name=\"wimproof {}\" tests=\"{tests}\" failures=\"{failures}\" errors=\"{errors}\" time=\"0\">",
        Xml(&document.command)
    )?;
    for suite in &suites {
        let [tests, failures, errors, skipped] = counts(std::slice::from_ref(suite));
        let name = Xml(&suite.name);
        writeln!(
            out,
            "  <testsuite name=\"{name}\" tests=\"{tests}\" failures=\"{failures}\" errors=\"{errors}\" skipped=\"{skipped}\" \
             timestamp=\"{at}\" time=\"0\">"
        )?;
        for case in &suite.cases {
            write_case(out, case, &suite.name)?;
        }
        writeln!(out, "  </testsuite>")?;
    }
    writeln!(out, "</testsuites>")
}

/// Cases; those that failed, that could not be judged, that were skipped.
fn counts(suites: &[Suite]) -> [usize; 4] {
    let cases = || suites.iter().flat_map(|suite| &suite.cases);
    let failures = cases().filter(|case| matches!(case.end, End::Failed(_))).count();
    let errors = cases().filter(|case| matches!(case.end, End::Undecided(_))).count();
    let skipped = cases().filter(|case| matches!(case.end, End::Skipped(_))).count();
    [cases().count(), failures, errors, skipped]
}

/// What is to say of the policy: a suite that passes, and tells.
fn of_policy(document: &Document, language: Language) -> Option<Suite> {
    let notices = notices(document, language);
    if notices.is_empty() && document.findings.is_empty() {
        return None;
    }
    let lines = notices.iter().map(|notice| format!("{}\n", Inert(notice)));
    let details = lines.collect::<String>() + &details(&document.findings, language);
    let name = labels::POLICY.get(language).to_owned();
    let case = Case { name, end: End::Passed, details };
    Some(Suite { name: policy_source(document).to_owned(), cases: vec![case] })
}

fn suite(question: Question, subject: &SubjectReport, again: &str, language: Language) -> Suite {
    let mut cases: Vec<Case> =
        subject.images.iter().map(|image| of_image(question, image, subject, language)).collect();
    let answer = question.on_file(subject, language);
    // The file fails for what is wrong with it; its images answer for themselves.
    let own =
        subject.images.is_empty() || question != Question::Health && answer.code == Some(ExitCode::Undecided);
    let name = labels::FILE.get(language).to_owned();
    cases.insert(0, case(name, own.then_some(&answer), &subject.findings, language));
    Suite { name: format!("{}{again}", subject.source), cases }
}

fn of_image(question: Question, image: &ImageReport, subject: &SubjectReport, language: Language) -> Case {
    let index = image.index.map(|index| index.to_string()).unwrap_or_default();
    let number = labels::IMAGE_INDEX.get(language).replace("{}", &index);
    let answer = question.on_image(image, subject, language);
    // A sound image may be denied for something else.
    let answer = Some(&answer)
        .filter(|answer| question != Question::Soundness || answer.code != Some(ExitCode::Approved));
    let case = case(format!("{number} {}", image.name()), answer, &image.findings, language);
    match image.unwaived_verdict {
        Some(_) => {
            let excuses = image.excuses(&subject.findings, language);
            Case { end: End::Skipped(excuses.join("; ")), ..case }
        }
        None => case,
    }
}

fn case(name: String, answer: Option<&Answer>, findings: &[FindingReport], language: Language) -> Case {
    let mut denials = findings.iter().filter(|finding| finding.severity == Severity::Deny);
    let denied = denials.clone().find(|finding| !finding.is_excused());
    let excuse = denials.find_map(|finding| finding.excuse(language));
    let why = denied.or_else(|| findings.first()).map(|finding| {
        let rule = finding.rule.rule();
        format!("{} {}", rule.id, rule.title.get(language))
    });
    let (code, word) = match answer.map(|answer| (answer.code, answer.word)) {
        Some((Some(code), word)) => (Some(code), Some(word.get(language).to_owned())),
        _ => (None, None),
    };
    let summary = || word.into_iter().chain(why).collect::<Vec<_>>().join(": ");
    let end = match code {
        Some(ExitCode::Undecided) => End::Undecided(summary()),
        Some(ExitCode::Approved) => End::Passed,
        None if denied.is_none() => excuse.map_or(End::Passed, End::Skipped),
        _ => End::Failed(summary()),
    };
    Case { name, end, details: details(findings, language) }
}

fn details(findings: &[FindingReport], language: Language) -> String {
    let mut details = String::new();
    for finding in findings {
        let rule = finding.rule.rule();
        let severity = labels::severity(finding.severity).get(language);
        // No failure: it writes to memory.
        let _ = writeln!(
            details,
            "{} [{severity}] {}: {}",
            rule.id,
            rule.title.get(language),
            Inert(finding.told(language))
        );
        if let Some(excuse) = finding.excuse(language) {
            let _ = writeln!(details, "  {}", Inert(excuse));
        }
    }
    details
}

fn write_case(out: &mut dyn Write, case: &Case, class: &str) -> io::Result<()> {
    let (name, class) = (Xml(&case.name), Xml(class));
    write!(out, "    <testcase classname=\"{class}\" name=\"{name}\" time=\"0\"")?;
    let (element, message) = match &case.end {
        End::Passed if case.details.is_empty() => return writeln!(out, "/>"),
        End::Passed => {
            return writeln!(out, "><system-out>{}</system-out></testcase>", Escaped(&case.details));
        }
        End::Skipped(message) => ("skipped", message),
        End::Failed(message) => ("failure", message),
        End::Undecided(message) => ("error", message),
    };
    let (message, details) = (Xml(message), Escaped(&case.details));
    if element == "skipped" {
        // Schemas allow no text in it.
        return writeln!(
            out,
            "><skipped message=\"{message}\"/><system-out>{details}</system-out></testcase>"
        );
    }
    writeln!(out, "><{element} message=\"{message}\" type=\"wimproof\">{details}</{element}></testcase>")
}

/// Text of an image or ours, harmless and as XML.
struct Xml<'t>(&'t str);

impl std::fmt::Display for Xml<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", Escaped(&Inert(self.0).to_string()))
    }
}

/// Text that is harmless already, as XML.
struct Escaped<'t>(&'t str);

impl std::fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for c in self.0.chars() {
            match c {
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '&' => f.write_str("&amp;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&apos;")?,
                _ => f.write_char(c)?,
            }
        }
        Ok(())
    }
}
