//! Driver packages, by who signed them.

use super::{Examination, Findings, PhraseId, RuleId, Severity, catalogs::objection, text};
use crate::evidence::driver_packages::{DriverCatalog, DriverPackage};

/// Packages that nobody vouches for; how many of third parties there are.
pub(super) fn packages(examination: &Examination, findings: &mut Findings<'_>) {
    let Some(drivers) = &examination.provenance.drivers else { return };
    for package in &drivers.packages {
        // Of several catalogs one that is good is enough: each is for another version of Windows.
        let is_signed = package.catalogs.iter().any(|catalog| objection_to(catalog).is_none());
        let is_of_windows = package.catalogs.is_empty() && package.is_component;
        if !(is_signed || is_of_windows) {
            unsigned(package, findings);
        }
    }
    if drivers.third_party > 0 {
        let said = PhraseId::THIRD_PARTY_DRIVERS.of([text(drivers.third_party)]);
        findings.graded(RuleId::DRIVER_UNSIGNED, Severity::Info, said, drivers.third_party.to_string());
    }
    if drivers.cut_short {
        findings.whole(RuleId::UNREAD, PhraseId::DRIVERS_LEFT_OUT.of([]), String::new());
    }
}

fn objection_to(catalog: &DriverCatalog) -> Option<(RuleId, super::Said)> {
    objection(&catalog.place.path, &catalog.trust)
}

fn unsigned(package: &DriverPackage, findings: &mut Findings<'_>) {
    let folder = &package.place;
    let digest = |sha1| format!("sha1:{sha1}");
    let Some(catalog) = package.catalogs.first() else {
        let digest = package.inf.map(digest);
        let shown = digest.as_ref().map_or_else(|| PhraseId::WITHOUT_DIGEST.of([]).into(), text);
        let said = PhraseId::DRIVER_WITHOUT_CATALOG.of([text(&folder.path), shown]);
        return findings.customisation(
            RuleId::DRIVER_UNSIGNED,
            said,
            Some(folder.offset),
            &folder.path,
            digest.as_deref(),
        );
    };
    let Some((rule, said)) = objection_to(catalog) else { return };
    let (digest, place) = (digest(catalog.sha1), &catalog.place);
    let said = PhraseId::DRIVER_UNSIGNED.of([said.into(), text(&digest)]);
    if rule == RuleId::CATALOG_UNCHECKED {
        return findings.of_file(
            RuleId::DRIVER_UNSIGNED,
            Severity::Info,
            said,
            place.offset,
            place.path.clone(),
        );
    }
    findings.customisation(RuleId::DRIVER_UNSIGNED, said, Some(place.offset), &place.path, Some(&digest));
}
