//! What the labels of an image say, against what is in it.
//!
//! The labels of an image that nobody touched can be wrong: some of what differs is known to be harmless, see
//! [`is_same_code`] and [`is_base`].

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use super::{Examination, Findings, PhraseId, RuleId, text};
use crate::{
    evidence::{
        installation::Installation,
        servicing::{self, ReleaseKind},
    },
    sighting::{FactKey, Facts, Value},
};

/// Builds that share their files: an update of some kilobytes turns the first into the others, and the files and labels
/// of the first stay.
const SAME_CODE: [&[u64]; 4] =
    [&[18362, 18363], &[19041, 19042, 19043, 19044, 19045], &[22621, 22631], &[26100, 26200]];

/// Days by which clocks of builders may be wrong.
pub(super) const GRACE: TimeDelta = TimeDelta::days(2);

pub(super) fn is_same_code(a: u64, b: u64) -> bool {
    a == b || SAME_CODE.iter().any(|builds| builds.contains(&a) && builds.contains(&b))
}

/// The revision of a build as it was released: hives of recovery images keep it when the files are updated.
fn is_base(revision: u64) -> bool {
    revision <= 1
}

fn number(claims: &Facts, key: FactKey) -> Option<u64> {
    match claims.get(&key)?.value {
        Value::Number(number) => Some(number),
        _ => None,
    }
}

fn words(claims: &Facts, key: FactKey) -> Option<&str> {
    match &claims.get(&key)?.value {
        Value::Text(text) => Some(text),
        _ => None,
    }
}

/// When the image claims to have been finished.
pub(super) fn finished(claims: &Facts) -> Option<DateTime<Utc>> {
    let time = |key| match claims.get(&key).map(|fact| &fact.value) {
        Some(Value::Time(at)) => Some(*at),
        _ => None,
    };
    time(FactKey::Created).max(time(FactKey::Modified))
}

/// Build and revision that the registry says.
pub(super) fn registered(windows: &Installation) -> Option<(u64, Option<u32>)> {
    let software = windows.software.as_ref()?;
    let build = software.current_build.as_ref()?.value.trim().parse().ok()?;
    Some((build, software.ubr.as_ref().map(|revision| revision.value)))
}

/// The build of the XML against that of the registry.
pub(super) fn build(examination: &Examination, findings: &mut Findings<'_>) {
    let provenance = &examination.provenance;
    let Some(windows) = &provenance.installation else { return };
    let Some((build, revision)) = registered(windows) else { return };
    let claims = &provenance.claims;
    let Some(claimed) = number(claims, FactKey::Build) else { return };
    let shown = |build: u64, revision: Option<u64>| match revision {
        Some(revision) => format!("{build}.{revision}"),
        None => build.to_string(),
    };
    let service = number(claims, FactKey::SpBuild);
    let found = shown(build, revision.map(u64::from));
    let claim = shown(claimed, service);
    let said = PhraseId::OTHER_BUILD.of([text(&claim), text(&found)]);
    if !is_same_code(claimed, build) {
        findings.whole(RuleId::CLAIMED_BUILD, said, claim);
    } else if claimed != build {
        findings.whole(RuleId::SIBLING_BUILD, said, claim);
    } else if let (Some(service), Some(revision)) = (service, revision.map(u64::from))
        && service != revision
    {
        let harmless = is_base(revision) || is_base(service);
        let rule = if harmless { RuleId::SIBLING_BUILD } else { RuleId::CLAIMED_REVISION };
        findings.whole(rule, said, claim);
    }
}

/// The kernel and the updates against the registry.
pub(super) fn registry(examination: &Examination, findings: &mut Findings<'_>) {
    let Some(windows) = &examination.provenance.installation else { return };
    for (path, error) in &windows.unread {
        findings.whole(RuleId::UNREAD, PhraseId::UNREAD.of([text(path), text(error)]), path.clone());
    }
    let Some((build, revision)) = registered(windows) else { return };
    let found = revision.map_or_else(|| build.to_string(), |revision| format!("{build}.{revision}"));
    if let Some(version) = windows.kernel.and_then(|kernel| kernel.version) {
        let [_, _, kernel_build, kernel_revision] = version.0;
        let said = PhraseId::OTHER_KERNEL.of([text(version), text(&found)]);
        let newer = revision.is_some_and(|revision| u32::from(kernel_revision) > revision && revision > 1);
        if !is_same_code(kernel_build.into(), build) {
            findings.whole(RuleId::KERNEL_BUILD, said, version.to_string());
        } else if newer {
            findings.whole(RuleId::REGISTERED_REVISION, said, version.to_string());
        }
    }
    if let Some(((of, to), package)) = windows.newest_rollup()
        && let Some(revision) = revision
        && (!is_same_code(of.into(), build) || to != revision)
    {
        let said = PhraseId::OTHER_UPDATE.of([text(&package.identity), text(&found)]);
        findings.whole(RuleId::REGISTERED_REVISION, said, package.identity.clone());
    }
}

/// Editions.
pub(super) fn edition(examination: &Examination, findings: &mut Findings<'_>) {
    let provenance = &examination.provenance;
    let Some(windows) = &provenance.installation else { return };
    let Some(software) = &windows.software else { return };
    for own in &software.edition_sub {
        let said = PhraseId::EDITION_MARK.of([text(&own.origin), text(&own.value)]);
        findings.whole(RuleId::EDITION_MARK, said, own.value.clone());
    }
    let Some(registered) = software.edition_id.as_ref().map(|edition| edition.value.trim()) else { return };
    if let Some(claimed) = words(&provenance.claims, FactKey::Edition)
        && !claimed.trim().eq_ignore_ascii_case(registered)
    {
        let said = PhraseId::OTHER_EDITION.of([text(claimed), text(registered)]);
        findings.whole(RuleId::CLAIMED_EDITION, said, claimed.to_owned());
    }
    let installed: Vec<&str> = windows.packages.iter().filter_map(|package| package.edition()).collect();
    // Editions for devices are made of those for PCs by settings alone.
    let base = registered.strip_prefix("IoT").unwrap_or(registered);
    let is_there = |edition: &&str| [registered, base].iter().any(|name| name.eq_ignore_ascii_case(edition));
    if !installed.is_empty() && !installed.iter().any(is_there) {
        let said = PhraseId::EDITION_ABSENT.of([text(registered), text(installed.join(", "))]);
        findings.whole(RuleId::EDITION_ABSENT, said, registered.to_owned());
    }
}

/// Processors and languages.
pub(super) fn kind(examination: &Examination, findings: &mut Findings<'_>) {
    let provenance = &examination.provenance;
    let (Some(windows), claims) = (&provenance.installation, &provenance.claims) else { return };
    let machine = windows.kernel.and_then(|kernel| match kernel.machine {
        0x14c => Some("x86"),
        0x1c4 => Some("arm"),
        0x8664 => Some("x64"),
        0xaa64 => Some("arm64"),
        _ => None,
    });
    if let (Some(machine), Some(claimed)) = (machine, words(claims, FactKey::Architecture))
        && machine != claimed
    {
        let said = PhraseId::OTHER_ARCHITECTURE.of([text(claimed), text(machine)]);
        findings.whole(RuleId::CLAIMED_ARCHITECTURE, said, claimed.to_owned());
    }
    let Some(Value::List(claimed)) = claims.get(&FactKey::Languages).map(|fact| &fact.value) else { return };
    let absent = claimed.iter().filter(|language| !windows.languages.contains(&language.to_lowercase()));
    for language in absent.filter(|_| !windows.languages.is_empty()) {
        let there: Vec<&str> = windows.languages.iter().map(String::as_str).collect();
        let said = PhraseId::LANGUAGE_ABSENT.of([text(language), text(there.join(", "))]);
        findings.whole(RuleId::CLAIMED_LANGUAGE, said, language.clone());
    }
}

/// The time at which the image claims to be made, against the day on which what it holds was published.
pub(super) fn date(examination: &Examination, findings: &mut Findings<'_>) {
    let provenance = &examination.provenance;
    let Some(windows) = &provenance.installation else { return };
    let Some((build, Some(revision))) = registered(windows) else { return };
    let Some(release) = u32::try_from(build).ok().and_then(|build| servicing::release(build, revision))
    else {
        return;
    };
    let Ok(day) = release.date.parse::<NaiveDate>() else { return };
    let update = format!("{build}.{revision} ({})", release.kb.unwrap_or("release"));
    if release.kind == ReleaseKind::Preview {
        let said = PhraseId::PREVIEW.of([text(&update), text(day)]);
        findings.whole(RuleId::PREVIEW_IN_IMAGE, said, update.clone());
    }
    let finished = finished(&provenance.claims);
    let earlier =
        |at: DateTime<Utc>| at.date_naive().checked_add_signed(GRACE).is_some_and(|latest| latest < day);
    if let Some(finished) = finished.filter(|at| earlier(*at)) {
        let claim = Value::Time(finished).to_string();
        let said = PhraseId::MADE_TOO_EARLY.of([text(&claim), text(&update), text(day)]);
        findings.whole(RuleId::CLAIMED_DATE, said, claim);
    }
}

/// What the site's own images carry.
pub(super) fn site(examination: &Examination, findings: &mut Findings<'_>) {
    let provenance = &examination.provenance;
    for agent in &provenance.absent_agents {
        findings.whole(RuleId::SITE_AGENT_ABSENT, PhraseId::AGENT_ABSENT.of([text(agent)]), agent.clone());
    }
    for mark in provenance.installation.iter().flat_map(|windows| &windows.marks) {
        let said = PhraseId::MARK_SEEN.of([text(&mark.name), text(&mark.origin)]);
        findings.whole(RuleId::MARK_SEEN, said, mark.origin.to_string());
    }
}
