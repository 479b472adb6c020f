//! What a check judges by: a registry, or tickets.

use std::path::PathBuf;

use chrono::{DateTime, Utc};

use super::{Error, Global, Result};
use crate::{
    judge::{self, Judgement, Policy},
    registry::{self, Admission, Registry, Ticket},
    report::result::RegistryHead,
    sighting::{FactKey, Subject},
};

/// Where approvals come from.
pub(super) struct Approvals {
    name: String,
    source: registry::Result<Source>,
}

enum Source {
    Registry(Box<Registry>),
    Tickets(Vec<Admission>),
}

impl Approvals {
    /// Takes the tickets, if there are any, and else the registry.
    pub(super) fn open(tickets: &[PathBuf], global: &Global) -> Result<Self> {
        if tickets.is_empty() {
            let dir = global.registry_dir()?;
            let source = global.open_at(dir)?.map(|registry| Source::Registry(Box::new(registry)));
            return Ok(Self { name: dir.display().to_string(), source });
        }
        let trust = global.trust()?;
        let trust =
            trust.ok_or_else(|| Error::Usage("a ticket needs a trust file: give --trust FILE".into()))?;
        let mut admissions = Vec::new();
        for path in tickets {
            let admitted = Ticket::read(path).and_then(|ticket| ticket.admit(&trust, global.now()));
            match admitted {
                Ok(admission) => admissions.push(admission),
                Err(error) => return Ok(Self { name: path.display().to_string(), source: Err(error) }),
            }
        }
        Ok(Self { name: String::new(), source: Ok(Source::Tickets(admissions)) })
    }

    /// The registry, where it is one that can be asked.
    pub(super) fn registry(&self) -> Option<&Registry> {
        match &self.source {
            Ok(Source::Registry(registry)) => Some(registry),
            _ => None,
        }
    }

    /// The head that the answers rest on.
    pub(super) fn head(&self) -> Option<RegistryHead> {
        match self.source.as_ref().ok()? {
            Source::Registry(registry) => Some(registry.as_ref().into()),
            Source::Tickets(admissions) => admissions.first().map(Into::into),
        }
    }

    /// Judges a file.
    pub(super) fn judge(&self, subject: &Subject, policy: &Policy, now: DateTime<Utc>) -> Judgement {
        let failed = |error: &registry::Error| judge::without_registry(subject, error, &self.name, now);
        match &self.source {
            Ok(Source::Registry(registry)) => {
                judge::subject(subject, registry, policy, now).unwrap_or_else(|error| failed(&error))
            }
            Ok(Source::Tickets(admissions)) => judge::by_tickets(subject, admissions, policy, now),
            Err(error) => failed(error),
        }
    }

    /// Whether an approval knows a file of this length by nothing but its SHA-256: then, and only then, the whole file is
    /// worth reading.
    pub(super) fn want_file_digest(&self, subject: &Subject) -> bool {
        let standings = match &self.source {
            Ok(Source::Registry(registry)) => {
                let keys: Vec<_> =
                    subject.images.iter().flat_map(|image| judge::keys(subject, image)).collect();
                registry.standings(&keys).unwrap_or_default()
            }
            Ok(Source::Tickets(admissions)) => admissions.iter().map(|a| a.standing.clone()).collect(),
            Err(_) => return false,
        };
        let size = subject.facts.get(&FactKey::FileSize).map(|fact| &fact.value);
        standings.iter().any(|standing| {
            let facts = &standing.approval.facts;
            facts.get(FactKey::FileSha256).is_some()
                && facts.get(FactKey::Tree).is_none()
                && facts.get(FactKey::FileSize) == size
        })
    }
}
