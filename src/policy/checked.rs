//! From what stands in a policy file to what it means. Everything that is wrong is told at once.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
    path::Path,
    sync::Arc,
};

use chrono::{DateTime, NaiveDate, Utc};
use toml::{Spanned, value::Datetime};

use super::{
    fault::Fault,
    raw::{self, Text},
    site,
};
use crate::{
    evidence::examination::Depth,
    judge::{
        RuleId, Severity,
        policy::{
            BreakGlass, DEFAULT_WAIVER_DAYS, Digest, HealthTerms, Loosening, Pin, Pinned, Scopes, Terms,
            Waiver,
        },
    },
    sighting::Assurance,
};

/// What the policy means, or all that is wrong in it and in the files that it names, whose paths begin at a folder.
pub(super) fn terms(raw: &raw::Policy, text: &str, name: &str, folder: &Path) -> Result<Terms, Vec<Fault>> {
    let mut check = Check { text, faults: Vec::new() };
    if *raw.version.get_ref() != 1 {
        let found = raw.version.get_ref();
        check.fault(
            raw.version.span(),
            format!("this version of wimproof knows no policy of version {found}"),
            "expected 1",
        );
    }
    let assurance = [("declared", Assurance::Declared), ("verified", Assurance::Verified)];
    let digest = [("tree", Digest::Tree), ("content", Digest::Content), ("file", Digest::File)];
    let loosening = [("assurance", Loosening::Assurance), ("scope", Loosening::Scope)];
    let terms = Terms {
        source: name.into(),
        sha256: [0; 32],
        enforced: check
            .word(raw.mode.as_ref(), "mode", &[("enforce", true), ("audit", false)])
            .unwrap_or(true),
        assurance: check
            .word(raw.require.assurance.as_ref(), "assurance", &assurance)
            .unwrap_or(Assurance::Verified),
        digest: check.word(raw.require.digest.as_ref(), "digest", &digest),
        scopes: check.scopes(&raw.scope),
        may_loosen: raw
            .may_loosen
            .iter()
            .filter_map(|word| check.word(Some(word), "option", &loosening))
            .collect(),
        levels: check.levels(&raw.rules),
        approval_days: check.days(raw.approval.max_age_days.as_ref()),
        health: check.health(&raw.health, folder),
        waiver_days: check.days(raw.waivers.max_days.as_ref()).unwrap_or(DEFAULT_WAIVER_DAYS),
        waivers: check.waivers(&raw.waiver),
        baseline_allowed: raw.baseline.allow,
        break_glass: BreakGlass {
            allowed: raw.break_glass.allow,
            even_with: check.registry_rules(&raw.break_glass.even_with),
        },
    };
    check.every_byte(&terms, raw.require.digest.as_ref());
    if check.faults.is_empty() { Ok(terms) } else { Err(check.faults) }
}

/// Days of the longest span that a policy can name: ten years.
const MOST_DAYS: u32 = 3650;

struct Check<'t> {
    text: &'t str,
    faults: Vec<Fault>,
}

impl Check<'_> {
    fn fault(&mut self, span: Range<usize>, message: impl Into<String>, expected: impl Into<String>) {
        self.faults.push(Fault::new(span, message, expected));
    }

    /// One of some words.
    fn word<T: Copy>(&mut self, found: Option<&Text>, what: &str, words: &[(&str, T)]) -> Option<T> {
        let found = found?;
        let word = words.iter().find(|(word, _)| word == found.get_ref());
        if word.is_none() {
            let names: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            let message = format!("there is no {what} {:?}", found.get_ref());
            self.fault(found.span(), message, format!("expected {}", names.join(" or ")));
        }
        word.map(|(_, value)| *value)
    }

    /// A number of days.
    fn days(&mut self, found: Option<&Spanned<i64>>) -> Option<u32> {
        let found = found?;
        let days = u32::try_from(*found.get_ref()).ok().filter(|days| (1..=MOST_DAYS).contains(days));
        if days.is_none() {
            self.fault(found.span(), "not a number of days", format!("expected 1 to {MOST_DAYS}"));
        }
        days
    }

    /// A text that says something.
    fn said(&mut self, found: &Text, what: &str) -> Option<String> {
        let text = found.get_ref().trim();
        if text.is_empty() {
            self.fault(found.span(), format!("the {what} says nothing"), "expected a text");
        }
        Some(text.to_owned()).filter(|text| !text.is_empty())
    }

    fn scopes(&mut self, raw: &raw::Scope) -> Scopes {
        let allowed = raw.allowed.iter().filter_map(|scope| self.said(scope, "scope")).collect();
        Scopes { default: raw.default.as_ref().and_then(|scope| self.said(scope, "scope")), allowed }
    }

    fn health(&mut self, raw: &raw::Health, folder: &Path) -> HealthTerms {
        let depths =
            [Depth::Metadata, Depth::Manifests, Depth::Payloads].map(|depth| (depth.name(), Some(depth)));
        let depths = [&[("none", None)], &depths[..]].concat();
        let depth = self.word(raw.depth.as_ref(), "depth", &depths).unwrap_or_default();
        let (of_site, faults) = site::named(raw, folder);
        self.faults.extend(faults);
        HealthTerms { depth, ..of_site }
    }

    /// Digests over every byte are known only where every byte was read.
    fn every_byte(&mut self, terms: &Terms, digest: Option<&Text>) {
        let needs = matches!(terms.digest, Some(Digest::Content | Digest::File));
        if let Some(digest) = digest.filter(|_| needs && terms.assurance < Assurance::Verified) {
            let message = format!("the digest {:?} takes every byte", digest.get_ref());
            self.fault(digest.span(), message, "expected `assurance = \"verified\"` beside it");
        }
    }

    fn rule(&mut self, found: &Text) -> Option<RuleId> {
        let rule = RuleId::find(found.get_ref());
        if rule.is_none() {
            let message = format!("there is no rule {:?}", found.get_ref());
            self.fault(found.span(), message, "`wimproof rules` lists all");
        }
        rule
    }

    fn levels(&mut self, raw: &BTreeMap<Text, Text>) -> BTreeMap<RuleId, Severity> {
        let words = [("allow", Severity::Info), ("warn", Severity::Warn), ("deny", Severity::Deny)];
        let mut levels = BTreeMap::new();
        for (id, level) in raw {
            let (rule, severity) = (self.rule(id), self.word(Some(level), "level", &words));
            let (Some(rule), Some(severity)) = (rule, severity) else { continue };
            if !rule.may_weigh(severity) {
                let own = rule.rule().severity.name();
                let expected = match rule.is_of_an_image() {
                    true => format!("it weighs `{own}`; identity and damage never weigh less"),
                    false => "only rules on images (WP1..., WP2..., WP3...) have a level".to_owned(),
                };
                self.fault(
                    level.span(),
                    format!("{} cannot be `{}`", rule.rule().id, level.get_ref()),
                    expected,
                );
            }
            if levels.insert(rule, severity).is_some() {
                self.fault(id.span(), format!("{} has two levels", rule.rule().id), "expected one");
            }
        }
        levels
    }

    fn registry_rules(&mut self, raw: &[Text]) -> Vec<RuleId> {
        let mut rules = Vec::new();
        for id in raw {
            let Some(rule) = self.rule(id) else { continue };
            match rule.is_of_the_registry() {
                true => rules.push(rule),
                false => self.fault(
                    id.span(),
                    format!("{} is no rule on the registry", rule.rule().id),
                    "an override needs no leave for other rules",
                ),
            }
        }
        rules
    }

    fn waivers(&mut self, raw: &[Spanned<raw::Waiver>]) -> Vec<Arc<Waiver>> {
        let mut ids = BTreeSet::new();
        let mut waivers = Vec::new();
        for spanned in raw {
            let Some(waiver) = self.waiver(spanned) else { continue };
            if !ids.insert(waiver.id.clone()) {
                let span = spanned.get_ref().id.as_ref().map_or(spanned.span(), Spanned::span);
                self.fault(
                    span,
                    format!("two waivers are called {:?}", waiver.id),
                    "expected an id of its own",
                );
            }
            waivers.push(Arc::new(waiver));
        }
        waivers
    }

    fn waiver(&mut self, spanned: &Spanned<raw::Waiver>) -> Option<Waiver> {
        let raw = spanned.get_ref();
        let head = spanned.span().start;
        let named =
            [("id", &raw.id), ("reason", &raw.reason), ("owner", &raw.owner), ("ticket", &raw.ticket)];
        let texts = named.map(|(name, text)| match text {
            Some(text) => self.said(text, name),
            None => self.lacks(head, name),
        });
        let expires = match &raw.expires {
            Some(at) => self.time(at),
            None => self.lacks(head, "expires"),
        };
        let rule = raw.rule.as_ref().filter(|rule| !is_broad(rule.get_ref()));
        let rule = rule.and_then(|found| self.rule(found).map(|rule| (rule, found.span())));
        let subject = raw.subject.as_ref().filter(|subject| !is_broad(subject.get_ref()));
        let subject = subject.and_then(|found| self.pinned(found).map(|pinned| (pinned, found.span())));
        self.fits(rule.as_ref(), subject.as_ref());
        let image = raw.image.as_ref().and_then(|index| self.index(index));
        let [id, reason, owner, ticket] = texts;
        Some(Waiver {
            id: id?,
            rule: rule.map(|(rule, _)| rule),
            subject: subject.map(|(pinned, _)| pinned),
            image,
            reason: reason?,
            owner: owner?,
            ticket: ticket?,
            expires: expires?,
            line: place(self.text, head),
        })
    }

    fn lacks<T>(&mut self, head: usize, name: &str) -> Option<T> {
        let line = self.text.get(head..).unwrap_or_default().lines().next().unwrap_or_default();
        self.fault(head..head + line.len(), format!("the waiver has no `{name}`"), "expected below");
        None
    }

    /// Whether the digest says enough for the rule.
    fn fits(&mut self, rule: Option<&(RuleId, Range<usize>)>, subject: Option<&(Pinned, Range<usize>)>) {
        let Some((rule, place)) = rule else { return };
        match (rule.pin(), subject) {
            (None, _) => {
                let message = format!("{} cannot be waived", rule.rule().id);
                self.fault(place.clone(), message, "docs/policy.md tells which rules can");
            }
            (Some(Pin::File), Some((Pinned::Tree(_), place))) => {
                let message = format!("the tree says nothing of what {} is about", rule.rule().id);
                self.fault(place.clone(), message, "expected the SHA-256 of the file: sha256:...");
            }
            _ => {}
        }
    }

    fn pinned(&mut self, found: &Text) -> Option<Pinned> {
        let digest =
            |text: &str| hex::decode(text.trim()).ok().filter(|digest| digest.len() == 32).map(hex::encode);
        let pinned = match found.get_ref().trim().split_once(':') {
            Some(("sha256", rest)) => digest(rest).map(Pinned::File),
            Some(("tree", rest)) => digest(rest).map(Pinned::Tree),
            _ => None,
        };
        if pinned.is_none() {
            let expected = "expected sha256: (of the file) or tree: and 64 hexadecimal digits";
            self.fault(found.span(), "this names no image", expected);
        }
        pinned
    }

    fn index(&mut self, found: &Spanned<i64>) -> Option<u32> {
        let index = u32::try_from(*found.get_ref()).ok().filter(|index| *index > 0);
        if index.is_none() {
            self.fault(found.span(), "not the index of an image", "expected 1 or more");
        }
        index
    }

    fn time(&mut self, found: &Spanned<Datetime>) -> Option<DateTime<Utc>> {
        let text = found.get_ref().to_string();
        let day =
            text.parse().ok().and_then(|day: NaiveDate| day.and_hms_opt(0, 0, 0)).map(|at| at.and_utc());
        let time = day.or_else(|| DateTime::parse_from_rfc3339(&text).map(|at| at.to_utc()).ok());
        if time.is_none() {
            let expected = "expected a day (00:00 UTC), or a time with its zone";
            self.fault(found.span(), "not a point in time", expected);
        }
        time
    }
}

/// A text that names everything, or nothing: what names no single thing excuses nothing, and is told so.
fn is_broad(text: &str) -> bool {
    text.trim().is_empty() || text.contains(['*', '?']) || text.trim().eq_ignore_ascii_case("any")
}

/// Line from 1, and the byte that it begins with.
fn place(text: &str, at: usize) -> (u64, u64) {
    let before = text.get(..at).unwrap_or_default();
    let start = before.rfind('\n').map_or(0, |end| end + 1);
    let line = before.matches('\n').count() + 1;
    (line as u64, start as u64)
}
