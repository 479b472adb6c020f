//! SARIF 2.1.0 (OASIS, 2020): for code scanning of GitHub and Azure DevOps, and for viewers in editors.
//!
//! A WIM has no lines: a result points to line 1 and, where the finding quotes bytes, to their range.

use std::{
    collections::HashSet,
    io::{self, Write},
};

use serde_json::{Value, json};

use super::{
    enforcement::notices,
    file_uri,
    inert::Inert,
    json,
    result::{Document, SubjectReport, time_text},
    spot::{self, Spot},
    text::Style,
};
use crate::judge::{Language, Rule, RuleId, Severity};

/// Where the schema is published.
const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// Characters of the longest description that GitHub takes.
const LONGEST_DESCRIPTION: usize = 1024;

/// Writes a result as one SARIF log with one run.
pub fn write(out: &mut dyn Write, document: &Document, style: Style) -> io::Result<()> {
    let spots = spot::all(document);
    let mut used: Vec<RuleId> = spots.iter().map(|spot| spot.finding.rule).collect();
    used.sort();
    used.dedup();
    let rules: Vec<Value> = used.iter().map(|id| rule(id.rule(), style.language)).collect();
    let excused = spots.iter().any(|spot| spot.finding.is_excused());
    let results: Vec<Value> = spots.iter().map(|spot| result(spot, &used, excused, style.language)).collect();
    // A file that was named twice is one artifact: no two of the list may be alike.
    let mut named = HashSet::new();
    let once = document.subjects.iter().filter(|subject| named.insert(subject.source.as_str()));
    let artifacts: Vec<Value> = once.map(artifact).collect();
    let language = match style.language {
        Language::En => "en",
        Language::ZhCn => "zh-CN",
    };
    let log = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": document.tool.name,
                "semanticVersion": document.tool.version,
                "language": language,
                "rules": rules,
            }},
            "automationDetails": { "id": format!("wimproof/{}/", document.command) },
            "invocations": [invocation(document, style.language)],
            "language": language,
            "artifacts": artifacts,
            "results": results,
            "properties": properties(document),
        }],
    });
    json::write(out, &log)
}

fn invocation(document: &Document, language: Language) -> Value {
    let mut invocation = json!({
        "executionSuccessful": document.exit_code < 2,
        "exitCode": document.exit_code,
        "endTimeUtc": time_text(&document.now),
    });
    let notification =
        |notice: &String| json!({ "level": "warning", "message": { "text": message(notice) } });
    let notices: Vec<Value> = notices(document, language).iter().map(notification).collect();
    if let Some(members) = invocation.as_object_mut().filter(|_| !notices.is_empty()) {
        members.insert("toolExecutionNotifications".to_owned(), notices.into());
    }
    invocation
}

fn properties(document: &Document) -> Value {
    let Document { verdict, registry, policy, enforced, break_glass, .. } = document;
    let mut properties = json!({ "verdict": verdict, "registry": registry, "policy": policy });
    if let Some(members) = properties.as_object_mut() {
        members.extend(enforced.map(|enforced| ("enforced".to_owned(), enforced.into())));
        members.extend(break_glass.as_ref().map(|glass| ("break_glass".to_owned(), json!(glass))));
    }
    properties
}

fn rule(rule: &Rule, language: Language) -> Value {
    let (title, explanation) = (rule.title.get(language), rule.explanation.get(language));
    let (weight, precision) = match rule.severity {
        Severity::Deny => ("8.5", "very-high"),
        Severity::Warn => ("5.0", "high"),
        Severity::Info => ("1.0", "high"),
    };
    json!({
        "id": rule.id,
        "name": pascal_case(rule.title.en),
        "shortDescription": { "text": message(title) },
        "fullDescription": { "text": message(explanation) },
        "help": {
            "text": message(explanation),
            "markdown": format!("**{}** {title}\n\n{explanation}", rule.id),
        },
        "defaultConfiguration": { "level": level(rule.severity) },
        "properties": {
            "tags": ["security", "provenance"],
            "precision": precision,
            "security-severity": weight,
        },
    })
}

/// Where one result of a run has suppressions, all have them (§3.27.23): an empty list where it counts.
fn result(spot: &Spot<'_>, rules: &[RuleId], excused: bool, language: Language) -> Value {
    let finding = spot.finding;
    let mut result = json!({
        "ruleId": finding.rule.rule().id,
        "ruleIndex": rules.binary_search(&finding.rule).unwrap_or_default(),
        "level": level(finding.severity),
        "message": { "text": message(&format!("{}: {}", spot.address(), finding.told(language))) },
        "locations": [{
            "physicalLocation": {
                "artifactLocation": { "uri": file_uri::of(spot.source) },
                "region": region(spot),
            },
            "logicalLocations": [{ "fullyQualifiedName": Inert(spot.address()).to_string() }],
        }],
        // GitHub goes by this one.
        "partialFingerprints": { "primaryLocationLineHash": format!("{}:1", spot.fingerprint) },
    });
    if let Some(members) = result.as_object_mut().filter(|_| excused) {
        let suppression = |excuse: String| {
            let justification = Inert(excuse).to_string();
            json!({ "kind": "external", "status": "accepted", "justification": justification })
        };
        let suppressions: Vec<Value> = finding.excuse(language).map(suppression).into_iter().collect();
        members.insert("suppressions".to_owned(), suppressions.into());
    }
    result
}

/// Places in other files than the one that was judged (a registry, say) are none in it.
fn region(spot: &Spot<'_>) -> Value {
    let own = spot.place().filter(|place| place.source == spot.source);
    let line = own.and_then(|place| place.line).unwrap_or(1).max(1);
    let mut region = json!({ "startLine": line, "startColumn": 1, "endLine": line, "endColumn": 1 });
    if let (Some(place), Some(members)) = (own.filter(|place| place.line.is_none()), region.as_object_mut()) {
        members.extend(place.offset.map(|offset| ("byteOffset".to_owned(), offset.into())));
        members.extend(place.length.map(|length| ("byteLength".to_owned(), length.into())));
    }
    region
}

fn artifact(subject: &SubjectReport) -> Value {
    let mut artifact = json!({
        "location": { "uri": file_uri::of(&subject.source) },
        "roles": ["analysisTarget"],
        "properties": { "verdict": subject.verdict, "assurance": subject.assurance },
    });
    if let Some(members) = artifact.as_object_mut() {
        members.extend(subject.file_size.map(|length| ("length".to_owned(), length.into())));
        let digest = subject.digests.file.as_ref().map(|file| json!({ "sha-256": file.sha256.to_string() }));
        members.extend(digest.map(|digest| ("hashes".to_owned(), digest)));
    }
    artifact
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Deny => "error",
        Severity::Warn => "warning",
        Severity::Info => "note",
    }
}

/// A plain text message (§3.11): braces would be placeholders, brackets links.
fn message(text: &str) -> String {
    let mut shown = String::new();
    for c in Inert(text).to_string().chars().take(LONGEST_DESCRIPTION) {
        match c {
            '{' => shown.push_str("{{"),
            '}' => shown.push_str("}}"),
            '[' | ']' => shown.extend(['\\', c]),
            _ => shown.push(c),
        }
    }
    shown
}

fn pascal_case(title: &str) -> String {
    let words = title.split(|c: char| !c.is_ascii_alphanumeric());
    let capital = |word: &str| {
        let mut letters = word.chars();
        letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect::<String>()
    };
    words.map(capital).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_hold_neither_links_nor_placeholders() {
        assert_eq!(message("see [here](http://x.example) {0}"), "see \\[here\\](http://x.example) {{0}}");
        assert_eq!(message("\u{202e}x"), "\\u{{202e}}x");
    }

    #[test]
    fn every_rule_can_be_shown() {
        let names: std::collections::BTreeSet<String> =
            RuleId::all().map(|id| pascal_case(id.rule().title.en)).collect();
        assert_eq!(names.len(), RuleId::all().count());
        for rule in RuleId::all().map(RuleId::rule) {
            for text in [rule.explanation.en, rule.explanation.zh, rule.title.en, rule.title.zh] {
                assert!(text.chars().count() <= LONGEST_DESCRIPTION, "{}", rule.id);
                assert!(!text.contains(['{', '}', '[', ']']), "{}", rule.id);
            }
        }
    }
}
