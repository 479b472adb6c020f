//! What a policy, a baseline and the command line ask of a check or a sweep, and how they let it end.

use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};

use super::{Error, Global, Result, break_glass::BreakGlass};
use crate::{
    judge::{
        ExitCode, Policy, Said,
        policy::{Baseline, Digest, Loosening, Pinned, Terms, Weighing},
    },
    policy,
    registry::{Audit, Registry},
    report::result::Document,
    sighting::Assurance,
};

/// What is asked.
pub(super) struct SitePolicy {
    pub(super) terms: Option<Terms>,
    pub(super) baseline: Option<Baseline>,
    pub(super) asked: Policy,
}

impl SitePolicy {
    /// Reads policy and baseline. `assurance` and `scope` are those of the command line; `usual` is the assurance where
    /// neither it nor a policy says which.
    pub(super) fn read(
        global: &Global,
        baseline: Option<&Path>,
        (assurance, usual): (Option<Assurance>, Assurance),
        scope: Option<&str>,
    ) -> Result<Self> {
        let terms = global.policy.as_deref().map(policy::read).transpose()?;
        let asked = match &terms {
            Some(terms) => asked(terms, assurance, scope)?,
            None => Policy { assurance: assurance.unwrap_or(usual), scope: scope.map(str::to_owned) },
        };
        let baseline = baseline.map(|file| read_baseline(file, terms.as_ref())).transpose()?;
        Ok(Self { terms, baseline, asked })
    }

    /// The files it was read from, which no result may overwrite.
    pub(super) fn files(&self, global: &Global, baseline: Option<&PathBuf>) -> Vec<PathBuf> {
        let of_health = self.terms.iter().flat_map(|terms| terms.health.files.iter().map(|file| &file.path));
        global.policy.iter().chain(baseline).chain(of_health).cloned().collect()
    }

    /// Begins to weigh what is found.
    pub(super) fn weighing(&self, now: DateTime<Utc>) -> Weighing<'_> {
        Weighing::new(self.terms.as_ref(), self.baseline.as_ref(), now)
    }

    /// Whether it speaks of files by their SHA-256.
    pub(super) fn pins_files(&self) -> bool {
        let pins = |terms: &Terms| {
            let asked = terms.digest == Some(Digest::File);
            asked || terms.waivers.iter().any(|waiver| matches!(waiver.subject, Some(Pinned::File(_))))
        };
        self.baseline.is_some() || self.terms.as_ref().is_some_and(pins)
    }

    /// Says in the result what it was made under, lets a no pass where nothing is enforced, and lets through what somebody
    /// answers for, unless there is an `obstacle`. Whether the audits were recorded.
    pub(super) fn conclude(
        &self,
        document: &mut Document,
        glass: &BreakGlass,
        obstacle: Option<Said>,
        registry: Option<&Registry>,
        audits: &[Audit],
    ) -> bool {
        if let Some(policy) = &mut document.policy {
            policy.file = self.terms.as_ref().map(Into::into);
            policy.baseline = self.baseline.as_ref().map(Into::into);
        }
        document.enforced = self.terms.as_ref().map(|terms| terms.enforced);
        // What could not be judged is no answer, and never ends with 0.
        if document.enforced == Some(false) && document.exit_code == ExitCode::NotApproved.code() {
            document.exit_code = ExitCode::Approved.code();
        }
        glass.apply(document, obstacle, self.terms.as_ref(), registry, audits)
    }
}

/// What the policy says, and what the command line asks beyond it.
fn asked(terms: &Terms, assurance: Option<Assurance>, scope: Option<&str>) -> Result<Policy> {
    let loosens =
        |option: String| Err(Error::Usage(format!("{option} would loosen the policy {}", terms.source)));
    let may = |what| terms.may_loosen.contains(&what);
    match assurance {
        Some(asked) if asked < terms.assurance && !may(Loosening::Assurance) => {
            return loosens(format!("--assurance {asked}, where {} is required,", terms.assurance));
        }
        _ => {}
    }
    if let Some(scope) = scope.filter(|scope| !terms.scopes.allows(scope) && !may(Loosening::Scope)) {
        return loosens(format!("--scope {scope}, which is not among its scopes,"));
    }
    let scope = scope.map(str::to_owned).or_else(|| terms.scopes.default.clone());
    Ok(Policy { assurance: assurance.unwrap_or(terms.assurance), scope })
}

/// Reads a baseline, where the policy allows one.
fn read_baseline(file: &Path, terms: Option<&Terms>) -> Result<Baseline> {
    if let Some(terms) = terms.filter(|terms| !terms.baseline_allowed) {
        let source = &terms.source;
        return Err(Error::Usage(format!("--baseline would loosen the policy {source} ([baseline] allow)")));
    }
    Ok(policy::baseline::read(file)?)
}
