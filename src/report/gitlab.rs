//! GitLab Code Quality: a list of what was found, for merge requests.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::{inert::Inert, json, result::Document, spot, text::Style};
use crate::judge::Severity;

/// Writes the findings of a result.
pub fn write(out: &mut dyn Write, document: &Document, style: Style) -> io::Result<()> {
    let spots = spot::all(document);
    let issues: Vec<Value> = spots
        .iter()
        .map(|spot| {
            let rule = spot.finding.rule.rule();
            let (title, address) = (rule.title.get(style.language), spot.address());
            let excuse = spot.finding.excuse(style.language);
            let severity = match spot.finding.severity {
                _ if excuse.is_some() => "info",
                Severity::Deny => "blocker",
                Severity::Warn => "major",
                Severity::Info => "info",
            };
            let excuse = excuse.map(|excuse| format!(" ({excuse})")).unwrap_or_default();
            json!({
                "description": Inert(format!("{address}: {title}: {}{excuse}", spot.finding.told(style.language))).to_string(),
                "check_name": rule.id,
                "fingerprint": spot.fingerprint,
                "severity": severity,
                "location": {
                    "path": Inert(&spot.source).to_string(),
                    "lines": { "begin": spot.line() },
                },
            })
        })
        .collect();
    json::write(out, &issues)
}
