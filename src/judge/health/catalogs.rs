//! The signatures of an image's packages.

use super::{Examination, Findings, PhraseId, RuleId, Said, text};
use crate::{evidence::catalog::Trust, sighting::Value};

/// Catalogs by themselves: names, signatures, chains.
pub(super) fn signatures(examination: &Examination, findings: &mut Findings<'_>) {
    let Some(catalogs) = &examination.provenance.catalogs else { return };
    for kept in &catalogs.catalogs {
        let path = text(&kept.place.path);
        let mut tell = |rule, said| findings.at(rule, said, kept.place.offset, kept.place.path.clone());
        if kept.misnamed {
            tell(RuleId::CATALOG_MISNAMED, PhraseId::MISNAMED.of([path.clone()]));
        }
        if let Some((rule, said)) = objection(&kept.place.path, &kept.trust) {
            tell(rule, said);
        }
        if let (Some(untimely), Ok(Trust::Anchored { signer, .. } | Trust::Unanchored { signer, .. })) =
            (kept.untimely, &kept.trust)
        {
            let times = [untimely.signed, untimely.from, untimely.to].map(|time| text(Value::Time(time)));
            let [signed, from, to] = times;
            tell(RuleId::CATALOG_UNTIMELY, PhraseId::UNTIMELY.of([path, signed, text(signer), from, to]));
        }
    }
}

/// What is to be said against the signature of a catalog.
pub(super) fn objection(path: &str, trust: &Result<Trust, String>) -> Option<(RuleId, Said)> {
    let path = text(path);
    Some(match trust {
        Ok(Trust::Anchored { .. }) => return None,
        Ok(Trust::Unanchored { signer, issuer }) => {
            let rule = match claims_microsoft(signer) || claims_microsoft(issuer) {
                true => RuleId::CATALOG_FORGED,
                false => RuleId::CATALOG_FOREIGN,
            };
            let said = match signer == issuer {
                true => PhraseId::SELF_SIGNED.of([path, text(signer)]),
                false => PhraseId::UNANCHORED.of([path, text(signer), text(issuer)]),
            };
            (rule, said)
        }
        Ok(Trust::Altered { reason }) => {
            (RuleId::CATALOG_ALTERED, PhraseId::CATALOG_ALTERED.of([path, text(reason)]))
        }
        Ok(Trust::Unchecked { reason }) => {
            (RuleId::CATALOG_UNCHECKED, PhraseId::CATALOG_UNCHECKED.of([path, text(reason)]))
        }
        Err(error) => (RuleId::CATALOG_UNREADABLE, PhraseId::CATALOG_UNREADABLE.of([path, text(error)])),
    })
}

/// A name is taken for nothing but a claim: whoever makes it has to have the chain.
fn claims_microsoft(name: &str) -> bool {
    name.to_lowercase().contains("microsoft")
}

/// Packages by their catalogs.
pub(super) fn packages(examination: &Examination, findings: &mut Findings<'_>) {
    let Some(catalogs) = &examination.provenance.catalogs else { return };
    for package in &catalogs.packages {
        let (rule, phrase) = match package.listed {
            Some(true) => continue,
            Some(false) => (RuleId::PACKAGE_UNLISTED, PhraseId::PACKAGE_UNLISTED),
            None => (RuleId::PACKAGE_WITHOUT_CATALOG, PhraseId::PACKAGE_WITHOUT_CATALOG),
        };
        let said = phrase.of([text(&package.place.path)]);
        findings.at(rule, said, package.place.offset, package.place.path.clone());
    }
}

/// More files than are looked at: those that were left out say nothing.
pub(super) fn left_out(examination: &Examination, findings: &mut Findings<'_>) {
    if examination.provenance.catalogs.as_ref().is_some_and(|catalogs| catalogs.cut_short) {
        findings.whole(RuleId::UNREAD, PhraseId::CATALOGS_LEFT_OUT.of([]), String::new());
    }
}

/// Manifests of components that stand in no catalog that can be trusted, counted.
pub(super) fn manifests(examination: &Examination, findings: &mut Findings<'_>) {
    let (Some(catalogs), Some(store)) = (&examination.provenance.catalogs, &examination.store) else {
        return;
    };
    let listings = store.components.iter().filter_map(|component| component.listing());
    let (mut all, mut unsigned) = (0_u64, 0_u64);
    for listing in listings {
        all += 1;
        unsigned += u64::from(!catalogs.signed.contains(&listing.sha256));
    }
    if unsigned > 0 && !catalogs.cut_short {
        let said = PhraseId::MANIFESTS_UNSIGNED.of([text(unsigned), text(all)]);
        findings.whole(RuleId::MANIFESTS_UNSIGNED, said, unsigned.to_string());
    }
}
