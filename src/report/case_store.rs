//! The component stores of a case in their stable form.

use std::collections::BTreeMap;

use serde::{Serialize, Serializer};

use super::case::{CitationForm, MomentForm};
use crate::{
    evidence::servicing::{
        CheckSeen, Code, Corrupt, Corruption, FailureSeen, RepairSeen, Stored, release_of_package,
    },
    judge::servicing::{Examined, InImage},
    sighting::deployment::Citation,
};

/// What the logs of a system tell of its component store.
#[derive(Debug)]
pub struct StoreReport<'d> {
    /// What its folders hang on, as it is shown.
    pub root: String,
    /// What was told, and what images hold.
    pub examined: &'d Examined,
}

#[derive(Debug, Serialize)]
struct StoreForm<'d> {
    root: &'d str,
    system: String,
    checks: Vec<CheckForm<'d>>,
    corrupt: Vec<CorruptForm<'d>>,
    unrepaired_by_sfc: Vec<CorruptForm<'d>>,
    drivers: Vec<CorruptForm<'d>>,
    deltas: Vec<CorruptForm<'d>>,
    failures: Vec<FailureForm<'d>>,
    repairs: Vec<RepairForm<'d>>,
    clients: Vec<ClientForm<'d>>,
    rollups: Vec<RollupForm<'d>>,
    images: Vec<ImageForm<'d>>,
    omitted: u64,
}

/// A code and its names, the newest first.
#[derive(Debug, Serialize)]
struct CodeForm {
    code: String,
    names: Vec<&'static str>,
}

impl From<Code> for CodeForm {
    fn from(code: Code) -> Self {
        Self { code: format!("{:#010x}", code.0), names: code.names().collect() }
    }
}

#[derive(Debug, Serialize)]
struct CheckForm<'d> {
    at: MomentForm,
    operation: Option<&'d str>,
    result: Option<CodeForm>,
    last_step: Option<&'d str>,
    detected: Option<u64>,
    corruption: BTreeMap<&'static str, Option<u64>>,
    repaired: Option<u64>,
    repairs: BTreeMap<&'static str, Option<u64>>,
    metadata_refreshed: Option<bool>,
    seconds: Option<u64>,
    listed: u64,
    adds_up: Option<bool>,
    evidence: Vec<CitationForm<'d>>,
}

/// Names of the parts of what was repaired.
const REPAIRS: [&str; 3] = ["cbs_manifest", "csi_manifest", "csi_payload"];

impl<'d> From<&'d CheckSeen> for CheckForm<'d> {
    fn from(seen: &'d CheckSeen) -> Self {
        let check = &seen.check;
        Self {
            at: seen.at.into(),
            operation: check.operation.as_deref(),
            result: check.result.map(Into::into),
            last_step: check.last_step.as_deref(),
            detected: check.detected,
            corruption: Corruption::ALL.iter().map(|kind| kind.name()).zip(check.corruption).collect(),
            repaired: check.repaired,
            repairs: REPAIRS.into_iter().zip(check.repairs).collect(),
            metadata_refreshed: check.refreshed,
            seconds: check.seconds,
            listed: check.listed,
            adds_up: check.adds_up(),
            evidence: citations(&seen.on),
        }
    }
}

fn citations(on: &[Citation]) -> Vec<CitationForm<'_>> {
    on.iter().map(Into::into).collect()
}

#[derive(Debug, Serialize)]
struct CorruptForm<'d> {
    kind: &'static str,
    component: &'d str,
    file: Option<&'d str>,
    flag: Option<char>,
    repaired: bool,
    replacement_missing: bool,
    expected_sha256: Option<String>,
    actual_sha256: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    origin: Option<&'static str>,
    evidence: Vec<CitationForm<'d>>,
}

impl<'d> From<&'d Corrupt> for CorruptForm<'d> {
    fn from(corrupt: &'d Corrupt) -> Self {
        Self {
            kind: corrupt.kind.name(),
            component: &corrupt.component,
            file: corrupt.file.as_deref(),
            flag: corrupt.flag,
            repaired: corrupt.repaired,
            replacement_missing: corrupt.no_replacement,
            expected_sha256: corrupt.hashes.map(|hashes| hex::encode(hashes.expected)),
            actual_sha256: corrupt.hashes.map(|hashes| hex::encode(hashes.actual)),
            origin: None,
            evidence: citations(&corrupt.on),
        }
    }
}

/// What is known of a cumulative update by its package.
#[derive(Debug, Default, Serialize)]
struct ReleaseForm {
    kb: Option<String>,
    build: Option<String>,
    released: Option<&'static str>,
    release: Option<&'static str>,
}

impl ReleaseForm {
    fn of(package: &str) -> Self {
        let Some(release) = release_of_package(package) else { return Self::default() };
        Self {
            kb: release.kb.map(str::to_owned),
            build: Some(format!("{}.{}", release.build, release.revision)),
            released: Some(release.date),
            release: Some(release.kind.name()),
        }
    }
}

#[derive(Debug, Serialize)]
struct FailureForm<'d> {
    package: Option<&'d str>,
    #[serde(flatten)]
    release: ReleaseForm,
    #[serde(flatten)]
    code: CodeForm,
    ended: u64,
    lines: u64,
    installed_later: bool,
    evidence: Vec<CitationForm<'d>>,
}

impl<'d> From<&'d FailureSeen> for FailureForm<'d> {
    fn from(seen: &'d FailureSeen) -> Self {
        let failure = &seen.failure;
        let mut release = failure.package.as_deref().map(ReleaseForm::of).unwrap_or_default();
        release.kb = failure.kb.as_deref().map(str::to_owned).or(release.kb);
        Self {
            package: failure.package.as_deref(),
            release,
            code: failure.code.into(),
            ended: failure.ended,
            lines: failure.count,
            installed_later: failure.overcome,
            evidence: citations(&seen.on),
        }
    }
}

#[derive(Debug, Serialize)]
struct RepairForm<'d> {
    at: MomentForm,
    command: &'d str,
    source: Option<&'d str>,
    limit_access: bool,
    result: Option<CodeForm>,
    evidence: Vec<CitationForm<'d>>,
}

impl<'d> From<&'d RepairSeen> for RepairForm<'d> {
    fn from(seen: &'d RepairSeen) -> Self {
        Self {
            at: seen.at.into(),
            command: &seen.repair.command,
            source: seen.repair.source.as_deref(),
            limit_access: seen.repair.limited,
            result: seen.repair.code.map(Into::into),
            evidence: citations(&seen.on),
        }
    }
}

#[derive(Debug, Serialize)]
struct ClientForm<'d> {
    name: &'d str,
    sessions: u64,
    evidence: Option<CitationForm<'d>>,
}

/// A cumulative update that is named.
#[derive(Debug, Serialize)]
struct RollupForm<'d> {
    package: &'d str,
    #[serde(flatten)]
    release: ReleaseForm,
    evidence: Option<CitationForm<'d>>,
}

fn rollup<'d>(package: &'d str, citation: Option<&'d Citation>) -> RollupForm<'d> {
    RollupForm { package, release: ReleaseForm::of(package), evidence: citation.map(Into::into) }
}

#[derive(Debug, Serialize)]
struct ImageForm<'d> {
    image: &'d str,
    error: Option<&'d str>,
    files: u64,
    corrupt: u64,
    sound: u64,
    other: u64,
    absent: u64,
    unknown: u64,
    could_repair: u64,
    compared: Vec<ComparedForm<'d>>,
}

/// A corrupt file of the system, in an image.
#[derive(Debug, Serialize)]
struct ComparedForm<'d> {
    component: &'d str,
    file: Option<&'d str>,
    state: &'static str,
    sha256: Option<String>,
    manifest_sha256: Option<String>,
}

impl Serialize for StoreReport<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { root, examined } = self;
        let system = &examined.system;
        let compared = examined.images.iter().any(|image| image.files.is_ok());
        let corrupt = system.corrupt.iter().zip(examined.origins()).map(|(corrupt, origin)| {
            let origin = (compared && corrupt.file.is_some()).then(|| origin.name());
            CorruptForm { origin, ..corrupt.into() }
        });
        let clients = system.clients.iter().map(|(name, (sessions, citation))| ClientForm {
            name,
            sessions: *sessions,
            evidence: citation.as_ref().map(Into::into),
        });
        let form = StoreForm {
            root,
            system: system.generation.to_string(),
            checks: system.checks.iter().map(Into::into).collect(),
            corrupt: corrupt.collect(),
            unrepaired_by_sfc: system.unrepaired_members.iter().map(Into::into).collect(),
            drivers: system.drivers.iter().map(Into::into).collect(),
            deltas: system.unapplied.iter().map(Into::into).collect(),
            failures: system.failures.iter().map(Into::into).collect(),
            repairs: system.repairs.iter().map(Into::into).collect(),
            clients: clients.collect(),
            rollups: system
                .rollups
                .iter()
                .map(|(package, citation)| rollup(package, citation.as_ref()))
                .collect(),
            images: examined.images.iter().map(|image| image_form(examined, image)).collect(),
            omitted: system.omitted,
        };
        form.serialize(serializer)
    }
}

fn image_form<'d>(
    examined: &'d Examined,
    image: &'d crate::evidence::servicing::StoredFiles,
) -> ImageForm<'d> {
    let score = examined.score(image);
    let stored = image.files.as_deref().unwrap_or_default();
    let compared = |((corrupt, state), stored): ((&'d Corrupt, Option<InImage>), &Option<Stored>)| {
        let (sha256, manifest) = match stored {
            Some(Stored::Held { sha256, manifest }) => (Some(hex::encode(sha256)), manifest.map(hex::encode)),
            _ => (None, None),
        };
        Some(ComparedForm {
            component: &corrupt.component,
            file: corrupt.file.as_deref(),
            state: state?.name(),
            sha256,
            manifest_sha256: manifest,
        })
    };
    ImageForm {
        image: &image.image,
        error: image.files.as_ref().err().map(String::as_str),
        files: score.files,
        corrupt: score.corrupt,
        sound: score.sound,
        other: score.other,
        absent: score.absent,
        unknown: score.unknown,
        could_repair: score.sound,
        compared: examined.in_image(image).zip(stored).filter_map(compared).collect(),
    }
}
