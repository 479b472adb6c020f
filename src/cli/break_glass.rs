//! `check --break-glass`: somebody lets images through against the answer, and answers for it.
//!
//! The answer stands; the code becomes 0 only after it is on the disk who did it, why and by which ticket.

use clap::Args;

use super::{Error, Result, registry::user};
use crate::{
    judge::{Argument, Finding, PhraseId, RuleId, Said, Severity, Verdict, policy::Terms},
    registry::{Audit, Decision, Registry},
    report::{
        enforcement::{BreakGlassReport, policy_source},
        result::{Document, SubjectReport},
    },
};

#[derive(Debug, Args)]
pub(super) struct BreakGlass {
    /// Let the images through against the answer, for this reason: exit code 0, the verdict stands, and the audit record
    /// says who did it. Only where the policy allows it
    #[arg(long, value_name = "REASON", requires = "change", conflicts_with = "no_audit")]
    break_glass: Option<String>,
    /// Number of the change or ticket that --break-glass rests on
    #[arg(long, value_name = "ID", requires = "break_glass")]
    change: Option<String>,
}

/// Who asks, and why.
struct Request {
    by: String,
    reason: String,
    ticket: String,
}

impl BreakGlass {
    /// # Errors
    /// Where nobody could answer for it, before anything is read.
    pub(super) fn check(&self) -> Result<()> {
        self.request().map(|_| ())
    }

    fn request(&self) -> Result<Option<Request>> {
        let (Some(reason), Some(change)) = (&self.break_glass, &self.change) else { return Ok(None) };
        let given = |text: Option<String>, what: &str| {
            let text = text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
            text.ok_or_else(|| Error::Usage(format!("--break-glass takes {what}")))
        };
        Ok(Some(Request {
            by: given(user(), "a user who has a name (USER)")?,
            reason: given(Some(reason.clone()), "a reason")?,
            ticket: given(Some(change.clone()), "a --change")?,
        }))
    }

    /// Whether it is asked for.
    pub(super) fn is_asked(&self) -> bool {
        self.break_glass.is_some()
    }

    /// Lets the images through if the policy allows it, nothing is in its way and it can be recorded; says in the result
    /// what came of it. Whether the audits were recorded.
    pub(super) fn apply(
        &self,
        document: &mut Document,
        obstacle: Option<Said>,
        terms: Option<&Terms>,
        registry: Option<&Registry>,
        audits: &[Audit],
    ) -> bool {
        let (Ok(Some(request)), Some(verdict)) = (self.request(), document.verdict) else { return false };
        if document.exit_code == 0 {
            return false;
        }
        let refusal = refusal(terms).or(obstacle).or_else(|| record(&request, document, registry, audits));
        let granted = refusal.is_none();
        let [by, reason, ticket] = [&request.by, &request.reason, &request.ticket].map(text);
        let finding = match refusal {
            None => {
                document.exit_code = 0;
                document.enforced = Some(false);
                let said = PhraseId::GLASS_BROKEN.of([by, text(verdict.name()), ticket, reason]);
                Finding::said(RuleId::GLASS_BROKEN, said, Vec::new())
            }
            Some(why) => {
                let said = PhraseId::GLASS_REFUSED.of([by, ticket, reason, why.into()]);
                Finding::said(RuleId::GLASS_NOT_BROKEN, said, Vec::new())
            }
        };
        document.findings.insert(0, (&finding).into());
        let Request { by, reason, ticket } = request;
        document.break_glass = Some(BreakGlassReport { by, reason, ticket, granted });
        granted
    }
}

fn text(value: impl std::fmt::Display) -> Argument {
    Argument::Text(value.to_string())
}

/// Why the policy does not allow it at all.
fn refusal(terms: Option<&Terms>) -> Option<Said> {
    match terms {
        None => Some(PhraseId::GLASS_NO_POLICY.of([])),
        Some(terms) if !terms.break_glass.allowed => Some(PhraseId::GLASS_FORBIDDEN.of([])),
        Some(_) => None,
    }
}

/// Why a policy does not allow it for a file: what could not be judged is let through only where the registry is the reason,
/// and the policy names that reason.
pub(super) fn obstacle(terms: Option<&Terms>, subject: &SubjectReport) -> Option<Said> {
    let terms = terms?;
    let of_registry = |rule: RuleId| rule.is_of_the_registry() && rule.rule().severity == Severity::Deny;
    let mut rules =
        subject.all_findings().map(|finding| finding.rule).filter(|rule| of_registry(*rule)).peekable();
    let unread = subject.images.is_empty();
    if unread || (subject.verdict == Some(Verdict::Undecided) && rules.peek().is_none()) {
        return Some(PhraseId::GLASS_UNDECIDED.of([text(&subject.source)]));
    }
    let excluded = rules.find(|rule| !terms.break_glass.even_with.contains(rule))?;
    Some(PhraseId::GLASS_REGISTRY.of([text(excluded.rule().id)]))
}

/// Puts it on the disk. Why that could not be done.
fn record(
    request: &Request,
    document: &Document,
    registry: Option<&Registry>,
    audits: &[Audit],
) -> Option<Said> {
    let Some(registry) = registry.filter(|_| !audits.is_empty()) else {
        return Some(PhraseId::GLASS_NO_REGISTRY.of([]));
    };
    let decision = Decision {
        at: document.now,
        by: Some(request.by.clone()),
        ticket: Some(request.ticket.clone()),
        reason: Some(format!("{} ({})", request.reason, policy_source(document))),
        place: None,
    };
    let overridden = |audit: &Audit| Audit { break_glass: Some(decision.clone()), ..audit.clone() };
    let audits: Vec<Audit> = audits.iter().map(overridden).collect();
    let failed = registry.audit_durably(&audits).err()?;
    Some(PhraseId::GLASS_UNRECORDED.of([text(failed)]))
}
