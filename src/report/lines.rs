//! Lines that build servers obey, written by us on purpose: GitHub Actions, Azure Pipelines, TeamCity. Each has its own
//! rules for what may stand in them; text of an image is made inert first, so that it can neither end one of our commands
//! nor begin one of its own.

use std::io::{self, Write};

use super::{
    answer::{Answer, Question},
    enforcement::{notices, policy_source},
    inert::Inert,
    result::{Document, SubjectReport},
    spot::{self, Spot},
    text::Style,
};
use crate::judge::{ExitCode, Language, Severity};

/// Writes workflow commands of GitHub Actions: an annotation for each file that is not approved, then for each finding.
pub fn github(out: &mut dyn Write, document: &Document, style: Style) -> io::Result<()> {
    let question = Question::of(document);
    let property = |text: &str| github_escaped(text, &['%', '\r', '\n', ':', ',']);
    let message = |text: &str| github_escaped(text, &['%', '\r', '\n']);
    for notice in notices(document, style.language) {
        let (file, notice) = (property(policy_source(document)), message(&notice));
        writeln!(out, "::warning file={file},title=wimproof::{notice}")?;
    }
    for subject in &document.subjects {
        let answer = question.on_file(subject, style.language);
        let (level, text) =
            (level(subject, &answer), message(&answer_text(subject, &answer, style.language)));
        writeln!(out, "::{level} file={},title=wimproof::{text}", property(&subject.source))?;
    }
    for spot in shown(document, style) {
        let level = github_level(weight(&spot));
        let (file, line, id) = (property(spot.source), spot.line(), spot.finding.rule.rule().id);
        writeln!(
            out,
            "::{level} file={file},line={line},title={id}::{}",
            message(&told(&spot, style.language))
        )?;
    }
    Ok(())
}

/// Writes logging commands of Azure Pipelines; the last one makes the step fail where the answer is not "approved".
pub fn azure(out: &mut dyn Write, document: &Document, style: Style) -> io::Result<()> {
    for notice in notices(document, style.language) {
        let (path, notice) = (azure_escaped(policy_source(document)), azure_escaped(&notice));
        writeln!(out, "##vso[task.logissue type=warning;sourcepath={path};code=wimproof]{notice}")?;
    }
    let question = Question::of(document);
    for subject in &document.subjects {
        let answer = question.on_file(subject, style.language);
        let text = answer_text(subject, &answer, style.language);
        let kind = match level(subject, &answer) {
            "error" => "error",
            // Azure Pipelines has no notes: what is approved is a line of the log.
            "notice" => {
                writeln!(out, "{}", Inert(text))?;
                continue;
            }
            _ => "warning",
        };
        let (path, text) = (azure_escaped(&subject.source), azure_escaped(&text));
        writeln!(out, "##vso[task.logissue type={kind};sourcepath={path};code=wimproof]{text}")?;
    }
    for spot in shown(document, style).filter(|spot| spot.finding.severity != Severity::Info) {
        if weight(&spot) == Severity::Info {
            writeln!(out, "{}", Inert(told(&spot, style.language)))?;
            continue;
        }
        let kind = if spot.finding.severity == Severity::Deny { "error" } else { "warning" };
        let (path, line, id) = (azure_escaped(spot.source), spot.line(), spot.finding.rule.rule().id);
        let text = azure_escaped(&told(&spot, style.language));
        writeln!(
            out,
            "##vso[task.logissue type={kind};sourcepath={path};linenumber={line};code={id}]{text}"
        )?;
    }
    if document.exit_code != 0 {
        let word = question.on(document, style.language).word.get(style.language);
        writeln!(out, "##vso[task.complete result=Failed;]wimproof: {word}")?;
    }
    Ok(())
}

/// Writes service messages of TeamCity: an inspection for each finding, a build problem for each file that is not approved.
pub fn teamcity(out: &mut dyn Write, document: &Document, style: Style) -> io::Result<()> {
    for notice in notices(document, style.language) {
        writeln!(out, "##teamcity[message text='{}' status='WARNING']", teamcity_escaped(&notice))?;
    }
    let spots: Vec<Spot<'_>> = shown(document, style).collect();
    let mut rules: Vec<_> = spots.iter().map(|spot| spot.finding.rule).collect();
    rules.sort();
    rules.dedup();
    for id in rules {
        let rule = id.rule();
        let (title, text) = (rule.title.get(style.language), rule.explanation.get(style.language));
        writeln!(
            out,
            "##teamcity[inspectionType id='{id}' name='{id} {}' description='{}' category='wimproof']",
            teamcity_escaped(title),
            teamcity_escaped(text),
            id = rule.id
        )?;
    }
    for spot in &spots {
        let severity = match weight(spot) {
            Severity::Deny => "ERROR",
            Severity::Warn => "WARNING",
            Severity::Info => "INFO",
        };
        writeln!(
            out,
            "##teamcity[inspection typeId='{}' message='{}' file='{}' line='{}' SEVERITY='{severity}']",
            spot.finding.rule.rule().id,
            teamcity_escaped(&told(spot, style.language)),
            teamcity_escaped(spot.source),
            spot.line()
        )?;
    }
    // It fails the build, and a build whose check ends with 0 is not to fail.
    let stopped = document.exit_code != 0;
    let question = Question::of(document);
    for subject in document.subjects.iter().filter(|_| stopped) {
        let answer = question.on_file(subject, style.language);
        if level(subject, &answer) != "error" {
            continue;
        }
        let text = teamcity_escaped(&answer_text(subject, &answer, style.language));
        writeln!(out, "##teamcity[buildProblem description='{text}']")?;
    }
    Ok(())
}

/// Findings that are only worth knowing are shown to those who ask for them.
fn shown(document: &Document, style: Style) -> impl Iterator<Item = Spot<'_>> {
    let wanted = move |spot: &Spot<'_>| style.shows(spot.finding);
    spot::all(document).into_iter().filter(wanted)
}

/// How a finding weighs: what is excused is only worth knowing.
fn weight(spot: &Spot<'_>) -> Severity {
    if spot.finding.is_excused() { Severity::Info } else { spot.finding.severity }
}

/// How the answer on a file weighs; where none was asked for, its findings do.
fn level(subject: &SubjectReport, answer: &Answer) -> &'static str {
    let worst = subject.all_findings().map(|finding| finding.severity).max();
    match answer.code {
        Some(ExitCode::Approved) if subject.verdict.is_some() => "notice",
        Some(ExitCode::Approved) | None => worst.map_or("notice", github_level),
        Some(_) => "error",
    }
}

fn github_level(severity: Severity) -> &'static str {
    match severity {
        Severity::Deny => "error",
        Severity::Warn => "warning",
        Severity::Info => "notice",
    }
}

fn answer_text(subject: &SubjectReport, answer: &Answer, language: Language) -> String {
    format!("{}: {}. {}", subject.source, answer.word.get(language), answer.meaning)
}

fn told(spot: &Spot<'_>, language: Language) -> String {
    let excuse = spot.finding.excuse(language).map(|excuse| format!(" ({excuse})")).unwrap_or_default();
    format!(
        "{}: {}: {}{excuse}",
        spot.address(),
        spot.finding.rule.rule().title.get(language),
        spot.finding.told(language)
    )
}

fn github_escaped(text: &str, special: &[char]) -> String {
    escaped(text, |c| special.contains(&c).then(|| format!("%{:02X}", u32::from(c))))
}

/// `%` as the agent wants it since it decodes percent signs.
fn azure_escaped(text: &str) -> String {
    escaped(text, |c| match c {
        '%' => Some("%AZP25".to_owned()),
        ';' | ']' | '\r' | '\n' => Some(format!("%{:02X}", u32::from(c))),
        _ => None,
    })
}

fn teamcity_escaped(text: &str) -> String {
    escaped(text, |c| match c {
        '\'' | '|' | '[' | ']' => Some(format!("|{c}")),
        _ => None,
    })
}

/// Inert text with some of its characters written otherwise.
fn escaped(text: &str, other: impl Fn(char) -> Option<String>) -> String {
    let mut shown = String::new();
    for c in Inert(text).to_string().chars() {
        match other(c) {
            Some(other) => shown.push_str(&other),
            None => shown.push(c),
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_ends_a_command() {
        let property = github_escaped("a::error title=x,y%0A\n", &['%', '\r', '\n', ':', ',']);
        assert_eq!(property, "a%3A%3Aerror title=x%2Cy%250A\\u{a}");
        assert_eq!(
            azure_escaped("a;b]##vso[task.complete]100%\n"),
            "a%3Bb%5D#\\u{23}vso[task.complete%5D100%AZP25\\u{a}"
        );
        assert_eq!(teamcity_escaped("it's | [x]\n"), "it|'s || |[x|]\\u{a}");
    }
}
