//! Approvals in their stable form.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::table::Table;
use crate::{
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
pub fn table(standings: &[StandingReport<'_>]) -> Table {
    let mut table = Table::new(&["id", "status", "title", "name", "version", "created", "basis", "approved"]);
    for standing in standings {
        let basis =
            standing.approval.assurance.map_or("by hand".to_owned(), |assurance| assurance.to_string());
        table.rows.push(vec![
            standing.id.to_string(),
            standing.status.name().to_owned(),
            standing.approval.title.clone(),
            standing.fact(FactKey::Name),
            standing.fact(FactKey::Version),
            standing.fact(FactKey::Created),
            basis,
            Value::Time(standing.approval.decision.at).to_string(),
        ]);
    }
    table
}

/// All that is known of one approval, one row each.
pub fn details(standing: &StandingReport<'_>) -> Table {
    let mut table = Table::new(&["what", "value"]);
    let approval = standing.approval;
    let time = |at: Option<DateTime<Utc>>| at.map(|at| Value::Time(at).to_string());
    let mut row = |what: &str, value: Option<String>| {
        if let Some(value) = value {
            table.rows.push(vec![what.to_owned(), value]);
        }
    };
    row("id", Some(standing.id.to_string()));
    row("status", Some(standing.status.name().to_owned()));
    row("title", Some(approval.title.clone()));
    row("basis", Some(approval.assurance.map_or("by hand".to_owned(), |assurance| assurance.to_string())));
    row("scopes", Some(approval.scopes.join(", ")).filter(|scopes| !scopes.is_empty()));
    row("not before", time(approval.not_before));
    row("not after", time(approval.not_after));
    let mut decision = |what: &str, decision: &crate::registry::Decision| {
        row(what, time(Some(decision.at)));
        row(&format!("{what} by"), decision.by.clone());
        row(&format!("{what} ticket"), decision.ticket.clone());
        row(&format!("{what} reason"), decision.reason.clone());
    };
    decision("approved", &approval.decision);
    if let Some(revocation) = standing.revoked {
        decision("revoked", &revocation.decision);
    }
    if let Some(succession) = standing.superseded {
        decision("superseded", &succession.decision);
        row("successor", Some(succession.successor.to_string()));
        row("superseded from", time(Some(succession.from)));
    }
    for (key, value) in &approval.facts.0 {
        row(key.name(), Some(value.to_string()));
    }
    table
}
