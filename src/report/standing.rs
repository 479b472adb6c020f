//! Approvals in their stable form.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::{list_words, registry_words as words, table::Table, words::filled};
use crate::{
    judge::{Language, Texts},
    registry::{Approval, ApprovalId, Revocation, Standing, Status, Succession},
    sighting::{FactKey, Value},
};

/// An approval with its status at some time.
#[derive(Debug, Serialize)]
pub struct StandingReport<'s> {
    /// Its id.
    pub id: ApprovalId,
    /// Whether it holds.
    pub status: Status,
    /// The approval.
    #[serde(flatten)]
    pub approval: &'s Approval,
    /// Its revocation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revoked: Option<&'s Revocation>,
    /// Its succession.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub superseded: Option<&'s Succession>,
}

impl<'s> StandingReport<'s> {
    /// The status is that at `now`.
    pub fn new(standing: &'s Standing, now: DateTime<Utc>) -> Self {
        Self {
            id: standing.id,
            status: standing.status(now),
            approval: &standing.approval,
            revoked: standing.revoked.as_ref().map(|(_, revocation)| revocation),
            superseded: standing.superseded.as_ref(),
        }
    }

    /// A fact as text; empty where it is not known.
    pub fn fact(&self, key: FactKey) -> String {
        self.approval.facts.get(key).map(ToString::to_string).unwrap_or_default()
    }
}

/// One row an approval.
pub fn table(standings: &[StandingReport<'_>], language: Language) -> Table {
    let mut table = Table::new(&["id", "status", "title", "name", "version", "created", "basis", "approved"]);
    for standing in standings {
        table.rows.push(vec![
            standing.id.to_string(),
            list_words::status(standing.status, language),
            standing.approval.title.clone(),
            standing.fact(FactKey::Name),
            standing.fact(FactKey::Version),
            standing.fact(FactKey::Created),
            list_words::basis(standing.approval.assurance, language),
            Value::Time(standing.approval.decision.at).to_string(),
        ]);
    }
    table
}

/// All that is known of one approval, one row each.
pub fn details(standing: &StandingReport<'_>, language: Language) -> Table {
    let mut table = Table::new(&["what", "value"]);
    let approval = standing.approval;
    let time = |at: Option<DateTime<Utc>>| at.map(|at| Value::Time(at).to_string());
    let mut row = |what: String, value: Option<String>| {
        if let Some(value) = value {
            table.rows.push(vec![what, value]);
        }
    };
    let word = |texts: Texts| texts.get(language).to_owned();
    row(word(words::ID), Some(standing.id.to_string()));
    row(word(words::STATUS), Some(list_words::status(standing.status, language)));
    row(word(words::TITLE), Some(approval.title.clone()));
    row(word(words::BASIS), Some(list_words::basis(approval.assurance, language)));
    row(word(words::SCOPES), Some(approval.scopes.join(", ")).filter(|scopes| !scopes.is_empty()));
    row(word(words::NOT_BEFORE), time(approval.not_before));
    row(word(words::NOT_AFTER), time(approval.not_after));
    let mut decision = |what: Texts, decision: &crate::registry::Decision| {
        let of = |texts: Texts| filled(texts, language, [what.get(language)]);
        row(of(words::AT), time(Some(decision.at)));
        row(of(words::BY), decision.by.clone());
        row(of(words::TICKET), decision.ticket.clone());
        row(of(words::REASON), decision.reason.clone());
    };
    decision(words::WAS_APPROVED, &approval.decision);
    if let Some(revocation) = standing.revoked {
        decision(words::WAS_REVOKED, &revocation.decision);
    }
    if let Some(succession) = standing.superseded {
        decision(words::WAS_SUPERSEDED, &succession.decision);
        row(word(words::SUCCESSOR), Some(succession.successor.to_string()));
        row(word(words::SUPERSEDED_FROM), time(Some(succession.from)));
    }
    for (key, value) in &approval.facts.0 {
        row(list_words::fact(*key, language), Some(value.to_string()));
    }
    table
}
