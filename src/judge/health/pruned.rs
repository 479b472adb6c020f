//! Components that were taken out of the store.
//!
//! Updates replace components by other versions and remove old ones; so only a component of which no version is there was
//! taken out.

use std::{
    cmp::Reverse,
    collections::{HashMap, HashSet},
};

use super::{
    Argument, Examination, Findings, PhraseId, RuleId, text,
    twins::{Kinship, kinship},
};
use crate::{
    evidence::component_store::{ComponentStore, keyform::Keyform},
    sighting::FactKey,
};

/// Packages that are told, those that lack most.
const MAX_PACKAGES: usize = 20;
/// Components that are named for each.
const MAX_NAMES: usize = 5;

/// Components that packages of the image bring and that are not in its store, each told for the first package that brings
/// it. A package names deployments mostly, whose manifests name the rest.
pub(super) fn by_packages(examination: &Examination, findings: &mut Findings<'_>) {
    let (Some(catalogs), Some(store)) = (&examination.provenance.catalogs, &examination.store) else {
        return;
    };
    let there = deployments(store);
    if there.is_empty() {
        return;
    }
    let mut asked: HashSet<&str> = HashSet::new();
    let mut lacking: Vec<(&str, Vec<&str>)> = Vec::new();
    for package in &catalogs.packages {
        let mut absent = Vec::new();
        let mut queue: Vec<&str> = package.components.iter().map(String::as_str).collect();
        while let Some(name) = queue.pop() {
            if !asked.insert(name) {
                continue;
            }
            match there.get(name) {
                Some(deploys) => queue.extend(deploys),
                None => absent.push(name),
            }
        }
        if !absent.is_empty() {
            absent.sort_unstable();
            lacking.push((&package.place.path, absent));
        }
    }
    lacking.sort_by_key(|(_, absent)| Reverse(absent.len()));
    for (package, absent) in lacking.iter().take(MAX_PACKAGES) {
        let said = PhraseId::PACKAGE_LACKS.of([text(package), text(absent.len()), names(absent)]);
        findings.whole(RuleId::COMPONENTS_PRUNED, said, (*package).to_owned());
    }
    if let Some(further) = lacking.len().checked_sub(MAX_PACKAGES).filter(|further| *further > 0) {
        findings.whole(
            RuleId::COMPONENTS_PRUNED,
            PhraseId::FURTHER_PACKAGES.of([text(further)]),
            String::new(),
        );
    }
}

/// The components of a store by their names without version, with what their deployments install.
fn deployments(store: &ComponentStore) -> HashMap<String, Vec<&str>> {
    let mut found: HashMap<String, Vec<&str>> = HashMap::new();
    for component in &store.components {
        let Some(keyform) = Keyform::parse(&component.keyform) else { continue };
        let deploys = component.listing().map_or(&[][..], |manifest| &manifest.deploys);
        found.entry(keyform.versionless()).or_default().extend(deploys.iter().map(String::as_str));
    }
    found
}

/// Components of a reference of the same build and edition that are not in the image.
pub(super) fn by_references(examination: &Examination, findings: &mut Findings<'_>) {
    for twin in &examination.provenance.twins {
        let (claims, of) = (&examination.provenance.claims, &twin.claims);
        let editions = claims.get(&FactKey::Edition).zip(of.get(&FactKey::Edition));
        let is_comparable = kinship(claims, of) != Kinship::None
            && editions.is_none_or(|(here, there)| here.value == there.value);
        if is_comparable && !twin.absent_components.is_empty() {
            let absent: Vec<&str> = twin.absent_components.iter().map(String::as_str).collect();
            let said =
                PhraseId::REFERENCE_HAS_MORE.of([text(&twin.reference), text(absent.len()), names(&absent)]);
            findings.whole(RuleId::COMPONENTS_PRUNED, said, twin.reference.clone());
        }
    }
}

/// The first names, and how many more there are.
fn names(all: &[&str]) -> Argument {
    let shown: Vec<&str> = all.iter().take(MAX_NAMES).copied().collect();
    let further = all.len() - shown.len();
    let shown = text(shown.join(", "));
    match further {
        0 => shown,
        _ => PhraseId::AND_FURTHER.of([shown, PhraseId::FURTHER.of([text(further)]).into()]).into(),
    }
}
