//! SLSA Verification Summaries (`https://slsa.dev/verification_summary/v1`) in in-toto Statements v1: one statement a
//! line for each file that was read whole. Signed, each stands in a DSSE envelope of the type `application/vnd.in-toto+json`;
//! else the line is the payload of an envelope that is still to be made.
//!
//! A statement is matched by digest alone, so a file whose SHA-256 is not known has none, and SHA-1 is never given as a
//! digest: a lax reader takes any that fits. What is approved within the file stands in annotations.

use std::io::{self, Write};

use serde::Serialize as _;
use serde_json::{Value, json};

use super::{
    file_uri,
    inert::InertJson,
    result::{Document, FileDigest, RegistryHead, SubjectReport, time_text},
    text::Style,
};
use crate::{
    judge::{Language, Verdict},
    registry::Envelope,
    sighting::FactKey,
    signing::{Signer, SigningError},
};

/// Writes a statement for each file that has a SHA-256.
pub fn write(out: &mut dyn Write, document: &Document, _: Style) -> io::Result<()> {
    for subject in &document.subjects {
        if let Some(statement) = statement(document, subject) {
            let mut line = serde_json::Serializer::with_formatter(&mut *out, InertJson::compact());
            statement.serialize(&mut line)?;
            writeln!(out)?;
        }
    }
    Ok(())
}

/// A signed envelope, as a line, for each file that has a SHA-256.
pub fn signed(document: &Document, signers: &[Signer]) -> Result<Vec<String>, SigningError> {
    let statements = document.subjects.iter().filter_map(|subject| statement(document, subject));
    let envelopes = statements.filter_map(|statement| Envelope::seal(&statement, signers));
    envelopes.filter_map(|envelope| envelope.map(|envelope| envelope.to_line()).transpose()).collect()
}

/// Files that have no statement.
pub fn without_statement(document: &Document) -> impl Iterator<Item = &SubjectReport> {
    document.subjects.iter().filter(|subject| statement(document, subject).is_none())
}

/// `None` where there is nothing to say it of: no SHA-256, no verdict, no registry that it rests on.
fn statement(document: &Document, subject: &SubjectReport) -> Option<Value> {
    let FileDigest { sha256 } = subject.digests.file.as_ref()?;
    let (verdict, registry) = (subject.verdict?, document.registry.as_ref()?);
    let uri = file_uri::of(&subject.source);
    let passed = verdict == Verdict::Approved;
    // Whoever wants no exceptions asks for the first of these.
    let excused = subject.is_excused();
    let approved = if excused { "WIMPROOF_EXCUSED" } else { "WIMPROOF_APPROVED" };
    let levels = match passed {
        true => vec![approved.to_owned(), format!("WIMPROOF_ASSURANCE_{}", subject.assurance).to_uppercase()],
        false => vec!["FAILED".to_owned()],
    };
    Some(json!({
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{
            "name": uri,
            "digest": { "sha256": sha256.to_string() },
            "annotations": { "images": images(subject) },
        }],
        "predicateType": "https://slsa.dev/verification_summary/v1",
        "predicate": {
            "verifier": {
                "id": format!("wimproof:verifier/{}", file_uri::of(&registry.origin)),
                "version": { "wimproof": document.tool.version },
            },
            "timeVerified": time_text(&document.now),
            "resourceUri": uri,
            "policy": policy(document, registry),
            "verificationResult": if passed { "PASSED" } else { "FAILED" },
            "verifiedLevels": levels,
        },
    }))
}

/// The policy of a gate is the registry at its head, with what the check asked for.
fn policy(document: &Document, registry: &RegistryHead) -> Value {
    json!({
        "uri": format!("wimproof:registry/{}#{}", file_uri::of(&registry.origin), registry.size),
        // The Merkle root of RFC 6962 over the entries: not the SHA-256 of any file, so not called that.
        "digest": { "rfc6962Sha256": registry.root },
        "annotations": document.policy,
    })
}

fn images(subject: &SubjectReport) -> Vec<Value> {
    let image = |image: &super::result::ImageReport| {
        let mut summary = json!({
            "index": image.index,
            "tree": image.digests.get(&FactKey::Tree),
            "verdict": image.verdict,
            "approval": image.approval.as_ref().map(|approval| &approval.id),
        });
        if let (Some(unwaived), Some(members)) = (image.unwaived_verdict, summary.as_object_mut()) {
            let excuses = image.excuses(&subject.findings, Language::En);
            members.extend([
                ("unwaived_verdict".to_owned(), json!(unwaived)),
                ("excuses".to_owned(), json!(excuses)),
            ]);
        }
        summary
    };
    subject.images.iter().map(image).collect()
}
