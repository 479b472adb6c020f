//! `policy.toml` as it stands there. Every value keeps its place, for what is to be said of it.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::{Spanned, value::Datetime};

/// A text with its place.
pub(super) type Text = Spanned<String>;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Policy {
    pub(super) version: Spanned<i64>,
    pub(super) mode: Option<Text>,
    #[serde(default)]
    pub(super) may_loosen: Vec<Text>,
    #[serde(default)]
    pub(super) require: Require,
    #[serde(default)]
    pub(super) scope: Scope,
    #[serde(default)]
    pub(super) rules: BTreeMap<Text, Text>,
    #[serde(default)]
    pub(super) approval: Approval,
    #[serde(default)]
    pub(super) health: Health,
    #[serde(default)]
    pub(super) waivers: Waivers,
    #[serde(default)]
    pub(super) waiver: Vec<Spanned<Waiver>>,
    #[serde(default)]
    pub(super) baseline: Baseline,
    #[serde(default)]
    pub(super) break_glass: BreakGlass,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Require {
    pub(super) assurance: Option<Text>,
    pub(super) digest: Option<Text>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Scope {
    pub(super) default: Option<Text>,
    #[serde(default)]
    pub(super) allowed: Vec<Text>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Approval {
    pub(super) max_age_days: Option<Spanned<i64>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Health {
    pub(super) depth: Option<Text>,
    #[serde(default)]
    pub(super) roots: Vec<Text>,
    #[serde(default)]
    pub(super) channels: Vec<Text>,
    pub(super) allow: Option<Text>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Waivers {
    pub(super) max_days: Option<Spanned<i64>>,
}

/// All fields are optional here, so that everything that lacks is told at once.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Waiver {
    pub(super) id: Option<Text>,
    pub(super) rule: Option<Text>,
    pub(super) subject: Option<Text>,
    pub(super) image: Option<Spanned<i64>>,
    pub(super) reason: Option<Text>,
    pub(super) owner: Option<Text>,
    pub(super) ticket: Option<Text>,
    pub(super) expires: Option<Spanned<Datetime>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Baseline {
    #[serde(default)]
    pub(super) allow: bool,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct BreakGlass {
    #[serde(default)]
    pub(super) allow: bool,
    #[serde(default)]
    pub(super) even_with: Vec<Text>,
}
